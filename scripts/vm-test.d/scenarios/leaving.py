"""A backup put back on another guest, and the terminal taken away.

The other guest is a fresh one: nothing of the first is on its disks.
"""

import tempfile
from pathlib import Path

from machine import Machine
from report import Report
from terminal import PANEL, Terminal, wait

NEEDS = "install"
SCREEN = PANEL
FRESH = "fresh"
PASSPHRASE = "cheval agrafe pile correct"
BACKUP, SECRET = "/root/backup", "/root/passphrase"
RESTORE = f"kiosk backup restore {BACKUP} --passphrase-file {SECRET} --key-file /etc/coop-kiosk/credentials/card-key"


def play(machine: Machine, report: Report) -> None:
    terminal = Terminal(machine)
    wait("the terminal", lambda: terminal.is_well("door"))
    terminal.plug_reader_in()
    terminal.scan(0)
    wait("a presence", lambda: any(row["fact"]["kind"] == "check_in" for row in terminal.facts()))
    facts = terminal.facts()
    machine.run(f"echo '{PASSPHRASE}' >{SECRET} && kiosk backup create {BACKUP} --passphrase-file {SECRET}")
    sealed = machine.get(BACKUP)
    with report.check("scripts/uninstall takes the program and leaves the data; --purge takes these too.") as found:
        uninstall = "/root/bundle/scripts/uninstall"
        machine.run(uninstall)
        left = machine.run("ls -d /opt/coop-kiosk /usr/local/bin/kiosk /etc/systemd/system/kiosk.service", check=False)
        assert left.stdout == "", left.stdout
        machine.run("test -s /var/lib/coop-kiosk/journal.db && test -s /etc/coop-kiosk/kiosk.toml")
        machine.run(f"{uninstall} --purge")
        gone = machine.run("ls -d /etc/coop-kiosk; ls -A /var/lib/coop-kiosk; getent passwd kiosk", check=False).stdout
        assert gone == "", gone
        found.seen = "a partition of its own is emptied"
    with report.check("A backup is put back on a fresh guest: the same facts, the same card key.") as found:
        put_back(machine.folder, sealed, facts)
        found.seen = f"{len(facts)} facts, {len(sealed) // 1024} kB"


def put_back(folder: Path, sealed: bytes, facts: list[dict[str, object]]) -> None:
    other = Machine(folder, "other", base=FRESH)
    try:
        other.boot()
        terminal = Terminal(other)
        with tempfile.TemporaryDirectory() as scratch:
            (Path(scratch) / "backup").write_bytes(sealed)
            (Path(scratch) / "passphrase").write_text(f"{PASSPHRASE}\n")
            other.put(Path(scratch), "/root")
        wait("the terminal", terminal.answers)
        assert terminal.facts() == []
        # It has made a journal of its own when it started first, with nothing in it yet.
        other.run("systemctl stop kiosk && rm /etc/coop-kiosk/credentials/card-key /var/lib/coop-kiosk/journal.db*")
        other.run(RESTORE)
        other.run("systemctl start kiosk", seconds=300)
        wait("the terminal", terminal.answers)
        assert terminal.facts() == facts
    finally:
        other.close()
