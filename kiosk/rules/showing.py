"""What the painters of the screens share: their table, the frame around every view, the buttons many of them have.

``@shown(State)`` registers who paints which state; :mod:`kiosk.rules.view` gathers them.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from kiosk.actions import Action
from kiosk.events_door import DoorAlarmKind, DoorMode
from kiosk.rules import access, shifts
from kiosk.rules.dating import may_be_told
from kiosk.rules.doorkeeping import worst
from kiosk.rules.entering import visit_of
from kiosk.rules.policy import Station
from kiosk.rules.states import Asking, Noticing, Session, State, TareKept, Taring, Thanking, Welcoming
from kiosk.rules.turn import Surroundings
from kiosk.types import ClockTrust, Freshness, Role
from kiosk.view_parts import Button, ButtonKind, Day, Frame, Header, Hour, Say, say
from kiosk.views import View

Painter = Callable[[Session, Any, Surroundings, Frame], View]
PAINTERS: dict[type[State], Painter] = {}

P = TypeVar("P", bound=Painter)


def shown(*states: type[State]) -> Callable[[P], P]:
    """Register the painter of one or several states."""

    def register(painter: P) -> P:
        for state in states:
            PAINTERS[state] = painter
        return painter

    return register


def paint(session: Session, state: State, around: Surroundings) -> View:
    """The view of one state, also of one that lies under a sheet."""
    return PAINTERS[type(state)](session, state, around, frame_of(session, state, around))


# ── the frame ─────────────────────────────────────────────────────────────────────────────────────────────────────

QUIET_HEADERS = (Welcoming, Noticing, Asking, Thanking)
"""Screens whose message fills them: the word on the network stays away."""


def frame_of(session: Session, state: State, around: Surroundings) -> Frame:
    """Language, header and moods that every view has."""
    stale = access.freshness(around.knowledge, around.now, around.policy) is not Freshness.FRESH
    visit = visit_of(state)
    return Frame(
        language=session.language,
        header=_band(state) or release_notice(around) or _word_on_the_network(state, around) or Header(),
        large_text=session.large_text,
        night=is_night(around),
        stale=stale,
        muted=session.muted,
        visit="" if visit is None else visit.passage,
    )


def is_night(around: Surroundings) -> bool:
    """Closed, and not about to open: the dark theme. A clock nobody vouches for turns nothing dark."""
    coop = around.knowledge.coop
    if shifts.counts_as_open(coop, around.now, around.zone, around.trust):
        return False
    opening = shifts.opens_at(coop, around.now, around.zone)
    soon = opening is not None and opening - around.now < timedelta(minutes=30)
    just_closed = shifts.is_open(coop, around.now - timedelta(minutes=15), around.zone)
    return not soon and not just_closed


def _band(state: State) -> Header | None:
    if isinstance(state, Taring | TareKept) and state.band is not None:
        name = state.band.member.first_name
        return Header(
            text=say("tare.band.hello", name=name), second=say("tare.band"), icon="check-circle-outline", band=True
        )
    if isinstance(state, Taring | TareKept) and state.waiting is not None:
        return Header(text=say("tare.band.wait"), icon="message-text-outline")
    return None


def release_notice(around: Surroundings) -> Header | None:
    """What is said on every screen while the fire alarm or the green box has released the door."""
    if around.keeping.mode is not DoorMode.RELEASED:
        return None
    return Header(text=say("door.fire.is"), second=say("door.fire.by"), icon="door-open", bold=True)


def _door_notice(around: Surroundings, clock: Say | None) -> Header | None:
    """What there is to say of the door where nobody is at the screen. The worst of several things is said."""
    alarm = worst(around.keeping.alarms)
    if alarm is not None:
        key = TECHNICAL_ALARMS.get(alarm)
        text, second = (say("door.close"), clock) if key is None else (say(key), say("door.tell"))
        return Header(text=text, second=second, icon="alert-outline", bold=True)
    if around.keeping.mode is DoorMode.LOCKED_DOWN:
        return Header(text=say("door.locked_down.short"), second=say("broken.ring"), icon="lock-outline", bold=True)
    return None


TECHNICAL_ALARMS = {DoorAlarmKind.TAMPER: "door.tamper", DoorAlarmKind.STUCK: "door.stuck"}
"""The others ask whoever is there to close the door."""


def clock_header(around: Surroundings) -> Header:
    """The day, the hour, the week, and whether the coop is open; without the network, since when."""
    now = _this_minute(around)
    is_set = around.trust is not ClockTrust.NEVER
    clock = say("idle.header.door", day=Day(now), time=Hour(now)) if is_set else None
    notice = release_notice(around) or _door_notice(around, clock)
    if notice is not None:
        return notice
    offline = _offline_header(around)
    if offline is not None:
        return offline
    return _clock_alone(around, now) if is_set else Header(text=say("idle.header.unset"))


def _word_on_the_network(state: State, around: Surroundings) -> Header | None:
    """Without the network every screen stays as it is; its header alone says so."""
    return None if isinstance(state, QUIET_HEADERS) else _offline_header(around)


def _offline_header(around: Surroundings) -> Header | None:
    """Since when the network is away, and below it the clock and what works all the same."""
    if around.link.online or around.link.since is None:
        return None
    now = _this_minute(around)
    key = "offline.header2.bulk" if around.station is Station.BULK else "offline.header2"
    is_set = around.trust is not ClockTrust.NEVER
    second = say(key, day=Day(now), time=Hour(now)) if is_set else say(f"{key}.unset")
    return Header(text=_offline_since(around), second=second, icon="cloud-off-outline", bold=True)


def _this_minute(around: Surroundings) -> datetime:
    """To the minute: a view that differs is drawn again, and some stand for hours."""
    return around.now.replace(second=0, microsecond=0)


def _clock_alone(around: Surroundings, now: datetime) -> Header:
    if around.station is Station.BULK:
        return Header(text=say("idle.header.bulk", day=Day(now), time=Hour(now)))
    coop = around.knowledge.coop
    if not shifts.is_open(coop, now, around.zone):
        return _closed_header(around, now)
    letter = shifts.week_letter(coop, now.astimezone(around.zone).date())
    if letter is None:
        return Header(text=say("idle.header.noweek", day=Day(now), time=Hour(now)))
    return Header(text=say("idle.header", day=Day(now), time=Hour(now), week=letter))


def _closed_header(around: Surroundings, now: datetime) -> Header:
    """By day with the hour at which the coop opens; by night that is the headline."""
    if is_night(around):
        return Header(text=say("idle.header.closed", day=Day(now), time=Hour(now)), icon="weather-night")
    opening = shifts.opens_at(around.knowledge.coop, now, around.zone)
    if opening is None or days_ago(opening, around):
        return Header(text=say("idle.header.closed", day=Day(now), time=Hour(now)))
    return Header(text=say("idle.header.closed_until", day=Day(now), time=Hour(now), opens=Hour(opening)))


def _offline_since(around: Surroundings) -> Say:
    since = around.link.since
    assert since is not None
    if around.trust is ClockTrust.NEVER or not may_be_told(since):
        return say("offline.header.unset")
    days = days_ago(since, around)
    if days == 0:
        return say("offline.header", time=Hour(since))
    if days == 1:
        return say("offline.header.yesterday", time=Hour(since))
    return say("offline.header.day", date=Day(since))


def age(key: str, as_of: datetime, around: Surroundings) -> Say:
    """How old something is, with its day unless it is of today (the keys are ``key``, ``key.yesterday``, ``.day``)."""
    match days_ago(as_of, around):
        case 0:
            return say(key, time=Hour(as_of))
        case 1:
            return say(f"{key}.yesterday", time=Hour(as_of))
        case _:
            return say(f"{key}.day", day=Day(as_of), time=Hour(as_of))


def still_ahead(day: date | None, around: Surroundings) -> date | None:
    """``day``, unless it has passed: nobody is told to do something before it."""
    return None if day is None or day < around.now.astimezone(around.zone).date() else day


def days_ago(then: datetime, around: Surroundings) -> int:
    """Whole calendar days between ``then`` and today, in the coop's time zone."""
    today = around.now.astimezone(around.zone).date()
    return (today - then.astimezone(around.zone).date()).days


