"""In the guest, as root: a touch panel over the whole screen, as the kernel would show one that was plugged in.

It stays plugged in until it is killed, and is touched at each "X Y" that is written into its pipe: pixels from the
upper left corner. panel.py WIDTH HEIGHT
"""

import os
import sys
import time
from pathlib import Path
from typing import TextIO

from evdev import AbsInfo, UInput
from evdev import ecodes as e

PIPE = Path("/run/vm-panel")
DOWN_SECONDS = 0.15


def main(width: int, height: int) -> None:
    PIPE.unlink(missing_ok=True)
    os.mkfifo(PIPE)
    across, down, slots, ids = (AbsInfo(0, 0, most, 0, 0, 0) for most in (width - 1, height - 1, 9, 65535))
    axes = [
        (e.ABS_X, across), (e.ABS_Y, down), (e.ABS_MT_SLOT, slots), (e.ABS_MT_TRACKING_ID, ids),
        (e.ABS_MT_POSITION_X, across), (e.ABS_MT_POSITION_Y, down),
    ]  # fmt: skip
    can = {e.EV_KEY: [e.BTN_TOUCH], e.EV_ABS: axes}
    # Both ends of the pipe are held here, so that it is never at its end.
    with UInput(can, name="Touch panel", input_props=[e.INPUT_PROP_DIRECT]) as panel, _opened() as points:
        for number, point in enumerate(points, 1):
            x, y = map(int, point.split())
            places = ((e.ABS_MT_POSITION_X, x), (e.ABS_MT_POSITION_Y, y), (e.ABS_X, x), (e.ABS_Y, y))
            _write(panel, number, True, places)
            time.sleep(DOWN_SECONDS)
            _write(panel, -1, False, ())


def _write(panel: UInput, finger: int, touched: bool, places: tuple[tuple[int, int], ...]) -> None:
    panel.write(e.EV_ABS, e.ABS_MT_TRACKING_ID, finger)
    for axis, value in places:
        panel.write(e.EV_ABS, axis, value)
    panel.write(e.EV_KEY, e.BTN_TOUCH, int(touched))
    panel.syn()


def _opened() -> TextIO:
    return os.fdopen(os.open(PIPE, os.O_RDWR), "r")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
