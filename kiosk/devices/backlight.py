"""The light behind the panel: dim when the coop is closed, then dark, back at once for whoever comes."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kiosk.views import IdleView, View

log = logging.getLogger(__name__)

FOLDER: Final = Path("/sys/class/backlight")
DIM_SHARE: Final = 0.1
DARK_AFTER_SECONDS: Final = 3600.0
AWAKE_SECONDS: Final = 30.0
"""How long a touch that asks nothing keeps the light on."""


class Backlight:
    """Follows what is shown. The clock in the header changes once a minute, so a view comes at least that often.

    Without a panel that can be dimmed nothing happens. Any thread may call; a write to sysfs does not wait.

    Args:
        monotonic: seconds.
        folder: where the kernel keeps its panels (Documentation/ABI/stable/sysfs-class-backlight).
    """

    def __init__(self, monotonic: Callable[[], float], folder: Path = FOLDER) -> None:
        self._monotonic = monotonic
        self._panels = {path.parent: _read_maximum(path) for path in sorted(folder.glob("*/max_brightness"))}
        self._lock = threading.Lock()
        self._alone_since: float | None = None
        self._awake_until = 0.0
        # Unknown: a restart finds the night's, and so does systemd-backlight, which keeps it through a reboot.
        self._share: float | None = None
        self._failed = False

    def show(self, view: View) -> None:
        """Take in what the screen shows now."""
        now = self._monotonic()
        with self._lock:
            if not (isinstance(view, IdleView) and view.frame.night):
                self._alone_since = None
                self._set(1.0)
                return
            if self._alone_since is None:
                self._alone_since = now
            if now >= self._awake_until:
                self._set(0.0 if now - self._alone_since >= DARK_AFTER_SECONDS else DIM_SHARE)

    def wake(self) -> bool:
        """Someone touched the glass. True where it was dark: whoever touched it saw no button there."""
        with self._lock:
            dark = self._share == 0.0
            if self._alone_since is not None:
                self._alone_since = self._monotonic()
                self._awake_until = self._alone_since + AWAKE_SECONDS
            self._set(1.0)
            return dark and bool(self._panels) and not self._failed

    def close(self) -> None:
        """Leave the light on: what is shown next may know nothing of it. Twice does no harm."""
        with self._lock:
            self._set(1.0)

    def _set(self, share: float) -> None:
        if share == self._share:
            return
        self._share = share
        fault = None
        for panel, maximum in self._panels.items():
            try:
                (panel / "brightness").write_text(str(round(maximum * share)), encoding="ascii")
            except OSError as error:
                fault = error
        if fault is None:
            if self._failed:
                log.info("the backlight can be set again")
            self._failed = False
            return
        # Unknown again, so that the next view tries once more: a panel must not stay dark all day for one write.
        self._share = None
        if not self._failed:
            log.warning("the backlight cannot be set: %s", fault.strerror)
        self._failed = True


def _read_maximum(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
