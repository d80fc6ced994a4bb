"""The guide of the first run, and whatever else has a terminal's window to itself before the terminal runs."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from kiosk.app import Screen, ends_with_signals
from kiosk.clock import Clock, SystemClock
from kiosk.config import load
from kiosk.events import Event
from kiosk.first_run.finding import FOLDER
from kiosk.first_run.folder import GuideFolder
from kiosk.first_run.machine import RealMachine, panel
from kiosk.first_run.runner import FirstRun
from kiosk.screens.face import Face


class Player(Protocol):
    """Has the window to itself."""

    def post(self, event: Event) -> None:
        """Hand in an event, from any thread."""

    def show_on(self, screen: Screen) -> None:
        """Begin."""

    def request_stop(self) -> None:
        """End."""

    def join(self) -> bool:
        """Wait for the end."""


P = TypeVar("P", bound=Player)


def play(make: Callable[[Clock, Callable[[], None]], P], input_provider: str) -> P:
    """Give a player the window of this terminal until it is over, or the process is asked to end.

    Args:
        make: takes the clock, and what the player calls once it is over.
        input_provider: as for :class:`~kiosk.screens.face.Face`.
    """
    # Nobody has said yet where the coop is, or it cannot be read: the defaults know.
    zone = load(None, {}).terminal.timezone
    clock = SystemClock()

    def end() -> None:
        face.stop()

    player = make(clock, end)
    face = Face(panel(), player.post, clock.monotonic, zone, fullscreen=True, input_provider=input_provider)
    player.show_on(face)
    try:
        with ends_with_signals(face.stop):
            face.run()
    finally:
        player.request_stop()
        player.join()
    return player


def play_guide(input_provider: str) -> bool:
    """Show the guide until it is over, or the process is asked to end.

    Returns:
        Whether somebody starts the program again: then the terminal runs.
    """
    folder = GuideFolder(FOLDER, screen=panel())
    guide = play(lambda clock, end: FirstRun(folder, RealMachine(), clock, end), input_provider)
    return guide.is_revived
