"""The bulk station: an empty jar is weighed, its tare is kept under a code, and a known jar is recognised."""

from dataclasses import replace

from kiosk.actions import Action
from kiosk.effects import Play, StartTimer
from kiosk.events import Committed, JarScanned, TareScanned, Timer, TimerFired, Touched, WeightRead
from kiosk.rules import printing, tare
from kiosk.rules.policy import Station
from kiosk.rules.states import (
    STATES,
    Asking,
    Cardless,
    Idle,
    Informing,
    LabelState,
    Noticing,
    OutOfOrder,
    Puzzled,
    Recalling,
    Ringing,
    RollCalling,
    State,
    Tagging,
    TareKept,
    Taring,
    Typing,
    TypingWeight,
    Unrecognised,
    Vouching,
    Wondering,
)
from kiosk.rules.turn import Turn, on
from kiosk.rules.working import settle_question
from kiosk.tares import CODE_LENGTH, DAY
from kiosk.types import FactKind, Jar, JarCode, MemberId, Sound

CODE_TRIES = 100


@on((Idle, OutOfOrder), Touched, Action.WEIGH)
def go_to_the_scale(_turn: Turn, _state: Idle | OutOfOrder, _event: Touched) -> Taring:
    return Taring()


@on(Recalling, Touched, Action.REWEIGH)
def weigh_again(_turn: Turn, state: Recalling, _event: Touched) -> Taring:
    """The jar keeps its code, so an old label stays true once the weight is confirmed."""
    return Taring(count=state.count, jar=state.jar)


@on(TareKept, Touched, Action.ANOTHER_JAR)
def weigh_another(_turn: Turn, state: TareKept, _event: Touched) -> Taring:
    return printing.next_jar(state)


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
    return printing.give_up_late_labels(turn, _seen(turn, state, before, weighing.pan))


def _seen(turn: Turn, state: State, before: tare.Pan, now: tare.Pan) -> State:
    if isinstance(state, Taring) and type(now) is not type(before):
        if isinstance(now, tare.Steady):
            turn.do(Play(Sound.STEADY))
        elif isinstance(now, tare.Overload):
            turn.do(Play(Sound.OVERLOAD))
    if isinstance(state, Taring) and state.alone and isinstance(now, tare.Steady) and not turn.session.orders:
        return _keep_steady(turn, state)
    if isinstance(state, TareKept):
        return _lifted(turn, state, before, now)
    if isinstance(state, Wondering) and isinstance(state.under, Taring) and _arrives(before, now):
        # Who puts a jar down is there, but may be the next one: what was open is settled as if nobody had answered.
        settle_question(turn, state)
        return Taring()
    if isinstance(state, Idle) and turn.around.station is Station.BULK and _arrives(before, now):
        return Taring()
    return state


def _lifted(turn: Turn, state: TareKept, before: tare.Pan, now: tare.Pan) -> TareKept | Taring:
    """The jar is taken off; the next one is weighed at once, unless something of this one is still to be read."""
    settled = state.label in printing.THERE | {LabelState.NONE}
    if state.lifted and settled and _arrives(before, now):
        return printing.next_jar(state)
    if state.lifted or not isinstance(now, tare.Empty):
        return state
    if state.alone and state.label in printing.THERE:
        return printing.next_jar(state)
    lifted = replace(state, lifted=True)
    turn.do(StartTimer(timer=Timer.HOME, seconds=printing.kept_seconds(lifted, turn.around.times)))
    return lifted


def _arrives(before: tare.Pan, now: tare.Pan) -> bool:
    """A jar was put down at a station that has nothing else to do."""
    return isinstance(before, tare.Empty) and isinstance(now, tare.Settling | tare.Steady | tare.Overload)


@on(Taring, Touched, Action.KEEP_TARE)
def keep_tare(turn: Turn, state: Taring, _event: Touched) -> TareKept | Taring:
    """One tare a placement; if the weight has moved since the button was drawn, nothing is kept."""
    return _keep_steady(turn, state)


@on(Recalling, Touched, Action.KEEP_TARE)
def keep_new_weight(turn: Turn, state: Recalling, _event: Touched) -> TareKept | Recalling:
    """« Oui, il est vide »: what the pan says now is this jar's tare from here on."""
    kept = _keep_steady(turn, Taring(count=state.count, jar=state.jar))
    return kept if isinstance(kept, TareKept) else state


@on(Recalling, Touched, Action.CANCEL)
def keep_known_weight(_turn: Turn, state: Recalling, _event: Touched) -> Recalling:
    """« Non »: something is in it, so the tare that is known holds."""
    return replace(state, as_before=True)


def _keep_steady(turn: Turn, state: Taring) -> TareKept | Taring:
    weighing, kept = tare.keep(turn.session.weighing, turn.around.monotonic, turn.around.limits)
    turn.change(weighing=weighing)
    return state if kept is None else keep(turn, state, kept)


def keep(turn: Turn, state: Taring, kept: tare.Tare, by: MemberId | None = None) -> TareKept:
    """Journal a tare under the jar's code, a new one where it has none, and ask for its label."""
    code = state.jar.code if state.jar is not None else _new_code(turn)
    sticker = None if state.jar is None else state.jar.sticker
    day = turn.around.now.astimezone(turn.around.zone).date()
    fact = turn.fact(
        FactKind.TARE,
        member=by,
        details={
            "jar": code,
            "grams": int(kept.grams),
            DAY: day.isoformat(),
            "raw_grams": int(kept.raw_grams),
            "raw": kept.raw.hex(),
            "stability": kept.stability.value,
        },
    )
    turn.record(fact)
    done = TareKept(
        jar=Jar(code=code, grams=kept.grams, weighed_on=day, sticker=sticker),
        fact=fact.id,
        count=state.count + 1,
        waiting=state.waiting,
        band=state.band,
        alone=state.alone,
        typed=by is not None,
    )
    return printing.print_label(turn, done)


