"""The terminal in the guest, as one sees it from outside."""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import shop
from machine import GuestError, Machine

HERE = Path(__file__).parent
TOOLS = "/opt/tools"
PYTHON = "/opt/coop-kiosk/current/venv/bin/python"
SERVICE = "kiosk.service"
PANEL = (800, 480)
"""The fewest pixels of a panel there is: each one is drawn without a graphics card."""
FEW_COLOURS = 20
"""A screen that is only one ground has fewer."""
PATIENCE_SECONDS = 300.0
"""Nothing takes so long, but the guest is slow."""
LINES_UNIT = """[Unit]
Description=GPIO lines that pass for a Raspberry Pi's
Before=kiosk.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/python3 /opt/tools/pi.py
[Install]
WantedBy=multi-user.target
"""
PLUGGED_UNIT = """[Unit]
Description=What is plugged in: {program}
[Service]
ExecStartPre=/sbin/modprobe uinput
ExecStart=/usr/bin/python3 /opt/tools/{program}
[Install]
WantedBy=multi-user.target
"""
BENCH = """# There is no graphics card. The unit has a /proc of its own, which has to say too what machine this is.
[Service]
Environment=WLR_RENDERER=pixman LIBGL_ALWAYS_SOFTWARE=1 LP_NATIVE_VECTOR_WIDTH=128
BindReadOnlyPaths=/run/cpuinfo:/proc/cpuinfo
"""


