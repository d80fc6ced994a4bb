"""Stand-ins for the modules ``spidev`` and ``RPi.GPIO``, on which the real mfrc522 library runs unmodified.

Only :func:`installed` puts them where imports look. They are as strict as the real ones: a pin has to be set up before
it is driven, a bus that is not wired cannot be opened.
"""

import errno
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Final

from kiosk.devices.raspberry_header import GPIO_AT
from kiosk.devices.simulated.chip import Chip

BOARD: Final = 10
BCM: Final = 11
OUT: Final = 0
IN: Final = 1


@dataclass(slots=True)
class Board:
    """A pretend Raspberry Pi: what is wired to its buses and pins, and which pins were touched.

    Attributes:
        mode: the pin numbering of the process; None before anyone has chosen.
        outputs: GPIO number → level, of pins that are outputs now.
        touched: every GPIO number that was set up, driven or released, in order, each once.
        cleaned_everything: someone released all pins of the process.
        refusal: what a pin that is set up raises, as on a board that the library does not know.
    """

    mode: int | None = None
    outputs: dict[int, int] = field(default_factory=dict)
    touched: list[int] = field(default_factory=list)
    cleaned_everything: bool = False
    refusal: str | None = None
    _chips: dict[tuple[int, int], Chip] = field(default_factory=dict)
    _reset_pins: dict[int, Chip] = field(default_factory=dict)

    def wire(self, chip: Chip, *, bus: int = 0, device: int = 0, reset_pin: int = 25) -> None:
        """Connect a chip to a chip select and its NRSTPD to a GPIO number."""
        self._chips[bus, device] = chip
        self._reset_pins[reset_pin] = chip

    def unwire(self, *, bus: int = 0, device: int = 0) -> None:
        """Take the bus away, as when SPI is switched off in the Pi's set-up."""
        del self._chips[bus, device]

    def chip_at(self, bus: int, device: int) -> Chip:
        try:
            return self._chips[bus, device]
        except KeyError:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)) from None

    def drive(self, pin: int, level: int) -> None:
        """Put a level on an output."""
        self.touch(pin)
        self.outputs[pin] = level
        if pin in self._reset_pins:
            self._reset_pins[pin].drive_reset_pin(bool(level))

    def touch(self, pin: int) -> None:
        if pin not in self.touched:
            self.touched.append(pin)


class SpiDev:
    """``spidev.SpiDev`` on a board."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._chip: Chip | None = None
        self.max_speed_hz = 0
        self.mode = 0

    def open(self, bus: int, device: int) -> None:
        self._chip = self._board.chip_at(bus, device)

    def xfer2(self, data: list[int]) -> list[int]:
        if self._chip is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        if any(not 0 <= byte <= 0xFF for byte in data):
            raise OverflowError("unsigned byte integer is greater than maximum")
        return self._chip.transfer(data)

    def close(self) -> None:
        self._chip = None


class Gpio:
    """The functions of ``RPi.GPIO`` on a board."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def getmode(self) -> int | None:
        return self._board.mode

    def setmode(self, mode: int) -> None:
        if mode not in {BOARD, BCM}:
            raise ValueError("An invalid mode was passed to setmode()")
        if self._board.mode not in {None, mode}:
            raise ValueError("A different mode has already been set!")
        self._board.mode = mode

    def setwarnings(self, _on: bool) -> None:
        """No warning is ever given here."""

    def setup(self, channel: int, direction: int, initial: int | None = None) -> None:
        pin = self._pin(channel)
        if self._board.refusal is not None:
            raise RuntimeError(self._board.refusal)
        self._board.touch(pin)
        if direction == IN:
            self._board.outputs.pop(pin, None)
        elif initial is None:
            self._board.outputs.setdefault(pin, 0)
        else:
            self._board.drive(pin, initial)

    def output(self, channel: int, level: int) -> None:
        pin = self._pin(channel)
        if pin not in self._board.outputs:
            raise RuntimeError("The GPIO channel has not been set up as an OUTPUT")
        self._board.drive(pin, int(level))

    def cleanup(self, channel: int | Iterable[int] | None = None) -> None:
        if channel is None:
            self._board.cleaned_everything = True
            self._board.outputs.clear()
            self._board.mode = None
            return
        for each in (channel,) if isinstance(channel, int) else channel:
            self._board.touch(self._pin(each))
            self._board.outputs.pop(self._pin(each), None)

    def _pin(self, channel: int) -> int:
        if self._board.mode is None:
            raise RuntimeError("Please set pin numbering mode using GPIO.setmode(GPIO.BOARD) or GPIO.setmode(GPIO.BCM)")
        pin = GPIO_AT.get(channel) if self._board.mode == BOARD else channel
        if pin is None or not 0 <= pin < 54:
            raise ValueError("The channel sent is invalid on a Raspberry Pi")
        return pin


def _build_modules(board: Board) -> dict[str, ModuleType]:
    spidev = ModuleType("spidev")
    spidev.__dict__["SpiDev"] = lambda: SpiDev(board)
    gpio = Gpio(board)
    module = ModuleType("RPi.GPIO")
    for name in ("getmode", "setmode", "setwarnings", "setup", "output", "cleanup"):
        module.__dict__[name] = getattr(gpio, name)
    module.__dict__.update(BOARD=BOARD, BCM=BCM, OUT=OUT, IN=IN, LOW=0, HIGH=1)
    package = ModuleType("RPi")
    package.__dict__["GPIO"] = module
    return {"spidev": spidev, "RPi": package, "RPi.GPIO": module}


_BOUND: Final = ("spidev", "RPi", "mfrc522", "kiosk.devices.rc522_chip")
"""These modules, and those that keep hold of them once imported."""


@contextmanager
def installed(board: Board) -> Iterator[Board]:
    """Make ``import spidev`` and ``import RPi.GPIO`` mean this board, in the whole process, until the context ends."""
    before = _take_out()
    sys.modules.update(_build_modules(board))
    try:
        yield board
    finally:
        _take_out()
        sys.modules.update(before)


def _take_out() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if any(f"{name}.".startswith(f"{bound}.") for bound in _BOUND)]
    return {name: sys.modules.pop(name) for name in names}
