"""Without a card: the bell, the help sheet, and what happens when nobody touches anything."""

from dataclasses import replace

from kiosk.actions import Action
from kiosk.effects import RingBell, StopBell
from kiosk.events import DeviceFound, DeviceLost, Timer, TimerFired, Touched
from kiosk.rules import tare
from kiosk.rules.states import (
    STATES,
    Asking,
    Booked,
    Cardless,
    Choosing,
    Crowded,
    Helping,
    Idle,
    Informing,
    Noticing,
    OutOfOrder,
    Puzzled,
    Recalling,
    Refusing,
    Reviewing,
    Ringing,
    RollCalling,
    StandingIn,
    State,
    Taring,
    Thanking,
    Typing,
    Undone,
    Unrecognised,
    Welcoming,
    Wondering,
)
from kiosk.rules.turn import TRANSITIONS, Turn, on, rest
from kiosk.rules.working import settle_question
from kiosk.types import FactKind, Part
from kiosk.views import LANGUAGES

WITH_DONE = (
    Unrecognised, Crowded, Puzzled, Welcoming, Thanking, Undone, Refusing, Reviewing, Choosing, Booked, RollCalling,
    Cardless, Informing, Typing, Recalling, StandingIn,
)  # fmt: skip
"""Screens that *Terminé* leaves for good (weighing has its own rule)."""

GONE_AFTER_A_WHILE = (Welcoming, Noticing, Thanking, Undone, Booked, Crowded, Puzzled, Ringing)
"""Screens that go home by themselves: there is nothing to lose on them."""

ASKED_FIRST = (
    Unrecognised, Refusing, Reviewing, Choosing, RollCalling, Cardless, Informing, Taring, Typing, Recalling,
    StandingIn,
)  # fmt: skip
"""Screens on which someone may still read or think: « Toujours là ? » comes first."""

RINGING_ACTIONS = (
    Action.CALL_DESK, Action.FORGOT_CARD, Action.LOST_CARD, Action.VISITOR, Action.NEW_HERE, Action.DELIVERY,
)  # fmt: skip


@on(WITH_DONE, Touched, Action.DONE)
@on(Noticing, Touched, Action.LATER)
def finish(turn: Turn, _state: State, _event: Touched) -> Idle | OutOfOrder:
    return turn.home()


@on((Idle, OutOfOrder), Touched, Action.NO_CARD)
def ask_what_for(_turn: Turn, _state: Idle | OutOfOrder, _event: Touched) -> Cardless:
    return Cardless()


@on((Idle, OutOfOrder, Unrecognised, Puzzled, Refusing, Cardless, Choosing, Typing, Taring), Touched, *RINGING_ACTIONS)
@on(Helping, Touched, *RINGING_ACTIONS)
def ring(turn: Turn, state: State, event: Touched) -> Ringing:
    """Someone is asked to come. Without a bell within reach the screen says at once what helps instead."""
    settle_question(turn, state)
    turn.record(turn.fact(FactKind.BELL, details={"why": event.action.value}))
    if not turn.around.bell:
        return Ringing(why=event.action, silent=True)
    turn.do(RingBell())
    return Ringing(why=event.action)


@on(Ringing, Touched, Action.STOP_BELL, Action.DONE)
def stop_ringing(turn: Turn, _state: Ringing, _event: Touched) -> Idle | OutOfOrder:
    turn.do(StopBell())
    return turn.home()


@on(Ringing, TimerFired, Timer.ANSWER)
def nobody_came(turn: Turn, state: Ringing, _event: TimerFired) -> Ringing:
    turn.do(StopBell())
    return Ringing(why=state.why, silent=state.silent, unanswered=True)


@on(Ringing, Touched, *RINGING_ACTIONS)
def ring_again(turn: Turn, state: Ringing, event: Touched) -> Ringing:
    return ring(turn, state, event)


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@on(GONE_AFTER_A_WHILE, TimerFired, Timer.HOME)
def go_home(turn: Turn, state: State, _event: TimerFired) -> Idle | OutOfOrder:
    if isinstance(state, Ringing):
        turn.do(StopBell())
    return turn.home()


