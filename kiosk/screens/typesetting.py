"""How words become lines: measured, broken where a reader would pause, shrunk as far as their role allows.

Lines break at plain spaces only; a no-break space holds. Sizes are in design pixels; widths are measured at a size of
100, so that every panel breaks its lines alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from kivy.core.text import Label as CoreLabel

from kiosk.screens.theme import Role

_FONTS: Final = Path(__file__).parent / "fonts"
REGULAR: Final = str(_FONTS / "text-regular.ttf")
BOLD: Final = str(_FONTS / "text-bold.ttf")
CODES: Final = str(_FONTS / "codes-bold.ttf")
ICON: Final = str(_FONTS / "icons.ttf")

CAPITAL: Final = 0.668
"""Height of a capital, ascent and depth of a letter like g, as shares of the size (from the fonts' own tables)."""
ASCENT: Final = 0.984
DEPTH: Final = 0.21
_MEASURE_AT: Final = 100
_PAUSES: Final = tuple(".,?!:;…»·–")
_SHORT_WORD: Final = 3
_ORPHAN_SHARE: Final = 0.35
_LONELY: Final = 0.6
"""What a short word alone on the last line costs."""
_SMALLEST: Final = 14
"""Below the least size of a role, a text shrinks down to this before it is cut."""
_WORTH_A_LINE: Final = 0.9
"""How much of its size a text may give up to need one line less."""


@lru_cache(maxsize=4096)
def width_at_100(text: str, face: str) -> float:
    """Width of ``text`` on one line at a size of 100."""
    return float(CoreLabel(font_name=face, font_size=_MEASURE_AT).get_extents(text)[0])


def width(text: str, face: str, size: float) -> float:
    """Width of ``text`` on one line, in the unit of ``size``."""
    return width_at_100(text, face) * size / _MEASURE_AT


@dataclass(frozen=True, slots=True)
class Block:
    """Lines set at one size."""

    lines: tuple[str, ...]
    size: int
    face: str
    leading: float
    squeezed: bool = False
    """It fits only below the size its role allows: a fault of the layout that tests look for."""

    @property
    def advance(self) -> float:
        return self.size * self.leading

    @property
    def height(self) -> float:
        """From the top of the capitals of the first line to the last base line."""
        return self.size * CAPITAL + self.advance * (len(self.lines) - 1)

    @property
    def width(self) -> float:
        return max((width(line, self.face, self.size) for line in self.lines), default=0.0)


def is_orphan(lines: Sequence[str], face: str) -> bool:
    """Whether the last line is one short word under longer ones."""
    if len(lines) < 2 or " " in lines[-1]:
        return False
    return width_at_100(lines[-1], face) < _ORPHAN_SHARE * max(width_at_100(line, face) for line in lines)


@lru_cache(maxsize=1024)
def _spans(words: tuple[str, ...], face: str) -> dict[tuple[int, int], float]:
    """The width at 100 of every run of ``words``, by its first word and the one after its last."""
    count = len(words)
    return {
        (start, end): width_at_100(" ".join(words[start:end]), face)
        for start in range(count)
        for end in range(start + 1, count + 1)
    }


@dataclass(frozen=True, slots=True)
class _Break:
    """The best way found to set some first words: its cost, and the words before which lines begin."""

    cost: float
    at: tuple[int, ...]


def break_lines(text: str, face: str, room: float) -> tuple[str, ...] | None:
    """The fewest lines of ``room`` (in units of a size of 100), broken where it reads best.

    Returns:
        The lines, or None when a single word is too long.
    """
    words = tuple(text.split(" "))
    count = len(words)
    spans = {span: measured for span, measured in _spans(words, face).items() if measured <= room}
    if any((start, start + 1) not in spans for start in range(count)):
        return None
    fewest = _fewest_lines(spans, count)
    ideal = max(width_at_100(text, face) / fewest, 1.0)
    best = {0: _Break(0.0, (0,))}
    for line in range(1, fewest + 1):
        longer: dict[int, _Break] = {}
        for (start, end), measured in spans.items():
            if start not in best or (line == fewest) != (end == count):
                continue
            cost = best[start].cost + 2 * ((measured - ideal) / ideal) ** 2 + _penalty(words[end - 1], end == count)
            if end == count and end - start == 1 and measured < _ORPHAN_SHARE * ideal * 2:
                cost += _LONELY
            if end not in longer or cost < longer[end].cost:
                longer[end] = _Break(cost, (*best[start].at, end))
        best = longer
    return tuple(" ".join(words[start:end]) for start, end in pairwise(best[count].at))


def _fewest_lines(spans: dict[tuple[int, int], float], count: int) -> int:
    lines, start = 0, 0
    while start < count:
        start = max(end for begin, end in spans if begin == start)
        lines += 1
    return lines


def _penalty(word: str, is_last: bool) -> float:
    """How bad it is to end a line with ``word``."""
    if is_last:
        return 0.0
    if word.endswith(_PAUSES):
        return -0.5
    if word[-1:].isdigit():
        return 0.8
    return 0.4 if len(word) <= _SHORT_WORD else 0.0


@dataclass(frozen=True, slots=True)
class Room:
    """What a text may take: width and height in design pixels, and lines."""

    width: float
    height: float
    lines: int = 9


@lru_cache(maxsize=1024)
def fit(paragraphs: tuple[str, ...], role: Role, room: Room, face: str | None = None) -> Block:
    """The largest size of ``role`` at which ``paragraphs`` fit into ``room``, without an orphan where it can be.

    A sentence that stays on one line at the size its role keeps for that is not broken for the sake of a larger one.
    """
    face = face or (BOLD if role.bold else REGULAR)
    if len(paragraphs) == 1 and role.keep_line:
        size = min(role.size, int(room.width * _MEASURE_AT / max(width_at_100(paragraphs[0], face), 1)))
        if size >= role.keep_line and size * (CAPITAL + DEPTH) <= room.height + 0.5:
            return Block(paragraphs, size, face, role.leading)
    tried = (
        block
        for size in range(role.size, min(_SMALLEST, role.least) - 1, -1)
        if (block := _set(paragraphs, face, size, role, room)) is not None
    )
    best: Block | None = None
    for block in tried:
        if best is None or _is_better(block, best, role):
            best = block
        elif block.size < max(role.least, best.size * _WORTH_A_LINE) and not is_orphan(best.lines, face):
            break
    return best or Block(paragraphs, _SMALLEST, face, role.leading, squeezed=True)


def _is_better(block: Block, best: Block, role: Role) -> bool:
    """Whether a smaller setting reads better: no orphan, or a line less for little of the size."""
    if block.size < role.least:
        return False
    if is_orphan(best.lines, best.face):
        return not is_orphan(block.lines, block.face)
    fewer = len(block.lines) < len(best.lines) and block.size >= best.size * _WORTH_A_LINE
    return fewer and not is_orphan(block.lines, block.face)


def _set(paragraphs: tuple[str, ...], face: str, size: int, role: Role, room: Room) -> Block | None:
    """``paragraphs`` at one size, or None where they do not fit."""
    lines: list[str] = []
    for paragraph in paragraphs:
        broken = break_lines(paragraph, face, room.width * _MEASURE_AT / size)
        if broken is None:
            return None
        lines += broken
    block = Block(tuple(lines), size, face, role.leading, squeezed=size < role.least)
    return block if len(lines) <= room.lines and block.height + size * DEPTH <= room.height + 0.5 else None


def clip(text: str, role: Role, room: Room) -> Block:
    """``text`` at the largest size of ``role`` at which it fits; else as much of it as fits, and an ellipsis.

    Only for texts that people did not write to be read here (a line of a log), and where the whole can be opened.
    """
    face = BOLD if role.bold else REGULAR
    least = replace(role, size=role.least)
    words = [piece for word in text.split() for piece in _pieces(word, face, room.width * _MEASURE_AT / role.least)]
    whole = fit((" ".join(words),), role, room, face)
    if not whole.squeezed:
        return whole
    fits, fails = 0, len(words)
    while fails - fits > 1:
        middle = (fits + fails) // 2
        if fit((_cut(words, middle),), least, room, face).squeezed:
            fails = middle
        else:
            fits = middle
    return fit((_cut(words, max(fits, 1)),), least, room, face)


def _cut(words: list[str], count: int) -> str:
    return " ".join(words[:count]).rstrip(".,:;") + "…"


def _pieces(word: str, face: str, room: float) -> list[str]:
    """``word``, broken where it is wider than a line: after a slash or a point if there is one, else anywhere."""
    if width_at_100(word, face) <= room:
        return [word]
    most = next(end for end in range(len(word), 0, -1) if end == 1 or width_at_100(word[:end], face) <= room)
    pause = max(word.rfind(sign, 1, most) for sign in "/.-_:") + 1
    end = pause if pause > most // 2 else most
    return [word[:end], *_pieces(word[end:], face, room)]
