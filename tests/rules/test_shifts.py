"""Crews, offers, opening hours, week letters."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from kiosk.rules import shifts
from kiosk.rules.knowledge import Knowledge
from kiosk.rules.policy import Policy
from kiosk.types import Assignment, Capabilities, MemberId, Presence, ShiftId
from tests.rules.terminal import COOP, PARIS, TUESDAY, at, member, shift, snapshot


def known(**changes) -> Knowledge:
    knowledge = Knowledge()
    knowledge.apply(snapshot(**changes))
    return knowledge


def test_jobs_at_the_same_hours_are_one_crew():
    crew = shifts.running_crew(known(), TUESDAY)
    assert [s.job for s in crew.shifts] == ["Caisse", "Mise en rayon"]
    assert (crew.here, crew.booked, crew.places, crew.missing) == (1, 1, 4, 3)


def test_one_too_many_at_the_till_puts_nobody_on_the_shelves():
    people = [MemberId(who) for who in ("sam", "exempt", "ahead", "leave")]
    till = [Assignment(shift_id=ShiftId("now-till"), member_id=who, first_name=who, present=True) for who in people]
    crew = shifts.running_crew(known(assignments=tuple(till)), TUESDAY)
    assert (crew.here, crew.places, crew.missing) == (4, 4, 2)


def test_the_next_crew_is_the_next_to_start():
    assert shifts.next_crew(known(), TUESDAY).starts_at == at(14, 45)


def test_a_shift_ends_at_its_end_and_starts_at_its_start():
    assert shifts.running_crew(known(), at(13)).starts_at == at(13)
    assert shifts.running_crew(known(assignments=(), shifts=(shift("a", at(13)),)), at(16)) is None


@pytest.mark.parametrize(("minute", "found"), [(29, False), (30, True)])
def test_check_in_is_proposed_from_the_backends_own_window(minute, found):
    knowledge = known()
    alix = knowledge.members[MemberId("alix")]
    coming = shifts.shift_to_check_in(knowledge, alix, at(14, minute), Policy())
    assert (coming is not None) is found


@pytest.mark.parametrize(
    "capabilities", [Capabilities(roster=False), Capabilities(roster=True, presence=Presence.AT_BOOKING)]
)
def test_no_check_in_where_presence_is_not_told_here(capabilities):
    knowledge = known(capabilities=capabilities)
    alix = knowledge.members[MemberId("alix")]
    assert shifts.shift_to_check_in(knowledge, alix, at(14, 40), Policy()) is None


def test_offers_are_the_emptiest_first_then_the_soonest():
    knowledge = known()
    found = shifts.offers(knowledge, knowledge.members[MemberId("sam")], TUESDAY)
    assert [offer.shift.id for offer in found] == ["tomorrow", "saturday", "tonight", "friday"]


def test_a_job_that_asks_for_training_is_offered_to_the_trained():
    knowledge = known(members=(member("sam", trained_for=frozenset({"Vrac"})),))
    assert "trained" in {o.shift.id for o in shifts.offers(knowledge, knowledge.members[MemberId("sam")], TUESDAY)}


def test_nothing_that_overlaps_ones_own_shift_is_offered():
    busy = Assignment(shift_id=ShiftId("tomorrow"), member_id=MemberId("camille"), first_name="Camille")
    knowledge = known(assignments=(busy,), shifts=(shift("tomorrow", at(10, days=1)), shift("same", at(12, days=1))))
    assert shifts.offers(knowledge, knowledge.members[MemberId("camille")], TUESDAY) == ()


def test_the_gauge_counts_this_week_and_never_more_than_there_are_places():
    crowd = tuple(Assignment(shift_id=ShiftId("a"), member_id=MemberId(f"m{i}"), first_name="x") for i in range(5))
    knowledge = known(assignments=crowd, shifts=(shift("a", at(10), places=2), shift("b", at(10, days=6), places=7)))
    assert shifts.gauge(knowledge, TUESDAY, PARIS) == (2, 2)


@pytest.mark.parametrize(
    ("on", "letter"),
    [(date(2026, 11, 2), "A"), (date(2026, 11, 24), "D"), (date(2026, 11, 30), "A"), (date(2026, 10, 31), "D")],
)
def test_week_letters_go_round_in_four_weeks(on, letter):
    assert shifts.week_letter(COOP, on) == letter


def test_opening_hours_end_before_the_closing_minute():
    assert shifts.is_open(COOP, at(9), PARIS)
    assert not shifts.is_open(COOP, at(20), PARIS)


def test_the_next_opening_skips_sunday():
    saturday_night = datetime(2026, 11, 28, 21, tzinfo=PARIS)
    assert shifts.opens_at(COOP, saturday_night, PARIS) == datetime(2026, 11, 30, 9, tzinfo=PARIS)


def test_opening_is_at_nine_o_clock_on_the_wall_on_both_sides_of_summer_time():
    before = datetime(2027, 3, 27, 21, tzinfo=PARIS)
    opening = shifts.opens_at(COOP, before, PARIS)
    assert opening.astimezone(ZoneInfo("UTC")).hour == 7


def test_a_coop_without_hours_is_always_open():
    assert shifts.is_open(known(coop=None).coop, at(3), PARIS)
