"""The decision, rule by rule: pure, on local knowledge."""

from dataclasses import fields, replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.access import READS, RULES, Question, decide
from kiosk.rules.knowledge import Knowledge
from kiosk.rules.policy import AntiPassback, Policy, Unstaffed, Visitors
from kiosk.rules.weekly import hours_of
from kiosk.types import (
    Assignment,
    CardKind,
    ClockTrust,
    Fact,
    FactId,
    FactKind,
    Freshness,
    MemberId,
    Moment,
    Reason,
    Remark,
    ShiftId,
    Status,
)
from tests.rules.terminal import PARIS, TUESDAY, at, member, snapshot

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


def test_what_there_is_to_say_of_an_account_is_for_its_holder_alone():
    """A household's card opens as the account does, and shows nothing of its hours."""
    knowledge = Knowledge()
    people = (member("holder", Status.WARN, due_minutes=180), member("mate", Status.ATTACHED, attached_to="holder"))
    knowledge.apply(snapshot(members=people))
    assert decide(question("holder", knowledge=knowledge)).remark is Remark.HOURS_TO_BOOK
    verdict = decide(question("mate", knowledge=knowledge))
    assert (verdict.allowed, verdict.remark) == (True, Remark.NOTHING)


def test_who_comes_to_work_is_told_of_nothing_else():
    knowledge = Knowledge()
    alix = member("alix", Status.WARN, due_minutes=180)
    knowledge.apply(snapshot(members=(alix,)))
    verdict = decide(question("alix", knowledge=knowledge, now=at(14, 40)))
    assert (verdict.reason, verdict.remark) == (Reason.BOOKED, Remark.NOTHING)


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


def test_an_attached_person_enters_as_the_holder_does_whom_only_hours_keep_out():
    """The standing is that of the account, also once it is put right here, and while it cannot be."""
    knowledge = Knowledge()
    page = snapshot()
    lodger = replace(next(m for m in page.members if m.id == "lodger"), attached_to=MemberId("blocked"))
    people = tuple(lodger if m.id == "lodger" else m for m in page.members)
    knowledge.apply(replace(page, members=people))
    assert decide(question("lodger", knowledge=knowledge)).reason is Reason.HOUSEHOLD
    offline = decide(question("lodger", knowledge=knowledge, online=False))
    assert (offline.allowed, offline.reason, offline.remark) == (True, Reason.OFFLINE_HOURS, Remark.NOTHING)
    place = {"kind": FactKind.BOOKING, "member_id": MemberId("blocked"), "shift_id": ShiftId("tomorrow")}
    knowledge.note(replace(passage("blocked", 1000.0), id=FactId("b"), **place))
    assert decide(question("blocked", knowledge=knowledge)).reason is Reason.MADE_UP
    assert decide(question("lodger", knowledge=knowledge)).reason is Reason.MADE_UP


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


def test_a_clock_that_went_backwards_makes_nothing_expire():
    verdict = decide(question(now=TUESDAY - timedelta(days=7)))
    assert (verdict.allowed, verdict.freshness) == (True, Freshness.FRESH)


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


# ── hours of one's own ────────────────────────────────────────────────────────────────────────────────────────────


def with_windows(*hours: str, who: str = "camille", **changes) -> Question:
    asked = question(who, **changes)
    windows = tuple(stretch for text in hours for stretch in hours_of(text))
    person = replace(asked.member, windows=windows)
    return replace(asked, member=person, account=person)


@pytest.mark.parametrize(("hour", "allowed"), [(6, True), (7, True), (8, False), (14, False), (22, False)])
def test_who_has_hours_of_their_own_enters_in_these_and_in_no_others(hour, allowed):
    verdict = decide(with_windows("tue 06:00-08:00", now=at(hour)))
    assert verdict.allowed is allowed
    assert verdict.reason is (Reason.WELCOME if allowed else Reason.OWN_HOURS)


def test_hours_of_ones_own_hold_on_their_day_only():
    asked = with_windows("mon 09:00-20:00")
    assert decide(asked).reason is Reason.OWN_HOURS
    assert decide(replace(asked, now=asked.now - timedelta(days=1))).allowed


def test_hours_of_ones_own_do_not_open_a_closed_account_nor_a_closure():
    assert decide(with_windows("tue 09:00-20:00", who="frozen")).reason is Reason.FROZEN
    knowledge = Knowledge()
    page = snapshot()
    knowledge.apply(replace(page, coop=replace(page.coop, closures=frozenset({TUESDAY.date()}))))
    assert decide(with_windows("tue 09:00-20:00", knowledge=knowledge)).reason is Reason.CLOSED


def test_who_is_booked_enters_outside_hours_of_their_own():
    asked = with_windows("mon 09:00-10:00", who="alix")
    assert decide(asked).reason is Reason.BOOKED


def test_a_clock_that_was_never_set_refuses_nobody_for_hours_of_their_own():
    assert decide(with_windows("mon 09:00-10:00", trust=ClockTrust.NEVER)).allowed


