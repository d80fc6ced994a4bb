import importlib
import sys

import pytest

from kiosk.devices.simulated.chip import Chip
from kiosk.devices.simulated.modules import BCM, BOARD, Board, installed

BOUND = ("spidev", "RPi", "RPi.GPIO", "mfrc522", "kiosk.devices.rc522_chip")


def test_modules_are_there_inside_and_as_before_outside() -> None:
    before = {name: sys.modules.get(name) for name in BOUND}
    with installed(Board()):
        from RPi import GPIO

        assert GPIO.BCM == BCM
        importlib.import_module("kiosk.devices.rc522_chip")
    assert {name: sys.modules.get(name) for name in BOUND} == before


def test_each_board_has_modules_of_its_own() -> None:
    first, second = Board(), Board()
    with installed(first):
        from RPi import GPIO

        GPIO.setmode(BCM)
        GPIO.setup(5, GPIO.OUT, initial=1)
    with installed(second):
        from RPi import GPIO

        assert GPIO.getmode() is None
    assert first.outputs == {5: 1}
    assert second.touched == []


def test_pin_has_to_be_set_up_before_it_is_driven() -> None:
    with installed(Board()):
        from RPi import GPIO

        with pytest.raises(RuntimeError, match="numbering mode"):
            GPIO.setup(5, GPIO.OUT)
        GPIO.setmode(GPIO.BCM)
        with pytest.raises(RuntimeError, match="not been set up as an OUTPUT"):
            GPIO.output(5, 1)


def test_numbering_is_chosen_once() -> None:
    with installed(Board()):
        from RPi import GPIO

        GPIO.setmode(BOARD)
        GPIO.setmode(BOARD)
        with pytest.raises(ValueError, match="different mode"):
            GPIO.setmode(BCM)
        with pytest.raises(ValueError, match="invalid mode"):
            GPIO.setmode(99)


def test_places_on_the_header_are_the_same_pins() -> None:
    board = Board()
    with installed(board):
        from RPi import GPIO

        GPIO.setmode(BOARD)
        GPIO.setup(22, GPIO.OUT, initial=1)
        assert board.outputs == {25: 1}
        with pytest.raises(ValueError, match="invalid on a Raspberry Pi"):
            GPIO.setup(1, GPIO.OUT)


def test_pins_are_released_one_by_one_or_all_at_once() -> None:
    board = Board()
    with installed(board):
        from RPi import GPIO

        GPIO.setmode(BCM)
        for pin in (5, 6, 13):
            GPIO.setup(pin, GPIO.OUT)
        GPIO.cleanup(5)
        assert board.outputs == {6: 0, 13: 0}
        GPIO.setup(6, GPIO.IN)
        assert not board.cleaned_everything
        GPIO.cleanup()
        assert board.cleaned_everything
        assert board.outputs == {}


def test_bus_that_is_not_wired_cannot_be_opened() -> None:
    board = Board()
    board.wire(Chip(), bus=0, device=1)
    with installed(board):
        import spidev

        bus = spidev.SpiDev()
        with pytest.raises(FileNotFoundError):
            bus.open(0, 0)
        with pytest.raises(OSError, match="Bad file descriptor"):
            bus.xfer2([0, 0])
        bus.open(0, 1)
        assert bus.xfer2([0x37 << 1 | 0x80, 0]) == [0, 0x92]
        with pytest.raises(OverflowError):
            bus.xfer2([256, 0])
        bus.close()
        with pytest.raises(OSError, match="Bad file descriptor"):
            bus.xfer2([0, 0])
