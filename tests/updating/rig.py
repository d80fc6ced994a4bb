"""A terminal to be updated: real folders, links, journal and processes; only systemd is played, in a few lines."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from kiosk.clock import Clock
from kiosk.control import ControlError, ask
from kiosk.store.database import open_database
from kiosk.store.schema import JOURNAL_FILE
from kiosk.updating.health import Look
from kiosk.updating.machine import Ran
from kiosk.updating.releases import CURRENT, Releases
from kiosk.updating.steps import Terminal, Update
from tests.fakes import ManualClock

SERVICE = Path(__file__).with_name("service.py")
WELL: dict[str, Any] = {"lost": [], "online": True, "store_fault": None, "clock": "synced", "opening": {"known": True}}
OLD, NEW = "0.1.0", "0.2.0"
ANSWER_SECONDS = 60.0
"""Far beyond what a busy machine takes; a service that is not there is found so at once."""


class WaitingClock(ManualClock):
    """Whoever waits has waited, and ``pace`` times as long."""

    pace = 1.0

    def wait(self, condition: object, seconds: float | None) -> None:
        self.advance((seconds or 0.0) * self.pace)


class Processes:
    """The machine: a process is the service, and its number is kept where a power cut can find it."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self._root = root
        self._clock = clock
        self._file = root / "service.pid"
        self.starts: list[str] = []
        self.refuses: dict[tuple[str, str], Ran] = {}
        """What a version answers to a command instead of being well: (version, first word) → answer."""

    def look(self) -> Look:
        process = self._maybe_process()
        status = None
        if process is not None:
            with suppress(ControlError):
                status = ask(self._root / "run/control.sock", "status", {}, ANSWER_SECONDS)
        if process is not None and (self._root / "dying").exists():
            # As systemd does with Restart=always.
            (self._root / "dying").unlink()
            _wait_for(process)
            process = self.start()
        return Look(at=self._clock.monotonic(), runs=process is not None, process=process, status=status)

    def start_anew(self, release: Path) -> None:
        self.starts.append(release.name)
        self.stop()
        self.start()

    def run(self, release: Path, arguments: Sequence[str], *, beside: Path | None, seconds: float) -> Ran:
        answer = self.refuses.get((release.name, arguments[0]))
        if answer is not None:
            return answer
        journal = None if beside is None else beside / "data/journal.db"
        if arguments[0] != "journal" or journal is None:
            return Ran(0, 1, "")
        with closing(sqlite3.connect(journal)) as db:
            return Ran(0, db.execute("SELECT count(*) FROM journal").fetchone()[0], "")

    def start(self) -> int | None:
        """As systemd does at boot: whatever ``current`` leads to. Returns when it is up, or dead."""
        kiosk = self._root / CURRENT / "venv/bin/kiosk"
        process = subprocess.Popen([sys.executable, "-I", "-S", kiosk], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
        self._file.write_text(str(process.pid))
        assert process.stdout is not None
        came_up = process.stdout.readline() == b"up\n"
        # Its end of the pipes is closed with it; ours are let go without waiting for it.
        process.stdout.close()
        if not came_up:
            process.wait()
        _LEFT.append(process)
        return process.pid if came_up else None

    def stop(self) -> None:
        process = self._maybe_process()
        if process is not None:
            os.kill(process, signal.SIGKILL)
            _wait_for(process)

    def _maybe_process(self) -> int | None:
        try:
            process = int(self._file.read_text())
        except (OSError, ValueError):
            return None
        for left in _LEFT:
            left.poll()
        return process if _is_alive(process) else None


_LEFT: list["subprocess.Popen[bytes]"] = []
"""Children are buried here, or they would look alive."""


def _is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _wait_for(process: int) -> None:
    for left in _LEFT:
        if left.pid == process:
            left.wait()
            return
    # A child of a process that was cut off: it belongs to nobody, and is gone when the kernel says so.
    descriptor = None
    with suppress(ProcessLookupError):
        descriptor = os.pidfd_open(process)
    if descriptor is not None:
        import select

        select.select([descriptor], [], [])
        os.close(descriptor)


def lay_release(root: Path, version: str, **behaviour: Any) -> Path:
    """A version whose terminal behaves like that; ``status`` is laid over :data:`WELL`."""
    folder = root / "releases" / version
    fill_release(folder, version, **behaviour)
    (folder / "complete").touch()
    return folder


def fill_release(folder: Path, version: str, **behaviour: Any) -> None:
    """All of it but the mark."""
    program = folder / "venv/bin/kiosk"
    program.parent.mkdir(parents=True)
    shutil.copy(SERVICE, program)
    status = WELL | behaviour.pop("status", {})
    (folder / "behaviour.json").write_text(json.dumps({"version": version, "status": status} | behaviour))


class Rig:
    """One terminal below ``root``, with version 0.1.0 as the current one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = WaitingClock()
        self.releases = Releases(root)
        self.machine = Processes(root, self.clock)
        self.said: list[str] = []
        self.terminal = Terminal(data_dir=root / "data", runtime_dir=root / "run")
        self.update = Update(self.releases, self.machine, self.clock, self.said.append)

    def build(self, **new: Any) -> "Rig":
        """Make it, with a journal that has rows, and lay version 0.2.0 with that behaviour beside the current one."""
        for name in ("releases", "data", "run"):
            (self.root / name).mkdir(parents=True)
        open_database(self.root / "data/journal.db", JOURNAL_FILE).close()
        lay_release(self.root, OLD)
        lay_release(self.root, NEW, **new)
        self.releases.point(CURRENT, OLD)
        return self

    def switch(self, version: str = NEW, *, now: bool = True) -> bool:
        return self.update.switch(version, self.terminal, now=now)

    def rows(self) -> set[str]:
        with closing(sqlite3.connect(self.root / "data/journal.db")) as db:
            return {row[0] for row in db.execute("SELECT id FROM journal")}

    def lost_rows(self) -> set[str]:
        """What was promised and is not there."""
        confirmed = self.root / "confirmed"
        return (set(confirmed.read_text().split()) if confirmed.exists() else set()) - self.rows()

    def leftovers(self) -> list[str]:
        """What should not be there once an update is over: copies of people's data, and a trial."""
        odd = ["trial.json", "data/journal.db.before*", "data/rehearsal"]
        return sorted(str(path.relative_to(self.root)) for pattern in odd for path in self.root.glob(pattern))