# ── badges ────────────────────────────────────────────────────────────────────────────────────────────────────────

ANYONE = Policy(unstaffed=Unstaffed.MEMBERS, needs_opening_hours=False)


def test_a_badge_opens_while_the_coop_is_staffed():
    assert decide(question(kind=CardKind.BADGE)).allowed


@pytest.mark.parametrize("who", ["camille", "coord"])
def test_a_badge_opens_nothing_outside_opening_hours_whosever_it_is(who):
    asked = question(who, now=at(5, 30), policy=ANYONE)
    assert decide(asked).allowed
    assert decide(replace(asked, kind=CardKind.BADGE)).reason is Reason.BADGE


def test_a_badge_opens_nothing_while_nobody_works():
    knowledge = Knowledge()
    knowledge.apply(snapshot(assignments=()))
    assert decide(question(knowledge=knowledge, policy=ANYONE)).allowed
    assert decide(question(knowledge=knowledge, policy=ANYONE, kind=CardKind.BADGE)).reason is Reason.BADGE


# ── visitors ──────────────────────────────────────────────────────────────────────────────────────────────────────

WELCOMING = Policy(visitors=Visitors.STAFFED)


@pytest.mark.parametrize(("days", "allowed"), [(-1, False), (0, True), (30, True), (None, True)])
def test_visitors_come_in_until_the_last_day_of_the_visit_where_the_coop_says_so(days, allowed):
    asked = question("visitor", policy=WELCOMING)
    until = None if days is None else TUESDAY.date() + timedelta(days=days)
    guest = replace(asked.member, until=until)
    verdict = decide(replace(asked, member=guest, account=guest))
    assert (verdict.allowed, verdict.reason) == (allowed, Reason.WELCOME if allowed else Reason.VISITOR)


def test_visitors_come_in_only_while_somebody_is_there():
    knowledge = Knowledge()
    knowledge.apply(snapshot(assignments=()))
    policy = replace(WELCOMING, unstaffed=Unstaffed.MEMBERS)
    assert decide(question("visitor", knowledge=knowledge, policy=policy)).reason is Reason.UNSTAFFED
    assert decide(question("visitor", now=at(21), policy=WELCOMING)).reason is Reason.CLOSED
    assert decide(question("visitor", trust=ClockTrust.NEVER, policy=WELCOMING)).reason is Reason.VISITOR


def test_a_shift_that_begins_beside_one_at_work_shuts_nobody_out():
    """The till is at work from 13 to 16 h when the delivery begins at 14:45, and waits for somebody."""
    knowledge = Knowledge()
    knowledge.apply(snapshot())
    assert decide(question(knowledge=knowledge, now=at(14, 46))).allowed


def test_a_coordinators_opening_holds_for_all_shifts_that_run():
    knowledge = Knowledge()
    knowledge.apply(snapshot(assignments=()))
    knowledge.note(door_opened(at(13), "by_hand"))
    assert decide(question(knowledge=knowledge, now=at(14, 46))).allowed


# ── staffed by hand ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("hour", "minute", "staffed"), [(14, 0, True), (12, 31, True), (12, 29, False), (9, 0, False)])
def test_a_coordinators_opening_staffs_the_shift_it_was_made_for(hour, minute, staffed):
    knowledge = Knowledge()
    knowledge.apply(snapshot(assignments=()))
    knowledge.note(door_opened(at(hour, minute), "by_hand"))
    assert decide(question(knowledge=knowledge)).allowed is staffed


def test_a_coordinator_who_only_comes_in_staffs_nothing():
    knowledge = Knowledge()
    knowledge.apply(snapshot(assignments=()))
    knowledge.note(door_opened(at(14), "coordinator"))
    assert decide(question(knowledge=knowledge)).reason is Reason.UNSTAFFED


# ── anti-passback ─────────────────────────────────────────────────────────────────────────────────────────────────

HARD, SOFT = (Policy(anti_passback=kind, anti_passback_minutes=60) for kind in (AntiPassback.HARD, AntiPassback.SOFT))


def passage(member: str, monotonic: float, boot: str = "boot") -> Fact:
    moment = Moment(boot_id=boot, monotonic=monotonic, wall=at(14), trust=ClockTrust.SYNCED)
    return Fact(id=FactId(f"p{monotonic}"), kind=FactKind.PASSAGE, happened=moment, member_id=MemberId(member))


def door_opened(when, reason: str) -> Fact:
    moment = Moment(boot_id="boot", monotonic=2000.0, wall=when, trust=ClockTrust.SYNCED)
    return Fact(id=FactId("d"), kind=FactKind.DOOR_OPENED, happened=moment, details={"reason": reason})


