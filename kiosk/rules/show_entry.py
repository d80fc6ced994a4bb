"""The screens between the card and the door: welcome, attention, closed, unknown."""

from datetime import timedelta

from kiosk.actions import Action
from kiosk.rules import shifts
from kiosk.rules.dating import may_be_told
from kiosk.rules.grace import may_ask_for_grace
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
from kiosk.rules.standing_in import may_stand_in
from kiosk.rules.states import (
    AskingGrace,
    Crowded,
    Identifying,
    Noticing,
    Puzzled,
    Refusing,
    Session,
    Unrecognised,
    Visit,
    Welcoming,
)
from kiosk.rules.turn import Surroundings
from kiosk.rules.working import has_declined
from kiosk.types import CardKind, Freshness, Presence, Reason, Remark, Role, Status
from kiosk.view_parts import Button, ButtonKind, Day, Duration, Frame, Hour, Panel, PanelTone, Say, Slot, say
from kiosk.views import Edge, NoticeView, PromptView, ResultTone, ResultView


@shown(Identifying)
def show_searching(_session: Session, _state: Identifying, _around: Surroundings, frame: Frame) -> PromptView:
    return PromptView(
        frame=frame, picture="card-search-outline", title=say("card.searching"), sub=(say("card.searching.sub"),)
    )


@shown(Crowded)
def show_two_cards(_session: Session, _state: Crowded, _around: Surroundings, frame: Frame) -> NoticeView:
    return NoticeView(
        frame=frame,
        edge=Edge.PLUM,
        icon="card-off-outline",
        title=say("card.two"),
        buttons=(done_button(),),
    )


@shown(Puzzled)
def show_puzzled(_session: Session, state: Puzzled, _around: Surroundings, frame: Frame) -> NoticeView:
    """What was read is none of ours: said calmly, with what to do."""
    key = "puzzled.card" if state.is_card else "puzzled.code"
    return NoticeView(
        frame=frame,
        edge=Edge.PLUM,
        icon="card-search-outline" if state.is_card else "barcode-scan",
        title=Say(key),
        body=(Say(f"{key}.do"),),
        buttons=(done_button(ButtonKind.MAIN), desk_button()),
    )


STAND_IN = Button(action=Action.WORK_NOW, label=say("open.work"), icon="hand-wave-outline")


def _work_buttons(visit: Visit, around: Surroundings) -> tuple[Button, ...]:
    """« Je viens pour un créneau », for whom there is work now; for staff the way to their menu."""
    role = visit.member.role
    return (STAND_IN,) if role is Role.MEMBER and may_stand_in(around, visit) else staff_buttons(role)


@shown(Welcoming)
def show_welcome(session: Session, state: Welcoming, around: Surroundings, frame: Frame) -> ResultView:
    """C'est ouvert ! The verdict is the largest thing; nothing about hours is said here."""
    visit = state.visit
    reviewing = around.knowledge.capabilities.next_shifts or around.knowledge.capabilities.balance
    last = Button(action=Action.REOPEN, label=say("open.reopen"), icon="door-open") if state.touched else done_button()
    mine = (my_shifts_button(around),) if reviewing and not _is_guest(visit) else ()
    title, greeting = _greeting(session, state, around)
    return ResultView(
        frame=frame,
        tone=ResultTone.LEAF,
        icon="check-circle-outline",
        title=title,
        body=(greeting,),
        panel=_welcome_panel(state, around),
        buttons=(*mine, *_work_buttons(visit, around), last),
    )


def _is_guest(visit: Visit) -> bool:
    return visit.member.status is Status.VISITOR


def _greeting(session: Session, state: Welcoming, around: Surroundings) -> tuple[Say, Say]:
    """The verdict and the word after it; who has just been noted without being asked is wished a good shift first."""
    name = state.visit.member.first_name
    if state.at_work is not None and _counts_at_booking(around):
        return say("shift.good", name=name), say("shift.good.sub")
    key = "open.worker" if _is_worker(session, state, around) else "open.sub"
    return say("open.title"), say(key, name=name)


