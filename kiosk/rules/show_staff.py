"""The screens of coordinators: their menu, the door by hand, the roster, what has not left."""

from kiosk.actions import Action
from kiosk.events import Unsettled
from kiosk.rules.coordinating import PEOPLE_A_PAGE, ROWS_A_PAGE, page_of_shifts, shifts_to_join
from kiosk.rules.ownership import full_name
from kiosk.rules.settling import title_of, word_on
from kiosk.rules.showing import done_button, shown
from kiosk.rules.staff_states import AddingTo, Coordinating, Excusing, LettingIn, Noting, Paper, Settling
from kiosk.rules.states import Session
from kiosk.rules.turn import Surroundings
from kiosk.types import DeskReason, MemberId, ShiftId
from kiosk.view_parts import Button, ButtonKind, Frame, Hours, Say, Slot, literal, say
from kiosk.views import ChoicesView, ResultTone, ResultView, ToSettleRow, ToSettleView

MORE = Button(action=Action.MORE, label=say("settle.more"), icon="chevron-right")


def back_button(kind: ButtonKind = ButtonKind.PLAIN) -> Button:
    return Button(action=Action.BACK, label=say("help.back"), icon="arrow-left", kind=kind)


def person(around: Surroundings, member_id: MemberId | None) -> Say:
    """« Camille Dupont, n° 312 »: for staff alone."""
    member = None if member_id is None else around.knowledge.members.get(member_id)
    if member is None:
        return say("staff.number", number=member_id or "")
    return say("staff.person", name=full_name(member), number=member.id)


def settle_button(around: Surroundings) -> Button:
    """It calls for attention only where the server has refused something."""
    count = around.refused
    return Button(
        action=Action.TO_SETTLE,
        label=say("coord.settle.n", n=count) if count else say("coord.settle"),
        icon="alert-circle-outline",
        kind=ButtonKind.ATTENTION if count else ButtonKind.PLAIN,
    )


@shown(Coordinating)
def show_menu(_session: Session, _state: Coordinating, around: Surroundings, frame: Frame) -> ChoicesView:
    has_roster = around.knowledge.capabilities.roster
    roster = (
        Button(action=Action.ADD_SOMEONE, label=say("coord.add"), icon="account-plus-outline"),
        Button(action=Action.ABSENCE, label=say("coord.absence"), icon="account-clock-outline"),
    )
    team = Button(action=Action.ROLL_CALL, label=say("idle.team"), icon="account-group-outline")
    return ChoicesView(
        frame=frame,
        title=say("coord.title"),
        choices=(
            Button(
                action=Action.OPEN_DOOR,
                label=say("coord.open"),
                icon="door",
                kind=ButtonKind.MAIN,
            ),
            settle_button(around),
            *(roster if has_roster else ()),
            Button(action=Action.LINK_CARDS, label=say("coord.link"), icon="card-plus-outline"),
            Button(action=Action.BLOCK_CARD, label=say("coord.block"), icon="lock-outline"),
            *((team,) if has_roster else ()),
            done_button(),
        ),
    )


REASONS = {
    DeskReason.DELIVERY: "truck-outline",
    DeskReason.FORGOTTEN_CARD: "card-account-details-outline",
    DeskReason.VISIT: "storefront-outline",
    DeskReason.OTHER: "door-open",
}


@shown(LettingIn)
def show_letting_in(
    _session: Session, state: LettingIn, _around: Surroundings, frame: Frame
) -> ChoicesView | ResultView:
    if state.reason is None:
        reasons = tuple(
            Button(action=Action.CHOOSE, label=Say(f"letin.{reason.value}"), icon=icon, target=reason.value)
            for reason, icon in REASONS.items()
        )
        return ChoicesView(frame=frame, title=say("letin.title"), choices=(*reasons, back_button()))
    return ResultView(
        frame=frame,
        tone=ResultTone.LEAF,
        icon="check-circle-outline",
        title=say("open.title"),
        body=(Say(f"letin.for.{state.reason.value}"), say("letin.noted")),
        buttons=(Button(action=Action.REOPEN, label=say("open.reopen"), icon="door-open"), back_button()),
    )


# ── what has not left ─────────────────────────────────────────────────────────────────────────────────────────────


