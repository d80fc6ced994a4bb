"""How the simulated scale speaks each protocol: what it takes for a command, and what it answers.

Each voice is a scale's side of a dialogue of :mod:`kiosk.devices.scales`; none of them tares or zeroes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import xor
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the scale's own display says."""

    grams: int = 0
    moving: bool = False
    over: bool = False
    under: bool = False

    @property
    def kilograms(self) -> float:
        return self.grams / 1000


@dataclass(frozen=True, slots=True)
class Voice:
    """One way to speak.

    Attributes:
        command: matches one command at the head of what was received; bytes that begin none are skipped.
        answer: to a command; empty for one that is passed over.
        stream_seconds: a line is sent by itself that often; None: only when asked.
    """

    command: re.Pattern[bytes]
    answer: Callable[[bytes, Shown], bytes]
    stream_seconds: float | None = None


_LINES: Final = re.compile(rb"[^\n]*\n")
"""All up to a line feed is one command: words of another dialogue spoil the next command at most."""
_LETTERS: Final = re.compile(rb".", re.DOTALL)
_NCI_COMMANDS: Final = re.compile(rb"[^\r]*\r")


def _mt_sics(command: bytes, shown: Shown) -> bytes:
    match command.strip():
        case b"S" | b"SI":
            if shown.over:
                return b"S +\r\n"
            if shown.under:
                return b"S -\r\n"
            return b"S %s %10.2f g\r\n" % (b"D" if shown.moving else b"S", shown.grams)
        case b"@" | b"I4":
            return b'I4 A "0123456789"\r\n'
        case _:
            return b"ES\r\n"


def _toledo(command: bytes, shown: Shown) -> bytes:
    if command != b"W":
        return b""
    status = 0x40 | shown.moving | shown.over << 1 | (shown.under or shown.grams < 0) << 2
    return b"\x02?%c\r" % status if status != 0x40 else b"\x02%06.3f\r" % shown.kilograms


def _stgs(_command: bytes, shown: Shown) -> bytes:
    if shown.over:
        return b"OL,GS,+ 99.999KG\r\n"
    if shown.under:
        return b"OL,GS,- 99.999KG\r\n"
    head, sign = (b"US" if shown.moving else b"ST"), (b"-" if shown.grams < 0 else b"+")
    return b"%s,GS,%s%7.3fKG\r\n" % (head, sign, abs(shown.kilograms))


def _gram_dollar(command: bytes, shown: Shown) -> bytes:
    if command != b"$":
        return b""
    at_rest = b")" if shown.grams == 0 else b"!"
    return b"\x02%s%8.3f\r\x03" % (b" " if shown.moving else at_rest, shown.kilograms)


def _cas(command: bytes, shown: Shown) -> bytes:
    if command == b"\x05":
        return b"\x06"
    if command != b"\x11":
        return b""
    sign = b"-" if shown.grams < 0 else b" "
    block = b"%s%s%6.3fkg" % (b"U" if shown.moving else b"S", sign, abs(shown.kilograms))
    if shown.over or shown.under:
        block = b"UFFFFFFFkg"
    return b"\x01\x02%s%c\x03\x04" % (block, reduce(xor, block))


def _adam(command: bytes, shown: Shown) -> bytes:
    if command.strip() != b"G":
        return b""
    return b"G/W%s%7.3f kg\r\n" % (b"-" if shown.grams < 0 else b"+", abs(shown.kilograms))


def _kern(command: bytes, shown: Shown) -> bytes:
    if command in {b"W", b"S"}:
        return _stgs(command, shown).replace(b",+", b" ").replace(b",-", b"-")
    if command != b"w":
        return b""
    if shown.over or shown.under:
        return b"           Error\r\n"
    sign = b"-" if shown.grams < 0 else b" "
    return b" %s%12.3f %s\r\n" % (sign, abs(shown.kilograms), b"   " if shown.moving else b"kg ")


def _nci(command: bytes, shown: Shown) -> bytes:
    if command not in {b"W\r", b"S\r"}:
        return b"\n?\r\x03"
    status = b"%c%c" % (0x30 | shown.moving | (shown.grams == 0) << 1, 0x30 | shown.under | shown.over << 1)
    quiet = command == b"S\r" or shown.moving or shown.over or shown.under
    field = b"" if quiet else b"\n%9.3fkg\r" % shown.kilograms
    return b"%s\n%s\r\x03" % (field, status)


def _lines_with_unit(_command: bytes, shown: Shown) -> bytes:
    return b"%10d g%s\r\n" % (shown.grams, b" ?" if shown.moving else b"  ")


VOICES: Final[Mapping[str, Voice]] = MappingProxyType(
    {
        "mt_sics": Voice(_LINES, _mt_sics),
        "toledo_8217": Voice(_LETTERS, _toledo),
        "stgs": Voice(_LINES, _stgs, stream_seconds=0.1),
        "gram_dollar": Voice(_LETTERS, _gram_dollar),
        "cas_enq": Voice(_LETTERS, _cas),
        "adam": Voice(_LINES, _adam),
        "kern_w": Voice(_LETTERS, _kern),
        "nci": Voice(_NCI_COMMANDS, _nci),
        "regex": Voice(_LINES, _lines_with_unit, stream_seconds=0.1),
    }
)
"""By the key of :data:`~kiosk.devices.scales.registry.SCALES`."""
