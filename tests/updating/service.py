"""The terminal of a version in the tests of updating: a small real process with a journal and a control socket.

It stands at ``venv/bin/kiosk`` of a release; ``behaviour.json`` in the release says how it behaves. It writes a row
into the journal when it starts and at every question, and notes in ``confirmed`` what it has written.
"""

import json
import os
import socket
import sqlite3
import sys
from pathlib import Path

RELEASE = Path(sys.argv[0]).resolve().parents[2]
RIG = RELEASE.parents[1]
BEHAVIOUR = json.loads((RELEASE / "behaviour.json").read_text())


def confirm(db: sqlite3.Connection, number: int) -> None:
    """One row more, and then noted as promised."""
    name = f"{BEHAVIOUR['version']}-{os.getpid()}-{number}"
    with db:
        db.execute(
            "INSERT INTO journal (id, kind, boot_id, monotonic, wall, trust, offline, details)"
            " VALUES (?, 'tare', 'boot', 1, '2026-03-02T11:59:00+00:00', 'synced', 0, '{}')",
            (name,),
        )
    with (RIG / "confirmed").open("a") as confirmed:
        confirmed.write(f"{name}\n")


def serve() -> None:
    """Answer until somebody ends the process."""
    if BEHAVIOUR.get("dies"):
        sys.exit(1)
    path = RIG / "run" / "control.sock"
    path.unlink(missing_ok=True)
    db = sqlite3.connect(RIG / "data" / "journal.db", timeout=60)
    # It is processes that are ended here: what they have written is there without waiting for the disk.
    db.execute("PRAGMA synchronous = OFF")
    confirm(db, 0)
    if BEHAVIOUR.get("breaks_journal"):
        db.close()
        (RIG / "data" / "journal.db").write_bytes(b"no database any more" * 1000)
        db = sqlite3.connect(":memory:")
        db.execute("CREATE TABLE journal (id, kind, boot_id, monotonic, wall, trust, offline, details)")
    if BEHAVIOUR.get("loses_rows"):
        with db:
            db.execute("DELETE FROM journal WHERE id = (SELECT id FROM journal ORDER BY seq LIMIT 1)")
    with socket.socket(socket.AF_UNIX) as listener:
        if not BEHAVIOUR.get("mute"):
            listener.bind(str(path))
            listener.listen()
        print("up", flush=True)  # noqa: T201 - this is a command
        number = 0
        while True:
            if BEHAVIOUR.get("mute"):
                sys.stdin.read()
                return
            caller, _ = listener.accept()
            with caller:
                caller.makefile().readline()
                number += 1
                confirm(db, number)
                if number == BEHAVIOUR.get("dies_after"):
                    (RIG / "dying").touch()
                answer = {
                    "ok": True,
                    "result": BEHAVIOUR["status"] | {"version": BEHAVIOUR.get("answers_as", BEHAVIOUR["version"])},
                }
                caller.sendall(json.dumps(answer).encode() + b"\n")
                if number == BEHAVIOUR.get("dies_after"):
                    sys.exit(1)


def main() -> None:
    """What is asked of a version before it runs, and its run."""
    match sys.argv[1:]:
        case ["journal", "list", "--json", "--config", file]:
            db = sqlite3.connect(Path(file).parent / "data/journal.db")
            for (name,) in db.execute("SELECT id FROM journal"):
                print(json.dumps({"id": name}))  # noqa: T201 - this is a command
        case ["config", "check", file]:
            sys.exit(0 if Path(file).exists() else 1)
        case ["check", "--simulated"]:
            print("ok     store       well")  # noqa: T201 - this is a command
        case _:
            serve()


if __name__ == "__main__":
    main()
