"""A coop's server in a process of its own: ``SIZE FOLDER``. Says its address, and ends with its standard input."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from kiosk.backends.reference_server import ReferenceServer
from kiosk.clock import SystemClock
from kiosk.demo.cast import ZONE
from kiosk.demo.data import make_coop
from kiosk.demo.room import DEMO_KEY
from kiosk.devices.cards import CardHasher

TOKEN, OTHER_TOKEN = "the bench's terminal", "the other terminal"
"""They guard nobody."""


def main() -> None:
    """Serve."""
    size, folder = int(sys.argv[1]), Path(sys.argv[2])
    make_coop(folder, size, 400, today=datetime.now(UTC).astimezone(ZONE).date())
    hasher = CardHasher(bytes.fromhex(DEMO_KEY), "demo")
    server = ReferenceServer(
        folder, hasher.hash_canonical, ZONE, TOKEN, SystemClock(), key_id="demo", database=folder / "server.db"
    )
    server.admit("other", OTHER_TOKEN)
    server.start()
    print(server.url, flush=True)
    sys.stdin.read()
    server.close()


if __name__ == "__main__":
    main()
