"""As much of systemctl as an update needs, for one service: what ``current`` leads to below ``KIOSK_RIG``."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

RIG = Path(os.environ["KIOSK_RIG"])
NUMBER = RIG / "service.pid"


def process() -> int:
    """Its number; 0 where it does not run."""
    with suppress(OSError, ValueError):
        number = int(NUMBER.read_text())
        if Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
            return number
    return 0


def stop() -> None:
    """End it."""
    number = process()
    if number:
        descriptor = os.pidfd_open(number)
        os.kill(number, signal.SIGKILL)
        import select

        select.select([descriptor], [], [])


def main() -> None:
    """One command."""
    with (RIG / "systemctl.log").open("a") as log:
        log.write(" ".join(sys.argv[1:]) + "\n")
    match sys.argv[1]:
        case "show":
            number = process()
            print(f"ActiveState={'active' if number else 'failed'}\nMainPID={number}")  # noqa: T201 - this is a command
        case "restart":
            stop()
            started = subprocess.Popen(
                [RIG / "current/venv/bin/kiosk", "run"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            NUMBER.write_text(str(started.pid))
            started.stdout.readline()
        case "stop":
            stop()
        case "reset-failed" if not (RIG / "failed").exists():
            print("Unit kiosk.service not loaded.", file=sys.stderr)  # noqa: T201 - this is a command
            sys.exit(1)


if __name__ == "__main__":
    main()
