"""What staff do in the tour: a coordinator with new cards and a delivery, then a technician."""

from kiosk.actions import Action
from kiosk.demo.acting import Step, home, keys, taps, then, titled, touches, types
from kiosk.demo.cast import Kind, character
from kiosk.views import (
    ChecksView,
    ChoicesView,
    GesturesView,
    KeyboardView,
    KeypadView,
    LogView,
    NoticeView,
    ResultView,
    TilesView,
    View,
)

NEW_CARD = "7:04C0FFEE123480"
"""Out of the box: nobody's yet."""


def _says_line(view: View, key: str) -> bool:
    return isinstance(view, GesturesView) and view.line is not None and view.line.key == key


STAFF_STEPS: tuple[Step, ...] = (
    Step(
        "coordinator",
        "Nadia's card has one button more",
        then(home, taps(Kind.COORDINATOR)),
        lambda view: any(b.action is Action.COORDINATION for b in getattr(view, "buttons", ())),
        door=True,
    ),
    Step("coordination", "what a coordinator can do", touches(Action.COORDINATION), titled(ChoicesView, "coord.title")),
    Step(
        "opened-by-hand",
        "the door is open for a delivery, and the journal knows why",
        then(touches(Action.OPEN_DOOR), lambda actor: actor.touch(Action.CHOOSE, "delivery")),
        titled(ResultView, "open.title"),
        door=True,
    ),
    Step(
        "link-badge",
        "Thomas' old badge says whose the next card is",
        then(
            touches(Action.BACK, Action.LINK_CARDS),
            lambda actor: actor.room.scan(character(Kind.BADGE).card),
        ),
        lambda view: isinstance(view, GesturesView) and view.gestures[1].now,
    ),
    Step(
        "link-done",
        "the new card is his",
        lambda actor: actor.lay(NEW_CARD),
        lambda view: _says_line(view, "link.done"),
    ),
    Step(
        "link-random",
        "a phone is no card, and it says why",
        then(lambda actor: actor.room.scan(character(Kind.BADGE).card), lambda actor: actor.lay("phone")),
        lambda view: _says_line(view, "link.trouble.phone"),
    ),
    Step(
        "seek",
        "a person is found by the first letters of the name",
        then(touches(Action.BACK, Action.BLOCK_CARD), keys("BALLET")),
        lambda view: isinstance(view, KeyboardView) and len(view.matches) == 1,
    ),
    Step("blocked", "all his cards open no more", touches(Action.ENTER), titled(NoticeView, "blocked.title")),
    Step(
        "blocked-card",
        "the card that was linked a minute ago is nobody's",
        then(home, lambda actor: actor.lay(NEW_CARD)),
        titled(NoticeView, "unknown.title"),
        door=False,
    ),
    Step(
        "pin",
        "a technician chooses the code before anything else",
        then(home, taps(Kind.TECHNICIAN), touches(Action.TECHNICAL)),
        titled(KeypadView, "pin.choose"),
    ),
    Step(
        "technical",
        "every part with how it is",
        then(types("2719"), types("2719")),
        lambda view: isinstance(view, TilesView),
    ),
    Step("parts", "one line a part", touches(Action.SELF_TEST), lambda view: isinstance(view, ChecksView)),
    Step(
        "log",
        "what has gone wrong since the start, about nobody",
        touches(Action.BACK, Action.LOG),
        lambda view: isinstance(view, LogView),
    ),
)
