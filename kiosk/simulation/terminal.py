"""One machine at the entrance: what stays when the process on it is killed, upgraded or loses its power."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from kiosk.devices.simulated.door import WHOLE, SimulatedDoor
from kiosk.events import DeviceFound, DeviceLost, Event, StopRequested
from kiosk.simulation.disk import Disk
from kiosk.simulation.kernel import MachineClock
from kiosk.simulation.network import Way
from kiosk.simulation.process import DoorMemory, Process, Surroundings
from kiosk.simulation.witness import Witness
from kiosk.types import ClockTrust, Part


class Machine:
    """What stays when the process goes: clock, disk, door, network, the cable to the wall.

    Args:
        name: of the terminal.
        around: what it shares with others.
        directory: where its files are.
        chance: its own luck.
        witness: sees everything.
        keep_disk: puts its disk under SQLite; None leaves it on the real one, which never fails.
    """

    def __init__(
        self,
        name: str,
        around: Surroundings,
        directory: Path,
        *,
        chance: Random,
        witness: Witness,
        keep_disk: Callable[[Disk], None] | None,
    ) -> None:
        self.name = name
        self.around = around
        self.directory = directory
        self.witness = witness
        self.way = Way()
        self.door = SimulatedDoor(WHOLE)
        self.memory = DoorMemory(around.kernel)
        self.lost: set[Part] = set()
        self._chance = chance
        self._boots = 0
        self._starts = 0
        self.clock = self._boot()
        directory.mkdir(parents=True, exist_ok=True)
        self.disk = Disk(directory, Random(chance.random()))
        self._has_disk = keep_disk is not None
        if keep_disk is not None:
            keep_disk(self.disk)
        self.process: Process | None = None

    def _boot(self, fault: timedelta = timedelta(), trust: ClockTrust = ClockTrust.SYNCED) -> MachineClock:
        self._boots += 1
        boot_id = f"{self.name}-boot-{self._boots}"
        return MachineClock(self.around.kernel, self.around.start, boot_id=boot_id, fault=fault, trust=trust)

    def post(self, event: Event) -> None:
        """Something reaches the running process; nobody hears it where there is none."""
        if self.process is not None:
            self.process.reactor.post(event)

    def start(self) -> None:
        """Start the program."""
        if self.process is None:
            self._starts += 1
            self.process = Process(self, Random(f"{self._chance.random()}/{self._starts}"))
            self.process.start()

    def lose(self, part: Part, seconds: float) -> None:
        """A part is unplugged, or hangs, for so long."""
        if part is Part.DOOR:
            self._lose_door(seconds)
            return
        self.lost.add(part)
        self.post(DeviceLost(part=part, fault="unplugged"))

        def found() -> None:
            self.lost.discard(part)
            self.post(DeviceFound(part=part))

        self.around.kernel.call_in(seconds, found)

    def _lose_door(self, seconds: float) -> None:
        """The lines of the door do not obey its driver any more, as the driver itself will notice."""
        process = self.process
        if process is None:
            return
        process.door.is_out = True
        process.door.stirred()

        def mend() -> None:
            process.door.is_out = False

        self.around.kernel.call_in(seconds, mend, process.life)

    def press_exit(self, seconds: float) -> None:
        """Somebody presses the exit button for so long."""
        self.door.press_exit()
        self.witness.unlocked.asked_to_leave()
        self.around.kernel.call_in(seconds, self.door.let_go_exit)

    # ── how a process ends ────────────────────────────────────────────────────────────────────────────────────────

    def kill(self) -> None:
        """The process ends in the middle of whatever it does; what it wrote is in the system's hands."""
        process = self.process
        if process is None:
            return
        process.life.is_over = True
        self.process = None
        self.witness.part()
        left = self.directory.with_name(f"{self.directory.name}.left")
        if not self._has_disk:
            # Closing SQLite's files tidies them; a killed process tidies nothing.
            shutil.copytree(self.directory, left, ignore=shutil.ignore_patterns("lock", "*-shm"))
        self.disk.is_detached = True
        process.store.worker.abandon()
        self.disk.is_detached = False
        if not self._has_disk:
            shutil.rmtree(self.directory)
            left.rename(self.directory)
        process.door.close()

    def lose_power(self) -> None:
        """The plug is pulled."""
        self.kill()
        # It may have gone at a write of a process that was just ending by itself.
        self.disk.is_detached = False
        if self._has_disk:
            self.disk.lose_power()
        self.memory.lose_power()

    def power_up(self, fault: timedelta = timedelta(), trust: ClockTrust = ClockTrust.SYNCED) -> None:
        """The plug is back: another boot, whose clock may not be set."""
        self.clock = self._boot(fault, trust)
        self.start()

    def stop(self) -> None:
        """An orderly end, as systemd asks for it before an upgrade."""
        process = self.process
        if process is None:
            return
        process.reactor.post(StopRequested("upgrade"))
        self.around.kernel.call_in(0.5, lambda: self._stopped(process), process.life)

    def _stopped(self, process: Process) -> None:
        process.life.is_over = True
        self.process = None
        self.witness.part()
        process.store.worker.end()
        process.door.close()

    def is_released(self) -> bool:
        """The door's driver still waits for somebody to reset it."""
        return self.memory.kept.released

    def now(self) -> datetime:
        """The true time, aware UTC."""
        return self.clock.truth().astimezone(UTC)
