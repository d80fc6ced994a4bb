"""A shift that is booked here: a make-up opens the door."""

import pytest

from kiosk.effects import Book
from kiosk.events import Action, BookingAnswered, BookingOutcome, Touched
from kiosk.rules import states
from kiosk.rules.policy import Policy
from kiosk.rules.turn import Link
from kiosk.types import FactKind, Reason
from tests.rules.stories import book_a_make_up
from tests.rules.terminal import Terminal, at, tap


def test_a_blocked_member_books_a_make_up_and_walks_in():
    terminal = Terminal()
    book_a_make_up(terminal)
    assert isinstance(terminal.state, states.Booked)
    assert terminal.state.opened
    assert terminal.openings() == 1
    terminal.wait(60)
    terminal.feed(tap("blocked"))
    assert terminal.openings() == 2


def test_a_make_up_opens_nothing_where_the_coop_has_not_decided_so():
    terminal = Terminal(policy=Policy(hours_late_block=True, booking_opens_door=False))
    book_a_make_up(terminal)
    assert isinstance(terminal.state, states.Booked)
    assert terminal.openings() == 0


@pytest.mark.parametrize("outcome", [o for o in BookingOutcome if o is not BookingOutcome.BOOKED])
def test_a_place_that_was_not_given_opens_nothing(outcome):
    terminal = Terminal()
    book_a_make_up(terminal, outcome)
    assert isinstance(terminal.state, states.Choosing)
    assert terminal.state.trouble == outcome.value
    assert terminal.openings() == 0
    assert terminal.facts(FactKind.BOOKING) == []


def test_a_lost_answer_gives_the_place_back():
    terminal = Terminal()
    book_a_make_up(terminal, BookingOutcome.UNAVAILABLE)
    [undone] = terminal.facts(FactKind.BOOKING_UNDONE)
    [order] = [order for order in terminal.effects if isinstance(order, Book)]
    assert undone.about == order.id


def test_an_answer_after_the_person_has_gone_is_kept_and_changes_no_screen():
    terminal = Terminal()
    terminal.feed(tap("blocked"), Touched(Action.SIGN_UP), Touched(Action.PICK, "tomorrow"), tap("camille"))
    [order] = [order for order in terminal.effects if isinstance(order, Book)]
    terminal.feed(BookingAnswered(id=order.id, outcome=BookingOutcome.BOOKED))
    assert isinstance(terminal.state, states.Welcoming)
    assert [fact.member_id for fact in terminal.facts(FactKind.BOOKING)] == ["blocked"]


def test_who_was_let_in_by_a_make_up_may_only_change_its_date():
    terminal = Terminal()
    book_a_make_up(terminal)
    terminal.wait(10)
    terminal.feed(tap("blocked"), Touched(Action.UNDO))
    assert isinstance(terminal.state, states.Choosing)
    assert terminal.facts(FactKind.BOOKING_UNDONE) == []
    first = terminal.state.replacing
    terminal.touch(Action.PICK, "friday")
    order = [order for order in terminal.effects if isinstance(order, Book)][-1]
    terminal.feed(BookingAnswered(id=order.id, outcome=BookingOutcome.BOOKED))
    assert [fact.about for fact in terminal.facts(FactKind.BOOKING_UNDONE)] == [first]


def test_the_emptiest_shifts_come_first_and_those_out_of_reach_not_at_all():
    terminal = Terminal()
    terminal.feed(tap("camille"), Touched(Action.SIGN_UP))
    assert [row.button.target for row in terminal.view().offers] == ["tomorrow", "saturday"]


def test_offline_nothing_can_be_booked_and_the_door_opens_instead():
    terminal = Terminal(link=Link(online=False, since=at(14)))
    terminal.feed(tap("blocked"))
    assert isinstance(terminal.state, states.Noticing)
    assert terminal.facts(FactKind.PASSAGE)[0].details["reason"] == Reason.OFFLINE_HOURS.value
