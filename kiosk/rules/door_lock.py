"""The lock: what the relay does. Pure; its table is :data:`LOCK`."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any, get_args

from kiosk.rules.door_states import (
    ButtonLetGo,
    ButtonPressed,
    Closed,
    CoverOpened,
    CoverShut,
    DoorRules,
    Doorway,
    Failed,
    Found,
    Granted,
    HeldOpen,
    HoldEnded,
    HoldOrdered,
    Leaving,
    Lock,
    LockDownEnded,
    LockDownOrdered,
    Locked,
    LockedDown,
    Opened,
    OutOfOrder,
    Released,
    ReleaseEnded,
    ReleaseRaised,
    ResetOrdered,
    TimePassed,
    Unlocked,
)
from kiosk.rules.door_tables import EVENTS, Table, each, pairs

RELOCK_AFTER_OPENING_SECONDS = 0.5
"""Once the leaf has moved the lock may fall again: nobody slips in on the rest of a pulse."""


def _take_up(_doorway: Doorway, event: Any, _now: float, _rules: DoorRules) -> Locked | LockedDown | Released:
    if event.raised or event.kept.released:
        return Released(raised=event.raised)
    return LockedDown() if event.kept.locked_down else Locked()


def _give_up(_doorway: Doorway, _event: Any, _now: float, _rules: DoorRules) -> OutOfOrder:
    return OutOfOrder()


def _unlock(doorway: Doorway, event: Any, now_seconds: float, rules: DoorRules) -> Locked | Unlocked:
    assert isinstance(doorway.lock, Locked)
    until = min(event.until, now_seconds + rules.bound_seconds)
    return Unlocked(since=now_seconds, until=until) if until > now_seconds else doorway.lock


def _let_out(_doorway: Doorway, _event: Any, now_seconds: float, rules: DoorRules) -> Unlocked:
    until = now_seconds + rules.pulse_seconds
    return Unlocked(since=now_seconds, until=until, leaving_until=until)


def _extend(doorway: Doorway, event: Any, _now: float, rules: DoorRules) -> Unlocked:
    assert isinstance(doorway.lock, Unlocked)
    return replace(doorway.lock, until=_extended(doorway.lock, event.until, rules))


def _extend_to_let_out(doorway: Doorway, _event: Any, now_seconds: float, rules: DoorRules) -> Unlocked:
    lock = doorway.lock
    assert isinstance(lock, Unlocked)
    leaving = min(now_seconds + rules.pulse_seconds, lock.since + rules.bound_seconds)
    return replace(lock, until=max(lock.until, leaving), leaving_until=leaving)


def _extend_leaving(doorway: Doorway, _event: Any, now_seconds: float, rules: DoorRules) -> Leaving:
    assert isinstance(doorway.lock, Leaving)
    return replace(doorway.lock, until=_extended(doorway.lock, now_seconds + rules.pulse_seconds, rules))


def _extended(lock: Unlocked | Leaving, until: float, rules: DoorRules) -> float:
    """The later end, within the bound; ``max`` keeps its first where the second is no number."""
    return min(max(lock.until, until), lock.since + rules.bound_seconds)


def _relock_soon(doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> Unlocked:
    lock, soon = doorway.lock, now_seconds + RELOCK_AFTER_OPENING_SECONDS
    assert isinstance(lock, Unlocked)
    return replace(lock, until=min(lock.until, soon), leaving_until=min(lock.leaving_until, soon))


def _lock_down_soon(doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> Leaving:
    assert isinstance(doorway.lock, Leaving)
    return replace(doorway.lock, until=min(doorway.lock.until, now_seconds + RELOCK_AFTER_OPENING_SECONDS))


def _relock_when_due(doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> Unlocked | Locked:
    assert isinstance(doorway.lock, Unlocked)
    return Locked(since=now_seconds) if now_seconds >= doorway.lock.until else doorway.lock


def _hold(doorway: Doorway, event: Any, now_seconds: float, rules: DoorRules) -> Locked | HeldOpen:
    assert isinstance(doorway.lock, Locked)
    return HeldOpen(until=_lease(event, now_seconds, rules)) if event.until > now_seconds else doorway.lock


def _hold_on(doorway: Doorway, event: Any, now_seconds: float, rules: DoorRules) -> Unlocked | HeldOpen:
    """Whoever was let in before keeps the pulse, should the hold be the shorter of the two."""
    lock = doorway.lock
    assert isinstance(lock, Unlocked)
    if not event.until > now_seconds:
        return lock
    until = _lease(event, now_seconds, rules)
    return HeldOpen(until=until, granted_until=lock.until, leaving_until=lock.leaving_until)


def _lease(event: Any, now_seconds: float, rules: DoorRules) -> float:
    """No longer than the bound either: whoever holds the door has to go on saying so."""
    return float(min(event.until, now_seconds + rules.bound_seconds))


def _renew_hold(doorway: Doorway, event: Any, now_seconds: float, rules: DoorRules) -> HeldOpen:
    assert isinstance(doorway.lock, HeldOpen)
    return replace(doorway.lock, until=max(doorway.lock.until, _lease(event, now_seconds, rules)))


def _remember_grant(doorway: Doorway, event: Any, now_seconds: float, rules: DoorRules) -> HeldOpen:
    assert isinstance(doorway.lock, HeldOpen)
    until = min(event.until, now_seconds + rules.bound_seconds)
    return replace(doorway.lock, granted_until=max(doorway.lock.granted_until, until))


def _remember_leaving(doorway: Doorway, _event: Any, now_seconds: float, rules: DoorRules) -> HeldOpen:
    until = now_seconds + rules.pulse_seconds
    return replace(_remember_grant(doorway, Granted(until=until), now_seconds, rules), leaving_until=until)


def _end_hold(doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> Unlocked | Locked:
    lock = doorway.lock
    assert isinstance(lock, HeldOpen)
    if not lock.granted_until > now_seconds:
        return Locked(since=now_seconds)
    return Unlocked(since=now_seconds, until=lock.granted_until, leaving_until=lock.leaving_until)


def _end_hold_when_due(
    doorway: Doorway, event: Any, now_seconds: float, rules: DoorRules
) -> HeldOpen | Unlocked | Locked:
    assert isinstance(doorway.lock, HeldOpen)
    return _end_hold(doorway, event, now_seconds, rules) if now_seconds >= doorway.lock.until else doorway.lock


def _lock_down(_doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> LockedDown:
    return LockedDown(since=now_seconds)


def _lock_down_behind(doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> Leaving | LockedDown:
    """Whoever has pressed the exit button a moment ago still gets out."""
    lock = doorway.lock
    assert isinstance(lock, Unlocked | HeldOpen)
    if not lock.leaving_until > now_seconds:
        return LockedDown(since=now_seconds)
    since = lock.since if isinstance(lock, Unlocked) else now_seconds
    return Leaving(since=since, until=lock.leaving_until)


def _end_lock_down(doorway: Doorway, _event: Any, _now: float, _rules: DoorRules) -> Locked:
    assert isinstance(doorway.lock, LockedDown)
    return Locked(since=doorway.lock.since)


def _leave_no_lock_down(doorway: Doorway, _event: Any, _now: float, _rules: DoorRules) -> Unlocked:
    lock = doorway.lock
    assert isinstance(lock, Leaving)
    return Unlocked(since=lock.since, until=lock.until, leaving_until=lock.until)


def _let_out_of_lock_down(_doorway: Doorway, _event: Any, now_seconds: float, rules: DoorRules) -> Leaving:
    return Leaving(since=now_seconds, until=now_seconds + rules.pulse_seconds)


def _lock_down_when_due(doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> Leaving | LockedDown:
    assert isinstance(doorway.lock, Leaving)
    return LockedDown(since=now_seconds) if now_seconds >= doorway.lock.until else doorway.lock


def _release(_doorway: Doorway, _event: Any, _now: float, _rules: DoorRules) -> Released:
    return Released(raised=True)


def _await_reset(_doorway: Doorway, _event: Any, _now: float, _rules: DoorRules) -> Released:
    return Released(raised=False)


def _reset_once_quiet(doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> Released | Locked:
    assert isinstance(doorway.lock, Released)
    return doorway.lock if doorway.lock.raised else Locked(since=now_seconds)


# ── the table ─────────────────────────────────────────────────────────────────────────────────────────────────────

LOCKS: tuple[type[Lock], ...] = get_args(Lock)
IN_OUR_HANDS = tuple(lock for lock in LOCKS if lock is not OutOfOrder)

LOCK: Table = MappingProxyType(
    {
        (OutOfOrder, Found): _take_up,
        **each(IN_OUR_HANDS, Failed, _give_up),
        # Fire and the green box beat everything.
        **each(IN_OUR_HANDS, ReleaseRaised, _release),
        (Released, ReleaseEnded): _await_reset,
        (Released, ResetOrdered): _reset_once_quiet,
        (Locked, Granted): _unlock,
        (Locked, ButtonPressed): _let_out,
        (Locked, HoldOrdered): _hold,
        (Unlocked, Granted): _extend,
        (Unlocked, ButtonPressed): _extend_to_let_out,
        (Unlocked, Opened): _relock_soon,
        (Unlocked, HoldOrdered): _hold_on,
        (Unlocked, TimePassed): _relock_when_due,
        (HeldOpen, Granted): _remember_grant,
        (HeldOpen, ButtonPressed): _remember_leaving,
        (HeldOpen, HoldOrdered): _renew_hold,
        (HeldOpen, HoldEnded): _end_hold,
        (HeldOpen, TimePassed): _end_hold_when_due,
        (Locked, LockDownOrdered): _lock_down,
        **each((Unlocked, HeldOpen), LockDownOrdered, _lock_down_behind),
        (LockedDown, ButtonPressed): _let_out_of_lock_down,
        (Leaving, ButtonPressed): _extend_leaving,
        (Leaving, Opened): _lock_down_soon,
        (Leaving, TimePassed): _lock_down_when_due,
        (LockedDown, LockDownEnded): _end_lock_down,
        (Leaving, LockDownEnded): _leave_no_lock_down,
    }
)
LOCK_IGNORES = (
    # What the cover and the rest of the button do is none of the lock's business, and neither is a door that shuts.
    pairs(LOCKS, Closed, ButtonLetGo, CoverOpened, CoverShut)
    # Whoever is not in charge hears nothing; what it missed it finds.
    | pairs([OutOfOrder], *(event for event in EVENTS if event is not Found))
    | pairs(IN_OUR_HANDS, Found)
    # Released, the door obeys nobody but who resets it.
    | pairs([Released], Granted, Opened, ButtonPressed, HoldOrdered, HoldEnded, LockDownOrdered, LockDownEnded)
    | pairs([Locked, LockedDown, Released], TimePassed)
    # In a lock-down cards and schedules open nothing.
    | pairs([LockedDown, Leaving], Granted, HoldOrdered, HoldEnded, LockDownOrdered)
    | pairs([Locked, HeldOpen, LockedDown], Opened)
    # An order that is fulfilled already, or that ends what is not there.
    | pairs([Locked, Unlocked], HoldEnded)
    | pairs([Locked, Unlocked, HeldOpen], LockDownEnded)
    | pairs([lock for lock in LOCKS if lock is not Released], ReleaseEnded, ResetOrdered)
)
