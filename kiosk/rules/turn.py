"""One step of the session: what it may look at, what it orders, and the table of who answers to what.

``@on(State, Event)`` fills :data:`TRANSITIONS`; for touches and timers the key also holds which one. The return
annotation of a handler names the states it may lead to: the diagram in the docs is drawn from it, and
:func:`kiosk.rules.session.step` holds every handler to it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from functools import cache
from typing import Any, TypeAlias, TypeVar, get_args, get_type_hints

from kiosk.actions import Action
from kiosk.effects import Effect, OpenDoor, Record, Withdraw
from kiosk.events import Event, Timer
from kiosk.events_door import DoorMode
from kiosk.rules.doorkeeping import Doorkeeping
from kiosk.rules.knowledge import Knowledge
from kiosk.rules.policy import DoorTimes, Policy, RetentionDays, Station, Times
from kiosk.rules.states import Idle, OutOfOrder, Session, State
from kiosk.rules.tare import TareLimits
from kiosk.types import (
    NOTHING,
    ClockTrust,
    Fact,
    FactId,
    FactKind,
    JarCode,
    Member,
    MemberId,
    Moment,
    Part,
    Reason,
    ShiftId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The server, as far as is known.

    Attributes:
        since: when it was lost (aware UTC); ``None`` while it answers.
        fault: why, for whoever keeps the terminal.
    """

    online: bool = False
    since: datetime | None = None
    not_authorised: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """All that a step may look at besides the session itself. Built anew for each event by the reactor."""

    knowledge: Knowledge
    policy: Policy
    times: Times
    door: DoorTimes
    limits: TareLimits
    station: Station
    zone: tzinfo
    language: str
    moment: Moment
    link: Link
    bell: bool
    phone: str
    new_id: Callable[[], FactId]
    new_jar_code: Callable[[], JarCode]
    printer: bool = False
    """There is a label printer, be it lost or not."""
    parts: frozenset[Part] = frozenset()
    """What is configured; the rest is off, not out of order."""
    retention: RetentionDays = field(default_factory=RetentionDays)
    waiting: int = 0
    refused: int = 0
    """How many facts wait for the server, and how many it will never take."""
    troubles: int = 0
    """How many warnings and errors the program has logged since it started."""
    restarts: bool = False
    """Whoever looks after the program starts it anew when it ends."""
    keeping: Doorkeeping = field(default_factory=Doorkeeping)
    """The door, as its own thread told of it."""
    unjournalled: Collection[FactId] = ()
    """What is not on the disk yet."""

    @property
    def now(self) -> datetime:
        return self.moment.wall

    @property
    def monotonic(self) -> float:
        return self.moment.monotonic

    @property
    def trust(self) -> ClockTrust:
        return self.moment.trust


class Turn:
    """Collects what one step changes and orders; nothing of it outlives the step."""

    def __init__(self, session: Session, around: Surroundings) -> None:
        self.session = session
        self.around = around
        self.effects: list[Effect] = []

    def do(self, *effects: Effect) -> None:
        self.effects.extend(effects)

    def change(self, **fields: Any) -> None:
        """Set these fields; a session that has them already stays the same one, so that nothing is drawn for it."""
        if any(getattr(self.session, name) is not value for name, value in fields.items()):
            self.session = replace(self.session, **fields)

    def fact(
        self,
        kind: FactKind,
        *,
        id_: FactId | None = None,
        member: MemberId | None = None,
        shift: ShiftId | None = None,
        about: FactId | None = None,
        details: Mapping[str, object] = NOTHING,
    ) -> Fact:
        return Fact(
            id=id_ or self.around.new_id(),
            kind=kind,
            happened=self.around.moment,
            member_id=member,
            shift_id=shift,
            about=about,
            offline=not self.around.link.online,
            details=details,
        )

    def is_on_disk(self, fact: FactId) -> bool:
        """It was noted before this very step, and does not wait for the disk any more."""
        fresh = any(isinstance(order, Record) and order.fact.id == fact for order in self.effects)
        return not fresh and fact not in self.around.unjournalled

    def record(self, fact: Fact, hold_seconds: float = 0.0) -> FactId:
        self.do(Record(fact=fact, hold_seconds=hold_seconds))
        return fact.id

    @property
    def arrived(self) -> frozenset[ShiftId]:
        """Shifts for which this very step has checked someone in: whose question lapses as the next card is laid."""
        facts = (order.fact for order in self.effects if isinstance(order, Record))
        return frozenset(fact.shift_id for fact in facts if fact.kind is FactKind.CHECK_IN and fact.shift_id)

    def withdraw(self, fact_id: FactId, undo: Fact) -> None:
        self.do(Withdraw(id=fact_id, undo=undo))

    @property
    def door_obeys(self) -> bool:
        """It is neither out of order nor locked down."""
        return Part.DOOR not in self.session.lost and self.around.keeping.mode is not DoorMode.LOCKED_DOWN

    def open_door(self, member: Member, reason: Reason, about: FactId | None) -> bool:
        """Fire or extend the relay, and journal the pulse: each one, whoever it is for and whatever the screen does.

        Returns:
            Whether the door was told to: what opens nothing is journalled as no opening.
        """
        if not self.door_obeys:
            return False
        times = self.around.door
        seconds = times.longer_pulse_seconds if member.long_pulse else times.pulse_seconds
        self.do(OpenDoor(seconds=seconds))
        self.record(
            self.fact(
                FactKind.DOOR_OPENED,
                member=member.id,
                about=about,
                details={"seconds": seconds, "reason": reason.value},
            )
        )
        return True

    def home(self) -> Idle | OutOfOrder:
        """Back to the start: what belonged to the person at the screen ends here."""
        self.change(language=self.around.language, large_text=False, muted=False)
        return rest(self.session.lost, self.around.station)


def rest(lost: frozenset[Part], station: Station) -> Idle | OutOfOrder:
    """The state without anybody: out of order where a card would not be read, or would open nothing."""
    if station is not Station.BULK:
        for part in (Part.READER, Part.DOOR):
            if part in lost:
                return OutOfOrder(part)
    return Idle()


# ── the table ─────────────────────────────────────────────────────────────────────────────────────────────────────

What: TypeAlias = "Action | Timer | None"
Key: TypeAlias = tuple[type[State], type[Event], What]
Handler: TypeAlias = Callable[[Turn, Any, Any], State]

TRANSITIONS: dict[Key, Handler] = {}

H = TypeVar("H", bound=Handler)


def on(states: type[State] | Iterable[type[State]], event: type[Event], *whats: Action | Timer) -> Callable[[H], H]:
    """Register a handler for an event in one or several states; touches and timers also name which.

    Raises:
        ValueError: if the place in the table is taken: two answers to one event are a fault in the program.
    """
    named = (states,) if isinstance(states, type) else tuple(states)

    def register(handler: H) -> H:
        for state in named:
            for what in whats or (None,):
                key = (state, event, what)
                if key in TRANSITIONS:
                    raise ValueError(f"{key} is handled twice")
                TRANSITIONS[key] = handler
        return handler

    return register


@cache
def targets(handler: Handler) -> frozenset[type[State]]:
    """The states that a handler says it may lead to; all of them for one annotated with ``State``."""
    hint = get_type_hints(handler)["return"]
    return frozenset(get_args(hint) or (hint,))
