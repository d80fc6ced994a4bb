"""What a coordinator's card adds: the door by hand, the roster put right, what the server has turned away."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from kiosk.actions import Action
from kiosk.effects import ListUnsettled, OpenDoor, Play, RetryDelivery, SettleByHand
from kiosk.events import Committed, Timer, TimerFired, Touched, UnsettledListed
from kiosk.rules import shifts
from kiosk.rules.folding import alphabetical
from kiosk.rules.roster import BY
from kiosk.rules.settling import paper_of
from kiosk.rules.staff_states import (
    STAFF,
    AddingTo,
    Blocked,
    Coordinating,
    Examining,
    Excusing,
    LettingIn,
    Linking,
    LinkTrouble,
    Maintaining,
    Noting,
    Paper,
    Place,
    ReadingLog,
    Seek,
    Seeking,
    Settling,
    Staff,
    StaffState,
)
from kiosk.rules.states import Idle, Noticing, OutOfOrder, RollCalling, Thanking, Visit, Welcoming
from kiosk.rules.turn import Surroundings, Turn, on
from kiosk.rules.working import coming_crews, worker_for
from kiosk.types import DeskReason, FactId, FactKind, MemberId, Reason, Role, Shift, ShiftId, Sound

ROWS_A_PAGE = 3
PEOPLE_A_PAGE = 4
MOST_SHIFTS = 6
MOST_PRINTED = 24
"""Two a label."""
SOON = timedelta(hours=2)


def sign_in(turn: Turn, role: Role, visit: Visit | None) -> Staff:
    """Someone opens the menus; who that was stays in the journal."""
    details = {"role": role.value, "by": "pin" if visit is None else "card"}
    turn.record(turn.fact(FactKind.MENU_OPENED, member=None if visit is None else visit.member.id, details=details))
    return Staff(role=role, visit=visit)


def menu_of(staff: Staff) -> Coordinating | Maintaining:
    return Maintaining(staff) if staff.role is Role.TECHNICIAN else Coordinating(staff)


@on((Welcoming, Thanking, Noticing), Touched, Action.COORDINATION)
def open_menu(turn: Turn, state: Welcoming | Thanking | Noticing, _event: Touched) -> Coordinating | Welcoming:
    """The card has just shown who it is; a member's card has no such button."""
    visit: Visit = state.visit
    if visit.member.role is not Role.COORDINATOR:
        return Welcoming(visit=visit)
    return Coordinating(sign_in(turn, Role.COORDINATOR, visit))


@on((Examining, LettingIn, Settling, AddingTo, Excusing, Noting, Linking, Blocked), Touched, Action.BACK)
def go_back(_turn: Turn, state: StaffState, _event: Touched) -> Coordinating | Maintaining:
    staff: Staff = state.staff  # type: ignore[union-attr]  # all of these have one
    return menu_of(staff)


@on((Coordinating, Maintaining), Touched, Action.DONE)
@on(STAFF, TimerFired, Timer.HOME)
def lock(turn: Turn, _state: StaffState, _event: Touched | TimerFired) -> Idle | OutOfOrder:
    """Menus never stay open for whoever comes next."""
    return turn.home()


# ── the door by hand ──────────────────────────────────────────────────────────────────────────────────────────────


@on((Coordinating, Maintaining), Touched, Action.OPEN_DOOR)
def ask_what_for(_turn: Turn, state: Coordinating | Maintaining, _event: Touched) -> LettingIn:
    return LettingIn(staff=state.staff)


@on(LettingIn, Touched, Action.CHOOSE)
@on(LettingIn, Touched, Action.REOPEN)
def open_by_hand(turn: Turn, state: LettingIn, event: Touched) -> LettingIn:
    """The reason goes into the journal with the pulse, and with who opened."""
    if not turn.door_obeys:
        turn.do(Play(Sound.CLOSED))
        return LettingIn(staff=state.staff)
    reason = state.reason if event.action is Action.REOPEN and state.reason is not None else DeskReason(event.target)
    times = turn.around.door
    # Crates and strangers take their time.
    seconds = times.longer_pulse_seconds
    turn.do(OpenDoor(seconds=seconds))
    details = {"seconds": seconds, "reason": Reason.BY_HAND.value, "for": reason.value}
    turn.record(turn.fact(FactKind.DOOR_OPENED, member=state.staff.by, details=details))
    turn.do(Play(Sound.OPEN))
    return LettingIn(staff=state.staff, reason=reason)


# ── what has not left ─────────────────────────────────────────────────────────────────────────────────────────────


@on((Coordinating, Maintaining, ReadingLog), Touched, Action.TO_SETTLE)
def list_unsettled(turn: Turn, state: Coordinating | Maintaining | ReadingLog, _event: Touched) -> Settling:
    turn.do(ListUnsettled())
    return Settling(staff=state.staff)


