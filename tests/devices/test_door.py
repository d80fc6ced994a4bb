"""The real driver on gpiozero's mock pins, and its lines on a pretended chip under gpiozero's own lgpio pins."""

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from queue import Queue
from types import ModuleType

import pytest
from gpiozero import Device, GPIOZeroError
from gpiozero.pins.mock import MockPin

from kiosk.clock import AdjustableClock
from kiosk.devices.door import Door, Forgetful
from kiosk.devices.door_lines import CONTACT_STEADY_SECONDS, Circuit, Input, Output, Wiring
from kiosk.devices.pins import Pins, lgpio_pins
from kiosk.devices.simulated.door import BARE, WHOLE, DrivenPin, SimulatedDoor
from kiosk.devices.supervisor import Supervisor
from kiosk.effects import EndHold, EndLockDown, HoldDoor, LockDown, ResetDoor
from kiosk.errors import DeviceError
from kiosk.events import (
    DeviceFound,
    DeviceLost,
    DoorAlarm,
    DoorAlarmCleared,
    DoorAlarmKind,
    DoorMode,
    DoorModeChanged,
    DoorMoved,
    Event,
    ExitAsked,
    RelayChanged,
)
from kiosk.rules.door_states import Kept

RELAY_ON = RelayChanged(active=True)
ON = [RELAY_ON, DoorModeChanged(mode=DoorMode.UNLOCKED)]
OFF = [RelayChanged(active=False), DoorModeChanged(mode=DoorMode.LOCKED)]
AT_START = [DoorMoved(is_open=False), DoorModeChanged(mode=DoorMode.LOCKED)]
RELAY_ALONE = Wiring(relay=Output(pin=17))


def read_until(door: Door, wanted: Event, reads: int = 5) -> list[Event]:
    told: list[Event] = []
    for _ in range(reads):
        told += door.read()
        if wanted in told:
            return told
    pytest.fail(f"{wanted} was not told, but {told}")


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@pytest.fixture
def strike() -> SimulatedDoor:
    return SimulatedDoor()


@pytest.fixture
def door(strike: SimulatedDoor, clock: AdjustableClock) -> Iterator[Door]:
    door = Door(strike.make_pins, clock, BARE)
    door.open()
    assert list(door.read()) == AT_START
    yield door
    door.close()


def test_grant_unlocks_and_time_locks(door: Door, strike: SimulatedDoor, clock: AdjustableClock) -> None:
    door.open_for(8)
    assert list(door.read()) == ON
    assert strike.is_unlocked
    clock.advance(8)
    assert list(door.read()) == OFF
    assert not strike.is_unlocked


def test_two_grants_are_one_pulse_with_one_edge_at_its_end(
    door: Door, strike: SimulatedDoor, clock: AdjustableClock
) -> None:
    door.open_for(5)
    told = [*door.read()]
    clock.advance(3)
    door.open_for(5)
    told += door.read()
    clock.advance(2.5)
    told += door.read()
    assert strike.is_unlocked
    clock.advance(2.5)
    told += door.read()
    assert told == [*ON, *OFF]
    assert strike.relay_levels == (False, True, False)


def test_wall_clock_that_jumps_by_a_year_changes_no_pulse(
    door: Door, strike: SimulatedDoor, clock: AdjustableClock
) -> None:
    door.open_for(8)
    list(door.read())
    for days in (365, -730):
        clock.set_wall(clock.now() + timedelta(days=days))
        assert list(door.read()) == []
        assert strike.is_unlocked
    clock.advance(8)
    assert list(door.read()) == OFF


def test_person_pushes_the_door_and_the_lock_falls_behind(
    door: Door, strike: SimulatedDoor, clock: AdjustableClock
) -> None:
    assert not strike.push_open()
    door.open_for(8)
    list(door.read())
    assert strike.push_open()
    assert strike.is_open
    assert list(door.read()) == [DoorMoved(is_open=True)]
    clock.advance(0.6)
    assert list(door.read()) == OFF
    strike.pull_shut()
    assert list(door.read()) == [DoorMoved(is_open=False)]


def test_forced_door_is_told_at_once_and_until_it_is_shut(door: Door, strike: SimulatedDoor) -> None:
    strike.force_open()
    assert list(door.read()) == [DoorMoved(is_open=True), DoorAlarm(kind=DoorAlarmKind.FORCED)]
    strike.pull_shut()
    assert list(door.read()) == [DoorMoved(is_open=False), DoorAlarmCleared(kind=DoorAlarmKind.FORCED)]


