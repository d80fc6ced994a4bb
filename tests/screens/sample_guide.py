"""Screens of the guide of the first run: every step, and what a step shows in another way.

All its states, with the longest values, are measured in ``test_guide.py``.
"""

from dataclasses import replace

from kiosk.rules.guide_events import CheckLine, ServerTried
from kiosk.rules.guide_states import (
    Checking,
    ChoosingPin,
    Explaining,
    Fetching,
    Finishing,
    Greeting,
    Guide,
    Key,
    Keying,
    Locking,
    Marking,
    Opening,
    PickingLine,
    Placing,
    Printing,
    Progress,
    Reading,
    Relaying,
    Scanning,
    Serving,
    Step,
    Weighing,
)
from kiosk.rules.show_guide import view_of
from kiosk.rules.staff_states import CORNERS
from kiosk.types import CardKind, ClockTrust, Part
from kiosk.views import Light, View
from tests.rules.guide_samples import CALM, PORTS, SHEET, seen

NO_PAPER = CheckLine(
    part=Part.PRINTER, light=Light.BAD, said="out of paper", do="Lay in a roll, and close the cover until it clicks."
)


def guide_samples() -> dict[str, View]:
    """By name, in the order of the steps."""
    shown = {
        "guide-language": (Step.LANGUAGE, Greeting()),
        "guide-why": (Step.LANGUAGE, Explaining(Greeting())),
        "guide-network": (Step.NETWORK, seen("192.168.1.40", ClockTrust.SINCE)),
        "guide-setup": (Step.SETUP, Fetching()),
        "guide-place": (Step.PLACE, Placing()),
        "guide-key": (Step.KEY, Keying()),
        "guide-key-sheet": (Step.KEY, Opening(sheet=("COOPKEY1:1:ABCD",), digits="4821093755")),
        "guide-server": (Step.SERVER, Serving(ServerTried(members=812))),
        "guide-touch": (Step.TOUCH, Marking(touched=CORNERS[:2])),
        "guide-reader": (Step.READER, Reading(found=True)),
        "guide-reader-read": (Step.READER, Reading(found=True, card=CardKind.CARD)),
        "guide-scanner": (Step.SCANNER, Scanning(device="05f9:2204")),
        "guide-lock": (Step.DOOR, Locking()),
        "guide-line": (Step.DOOR, PickingLine("1")),
        "guide-relay": (Step.DOOR, Relaying(found=True, unplugged=True, fired=True)),
        "guide-scale": (Step.SCALE, Weighing()),
        "guide-scale-list": (Step.SCALE, Weighing(ports=PORTS, choosing=True)),
        "guide-printer": (Step.PRINTER, Printing(looked=True, port="/dev/usb/lp0", language="escpos", printed=True)),
        "guide-pin": (Step.PIN, ChoosingPin(digits="48")),
        "guide-passphrase": (Step.SHEET, replace(SHEET, noted=False)),
        "guide-sheet": (Step.SHEET, replace(SHEET, checked=True)),
        "guide-check": (Step.CHECK, Checking(rows=(NO_PAPER, *CALM))),
        "guide-done": (Step.CHECK, Finishing(done=True)),
    }
    return {
        name: view_of(Guide(progress=Progress(step=step, key=Key.MADE), state=state))
        for name, (step, state) in shown.items()
    }