@shown(Settling)
def show_unsettled(_session: Session, state: Settling, around: Surroundings, frame: Frame) -> ToSettleView:
    rows = state.rows or ()
    first = state.page * ROWS_A_PAGE
    paper = (_print_button(state.paper),) if rows and around.printer else ()
    empty = "settle.wait" if state.rows is None else "settle.broken" if state.broken else "settle.empty"
    return ToSettleView(
        frame=frame,
        title=say("coord.settle.n", n=len(rows)) if rows else say("coord.settle"),
        rows=tuple(_to_settle(row, around) for row in rows[first : first + ROWS_A_PAGE]),
        empty=None if rows else Say(empty),
        buttons=(*((MORE,) if len(rows) > ROWS_A_PAGE else ()), *paper, back_button()),
    )


def _to_settle(row: Unsettled, around: Surroundings) -> ToSettleRow:
    retry = Button(action=Action.RETRY, label=say("settle.retry"), target=row.fact.id, kind=ButtonKind.MAIN)
    settle = Button(action=Action.SETTLE, label=say("settle.done"), target=row.fact.id)
    return ToSettleRow(
        title=title_of(row, around),
        sub=word_on(row),
        buttons=(retry, settle) if row.refused else (retry,),
    )


PAPER = {
    Paper.NONE: ("settle.print", "printer-outline"),
    Paper.PRINTING: ("settle.printing", "printer-outline"),
    Paper.PRINTED: ("settle.printed", "printer-check"),
    Paper.FAILED: ("settle.unprinted", "printer-alert"),
}


def _print_button(paper: Paper) -> Button:
    """The button itself says what became of it."""
    key, icon = PAPER[paper]
    return Button(action=Action.PRINT_LIST, label=Say(key), icon=icon)


# ── the roster ────────────────────────────────────────────────────────────────────────────────────────────────────


@shown(AddingTo)
def show_shifts_to_join(_session: Session, state: AddingTo, around: Surroundings, frame: Frame) -> ChoicesView:
    found = shifts_to_join(around)
    page = page_of_shifts(found, state.page)
    return ChoicesView(
        frame=frame,
        title=say("add.title" if found else "add.none"),
        choices=(
            *(
                Button(
                    action=Action.CHOOSE,
                    label=literal(shift.job),
                    sub=say("staff.hours", hours=Hours(shift.starts_at, shift.ends_at)),
                    icon="clock-outline",
                    target=shift.id,
                )
                for shift in page
            ),
            *((MORE,) if len(page) < len(found) else ()),
            back_button(),
        ),
    )


@shown(Excusing)
def show_expected(_session: Session, state: Excusing, around: Surroundings, frame: Frame) -> ChoicesView:
    first = state.page * PEOPLE_A_PAGE
    page = list(enumerate(state.people))[first : first + PEOPLE_A_PAGE]
    return ChoicesView(
        frame=frame,
        title=say("absence.title" if state.people else "absence.none"),
        choices=(
            *(
                Button(
                    action=Action.CHOOSE,
                    label=_first_name(around, member_id),
                    sub=_shift_line(around, shift_id),
                    target=str(index),
                )
                for index, (shift_id, member_id) in page
            ),
            *((MORE,) if len(state.people) > PEOPLE_A_PAGE else ()),
            back_button(),
        ),
    )


def _first_name(around: Surroundings, member_id: MemberId) -> Say:
    """Within a crew the first name says it, and the number tells two of a name apart."""
    member = around.knowledge.members.get(member_id)
    return say("staff.person", name="?" if member is None else member.first_name, number=member_id)


def _shift_line(around: Surroundings, shift_id: ShiftId) -> Say:
    shift = around.knowledge.shifts.get(shift_id)
    if shift is None:
        return literal("")
    today = around.now.astimezone(around.zone).date()
    if shift.starts_at.astimezone(around.zone).date() == today:
        return say("staff.shift", job=shift.job, hours=Hours(shift.starts_at, shift.ends_at))
    return say("staff.shift", job=shift.job, hours=Slot(shift.starts_at, shift.ends_at))


@shown(Noting)
def show_note(_session: Session, state: Noting, around: Surroundings, frame: Frame) -> ResultView:
    shift_id, member_id = state.place
    place = around.knowledge.assignment(shift_id, member_id)
    who = member_id if place is None or state.absent else around.knowledge.worker(place)
    noted = "note.absent" if state.absent else "note.done"
    return ResultView(
        frame=frame,
        tone=ResultTone.LEAF,
        icon="account-clock-outline" if state.absent else "account-check-outline",
        title=say(noted if state.committed else "note.keeping"),
        body=(person(around, who), _shift_line(around, shift_id)),
        buttons=(back_button(), Button(action=Action.UNDO, label=say("help.cancel"), icon="undo")),
    )