def test_held_door_is_told_twice_and_cleared_once(door: Door, strike: SimulatedDoor, clock: AdjustableClock) -> None:
    door.open_for(8)
    list(door.read())
    strike.push_open()
    list(door.read())
    clock.advance(20)
    assert list(door.read()) == [*OFF, DoorAlarm(kind=DoorAlarmKind.HELD_WARNING)]
    clock.advance(10)
    assert list(door.read()) == [DoorAlarm(kind=DoorAlarmKind.HELD)]
    strike.pull_shut()
    assert list(door.read()) == [DoorMoved(is_open=False), DoorAlarmCleared(kind=DoorAlarmKind.HELD)]


@pytest.mark.parametrize("when_open", ["closed", "open"])
def test_contact_of_either_kind_tells_where_the_door_is(when_open: Circuit, clock: AdjustableClock) -> None:
    contact = Input(pin=27, active_when=when_open, steady_seconds=CONTACT_STEADY_SECONDS)
    wiring = Wiring(relay=Output(pin=17), contact=contact)
    strike = SimulatedDoor(wiring)
    strike.force_open()
    door = Door(strike.make_pins, clock, wiring)
    door.open()
    assert DoorMoved(is_open=True) in door.read()
    strike.pull_shut()
    assert list(door.read()) == [DoorMoved(is_open=False)]
    door.close()


def test_door_without_a_contact_tells_of_the_relay_alone(clock: AdjustableClock) -> None:
    strike = SimulatedDoor(RELAY_ALONE)
    door = Door(strike.make_pins, clock, RELAY_ALONE)
    door.open()
    door.open_for(8)
    assert [*door.read(), *door.read()] == [AT_START[1], *ON]
    strike.push_open()
    assert list(door.read()) == []
    door.close()


def test_closing_in_mid_pulse_locks_and_closing_twice_does_no_harm(door: Door, strike: SimulatedDoor) -> None:
    door.open_for(8)
    list(door.read())
    door.close()
    door.close()
    assert not strike.is_unlocked
    assert strike.relay_levels == (False, True, False)


def test_grant_while_out_of_order_opens_nothing_later(door: Door, strike: SimulatedDoor) -> None:
    door.close()
    door.open_for(8)
    door.open()
    assert list(door.read()) == AT_START
    assert not strike.is_unlocked


def test_closed_door_cannot_be_read(door: Door) -> None:
    door.close()
    with pytest.raises(DeviceError):
        door.read()


def test_no_global_pin_factory_is_left_behind(door: Door) -> None:
    assert Device.pin_factory is None


# ── the line never shows the active level unasked ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("active_high", [True, False], ids=["active high", "active low"])
def test_active_level_is_never_shown_at_start_and_stop(active_high: bool, clock: AdjustableClock) -> None:
    wiring = replace(WHOLE, relay=Output(pin=17, active_high=active_high))
    strike = SimulatedDoor(wiring)
    door = Door(strike.make_pins, clock, wiring)
    for _ in range(2):
        door.open()
        list(door.read())
        door.close()
    assert strike.relay_levels
    assert set(strike.relay_levels) == {not active_high}
    assert not strike.is_unlocked


def test_ordinary_pins_would_show_it(clock: AdjustableClock) -> None:
    """What the test above would see if a line were claimed first and set afterwards."""

    class OrdinaryPin(DrivenPin):
        output_with_state = MockPin.output_with_state

    wiring = Wiring(relay=Output(pin=17, active_high=False))
    strike = SimulatedDoor(wiring, relay_pin_class=OrdinaryPin)
    door = Door(strike.make_pins, clock, wiring)
    door.open()
    door.close()
    assert strike.relay_levels[0] is False


# ── under its supervisor ──────────────────────────────────────────────────────────────────────────────────────────


class StubbornPin(DrivenPin):
    """A line that obeys until it is told not to."""

    fault: Exception | None = None

    def _set_state(self, value: bool) -> None:
        if self.fault is not None and value:
            raise self.fault
        super()._set_state(value)


@pytest.fixture
def events() -> "Queue[Event]":
    return Queue()


@pytest.fixture
def supervise(events: "Queue[Event]", clock: AdjustableClock) -> Iterator[Callable[[Door], Supervisor]]:
    running = []

    def start(door: Door) -> Supervisor:
        supervisor = Supervisor(door, events.put, clock)
        running.append(supervisor)
        supervisor.start()
        return supervisor

    yield start
    for supervisor in running:
        supervisor.request_stop()
        assert supervisor.join()


