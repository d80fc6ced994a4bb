"""What goes wrong: each kind of fault, and how it ends."""

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Protocol

from kiosk.events import CommandReceived, DeviceFound, DeviceLost
from kiosk.simulation.disk import DiskState
from kiosk.simulation.kernel import Kernel
from kiosk.simulation.network import Weather
from kiosk.simulation.people import Person
from kiosk.simulation.people import World as PeoplesWorld
from kiosk.simulation.readers import garbage
from kiosk.simulation.server import CoopServer
from kiosk.simulation.story import Entry
from kiosk.simulation.terminal import Machine
from kiosk.types import ClockTrust, Part

MINUTE, HOUR = 60.0, 3600.0
TROUBLES = (500, 502, 503, 429, 408, 503, 401)


class World(PeoplesWorld, Protocol):
    """What trouble finds."""

    kernel: Kernel
    server: CoopServer


def _weather(weather: Weather, longest: float) -> Callable[[World, Machine, Entry], None]:
    def play(world: World, machine: Machine, entry: Entry) -> None:
        machine.way.weather = weather
        seconds = entry.chance().triangular(20.0, longest, 5 * MINUTE)
        world.kernel.call_in(seconds, lambda: _clear(machine, weather))

    return play


def _clear(machine: Machine, weather: Weather) -> None:
    if machine.way.weather is weather:
        machine.way.weather = Weather.CLEAR


def _fail_at_server(_world: World, machine: Machine, entry: Entry) -> None:
    chance = entry.chance()
    machine.way.troubles.extend(chance.choice(TROUBLES) for _ in range(chance.randint(1, 12)))


def _lose_answers(_world: World, machine: Machine, entry: Entry) -> None:
    machine.way.answers_to_lose += entry.chance().randint(1, 6)


def _put_server_back(world: World, _machine: Machine, entry: Entry) -> None:
    world.server.put_back(world.kernel.now - entry.chance().uniform(MINUTE, 6 * HOUR))


def _disk(state: DiskState, longest: float) -> Callable[[World, Machine, Entry], None]:
    def play(world: World, machine: Machine, entry: Entry) -> None:
        seconds = entry.chance().triangular(5.0, longest, 40.0)
        machine.disk.state = state
        machine.disk.hangs_until = world.kernel.now + seconds

        def mend() -> None:
            if machine.disk.state is state:
                machine.disk.state = DiskState.WORKS

        world.kernel.call_in(seconds, mend)

    return play


def _cut_power(world: World, machine: Machine, entry: Entry) -> None:
    """At one of the next writes to the disk, whatever that is in the middle of; or right now."""
    chance = entry.chance()
    back = chance.uniform(20.0, 10 * MINUTE)
    unset = chance.random() < 0.3
    is_due = True

    def cut() -> None:
        nonlocal is_due
        if is_due:
            is_due = False
            machine.disk.cut_at_write = None
            machine.lose_power()
            world.kernel.call_in(back, lambda: _power_up(world, machine, chance, unset=unset))

    machine.disk.on_cut = lambda: world.kernel.call_in(0.0, cut)
    machine.disk.cut_at_write = chance.randint(1, 60)
    world.kernel.call_in(chance.uniform(1.0, 20 * MINUTE), cut)


def _power_up(world: World, machine: Machine, chance: Random, *, unset: bool) -> None:
    if machine.process is not None:
        return
    if unset:
        fault = timedelta(days=-chance.choice((1, 40, 20_000)), seconds=chance.uniform(0, 3600))
        machine.power_up(fault, ClockTrust.NEVER)
        world.kernel.call_in(chance.uniform(30.0, HOUR), lambda: _set_right(machine))
    else:
        machine.power_up()


def _set_right(machine: Machine) -> None:
    """The network sets the clock that the machine has by then."""
    machine.clock.set()


def _start_with_unset_clock(world: World, machine: Machine, entry: Entry) -> None:
    chance = entry.chance()
    machine.lose_power()
    world.kernel.call_in(30.0, lambda: _power_up(world, machine, chance, unset=True))


def _jump(world: World, machine: Machine, entry: Entry) -> None:
    """Somebody sets the clock wrongly; the network sets it right later."""
    chance = entry.chance()
    machine.clock.set(timedelta(seconds=chance.choice((-3600, 3600, 90, -90, 86_400 * 3))), ClockTrust.SINCE)
    world.kernel.call_in(chance.uniform(60.0, HOUR), lambda: _set_right(machine))


def _drift(world: World, machine: Machine, entry: Entry) -> None:
    """No network time for hours: some seconds too many or too few."""
    chance = entry.chance()
    machine.clock.drift(chance.uniform(-2e-3, 2e-3))
    world.kernel.call_in(chance.uniform(HOUR, 5 * HOUR), lambda: _set_right(machine))


def _lose(part: Part) -> Callable[[World, Machine, Entry], None]:
    def play(_world: World, machine: Machine, entry: Entry) -> None:
        machine.lose(part, entry.chance().triangular(2.0, HOUR, 60.0))

    return play


def _brown_out(world: World, machine: Machine, entry: Entry) -> None:
    """The reader comes and goes with a bad supply."""
    chance = entry.chance()
    for number in range(chance.randint(2, 8)):
        at = number * chance.uniform(2.0, 9.0)
        world.kernel.call_in(at, lambda: machine.post(DeviceLost(part=Part.READER, fault="brown-out")))
        world.kernel.call_in(at + 1.0, lambda: machine.post(DeviceFound(part=Part.READER)))


