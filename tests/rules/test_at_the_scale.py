"""The scale and the door at one terminal: a card never ends a weighing."""

import pytest

from kiosk.actions import Action
from kiosk.events import DeviceFound, DeviceLost, JarScanned, Timer, TimerFired, Touched
from kiosk.rules import states
from kiosk.rules.policy import Station
from kiosk.types import FactKind, Grams, Part
from tests.rules.bulk import CODE, known
from tests.rules.stories import at_the_scale
from tests.rules.terminal import Terminal, tap


def test_a_steady_jar_is_kept_under_a_code():
    terminal = at_the_scale()
    terminal.touch(Action.KEEP_TARE)
    assert isinstance(terminal.state, states.TareKept)
    [kept] = terminal.facts(FactKind.TARE)
    assert kept.details == {
        "jar": "123454",
        "grams": 352,
        "raw_grams": 352,
        "raw": "532053",
        "stability": "flag",
        "weighed_on": "2026-11-24",
    }
    assert kept.member_id is None


def test_a_moving_jar_is_not_kept():
    terminal = Terminal()
    terminal.weigh(0)
    terminal.touch(Action.WEIGH)
    terminal.weigh(352, stable=False)
    terminal.touch(Action.KEEP_TARE)
    assert isinstance(terminal.state, states.Taring)
    assert terminal.facts(FactKind.TARE) == []


def test_one_placement_gives_one_tare():
    terminal = at_the_scale()
    terminal.feed(Touched(Action.KEEP_TARE), Touched(Action.ANOTHER_JAR))
    terminal.weigh(352)
    terminal.touch(Action.KEEP_TARE)
    assert len(terminal.facts(FactKind.TARE)) == 1


def test_a_card_never_ends_a_weighing():
    terminal = at_the_scale()
    terminal.feed(tap("camille"))
    assert isinstance(terminal.state, states.Taring)
    assert terminal.state.band.member.id == "camille"
    assert terminal.openings() == 1
    assert terminal.view().frame.header.band
    assert terminal.view().grams == 352


def test_a_question_waits_until_the_weighing_ends():
    terminal = at_the_scale()
    terminal.feed(tap("alix"), TimerFired(Timer.BAND))
    assert Action.READ in {button.action for button in terminal.view().buttons}
    terminal.touch(Action.DONE)
    assert isinstance(terminal.state, states.Asking)


def test_a_question_opened_at_the_scale_has_all_of_its_time():
    terminal = at_the_scale()
    terminal.feed(tap("alix"))
    terminal.wait(30)
    terminal.touch(Action.READ)
    assert isinstance(terminal.state, states.Asking)
    assert terminal.state.ends_at - terminal.monotonic == terminal.around.times.question_seconds
    terminal.touch(Action.JUST_SHOPPING)
    assert not terminal.facts(FactKind.CHECK_IN)


def test_a_question_that_waits_at_the_scale_is_settled_by_leaving():
    terminal = at_the_scale()
    terminal.feed(tap("alix"))
    terminal.time_out()
    terminal.time_out()
    assert [fact.member_id for fact in terminal.facts(FactKind.CHECK_IN)] == ["alix"]


def test_a_known_jar_is_recognised_by_its_code():
    terminal = at_the_scale()
    terminal.feed(Touched(Action.KEEP_TARE), Touched(Action.DONE), Touched(Action.JAR_KNOWN))
    for digit in "123454":
        terminal.touch(Action.KEY, digit)
    terminal.touch(Action.ENTER)
    assert terminal.state.jar.grams == Grams(352)


def test_an_unknown_jar_code_is_said_and_typing_starts_anew():
    terminal = Terminal()
    terminal.feed(JarScanned(code="999999"))
    assert terminal.state.unknown
    terminal.touch(Action.KEY, "1")
    assert terminal.state == states.Typing(digits="1")


