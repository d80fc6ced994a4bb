"""What is known and wanted of the door as a whole: held open, locked down, released, its alarms. Pure.

The door's own thread decides what the lock does (:mod:`kiosk.rules.door`); here it is decided what it is asked to do,
and everything it tells becomes a fact.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from kiosk.effects import Effect, EndHold, EndLockDown, HoldDoor, LockDown, OpenDoor, Record, ResetDoor
from kiosk.events import DeviceLost, Event, Timer, TimerFired
from kiosk.events_door import (
    DoorAlarm,
    DoorAlarmCleared,
    DoorAlarmKind,
    DoorMode,
    DoorModeChanged,
    ExitAsked,
    ProofOpens,
    ProofResets,
)
from kiosk.rules import shifts
from kiosk.rules.weekly import Schedule, stretch_at
from kiosk.types import ClockTrust, DeskReason, Fact, FactKind, MemberId, OpeningHours, Part, Reason

if TYPE_CHECKING:
    from kiosk.rules.turn import Surroundings

LEASE_SECONDS: Final = 5.0
"""A hold is renewed every second; the door's thread ends it that long after the last order, if no more come."""


class HeldFor(StrEnum):
    """Why the door is held open."""

    SCHEDULE = "schedule"
    ORDER = "order"


class Word(StrEnum):
    """What a person can order of the door."""

    OPEN = "open"
    HOLD = "hold"
    LOCK_DOWN = "lock-down"
    NORMAL = "normal"
    """No hold and no lock-down any more: cards decide."""
    RESET = "reset"
    """The fire or the green box is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order and whose it is.

    Attributes:
        minutes: for which the door is held.
        why: what it is opened for.
        by: who says so; None for someone at the command line.
    """

    word: Word
    minutes: int = 0
    why: DeskReason = DeskReason.OTHER
    by: MemberId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorkeeping:
    """All that is remembered of the door beside the session.

    Attributes:
        mode: as the door's thread told it last; None where there is no door.
        alarms: those that are on.
        hold_until: a person has it held until then (monotonic seconds).
        hold_by: that person.
        held_for: why it was held at the last look.
        skipped: a stretch of the schedule that a person has ended before its time.
        last: the order that the next change of mode answers to.
    """

    mode: DoorMode | None = None
    alarms: frozenset[DoorAlarmKind] = frozenset()
    hold_until: float | None = None
    hold_by: MemberId | None = None
    held_for: HeldFor | None = None
    skipped: "Stretch | None" = None
    last: Order | None = None


Stretch = tuple[date, OpeningHours]
"""Hours, and the day on which they are meant."""
Outcome = tuple[Doorkeeping, tuple[Effect, ...]]

HEARD = (
    DoorModeChanged, DoorAlarm, DoorAlarmCleared, ExitAsked, ProofOpens, ProofResets, DeviceLost, TimerFired,
)  # fmt: skip
"""The events that are the doorkeeper's business; of the timers only the second that passes."""


def is_heard(event: Event) -> bool:
    """Whether :func:`hear` may have something to say to it."""
    return isinstance(event, HEARD) and (not isinstance(event, TimerFired) or event.timer is Timer.TICK)


def hear(keeping: Doorkeeping, event: Event, around: "Surroundings", schedule: Schedule) -> Outcome:
    """What becomes of the keeping, and what has to be done."""
    match event:
        case DoorModeChanged(mode=mode):
            return _change_mode(keeping, mode, around)
        case DoorAlarm(kind=kind) | DoorAlarmCleared(kind=kind):
            details = {"alarm": kind.value, "change": "raised" if isinstance(event, DoorAlarm) else "cleared"}
            return replace(keeping, alarms=alarms_after(keeping.alarms, event)), (
                _fact(FactKind.DOOR_ALARM, around, details),
            )
        case ExitAsked() | ProofOpens() | ProofResets():
            return _hear_person(keeping, event, around, schedule)
        case DeviceLost(part=Part.DOOR) if keeping.mode is not None:
            return _change_mode(replace(keeping, alarms=frozenset()), DoorMode.OUT_OF_ORDER, around)
        case TimerFired(Timer.TICK):
            return _hold(keeping, around, schedule)
    return keeping, ()


