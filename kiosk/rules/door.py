"""The door: when it is unlocked, and when something is wrong with it. Pure; all times are monotonic seconds.

A doorway is two machines side by side: the lock is what the relay does, the leaf is what the contact tells. Both are
tables: what a state does on an event stands in ``LOCK`` or ``LEAF``, or the pair is listed as ignored. A further state
is a class, its lines in the table, and, if it needs time, a line in :func:`next_look`.

What no rule here can do is keep a person in: leaving is the business of the door's own hardware.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import inf
from types import MappingProxyType
from typing import TypeAlias

from kiosk.events import DoorAlarmKind
from kiosk.rules.policy import DoorTimes

RELOCK_AFTER_OPENING_SECONDS = 0.5
"""Once the leaf has moved the lock may fall again: nobody slips in on the rest of a pulse."""
FORCED_GRACE_SECONDS = 1.0
"""A hand that pulls as the lock falls, and a contact that is slow to tell, are no break-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorRules(DoorTimes):
    """What the coop has decided.

    Attributes:
        forced_alarm: a door opened with nobody let in is an alarm. False where people also leave by this door.
    """

    forced_alarm: bool = True


# ── the lock ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    since: float = -inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocked:
    """For someone who was let in."""

    since: float
    until: float


Lock: TypeAlias = Locked | Unlocked

# ── the leaf ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Unwatched:
    """There is no contact."""


@dataclass(frozen=True, slots=True)
class Shut:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """Open, and someone was let in at ``since`` or opened then."""

    since: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldWarning:
    """Open for rather long."""

    since: float


@dataclass(frozen=True, slots=True)
class Held:
    """Open for too long: an alarm until it is shut."""


@dataclass(frozen=True, slots=True)
class Forced:
    """Opened, and nobody had been let in: an alarm until it is shut."""


Leaf: TypeAlias = Unwatched | Shut | Passing | HeldWarning | Held | Forced

# ── what happens ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Granted:
    """Someone may come in until then. An old grant that was held up on its way opens nothing."""

    until: float


