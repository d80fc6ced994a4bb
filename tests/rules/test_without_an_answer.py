"""Without a card, without an answer: what the screen does by itself."""

from kiosk.effects import RingBell, StopBell
from kiosk.events import Action, DeviceFound, DeviceLost, Timer, TimerFired, Touched
from kiosk.rules import states
from kiosk.types import Part
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
