"""What the firmware of a Raspberry Pi has to know before the kernel starts: lines of config.txt, by model and wiring.

Pure: texts in, texts out. The keys are those of Raspberry Pi's own documentation of config.txt and of the overlays'
README; what is unproved on a real board is said so in docs/install.md.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from kiosk.config import Config
from kiosk.config_checks import UART_PORTS
from kiosk.resting import outputs_of

BEGIN: Final = "# coop-kiosk: begin. scripts/install writes what stands between these two lines"
END: Final = "# coop-kiosk: end"
_BLOCK: Final = re.compile(rf"^{re.escape(BEGIN)}$.*?^{re.escape(END)}$\n?", re.MULTILINE | re.DOTALL)
_GRAPHICS: Final = re.compile(r"^dtoverlay=vc4-f?kms-v3d\b", re.MULTILINE)
_PANELS: Final = re.compile(r"^(?:display_auto_detect=|dtoverlay=vc4-kms-d[ps]i)", re.MULTILINE)
"""A panel that somebody has named is none to look for."""
_SERIAL_CONSOLE: Final = re.compile(r"\bconsole=(?:serial0|ttyAMA0|ttyS0),\d+ ?")
HEADER_PORT, HEADER_PORT_OF_5 = "enable_uart=1", "dtparam=uart0=on"
"""What switches the serial port of the header on (Raspberry Pi documentation, "Configure UARTs")."""
_MODEL: Final = re.compile(r"Raspberry Pi (?:Compute Module )?(\d)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of config.txt, and why."""

    text: str
    why: str


def model_of(device_tree_model: str) -> int | None:
    """3, 4 or 5 by the kernel's name of the board; None where it is none of these.

    Args:
        device_tree_model: what ``/proc/device-tree/model`` says, with or without the zero byte at its end.
    """
    found = _MODEL.match(device_tree_model)
    if found is not None:
        return int(found[1]) if int(found[1]) in {3, 4, 5} else None
    # Another form of the Pi 3: the same chip.
    return 3 if device_tree_model.startswith("Raspberry Pi Zero 2") else None


def wanted(config: Config, model: int, text: str) -> Iterator[Line]:
    """The lines that a terminal needs on that model, in the order of the file.

    Args:
        config: the terminal's.
        model: 3, 4 or 5.
        text: the file as it is.
    """
    rest = removed(text)
    # As Raspberry Pi OS comes it has both; the first one twice would be one too many.
    if not _GRAPHICS.search(rest):
        yield Line("dtoverlay=vc4-kms-v3d", "the kernel's own driver of the display, which cage and KMSDRM need")
    if not _PANELS.search(rest):
        yield Line("display_auto_detect=1", "the official panels are found by themselves")
    yield Line("dtparam=watchdog=on", "the machine's own watchdog, which systemd pats")
    if config.reader.enabled and config.reader.bus.startswith("spi:"):
        bus, chip_select = map(int, config.reader.bus[4:].split("."))
        if bus == 0:
            yield Line("dtparam=spi=on", "the bus of the reader")
        else:
            yield Line(f"dtoverlay=spi1-{chip_select + 1}cs", "the bus of the reader")
    if config.scale.enabled and config.scale.port in UART_PORTS:
        if model < 5:
            yield Line(HEADER_PORT, f"the scale's port {config.scale.port}")
        else:
            # serial0 of a Pi 5 is its debug connector; places 8 and 10 of the header are ttyAMA0, which is off.
            yield Line(HEADER_PORT_OF_5, "the scale's port on the header, which is /dev/ttyAMA0 on a Pi 5")
    for name, output in outputs_of(config):
        level = "dl" if output.active_high else "dh"
        yield Line(f"gpio={output.pin}=op,{level}", f"the {name} at rest from power-on")
    if model < 5 and any(outputs_of(config)):
        # The Pi 5 has its lines on another chip, which has no such parameter.
        yield Line("dtparam=strict_gpiod", "a line goes back to an input when its process dies")
    yield Line("disable_splash=1", "no picture of the firmware's before the terminal's")


def amended(text: str, lines: Iterable[Line]) -> str:
    """The file with our block as it should be: in the place of the old one, else at the end."""
    block = "\n".join([BEGIN, "[all]", *(entry for line in lines for entry in (f"# {line.why}", line.text)), END, ""])
    if _BLOCK.search(text):
        # What somebody has added below it stands under its [all], and goes on doing so.
        return _BLOCK.sub(lambda _: block, text, count=1)
    return text + ("\n" if text and not text.endswith("\n") else "") + block


def removed(text: str) -> str:
    """The file without our block."""
    return _BLOCK.sub("", text)


def without_serial_console(cmdline: str) -> str:
    """The kernel's command line without a console on the serial port of the header: its words would reach the scale."""
    return _SERIAL_CONSOLE.sub("", cmdline)
