"""What a look at the card reader costs: our driver beside the stock library, on the same simulated chip in one run.

Transfers are what counts on a Pi, where each takes some 40 µs whatever the language; the time on this machine is that
of the driver and the simulator together.
"""

import logging
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from kiosk.devices.cards import CardHasher
from kiosk.devices.rc522 import Rc522Reader
from kiosk.devices.simulated.card_models import Card, classic, ultralight
from kiosk.devices.simulated.chip import Chip
from kiosk.devices.simulated.modules import Board, installed
from kiosk.types import ClockTrust

RESET_PIN = 25
TRANSFER_MS = 0.04
CARDS = {"4-byte": classic(bytes.fromhex("DEADBEEF")), "7-byte": ultralight(bytes.fromhex("04A3C6CAE26180"))}


class WaitingClock:
    """Time that passes by waiting, at once, so that pauses between looks cost nothing."""

    boot_id = "bench"

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 3, 2, tzinfo=UTC)

    def trust(self) -> ClockTrust:
        return ClockTrust.SYNCED

    def wait(self, _condition: threading.Condition, seconds: float | None) -> None:
        self.seconds += seconds or 0.0


@contextmanager
def wired() -> Iterator[tuple[Chip, WaitingClock]]:
    """A chip on the bus."""
    clock = WaitingClock()
    chip = Chip(now=clock.monotonic)
    board = Board()
    board.wire(chip, reset_pin=RESET_PIN)
    with installed(board):
        yield chip, clock


def cost(chip: Chip, look: Callable[[], object], times: int) -> tuple[float, float]:
    """Transfers and milliseconds of one look."""
    before, began = chip.transfers, time.perf_counter()
    for _ in range(times):
        look()
    return (chip.transfers - before) / times, (time.perf_counter() - began) * 1000 / times


def laid(chip: Chip, card: Card, look: Callable[[], object], times: int) -> tuple[float, float]:
    """The cost of the look that reads a card laid a moment ago."""
    transfers = milliseconds = 0.0
    for _ in range(times):
        chip.field.lay(card)
        one = cost(chip, look, 1)
        transfers, milliseconds = transfers + one[0], milliseconds + one[1]
        chip.field.lift(card)
        # The driver, not the library, has to see that it is gone.
        for _ in range(10):
            look()
    return transfers / times, milliseconds / times


def ours(times: int) -> dict[str, tuple[float, float]]:
    """Our driver: the poll of its own thread, the watch over the chip included."""
    with wired() as (chip, clock):
        hasher = CardHasher(b"the bench's own key, and no other", "bench")
        reader = Rc522Reader(bus=0, device=0, reset_pin=RESET_PIN, hasher=hasher, clock=clock)
        reader.open()
        found = {"empty poll": cost(chip, reader.read, times)}
        found |= {f"read of a {name} card": laid(chip, card, reader.read, times // 10) for name, card in CARDS.items()}
        reader.close()
    return found


def stock(times: int) -> dict[str, tuple[float, float]]:
    """The library as it is; of a 7-byte card it reads the first three bytes."""
    logger = logging.getLogger("mfrc522Logger")
    handlers = list(logger.handlers)
    with wired() as (chip, _):
        from mfrc522 import SimpleMFRC522

        with warnings.catch_warnings():
            # ``~`` on a bool in the library's wait loop.
            warnings.simplefilter("ignore", DeprecationWarning)
            reader = SimpleMFRC522()
            found = {"empty poll": cost(chip, reader.read_id_no_block, max(3, times // 20))}
            for name, card in CARDS.items():
                found[f"read of a {name} card"] = laid(chip, card, reader.read_id_no_block, 3)
    logger.handlers[:] = handlers
    return found


def measure(quick: bool = False) -> dict[str, float]:
    """All figures of this room."""
    times = 60 if quick else 400
    figures: dict[str, float] = {}
    mine, theirs = ours(times), stock(times)
    for what, (transfers, milliseconds) in mine.items():
        stock_transfers, stock_milliseconds = theirs[what]
        figures[f"{what}: transfers, kiosk"] = transfers
        figures[f"{what}: transfers, mfrc522"] = stock_transfers
        figures[f"{what}: ms at 40 µs a transfer, kiosk"] = transfers * TRANSFER_MS
        figures[f"{what}: ms at 40 µs a transfer, mfrc522"] = stock_transfers * TRANSFER_MS
        figures[f"{what}: ms on this machine, kiosk"] = milliseconds
        figures[f"{what}: ms on this machine, mfrc522"] = stock_milliseconds
    return figures
