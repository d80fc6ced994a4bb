"""Every screen of the guide of the first run, on every panel: nothing cut, squeezed or too small to touch."""

from functools import cache

import pytest

from kiosk.rules.show_guide import view_of
from kiosk.screens.items import Box
from kiosk.screens.manager import compose
from kiosk.screens.profiles import PROFILES
from kiosk.views import CodeView, View
from tests.rules.guide_samples import ROWS, guides
from tests.screens.audit import faults, visible
from tests.screens.samples import framed
from tests.screens.test_layouts import paper


@cache
def views() -> dict[str, View]:
    return {
        f"{number} {guide.progress.step.value} {type(guide.state).__name__}": view_of(guide)
        for number, guide in enumerate(guides())
    }


@pytest.mark.parametrize("large_text", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_step_fits(profile, language, large_text):
    found = {}
    for name, view in views().items():
        scene = compose(framed(view, language=language, large_text=large_text), paper(profile, language))
        if wrong := faults(scene, profile):
            found[name] = wrong
    assert found == {}


CODES = [name for name, view in views().items() if isinstance(view, CodeView)]


@pytest.mark.parametrize("name", CODES)
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_the_code_is_whole_and_keeps_its_margin(profile, name):
    boxes = [item for item in visible(compose(views()[name], paper(profile))) if isinstance(item, Box)]
    white = next(box.rect for box in boxes if box.fill == "#FFFFFF")
    dark = [box.rect for box in boxes if box.fill == "#000000"]
    module = dark[0].h
    assert module >= 4, "a phone and a scanner read it from the glass"
    left, top = min(rect.x for rect in dark), min(rect.y for rect in dark)
    drawn = {
        (round((rect.x - left) / module) + column, round((rect.y - top) / module))
        for rect in dark
        for column in range(round(rect.w / module))
    }
    assert drawn == {(x, y) for y, row in enumerate(ROWS) for x, sign in enumerate(row) if sign == "1"}
    right, bottom = max(rect.right for rect in dark), max(rect.bottom for rect in dark)
    assert min(left - white.x, top - white.y, white.right - right, white.bottom - bottom) >= 4 * module - 1
