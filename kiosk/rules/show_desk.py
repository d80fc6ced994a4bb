"""The screens without a person's name: idle, out of order, no card, the bell, the sheets."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from kiosk.actions import Action
from kiosk.events_door import DoorMode
from kiosk.rules import shifts
from kiosk.rules.policy import Station
from kiosk.rules.show_entry import opening_text
from kiosk.rules.show_jars import known_button
from kiosk.rules.showing import clock_header, desk_button, done_button, paint, shown
from kiosk.rules.states import (
    Cardless,
    Helping,
    Idle,
    Informing,
    OutOfOrder,
    Ringing,
    Session,
    Wondering,
)
from kiosk.rules.turn import Surroundings
from kiosk.types import Part
from kiosk.view_parts import Button, ButtonKind, Countdown, Day, Frame, Hour, Say, literal, say
from kiosk.views import BoardLine, ChoicesView, Edge, HelpView, IdleView, NoticeView, StillThereView, TextView

WEIGH = Button(action=Action.WEIGH, label=say("idle.weigh"), icon="scale")
NO_CARD = Button(action=Action.NO_CARD, label=say("idle.nocard"), icon="card-account-details-outline")
ROLL_CALL = Button(action=Action.ROLL_CALL, label=say("idle.team"), icon="account-group-outline")


@shown(Idle)
def show_idle(session: Session, _state: Idle, around: Surroundings, frame: Frame) -> IdleView:
    """The one thing to do, in the words a stranger would use; beside it the shift board, with counts and no names."""
    frame = _clocked(frame, around)
    if around.station is Station.BULK:
        return _show_bulk(around, frame)
    if frame.night:
        return _show_night(around, frame)
    has_roster = around.knowledge.capabilities.roster
    return IdleView(
        frame=frame,
        picture="card",
        title=say("idle.title"),
        sub=_rotating_line(session, around),
        board=_board(around) if has_roster else (),
        buttons=(
            *((WEIGH,) if around.station is Station.BOTH else ()),
            *((ROLL_CALL,) if has_roster else ()),
            NO_CARD,
        ),
    )


def _clocked(frame: Frame, around: Surroundings) -> Frame:
    """With the clock, behind which the technician's menu lies."""
    return replace(frame, header=replace(clock_header(around), held=Action.UNLOCK))


LINE_SECONDS = 8
DOOR_LINES = {
    DoorMode.HELD_OPEN: "open.door",
    DoorMode.RELEASED: "door.fire",
    DoorMode.LOCKED_DOWN: "door.locked_down",
}
"""What stands in the place of « La porte s’ouvre toute seule. » while it does not."""


