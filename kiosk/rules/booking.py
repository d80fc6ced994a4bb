"""My shifts, those that need people, and a place on one: also for someone whom the door keeps out."""

from dataclasses import replace
from types import MappingProxyType

from kiosk.actions import Action
from kiosk.effects import Book, Play
from kiosk.events import BookingAnswered, BookingOutcome, Timer, TimerFired, Touched
from kiosk.rules import shifts
from kiosk.rules.entering import because
from kiosk.rules.states import (
    STATES,
    Booked,
    Booking,
    Choosing,
    Helping,
    Refusing,
    Reviewing,
    RollCalling,
    State,
    Undone,
    Visit,
    Welcoming,
)
from kiosk.rules.turn import Surroundings, Turn, on
from kiosk.rules.working import drop_deed, remember
from kiosk.types import FactKind, MemberId, Reason, ShiftId, Sound

OFFERS_A_PAGE = 3


def can_book(around: Surroundings) -> bool:
    """The backend takes bookings, and answers."""
    return around.knowledge.capabilities.booking and around.link.online


def shows_gaps(around: Surroundings) -> bool:
    """The backend tells who is missing and takes no bookings: they are shown, with where to book instead."""
    return around.knowledge.capabilities.roster and not around.knowledge.capabilities.booking


@on((Welcoming, Reviewing, Refusing), Touched, Action.SIGN_UP)
def show_offers(_turn: Turn, state: Welcoming | Reviewing | Refusing, _event: Touched) -> Choosing:
    return Choosing(visit=state.visit)


@on(Choosing, Touched, Action.MORE_DATES)
def show_more_offers(turn: Turn, state: Choosing, _event: Touched) -> Choosing:
    found = len(shifts.offers(turn.around.knowledge, state.visit.member, turn.around.now))
    pages = max(1, -(-found // OFFERS_A_PAGE))
    return Choosing(visit=state.visit, page=(state.page + 1) % pages, replacing=state.replacing)


@on(Choosing, Touched, Action.PICK)
def pick(turn: Turn, state: Choosing, event: Touched) -> Booking | Choosing:
    """The second tap: the server is asked, under an id that makes asking twice harmless."""
    shift_id = ShiftId(event.target)
    if not can_book(turn.around):
        return Choosing(visit=state.visit, page=state.page, trouble="offline", replacing=state.replacing)
    if _is_being_given_back(turn, state.visit.member.id, shift_id):
        trouble = BookingOutcome.UNAVAILABLE.value
        return Choosing(visit=state.visit, page=state.page, trouble=trouble, replacing=state.replacing)
    asked = Booking(visit=state.visit, shift_id=shift_id, fact=turn.around.new_id(), replacing=state.replacing)
    if turn.session.booking is not None:
        # Of the one before, who has gone: nobody waits for its answer any more.
        _undo_at_server(turn, turn.session.booking)
    turn.change(booking=asked)
    turn.do(
        Book(
            id=asked.fact,
            member_id=state.visit.member.id,
            shift_id=shift_id,
            timeout_seconds=turn.around.times.book_seconds,
        )
    )
    return asked


@on([state for state in STATES if state is not Helping], BookingAnswered)
def hear_about_the_place(turn: Turn, state: State, answer: BookingAnswered) -> State:
    """The server's answer is kept whoever stands at the screen by now."""
    asked = turn.session.booking
    if asked is None or asked.fact != answer.id:
        return state
    turn.change(booking=None)
    if answer.outcome is not BookingOutcome.BOOKED:
        return _not_booked(turn, state, asked, answer.outcome)
    fact = turn.fact(FactKind.BOOKING, id_=asked.fact, member=asked.visit.member.id, shift=asked.shift_id)
    turn.record(fact)
    if asked.replacing is not None:
        _give_back(turn, asked.replacing)
    if state != asked:
        return state
    opened = _is_the_way_in(turn, asked)
    if opened and not asked.visit.verdict.allowed:
        _let_in(turn, asked.visit)
    turn.do(Play(Sound.PRESENT))
    remember(turn, asked.visit, fact, opened=opened)
    return Booked(visit=asked.visit, shift_id=asked.shift_id, fact=asked.fact, opened=opened)


def _is_the_way_in(turn: Turn, asked: Booking) -> bool:
    """A make-up alone puts right what keeps the person out, where the coop has decided so.

    Another date for one is one, too, even if by now something else would let the person in.
    """
    reason = asked.visit.verdict.reason
    if reason is Reason.HOURS:
        return turn.around.policy.booking_opens_door
    return reason is Reason.MADE_UP or asked.replacing is not None


def _let_in(turn: Turn, visit: Visit) -> None:
    verdict = replace(visit.verdict, allowed=True, reason=Reason.MADE_UP)
    passage = turn.record(turn.fact(FactKind.PASSAGE, member=visit.member.id, details=because(verdict)))
    turn.change(refusals=None)
    turn.open_door(visit.member, verdict.reason, passage)


def _not_booked(turn: Turn, state: State, asked: Booking, outcome: BookingOutcome) -> State:
    if outcome is BookingOutcome.UNAVAILABLE:
        # The server may have done it and the answer been lost: whoever did not see « C'est noté » has no place.
        _undo_at_server(turn, asked)
    if state != asked:
        return state
    return Choosing(visit=asked.visit, trouble=outcome.value, replacing=asked.replacing)


@on(Booking, TimerFired, Timer.HOME)
def stop_waiting_for_the_place(turn: Turn, state: Booking, _event: TimerFired) -> Choosing:
    turn.change(booking=None)
    _undo_at_server(turn, state)
    return Choosing(visit=state.visit, trouble=BookingOutcome.UNAVAILABLE.value, replacing=state.replacing)


def _undo_at_server(turn: Turn, booking: Booking | Booked) -> None:
    member, knowledge = booking.visit.member.id, turn.around.knowledge
    fact = turn.fact(FactKind.BOOKING_UNDONE, member=member, shift=booking.shift_id, about=booking.fact)
    turn.record(fact)
    others = {place: undo for place, undo in turn.session.given_back.items() if knowledge.is_waiting(undo)}
    turn.change(given_back=MappingProxyType({**others, (booking.shift_id, member): fact.id}))


def _is_being_given_back(turn: Turn, member: MemberId, shift_id: ShiftId) -> bool:
    """The server has yet to hear that this place is free: taken once more now, it would be lost to that."""
    undo = turn.session.given_back.get((shift_id, member))
    return undo is not None and turn.around.knowledge.is_waiting(undo)


def _give_back(turn: Turn, booked: Booked) -> None:
    """However long it took to choose, whoever has laid a card since: nobody is left with two places."""
    _undo_at_server(turn, booked)
    drop_deed(turn, booked.visit.card)


@on(Booked, Touched, Action.UNDO)
def undo_booking(turn: Turn, state: Booked, _event: Touched) -> Undone | Choosing:
    """Who was let in by a make-up changes its date; anyone else may take it back."""
    if state.opened:
        return Choosing(visit=state.visit, replacing=state)
    _give_back(turn, state)
    return Undone(state.visit, booking=True)


@on(RollCalling, Touched, Action.JOIN)
def offer_help(turn: Turn, state: RollCalling, _event: Touched) -> Choosing | RollCalling:
    """« Je viens aider »: only someone whose card lies behind the screen can be booked."""
    return state if state.visit is None or not can_book(turn.around) else Choosing(visit=state.visit)
