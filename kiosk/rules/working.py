"""From the question to the presence: checking in, taking it back, and who is on shift."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from kiosk.actions import Action
from kiosk.effects import Play
from kiosk.events import Committed, StopRequested, Timer, TimerFired, Touched
from kiosk.rules import shifts
from kiosk.rules.knowledge import Knowledge
from kiosk.rules.roster import BY, INSTEAD_OF
from kiosk.rules.states import (
    Asking,
    Booked,
    Deed,
    Helping,
    Idle,
    OutOfOrder,
    RollCalling,
    Session,
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
from kiosk.types import NOTHING, Assignment, CardHash, Fact, FactKind, Member, MemberId, Moment, Role, ShiftId, Sound


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
    worker = worker_for(around, visit.member, shift_id)
    came = _arrival(around, visit)
    late = late_from is not None and came.wall >= late_from
    details: dict[str, object] = {"answered": answered, "late": late, **more}
    if worker != visit.member.id:
        details[BY] = visit.member.id
    fact = turn.fact(FactKind.CHECK_IN, member=worker, shift=shift_id, about=visit.passage, details=details)
    fact = replace(fact, happened=came)
    turn.record(fact, hold_seconds=hold_seconds)
    return fact


def _arrival(around: Surroundings, visit: Visit) -> Moment:
    """When the card was laid. At the scale a question may wait for long, and nobody is late for that."""
    waited = timedelta(seconds=around.monotonic - visit.at)
    return replace(around.moment, monotonic=visit.at, wall=around.now - waited)


def remember(turn: Turn, visit: Visit, fact: Fact, *, opened: bool = False) -> None:
    """For a while the card can take back what it has just brought about."""
    assert fact.shift_id is not None
    monotonic = turn.around.monotonic
    deed = Deed(
        card=visit.card,
        kind=fact.kind,
        fact=fact.id,
        shift_id=fact.shift_id,
        done_at=turn.around.now,
        ends_at=monotonic + turn.around.policy.undo_seconds,
        opened=opened,
    )
    # Before a shift people come one after another: each card keeps its own time.
    others = {card: other for card, other in turn.session.deeds.items() if monotonic < other.ends_at}
    turn.change(deeds=MappingProxyType({**others, visit.card: deed}))


def maybe_deed(turn: Turn, card: CardHash) -> Deed | None:
    """What this card can still take back."""
    deed = turn.session.deeds.get(card)
    return None if deed is None or turn.around.monotonic >= deed.ends_at else deed


def drop_deed(turn: Turn, card: CardHash) -> None:
    """What was taken back is not offered again."""
    turn.change(deeds=MappingProxyType({other: deed for other, deed in turn.session.deeds.items() if other != card}))


def worker_for(around: Surroundings, member: Member, shift_id: ShiftId) -> MemberId:
    """Whose place it is: an attached person may come for the account's shift, as long as nobody else has."""
    knowledge = around.knowledge
    shift = knowledge.shifts.get(shift_id)
    place = None if shift is None else shifts.worker_on(knowledge, member, shift)
    return member.id if place is None or _is_taken(knowledge, place, member) else place.member_id


def _is_taken(knowledge: Knowledge, place: Assignment, member: Member) -> bool:
    """Another of those who share the account has come for it."""
    return place.present and knowledge.worker(place) != member.id


def maybe_question(state: State) -> Asking | None:
    """What is asked, or waits to be, be it below another screen."""
    match state:
        case Asking():
            return state
        case Helping(under=below) | Wondering(under=below):
            return maybe_question(below)
        case Tagging(back=below) | Vouching(back=below) | TypingWeight(back=below):
            return maybe_question(below)
        case Taring(waiting=Asking() as question) | TareKept(waiting=Asking() as question):
            return question
    return None


