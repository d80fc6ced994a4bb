"""From the question to the presence: checking in, taking it back, and who is on shift."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from kiosk.effects import Play
from kiosk.events import Action, Committed, StopRequested, Timer, TimerFired, Touched
from kiosk.rules import shifts
from kiosk.rules.roster import INSTEAD_OF
from kiosk.rules.states import (
    Asking,
    Booked,
    Deed,
    Helping,
    Idle,
    OutOfOrder,
    RollCalling,
    State,
    Tagging,
    TareKept,
    Taring,
    Thanking,
    TypingWeight,
    Undone,
    Visit,
    Vouching,
    Welcoming,
    Wondering,
)
from kiosk.rules.turn import Surroundings, Turn, on
from kiosk.types import NOTHING, Fact, FactKind, MemberId, Role, ShiftId, Sound


def check_in(
    turn: Turn, visit: Visit, shift_id: ShiftId, *, answered: bool = False, instead_of: MemberId | None = None
) -> Thanking:
    """Note the presence. It leaves for the server once it can no longer be taken back, so that undo is true.

    Args:
        turn: the step.
        visit: who has come.
        shift_id: for which shift.
        answered: a person said so; else nobody said no.
        instead_of: whose place it is, where someone stands in.
    """
    more = {} if instead_of is None else {INSTEAD_OF: instead_of}
    hold_seconds = turn.around.policy.undo_seconds
    fact = _note(turn, visit, shift_id, answered=answered, hold_seconds=hold_seconds, more=more)
    remember(turn, visit, fact)
    return Thanking(visit=visit, shift_id=shift_id, fact=fact.id, noted_at=turn.around.now)


def note_coming(turn: Turn, visit: Visit, shift_id: ShiftId) -> None:
    """Who is booked has come, where presence counts at booking: for the team to see. There is nothing to take back."""
    _note(turn, visit, shift_id, answered=False, hold_seconds=0)


def _note(
    turn: Turn,
    visit: Visit,
    shift_id: ShiftId,
    *,
    answered: bool,
    hold_seconds: float,
    more: Mapping[str, object] = NOTHING,
) -> Fact:
    around = turn.around
    shift = around.knowledge.shifts.get(shift_id)
    late_from = None if shift is None else shift.starts_at + timedelta(minutes=around.policy.late_after_minutes)
    worker = _worker(turn, visit, shift_id)
    late = late_from is not None and around.now >= late_from
    details: dict[str, object] = {"answered": answered, "late": late, **more}
    if worker != visit.member.id:
        details["by"] = visit.member.id
    fact = turn.fact(FactKind.CHECK_IN, member=worker, shift=shift_id, about=visit.passage, details=details)
    turn.record(fact, hold_seconds=hold_seconds)
    return fact


def remember(turn: Turn, visit: Visit, fact: Fact, *, opened: bool = False) -> None:
    """For a while the card can take back what it has just brought about."""
    assert fact.shift_id is not None
    turn.change(
        deed=Deed(
            card=visit.card,
            kind=fact.kind,
            fact=fact.id,
            shift_id=fact.shift_id,
            done_at=turn.around.now,
            ends_at=turn.around.monotonic + turn.around.policy.undo_seconds,
            opened=opened,
        )
    )


def _worker(turn: Turn, visit: Visit, shift_id: ShiftId) -> MemberId:
    """Whose place it is: an attached person may come for the account's shift."""
    shift = turn.around.knowledge.shifts.get(shift_id)
    place = None if shift is None else shifts.worker_on(turn.around.knowledge, visit.member, shift)
    return visit.member.id if place is None else place.member_id


def settle_question(turn: Turn, state: State) -> None:
    """An open question ends without an answer: who is booked and came in is present."""
    if isinstance(state, Helping | Wondering):
        settle_question(turn, state.under)
    if isinstance(state, Tagging | Vouching | TypingWeight):
        settle_question(turn, state.back)
    question = state if isinstance(state, Asking) else None
    if isinstance(state, Taring | TareKept) and isinstance(state.waiting, Asking):
        question = state.waiting
    if question is not None:
        check_in(turn, question.visit, question.shift_id)


