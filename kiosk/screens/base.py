"""The page a layout draws on: the room it has, its words and colours, and how texts are set on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kiosk.screens.glyphs import drawable
from kiosk.screens.items import Box, Item, Picture, Rect, Scene, Text
from kiosk.screens.theme import LARGE_SENTENCE, LARGE_TEXT, Ground, Role, Theme
from kiosk.screens.typesetting import Block, Room, fit
from kiosk.view_parts import Frame, Say

MARGIN = 24
GAP = 16
CORNER = 16
TOP = 88
"""Where the content begins, below the header."""
STRIP = 67
"""Height of the language and help buttons: 12 mm."""
FOOT = 20
"""Free pixels at the lower edge of the glass."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a page is made for: the canvas in design pixels, the colours, and how to say a :class:`Say`."""

    width: float
    height: float
    theme: Theme
    words: Callable[[Say], str]
    number: int = 0
    """Which page of a screen that is read by pages (large text)."""
    reader_is: str = "below"
    logo: str = ""
    """The path of the coop's logo."""

    @property
    def portrait(self) -> bool:
        return self.height > self.width


class Page:
    """One screen being laid out.

    Attributes:
        left: where the content begins; further right beside a coloured edge.
        top: where the content begins below the header, or below the title in portrait.
        items: what was drawn so far.
    """

    def __init__(self, paper: Paper, ground: Ground, frame: Frame, left: float = MARGIN) -> None:
        self.width = paper.width
        self.height = paper.height
        self.portrait = paper.portrait
        self.theme = paper.theme
        self.ground = ground
        self.frame = frame
        self.left = left
        self.top: float = GAP if paper.portrait else TOP
        self.items: list[Item] = []
        self._words = paper.words

    @property
    def across(self) -> float:
        """The width between the margins."""
        return self.width - self.left - MARGIN

    @property
    def bottom(self) -> float:
        """Where the lowest button ends; in portrait the strip lies below it."""
        return self.height - STRIP - 2 * GAP if self.portrait else self.height - FOOT

    def scene(self) -> Scene:
        return Scene(self.ground.fill, tuple(self.items))

    def say(self, said: Say | str) -> str:
        return said if isinstance(said, str) else drawable(self._words(said))

    # ── texts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def role(self, role: Role) -> Role:
        """``role`` as it is on this page: it may grow in large-text mode."""
        return role.grown(LARGE_TEXT) if self.frame.large_text else role

    def fit(
        self, said: Say | str | Sequence[Say], role: Role, room: Rect, lines: int = 9, face: str | None = None
    ) -> Block:
        """The words of ``said`` set into ``room``; larger than the role in large-text mode, where there is room."""
        sentences = (said,) if isinstance(said, Say | str) else said
        paragraphs = tuple(self.say(each) for each in sentences)
        return fit(paragraphs, self.role(role), Room(room.w, room.h, lines), face)

    def text(
        self,
        said: Say | str | Sequence[Say],
        role: Role,
        rect: Rect,
        *,
        colour: str | None = None,
        align: str = "left",
        stand: str = "middle",
        lines: int = 9,
    ) -> Text:
        """Set a text into ``rect``; ``stand`` says whether it stands at its top, in its middle or at its bottom."""
        return self.place(self.fit(said, role, rect, lines), rect, colour=colour, align=align, stand=stand)

    def place(
        self,
        block: Block,
        rect: Rect,
        *,
        colour: str | None = None,
        align: str = "left",
        stand: str = "middle",
    ) -> Text:
        """Put a block that was fitted already."""
        text = placed(block, rect, colour or self.ground.ink, align=align, stand=stand)
        self.items.append(text)
        return text

    def headed(
        self,
        title: Say,
        body: Sequence[Say],
        roles: tuple[Role, Role],
        rooms: Sequence[Rect],
        *,
        align: str = "left",
        colour: str | None = None,
    ) -> Rect:
        """A title with its sentences below, as one group in the middle of the first of ``rooms`` that takes it well.

        Returns:
            The room that was taken: what stands beside it is laid out by it.
        """
        gap = 30
        for room in rooms:
            head, below = self._head_and_body(title, body, roles, room, gap)
            if not head.squeezed and (below is None or not below.squeezed):
                break
        whole = head.height + (gap + below.height if below else 0)
        y = room.y + max((room.h - whole) / 2, 0)
        self.place(head, Rect(room.x, y, room.w, head.height), stand="top", align=align)
        if below is not None:
            at = Rect(room.x, y + head.height + gap, room.w, below.height)
            self.place(below, at, stand="top", align=align, colour=colour)
        return room

    def _head_and_body(
        self, title: Say, body: Sequence[Say], roles: tuple[Role, Role], room: Rect, gap: float
    ) -> tuple[Block, Block | None]:
        """Both as large as they go together; the title yields before its sentences are squeezed."""
        head_role, body_role = self.role(roles[0]), self.role(roles[1])
        if self.frame.large_text:
            body_role = body_role.sized(max(body_role.size, LARGE_SENTENCE))
        titles = (self.say(title),)
        if not body:
            return fit(titles, head_role, Room(room.w, room.h)), None
        paragraphs = tuple(self.say(each) for each in body)

        def worth(pair: tuple[Block, Block]) -> tuple[bool, float]:
            head, below = pair
            well = not (head.squeezed or below.squeezed)
            return well, min(head.size / head_role.size, below.size / body_role.size)

        pairs: list[tuple[Block, Block]] = []
        for size in range(head_role.size, head_role.least - 1, -2):
            head = fit(titles, replace(head_role, size=size), Room(room.w, room.h * 0.8))
            below = fit(paragraphs, body_role, Room(room.w, max(room.h - head.height - gap, 1)))
            pairs.append((head, below))
            if worth(pairs[-1]) == (True, 1.0):
                break
        return max(pairs, key=worth)

    # ── marks ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def icon(self, name: str, x: float, middle: float, size: float, colour: str | None = None) -> None:
        """Put an icon with the left edge of its square at ``x``."""
        self.items.append(Picture(name, x, middle - size / 2, size, colour or self.ground.ink))

    def rule(self, x: float, y: float, length: float) -> None:
        """A hairline."""
        self.items.append(Box(Rect(x, y, length, 2), self.ground.hairline, radius=0))


def placed(block: Block, rect: Rect, colour: str, *, align: str = "left", stand: str = "middle") -> Text:
    """``block`` standing in ``rect``."""
    anchor = {"left": rect.x, "middle": rect.x + rect.w / 2, "right": rect.right}[align]
    top = {
        "top": rect.y,
        "middle": rect.middle - block.height / 2,
        "bottom": rect.bottom - block.height,
    }[stand]
    return Text(block, anchor, top, colour, align)
