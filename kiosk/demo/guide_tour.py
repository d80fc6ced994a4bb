"""The guide of the first run, played unattended through simulated hardware and real touches, with a picture a step.

In the middle the plug is pulled: a new guide goes on from the same folder.
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from kiosk.demo.acting import says
from kiosk.demo.cast import Kind, character
from kiosk.demo.first_run import FirstRunShow
from kiosk.demo.room import Room
from kiosk.demo.tour import STEP_SECONDS, Watched, Window
from kiosk.events import Action, Event
from kiosk.rules.staff_states import CORNERS
from kiosk.views import CodeView, IdleView, View

log = logging.getLogger(__name__)

CARD: Final = character(Kind.OK).card
BADGE: Final = character(Kind.BADGE).card
PIN: Final = "4821"
JAR_GRAMS: Final = 352


class Hands:
    """On the glass and in the room."""

    def __init__(self, room: Room, window: Window) -> None:
        self.room = room
        self._window = window
        self._pause = threading.Event()

    def touch(self, action: Action, target: str = "") -> None:
        """Touch a button, once it is there."""
        deadline = time.monotonic() + STEP_SECONDS
        while True:
            try:
                self._window.touch(action, target)
            except LookupError:
                if time.monotonic() > deadline:
                    raise
                self._pause.wait(0.05)
            else:
                # A person lets go before the next touch; so does the screen ignore a second one for 300 ms.
                self._pause.wait(0.35)
                return

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


Seen = Callable[[View], bool]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one moment."""

    name: str
    seen: str
    picture: str
    well: bool


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
        self.outcomes: list[Outcome] = []

    def post(self, event: Event) -> None:
        """Where the window's touches go."""
        self._show.post(event)

    def play(self, window: Window) -> bool:
        """Play it all; whether every moment was reached."""
        self._folder.mkdir(parents=True, exist_ok=True)
        watched = Watched(window)
        self._show.start(watched)
        player = threading.Thread(target=self._play, args=(window, watched), name="guide-tour", daemon=True)
        player.start()
        window.run()
        player.join(STEP_SECONDS)
        self._show.stop()
        rows = [asdict(outcome) for outcome in self.outcomes]
        report = json.dumps({"steps": rows}, ensure_ascii=False, indent=1)
        (self._folder / "report.json").write_text(report + "\n", encoding="utf-8")
        return len(self.outcomes) == len(MOMENTS) + len(RESUMED) and all(outcome.well for outcome in self.outcomes)

    def _play(self, window: Window, watched: Watched) -> None:
        hands = Hands(self._room, window)
        try:
            for moment in MOMENTS:
                self._reach(moment, hands, window, watched)
                if moment.name == PULLED_AFTER:
                    self._pull_the_plug(watched)
                    for again in RESUMED:
                        self._reach(again, hands, window, watched)
        except Exception:
            log.exception("the tour of the guide broke off")
        finally:
            window.stop()

    def _pull_the_plug(self, watched: Watched) -> None:
        self._room.lift_cards()
        self._show.stop()
        self._show = FirstRunShow(self._room, self._kept)
        self._show.start(watched)

    def _reach(self, moment: Moment, hands: Hands, window: Window, watched: Watched) -> None:
        trouble = ""
        try:
            moment.act(hands)
        except LookupError as missing:
            trouble = f"nothing to touch: {missing}"
        well = not trouble and watched.wait_for(moment.seen, STEP_SECONDS)
        picture = f"{len(self.outcomes) + 1:02d}-{moment.name}.png"
        window.capture(self._folder / picture)
        title = getattr(watched.view, "title", None)
        seen = trouble or (type(watched.view).__name__ if title is None else title.key)
        self.outcomes.append(Outcome(name=moment.name, seen=seen, picture=picture, well=well))
        self._tell(f"{len(self.outcomes):2d} {'ok' if well else 'NOT SEEN':8} {moment.name}: {seen}")
