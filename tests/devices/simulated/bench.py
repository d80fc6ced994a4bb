"""A card reader on a bench: simulated chip, real library, real driver, and a clock that only waiting moves."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from kiosk.devices.cards import CardHasher, CardUid
from kiosk.devices.rc522 import Rc522Reader
from kiosk.devices.simulated.card_models import Card
from kiosk.devices.simulated.chip import Chip
from kiosk.devices.simulated.modules import Board, installed
from kiosk.events import CardTapped, Event
from kiosk.types import CardHash, ClockTrust

HASHER = CardHasher(b"the bench's own key, and no other", "bench")
RESET_PIN = 25

FOUR = bytes.fromhex("DEADBEEF")
SEVEN = bytes.fromhex("04A3C6CAE26180")
SEVEN_ALIKE = bytes.fromhex("04A3C6112233FF")
"""Shares its first three bytes with the card above: the same card to the stock library."""
TEN = bytes.fromhex("04A3C6CAE26180112233")


class BenchClock:
    """Time that passes by waiting, at once."""

    def __init__(self) -> None:
        self.boot_id = "bench"
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def trust(self) -> ClockTrust:
        return ClockTrust.SYNCED

    def wait(self, _condition: threading.Condition, seconds: float | None) -> None:
        assert seconds is not None, "the reader never waits for ever"
        self.seconds += seconds


class Bench:
    """The reader under test and what it is wired to."""

    def __init__(self, board: Board, chip: Chip, clock: BenchClock) -> None:
        self.board = board
        self.chip = chip
        self.clock = clock
        self.reader = Rc522Reader(bus=0, device=0, reset_pin=RESET_PIN, hasher=HASHER, clock=clock)

    def look(self, times: int = 1) -> list[Event]:
        return [event for _ in range(times) for event in self.reader.read()]

    def tap(self, card: Card) -> list[Event]:
        """Lay a card for a second and lift it."""
        self.chip.field.lay(card)
        events = self.look(10)
        self.chip.field.lift(card)
        return events + self.look(10)


@contextmanager
def reader_bench() -> Iterator[Bench]:
    clock = BenchClock()
    chip = Chip(now=clock.monotonic)
    board = Board()
    board.wire(chip, reset_pin=RESET_PIN)
    with installed(board):
        bench = Bench(board, chip, clock)
        try:
            yield bench
        finally:
            bench.reader.close()


def hash_of(uid: bytes) -> CardHash:
    return HASHER.hash_uid(CardUid(uid))


def hashes(events: list[Event]) -> list[CardHash]:
    return [event.hash for event in events if isinstance(event, CardTapped)]
