"""A weight typed by someone at work, where the scale cannot give one: never without their card, never unflagged."""

from dataclasses import replace

from kiosk.actions import Action
from kiosk.events import CardTapped, Timer, TimerFired, Touched
from kiosk.rules import shifts, tare
from kiosk.rules.beside import lay_card_beside_the_scale
from kiosk.rules.desk import wonder
from kiosk.rules.jars import keep
from kiosk.rules.states import Recalling, TareKept, Taring, TypingWeight, Vouching
from kiosk.rules.turn import Turn, on
from kiosk.types import MemberId, Role

MOST_DIGITS = 5

on((Vouching, TypingWeight), TimerFired, Timer.HOME)(wonder)


@on(Taring, Touched, Action.TYPE_WEIGHT)
def ask_who_vouches(_turn: Turn, state: Taring, _event: Touched) -> Vouching:
    """Whoever types answers for the figure."""
    return Vouching(back=replace(state, band=None))


@on(Vouching, CardTapped)
def vouch(turn: Turn, state: Vouching, tap: CardTapped) -> Vouching | TypingWeight | Recalling:
    """The card opens the door as everywhere; it opens the keypad to whoever is at work. A sticker leads to its jar."""
    laid = lay_card_beside_the_scale(turn, state, tap)
    if isinstance(laid, Recalling):
        return laid
    worker = _worker(turn, tap)
    return replace(state, refused=True) if worker is None else TypingWeight(back=state.back, by=worker)


def _worker(turn: Turn, tap: CardTapped) -> MemberId | None:
    around = turn.around
    member = around.knowledge.bearer(tap.hash)
    if member is None:
        return None
    at_work = shifts.shift_at_work(around.knowledge, member, around.now, around.policy) is not None
    return member.id if at_work or member.role is not Role.MEMBER else None


@on(TypingWeight, Touched, Action.KEY)
def type_figure(_turn: Turn, state: TypingWeight, event: Touched) -> TypingWeight:
    """Five figures at most: 99,999 g."""
    typed = event.target if state.refused else state.digits + event.target
    return replace(state, digits=typed.lstrip("0")[:MOST_DIGITS], refused=False)


@on(TypingWeight, Touched, Action.ERASE)
def erase_figure(_turn: Turn, state: TypingWeight, _event: Touched) -> TypingWeight:
    """The last one."""
    return replace(state, digits=state.digits[:-1], refused=False)


@on(TypingWeight, Touched, Action.ENTER)
def keep_typed_weight(turn: Turn, state: TypingWeight, _event: Touched) -> TypingWeight | TareKept:
    """Kept as any other tare, with who typed it in the journal and a word of it on the label."""
    typed = tare.maybe_typed(int(state.digits or 0), turn.around.limits)
    if typed is None:
        return replace(state, refused=True)
    return keep(turn, state.back, typed, by=state.by)


@on((Vouching, TypingWeight), Touched, Action.CANCEL)
def stop_typing_weight(_turn: Turn, state: Vouching | TypingWeight, _event: Touched) -> Taring:
    """Back to the scale."""
    return state.back
