"""Who is at work: whoever came, also on the place of the account that they are attached to."""

from dataclasses import replace
from datetime import time

import pytest

from kiosk.actions import Action
from kiosk.events import Touched
from kiosk.rules import states
from kiosk.types import Card, CardKind, FactKind, MemberId, OpeningHours
from tests.rules.bulk import scale
from tests.rules.terminal import ROSTER, TUESDAY, Terminal, card_of, snapshot, tap

SOON = TUESDAY.replace(hour=14, minute=32)
NEVER = OpeningHours(weekday=6, opens=time(3), closes=time(4))


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


@pytest.mark.parametrize(("first", "second"), [("alix", "attached"), ("attached", "alix")])
def test_of_two_who_come_for_one_place_silence_notes_the_first_alone(first, second):
    terminal = scale()
    terminal.weigh(352)
    terminal.feed(tap(first), tap(second), Touched(Action.DONE))
    assert terminal.state.visit.member.id == second
    terminal.time_out()
    [presence] = terminal.facts(FactKind.CHECK_IN)
    assert presence.details.get("by", presence.member_id) == first


@pytest.mark.parametrize("closes", [False, True], ids=["open", "closed meanwhile"])
def test_who_lays_the_card_and_then_the_badge_is_noted_once(closes):
    terminal = Terminal(now=SOON)
    other = Card(hash=card_of("badge of alix"), member_id=MemberId("alix"))
    terminal.knowledge.apply(snapshot(full=False, cards=(other,)))
    terminal.feed(tap("alix"))
    if closes:
        terminal.knowledge.coop = replace(terminal.knowledge.coop, hours=(NEVER,))
    terminal.feed(tap("badge of alix", kind=CardKind.BADGE))
    assert isinstance(terminal.state, states.Refusing if closes else states.Asking)
    terminal.time_out()
    assert [fact.member_id for fact in terminal.facts(FactKind.CHECK_IN)] == ["alix"]
