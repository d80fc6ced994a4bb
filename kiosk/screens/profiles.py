"""The panels, and what Kivy must be told before it is first imported. Imports no Kivy itself.

Screens are designed in pixels of the 7" display (800 × 480) and scaled. A panel of another shape gives a canvas that is
a little wider or, upright, one of 480 wide on which things are stacked.
"""

import logging
import os
import sys
from dataclasses import dataclass
from typing import Final

DESIGN_SHORT_SIDE: Final = 480
FRAMES_PER_SECOND: Final = 20
WORKBENCH_WIDTH: Final = 440
WORKBENCH_HEIGHT: Final = 740


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A panel: pixels, and the millimetres they cover (the pixels of the 7" display are not square)."""

    name: str
    width: int
    height: int
    width_mm: float
    height_mm: float

    @property
    def portrait(self) -> bool:
        return self.height > self.width

    @property
    def scale(self) -> float:
        """Panel pixels to one design pixel."""
        return (self.width if self.portrait else self.height) / DESIGN_SHORT_SIDE

    @property
    def canvas(self) -> tuple[float, float]:
        """Width and height in design pixels."""
        return self.width / self.scale, self.height / self.scale

    def millimetres(self, width: float, height: float) -> tuple[float, float]:
        """What ``width`` × ``height`` design pixels measure on the glass."""
        return (
            width * self.scale * self.width_mm / self.width,
            height * self.scale * self.height_mm / self.height,
        )


PROFILES: Final[dict[str, Profile]] = {
    profile.name: profile
    for profile in (
        Profile(name="rpi7", width=800, height=480, width_mm=154.1, height_mm=85.9),
        Profile(name="td2", width=1280, height=720, width_mm=155.0, height_mm=88.0),
        Profile(name="td2-portrait", width=720, height=1280, width_mm=88.0, height_mm=155.0),
        Profile(name="hd7", width=1024, height=600, width_mm=154.0, height_mm=86.0),
    )
}


def prepare(
    profile: Profile,
    *,
    fullscreen: bool = False,
    show_cursor: bool = False,
    workbench: bool = False,
    input_provider: str = "",
) -> None:
    """Set up Kivy for ``profile``. Must run before anything else imports Kivy.

    Args:
        profile: the panel.
        fullscreen: take the whole display, as a terminal does; else a window.
        show_cursor: draw the mouse pointer.
        workbench: leave room for the tools of the demo beside the terminal.
        input_provider: a line for Kivy's ``[input]`` such as ``mtdev,/dev/input/event0`` where no display server feeds
            the window (KMSDRM). Exactly one provider is ever active: with two of them each touch counts twice.

    Raises:
        RuntimeError: Kivy's window is there already.
    """
    if "kivy.core.window" in sys.modules:
        raise RuntimeError("the panel must be prepared before Kivy makes its window")
    os.environ.update(
        KIVY_NO_ARGS="1",
        KIVY_NO_CONFIG="1",
        KIVY_NO_FILELOG="1",
        KIVY_LOG_MODE="PYTHON",
        KIVY_METRICS_DENSITY="1",
        KIVY_METRICS_FONTSCALE="1",
    )
    from kivy.config import Config  # noqa: PLC0415  only after the environment is set

    kivy_log = logging.getLogger("kivy")
    kivy_log.setLevel(logging.WARNING)
    kivy_log.addFilter(_is_worth_a_line)

    width = profile.width + (WORKBENCH_WIDTH if workbench else 0)
    height = max(profile.height, WORKBENCH_HEIGHT) if workbench else profile.height
    for section, key, value in (
        ("kivy", "exit_on_escape", "0"),
        ("kivy", "window_icon", ""),
        ("graphics", "width", str(width)),
        ("graphics", "height", str(height)),
        ("graphics", "maxfps", str(FRAMES_PER_SECOND)),
        ("graphics", "multisamples", "0"),
        ("graphics", "resizable", "0"),
        ("graphics", "show_cursor", str(int(show_cursor))),
        ("graphics", "fullscreen", "auto" if fullscreen else "0"),
        ("graphics", "borderless", str(int(fullscreen))),
    ):
        Config.set(section, key, value)
    for provider in list(Config.options("input")):
        Config.remove_option("input", provider)
    if input_provider:
        Config.set("input", "panel", input_provider)
    else:
        # The window's own events, which a touch reaches as a click.
        Config.set("input", "mouse", "mouse,disable_multitouch")


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Kivy tells with a traceback, at each start, that a touch library is missing which no panel here needs."""
    return "MTDev is not supported" not in record.getMessage()
