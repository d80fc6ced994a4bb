"""Who comes in: what happens for whom. Three lines a story, no screen."""

import pytest

from kiosk.actions import Action
from kiosk.effects import Identify, OpenDoor
from kiosk.events import DeviceLost, Identified, Timer, TimerFired, Touched, TwoCardsSeen
from kiosk.rules import states
from kiosk.rules.session import stay_seconds
from kiosk.rules.turn import Link
from kiosk.types import CardKind, FactKind, Part, Reason, Remark
from tests.rules.terminal import Terminal, at, card_of, member, snapshot, tap


def test_a_member_in_good_standing_walks_in_without_a_touch():
    terminal = Terminal()
    terminal.feed(tap("camille"))
    assert isinstance(terminal.state, states.Welcoming)
    assert terminal.openings() == 1
    assert [fact.kind for fact in terminal.facts()] == [FactKind.PASSAGE, FactKind.DOOR_OPENED]


def test_the_door_order_comes_with_the_decision():
    terminal = Terminal()
    assert OpenDoor(seconds=8) in terminal.feed(tap("camille"))


def test_who_needs_it_gets_a_longer_pulse_and_large_text():
    terminal = Terminal()
    assert OpenDoor(seconds=20) in terminal.feed(tap("slow"))
    assert terminal.session.large_text
    assert stay_seconds(terminal.session, terminal.around) == 12


@pytest.mark.parametrize(("who", "remark"), [("warn", Remark.HOURS_TO_BOOK), ("grace", Remark.GRACE)])
def test_something_to_say_stays_behind_a_touch(who, remark):
    terminal = Terminal()
    terminal.feed(tap(who))
    assert isinstance(terminal.state, states.Noticing)
    assert terminal.state.visit.verdict.remark is remark
    assert terminal.openings() == 1


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ("frozen", Reason.FROZEN),
        ("left", Reason.LEFT),
        ("fee", Reason.FEE),
        ("inactive", Reason.INACTIVE),
        ("blocked", Reason.HOURS),
        ("visitor", Reason.VISITOR),
        ("lodger", Reason.HOUSEHOLD),
    ],
)
def test_a_closed_account_keeps_the_door_closed_with_its_reason_in_the_journal(who, reason):
    terminal = Terminal()
    terminal.feed(tap(who))
    assert isinstance(terminal.state, states.Refusing)
    assert terminal.openings() == 0
    assert [fact.details["reason"] for fact in terminal.facts(FactKind.REFUSAL)] == [reason.value]


def test_the_same_card_within_five_seconds_is_one_visit_and_two_pulses():
    terminal = Terminal()
    terminal.feed(tap("camille"))
    terminal.wait(4)
    terminal.feed(tap("camille"))
    assert terminal.openings() == 2
    assert len(terminal.facts(FactKind.PASSAGE)) == 1
    assert len(terminal.facts(FactKind.DOOR_OPENED)) == 2


def test_the_same_card_later_is_another_visit_and_opens_again():
    terminal = Terminal()
    terminal.feed(tap("camille"))
    terminal.wait(60)
    terminal.feed(tap("camille"))
    assert terminal.openings() == 2
    assert len(terminal.facts(FactKind.PASSAGE)) == 2


def test_a_card_opens_from_whatever_screen_its_owner_has_reached():
    terminal = Terminal()
    terminal.feed(tap("camille"), Touched(Action.MY_SHIFTS))
    terminal.wait(20)
    assert OpenDoor(seconds=8) in terminal.feed(tap("camille"))


def test_another_card_replaces_the_person_before():
    terminal = Terminal()
    terminal.feed(tap("camille"), Touched(Action.MY_SHIFTS), tap("english"))
    assert isinstance(terminal.state, states.Welcoming)
    assert terminal.state.visit.member.id == "english"
    assert terminal.session.language == "en"


@pytest.mark.parametrize(("theirs", "spoken"), [("de", "fr"), ("en-GB", "en")])
def test_whose_language_the_screens_do_not_speak_can_switch_it_all_the_same(theirs, spoken):
    terminal = Terminal()
    terminal.knowledge.apply(snapshot(full=False, members=(member("sam", language=theirs),)))
    terminal.feed(tap("sam"))
    assert terminal.session.language == spoken
    terminal.touch(Action.LANGUAGE)
    assert {terminal.session.language, spoken} == {"fr", "en"}


