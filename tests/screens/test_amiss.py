"""What the screen says while the configuration has faults: it fits on every panel, and leads to them and back."""

import pytest

from kiosk.actions import Action
from kiosk.events import Touched
from kiosk.rules.amiss import MOST_CHARACTERS, Amiss, touched, view_of
from kiosk.screens.manager import compose
from kiosk.screens.profiles import PROFILES
from tests.screens.audit import faults, texts_of
from tests.screens.test_layouts import paper

FILE = "/etc/coop-kiosk/kiosk.toml"
FAULTS = (
    f'{FILE}, line 12: [door] relay_pin must be a whole number from 0 to 27, not "{"x " * 300}"',
    f'{FILE}, line 14: [reader] enabeld is no key of this section; did you mean "enabled"?',
    f"{FILE}, line 19: [cards] key_file must lead to 64 hexadecimal digits and nothing else",
    f"{FILE}, line 20: [terminal] name has to be there",
)


@pytest.mark.parametrize("explains", [False, True], ids=["people", "technician"])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_it_fits(profile, language, explains):
    amiss = Amiss(file=FILE, faults=FAULTS, language=language, explains=explains)
    assert faults(compose(view_of(amiss), paper(profile, language)), profile) == []


def words_of(amiss):
    """All that is written, without the ends of lines."""
    scene = compose(view_of(amiss), paper(PROFILES["rpi7"], amiss.language))
    return " ".join(line for item in scene.items for text in texts_of(item) for line in text.block.lines)


def test_people_are_told_how_to_get_in_and_no_fault():
    said = words_of(Amiss(file=FILE, faults=FAULTS))
    assert "Frappe à la vitre" in said
    assert "kiosk.toml" not in said


def test_a_technician_is_told_the_first_fault_how_many_there_are_and_what_to_do():
    said = words_of(Amiss(file=FILE, faults=FAULTS, explains=True))
    assert "4 fautes" in said
    assert "line 12: [door] relay_pin must be a whole number from 0 to 27" in said
    assert said.count("x x") < MOST_CHARACTERS // 2
    assert "Et 3 autres (kiosk config check)." in said
    assert f"La borne repart dès que {FILE} est corrigé." in said
    assert "autre" not in words_of(Amiss(file=FILE, faults=FAULTS[:1], explains=True))


def test_one_touch_leads_there_and_another_one_back():
    at = Amiss(file=FILE, faults=FAULTS)
    for action in (Action.WHY, Action.HELP):
        there = touched(at, Touched(action))
        assert there.explains
        for back in (Action.BACK, Action.HELP):
            assert touched(there, Touched(back)) == at


def test_it_speaks_each_language_in_turn():
    at = Amiss(file=FILE, faults=FAULTS)
    english = touched(at, Touched(Action.LANGUAGE))
    assert "Knock on the window" in words_of(english)
    assert touched(english, Touched(Action.LANGUAGE)) == at


def test_no_other_touch_does_anything():
    at = Amiss(file=FILE, faults=FAULTS)
    assert touched(at, Touched(Action.DONE)) == at
