"""Every screen on every panel, in both languages and modes: nothing cut, squeezed or too small to touch."""

import pytest

from kiosk.events import Action
from kiosk.screens.base import Paper
from kiosk.screens.icons import ICONS
from kiosk.screens.items import Key, Picture
from kiosk.screens.manager import LAYOUTS, compose
from kiosk.screens.profiles import PROFILES
from kiosk.screens.theme import DAY, NIGHT, contrast
from kiosk.text import texts
from kiosk.views import HelpView, NoticeView, QuestionView, ResultView, StillThereView, WeightView
from tests.screens.audit import faults, texts_of, visible
from tests.screens.samples import PARIS, framed, samples

MAIN_MM = {NoticeView: 20.0, QuestionView: 20.0, StillThereView: 20.0, WeightView: 20.0, ResultView: 16.4}


def paper(profile, language="fr", theme=DAY):
    width, height = profile.canvas
    return Paper(width, height, theme, texts(language, PARIS).words)


@pytest.mark.parametrize("large_text", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_screen_fits(profile, language, large_text):
    found = {}
    for name, view in samples().items():
        scene = compose(framed(view, language=language, large_text=large_text), paper(profile, language))
        if wrong := faults(scene, profile):
            found[name] = wrong
    assert found == {}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_the_main_button_is_high_enough(profile):
    for name, view in samples().items():
        least = MAIN_MM.get(type(view))
        main = next((key for key in compose(view, paper(profile)).reachable()[::-1] if key.main), None)
        if least is not None and main is not None:
            assert profile.millimetres(0, main.face.rect.h)[1] >= least, name


@pytest.mark.parametrize("name", samples())
def test_language_and_help_are_on_every_screen(name):
    view = samples()[name]
    actions = {key.action for key in compose(view, paper(PROFILES["rpi7"])).reachable()}
    if isinstance(view, HelpView):
        assert Action.LANGUAGE in actions
    elif isinstance(view, StillThereView):
        assert actions == {Action.STILL_HERE, Action.DONE}
    else:
        assert {Action.LANGUAGE, Action.HELP} <= actions


def test_a_touch_beside_still_there_means_yes():
    veil = compose(samples()["still-there"], paper(PROFILES["rpi7"])).veil()
    assert veil is not None
    assert veil.action is Action.STILL_HERE


def test_every_layout_has_a_sample():
    assert {type(view) for view in samples().values()} == set(LAYOUTS)


def test_every_icon_of_the_samples_is_in_the_font():
    drawn = set()
    for view in samples().values():
        for item in compose(view, paper(PROFILES["rpi7"])).items:
            parts = item.content if isinstance(item, Key) else (item,)
            drawn |= {part.name for part in parts if isinstance(part, Picture)}
    assert drawn <= set(ICONS)


@pytest.mark.parametrize("theme", [DAY, NIGHT], ids=["day", "night"])
def test_labels_are_read_on_their_buttons(theme):
    for name, view in samples().items():
        scene = compose(framed(view, night=theme.night), paper(PROFILES["rpi7"], theme=theme))
        for item in visible(scene):
            if isinstance(item, Key):
                for text in texts_of(item):
                    assert contrast(text.colour, item.face.fill) >= 4.5, (name, item.action)
                if item.face.line is not None:
                    assert (
                        contrast(item.face.line, scene.ground) >= 3.0 or contrast(item.face.line, item.face.fill) >= 3
                    )


def test_open_attention_and_closed_differ_without_colour():
    grounds = [compose(samples()[name], paper(PROFILES["rpi7"])).ground for name in ("welcome", "attention", "closed")]
    for index, one in enumerate(grounds):
        for other in grounds[index + 1 :]:
            assert contrast(one, other) >= 1.35