def _counts_at_booking(around: Surroundings) -> bool:
    return around.knowledge.capabilities.presence is Presence.AT_BOOKING


def _is_worker(session: Session, state: Welcoming, around: Surroundings) -> bool:
    """At work, or booked for it; who has said that they come to shop is wished that."""
    visit = state.visit
    if state.at_work is not None:
        return True
    if visit.verdict.reason is not Reason.BOOKED:
        return False
    coming = shifts.shift_to_check_in(around.knowledge, visit.member, around.now, around.policy)
    return coming is None or not has_declined(session, around, visit, coming.id)


def _welcome_panel(state: Welcoming, around: Surroundings) -> Panel | None:
    if state.at_work is not None and _counts_at_booking(around):
        return None
    if state.at_work is not None:
        return Panel(icon="account-check-outline", text=say("shift.already"))
    opens = shifts.check_in_opens_at(around.knowledge, state.visit.member, around.now, around.policy)
    if opens is not None:
        return Panel(icon="clock-outline", text=say("open.early", time=Hour(opens)))
    crew = shifts.running_crew(around.knowledge, around.now)
    coming = shifts.next_shifts(around.knowledge, state.visit.member, around.now, count=1)
    if coming:
        slot = Slot(coming[0].starts_at, coming[0].ends_at)
        return Panel(icon="calendar-check-outline", text=say("open.next", slot=slot))
    if crew is not None and crew.places > crew.here and crew.missing:
        return Panel(icon="account-group-outline", text=say("open.help", n=crew.missing))
    return None


@shown(Noticing)
def show_attention(_session: Session, state: Noticing, around: Surroundings, frame: Frame) -> ResultView:
    """Open as well; that there is something to say, never what. Who has hours to make up may have come for that."""
    account = state.visit.verdict.remark is Remark.FEE_SOON
    return ResultView(
        frame=frame,
        tone=ResultTone.SUN,
        icon="message-text-outline",
        title=say("open.title"),
        body=(
            say("alert.hello", name=state.visit.member.first_name),
            say("alert.sub.account" if account else "alert.sub"),
        ),
        buttons=(
            Button(action=Action.READ, label=say("alert.read"), icon="message-text-outline", kind=ButtonKind.DARK),
            *_work_buttons(state.visit, around),
            Button(action=Action.LATER, label=say("alert.later"), icon="clock-outline"),
        ),
    )


def remark_text(visit: Visit, around: Surroundings) -> Say | None:
    """What there is to say, once the person has asked for it."""
    until = still_ahead(visit.account.until, around)
    match visit.verdict.remark:
        case Remark.NOTHING:
            return None
        case Remark.HOURS_TO_BOOK:
            return _hours_to_book(visit, around)
        case Remark.GRACE:
            return say("alert.grace.soon") if until is None else say("alert.grace", date=Day(until))
        case Remark.FEE_SOON:
            return say("alert.fee.soon") if until is None else say("alert.fee", date=Day(until))
        case Remark.OFFLINE_HOURS:
            return say("alert.offline")


def _hours_to_book(visit: Visit, around: Surroundings) -> Say | None:
    account, due_by = visit.account, still_ahead(visit.account.due_by, around)
    minutes = account.due_minutes or max(0, -(account.balance_minutes or 0))
    if not minutes:
        return None
    if due_by is None:
        return say("alert.hours.soon", duration=Duration(minutes))
    return say("alert.hours", duration=Duration(minutes), date=Day(due_by))


# ── closed ────────────────────────────────────────────────────────────────────────────────────────────────────────

NOT_ABOUT_THE_PERSON = frozenset(
    {Reason.CLOSED, Reason.UNSTAFFED, Reason.EXPIRED, Reason.VISITOR, Reason.LOCKED_DOWN, Reason.BADGE}
)
"""Reasons that shame nobody: they are said at once, without a touch."""


