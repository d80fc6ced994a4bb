"""Ways that people go to a state."""

from kiosk.actions import Action
from kiosk.effects import Book
from kiosk.events import (
    BookingAnswered,
    BookingOutcome,
    DeviceLost,
    JarScanned,
    Timer,
    TimerFired,
    Touched,
    TwoCardsSeen,
)
from kiosk.types import Part
from tests.rules.staff import staff_stories
from tests.rules.terminal import Terminal, snapshot, tap


def book_a_make_up(terminal: Terminal, outcome: BookingOutcome = BookingOutcome.BOOKED) -> None:
    terminal.feed(tap("blocked"), Touched(Action.SIGN_UP), Touched(Action.PICK, "tomorrow"))
    [order] = [order for order in terminal.effects if isinstance(order, Book)]
    terminal.feed(BookingAnswered(id=order.id, outcome=outcome))


def at_the_scale() -> Terminal:
    terminal = Terminal()
    terminal.weigh(0)
    terminal.touch(Action.WEIGH)
    terminal.weigh(352)
    return terminal


def stories() -> list[Terminal]:
    """A terminal in every state, reached as people reach it."""
    found = []
    for who in [person.id for person in snapshot().members]:
        terminal = Terminal()
        terminal.feed(tap(who))
        found.append(terminal)
    paths = [
        [tap("camille"), Touched(Action.MY_SHIFTS)],
        [tap("camille"), Touched(Action.MY_SHIFTS), Touched(Action.SIGN_UP)],
        [tap("camille"), Touched(Action.LANGUAGE)],
        [tap("warn"), Touched(Action.READ)],
        [tap("alix"), Touched(Action.START_SHIFT)],
        [tap("exempt"), Touched(Action.WORK_NOW)],
        [tap("exempt"), Touched(Action.WORK_NOW), Touched(Action.REPLACE)],
        [tap("alix"), Touched(Action.START_SHIFT), tap("alix")],
        [tap("alix"), Touched(Action.START_SHIFT), tap("alix"), Touched(Action.UNDO)],
        [tap("alix"), Touched(Action.JUST_SHOPPING), tap("camille"), tap("alix")],
        [tap("alix"), Touched(Action.START_SHIFT), Touched(Action.ROLL_CALL)],
        [tap("alix"), Touched(Action.START_SHIFT), Touched(Action.ROLL_CALL), Touched(Action.NEXT_SHIFT)],
        [tap("blocked"), Touched(Action.WHY)],
        [tap("blocked"), Touched(Action.WHY), Touched(Action.ASK_GRACE)],
        [tap("blocked"), Touched(Action.WHY), Touched(Action.ASK_GRACE), TimerFired(Timer.HOME)],
        [tap("blocked"), Touched(Action.SIGN_UP), Touched(Action.PICK, "tomorrow")],
        [tap("stranger")],
        [tap("stranger"), TimerFired(Timer.HOME)],
        [TwoCardsSeen()],
        [Touched(Action.ROLL_CALL)],
        [Touched(Action.NO_CARD)],
        [Touched(Action.NO_CARD), Touched(Action.LOST_CARD)],
        [Touched(Action.HELP)],
        [Touched(Action.HELP), Touched(Action.MY_DATA)],
        [Touched(Action.NO_CARD), TimerFired(Timer.HOME)],
        [Touched(Action.WEIGH)],
        [JarScanned(code="999999")],
        [DeviceLost(part=Part.READER, fault="")],
        [Touched(Action.WEIGH), DeviceLost(part=Part.SCALE, fault="")],
        [Touched(Action.WEIGH), DeviceLost(part=Part.SCALE, fault=""), Touched(Action.TYPE_WEIGHT)],
        [Touched(Action.WEIGH), DeviceLost(part=Part.SCALE, fault=""), Touched(Action.TYPE_WEIGHT), tap("coord")],
        [],
    ]
    for path in paths:
        terminal = Terminal()
        terminal.feed(*path)
        found.append(terminal)
    scale = at_the_scale()
    found.append(scale)
    kept = at_the_scale()
    kept.touch(Action.KEEP_TARE)
    found.append(kept)
    jar = at_the_scale()
    jar.feed(Touched(Action.KEEP_TARE), JarScanned(code="123454"))
    found.append(jar)
    sticker = at_the_scale()
    sticker.feed(Touched(Action.KEEP_TARE), tap("stranger"))
    found.append(sticker)
    booked = Terminal()
    book_a_make_up(booked)
    found.append(booked)
    return found + staff_stories()
