"""The parts of a real terminal that have threads, without their threads: each takes its turns when the kernel says so.

Nothing of what they do is replaced. What is added is who is woken by what, and that a wait lets simulated time pass.
"""

import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from math import inf
from pathlib import Path
from typing import Any

from kiosk.devices.door import Door
from kiosk.devices.door_lines import Lines
from kiosk.devices.supervisor import Supervisor
from kiosk.errors import DeviceError
from kiosk.events import Event, Ticked, Timer
from kiosk.events_door import DoorMoved, RelayChanged
from kiosk.hands import Hands
from kiosk.questions import Question, Questions
from kiosk.reactor import TICK_SECONDS, Reactor
from kiosk.rules.door import next_look
from kiosk.rules.door_states import DoorEvent, TimePassed
from kiosk.rules.states import Idle, OutOfOrder
from kiosk.simulation.kernel import Actor, Kernel, Killed, Life, MachineClock
from kiosk.store.erasure import Erasures
from kiosk.store.faults import StoreFaultError
from kiosk.store.ledger import Job
from kiosk.store.precious import Precious
from kiosk.store.snapshot import Known, Snapshot
from kiosk.store.thread import Store
from kiosk.store.watch import LOOK_EVERY_SECONDS
from kiosk.store.worker import Worker
from kiosk.sync import Sync
from kiosk.types import FactId, MemberId

Post = Callable[[Event], None]
AFTER = 1e-5
"""Seconds by which an actor comes later than it is due, so that rounding never makes it come too early."""


class Waited(Future[Any]):
    """An answer for which the acting one can wait in simulated time."""

    def __init__(self, kernel: Kernel) -> None:
        super().__init__()
        self._kernel = kernel

    def result(self, timeout: float | None = None) -> Any:
        if not self.done() and not self._kernel.block(inf if timeout is None else timeout, self.done):
            raise Killed
        if not self.done():
            raise TimeoutError
        return super().result(0)


