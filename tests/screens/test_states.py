"""Every state of the session as the rules show it, on every panel: nothing cut, squeezed or too small to touch."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from kiosk.actions import Action
from kiosk.events import Touched
from kiosk.rules.turn import Link
from kiosk.screens.manager import compose
from kiosk.screens.profiles import PROFILES
from kiosk.screens.theme import DAY, NIGHT
from kiosk.text import Manners, texts
from kiosk.types import Card, MemberId, Status
from kiosk.views import ChoicesView, ShiftsView, View
from tests.rules.stories import stories
from tests.rules.terminal import PARIS, PEOPLE, SHIFTS, TUESDAY, Terminal, at, card_of, snapshot, tap
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


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_state_fits_below_the_word_on_the_network(profile, language):
    found = {}
    for number, story in enumerate(stories()):
        for since in (at(14, 5), at(18, 45, days=-1), at(10, 45, days=-3)):
            story.link = Link(online=False, since=since)
            scene = compose(framed(story.view(), language=language), paper(profile, language))
            if wrong := faults(scene, profile):
                found[f"{number} {type(story.state).__name__} {since:%d}"] = wrong
    assert found == {}


OWING = {"due_minutes": 195, "due_by": date(2026, 12, 22), "balance_minutes": -615, "shared": True}
WORDS = {
    "hours": {"status": Status.WARN, **OWING},
    "grace": {"status": Status.GRACE, "until": date(2026, 12, 1), **OWING},
    "none": {**OWING},
}


@pytest.mark.parametrize("manners", [Manners(), Manners(tutoiement=False)], ids=["tu", "vous"])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_my_shifts_fit_beside_the_counters_and_the_word_that_was_asked_for(profile, word, language, manners):
    terminal = Terminal(now=TUESDAY.replace(hour=11))
    someone = replace(PEOPLE[0], **word)
    terminal.knowledge.apply(snapshot(TUESDAY - timedelta(days=2), members=(someone, *PEOPLE[1:])))
    terminal.feed(tap(someone.id), Touched(Action.READ), Touched(Action.MY_SHIFTS))
    view = terminal.view()
    assert isinstance(view, ShiftsView)
    assert (len(view.tiles), len(view.rows)) == (2, 2)
    scene = compose(framed(view, language=language), paper(profile, language, manners=manners))
    assert faults(scene, profile) == []
    assert texts(language, PARIS, manners).words(view.rows[0].text) in scene.texts()


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_long_job_stays_on_its_button(profile):
    job = "Réception des livraisons et mise en rayon frais"
    for who, *moves in (("exempt", Action.WORK_NOW), ("coord", Action.COORDINATION, Action.ABSENCE)):
        terminal = Terminal()
        terminal.knowledge.apply(snapshot(shifts=tuple(replace(shift, job=job) for shift in SHIFTS)))
        terminal.feed(tap(who), *(Touched(move) for move in moves))
        view = terminal.view()
        assert isinstance(view, ChoicesView)
        found = faults(compose(view, paper(profile)), profile)
        assert [fault for fault in found if fault.startswith(("out of its button", "cut"))] == []
        read = " ".join(compose(view, paper(profile)).texts())
        assert job in read


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_whoever_is_linked_is_read_whole_on_the_first_gesture(profile):
    someone = replace(
        PEOPLE[0], first_name="Marie-Christine", name="Marie-Christine de La Rochebrune", id=MemberId("1204")
    )
    terminal = Terminal()
    terminal.knowledge.apply(
        snapshot(
            members=(someone, *PEOPLE), cards=(*snapshot().cards, Card(hash=card_of("1204"), member_id=someone.id))
        )
    )
    terminal.feed(tap("coord"), Touched(Action.COORDINATION), Touched(Action.LINK_CARDS), tap("1204"))
    scene = compose(terminal.view(), paper(profile))
    assert any(text.startswith("Marie-Christine de La Rochebrune") for text in scene.texts())
    assert faults(scene, profile) == []


def test_the_night_changes_colours_and_nothing_else():
    profile = PROFILES["rpi7"]
    for view in views().values():
        day = compose(framed(view, night=False), paper(profile, theme=DAY))
        night = compose(framed(view, night=True), paper(profile, theme=NIGHT))
        assert day.texts() == night.texts()
        assert [key.touch for key in day.reachable()] == [key.touch for key in night.reachable()]
