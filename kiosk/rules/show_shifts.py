"""The screens about shifts: the question, the thanks, my shifts, those that need people, the roll-call."""

from dataclasses import replace

from kiosk.actions import Action
from kiosk.events import BookingOutcome
from kiosk.events_door import DoorMode
from kiosk.rules import shifts
from kiosk.rules.booking import OFFERS_A_PAGE, can_book, shows_gaps
from kiosk.rules.dating import may_be_told
from kiosk.rules.show_entry import remark_text
from kiosk.rules.showing import (
    age,
    book_button,
    desk_button,
    done_button,
    my_shifts_button,
    shown,
    staff_buttons,
    still_ahead,
)
from kiosk.rules.states import (
    Asking,
    Booked,
    Booking,
    Choosing,
    Reviewing,
    Session,
    Thanking,
    Undone,
    Visit,
)
from kiosk.rules.turn import Surroundings
from kiosk.rules.working import coming_crews, has_declined
from kiosk.types import Member, Part, Presence, Shift
from kiosk.view_parts import (
    Button,
    ButtonKind,
    Countdown,
    Day,
    Duration,
    Frame,
    Header,
    Hour,
    Line,
    Names,
    Panel,
    PanelTone,
    Say,
    Slot,
    literal,
    say,
)
from kiosk.views import (
    OfferRow,
    PromptView,
    QuestionView,
    ResultTone,
    ResultView,
    ShiftRow,
    ShiftsView,
    SignUpView,
    Tile,
)

RING_SECONDS = 10
"""The ring beside the likely answer runs down in the last seconds only; until then it hurries nobody."""


@shown(Asking)
def show_question(session: Session, state: Asking, around: Surroundings, frame: Frame) -> QuestionView:
    """Tu viens faire ton créneau ? No word of how late it is, and none of silence where that is no yes."""
    visit = state.visit
    shift = around.knowledge.shifts.get(state.shift_id)
    own = shift is None or around.knowledge.assignment(shift.id, visit.member.id) is not None
    header = frame.header if frame.header.text else None
    countdown = Countdown(ends_at=state.ends_at, seconds=min(RING_SECONDS, around.times.question_seconds))
    silent_yes = not has_declined(session, around, visit, state.shift_id)
    return QuestionView(
        frame=frame if header else _greeted(frame, visit.member),
        title=say("shift.ask") if own else say("shift.ask_for", name=visit.account.first_name),
        panel=Panel(icon="clock-outline", text=_shift_line(shift, around), tone=PanelTone.SKY_SOFT),
        main=Button(
            action=Action.START_SHIFT,
            label=say("shift.yes"),
            icon="hand-wave-outline",
            kind=ButtonKind.MAIN,
            sub=say("shift.yes.sub") if silent_yes else None,
            countdown=countdown if silent_yes else None,
        ),
        others=(
            Button(action=Action.JUST_SHOPPING, label=say("shift.no"), icon="basket-outline"),
            Button(action=Action.PARTNER_ABSENT, label=say("shift.absent"), icon="account-off-outline"),
        ),
    )


def _greeted(frame: Frame, member: Member) -> Frame:
    return replace(frame, header=Header(text=say("shift.hello", name=member.first_name)))


def _shift_line(shift: Shift | None, around: Surroundings) -> Say:
    if shift is None:
        return say("literal", text="")
    if around.now >= shift.starts_at:
        return say("shift.until", job=shift.job, end=Hour(shift.ends_at))
    return say("shift.line", job=shift.job, start=Hour(shift.starts_at), end=Hour(shift.ends_at))


@shown(Thanking)
def show_thanks(session: Session, state: Thanking, around: Surroundings, frame: Frame) -> ResultView:
    """Merci. That it is noted is said only once it is on the disk; no counter here.

    Where the server notes a presence by being asked whose card it is, it is noted here until that was done.
    """
    name = state.visit.member.first_name
    return ResultView(
        frame=frame,
        tone=ResultTone.LEAF,
        icon="account-check-outline",
        title=say("shift.done", name=name),
        body=_noted(session, state, around),
        panel=_team_panel(state, around),
        note=None if state.undoable else Line(icon="undo", text=say("shift.undo_how", n=around.policy.undo_seconds)),
        buttons=(
            Button(
                action=Action.ROLL_CALL,
                label=say("shift.team.see"),
                icon="account-group-outline",
                kind=ButtonKind.MAIN,
            ),
            *staff_buttons(state.visit.member.role),
            Button(action=Action.UNDO, label=say("shift.undo"), icon="undo") if state.undoable else done_button(),
        ),
    )


