"""A weight typed by someone at work, where the scale is out of order."""

from datetime import UTC, date, timedelta

import pytest

from kiosk.actions import Action
from kiosk.effects import OpenDoor, StartTimer
from kiosk.events import DeviceLost, StopRequested, Timer, TimerFired, Touched
from kiosk.rules import states
from kiosk.types import FactKind, Part
from tests.rules.bulk import orders, printing_jar, scale, type_weight, without_a_scale
from tests.rules.terminal import Terminal, at, tap


@pytest.mark.parametrize("who", ["coord", "sam"])
def test_someone_at_work_types_the_weight_and_it_is_flagged(who):
    terminal = without_a_scale()
    terminal.feed(tap(who))
    type_weight(terminal, "352")
    [fact] = terminal.facts(FactKind.TARE)
    assert fact.member_id == who
    assert fact.details["stability"] == "manual"
    assert fact.details["raw"] == ""
    [order] = orders(terminal)
    assert order.typed
    assert order.jar.grams == 352


@pytest.mark.parametrize("who", ["camille", "stranger", "frozen"])
def test_nobody_else_types_a_weight(who):
    terminal = without_a_scale()
    terminal.feed(tap(who))
    assert isinstance(terminal.state, states.Vouching)
    assert terminal.view().sub[0].key == "tare.vouch.refused"


def test_the_card_that_vouches_opens_the_door_as_any_other():
    terminal = without_a_scale()
    assert OpenDoor(seconds=8) in terminal.feed(tap("coord"))


@pytest.mark.parametrize("digits", ["", "0", "6001"])
def test_a_weight_out_of_range_is_refused(digits):
    terminal = without_a_scale()
    terminal.feed(tap("coord"))
    type_weight(terminal, digits)
    assert isinstance(terminal.state, states.TypingWeight)
    assert terminal.view().remark.key == "tare.typed.range"
    type_weight(terminal, "98")
    assert terminal.facts(FactKind.TARE)[0].details["grams"] == 98


def test_typing_is_mended_and_left():
    terminal = without_a_scale()
    terminal.feed(tap("coord"), Touched(Action.KEY, "9"), Touched(Action.ERASE))
    assert terminal.view().typed == ""
    terminal.touch(Action.CANCEL)
    assert isinstance(terminal.state, states.Taring)


def test_a_question_that_waited_is_settled_though_a_weight_was_being_typed():
    terminal = scale()
    terminal.feed(tap("alix"), DeviceLost(part=Part.SCALE, fault=""), Touched(Action.TYPE_WEIGHT), StopRequested())
    assert len(terminal.facts(FactKind.CHECK_IN)) == 1


def test_the_day_on_the_label_is_the_coops_own():
    terminal = printing_jar(now=Terminal().now.replace(hour=0, minute=30))
    assert orders(terminal)[0].jar.weighed_on == terminal.now.date()
    assert terminal.now.astimezone(UTC).date() != terminal.now.date()


def test_a_scale_that_stutters_does_not_keep_the_screen_for_ever():
    terminal = scale()
    terminal.wait(10)
    assert not any(
        order.timer is Timer.HOME for order in terminal.feed(TimerFired(Timer.TICK)) if isinstance(order, StartTimer)
    )
    terminal.effects.clear()
    terminal.weigh(0)
    assert terminal.effects == []


@pytest.mark.parametrize(("minute", "day"), [(59, date(2026, 11, 24)), (60, date(2026, 11, 25))])
def test_a_tare_says_on_which_day_of_the_shop_it_was(minute, day):
    terminal = scale(now=at(23) + timedelta(minutes=minute))
    terminal.weigh(352)
    terminal.touch(Action.KEEP_TARE)
    (tare,) = terminal.facts(FactKind.TARE)
    assert tare.details["weighed_on"] == day.isoformat()
    assert terminal.state.jar.weighed_on == day
    assert terminal.knowledge.jars[terminal.state.jar.code].weighed_on == day
