"""What the guide has to know of the machine it runs on, beside the parts themselves."""

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from kiosk.app_parts import RealWiring, Wiring
from kiosk.install.settings import FILE
from kiosk.install.usb_key import LENT
from kiosk.screens.profiles import PROFILES

ELSEWHERE: Final = ("192.0.2.1", 9)
"""An address for documentation (RFC 5737): a route to it is a route to the world. Nothing is sent."""

DEBUG_PORT: Final = "ttyAMA10"
"""Where serial0 leads on a Raspberry Pi 5: a connector of its own, and not the header."""


class Machine(Protocol):
    """The machine."""

    wiring: Wiring
    is_real: bool
    """Its parts are no simulated ones."""

    def address(self) -> str:
        """Its own in the network; empty without one."""

    def maybe_usb(self) -> Path | None:
        """The configuration on a USB key, as far as one is plugged in."""

    def serial_ports(self) -> Sequence[str]:
        """Where a scale may be."""

    def printer_port(self) -> str:
        """Where a printer is: a file, or an address; empty: nowhere."""


class RealMachine:
    """This one.

    Args:
        root: of the file system.
    """

    is_real = True

    def __init__(self, root: Path = Path("/")) -> None:
        self.wiring: Wiring = RealWiring()
        self._root = root
        self._lent = root / LENT.relative_to("/")

    def address(self) -> str:
        """The address that the kernel would speak from."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(ELSEWHERE)
            except OSError:
                return ""
            return str(probe.getsockname()[0])

    def maybe_usb(self) -> Path | None:
        file = self._lent / FILE
        return file if file.is_file() else None

    def serial_ports(self) -> Sequence[str]:
        """By what outlives a change of socket; the header's own port last."""
        lasting = sorted(map(str, self._root.glob("dev/serial/by-id/*")))
        header = self._root / "dev/serial0"
        if header.resolve().name == DEBUG_PORT:
            header = header.with_name("ttyAMA0")
        return [*lasting, *([str(header)] if header.exists() else [])]

    def printer_port(self) -> str:
        return next((str(path) for path in sorted(self._root.glob("dev/usb/lp*"))), "")


def panel(root: Path = Path("/")) -> str:
    """The profile of the panel that is connected; the smallest where none says how large it is."""
    sizes = {(profile.width, profile.height): name for name, profile in PROFILES.items()}
    for modes in sorted(root.glob("sys/class/drm/*/modes")):
        try:
            first = modes.read_text(encoding="ascii", errors="replace").split("\n", 1)[0]
        except OSError:
            continue
        wide, _, tall = first.partition("x")
        if wide.isdecimal() and tall.isdecimal() and (name := sizes.get((int(wide), int(tall)))):
            return name
    return next(iter(PROFILES))