def _noted(session: Session, state: Thanking, around: Surroundings) -> tuple[Say, ...]:
    if not state.committed:
        return (say("broken.store.do" if Part.STORE in session.lost else "shift.noting"),)
    by_asking = around.knowledge.capabilities.presence is Presence.BY_IDENTIFYING
    waits = around.knowledge.is_waiting(state.fact)
    if waits and not by_asking and not around.link.online:
        return (say("shift.queued"),)
    noted = say("shift.noted.here" if waits and by_asking else "shift.noted", time=Hour(state.noted_at))
    return (noted, say("shift.absent.done")) if state.partner_absent else (noted,)


def _team_panel(state: Thanking, around: Surroundings) -> Panel | None:
    shift = around.knowledge.shifts.get(state.shift_id)
    if shift is None:
        return None
    me = {state.visit.member.id, state.visit.account.id}
    own = around.knowledge.assignment(shift.id, state.visit.member.id)
    if own is not None and own.first_shift:
        return Panel(icon="account-group-outline", text=say("shift.first"))
    crew = next((c for c in coming_crews(around) if shift in c.shifts), None)
    places = [place for other in crew.shifts for place in around.knowledge.roster(other.id)] if crew else []
    here = [place for place in places if place.present and place.member_id not in me]
    newcomers = tuple(place.first_name for place in here if place.first_shift)
    if newcomers:
        return Panel(icon="human-greeting-variant", text=_newcomers(newcomers))
    if here:
        return Panel(icon="account-group-outline", text=_team(tuple(place.first_name for place in here)))
    awaited = [place for place in places if place.member_id not in me and not around.knowledge.is_absent(place)]
    return Panel(icon="account-group-outline", text=say("shift.alone")) if awaited else None


def _newcomers(names: tuple[str, ...]) -> Say:
    if len(names) > 2:
        return say("shift.newcomers", n=len(names))
    return say("shift.newcomer", names=Names(names), n=len(names))


def _team(names: tuple[str, ...]) -> Say:
    """All of a crew of five; of a larger one some, and how many others: nobody is left out without a word."""
    if len(names) > 4:
        return say("shift.team.many", names=Names(names[:3]), n=len(names) - 3)
    return say("shift.team", names=Names(names))


@shown(Undone)
def show_undone(_session: Session, state: Undone, _around: Surroundings, frame: Frame) -> ResultView:
    booking = state.booking
    return ResultView(
        frame=frame,
        tone=ResultTone.LEAF,
        icon="undo",
        title=say("need.undone" if booking else "shift.undone"),
        body=(say("need.undone.sub" if booking else "shift.undone.sub"),),
        buttons=(done_button(),),
    )


# ── my shifts, booking ────────────────────────────────────────────────────────────────────────────────────────────


@shown(Reviewing)
def show_my_shifts(_session: Session, state: Reviewing, around: Surroundings, frame: Frame) -> ShiftsView:
    visit, tells_next = state.visit, around.knowledge.capabilities.next_shifts
    remark = remark_text(visit, around) if state.remark else _no_booking(around)
    coming = shifts.next_shifts(around.knowledge, visit.member, around.now)
    book = "my.book" if can_book(around) else "my.gaps" if shows_gaps(around) else ""
    tiles = _tiles(visit, around) if visit.member is visit.account else ()
    return ShiftsView(
        frame=_dated(frame, around) if tiles else frame,
        title=say("alert.title" if state.remark else "my.title" if tells_next else "my.balance"),
        tiles=tiles,
        rows=tuple(_shift_row(shift) for shift in coming),
        empty=say("my.none") if tells_next and not coming else None,
        remark=None if remark is None else Panel(icon="message-text-outline", text=remark, tone=PanelTone.SUN_SOFT),
        buttons=(*((book_button(book),) if book else ()), done_button()),
    )


def _no_booking(around: Surroundings) -> Say | None:
    """Where a place can be booked else: why the button is missing."""
    return say("offline.nobook") if around.knowledge.capabilities.booking and not around.link.online else None


def _dated(frame: Frame, around: Surroundings) -> Frame:
    """Counters that are older than usual say how old, in the place of the word on the network."""
    as_of = around.knowledge.as_of
    if not frame.stale or as_of is None or not may_be_told(as_of) or around.keeping.mode is DoorMode.RELEASED:
        return frame
    icon = frame.header.icon or "calendar-clock-outline"
    told = age("offline.asof", as_of, around)
    return replace(frame, header=replace(frame.header, text=told, second=frame.header.second or told, icon=icon))