def wait(what: str, holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> float:
    """How many seconds it took. Raises AssertionError if it does not come to that in time."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.5)
    return time.monotonic() - began


class Terminal:
    """The one that was installed in the guest."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def prepare(self) -> None:
        """All that a Raspberry Pi has and the guest has not."""
        self.machine.put(HERE / "guest", TOOLS)
        self._write("/etc/systemd/system/vm-lines.service", LINES_UNIT)
        self._write("/etc/systemd/system/kiosk.service.d/bench.conf", BENCH)
        self.machine.run("systemctl daemon-reload && systemctl enable -q --now vm-lines.service")

    def _write(self, path: str, text: str) -> None:
        self.machine.run(f"mkdir -p $(dirname {path}) && cat >{path} <<'END'\n{text}END")

    # ── how it is ─────────────────────────────────────────────────────────────────────────────────────────────────

    def shown(self, name: str, unit: str = SERVICE) -> str:
        """A property of its unit."""
        return self.machine.run(f"systemctl show --value --property {name} {unit}").stdout.strip()

    def status(self) -> dict[str, Any]:
        """Raises GuestError if it does not answer."""
        return self._ask("status")

    def answers(self) -> bool:
        try:
            return bool(self.status()["version"])
        except GuestError:
            return False

    def is_well(self, *parts: str) -> bool:
        """It answers, knows the members, and so do these parts of it."""
        try:
            now = self.status()
        except GuestError:
            return False
        return now["members"] > 0 and all(now["parts"][part] == "ok" for part in parts)

    def facts(self) -> list[dict[str, Any]]:
        """The journal."""
        return list(self._ask("journal list")["value"])

    def waiting(self) -> set[str]:
        """The ids of the presences that have not yet left for the server."""
        facts = [row["fact"] for row in self._ask("outbox list")["value"]]
        return {str(fact["id"]) for fact in facts if fact["kind"] == "check_in"}

    def _ask(self, command: str) -> dict[str, Any]:
        return dict(json.loads(self.machine.run(f"python3 {TOOLS}/ask.py '{command}'").stdout))

    def log(self, lines: int = 60) -> str:
        return self.machine.run(f"journalctl -u kiosk --no-pager -n {lines}", check=False).stdout

    def drawn(self, name: str) -> str:
        """That the screen shows more than a ground, from its top to its bottom, once the terminal has come to drawing.

        The picture ``name`` is kept to be looked at.
        """
        seconds = wait("a picture that fills the screen", lambda: self._colours(name) > FEW_COLOURS)
        return f"{self._colours(name)} colours, {seconds:.0f} s later"

    def _picture(self, name: str) -> Path:
        return self.machine.folder / f"{name}.ppm"

    def _colours(self, name: str) -> int:
        """How many there are, 0 while it is black in the middle of the upper or the lower edge.

        At the sides it may be: panels have other shapes than this screen.
        """
        width, height, pixels = self.machine.picture(self._picture(name))
        middles = (width // 2, width * (height - 1) + width // 2)
        if (width, height) != self.machine.screen or not all(any(pixels[3 * at : 3 * at + 3]) for at in middles):
            return 0
        return len({pixels[at : at + 3] for at in range(0, len(pixels), 3)})

    def brightness(self, x: int, y: int) -> int:
        """Of a pixel of its screen: 0 black, 765 white."""
        width, _, pixels = self.machine.picture(self._picture("pixel"))
        at = 3 * (y * width + x)
        return sum(pixels[at : at + 3])

    # ── what is done to it ────────────────────────────────────────────────────────────────────────────────────────

    def take_people_in(self) -> None:
        """It comes to know the coop."""
        with tempfile.TemporaryDirectory() as scratch:
            shop.write_people(Path(scratch))
            self.machine.put(Path(scratch), shop.MEMBERS)
        self.machine.run(f"chown -R kiosk:kiosk {shop.MEMBERS} && kiosk sync")
        wait("the members", lambda: self.status()["members"] == shop.PEOPLE)

    def plug_reader_in(self) -> None:
        """A card reader."""
        self._plug_in("vm-reader", "reader.py")
        wait("the card reader", lambda: self.is_well("scanner"))

    def plug_panel_in(self) -> None:
        """A touch panel over the whole screen."""
        assert self.machine.screen is not None
        self._plug_in("vm-panel", "panel.py {} {}".format(*self.machine.screen))
        wait("the touch panel", lambda: self.machine.run("test -p /run/vm-panel", check=False).returncode == 0)

    def _plug_in(self, unit: str, program: str) -> None:
        """It is there after each start of the guest, too."""
        self.machine.put(HERE / "guest" / program.split(maxsplit=1)[0], TOOLS)
        self._write(f"/etc/systemd/system/{unit}.service", PLUGGED_UNIT.format(program=program))
        self.machine.run(f"systemctl daemon-reload && systemctl enable -q --now {unit}.service")

    def touch(self, x: int, y: int) -> None:
        """A finger at a pixel."""
        self.machine.run(f"echo {x} {y} >/run/vm-panel")

    def scan(self, person: int) -> None:
        """A person's card is held before the reader."""
        self.machine.run(f"echo {shop.card(person)} >/run/vm-reader")

    def check_in(self, *people: int) -> None:
        """One after the other holds a card before the reader, until their presence is in the journal."""
        for person in people:
            self.scan(person)
            wait("a presence", lambda person=person: ("check_in", shop.number(person)) in self._who_did_what())

    def _who_did_what(self) -> set[tuple[str, str]]:
        return {(row["fact"]["kind"], row["fact"]["member_id"]) for row in self.facts()}

    def hold_back(self) -> None:
        """Presences wait from now on, over a start of the guest, too: the terminal may not write the coop's file."""
        self.machine.run(f"install -m 644 /dev/null {shop.MEMBERS}/checkins.csv")

    def let_go(self) -> None:
        """It may, and all that waits leaves at once."""
        self.machine.run(f"chown -R kiosk:kiosk {shop.MEMBERS}")
        self._ask("outbox retry")
        wait("the delivery", lambda: not self.waiting())

    def timed(self, act: Callable[[], object]) -> float:
        """How many seconds ``act`` took, and the terminal to be well after it."""
        began = time.monotonic()
        act()
        wait("the terminal", lambda: self.is_well("door"))
        return time.monotonic() - began
