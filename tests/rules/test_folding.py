"""The order of names and jobs on lists."""

import pytest

from kiosk.actions import Action
from kiosk.rules.folding import alphabetical, fold
from kiosk.types import Assignment, MemberId, ShiftId
from kiosk.view_parts import literal
from tests.rules.staff import coordinator
from tests.rules.terminal import Terminal, at, shift, snapshot


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Élodie", "elodie"), ("Cœur", "coeur"), ("Müller", "muller"), ("CAISSE", "caisse"), ("ﬁlet", "filet")],
)
def test_accents_case_and_ligatures_do_not_count(text, folded):
    assert fold(text) == folded


def test_words_are_sorted_as_on_paper():
    assert sorted(["Zoé", "Élodie", "emma", "Eva", "Éva"], key=alphabetical) == ["Élodie", "emma", "Eva", "Éva", "Zoé"]


def of_two_jobs(action: Action) -> Terminal:
    names = ("Zoé", "Élodie", "Max")
    crew = (shift("one", at(13), job="Vrac"), shift("two", at(13), job="Épicerie", places=3))
    roster = tuple(Assignment(shift_id=ShiftId("two"), member_id=MemberId(name), first_name=name) for name in names)
    terminal = coordinator()
    terminal.knowledge.apply(snapshot(terminal.now, generation=3, shifts=crew, assignments=roster))
    terminal.touch(action)
    return terminal


def test_so_are_the_people_of_a_shift():
    people = of_two_jobs(Action.ROLL_CALL).view().people
    assert [row.name for row in people if row.job == literal("Épicerie")] == [
        literal(name) for name in ("Élodie", "Max", "Zoé")
    ]


def test_so_are_those_who_are_expected():
    choices = of_two_jobs(Action.ABSENCE).view().choices
    assert [dict(choice.label.values)["number"] for choice in choices[:3]] == ["Élodie", "Max", "Zoé"]


def test_so_are_the_jobs_of_a_crew():
    choices = of_two_jobs(Action.ADD_SOMEONE).view().choices
    assert [choice.label for choice in choices[:2]] == [literal("Épicerie"), literal("Vrac")]
