"""What the screen shows. Frozen; built by the rules, drawn by ``screens/``, which decides nothing.

A view carries sentences as :class:`~kiosk.view_parts.Say` (a key of the catalogue in :mod:`kiosk.messages` and its
values); they become words in the language of the frame when they are drawn. Icons are names of the icon table in
``screens/theme.py``.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from kiosk.view_parts import (
    Button,
    Countdown,
    Frame,
    Line,
    Panel,
    PanelTone,
    Say,
)

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
    """``button`` is None where a place cannot be booked here."""

    title: Say
    sub: Say
    button: Button | None


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


# ── for staff ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Light(StrEnum):
    """How a part is: a dot beside its status."""

    GOOD = "good"
    LOOK = "look"
    """Something to look at."""
    BAD = "bad"
    OFF = "off"
    """Not configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusTile:
    """A tile of a menu: the icon and the label of ``button`` one over the other, and how it is."""

    button: Button
    status: Say
    light: Light


@dataclass(frozen=True, slots=True, kw_only=True)
class TilesView:
    """X1: up to eight tiles in two rows, and buttons below, the first of them dark and wide."""

    frame: Frame
    title: Say
    tiles: tuple[StatusTile, ...]
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    name: Say
    text: Say
    light: Light


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksView:
    """X2: one line a part, in two columns, with what to do about it."""

    frame: Frame
    title: Say
    rows: tuple[CheckRow, ...]
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GlassView:
    """Something to touch in each corner of the glass: top left, top right, bottom left, bottom right."""

    frame: Frame
    title: Say
    text: Say
    corners: tuple[Button, ...]
    back: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """A two-dimensional code as large as it goes, to be photographed or scanned, and what to do with it.

    Attributes:
        rows: the code without its margin, a line of 0 and 1 each; 1 is dark.
        line: what has become of it; ``good`` where that is what was hoped for.
    """

    frame: Frame
    rows: tuple[str, ...] = field(repr=False)
    title: Say
    text: Say
    line: Say | None = None
    good: bool = False
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """A line of the log, as much of it as there is room; a touch on it opens the whole."""

    text: Say
    sub: Say
    light: Light
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    """X4: what has gone wrong, the newest first, three lines a page; or ``whole``, one of them with its cause."""

    frame: Frame
    title: Say
    rows: tuple[LogRow, ...] = ()
    whole: tuple[Say, ...] = ()
    empty: Say | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyboardView:
    """X3: a person is looked for. ``keys`` says the characters, in the order of the keyboard (or digits).

    Attributes:
        typed: what is in the field; ``hint`` where that is empty.
        matches: two at most, the best first; ``more`` how many others there are.
        pad: changes between letters and digits.
    """

    frame: Frame
    title: Say
    typed: str
    hint: Say
    keys: Say
    matches: tuple[Button, ...]
    more: int = 0
    remark: Say | None = None
    pad: Button
    cancel: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class Gesture:
    """One of two gestures: ``done``, ``now``, or still to come."""

    title: Say
    sub: Say
    icon: str
    done: bool = False
    now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GesturesView:
    """Cards are linked by two gestures; below them what came of the last ones, and how far it has come.

    Attributes:
        line: of the last link, or why there was none.
        trouble: ``line`` is said in the attention colour.
        beside: buttons beside the line.
        share: of all, those done, as (so many, of so many).
    """

    frame: Frame
    title: Say
    gestures: tuple[Gesture, Gesture]
    line: Say | None
    trouble: bool
    beside: tuple[Button, ...]
    share: tuple[int, int]
    tally: Say
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSettleRow:
    title: Say
    sub: Say
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSettleView:
    """What the server has not taken: up to three rows with their buttons."""

    frame: Frame
    title: Say
    rows: tuple[ToSettleRow, ...]
    empty: Say | None = None
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
    | TilesView
    | ChecksView
    | GlassView
    | CodeView
    | LogView
    | KeyboardView
    | GesturesView
    | ToSettleView
)

LANGUAGES: Final = ("fr", "en")
