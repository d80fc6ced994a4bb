"""The test of the door at the screen: what is asked there, what is answered, and that its result is a fact.

The steps themselves are :mod:`kiosk.commissioning`'s, whose thread says what it wants by events.
"""

from dataclasses import replace
from typing import Final

from kiosk.actions import Action
from kiosk.effects import AnswerProof, ProveDoor, StartTimer
from kiosk.events import Timer, Touched
from kiosk.events_door import ProofAsked, ProofEnded
from kiosk.rules.staff_states import Examining, Proving
from kiosk.rules.turn import Surroundings, Turn, on
from kiosk.types import FactKind, Part

STEP_SECONDS: Final = 180.0
"""So long one step may take: the person goes to the door, and comes back to the screen."""
HOLD: Final = "hold"
"""The step in which the door is left open until its alarm: it takes as long as the coop has set for that."""
STEPS_A_PAGE: Final = 8
ANSWERS: Final = {Action.YES: True, Action.NO: False, Action.SKIP: None}


@on(Examining, Touched, Action.PROVE_DOOR)
def begin(turn: Turn, state: Examining, _event: Touched) -> Examining | Proving:
    """Only where there is a door."""
    if Part.DOOR not in turn.around.parts:
        return state
    turn.do(ProveDoor(state.staff.by))
    return Proving(staff=state.staff)


@on(Proving, ProofAsked)
def ask(turn: Turn, state: Proving, event: ProofAsked) -> Proving:
    """One thing at a time."""
    asked = replace(state, act=event.act, ask=event.ask)
    turn.do(StartTimer(timer=Timer.HOME, seconds=step_seconds(asked, turn.around)))
    return asked


def step_seconds(state: Proving, around: Surroundings) -> float:
    """How long what is asked now may take; a touch meanwhile starts it anew."""
    return STEP_SECONDS + (around.door.held_alarm_seconds if state.act == HOLD else 0)


@on(Proving, Touched, *ANSWERS)
def answer(turn: Turn, state: Proving, event: Touched) -> Proving:
    """A second touch answers nothing that has not been asked yet."""
    if not state.ask:
        return state
    turn.do(AnswerProof(ANSWERS[event.action]))
    return replace(state, ask="")


@on(Proving, ProofEnded)
def keep_result(turn: Turn, state: Proving, event: ProofEnded) -> Proving:
    """For the safety register, with who and when; a test that was left half done is no result."""
    details = {
        "passed": event.passed,
        "lock": event.lock,
        "steps": {step: outcome.value for step, outcome in event.steps},
    }
    turn.record(turn.fact(FactKind.COMMISSIONING, member=state.staff.by, details=details))
    return replace(state, act="", ask="", result=event)


@on(Proving, Touched, Action.MORE)
def show_more(_turn: Turn, state: Proving, _event: Touched) -> Proving:
    """The other steps of the result."""
    steps = () if state.result is None else state.result.steps
    return replace(state, page=(state.page + 1) % max(1, -(-len(steps) // STEPS_A_PAGE)))


@on(Proving, Touched, Action.BACK)
def leave(_turn: Turn, state: Proving, _event: Touched) -> Examining:
    """It ends here, whatever it was about."""
    return Examining(state.staff)
