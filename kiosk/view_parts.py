"""What every view is made of: sentences with their values, buttons, the frame, panels and lines. Frozen."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import TypeAlias

from kiosk.actions import Action


@dataclass(frozen=True, slots=True)
class Hour:
    """A time of day: « 16 h 30 », "4:30 pm"."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """A day without its hours: « mar. 21 oct. »."""

    on: date | datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """A day and its hours: « mar. 21 oct., 16 h – 19 h »."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Hours:
    """Two times of one day: « 16 h – 19 h »."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Duration:
    """A number of minutes: « 1 h 30 », « 45 min »."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Names:
    """First names, to be joined as the language does: « Sam, Noé et Ines »."""

    names: tuple[str, ...]


Value: TypeAlias = "str | int | Hour | Day | Slot | Hours | Duration | Names"


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence: a key of the catalogue, and the values of its braces. In a plural the value ``n`` decides."""

    key: str
    values: tuple[tuple[str, Value], ...] = ()


def say(key: str, **values: Value) -> Say:
    """Shorthand: ``say("open.next", slot=Slot(a, b))``."""
    return Say(key, tuple(sorted(values.items()))) if values else _bare(key)


_bare = cache(Say)
"""Sentences without values, each made once: as many as the catalogue has keys."""


def literal(text: str) -> Say:
    """Text that is not ours to translate (a first name, a job, a digit)."""
    return Say("literal", (("text", text),))


class ButtonKind(StrEnum):
    MAIN = "main"
    """Filled with the leaf colour (white on a leaf screen): the likely answer."""
    PLAIN = "plain"
    """Card with a border; on a coloured screen, only the border."""
    DARK = "dark"
    """Filled with ink, on the attention screen."""
    ATTENTION = "attention"
    """Sun-soft: something waits here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Countdown:
    """A ring that runs out at ``ends_at`` (monotonic seconds) after ``seconds``."""

    ends_at: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    action: Action
    label: Say
    icon: str | None = None
    kind: ButtonKind = ButtonKind.PLAIN
    target: str = ""
    sub: Say | None = None
    countdown: Countdown | None = None
    on: bool | None = None
    """Not None: a switch, on or off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The strip at the top: one line, or two, the first bold (offline). Language and help are always beside it."""

    text: Say | None = None
    second: Say | None = None
    icon: str | None = None
    bold: bool = False
    band: bool = False
    """The green band of a card laid during a weighing."""
    held: Action | None = None
    """What is asked by pressing the text for three seconds: the way in for technicians, which no button shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every view has."""

    language: str = "fr"
    header: Header = field(default_factory=Header)
    large_text: bool = False
    night: bool = False
    stale: bool = False
    """A discreet mark: what is shown is older than usual."""
    muted: bool = False
    visit: str = ""
    """Whose screen it is, by what their card began: a finger that was on its way to somebody else's does nothing."""


class PanelTone(StrEnum):
    LEAF_DARK = "leaf_dark"
    LEAF_SOFT = "leaf_soft"
    SKY_SOFT = "sky_soft"
    PLUM_SOFT = "plum_soft"
    SUN_SOFT = "sun_soft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A coloured box with an icon and a line; ``left`` and ``right`` stand beside the bold ``text`` where given."""

    text: Say
    icon: str | None = None
    tone: PanelTone = PanelTone.LEAF_DARK
    left: Say | None = None
    right: Say | None = None
    code: str = ""
    """Shown in the face with the slashed zero, after ``text``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line with a small icon, without a box."""

    text: Say
    icon: str | None = None