# ── the reactor ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the second passes that nobody waits for.

    A real reactor ticks every second. A machine that is asked for a year in a minute may tick as a busy one does: late.

    Attributes:
        idle_seconds: while nobody stands there.
        busy_seconds: while somebody does.
        gathering_seconds: in which what is to be sent gathers, instead of leaving at once.
    """

    idle_seconds: float = TICK_SECONDS
    busy_seconds: float = TICK_SECONDS
    gathering_seconds: float = 0.0
    is_fine: bool = True
    """The screen is worked out after every event; else after those that move the session, and as time passes. A piece
    of work on the disk has a beginning and an end; else a disk that is well has it done at once, and rests as long."""


class SteppedReactor(Reactor):
    """The reactor; ``begin`` instead of ``start``.

    Attributes:
        before, after: told of each event that is handled.
        stumbled: told where, and what was raised.
    """

    def attach(self, kernel: Kernel, life: Life, pace: Pace) -> None:
        """Take turns from this kernel."""
        self._kernel = kernel
        self._pace = pace
        # A sign of life is for a watchdog that is not there; the others are told for whoever wants to draw them.
        self._unheard = (Ticked,) if pace.is_fine else (Ticked, RelayChanged, DoorMoved)
        self._painted: tuple[object, ...] | None = None
        self._has_ticked = False
        self._ticked_at = self._busy_since = self._clock.monotonic()
        self._rests = True
        self.before: Callable[[Event], None] = lambda _event: None
        self.after: Callable[[Event], None] = lambda _event: None
        self.stumbled: Callable[[str, str], None] = lambda _where, _error: None
        self.actor = Actor("reactor", life, self._act, may_block=False)
        self.longest_inbox = 0

    def post(self, event: Event) -> None:
        if isinstance(event, self._unheard):
            return
        self._inbox.append(event)
        self.longest_inbox = max(self.longest_inbox, len(self._inbox))
        self._kernel.wake(self.actor)

    def begin(self, hands: Hands) -> None:
        """Work with these hands."""
        self._hands = hands
        self._present()
        self._kernel.wake(self.actor)

    def _present(self) -> None:
        # A weighing moves the session with every reading; what there is to see and touch changes with the pan.
        now = self.session.state, type(self.session.weighing.pan), self.session.language, self.session.lost
        if self._pace.is_fine or self._has_ticked or now != self._painted:
            self._painted = now
            super()._present()

    def _due_timer(self) -> Timer | None:
        """As the real one, but for the ticks that the pace leaves out."""
        self._deadlines[Timer.TICK] = self._next_tick()
        timer = super()._due_timer()
        if timer is Timer.TICK:
            self._has_ticked, self._ticked_at = True, self._clock.monotonic()
        return timer

    def _act(self) -> float | None:
        self._has_ticked = False
        if self._inbox or self._seconds_to_timer() <= 0.0:
            event = self._next()
            self.before(event)
            try:
                self.handle(event)
            except Exception as error:  # noqa: BLE001  the real loop goes on after anything; here it is told
                self.stumbled(f"the reactor at {type(event).__name__}", repr(error))
            self.after(event)
            self._note_rest()
        return 0.0 if self._inbox else self._seconds_to_timer() + AFTER

    def _seconds_to_timer(self) -> float:
        """How long until a timer is due, or the next tick that the pace leaves in."""
        self._deadlines[Timer.TICK] = self._next_tick()
        return max(0.0, min(self._deadlines.values()) - self._clock.monotonic())

    def _next_tick(self) -> float:
        if self.keeping.held_for is not None:
            return self._ticked_at + TICK_SECONDS
        if self._rests:
            return self._ticked_at + self._pace.idle_seconds
        return max(self._ticked_at, self._busy_since) + self._pace.busy_seconds

    def _note_rest(self) -> None:
        rests = isinstance(self.session.state, Idle | OutOfOrder) and self.keeping.hold_until is None
        if self._rests and not rests:
            self._busy_since = self._clock.monotonic()
        self._rests = rests


# ── the store ─────────────────────────────────────────────────────────────────────────────────────────────────────


class SteppedWorker(Worker):
    """The owner of both files."""

    def attach(
        self,
        kernel: Kernel,
        life: Life,
        pace: Pace,
        seconds: Callable[[], float],
        new_id: Callable[[datetime], FactId],
    ) -> None:
        """Take turns from this kernel.

        Args:
            kernel: gives them.
            life: the process.
            pace: how finely its work takes time.
            seconds: what the disk takes for the next piece of work.
            new_id: the seed's ids for what the store itself has to say.
        """
        self._ledger.new_id = new_id
        self._kernel = kernel
        self._is_fine = pace.is_fine
        self._seconds = seconds
        self._has_begun = False
        self._rests_until = 0.0
        self._works_until: float | None = None
        self._work = ExitStack()
        self.actor = Actor("store", life, self._act)
        self.watch = Actor("store-watch", life, self._look, may_block=False)
        kernel.wake(self.actor)

    def put(self, job: Job) -> bool:
        taken = super().put(job)
        self._stir()
        return taken

    def ask(
        self,
        work: Callable[[Precious], Any],
        *,
        stands_in: bool = False,
        repeat: bool = False,
        lays_over: bool = False,
    ) -> Future[Any]:
        answer = Waited(self._kernel)
        job = Job(work=work, answer=answer, stands_in=stands_in, repeat=repeat, lays_over=lays_over)
        super().put(job)
        self._stir()
        return answer

    def ask_snapshot(self, work: Callable[[Snapshot], Any]) -> Future[Any]:
        answer = Waited(self._kernel)
        self._snapshot_jobs.append((work, answer))
        self._stir()
        return answer

    def _stir(self) -> None:
        self._kernel.wake(self.actor)

    def _act(self) -> float | None:
        """Begin a piece of work, or end it: the disk is at work in between, and nobody waits for it."""
        if self._works_until is not None:
            left = self._works_until - self._kernel.now
            if left > 0:
                return left
            self._works_until = None
            self._work.close()
            self._do_work()
        left_to_work = self.seconds_to_work() if self._has_begun else 0.0
        if left_to_work != 0.0:
            return None if left_to_work is None else left_to_work + AFTER
        left_to_rest = self._rests_until - self._kernel.now
        if left_to_rest > 0:
            return left_to_rest
        seconds = self._seconds()
        if not self._is_fine and seconds < LOOK_EVERY_SECONDS:
            self._rests_until = self._kernel.now + seconds
            self._do_work()
            return None if self.seconds_to_work() is None else seconds
        self._works_until = self._kernel.now + seconds
        self._work.enter_context(self._watch.at_work())
        if seconds > LOOK_EVERY_SECONDS:
            self._kernel.wake(self.watch, LOOK_EVERY_SECONDS)
        return seconds

    def _do_work(self) -> None:
        if self._has_begun:
            self.turn()
        else:
            self._has_begun = True
            self.begin()

    def _look(self) -> float | None:
        self.look_after_disk()
        return LOOK_EVERY_SECONDS if self._works_until is not None or self._watch.hangs else None

    def journal(self) -> Precious | None:
        """The open file."""
        return self._ledger.precious

    def rows_of(self, member_id: MemberId) -> Known:
        """What the snapshot has of one person; nothing where it cannot be read."""
        with suppress(sqlite3.Error, StoreFaultError):
            return self._mirror.ask(lambda snapshot: snapshot.of_member(member_id))
        return Known()

    def abandon(self) -> None:
        """The process is gone: its connections are closed, and the lock with them."""
        self._closed = True
        for held in (self._ledger.precious, self._mirror):
            if held is not None:
                held.close()
        self._lock.release()


class SteppedStore(Store):
    """The store, with a worker that takes turns."""

    def __init__(self, directory: Path, post: Post, clock: MachineClock) -> None:
        super().__init__(directory, post, clock)
        self.worker = SteppedWorker(directory, post, clock)
        self._worker = self.worker
        self._erasures = Erasures(self.worker, post, clock)

    def is_open(self) -> bool:
        """``journal.db`` can be read."""
        return self.worker.journal() is not None

    def look(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What stands in ``journal.db``, read past everything; nothing where it is not open."""
        precious = self.worker.journal()
        return [] if precious is None else precious.db.execute(statement, values).fetchall()


