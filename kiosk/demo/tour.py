"""The tour: a day in the demo coop, played unattended through the simulated hardware, with a picture a step."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from kiosk.actions import Action
from kiosk.app import Terminal
from kiosk.demo.acting import Step
from kiosk.demo.album import STEP_SECONDS, Album, Fingers, Seen, Watched, Window
from kiosk.demo.cast import ZONE
from kiosk.demo.room import Room
from kiosk.demo.steps import STEPS
from kiosk.views import View


class Player(Fingers):
    """The hands in the room and the fingers on the screen."""

    def __init__(self, room: Room, terminal: Terminal, window: Window, watched: Watched) -> None:
        super().__init__(room, window)
        self._terminal = terminal
        self._watched = watched

    def lay(self, *card_ids: str) -> None:
        """Lay a card, or several at once, until the screen has answered, and lift them."""
        before = self._watched.view
        self.room.lay_card(*card_ids)
        self._watched.wait_for(lambda view: view != before, 3.0)
        self._rest(0.3)
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

    def wait_for(self, seen: Seen) -> None:
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
        self._album = Album(window, folder, len(STEPS), tell)
        self._player = Player(room, terminal, window, self._album.watched)

    def play(self) -> bool:
        """Play it all; whether every step reached its view."""
        with self._terminal.running(self._album.watched):
            self._album.fill("tour", self._play_steps)
        return self._album.report()

    def _play_steps(self) -> None:
        # The first knowledge comes from the server.
        self._player.wait_for(lambda _view: self._terminal.reactor.knowledge.as_of is not None)
        for step in STEPS:
            self._play_step(step)

    def _play_step(self, step: Step) -> None:
        def seen(view: View) -> bool:
            return step.seen_with(self._terminal.reactor.knowledge.capabilities)(view)

        def door_is_right() -> bool:
            return step.door is None or self._player.sees_door(unlocked=step.door)

        self._album.take(step.name, step.expected, lambda: step.act(self._player), seen, door_is_right)
