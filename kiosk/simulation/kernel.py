"""Simulated time, and whoever acts in it: one thread, one queue, one order of things.

An actor is what is a thread in a real terminal. It acts when it is due, and may block: then time goes on, others act,
and it continues where it stood. Nothing here sleeps or reads a clock, so a run depends on its seed alone.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from math import inf
from random import Random

from kiosk.types import ClockTrust

SWITCH_SECONDS = 0.002
"""At most so long until another thread takes up what was handed to it."""


class Killed(BaseException):
    """The process of the actor that was blocked is gone."""


@dataclass(slots=True)
class Life:
    """A process: what it began ends with it."""

    name: str
    is_over: bool = False


class Actor:
    """One thread of a process.

    Args:
        name: for the journal.
        life: the process.
        act: does one turn; returns in how many seconds the next one is due (None: when it is woken).
        may_block: it may wait for a disk or a network. The others must never.
    """

    def __init__(self, name: str, life: Life, act: Callable[[], float | None], *, may_block: bool = True) -> None:
        self.name = name
        self.life = life
        self.act = act
        self.may_block = may_block
        self.due = inf
        self.is_busy = False


_Entry = tuple[float, int, Actor | None, Callable[[], None] | None, Life | None]
"""When, in which order of those at one time, whose turn or what is called, and the process that it belongs to."""


class Kernel:
    """The queue.

    Attributes:
        now: seconds since the simulation began.
        steps: how many turns were taken.
        acting: whose turn it is; None for the world outside.
        on_blocked: told of an actor that waits and may not.
        after_step: called after each turn.
    """

    def __init__(self, chance: Random) -> None:
        self.now = 0.0
        self.steps = 0
        self.acting: Actor | None = None
        self.on_blocked: Callable[[str, float], None] = lambda _name, _seconds: None
        self.after_step: Callable[[], None] = lambda: None
        self._chance = chance
        self._queue: list[_Entry] = []
        self._numbers = count()

    def call_at(self, at: float, call: Callable[[], None], life: Life | None = None) -> None:
        """Let something happen at that time; not at all if the process it belongs to is over by then."""
        heappush(self._queue, (max(at, self.now), next(self._numbers), None, call, life))

    def call_in(self, seconds: float, call: Callable[[], None], life: Life | None = None) -> None:
        """Let something happen in so many seconds."""
        self.call_at(self.now + seconds, call, life)

    def wake(self, actor: Actor, seconds: float | None = None) -> None:
        """The actor is due in ``seconds``, or as soon as the machine gets round to it; never later than it was."""
        if seconds is None:
            seconds = self._chance.random() * SWITCH_SECONDS
        at = self.now + seconds
        if at < actor.due:
            actor.due = at
            heappush(self._queue, (at, next(self._numbers), actor, None, None))

    def run_until(self, end: float) -> None:
        """Let everything happen that is due up to then."""
        queue = self._queue
        while queue and queue[0][0] <= end:
            self._step(heappop(queue))
        self.now = max(self.now, end)

    def block(self, seconds: float, until: Callable[[], bool] | None = None) -> bool:
        """The acting one waits, at most ``seconds`` or until something is true; returns whether its process lives.

        Others act meanwhile. What they begin and have not ended when the time is over makes the wait longer, as a
        busy machine does.
        """
        actor = self.acting
        if actor is not None and not actor.may_block:
            self.on_blocked(actor.name, seconds)
            return True
        end, queue = self.now + seconds, self._queue
        while queue and queue[0][0] <= end and not (until is not None and until()) and not _is_over(actor):
            self._step(heappop(queue))
        if not (until is not None and until()) and not _is_over(actor):
            self.now = max(self.now, end)
        self.acting = actor
        return not _is_over(actor)

    def _step(self, entry: _Entry) -> None:
        at, _, actor, call, life = entry
        self.now = max(self.now, at)
        if actor is not None and actor.due != at:
            # It was woken earlier than this, and has had its turn.
            return
        before = self.acting
        if actor is not None:
            self._take_turn(actor)
        elif call is not None and not (life is not None and life.is_over):
            self.acting = None
            call()
        self.acting = before
        self.steps += 1
        self.after_step()

    def _take_turn(self, actor: Actor) -> None:
        if actor.life.is_over or actor.is_busy:
            # Whoever is busy looks again when that is done.
            return
        actor.due, actor.is_busy = inf, True
        self.acting = actor
        try:
            seconds = actor.act()
        except Killed:
            return
        finally:
            actor.is_busy = False
        missed, actor.due = actor.due, inf
        if missed != inf:
            self.wake(actor, max(0.0, missed - self.now))
        if seconds is not None:
            self.wake(actor, seconds)


def _is_over(actor: Actor | None) -> bool:
    return actor is not None and actor.life.is_over


class MachineClock:
    """The clocks of one machine: a monotonic one since its boot, and a wall clock that may be wrong.

    Args:
        kernel: true time.
        start: the true wall time when the simulation began.
        boots: how often this machine was switched on before.
        fault: how far its wall clock is ahead of the truth.
        trust: what it believes of that.
        drift: by how much of a second it gains in each second.
    """

    def __init__(
        self,
        kernel: Kernel,
        start: datetime,
        *,
        boot_id: str,
        fault: timedelta = timedelta(),
        trust: ClockTrust = ClockTrust.SYNCED,
        drift: float = 0.0,
    ) -> None:
        self.boot_id = boot_id
        self._kernel = kernel
        self._start = start
        self._booted_at = kernel.now
        self._trust = trust
        self._drift = drift
        self._set_at = kernel.now
        self._fault = fault
        self._read_at, self._read = -1.0, start

    def monotonic(self) -> float:
        return self._kernel.now - self._booted_at + 5.0

    def now(self) -> datetime:
        if self._read_at != self._kernel.now:
            gained = (self._kernel.now - self._set_at) * self._drift
            self._read_at, self._read = self._kernel.now, self.truth() + self._fault + timedelta(seconds=gained)
        return self._read

    def truth(self) -> datetime:
        """The time that it should show."""
        return self._start + timedelta(seconds=self._kernel.now)

    def trust(self) -> ClockTrust:
        return self._trust

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        del condition
        if not self._kernel.block(inf if seconds is None else seconds):
            raise Killed

    def set(self, fault: timedelta = timedelta(), trust: ClockTrust = ClockTrust.SYNCED) -> None:
        """Somebody or the network sets the wall clock."""
        self._set_at, self._fault, self._trust, self._drift = self._kernel.now, fault, trust, 0.0
        self._read_at = -1.0

    def drift(self, drift: float) -> None:
        """From now on it gains so much of a second in each second."""
        gained = (self._kernel.now - self._set_at) * self._drift
        self._set_at, self._fault, self._drift = self._kernel.now, self._fault + timedelta(seconds=gained), drift
        self._read_at = -1.0
