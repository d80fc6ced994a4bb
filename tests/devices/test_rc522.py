import logging
import queue
import threading
from collections.abc import Iterator

import pytest

from kiosk.clock import SystemClock
from kiosk.devices.rc522 import Rc522Reader
from kiosk.devices.simulated import card_models
from kiosk.devices.simulated.card_models import Answer
from kiosk.devices.simulated.chip import Chip
from kiosk.devices.simulated.modules import BOARD, Board, installed
from kiosk.devices.supervisor import Supervisor
from kiosk.errors import DeviceError
from kiosk.events import CardTapped, DeviceFound, DeviceLost, Event, TwoCardsSeen
from kiosk.types import CardKind, Part
from tests.devices.simulated.bench import (
    FOUR,
    HASHER,
    RESET_PIN,
    SEVEN,
    SEVEN_ALIKE,
    TEN,
    Bench,
    hash_of,
    hashes,
    reader_bench,
)

FEW_DOZEN = 24
UART_RX = 15


@pytest.fixture
def bench() -> Iterator[Bench]:
    with reader_bench() as bench:
        bench.reader.open()
        yield bench


# ── cards ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("uid", [FOUR, SEVEN, TEN])
def test_whole_uid_is_read(bench: Bench, uid: bytes) -> None:
    events = bench.tap(card_models.Card(uid, atqa=0x0044, sak=0x00))
    assert events == [CardTapped(hash=hash_of(uid), tail=uid.hex().upper()[-4:])]


def test_cards_that_the_stock_library_confuses_are_told_apart(bench: Bench) -> None:
    events = bench.tap(card_models.ultralight(SEVEN)) + bench.tap(card_models.ultralight(SEVEN_ALIKE))
    assert hashes(events) == [hash_of(SEVEN), hash_of(SEVEN_ALIKE)]


def test_card_held_for_a_minute_is_one_tap(bench: Bench) -> None:
    bench.chip.field.lay(card_models.classic(FOUR))
    assert len(bench.look(600)) == 1


def test_card_changed_without_a_gap_is_two_taps(bench: Bench) -> None:
    first, second = card_models.classic(FOUR), card_models.ultralight(SEVEN)
    bench.chip.field.lay(first)
    events = bench.look(3)
    bench.chip.field.lay(second)
    bench.chip.field.lift(first)
    assert hashes(events + bench.look(3)) == [hash_of(FOUR), hash_of(SEVEN)]


def test_card_laid_again_is_two_taps(bench: Bench) -> None:
    card = card_models.classic(FOUR)
    assert hashes(bench.tap(card) + bench.tap(card)) == [hash_of(FOUR)] * 2


def test_two_cards_are_said_and_none_is_read(bench: Bench) -> None:
    bench.chip.field.lay(card_models.classic(FOUR))
    bench.chip.field.lay(card_models.ultralight(SEVEN))
    assert bench.look(20) == [TwoCardsSeen()]


def test_answer_that_ends_within_a_byte_is_not_read(bench: Bench) -> None:
    class Ragged(card_models.Card):
        def hear(self, frame: bytes, bits: int) -> Answer | None:
            answer = super().hear(frame, bits)
            return answer and Answer(answer.data, last_bits=4)

    assert bench.tap(Ragged(FOUR, atqa=0x0004, sak=0x08)) == []