def test_the_language_of_one_person_is_not_the_next_ones():
    terminal = Terminal()
    terminal.feed(tap("english"), tap("camille"))
    assert terminal.session.language == "fr"


@pytest.mark.parametrize("who", ["english", "slow"])
def test_a_screen_that_stays_for_everybody_is_nobody_s_own(who):
    terminal = Terminal()
    terminal.feed(DeviceLost(part=Part.DOOR, fault=""), tap(who))
    assert terminal.state == states.OutOfOrder(Part.DOOR)
    assert (terminal.session.language, terminal.session.large_text) == ("fr", False)


def test_after_a_touch_the_welcome_can_open_again():
    terminal = Terminal()
    terminal.feed(tap("camille"), Touched(Action.LANGUAGE))
    assert terminal.session.language == "en"
    assert stay_seconds(terminal.session, terminal.around) == 20
    assert OpenDoor(seconds=8) in terminal.touch(Action.REOPEN)


def test_a_refused_card_is_not_looked_at_again_at_once():
    terminal = Terminal()
    terminal.feed(tap("frozen"), tap("frozen"))
    assert len(terminal.facts(FactKind.REFUSAL)) == 1
    terminal.wait(6)
    terminal.feed(tap("frozen"))
    assert terminal.session.refusals.count == 2
    assert terminal.session.refusals.ends_at == terminal.monotonic + 2


def test_a_card_that_is_not_looked_at_sends_nobody_away():
    terminal = Terminal()
    terminal.feed(tap("frozen"), tap("new"), tap("frozen"))
    terminal.feed(Identified(hash=tap("new").hash, available=True, member=member("new")))
    assert isinstance(terminal.state, states.Welcoming)


def test_an_unknown_card_is_asked_of_the_server_and_admitted():
    terminal = Terminal()
    stranger = tap("stranger")
    assert Identify(hash=stranger.hash, timeout_seconds=2) in terminal.feed(stranger)
    newcomer = terminal.knowledge.members["camille"]
    terminal.feed(Identified(hash=stranger.hash, available=True, member=newcomer))
    assert isinstance(terminal.state, states.Welcoming)
    assert terminal.openings() == 1


def test_nobodys_card_stays_outside():
    terminal = Terminal()
    terminal.feed(tap("stranger"), Identified(hash=tap("stranger").hash, available=True))
    assert terminal.state == states.Unrecognised(tail="NGER", kind=CardKind.CARD)
    assert terminal.openings() == 0


@pytest.mark.parametrize("answer", [Identified(hash=card_of("stranger"), available=False), TimerFired(Timer.HOME)])
def test_a_server_that_does_not_answer_is_no_verdict_on_the_person(answer):
    terminal = Terminal()
    terminal.feed(tap("stranger"), answer)
    assert terminal.state.fresh_offline


def test_an_unknown_card_offline_may_only_be_too_new():
    terminal = Terminal(link=Link(online=False, since=at(14)))
    terminal.feed(tap("stranger"))
    assert terminal.state == states.Unrecognised(tail="NGER", kind=CardKind.CARD, fresh_offline=True)


def test_an_answer_about_another_card_changes_nothing():
    terminal = Terminal()
    terminal.feed(tap("stranger"))
    before = terminal.state
    terminal.feed(Identified(hash=card_of("other"), available=True, member=terminal.knowledge.members["camille"]))
    assert terminal.state == before


@pytest.mark.parametrize("kind", [CardKind.BANK, CardKind.PHONE])
def test_bank_cards_and_phones_are_told_as_such_and_never_looked_up(kind):
    terminal = Terminal()
    terminal.feed(tap("camille", kind=kind))
    assert terminal.state == states.Unrecognised(tail="ILLE", kind=kind)


def test_two_cards_are_told_as_such():
    terminal = Terminal()
    terminal.feed(TwoCardsSeen())
    assert isinstance(terminal.state, states.Crowded)
