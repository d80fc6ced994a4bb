"""How cheap USB readers write a uid. The same card comes as ten different texts; which one is a setting of the reader.

Some readers cut the uid. What they give is kept in a name space of its own (:class:`~kiosk.devices.cards.PartialUid`):
such a card has to be linked at such a reader.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from kiosk.devices.cards import CASCADE_TAG, UID_LENGTHS, CardUid, PartialUid, is_random_or_blank


class UidFormat(StrEnum):
    """The examples are the cards DEADBEEF and 04A3C6CAE26180."""

    HEX = "hex"
    """``DEADBEEF``, ``04A3C6CAE26180``; separators between bytes are ignored."""
    HEX_REVERSED = "hex-reversed"
    """``EFBEADDE``, ``8061E2CAC6A304``."""
    DECIMAL = "decimal"
    """``3735928559``, ``1305974109528448``: the first byte counts most."""
    DECIMAL_REVERSED = "decimal-reversed"
    """``4022250974``, ``36136423711482628``: the last byte counts most."""
    WIEGAND_26 = "wiegand-26"
    """``190,44510`` or ``19044510``: three bytes, eight bits and sixteen."""
    HEX_FIRST_FOUR = "hex-first-four"
    """``DEADBEEF``, ``04A3C6CA``. ``8804A3C6`` is refused: a cascade tag and three bytes, which many cards share.

    ``08A1B2C3`` is taken for a whole uid, which is random: longer ones hardly ever begin like that.
    """
    HEX_LAST_FOUR = "hex-last-four"
    """``DEADBEEF``, ``CAE26180``."""


def parse_reader_uid(text: str, uid_format: UidFormat) -> CardUid | PartialUid:
    """Read what a USB reader typed.

    Raises:
        ValueError: ``text`` is not in this format. The message does not repeat it.
    """
    return _PARSERS[uid_format](text)


_SEPARATORS: Final = str.maketrans("", "", " :;-")
"""With what the colon is on a US keyboard without Shift, which the decoder leaves out of account."""


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text.translate(_SEPARATORS))
    except ValueError:
        raise ValueError("not a uid in hexadecimal digits") from None


def _number(text: str) -> int:
    digits = text.strip()
    # A longer one is no uid, and int() refuses thousands of digits with a message that repeats them.
    if not digits.isascii() or not digits.isdigit() or len(digits) > 25:
        raise ValueError("not a uid in decimal digits")
    return int(digits)


def _decimal(text: str) -> bytes:
    """The bytes of the shortest uid that can have given this number."""
    number = _number(text)
    for length in UID_LENGTHS:
        if number < 1 << (8 * length):
            return number.to_bytes(length, "big")
    raise ValueError("a number too large for a uid")


def _wiegand_26(text: str) -> bytes:
    facility, comma, card = text.strip().partition(",")
    if not comma:
        facility, card = facility[:-5], facility[-5:]
    high, low = _number(facility), _number(card)
    if high > 0xFF or low > 0xFFFF:
        raise ValueError("not a number of 8 and 16 bits")
    return bytes([high]) + low.to_bytes(2, "big")


def _four(text: str) -> bytes:
    data = _hex(text)
    if len(data) != 4:
        raise ValueError("not four bytes")
    return data


def _first_four(text: str) -> CardUid | PartialUid:
    data = _four(text)
    if data[0] == CASCADE_TAG:
        raise ValueError("three bytes of a longer uid, which cards share")
    whole = CardUid(data)
    return whole if is_random_or_blank(whole) else PartialUid(data)


_PARSERS: Final[Mapping[UidFormat, Callable[[str], CardUid | PartialUid]]] = {
    UidFormat.HEX: lambda text: CardUid(_hex(text)),
    UidFormat.HEX_REVERSED: lambda text: CardUid(_hex(text)[::-1]),
    UidFormat.DECIMAL: lambda text: CardUid(_decimal(text)),
    UidFormat.DECIMAL_REVERSED: lambda text: CardUid(_decimal(text)[::-1]),
    UidFormat.WIEGAND_26: lambda text: PartialUid(_wiegand_26(text)),
    UidFormat.HEX_FIRST_FOUR: _first_four,
    UidFormat.HEX_LAST_FOUR: lambda text: PartialUid(_four(text)),
}