def _hear_person(
    keeping: Doorkeeping, event: ExitAsked | ProofOpens | ProofResets, around: "Surroundings", schedule: Schedule
) -> Outcome:
    """Someone leaves, or stands at the door with the test of it."""
    match event:
        case ExitAsked():
            leaving = {"reason": Reason.EXIT.value, "seconds": around.door.pulse_seconds}
            return keeping, (_fact(FactKind.DOOR_OPENED, around, leaving),)
        case ProofOpens(seconds=seconds, by=by):
            if maybe_refusal(keeping, Order(word=Word.OPEN)) is not None:
                return keeping, ()
            trying = {"reason": Reason.TEST.value, "seconds": seconds}
            return keeping, (OpenDoor(seconds=seconds), _fact(FactKind.DOOR_OPENED, around, trying, by))
        case ProofResets(by=by):
            order = Order(word=Word.RESET, by=by)
            return (keeping, ()) if maybe_refusal(keeping, order) else obey(keeping, order, around, schedule)


def alarms_after(alarms: frozenset[DoorAlarmKind], event: DoorAlarm | DoorAlarmCleared) -> frozenset[DoorAlarmKind]:
    """Those that are on. A warning that becomes an alarm ends with it, and is not told to be over."""
    if isinstance(event, DoorAlarmCleared):
        return alarms - {event.kind}
    over = {DoorAlarmKind.HELD_WARNING} if event.kind is DoorAlarmKind.HELD else frozenset()
    return (alarms - over) | {event.kind}


def maybe_refusal(keeping: Doorkeeping, order: Order) -> str | None:
    """Why the door cannot obey now, in plain words; None if it can."""
    match keeping.mode, order.word:
        case None, _:
            return "this terminal has no door, or has not heard of it yet"
        case DoorMode.OUT_OF_ORDER, _:
            return "the door is out of order"
        case DoorMode.RELEASED, word if word is not Word.RESET:
            return "the fire alarm or the green box has released the door; reset it first"
        case DoorMode.LOCKED_DOWN, Word.OPEN | Word.HOLD:
            return "the door is locked down; end that first"
        case mode, Word.RESET if mode is not DoorMode.RELEASED:
            return "the door is not released"
    return None


def obey(keeping: Doorkeeping, order: Order, around: "Surroundings", schedule: Schedule) -> Outcome:
    """Carry out an order that :func:`maybe_refusal` does not object to."""
    match order.word:
        case Word.OPEN:
            seconds = around.door.longer_pulse_seconds
            details = {"reason": Reason.BY_HAND.value, "for": order.why.value, "seconds": seconds}
            return keeping, (OpenDoor(seconds=seconds), _fact(FactKind.DOOR_OPENED, around, details, order.by))
        case Word.HOLD:
            return _hold_by_order(keeping, order, around)
        case Word.LOCK_DOWN:
            return replace(keeping, hold_until=None, held_for=None, last=order), (LockDown(),)
        case Word.NORMAL:
            changes = keeping.mode in {DoorMode.HELD_OPEN, DoorMode.LOCKED_DOWN}
            calm = replace(
                keeping,
                hold_until=None,
                held_for=None,
                skipped=_stretch_now(schedule, around),
                last=order if changes else None,
            )
            return calm, (EndHold(), EndLockDown())
        case Word.RESET:
            # Whoever resets it wants it locked: what someone had ordered before the alarm is over.
            return replace(keeping, hold_until=None, last=order), (ResetDoor(),)


# ── holding ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _hold_by_order(keeping: Doorkeeping, order: Order, around: "Surroundings") -> Outcome:
    until = around.monotonic + order.minutes * 60
    held = replace(keeping, hold_until=until, hold_by=order.by, held_for=HeldFor.ORDER)
    hold = HoldDoor(seconds=LEASE_SECONDS)
    if keeping.mode is DoorMode.HELD_OPEN:
        # No change of mode will tell it.
        return held, (hold, _mode_fact(DoorMode.HELD_OPEN, order.word.value, order.by, around))
    return replace(held, last=order), (hold,)


def _hold(keeping: Doorkeeping, around: "Surroundings", schedule: Schedule) -> Outcome:
    """Renew the hold as long as there is a reason for it, and end it when there is none any more."""
    if keeping.mode in {None, DoorMode.OUT_OF_ORDER, DoorMode.LOCKED_DOWN, DoorMode.RELEASED}:
        return _held_for(keeping, None), ()
    if keeping.hold_until is not None and around.monotonic >= keeping.hold_until:
        keeping = replace(keeping, hold_until=None)
    wanted = None
    if keeping.hold_until is not None:
        wanted = HeldFor.ORDER
    elif is_time_to_hold(schedule, around, keeping.skipped):
        wanted = HeldFor.SCHEDULE
    if wanted is not None:
        return _held_for(keeping, wanted), (HoldDoor(seconds=LEASE_SECONDS),)
    orders: tuple[Effect, ...] = () if keeping.held_for is None else (EndHold(),)
    return _held_for(keeping, None), orders


