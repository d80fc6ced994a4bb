"""What every backend promises, whatever stands behind it. Exceptions are named by what a backend does not have."""

from datetime import timedelta

import pytest

from kiosk.backends.base import Accepted
from kiosk.demo.cast import CAST, STRANGER_CARD, ZONE, Kind, character
from kiosk.events import BookingOutcome
from kiosk.rules.shifts import is_open, next_crew, next_shifts, running_crew, week_letter
from kiosk.types import CARD_KINDS, DELIVERED, FactId, FactKind, Role, ShiftId, Status
from tests.backends import test_contract_cards
from tests.backends.conftest import RIGS
from tests.backends.rigs import (
    CLEANING_AT_19,
    DELIVERY_NOW,
    HASHER,
    MEMBERS,
    NEW_CARD,
    SHELVES_AT_19,
    TILL_NOW,
    RestRig,
    Rig,
    Terminal,
    card,
    edit,
    fact,
    member_id,
    needs,
)


def test_every_excuse_is_from_a_promise() -> None:
    excused = {name.partition("[")[0] for rig in RIGS.values() for name in rig.not_promised}
    assert excused <= {name for name in (*globals(), *vars(test_contract_cards)) if name.startswith("test_")}


# ── what is told ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_full_round_tells_the_whole_coop(rig: Rig, terminal: Terminal) -> None:
    known = terminal.knowledge
    now = rig.clock.now()
    assert len(known.members) == MEMBERS
    assert {person.id for person in CAST} <= known.members.keys()
    assert {HASHER.hash_canonical(person.card) for person in CAST} <= known.cards.keys()
    assert known.capabilities == rig.backend.capabilities()
    assert known.as_of is not None
    assert abs(known.as_of - now) < timedelta(seconds=5)
    assert is_open(known.coop, now, ZONE)
    assert week_letter(known.coop, now.date()) == "B"


def test_story_of_the_demo_is_told(rig: Rig, terminal: Terminal) -> None:
    now = rig.clock.now()
    running, following = running_crew(terminal.knowledge, now), next_crew(terminal.knowledge, now)
    assert running is not None
    assert following is not None
    assert (running.here, running.places) == (5, 6)
    assert (following.starts_at.astimezone(ZONE).hour, following.missing) == (19, 2)


def test_each_member_is_told_the_next_two_shifts(rig: Rig, terminal: Terminal) -> None:
    camille = terminal.knowledge.members[member_id(Kind.OK)]
    shifts = next_shifts(terminal.knowledge, camille, rig.clock.now())
    assert [(shift.job, shift.starts_at.astimezone(ZONE).hour) for shift in shifts] == [
        ("Caisse", 16),
        ("Mise en rayon", 16),
    ]


def test_members_carry_what_a_decision_and_a_greeting_need(terminal: Terminal) -> None:
    yanis = terminal.knowledge.members[member_id(Kind.WARN)]
    assert (yanis.status, yanis.balance_minutes, yanis.due_minutes) == (Status.WARN, -180, 180)
    yvonne = terminal.knowledge.members[member_id(Kind.LARGE_TEXT)]
    assert (yvonne.large_text, yvonne.long_pulse) == (True, True)
    rachid = terminal.knowledge.members[member_id(Kind.ATTACHED)]
    assert terminal.knowledge.account_of(rachid) == terminal.knowledge.members[member_id(Kind.AHEAD)]


def test_blocked_card_stays_known_as_blocked(terminal: Terminal) -> None:
    found = terminal.knowledge.card(card(Kind.LOST_CARD))
    assert found is not None
    assert found.blocked


def test_coordinators_are_told_as_such(rig: Rig, terminal: Terminal) -> None:
    needs(rig, "roles")
    assert terminal.knowledge.members[member_id(Kind.COORDINATOR)].role is Role.COORDINATOR
    assert terminal.knowledge.members[member_id(Kind.OK)].role is Role.MEMBER


