"""Five jars and a queue behind: labels that print by themselves."""

from kiosk.actions import Action
from kiosk.effects import OpenDoor
from kiosk.events import PrintTrouble, Timer, TimerFired
from kiosk.rules import states
from tests.rules.bulk import actions, alone, fail, orders, print_it, printing_jar
from tests.rules.terminal import tap


def test_the_next_jars_print_alone():
    terminal = alone()
    for number, grams in enumerate((410, 98), 2):
        terminal.weigh(0)
        assert isinstance(terminal.state, states.Taring)
        terminal.weigh(grams)
        assert isinstance(terminal.state, states.TareKept)
        assert dict(terminal.view().panel.left.values) == {"n": number}
        print_it(terminal)
    assert [order.jar.grams for order in orders(terminal)] == [352, 410, 98]


def test_one_placement_is_one_label_even_alone():
    terminal = alone()
    terminal.weigh(0)
    terminal.weigh(410)
    print_it(terminal)
    terminal.weigh(410, readings=20)
    assert len(orders(terminal)) == 2


def test_a_jar_lifted_before_its_label_is_there_does_not_lose_it():
    terminal = alone()
    terminal.weigh(0)
    terminal.weigh(410)
    terminal.weigh(0)
    assert terminal.view().title.key == "tare.printing"
    print_it(terminal)
    assert isinstance(terminal.state, states.Taring)
    assert terminal.state.alone


def test_a_moving_jar_is_not_printed_alone():
    terminal = alone()
    terminal.weigh(0)
    terminal.weigh(410, stable=False, readings=20)
    assert len(orders(terminal)) == 1


def test_without_paper_nothing_prints_alone_any_more():
    terminal = alone()
    terminal.weigh(0)
    terminal.weigh(410)
    fail(terminal, PrintTrouble.PAPER)
    terminal.touch(Action.ANOTHER_JAR)
    terminal.weigh(0)
    terminal.weigh(98)
    assert len(orders(terminal)) == 2
    assert actions(terminal)[0] is Action.KEEP_TARE


def test_printing_alone_ends_with_the_person():
    terminal = alone()
    terminal.touch(Action.DONE)
    terminal.weigh(0)
    terminal.touch(Action.WEIGH)
    terminal.weigh(410)
    assert len(orders(terminal)) == 1


def test_the_switch_goes_off_again():
    terminal = alone()
    terminal.touch(Action.PRINT_ALONE)
    assert terminal.view().buttons[0].on is False


def test_a_card_beside_a_label_opens_the_door_and_ends_nothing():
    terminal = printing_jar()
    assert OpenDoor(seconds=8) in terminal.feed(tap("camille"))
    assert terminal.view().frame.header.band
    print_it(terminal)
    assert terminal.view().title.key == "tare.done"
    terminal.feed(TimerFired(Timer.BAND))
    assert not terminal.view().frame.header.band


def test_a_card_while_jars_print_alone_lets_them_go_on():
    terminal = alone()
    terminal.feed(tap("camille"))
    terminal.weigh(0)
    terminal.weigh(410)
    assert len(orders(terminal)) == 2


def test_the_next_jar_is_weighed_as_soon_as_it_is_put_down():
    terminal = printing_jar()
    print_it(terminal)
    terminal.weigh(0)
    terminal.weigh(410, stable=False)
    assert isinstance(terminal.state, states.Taring)
    assert terminal.state.count == 1
