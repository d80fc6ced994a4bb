"""A shift that is booked here: a make-up opens the door."""

import pytest

from kiosk.actions import Action
from kiosk.effects import Book
from kiosk.events import BookingAnswered, BookingOutcome, DeviceLost, Touched
from kiosk.rules import states
from kiosk.rules.policy import Policy
from kiosk.rules.turn import Link
from kiosk.types import FactKind, Part, Reason
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
    first = terminal.state.replacing.fact
    terminal.touch(Action.PICK, "friday")
    order = [order for order in terminal.effects if isinstance(order, Book)][-1]
    terminal.feed(BookingAnswered(id=order.id, outcome=BookingOutcome.BOOKED))
    assert [fact.about for fact in terminal.facts(FactKind.BOOKING_UNDONE)] == [first]


def change_date(terminal: Terminal, shift: str) -> None:
    """The card is laid again, the way back is touched, and another shift."""
    terminal.wait(6)
    terminal.feed(tap("blocked"), Touched(Action.UNDO), Touched(Action.PICK, shift))
    answer(terminal)


def answer(terminal: Terminal) -> None:
    order = [order for order in terminal.effects if isinstance(order, Book)][-1]
    terminal.feed(BookingAnswered(id=order.id, outcome=BookingOutcome.BOOKED))


def undo_button(terminal: Terminal) -> str:
    return next(button.label.key for button in terminal.view().buttons if button.action is Action.UNDO)


def test_another_date_can_be_changed_as_well_and_not_given_back():
    terminal = Terminal()
    book_a_make_up(terminal)
    for shift in ("friday", "saturday"):
        change_date(terminal, shift)
        assert terminal.state.opened
        terminal.wait(6)
        terminal.feed(tap("blocked"))
        assert undo_button(terminal) == "need.change"
    terminal.touch(Action.UNDO)
    assert isinstance(terminal.state, states.Choosing)
    given_back = [fact.shift_id for fact in terminal.facts(FactKind.BOOKING_UNDONE)]
    assert given_back == ["tomorrow", "friday"]


def test_another_date_opens_nothing_and_does_not_say_so():
    terminal = Terminal()
    book_a_make_up(terminal)
    assert terminal.view().body[0].key == "need.booked.open"
    openings = terminal.openings()
    change_date(terminal, "friday")
    assert terminal.openings() == openings + 1, "the card laid again, and nothing more"
    assert terminal.view().body[0].key == "need.booked.sub"


def test_who_came_in_by_a_make_up_cannot_give_back_a_second_one():
    terminal = Terminal()
    book_a_make_up(terminal)
    terminal.wait(60)
    terminal.feed(tap("blocked"), Touched(Action.READ), Touched(Action.SIGN_UP), Touched(Action.PICK, "friday"))
    answer(terminal)
    terminal.wait(6)
    terminal.feed(tap("blocked"))
    assert undo_button(terminal) == "need.change"


def test_a_make_up_that_is_about_to_start_can_only_be_moved_too():
    terminal = Terminal()
    terminal.feed(tap("blocked"), Touched(Action.SIGN_UP), Touched(Action.PICK, "now-till"))
    answer(terminal)
    change_date(terminal, "friday")
    terminal.wait(6)
    terminal.feed(tap("blocked"))
    assert undo_button(terminal) == "need.change"


def test_a_door_out_of_order_is_not_told_to_be_open():
    terminal = Terminal()
    terminal.feed(DeviceLost(part=Part.DOOR, fault=""))
    book_a_make_up(terminal)
    assert terminal.openings() == 0
    assert terminal.view().body[0].key == "need.booked.sub"
    terminal.wait(6)
    terminal.feed(tap("blocked"))
    assert undo_button(terminal) == "need.change"


def test_the_place_before_is_given_back_whoever_has_come_in_the_meantime():
    terminal = Terminal()
    book_a_make_up(terminal)
    terminal.wait(20)
    terminal.feed(tap("blocked"), Touched(Action.UNDO))
    terminal.wait(15)
    terminal.touch(Action.PICK, "friday")
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT))
    answer(terminal)
    assert [fact.shift_id for fact in terminal.facts(FactKind.BOOKING_UNDONE)] == ["tomorrow"]
    assert isinstance(terminal.state, states.Thanking)


def test_a_booking_can_be_taken_back_after_the_next_one_s():
    terminal = Terminal()
    for who, shift in (("camille", "tomorrow"), ("exempt", "saturday")):
        terminal.feed(tap(who), Touched(Action.MY_SHIFTS), Touched(Action.SIGN_UP), Touched(Action.PICK, shift))
        answer(terminal)
        terminal.wait(6)
    terminal.feed(tap("camille"))
    assert undo_button(terminal) == "need.undo"
    terminal.touch(Action.UNDO)
    assert [fact.shift_id for fact in terminal.facts(FactKind.BOOKING_UNDONE)] == ["tomorrow"]