def test_new_notice_of_the_coop_arrives(rig: Rig, terminal: Terminal) -> None:
    needs(rig, "notice")

    def announce(rows):
        return [*(row for row in rows if row["key"] != "notice"), {"key": "notice", "value": "AG jeudi 19 h"}]

    edit(rig.folder, "coop.csv", announce)
    assert terminal.pull()
    assert terminal.knowledge.coop.notice == "AG jeudi 19 h"


def test_nothing_new_is_said_so(terminal: Terminal) -> None:
    assert not terminal.pull()


def test_small_change_is_a_small_page(rig: Rig, terminal: Terminal) -> None:
    def put_on_leave(rows):
        for row in rows:
            if row["id"] == member_id(Kind.OK):
                row["status"] = "leave"
        return rows

    edit(rig.folder, "members.csv", put_on_leave)
    page = rig.backend.fetch(terminal.cursor, 2)
    assert not page.full
    assert page.last
    assert [(member.id, member.status) for member in page.members] == [(member_id(Kind.OK), Status.LEAVE)]
    assert not page.cards
    assert not page.shifts


def test_removed_member_is_forgotten_with_cards_and_places(rig: Rig, terminal: Terminal) -> None:
    gone = member_id(Kind.SHIFT_NOW)
    edit(rig.folder, "members.csv", lambda rows: [row for row in rows if row["id"] != gone])
    assert terminal.pull()
    assert gone not in terminal.knowledge.members
    assert terminal.knowledge.card(card(Kind.SHIFT_NOW)) is None
    assert terminal.present(DELIVERY_NOW, gone) is None


def test_change_between_two_pages_is_not_lost(rig: Rig) -> None:
    terminal = Terminal(rig.backend)
    first, last = member_id(Kind.OK), member_id(Kind.FIRST_TIMER)
    edits = []

    def change() -> None:
        edits.append(edit(rig.folder, "members.csv", lambda rows: [r for r in rows if r["id"] not in {first, last}]))

    terminal.pull(between_pages=change)
    assert edits, "the coop of this test fits one page"
    terminal.pull()
    assert {first, last}.isdisjoint(terminal.knowledge.members)
    assert len(terminal.knowledge.members) == MEMBERS - 2


def test_unknown_cursor_starts_a_full_round(rig: Rig, terminal: Terminal) -> None:
    cursor = terminal.cursor
    edit(
        rig.folder,
        "coop.csv",
        lambda rows: [row | {"value": "0"} if row["key"] == "pot_hours" else row for row in rows],
    )
    if isinstance(rig, RestRig):
        rig.server.forget_changes()
    rig.reopen()
    page = rig.backend.fetch(cursor, 2)
    assert page.full or page.coop is not None


# ── what is delivered ─────────────────────────────────────────────────────────────────────────────────────────────


def test_check_in_shows_in_the_next_round(rig: Rig, terminal: Terminal) -> None:
    alix = member_id(Kind.SHIFT_NOW)
    assert terminal.present(DELIVERY_NOW, alix) is False
    arrived = fact(FactKind.CHECK_IN, rig.clock, member_id=alix, shift_id=DELIVERY_NOW)
    assert rig.backend.deliver(arrived) == Accepted()
    assert terminal.pull()
    assert terminal.present(DELIVERY_NOW, alix) is True


def test_undone_check_in_shows_in_the_next_round(rig: Rig, terminal: Terminal) -> None:
    alix = member_id(Kind.SHIFT_NOW)
    arrived = fact(FactKind.CHECK_IN, rig.clock, member_id=alix, shift_id=DELIVERY_NOW)
    undone = fact(FactKind.CHECK_IN_UNDONE, rig.clock, member_id=alix, shift_id=DELIVERY_NOW, about=arrived.id)
    assert rig.backend.deliver(arrived) == Accepted()
    assert terminal.pull()
    assert rig.backend.deliver(undone) == Accepted()
    assert terminal.pull()
    assert terminal.present(DELIVERY_NOW, alix) is False


