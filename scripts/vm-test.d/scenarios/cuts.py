"""Power cuts in the middle of check-ins.

Card after card is held before the reader. What the terminal confirms is told on a serial line and written down outside
of the guest; then the plug is pulled. What lay in the guest's memory is gone. After each cut the journal is read on the
disk as the next start would find it, and the guest goes on from the moment before the first card; after the last cut of
a series it boots, and the terminal itself is asked.
"""

import random
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import shop
from machine import Machine
from report import Report
from terminal import PANEL, TOOLS, Terminal, wait

NEEDS = "install"
SCREEN = PANEL
SERIES, CUTS = 2, 10
CARDS_BEFORE_A_CUT = 10
MOMENT_SECONDS = 2.5
"""Longer than from one card to the next: the cut comes at any moment of it."""
FROZEN = "checking-in"


def play(machine: Machine, report: Report) -> None:
    terminal, chance = Terminal(machine), random.Random(time.time_ns())
    with report.check(
        f"Of {SERIES * CUTS} power cuts in the middle of check-ins none loses what was confirmed."
    ) as found:
        count, people = 0, iter(range(shop.PEOPLE * SERIES))
        for _ in range(SERIES):
            crew = [next(people) % shop.PEOPLE for _ in range(CARDS_BEFORE_A_CUT)]
            wait("the terminal", lambda: terminal.is_well("door"))
            terminal.plug_reader_in()
            machine.freeze(FROZEN)
            for cut in range(CUTS):
                if cut:
                    machine.boot(as_frozen=FROZEN)
                confirmed = confirmed_until_a_cut(terminal, crew, chance)
                must_hold(journal_on(machine.data), confirmed)
                count += len(confirmed)
            machine.boot()
            wait("the terminal", lambda: terminal.is_well("door"))
            must_hold({str(row["fact"]["id"]) for row in terminal.facts()}, confirmed)
        found.seen = f"{count} confirmed facts, {SERIES} boots"


def must_hold(journal: set[str], confirmed: list[str]) -> None:
    lost = [one for one in confirmed if one.split()[1] not in journal]
    assert not lost, f"lost: {', '.join(lost)}"


def confirmed_until_a_cut(terminal: Terminal, crew: list[int], chance: random.Random) -> list[str]:
    """Kind and id of each fact that was confirmed before the plug was pulled."""
    machine = terminal.machine
    with heard(machine.witness) as lines:
        cards = " ".join(shop.card(person) for person in crew)
        machine.run(f"systemd-run -q --collect python3 {TOOLS}/witness.py {cards}")
        wait("a confirmed check-in", lambda: any(line.startswith("check_in ") for line in list(lines)))
        time.sleep(chance.uniform(0, MOMENT_SECONDS))
        machine.cut()
    return list(lines)


@contextmanager
def heard(line: Path) -> Iterator[list[str]]:
    """The whole lines that come from a serial line meanwhile, as they come."""
    lines: list[str] = []
    with socket.socket(socket.AF_UNIX) as end:
        end.connect(str(line))

        def listen() -> None:
            rest = ""
            while data := end.recv(4096):
                *whole, rest = (rest + data.decode(errors="replace")).split("\n")
                lines.extend(whole)

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield lines
        finally:
            end.shutdown(socket.SHUT_RDWR)
            thread.join()


def journal_on(disk: Path) -> set[str]:
    """The ids of all facts in the journal on a disk, as the next start finds it: its file system's journal replayed."""
    with tempfile.TemporaryDirectory() as scratch:
        raw, folder = Path(scratch, "disk"), Path(scratch, "files")
        folder.mkdir()
        subprocess.run(["qemu-img", "convert", "-O", "raw", disk, raw], check=True)
        # It ends with 1 where it has put something right.
        checked = subprocess.run(["e2fsck", "-fy", raw], capture_output=True, text=True, check=False)
        assert checked.returncode in {0, 1}, checked.stdout
        subprocess.run(["debugfs", "-R", f"rdump / {folder}", raw], capture_output=True, check=True)
        with closing(sqlite3.connect(folder / "journal.db")) as journal:
            assert journal.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return {str(row[0]) for row in journal.execute("SELECT id FROM journal")}