@dataclass(frozen=True, slots=True)
class Opened:
    """The leaf left its frame."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The leaf is back."""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing else did."""


DoorEvent: TypeAlias = Granted | Opened | Closed | TimePassed


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorway:
    lock: Lock = Locked()
    leaf: Leaf = Unwatched()

    @property
    def is_unlocked(self) -> bool:
        return isinstance(self.lock, Unlocked)

    @property
    def alarm(self) -> DoorAlarmKind | None:
        return ALARMS.get(type(self.leaf))


ALARMS: Mapping[type[Leaf], DoorAlarmKind] = MappingProxyType(
    {Forced: DoorAlarmKind.FORCED, HeldWarning: DoorAlarmKind.HELD_WARNING, Held: DoorAlarmKind.HELD}
)


def found(is_open: bool | None, now_seconds: float) -> Doorway:
    """The doorway as it is found at start: locked, and an open door has been open since now.

    Args:
        is_open: what the contact tells; ``None`` where there is none.
        now_seconds: the present.
    """
    if is_open is None:
        return Doorway()
    return Doorway(leaf=Passing(since=now_seconds) if is_open else Shut())


def step(doorway: Doorway, event: DoorEvent, now_seconds: float, rules: DoorRules) -> Doorway:
    """What the doorway becomes. Both machines see the other as it was before."""
    on_lock = LOCK.get((type(doorway.lock), type(event)))
    on_leaf = LEAF.get((type(doorway.leaf), type(event)))
    return Doorway(
        lock=on_lock(doorway, event, now_seconds, rules) if on_lock else doorway.lock,
        leaf=on_leaf(doorway, event, now_seconds, rules) if on_leaf else doorway.leaf,
    )


def next_look(doorway: Doorway, rules: DoorRules) -> float:
    """When :class:`TimePassed` can next change anything; infinity if never."""
    due = doorway.lock.until if isinstance(doorway.lock, Unlocked) else inf
    match doorway.leaf:
        case Passing(since=since):
            return min(due, since + rules.held_warning_seconds)
        case HeldWarning(since=since):
            return min(due, since + rules.held_alarm_seconds)
        case _:
            return due


# ── the tables ────────────────────────────────────────────────────────────────────────────────────────────────────


def _unlock(doorway: Doorway, event: DoorEvent, now_seconds: float, rules: DoorRules) -> Lock:
    assert isinstance(event, Granted)
    until = min(event.until, now_seconds + rules.bound_seconds)
    return Unlocked(since=now_seconds, until=until) if until > now_seconds else doorway.lock


def _extend(doorway: Doorway, event: DoorEvent, _now_seconds: float, rules: DoorRules) -> Lock:
    assert isinstance(event, Granted)
    assert isinstance(doorway.lock, Unlocked)
    longest = doorway.lock.since + rules.bound_seconds
    return replace(doorway.lock, until=min(max(doorway.lock.until, event.until), longest))


def _relock_soon(doorway: Doorway, _event: DoorEvent, now_seconds: float, _rules: DoorRules) -> Lock:
    assert isinstance(doorway.lock, Unlocked)
    return replace(doorway.lock, until=min(doorway.lock.until, now_seconds + RELOCK_AFTER_OPENING_SECONDS))


def _relock_when_due(doorway: Doorway, _event: DoorEvent, now_seconds: float, _rules: DoorRules) -> Lock:
    assert isinstance(doorway.lock, Unlocked)
    return Locked(since=now_seconds) if now_seconds >= doorway.lock.until else doorway.lock


def _pass_or_force(doorway: Doorway, _event: DoorEvent, now_seconds: float, rules: DoorRules) -> Leaf:
    let_in = isinstance(doorway.lock, Unlocked) or now_seconds - doorway.lock.since <= FORCED_GRACE_SECONDS
    return Passing(since=now_seconds) if let_in or not rules.forced_alarm else Forced()


def _pass(_doorway: Doorway, _event: DoorEvent, now_seconds: float, _rules: DoorRules) -> Leaf:
    return Passing(since=now_seconds)


def _shut(_doorway: Doorway, _event: DoorEvent, _now_seconds: float, _rules: DoorRules) -> Leaf:
    return Shut()


def _warn_when_due(doorway: Doorway, _event: DoorEvent, now_seconds: float, rules: DoorRules) -> Leaf:
    assert isinstance(doorway.leaf, Passing)
    since = doorway.leaf.since
    return HeldWarning(since=since) if now_seconds >= since + rules.held_warning_seconds else doorway.leaf


def _alarm_when_due(doorway: Doorway, _event: DoorEvent, now_seconds: float, rules: DoorRules) -> Leaf:
    assert isinstance(doorway.leaf, HeldWarning)
    return Held() if now_seconds >= doorway.leaf.since + rules.held_alarm_seconds else doorway.leaf


OnLock: TypeAlias = Callable[[Doorway, DoorEvent, float, DoorRules], Lock]
OnLeaf: TypeAlias = Callable[[Doorway, DoorEvent, float, DoorRules], Leaf]

LOCK: Mapping[tuple[type[Lock], type[DoorEvent]], OnLock] = MappingProxyType(
    {
        (Locked, Granted): _unlock,
        (Unlocked, Granted): _extend,
        (Unlocked, Opened): _relock_soon,
        (Unlocked, TimePassed): _relock_when_due,
    }
)
LOCK_IGNORES = frozenset({(Locked, Opened), (Locked, Closed), (Locked, TimePassed), (Unlocked, Closed)})

LEAF: Mapping[tuple[type[Leaf], type[DoorEvent]], OnLeaf] = MappingProxyType(
    {
        (Shut, Opened): _pass_or_force,
        (Passing, Granted): _pass,
        (Passing, Closed): _shut,
        (Passing, TimePassed): _warn_when_due,
        (HeldWarning, Granted): _pass,
        (HeldWarning, Closed): _shut,
        (HeldWarning, TimePassed): _alarm_when_due,
        (Held, Closed): _shut,
        (Forced, Closed): _shut,
    }
)
LEAF_IGNORES = frozenset(
    {
        *((Unwatched, event) for event in (Granted, Opened, Closed, TimePassed)),
        *((Shut, event) for event in (Granted, Closed, TimePassed)),
        *((alarm, event) for alarm in (Held, Forced) for event in (Granted, Opened, TimePassed)),
        (Passing, Opened),
        (HeldWarning, Opened),
    }
)
