"""The screens of the test of the door."""

from typing import Final

from kiosk.actions import Action
from kiosk.events_door import ProofEnded, ProofOutcome
from kiosk.rules.door_proof import STEPS_A_PAGE
from kiosk.rules.show_staff import back_button
from kiosk.rules.showing import shown
from kiosk.rules.staff_states import Proving
from kiosk.rules.states import Session
from kiosk.rules.turn import Surroundings
from kiosk.view_parts import Button, ButtonKind, Frame, Say, say
from kiosk.views import CheckRow, ChecksView, Edge, Light, NoticeView, PromptView

ANSWERS: Final = (
    Button(action=Action.YES, label=say("proof.yes"), icon="check", kind=ButtonKind.MAIN),
    Button(action=Action.NO, label=say("proof.no"), icon="close"),
    Button(action=Action.SKIP, label=say("proof.skip"), icon="minus-circle-outline"),
)
MORE: Final = Button(action=Action.MORE, label=say("settle.more"), icon="chevron-right")
LIGHTS: Final = {
    ProofOutcome.PASSED: Light.GOOD,
    ProofOutcome.FAILED: Light.BAD,
    ProofOutcome.SKIPPED: Light.LOOK,
    ProofOutcome.OFF: Light.OFF,
}


@shown(Proving)
def show_proof(
    _session: Session, state: Proving, _around: Surroundings, frame: Frame
) -> PromptView | NoticeView | ChecksView:
    """What is to be done, with the question below it; at the end, every step."""
    if state.result is not None:
        return _show_result(state.result, state.page, frame)
    act = Say(f"proof.act.{state.act}") if state.act else say("proof.begin")
    if not state.ask:
        watching = (say("proof.watching"),)
        return PromptView(frame=frame, picture="door", title=act, sub=watching, buttons=(back_button(),))
    return NoticeView(
        frame=frame,
        edge=Edge.SUN,
        icon="clipboard-check-outline",
        title=Say(f"proof.ask.{state.ask}"),
        body=(act,),
        buttons=ANSWERS,
    )


def _show_result(result: ProofEnded, page: int, frame: Frame) -> ChecksView:
    first = page * STEPS_A_PAGE
    more = (MORE,) if len(result.steps) > STEPS_A_PAGE else ()
    return ChecksView(
        frame=frame,
        title=say("proof.passed" if result.passed else "proof.failed"),
        rows=tuple(
            CheckRow(
                name=Say(f"proof.step.{step.replace(' ', '_')}"),
                text=Say(f"proof.outcome.{outcome.value}"),
                light=LIGHTS[outcome],
            )
            for step, outcome in result.steps[first : first + STEPS_A_PAGE]
        ),
        buttons=(*more, back_button()),
    )