def test_the_emptiest_shifts_come_first_and_those_out_of_reach_not_at_all():
    terminal = Terminal()
    terminal.feed(tap("camille"), Touched(Action.SIGN_UP))
    assert [row.button.target for row in terminal.view().offers] == ["tomorrow", "saturday"]


def test_offline_nothing_can_be_booked_and_the_door_opens_instead():
    terminal = Terminal(link=Link(online=False, since=at(14)))
    terminal.feed(tap("blocked"))
    assert isinstance(terminal.state, states.Noticing)
    assert terminal.facts(FactKind.PASSAGE)[0].details["reason"] == Reason.OFFLINE_HOURS.value


def test_a_network_that_goes_before_the_second_tap_is_said_and_nothing_is_asked():
    terminal = Terminal()
    terminal.feed(tap("blocked"), Touched(Action.SIGN_UP))
    terminal.link = Link(online=False, since=at(14))
    orders = terminal.touch(Action.PICK, "tomorrow")
    assert not [order for order in orders if isinstance(order, Book)]
    assert isinstance(terminal.state, states.Choosing)
    assert terminal.state.trouble == "offline"


def test_laying_the_card_again_does_not_cost_the_answer():
    terminal = Terminal()
    terminal.feed(tap("blocked"), Touched(Action.SIGN_UP), Touched(Action.PICK, "tomorrow"))
    [order] = [order for order in terminal.effects if isinstance(order, Book)]
    terminal.wait(12)
    terminal.feed(tap("blocked"))
    assert isinstance(terminal.state, states.Booking)
    terminal.feed(BookingAnswered(id=order.id, outcome=BookingOutcome.BOOKED))
    assert isinstance(terminal.state, states.Booked)
    assert terminal.openings() == 1
    assert len(terminal.facts(FactKind.REFUSAL)) == 1


def test_a_place_that_nobody_waits_for_any_more_is_given_back_when_the_next_one_books():
    terminal = Terminal()
    terminal.feed(tap("blocked"), Touched(Action.SIGN_UP), Touched(Action.PICK, "tomorrow"))
    terminal.feed(tap("camille"), Touched(Action.MY_SHIFTS), Touched(Action.SIGN_UP), Touched(Action.PICK, "saturday"))
    first, second = [order for order in terminal.effects if isinstance(order, Book)]
    terminal.feed(BookingAnswered(id=first.id, outcome=BookingOutcome.BOOKED))
    terminal.feed(BookingAnswered(id=second.id, outcome=BookingOutcome.BOOKED))
    assert [(fact.member_id, fact.about) for fact in terminal.facts(FactKind.BOOKING_UNDONE)] == [("blocked", first.id)]
    assert [fact.member_id for fact in terminal.facts(FactKind.BOOKING)] == ["camille"]


def unanswered(terminal: Terminal) -> None:
    book_a_make_up(terminal, BookingOutcome.UNAVAILABLE)


def taken_back(terminal: Terminal) -> None:
    terminal.feed(tap("camille"), *WAY_TO_THE_OFFERS, Touched(Action.PICK, "tomorrow"))
    answer_the_last(terminal)
    terminal.feed(tap("camille"), Touched(Action.UNDO))
    terminal.wait(10)
    terminal.feed(tap("camille"), *WAY_TO_THE_OFFERS)


def moved(terminal: Terminal) -> None:
    book_a_make_up(terminal)
    terminal.feed(tap("blocked"), Touched(Action.UNDO), Touched(Action.PICK, "saturday"))
    answer_the_last(terminal)
    terminal.feed(tap("blocked"), Touched(Action.UNDO))


WAY_TO_THE_OFFERS = (Touched(Action.MY_SHIFTS), Touched(Action.SIGN_UP))


def answer_the_last(terminal: Terminal) -> None:
    asked = [order for order in terminal.effects if isinstance(order, Book)]
    terminal.feed(BookingAnswered(id=asked[-1].id, outcome=BookingOutcome.BOOKED))


@pytest.mark.parametrize("give_back", [unanswered, taken_back, moved])
def test_a_place_is_not_taken_again_before_the_server_has_heard_that_it_was_given_back(give_back):
    terminal = Terminal()
    give_back(terminal)
    [undo] = terminal.facts(FactKind.BOOKING_UNDONE)
    terminal.touch(Action.PICK, "tomorrow")
    assert isinstance(terminal.state, states.Choosing)
    assert terminal.state.trouble == "unavailable"
    terminal.knowledge.delivered([undo.id])
    terminal.touch(Action.PICK, "tomorrow")
    assert isinstance(terminal.state, states.Booking)
