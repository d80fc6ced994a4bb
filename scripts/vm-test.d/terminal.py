"""The terminal in the guest, as one sees it from outside."""

import json
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

    def _ask(self, command: str) -> dict[str, Any]:
        return dict(json.loads(self.machine.run(f"python3 {TOOLS}/ask.py '{command}'").stdout))

    def log(self, lines: int = 60) -> str:
        return self.machine.run(f"journalctl -u kiosk --no-pager -n {lines}", check=False).stdout

    def drawn(self, name: str) -> str:
        """That the screen shows more than a ground, to its edges. The picture ``name`` is kept to be looked at."""
        width, height, pixels = self.machine.picture(self.machine.folder / f"{name}.ppm")
        assert (width, height) == self.machine.screen, (width, height)
        colours = len({pixels[at : at + 3] for at in range(0, len(pixels), 3)})
        assert colours > FEW_COLOURS, f"{colours} colours on the screen"
        return f"{colours} colours"

    # ── what is done to it ────────────────────────────────────────────────────────────────────────────────────────

    def plug_reader_in(self) -> None:
        """A card reader; it stays until the guest ends."""
        self.machine.run(f"modprobe uinput && systemd-run -q --unit vm-reader python3 {TOOLS}/reader.py")
        wait("the card reader", lambda: self.is_well("scanner"))

    def scan(self, person: int) -> None:
        """A person's card is held before the reader."""
        self.machine.run(f"echo {shop.card(person)} >/run/vm-reader")

    def timed(self, act: Callable[[], object]) -> float:
        """How many seconds ``act`` took, and the terminal to be well after it."""
        began = time.monotonic()
        act()
        wait("the terminal", lambda: self.is_well("door"))
        return time.monotonic() - began
