"""The terminal cannot start, because its configuration has faults: what the screen says until it is mended. Pure.

Whoever stands at the door reads how to get in; whoever looks after the terminal, one touch further, what is wrong.
"""

from dataclasses import dataclass, replace
from typing import Final

from kiosk.actions import Action
from kiosk.events import Touched
from kiosk.view_parts import Button, Frame, literal, say
from kiosk.views import LANGUAGES, Edge, NoticeView, TextView, View

MOST_CHARACTERS: Final = 150
"""Of the first fault: so many have room on the smallest panel. The log has the whole, and the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amiss:
    """What is known.

    Attributes:
        file: the configuration.
        faults: a sentence each, as ``kiosk config check`` says them; at least one.
        language: of the screen.
        explains: the faults are shown.
    """

    file: str
    faults: tuple[str, ...]
    language: str = "fr"
    explains: bool = False


def touched(amiss: Amiss, event: Touched) -> Amiss:
    """What a touch makes of it."""
    match event.action:
        case Action.LANGUAGE:
            return replace(amiss, language=LANGUAGES[(LANGUAGES.index(amiss.language) + 1) % len(LANGUAGES)])
        case Action.HELP | Action.WHY | Action.BACK:
            return replace(amiss, explains=not amiss.explains)
        case _:
            return amiss


def view_of(amiss: Amiss) -> View:
    """What the screen shows."""
    frame = Frame(language=amiss.language)
    if not amiss.explains:
        why = Button(action=Action.WHY, label=say("amiss.why"), icon="tools")
        return NoticeView(
            frame=frame,
            edge=Edge.BRICK,
            icon="alert-outline",
            title=say("amiss.knock"),
            body=(say("amiss.stopped"),),
            buttons=(why,),
        )
    more = len(amiss.faults) - 1
    return TextView(
        frame=frame,
        title=say("amiss.faults", n=len(amiss.faults)),
        paragraphs=(
            literal(_cut(amiss.faults[0].removeprefix(amiss.file).lstrip(",: "))),
            *((say("amiss.more", n=more),) if more else ()),
            say("amiss.mend", file=amiss.file),
        ),
        buttons=(Button(action=Action.BACK, label=say("help.back"), icon="arrow-left"),),
    )


def _cut(fault: str) -> str:
    one_line = " ".join(fault.split())
    return one_line if len(one_line) <= MOST_CHARACTERS else f"{one_line[:MOST_CHARACTERS]}…"
