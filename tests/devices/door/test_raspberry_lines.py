"""The lines on a pretended chip, under gpiozero's own lgpio pins."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from kiosk.clock import AdjustableClock
from kiosk.devices.door import Door
from kiosk.devices.door_lines import Output, Wiring
from kiosk.devices.pins import lgpio_pins
from kiosk.errors import DeviceError
from tests.devices.door.told import RELAY_ALONE, RELAY_ON, read_until


class Chip(ModuleType):
    """A chip of GPIO lines behind the functions of lgpio that gpiozero calls; notes every level it drives."""

    error = type("error", (Exception,), {})
    BOTH_EDGES, RISING_EDGE, FALLING_EDGE = 3, 1, 2
    SET_PULL_UP, SET_PULL_DOWN, SET_PULL_NONE = 32, 64, 128
    IS_OUT = 2

    def __init__(self) -> None:
        super().__init__("lgpio")
        self.driven: list[tuple[int, int]] = []
        self.lines: dict[int, dict[int, int]] = {}
        """The mode of each line that is claimed, by handle."""
        self.left: list[dict[int, int]] = []
        """The modes in which lines were left, at each closing."""

    def gpiochip_open(self, _chip: int) -> int:
        handle = len(self.lines) + len(self.left)
        self.lines[handle] = {}
        return handle

    def gpiochip_close(self, handle: int) -> None:
        self.left.append(self.lines.pop(handle))

    def gpio_claim_output(self, handle: int, line: int, level: int = 0, _flags: int = 0) -> None:
        self.lines[handle][line] = self.IS_OUT
        self.driven.append((line, level))

    def gpio_claim_input(self, handle: int, line: int, flags: int = 0) -> None:
        # As the kernel does: a line that is already claimed keeps its pull.
        self.lines[handle].setdefault(line, flags)
        self.lines[handle][line] &= ~self.IS_OUT

    def gpio_free(self, handle: int, line: int) -> None:
        del self.lines[handle][line]

    def gpio_write(self, handle: int, line: int, level: int) -> None:
        assert self.lines[handle][line] & self.IS_OUT
        self.driven.append((line, int(level)))

    def gpio_read(self, _handle: int, line: int) -> int:
        return [level for driven, level in self.driven if driven == line][-1]

    def gpio_get_mode(self, handle: int, line: int) -> int:
        return self.lines[handle][line]


@pytest.fixture
def chip(monkeypatch: pytest.MonkeyPatch) -> Iterator[Chip]:
    chip = Chip()
    monkeypatch.setitem(sys.modules, "lgpio", chip)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", lambda: 0xB03115)
    yield chip
    sys.modules.pop("gpiozero.pins.lgpio", None)


@pytest.mark.parametrize("active_high", [True, False], ids=["active high", "active low"])
def test_line_of_a_raspberry_pi_is_claimed_at_rest_and_left_pulled_to_it(
    chip: Chip, clock: AdjustableClock, active_high: bool
) -> None:
    rest = int(not active_high)
    door = Door(lgpio_pins, clock, Wiring(relay=Output(pin=17, active_high=active_high)))
    door.open()
    assert chip.driven == [(17, rest)]
    door.open_for(8)
    read_until(door, RELAY_ON)
    door.close()
    assert chip.driven == [(17, rest), (17, 1 - rest), (17, rest)]
    assert chip.left == [{17: chip.SET_PULL_UP if rest else chip.SET_PULL_DOWN}]
    assert not chip.lines


PIPING = """
import os
os.mkfifo(".lgd-nfy0")
os.close(os.open(".lgd-nfy0", os.O_RDWR | os.O_NONBLOCK))
raise ImportError("far enough")
"""
"""What lgpio does first of all, wherever it is."""


def test_library_makes_its_pipe_out_of_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work, library = tmp_path / "work", tmp_path / "library"
    work.mkdir()
    library.mkdir()
    (library / "lgpio.py").write_text(PIPING)
    monkeypatch.delitem(sys.modules, "lgpio", raising=False)
    monkeypatch.syspath_prepend(library)
    monkeypatch.chdir(work)
    for _ in range(2):
        with pytest.raises(ImportError, match="far enough"):
            lgpio_pins()
    assert Path.cwd() == work
    assert list(work.iterdir()) == []


def test_chip_that_refuses_is_a_device_error(chip: Chip, clock: AdjustableClock) -> None:
    def refuse(_handle: int, _line: int, _level: int = 0) -> None:
        raise chip.error("GPIO busy")

    chip.gpio_claim_output = refuse
    door = Door(lgpio_pins, clock, RELAY_ALONE)
    with pytest.raises(DeviceError, match="GPIO busy"):
        door.open()
    door.close()
    assert not chip.lines


def test_closing_one_device_leaves_the_lines_of_another_alone(chip: Chip, clock: AdjustableClock) -> None:
    door = Door(lgpio_pins, clock, RELAY_ALONE)
    other = Door(lgpio_pins, clock, Wiring(relay=Output(pin=22)))
    door.open()
    other.open()
    other.close()
    door.open_for(8)
    read_until(door, RELAY_ON)
    assert chip.driven[-1] == (17, 1)
    door.close()


def test_line_of_another_device_is_refused(chip: Chip, clock: AdjustableClock) -> None:
    door, other = Door(lgpio_pins, clock, RELAY_ALONE), Door(lgpio_pins, clock, RELAY_ALONE)
    door.open()
    with pytest.raises(DeviceError, match="17"):
        other.open()
    other.close()
    door.close()