@shown(Refusing)
def show_closed(_session: Session, state: Refusing, around: Surroundings, frame: Frame) -> NoticeView:
    """On fait le point ? The way in comes before the reason, and the reason only when asked for."""
    reason = state.visit.verdict.reason
    if reason is Reason.CLOSED:
        return _show_opening_hours(around, frame)
    if reason in NOT_ABOUT_THE_PERSON or state.explained:
        return _show_reason(state, around, frame)
    book = _may_book(state.visit, around)
    buttons = (
        *((book_button(),) if book else ()),
        desk_button(ButtonKind.PLAIN if book else ButtonKind.MAIN),
        Button(action=Action.WHY, label=say("closed.why"), icon="help-circle-outline"),
    )
    return NoticeView(
        frame=frame,
        edge=Edge.BRICK,
        icon="chat-question-outline",
        title=say("closed.title"),
        body=(say("closed.sub"), say("closed.how")),
        buttons=buttons,
    )


def _may_book(visit: Visit, around: Surroundings) -> bool:
    """A make-up booked here opens the door: by policy, by what the backend carries, and only while it answers."""
    return (
        visit.verdict.reason is Reason.HOURS
        and around.policy.booking_opens_door
        and around.knowledge.capabilities.booking
        and around.link.online
    )


def _show_reason(state: Refusing, around: Surroundings, frame: Frame) -> NoticeView:
    visit = state.visit
    book = _may_book(visit, around)
    plead = state.plea is None and may_ask_for_grace(visit, around)
    buttons = (
        *((book_button(),) if book else ()),
        *((_grace_button(ButtonKind.PLAIN if book else ButtonKind.MAIN),) if plead else ()),
        # The screen before has it, too: three are as many as a thumb tells apart.
        *(() if book and plead else (desk_button(ButtonKind.PLAIN if book or plead else ButtonKind.MAIN),)),
        done_button(),
    )
    reasons = _reason_texts(visit, around, book=book)
    return NoticeView(
        frame=frame,
        edge=Edge.BRICK,
        icon="chat-question-outline",
        title=say("closed.title"),
        # Who has pleaded has read the reason, and what to do is on the buttons.
        body=(*_plea_texts(state), *(reasons[:1] if state.plea else reasons), *_age_of_it(visit, around)),
        buttons=buttons,
    )


def _grace_button(kind: ButtonKind) -> Button:
    return Button(action=Action.ASK_GRACE, label=say("grace.ask"), icon="clock-outline", kind=kind)


def _plea_texts(state: Refusing) -> tuple[Say, ...]:
    return () if state.plea is None else (Say(f"grace.{state.plea.value}"),)


@shown(AskingGrace)
def show_asking_for_grace(_session: Session, _state: AskingGrace, _around: Surroundings, frame: Frame) -> PromptView:
    return PromptView(frame=frame, picture="clock-outline", title=say("grace.asking"), sub=(say("need.booking.sub"),))


REASON_KEYS: dict[Reason, tuple[str, ...]] = {
    Reason.HOURS: ("closed.hours", "closed.hours_desk"),
    Reason.FROZEN: ("closed.frozen", "closed.desk"),
    Reason.LEAVE: ("closed.leave", "closed.desk"),
    Reason.LEFT: ("closed.left",),
    Reason.INACTIVE: ("closed.inactive", "closed.inactive_do"),
    Reason.FEE: ("closed.fee", "closed.fee_do"),
    Reason.HOUSEHOLD: ("closed.attached", "closed.desk"),
    Reason.VISITOR: ("closed.visitor",),
    Reason.UNSTAFFED: ("closed.unstaffed", "broken.ring"),
    Reason.EXPIRED: ("broken.empty.do",),
    Reason.OWN_HOURS: ("closed.own_hours", "closed.desk"),
    Reason.PASSED_BACK: ("closed.passed_back", "closed.desk"),
    Reason.BADGE: ("closed.badge", "closed.badge_do"),
    Reason.LOCKED_DOWN: ("door.locked_down", "broken.ring"),
}


