"""Power cuts in the middle of check-ins.

Card after card is held before the reader. What the terminal confirms is told on a serial line and written down outside
of the guest; then the plug is pulled. What lay in the guest's memory is gone. After each cut the guest boots, systemd
starts the terminal, and that is asked for its journal.
"""

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import shop
from machine import Machine
from report import Report
from terminal import PANEL, TOOLS, Terminal, wait

NEEDS = "install"
SCREEN = PANEL
CARDS_BEFORE_A_CUT = 4
CUTS = shop.PEOPLE // CARDS_BEFORE_A_CUT
"""So that everyone comes once."""
MOMENT_SECONDS = 2.5
"""Longer than from one card to the next: the cut comes at any moment of it."""


def play(machine: Machine, report: Report) -> None:
    terminal, chance = Terminal(machine), random.Random(time.time_ns())
    wait("the terminal", lambda: terminal.is_well("door"))
    terminal.plug_reader_in()
    with report.check(
        f"Of {CUTS} power cuts in the middle of check-ins, each with a start behind it, none loses what was confirmed."
    ) as found:
        confirmed: list[str] = []
        slowest = 0.0
        for first in range(0, shop.PEOPLE, CARDS_BEFORE_A_CUT):
            confirmed += confirmed_until_a_cut(terminal, range(first, first + CARDS_BEFORE_A_CUT), chance)
            system = machine.boot()
            slowest = max(slowest, system + wait("the terminal", lambda: terminal.is_well("door", "scanner")))
            must_hold(terminal, confirmed)
        found.seen = f"{len(confirmed)} confirmed facts, {CUTS} boots, {slowest:.0f} s at most until all is well"


def must_hold(terminal: Terminal, confirmed: list[str]) -> None:
    facts = [row["fact"] for row in terminal.facts()]
    assert not any(fact["details"].get("alarm") == "journal_damaged" for fact in facts)
    there = {fact["id"] for fact in facts}
    lost = [one for one in confirmed if one.split()[1] not in there]
    assert not lost, f"lost: {', '.join(lost)}"


def confirmed_until_a_cut(terminal: Terminal, crew: range, chance: random.Random) -> list[str]:
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
