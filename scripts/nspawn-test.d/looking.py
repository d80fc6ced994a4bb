"""What the tests in the container look at: the terminal, its unit, files."""

import hashlib
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

SOURCE = Path("/opt/source")
PATIENCE_SECONDS = 120.0


def say(words: str) -> None:
    print(f"kiosk-nspawn: {words}", flush=True)


def run(*command: str | Path, well: bool = True) -> str:
    """What a command prints; its whole output in the report where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if well:
        assert done.returncode == 0, f"{command} → {done.returncode}: {done.stdout[-1500:]} {done.stderr[-1500:]}"
    return done.stdout + done.stderr


def shown(name: str, unit: str = "kiosk.service") -> str:
    return run("systemctl", "show", "--value", "--property", name, unit).strip()


def wait(what: str, holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, (
            f"{what}: not within {seconds:.0f} s; {run('systemctl', 'status', '--no-pager', 'kiosk', well=False)}"
        )
        time.sleep(0.5)


def status() -> dict[str, object]:
    return dict(json.loads(run("kiosk", "status", "--json")))


def answers() -> bool:
    return subprocess.run(["kiosk", "status"], capture_output=True, check=False).returncode == 0


def python_pid() -> int:
    """The terminal itself, below cage."""
    return int(run("pgrep", "--uid", "kiosk", "--full", "bin/kiosk run").split()[-1])


def written() -> int:
    """Bytes that the terminal has had written to the disk so far."""
    lines = Path(f"/proc/{python_pid()}/io").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("write_bytes")))


def files(*folders: str) -> dict[str, str]:
    """Every file below, with a hash of what it holds."""
    found = {}
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file() and not path.is_symlink():
                found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def install(*options: str) -> str:
    return run(SOURCE / "scripts/install", *options)
