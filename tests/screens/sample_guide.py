"""Screens of the guide of the first run; all its others are measured in ``test_guide.py``."""

from dataclasses import replace

from kiosk.rules.guide_states import Fetching, Guide, Key, Progress, Relaying, Step
from kiosk.rules.show_guide import view_of
from kiosk.types import ClockTrust
from kiosk.views import View
from tests.rules.guide_samples import SHEET, seen

FIRED = Relaying(found=True, unplugged=True, fired=True)


def guide_samples() -> dict[str, View]:
    """Its layouts, and what nothing else shows."""
    shown = {
        "guide-network": (Step.NETWORK, seen("192.168.1.40", ClockTrust.SINCE)),
        "guide-setup": (Step.SETUP, Fetching()),
        "guide-relay": (Step.DOOR, FIRED),
        "guide-passphrase": (Step.SHEET, replace(SHEET, noted=False)),
        "guide-sheet": (Step.SHEET, replace(SHEET, checked=True)),
    }
    return {
        name: view_of(Guide(progress=Progress(step=step, key=Key.MADE), state=state))
        for name, (step, state) in shown.items()
    }