# ── the server's side ─────────────────────────────────────────────────────────────────────────────────────────────


class SteppedSync(Sync):
    """Push and pull."""

    def attach(self, kernel: Kernel, life: Life, gathering_seconds: float) -> None:
        """Take turns from this kernel."""
        self._kernel = kernel
        self._gathering = gathering_seconds or None
        self.actor = Actor("sync", life, self._act)
        kernel.wake(self.actor)

    def wake(self, *, fetch: bool = False) -> None:
        super().wake(fetch=fetch)
        if self._woken:
            self._kernel.wake(self.actor, None if fetch else self._gathering)

    def _act(self) -> float | None:
        until = self.turn()
        return self._gathering or 0.0 if self._woken else max(0.0, until - self._clock.monotonic()) + AFTER


class SteppedQuestions(Questions):
    """The questions."""

    def attach(self, kernel: Kernel, life: Life) -> None:
        """Take turns from this kernel."""
        self._kernel = kernel
        self.actor = Actor("questions", life, self._act)

    def ask(self, question: Question) -> None:
        super().ask(question)
        self._kernel.wake(self.actor)

    def _act(self) -> float | None:
        if self._asked:
            self.turn()
        return 0.0 if self._asked else None


# ── the door ──────────────────────────────────────────────────────────────────────────────────────────────────────


class SteppedDoor(Door):
    """The real driver; it tells when it has to be looked at."""

    stirred: Callable[[], None] = staticmethod(lambda: None)
    is_out = False
    """Its lines do not obey."""

    def open(self) -> None:
        if self.is_out:
            raise DeviceError("GPIO line: simulated fault")
        super().open()

    def read(self) -> Iterable[Event]:
        if self.is_out:
            raise DeviceError("GPIO line: simulated fault")
        return super().read()

    def _receive(self, event: DoorEvent) -> None:
        super()._receive(event)
        self.stirred()

    def _stir(self) -> None:
        super()._stir()
        self.stirred()

    def _wait(self, lines: Lines) -> list[DoorEvent]:
        """What has come by now: the waiting is the kernel's."""
        now = self._clock.monotonic()
        # A line that nothing has stirred and that is not waited for stands as it stood.
        looks = self._stirred or any(line.due <= now for line in lines.inputs)
        self._stirred = False
        seen = list(self._look(lines, now)) if looks else []
        came, self._inbox = [*seen, *self._inbox], []
        return [*came, TimePassed()]

    def has_news(self) -> bool:
        """Something has come that was not looked at."""
        return self._lines is None or bool(self._inbox or self._told)

    def go_deaf_to_fire(self) -> None:
        """As if that line were not wired: for breaking it on purpose."""
        assert self._lines is not None
        self._lines.fire = None

    def seconds_to_look(self) -> float | None:
        """How long until :meth:`read` has something to do; None while nothing is due."""
        if self._lines is None or self.has_news():
            return 0.0
        due = min(next_look(self._doorway, self._rules), self._buzzer()[1], *(line.due for line in self._lines.inputs))
        return None if due == inf else max(0.0, due - self._clock.monotonic())


class SteppedSupervisor(Supervisor):
    """Keeps the door open, and opens it again."""

    def attach(self, kernel: Kernel, life: Life, door: SteppedDoor, moved: Callable[[], None]) -> None:
        """Take turns from this kernel; ``moved`` is called after each."""
        self._door = door
        self._moved = moved
        self.actor = Actor("door", life, self._act, may_block=False)
        door.stirred = partial(kernel.wake, self.actor)
        kernel.wake(self.actor)

    def _act(self) -> float | None:
        pause = self.turn()
        self._moved()
        if pause is not None:
            return pause
        left = self._door.seconds_to_look()
        return None if left is None else left + AFTER
