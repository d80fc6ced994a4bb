"""In the guest, as root: hold one card after another before the reader, and tell what the terminal has confirmed.

It tells on the second spare serial line, so that it is known outside of the guest at once: kind and id of each fact
that the running terminal lists as journalled, which is what lets its screen say "noted". witness.py CARD…
"""

import os
import sys
import time
import tty
from pathlib import Path

from ask import ask

LINE = "/dev/ttyS2"
READER = Path("/run/vm-reader")
BETWEEN_SECONDS = 2.0
LOOK_SECONDS = 0.05


def main(cards: list[str]) -> None:
    line = os.open(LINE, os.O_WRONLY | os.O_NOCTTY)
    tty.setraw(line)
    last = max((row["seq"] for row in ask("journal list", {})["value"]), default=0)
    for card in cards:
        READER.write_text(f"{card}\n")
        until = time.monotonic() + BETWEEN_SECONDS
        while time.monotonic() < until:
            for row in ask("journal list", {"after": last})["value"]:
                last = row["seq"]
                os.write(line, f"{row['fact']['kind']} {row['fact']['id']}\n".encode())
            time.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1:])