def test_card_that_cannot_be_read_is_logged_once(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    bench.chip.field.lay(card_models.classic(FOUR))
    bench.chip.field.tamper = lambda data: data[:-1]
    assert bench.look(100) == []
    assert [record.message for record in caplog.records] == [
        "reader: something lies there that answers and cannot be read"
    ]


def test_phone_is_told_as_such_and_is_one_tap(bench: Bench) -> None:
    (tapped,) = bench.tap(card_models.phone())
    assert isinstance(tapped, CardTapped)
    assert tapped.kind is CardKind.PHONE
    assert not tapped.enrolable


def test_bank_card_is_told_as_such(bench: Bench) -> None:
    (tapped,) = bench.tap(card_models.bank_card(FOUR))
    assert isinstance(tapped, CardTapped)
    assert tapped.kind is CardKind.BANK


def test_card_with_a_random_id_is_never_to_be_linked(bench: Bench) -> None:
    (tapped,) = bench.tap(card_models.desfire_random())
    assert isinstance(tapped, CardTapped)
    assert tapped.kind is CardKind.CARD
    assert not tapped.enrolable


# ── cost ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_empty_look_costs_a_few_dozen_transfers(bench: Bench) -> None:
    bench.look()
    before = bench.chip.transfers
    bench.look(10)
    assert bench.chip.transfers - before <= 10 * FEW_DOZEN


def test_look_takes_no_longer_than_a_source_may(bench: Bench) -> None:
    bench.chip.field.lay(card_models.ten_byte_card(TEN))
    for _ in range(100):
        before = bench.clock.seconds
        bench.look()
        assert bench.clock.seconds - before <= 0.3


# ── pins ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_the_reset_pin_is_ever_touched() -> None:
    with reader_bench() as bench:
        bench.board.outputs[17] = 1
        bench.reader.open()
        bench.chip.reset()
        bench.look(100)
        bench.reader.close()
        assert bench.board.touched == [RESET_PIN]
        assert bench.board.outputs == {17: 1}
        assert not bench.board.cleaned_everything


def test_reset_pin_is_the_same_when_the_process_counts_by_place_on_the_header() -> None:
    with reader_bench() as bench:
        bench.board.mode = BOARD
        bench.reader.open()
        assert bench.board.touched == [RESET_PIN]
        assert bench.board.mode == BOARD


def test_serial_line_is_left_alone_when_the_process_counts_by_gpio_number(bench: Bench) -> None:
    assert UART_RX not in bench.board.touched


def test_closing_twice_does_no_harm(bench: Bench) -> None:
    bench.reader.close()
    bench.reader.close()
    with pytest.raises(DeviceError, match="not open"):
        bench.reader.read()


def test_library_writes_no_log_of_its_own(bench: Bench) -> None:
    bench.tap(card_models.ultralight(SEVEN))
    assert logging.getLogger("mfrc522Logger").handlers == []


# ── faults ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("register", [0x11, 0x12, 0x13, 0x14, 0x15, 0x2A, 0x2B, 0x2C, 0x2D])
def test_every_register_that_matters_is_watched_and_mended(bench: Bench, register: int) -> None:
    before = bench.chip.transfer([register << 1 | 0x80, 0])[1]
    bench.look(200)
    bench.chip.transfer([register << 1, before ^ 0x83])
    bench.look(60)
    assert bench.chip.transfer([register << 1 | 0x80, 0])[1] == before
    assert hashes(bench.tap(card_models.ultralight(SEVEN))) == [hash_of(SEVEN)]


def test_brown_out_is_mended_at_once(bench: Bench) -> None:
    bench.chip.field.lay(card_models.classic(FOUR))
    bench.chip.reset()
    assert hashes(bench.look(2)) == [hash_of(FOUR)]


@pytest.mark.parametrize("transfer", range(1, 72, 5))
def test_reset_in_the_middle_of_a_frame_costs_nobody_a_tap(bench: Bench, transfer: int) -> None:
    bench.look()
    start = bench.chip.transfers
    bench.chip.faults.before_transfer = lambda number: bench.chip.reset() if number == start + transfer else None
    bench.chip.field.lay(card_models.classic(FOUR))
    assert hashes(bench.look(5)) == [hash_of(FOUR)]


def test_mending_again_and_again_is_logged_once(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(20):
        bench.chip.reset()
        bench.look(3)
    assert [record.message for record in caplog.records] == ["reader: set up again (the chip's timer does not run out)"]


def test_a_chip_that_is_mended_for_a_month_is_still_in_the_log(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(6):
        bench.chip.reset()
        bench.look(3)
        bench.clock.seconds += 300
    assert len(caplog.records) == 3


def test_chip_that_only_its_reset_pin_can_wake_is_woken(bench: Bench) -> None:
    # A chip that hangs takes no commands: soft reset is one.
    bench.chip.faults.hung = True
    bench.chip.field.lay(card_models.classic(FOUR))
    assert hashes(bench.look(60)) == [hash_of(FOUR)]


@pytest.mark.parametrize("level", [0x00, 0xFF])
def test_dead_bus_is_lost_and_says_no_card(bench: Bench, level: int) -> None:
    bench.chip.field.lay(card_models.classic(FOUR))
    bench.chip.faults.bus_level = level
    with pytest.raises(DeviceError, match=r"timer|no chip answers"):
        bench.look()
    with pytest.raises(DeviceError, match=r"no chip answers|does not wake"):
        bench.reader.open()


def test_bus_that_raises_is_lost(bench: Bench) -> None:
    bench.chip.faults.bus_error = OSError(5, "Input/output error")
    with pytest.raises(OSError, match="Input/output"):
        bench.look()


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("hot", "too hot"),
        ("timer_stuck", "interrupt is stuck"),
        ("timer_dead", "does not run out"),
    ],
)
def test_fault_that_stays_is_lost_within_seconds_and_comes_back(bench: Bench, fault: str, message: str) -> None:
    setattr(bench.chip.faults, fault, True)
    with pytest.raises(DeviceError, match=message):
        bench.look(60)
    setattr(bench.chip.faults, fault, False)
    bench.reader.close()
    bench.reader.open()
    assert hashes(bench.tap(card_models.classic(FOUR))) == [hash_of(FOUR)]


def test_version_that_changes_is_lost(bench: Bench) -> None:
    bench.chip.version = 0x12
    with pytest.raises(DeviceError, match="VersionReg reads 12 and was 92"):
        bench.look(60)


@pytest.mark.parametrize("version", [0x88, 0x90, 0x91, 0x92, 0xB2])
def test_every_make_of_the_chip_is_taken(version: int) -> None:
    with reader_bench() as bench:
        bench.chip.version = version
        bench.reader.open()
        assert hashes(bench.tap(card_models.classic(FOUR))) == [hash_of(FOUR)]


def test_chip_that_wakes_slowly_is_waited_for() -> None:
    with reader_bench() as bench:
        bench.chip.faults.wake_seconds = 0.03
        bench.reader.open()
        assert hashes(bench.tap(card_models.classic(FOUR))) == [hash_of(FOUR)]


def test_chip_that_never_wakes_is_lost() -> None:
    with reader_bench() as bench:
        bench.chip.faults.wake_seconds = 10.0
        with pytest.raises(DeviceError, match="does not wake up"):
            bench.reader.open()


def test_bus_that_is_switched_off_is_lost() -> None:
    with reader_bench() as bench:
        bench.board.unwire()
        with pytest.raises(FileNotFoundError):
            bench.reader.open()


def test_machine_without_pins_is_told_as_such() -> None:
    reader = Rc522Reader(bus=0, device=0, reset_pin=RESET_PIN, hasher=HASHER, clock=SystemClock())
    with installed(Board(refusal="Cannot determine SOC peripheral base address")) as board:
        board.wire(Chip())
        with pytest.raises(DeviceError, match="no access to the pins: Cannot determine"):
            reader.open()


def test_chip_is_set_up_anew_after_long_idleness_and_not_under_a_card(bench: Bench) -> None:
    bench.look(5900)
    resets = bench.chip.resets
    bench.look(200)
    assert bench.chip.resets == resets + 1
    bench.chip.field.lay(card_models.classic(FOUR))
    bench.look(6500)
    assert bench.chip.resets == resets + 1


# ── under a supervisor ────────────────────────────────────────────────────────────────────────────────────────────


def test_reader_unplugged_and_back_is_reported_once_each() -> None:
    with reader_bench() as bench:
        events: queue.Queue[Event] = queue.Queue()

        def wait_for(kind: type[Event]) -> Event:
            while not isinstance(event := events.get(timeout=10), kind):
                pass
            return event

        supervisor = Supervisor(bench.reader, events.put, bench.clock)
        supervisor.start()
        try:
            wait_for(DeviceFound)
            for _ in range(20):
                bench.chip.faults.bus_level = 0xFF
                lost = wait_for(DeviceLost)
                assert isinstance(lost, DeviceLost)
                assert lost.part is Part.READER
                bench.chip.faults.bus_level = None
                wait_for(DeviceFound)
                card = card_models.classic(FOUR)
                bench.chip.field.lay(card)
                tapped = wait_for(CardTapped)
                assert isinstance(tapped, CardTapped)
                assert tapped.hash == hash_of(FOUR)
                bench.chip.field.lift(card)
        finally:
            supervisor.request_stop()
            assert supervisor.join()


def test_cards_laid_by_another_thread_while_the_driver_looks_are_never_mixed_up(bench: Bench) -> None:
    cards = {hash_of(uid): card_models.Card(uid, atqa=0x0044, sak=0) for uid in (SEVEN, SEVEN_ALIKE, FOUR, TEN)}
    taps: queue.Queue[CardTapped] = queue.Queue()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            for event in bench.look():
                if isinstance(event, CardTapped):
                    taps.put(event)

    driver = threading.Thread(target=look)
    driver.start()
    try:
        for expected, card in [*cards.items()] * 10:
            bench.chip.field.lay(card)
            assert taps.get(timeout=10).hash == expected
            bench.chip.field.lift(card)
    finally:
        done.set()
        driver.join()
