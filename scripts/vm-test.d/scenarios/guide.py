"""The guide of the first run, under its unit, with a real panel and a USB key.

The touches come from a panel of the kernel's own (uinput), the key is plugged in from outside of the guest while it
runs. After the guide's seventh step, the one that finds a panel whose touches count twice, no more is played.
"""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import shop
from machine import Machine
from report import Report
from terminal import PANEL, Terminal, wait

NEEDS = "install"
SCREEN = PANEL
FOLDER = "/var/lib/coop-kiosk"
LENT = "/run/coop-kiosk-usb"
FRAME_SECONDS = 5.0
"""What is known has yet to be drawn."""
FRENCH, GO_ON = (207, 148), (143, 418)
"""On the first two screens, in pixels."""
CONTINUE = (263, 404)
"""On a screen that tells one thing."""
CORNERS = ((72, 136), (727, 136), (72, 412), (727, 412))


def play(machine: Machine, report: Report) -> None:
    terminal = Terminal(machine)
    wait("the terminal", lambda: terminal.is_well("door"))
    with report.check("Installed with --guide and no configuration, the screen asks; it hears a finger.") as found:
        machine.run(f"systemctl stop kiosk && rm -r /etc/coop-kiosk/* && find {FOLDER} -mindepth 1 -delete")
        terminal.plug_panel_in()
        said = machine.run("/root/bundle/scripts/install --guide --no-packages", seconds=600).stdout
        assert "Go on at the screen." in said, said
        terminal.drawn("guide")
        touch(terminal, FRENCH)
        wait("the network's step", lambda: step(machine) == "network")
        touch(terminal, GO_ON)
        wait("the set-up's step", lambda: step(machine) == "setup")
        found.seen = terminal.drawn("guide")
    with tempfile.TemporaryDirectory() as key:
        shop.write_settings(Path(key), "rpi7")
        with report.check(
            "A USB key is plugged in: kiosk-usb.service lends it, and the guide takes its kiosk.toml."
        ) as found:
            machine.plug_key_in(Path(key))
            seconds = wait("the key's step", lambda: step(machine) == "key")
            settings = {(section, name): value for section, name, value in kept(machine)["settings"]}
            assert settings["door", "relay_pin"] == shop.RELAY, settings
            assert kept(machine)["key"] == "brought"
            assert machine.run(f"cat {FOLDER}/credentials/card-key").stdout.strip() == shop.CARD_KEY
            found.seen = f"{len(settings)} settings and the card key after {seconds:.0f} s"
        with report.check("The key is pulled out: nothing of it stays lent.") as found:
            assert machine.run(f"ls {LENT}").stdout != ""
            machine.pull_key_out()
            seconds = wait("its end", lambda: machine.run(f"test -e {LENT}", check=False).returncode != 0)
            found.seen = f"after {seconds:.0f} s"
    with report.check("The power is cut: the guide goes on where it was.") as found:
        machine.cut()
        machine.boot()
        terminal.drawn("guide")
        assert step(machine) == "key", step(machine)
        touch(terminal, CONTINUE)
        wait("the server's step", lambda: step(machine) == "server")
        found.seen = terminal.drawn("guide-again")
    with report.check("Each touch counts once.") as found:
        touch(terminal, CONTINUE)
        wait("the panel's step", lambda: step(machine) == "touch")
        for corner in CORNERS:
            touch(terminal, corner)
        # A panel whose touches count twice does not lead here.
        wait("the reader's step", lambda: step(machine) == "reader")
        found.seen = f"{len(CORNERS)} corners"


def touch(terminal: Terminal, place: tuple[int, int]) -> None:
    time.sleep(FRAME_SECONDS)
    terminal.touch(*place)


def step(machine: Machine) -> str:
    """Where the guide is, as it has written it down."""
    return str(kept(machine).get("step", ""))


def kept(machine: Machine) -> dict[str, Any]:
    said = machine.run(f"cat {FOLDER}/guide.json", check=False).stdout
    return dict(json.loads(said)) if said else {}
