"""The screens that the rules make of the bulk station: nothing cut, squeezed or too small to touch on any panel."""

from dataclasses import replace

import pytest

from kiosk.actions import Action
from kiosk.events import DeviceLost, JarScanned, PrintTrouble, TareScanned, Touched
from kiosk.screens.manager import compose
from kiosk.screens.profiles import PROFILES
from kiosk.screens.reading import sentences
from kiosk.types import Grams, JarCode, Part
from kiosk.views import View
from tests.rules.bulk import CODE, alone, fail, known, print_it, printing_jar, scale, without_a_scale
from tests.rules.stories import stories
from tests.rules.terminal import Terminal, tap
from tests.screens.audit import faults
from tests.screens.samples import framed
from tests.screens.test_layouts import paper


def bulk_views() -> dict[str, View]:
    """Every screen between an empty pan and a jar with its label."""
    found: dict[str, Terminal] = {"printing": printing_jar(99_999 - 94_000)}
    found["steady"] = scale()
    found["steady"].weigh(5998)
    for name, sure in (("printed", True), ("sent", False)):
        found[name] = printing_jar(5998)
        print_it(found[name], sure=sure)
    found["alone"] = alone()
    for trouble in PrintTrouble:
        found[f"failed-{trouble}"] = printing_jar(5998)
        fail(found[f"failed-{trouble}"], trouble)
    found["waiting-question"] = printing_jar()
    found["waiting-question"].feed(tap("alix"))
    print_it(found["waiting-question"])
    found["question-after-band"] = printing_jar()
    found["question-after-band"].feed(tap("alix"))
    print_it(found["question-after-band"])
    found["question-after-band"].session = replace(
        found["question-after-band"].session, state=replace(found["question-after-band"].state, band=None)
    )
    found["no-printer"] = printing_jar(printer=False)
    found["scale-lost"] = scale()
    found["scale-lost"].feed(DeviceLost(part=Part.SCALE, fault=""))
    found["vouch"] = without_a_scale()
    found["vouch-refused"] = without_a_scale()
    found["vouch-refused"].feed(tap("camille"))
    found["type-weight"] = without_a_scale()
    found["type-weight"].feed(tap("coord"), Touched(Action.KEY, "9"))
    found["type-weight-refused"] = without_a_scale()
    found["type-weight-refused"].feed(tap("coord"), Touched(Action.ENTER))
    found["known"] = known()
    found["known"].feed(JarScanned(code=CODE))
    for name, grams in (("heavier", 5998), ("lighter", 98), ("same", 352)):
        found[name] = known()
        found[name].feed(JarScanned(code=CODE))
        found[name].weigh(grams)
    found["unknown"] = known()
    found["unknown"].feed(JarScanned(code=JarCode("999990")))
    found["wrong-code"] = known()
    found["wrong-code"].feed(TareScanned(Grams(352)))
    found["sticker"] = known()
    found["sticker"].feed(JarScanned(code=CODE), tap("sticker"))
    found["tagged"] = known()
    found["tagged"].feed(JarScanned(code=CODE), tap("sticker"), Touched(Action.TAG_JAR))
    return {name: terminal.view() for name, terminal in found.items()}


@pytest.mark.parametrize("large_text", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_screen_of_the_bulk_station_fits(profile, language, large_text):
    found = {}
    for name, view in bulk_views().items():
        scene = compose(framed(view, language=language, large_text=large_text), paper(profile, language))
        if wrong := faults(scene, profile):
            found[name] = wrong
    assert found == {}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_with_large_text_every_button_is_on_one_of_the_pages(profile):
    views = bulk_views() | {f"{number}": story.view() for number, story in enumerate(stories())}
    missing = {}
    for name, view in views.items():
        wanted = {(key.action, key.target) for key in compose(view, paper(profile)).reachable()}
        large, reached = framed(view, large_text=True), set()
        for number in range(len(sentences(view)) + 3):
            scene = compose(large, paper(profile, number=number))
            reached |= {(key.action, key.target) for key in scene.reachable()}
            assert faults(scene, profile) == [], (name, number)
            if Action.TURN_PAGE not in {key.action for key in scene.reachable()}:
                break
        if wanted - reached:
            missing[name] = wanted - reached
    assert missing == {}
