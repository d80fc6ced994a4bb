"""The guide of the first run, played unattended through simulated hardware and real touches, with a picture a step.

In the middle the plug is pulled: a new guide goes on from the same folder.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.actions import Action
from kiosk.demo.acting import says
from kiosk.demo.album import Album, Fingers, Seen, Window
from kiosk.demo.cast import Kind, character
from kiosk.demo.first_run import FirstRunShow
from kiosk.demo.room import Room
from kiosk.events import Event
from kiosk.rules.staff_states import CORNERS
from kiosk.views import CodeView, IdleView

CARD: Final = character(Kind.OK).card
BADGE: Final = character(Kind.BADGE).card
PIN: Final = "4821"
JAR_GRAMS: Final = 352


class Hands(Fingers):
    """On the glass and in the room."""

    def touch_all(self, action: Action, *targets: str) -> None:
        for target in targets:
            self.touch(action, target)

    def touch_each(self, *actions: Action) -> None:
        for action in actions:
            self.touch(action)

    def weigh(self) -> None:
        """A jar stands on the scale while it is looked for."""
        self.room.scale.place(JAR_GRAMS)
        self.touch(Action.SEARCH)

    def type(self, digits: str) -> None:
        self.touch_all(Action.KEY, *digits)
        self.touch(Action.ENTER)


@dataclass(frozen=True, slots=True)
class Moment:
    """One picture: what is done, and what is seen then."""

    name: str
    act: Callable[[Hands], None]
    seen: Seen


def titled(key: str) -> Seen:
    """The title of the view is this sentence."""
    return lambda view: says(view, key)


def touches(action: Action, target: str = "") -> Callable[[Hands], None]:
    """One button is touched."""
    return lambda hands: hands.touch(action, target)


def _nothing(_hands: Hands) -> None:
    """It is only looked at."""


MOMENTS: Final = (
    Moment("language", _nothing, titled("guide.language")),
    Moment("network", touches(Action.CHOOSE, "fr"), titled("guide.network")),
    Moment("setup", touches(Action.DONE), titled("guide.setup")),
    Moment("no-code", lambda hands: hands.room.scan(BADGE), titled("guide.setup.trouble")),
    Moment("place", touches(Action.SKIP), titled("guide.place")),
    Moment("key", touches(Action.CHOOSE, "both"), titled("guide.key")),
    Moment("server", touches(Action.YES), titled("guide.server.fine")),
    Moment("touch", touches(Action.DONE), titled("part.screen.try")),
    Moment("reader", lambda hands: hands.touch_all(Action.CHOOSE, *CORNERS), titled("guide.reader")),
    Moment("card", lambda hands: hands.room.lay_card(CARD), titled("guide.reader.read")),
    Moment("scanner", touches(Action.DONE), titled("guide.scanner.known")),
    Moment("code", lambda hands: hands.room.scan(BADGE), titled("guide.scanner.read")),
    Moment("lock", touches(Action.DONE), titled("guide.door")),
    Moment("unplug", touches(Action.CHOOSE, "fail_secure"), titled("guide.door.unplug")),
    Moment("relay", touches(Action.DONE), titled("guide.door.fire.title")),
    Moment("led", touches(Action.OPEN_DOOR), titled("guide.door.lit")),
    Moment("plug", touches(Action.YES), titled("guide.door.plug")),
    Moment("scale", touches(Action.YES), titled("guide.scale")),
    Moment("weight", lambda hands: hands.weigh(), titled("guide.scale.weighs")),
    Moment("printer", touches(Action.DONE), titled("guide.printer.found")),
    Moment("label", touches(Action.PRINT_AGAIN), titled("guide.printer.printed")),
    Moment("pin", touches(Action.YES), titled("pin.choose")),
    Moment("pin-again", lambda hands: hands.type(PIN), titled("pin.again")),
    Moment("passphrase", lambda hands: hands.type(PIN), titled("guide.sheet.passphrase")),
    Moment("sheet", touches(Action.MORE), lambda view: isinstance(view, CodeView)),
    Moment("sheet-printed", touches(Action.PRINT_AGAIN),
           lambda view: isinstance(view, CodeView) and view.line is not None
           and view.line.key != "guide.printer.printing"),
    Moment("help", touches(Action.HELP), titled("guide.help.title")),
    Moment("check", lambda hands: hands.touch_each(Action.BACK, Action.YES), titled("guide.check")),
    Moment("ready", touches(Action.DONE), titled("guide.finish.done")),
    Moment("terminal", touches(Action.DONE), lambda view: isinstance(view, IdleView)),
)  # fmt: skip
PULLED_AFTER: Final = "led"
"""Then the plug is pulled, and the guide goes on with that step."""
RESUMED: Final = (
    Moment("resumed", _nothing, titled("guide.door.unplug")),
    Moment("relay-again", touches(Action.DONE), titled("guide.door.fire.title")),
    Moment("led-again", touches(Action.OPEN_DOOR), titled("guide.door.lit")),
)


class GuideTour:
    """Plays :data:`MOMENTS`, keeps a picture of each and a report.

    Args:
        room: running.
        folder: for the pictures and ``report.json``.
        tell: called with a line a moment.
    """

    def __init__(self, room: Room, folder: Path, tell: Callable[[str], None]) -> None:
        self._room = room
        self._kept = room.directory / "first-run"
        self._folder = folder
        self._tell = tell
        self._show = FirstRunShow(room, self._kept)

    def post(self, event: Event) -> None:
        """Where the window's touches go."""
        self._show.post(event)

    def play(self, window: Window) -> bool:
        """Play it all; whether every moment was reached."""
        album = Album(window, self._folder, len(MOMENTS) + len(RESUMED), self._tell)
        hands = Hands(self._room, window)
        self._show.start(album.watched)
        album.fill("tour of the guide", lambda: self._play(hands, album))
        self._show.stop()
        return album.report()

    def _play(self, hands: Hands, album: Album) -> None:
        for moment in MOMENTS:
            self._reach(moment, hands, album)
            if moment.name == PULLED_AFTER:
                self._pull_the_plug(album)
                for again in RESUMED:
                    self._reach(again, hands, album)

    def _pull_the_plug(self, album: Album) -> None:
        self._room.lift_cards()
        self._show.stop()
        self._show = FirstRunShow(self._room, self._kept)
        self._show.start(album.watched)

    @staticmethod
    def _reach(moment: Moment, hands: Hands, album: Album) -> None:
        album.take(moment.name, "", lambda: moment.act(hands), moment.seen)
