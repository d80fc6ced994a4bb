"""What the terminal promises of its screen, and that nobody waits."""

import re
from collections.abc import Callable

from kiosk.simulation.coop import MARKED_MINUTES, NAME_MARK
from kiosk.simulation.promises import Promise, Report
from kiosk.types import FactId
from kiosk.views import IdleView, View


class NobodyWaits(Promise):
    """The reactor and the door's thread."""

    sentence = (
        "Nobody waits for a disk or a network: the reactor and the door never block, and a card is answered at once."
    )
    AT_ONCE_SECONDS = 0.25

    def blocked(self, name: str, seconds: float) -> None:
        """An actor waited that must not."""
        self.hold(kept=False, what=lambda: f"the {name} waited for {seconds:.3f} s")

    def answered(self, seconds: float) -> None:
        """From the card to its verdict."""
        self.hold(seconds <= self.AT_ONCE_SECONDS, lambda: f"a card was answered after {seconds:.3f} s")


class EveryViewTimesOut(Promise):
    """Views and the last thing a person did."""

    sentence = "Every view that can be reached times out to idle."
    BOUND_SECONDS = 300.0

    def came_home(self, last_input: float) -> None:
        """The idle screen is there."""
        self.hold(self.now() - last_input <= self.BOUND_SECONDS, lambda: "it came home too late")

    def look(self, view: View | None, last_input: float, *, rests: bool) -> None:
        """How long has nobody done anything?"""
        alone = self.now() - last_input
        if alone > self.BOUND_SECONDS and view is not None:
            self.hold(
                rests or isinstance(view, IdleView),
                lambda: f"{type(view).__name__} {getattr(view, 'title', '')} stands {alone:.0f} s after the last touch",
            )


class NoNameStays(Promise):
    """Names on the screen."""

    sentence = "No name is on the screen after the time-out."
    BOUND_SECONDS = 150.0

    def __init__(self, now: Callable[[], float], report: Report) -> None:
        super().__init__(now, report)
        self.is_named = False

    def shown(self, text: str, view: View) -> None:
        """A view was shown."""
        self.is_named = NAME_MARK in text
        self.hold(not (self.is_named and isinstance(view, IdleView)), lambda: "the idle screen names somebody")

    def look(self, last_input: float) -> None:
        """How long has nobody done anything?"""
        if self.is_named:
            alone = self.now() - last_input
            self.hold(alone <= self.BOUND_SECONDS, lambda: f"a name stands {alone:.0f} s after the last touch")


class NothingShaming(Promise):
    """What is said before anybody touches anything."""

    sentence = "Nothing shaming is shown without a touch: no hours, no arrears, no standing, no reason."
    SCREENS = ("'closed.", "'alert.")
    REASONS = tuple(
        f"'{key}'"
        for key in (
            *("closed.hours", "closed.hours_desk", "closed.hours_do", "closed.frozen", "closed.frozen_do"),
            *("closed.leave", "closed.left", "closed.inactive", "closed.inactive_do", "closed.fee", "closed.fee_do"),
            *("closed.attached", "closed.own_hours", "closed.passed_back"),
            *("alert.hours", "alert.grace", "alert.fee", "alert.hours.soon", "alert.grace.soon", "alert.fee.soon"),
        )
    )

    def shown(self, text: str, *, is_touched: bool) -> None:
        """A view was shown."""
        if is_touched:
            return
        may_say = any(screen in text for screen in self.SCREENS)
        said = [word for word in self.REASONS if word in text] if may_say else []
        self.hold(not said, lambda: f"{said[0]} is said to someone who has touched nothing")
        place = text.find(f"minutes={str(MARKED_MINUTES)[:2]}")
        self.hold(place < 0, lambda: f"hours are shown to someone who has touched nothing: {text[place : place + 24]}")


class NoFalseDay(Promise):
    """Days on the screen and on labels."""

    sentence = "No day of a clock that was never set is shown or printed."
    LONG_AGO = re.compile(r"datetime\.date(?:time)?\((?:1\d{3}|20[01]\d|202[0-3]), ")

    def told(self, text: str) -> None:
        """A view was shown, or a label ordered."""
        found = self.LONG_AGO.search(text)
        self.hold(found is None, lambda: f"{text[found.start() : found.end() + 6] if found else ''}… is told")


class SaysNotedOnlyOnceItIs(Promise):
    """The words « C'est noté » and the disk."""

    sentence = "The screen says that something is noted only once it is on the disk."
    WORDS = ("'shift.noted'", "'shift.noted.here'", "'shift.queued'", "'tare.kept'", "'booked.sub'")

    def shown(self, text: str, fact: FactId | None, *, is_confirmed: bool) -> None:
        """A view was shown that speaks of ``fact``."""
        if fact is not None and any(word in text for word in self.WORDS):
            self.hold(is_confirmed, lambda: f"{fact} is called noted and is not on the disk")
