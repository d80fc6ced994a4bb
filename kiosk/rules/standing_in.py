"""Someone comes to work who has no place: on one that is free, or in the place of someone expected."""

from dataclasses import replace

from kiosk.actions import Action
from kiosk.effects import Play
from kiosk.events import Touched
from kiosk.rules import shifts
from kiosk.rules.folding import alphabetical
from kiosk.rules.policy import RosterNames
from kiosk.rules.states import Noticing, StandingIn, Thanking, Visit, Welcoming
from kiosk.rules.turn import Surroundings, Turn, on
from kiosk.rules.working import check_in
from kiosk.types import Assignment, Remark, Shift, ShiftId, Sound, Status

A_PAGE = 4


def gaps(around: Surroundings, visit: Visit) -> tuple[shifts.Offer, ...]:
    """The places that nobody has on the shifts of now, and that this person may take."""
    return tuple(
        shifts.Offer(shift=shift, free=free)
        for shift in _shifts_of_now(around, visit)
        if (free := shift.places - len(around.knowledge.roster(shift.id))) > 0
    )


def expected(around: Surroundings, visit: Visit) -> tuple[Assignment, ...]:
    """Who has a place on the shifts of now and is not here: in their place someone else may work."""
    if around.policy.roster_names is RosterNames.NEVER:
        return ()
    return tuple(
        place
        for shift in _shifts_of_now(around, visit)
        for place in sorted(around.knowledge.roster(shift.id), key=lambda place: alphabetical(place.first_name))
        if not place.present
    )


def _shifts_of_now(around: Surroundings, visit: Visit) -> tuple[Shift, ...]:
    known = shifts.shifts_of_now(around.knowledge, around.now, around.policy)
    return tuple(shift for shift in known if shifts.may_take(visit.member, shift))


def may_stand_in(around: Surroundings, visit: Visit) -> bool:
    """The server takes such a presence, there is work now, and this person has no shift of their own to do."""
    knowledge, member = around.knowledge, visit.member
    if not (knowledge.capabilities.stand_ins and knowledge.capabilities.roster and visit.verdict.allowed):
        return False
    if member.status is Status.VISITOR:
        return False
    busy = shifts.shift_to_come_to(knowledge, member, around.now, around.policy) or shifts.shift_at_work(
        knowledge, member, around.now, around.policy
    )
    return busy is None and bool(gaps(around, visit) or expected(around, visit))


@on((Welcoming, Noticing), Touched, Action.WORK_NOW)
def ask_where(turn: Turn, state: Welcoming | Noticing, _event: Touched) -> StandingIn | Welcoming | Noticing:
    """Where no place is free, the question is at once whose place it is."""
    if not may_stand_in(turn.around, state.visit):
        return replace(state, touched=True) if isinstance(state, Welcoming) else state
    return StandingIn(visit=state.visit, replacing=not gaps(turn.around, state.visit))


@on(StandingIn, Touched, Action.REPLACE)
def ask_in_whose_place(_turn: Turn, state: StandingIn, _event: Touched) -> StandingIn:
    """The first names of those expected, now that someone asks for them."""
    return StandingIn(visit=state.visit, replacing=True)


@on(StandingIn, Touched, Action.MORE)
def show_more_places(turn: Turn, state: StandingIn, _event: Touched) -> StandingIn:
    """Four a page, and round again."""
    rows = expected(turn.around, state.visit) if state.replacing else gaps(turn.around, state.visit)
    pages = max(1, -(-len(rows) // A_PAGE))
    return StandingIn(visit=state.visit, replacing=state.replacing, page=(state.page + 1) % pages)


@on(StandingIn, Touched, Action.PICK)
def take_a_place(turn: Turn, state: StandingIn, event: Touched) -> Thanking | StandingIn:
    """A free one: the target is the shift. It may have been taken while someone read."""
    shift_id = ShiftId(event.target)
    if shift_id not in {offer.shift.id for offer in gaps(turn.around, state.visit)}:
        turn.do(Play(Sound.UNKNOWN))
        return StandingIn(visit=state.visit, replacing=not gaps(turn.around, state.visit))
    turn.do(Play(Sound.PRESENT))
    return check_in(turn, state.visit, shift_id, answered=True)


@on(StandingIn, Touched, Action.CHOOSE)
def take_the_place_of(turn: Turn, state: StandingIn, event: Touched) -> Thanking | StandingIn:
    """Someone's: the target is the shift and the member. The other one is debited nothing here."""
    place = next((place for place in expected(turn.around, state.visit) if name_of(place) == event.target), None)
    if place is None:
        turn.do(Play(Sound.UNKNOWN))
        return StandingIn(visit=state.visit, replacing=True)
    turn.do(Play(Sound.PRESENT))
    return check_in(turn, state.visit, place.shift_id, answered=True, instead_of=place.member_id)


def name_of(place: Assignment) -> str:
    """A place as the target of a button."""
    return f"{place.shift_id} {place.member_id}"


@on(StandingIn, Touched, Action.BACK)
def leave_it(turn: Turn, state: StandingIn, _event: Touched) -> StandingIn | Welcoming | Noticing:
    """A step back; what there was to say is still to be read."""
    if state.replacing and gaps(turn.around, state.visit):
        return StandingIn(visit=state.visit)
    if state.visit.verdict.remark is not Remark.NOTHING:
        return Noticing(state.visit)
    return Welcoming(visit=state.visit, touched=True)
