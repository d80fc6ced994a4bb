"""What the terminal promises of the door: whom it opens for, for how long, and what fire does."""

from collections.abc import Callable
from math import inf

from kiosk.events import BookingAnswered, BookingOutcome, Event, Touched
from kiosk.rules.doorkeeping import LEASE_SECONDS
from kiosk.rules.policy import DoorTimes
from kiosk.simulation.promises import Promise, Report

SLACK_SECONDS = 0.5
"""What the driver, its thread and an input that has to stand still may take."""


class OpensForNobodyRefused(Promise):
    """Cards and the order to open."""

    sentence = "The door never opens for someone whom the rules refuse at what the terminal could know."

    def answered(self, opened: bool, may_enter: bool, what: str) -> None:
        """A card was laid, or something else made the door open."""
        self.hold(may_enter or not opened, lambda: f"it opened for {what}")


class OpensForWhoeverMay(Promise):
    """Cards that must open, whatever the disk and the network do."""

    sentence = "Whoever may enter does, whatever the disk and the network are doing."

    def answered(self, opened: bool, must_open: bool, what: str) -> None:
        """A card was laid on a reader that works, beside a door that works."""
        self.hold(opened or not must_open, lambda: f"it stayed shut for {what}")


class NeverUnlockedTooLong(Promise):
    """The relay and its clock."""

    sentence = "The door is never unlocked for longer than what was ordered, nor by pulses for longer than the bound."

    def __init__(self, now: Callable[[], float], report: Report, times: DoorTimes) -> None:
        super().__init__(now, report)
        self._times = times
        self.until = -inf
        self._unlocked_at: float | None = None
        self._held = False

    def ordered(self, seconds: float) -> None:
        """The driver was told to open."""
        self.hold(seconds <= self._times.longer_pulse_seconds, lambda: f"{seconds} s were ordered at once")
        self.until = max(self.until, self.now() + min(seconds, self._times.longer_pulse_seconds))

    def asked_to_leave(self) -> None:
        """The exit button was pressed."""
        self.until = max(self.until, self.now() + self._times.pulse_seconds)

    def held(self) -> None:
        """The lease was renewed."""
        self._held = True
        self.until = max(self.until, self.now() + LEASE_SECONDS)

    def look(self, is_unlocked: bool) -> None:
        """The relay, at this moment; not while the fire alarm has it."""
        if is_unlocked and self._unlocked_at is None:
            self._unlocked_at = self.now()
        if self._unlocked_at is None:
            return
        # What is locked at this moment was unlocked up to it.
        over = self.now() - self.until
        self.hold(over <= SLACK_SECONDS, lambda: f"unlocked {over:.1f} s after the last order has run out")
        if not self._held:
            since = self.now() - self._unlocked_at
            self.hold(
                since <= self._times.bound_seconds + SLACK_SECONDS, lambda: f"unlocked by pulses for {since:.1f} s"
            )
        if not is_unlocked:
            self._unlocked_at, self._held = None, False

    def begin_anew(self) -> None:
        """The fire is over, or the lines are at rest: from here on orders count again."""
        self._unlocked_at = None
        self.until = max(self.until, self.now())


class HeldInItsHoursOnly(Promise):
    """The schedule, and what the terminal could know of the hour and of who is there."""

    sentence = "A schedule holds the door open in its hours only, once somebody of the shift is there, by a sure clock."

    def held(self, what_speaks_against_it: str) -> None:
        """The lease was renewed because of the schedule."""
        self.hold(not what_speaks_against_it, lambda: f"it is held open, and {what_speaks_against_it}")


class FireAlwaysWins(Promise):
    """The fire input and the relay."""

    sentence = "Fire always wins: the door is released within half a second and stays so until a person resets it."

    def __init__(self, now: Callable[[], float], report: Report) -> None:
        super().__init__(now, report)
        self._since: float | None = None
        self._rings = False

    @property
    def is_on(self) -> bool:
        """It rings, or nobody has reset it since."""
        return self._since is not None

    def raised(self) -> None:
        """The alarm rings."""
        self._rings = True
        if self._since is None:
            self._since = self.now()

    def ended(self) -> None:
        """It rings no more; somebody has to reset it."""
        self._rings = False

    def reset(self) -> None:
        """A person has reset it: that counts once it is quiet."""
        if not self._rings:
            self._since = None

    def driver_started(self) -> None:
        """A new process has taken the lines: it has as long as any."""
        if self._since is not None:
            self._since = self.now()

    def look(self, is_unlocked: bool) -> None:
        """The lock, while a driver has it."""
        if self._since is not None and self.now() - self._since > SLACK_SECONDS:
            self.hold(is_unlocked, lambda: "the alarm rings, or was never reset, and the door is locked")


class Openings:
    """Why a door may open beside a card: kept by the witness, asked by the promises."""

    TRUST_SECONDS = 90.0

    def __init__(self) -> None:
        self.last_allowed = -inf
        self.staff_until = -inf

    def may_open(self, event: Event, now: float) -> bool:
        """Whether something other than a card may open the door now."""
        match event:
            case Touched():
                return now - self.last_allowed <= self.TRUST_SECONDS or now <= self.staff_until
            case BookingAnswered(outcome=BookingOutcome.BOOKED):
                return True
            case _:
                return False
