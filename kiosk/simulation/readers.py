"""Cards, badges and weights on their way in: most as the event that a driver posts, some through the driver itself."""

import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from random import Random

from kiosk.devices.cards import CardHasher, parse_uid, tail
from kiosk.devices.keys import KeyDecoder
from kiosk.devices.rc522 import Rc522Reader
from kiosk.devices.scales.mt_sics import MtSics
from kiosk.devices.simulated.card_models import classic, ten_byte_card, ultralight
from kiosk.devices.simulated.chip import Chip
from kiosk.devices.simulated.modules import Board, installed
from kiosk.devices.simulated.wedge import Typist
from kiosk.events import CardTapped, Event, WeightRead
from kiosk.simulation.coop import Held
from kiosk.types import CardKind, ClockTrust

MODELS = {4: classic, 7: ultralight, 10: ten_byte_card}
RESET_PIN = 25


class _BenchClock:
    """Time that passes by waiting, at once: the chip's own."""

    boot_id = "bench"

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 1, 5, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def trust(self) -> ClockTrust:
        return ClockTrust.SYNCED

    def wait(self, _condition: threading.Condition, seconds: float | None) -> None:
        self.seconds += seconds or 0.0


class Readers:
    """The card reader's chip and the bar-code gun, on a bench beside the simulation.

    Attributes:
        jars: codes of the labels that were printed, to be scanned again.
        sampled: how many cards went through a driver.
    """

    def __init__(self, hasher: CardHasher) -> None:
        self._hasher = hasher
        self._held = ExitStack()
        self.jars: list[str] = []
        self.sampled = 0
        self._clock = _BenchClock()
        self._chip = Chip(now=self._clock.monotonic)
        board = Board()
        board.wire(self._chip, reset_pin=RESET_PIN)
        self._held.enter_context(installed(board))
        self._reader = Rc522Reader(bus=0, device=0, reset_pin=RESET_PIN, hasher=hasher, clock=self._clock)
        self._reader.open()

    def close(self) -> None:
        """Give everything back."""
        self._reader.close()
        self._held.close()

    def read(self, card: Held, *, sampled: bool) -> Event:
        """What the driver posts of a card or badge."""
        if sampled:
            self.sampled += 1
            return self._scan(card) if card.kind is CardKind.BADGE else self._tap(card)
        end = card.code[-4:]
        return CardTapped(hash=card.hash, tail=end, kind=card.kind, code=card.code)

    def _tap(self, card: Held) -> Event:
        """Through the simulated chip, the stock library and the real driver."""
        uid = parse_uid(card.code)
        laid = MODELS[len(uid.data)](uid.data)
        self._chip.field.lay(laid)
        seen = self._look()
        self._chip.field.lift(laid)
        self._look()
        assert len(seen) == 1, f"the reader saw {seen} of one card"
        assert isinstance(seen[0], CardTapped)
        assert seen[0].hash == card.hash
        assert seen[0].tail == tail(uid)
        return seen[0]

    def _look(self) -> list[Event]:
        return [event for _ in range(12) for event in self._reader.read()]

    def _scan(self, card: Held) -> Event:
        """Key by key, as a bar-code gun types it."""
        decoder = KeyDecoder()
        digits = card.code.removeprefix("ean:")
        decoder.receive_data(Typist(self._clock.seconds).scan(digits))
        text = decoder.next_event()
        assert text == digits, f"the keys said {text}"
        return CardTapped(hash=self._hasher.hash_badge(text), tail=text[-4:], kind=CardKind.BADGE, code=card.code)


def weighing(chance: Random, grams: int, seconds: float, a_second: int) -> list[tuple[float, WeightRead]]:
    """What a scale says while a jar is put on it and stands there: nothing, moving, then steady.

    Args:
        chance: how the jar swings.
        grams: what it weighs.
        seconds: how long it stands there.
        a_second: so many answers.
    """
    found = [(0.0, NOTHING_ON_IT)]
    for number in range(1, max(2, int(seconds * a_second))):
        steady = number > a_second
        shown = grams if steady else max(0, grams - chance.randint(1, max(2, grams // 2)))
        found.append((number / a_second, _said(b"S" if steady else b"D", shown)))
    return found


def _said(flag: bytes, grams: int) -> WeightRead:
    decoder = MtSics()
    decoder.receive_data(b"S %s %10.3f kg\r\n" % (flag, grams / 1000))
    event = decoder.next_event()
    assert isinstance(event, WeightRead)
    return event


NOTHING_ON_IT = _said(b"S", 0)
"""A scale at rest."""


def garbage(chance: Random, count: int) -> list[WeightRead]:
    """What a scale's decoder makes of noise: mostly nothing, sometimes a weight that nobody put there."""
    decoder = MtSics()
    found: list[WeightRead] = []
    for _ in range(count):
        weight = b"S S %10.3f kg\r\n" % (chance.uniform(0, 30))
        noise = chance.choice((b"S I\r\n", b"S +\r\n", b"S -\r\n", weight, chance.randbytes(20), weight[:7]))
        decoder.receive_data(noise)
        while (event := decoder.next_event()) is not None:
            if isinstance(event, WeightRead):
                found.append(event)
    return found