def settle_question(turn: Turn, state: State) -> None:
    """An open question ends without an answer: who is booked and came in is present, unless they said no before."""
    question = maybe_question(state)
    if question is not None and not has_declined(turn.session, turn.around, question.visit, question.shift_id):
        check_in(turn, question.visit, question.shift_id)


def has_declined(session: Session, around: Surroundings, visit: Visit, shift_id: ShiftId) -> bool:
    """This person has said that they do not come, or someone else has come in their place: silence is no yes.

    Nor is it where the shift was cancelled, or the place given away, while the question waited.
    """
    if (visit.member.id, shift_id) in session.declined:
        return True
    knowledge = around.knowledge
    shift = knowledge.shifts.get(shift_id)
    place = None if shift is None else shifts.worker_on(knowledge, visit.member, shift)
    return (
        place is None
        or knowledge.is_absent(place)
        or place not in knowledge.roster(shift_id)
        or _is_taken(knowledge, place, visit.member)
    )


def _decline(turn: Turn, visit: Visit, shift_id: ShiftId) -> None:
    """A no is remembered until the shift has ended: no other card of this person is taken for a yes by silence."""
    known, now = turn.around.knowledge.shifts, turn.around.now
    current = {(who, shift) for who, shift in turn.session.declined if shift in known and now < known[shift].ends_at}
    turn.change(declined=frozenset({*current, (visit.member.id, shift_id)}))


@on(Asking, Touched, Action.START_SHIFT)
def start_shift(turn: Turn, state: Asking, _event: Touched) -> Thanking:
    turn.do(Play(Sound.PRESENT))
    return check_in(turn, state.visit, state.shift_id, answered=True)


@on(Asking, TimerFired, Timer.HOME)
def hear_silence(turn: Turn, state: Asking, _event: TimerFired) -> Thanking | Welcoming | Idle | OutOfOrder:
    """A yes; of someone who has said no before, or in whose place someone else has come, still a no."""
    if has_declined(turn.session, turn.around, state.visit, state.shift_id):
        return _let_shop(turn, state.visit)
    turn.do(Play(Sound.PRESENT))
    return check_in(turn, state.visit, state.shift_id)


@on(Asking, Touched, Action.JUST_SHOPPING)
def just_shopping(turn: Turn, state: Asking, _event: Touched) -> Welcoming | Idle | OutOfOrder:
    _decline(turn, state.visit, state.shift_id)
    return _let_shop(turn, state.visit)


def _let_shop(turn: Turn, visit: Visit) -> Welcoming | Idle | OutOfOrder:
    """Nothing is noted. Of a door that does not obey nobody is told that it is open."""
    return Welcoming(visit=visit, touched=True) if turn.door_obeys else turn.home()


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
    worker = worker_for(turn.around, state.visit.member, state.shift_id)
    undo = turn.fact(FactKind.CHECK_IN_UNDONE, member=worker, shift=state.shift_id, about=state.fact)
    turn.withdraw(state.fact, undo)
    drop_deed(turn, state.visit.card)
    _decline(turn, state.visit, state.shift_id)
    return Undone(state.visit)


@on((Idle, OutOfOrder), Touched, Action.ROLL_CALL)
def show_counts(_turn: Turn, _state: Idle | OutOfOrder, _event: Touched) -> RollCalling:
    return RollCalling()


@on((Thanking, Welcoming), Touched, Action.ROLL_CALL)
def show_team(turn: Turn, state: Thanking | Welcoming, _event: Touched) -> RollCalling:
    """The crew that this person works with, though another may still be at work."""
    shift_id = state.shift_id if isinstance(state, Thanking) else state.at_work
    return RollCalling(visit=state.visit, ahead=_crews_ahead(turn.around, shift_id))


def _crews_ahead(around: Surroundings, shift_id: ShiftId | None) -> int:
    crews = enumerate(coming_crews(around))
    return next((ahead for ahead, crew in crews if any(shift.id == shift_id for shift in crew.shifts)), 0)


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
