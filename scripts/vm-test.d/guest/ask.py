"""In the guest: a command to the running terminal over its control socket: ask.py COMMAND [ARGUMENTS as JSON].

What ``kiosk`` does too, without loading it: a guest without hardware virtualisation takes half a minute for that.
"""

import json
import socket
import sys
from typing import Any

CONTROL = "/run/coop-kiosk/control.sock"
SECONDS = 60.0


def ask(command: str, arguments: dict[str, object]) -> Any:
    """The answer. Raises OSError if nobody listens, SystemExit if it is a no."""
    with socket.socket(socket.AF_UNIX) as control:
        control.settimeout(SECONDS)
        control.connect(CONTROL)
        control.sendall(json.dumps({"command": command, "arguments": arguments}).encode() + b"\n")
        with control.makefile() as answer:
            said = json.loads(answer.readline())
    if not said["ok"]:
        sys.exit(said["error"])
    return said["result"]


if __name__ == "__main__":
    print(json.dumps(ask(sys.argv[1], json.loads(sys.argv[2]) if len(sys.argv) > 2 else {})))
