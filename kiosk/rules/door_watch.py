"""What is watched at the door: its leaf, the cover of its electronics, the exit button. Pure; a table each."""

from types import MappingProxyType
from typing import Any, get_args

from kiosk.rules.door_states import (
    Button,
    ButtonLetGo,
    ButtonPressed,
    Closed,
    Cover,
    CoverOpened,
    CoverShut,
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
    Unwatched,
)
from kiosk.rules.door_tables import EVENTS, Table, each, pairs

FORCED_GRACE_SECONDS = 1.0
"""A hand that pulls as the lock falls, and a contact that is slow to tell, are no break-in."""

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


def _pass(doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> Passing:
    assert isinstance(doorway.leaf, Passing)
    return doorway.leaf if _refuses(doorway) else Passing(since=now_seconds)


def _pass_after_warning(doorway: Doorway, _event: Any, now_seconds: float, _rules: DoorRules) -> Passing | HeldWarning:
    assert isinstance(doorway.leaf, HeldWarning)
    return doorway.leaf if _refuses(doorway) else Passing(since=now_seconds)


def _refuses(doorway: Doorway) -> bool:
    """A grant that opens nothing is no reason to leave the door open for longer."""
    return isinstance(doorway.lock, LockedDown | Leaving | OutOfOrder)


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

LEAVES: tuple[type[Leaf], ...] = get_args(Leaf)
_ORDERS = (HoldOrdered, HoldEnded, LockDownOrdered, LockDownEnded, ResetOrdered)
_SIDE = (ButtonPressed, ButtonLetGo, ReleaseRaised, ReleaseEnded, CoverOpened, CoverShut)

LEAF: Table = MappingProxyType(
    {
        (Unwatched, Found): _find_leaf,
        **each(LEAVES, Failed, _lose_leaf),
        (Shut, Opened): _pass_or_force,
        (Passing, Granted): _pass,
        (Passing, Closed): _shut,
        (Passing, TimePassed): _warn_when_due,
        (HeldWarning, Granted): _pass_after_warning,
        (HeldWarning, Closed): _shut,
        (HeldWarning, TimePassed): _alarm_when_due,
        (Held, Closed): _shut,
        (Held, TimePassed): _calm_once_free,
        (Forced, Closed): _shut,
    }
)
LEAF_IGNORES = (
    # It hears of orders through the lock.
    pairs(LEAVES, *_ORDERS, *_SIDE)
    # Lines are found only after they were lost, and then it is unwatched.
    | pairs([leaf for leaf in LEAVES if leaf is not Unwatched], Found)
    | pairs([Unwatched], Granted, Opened, Closed, TimePassed)
    | pairs([Shut], Granted, Closed, TimePassed)
    | pairs([Passing, HeldWarning, Held, Forced], Opened)
    # An alarm does not end because someone is let in.
    | pairs([Held, Forced], Granted)
    | pairs([Forced], TimePassed)
)

COVER: Table = MappingProxyType(
    {
        (Intact, Found): _find_cover,
        **each(get_args(Cover), Failed, _mend),
        **each(get_args(Cover), CoverOpened, _tamper),
        **each(get_args(Cover), CoverShut, _mend),
    }
)
COVER_IGNORES = pairs([Tampered], Found) | pairs(
    get_args(Cover), *(event for event in EVENTS if event not in {Found, Failed, CoverOpened, CoverShut})
)

BUTTON: Table = MappingProxyType(
    {
        (Free, Found): _find_button,
        **each(get_args(Button), Failed, _let_go),
        **each(get_args(Button), ButtonLetGo, _let_go),
        (Free, ButtonPressed): _press,
        (Pressed, TimePassed): _stick_when_due,
    }
)
BUTTON_IGNORES = (
    pairs([Pressed, Stuck], ButtonPressed, Found)
    | pairs([Free, Stuck], TimePassed)
    | pairs(
        get_args(Button),
        *(event for event in EVENTS if event not in {Found, Failed, ButtonPressed, ButtonLetGo, TimePassed}),
    )
)
