"""The names of a crew that is larger than the screen: nobody is left out without a word."""

from dataclasses import replace

import pytest

from kiosk.actions import Action
from kiosk.types import Assignment, MemberId
from kiosk.view_parts import say
from tests.rules.staff import coordinator
from tests.rules.terminal import SHIFTS, snapshot


@pytest.mark.parametrize(
    ("crew", "places", "names", "last"),
    [
        (7, 7, 7, None),
        (9, 12, 6, (say("team.more", n=3), say("team.free", n=3))),
        (8, 8, 6, (say("team.more", n=2), say("team.full"))),
    ],
)
def test_the_last_line_says_how_many_more_there_are(crew, places, names, last):
    terminal = coordinator()
    till = replace(next(shift for shift in SHIFTS if shift.id == "now-till"), places=places)
    people = [MemberId(f"m{number}") for number in range(crew)]
    roster = tuple(Assignment(shift_id=till.id, member_id=one, first_name=one) for one in people)
    terminal.knowledge.apply(snapshot(terminal.now, generation=3, shifts=(till,), assignments=roster))
    terminal.touch(Action.ROLL_CALL)
    rows = terminal.view().people
    told = [row for row in rows if row.name.key == "literal"]
    assert len(told) == names
    assert (None if rows[-1] in told else (rows[-1].name, rows[-1].job)) == last
