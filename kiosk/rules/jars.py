"""The bulk station: an empty jar is weighed, its tare is kept under a code, and a known jar is recognised."""

from dataclasses import replace

from kiosk.effects import Play, StartTimer
from kiosk.events import Action, Committed, JarScanned, Timer, TimerFired, Touched, WeightRead
from kiosk.rules import tare
from kiosk.rules.policy import Station
from kiosk.rules.states import (
    STATES,
    Asking,
    Cardless,
    Idle,
    Informing,
    Noticing,
    OutOfOrder,
    Recalling,
    Ringing,
    RollCalling,
    State,
    TareKept,
    Taring,
    Typing,
    Unrecognised,
)
from kiosk.rules.turn import Turn, on
from kiosk.types import FactKind, Jar, JarCode, Sound

JAR_CODE_LENGTH = 6


@on((Idle, OutOfOrder), Touched, Action.WEIGH)
def go_to_the_scale(_turn: Turn, _state: Idle | OutOfOrder, _event: Touched) -> Taring:
    return Taring()


@on((Recalling, TareKept), Touched, Action.REWEIGH)
def weigh_again(_turn: Turn, state: Recalling | TareKept, _event: Touched) -> Taring:
    """The jar keeps its code, so an old label stays true once the weight is confirmed."""
    waiting = state.waiting if isinstance(state, TareKept) else None
    return Taring(count=state.count, jar=state.jar, waiting=waiting)


@on(TareKept, Touched, Action.ANOTHER_JAR)
def weigh_another(_turn: Turn, state: TareKept, _event: Touched) -> Taring:
    return Taring(count=state.count, waiting=state.waiting)


@on(STATES, WeightRead)
def watch_the_scale(turn: Turn, state: State, reading: WeightRead) -> State:
    """The pan is watched whatever the screen shows: a jar put down before is neither missed nor taken for zero."""
    before = turn.session.weighing.pan
    weighing = tare.weigh(turn.session.weighing, reading, turn.around.monotonic, turn.around.limits)
    turn.change(weighing=weighing)
    return _seen(turn, state, before, weighing.pan)


@on(STATES, TimerFired, Timer.TICK)
def let_time_pass(turn: Turn, state: State, _event: TimerFired) -> State:
    before = turn.session.weighing.pan
    weighing = tare.tick(turn.session.weighing, turn.around.monotonic, turn.around.limits)
    turn.change(weighing=weighing)
    return _seen(turn, state, before, weighing.pan)


def _seen(turn: Turn, state: State, before: tare.Pan, now: tare.Pan) -> State:
    if isinstance(state, Taring) and type(now) is not type(before):
        if isinstance(now, tare.Steady):
            turn.do(Play(Sound.STEADY))
        elif isinstance(now, tare.Overload):
            turn.do(Play(Sound.OVERLOAD))
    if isinstance(state, TareKept) and not state.lifted and isinstance(now, tare.Empty):
        turn.do(StartTimer(timer=Timer.HOME, seconds=turn.around.times.tare_lifted_seconds))
        return replace(state, lifted=True)
    if isinstance(state, Idle) and turn.around.station is Station.BULK and _arrives(before, now):
        return Taring()
    return state


def _arrives(before: tare.Pan, now: tare.Pan) -> bool:
    """A jar was put down at a station that has nothing else to do."""
    return isinstance(before, tare.Empty) and isinstance(now, tare.Settling | tare.Steady | tare.Overload)


