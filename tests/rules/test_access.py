"""The decision, rule by rule: pure, on local knowledge."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.access import Question, decide
from kiosk.rules.knowledge import Knowledge
from kiosk.rules.policy import Policy, Unstaffed
from kiosk.types import (
    Assignment,
    ClockTrust,
    Freshness,
    MemberId,
    Reason,
    Remark,
    ShiftId,
    Status,
)
from tests.rules.terminal import PARIS, TUESDAY, at, snapshot

STRICT = Policy(hours_late_block=True)


def question(who: str = "camille", **changes) -> Question:
    knowledge = changes.pop("knowledge", None)
    if knowledge is None:
        knowledge = Knowledge()
        knowledge.apply(snapshot())
    person = knowledge.members[MemberId(who)]
    base = Question(
        member=person,
        account=knowledge.account_of(person),
        knowledge=knowledge,
        policy=STRICT,
        now=TUESDAY,
        zone=PARIS,
        online=True,
        trust=ClockTrust.SYNCED,
    )
    return replace(base, **changes)


@pytest.mark.parametrize(
    ("who", "allowed", "reason", "remark"),
    [
        ("camille", True, Reason.WELCOME, Remark.NOTHING),
        ("ahead", True, Reason.WELCOME, Remark.NOTHING),
        ("exempt", True, Reason.WELCOME, Remark.NOTHING),
        ("leave", True, Reason.WELCOME, Remark.NOTHING),
        ("warn", True, Reason.WELCOME, Remark.HOURS_TO_BOOK),
        ("grace", True, Reason.WELCOME, Remark.GRACE),
        ("blocked", False, Reason.HOURS, Remark.NOTHING),
        ("frozen", False, Reason.FROZEN, Remark.NOTHING),
        ("left", False, Reason.LEFT, Remark.NOTHING),
        ("fee", False, Reason.FEE, Remark.NOTHING),
        ("inactive", False, Reason.INACTIVE, Remark.NOTHING),
        ("visitor", False, Reason.VISITOR, Remark.NOTHING),
        ("alix", True, Reason.BOOKED, Remark.NOTHING),
        ("coord", True, Reason.COORDINATOR, Remark.NOTHING),
        ("attached", True, Reason.BOOKED, Remark.NOTHING),
        ("lodger", False, Reason.HOUSEHOLD, Remark.NOTHING),
    ],
)
def test_each_standing_has_its_verdict(who, allowed, reason, remark):
    verdict = decide(question(who))
    assert (verdict.allowed, verdict.reason, verdict.remark) == (allowed, reason, remark)


def test_a_verdict_names_the_rule_that_made_it():
    assert decide(question("frozen")).rule == "closed_account"
    assert decide(question("camille")).rule == "member_in_good_standing"


def test_hours_owed_are_a_remark_where_the_coop_does_not_block_for_them():
    verdict = decide(question("blocked", policy=Policy()))
    assert (verdict.allowed, verdict.remark) == (True, Remark.HOURS_TO_BOOK)


def test_a_state_the_coop_does_not_block_for_opens():
    assert decide(question("fee", policy=Policy(blocking=frozenset()))).remark is Remark.FEE_SOON


def test_leave_closes_the_door_only_by_policy():
    assert decide(question("leave", policy=Policy(leave_blocks=True))).reason is Reason.LEAVE


def test_offline_someone_blocked_by_hours_alone_comes_in():
    verdict = decide(question("blocked", online=False))
    assert (verdict.allowed, verdict.reason, verdict.remark) == (True, Reason.OFFLINE_HOURS, Remark.OFFLINE_HOURS)


def test_offline_a_closed_account_stays_closed():
    assert not decide(question("frozen", online=False)).allowed


def test_offline_hours_stay_owed_where_booking_would_not_open():
    policy = Policy(hours_late_block=True, booking_opens_door=False)
    assert not decide(question("blocked", online=False, policy=policy)).allowed


def test_the_shop_has_hours():
    assert decide(question(now=at(21))).reason is Reason.CLOSED
    assert decide(question(now=at(21), policy=Policy(needs_opening_hours=False))).allowed


def test_a_closure_is_no_opening_day():
    knowledge = Knowledge()
    page = snapshot()
    knowledge.apply(replace(page, coop=replace(page.coop, closures=frozenset({TUESDAY.date()}))))
    assert decide(question(knowledge=knowledge)).reason is Reason.CLOSED


def test_who_is_booked_enters_half_an_hour_before_opening_hours_or_not():
    knowledge = Knowledge()
    page = snapshot()
    early = replace(page.shifts[0], id=ShiftId("early"), starts_at=at(6), ends_at=at(9))
    place = Assignment(shift_id=ShiftId("early"), member_id=MemberId("camille"), first_name="Camille")
    knowledge.apply(replace(page, shifts=(early,), assignments=(place,)))
    assert decide(question(knowledge=knowledge, now=at(5, 30))).reason is Reason.BOOKED
    assert decide(question(knowledge=knowledge, now=at(5, 29))).reason is Reason.CLOSED


def test_nobody_shops_while_nobody_works():
    knowledge = Knowledge()
    page = snapshot()
    knowledge.apply(replace(page, assignments=()))
    assert decide(question(knowledge=knowledge)).reason is Reason.UNSTAFFED
    assert decide(question(knowledge=knowledge, policy=Policy(unstaffed=Unstaffed.MEMBERS))).allowed


def test_where_no_shift_is_known_nothing_speaks_against_staff():
    knowledge = Knowledge()
    knowledge.apply(snapshot(shifts=(), assignments=()))
    assert decide(question(knowledge=knowledge)).allowed


def test_stale_knowledge_admits_with_a_mark():
    verdict = decide(question(now=TUESDAY + timedelta(hours=2)))
    assert (verdict.allowed, verdict.freshness) == (True, Freshness.STALE)


def test_expired_knowledge_asks_for_staff():
    verdict = decide(question(now=TUESDAY + timedelta(days=7)))
    assert (verdict.allowed, verdict.reason) == (False, Reason.EXPIRED)


def test_expired_by_a_clock_nobody_vouches_for_refuses_nobody():
    later = TUESDAY + timedelta(days=14)
    assert decide(question(now=later, trust=ClockTrust.SINCE)).allowed


def test_nothing_known_yet_asks_for_staff():
    knowledge = Knowledge()
    knowledge.apply(snapshot())
    knowledge.as_of = None
    assert decide(question(knowledge=knowledge)).reason is Reason.EXPIRED


def test_a_clock_that_was_never_set_closes_no_shop():
    assert decide(question(now=at(23), trust=ClockTrust.NEVER)).allowed


def test_an_account_that_is_gone_admits_nobody_attached_to_it():
    knowledge = Knowledge()
    page = snapshot()
    knowledge.apply(replace(page, members=tuple(m for m in page.members if m.id != "alix")))
    assert decide(question("attached", knowledge=knowledge)).reason is Reason.HOUSEHOLD


def test_a_coordinator_on_hold_is_not_let_in_by_the_role():
    knowledge = Knowledge()
    page = snapshot()
    people = tuple(replace(m, status=Status.FROZEN) if m.id == "coord" else m for m in page.members)
    knowledge.apply(replace(page, members=people))
    assert decide(question("coord", knowledge=knowledge)).reason is Reason.FROZEN


@given(
    who=st.sampled_from([person.id for person in snapshot().members]),
    hour=st.integers(0, 23),
    online=st.booleans(),
    trust=st.sampled_from(ClockTrust),
    blocks=st.booleans(),
)
def test_a_closed_account_never_enters_whatever_the_hour_the_network_and_the_clock(who, hour, online, trust, blocks):
    asked = question(who, now=at(hour), online=online, trust=trust, policy=Policy(hours_late_block=blocks))
    verdict = decide(asked)
    if asked.account is not None and asked.account.status in Policy().blocking:
        assert not verdict.allowed
    assert verdict.allowed or verdict.remark is Remark.NOTHING
