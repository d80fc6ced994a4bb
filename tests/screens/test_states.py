"""Every state of the session as the rules show it, on every panel: nothing cut, squeezed or too small to touch."""

from functools import cache

import pytest

from kiosk.screens.manager import compose
from kiosk.screens.profiles import PROFILES
from kiosk.screens.theme import DAY, NIGHT
from kiosk.views import View
from tests.rules.stories import stories
from tests.screens.audit import faults
from tests.screens.samples import framed
from tests.screens.test_layouts import paper


@cache
def views() -> dict[str, View]:
    """One or more of each state; a test of the session sees to it that none is left out."""
    return {f"{number} {type(story.state).__name__}": story.view() for number, story in enumerate(stories())}


@pytest.mark.parametrize("large_text", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_state_fits(profile, language, large_text):
    found = {}
    for name, view in views().items():
        scene = compose(framed(view, language=language, large_text=large_text), paper(profile, language))
        if wrong := faults(scene, profile):
            found[name] = wrong
    assert found == {}


def test_the_night_changes_colours_and_nothing_else():
    profile = PROFILES["rpi7"]
    for view in views().values():
        day = compose(framed(view, night=False), paper(profile, theme=DAY))
        night = compose(framed(view, night=True), paper(profile, theme=NIGHT))
        assert day.texts() == night.texts()
        assert [key.touch for key in day.reachable()] == [key.touch for key in night.reachable()]
