"""The face of the kiosk: what the rest of the program may ask of the screen, from any thread."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar

from kiosk.actions import Action
from kiosk.events import Event, Touched, UiAlive
from kiosk.screens.looks import PLAIN, Looks
from kiosk.screens.profiles import PROFILES, prepare
from kiosk.screens.workbench import Workbench
from kiosk.types import Sound
from kiosk.views import View

Result = TypeVar("Result")
ANSWER_SECONDS = 15.0
"""How long another thread waits for the screen to do as it was asked."""


class Face:
    """The window. :meth:`run` keeps the main thread; everything else may be called from any thread.

    Args:
        profile: a name of :data:`~kiosk.screens.profiles.PROFILES`.
        post: where touches and the heartbeat go.
        monotonic: the clock that the ends of countdowns are told in.
        timezone: where the coop is.
        tools: the workbench of the demo, shown beside the terminal.
        looks: what the coop chooses about its screens.
        now: the time of day, by which sounds are softer early and late; without it they never are.
        touched: hears of every touch, wherever it lands; True from it keeps the touch from whatever is shown there.
        fullscreen: take the whole display.
        show_cursor: draw the mouse pointer.
        input_provider: a line for Kivy's ``[input]`` where no display server feeds the window.
    """

    def __init__(
        self,
        profile: str,
        post: Callable[[Event], None],
        monotonic: Callable[[], float],
        timezone: tzinfo,
        *,
        tools: Workbench | None = None,
        looks: Looks = PLAIN,
        now: Callable[[], datetime] | None = None,
        touched: Callable[[], bool] | None = None,
        fullscreen: bool = False,
        show_cursor: bool = False,
        input_provider: str = "",
    ) -> None:
        panel = PROFILES[profile]
        prepare(
            panel,
            fullscreen=fullscreen,
            show_cursor=show_cursor or tools is not None,
            workbench=tools is not None,
            input_provider=input_provider,
        )
        from kivy.clock import Clock  # noqa: PLC0415  only after prepare()

        from kiosk.screens.stage import Stage  # noqa: PLC0415  only after prepare()

        self._clock = Clock
        self._thread = threading.get_ident()
        self._stage = Stage(
            panel,
            looks,
            timezone,
            intend=lambda action, target: post(Touched(action, target)),
            alive=lambda: post(UiAlive()),
            monotonic=monotonic,
            bench=tools,
            now=now,
            touched=touched,
        )

    def run(self) -> None:
        """Show the window, and keep the main thread until :meth:`stop`."""
        self._thread = threading.get_ident()
        try:
            self._stage.run()
        finally:
            self._stage.close()

    def stop(self) -> None:
        """Let :meth:`run` return. Twice does no harm."""
        self._clock.schedule_once(lambda _: self._stage.stop(), 0)

    def present(self, view: View) -> None:
        """Show ``view`` with the next frame; the newest wins, an equal one draws nothing."""
        self._stage.offer(view)
        self._stage.draw()

    def play(self, sound: Sound) -> None:
        """Start a sound."""
        self._clock.schedule_once(lambda _: self._stage.play(sound), 0)

    def capture(self, path: Path) -> None:
        """Write what the terminal shows as a PNG; returns when the file is there.

        Raises:
            TimeoutError: the window does not run.
        """

        def shoot() -> None:
            self._stage.draw_now()
            self._stage.export(path)

        self._ask(shoot)

    def visible_texts(self) -> tuple[str, ...]:
        """Every text on the screen, in drawing order.

        Raises:
            TimeoutError: the window does not run.
        """

        def read() -> tuple[str, ...]:
            self._stage.draw_now()
            return self._stage.texts()

        return self._ask(read)

    def touch(self, action: Action, target: str = "") -> None:
        """Touch the button that asks ``action`` (about ``target``) as a finger does; returns after it was lifted.

        What asks only when it is held for a while is held for so long.

        Raises:
            LookupError: there is no such button on the screen.
            TimeoutError: the window does not run.
        """
        lifted: Future[None] = Future()

        def over(error: Exception | None) -> None:
            if error is None:
                lifted.set_result(None)
            else:
                lifted.set_exception(error)

        self._clock.schedule_once(lambda _: self._stage.touch(action, target, over), 0)
        lifted.result(ANSWER_SECONDS)

    def _ask(self, function: Callable[[], Result]) -> Result:
        """Call ``function`` in Kivy's thread and bring back what it returns or raises."""
        if threading.get_ident() == self._thread:
            return function()
        answer: Future[Result] = Future()

        def call(_: Any) -> None:
            try:
                answer.set_result(function())
            except Exception as error:  # noqa: BLE001  it is raised again in the thread that asked
                answer.set_exception(error)

        self._clock.schedule_once(call, 0)
        return answer.result(ANSWER_SECONDS)
