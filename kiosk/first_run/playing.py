"""The guide of the first run in the window of a real terminal."""

from zoneinfo import ZoneInfo

from kiosk.app import ends_with_signals
from kiosk.clock import SystemClock
from kiosk.config import load
from kiosk.first_run.finding import FOLDER
from kiosk.first_run.folder import GuideFolder
from kiosk.first_run.machine import RealMachine, panel
from kiosk.first_run.runner import FirstRun
from kiosk.screens.face import Face


def play_guide(input_provider: str) -> bool:
    """Show the guide until it is over, or the process is asked to end.

    Returns:
        Whether somebody starts the program again: then the terminal runs.
    """
    # What the guide shows is the time here; the defaults know where that is.
    zone: ZoneInfo = load(None, {}).terminal.timezone
    clock = SystemClock()

    def end() -> None:
        face.stop()

    guide = FirstRun(GuideFolder(FOLDER), RealMachine(), clock, end)
    face = Face(panel(), guide.post, clock.monotonic, zone, fullscreen=True, input_provider=input_provider)
    guide.show_on(face)
    try:
        with ends_with_signals(face.stop):
            face.run()
    finally:
        guide.request_stop()
        guide.join()
    return guide.is_revived
