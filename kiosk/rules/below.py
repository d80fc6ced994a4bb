"""What comes while something lies over the screen that waits for it: a look at the help costs nobody an answer."""

from dataclasses import replace

from kiosk.events import (
    BookingAnswered,
    Committed,
    Event,
    GraceAnswered,
    Identified,
    LogListed,
    PinChecked,
    Timer,
    TimerFired,
    UnsettledListed,
)
from kiosk.events_door import ProofAsked, ProofEnded
from kiosk.rules.states import Helping, Recalling, State, Tagging, TareKept
from kiosk.rules.turn import TRANSITIONS, Turn, on


@on(Helping, Identified)
@on(Helping, BookingAnswered)
@on(Helping, GraceAnswered)
@on((Helping, Tagging), Committed)
@on(Helping, UnsettledListed)
@on(Helping, LogListed)
@on(Helping, PinChecked)
@on(Helping, ProofAsked)
@on(Helping, ProofEnded)
@on((Helping, Tagging), TimerFired, Timer.BAND)
@on(Helping, TimerFired, Timer.ANSWER)
def hear_below(turn: Turn, state: Helping | Tagging, event: Event) -> State:
    """The screen below answers. Where that leads on from it, the sheet makes way: an open door is not hidden."""
    below: State = state.back if isinstance(state, Tagging) else state.under
    timer = event.timer if isinstance(event, TimerFired) else None
    handler = TRANSITIONS.get((type(below), type(event), timer))
    after = below if handler is None else handler(turn, below, event)
    if after is below:
        return state
    if type(after) is not type(below):
        return after
    if isinstance(state, Tagging):
        assert isinstance(after, TareKept | Recalling)
        return replace(state, back=after)
    return replace(state, under=after)
