"""The workbench of the demo: whatever can be done in the room is there to be touched."""

import pytest

from kiosk.demo.room import Room, Wish, demo_clock
from kiosk.demo.workbench import workbench
from kiosk.screens.items import Key
from kiosk.screens.profiles import PROFILES, WORKBENCH_HEIGHT, WORKBENCH_WIDTH
from kiosk.screens.workbench_column import draw_workbench


@pytest.fixture
def bench(tmp_path):
    return workbench(Room(Wish(backend="folder", members=40), tmp_path, demo_clock()), lambda: None)


@pytest.mark.parametrize("panel", PROFILES)
def test_every_tool_is_within_the_window_and_beside_the_others(bench, panel):
    height = max(PROFILES[panel].height, WORKBENCH_HEIGHT)
    keys = [item for item in draw_workbench(bench, height, lit=False).items if isinstance(item, Key)]
    assert len(keys) == len(bench.tools())
    assert all(key.face.rect.bottom <= height and key.face.rect.right <= WORKBENCH_WIDTH for key in keys)
    places = {(key.face.rect.x, key.face.rect.y) for key in keys}
    assert len(places) == len(keys)