@on(Settling, UnsettledListed)
def show_unsettled(_turn: Turn, state: Settling, event: UnsettledListed) -> Settling:
    rows = event.rows or ()
    last_page = max(0, -(-len(rows) // ROWS_A_PAGE) - 1)
    return replace(state, rows=rows, broken=event.rows is None, page=min(state.page, last_page))


@on(Settling, Touched, Action.RETRY)
def send_again(turn: Turn, state: Settling, event: Touched) -> Settling:
    turn.do(RetryDelivery(FactId(event.target)), ListUnsettled())
    return state


@on(Settling, Touched, Action.SETTLE)
def settle_by_hand(turn: Turn, state: Settling, event: Touched) -> Settling:
    turn.do(SettleByHand(FactId(event.target)), ListUnsettled())
    return state


@on(Settling, Touched, Action.PRINT_LIST)
def print_unsettled(turn: Turn, state: Settling, _event: Touched) -> Settling:
    """For whoever goes through them at a desk: on the label printer, as nothing else here prints."""
    if not turn.around.printer or not state.rows or state.paper is Paper.PRINTING:
        return state
    order = turn.around.new_id()
    turn.do(paper_of(state.rows[:MOST_PRINTED], order, turn.around, turn.session.language))
    return replace(state, paper=Paper.PRINTING, order=order)


@on(Settling, Touched, Action.MORE)
def show_more_unsettled(_turn: Turn, state: Settling, _event: Touched) -> Settling:
    pages = max(1, -(-len(state.rows or ()) // ROWS_A_PAGE))
    return replace(state, page=(state.page + 1) % pages)


# ── the roster ────────────────────────────────────────────────────────────────────────────────────────────────────


def shifts_to_join(around: Surroundings) -> tuple[Shift, ...]:
    """Those that run, then those that start soon."""
    crews = shifts.crews(around.knowledge, around.now, around.now + SOON)
    return tuple(shift for crew in crews for shift in crew.shifts)


def page_of_shifts(found: Sequence[Shift], page: int) -> Sequence[Shift]:
    """All of them, or as many as leave room for the button to the next page."""
    if len(found) <= MOST_SHIFTS:
        return found
    each = MOST_SHIFTS - 1
    first = page % -(-len(found) // each) * each
    return found[first : first + each]


@on(AddingTo, Touched, Action.MORE)
def show_more_shifts(_turn: Turn, state: AddingTo, _event: Touched) -> AddingTo:
    return replace(state, page=state.page + 1)


@on(Coordinating, Touched, Action.ADD_SOMEONE)
def ask_which_shift(turn: Turn, state: Coordinating, _event: Touched) -> AddingTo | Seeking:
    """Where only one shift runs, nothing is asked."""
    found = shifts_to_join(turn.around)
    if len(found) == 1:
        return Seeking(staff=state.staff, seek=Seek.ADD, shift_id=found[0].id)
    return AddingTo(state.staff)


@on(AddingTo, Touched, Action.CHOOSE)
def ask_who_joins(_turn: Turn, state: AddingTo, event: Touched) -> Seeking:
    return Seeking(staff=state.staff, seek=Seek.ADD, shift_id=ShiftId(event.target))


def add_to_shift(turn: Turn, state: Seeking, member_id: MemberId) -> Noting | Seeking:
    """The person is there and works, be it on the account's place: that is a presence, with who noted it."""
    shift_id, knowledge = state.shift_id, turn.around.knowledge
    assert shift_id is not None
    member = knowledge.members.get(member_id)
    worker = member_id if member is None else worker_for(turn.around, member, shift_id)
    place = knowledge.assignment(shift_id, worker)
    if place is not None and place.present:
        turn.do(Play(Sound.UNKNOWN))
        return replace(state, trouble=LinkTrouble.HERE)
    details: dict[str, object] = {"answered": True, "late": False, "added_by": state.staff.by}
    if worker != member_id:
        details[BY] = member_id
    fact = turn.fact(FactKind.CHECK_IN, member=worker, shift=shift_id, details=details)
    turn.record(fact, hold_seconds=turn.around.policy.undo_seconds)
    turn.do(Play(Sound.PRESENT))
    return Noting(staff=state.staff, place=(shift_id, worker), fact=fact.id)


@on(Coordinating, Touched, Action.ABSENCE)
def ask_who_is_excused(turn: Turn, state: Coordinating, _event: Touched) -> Excusing:
    return Excusing(staff=state.staff, people=_expected(turn.around))


def _expected(around: Surroundings) -> tuple[Place, ...]:
    """Who has a place on this crew or the next ones and is not here, soonest first, then by name."""
    return tuple(
        (place.shift_id, place.member_id)
        for crew in coming_crews(around)
        for shift in crew.shifts
        for place in sorted(around.knowledge.roster(shift.id), key=lambda place: alphabetical(place.first_name))
        if not place.present and not around.knowledge.is_absent(place)
    )


@on(Excusing, Touched, Action.MORE)
def show_more_expected(_turn: Turn, state: Excusing, _event: Touched) -> Excusing:
    pages = max(1, -(-len(state.people) // PEOPLE_A_PAGE))
    return replace(state, page=(state.page + 1) % pages)


@on(Excusing, Touched, Action.CHOOSE)
def excuse(turn: Turn, state: Excusing, event: Touched) -> Noting:
    shift_id, member_id = state.people[int(event.target)]
    details = {"by": state.staff.by}
    fact = turn.fact(FactKind.ABSENCE_ANNOUNCED, member=member_id, shift=shift_id, details=details)
    turn.record(fact, hold_seconds=turn.around.policy.undo_seconds)
    return Noting(staff=state.staff, place=(shift_id, member_id), fact=fact.id, absent=True)


@on(Noting, Committed)
def confirm_note(_turn: Turn, state: Noting, event: Committed) -> Noting:
    return replace(state, committed=True) if state.fact in event.ids else state


@on(Noting, Touched, Action.UNDO)
def take_note_back(turn: Turn, state: Noting, _event: Touched) -> Coordinating | Maintaining:
    shift_id, member_id = state.place
    kind = FactKind.ABSENCE_UNDONE if state.absent else FactKind.CHECK_IN_UNDONE
    turn.withdraw(state.fact, turn.fact(kind, member=member_id, shift=shift_id, about=state.fact))
    return menu_of(state.staff)


@on(Coordinating, Touched, Action.ROLL_CALL)
def show_whole_team(_turn: Turn, state: Coordinating, _event: Touched) -> RollCalling:
    return RollCalling(visit=state.staff.visit)