def await_event(events: "Queue[Event]", wanted: Event) -> None:
    while events.get(timeout=5) != wanted:
        pass


def test_relock_needs_neither_reactor_nor_screen(
    strike: SimulatedDoor, clock: AdjustableClock, events: "Queue[Event]", supervise: Callable[[Door], Supervisor]
) -> None:
    door = Door(strike.make_pins, clock, RELAY_ALONE)
    supervise(door)
    await_event(events, DeviceFound(part=door.part))
    door.open_for(8)
    await_event(events, RELAY_ON)
    clock.advance(8)
    await_event(events, OFF[0])
    assert not strike.is_unlocked


def test_stopping_in_mid_pulse_locks(
    strike: SimulatedDoor, clock: AdjustableClock, events: "Queue[Event]", supervise: Callable[[Door], Supervisor]
) -> None:
    door = Door(strike.make_pins, clock, RELAY_ALONE)
    supervisor = supervise(door)
    await_event(events, DeviceFound(part=door.part))
    door.open_for(8)
    await_event(events, RELAY_ON)
    supervisor.request_stop()
    assert supervisor.join()
    assert not strike.is_unlocked


@pytest.mark.parametrize("fault", [GPIOZeroError("gone"), RuntimeError("a bug")], ids=["fault", "bug"])
def test_relay_that_does_not_obey_is_lost_and_tried_again(
    fault: Exception,
    clock: AdjustableClock,
    events: "Queue[Event]",
    supervise: Callable[[Door], Supervisor],
) -> None:
    strike = SimulatedDoor(relay_pin_class=StubbornPin)
    door = Door(strike.make_pins, clock, RELAY_ALONE)
    supervise(door)
    await_event(events, DeviceFound(part=door.part))
    strike._relay.fault = fault
    door.open_for(8)
    while not isinstance(lost := events.get(timeout=5), DeviceLost):
        pass
    assert str(fault) in lost.fault
    assert not strike.is_unlocked
    strike._relay.fault = None
    clock.advance(10)
    await_event(events, DeviceFound(part=door.part))
    door.open_for(8)
    await_event(events, RELAY_ON)


@pytest.mark.parametrize("fault", [ImportError("no lgpio"), OSError("no chip"), RuntimeError("no Raspberry Pi")])
def test_machine_without_lines_is_one_of_the_faults(fault: Exception, clock: AdjustableClock) -> None:
    def make_pins() -> Pins:
        raise fault

    door = Door(make_pins, clock, RELAY_ALONE)
    with pytest.raises(door.faults, match=str(fault)):
        door.open()
    door.close()


def test_line_that_is_taken_is_a_device_error(door: Door, strike: SimulatedDoor, clock: AdjustableClock) -> None:
    second = Door(strike.make_pins, clock, RELAY_ALONE)
    with pytest.raises(DeviceError):
        second.open()
    second.close()
    door.open_for(8)
    assert list(door.read()) == ON


def test_line_that_does_not_obey_keeps_no_other_from_its_rest(clock: AdjustableClock) -> None:
    wiring = replace(BARE, relay=Output(pin=17, active_high=False))
    strike = SimulatedDoor(wiring, relay_pin_class=StubbornPin)
    door = Door(strike.make_pins, clock, wiring)
    door.open()
    strike._relay.fault = GPIOZeroError("stuck")
    door.close()
    strike._relay.fault = None
    door.open()
    assert list(door.read()) == AT_START
    door.close()


