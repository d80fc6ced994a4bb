"""The library mfrc522 0.0.7 as it is, on the simulator: it runs, and it does what is known of it on real chips.

That the simulator shows the library's faults is what makes it a judge of the driver that avoids them.
"""

import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from kiosk.devices.cards import CardUid, stock_id
from kiosk.devices.simulated import card_models
from kiosk.devices.simulated.chip import Chip
from kiosk.devices.simulated.modules import BCM, Board, installed
from tests.devices.simulated.bench import FOUR, SEVEN, SEVEN_ALIKE, BenchClock


class Stock:
    def __init__(self, board: Board, chip: Chip) -> None:
        from mfrc522 import SimpleMFRC522

        self.board = board
        self.chip = chip
        self.reader: Any = SimpleMFRC522()


@pytest.fixture(autouse=True)
def library_logger() -> Iterator[None]:
    """The library adds a handler with each instance, for ever."""
    logger = logging.getLogger("mfrc522Logger")
    handlers = list(logger.handlers)
    yield
    logger.handlers[:] = handlers


@pytest.fixture
def stock() -> Iterator[Stock]:
    chip = Chip(now=BenchClock().monotonic)
    board = Board()
    board.wire(chip)
    with installed(board):
        yield Stock(board, chip)


def read_id(stock: Stock) -> int | None:
    with warnings.catch_warnings():
        if sys.version_info >= (3, 12):
            # ``~`` on a bool in the library's wait loop.
            warnings.simplefilter("ignore", DeprecationWarning)
        return stock.reader.read_id_no_block()


def test_id_is_the_first_level_with_its_check_byte(stock: Stock) -> None:
    stock.chip.field.lay(card_models.classic(FOUR))
    assert read_id(stock) == 956397711138 == stock_id(CardUid(FOUR))


def test_every_second_look_at_a_card_held_fails(stock: Stock) -> None:
    stock.chip.field.lay(card_models.classic(FOUR))
    assert [read_id(stock) is not None for _ in range(4)] == [True, False, True, False]


def test_two_members_get_the_same_id(stock: Stock) -> None:
    ids = []
    for uid in (SEVEN, SEVEN_ALIKE):
        card = card_models.ultralight(uid)
        stock.chip.field.lay(card)
        ids.append(read_id(stock))
        stock.chip.field.lift(card)
    assert ids == [584193394409, 584193394409] == [stock_id(CardUid(SEVEN)), stock_id(CardUid(SEVEN_ALIKE))]


def test_empty_look_costs_two_thousand_transfers(stock: Stock) -> None:
    before = stock.chip.transfers
    assert read_id(stock) is None
    assert stock.chip.transfers - before == 2013


@pytest.mark.parametrize("level", [0x00, 0xFF])
def test_dead_bus_looks_like_no_card(stock: Stock, level: int) -> None:
    stock.chip.faults.bus_level = level
    assert read_id(stock) is None


def test_two_cards_look_like_none(stock: Stock) -> None:
    stock.chip.field.lay(card_models.classic(FOUR))
    stock.chip.field.lay(card_models.ultralight(SEVEN))
    assert read_id(stock) is None


def test_text_on_a_classic_card_is_read(stock: Stock) -> None:
    card = card_models.classic(FOUR)
    card.blocks = {8: b"first block     ", 9: b"second block    ", 10: b"third block     "}
    stock.chip.field.lay(card)
    assert stock.reader.read_no_block() == (956397711138, "first block     second block    third block     ")


def test_default_reset_pin_is_the_serial_line_where_pins_are_counted_by_gpio_number() -> None:
    board = Board(mode=BCM)
    board.wire(Chip())
    with installed(board):
        from mfrc522 import MFRC522

        MFRC522()
    assert board.touched == [15]


def test_close_releases_every_pin_of_the_process(stock: Stock) -> None:
    stock.reader.READER.Close_MFRC522()
    assert stock.board.cleaned_everything


def test_slow_checksum_is_waited_for_once(stock: Stock) -> None:
    stock.chip.faults.crc_reads = 20
    assert stock.reader.READER.CalulateCRC([0x50, 0x00]) == [0x57, 0xCD]
