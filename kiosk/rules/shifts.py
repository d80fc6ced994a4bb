"""Who works when: the shift someone comes for, who is missing, what can be booked. Pure functions over the knowledge.

All times are aware UTC; opening hours and week letters are reckoned in the coop's own time zone, which they take.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from kiosk.rules.folding import alphabetical
from kiosk.rules.knowledge import Hours, Knowledge
from kiosk.rules.policy import Policy
from kiosk.rules.weekly import stretch_at
from kiosk.types import Assignment, ClockTrust, Coop, Member, Presence, Shift, ShiftId

CYCLE_WEEKS = "ABCD"
"""Three hours every four weeks: a cycle is 28 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """All shifts that share their hours.

    Attributes:
        here: how many have checked in.
        booked: how many have a place and have not said that they will not come.
        places: how many are wanted.
        missing: how many more, job by job: one too many at the till puts nobody on the shelves.
    """

    starts_at: datetime
    ends_at: datetime
    shifts: tuple[Shift, ...]
    here: int
    booked: int
    places: int
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A shift that needs people."""

    shift: Shift
    free: int


def crews(knowledge: Knowledge, since: datetime, until: datetime) -> tuple[Crew, ...]:
    """The crews whose hours touch the stretch from ``since`` to ``until``, in order of their start."""
    return tuple(
        _crew(knowledge, hours, shifts)
        for hours, shifts in knowledge.shifts_by_hours()
        if hours[1] > since and hours[0] < until
    )


def _crew(knowledge: Knowledge, hours: Hours, shifts: tuple[Shift, ...]) -> Crew:
    places = [place for shift in shifts for place in knowledge.roster(shift.id)]
    booked = [sum(not knowledge.is_absent(place) for place in knowledge.roster(shift.id)) for shift in shifts]
    return Crew(
        starts_at=hours[0],
        ends_at=hours[1],
        shifts=shifts,
        here=sum(place.present for place in places),
        booked=sum(booked),
        places=sum(shift.places for shift in shifts),
        missing=sum(max(0, shift.places - taken) for shift, taken in zip(shifts, booked, strict=True)),
    )


def running_crew(knowledge: Knowledge, now: datetime) -> Crew | None:
    """The crew at work; the one that started last where two overlap."""
    found = None
    for hours, shifts in knowledge.shifts_by_hours():
        if hours[0] > now:
            break
        if hours[1] > now:
            found = hours, shifts
    return None if found is None else _crew(knowledge, *found)


def next_crew(knowledge: Knowledge, now: datetime, within: timedelta = timedelta(days=2)) -> Crew | None:
    """The next crew to start."""
    for hours, shifts in knowledge.shifts_by_hours():
        if hours[0] > now:
            return _crew(knowledge, hours, shifts) if hours[0] < now + within else None
    return None


STAFFED_EARLY = timedelta(minutes=30)
"""A coordinator who opens so long before a crew's hours opens for them."""


def is_staffed(knowledge: Knowledge, now: datetime, arrived: frozenset[ShiftId] = frozenset()) -> bool:
    """Someone on a shift that runs has checked in, or a coordinator has opened for one by hand.

    ``arrived`` are shifts that someone has checked in for a moment ago, of which the knowledge has yet to hear.

    Of shifts that overlap any counts: who starts with the delivery finds the till at work. Where no shift is known for
    now, nothing speaks against it.
    """
    running = crews(knowledge, now, now + timedelta(microseconds=1))
    if not running or any(crew.here or any(shift.id in arrived for shift in crew.shifts) for crew in running):
        return True
    opened = knowledge.comings.opened_by_hand
    return opened is not None and running[0].starts_at - STAFFED_EARLY <= opened <= now


def check_in_minutes(knowledge: Knowledge, policy: Policy) -> int:
    """The backend's own window counts where it has one."""
    return knowledge.capabilities.check_in_opens_minutes or policy.check_in_opens_minutes


def shift_to_check_in(knowledge: Knowledge, member: Member, now: datetime, policy: Policy) -> Shift | None:
    """The shift that a person comes for: running, or about to start, and not checked in yet.

    An attached person may come for the shift of the account.
    """
    if knowledge.capabilities.presence is Presence.AT_BOOKING:
        return None
    return shift_to_come_to(knowledge, member, now, policy)


def shift_to_come_to(knowledge: Knowledge, member: Member, now: datetime, policy: Policy) -> Shift | None:
    """The same, also where nobody is asked because presence counts at booking."""
    if not knowledge.capabilities.roster:
        return None
    window = timedelta(minutes=check_in_minutes(knowledge, policy))
    open_places = [
        shift
        for shift, place in _places(knowledge, member)
        if not place.present and shift.starts_at - window <= now < shift.ends_at
    ]
    return min(open_places, key=lambda shift: (shift.starts_at, shift.id), default=None)


def check_in_opens_at(knowledge: Knowledge, member: Member, now: datetime, policy: Policy) -> datetime | None:
    """When check-in opens for whoever has come early for a shift; None: it is open, or they come for none."""
    capabilities = knowledge.capabilities
    if not capabilities.roster or capabilities.presence is Presence.AT_BOOKING:
        return None
    early = timedelta(minutes=policy.enter_before_shift_minutes)
    window = timedelta(minutes=check_in_minutes(knowledge, policy))
    opens = (
        shift.starts_at - window
        for shift, place in _places(knowledge, member)
        if not place.present and shift.starts_at - early <= now
    )
    return min((moment for moment in opens if now < moment), default=None)