def _speak_garbage(world: World, machine: Machine, entry: Entry) -> None:
    chance = entry.chance()
    person = Person(world, machine, chance)
    for number, event in enumerate(garbage(chance, chance.randint(20, 200))):
        person.weigh_later(number * 0.3, event)


def _stick(_world: World, machine: Machine, entry: Entry) -> None:
    """The contact of the relay stays shut: the door can be opened though nobody was let in."""
    machine.door.force_open()
    Person(_world, machine, entry.chance()).later(entry.chance().uniform(5.0, 90.0), machine.door.pull_shut)


def _burn(world: World, machine: Machine, entry: Entry) -> None:
    """The alarm rings, stops, and somebody resets the door."""
    chance = entry.chance()
    machine.door.raise_fire()
    machine.witness.fire.raised()
    quiet = chance.uniform(0.5, 10 * MINUTE)

    def end() -> None:
        machine.door.end_fire()
        machine.witness.fire.ended()

    world.kernel.call_in(quiet, end)

    def reset() -> None:
        _command(machine, "door order", word="reset")
        if not machine.is_released():
            return
        world.kernel.call_in(30.0, reset)

    world.kernel.call_in(quiet + chance.uniform(5.0, HOUR), reset)


def _lock_down(world: World, machine: Machine, entry: Entry) -> None:
    chance = entry.chance()
    _command(machine, "door order", word="lock-down")
    world.kernel.call_in(chance.uniform(10.0, HOUR), lambda: _command(machine, "door order", word="normal"))


def _hold(world: World, machine: Machine, entry: Entry) -> None:
    chance = entry.chance()
    _command(machine, "door order", word="hold", minutes=chance.randint(1, 20))
    if chance.random() < 0.5:
        world.kernel.call_in(chance.uniform(5.0, 300.0), lambda: _command(machine, "door order", word="normal"))


def _command(machine: Machine, name: str, **arguments: object) -> None:
    machine.post(CommandReceived(name=name, arguments=arguments, reply=0))


def _hold_exit(_world: World, machine: Machine, entry: Entry) -> None:
    """Somebody leans on the exit button."""
    machine.press_exit(entry.chance().uniform(20.0, 200.0))


def _kill(world: World, machine: Machine, entry: Entry) -> None:
    """The process dies; systemd starts it again."""
    machine.kill()
    world.kernel.call_in(entry.chance().uniform(2.0, 10.0), machine.start)


def _upgrade(world: World, machine: Machine, _entry: Entry) -> None:
    machine.stop()
    world.kernel.call_in(20.0, machine.start)


def _roll_back(world: World, machine: Machine, _entry: Entry) -> None:
    """A later version ran for a while, and left words in the files that this one does not have."""
    machine.stop()
    world.kernel.call_in(10.0, lambda: _write_as_a_later_version(world, machine))
    world.kernel.call_in(20.0, machine.start)


def _write_as_a_later_version(world: World, machine: Machine) -> None:
    path = machine.directory / "journal.db"
    if machine.process is not None or not path.exists():
        return
    id_ = f"later-{int(world.kernel.now)}"
    db = sqlite3.connect(path)
    # On a full or failing disk that version could write no more than this one.
    with contextlib.suppress(sqlite3.Error), db:
        db.execute("CREATE TABLE IF NOT EXISTS later (what TEXT)")
        db.execute(
            "INSERT OR IGNORE INTO journal (id, kind, boot_id, monotonic, wall, trust, offline, details) "
            "VALUES (?, 'teleported', 'later', 1, ?, 'synced', 0, '{}')",
            (id_, machine.now().isoformat()),
        )
        db.execute(
            "INSERT OR IGNORE INTO outbox (id, state, boot_id, not_before) VALUES (?, 'waiting', 'later', 0)", (id_,)
        )
    with contextlib.suppress(sqlite3.Error):
        db.close()


PLAYS: dict[str, Callable[[World, Machine, Entry], None]] = {
    "network_cut": _weather(Weather.CUT, 5 * HOUR),
    "network_slow": _weather(Weather.SLOW, HOUR),
    "network_lying": _weather(Weather.LYING, HOUR),
    "server_errors": _fail_at_server,
    "lost_answers": _lose_answers,
    "server_rollback": _put_server_back,
    "power_cut": _cut_power,
    "disk_full": _disk(DiskState.FULL, HOUR),
    "disk_slow": _disk(DiskState.SLOW, HOUR),
    "disk_hangs": _disk(DiskState.HANGS, 5 * MINUTE),
    "disk_fails": _disk(DiskState.FAILS, 20 * MINUTE),
    "disk_fails_to_sync": _disk(DiskState.FAILS_TO_SYNC, 20 * MINUTE),
    "clock_jump": _jump,
    "clock_drift": _drift,
    "clock_unset": _start_with_unset_clock,
    "reader_lost": _lose(Part.READER),
    "reader_brown_out": _brown_out,
    "scale_garbage": _speak_garbage,
    "relay_stuck": _stick,
    "fire": _burn,
    "lock_down": _lock_down,
    "hold": _hold,
    "door_lost": _lose(Part.DOOR),
    "exit_stuck": _hold_exit,
    "kill": _kill,
    "upgrade": _upgrade,
    "roll_back": _roll_back,
}