def test_grants_from_many_threads_are_one_pulse(door: Door, clock: AdjustableClock) -> None:
    callers = [threading.Thread(target=door.open_for, args=(8,)) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    told = [*door.read()]
    clock.advance(9)
    assert [*told, *door.read()] == [*ON, *OFF]


# ── a Raspberry Pi's lines ────────────────────────────────────────────────────────────────────────────────────────


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


# ── everything that can be wired ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def whole() -> SimulatedDoor:
    return SimulatedDoor(WHOLE)


@pytest.fixture
def full(whole: SimulatedDoor, clock: AdjustableClock) -> Iterator[Door]:
    door = Door(whole.make_pins, clock, WHOLE)
    door.open()
    assert list(door.read()) == AT_START
    yield door
    door.close()


def mode(name: DoorMode) -> DoorModeChanged:
    return DoorModeChanged(mode=name)


def test_exit_button_lets_out_and_is_told(full: Door, whole: SimulatedDoor) -> None:
    whole.press_exit()
    assert list(full.read()) == [RELAY_ON, ExitAsked(), mode(DoorMode.UNLOCKED)]
    assert whole.is_unlocked
    whole.let_go_exit()
    assert whole.is_lit


def test_lamp_is_lit_while_unlocked(full: Door, whole: SimulatedDoor, clock: AdjustableClock) -> None:
    assert not whole.is_lit
    full.open_for(8)
    list(full.read())
    assert whole.is_lit
    clock.advance(8)
    list(full.read())
    assert not whole.is_lit


@pytest.mark.parametrize("order", [LockDown(), None])
def test_green_box_opens_whatever_was_ordered_and_stays_so_until_reset(
    order: LockDown | None, full: Door, whole: SimulatedDoor, clock: AdjustableClock
) -> None:
    if order is not None:
        full.obey(order)
        assert mode(DoorMode.LOCKED_DOWN) in full.read()
    whole.raise_fire()
    read_until(full, mode(DoorMode.RELEASED))
    assert whole.is_unlocked
    whole.end_fire()
    for _ in range(3):
        clock.advance(3600)
        list(full.read())
    assert whole.is_unlocked
    full.obey(ResetDoor())
    read_until(full, mode(DoorMode.LOCKED))
    assert not whole.is_unlocked


def test_reset_while_the_alarm_still_rings_does_nothing(full: Door, whole: SimulatedDoor) -> None:
    whole.raise_fire()
    read_until(full, mode(DoorMode.RELEASED))
    full.obey(ResetDoor())
    list(full.read())
    assert whole.is_unlocked


@pytest.mark.parametrize("kept", [Kept(released=True), Kept(locked_down=True)], ids=["released", "locked down"])
def test_what_must_outlive_a_restart_does(kept: Kept, whole: SimulatedDoor, clock: AdjustableClock) -> None:
    memory = Forgetful()
    memory.keep(kept)
    door = Door(whole.make_pins, clock, WHOLE, memory=memory)
    door.open()
    assert whole.is_unlocked == kept.released
    door.open_for(8)
    list(door.read())
    assert whole.is_unlocked == kept.released
    door.close()
    assert memory.kept == kept


def test_release_and_lock_down_are_remembered_as_they_happen(whole: SimulatedDoor, clock: AdjustableClock) -> None:
    memory = Forgetful()
    door = Door(whole.make_pins, clock, WHOLE, memory=memory)
    door.open()
    door.obey(LockDown())
    read_until(door, mode(DoorMode.LOCKED_DOWN))
    assert memory.kept == Kept(locked_down=True)
    whole.raise_fire()
    read_until(door, mode(DoorMode.RELEASED))
    assert memory.kept == Kept(released=True)
    door.close()


def test_fire_that_rings_at_start_opens_at_once(whole: SimulatedDoor, clock: AdjustableClock) -> None:
    whole.raise_fire()
    door = Door(whole.make_pins, clock, WHOLE)
    door.open()
    assert whole.is_unlocked
    door.close()


def test_hold_ends_by_itself_when_nobody_renews_it(full: Door, whole: SimulatedDoor, clock: AdjustableClock) -> None:
    full.obey(HoldDoor(seconds=5))
    read_until(full, mode(DoorMode.HELD_OPEN))
    clock.advance(4)
    full.obey(HoldDoor(seconds=5))
    list(full.read())
    clock.advance(4)
    list(full.read())
    assert whole.is_unlocked
    clock.advance(2)
    read_until(full, mode(DoorMode.LOCKED))
    assert not whole.is_unlocked


def test_orders_to_end_are_obeyed(full: Door) -> None:
    full.obey(HoldDoor(seconds=5))
    read_until(full, mode(DoorMode.HELD_OPEN))
    full.obey(EndHold())
    read_until(full, mode(DoorMode.LOCKED))
    full.obey(LockDown())
    read_until(full, mode(DoorMode.LOCKED_DOWN))
    full.obey(EndLockDown())
    read_until(full, mode(DoorMode.LOCKED))


def test_open_box_is_told_until_it_is_shut(full: Door, whole: SimulatedDoor) -> None:
    whole.open_box()
    read_until(full, DoorAlarm(kind=DoorAlarmKind.TAMPER))
    whole.shut_box()
    read_until(full, DoorAlarmCleared(kind=DoorAlarmKind.TAMPER))


def test_stuck_button_is_told_until_it_comes_up(full: Door, whole: SimulatedDoor, clock: AdjustableClock) -> None:
    whole.press_exit()
    list(full.read())
    clock.advance(61)
    read_until(full, DoorAlarm(kind=DoorAlarmKind.STUCK))
    assert not whole.is_unlocked
    whole.let_go_exit()
    read_until(full, DoorAlarmCleared(kind=DoorAlarmKind.STUCK))


def test_buzzer_sounds_while_the_door_is_forced_and_is_silent_once_it_is_shut(
    full: Door, whole: SimulatedDoor, clock: AdjustableClock
) -> None:
    whole.force_open()
    list(full.read())
    heard = set()
    for _ in range(6):
        heard.add(whole.buzzes)
        clock.advance(0.1)
        list(full.read())
    assert heard == {True, False}
    whole.pull_shut()
    list(full.read())
    for _ in range(3):
        assert not whole.buzzes
        clock.advance(0.2)
        list(full.read())


def test_closing_silences_the_buzzer_and_puts_out_the_lamp(full: Door, whole: SimulatedDoor) -> None:
    full.obey(HoldDoor(seconds=20))
    whole.open_box()
    read_until(full, DoorAlarm(kind=DoorAlarmKind.TAMPER))
    full.close()
    assert not whole.buzzes
    assert not whole.is_lit
    assert not whole.is_unlocked


def test_bouncing_contact_moves_the_door_once(full: Door, whole: SimulatedDoor) -> None:
    full.open_for(8)
    list(full.read())
    for _ in range(10):
        whole.force_open()
        whole.pull_shut()
    whole.force_open()
    assert list(full.read()) == [DoorMoved(is_open=True)]


def test_spark_on_a_wire_is_nothing(full: Door, whole: SimulatedDoor) -> None:
    for _ in range(5):
        whole.raise_fire()
        whole.end_fire()
        whole.open_box()
        whole.shut_box()
        whole.press_exit()
        whole.let_go_exit()
    assert list(full.read()) == []
    assert not whole.is_unlocked


def test_edge_that_was_lost_is_found_by_looking(full: Door, whole: SimulatedDoor) -> None:
    full._lines._inputs[2].when_activated = full._lines._inputs[2].when_deactivated = None
    whole.raise_fire()
    read_until(full, mode(DoorMode.RELEASED))
    assert whole.is_unlocked


# ── a lock that opens without current ─────────────────────────────────────────────────────────────────────────────

MAGNET = replace(WHOLE, fail_safe=True)


@pytest.mark.parametrize("active_high", [True, False], ids=["active high", "active low"])
def test_magnet_holds_while_the_driver_lives_and_lets_go_with_it(active_high: bool, clock: AdjustableClock) -> None:
    wiring = replace(MAGNET, relay=Output(pin=17, active_high=active_high))
    magnet = SimulatedDoor(wiring)
    door = Door(magnet.make_pins, clock, wiring)
    assert magnet.is_unlocked
    door.open()
    assert list(door.read()) == [DoorMoved(is_open=False), RELAY_ON, mode(DoorMode.LOCKED)]
    assert not magnet.is_unlocked
    assert not magnet.is_lit
    door.open_for(8)
    list(door.read())
    assert magnet.is_unlocked
    assert magnet.is_lit
    clock.advance(8)
    list(door.read())
    assert not magnet.is_unlocked
    door.close()
    assert magnet.is_unlocked
    held, free = active_high, not active_high
    assert [level for level, _ in groupby(magnet.relay_levels)] == [free, held, free, held, free]


def test_magnet_lets_go_when_its_plug_is_pulled(clock: AdjustableClock) -> None:
    magnet = SimulatedDoor(MAGNET)
    door = Door(magnet.make_pins, clock, MAGNET)
    door.open()
    assert not magnet.push_open()
    magnet.cut_current()
    assert magnet.push_open()
    door.close()


def test_green_box_lets_a_magnet_go(clock: AdjustableClock) -> None:
    magnet = SimulatedDoor(MAGNET)
    door = Door(magnet.make_pins, clock, MAGNET)
    door.open()
    magnet.raise_fire()
    read_until(door, mode(DoorMode.RELEASED))
    assert magnet.is_unlocked
    assert not magnet.is_energised
    door.close()
