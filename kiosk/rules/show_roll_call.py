"""The roll-call: who is on shift. Counts by job; names only for those who may see them."""

from kiosk.actions import Action
from kiosk.rules import shifts
from kiosk.rules.booking import can_book
from kiosk.rules.folding import alphabetical
from kiosk.rules.policy import RosterNames
from kiosk.rules.showing import days_ago, done_button, shown
from kiosk.rules.states import RollCalling, Session
from kiosk.rules.turn import Surroundings
from kiosk.rules.working import coming_crews, may_see_names
from kiosk.types import Assignment, Shift
from kiosk.view_parts import Button, ButtonKind, Day, Frame, Hour, Hours, Panel, PanelTone, Say, Slot, literal, say
from kiosk.views import JobRow, PersonRow, RollCallView

PEOPLE_SHOWN = 7
JOBS_SHOWN = 3


@shown(RollCalling)
def show_roll_call(_session: Session, state: RollCalling, around: Surroundings, frame: Frame) -> RollCallView:
    """Counts by job; names only for those who work together, and for coordinators."""
    known = coming_crews(around)
    later = Button(
        action=Action.NEXT_SHIFT,
        label=say("team.next_shift" if state.ahead + 1 < len(known) else "team.this_shift"),
        icon="chevron-right",
    )
    buttons = (*((later,) if len(known) > 1 else ()), done_button())
    if state.ahead >= len(known):
        return RollCallView(frame=frame, title=say("team.none"), buttons=buttons)
    crew = known[state.ahead]
    title = _crew_title(crew, around)
    if _shows_names(crew, state, around):
        return RollCallView(
            frame=frame,
            title=title,
            people=_people(crew, around),
            extra=Button(action=Action.JOIN, label=say("team.join"), icon="hand-wave-outline", kind=ButtonKind.MAIN)
            if state.visit is not None and can_book(around) and crew.missing and crew.starts_at > around.now
            else None,
            buttons=buttons,
        )
    following = known[state.ahead + 1] if state.ahead + 1 < len(known) else None
    return RollCallView(
        frame=frame,
        title=title,
        jobs=(
            *(_job(shift, crew, around) for shift in crew.shifts[:JOBS_SHOWN]),
            *((_later_job(following, around),) if following is not None else ()),
        ),
        panel=Panel(icon="card-account-details-outline", text=say("team.card"), tone=PanelTone.SKY_SOFT)
        if around.policy.roster_names is RosterNames.CARD and state.visit is None
        else None,
        buttons=buttons,
    )


def _crew_title(crew: shifts.Crew, around: Surroundings) -> Say:
    if crew.starts_at <= around.now:
        return say("team.title", hours=Hours(crew.starts_at, crew.ends_at), n=crew.here, m=crew.places)
    if days_ago(crew.starts_at, around) == 0:
        return say("team.title.later", hours=Hours(crew.starts_at, crew.ends_at), n=crew.booked, m=crew.places)
    return say("team.title.day", slot=Slot(crew.starts_at, crew.ends_at), n=crew.booked, m=crew.places)


def _shows_names(crew: shifts.Crew, state: RollCalling, around: Surroundings) -> bool:
    if around.policy.roster_names is not RosterNames.CARD:
        return around.policy.roster_names is RosterNames.ALWAYS
    members = tuple(place.member_id for shift in crew.shifts for place in around.knowledge.roster(shift.id))
    return may_see_names(crew, state.visit, members)


def _job(shift: Shift, crew: shifts.Crew, around: Surroundings) -> JobRow:
    places = _taken(shift, around)
    running = crew.starts_at <= around.now
    here = sum(place.present for place in places) if running else len(places)
    missing = max(0, shift.places - here)
    return JobRow(
        job=literal(shift.job),
        here=here,
        of=shift.places,
        count=say("team.count", n=here, m=shift.places),
        remark=say("team.short", n=missing) if missing else say("team.full"),
        short=bool(missing),
    )


def _taken(shift: Shift, around: Surroundings) -> tuple[Assignment, ...]:
    """The places of who is there or awaited: whoever has said that they will not come leaves theirs free."""
    places = around.knowledge.roster(shift.id)
    return tuple(place for place in places if place.present or not around.knowledge.is_absent(place))


def _later_job(crew: shifts.Crew, around: Surroundings) -> JobRow:
    missing = crew.missing
    return JobRow(
        job=_start(crew, around),
        here=crew.booked,
        of=crew.places,
        count=None,
        remark=say("team.short", n=missing) if missing else say("team.full"),
        short=bool(missing),
        quiet=True,
    )


def _start(crew: shifts.Crew, around: Surroundings) -> Say:
    """After the last crew of a day the next one is tomorrow's, or comes after a night of its own."""
    match -days_ago(crew.starts_at, around):
        case 0:
            return say("team.next", time=Hour(crew.starts_at))
        case 1:
            return say("board.tomorrow", time=Hour(crew.starts_at))
        case _:
            return say("board.day", day=Day(crew.starts_at), time=Hour(crew.starts_at))


def _here_first(place: Assignment) -> tuple[bool, tuple[str, str]]:
    return not place.present, alphabetical(place.first_name)


def _people(crew: shifts.Crew, around: Surroundings) -> tuple[PersonRow, ...]:
    """Who is there and who is awaited, then what is free; of a crew that is too large the last line says how many."""
    rows = []
    for shift in crew.shifts:
        for place in sorted(_taken(shift, around), key=_here_first):
            chip, tone = None, PanelTone.SKY_SOFT
            if place.first_shift:
                chip = say("team.first")
            elif not place.present:
                chip, tone = say("team.expected"), PanelTone.SUN_SOFT
            elif around.knowledge.is_alone(place):
                chip, tone = say("team.alone"), PanelTone.SUN_SOFT
            icon = "check-circle-outline" if place.present else "clock-outline"
            rows.append(
                PersonRow(name=literal(place.first_name), job=literal(shift.job), icon=icon, chip=chip, chip_tone=tone)
            )
    free = [(shift, shift.places - len(_taken(shift, around))) for shift in crew.shifts]
    gaps = [
        PersonRow(name=literal(shift.job), job=say("team.free", n=places), icon="plus-circle-outline")
        for shift, places in free
        if places > 0
    ]
    if len(rows) > PEOPLE_SHOWN:
        missing = sum(max(0, places) for _, places in free)
        rest = say("team.free", n=missing) if missing else say("team.full")
        more = say("team.more", n=len(rows) - PEOPLE_SHOWN + 1)
        rows[PEOPLE_SHOWN - 1 :] = [PersonRow(name=more, job=rest, icon="account-group-outline")]
    return (*rows, *gaps)[:PEOPLE_SHOWN]