def test_household_card_is_present_on_the_account_s_place(rig: Rig, terminal: Terminal) -> None:
    soline, rachid = member_id(Kind.AHEAD), member_id(Kind.ATTACHED)
    shift = next_shifts(terminal.knowledge, terminal.knowledge.members[soline], rig.clock.now())[0]
    assert rig.backend.deliver(fact(FactKind.CHECK_IN, rig.clock, member_id=rachid, shift_id=shift.id)) == Accepted()
    terminal.pull()
    assert terminal.present(shift.id, soline) is True
    assert terminal.present(shift.id, rachid) is None


def test_helper_without_a_place_gets_one_by_arriving(rig: Rig, terminal: Terminal) -> None:
    camille = member_id(Kind.OK)
    assert (
        rig.backend.deliver(fact(FactKind.CHECK_IN, rig.clock, member_id=camille, shift_id=DELIVERY_NOW)) == Accepted()
    )
    terminal.pull()
    assert terminal.present(DELIVERY_NOW, camille) is True


def test_same_fact_twice_is_kept_once(rig: Rig) -> None:
    arrived = fact(FactKind.CHECK_IN, rig.clock, member_id=member_id(Kind.SHIFT_NOW), shift_id=DELIVERY_NOW)
    assert [rig.backend.deliver(arrived) for _ in range(3)] == [Accepted()] * 3
    assert rig.kept_ids() == [arrived.id]


def test_same_fact_after_a_restart_is_kept_once(rig: Rig) -> None:
    arrived = fact(FactKind.CHECK_IN, rig.clock, member_id=member_id(Kind.SHIFT_NOW), shift_id=DELIVERY_NOW)
    assert rig.backend.deliver(arrived) == Accepted()
    rig.reopen()
    assert rig.backend.deliver(arrived) == Accepted()
    assert rig.kept_ids() == [arrived.id]
    terminal = Terminal(rig.backend)
    terminal.pull()
    assert terminal.present(DELIVERY_NOW, member_id(Kind.SHIFT_NOW)) is True


def test_every_kind_of_fact_finds_its_home(rig: Rig) -> None:
    camille = member_id(Kind.OK)
    for kind in sorted(DELIVERED - CARD_KINDS):
        assert rig.backend.deliver(fact(kind, rig.clock, member_id=camille)) == Accepted()


# ── what is asked ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_known_card_is_identified(rig: Rig) -> None:
    answer = rig.backend.identify(card(Kind.OK), 5.0)
    assert answer.available
    assert answer.member is not None
    assert answer.member.id == member_id(Kind.OK)
    assert not answer.blocked


def test_household_card_is_identified_with_its_account(rig: Rig) -> None:
    answer = rig.backend.identify(card(Kind.ATTACHED_TO_FROZEN), 5.0)
    assert answer.account is not None
    assert answer.account.status is Status.FROZEN


def test_blocked_card_is_identified_as_blocked(rig: Rig) -> None:
    assert rig.backend.identify(card(Kind.LOST_CARD), 5.0).blocked


def test_stranger_is_answered_as_unknown(rig: Rig) -> None:
    answer = rig.backend.identify(HASHER.hash_canonical(STRANGER_CARD), 5.0)
    assert answer.available
    assert answer.member is None


def test_card_linked_a_moment_ago_is_identified(rig: Rig) -> None:
    row = {"card": "7:04C0FFEE123480", "member": member_id(Kind.OK), "blocked": ""}
    edit(rig.folder, "cards.csv", lambda rows: [*rows, row])
    if isinstance(rig, RestRig):
        # The reference server looks at its folder when it is asked for a snapshot.
        rig.backend.fetch("", 1)
    member = rig.backend.identify(NEW_CARD, 5.0).member
    assert member is not None
    assert member.first_name == character(Kind.OK).first_name


def test_booking_takes_a_free_place_and_repeats_its_answer(rig: Rig, terminal: Terminal) -> None:
    hugo = member_id(Kind.BLOCKED)
    asked = FactId("11111111-0000-7000-8000-000000000001")
    assert rig.backend.book(asked, hugo, CLEANING_AT_19, 5.0) is BookingOutcome.BOOKED
    assert rig.backend.book(asked, hugo, CLEANING_AT_19, 5.0) is BookingOutcome.BOOKED
    assert rig.kept_ids() == [asked]
    terminal.pull()
    assert terminal.present(CLEANING_AT_19, hugo) is False


