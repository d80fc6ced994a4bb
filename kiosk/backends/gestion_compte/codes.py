"""The number under which gestion-compte knows a card: an EAN-13, of which it keeps the first twelve digits.

A badge has its own. A contactless card gets one that is made of its uid here and paired by the office like any badge:

* four bytes fit as they are: two digits of prefix, the uid as a decimal number of ten, the check digit. Whatever reads
  the uid can make it, the office's own reader too;
* longer ones, and what is left of a cut one, do not fit: a keyed hash takes their place, in the numbers that no four
  bytes have. Among 800 cards two share a number with a chance of one in 17,000; the server then refuses the second.

A uid can be copied and a bar code photographed: neither number proves who holds it.
"""

import hashlib
import hmac
from typing import Final

from kiosk.devices.cards import CardHasher, canonical_badge, ean13_check_digit, maybe_ean13, parse_uid
from kiosk.types import CardHash

BADGE: Final = "ean:"
SHORT_UID: Final = "4:"
CUT_UID: Final = "part:"
SHORT_UIDS: Final = 1 << 32
NUMBERS: Final = 10**10
"""What ten digits hold."""


def swipe_code(card_id: str, key: bytes, prefix: str) -> str:
    """The thirteen digits to be paired and sent for a card.

    Args:
        card_id: its canonical form: ``ean:…``, ``4:DEADBEEF``, ``7:04A3C6CAE26180``, ``part:BEADDE``.
        key: under which what does not fit is hashed; another key, and the office has to pair those cards again.
        prefix: two digits that nothing in the shop begins with.

    Raises:
        ValueError: not a card id. The message does not repeat it.
    """
    if card_id.startswith(BADGE):
        return canonical_badge(card_id.removeprefix(BADGE)).removeprefix(BADGE)
    if not card_id.startswith(CUT_UID):
        parse_uid(card_id)
    if card_id.startswith(SHORT_UID):
        number = int(card_id.removeprefix(SHORT_UID), 16)
    else:
        number = SHORT_UIDS + _keyed(b"swipe:" + card_id.encode("ascii"), key) % (NUMBERS - SHORT_UIDS)
    digits = f"{prefix}{number:010}"
    return digits + ean13_check_digit(digits)


def seal(code: str, card: CardHash, hasher: CardHasher) -> int:
    """``code`` as it may be kept: unreadable without the coop's key.

    The pad is a keyed hash of the card's own hash. It is used for this one number and no other, so what is kept of two
    cards tells nothing of either.
    """
    return int(code) ^ _pad(card, hasher)


def maybe_unsealed(sealed: int, card: CardHash, hasher: CardHasher) -> str | None:
    """The code again; None under another key."""
    return maybe_ean13(f"{sealed ^ _pad(card, hasher):013}")


def _pad(card: CardHash, hasher: CardHasher) -> int:
    return _keyed(b"seal:" + card.encode("ascii"), hasher.key) >> (256 - 62)


def _keyed(text: bytes, key: bytes) -> int:
    return int.from_bytes(hmac.new(key, text, hashlib.sha256).digest(), "big")