@on(Asking, Touched, Action.START_SHIFT)
def start_shift(turn: Turn, state: Asking, _event: Touched) -> Thanking:
    turn.do(Play(Sound.PRESENT))
    return check_in(turn, state.visit, state.shift_id, answered=True)


@on(Asking, TimerFired, Timer.HOME)
def take_silence_for_yes(turn: Turn, state: Asking, _event: TimerFired) -> Thanking:
    turn.do(Play(Sound.PRESENT))
    return check_in(turn, state.visit, state.shift_id)


@on(Asking, Touched, Action.JUST_SHOPPING)
def just_shopping(_turn: Turn, state: Asking, _event: Touched) -> Welcoming:
    return Welcoming(visit=state.visit, touched=True)


@on(Asking, Touched, Action.PARTNER_ABSENT)
def report_partner_absent(turn: Turn, state: Asking, _event: Touched) -> Thanking:
    """The person works; the one they work with does not come. The terminal debits nobody."""
    turn.record(turn.fact(FactKind.PARTNER_ABSENT, member=state.visit.member.id, shift=state.shift_id))
    turn.do(Play(Sound.PRESENT))
    thanks = check_in(turn, state.visit, state.shift_id, answered=True)
    return replace(thanks, partner_absent=True)


@on(Thanking, Committed)
def confirm_presence(_turn: Turn, state: Thanking, event: Committed) -> Thanking:
    """Only now may the screen say that it is noted."""
    return replace(state, committed=True) if state.fact in event.ids else state


@on(Thanking, Touched, Action.UNDO)
def undo_check_in(turn: Turn, state: Thanking, _event: Touched) -> Undone:
    worker = _worker(turn, state.visit, state.shift_id)
    undo = turn.fact(FactKind.CHECK_IN_UNDONE, member=worker, shift=state.shift_id, about=state.fact)
    turn.withdraw(state.fact, undo)
    turn.change(deed=None)
    return Undone(state.visit)


@on((Idle, OutOfOrder), Touched, Action.ROLL_CALL)
def show_counts(_turn: Turn, _state: Idle | OutOfOrder, _event: Touched) -> RollCalling:
    return RollCalling()


@on((Thanking, Welcoming), Touched, Action.ROLL_CALL)
def show_team(_turn: Turn, state: Thanking | Welcoming, _event: Touched) -> RollCalling:
    return RollCalling(visit=state.visit)


@on(RollCalling, Touched, Action.NEXT_SHIFT)
def show_next_crew(turn: Turn, state: RollCalling, _event: Touched) -> RollCalling:
    known = len(coming_crews(turn.around))
    return RollCalling(visit=state.visit, ahead=(state.ahead + 1) % max(known, 1))


def coming_crews(around: Surroundings) -> tuple[shifts.Crew, ...]:
    """The running crew and those of the next day and a half."""
    return shifts.crews(around.knowledge, around.now, around.now + timedelta(hours=36))


def may_see_names(knowledge_shift: shifts.Crew, visit: Visit | None, names: tuple[MemberId, ...]) -> bool:
    """Names are for those who work together, and for coordinators."""
    if visit is None or not knowledge_shift.shifts:
        return False
    return visit.member.role is not Role.MEMBER or bool({visit.member.id, visit.member.attached_to} & set(names))


@on((Asking, Taring, TareKept, Tagging, Vouching, TypingWeight, Helping, Wondering), StopRequested)
def settle_before_stopping(turn: Turn, state: State, _event: StopRequested) -> State:
    settle_question(turn, state)
    return turn.home()


@on(Booked, Committed)
def confirm_booking(_turn: Turn, state: Booked, event: Committed) -> Booked:
    return replace(state, committed=True) if state.fact in event.ids else state
