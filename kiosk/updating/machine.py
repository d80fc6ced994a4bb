"""The edges of an update: systemd, the programs of a version, the terminal's socket."""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from kiosk.clock import Clock
from kiosk.control import ControlError, ask
from kiosk.errors import KioskError
from kiosk.install import system_files
from kiosk.install.system_files import Difference, State
from kiosk.updating.health import Look

log = logging.getLogger(__name__)

SERVICE: Final = "kiosk.service"
ANSWER_SECONDS: Final = 3.0
COMMAND_SECONDS: Final = 60.0
STARTS: Final = "starts"
"""Beside the control socket: where scripts/on-display counts the starts that follow close upon each other."""
MOST_WORDS: Final = 2000
"""Of what a program said, in a message."""


class MachineError(KioskError):
    """Error raised when a program that an update needs does not do its work."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A program that has ended: its status, how many lines it wrote, and the end of what it said of faults."""

    status: int
    lines: int
    said: str


class Machine(Protocol):
    """What an update does to the machine it runs on."""

    def look(self) -> Look:
        """How the terminal is now. Never raises."""

    def start_anew(self, release: Path) -> None:
        """Stop the terminal and start it as ``current`` now says; ``release`` is what that leads to.

        Raises:
            MachineError: it cannot even be asked for.
        """

    def run(self, release: Path, arguments: Sequence[str], *, beside: Path | None, seconds: float) -> Ran:
        """Run the ``kiosk`` of a version to its end.

        Args:
            release: its folder.
            arguments: of the command.
            beside: run as whoever owns this; None: as ourselves.
            seconds: it is stopped then.

        Raises:
            MachineError: it cannot be started, or does not end.
        """


class Systemd:
    """A Raspberry Pi, or any Debian."""

    def __init__(self, socket: Path, clock: Clock, *, service: str = SERVICE, system: Path = Path("/")) -> None:
        self._socket = socket
        self._clock = clock
        self._service = service
        self._system = system

    def look(self) -> Look:
        try:
            shown = self._systemctl("show", "--property=ActiveState,MainPID", self._service)
        except MachineError as fault:
            log.warning("%s", fault)
            shown = ""
        values = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
        process = int(values.get("MainPID") or 0) or None
        status: dict[str, Any] | None = None
        with suppress(ControlError):
            status = ask(self._socket, "status", {}, ANSWER_SECONDS)
        return Look(
            at=self._clock.monotonic(), runs=values.get("ActiveState") == "active", process=process, status=status
        )

    def start_anew(self, release: Path) -> None:
        if self._refresh_files(release):
            self._systemctl("daemon-reload")
        # A start that is meant is no death: the deaths of a version must not take the panel from the one after it.
        with suppress(OSError):
            self._socket.with_name(STARTS).unlink()
        # One that has failed too often is not started again before it is forgiven.
        with suppress(MachineError):
            self._systemctl("reset-failed", self._service)
        self._systemctl("restart", "--no-block", self._service)

    def run(self, release: Path, arguments: Sequence[str], *, beside: Path | None, seconds: float) -> Ran:
        return run_kiosk(release, arguments, beside=beside, seconds=seconds)

    def _refresh_files(self, release: Path) -> bool:
        """Bring those of the system's files that are installed to what the version has; whether one was changed."""
        changed = False
        for name, path in system_files.FILES.items():
            new, there = release / "systemd" / name, self._system / path
            # What the mount unit says of the partition is no version's business.
            if path == system_files.DATA_MOUNT or not (new.is_file() and there.is_file()):
                continue
            text = new.read_text(encoding="utf-8")
            if text != there.read_text(encoding="utf-8"):
                system_files.put(Difference(there, State.CHANGED, text))
                changed = True
        if changed:
            os.sync()
        return changed

    def _systemctl(self, *arguments: str) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - our own words
                ["systemctl", *arguments],  # noqa: S607 - of this machine, wherever it is
                capture_output=True,
                text=True,
                timeout=COMMAND_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as fault:
            raise MachineError(f"systemctl {arguments[0]}: {fault}") from fault
        if done.returncode:
            raise MachineError(f"systemctl {' '.join(arguments)}: {_end_of(done.stderr)}")
        return done.stdout


def run_kiosk(release: Path, arguments: Sequence[str], *, beside: Path | None, seconds: float) -> Ran:
    """:meth:`Machine.run` with real processes. What it writes is counted and kept nowhere: it may be about people."""
    identity: dict[str, Any] = {}
    if beside is not None and os.geteuid() == 0:
        owner = beside.stat()
        identity = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
    command = [str(release / "venv/bin/kiosk"), *arguments]
    try:
        with subprocess.Popen(  # noqa: S603 - a version that was proved
            command,
            cwd=beside or release,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            **identity,
        ) as process:
            lines, said = _read(process, seconds)
    except (OSError, subprocess.SubprocessError) as fault:
        raise MachineError(f"{release}: kiosk {arguments[0]} does not run ({fault})") from fault
    return Ran(process.returncode, lines, _end_of(said))


def _read(process: "subprocess.Popen[str]", seconds: float) -> tuple[int, str]:
    try:
        out, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return out.count("\n"), said


def _environment() -> Mapping[str, str]:
    """Nothing of ours may lead the program to our own modules."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


def _end_of(said: str) -> str:
    return said.strip()[-MOST_WORDS:] or "it says nothing"


def lay(folder: Path) -> None:
    """Make the programs of an unpacked bundle ready to run, from its own wheels alone.

    Raises:
        MachineError: that does not work.
    """
    python = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    # -P: nothing that lies about in the folder one stands in is taken for a part of Python.
    _must([str(python), "-P", "-m", "venv", str(folder / "venv")])
    pip = [str(folder / "venv/bin/python"), "-P", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # --no-deps throughout: mfrc522 would want RPi.GPIO, which must not be there (docs/install.md).
    pip += ["--no-index", "--no-deps", "--find-links", str(folder / "wheels")]
    _must([*pip, "--require-hashes", "-r", str(folder / "run.lock")])
    if not (folder / "venv/bin/kiosk").exists():
        raise MachineError(f"{folder}: the bundle does not hold the kiosk itself")
    shutil.rmtree(folder / "wheels")
    # The terminal's own user has to read it, whatever root's habit is.
    _must(["chmod", "--recursive", "go+rX,go-w", str(folder)])


def _must(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)  # noqa: S603 - our own words
    except OSError as fault:
        raise MachineError(f"{command[0]}: {fault}") from fault
    if done.returncode:
        raise MachineError(f"{' '.join(command[:6])}: {_end_of(done.stderr)}")
