"""What the screens of the guide of the first run share: the table of who paints what, the frame, buttons, notices."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, TypeVar

from kiosk.actions import Action
from kiosk.rules.guide_states import STEPS, Guide, GuideState
from kiosk.view_parts import Button, ButtonKind, Frame, Header, Say, literal, say
from kiosk.views import Edge, NoticeView, View

Painter = Callable[[Guide, Any, Frame], View]
PAINTERS: Final[dict[type[GuideState], Painter]] = {}
P = TypeVar("P", bound=Painter)

MOST_WORDS: Final = 52
"""So many characters of the program's own sentences have room; the log has the whole."""


def shown(state: type[Any]) -> Callable[[P], P]:
    """Register the painter of a state."""

    def register(painter: P) -> P:
        PAINTERS[state] = painter
        return painter

    return register


def paint(guide: Guide) -> View:
    """The view of where the guide is."""
    at = STEPS.index(guide.progress.step) + 1
    frame = Frame(language=guide.progress.language, header=Header(text=say("guide.step", n=at, m=len(STEPS))))
    return PAINTERS[type(guide.state)](guide, guide.state, frame)


def step_of(frame: Frame) -> Say:
    """Which step it is, for a view with a header of its own."""
    assert frame.header.text is not None
    return frame.header.text


def titled(frame: Frame) -> Frame:
    """For a view whose title takes the place of the header's first line: the step stands below it."""
    return replace(frame, header=replace(frame.header, second=say("guide.kept")))


# ── buttons ───────────────────────────────────────────────────────────────────────────────────────────────────────


def back() -> Button:
    """To the step before."""
    return Button(action=Action.BACK, label=say("help.back"), icon="arrow-left")


def main(action: Action, label: str, icon: str = "check") -> Button:
    """The likely answer."""
    return Button(action=action, label=Say(label), icon=icon, kind=ButtonKind.MAIN)


def plain(action: Action, label: str, icon: str) -> Button:
    """Another answer."""
    return Button(action=action, label=Say(label), icon=icon)


def choice(label: Say, target: str, icon: str) -> Button:
    """One of several."""
    return Button(action=Action.CHOOSE, label=label, icon=icon, target=target)


def in_its_words(text: str) -> Say:
    """A sentence of the program itself, as far as there is room."""
    one_line = " ".join(text.split())
    return literal(one_line if len(one_line) <= MOST_WORDS else f"{one_line[:MOST_WORDS]}…")


def trouble(frame: Frame, icon: str, title: str, body: tuple[Say, ...], buttons: tuple[Button, ...]) -> NoticeView:
    """Something is not as it should be, and what to do about it."""
    return NoticeView(frame=frame, edge=Edge.SUN, icon=icon, title=Say(title), body=body, buttons=buttons)


def notice(frame: Frame, icon: str, title: Say, body: tuple[Say, ...], buttons: tuple[Button, ...]) -> NoticeView:
    """Something to do, or something that is well."""
    return NoticeView(frame=frame, edge=Edge.NONE, icon=icon, title=title, body=body, buttons=buttons)
