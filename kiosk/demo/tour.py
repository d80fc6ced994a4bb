"""The tour: a day in the demo coop, played unattended through the simulated hardware, with a picture a step."""

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

from kiosk.app import Terminal
from kiosk.demo.cast import ZONE
from kiosk.demo.room import Room
from kiosk.demo.steps import STEPS, Step
from kiosk.events import Action
from kiosk.types import Sound
from kiosk.views import View

log = logging.getLogger(__name__)

STEP_SECONDS: Final = 25.0
"""Real seconds after which a step has failed; a scale that comes back takes the longest."""


class Window(Protocol):
    """The screen, as far as the tour uses it."""

    def present(self, view: View) -> None: ...
    def play(self, sound: Sound) -> None: ...
    def run(self) -> None: ...
    def stop(self) -> None: ...
    def touch(self, action: Action, target: str = "") -> None: ...
    def capture(self, path: Path) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one step; ``ms`` from the act to the view."""

    step: str
    expected: str
    seen: str
    ms: int
    picture: str
    well: bool


class Watched:
    """A window that remembers what was last presented to it, and lets others wait for it."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._presented = threading.Condition()
        self.view: View | None = None
        self.run = window.run
        self.stop = window.stop
        self.play = window.play

    def present(self, view: View) -> None:
        with self._presented:
            self.view = view
            self._presented.notify_all()
        self._window.present(view)

    def wait_for(self, seen: Callable[[View], bool], seconds: float) -> bool:
        """Whether the view came to be one that is ``seen``."""
        with self._presented:
            return self._presented.wait_for(lambda: self.view is not None and seen(self.view), seconds)


class Player:
    """The hands in the room and the fingers on the screen."""

    def __init__(self, room: Room, terminal: Terminal, window: Window, watched: Watched) -> None:
        self.room = room
        self._terminal = terminal
        self._window = window
        self._watched = watched
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
                self._rest(0.05)
            else:
                # A person lets go before the next touch; so does the screen ignore a second one for 300 ms.
                self._rest(0.35)
                return

    def lay(self, card_id: str) -> None:
        """Lay a card until the screen has answered, and lift it."""
        before = self._watched.view
        self.room.lay_card(card_id)
        self._watched.wait_for(lambda view: view != before, 3.0)
        self._rest(0.3)
        self.room.lift_card(card_id)
        self.room.wait_until_unseen()

    def lay_two(self, one: str, other: str) -> None:
        """Lay two cards at once, until the screen has answered, and lift them."""
        before = self._watched.view
        for card_id in (one, other):
            self.room.lay_card(card_id)
        self._watched.wait_for(lambda view: view != before, 3.0)
        self.room.lift_cards()
        self.room.wait_until_unseen()

    def pass_time(self, seconds: float) -> None:
        self.room.clock.advance(seconds)
        self._rest(0.25)

    def pass_until(self, hour: int, minute: int) -> None:
        """Let it become this hour of the day."""
        now = self.room.clock.now().astimezone(ZONE)
        ahead = now.replace(hour=hour, minute=minute, second=0) - now
        if ahead > timedelta():
            self.pass_time(ahead.total_seconds())

    def wait_delivered(self) -> None:
        """Wait until the server has everything; the outbox is pressed on as time would."""
        deadline = time.monotonic() + STEP_SECONDS
        while self._terminal.reactor.waiting and time.monotonic() < deadline:
            self.pass_time(10)

    def wait_for(self, seen: Callable[[View], bool]) -> None:
        """Wait until the screen shows this."""
        self._watched.wait_for(seen, STEP_SECONDS)

    def type_jar_code(self) -> None:
        """Type the code of the jar that was weighed last."""
        code = next(reversed(self._terminal.reactor.knowledge.jars))
        for digit in code:
            self.touch(Action.KEY, digit)
        self.touch(Action.ENTER)

    def sees_door(self, *, unlocked: bool) -> bool:
        """Whether the relay is, within the second that its own thread may take, as it should be."""
        deadline = time.monotonic() + 1.0
        while self.room.door.is_unlocked is not unlocked and time.monotonic() < deadline:
            self._rest(0.02)
        return self.room.door.is_unlocked is unlocked

    def _rest(self, seconds: float) -> None:
        self._pause.wait(seconds)


class Tour:
    """Plays :data:`~kiosk.demo.steps.STEPS`, keeps a picture of each and a report.

    Args:
        room: running.
        terminal: on that room, not yet running.
        window: where it is shown.
        folder: for the pictures and ``report.json``.
        tell: called with a line a step.
    """

    def __init__(
        self, room: Room, terminal: Terminal, window: Window, folder: Path, tell: Callable[[str], None]
    ) -> None:
        self._terminal = terminal
        self._window = window
        self._watched = Watched(window)
        self._player = Player(room, terminal, window, self._watched)
        self._room = room
        self._folder = folder
        self._tell = tell
        self.outcomes: list[Outcome] = []

    def play(self) -> bool:
        """Play it all; whether every step reached its view."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for earlier in self._folder.glob("[0-9][0-9]-*.png"):
            earlier.unlink()
        hands = threading.Thread(target=self._play_steps, name="tour", daemon=True)
        with self._terminal.running(self._watched):
            hands.start()
            self._window.run()
        hands.join(STEP_SECONDS)
        self._report()
        return len(self.outcomes) == len(STEPS) and all(outcome.well for outcome in self.outcomes)

    def _play_steps(self) -> None:
        try:
            # The first knowledge comes from the server.
            self._watched.wait_for(lambda _view: self._terminal.reactor.knowledge.as_of is not None, STEP_SECONDS)
            for number, step in enumerate(STEPS, 1):
                self.outcomes.append(self._play_step(number, step))
        except Exception:
            log.exception("the tour broke off")
        finally:
            self._window.stop()

    def _play_step(self, number: int, step: Step) -> Outcome:
        began = time.monotonic()
        trouble = ""
        try:
            step.act(self._player)
        except LookupError as missing:
            trouble = f"nothing to touch: {missing}"
        seen = step.seen_with(self._terminal.reactor.knowledge.capabilities)
        reached = not trouble and self._watched.wait_for(seen, STEP_SECONDS)
        ms = round((time.monotonic() - began) * 1000)
        well = reached and (step.door is None or self._player.sees_door(unlocked=step.door))
        picture = self._folder / f"{number:02d}-{step.name}.png"
        self._window.capture(picture)
        outcome = Outcome(
            step=step.name,
            expected=step.expected,
            seen=trouble or _name(self._watched.view),
            ms=ms,
            picture=picture.name,
            well=well,
        )
        self._tell(f"{number:2d}/{len(STEPS)} {'ok' if well else 'NOT SEEN':8} {step.name}: {step.expected}")
        return outcome

    def _report(self) -> None:
        rows = [asdict(outcome) for outcome in self.outcomes]
        (self._folder / "report.json").write_text(
            json.dumps({"steps": rows}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


def _name(view: View | None) -> str:
    title = getattr(view, "title", None)
    return f"{type(view).__name__} {'' if title is None else title.key}".strip()
