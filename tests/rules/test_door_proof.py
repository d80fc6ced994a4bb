"""The test of the door at the screen: what is shown and asked, who may, and what becomes of it."""

from dataclasses import replace

import pytest

from kiosk.actions import Action
from kiosk.commissioning import PATIENCE_SECONDS, Act, Ask
from kiosk.effects import AnswerProof, EndProof, OpenDoor, ProveDoor, ResetDoor, StartTimer
from kiosk.events import Touched
from kiosk.events_door import DoorMode, DoorModeChanged, ProofAsked, ProofOpens, ProofOutcome, ProofResets
from kiosk.messages import MESSAGES
from kiosk.rules import door_proof, doorkeeping, staff_states, states
from kiosk.rules.policy import DoorTimes
from kiosk.rules.session import step
from kiosk.rules.weekly import Schedule
from kiosk.types import FactKind, Part
from kiosk.views import Light, NoticeView, PromptView
from tests.rules.staff import RESULT, technician
from tests.rules.terminal import Terminal, tap

DOOR = frozenset({Part.DOOR, Part.READER})
PROVE = Touched(Action.PROVE_DOOR)
ASKED = ProofAsked(act="unplug_lock", ask="unplugged")


def proving(*events) -> Terminal:
    return technician(Touched(Action.SELF_TEST), PROVE, *events, parts=DOOR)


def actions(terminal: Terminal) -> list[Action]:
    return [button.action for button in terminal.view().buttons]


def test_a_technician_begins_it_among_the_parts():
    terminal = technician(Touched(Action.SELF_TEST), parts=DOOR)
    assert Action.PROVE_DOOR in actions(terminal)
    assert terminal.feed(PROVE)[0] == ProveDoor(terminal.state.staff.by)
    assert terminal.state.staff.by == "tech"
    assert terminal.view().title.key == "proof.begin"


def test_without_a_door_there_is_nothing_to_begin():
    terminal = technician(Touched(Action.SELF_TEST), parts=frozenset({Part.READER}))
    assert Action.PROVE_DOOR not in actions(terminal)
    terminal.feed(PROVE)
    assert isinstance(terminal.state, staff_states.Examining)


def test_what_is_to_be_done_stands_alone_until_something_is_asked():
    terminal = proving(ProofAsked(act="press_exit"))
    view = terminal.view()
    assert isinstance(view, PromptView)
    assert view.title.key == "proof.act.press_exit"
    terminal.feed(ASKED)
    view = terminal.view()
    assert isinstance(view, NoticeView)
    assert (view.title.key, view.body[0].key) == ("proof.ask.unplugged", "proof.act.unplug_lock")


@pytest.mark.parametrize(("action", "yes"), [(Action.YES, True), (Action.NO, False), (Action.SKIP, None)])
def test_an_answer_is_given_once(action, yes):
    terminal = proving(ASKED)
    assert AnswerProof(yes) in terminal.touch(action)
    assert not [order for order in terminal.touch(action) if isinstance(order, AnswerProof)]


def test_the_result_is_a_fact_with_who_and_is_shown_step_by_step():
    terminal = proving(ASKED, RESULT)
    [fact] = terminal.facts(FactKind.COMMISSIONING)
    assert fact.member_id == "tech"
    assert fact.details == {
        "passed": False,
        "lock": "fail_secure",
        "steps": {
            "relay": "passed", "forced door": "failed", "green box": "skipped", "tamper switch": "off",
        },
    }  # fmt: skip
    view = terminal.view()
    assert view.title.key == "proof.failed"
    assert [row.light for row in view.rows] == [Light.GOOD, Light.BAD, Light.LOOK, Light.OFF]
    terminal.touch(Action.BACK)
    assert isinstance(terminal.state, staff_states.Examining)


def test_a_long_result_has_pages_and_a_short_one_has_none():
    short = proving(RESULT)
    assert Action.MORE not in actions(short)
    long = proving(replace(RESULT, steps=RESULT.steps * 3))
    assert len(long.view().rows) == 8
    long.touch(Action.MORE)
    assert len(long.view().rows) == 4
    long.touch(Action.MORE)
    assert len(long.view().rows) == 8