@pytest.mark.parametrize("digits", ["123458", "213459", "12345", ""])
def test_a_slip_in_a_code_is_no_unknown_jar(digits: str):
    """A wrong digit, two that changed places, one too few: the jar may be full, and is not to be weighed anew."""
    terminal = Terminal()
    terminal.touch(Action.JAR_KNOWN)
    for digit in digits:
        terminal.touch(Action.KEY, digit)
    terminal.touch(Action.ENTER)
    view = terminal.view()
    assert (view.remark.key, view.typed) == ("jar.mistyped", digits)


def test_a_code_with_a_digit_too_few_is_gone_on_with():
    terminal = Terminal()
    for action, target in [(Action.JAR_KNOWN, ""), (Action.KEY, "1"), (Action.ENTER, ""), (Action.KEY, "2")]:
        terminal.touch(action, target)
    assert (terminal.view().typed, terminal.view().remark) == ("12", None)


def test_a_code_that_is_right_may_be_of_an_unknown_jar():
    terminal = Terminal()
    terminal.touch(Action.JAR_KNOWN)
    for digit in "123459":
        terminal.touch(Action.KEY, digit)
    terminal.touch(Action.ENTER)
    assert terminal.view().remark.key == "jar.unknown"


@pytest.mark.parametrize(
    ("parts", "lost", "title"),
    [({Part.SCANNER}, False, "jar.type"), ({Part.SCANNER}, True, "jar.type.only"), (set(), False, "jar.type.only")],
)
def test_a_label_is_asked_for_only_where_it_can_be_scanned(parts: set[Part], lost: bool, title: str):
    terminal = Terminal(parts=frozenset(parts))
    if lost:
        terminal.feed(DeviceLost(part=Part.SCANNER, fault=""))
    terminal.touch(Action.JAR_KNOWN)
    assert terminal.view().title.key == title


def test_a_scale_that_falls_silent_shows_no_figure_and_invites_no_jar():
    terminal = at_the_scale()
    terminal.wait(1.5)
    terminal.feed(TimerFired(Timer.TICK))
    view = terminal.view()
    assert (view.caption.key, view.grams) == ("tare.silent", None)
    assert Action.KEEP_TARE not in {button.action for button in view.buttons}
    terminal.feed(DeviceLost(part=Part.SCALE, fault=""))
    assert terminal.view().title.key == "broken.scale"
    terminal.feed(DeviceFound(part=Part.SCALE))
    assert terminal.view().title.key == "tare.wait"


def test_the_bulk_station_wakes_up_when_a_jar_is_put_down():
    terminal = Terminal(station=Station.BULK)
    terminal.weigh(0)
    terminal.weigh(352)
    assert isinstance(terminal.state, states.Taring)


def test_the_bulk_station_greets_nobody():
    terminal = Terminal(station=Station.BULK)
    terminal.feed(tap("camille"))
    assert isinstance(terminal.state, states.Idle)
    assert terminal.openings() == 0


def test_a_jar_put_down_after_a_while_may_be_the_next_persons():
    """It is weighed under a code of its own, and nobody else's question is shown."""
    terminal = known(station=Station.BOTH)
    terminal.feed(JarScanned(code=CODE), Touched(Action.REWEIGH), tap("alix"))
    assert terminal.state.waiting is not None
    terminal.time_out()
    terminal.weigh(98)
    assert terminal.state == states.Taring()
    assert [fact.member_id for fact in terminal.facts(FactKind.CHECK_IN)] == ["alix"]


def test_who_puts_a_jar_down_is_still_there():
    terminal = Terminal(station=Station.BULK)
    terminal.weigh(0)
    terminal.touch(Action.WEIGH)
    terminal.time_out()
    assert isinstance(terminal.state, states.Wondering)
    terminal.weigh(352)
    assert isinstance(terminal.state, states.Taring)
    assert terminal.view().grams == 352


def test_a_jar_taken_off_is_no_answer_to_the_question():
    terminal = at_the_scale()
    terminal.time_out()
    terminal.weigh(0)
    assert isinstance(terminal.state, states.Wondering)