# ── buttons that many screens have, always in the same words ──────────────────────────────────────────────────────


def done_button(kind: ButtonKind = ButtonKind.PLAIN) -> Button:
    return Button(action=Action.DONE, label=say("my.done"), icon="check", kind=kind)


def desk_button(kind: ButtonKind = ButtonKind.PLAIN) -> Button:
    return Button(action=Action.CALL_DESK, label=say("closed.call"), icon="bell-ring-outline", kind=kind)


def my_shifts_button(around: Surroundings) -> Button:
    """The way to one's own shifts, or to the counter alone where the backend does not tell what comes next."""
    label = say("open.shifts" if around.knowledge.capabilities.next_shifts else "my.balance")
    return Button(action=Action.MY_SHIFTS, label=label, icon="calendar-account-outline", kind=ButtonKind.MAIN)


def book_button(key: str = "closed.book", kind: ButtonKind = ButtonKind.MAIN) -> Button:
    return Button(action=Action.SIGN_UP, label=say(key), icon="calendar-plus-outline", kind=kind)


def staff_buttons(role: Role) -> tuple[Button, ...]:
    """The way to the menus, on the screens that greet a card; nothing for members."""
    match role:
        case Role.COORDINATOR:
            return (Button(action=Action.COORDINATION, label=say("coord.title"), icon="clipboard-check-outline"),)
        case Role.TECHNICIAN:
            return (Button(action=Action.TECHNICAL, label=say("tech.button"), icon="tools"),)
        case Role.MEMBER:
            return ()
