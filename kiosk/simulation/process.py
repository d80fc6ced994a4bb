"""The program itself on a simulated machine: everything in it is the real one, taking turns."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any, Protocol

from kiosk import effects
from kiosk.backends.rest import RestBackend
from kiosk.commands import answer as answer_command
from kiosk.devices.cards import jar_code
from kiosk.devices.simulated.door import WHOLE, SimulatedDoor
from kiosk.events import (
    CommandReceived,
    DeviceFound,
    Event,
    LabelPrinted,
    PrintFailed,
    PrintTrouble,
)
from kiosk.hands import Hands
from kiosk.ids import FactIds
from kiosk.reactor import Reactor, Settings
from kiosk.rules.door_states import DoorRules, Kept
from kiosk.simulation.disk import Disk
from kiosk.simulation.kernel import Kernel, Life, MachineClock
from kiosk.simulation.network import SimulatedExchanger, Way
from kiosk.simulation.server import CoopServer
from kiosk.simulation.stepped import (
    Pace,
    SteppedDoor,
    SteppedQuestions,
    SteppedReactor,
    SteppedStore,
    SteppedSupervisor,
    SteppedSync,
)
from kiosk.simulation.witness import Witness
from kiosk.store.desk import StaffDesk
from kiosk.types import Fact, FactId, JarCode, Part

KEY_ID = "simulated"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is around every machine.

    Attributes:
        start: the true wall time at which the simulation begins.
        sync_seconds, full_seconds: how often it asks the server, and asks for everything.
        key_bytes: draws ids.
    """

    kernel: Kernel
    server: CoopServer
    start: datetime
    settings: Settings
    pace: Pace
    sync_seconds: float
    full_seconds: float
    mend: Callable[["Process"], None] = lambda _process: None
    """For breaking things on purpose: called with each new process."""


