"""A backup put back on another guest, and the terminal taken away.

The other guest is a fresh one: nothing of the first is on its disks.
"""

import tempfile
from pathlib import Path
from typing import Any

import shop
from machine import Machine
from report import Report
from terminal import PANEL, Terminal, wait

NEEDS = "install"
SCREEN = PANEL
FRESH = "fresh"
PASSPHRASE = "cheval agrafe pile correct"
DATA, ETC = "/var/lib/coop-kiosk", "/etc/coop-kiosk"
BACKUP, SECRET = "/root/backup", "/root/passphrase"
RESTORE = f"kiosk backup restore {BACKUP} --passphrase-file {SECRET} --key-file {ETC}/credentials/card-key"
CREW = (0, 1, 2)


def play(machine: Machine, report: Report) -> None:
    terminal = Terminal(machine)
    wait("the terminal", lambda: terminal.is_well("door"))
    terminal.hold_back()
    terminal.plug_reader_in()
    terminal.check_in(*CREW)
    with report.check("kiosk-backup.service seals all that is precious while the terminal runs.") as found:
        machine.run(f"umask 077 && echo '{PASSPHRASE}' >{ETC}/credentials/backup-passphrase")
        facts, waiting = terminal.facts(), terminal.waiting()
        machine.run("systemctl start kiosk-backup.service", seconds=300)
        sealed = machine.get(f"$(echo {DATA}/backups/*.kiosk-backup)")
        assert terminal.is_well("door"), terminal.log()
        found.seen = f"{len(facts)} facts, {len(waiting)} of them on their way, {len(sealed) // 1024} kB"
    with report.check("scripts/uninstall takes the program and leaves the data; --purge takes these too.") as found:
        uninstall = "/root/bundle/scripts/uninstall"
        machine.run(uninstall)
        left = machine.run("ls -d /opt/coop-kiosk /usr/local/bin/kiosk /etc/systemd/system/kiosk.service", check=False)
        assert left.stdout == "", left.stdout
        machine.run(f"test -s {DATA}/journal.db && test -s {ETC}/kiosk.toml && test -s {ETC}/credentials/card-key")
        machine.run(f"{uninstall} --purge")
        gone = machine.run(f"ls -d {ETC}; ls -A {DATA}; getent passwd kiosk", check=False).stdout
        assert gone == "", gone
        found.seen = "a partition of its own is emptied"
    other = Machine(machine.folder, "other", FRESH)
    try:
        other.boot()
        fresh = Terminal(other)
        with report.check("The backup is put back on a fresh guest: the same facts, the same card key.") as found:
            put_back(fresh, sealed, facts)
            found.seen = f"{len(facts)} facts"
        with report.check("What waited in it is delivered from there, each fact once.") as found:
            fresh.take_people_in()
            fresh.let_go()
            other.run("systemctl restart kiosk", seconds=300)
            wait("the terminal", lambda: fresh.is_well("door"))
            assert sorted(shop.delivered(other)) == sorted(waiting)
            assert fresh.waiting() == set()
            found.seen = f"{len(waiting)} facts, and none again after a restart"
    finally:
        other.close()


def put_back(terminal: Terminal, sealed: bytes, facts: list[dict[str, Any]]) -> None:
    machine = terminal.machine
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "backup").write_bytes(sealed)
        (Path(scratch) / "passphrase").write_text(f"{PASSPHRASE}\n")
        machine.put(Path(scratch), "/root")
    wait("the terminal", terminal.answers)
    assert terminal.facts() == []
    # It has made a journal of its own when it started first, with nothing in it yet.
    machine.run(f"systemctl stop kiosk && rm {ETC}/credentials/card-key {DATA}/journal.db*")
    machine.run(RESTORE)
    assert machine.run(f"cat {ETC}/credentials/card-key").stdout.strip() == shop.CARD_KEY
    machine.run("systemctl start kiosk", seconds=300)
    wait("the terminal", terminal.answers)
    assert [row["fact"] for row in terminal.facts()] == [row["fact"] for row in facts]
