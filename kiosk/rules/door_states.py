"""The states of a doorway and what can happen to it. Frozen values; all times are monotonic seconds.

Four things stand side by side: the lock is what the relay does, the leaf is what the contact tells, the cover is what
the tamper switch tells, the button is the exit button. :mod:`kiosk.rules.door` decides what becomes of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import Annotated, TypeAlias

from kiosk.events_door import DoorAlarmKind, DoorMode
from kiosk.rules.policy import Between, DoorTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorRules(DoorTimes):
    """What the coop has decided.

    Attributes:
        forced_alarm: a door opened with nobody let in is an alarm. False where people also leave by this door.
        stuck_seconds: the exit button has been down so long that it is stuck.
    """

    forced_alarm: bool = True
    stuck_seconds: Annotated[int, Between(10, 600)] = 60


# ── the lock ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """The lines are not in our hands; the relay is at rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    since: float = -inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocked:
    """For someone who was let in, or leaves.

    Attributes:
        leaving_until: the end of the pulse of who leaves; no lock-down takes it from them.
    """

    since: float
    until: float
    leaving_until: float = -inf


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOpen:
    """For everyone, as long as the order to hold it is renewed in time.

    Attributes:
        until: the end of the lease.
        granted_until: the end of the pulse of who was let in meanwhile, or leaves.
        leaving_until: the end of the pulse of who leaves.
    """

    until: float
    granted_until: float = -inf
    leaving_until: float = -inf


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedDown:
    """No grant opens it. The exit button does."""

    since: float = -inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Locked down, and unlocked for someone who leaves."""

    since: float
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """By the fire alarm or the green box. No order and no time ends it, only a person who resets it once it is quiet.

    Attributes:
        raised: it still calls.
    """

    raised: bool


Lock: TypeAlias = OutOfOrder | Locked | Unlocked | HeldOpen | LockedDown | Leaving | Released

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

# ── the cover and the button ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Intact:
    """The box of the electronics is closed, or nothing watches it."""


@dataclass(frozen=True, slots=True)
class Tampered:
    """The box is open: an alarm."""


Cover: TypeAlias = Intact | Tampered


@dataclass(frozen=True, slots=True)
class Free:
    """Nobody presses the exit button, or there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    since: float


@dataclass(frozen=True, slots=True)
class Stuck:
    """Down for longer than anyone presses it: an alarm until it comes up."""


Button: TypeAlias = Free | Pressed | Stuck

# ── what happens ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What outlives a restart.

    Attributes:
        released: by the fire alarm or the green box, and nobody has reset it.
        locked_down: and nobody has ended it.
    """

    released: bool = False
    locked_down: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The lines are in our hands, and this is how they stand.

    Attributes:
        is_open: what the contact tells; ``None`` where there is none.
        raised: the fire alarm or the green box calls.
        tampered: the box of the electronics is open.
        pressed: the exit button is down.
    """

    is_open: bool | None = None
    raised: bool = False
    tampered: bool = False
    pressed: bool = False
    kept: Kept = Kept()


@dataclass(frozen=True, slots=True)
class Failed:
    """The lines are no longer in our hands."""


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
class ButtonPressed:
    """Someone wants to leave."""


@dataclass(frozen=True, slots=True)
class ButtonLetGo:
    pass


@dataclass(frozen=True, slots=True)
class ReleaseRaised:
    """The fire alarm or the green box calls."""


@dataclass(frozen=True, slots=True)
class ReleaseEnded:
    """It calls no longer."""


@dataclass(frozen=True, slots=True)
class CoverOpened:
    pass


@dataclass(frozen=True, slots=True)
class CoverShut:
    pass


@dataclass(frozen=True, slots=True)
class HoldOrdered:
    """It is to be held open until then, or until the order is renewed."""

    until: float


@dataclass(frozen=True, slots=True)
class HoldEnded:
    pass


@dataclass(frozen=True, slots=True)
class LockDownOrdered:
    pass


@dataclass(frozen=True, slots=True)
class LockDownEnded:
    pass


@dataclass(frozen=True, slots=True)
class ResetOrdered:
    """A person vouches that the danger is over."""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing else did."""


DoorEvent: TypeAlias = (
    Found
    | Failed
    | Granted
    | Opened
    | Closed
    | ButtonPressed
    | ButtonLetGo
    | ReleaseRaised
    | ReleaseEnded
    | CoverOpened
    | CoverShut
    | HoldOrdered
    | HoldEnded
    | LockDownOrdered
    | LockDownEnded
    | ResetOrdered
    | TimePassed
)

# ── all of it ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorway:
    lock: Lock = OutOfOrder()
    leaf: Leaf = Unwatched()
    cover: Cover = Intact()
    button: Button = Free()

    @property
    def is_unlocked(self) -> bool:
        """Whether the door can be pulled open from outside, as far as it is in our hands."""
        return isinstance(self.lock, Unlocked | HeldOpen | Leaving | Released)

    @property
    def mode(self) -> DoorMode:
        return MODES[type(self.lock)]

    @property
    def alarms(self) -> frozenset[DoorAlarmKind]:
        parts = (self.leaf, self.cover, self.button)
        return frozenset(ALARMS[type(part)] for part in parts if type(part) in ALARMS)

    @property
    def kept(self) -> Kept:
        """What a restart must not forget."""
        return Kept(released=isinstance(self.lock, Released), locked_down=isinstance(self.lock, LockedDown | Leaving))


MODES: Mapping[type[Lock], DoorMode] = MappingProxyType(
    {
        OutOfOrder: DoorMode.OUT_OF_ORDER,
        Locked: DoorMode.LOCKED,
        Unlocked: DoorMode.UNLOCKED,
        HeldOpen: DoorMode.HELD_OPEN,
        LockedDown: DoorMode.LOCKED_DOWN,
        Leaving: DoorMode.LOCKED_DOWN,
        Released: DoorMode.RELEASED,
    }
)

ALARMS: Mapping[type[object], DoorAlarmKind] = MappingProxyType(
    {
        Forced: DoorAlarmKind.FORCED,
        HeldWarning: DoorAlarmKind.HELD_WARNING,
        Held: DoorAlarmKind.HELD,
        Tampered: DoorAlarmKind.TAMPER,
        Stuck: DoorAlarmKind.STUCK,
    }
)
