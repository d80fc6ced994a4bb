"""The scale and the door at one terminal: a card never ends a weighing."""

from kiosk.events import Action, JarScanned, Timer, TimerFired, Touched
from kiosk.rules import states
from kiosk.rules.policy import Station
from kiosk.types import FactKind, Grams
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
