"""Without a card, without an answer: what the screen does by itself."""

import pytest

from kiosk.actions import Action
from kiosk.effects import RingBell, StartTimer, StopBell
from kiosk.events import DeviceFound, DeviceLost, Timer, TimerFired, Touched
from kiosk.rules import states
from kiosk.types import FactKind, Part
from tests.rules.terminal import Terminal, tap


def test_the_bell_rings_and_can_be_stopped():
    terminal = Terminal()
    terminal.touch(Action.NO_CARD)
    assert RingBell() in terminal.touch(Action.FORGOT_CARD)
    assert StopBell() in terminal.touch(Action.STOP_BELL)
    assert isinstance(terminal.state, states.Idle)


def test_nobody_came():
    terminal = Terminal()
    terminal.feed(Touched(Action.NO_CARD), Touched(Action.DELIVERY), TimerFired(Timer.ANSWER))
    assert terminal.state.unanswered


def test_without_a_bell_the_screen_says_at_once_what_helps():
    terminal = Terminal(bell=False)
    terminal.touch(Action.NO_CARD)
    assert RingBell() not in terminal.touch(Action.VISITOR)
    assert terminal.state.silent


def test_still_there_comes_before_home_where_someone_may_be_reading():
    terminal = Terminal()
    terminal.feed(tap("camille"), Touched(Action.MY_SHIFTS))
    terminal.time_out()
    assert isinstance(terminal.state, states.Wondering)
    terminal.touch(Action.STILL_HERE)
    assert isinstance(terminal.state, states.Reviewing)
    terminal.time_out()
    terminal.time_out()
    assert isinstance(terminal.state, states.Idle)


def test_no_name_is_left_when_everyone_has_gone():
    terminal = Terminal()
    terminal.feed(tap("camille"), Touched(Action.MY_SHIFTS))
    terminal.time_out()
    terminal.time_out()
    assert "Camille" not in repr(terminal.view())


def test_a_lost_reader_is_told_and_comes_back_by_itself():
    terminal = Terminal()
    terminal.feed(DeviceLost(part=Part.READER, fault="no answer"))
    assert terminal.state == states.OutOfOrder(Part.READER)
    terminal.feed(DeviceFound(part=Part.READER))
    assert isinstance(terminal.state, states.Idle)


def test_a_reader_lost_while_someone_reads_waits_for_the_way_home():
    terminal = Terminal()
    terminal.feed(tap("camille"), DeviceLost(part=Part.READER, fault="no answer"))
    assert isinstance(terminal.state, states.Welcoming)
    terminal.time_out()
    assert isinstance(terminal.state, states.OutOfOrder)


def test_a_bell_rung_again_may_find_nobody_again():
    terminal = Terminal()
    terminal.feed(Touched(Action.NO_CARD), Touched(Action.DELIVERY), TimerFired(Timer.ANSWER))
    orders = terminal.touch(Action.DELIVERY)
    assert StartTimer(timer=Timer.ANSWER, seconds=45) in orders
    terminal.feed(TimerFired(Timer.ANSWER))
    assert terminal.state.unanswered


def test_switching_the_language_does_not_make_a_bell_ring_for_longer():
    terminal = Terminal()
    terminal.feed(Touched(Action.NO_CARD), Touched(Action.DELIVERY))
    assert [order.timer for order in terminal.touch(Action.LANGUAGE)] == [Timer.HOME]


def test_the_same_card_goes_on_with_the_screen_that_is_about_to_go():
    terminal = Terminal()
    terminal.feed(tap("camille"), Touched(Action.MY_SHIFTS))
    terminal.wait(30)
    terminal.time_out()
    terminal.feed(tap("camille"))
    assert isinstance(terminal.state, states.Reviewing)
    assert terminal.openings() == 2
    assert len(terminal.facts(FactKind.PASSAGE)) == 1


def test_a_refused_card_that_goes_on_reading_is_not_refused_once_more():
    terminal = Terminal()
    terminal.feed(tap("frozen"), Touched(Action.WHY))
    terminal.wait(20)
    terminal.time_out()
    terminal.feed(tap("frozen"))
    assert terminal.state.explained
    assert len(terminal.facts(FactKind.REFUSAL)) == 1


@pytest.mark.parametrize("chosen", [Action.LANGUAGE, Action.LARGE_TEXT, Action.MUTE])
@pytest.mark.parametrize("lost", [(), (DeviceLost(part=Part.READER, fault=""),)], ids=["idle", "out of order"])
def test_what_someone_has_chosen_on_a_screen_for_everybody_is_gone_with_them(chosen, lost):
    terminal = Terminal()
    terminal.feed(*lost)
    before = terminal.session
    touches = (Touched(chosen),) if chosen is Action.LANGUAGE else (Touched(Action.HELP), Touched(chosen))
    terminal.feed(*touches)
    assert terminal.session != before
    assert StartTimer(timer=Timer.HOME, seconds=30) in terminal.effects
    terminal.time_out()
    assert terminal.session == before


def test_a_part_lost_or_found_below_the_help_sheet_is_told_once_that_is_closed():
    terminal = Terminal()
    help_, close = Touched(Action.HELP), Touched(Action.CANCEL)
    terminal.feed(help_, DeviceLost(part=Part.READER, fault=""), close)
    assert terminal.state == states.OutOfOrder(Part.READER)
    terminal.feed(help_, DeviceFound(part=Part.READER), close)
    assert isinstance(terminal.state, states.Idle)
