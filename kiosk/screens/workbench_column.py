"""How the workbench is laid out."""

from kiosk.actions import Action
from kiosk.screens.items import Box, Item, Key, Rect, Scene, Text
from kiosk.screens.profiles import WORKBENCH_WIDTH
from kiosk.screens.theme import Role
from kiosk.screens.typesetting import BOLD, Room, fit, width
from kiosk.screens.workbench import Tool, ToolGroup, Workbench

GROUND = "#26302C"
PLATE = "#34413B"
PRESSED = "#4C5D55"
INK = "#F1EEE6"
QUIET = "#B9C4BE"
LIT, UNLIT = "#6FCF97", "#55625C"
MARGIN = 14
GAP = 4
PADDING = 8
INNER = WORKBENCH_WIDTH - 2 * MARGIN
LAMP_HEIGHT = 38
TITLE_HEIGHT = 20
CAP = 28
ARROWS = {"up": "UP", "down": "DN"}
LEAST_TOOL, MOST_TOOL = 20.0, 34.0
HEADING = Role(14, 11, 1.2, False)
LABEL = Role(15, 11, 1.15, True)
LAMP = Role(18, 14, 1.2, True)


def draw_workbench(bench: Workbench, height: float, *, lit: bool) -> Scene:
    """Lay out the column, ``height`` pixels high."""
    items: list[Item] = []
    lamp = Rect(MARGIN, MARGIN, INNER, LAMP_HEIGHT)
    items.append(Box(lamp, PLATE, radius=8))
    items.append(Box(Rect(lamp.x + 12, lamp.middle - 9, 18, 18), LIT if lit else UNLIT, radius=9))
    block = fit((bench.lamp_on if lit else bench.lamp_off,), LAMP, Room(INNER - 60, LAMP_HEIGHT, 1))
    items.append(Text(block, lamp.x + 42, lamp.middle - block.height / 2, INK))
    columns = [_columns(group) for group in bench.groups]
    rows = sum(-(-len(group.tools) // wide) for group, wide in zip(bench.groups, columns, strict=True))
    free = height - lamp.bottom - 8 - MARGIN - TITLE_HEIGHT * len(bench.groups) - GAP * rows
    tall = min(max(free / max(rows, 1), LEAST_TOOL), MOST_TOOL)
    y, number = lamp.bottom + 8, 0
    for group, wide in zip(bench.groups, columns, strict=True):
        title = fit((group.title,), HEADING, Room(INNER, TITLE_HEIGHT, 1))
        items.append(Text(title, MARGIN, y + (TITLE_HEIGHT - title.height) / 2, QUIET))
        y += TITLE_HEIGHT
        for index, tool in enumerate(group.tools):
            items.append(_tool(tool, str(number), _cell(index, wide, y, tall)))
            number += 1
        y += -(-len(group.tools) // wide) * (tall + GAP)
    return Scene(GROUND, tuple(items))


def _columns(group: ToolGroup) -> int:
    """Two where every label has room on half the width."""
    half = (INNER - GAP) / 2 - CAP - 3 * PADDING
    return 2 if all(width(tool.label, BOLD, LABEL.least + 1) <= half for tool in group.tools) else 1


def _cell(index: int, columns: int, top: float, tall: float) -> Rect:
    wide = (INNER - GAP * (columns - 1)) / columns
    return Rect(MARGIN + index % columns * (wide + GAP), top + index // columns * (tall + GAP), wide, tall)


def _tool(tool: Tool, target: str, rect: Rect) -> Key:
    cap = Rect(rect.x + 4, rect.y + 3, CAP, rect.h - 6)
    content: list[Item] = []
    if tool.key:
        name = fit((ARROWS.get(tool.key, tool.key.upper()),), HEADING, Room(cap.w - 4, cap.h + 8, 1))
        content.append(Box(cap, GROUND, radius=5))
        content.append(Text(name, cap.x + cap.w / 2, cap.middle - name.height / 2, QUIET, "middle"))
    start = cap.right + PADDING
    label = fit((tool.label,), LABEL, Room(rect.right - start - 4, rect.h + 6, 1))
    content.append(Text(label, start, rect.middle - label.height / 2, INK))
    return Key(Box(rect, PLATE, radius=7), PRESSED, Action.KEY, target, rect, tuple(content))