def _tiles(visit: Visit, around: Surroundings) -> tuple[Tile, ...]:
    account = visit.account
    tiles = []
    if around.knowledge.capabilities.balance and account.balance_minutes is not None:
        minutes = account.balance_minutes
        rest = "my.ahead" if minutes > 0 else "my.behind" if minutes < 0 else "my.even"
        tiles.append(
            Tile(
                label=say("my.balance.shared" if account.shared else "my.balance"),
                figure=say("my.minutes", duration=Duration(abs(minutes))),
                rest=say(rest),
                tone=PanelTone.LEAF_SOFT if minutes >= 0 else PanelTone.SUN_SOFT,
            )
        )
    due_by = still_ahead(account.due_by, around)
    if account.due_minutes:
        tiles.append(
            Tile(
                label=say("my.due"),
                figure=say("my.minutes", duration=Duration(account.due_minutes)),
                rest=None if due_by is None else say("my.due.by", date=Day(due_by)),
                tone=PanelTone.SKY_SOFT,
            )
        )
    return tuple(tiles)


def _shift_row(shift: Shift) -> ShiftRow:
    return ShiftRow(
        icon="calendar-check-outline",
        text=say("my.row", slot=Slot(shift.starts_at, shift.ends_at)),
        right=literal(shift.job),
    )


@shown(Choosing)
def show_offers(_session: Session, state: Choosing, around: Surroundings, frame: Frame) -> SignUpView:
    """On a besoin de toi: the emptiest first, one touch from a place, or with where else to book."""
    elsewhere = shows_gaps(around)
    found = shifts.offers(around.knowledge, state.visit.member, around.now)
    page = found[state.page * OFFERS_A_PAGE :][:OFFERS_A_PAGE]
    more = Button(action=Action.MORE_DATES, label=say("need.more"), icon="calendar-month-outline")
    return SignUpView(
        frame=frame,
        title=say("need.title"),
        offers=tuple(_offer(offer, elsewhere=elsewhere) for offer in page),
        empty=None if page else say("need.empty"),
        remark=say("need.elsewhere") if elsewhere and page else _trouble(state.trouble),
        buttons=(
            *((more,) if len(found) > OFFERS_A_PAGE else ()),
            *((desk_button(),) if not page and not state.visit.verdict.allowed else ()),
            done_button(),
        ),
    )


def _trouble(trouble: str) -> Say | None:
    if not trouble:
        return None
    return say("offline.nobook" if trouble == "offline" else f"need.{BookingOutcome(trouble).value}")


def _offer(offer: shifts.Offer, *, elsewhere: bool) -> OfferRow:
    shift = offer.shift
    return OfferRow(
        title=say("need.slot", slot=Slot(shift.starts_at, shift.ends_at)),
        sub=say("need.places", job=shift.job, n=offer.free, m=shift.places),
        button=None
        if elsewhere
        else Button(action=Action.PICK, label=say("need.yes"), kind=ButtonKind.MAIN, target=shift.id),
    )


@shown(Booking)
def show_booking(_session: Session, _state: Booking, _around: Surroundings, frame: Frame) -> PromptView:
    return PromptView(
        frame=frame,
        picture="calendar-clock-outline",
        title=say("need.booking"),
        sub=(say("need.booking.sub"),),
    )


@shown(Booked)
def show_booked(session: Session, state: Booked, around: Surroundings, frame: Frame) -> ResultView:
    shift = around.knowledge.shifts.get(state.shift_id)
    name = state.visit.member.first_name
    undo = Button(action=Action.UNDO, label=say("need.change" if state.opened else "need.undo"), icon="undo")
    return ResultView(
        frame=frame,
        tone=ResultTone.LEAF,
        icon="calendar-check-outline",
        title=say("need.booked"),
        body=(say("need.booked.open" if _has_just_opened(session, state, around) else "need.booked.sub", name=name),),
        panel=None
        if shift is None
        else Panel(
            icon="clock-outline",
            text=say("need.booked.line", slot=Slot(shift.starts_at, shift.ends_at), job=shift.job),
        ),
        note=None if state.undoable else Line(icon="undo", text=say("shift.undo_how", n=around.policy.undo_seconds)),
        buttons=(my_shifts_button(around), undo if state.undoable else done_button()),
    )


def _has_just_opened(session: Session, state: Booked, around: Surroundings) -> bool:
    """By the booking, or by the card laid again: another date for who is inside opens nothing."""
    obeys = Part.DOOR not in session.lost and around.keeping.mode is not DoorMode.LOCKED_DOWN
    return obeys and state.opened and (state.undoable or not state.visit.verdict.allowed)
