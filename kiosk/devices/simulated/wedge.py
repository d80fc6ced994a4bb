"""USB readers that type, down to the ``input_event`` structs that the kernel would hand out; over pipes."""

import errno
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kiosk.devices.keys import EV_KEY, EV_SYN, INPUT_EVENT

DOWN, UP = 1, 0
EV_MSC, MSC_SCAN = 4, 4
ENTER: Final = 28
SHIFT: Final = 42
KEY_SECONDS: Final = 0.004

DIGIT_ROW: Final = dict(zip("1234567890", range(2, 12), strict=True))
QWERTY: Final = DIGIT_ROW | {
    **dict(zip("QWERTYUIOP", range(16, 26), strict=True)),
    **dict(zip("ASDFGHJKL", range(30, 39), strict=True)),
    **dict(zip("ZXCVBNM", range(44, 51), strict=True)),
    ",": 51,
    ":": 39,
}
"""With the colon, which is typed with Shift: our decoder does not care."""
AZERTY: Final = QWERTY | {"A": 16, "Q": 30, "Z": 17, "W": 44, "M": 39, ",": 50, ":": 52}


class Typist:
    """Writes key strokes as structs and keeps the time: each key takes a few milliseconds down, and up."""

    def __init__(self, at: float) -> None:
        self.at = at

    def event(self, kind: int, code: int, value: int) -> bytes:
        seconds, fraction = divmod(self.at, 1)
        return INPUT_EVENT.pack(int(seconds), int(fraction * 1e6), kind, code, value)

    def report(self) -> bytes:
        return self.event(EV_SYN, 0, 0)

    def down(self, code: int) -> bytes:
        return self.event(EV_MSC, MSC_SCAN, 0x70000 + code) + self.event(EV_KEY, code, DOWN) + self.report()

    def up(self, code: int) -> bytes:
        return self.event(EV_KEY, code, UP) + self.report()

    def press(self, *codes: int) -> bytes:
        data = b""
        for code in codes:
            data += self.down(code)
            self.at += KEY_SECONDS
            data += self.up(code)
            self.at += KEY_SECONDS
        return data

    def shifted(self, *codes: int) -> bytes:
        return self.down(SHIFT) + self.press(*codes) + self.up(SHIFT)

    def scan(self, text: str, keys: Mapping[str, int] = QWERTY, end: int = ENTER) -> bytes:
        """One code, as a reader with that keyboard types it."""
        return self.press(*(keys[character] for character in text), end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    bustype: int = 0x03
    vendor: int = 0x0C2E
    product: int = 0x0901


CAN_TYPE: Final[Mapping[int, Sequence[Any]]] = {0: (0, 1, 4), 1: tuple(range(1, 120)), 17: (0, 1, 2)}
"""Capabilities of a keyboard: events with a scan code, every key, three lamps."""


class Wedge:
    """One reader. What is typed while nobody has opened it is lost, as in life."""

    def __init__(
        self,
        path: str = "/dev/input/by-id/usb-Scanner-event-kbd",
        *,
        name: str = "Bar Code Scanner",
        phys: str = "usb-1.2/input0",
        info: Info | None = None,
        capabilities: Mapping[int, Sequence[Any]] = CAN_TYPE,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = path
        self.name = name
        self.phys = phys
        self.info = info or Info()
        self.held_elsewhere = False
        self.grabs = 0
        self.closes = 0
        self.fd = -1
        self._capabilities = capabilities
        self._now = now
        self._far_end = -1
        self._guard = threading.Lock()

    def connect(self) -> None:
        """A program opens its node."""
        self.disconnect()
        with self._guard:
            self.fd, self._far_end = os.pipe()
            # As python-evdev opens a device: a key that someone else has read keeps nobody waiting.
            os.set_blocking(self.fd, False)

    def disconnect(self) -> None:
        """The plug is pulled: whoever reads is told at the next read."""
        with self._guard:
            if self._far_end >= 0:
                os.close(self._far_end)
                self._far_end = -1

    def capabilities(self) -> Mapping[int, Sequence[Any]]:
        return self._capabilities

    def grab(self) -> None:
        if self.held_elsewhere:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        self.grabs += 1

    def close(self) -> None:
        """The program closes its node."""
        self.disconnect()
        with self._guard:
            if self.fd >= 0:
                os.close(self.fd)
                self.fd = -1
                self.closes += 1

    def type(self, data: bytes) -> None:
        """Hand over raw structs."""
        with self._guard:
            if self._far_end >= 0:
                os.write(self._far_end, data)

    def scan(self, text: str, keys: Mapping[str, int] = QWERTY, end: int = ENTER) -> None:
        """Read a code and type it."""
        self.type(Typist(self._now()).scan(text, keys, end))


class UsbHub:
    """Where readers are plugged in: :class:`kiosk.devices.scanner.InputDevices`."""

    def __init__(self, *wedges: Wedge) -> None:
        self._wedges = {wedge.path: wedge for wedge in wedges}

    def plug(self, wedge: Wedge) -> None:
        self._wedges[wedge.path] = wedge

    def unplug(self, wedge: Wedge) -> None:
        self._wedges.pop(wedge.path, None)
        wedge.disconnect()

    def paths(self) -> Sequence[str]:
        return sorted(self._wedges)

    def open(self, path: str) -> Wedge:
        wedge = self._wedges.get(path)
        if wedge is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        wedge.connect()
        return wedge
