"""Cards, badges and jar codes: one canonical form each, and the keyed hash under which a card is known.

A card id leaves this module only as a hash. HMAC-SHA256 under the coop's key, because a plain hash of a 4-byte uid is
undone by trying all of them in half an hour.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from kiosk.tares import damm, is_jar_code
from kiosk.types import CardHash, JarCode

UID_LENGTHS: Final = (4, 7, 10)
"""Bytes of a uid of one, two and three cascade levels (ISO/IEC 14443-3)."""
CASCADE_TAG: Final = 0x88
SHORTEST_KEY: Final = 16
PART: Final = "part:"
"""How the canonical form of a :class:`PartialUid` begins."""


@dataclass(frozen=True, slots=True)
class CardUid:
    """The uid of a contactless card: 4, 7 or 10 bytes, in the order in which the card sends them.

    ``str`` gives the canonical form, ``7:04A3C6CAE26180``. The length is part of it, so that no uid is ever the
    beginning of another one. ``repr`` shows the last four characters only: it ends up in logs.
    """

    data: bytes

    def __post_init__(self) -> None:
        if len(self.data) not in UID_LENGTHS:
            raise ValueError(f"a uid has 4, 7 or 10 bytes, not {len(self.data)}")

    def __str__(self) -> str:
        return f"{len(self.data)}:{self.data.hex().upper()}"

    def __repr__(self) -> str:
        return f"CardUid({len(self.data)}:…{tail(self)})"


@dataclass(frozen=True, slots=True)
class PartialUid:
    """What is left of a uid in a reader that cuts it. A name space of its own: it never equals a whole uid.

    ``str`` gives the canonical form, ``part:BEADDE``.
    """

    data: bytes

    def __str__(self) -> str:
        return f"{PART}{self.data.hex().upper()}"

    def __repr__(self) -> str:
        return f"PartialUid({len(self.data)} bytes)"


def parse_uid(text: str) -> CardUid:
    """The uid in canonical form, read back.

    Raises:
        ValueError: ``text`` is not ``LENGTH:HEX`` with as many bytes as it says. The message does not repeat it.
    """
    length, colon, digits = text.partition(":")
    try:
        uid = CardUid(bytes.fromhex(digits))
    except ValueError:
        raise ValueError("not a card uid") from None
    if not colon or str(uid) != f"{length}:{digits.upper()}":
        raise ValueError("not a card uid")
    return uid


def _parse_part(text: str) -> PartialUid:
    """What is left of a uid in canonical form, read back.

    Raises:
        ValueError: ``text`` is not that. The message does not repeat it.
    """
    try:
        part = PartialUid(bytes.fromhex(text.removeprefix(PART)))
    except ValueError:
        raise ValueError("not a card uid") from None
    if not part.data or str(part) != PART + text.removeprefix(PART).upper():
        raise ValueError("not a card uid")
    return part


def tail(uid: CardUid | PartialUid) -> str:
    """The last four characters: enough for the desk to tell two cards apart, too little to make a copy."""
    return uid.data.hex().upper()[-4:]


_RANDOM_FIRST_BYTES: Final = frozenset({0x08, 0x80, CASCADE_TAG})
_SHARED: Final = frozenset({bytes.fromhex("01020304")})
"""What whole series of phones present, each of them."""


def is_random_or_blank(uid: CardUid | PartialUid) -> bool:
    """Whether this uid may belong to nobody: drawn anew at each tap, all zeros or ones, or that of a whole series.

    Four bytes from 08 are random by ISO/IEC 14443-3, some DESFire cards use 80, and 88 is the tag that announces a
    longer uid. What is left of a cut uid need not begin where the uid does, so that its first byte says nothing.
    """
    if set(uid.data) in ({0x00}, {0xFF}) or uid.data in _SHARED:
        return True
    return isinstance(uid, CardUid) and len(uid.data) == 4 and uid.data[0] in _RANDOM_FIRST_BYTES


# ── badges with a bar code ────────────────────────────────────────────────────────────────────────────────────────


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def ean13_check_digit(first_twelve: str) -> str:
    """The thirteenth digit of an EAN-13 (GS1 General Specifications, 7.9).

    Raises:
        ValueError: not twelve digits.
    """
    if len(first_twelve) != 12 or not _is_digits(first_twelve):
        raise ValueError("an EAN-13 is made from twelve digits")
    odd, even = first_twelve[::2], first_twelve[1::2]
    return str(-(sum(map(int, odd)) + 3 * sum(map(int, even))) % 10)


def maybe_ean13(text: str) -> str | None:
    """The thirteen digits, or None when ``text`` is not a valid EAN-13.

    Twelve digits that become valid with a 0 in front are taken as such: spreadsheets and some readers lose that zero.
    """
    digits = text.strip()
    if len(digits) == 12:
        digits = f"0{digits}"
    if len(digits) != 13 or not _is_digits(digits) or ean13_check_digit(digits[:12]) != digits[12]:
        return None
    return digits


def canonical_badge(code: str) -> str:
    """The canonical form of a badge, ``ean:0420000001003``.

    Raises:
        ValueError: not a valid EAN-13. The message does not repeat it.
    """
    digits = maybe_ean13(code)
    if digits is None:
        raise ValueError("not a valid EAN-13")
    return f"ean:{digits}"


# ── jar codes ─────────────────────────────────────────────────────────────────────────────────────────────────────

JARS: Final = 100_000


def jar_code(number: int) -> JarCode:
    """The code of jar ``number``: five digits and a check digit.

    Raises:
        ValueError: ``number`` is not in 0..99,999.
    """
    if not 0 <= number < JARS:
        raise ValueError(f"there are {JARS} jar codes, from 0")
    digits = f"{number:05}"
    return JarCode(f"{digits}{damm(digits)}")


class CodeKind(StrEnum):
    BADGE = "badge"
    JAR = "jar"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class ScannedCode:
    """What a bar-code gun read. ``code`` is 13 digits for a badge, 6 for a jar, the text as read otherwise."""

    kind: CodeKind
    code: str


def classify_code(text: str, badge_prefixes: tuple[str, ...] = ()) -> ScannedCode:
    """Tell badges, jars and the rest apart.

    Args:
        text: what was read, without its end.
        badge_prefixes: how the coop's badges begin (``("042",)``); any valid EAN-13 is one where nothing is said.
            A product from the shelf is an EAN-13 too.
    """
    stripped = text.strip()
    if is_jar_code(stripped):
        return ScannedCode(CodeKind.JAR, stripped)
    digits = maybe_ean13(stripped)
    if digits is not None and (not badge_prefixes or digits.startswith(badge_prefixes)):
        return ScannedCode(CodeKind.BADGE, digits)
    return ScannedCode(CodeKind.NEITHER, stripped)


# ── hashes ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CardHasher:
    """Turns ids into what may be kept: the keyed hash, the same on all terminals of a coop.

    Attributes:
        key: the coop's secret, at least 16 bytes.
        key_id: its name, kept beside each hash, so that a rotation can tell old hashes from new ones.
    """

    key: bytes = field(repr=False)
    key_id: str

    def __post_init__(self) -> None:
        if len(self.key) < SHORTEST_KEY:
            raise ValueError(f"the card key has at least {SHORTEST_KEY} bytes")

    def hash_uid(self, uid: CardUid | PartialUid) -> CardHash:
        """The hash of a card: HMAC-SHA256 of ``uid:`` and the canonical form."""
        return self._hash(f"uid:{uid}")

    def hash_badge(self, code: str) -> CardHash:
        """The hash of a badge: HMAC-SHA256 of ``ean:`` and its thirteen digits.

        Raises:
            ValueError: ``code`` is not a valid EAN-13.
        """
        return self._hash(canonical_badge(code))

    def hash_canonical(self, text: str) -> CardHash:
        """The hash of an id in its canonical form: ``7:04A3C6CAE26180``, ``part:BEADDE`` or ``ean:0420000001188``.

        Raises:
            ValueError: ``text`` is none of them.
        """
        if text.startswith("ean:"):
            return self.hash_badge(text.removeprefix("ean:"))
        if text.startswith(PART):
            return self.hash_uid(_parse_part(text))
        return self.hash_uid(parse_uid(text))

    def _hash(self, canonical: str) -> CardHash:
        return CardHash(hmac.new(self.key, canonical.encode("ascii"), hashlib.sha256).hexdigest())


# ── ids that the stock mfrc522 library made ───────────────────────────────────────────────────────────────────────


def stock_id(uid: CardUid) -> int:
    """The number that ``SimpleMFRC522.read_id()`` of mfrc522 0.0.7 gives for this card.

    It is the answer of cascade level 1 and its check byte: of a longer uid the tag 88 and three bytes, so that cards
    share it.
    """
    level_1 = uid.data if len(uid.data) == 4 else bytes([CASCADE_TAG]) + uid.data[:3]
    check = level_1[0] ^ level_1[1] ^ level_1[2] ^ level_1[3]
    return int.from_bytes(level_1 + bytes([check]), "big")


def maybe_uid_of_stock_id(number: int) -> CardUid | None:
    """The 4-byte uid behind a number that the stock library recorded; None where it was only the start of a longer one.

    Raises:
        ValueError: the stock library cannot have made this number.
    """
    level_1 = number.to_bytes(5, "big") if 0 <= number < 1 << 40 else b""
    if not level_1 or level_1[0] ^ level_1[1] ^ level_1[2] ^ level_1[3] != level_1[4]:
        raise ValueError("not a number made by mfrc522")
    return None if level_1[0] == CASCADE_TAG else CardUid(level_1[:4])


def stock_id_candidates(number: int, uids: Iterable[CardUid]) -> tuple[CardUid, ...]:
    """Which of these cards may have been recorded as ``number``. More than one: each has to be laid again."""
    return tuple(uid for uid in uids if stock_id(uid) == number)
