"""The door: when it is unlocked, and when something is wrong with it. Pure.

Lock, leaf, cover and button (:mod:`kiosk.rules.door_states`) are four machines side by side. Each is a table: what a
state does on an event stands in it, or the pair is listed as ignored. The annotation of what stands there names the
states that it may lead to; the diagram in the docs is drawn from it.

What no rule here can do is keep a person in: leaving is the business of the door's own hardware, and the exit button
opens in a lock-down as well.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import product
from math import inf
from types import MappingProxyType
from typing import Any, TypeAlias, get_args, get_type_hints

from kiosk.rules.door_states import (
    Button,
    ButtonLetGo,
    ButtonPressed,
    Closed,
    Cover,
    CoverOpened,
    CoverShut,
    DoorEvent,
    DoorRules,
    Doorway,
    Failed,
    Forced,
    Found,
    Free,
    Granted,
    Held,
    HeldOpen,
    HeldWarning,
    HoldEnded,
    HoldOrdered,
    Intact,
    Leaf,
    Leaving,
    Lock,
    LockDownEnded,
    LockDownOrdered,
    Locked,
    LockedDown,
    Opened,
    OutOfOrder,
    Passing,
    Pressed,
    Released,
    ReleaseEnded,
    ReleaseRaised,
    ResetOrdered,
    Shut,
    Stuck,
    Tampered,
    TimePassed,
    Unlocked,
    Unwatched,
)

RELOCK_AFTER_OPENING_SECONDS = 0.5
"""Once the leaf has moved the lock may fall again: nobody slips in on the rest of a pulse."""
FORCED_GRACE_SECONDS = 1.0
"""A hand that pulls as the lock falls, and a contact that is slow to tell, are no break-in."""


def step(doorway: Doorway, event: DoorEvent, now_seconds: float, rules: DoorRules) -> Doorway:
    """What the doorway becomes. Each machine sees the others as they were before."""
    changes: dict[str, Any] = {}
    for name, table in TABLES.items():
        act = table.get((type(getattr(doorway, name)), type(event)))
        if act is not None:
            changes[name] = act(doorway, event, now_seconds, rules)
    return replace(doorway, **changes)


def next_look(doorway: Doorway, rules: DoorRules) -> float:
    """When :class:`TimePassed` can next change anything; infinity if never."""
    due = [inf]
    if isinstance(doorway.lock, Unlocked | HeldOpen | Leaving):
        due.append(doorway.lock.until)
    match doorway.leaf:
        case Passing(since=since):
            due.append(since + rules.held_warning_seconds)
        case HeldWarning(since=since):
            due.append(since + rules.held_alarm_seconds)
    if isinstance(doorway.button, Pressed):
        due.append(doorway.button.since + rules.stuck_seconds)
    return min(due)


# ── the lock ──────────────────────────────────────────────────────────────────────────────────────────────────────


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
    return Unlocked(since=now_seconds, until=now_seconds + rules.pulse_seconds)


def _extend(doorway: Doorway, event: Any, _now: float, rules: DoorRules) -> Unlocked:
    assert isinstance(doorway.lock, Unlocked)
    return replace(doorway.lock, until=_extended(doorway.lock, event.until, rules))


def _extend_to_let_out(doorway: Doorway, _event: Any, now_seconds: float, rules: DoorRules) -> Unlocked | Leaving:
    assert isinstance(doorway.lock, Unlocked | Leaving)
    return replace(doorway.lock, until=_extended(doorway.lock, now_seconds + rules.pulse_seconds, rules))


def _extended(lock: Unlocked | Leaving, until: float, rules: DoorRules) -> float:
    """The later end, within the bound; ``max`` keeps its first where the second is no number."""
    return min(max(lock.until, until), lock.since + rules.bound_seconds)


def _relock_soon(doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> Unlocked | Leaving:
    assert isinstance(doorway.lock, Unlocked | Leaving)
    return replace(doorway.lock, until=min(doorway.lock.until, now_seconds + RELOCK_AFTER_OPENING_SECONDS))


def _relock_when_due(doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> Unlocked | Locked:
    assert isinstance(doorway.lock, Unlocked)
    return Locked(since=now_seconds) if now_seconds >= doorway.lock.until else doorway.lock


def _hold(doorway: Doorway, event: Any, now_seconds: float, rules: DoorRules) -> Locked | Unlocked | HeldOpen:
    assert isinstance(doorway.lock, Locked | Unlocked)
    if not event.until > now_seconds:
        return doorway.lock
    granted = doorway.lock.until if isinstance(doorway.lock, Unlocked) else -inf
    return HeldOpen(until=min(event.until, now_seconds + rules.bound_seconds), granted_until=granted)


def _renew_hold(doorway: Doorway, event: Any, now_seconds: float, rules: DoorRules) -> HeldOpen:
    """A lease is no longer than the bound either: whoever holds the door has to go on saying so."""
    assert isinstance(doorway.lock, HeldOpen)
    until = min(event.until, now_seconds + rules.bound_seconds)
    return replace(doorway.lock, until=max(doorway.lock.until, until))


def _remember_grant(doorway: Doorway, event: Any, now_seconds: float, rules: DoorRules) -> HeldOpen:
    assert isinstance(doorway.lock, HeldOpen)
    until = min(event.until, now_seconds + rules.bound_seconds)
    return replace(doorway.lock, granted_until=max(doorway.lock.granted_until, until))


def _remember_leaving(doorway: Doorway, _event: Any, now_seconds: float, rules: DoorRules) -> HeldOpen:
    return _remember_grant(doorway, Granted(until=now_seconds + rules.pulse_seconds), now_seconds, rules)


def _end_hold(doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> Unlocked | Locked:
    assert isinstance(doorway.lock, HeldOpen)
    granted = doorway.lock.granted_until
    return Unlocked(since=now_seconds, until=granted) if granted > now_seconds else Locked(since=now_seconds)


def _end_hold_when_due(
    doorway: Doorway, event: Any, now_seconds: float, rules: DoorRules
) -> HeldOpen | Unlocked | Locked:
    assert isinstance(doorway.lock, HeldOpen)
    return _end_hold(doorway, event, now_seconds, rules) if now_seconds >= doorway.lock.until else doorway.lock


def _lock_down(_doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> LockedDown:
    return LockedDown(since=now_seconds)


def _end_lock_down(doorway: Doorway, _event: Any, _now: float, _rules: DoorRules) -> Locked | Unlocked:
    match doorway.lock:
        case Leaving(since=since, until=until):
            return Unlocked(since=since, until=until)
        case LockedDown(since=since):
            return Locked(since=since)
    raise AssertionError(doorway.lock)


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


# ── the leaf ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _find_leaf(_doorway: Doorway, event: Any, now_seconds: float, _rules: DoorRules) -> Unwatched | Shut | Passing:
    """A door that is found open has been open since now."""
    if event.is_open is None:
        return Unwatched()
    return Passing(since=now_seconds) if event.is_open else Shut()


def _lose_leaf(_doorway: Doorway, _event: Any, _now: float, _rules: DoorRules) -> Unwatched:
    return Unwatched()


def _pass_or_force(doorway: Doorway, _event: Any, now_seconds: float, rules: DoorRules) -> Passing | Forced:
    lock = doorway.lock
    just_locked = isinstance(lock, Locked | LockedDown) and now_seconds - lock.since <= FORCED_GRACE_SECONDS
    let_through = doorway.is_unlocked or just_locked or not rules.forced_alarm
    return Passing(since=now_seconds) if let_through else Forced()


def _pass(doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> Passing | HeldWarning:
    assert isinstance(doorway.leaf, Passing | HeldWarning)
    refused = isinstance(doorway.lock, LockedDown | Leaving | OutOfOrder)
    return doorway.leaf if refused else Passing(since=now_seconds)


def _shut(_doorway: Doorway, _event: Any, _now: float, _rules: DoorRules) -> Shut:
    return Shut()


def _is_free_to_stand_open(doorway: Doorway) -> bool:
    return isinstance(doorway.lock, HeldOpen | Released)


def _warn_when_due(doorway: Doorway, _event: Any, now_seconds: float, rules: DoorRules) -> Passing | HeldWarning:
    assert isinstance(doorway.leaf, Passing)
    if _is_free_to_stand_open(doorway):
        return Passing(since=now_seconds)
    since = doorway.leaf.since
    return HeldWarning(since=since) if now_seconds >= since + rules.held_warning_seconds else doorway.leaf


def _alarm_when_due(
    doorway: Doorway, _event: Any, now_seconds: float, rules: DoorRules
) -> Passing | HeldWarning | Held:
    assert isinstance(doorway.leaf, HeldWarning)
    if _is_free_to_stand_open(doorway):
        return Passing(since=now_seconds)
    return Held() if now_seconds >= doorway.leaf.since + rules.held_alarm_seconds else doorway.leaf


def _calm_once_free(doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> Passing | Held:
    return Passing(since=now_seconds) if _is_free_to_stand_open(doorway) else Held()


# ── the cover and the button ──────────────────────────────────────────────────────────────────────────────────────


def _find_cover(_doorway: Doorway, event: Any, _now: float, _rules: DoorRules) -> Intact | Tampered:
    return Tampered() if event.tampered else Intact()


def _tamper(_doorway: Doorway, _event: Any, _now: float, _rules: DoorRules) -> Tampered:
    return Tampered()


def _mend(_doorway: Doorway, _event: Any, _now: float, _rules: DoorRules) -> Intact:
    return Intact()


def _find_button(_doorway: Doorway, event: Any, now_seconds: float, _rules: DoorRules) -> Free | Pressed:
    """A button that is found down lets nobody out: nobody has pressed it."""
    return Pressed(since=now_seconds) if event.pressed else Free()


def _press(_doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> Pressed:
    return Pressed(since=now_seconds)


def _let_go(_doorway: Doorway, _event: Any, _now: float, _rules: DoorRules) -> Free:
    return Free()


def _stick_when_due(doorway: Doorway, _event: Any, now_seconds: float, rules: DoorRules) -> Pressed | Stuck:
    assert isinstance(doorway.button, Pressed)
    return Stuck() if now_seconds >= doorway.button.since + rules.stuck_seconds else doorway.button


# ── the tables ────────────────────────────────────────────────────────────────────────────────────────────────────

Act: TypeAlias = Callable[[Doorway, Any, float, DoorRules], Any]
Pair: TypeAlias = tuple[type[Any], type[DoorEvent]]
Table: TypeAlias = Mapping[Pair, Act]

EVENTS: tuple[type[DoorEvent], ...] = get_args(DoorEvent)
LOCKS: tuple[type[Lock], ...] = get_args(Lock)
LEAVES: tuple[type[Leaf], ...] = get_args(Leaf)


def _each(states: Iterable[type[Any]], event: type[DoorEvent], act: Act) -> dict[Pair, Act]:
    return {(state, event): act for state in states}


def _pairs(states: Iterable[type[Any]], *events: type[DoorEvent]) -> frozenset[Pair]:
    return frozenset(product(states, events))


IN_OUR_HANDS = tuple(lock for lock in LOCKS if lock is not OutOfOrder)

LOCK: Table = MappingProxyType(
    {
        (OutOfOrder, Found): _take_up,
        **_each(IN_OUR_HANDS, Failed, _give_up),
        # Fire and the green box beat everything.
        **_each(IN_OUR_HANDS, ReleaseRaised, _release),
        (Released, ReleaseEnded): _await_reset,
        (Released, ResetOrdered): _reset_once_quiet,
        (Locked, Granted): _unlock,
        (Locked, ButtonPressed): _let_out,
        (Locked, HoldOrdered): _hold,
        (Unlocked, Granted): _extend,
        (Unlocked, ButtonPressed): _extend_to_let_out,
        (Unlocked, Opened): _relock_soon,
        (Unlocked, HoldOrdered): _hold,
        (Unlocked, TimePassed): _relock_when_due,
        (HeldOpen, Granted): _remember_grant,
        (HeldOpen, ButtonPressed): _remember_leaving,
        (HeldOpen, HoldOrdered): _renew_hold,
        (HeldOpen, HoldEnded): _end_hold,
        (HeldOpen, TimePassed): _end_hold_when_due,
        **_each((Locked, Unlocked, HeldOpen), LockDownOrdered, _lock_down),
        (LockedDown, ButtonPressed): _let_out_of_lock_down,
        (Leaving, ButtonPressed): _extend_to_let_out,
        (Leaving, Opened): _relock_soon,
        (Leaving, TimePassed): _lock_down_when_due,
        **_each((LockedDown, Leaving), LockDownEnded, _end_lock_down),
    }
)
LOCK_IGNORES = (
    # What the cover and the rest of the button do is none of the lock's business, and neither is a door that shuts.
    _pairs(LOCKS, Closed, ButtonLetGo, CoverOpened, CoverShut)
    # Whoever is not in charge hears nothing; what it missed it finds.
    | _pairs([OutOfOrder], *(event for event in EVENTS if event is not Found))
    | _pairs(IN_OUR_HANDS, Found)
    # Released, the door obeys nobody but who resets it.
    | _pairs([Released], Granted, Opened, ButtonPressed, HoldOrdered, HoldEnded, LockDownOrdered, LockDownEnded)
    | _pairs([Locked, LockedDown, Released], TimePassed)
    # In a lock-down cards and schedules open nothing.
    | _pairs([LockedDown, Leaving], Granted, HoldOrdered, HoldEnded, LockDownOrdered)
    | _pairs([Locked, HeldOpen, LockedDown], Opened)
    # An order that is fulfilled already, or that ends what is not there.
    | _pairs([Locked, Unlocked], HoldEnded)
    | _pairs([Locked, Unlocked, HeldOpen], LockDownEnded)
    | _pairs([lock for lock in LOCKS if lock is not Released], ReleaseEnded, ResetOrdered)
)

_ORDERS = (HoldOrdered, HoldEnded, LockDownOrdered, LockDownEnded, ResetOrdered)
_SIDE = (ButtonPressed, ButtonLetGo, ReleaseRaised, ReleaseEnded, CoverOpened, CoverShut)

LEAF: Table = MappingProxyType(
    {
        **_each(LEAVES, Found, _find_leaf),
        **_each(LEAVES, Failed, _lose_leaf),
        (Shut, Opened): _pass_or_force,
        (Passing, Granted): _pass,
        (Passing, Closed): _shut,
        (Passing, TimePassed): _warn_when_due,
        (HeldWarning, Granted): _pass,
        (HeldWarning, Closed): _shut,
        (HeldWarning, TimePassed): _alarm_when_due,
        (Held, Closed): _shut,
        (Held, TimePassed): _calm_once_free,
        (Forced, Closed): _shut,
    }
)
LEAF_IGNORES = (
    # It hears of orders through the lock.
    _pairs(LEAVES, *_ORDERS, *_SIDE)
    | _pairs([Unwatched], Granted, Opened, Closed, TimePassed)
    | _pairs([Shut], Granted, Closed, TimePassed)
    | _pairs([Passing, HeldWarning, Held, Forced], Opened)
    # An alarm does not end because someone is let in.
    | _pairs([Held, Forced], Granted)
    | _pairs([Forced], TimePassed)
)

COVER: Table = MappingProxyType(
    {
        **_each(get_args(Cover), Found, _find_cover),
        **_each(get_args(Cover), Failed, _mend),
        **_each(get_args(Cover), CoverOpened, _tamper),
        **_each(get_args(Cover), CoverShut, _mend),
    }
)
COVER_IGNORES = _pairs(
    get_args(Cover), *(event for event in EVENTS if event not in {Found, Failed, CoverOpened, CoverShut})
)

BUTTON: Table = MappingProxyType(
    {
        **_each(get_args(Button), Found, _find_button),
        **_each(get_args(Button), Failed, _let_go),
        **_each(get_args(Button), ButtonLetGo, _let_go),
        (Free, ButtonPressed): _press,
        (Pressed, TimePassed): _stick_when_due,
    }
)
BUTTON_IGNORES = (
    _pairs([Pressed, Stuck], ButtonPressed)
    | _pairs([Free, Stuck], TimePassed)
    | _pairs(
        get_args(Button),
        *(event for event in EVENTS if event not in {Found, Failed, ButtonPressed, ButtonLetGo, TimePassed}),
    )
)

TABLES: Mapping[str, Table] = MappingProxyType({"lock": LOCK, "leaf": LEAF, "cover": COVER, "button": BUTTON})


def leads_to(act: Act) -> frozenset[type[Any]]:
    """The states that an entry of a table says it may lead to."""
    hint = get_type_hints(act)["return"]
    return frozenset(get_args(hint) or (hint,))
