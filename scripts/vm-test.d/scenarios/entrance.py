"""At the entrance: a card, the door, a scale, a screen that hangs.

The reader is one of the kernel's own (uinput), the door's relay a line of its own, the scale speaks from outside of the
guest on a serial line.
"""

import time

import shop
from machine import Machine
from report import Report
from terminal import PANEL, TOOLS, Terminal, wait

NEEDS = "install"
SCREEN = PANEL
GRAMS = 412
FRAME_SECONDS = 2.0


def play(machine: Machine, report: Report) -> None:
    terminal = Terminal(machine)
    wait("the terminal", lambda: terminal.is_well("door"))
    terminal.plug_reader_in()
    report.take(machine.lines(f"cd {TOOLS} && python3 card.py {shop.card(0)} 2>&1"))
    with report.check("The passage is in the journal at once, the presence once nobody has said no.") as found:
        kinds: set[str] = set()

        def noted() -> bool:
            kinds.update(row["fact"]["kind"] for row in terminal.facts() if row["fact"]["member_id"] == shop.number(0))
            return {"passage", "check_in"} <= kinds

        seconds = wait("the presence", noted)
        found.seen = f"{', '.join(sorted(kinds))} after {seconds:.0f} s"
    with report.check("The screen thanks that person.") as found:
        wait("the thanks", lambda: terminal.status()["screen"] == "Thanking")
        # What is known has yet to be drawn.
        time.sleep(FRAME_SECONDS)
        found.seen = terminal.drawn("noted")
    with report.check("A scale on a serial line is found, lost when it is pulled out, and found again.") as found:
        with shop.scale(machine) as scale:
            scale.place(GRAMS)
            there = wait("the scale", lambda: terminal.is_well("scale"))
        lost = wait("the loss", lambda: terminal.status()["parts"]["scale"] == "lost")
        with shop.scale(machine):
            again = wait("the scale again", lambda: terminal.is_well("scale"))
        found.seen = f"after {there:.0f} s, {lost:.0f} s, {again:.0f} s"
    with report.check("A screen that hangs is killed by the watchdog, and is back and drawn.") as found:
        before = int(terminal.shown("NRestarts"))
        machine.run("kill -STOP $(pgrep --uid kiosk --full 'bin/kiosk run' | tail -n 1)")
        killed = wait("the watchdog", lambda: int(terminal.shown("NRestarts")) > before)
        back = wait("the terminal", lambda: terminal.is_well("door", "scanner"))
        assert "Watchdog timeout" in terminal.log(200), terminal.log()
        found.seen = f"killed after {killed:.0f} s, back {back:.0f} s later, {terminal.drawn('back')}"
