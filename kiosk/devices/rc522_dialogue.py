"""How a card is found and selected: ISO/IEC 14443-3 type A, over whatever can send a frame and hear the answer.

A uid counts only if the card itself has confirmed it: it answers a select only when all four bytes and their checksum
are its own. That checksum is made here, not by the chip, so that a byte bent on the way to the chip is caught too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from kiosk.devices.cards import CASCADE_TAG, CardUid
from kiosk.types import CardKind

WUPA: Final = b"\x52"
WUPA_BITS: Final = 7
HALT: Final = b"\x50\x00\x57\xcd"
"""HLTA and its checksum."""
CASCADE: Final = (0x93, 0x95, 0x97)
ANTICOLLISION: Final = 0x20
SELECT: Final = 0x70
NOT_COMPLETE: Final = 0x04
ISO_DEP: Final = 0x20
"""The bit of SAK of cards that speak ISO/IEC 14443-4: DESFire, payment cards, phones."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: whole bytes, or damage, or the bits of several cards at once."""

    data: bytes
    damaged: bool = False
    collided: bool = False


Exchange: TypeAlias = Callable[[bytes, int], Reply | None]
"""Send a frame (bytes; valid bits of the last one, 0 for all) and return what was heard; None is silence."""


class Sight(Enum):
    """What a look at the field showed, when it was not one card."""

    EMPTY = "empty"
    SEVERAL = "several"
    UNREADABLE = "unreadable"
    """Something answered, and not as a card does: it moved, or lies at the edge of the field."""


@dataclass(frozen=True, slots=True)
class SelectedCard:
    """A card that has confirmed its uid. ``atqa`` is the number that data sheets give (it is sent low byte first)."""

    uid: CardUid
    atqa: int
    sak: int


def crc_a(data: bytes) -> bytes:
    """The checksum of a type A frame, in the order in which it is sent (ISO/IEC 14443-3, annex B)."""
    crc = 0x6363
    for byte in data:
        mixed = (byte ^ crc) & 0xFF
        mixed ^= mixed << 4 & 0xFF
        crc = crc >> 8 ^ mixed << 8 ^ mixed << 3 ^ mixed >> 4
    return crc.to_bytes(2, "little")


class _UnclearError(Exception):
    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self.sight = sight


def look(exchange: Exchange) -> SelectedCard | Sight:
    """Wake whatever lies in the field, select it, and put it back to sleep, so that the next look finds it again."""
    woken = exchange(WUPA, WUPA_BITS)
    if woken is None:
        return Sight.EMPTY
    seen: SelectedCard | Sight
    try:
        seen = _select(exchange, int.from_bytes(_clear(woken, 2), "little"))
    except _UnclearError as unclear:
        seen = unclear.sight
    # A card that was left half selected takes this for nonsense and goes to rest as well.
    exchange(HALT, 0)
    return seen


def _clear(reply: Reply | None, length: int) -> bytes:
    """The bytes of an answer as it should be."""
    if reply is not None and reply.collided:
        raise _UnclearError(Sight.SEVERAL)
    if reply is None or reply.damaged or len(reply.data) != length:
        raise _UnclearError(Sight.UNREADABLE)
    return reply.data


def _select(exchange: Exchange, atqa: int) -> SelectedCard:
    uid = b""
    for call in CASCADE:
        level = _clear(exchange(bytes([call, ANTICOLLISION]), 0), 5)
        if level[0] ^ level[1] ^ level[2] ^ level[3] != level[4]:
            raise _UnclearError(Sight.UNREADABLE)
        select = bytes([call, SELECT]) + level
        confirmed = _clear(exchange(select + crc_a(select), 0), 3)
        if crc_a(confirmed[:1]) != confirmed[1:]:
            raise _UnclearError(Sight.UNREADABLE)
        sak = confirmed[0]
        if not sak & NOT_COMPLETE:
            return SelectedCard(CardUid(uid + level[:4]), atqa, sak)
        if level[0] != CASCADE_TAG:
            break
        uid += level[1:4]
    raise _UnclearError(Sight.UNREADABLE)


def kind_of(card: SelectedCard) -> CardKind:
    """What it looks like: phones and payment cards are nobody's here, and the screen says which of them it is.

    Phones and payment cards speak ISO-DEP behind a 4-byte uid, a phone behind a random one (from 08). DESFire and its
    like speak it too, behind seven bytes or with an ATQA of 03xx that the others do not have.
    """
    if not card.sak & ISO_DEP or card.atqa >> 8 == 0x03 or len(card.uid.data) != 4:
        return CardKind.CARD
    return CardKind.PHONE if card.uid.data[0] == 0x08 else CardKind.BANK
