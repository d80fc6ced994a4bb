"""In the guest, as root: a card reader that types, as the kernel would show one that was plugged in.

It stays plugged in until it is killed, and types each line that is written into its pipe as a card's uid.
"""

import os
import time
from pathlib import Path
from typing import TextIO

from evdev import UInput
from evdev import ecodes as e

PIPE = Path("/run/vm-reader")
KEYS = {digit: getattr(e, f"KEY_{digit}") for digit in "0123456789ABCDEF"}
KEY_SECONDS = 0.004


def main() -> None:
    PIPE.unlink(missing_ok=True)
    os.mkfifo(PIPE)
    can = {e.EV_KEY: [*KEYS.values(), e.KEY_ENTER]}
    # Both ends of the pipe are held here, so that it is never at its end.
    with UInput(can, name="HID Card Reader", vendor=0x08FF, product=0x0009) as reader, _opened() as codes:
        for code in codes:
            for key in (*(KEYS[digit] for digit in code.strip()), e.KEY_ENTER):
                for value in (1, 0):
                    reader.write(e.EV_KEY, key, value)
                    reader.syn()
                    time.sleep(KEY_SECONDS)


def _opened() -> TextIO:
    return os.fdopen(os.open(PIPE, os.O_RDWR), "r")


if __name__ == "__main__":
    main()