@on(Taring, Touched, Action.KEEP_TARE)
def keep_tare(turn: Turn, state: Taring, _event: Touched) -> TareKept | Taring:
    """One tare a placement; if the weight has moved since the button was drawn, nothing is kept."""
    weighing, kept = tare.keep(turn.session.weighing, turn.around.monotonic, turn.around.limits)
    turn.change(weighing=weighing)
    if kept is None:
        return state
    code = state.jar.code if state.jar is not None else turn.around.new_jar_code()
    jar = Jar(code=code, grams=kept.grams, weighed_on=turn.around.now.astimezone(turn.around.zone).date())
    fact = turn.fact(
        FactKind.TARE,
        details={
            "jar": code,
            "grams": int(kept.grams),
            "raw_grams": int(kept.raw_grams),
            "raw": kept.raw.hex(),
            "stability": kept.stability.value,
        },
    )
    turn.record(fact)
    return TareKept(jar=jar, fact=fact.id, count=state.count + 1, waiting=state.waiting)


@on(TareKept, Committed)
def confirm_tare(_turn: Turn, state: TareKept, event: Committed) -> TareKept:
    return replace(state, committed=True) if state.fact in event.ids else state


@on((Idle, Taring), Touched, Action.JAR_KNOWN)
def ask_for_the_code(_turn: Turn, state: Idle | Taring, _event: Touched) -> Typing:
    return Typing(count=state.count if isinstance(state, Taring) else 0)


@on(Typing, Touched, Action.KEY)
def type_digit(_turn: Turn, state: Typing, event: Touched) -> Typing:
    typed = event.target if state.unknown else state.digits + event.target
    return Typing(digits=typed[:JAR_CODE_LENGTH], count=state.count)


@on(Typing, Touched, Action.ERASE)
def erase_digit(_turn: Turn, state: Typing, _event: Touched) -> Typing:
    return Typing(digits=state.digits[:-1], count=state.count)


@on(Typing, Touched, Action.ENTER)
def look_the_jar_up(turn: Turn, state: Typing, _event: Touched) -> Recalling | Typing:
    return _recall(turn, JarCode(state.digits), state.count)


@on(Typing, Touched, Action.CANCEL)
def stop_typing(_turn: Turn, state: Typing, _event: Touched) -> Taring:
    return Taring(count=state.count)


@on(
    (Idle, OutOfOrder, Taring, TareKept, Typing, Recalling, Unrecognised, Cardless, Ringing, RollCalling, Informing),
    JarScanned,
)
def scan_jar(turn: Turn, state: State, event: JarScanned) -> Recalling | Typing:
    """A jar's label goes to the scale's screens from wherever nobody's own business is shown."""
    count = state.count if isinstance(state, Taring | TareKept | Typing | Recalling) else 0
    return _recall(turn, event.code, count)


def _recall(turn: Turn, code: JarCode, count: int) -> Recalling | Typing:
    jar = turn.around.knowledge.jars.get(code)
    if jar is None:
        return Typing(digits=code, unknown=True, count=count)
    return Recalling(jar=jar, count=count)


# ── the band of a card laid beside the scale ──────────────────────────────────────────────────────────────────────


@on(Taring, TimerFired, Timer.BAND)
def fold_the_band(_turn: Turn, state: Taring, _event: TimerFired) -> Taring:
    return replace(state, band=None)


@on((Taring, TareKept), Touched, Action.READ)
def open_what_waits(_turn: Turn, state: Taring | TareKept, _event: Touched) -> State:
    return state if state.waiting is None else state.waiting


@on((Taring, TareKept), Touched, Action.DONE)
def leave_the_scale(turn: Turn, state: Taring | TareKept, _event: Touched) -> State:
    """What waited for an answer gets its screen now."""
    return _leave(turn, state)


@on(TareKept, TimerFired, Timer.HOME)
def go_on_weighing(_turn: Turn, state: TareKept, _event: TimerFired) -> Taring:
    return Taring(count=state.count, waiting=state.waiting)


def _leave(turn: Turn, state: Taring | TareKept) -> State:
    match state.waiting:
        case Asking() as question:
            ends_at = turn.around.monotonic + turn.around.times.question_seconds
            return Asking(visit=question.visit, shift_id=question.shift_id, ends_at=ends_at)
        case Noticing() as notice:
            return notice
        case None:
            return turn.home()