def _reason_texts(visit: Visit, around: Surroundings, *, book: bool) -> tuple[Say, ...]:
    reason, until = visit.verdict.reason, still_ahead(visit.account.until, around)
    if reason is Reason.HOURS and book:
        return say("closed.hours"), say("closed.hours_do")
    if reason is Reason.VISITOR and (until is not None or visit.account.until is None):
        return (say("closed.visit"),)
    if reason is Reason.FROZEN and until is not None:
        return say("closed.frozen"), say("closed.frozen_do", date=Day(until))
    if reason is Reason.EXPIRED and around.knowledge.as_of is not None:
        return (say("closed.expired", date=Day(around.knowledge.as_of)),)
    return tuple(say(key) for key in REASON_KEYS.get(reason, ("closed.desk",)))


def _age_of_it(visit: Visit, around: Surroundings) -> tuple[Say, ...]:
    as_of = around.knowledge.as_of
    if visit.verdict.freshness is not Freshness.STALE or as_of is None or around.link.online:
        return ()
    return (age("closed.asof", as_of, around),) if may_be_told(as_of) else ()


def _show_opening_hours(around: Surroundings, frame: Frame) -> NoticeView:
    title, soon = opening_text(around, "closed.time")
    return NoticeView(
        frame=frame,
        edge=Edge.BRICK,
        icon="clock-outline",
        title=title,
        body=(say("closed.time.sub" if soon else "closed.time.sub.later"),),
        buttons=(
            Button(action=Action.CALL_DESK, label=say("idle.work"), icon="bell-ring-outline", kind=ButtonKind.MAIN),
            done_button(),
        ),
    )


def opening_text(around: Surroundings, key: str) -> tuple[Say, bool]:
    """When the coop opens, and whether it is today.

    The keys are ``key``, ``key.tomorrow``, ``.day``, ``.date`` from a week on, ``.unknown``.
    """
    opening = shifts.opens_at(around.knowledge.coop, around.now, around.zone)
    if opening is None:
        return say(f"{key}.unknown"), False
    today = around.now.astimezone(around.zone).date()
    if opening.date() == today:
        return say(key, time=Hour(opening)), True
    if opening.date() == today + timedelta(days=1):
        return say(f"{key}.tomorrow", time=Hour(opening)), False
    # After a week a weekday alone would be taken for the next one.
    named = "day" if opening.date() < today + timedelta(days=7) else "date"
    return say(f"{key}.{named}", day=Day(opening), time=Hour(opening)), False


@shown(Unrecognised)
def show_unknown(_session: Session, state: Unrecognised, around: Surroundings, frame: Frame) -> NoticeView:
    if around.knowledge.as_of is None:
        # It knows nobody yet: that is no fault of this card.
        return NoticeView(
            frame=frame,
            edge=Edge.SUN,
            icon="card-search-outline",
            title=say("broken.empty"),
            body=(say("broken.empty.do"),),
            buttons=(desk_button(ButtonKind.MAIN), done_button()),
        )
    sentences = {CardKind.BANK: "unknown.bank", CardKind.PHONE: "unknown.phone"}
    key = sentences.get(state.kind, "unknown.offline" if state.fresh_offline else "unknown.sub")
    panel = None
    if state.kind in {CardKind.CARD, CardKind.BADGE}:
        panel = Panel(
            icon="card-account-details-outline",
            text=say("unknown.no"),
            code=f"…{state.tail}",
            right=say("unknown.show"),
            tone=PanelTone.PLUM_SOFT,
        )
    return NoticeView(
        frame=frame,
        edge=Edge.PLUM,
        icon="card-search-outline",
        title=say("unknown.title"),
        body=(say(key),),
        panel=panel,
        buttons=(desk_button(ButtonKind.MAIN), done_button()),
    )