def shifts_of_now(knowledge: Knowledge, now: datetime, policy: Policy) -> tuple[Shift, ...]:
    """What runs, or is about to start: by its start, then by job."""
    window = timedelta(minutes=check_in_minutes(knowledge, policy))
    found = (shift for shift in knowledge.shifts.values() if shift.starts_at - window <= now < shift.ends_at)
    return tuple(sorted(found, key=lambda shift: (shift.starts_at, alphabetical(shift.job), shift.id)))


def shift_at_work(knowledge: Knowledge, member: Member, now: datetime, policy: Policy) -> Shift | None:
    """The shift that a person has already checked in for, running or about to start.

    Whoever is attached to an account works on its place if it was they who came.
    """
    window = timedelta(minutes=check_in_minutes(knowledge, policy))
    return next(
        (
            shift
            for shift, place in _places(knowledge, member)
            if place.present
            and knowledge.worker(place) == member.id
            and shift.starts_at - window <= now < shift.ends_at
        ),
        None,
    )


def worker_on(knowledge: Knowledge, member: Member, shift: Shift) -> Assignment | None:
    """Whose place on ``shift`` this person takes: their own, or the account's they are attached to."""
    own = knowledge.assignment(shift.id, member.id)
    if own is not None or member.attached_to is None:
        return own
    return knowledge.assignment(shift.id, member.attached_to)


def _places(knowledge: Knowledge, member: Member) -> Iterable[tuple[Shift, Assignment]]:
    owners = (member.id,) if member.attached_to is None else (member.id, member.attached_to)
    for owner in owners:
        for shift in knowledge.shifts_of(owner):
            place = knowledge.assignment(shift.id, owner)
            if place is not None:
                yield shift, place


def is_expected(knowledge: Knowledge, member: Member, now: datetime, policy: Policy) -> bool:
    """Booked for a shift that runs or starts so soon that this person may enter for it."""
    early = timedelta(minutes=policy.enter_before_shift_minutes)
    return any(shift.starts_at - early <= now < shift.ends_at for shift, _ in _places(knowledge, member))


def next_shifts(knowledge: Knowledge, member: Member, now: datetime, count: int = 2) -> tuple[Shift, ...]:
    """What a person is booked for, soonest first; what runs now is still to come.

    Nothing where the backend does not tell it: the roster of a day alone is half the truth.
    """
    if not knowledge.capabilities.next_shifts:
        return ()
    coming = {shift for shift, _ in _places(knowledge, member) if shift.ends_at > now}
    return tuple(sorted(coming, key=lambda shift: (shift.starts_at, shift.id))[:count])


def offers(knowledge: Knowledge, member: Member, now: datetime) -> tuple[Offer, ...]:
    """What this person can book: the emptiest shifts first, then the soonest.

    Left out: full ones, those that overlap what the person has, those that ask for a training they lack.
    """
    own = [shift for shift, _ in _places(knowledge, member) if shift.ends_at > now]
    found = [
        Offer(shift=shift, free=shift.places - taken)
        for shift in knowledge.shifts.values()
        if shift.starts_at > now
        and (taken := len(knowledge.roster(shift.id))) < shift.places
        and may_take(member, shift)
        and not any(_overlap(shift, other) for other in own)
    ]
    return tuple(
        sorted(found, key=lambda offer: (-offer.free / offer.shift.places, offer.shift.starts_at, offer.shift.id))
    )


def may_take(member: Member, shift: Shift) -> bool:
    """The member has the training that the job asks for, if any."""
    return not shift.needs_training or shift.job in member.trained_for


def _overlap(one: Shift, other: Shift) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def this_week(knowledge: Knowledge, now: datetime, zone: tzinfo) -> list[Shift]:
    """The shifts from this Monday to the next, local time."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    since, until = _midnight(monday, zone), _midnight(monday + timedelta(days=7), zone)
    return [shift for shift in knowledge.shifts.values() if since <= shift.starts_at < until]


def gauge(knowledge: Knowledge, now: datetime, zone: tzinfo) -> tuple[int, int]:
    """Places taken and wanted this week: everyone together, never a ranking."""
    week = this_week(knowledge, now, zone)
    taken = sum(min(shift.places, len(knowledge.roster(shift.id))) for shift in week)
    return taken, sum(shift.places for shift in week)


def _midnight(day: date, zone: tzinfo) -> datetime:
    """The beginning of a local day, in UTC as everything it is compared to."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def week_letter(coop: Coop, on: date) -> str | None:
    """A, B, C or D; None where the coop counts no weeks."""
    if coop.cycle_start is None:
        return None
    return CYCLE_WEEKS[(on - coop.cycle_start).days // 7 % len(CYCLE_WEEKS)]


def is_open(coop: Coop, now: datetime, zone: tzinfo) -> bool:
    """Within opening hours. A coop that has told none is always open."""
    if not coop.hours:
        return True
    local = now.astimezone(zone)
    return local.date() not in coop.closures and stretch_at(coop.hours, local) is not None


def counts_as_open(coop: Coop, now: datetime, zone: tzinfo, trust: ClockTrust) -> bool:
    """Open, as far as is known: a clock that nobody vouches for closes nothing."""
    return trust is ClockTrust.NEVER or is_open(coop, now, zone)


def opens_at(coop: Coop, now: datetime, zone: tzinfo, within_days: int = 15) -> datetime | None:
    """The next time the coop opens, aware in ``zone``; None if not within ``within_days``."""
    local = now.astimezone(zone)
    for ahead in range(within_days):
        day = local.date() + timedelta(days=ahead)
        if day in coop.closures:
            continue
        for hours in sorted(coop.hours, key=lambda hours: hours.opens):
            opening = datetime.combine(day, hours.opens, zone)
            if hours.weekday == day.weekday() and opening > local:
                return opening
    return None
