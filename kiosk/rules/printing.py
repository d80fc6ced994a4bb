"""Labels: what is asked of the printer, and what its answer means for whoever stands there."""

from collections.abc import Callable
from dataclasses import replace

from kiosk.effects import PrintLabel, StartTimer
from kiosk.events import LabelPrinted, PrintFailed, PrintTrouble, Timer
from kiosk.rules.dating import is_label_dated
from kiosk.rules.policy import Times
from kiosk.rules.staff_states import Paper, Settling
from kiosk.rules.states import (
    STATES,
    Helping,
    LabelOrder,
    LabelState,
    State,
    Tagging,
    TareKept,
    Taring,
    Wondering,
)
from kiosk.rules.turn import Turn, on
from kiosk.types import FactId, FactKind

THERE = frozenset({LabelState.PRINTED, LabelState.SENT})
"""The label is there, as far as anybody knows."""
ANSWER_SECONDS = 40.0
"""Longer than a printer that answers at all can take."""


def print_label(turn: Turn, state: TareKept) -> TareKept:
    """Ask for a label, where there is a printer; its answer is journalled whatever the screen shows by then."""
    if not turn.around.printer:
        return state
    order = turn.around.new_id()
    dated = is_label_dated(state.jar, turn.around.trust)
    turn.do(PrintLabel(id=order, jar=state.jar, typed=state.typed, dated=dated))
    waiting = LabelOrder(id=order, jar=state.jar, about=state.fact, ends_at=turn.around.monotonic + ANSWER_SECONDS)
    turn.change(orders=(*turn.session.orders, waiting))
    return replace(state, label=LabelState.PRINTING, order=order, trouble=None)


@on(STATES, LabelPrinted)
def label_came_out(turn: Turn, state: State, event: LabelPrinted) -> State:
    """One result a label, in the journal and on the screen of whoever still waits for it."""
    state = _tell_of_list(state, event.id, Paper.PRINTED)
    label = LabelState.PRINTED if event.sure else LabelState.SENT
    return _settle(turn, state, event.id, label.value, lambda kept: replace(kept, label=label))


@on(STATES, PrintFailed)
def label_did_not_come_out(turn: Turn, state: State, event: PrintFailed) -> State:
    """What is on the screen is written on the jar instead; nothing goes on by itself."""
    return _fail(turn, _tell_of_list(state, event.id, Paper.FAILED), event.id, event.trouble)


def give_up_late_labels(turn: Turn, state: State) -> State:
    """A printer that never answers has not printed."""
    for order in turn.session.orders:
        if turn.around.monotonic > order.ends_at:
            state = _fail(turn, state, order.id, PrintTrouble.FAULT)
    return state


def _fail(turn: Turn, state: State, order: FactId, trouble: PrintTrouble) -> State:
    return _settle(
        turn,
        state,
        order,
        trouble.value,
        lambda kept: replace(kept, label=LabelState.FAILED, trouble=trouble, alone=False),
    )


def _settle(turn: Turn, state: State, id_: FactId, result: str, settled: Callable[[TareKept], TareKept]) -> State:
    order = next((order for order in turn.session.orders if order.id == id_), None)
    if order is None:
        return state
    turn.change(orders=tuple(other for other in turn.session.orders if other is not order))
    details = {"jar": order.jar.code, "grams": int(order.jar.grams), "result": result}
    turn.record(turn.fact(FactKind.LABEL, id_=order.id, about=order.about, details=details))
    told = _tell(state, id_, settled)
    return _go_on(turn, told) if isinstance(told, TareKept) and told is not state else told


def _tell(state: State, id_: FactId, settled: Callable[[TareKept], TareKept]) -> State:
    """What the label's result makes of the screen that waits for it, whatever lies over that; no other is touched."""
    match state:
        case TareKept(order=waiting) if waiting == id_:
            return settled(state)
        case Helping(under=below) | Wondering(under=below):
            told = _tell(below, id_, settled)
            return state if told is below else replace(state, under=told)
        case Tagging(back=TareKept(order=waiting) as below) if waiting == id_:
            return replace(state, back=settled(below))
    return state


def _tell_of_list(state: State, id_: FactId, paper: Paper) -> State:
    """What staff who wait for a printed list see of it, or will when they close the help sheet."""
    match state:
        case Settling(order=waiting) if waiting == id_:
            return replace(state, paper=paper)
        case Helping(under=Settling(order=waiting) as below) if waiting == id_:
            return replace(state, under=replace(below, paper=paper))
    return state


def _go_on(turn: Turn, state: TareKept) -> TareKept | Taring:
    if state.lifted and state.alone and state.label in THERE:
        return next_jar(state)
    turn.do(StartTimer(timer=Timer.HOME, seconds=kept_seconds(state, turn.around.times)))
    return state


def next_jar(state: TareKept) -> Taring:
    """Ready for another one, as before."""
    return Taring(count=state.count, waiting=state.waiting, band=state.band, alone=state.alone)


def kept_seconds(state: TareKept, times: Times) -> float:
    """How long the result stays: until the label is there, then briefly; longer where something is to be written."""
    match state.label:
        case LabelState.PRINTING:
            return ANSWER_SECONDS
        case LabelState.PRINTED | LabelState.SENT:
            return times.tare_lifted_seconds if state.lifted else times.tare_kept_seconds
        case LabelState.FAILED:
            return times.touched_seconds
        case LabelState.NONE:
            return times.tare_kept_seconds
