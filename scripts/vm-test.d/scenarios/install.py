"""The terminal, from a bundle to its screen.

It is installed as on a Raspberry Pi, on a partition of its own for what it remembers, started by systemd, and drawn by
cage on the guest's screen, of which pictures are taken from outside. Where it has come to other scenarios begin.
"""

import tempfile
import time
from pathlib import Path

import shop
from bundles import make_bundle
from machine import Machine
from report import Report
from terminal import Terminal, wait

SCREEN = (1280, 720)
KEPT = "installed"
FRESH = "fresh"
"""Before it ever knew anyone."""
INSTALL_SECONDS = 1800
USB = "/root/usb"
PANELS = ("td2", "rpi7")


def play(machine: Machine, report: Report) -> None:
    terminal = Terminal(machine)
    with report.check("One command installs a bundle, with a partition for the data, and the terminal runs.") as found:
        found.seen = f"after {install(terminal):.0f} s"
    machine.keep(FRESH)
    with report.check("After power-on systemd brings it up, with no hand on it.") as found:
        machine.boot()
        found.seen = f"{wait('the terminal', terminal.answers):.0f} s after the system"
    terminal.take_people_in()
    for panel in PANELS:
        with report.check(f"Configured as {panel} it fills a screen of {SCREEN[0]} × {SCREEN[1]}.") as found:
            machine.run(f"sed -i 's/^screen = .*/screen = \"{panel}\"/' /etc/coop-kiosk/kiosk.toml")
            machine.run("systemctl restart kiosk", seconds=300)
            wait("the terminal", lambda: terminal.is_well("door"))
            found.seen = terminal.drawn(panel)
    machine.keep(KEPT)


def install(terminal: Terminal) -> float:
    """How many seconds scripts/install took."""
    machine = terminal.machine
    bundle = make_bundle(machine.folder)
    with tempfile.TemporaryDirectory() as scratch:
        shop.write_settings(Path(scratch), PANELS[0])
        machine.put(Path(scratch), USB)
    machine.put(bundle, "/root")
    machine.run(f"mkdir /root/bundle && tar -C /root/bundle -xf /root/{bundle.name} && mkfs.ext4 -q /dev/vdb")
    terminal.prepare()
    began = time.monotonic()
    command = f"/root/bundle/scripts/install --config {USB}/kiosk.toml --data-partition /dev/vdb"
    said = machine.run(command, seconds=INSTALL_SECONDS).stdout
    seconds = time.monotonic() - began
    assert "Done: coop-kiosk" in said, said
    # They were laid down when the guest was built; what is missing otherwise is missing here.
    assert "Installing packages" not in said, said
    assert machine.run("findmnt -n -o SOURCE /var/lib/coop-kiosk").stdout.strip() == "/dev/vdb"
    return seconds
