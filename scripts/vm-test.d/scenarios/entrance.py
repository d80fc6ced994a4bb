"""At the entrance: a card, the door, a scale, a screen that hangs.

The reader is one of the kernel's own (uinput), the door's relay a line of its own, the scale speaks from outside of the
guest on a serial line.
"""

import time

import shop
from machine import Machine
from report import Report
from terminal import PANEL, TOOLS, Terminal, wait

from kiosk.devices.simulated.scale import SimulatedScale

NEEDS = "install"
SCREEN = PANEL
GRAMS = 412
WEIGH = (144, 400)
"""On the idle screen, in pixels."""
KEEP = (40, 400)
"""On the screen of a jar, beside the words; dark only while the weight may be kept."""
DARK = 380
MOST_TOUCHES = 3
FRAME_SECONDS = 5.0
"""What is known has yet to be drawn."""


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
        time.sleep(FRAME_SECONDS)
        found.seen = terminal.drawn("noted")
    terminal.plug_panel_in()
    with (
        report.check(
            "A scale on a serial line is found, and a jar's weight is kept by a finger on the panel."
        ) as found,
        shop.scale(machine) as scale,
    ):
        there = wait("the scale", lambda: terminal.is_well("scale"))
        touches = ask_for_the_scale(terminal)
        kept = weigh_a_jar(terminal, scale)
        found.seen = f"after {there:.0f} s; heard at touch {touches}; {kept['grams']} g, {kept['stability']}"
    with report.check("The scale is pulled out: it is lost; plugged in again it is found.") as found:
        lost = wait("the loss", lambda: terminal.status()["parts"]["scale"] == "lost")
        with shop.scale(machine):
            again = wait("the scale again", lambda: terminal.is_well("scale"))
        found.seen = f"after {lost:.0f} s, {again:.0f} s"
    with report.check("A screen that hangs is killed by the watchdog, and is back and drawn.") as found:
        before = int(terminal.shown("NRestarts"))
        machine.run("kill -STOP $(pgrep --uid kiosk --full 'bin/kiosk run' | tail -n 1)")
        killed = wait("the watchdog", lambda: int(terminal.shown("NRestarts")) > before)
        back = wait("the terminal", lambda: terminal.is_well("door", "scanner"))
        assert "Watchdog timeout" in terminal.log(200), terminal.log()
        found.seen = f"killed after {killed:.0f} s, back {back:.0f} s later, {terminal.drawn('back')}"


def ask_for_the_scale(terminal: Terminal) -> int:
    """As a person does, who touches again where nothing has happened; how many touches it took.

    The display takes the first one of a panel that is plugged in late to get to know it.
    """
    wait("the idle screen", lambda: terminal.status()["screen"] == "Idle")
    for touches in range(1, MOST_TOUCHES + 1):
        terminal.touch(*WEIGH)
        time.sleep(FRAME_SECONDS)
        if terminal.status()["screen"] == "Taring":
            return touches
    raise AssertionError(f"{MOST_TOUCHES} touches are not heard")


def weigh_a_jar(terminal: Terminal, scale: SimulatedScale) -> dict[str, object]:
    """A jar on the pan, which was seen empty, and a touch; what the journal says of it."""
    scale.place(GRAMS)
    wait("a steady weight", lambda: terminal.brightness(*KEEP) < DARK)
    terminal.touch(*KEEP)
    wait("the tare", lambda: terminal.status()["screen"] == "TareKept")
    (tare,) = (row["fact"]["details"] for row in terminal.facts() if row["fact"]["kind"] == "tare")
    assert tare["grams"] == GRAMS, tare
    return dict(tare)
