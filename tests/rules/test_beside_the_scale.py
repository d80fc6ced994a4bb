"""Cards that are laid while someone weighs: the weighing goes on, and whoever comes in is noted as ever."""

from dataclasses import replace

import pytest

from kiosk.actions import Action
from kiosk.effects import Identify, Play, StartTimer
from kiosk.events import DeviceLost, Identified, Timer, Touched, TwoCardsSeen
from kiosk.rules import states
from kiosk.rules.turn import Link
from kiosk.types import CardKind, FactKind, Part, Sound
from tests.rules.bulk import printing_jar, scale
from tests.rules.terminal import Terminal, member, snapshot, tap


def second_jar() -> Terminal:
    """One jar is kept, the next is awaited."""
    terminal = printing_jar()
    terminal.weigh(0)
    terminal.touch(Action.ANOTHER_JAR)
    assert (type(terminal.state), terminal.state.count) == (states.Taring, 1)
    return terminal


def test_a_card_does_not_end_the_weighing_of_whoever_reads_the_help_sheet():
    terminal = second_jar()
    terminal.feed(Touched(Action.HELP), tap("camille"))
    assert terminal.openings() == 1
    assert (terminal.state.count, terminal.state.band.member.id) == (1, "camille")


def test_neither_do_two_cards():
    terminal = second_jar()
    terminal.feed(Touched(Action.HELP), TwoCardsSeen(), Touched(Action.CANCEL))
    assert terminal.state.count == 1


def test_who_was_fetched_to_vouch_may_take_the_time_it_takes():
    terminal = scale()
    terminal.feed(DeviceLost(part=Part.SCALE, fault=""), Touched(Action.TYPE_WEIGHT))
    terminal.wait(31)
    terminal.time_out()
    assert isinstance(terminal.state, states.Wondering)
    terminal.feed(tap("coord"))
    assert isinstance(terminal.state, states.TypingWeight)


def test_nobody_at_the_scale_any_more_keeps_no_one_from_their_screen():
    terminal = second_jar()
    terminal.wait(45)
    terminal.time_out()
    terminal.feed(tap("camille"))
    assert isinstance(terminal.state, states.Welcoming)


@pytest.mark.parametrize(
    ("touches", "timers"), [((), [Timer.BAND]), ((Touched(Action.JAR_KNOWN),), [])], ids=["weighing", "typing a code"]
)
def test_the_cards_of_others_do_not_keep_an_abandoned_weighing_on_the_screen(touches, timers):
    terminal = second_jar()
    terminal.feed(*touches)
    orders = terminal.feed(tap("camille"))
    assert [order.timer for order in orders if isinstance(order, StartTimer)] == timers


def test_the_same_card_twice_in_a_row_is_one_visit_and_two_pulses():
    terminal = scale()
    terminal.feed(tap("camille"))
    terminal.wait(2)
    terminal.feed(tap("camille"))
    assert terminal.openings() == 2
    assert len(terminal.facts(FactKind.PASSAGE)) == 1


@pytest.mark.parametrize(("blocked", "reason"), [(False, "unknown"), (True, "card_blocked")])
def test_a_card_that_opens_nothing_sounds_like_it_and_is_in_the_journal(blocked, reason):
    terminal = scale()
    if blocked:
        [card] = [card for card in snapshot().cards if card.member_id == "camille"]
        terminal.knowledge.cards[card.hash] = type(card)(hash=card.hash, member_id="camille", blocked=True)
    assert Play(Sound.UNKNOWN) in terminal.feed(tap("camille" if blocked else "nobody"))
    assert [fact.details["reason"] for fact in terminal.facts(FactKind.REFUSAL)] == [reason]
    assert isinstance(terminal.state, states.Taring)


def test_whom_only_the_server_knows_comes_in_with_the_next_tap():
    terminal = scale()
    [asked] = [order for order in terminal.feed(tap("new")) if isinstance(order, Identify)]
    answer = Identified(hash=asked.hash, available=True, member=member("new"))
    terminal.knowledge.learn(answer)
    terminal.feed(answer)
    terminal.wait(3)
    terminal.feed(tap("new"))
    assert terminal.openings() == 1
    assert terminal.state.band.member.id == "new"


@pytest.mark.parametrize(("card", "online"), [(tap("bank", kind=CardKind.BANK), True), (tap("new"), False)])
def test_the_server_is_not_asked_in_vain(card, online):
    terminal = scale(link=Link(online=online))
    assert not [order for order in terminal.feed(card) if isinstance(order, Identify)]


def test_a_sticker_that_is_asked_about_is_no_refused_card():
    terminal = printing_jar()
    terminal.feed(tap("sticker"), tap("sticker"))
    assert isinstance(terminal.state, states.Tagging)
    assert not terminal.facts(FactKind.REFUSAL)


def test_nobody_is_late_for_a_question_that_has_waited():
    terminal = scale()
    terminal.feed(tap("alix"))
    came = terminal.around.moment
    terminal.wait(45 * 60)
    terminal.feed(Touched(Action.DONE), Touched(Action.START_SHIFT))
    [presence] = terminal.facts(FactKind.CHECK_IN)
    assert presence.details["late"] is False
    assert presence.happened == came


@pytest.mark.parametrize("kind", [CardKind.BANK, CardKind.PHONE])
def test_what_is_no_card_of_the_coop_opens_beside_the_scale_as_little_as_elsewhere(kind):
    """Even one that was linked before the terminal could tell."""
    terminal = Terminal()
    terminal.feed(Touched(Action.WEIGH), replace(tap("camille"), kind=kind))
    assert terminal.openings() == 0
    assert isinstance(terminal.state, states.Taring)
    [refusal] = terminal.facts(FactKind.REFUSAL)
    assert refusal.member_id is None


def test_a_question_that_lapses_by_the_same_card_is_noted_only_once_it_is_on_the_disk():
    """« Toujours là ? » lies over the weighing; the card settles what waited there, in the same step."""
    terminal = Terminal()
    terminal.feed(Touched(Action.WEIGH), tap("alix"))
    terminal.time_out()
    assert isinstance(terminal.state, states.Wondering)
    terminal.wait(20)
    terminal.feed(tap("alix"))
    [presence] = terminal.facts(FactKind.CHECK_IN)
    assert (terminal.state.fact, terminal.state.committed) == (presence.id, False)
    assert [line.key for line in terminal.view().body] == ["shift.noting"]
    terminal.commit()
    assert [line.key for line in terminal.view().body] == ["shift.noted"]
