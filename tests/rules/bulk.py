"""A bulk station with a jar on its scale."""

from datetime import date

from kiosk.actions import Action
from kiosk.effects import PrintLabel
from kiosk.events import DeviceLost, JarScanned, LabelPrinted, PrintFailed, PrintTrouble, Touched
from kiosk.types import Grams, Jar, JarCode, Part
from tests.rules.terminal import Terminal, snapshot, tap

CODE = JarCode("123454")
JAR = Jar(code=CODE, grams=Grams(352), weighed_on=date(2026, 11, 20))
OTHER = Jar(code=JarCode("200006"), grams=Grams(98), weighed_on=date(2026, 11, 20))


def scale(**more) -> Terminal:
    """At the scale, its pan empty, with a printer."""
    terminal = Terminal(**({"printer": True} | more))
    terminal.weigh(0)
    terminal.touch(Action.WEIGH)
    return terminal


def printing_jar(grams: int = 352, **more) -> Terminal:
    """A jar weighed, its label asked for."""
    terminal = scale(**more)
    terminal.weigh(grams)
    terminal.touch(Action.KEEP_TARE)
    return terminal


def orders(terminal: Terminal) -> list[PrintLabel]:
    return [order for order in terminal.effects if isinstance(order, PrintLabel)]


def print_it(terminal: Terminal, *, sure: bool = True) -> None:
    """The printer answers the newest order."""
    terminal.feed(LabelPrinted(id=orders(terminal)[-1].id, sure=sure))


def fail(terminal: Terminal, trouble: PrintTrouble) -> None:
    terminal.feed(PrintFailed(id=orders(terminal)[-1].id, trouble=trouble))


def actions(terminal: Terminal) -> list[Action]:
    return [button.action for button in terminal.view().buttons]


def alone() -> Terminal:
    """The first label is there, and the next ones are to print alone."""
    terminal = printing_jar()
    print_it(terminal)
    terminal.touch(Action.PRINT_ALONE)
    assert terminal.view().buttons[0].on is True
    return terminal


def known(**more) -> Terminal:
    """A jar of 352 g, weighed on the day of the tests, is known; nobody stands there."""
    terminal = Terminal(**({"printer": True} | more))
    terminal.knowledge.apply(snapshot(jars=(JAR, OTHER)))
    terminal.weigh(0)
    return terminal


def tagged() -> Terminal:
    """The jar has a sticker, and nobody stands there."""
    terminal = known()
    terminal.feed(JarScanned(code=CODE), tap("sticker"), Touched(Action.TAG_JAR), Touched(Action.DONE))
    return terminal


def without_a_scale() -> Terminal:
    terminal = scale()
    terminal.feed(DeviceLost(part=Part.SCALE, fault=""))
    terminal.touch(Action.TYPE_WEIGHT)
    return terminal


def type_weight(terminal: Terminal, digits: str) -> None:
    for digit in digits:
        terminal.touch(Action.KEY, digit)
    terminal.touch(Action.ENTER)
