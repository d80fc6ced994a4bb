"""Every screen on every panel, in both languages and modes: nothing cut, squeezed or too small to touch."""

import pytest

from kiosk.actions import Action
from kiosk.colour import contrast
from kiosk.screens.base import Paper
from kiosk.screens.icons import ICONS
from kiosk.screens.items import Key, Logo, Picture, Text
from kiosk.screens.manager import LAYOUTS, compose
from kiosk.screens.profiles import PROFILES
from kiosk.screens.reading import sentences
from kiosk.screens.theme import DAY, NIGHT
from kiosk.text import Manners, texts
from kiosk.views import HelpView, NoticeView, QuestionView, ResultView, StillThereView, WeightView
from tests.screens.audit import faults, ink, overlap, texts_of, visible
from tests.screens.samples import PARIS, framed, samples

MAIN_MM = {NoticeView: 20.0, QuestionView: 20.0, StillThereView: 20.0, WeightView: 20.0, ResultView: 16.4}


def paper(profile, language="fr", theme=DAY, **more):
    width, height = profile.canvas
    manners = more.pop("manners", Manners())
    return Paper(width, height, theme, texts(language, PARIS, manners).words, **more)


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


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_screen_fits_when_people_are_called_vous(profile):
    formal = paper(profile, manners=Manners(tutoiement=False))
    found = {name: wrong for name, view in samples().items() if (wrong := faults(compose(view, formal), profile))}
    assert found == {}


READ_BY_PAGES = {name: view for name, view in samples().items() if sentences(view)}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_with_large_text_every_sentence_has_its_page_and_every_page_fits(profile, language):
    found = {}
    for name, view in READ_BY_PAGES.items():
        large = framed(view, language=language, large_text=True)
        read = []
        for number in range(len(sentences(view)) + 1):
            scene = compose(large, paper(profile, language, number=number))
            read += scene.texts()
            if wrong := faults(scene, profile):
                found[name, number] = wrong
            if Action.TURN_PAGE not in {key.action for key in scene.reachable()}:
                break
        spoken = [said if isinstance(said, str) else texts(language, PARIS).words(said) for said in sentences(view)]
        if missing := [said for said in spoken if said not in " ".join(read)]:
            found[name] = missing
    assert found == {}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_with_large_text_the_verdict_is_whole_on_the_first_page(profile):
    for name in ("welcome", "attention", "closed", "unknown", "done"):
        view = samples()[name]
        first = compose(framed(view, large_text=True), paper(profile)).texts()
        assert texts("fr", PARIS).words(view.title) in first


@pytest.mark.parametrize("where", ["below", "left", "right", "above"])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_the_picture_points_to_where_the_reader_is(profile, where):
    scene = compose(samples()["idle"], paper(profile, reader_is=where))
    drawn = {item.name: item for item in scene.items if isinstance(item, Picture)}
    card, reader = drawn["member-card"], drawn["reader"]
    arrow = drawn["lay-down" if where in {"below", "above"} else f"arrow-{where}"]
    assert faults(scene, profile) == []
    if where == "below":
        assert card.y < arrow.y < reader.y
        assert not arrow.turned
    elif where == "above":
        assert reader.y < arrow.y < card.y
        assert arrow.turned
    else:
        assert (reader.x < arrow.x) is (where == "left")


@pytest.mark.parametrize("name", ["idle", "idle-offline", "idle-bare", "idle-bulk"])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_the_logo_leaves_the_words_of_the_idle_screen_their_room(profile, name):
    scene = compose(samples()[name], paper(profile, logo="logo.png"))
    logo = next((item for item in scene.items if isinstance(item, Logo)), None)
    assert faults(scene, profile) == []
    if logo is None:
        assert (profile.portrait, name) == (True, "idle-offline")
        return
    assert not [text for text in scene.items if isinstance(text, Text) and overlap(ink(text).rect, logo.rect)]