def _new_code(turn: Turn) -> JarCode:
    """One that no jar bears, as far as is known here."""
    for _ in range(CODE_TRIES):
        code = turn.around.new_jar_code()
        if code not in turn.around.knowledge.jars:
            break
    return code


@on(Recalling, Touched, Action.PRINT_JAR)
def print_known_jar(turn: Turn, state: Recalling, _event: Touched) -> TareKept:
    """A jar's label again, without weighing it; it may have been weighed for a till that read finer figures."""
    jar = replace(state.jar, grams=turn.around.limits.rounded(state.jar.grams))
    return printing.print_label(turn, TareKept(jar=jar, fact=None, count=state.count + 1, committed=True))


@on(TareKept, Touched, Action.PRINT_AGAIN)
def print_again(turn: Turn, state: TareKept, _event: Touched) -> TareKept:
    return printing.print_label(turn, state)


@on(TareKept, Touched, Action.PRINT_ALONE)
def switch_printing_alone(_turn: Turn, state: TareKept, _event: Touched) -> TareKept:
    """« Imprimer tout seul les suivants »."""
    return replace(state, alone=not state.alone)


@on(TareKept, Committed)
def confirm_tare(_turn: Turn, state: TareKept, event: Committed) -> TareKept:
    return replace(state, committed=True) if state.fact in event.ids else state


@on((Idle, Taring), Touched, Action.JAR_KNOWN)
def ask_for_the_code(turn: Turn, state: Idle | Taring, _event: Touched) -> Typing:
    settle_question(turn, state)
    return Typing(count=state.count if isinstance(state, Taring) else 0)


@on(Typing, Touched, Action.KEY)
def type_digit(_turn: Turn, state: Typing, event: Touched) -> Typing:
    """A whole code that is no jar of ours makes way for the next one."""
    kept = "" if state.unknown and len(state.digits) == CODE_LENGTH else state.digits
    return Typing(digits=(kept + event.target)[:CODE_LENGTH], count=state.count)


@on(Typing, Touched, Action.ERASE)
def erase_digit(_turn: Turn, state: Typing, _event: Touched) -> Typing:
    return Typing(digits=state.digits[:-1], count=state.count)


@on(Typing, Touched, Action.ENTER)
def look_the_jar_up(turn: Turn, state: Typing, _event: Touched) -> Recalling | Typing:
    return _recall(turn, JarCode(state.digits), state.count)


@on(Typing, Touched, Action.CANCEL)
def stop_typing(_turn: Turn, state: Typing, _event: Touched) -> Taring:
    return Taring(count=state.count)


OPEN_TO_JARS = (
    Idle, OutOfOrder, Taring, TareKept, Typing, Recalling, Tagging, Vouching, TypingWeight, Unrecognised, Cardless,
    Ringing, RollCalling, Informing, Puzzled,
)  # fmt: skip
"""Screens that a jar's label leads away from: wherever nobody's own business is shown."""


@on(OPEN_TO_JARS, JarScanned)
def scan_jar(turn: Turn, state: State, event: JarScanned) -> Recalling | Typing:
    """Who was asked whether they came to work, and weighs on instead of answering, is present."""
    settle_question(turn, state)
    return _recall(turn, event.code, _count(state))


@on(OPEN_TO_JARS, TareScanned)
def scan_tare_code(turn: Turn, state: State, _event: TareScanned) -> Typing:
    """The wrong one of the label's two codes: it holds grams, and many jars weigh the same."""
    settle_question(turn, state)
    return Typing(tare_code=True, count=_count(state))


def _count(state: State) -> int:
    return state.count if isinstance(state, Taring | TareKept | Typing | Recalling) else 0


def _recall(turn: Turn, code: JarCode, count: int) -> Recalling | Typing:
    jar = turn.around.knowledge.jars.get(code)
    if jar is None:
        return Typing(digits=code, unknown=True, count=count)
    return Recalling(jar=jar, count=count)


# ── the band of a card laid beside the scale ──────────────────────────────────────────────────────────────────────


@on((Taring, TareKept), TimerFired, Timer.BAND)
def fold_the_band(_turn: Turn, state: Taring | TareKept, _event: TimerFired) -> Taring | TareKept:
    return replace(state, band=None)


@on((Taring, TareKept), Touched, Action.READ)
def open_what_waits(turn: Turn, state: Taring | TareKept, _event: Touched) -> State:
    return state if state.waiting is None else _leave(turn, state)


@on((Taring, TareKept), Touched, Action.DONE)
def leave_the_scale(turn: Turn, state: Taring | TareKept, _event: Touched) -> State:
    """What waited for an answer gets its screen now."""
    return _leave(turn, state)


@on(TareKept, TimerFired, Timer.HOME)
def go_on_weighing(_turn: Turn, state: TareKept, _event: TimerFired) -> Taring:
    return printing.next_jar(state)


def _leave(turn: Turn, state: Taring | TareKept) -> State:
    match state.waiting:
        case Asking() as question:
            ends_at = turn.around.monotonic + turn.around.times.question_seconds
            return Asking(visit=question.visit, shift_id=question.shift_id, ends_at=ends_at)
        case Noticing() as notice:
            return notice
        case None:
            return turn.home()