def test_booking_undone_before_it_arrives_takes_no_place(rig: Rig, terminal: Terminal) -> None:
    # The answer was lost, the terminal took the wish back, and the wish itself was late.
    hugo, asked = member_id(Kind.BLOCKED), FactId("b-1")
    undone = fact(FactKind.BOOKING_UNDONE, rig.clock, member_id=hugo, shift_id=CLEANING_AT_19, about=asked)
    assert rig.backend.deliver(undone) == Accepted()
    rig.backend.book(asked, hugo, CLEANING_AT_19, 5.0)
    terminal.pull()
    assert terminal.present(CLEANING_AT_19, hugo) is None


def test_undone_booking_frees_the_place(rig: Rig, terminal: Terminal) -> None:
    hugo, camille = member_id(Kind.BLOCKED), member_id(Kind.OK)
    full = [place.member_id for place in terminal.knowledge.roster(SHELVES_AT_19)]
    assert len(full) == 1
    asked = FactId("b-1")
    assert rig.backend.book(asked, hugo, SHELVES_AT_19, 5.0) is BookingOutcome.BOOKED
    assert rig.backend.book(FactId("b-2"), camille, SHELVES_AT_19, 5.0) is BookingOutcome.TAKEN
    undone = fact(FactKind.BOOKING_UNDONE, rig.clock, member_id=hugo, shift_id=SHELVES_AT_19, about=asked)
    assert rig.backend.deliver(undone) == Accepted()
    assert rig.backend.book(FactId("b-3"), camille, SHELVES_AT_19, 5.0) is BookingOutcome.BOOKED
    terminal.pull()
    assert terminal.present(SHELVES_AT_19, hugo) is None
    assert terminal.present(SHELVES_AT_19, camille) is False


@pytest.mark.parametrize(
    ("kind", "shift", "outcome"),
    [
        pytest.param(Kind.OK, DELIVERY_NOW, BookingOutcome.TAKEN, id="full"),
        pytest.param(Kind.SHIFT_NEXT, CLEANING_AT_19, BookingOutcome.OVERLAP, id="busy"),
        pytest.param(Kind.SHIFT_NEXT, SHELVES_AT_19, BookingOutcome.OVERLAP, id="has it already"),
        pytest.param(Kind.BLOCKED, TILL_NOW, BookingOutcome.TRAINING, id="untrained"),
        pytest.param(Kind.BLOCKED, ShiftId("20261124-13-vrac"), BookingOutcome.REFUSED, id="over"),
        pytest.param(Kind.BLOCKED, ShiftId("no-such-shift"), BookingOutcome.REFUSED, id="unknown"),
    ],
)
def test_booking_that_cannot_be_says_why(rig: Rig, kind: Kind, shift: ShiftId, outcome: BookingOutcome) -> None:
    assert rig.backend.book(FactId("b-1"), member_id(kind), shift, 5.0) is outcome
    assert rig.kept_ids() == []


def test_closing_twice_does_no_harm(rig: Rig) -> None:
    rig.backend.close()
    rig.backend.close()


def test_two_terminals_converge(rig: Rig, terminal: Terminal) -> None:
    other = Terminal(rig.backend)
    other.pull()
    alix, hugo = member_id(Kind.SHIFT_NOW), member_id(Kind.BLOCKED)
    rig.backend.deliver(fact(FactKind.CHECK_IN, rig.clock, member_id=alix, shift_id=DELIVERY_NOW))
    terminal.pull()
    assert rig.backend.book(FactId("b-1"), hugo, CLEANING_AT_19, 5.0) is BookingOutcome.BOOKED
    for each in (terminal, other):
        while each.pull():
            pass
        assert each.present(DELIVERY_NOW, alix) is True
        assert each.present(CLEANING_AT_19, hugo) is False
    assert terminal.knowledge.members == other.knowledge.members