class DoorMemory:
    """What outlives the process, on the machine's disk. Written a moment later, as a thread would."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self.kept = Kept()
        self._written = Kept()

    def keep(self, kept: Kept) -> None:
        self.kept = kept
        self._kernel.call_in(0.05, lambda: self._write(kept))

    def _write(self, kept: Kept) -> None:
        self._written = kept

    def lose_power(self) -> None:
        """What was not written yet is gone."""
        self.kept = self._written


class _Recorder:
    """The store, with a witness beside it."""

    def __init__(self, store: SteppedStore, witness: Witness) -> None:
        self._store = store
        self._witness = witness

    def record(self, fact: Fact, hold_seconds: float = 0.0) -> None:
        self._witness.record(fact)
        self._store.record(fact, hold_seconds)

    def withdraw(self, fact_id: FactId, undo: Fact) -> None:
        self._witness.record(undo)
        self._store.withdraw(fact_id, undo)


class _Replies:
    """Who waits at the control socket: nobody; what was refused is remembered."""

    def __init__(self) -> None:
        self.refused: list[str] = []

    def answer(self, reply: int, answer: Any) -> None:
        """An order was carried out."""

    def refuse(self, reply: int, why: str) -> None:
        self.refused.append(f"{reply}: {why}")


class Host(Protocol):
    """The machine, as far as the process knows it."""

    name: str
    around: Surroundings
    clock: MachineClock
    directory: Path
    disk: Disk
    way: Way
    door: SimulatedDoor
    memory: DoorMemory
    witness: Witness


class Process:
    """The program, from its start to its end. Everything in it is the real one."""

    def __init__(self, machine: Host, chance: Random) -> None:
        around, clock = machine.around, machine.clock
        kernel, self.life = around.kernel, Life(machine.name)
        self.machine = machine
        self.chance = chance
        self._ids = FactIds(chance.randbytes)
        self.replies = _Replies()
        self.reactor = SteppedReactor(
            around.settings, clock, self._new_id, lambda: _new_jar_code(chance), self._command
        )
        self.reactor.attach(kernel, self.life, around.pace)
        post = self.reactor.post
        self.store = SteppedStore(machine.directory, post, clock)
        self.store.worker.attach(
            kernel, self.life, around.pace, lambda: machine.disk.seconds(kernel.now), FactIds(chance.randbytes)
        )
        self.backend = RestBackend(
            "https://coop.invalid", "token", clock, key_id=KEY_ID,
            transport=SimulatedExchanger(kernel, chance, around.server, machine.way, machine.name),
        )  # fmt: skip
        self.sync = SteppedSync(
            self.backend, self.store, post, clock,
            interval_seconds=around.sync_seconds, full_every_seconds=around.full_seconds, uniform=chance.uniform,
        )  # fmt: skip
        self.sync.attach(kernel, self.life, around.pace.gathering_seconds)
        self.questions = SteppedQuestions(self.backend, post, clock, self.store.without_forgotten)
        self.questions.attach(kernel, self.life)
        self.staff = StaffDesk(self.store, post, self.sync.wake)
        times = around.settings.door
        rules = DoorRules(**{name: getattr(times, name) for name in times.__slots__})
        self.door = SteppedDoor(machine.door.make_pins, clock, WHOLE, rules=rules, memory=machine.memory)
        self.supervisor = SteppedSupervisor(self.door, post, clock)
        self.supervisor.attach(kernel, self.life, self.door, self._door_moved)

    def start(self) -> None:
        """Everything in the order of :mod:`kiosk.app`."""
        witness = self.machine.witness
        witness.attend(self.reactor)
        witness.fire.driver_started()
        self.reactor.before, self.reactor.after = witness.before, witness.after
        self.reactor.stumbled = witness.understood.stumbled
        self.machine.around.mend(self)
        self.reactor.begin(self._hands())
        self.reactor.post(DeviceFound(part=Part.READER))
        self._look_for_confirmed()

    def _look_for_confirmed(self) -> None:
        """As soon as the journal opens: is everything there that the process before had confirmed?"""
        if self.store.is_open():
            self.machine.witness.lost.restarted(
                lambda id_: bool(self.store.look("SELECT 1 FROM journal WHERE id = ?", id_))
            )
        else:
            self.machine.around.kernel.call_in(1.0, self._look_for_confirmed, self.life)

    def _door_moved(self) -> None:
        witness = self.machine.witness
        if self.door.is_out:
            # Without a driver the lines are at rest; what comes back has as long as any to see the fire.
            witness.fire.driver_started()
        witness.moved(self.machine.door.is_unlocked)

    def _hands(self) -> Hands:
        witness = self.machine.witness

        # Looked up at each call: what is broken on purpose is broken here.
        def open_door(seconds: float) -> None:
            witness.open_door(seconds)
            self.door.open_for(seconds)

        def order_door(order: effects.DoorOrder) -> None:
            witness.order_door(order)
            self.door.obey(order)

        return Hands(
            open_door=open_door,
            order_door=order_door,
            ring=lambda: None,
            stop_ringing=lambda: None,
            present=witness.present,
            play=lambda _sound: None,
            record=_Recorder(self.store, witness),
            ask=self.questions,
            deliver=self.sync.wake,
            tick=lambda _part: None,
            print_label=self._print,
            staff=self.staff.carry_out,
        )

    def _print(self, order: effects.PrintLabel) -> None:
        """The printer takes a second; sometimes there is no paper."""
        self.machine.witness.printed(order)
        ok = self.chance.random() < 0.95
        told: Event = LabelPrinted(id=order.id, sure=True)
        if not ok:
            told = PrintFailed(id=order.id, trouble=self.chance.choice(list(PrintTrouble)))
        self.machine.around.kernel.call_in(1.0, lambda: self.reactor.post(told), self.life)

    def _new_id(self) -> FactId:
        return self._ids(self.machine.clock.now())

    def _command(self, command: CommandReceived, reactor: Reactor) -> None:
        answer_command(
            command, reactor, self.store, self.replies, self.sync, runtime_dir=self.machine.directory / "run"
        )


def _new_jar_code(chance: Random) -> JarCode:
    return jar_code(chance.randrange(100_000))
