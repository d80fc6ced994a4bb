"""From the keys of a USB reader or bar-code gun to the code it typed. Pure: bytes in, codes out.

A reader types positions on a keyboard, not characters. The positions of the digits are the same on AZERTY and QWERTY,
and Shift is left out of account, so that digits are right whatever the reader believes; only letters need to know.
"""

import struct
from collections import deque
from collections.abc import Iterator
from enum import StrEnum
from typing import BinaryIO, Final

INPUT_EVENT: Final = struct.Struct("llHHi")
"""``struct input_event`` of the kernel (linux/input.h): seconds, microseconds, type, code, value."""
EV_SYN, EV_KEY = 0, 1
SYN_REPORT, SYN_DROPPED = 0, 3
UP, DOWN = 0, 1

ENTER, TAB, KEYPAD_ENTER = 28, 15, 96
ENDS: Final = frozenset({ENTER, TAB, KEYPAD_ENTER})
LEFT_ALT: Final = 56
MODIFIERS: Final = frozenset({29, 97, LEFT_ALT, 100, 125, 126})
"""Control, Alt and Meta, left and right: with one of them held a key is no character. Shift is not among them."""

LONGEST_CODE: Final = 64
PAUSE_SECONDS: Final = 1.0
"""Readers take up to 0.99 s between two characters, by setting."""


class Layout(StrEnum):
    """The keyboard that the reader believes to be."""

    US = "us"
    FR = "fr"


KEYPAD: Final = {79: "1", 80: "2", 81: "3", 75: "4", 76: "5", 77: "6", 71: "7", 72: "8", 73: "9", 82: "0"}
_COMMON: Final = {
    **KEYPAD,
    **dict(zip(range(2, 12), "1234567890", strict=True)),
    **dict(zip(range(18, 26), "ERTYUIOP", strict=True)),
    **dict(zip(range(31, 39), "SDFGHJKL", strict=True)),
    **dict(zip(range(45, 50), "XCVBN", strict=True)),
    **dict(zip((55, 57, 74, 78, 83, 98), "* -+./", strict=True)),
}
CHARACTERS: Final = {
    Layout.US: _COMMON | dict(zip((16, 17, 30, 44, 50, 12, 13, 39, 51, 52, 53), "QWAZM-=;,./", strict=True)),
    Layout.FR: _COMMON | dict(zip((16, 17, 30, 44, 39, 13, 50, 51, 52, 53), "AZQWM=,;:!", strict=True)),
}
"""Key code → character, letters as capitals."""


class KeyDecoder:
    """Collects keys into codes. A code ends with Enter or Tab; what is not ended in time is dropped.

    Args:
        layout: decides about letters only.
        pause_seconds: silence between two keys after which what came before is no part of the code. Judged by the
            time stamps of the events, so that a slow host makes no difference.
        longest: a code of more characters is none.
    """

    def __init__(
        self, layout: Layout = Layout.US, pause_seconds: float = PAUSE_SECONDS, *, longest: int = LONGEST_CODE
    ) -> None:
        self._characters = CHARACTERS[layout]
        self._pause_seconds = pause_seconds
        self._longest = longest
        self._waiting = bytearray()
        self._codes: deque[str] = deque()
        self._held: set[int] = set()
        self._alt_digits = ""
        self._code = ""
        self._spoilt = False
        self._skipping = False
        self._last_key_at: float | None = None

    def receive_data(self, data: bytes) -> None:
        """Take in raw ``input_event`` structs, cut anywhere."""
        self._waiting += data
        whole = len(self._waiting) - len(self._waiting) % INPUT_EVENT.size
        for seconds, microseconds, kind, code, value in INPUT_EVENT.iter_unpack(self._waiting[:whole]):
            self._take(seconds + microseconds / 1e6, kind, code, value)
        del self._waiting[:whole]

    def next_event(self) -> str | None:
        """The next whole code, or None: more data please."""
        return self._codes.popleft() if self._codes else None

    def _take(self, at: float, kind: int, code: int, value: int) -> None:
        if kind == EV_SYN:
            self._synchronise(code)
        elif kind == EV_KEY and not self._skipping:
            self._notice_pause(at)
            if code in MODIFIERS:
                self._modify(code, value)
            elif value == DOWN:
                self._press(code)

    def _synchronise(self, code: int) -> None:
        """After SYN_DROPPED the kernel has lost events; what comes before the next SYN_REPORT is not to be used.

        The keys around the gap are no code either, up to the next end.
        """
        if code == SYN_DROPPED:
            self._skipping = True
            self._start_anew()
            self._spoilt = True
            self._held.clear()
        elif code == SYN_REPORT:
            self._skipping = False

    def _notice_pause(self, at: float) -> None:
        # A clock that was set back is no proof that the keys belong together.
        if self._last_key_at is not None and abs(at - self._last_key_at) > self._pause_seconds:
            self._start_anew()
        self._last_key_at = at

    def _modify(self, code: int, value: int) -> None:
        if value == UP:
            self._held.discard(code)
            if code == LEFT_ALT and self._alt_digits:
                self._add(chr(int(self._alt_digits) & 0xFF))
                self._alt_digits = ""
        else:
            self._held.add(code)

    def _press(self, code: int) -> None:
        if code in ENDS:
            if self._code and not self._spoilt:
                self._codes.append(self._code)
            self._start_anew()
        elif self._held == {LEFT_ALT} and code in KEYPAD:
            # Some readers type each character as Alt and its number on the keypad.
            self._alt_digits = (self._alt_digits + KEYPAD[code])[-4:]
        elif not self._held:
            self._add(self._characters.get(code, ""))

    def _add(self, character: str) -> None:
        self._code += character
        if len(self._code) > self._longest:
            self._start_anew()
            self._spoilt = True

    def _start_anew(self) -> None:
        self._code = ""
        self._alt_digits = ""
        self._spoilt = False


def decode_keys(stream: BinaryIO, layout: Layout = Layout.US) -> Iterator[str]:
    """The codes in a recording of ``input_event`` structs, as they were typed."""
    decoder = KeyDecoder(layout)
    while data := stream.read(64 * INPUT_EVENT.size):
        decoder.receive_data(data)
        while (code := decoder.next_event()) is not None:
            yield code
