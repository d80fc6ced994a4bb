"""In the guest, as root: a card before the reader, and the relay's line in the kernel's trace (card.py CARD)."""

import sys
import time
from pathlib import Path

from checking import Checks, wait_until
from pi import level, stretches, traced

RELAY = 17
READER = Path("/run/vm-reader")

checks = Checks()


@checks.add
def one_pulse() -> str:
    """A card that a real input device types opens: one pulse of the relay's line, of its length."""
    with traced(RELAY) as levels:
        began = time.monotonic()
        READER.write_text(f"{sys.argv[1]}\n")
        wait_until(lambda: level(RELAY) == 1, "the relay's line never became active")
        wait_until(lambda: level(RELAY) == 0, "it stayed active")
        seen = levels()
    (pulse,) = stretches(seen, 1)
    opened = next(one.at for one in seen if one.value == 1) - began
    return f"{opened:.2f} s after its first key, for {pulse:.2f} s"


if __name__ == "__main__":
    checks.run()
