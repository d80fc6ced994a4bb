"""The terminal from a clone, where a network is.

What builds wheels is installed by the machine's own apt, and the wheels come from the package index, through this
machine's network; a bundle needs neither.
"""

import subprocess
import tempfile
import time
from pathlib import Path

import shop
from machine import CHECKOUT, Machine
from report import Report
from terminal import PANEL, Terminal, wait

SCREEN = PANEL
INSTALL_SECONDS = 5400
USB = "/root/usb"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def play(machine: Machine, report: Report) -> None:
    terminal = Terminal(machine)
    trust_as_here(machine)
    machine.put_checkout()
    with tempfile.TemporaryDirectory() as scratch:
        shop.write_settings(Path(scratch), "rpi7")
        machine.put(Path(scratch), USB)
    terminal.prepare()
    with report.check("One command installs a clone, and wheels that are built there; the terminal runs.") as found:
        began = time.monotonic()
        said = machine.run(f"{CHECKOUT}/scripts/install --config {USB}/kiosk.toml", seconds=INSTALL_SECONDS).stdout
        assert "Done: coop-kiosk" in said, said
        found.seen = f"after {time.monotonic() - began:.0f} s"
    with report.check("It answers, has its door, and is drawn.") as found:
        wait("the terminal", lambda: terminal.answers() and terminal.status()["parts"]["door"] == "ok")
        found.seen = f"{terminal.status()['version']}, {terminal.drawn('clone')}"
    with report.check("The same command again changes nothing, and disturbs nobody.") as found:
        before = terminal.shown("MainPID")
        said = machine.run(f"{CHECKOUT}/scripts/install", seconds=INSTALL_SECONDS).stdout
        assert "Done: coop-kiosk" in said, said
        assert "Installing" not in said, said
        assert terminal.shown("MainPID") == before
        found.seen = f"process {before} runs on"


def trust_as_here(machine: Machine) -> None:
    """It trusts whom this machine trusts, and asks the index that this machine asks."""
    machine.put(CERTIFICATES, str(CERTIFICATES.parent))
    asked = subprocess.run(
        ["python3", "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    index = f"index-url = {asked.stdout.strip()}\\n" if asked.returncode == 0 else ""
    machine.run(f"printf '[global]\\ncert = {CERTIFICATES}\\n{index}' >/etc/pip.conf")