@pytest.mark.parametrize("leaving", [Touched(Action.BACK), tap("camille"), None], ids=["back", "a card", "time"])
def test_whoever_leaves_the_screen_ends_it_without_a_result(leaving):
    terminal = proving(ASKED)
    orders = terminal.time_out() if leaving is None else terminal.feed(leaving)
    assert EndProof() in orders
    assert not isinstance(terminal.state, staff_states.Proving)
    terminal.feed(ASKED, RESULT)
    assert terminal.facts(FactKind.COMMISSIONING) == []


def test_a_step_has_the_time_to_go_to_the_door_and_back():
    terminal = proving(ASKED)
    terminal.wait(170)
    assert isinstance(terminal.state, staff_states.Proving)
    terminal.feed(ProofAsked(act="hold"))
    terminal.wait(170)
    assert isinstance(terminal.state, staff_states.Proving)
    terminal.time_out()
    assert isinstance(terminal.state, states.Idle)


@pytest.mark.parametrize("action", [Action.YES, Action.LANGUAGE])
def test_a_touch_leaves_the_time_for_what_is_watched_next(action):
    """A contact that stays silent is waited for, and told as a fault."""
    orders = proving(ASKED).touch(action)
    [timer] = [order for order in orders if isinstance(order, StartTimer)]
    assert timer.seconds == door_proof.STEP_SECONDS > PATIENCE_SECONDS


def test_a_door_whose_alarm_is_late_has_the_time_for_that_too():
    assert Act.HOLD.name.lower() == door_proof.HOLD
    terminal = proving()
    around = terminal.around
    late = replace(around, door=DoorTimes(held_alarm_seconds=600))
    _, orders = step(terminal.session, ProofAsked(act=door_proof.HOLD), late)
    [timer] = [order for order in orders if isinstance(order, StartTimer)]
    assert timer.seconds >= 600 + PATIENCE_SECONDS


def test_every_word_of_the_test_is_in_the_catalogue():
    steps = (
        "lines", "relay", "pulse", "exit_button", "forced_door", "held_door", "tamper_switch", "green_box",
        "fire_alarm", "plug_pulled",
    )  # fmt: skip
    keys = {
        *(f"proof.act.{act.name.lower()}" for act in Act),
        *(f"proof.ask.{ask.name.lower()}" for ask in Ask),
        *(f"proof.step.{step}" for step in steps),
        *(f"proof.outcome.{outcome}" for outcome in ProofOutcome),
    }
    assert {key for key in MESSAGES if key.startswith("proof.") and key.count(".") == 2} == keys


# ── what the test has the door do ─────────────────────────────────────────────────────────────────────────────────


def keep(mode: DoorMode, event: ProofOpens | ProofResets) -> tuple[doorkeeping.Doorkeeping, list]:
    terminal = Terminal()
    keeping = doorkeeping.Doorkeeping(mode=mode)
    keeping, orders = doorkeeping.hear(keeping, event, terminal.around, Schedule())
    return keeping, list(orders)


def test_each_opening_of_the_test_is_a_fact_with_who_and_why():
    _, [opening, record] = keep(DoorMode.LOCKED, ProofOpens(seconds=2.0, by="tech"))
    assert opening == OpenDoor(seconds=2.0)
    assert record.fact.kind is FactKind.DOOR_OPENED
    assert (record.fact.member_id, record.fact.details) == ("tech", {"reason": "test", "seconds": 2.0})


@pytest.mark.parametrize("mode", [DoorMode.LOCKED_DOWN, DoorMode.RELEASED, DoorMode.OUT_OF_ORDER])
def test_the_test_opens_nothing_that_no_order_would_open(mode):
    assert keep(mode, ProofOpens(seconds=2.0, by="tech"))[1] == []


def test_the_reset_after_the_green_box_is_that_persons():
    keeping, orders = keep(DoorMode.RELEASED, ProofResets(by="tech"))
    assert orders == [ResetDoor()]
    _, [record] = doorkeeping.hear(keeping, DoorModeChanged(mode=DoorMode.LOCKED), Terminal().around, Schedule())
    assert (record.fact.member_id, record.fact.details["why"]) == ("tech", "reset")
    assert keep(DoorMode.LOCKED, ProofResets(by="tech"))[1] == []
