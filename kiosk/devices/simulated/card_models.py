"""Contactless cards as a reader's field meets them: the states and answers of ISO/IEC 14443-3 type A, frame by frame.

Cards that lie in the same field answer at once, and where their bits differ the reader sees a collision.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

REQA: Final = 0x26
WUPA: Final = 0x52
SHORT_FRAME_BITS: Final = 7
HLTA: Final = b"\x50\x00"
CASCADE: Final = (0x93, 0x95, 0x97)
CASCADE_TAG: Final = 0x88
NOT_COMPLETE: Final = 0x04
"""The bit of SAK that announces a further cascade level."""
READ: Final = 0x30
FACTORY_KEY: Final = b"\xff" * 6


def crc_a(data: bytes) -> bytes:
    """The checksum of type A frames, in the order in which it is sent (ISO/IEC 14443-3, annex B)."""
    return crc_16(data, 0x6363)


def crc_16(data: bytes, preset: int) -> bytes:
    """The reflected polynomial 8408 over ``data`` from ``preset``, low byte first."""
    register = preset
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x8408 if register & 1 else 0)
    return register.to_bytes(2, "little")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came over the air. ``last_bits`` counts the valid bits of the last byte, 0 for all eight.

    ``collision`` is the number of the first bit, from 1, in which several cards differed.
    """

    data: bytes
    last_bits: int = 0
    collision: int | None = None


class CardState(Enum):
    IDLE = "idle"
    READY = "ready"
    ACTIVE = "active"
    HALT = "halt"


def levels_of(uid: bytes) -> tuple[bytes, ...]:
    """The uid as it goes over the air: five bytes a cascade level, the last a check byte."""
    parts = []
    rest = uid
    while len(rest) > 4:
        parts.append(bytes([CASCADE_TAG]) + rest[:3])
        rest = rest[3:]
    return tuple(part + bytes([part[0] ^ part[1] ^ part[2] ^ part[3]]) for part in (*parts, rest))


class Card:
    """A card as far as selection, and reading of MIFARE Classic blocks.

    Args:
        uid: 4, 7 or 10 bytes.
        atqa: answer to request, as the number that data sheets give (sent low byte first).
        sak: answer to the last select.
        draws_uid: gives a new uid each time it gets power.
        key: opens all blocks of a MIFARE Classic; None for other cards.
    """

    def __init__(
        self,
        uid: bytes,
        *,
        atqa: int,
        sak: int,
        draws_uid: Callable[[], bytes] | None = None,
        key: bytes | None = None,
    ) -> None:
        self.uid = uid
        self.blocks: dict[int, bytes] = {}
        self._atqa = atqa.to_bytes(2, "little")
        self._sak = sak
        self._draws_uid = draws_uid
        self._key = key
        self._levels = levels_of(uid)
        self.lose_power()

    def lose_power(self) -> None:
        """The field went off, or the card left it."""
        self.state = CardState.IDLE
        self._rests_in = CardState.IDLE
        self._level = 0
        self._authenticated = False
        if self._draws_uid is not None:
            self.uid = self._draws_uid()
            self._levels = levels_of(self.uid)

    def hear(self, frame: bytes, bits: int) -> Answer | None:
        """What the card says to a frame of whole bytes (``bits`` 0) or of ``bits`` bits in its last byte."""
        if self.state in {CardState.IDLE, CardState.HALT}:
            return self._wake(frame, bits)
        answer = None
        if bits == 0:
            answer = self._select(frame) if self.state is CardState.READY else self._obey(frame)
        if answer is None:
            self.state = self._rests_in
        return answer

    def authenticate(self, key: bytes, uid: bytes) -> bool:
        """Whether the key opens this card. It is silent, and rests, if not."""
        fits = self.state is CardState.ACTIVE and key == self._key and uid == self.uid[:4]
        self._authenticated = fits
        if not fits:
            self.state = self._rests_in
        return fits

    def _wake(self, frame: bytes, bits: int) -> Answer | None:
        calls = (WUPA,) if self.state is CardState.HALT else (REQA, WUPA)
        if bits != SHORT_FRAME_BITS or len(frame) != 1 or frame[0] not in calls:
            return None
        self._rests_in = self.state
        self.state = CardState.READY
        self._level = 0
        self._authenticated = False
        return Answer(self._atqa)

    def _select(self, frame: bytes) -> Answer | None:
        level = self._levels[self._level]
        call = CASCADE[self._level]
        if frame == bytes([call, 0x20]):
            return Answer(level)
        command = bytes([call, 0x70]) + level
        if frame != command + crc_a(command):
            return None
        self._level += 1
        if self._level < len(self._levels):
            sak = self._sak | NOT_COMPLETE
        else:
            sak = self._sak
            self.state = CardState.ACTIVE
        return Answer(bytes([sak]) + crc_a(bytes([sak])))

    def _obey(self, frame: bytes) -> Answer | None:
        if frame == HLTA + crc_a(HLTA):
            self._rests_in = CardState.HALT
        if self._authenticated and len(frame) == 4 and frame[0] == READ and frame[2:] == crc_a(frame[:2]):
            block = self.blocks.get(frame[1], bytes(16))
            return Answer(block + crc_a(block))
        return None