@pytest.mark.parametrize(("ago", "twice"), [(None, False), (29, False), (31, True), (3599, True), (3600, False)])
def test_a_card_that_comes_in_twice_is_refused_or_noted_for_an_hour(ago, twice):
    hard = decide(question(policy=HARD, entered_seconds_ago=ago))
    assert (hard.allowed, hard.reason is Reason.PASSED_BACK) == (not twice, twice)
    soft = decide(question(policy=SOFT, entered_seconds_ago=ago))
    assert (soft.allowed, soft.reason is Reason.PASSED_BACK) == (True, twice)
    assert decide(question(entered_seconds_ago=ago)).reason is Reason.WELCOME


@pytest.mark.parametrize("who", ["alix", "coord"])
def test_who_works_comes_and_goes(who):
    assert decide(question(who, policy=HARD, entered_seconds_ago=600)).allowed


def test_a_soft_mark_opens_nothing_that_is_closed():
    assert decide(question(now=at(21), policy=SOFT, entered_seconds_ago=600)).reason is Reason.CLOSED


def test_an_entry_is_forgotten_with_an_exit_and_with_the_boot():
    knowledge = Knowledge()
    knowledge.note(passage("camille", 1000.0))
    now = Moment(boot_id="boot", monotonic=1600.0, wall=at(15), trust=ClockTrust.NEVER)
    assert knowledge.comings.seconds_since(MemberId("camille"), now) == 600
    assert knowledge.comings.seconds_since(MemberId("sam"), now) is None
    assert knowledge.comings.seconds_since(MemberId("camille"), replace(now, boot_id="next")) is None
    knowledge.apply(snapshot())
    knowledge.note(door_opened(at(14), "exit"))
    knowledge.apply(snapshot(generation=2))
    assert knowledge.comings.seconds_since(MemberId("camille"), now) is None


# ── locked down ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", [person.id for person in snapshot().members])
def test_in_a_lock_down_no_card_opens(who):
    verdict = decide(question(who, locked_down=True, policy=ANYONE))
    assert (verdict.allowed, verdict.reason, verdict.rule) == (False, Reason.LOCKED_DOWN, "lock_down")


# ── promises ──────────────────────────────────────────────────────────────────────────────────────────────────────


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


@given(
    who=st.sampled_from([person.id for person in snapshot().members]),
    hour=st.integers(0, 23),
    online=st.booleans(),
    trust=st.sampled_from(ClockTrust),
    kind=st.sampled_from([CardKind.CARD, CardKind.BADGE]),
    ago=st.one_of(st.none(), st.floats(0, 1e5)),
    policy=st.builds(
        Policy,
        unstaffed=st.sampled_from(Unstaffed),
        visitors=st.sampled_from(Visitors),
        anti_passback=st.sampled_from(AntiPassback),
        hours_late_block=st.booleans(),
        leave_blocks=st.booleans(),
        needs_opening_hours=st.booleans(),
    ),
)
def test_every_decision_has_its_rule_and_anti_passback_alone_tells_soft_from_off(
    *, who, hour, online, trust, kind, ago, policy
):
    asked = question(who, now=at(hour), online=online, trust=trust, kind=kind, entered_seconds_ago=ago, policy=policy)
    verdict = decide(asked)
    assert verdict.rule in {rule.__name__.lstrip("_") for rule in RULES} | {"member_in_good_standing"}
    free = decide(replace(asked, policy=replace(policy, anti_passback=AntiPassback.OFF)))
    if policy.anti_passback is not AntiPassback.HARD:
        assert verdict.allowed == free.allowed
    assert verdict.allowed <= free.allowed
    assert not decide(replace(asked, locked_down=True)).allowed
    if kind is CardKind.BADGE:
        assert verdict.allowed <= decide(replace(asked, kind=CardKind.CARD)).allowed


# ── what the rules go by ──────────────────────────────────────────────────────────────────────────────────────────


def test_each_rule_says_what_it_means_and_names_settings_that_are_there():
    names = [rule.__name__.lstrip("_") for rule in RULES]
    assert list(READS) == names
    assert all(rule.__doc__ for rule in RULES)
    settings = {field.name for field in fields(Policy)}
    assert {name for read in READS.values() for name in read} <= settings


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__.lstrip("_"))
def test_each_rule_goes_by_the_settings_it_names_and_by_no_others(rule):
    read = set()
    strict = Policy(anti_passback=AntiPassback.HARD, hours_late_block=True, visitors=Visitors.STAFFED)

    class Watched:
        def __getattr__(self, name):
            read.add(name)
            return getattr(strict, name)

    people = ("camille", "alix", "coord", "frozen", "leave", "blocked", "visitor")
    for who, more in product(people, ({}, {"entered_seconds_ago": 600.0}, {"now": at(3)})):
        asked = replace(question(who, **more), policy=Watched())
        on_leave = replace(asked, account=replace(asked.account, status=Status.LEAVE))
        for one, age in product((asked, on_leave), (Freshness.FRESH, Freshness.EXPIRED)):
            rule(one, age)
    # How old the knowledge is has been worked out before.
    assert read == set(READS[rule.__name__.lstrip("_")]) - {"expired_days"}
