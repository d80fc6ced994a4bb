"""What comes while something lies over the screen that waits for it: it is heard all the same."""

from dataclasses import replace

import pytest

from kiosk.actions import Action
from kiosk.effects import AnswerProof, Book, EndProof
from kiosk.events import (
    BookingAnswered,
    BookingOutcome,
    GraceAnswered,
    Identified,
    PinChecked,
    PinKnown,
    Timer,
    TimerFired,
    Touched,
    UnsettledListed,
)
from kiosk.events_door import ProofAsked
from kiosk.rules import states
from kiosk.rules.staff_states import Maintaining
from kiosk.types import FactKind, Part, Status
from tests.rules.bulk import printing_jar, scale
from tests.rules.staff import technician
from tests.rules.terminal import Terminal, card_of, member, tap

HELP, CLOSE = Touched(Action.HELP), Touched(Action.CANCEL)


def test_a_make_up_that_is_granted_meanwhile_lets_in_and_stays():
    terminal = Terminal()
    terminal.feed(tap("blocked"), Touched(Action.SIGN_UP), Touched(Action.PICK, "tomorrow"), HELP)
    [order] = [order for order in terminal.effects if isinstance(order, Book)]
    terminal.feed(BookingAnswered(id=order.id, outcome=BookingOutcome.BOOKED))
    assert isinstance(terminal.state, states.Booked)
    assert terminal.openings() == 1
    assert not terminal.facts(FactKind.BOOKING_UNDONE)


def test_a_place_that_is_taken_is_told():
    terminal = Terminal()
    terminal.feed(tap("camille"), Touched(Action.MY_SHIFTS), Touched(Action.SIGN_UP))
    terminal.feed(Touched(Action.PICK, "tomorrow"), HELP)
    [order] = [order for order in terminal.effects if isinstance(order, Book)]
    terminal.feed(BookingAnswered(id=order.id, outcome=BookingOutcome.TAKEN))
    assert terminal.state.trouble == "taken"


def test_whose_card_it_is_opens_the_door_and_shows_it():
    terminal = Terminal()
    terminal.feed(tap("new"), HELP)
    terminal.feed(Identified(hash=card_of("new"), available=True, member=member("new")))
    assert isinstance(terminal.state, states.Welcoming)
    assert terminal.openings() == 1


def test_grace_is_not_called_unanswered():
    terminal = Terminal()
    terminal.feed(tap("blocked"), Touched(Action.WHY), Touched(Action.ASK_GRACE), HELP)
    person = replace(terminal.knowledge.members["blocked"], status=Status.GRACE)
    answer = GraceAnswered(card=card_of("blocked"), available=True, member=person)
    terminal.knowledge.learn(answer)
    terminal.feed(answer)
    assert terminal.openings() == 1


def test_what_is_on_the_disk_is_called_noted_once_help_is_closed():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT), HELP)
    terminal.commit()
    assert isinstance(terminal.state, states.Helping)
    terminal.feed(CLOSE)
    assert terminal.state.committed


def test_the_list_of_what_is_to_settle_is_there_once_help_is_closed():
    terminal = Terminal()
    terminal.feed(
        tap("coord"), Touched(Action.COORDINATION), Touched(Action.TO_SETTLE), HELP, UnsettledListed(()), CLOSE
    )
    assert terminal.view().empty.key == "settle.empty"


def test_the_right_pin_opens_the_menu():
    terminal = Terminal()
    terminal.feed(PinKnown(chosen=True), Touched(Action.UNLOCK))
    terminal.feed(*(Touched(Action.KEY, digit) for digit in "1357"), Touched(Action.ENTER), HELP, PinChecked(True))
    assert isinstance(terminal.state, Maintaining)


def test_a_look_at_the_help_sheet_does_not_end_the_test_of_the_door():
    parts = frozenset({Part.DOOR})
    terminal = technician(Touched(Action.SELF_TEST), Touched(Action.PROVE_DOOR), parts=parts)
    terminal.feed(HELP, ProofAsked(act="unplug_lock", ask="unplugged"), CLOSE)
    assert EndProof() not in terminal.effects
    assert AnswerProof(True) in terminal.touch(Action.YES)
    terminal.feed(HELP)
    assert EndProof() in terminal.time_out()


def test_a_bell_that_nobody_answers_says_so():
    terminal = Terminal()
    terminal.feed(Touched(Action.NO_CARD), Touched(Action.FORGOT_CARD), HELP, TimerFired(Timer.ANSWER), CLOSE)
    assert terminal.state.unanswered


def test_a_name_beside_the_scale_is_gone_in_time():
    terminal = scale()
    terminal.feed(tap("camille"), HELP, TimerFired(Timer.BAND), CLOSE)
    assert terminal.state.band is None


def test_the_question_about_a_sticker_hides_neither_the_disk_nor_the_end_of_the_band():
    terminal = printing_jar()
    terminal.feed(tap("camille"), tap("sticker"), TimerFired(Timer.BAND))
    assert isinstance(terminal.state, states.Tagging)
    terminal.commit()
    terminal.feed(CLOSE)
    assert (terminal.state.committed, terminal.state.band) == (True, None)


@pytest.mark.parametrize("answer", [PinChecked(True), UnsettledListed(()), TimerFired(Timer.BAND)])
def test_what_nothing_below_waits_for_changes_nothing(answer):
    terminal = Terminal()
    terminal.feed(tap("camille"), HELP)
    before = terminal.state
    terminal.feed(answer)
    assert terminal.state == before
