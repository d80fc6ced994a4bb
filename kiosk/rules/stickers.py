"""Contactless stickers on jars: laid on the reader, they lead to their jar. No person is tied to one.

A sticker is a card to the reader. One that nobody knows, laid while a jar is on the screen, is offered as that jar's;
only a touch makes it so. A member's card is never taken for one, whatever was linked before.
"""

from dataclasses import replace

from kiosk.actions import Action
from kiosk.effects import Play
from kiosk.events import CardTapped, Timer, TimerFired, Touched
from kiosk.rules.states import Recalling, State, Tagging, TareKept, Taring, Typing
from kiosk.rules.turn import Turn, on
from kiosk.types import CardKind, FactKind, Sound


def maybe_lay_sticker(turn: Turn, state: State, tap: CardTapped) -> State | None:
    """The screen that a jar's sticker leads to, or that asks whether it is one; None: it is neither."""
    knowledge = turn.around.knowledge
    if tap.kind is not CardKind.CARD or knowledge.card(tap.hash) is not None:
        return None
    jar = knowledge.jar_tagged(tap.hash)
    if jar is not None:
        count = state.count if isinstance(state, Taring | TareKept | Typing | Recalling) else 0
        return Recalling(jar=jar, count=count)
    if isinstance(state, TareKept | Recalling) and tap.enrolable:
        return Tagging(back=state, sticker=tap.hash)
    return None


@on(Tagging, Touched, Action.TAG_JAR)
def tag_jar(turn: Turn, state: Tagging, _event: Touched) -> TareKept | Recalling:
    """From now on the sticker leads to this jar."""
    jar = state.back.jar
    details = {
        "jar": jar.code,
        "sticker": state.sticker,
        "grams": int(jar.grams),
        "weighed_on": jar.weighed_on.isoformat(),
    }
    turn.record(turn.fact(FactKind.JAR_TAGGED, details=details))
    turn.do(Play(Sound.PRESENT))
    return replace(state.back, tagged=True, jar=replace(jar, sticker=state.sticker))


@on(Tagging, Touched, Action.CANCEL)
@on(Tagging, TimerFired, Timer.HOME)
def leave_it_alone(_turn: Turn, state: Tagging, _event: Touched | TimerFired) -> TareKept | Recalling:
    """Without a yes it is nobody's sticker."""
    return state.back