def _held_for(keeping: Doorkeeping, why: HeldFor | None) -> Doorkeeping:
    return keeping if keeping.held_for is why else replace(keeping, held_for=why)


def is_time_to_hold(schedule: Schedule, around: "Surroundings", skipped: Stretch | None = None) -> bool:
    """In the hours of the schedule, once the first worker of these hours is there, and by a clock that is sure."""
    if around.trust is not ClockTrust.SYNCED:
        return False
    stretch = _stretch_now(schedule, around)
    if stretch is None or stretch == skipped:
        return False
    day, hours = stretch
    opened_at = datetime.combine(day, hours.opens, around.zone).astimezone(UTC)
    return any(crew.here for crew in shifts.crews(around.knowledge, opened_at, around.now))


def _stretch_now(schedule: Schedule, around: "Surroundings") -> Stretch | None:
    coop, local = around.knowledge.coop, around.now.astimezone(around.zone)
    if local.date() in coop.closures:
        return None
    hours = stretch_at((*schedule.hours, *(coop.hours if schedule.opening_hours else ())), local)
    return None if hours is None else (local.date(), hours)


# ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────────

JOURNALLED: Final = frozenset({DoorMode.HELD_OPEN, DoorMode.LOCKED_DOWN, DoorMode.RELEASED, DoorMode.OUT_OF_ORDER})
"""Modes whose beginning and end are facts of their own; the others are pulses, each with its own fact."""


def _change_mode(keeping: Doorkeeping, mode: DoorMode, around: "Surroundings") -> Outcome:
    before, changed = keeping.mode, replace(keeping, mode=mode)
    at_start = before is None and mode is DoorMode.LOCKED
    if mode is before or at_start or not {mode, before} & JOURNALLED:
        return changed, ()
    why, by = _cause(keeping, mode)
    return replace(changed, last=None), (_mode_fact(mode, why, by, around),)


def _cause(keeping: Doorkeeping, mode: DoorMode) -> tuple[str, MemberId | None]:
    """Why the mode is what it is now, and whose doing that is."""
    if mode is DoorMode.RELEASED:
        # A door that is just taken in hand may have been released long ago, and this be no alarm of now.
        return "found" if keeping.mode in {None, DoorMode.OUT_OF_ORDER} else "fire", None
    if mode is DoorMode.OUT_OF_ORDER:
        return "fault", None
    if keeping.last is not None:
        return keeping.last.word.value, keeping.last.by
    if mode is DoorMode.HELD_OPEN:
        # Also after the lease has run out in a moment in which nobody renewed it.
        return (Word.HOLD.value, keeping.hold_by) if keeping.held_for is HeldFor.ORDER else ("schedule", None)
    if mode is DoorMode.LOCKED_DOWN:
        return "kept", None
    return "back" if keeping.mode is DoorMode.OUT_OF_ORDER else "ended", None


def _mode_fact(mode: DoorMode, why: str, by: MemberId | None, around: "Surroundings") -> Record:
    return _fact(FactKind.DOOR_MODE, around, {"mode": mode.value, "why": why}, by)


def _fact(kind: FactKind, around: "Surroundings", details: Mapping[str, object], by: MemberId | None = None) -> Record:
    return Record(
        fact=Fact(
            id=around.new_id(),
            kind=kind,
            happened=around.moment,
            member_id=by,
            offline=not around.link.online,
            details=details,
        )
    )


def worst(alarms: Iterable[DoorAlarmKind]) -> DoorAlarmKind | None:
    """The alarm that the screen speaks of."""
    on = frozenset(alarms)
    return next((kind for kind in SPOKEN_OF if kind in on), None)


SPOKEN_OF: Final = (
    DoorAlarmKind.FORCED,
    DoorAlarmKind.HELD,
    DoorAlarmKind.HELD_WARNING,
    DoorAlarmKind.TAMPER,
    DoorAlarmKind.STUCK,
)