def classic(uid: bytes) -> Card:
    """MIFARE Classic 1K with the factory's key; 4 bytes, or 7 on newer ones."""
    return Card(uid, atqa=0x0004 if len(uid) == 4 else 0x0044, sak=0x08, key=FACTORY_KEY)


def ultralight(uid: bytes) -> Card:
    """MIFARE Ultralight and NTAG213/215/216: 7 bytes, from 04 where NXP made it."""
    return Card(uid, atqa=0x0044, sak=0x00)


def desfire(uid: bytes) -> Card:
    """MIFARE DESFire, and NTAG 424 DNA: 7 bytes, speaks ISO-DEP."""
    return Card(uid, atqa=0x0344, sak=0x20)


def desfire_random() -> Card:
    """A DESFire card set to show a random id."""
    draw = _draw_from(0x80)
    return Card(draw(), atqa=0x0304, sak=0x20, draws_uid=draw)


def phone() -> Card:
    """A phone that emulates a card: a new uid from 08 at each tap, the same while it has power."""
    draw = _draw_from(0x08)
    return Card(draw(), atqa=0x0004, sak=0x20, draws_uid=draw)


def bank_card(uid: bytes) -> Card:
    """A payment card with a fixed 4-byte uid."""
    return Card(uid, atqa=0x0004, sak=0x20)


def ten_byte_card(uid: bytes) -> Card:
    """A card of three cascade levels. The standard has them; hardly anyone has met one."""
    return Card(uid, atqa=0x0084, sak=0x00)


def _draw_from(first: int) -> Callable[[], bytes]:
    return lambda: bytes([first]) + secrets.token_bytes(3)


@dataclass(slots=True)
class Field:
    """The space in front of an antenna. ``lay``, ``lift`` and ``clear`` may be called from any thread.

    Attributes:
        before_frame: called with the number of each frame, from 1, before the cards hear it.
        tamper: what the air does to the bytes of an answer.
    """

    before_frame: Callable[[int], None] | None = None
    tamper: Callable[[bytes], bytes] | None = None
    lock: "threading.RLock" = field(default_factory=threading.RLock)
    frames: int = 0
    _cards: list[Card] = field(default_factory=list)
    _powered: bool = False

    @property
    def cards(self) -> tuple[Card, ...]:
        with self.lock:
            return tuple(self._cards)

    def lay(self, *cards: Card) -> None:
        """Lay cards at the same moment: no frame meets one of them alone."""
        with self.lock:
            self._cards.extend(card for card in cards if card not in self._cards)

    def lift(self, card: Card) -> None:
        with self.lock:
            if card in self._cards:
                self._cards.remove(card)
                card.lose_power()

    def clear(self) -> None:
        for card in self.cards:
            self.lift(card)

    def power(self, on: bool) -> None:
        """Switch the carrier."""
        with self.lock:
            if self._powered and not on:
                for card in self._cards:
                    card.lose_power()
            self._powered = on

    def exchange(self, frame: bytes, bits: int) -> Answer | None:
        """Send a frame and hear what all cards together answer; None for silence."""
        with self.lock:
            if not self._powered:
                return None
            self.frames += 1
            if self.before_frame is not None:
                self.before_frame(self.frames)
            answers = [answer for card in self._cards if (answer := card.hear(frame, bits)) is not None]
            if not answers:
                return None
            heard = _superimpose(answers)
            return heard if self.tamper is None else Answer(self.tamper(heard.data), heard.last_bits, heard.collision)

    def authenticate(self, key: bytes, uid: bytes) -> bool:
        """MIFARE Classic authentication with whichever card is active."""
        with self.lock:
            opened = [card.authenticate(key, uid) for card in self._cards]
            return self._powered and any(opened)


def _superimpose(answers: list[Answer]) -> Answer:
    """Several answers at once: a bit that any card sends as 1 is read as 1, and the first difference is reported."""
    longest = max(answers, key=lambda answer: len(answer.data))
    together = bytearray(longest.data)
    collision = None
    for number in range(1, len(longest.data) * 8 + 1):
        byte, bit = divmod(number - 1, 8)
        sent = {answer.data[byte] >> bit & 1 for answer in answers if byte < len(answer.data)}
        if len(sent) == 2:
            together[byte] |= 1 << bit
            collision = collision or number
    return Answer(bytes(together), longest.last_bits, collision)
