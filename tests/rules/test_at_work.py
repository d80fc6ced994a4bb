"""Who is at work: whoever came, also on the place of the account that they are attached to."""

import pytest

from kiosk.events import Action
from tests.rules.terminal import ROSTER, TUESDAY, Terminal, snapshot, tap

SOON = TUESDAY.replace(hour=14, minute=32)


@pytest.mark.parametrize(("who", "at_work"), [("alix", {"alix"}), ("attached", {"attached"})])
def test_of_those_who_share_an_account_only_who_came_is_wished_a_good_shift(who, at_work):
    terminal = Terminal(now=SOON)
    terminal.knowledge.apply(snapshot(assignments=ROSTER))
    terminal.feed(tap(who))
    terminal.touch(Action.START_SHIFT)
    terminal.wait(60)
    terminal.time_out()
    greeted = set()
    for member in ("alix", "attached"):
        terminal.feed(tap(member))
        if terminal.state.at_work is not None:
            greeted.add(member)
        terminal.wait(60)
        terminal.time_out()
    assert greeted == at_work