@on(ASKED_FIRST, TimerFired, Timer.HOME)
def wonder(turn: Turn, state: State, _event: TimerFired) -> Wondering:
    seconds = turn.around.times.still_there_seconds * (2 if turn.session.large_text else 1)
    return Wondering(under=state, ends_at=turn.around.monotonic + seconds)


@on(Wondering, TimerFired, Timer.HOME)
@on(Wondering, Touched, Action.DONE)
def give_up(turn: Turn, state: Wondering, _event: TimerFired | Touched) -> Idle | OutOfOrder:
    settle_question(turn, state)
    return turn.home()


@on(Wondering, Touched, Action.STILL_HERE)
def carry_on(_turn: Turn, state: Wondering, _event: Touched) -> State:
    return state.under


# ── help, language ────────────────────────────────────────────────────────────────────────────────────────────────


@on([state for state in STATES if state not in {Helping, Wondering}], Touched, Action.HELP)
def help_with(_turn: Turn, state: State, _event: Touched) -> Helping:
    return Helping(state)


@on(Helping, Touched, Action.CANCEL, Action.HELP)
def close_help(_turn: Turn, state: Helping, _event: Touched) -> State:
    return state.under


@on(Helping, TimerFired, Timer.HOME)
def time_out_under_the_sheet(turn: Turn, state: Helping, event: TimerFired) -> State:
    """What the screen below would have done."""
    handler = TRANSITIONS.get((type(state.under), TimerFired, Timer.HOME))
    return state.under if handler is None else handler(turn, state.under, event)


@on(Helping, Touched, Action.LARGE_TEXT)
def switch_text_size(turn: Turn, state: Helping, _event: Touched) -> State:
    turn.change(large_text=not turn.session.large_text)
    return state.under


@on(Helping, Touched, Action.MUTE)
def switch_sound(turn: Turn, state: Helping, _event: Touched) -> State:
    turn.change(muted=not turn.session.muted)
    return state.under


@on(Helping, Touched, Action.MY_DATA)
def inform(turn: Turn, state: Helping, _event: Touched) -> Informing:
    settle_question(turn, state)
    return Informing()


@on(STATES, Touched, Action.LANGUAGE)
def switch_language(turn: Turn, state: State, _event: Touched) -> State:
    """The other language, at once, until the session ends."""
    later = LANGUAGES[(LANGUAGES.index(turn.session.language) + 1) % len(LANGUAGES)]
    turn.change(language=later)
    if isinstance(state, Helping):
        return state.under
    if isinstance(state, Welcoming):
        return Welcoming(visit=state.visit, at_work=state.at_work, touched=True)
    return state


@on(STATES, Touched, Action.TURN_PAGE)
def read_on(turn: Turn, state: State, _event: Touched) -> State:
    """Someone reads: the screen's time begins anew, also that of a question which lapses into an answer."""
    if isinstance(state, Asking):
        seconds = turn.around.times.question_seconds * (2 if turn.session.large_text else 1)
        return replace(state, ends_at=turn.around.monotonic + seconds)
    return state


# ── parts lost and found ──────────────────────────────────────────────────────────────────────────────────────────


@on(STATES, DeviceLost)
def lose_part(turn: Turn, state: State, event: DeviceLost) -> State:
    turn.change(lost=turn.session.lost | {event.part})
    if event.part is Part.SCALE:
        turn.change(weighing=tare.Weighing())
    if isinstance(state, Idle):
        return rest(turn.session.lost, turn.around.station)
    if event.part is Part.BELL and isinstance(state, Ringing) and not state.unanswered:
        return Ringing(why=state.why, silent=True)
    return state


@on(STATES, DeviceFound)
def find_part(turn: Turn, state: State, event: DeviceFound) -> State:
    turn.change(lost=turn.session.lost - {event.part})
    if isinstance(state, OutOfOrder):
        return rest(turn.session.lost, turn.around.station)
    return state
