"""Stand-ins with a will of their own: a clock moved by hand, an inbox that can be waited on, a server with a script."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeVar

from kiosk.backends.base import Accepted, Grace, Outcome, Unchanged
from kiosk.clock import moment
from kiosk.errors import BackendUnavailable
from kiosk.events import BookingOutcome, Event, Identified, KnowledgePage
from kiosk.ids import FactIds
from kiosk.types import (
    Capabilities,
    CardHash,
    ClockTrust,
    Fact,
    FactId,
    FactKind,
    Member,
    MemberId,
    ShiftId,
)

E = TypeVar("E")

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PATIENCE_SECONDS = 10.0


class ManualClock:
    """Time stands still until a test moves it. Waiters look again within milliseconds of real time."""

    def __init__(self, now: datetime = NOON, trust: ClockTrust = ClockTrust.SYNCED, boot_id: str = "boot-1") -> None:
        self.boot_id = boot_id
        self._monotonic = 1000.0
        self._now = now
        self._trust = trust

    def monotonic(self) -> float:
        return self._monotonic

    def now(self) -> datetime:
        return self._now

    def trust(self) -> ClockTrust:
        return self._trust

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        del seconds
        condition.wait(0.005)

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def set_wall(self, now: datetime, trust: ClockTrust | None = None) -> None:
        """Set the wall clock alone, as a person or the network does."""
        self._now = now
        self._trust = trust or self._trust

    def reboot(self, boot_id: str, now: datetime, trust: ClockTrust = ClockTrust.NEVER) -> None:
        """Start counting afresh, with whatever the wall clock shows then."""
        self.boot_id, self._monotonic, self._now, self._trust = boot_id, 5.0, now, trust


class Inbox:
    """Where events are posted to; a test can wait for one."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._changed = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()

    def all(self, kind: type[E]) -> list[E]:
        """Every event of a kind so far."""
        with self._changed:
            return [event for event in self._events if isinstance(event, kind)]

    def wait_for(self, kind: type[E], that: Callable[[E], bool] = lambda _: True) -> E:
        """The first event of this kind ``that`` is true of, past or to come."""

        def found() -> list[E]:
            return [event for event in self._events if isinstance(event, kind) and that(event)]

        with self._changed:
            if not self._changed.wait_for(found, PATIENCE_SECONDS):
                seen = sorted({type(event).__name__ for event in self._events})
                raise AssertionError(f"no such {kind.__name__} came, only of these kinds: {seen}")
            return found()[0]

    def clear(self) -> None:
        with self._changed:
            self._events.clear()


@dataclass(frozen=True, slots=True)
class AnswerLost:
    """The server does its work and the answer never arrives."""


class ScriptedBackend:
    """A server that keeps facts by their id, as a real one does, and misbehaves when told to.

    Attributes:
        kept: facts the server has, by id.
        asked: every call, in order, as ``(method, argument)``.
        deliveries: for a fact, what to do at each of the next tries; then it is accepted.
        answers: what ``fetch`` returns or raises next; then ``Unchanged``.
        reachable: False makes every call raise :class:`BackendUnavailable`.
        before_answer: called before each answer, to move the clock or to hang.
    """

    def __init__(self) -> None:
        self.kept: dict[FactId, Fact] = {}
        self.asked: list[tuple[str, object]] = []
        self.deliveries: dict[FactId, deque[Outcome | AnswerLost | Exception]] = {}
        self.answers: deque[KnowledgePage | Unchanged | Exception] = deque()
        self.owners: dict[CardHash, Identified] = {}
        self.codes: list[str] = []
        self.booking: BookingOutcome | Exception = BookingOutcome.BOOKED
        self.graces: dict[MemberId, Member] = {}
        self.reachable = True
        self.before_answer: Callable[[], None] = lambda: None
        self.carries = Capabilities()

    def capabilities(self) -> Capabilities:
        return self.carries

    def fetch(self, cursor: str, generation: int) -> KnowledgePage | Unchanged:
        self._called("fetch", (cursor, generation))
        answer = self.answers.popleft() if self.answers else Unchanged()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def deliver(self, fact: Fact) -> Outcome:
        self._called("deliver", fact.id)
        script = self.deliveries.get(fact.id)
        step = script.popleft() if script else Accepted()
        if isinstance(step, Exception):
            raise step
        if isinstance(step, Accepted | AnswerLost):
            self.kept.setdefault(fact.id, fact)
        if isinstance(step, AnswerLost):
            raise BackendUnavailable("answer lost")
        return step

    def identify(self, card: CardHash, timeout_seconds: float, code: str = "") -> Identified:
        self._called("identify", timeout_seconds)
        self.codes.append(code)
        return self.owners.get(card, Identified(hash=card, available=True))

    def book(self, fact_id: FactId, member: MemberId, shift: ShiftId, timeout_seconds: float) -> BookingOutcome:
        self._called("book", timeout_seconds)
        if isinstance(self.booking, Exception):
            raise self.booking
        return self.booking

    def grace(self, member: MemberId, timeout_seconds: float) -> Grace:
        self._called("grace", timeout_seconds)
        return Grace(self.graces.get(member))

    def close(self) -> None:
        self._called("close", None)

    def calls(self, method: str) -> list[object]:
        """The arguments of every call of one method."""
        return [argument for name, argument in self.asked if name == method]

    def _called(self, method: str, argument: object) -> None:
        self.asked.append((method, argument))
        self.before_answer()
        if not self.reachable:
            raise BackendUnavailable("no route to host")


@dataclass
class Facts:
    """Makes facts as they happen."""

    clock: ManualClock
    ids: FactIds = field(default_factory=lambda: FactIds(_Bytes()))

    def check_in(self, member: str = "m1", shift: str = "s1", **details: object) -> Fact:
        return self.make(FactKind.CHECK_IN, member_id=MemberId(member), shift_id=ShiftId(shift), details=details)

    def undo(self, fact: Fact) -> Fact:
        kinds = {FactKind.CHECK_IN: FactKind.CHECK_IN_UNDONE, FactKind.BOOKING: FactKind.BOOKING_UNDONE}
        return self.make(kinds[fact.kind], member_id=fact.member_id, shift_id=fact.shift_id, about=fact.id)

    def make(self, kind: FactKind, **columns: object) -> Fact:
        return Fact(id=self.ids(self.clock.now()), kind=kind, happened=moment(self.clock), **columns)  # type: ignore[arg-type]  # a test names the columns


class _Bytes:
    """Random bytes that are the same in every run."""

    def __init__(self) -> None:
        self._count = count(1)

    def __call__(self, size: int) -> bytes:
        return next(self._count).to_bytes(size, "big")


def page(
    generation: int = 1, *, cursor: str = "c1", full: bool = True, last: bool = True, **rows: object
) -> KnowledgePage:
    """A page of a server, the whole snapshot unless told otherwise."""
    return KnowledgePage(
        generation=generation,
        full=full,
        last=last,
        cursor=cursor,
        fetched_at=rows.pop("fetched_at", NOON),  # type: ignore[arg-type]  # a test names the columns
        **rows,  # type: ignore[arg-type]
    )


def members(*names: str) -> tuple[Member, ...]:
    """Members whose id is their name."""
    return tuple(Member(id=MemberId(name), first_name=name) for name in names)
