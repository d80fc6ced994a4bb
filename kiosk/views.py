"""What the screen shows. Frozen; built by the rules, drawn by ``screens/``, which decides nothing.

A view carries sentences as :class:`Say` (a key of the catalogue in :mod:`kiosk.messages` and its values); they become
words in the language of the frame when they are drawn. Icons are names of the icon table in ``screens/theme.py``.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final, TypeAlias

from kiosk.events import Action


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
    return Say(key, tuple(sorted(values.items())))


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


# ── the views, one class a layout ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """One shift time on the board: counts, never names. Dots up to eight people, a bar above."""

    label: Say
    headline: Say | None
    here: int
    of: int
    gap: Say | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleView:
    """S1: the invitation on the left, the shift board on the right, buttons below.

    ``picture`` is ``card`` (entrance) or ``jar`` (bulk). ``steps`` replaces the board at the bulk station.
    """

    frame: Frame
    picture: str
    title: Say
    sub: Say
    board: tuple[BoardLine, ...] = ()
    steps: tuple[Say, ...] = ()
    buttons: tuple[Button, ...] = ()


class ResultTone(StrEnum):
    LEAF = "leaf"
    SUN = "sun"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultView:
    """S3, S4, C2, M3, T5: a full coloured screen. The verdict (``title``) is the largest thing on it."""

    frame: Frame
    tone: ResultTone
    icon: str
    title: Say
    body: tuple[Say, ...] = ()
    panel: Panel | None = None
    note: Line | None = None
    buttons: tuple[Button, ...] = ()


class Edge(StrEnum):
    NONE = "none"
    BRICK = "brick"
    PLUM = "plum"
    SUN = "sun"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """S5, S6, T4, out of order, ringing: cream, with a coloured edge.

    Three buttons: the main one has a row of its own, the others share the next. Up to two: one row, the main one wider.
    """

    frame: Frame
    edge: Edge
    icon: str
    title: Say
    body: tuple[Say, ...] = ()
    panel: Panel | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """C1: one question, a panel, the likely answer large with its ring, the others below."""

    frame: Frame
    title: Say
    panel: Panel
    main: Button
    others: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    label: Say
    figure: Say
    rest: Say | None = None
    tone: PanelTone = PanelTone.LEAF_SOFT


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRow:
    icon: str
    text: Say
    right: Say | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftsView:
    """M1: my shifts. Rows cannot be touched: no border, hairlines only."""

    frame: Frame
    title: Say
    tiles: tuple[Tile, ...] = ()
    rows: tuple[ShiftRow, ...] = ()
    empty: Say | None = None
    remark: Panel | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    title: Say
    sub: Say
    button: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpView:
    """M2: up to three shifts that need people, the emptiest first."""

    frame: Frame
    title: Say
    offers: tuple[OfferRow, ...]
    empty: Say | None = None
    remark: Say | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    job: Say
    here: int
    of: int
    count: Say | None
    remark: Say
    short: bool = False
    """``remark`` is said in the attention colour."""
    quiet: bool = False
    """A later shift: no dots, grey."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    name: Say
    job: Say
    icon: str
    chip: Say | None = None
    chip_tone: PanelTone = PanelTone.SKY_SOFT


@dataclass(frozen=True, slots=True, kw_only=True)
class RollCallView:
    """R1: who is on shift. Counts by job; names only after a card."""

    frame: Frame
    title: Say
    jobs: tuple[JobRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    panel: Panel | None = None
    extra: Button | None = None
    """« Je viens aider », in the grid of people."""
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicesView:
    """N1, the coordinator's menu: up to six buttons in two columns."""

    frame: Frame
    title: Say
    choices: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptView:
    """T1, and « On cherche ta carte… »: a picture and what to do. ``picture`` is ``jar``, ``card`` or an icon name."""

    frame: Frame
    picture: str
    title: Say
    sub: tuple[Say, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightView:
    """T2, T3: the weight as large as it goes. ``grams`` None draws a dash (the last reading is too old)."""

    frame: Frame
    grams: int | None
    steady: bool
    caption: Say
    corner: Say | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JarView:
    """T6: a jar that is known."""

    frame: Frame
    title: Say
    grams: int
    code: str
    line: Say
    ask: Say
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypadView:
    """T7: digits to type. ``typed`` is what is there, ``length`` how many are wanted."""

    frame: Frame
    header: Say
    title: Say
    icon: str
    typed: str
    length: int
    remark: Say | None = None
    cancel: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class StillThereView:
    """A sheet over the lower part of ``under``: « Toujours là ? »."""

    frame: Frame
    under: "View"
    title: Say
    countdown: Countdown
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpView:
    """A sheet over ``under``: six ways to be helped."""

    frame: Frame
    under: "View"
    title: Say
    choices: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    """A page of plain sentences (« Mes données »)."""

    frame: Frame
    title: Say
    paragraphs: tuple[Say, ...]
    buttons: tuple[Button, ...] = ()


View: TypeAlias = (
    IdleView
    | ResultView
    | NoticeView
    | QuestionView
    | ShiftsView
    | SignUpView
    | RollCallView
    | ChoicesView
    | PromptView
    | WeightView
    | JarView
    | KeypadView
    | StillThereView
    | HelpView
    | TextView
)

LANGUAGES: Final = ("fr", "en")