def _rotating_line(session: Session, around: Surroundings) -> Say:
    """The door, the badges, the week's shifts, the shared pot, the notice: eight seconds each, standing still."""
    if around.keeping.mode in DOOR_LINES:
        return say(DOOR_LINES[around.keeping.mode])
    knowledge = around.knowledge
    lines: list[Callable[[], Say]] = [partial(say, "idle.sub" if _opens_for_all(around) else "idle.closed.sub")]
    if _reads_badges(session, around):
        lines.append(partial(say, "idle.badge"))
    if knowledge.capabilities.roster and any(
        shift.places for shift in shifts.this_week(knowledge, around.now, around.zone)
    ):
        lines.append(partial(_gauge, around))
    if knowledge.capabilities.shared_pot and knowledge.coop.pot_hours:
        lines.append(partial(say, "idle.pot", n=knowledge.coop.pot_hours))
    if knowledge.capabilities.notice and knowledge.coop.notice:
        lines += [partial(literal, line) for line in knowledge.coop.notice.splitlines()]
    # Only the one that stands there is worked out: a week's places are counted for it.
    return lines[int(around.monotonic // LINE_SECONDS) % len(lines)]()


def _opens_for_all(around: Surroundings) -> bool:
    """The door heeds no hours, or these are opening hours."""
    if not around.policy.needs_opening_hours:
        return True
    return shifts.counts_as_open(around.knowledge.coop, around.now, around.zone, around.trust)


def _reads_badges(session: Session, around: Surroundings) -> bool:
    """Beside the card reader there is a scanner that works: badges with a bar code are still in use."""
    return {Part.READER, Part.SCANNER} <= around.parts and Part.SCANNER not in session.lost


def _gauge(around: Surroundings) -> Say:
    taken, wanted = shifts.gauge(around.knowledge, around.now, around.zone)
    return say("idle.gauge", n=taken, m=wanted)


def _board(around: Surroundings) -> tuple[BoardLine, ...]:
    running = shifts.running_crew(around.knowledge, around.now)
    coming = shifts.next_crew(around.knowledge, around.now)
    lines = []
    if running is not None:
        lines.append(
            BoardLine(
                label=say("board.now"),
                headline=say("board.here", n=running.here, m=running.places),
                here=running.here,
                of=running.places,
            )
        )
    if coming is not None:
        lines.append(_board_later(coming, around, compact=running is not None))
    return tuple(lines)


def _board_later(crew: shifts.Crew, around: Surroundings, *, compact: bool) -> BoardLine:
    today = around.now.astimezone(around.zone).date()
    days = (crew.starts_at.astimezone(around.zone).date() - today).days
    if days == 0:
        label = say("board.next" if compact else "board.today", time=Hour(crew.starts_at))
    elif days == 1:
        label = say("board.tomorrow", time=Hour(crew.starts_at))
    else:
        label = say("board.day", day=Day(crew.starts_at), time=Hour(crew.starts_at))
    gap = say("board.gap", n=crew.missing) if crew.missing else say("board.full")
    return BoardLine(
        label=label,
        headline=None if compact else say("board.booked", n=crew.booked, m=crew.places),
        here=crew.booked,
        of=0 if compact else crew.places,
        gap=gap,
    )


def _show_bulk(around: Surroundings, frame: Frame) -> IdleView:
    return IdleView(
        frame=frame,
        picture="jar",
        title=say("tare.wait"),
        sub=say("tare.wait.sub"),
        steps=(say("bulk.place"), say("bulk.stick" if around.printer else "bulk.write"), say("bulk.fill")),
        buttons=(known_button(), desk_button()),
    )


def _show_night(around: Surroundings, frame: Frame) -> IdleView:
    title, _ = opening_text(around, "idle.closed")
    coming = shifts.next_crew(around.knowledge, around.now)
    return IdleView(
        frame=frame,
        picture="card",
        title=title,
        sub=say("idle.closed.sub"),
        board=() if coming is None else (_board_later(coming, around, compact=False),),
        buttons=(
            Button(action=Action.CALL_DESK, label=say("idle.work"), icon="bell-ring-outline"),
            NO_CARD,
        ),
    )


@shown(OutOfOrder)
def show_out_of_order(session: Session, state: OutOfOrder, around: Surroundings, frame: Frame) -> NoticeView:
    """A technical failure never looks like a refusal of the person."""
    door = state.part is Part.DOOR
    otherwise = "broken.reader.badge" if _reads_badges(session, around) else "broken.ring"
    return NoticeView(
        frame=_clocked(frame, around),
        edge=Edge.SUN,
        icon="door-off" if door else "reader-off",
        title=say("broken.door" if door else "broken.reader"),
        body=(say("broken.door.do" if door else otherwise),),
        buttons=(desk_button(ButtonKind.MAIN), *((WEIGH,) if around.station is Station.BOTH else (NO_CARD,))),
    )


@shown(Cardless)
def show_no_card(_session: Session, _state: Cardless, _around: Surroundings, frame: Frame) -> ChoicesView:
    choices = (
        (Action.FORGOT_CARD, "nocard.forgot", "card-account-details-outline"),
        (Action.LOST_CARD, "nocard.lost", "card-search-outline"),
        (Action.VISITOR, "nocard.visit", "storefront-outline"),
        (Action.NEW_HERE, "nocard.new", "hand-wave-outline"),
        (Action.DELIVERY, "nocard.delivery", "truck-outline"),
    )
    return ChoicesView(
        frame=frame,
        title=say("nocard.title"),
        choices=(
            *(Button(action=action, label=say(key), icon=icon) for action, key, icon in choices),
            done_button(),
        ),
    )


BELL_WORDS = {
    Action.FORGOT_CARD: "nocard.forgot.sub",
    Action.LOST_CARD: "nocard.lost.sub",
    Action.VISITOR: "bell.visit",
    Action.NEW_HERE: "bell.visit",
}


@shown(Ringing)
def show_ringing(_session: Session, state: Ringing, around: Surroundings, frame: Frame) -> NoticeView:
    phone = around.phone or around.knowledge.coop.phone
    if state.silent or state.unanswered:
        nobody = "bell.nobody" if state.unanswered else "bell.knock"
        return NoticeView(
            frame=frame,
            edge=Edge.SUN,
            icon="bell-off-outline" if state.silent else "bell-outline",
            title=say("bell.silent.title" if state.silent else "bell.nobody.title"),
            body=(say(nobody, phone=phone) if phone else say(f"{nobody}.nophone"),),
            buttons=(
                *(
                    (Button(action=state.why, label=say("bell.again"), icon="bell-ring-outline"),)
                    if around.bell
                    else ()
                ),
                done_button(),
            ),
        )
    return NoticeView(
        frame=frame,
        edge=Edge.NONE,
        icon="bell-ring-outline",
        title=say("nocard.visit.title" if state.why is Action.VISITOR else "bell.title"),
        body=(
            *((say("bell.sub"),) if state.why is not Action.VISITOR else (say("nocard.visit.sub"),)),
            *((say(BELL_WORDS[state.why]),) if state.why in (Action.FORGOT_CARD, Action.LOST_CARD) else ()),
        ),
        buttons=(
            done_button(ButtonKind.MAIN),
            Button(action=Action.STOP_BELL, label=say("bell.stop"), icon="bell-off-outline"),
        ),
    )


@shown(Informing)
def show_my_data(_session: Session, _state: Informing, around: Surroundings, frame: Frame) -> TextView:
    kept = around.retention
    passages = say("data.passages", n=kept.passages_days, sent=kept.presences_days)
    return TextView(
        frame=frame,
        title=say("data.title"),
        paragraphs=(say("data.what"), passages, say("data.contact")),
        buttons=(done_button(),),
    )


@shown(Helping)
def show_help(session: Session, state: Helping, around: Surroundings, frame: Frame) -> HelpView:
    return HelpView(
        frame=frame,
        under=paint(session, state.under, around),
        title=say("help.title"),
        choices=(
            Button(action=Action.LARGE_TEXT, label=say("help.big"), icon="format-size", on=session.large_text or None),
            Button(
                action=Action.MUTE,
                label=say("help.sound.on" if session.muted else "help.sound"),
                icon="volume-high" if session.muted else "volume-off",
            ),
            Button(action=Action.LANGUAGE, label=say("help.lang"), icon="translate"),
            Button(action=Action.MY_DATA, label=say("help.data"), icon="shield-account-outline"),
            desk_button(ButtonKind.MAIN),
            Button(action=Action.CANCEL, label=say("help.close"), icon="check"),
        ),
    )


@shown(Wondering)
def show_still_there(session: Session, state: Wondering, around: Surroundings, frame: Frame) -> StillThereView:
    return StillThereView(
        frame=frame,
        under=paint(session, state.under, around),
        title=say("still.title"),
        countdown=Countdown(ends_at=state.ends_at, seconds=around.times.still_there_seconds),
        buttons=(
            Button(action=Action.STILL_HERE, label=say("still.yes"), icon="hand-wave-outline", kind=ButtonKind.MAIN),
            done_button(),
        ),
    )
