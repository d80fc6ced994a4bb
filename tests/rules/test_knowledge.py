"""The index in memory: pages of the server, and what happened here on top of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.effects import Prefer
from kiosk.events import FactsRecalled, Identified
from kiosk.rules.knowledge import Knowledge
from kiosk.types import (
    Assignment,
    Capabilities,
    Card,
    ClockTrust,
    Fact,
    FactId,
    FactKind,
    MemberId,
    Moment,
    Role,
    ShiftId,
    Status,
)
from tests.rules.terminal import ROSTER, TUESDAY, at, card_of, member, snapshot

ALIX, SOON = MemberId("alix"), ShiftId("soon")


def fact(kind: FactKind, id_: str = "f1", **more) -> Fact:
    moment = Moment(boot_id="boot", monotonic=1.0, wall=at(14), trust=ClockTrust.SYNCED)
    return Fact(id=FactId(id_), kind=kind, happened=moment, member_id=ALIX, shift_id=SOON, **more)


def known(**fields) -> Knowledge:
    knowledge = Knowledge()
    knowledge.apply(snapshot(**fields))
    return knowledge


def test_a_full_round_forgets_what_it_no_longer_names():
    knowledge = known()
    page = snapshot(generation=2, members=(member("camille"),), cards=(), shifts=(), assignments=())
    knowledge.apply(page)
    assert set(knowledge.members) == {"camille"}
    assert (knowledge.cards, knowledge.shifts, knowledge.roster(SOON)) == ({}, {}, ())


def test_nobody_is_forgotten_before_the_last_page():
    knowledge = known()
    knowledge.apply(snapshot(generation=2, last=False, members=(), cards=(), shifts=(), assignments=()))
    assert "camille" in knowledge.members


def test_a_round_that_was_broken_off_forgets_nothing_of_the_next():
    knowledge = known()
    knowledge.apply(snapshot(generation=2, last=False, members=(member("camille"),)))
    knowledge.apply(snapshot(generation=3))
    assert "alix" in knowledge.members


def test_changes_leave_the_rest_alone():
    knowledge = known()
    gone = snapshot(
        full=False,
        members=(member("camille", Status.FROZEN),),
        cards=(),
        shifts=(),
        assignments=(),
        removed_members=(ALIX,),
        removed_assignments=((ShiftId("now-till"), MemberId("sam")),),
    )
    knowledge.apply(gone)
    assert knowledge.members["camille"].status is Status.FROZEN
    assert "alix" not in knowledge.members
    assert card_of("alix") not in knowledge.cards
    assert knowledge.roster(ShiftId("now-till")) == ()
    assert "sam" in knowledge.members


def test_a_removed_shift_takes_its_roster_along():
    knowledge = known()
    knowledge.apply(snapshot(full=False, shifts=(), assignments=(), removed_shifts=(SOON,)))
    assert list(knowledge.shifts_of(ALIX)) == []
    assert knowledge.assignment(SOON, ALIX) is None


def test_a_check_in_made_here_outlives_a_page_that_does_not_know_it():
    knowledge = known()
    knowledge.note(fact(FactKind.CHECK_IN))
    knowledge.apply(snapshot(generation=2))
    assert knowledge.assignment(SOON, ALIX).present


def test_once_delivered_the_servers_page_speaks():
    knowledge = known()
    knowledge.note(fact(FactKind.CHECK_IN))
    knowledge.delivered([FactId("f1")])
    knowledge.apply(snapshot(generation=2))
    assert not knowledge.assignment(SOON, ALIX).present


def test_what_was_taken_back_before_it_left_does_not_stand_in_the_way_of_the_next_check_in():
    knowledge = known()
    knowledge.note(fact(FactKind.CHECK_IN))
    knowledge.note(fact(FactKind.CHECK_IN_UNDONE, "f2", about=FactId("f1")))
    assert not knowledge.assignment(SOON, ALIX).present
    knowledge.note(fact(FactKind.CHECK_IN, "f3"))
    knowledge.delivered([FactId("f3")])
    present = Assignment(shift_id=SOON, member_id=ALIX, first_name="Alix", present=True)
    knowledge.apply(snapshot(generation=2, assignments=(present,)))
    assert knowledge.assignment(SOON, ALIX).present


def test_a_check_in_taken_back_after_it_left_stays_taken_back_until_the_server_knows():
    knowledge = known()
    knowledge.note(fact(FactKind.CHECK_IN))
    knowledge.delivered([FactId("f1")])
    knowledge.note(fact(FactKind.CHECK_IN_UNDONE, "f2", about=FactId("f1")))
    present = Assignment(shift_id=SOON, member_id=ALIX, first_name="Alix", present=True)
    knowledge.apply(snapshot(generation=2, assignments=(present,)))
    assert not knowledge.assignment(SOON, ALIX).present


def test_a_booking_counts_as_made_up_until_the_server_gives_a_new_standing():
    knowledge = known()
    knowledge.note(replace(fact(FactKind.BOOKING), member_id=MemberId("blocked")))
    assert knowledge.has_made_up(MemberId("blocked"), TUESDAY)
    knowledge.apply(snapshot(generation=2, members=(member("blocked", Status.OK),)))
    assert not knowledge.has_made_up(MemberId("blocked"), TUESDAY)


@pytest.mark.parametrize("present", [True, False])
def test_a_make_up_counts_until_its_shift_is_over_and_longer_if_it_was_done(present):
    knowledge = known()
    knowledge.note(fact(FactKind.BOOKING))
    over = knowledge.shifts[SOON].ends_at
    assert knowledge.has_made_up(ALIX, over - timedelta(seconds=1))
    if present:
        knowledge.note(fact(FactKind.CHECK_IN, "f2"))
    assert knowledge.has_made_up(ALIX, over) is present


def test_a_booking_that_the_server_speaks_for_is_a_make_up_after_a_restart_too():
    knowledge = known(assignments=(Assignment(shift_id=SOON, member_id=ALIX, first_name="Alix"),))
    knowledge.recall(FactsRecalled((), (fact(FactKind.BOOKING),)))
    assert knowledge.has_made_up(ALIX, TUESDAY)
    assert len(knowledge.roster(SOON)) == 1


def test_a_booking_whose_place_the_server_knows_no_more_is_no_make_up():
    knowledge = known(assignments=())
    knowledge.recall(FactsRecalled((), (fact(FactKind.BOOKING),)))
    assert not knowledge.has_made_up(ALIX, TUESDAY)
    assert knowledge.roster(SOON) == ()


def test_a_booking_given_back_is_no_make_up():
    knowledge = known()
    knowledge.note(fact(FactKind.BOOKING))
    knowledge.note(fact(FactKind.BOOKING_UNDONE, "f2", about=FactId("f1")))
    assert not knowledge.has_made_up(ALIX, TUESDAY)
    assert knowledge.assignment(SOON, ALIX) is None


def test_a_card_the_server_named_is_known_from_then_on():
    knowledge = known()
    knowledge.learn(Identified(hash=card_of("new"), available=True, member=member("newcomer")))
    assert knowledge.card(card_of("new")).member_id == "newcomer"


def test_an_account_chain_is_not_followed():
    knowledge = known()
    knowledge.apply(snapshot(full=False, members=(member("third", Status.ATTACHED, attached_to=MemberId("attached")),)))
    assert knowledge.account_of(knowledge.members[MemberId("third")]) is None


def test_a_confirmation_makes_it_all_fresh():
    knowledge = known()
    knowledge.confirm(at(15))
    assert knowledge.as_of == at(15) != TUESDAY


# ── cards, roles and absences noted here ──────────────────────────────────────────────────────────────────────────

CARD = card_of("new")


def card_fact(kind: FactKind, id_: str = "f1", **more) -> Fact:
    return replace(fact(kind, id_, details={"card": CARD}, **more), shift_id=None)


def test_a_card_linked_here_is_known_at_once_and_outlives_a_round_that_does_not_know_it():
    knowledge = known()
    knowledge.note(card_fact(FactKind.CARD_LINKED))
    knowledge.apply(snapshot(generation=2))
    assert knowledge.card(CARD).member_id == ALIX


def test_once_the_server_has_the_link_its_round_speaks():
    knowledge = known()
    knowledge.note(card_fact(FactKind.CARD_LINKED))
    knowledge.delivered([FactId("f1")])
    knowledge.apply(snapshot(generation=2))
    assert knowledge.card(CARD) is None


def test_a_card_blocked_here_stays_blocked_although_the_servers_round_says_otherwise():
    knowledge = known()
    knowledge.note(replace(card_fact(FactKind.CARD_BLOCKED), details={"card": card_of("alix")}))
    knowledge.apply(snapshot(generation=2))
    assert knowledge.card(card_of("alix")).blocked


def test_a_link_taken_back_before_it_left_is_gone_without_a_trace():
    knowledge = known()
    knowledge.note(card_fact(FactKind.CARD_LINKED))
    knowledge.note(card_fact(FactKind.CARD_UNLINKED, "f2", about=FactId("f1")))
    assert knowledge.card(CARD) is None
    page = snapshot(generation=2, cards=(*snapshot().cards, replace(snapshot().cards[0], hash=CARD)))
    knowledge.apply(page)
    assert knowledge.card(CARD) is not None, "another terminal has linked it since"


def test_a_link_taken_back_after_it_left_stays_taken_back_until_the_server_knows():
    knowledge = known()
    knowledge.note(card_fact(FactKind.CARD_LINKED))
    knowledge.delivered([FactId("f1")])
    knowledge.note(card_fact(FactKind.CARD_UNLINKED, "f2", about=FactId("f1")))
    knowledge.apply(snapshot(generation=2, cards=(*snapshot().cards, replace(snapshot().cards[0], hash=CARD))))
    assert knowledge.card(CARD) is None


def test_what_a_card_fact_says_in_another_form_changes_nothing():
    knowledge = known()
    before = dict(knowledge.cards)
    knowledge.note(replace(card_fact(FactKind.CARD_LINKED), details={"card": 7}))
    knowledge.note(replace(card_fact(FactKind.CARD_LINKED, "f2"), member_id=None))
    assert knowledge.cards == before


def test_a_role_granted_here_counts_only_where_the_server_knows_none():
    knowledge = known()
    grant = replace(fact(FactKind.ROLE_GRANTED, details={"role": "coordinator"}), shift_id=None)
    knowledge.note(grant)
    assert knowledge.members[ALIX].role is Role.MEMBER
    knowledge.apply(snapshot(generation=2, capabilities=Capabilities()))
    knowledge.note(grant)
    assert knowledge.members[ALIX].role is Role.COORDINATOR


def test_an_absence_that_was_announced_lasts_until_it_is_taken_back_or_the_place_goes():
    knowledge = known()
    place = knowledge.assignment(SOON, ALIX)
    knowledge.note(fact(FactKind.ABSENCE_ANNOUNCED))
    knowledge.delivered([FactId("f1")])
    knowledge.apply(snapshot(generation=2))
    assert knowledge.is_absent(place), "no server says it"
    knowledge.note(fact(FactKind.ABSENCE_UNDONE, "f2", about=FactId("f1")))
    assert not knowledge.is_absent(place)
    knowledge.note(fact(FactKind.ABSENCE_ANNOUNCED, "f3"))
    knowledge.delivered([FactId("f3")])
    knowledge.apply(snapshot(full=False, shifts=(), assignments=(), removed_assignments=((SOON, ALIX),)))
    assert not knowledge.is_absent(place)


def test_who_works_without_their_partner_does_until_they_take_their_coming_back():
    knowledge = known()
    place = knowledge.assignment(SOON, ALIX)
    assert not knowledge.is_alone(place)
    knowledge.note(fact(FactKind.PARTNER_ABSENT))
    knowledge.note(fact(FactKind.CHECK_IN, "f2"))
    knowledge.delivered([FactId("f1"), FactId("f2")])
    knowledge.apply(snapshot(generation=2))
    assert knowledge.is_alone(place), "no server says it"
    knowledge.note(fact(FactKind.CHECK_IN_UNDONE, "f3", about=FactId("f2")))
    assert not knowledge.is_alone(place)


def test_of_a_team_that_shares_an_account_whoever_came_may_be_the_one_without_a_partner():
    knowledge = known()
    other = MemberId("other")
    knowledge.note(replace(fact(FactKind.PARTNER_ABSENT), member_id=other))
    knowledge.note(fact(FactKind.CHECK_IN, "f2", details={"by": other}))
    assert knowledge.is_alone(knowledge.assignment(SOON, ALIX))
    knowledge.note(fact(FactKind.CHECK_IN_UNDONE, "f3", about=FactId("f2")))
    knowledge.note(fact(FactKind.CHECK_IN, "f4", details={"by": other}))
    assert not knowledge.is_alone(knowledge.assignment(SOON, ALIX)), "taken back with the rest"


def test_with_a_place_goes_who_was_without_a_partner_on_it():
    knowledge = known()
    other = MemberId("other")
    knowledge.note(replace(fact(FactKind.PARTNER_ABSENT), member_id=other))
    knowledge.note(fact(FactKind.CHECK_IN, "f2", details={"by": other}))
    knowledge.delivered([FactId("f1"), FactId("f2")])
    place = knowledge.assignment(SOON, ALIX)
    knowledge.apply(snapshot(full=False, shifts=(), assignments=(), removed_assignments=((SOON, ALIX),)))
    knowledge.apply(snapshot(full=False, shifts=(), assignments=(place,)))
    knowledge.note(fact(FactKind.CHECK_IN, "f3", details={"by": other}))
    assert not knowledge.is_alone(place)


# ── who stands in for whom ────────────────────────────────────────────────────────────────────────────────────────────

EXEMPT = MemberId("exempt")


def instead_of_alix(id_: str = "f1") -> Fact:
    return replace(fact(FactKind.CHECK_IN, id_, details={"instead_of": ALIX}), member_id=EXEMPT)


def awaited(knowledge: Knowledge) -> set[MemberId]:
    return {place.member_id for place in knowledge.roster(SOON) if not place.present}


def test_in_whose_place_someone_has_come_is_awaited_no_more():
    knowledge = known()
    before = len(knowledge.roster(SOON))
    assert ALIX in awaited(knowledge)
    knowledge.note(instead_of_alix())
    assert ALIX not in awaited(knowledge)
    assert len(knowledge.roster(SOON)) == before
    assert knowledge.assignment(SOON, ALIX) is not None


def test_no_page_brings_a_replaced_one_back_before_or_after_the_server_has_the_fact():
    knowledge = known()
    come = instead_of_alix()
    knowledge.note(come)
    # A full round that knows nothing of the stand-in.
    knowledge.apply(snapshot(generation=2))
    assert ALIX not in awaited(knowledge)
    knowledge.delivered([come.id])
    there = Assignment(shift_id=SOON, member_id=EXEMPT, first_name="Zoé", present=True)
    knowledge.apply(snapshot(generation=3, assignments=(*ROSTER, there)))
    assert ALIX not in awaited(knowledge)


def test_the_server_has_the_last_word_once_it_has_the_fact():
    knowledge = known()
    come = instead_of_alix()
    knowledge.note(come)
    knowledge.delivered([come.id])
    # It has taken the stand-in's presence for no presence.
    knowledge.apply(snapshot(generation=2))
    assert ALIX in awaited(knowledge)


def test_a_stand_in_who_takes_it_back_leaves_the_other_awaited():
    knowledge = known()
    knowledge.note(instead_of_alix())
    knowledge.note(replace(fact(FactKind.CHECK_IN_UNDONE, "f2", about=FactId("f1")), member_id=EXEMPT))
    assert ALIX in awaited(knowledge)
    assert knowledge.assignment(SOON, EXEMPT) is None


def test_a_replaced_one_who_comes_after_all_is_there():
    knowledge = known()
    knowledge.note(instead_of_alix())
    knowledge.note(fact(FactKind.CHECK_IN, "f2"))
    assert {place.member_id for place in knowledge.roster(SOON) if place.present} >= {ALIX, EXEMPT}


def test_a_forgotten_stand_in_stands_in_for_nobody():
    knowledge = known()
    knowledge.note(instead_of_alix())
    knowledge.apply(snapshot(full=False, forgotten_members=(EXEMPT,)))
    assert ALIX in awaited(knowledge)


def test_a_card_whose_block_has_left_stays_blocked_while_its_link_is_held_back():
    """A link can be undone for half a minute, and waits as long; a block leaves at once."""
    knowledge = known()
    linked = fact(FactKind.CARD_LINKED, "linked", details={"card": card_of("new")})
    blocked = fact(FactKind.CARD_BLOCKED, "blocked", details={"card": card_of("new")})
    knowledge.note(linked)
    knowledge.note(blocked)
    knowledge.delivered((blocked.id,))
    knowledge.apply(snapshot(full=False, cards=(Card(hash=card_of("new"), member_id=ALIX, blocked=True),)))
    assert knowledge.card(card_of("new")).blocked


def test_a_link_that_has_left_takes_no_later_block_with_it():
    knowledge = known()
    linked = fact(FactKind.CARD_LINKED, "linked", details={"card": card_of("new")})
    blocked = fact(FactKind.CARD_BLOCKED, "blocked", details={"card": card_of("new")})
    other = fact(FactKind.CARD_BLOCKED, "other", details={"card": card_of("camille")})
    for each in (other, linked, blocked):
        knowledge.note(each)
    knowledge.delivered((linked.id,))
    knowledge.apply(snapshot(full=False, cards=(Card(hash=card_of("new"), member_id=ALIX),)))
    assert knowledge.card(card_of("new")).blocked
    knowledge.apply(snapshot(full=False, cards=(Card(hash=card_of("camille"), member_id=MemberId("camille")),)))
    assert knowledge.card(card_of("camille")).blocked


def test_a_shift_that_is_over_leaves_nothing_behind():
    """A terminal runs for years, and a coop has twenty shifts a day."""
    knowledge = known()
    knowledge.apply(snapshot(generation=2, shifts=(), assignments=()))
    assert not list(knowledge._roster.places())
    assert not knowledge._roster._places


def test_what_somebody_needs_who_is_not_known_is_left_to_the_store():
    knowledge = known()
    before = dict(knowledge.members)
    knowledge.prefer(Prefer(member_id=MemberId("gone"), large_text=True))
    assert knowledge.members == before
