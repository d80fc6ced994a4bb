"""What has been kept long enough goes, provably, and nothing else."""

import logging
import os
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.events import KnowledgePage
from kiosk.store.database import open_database
from kiosk.store.journal import Closed, Journal
from kiosk.store.outbox import Arrived, Parked
from kiosk.store.retention import KEPT, Purged, Retention, purge_some
from kiosk.store.schema import JOURNAL_FILE
from kiosk.types import Assignment, ClockTrust, FactKind, MemberId, Shift, ShiftId
from tests.fakes import NOON, page

PATIENCE = 20


def days(count):
    return count * 86_400


def ids(store):
    return {row.fact.id for row in store.journal_list(limit=50_000).result(PATIENCE)}


@pytest.mark.parametrize(
    ("kind", "kept_days"), [(FactKind.PASSAGE, 90), (FactKind.DOOR_OPENED, 90), (FactKind.TARE, 90)]
)
def test_passages_go_after_their_days(start, facts, clock, kind, kept_days):
    store = start()
    fact = facts.make(kind, member_id=MemberId("m1"))
    store.record(fact)
    clock.advance(days(kept_days) - 1)
    early = store.purge().result(PATIENCE)
    still = ids(store)
    clock.advance(2)
    late = store.purge().result(PATIENCE)

    assert (early.passages, still) == (0, {fact.id})
    assert (late.passages, late.overdue, ids(store)) == (1, 0, set())


def test_presences_go_thirty_days_after_they_were_delivered(start, facts, clock):
    store = start()
    fact = facts.check_in()
    store.record(fact)
    clock.advance(days(200))
    waiting = store.purge().result(PATIENCE)
    store.settle({fact.id: Arrived()}).result(PATIENCE)
    clock.advance(days(30) - 1)
    early = store.purge().result(PATIENCE)
    clock.advance(2)

    assert (waiting.presences, early.presences) == (0, 0)
    assert store.purge().result(PATIENCE).presences == 1


def test_a_booking_was_with_the_server_from_the_start(start, facts, clock):
    store = start()
    store.record(facts.make(FactKind.BOOKING, member_id=MemberId("m1")))
    clock.advance(days(30) + 1)

    assert store.purge().result(PATIENCE).presences == 1


def test_a_refused_presence_is_kept_until_a_person_has_dealt_with_it(start, facts, clock):
    store = start()
    fact = facts.check_in()
    store.record(fact)
    store.settle({fact.id: Parked("no such shift")})
    clock.advance(days(400))

    assert store.purge().result(PATIENCE).presences == 0
    store.outbox_discard(fact.id).result(PATIENCE)
    clock.advance(days(31))
    assert store.purge().result(PATIENCE).presences == 1


def test_unknown_cards_go_after_a_week_and_refused_members_do_not(start, facts, clock):
    store = start()
    unknown = facts.make(FactKind.REFUSAL, details={"card": "ab" * 32})
    member = facts.make(FactKind.REFUSAL, member_id=MemberId("m1"))
    store.record(unknown)
    store.record(member)
    clock.advance(days(7) + 1)

    assert store.purge().result(PATIENCE) == Purged(unknown_cards=1)
    assert ids(store) == {member.id}


def test_a_passage_that_no_server_ever_took_goes_all_the_same(start, facts, clock):
    store = start()
    store.record(facts.make(FactKind.PASSAGE))
    clock.advance(days(91))

    assert store.purge().result(PATIENCE).passages == 1
    assert store.outbox_list().result(PATIENCE) == []


def test_the_safety_register_of_the_door_is_kept(start, facts, clock):
    store = start()
    fact = facts.make(FactKind.COMMISSIONING)
    store.record(fact)
    clock.advance(days(1000))
    store.purge().result(PATIENCE)

    assert ids(store) == {fact.id}


@pytest.mark.parametrize("kind", sorted(FactKind))
def test_every_kind_has_its_days(start, facts, clock, kind):
    store = start()
    fact = facts.make(kind, member_id=MemberId("m1"), details={"role": "coordinator"})
    store.record(fact)
    store.settle({fact.id: Arrived()}).result(PATIENCE)
    clock.advance(days(91))
    store.purge().result(PATIENCE)

    assert ids(store) == ({fact.id} if kind in KEPT else set())


def test_the_days_are_a_setting(start, facts, clock):
    store = start()
    store.record(facts.make(FactKind.PASSAGE))
    clock.advance(days(3))

    assert store.purge(Retention(passage_days=2)).result(PATIENCE).passages == 1


def test_many_rows_go_in_small_steps_between_which_taps_are_written(start, facts, clock):
    store = start()
    passage = facts.make(FactKind.PASSAGE)
    for number in range(5000):
        store.record(replace(passage, id=f"{number:036}"))
    clock.advance(days(91))
    purge = store.purge()
    tap = facts.check_in()
    store.record(tap)
    # Asked after the purge began and answered before its last step.
    waiting = store.due(1)

    assert waiting.result(PATIENCE).rows[0].fact.id != passage.id
    assert purge.result(PATIENCE).passages == 5000
    assert ids(store) == {tap.id}


def test_nothing_goes_while_nobody_knows_what_day_it_is(start, facts, clock, caplog):
    store = start()
    store.record(facts.make(FactKind.PASSAGE))
    clock.set_wall(datetime(2099, 1, 1, tzinfo=UTC), ClockTrust.NEVER)

    assert store.purge().result(PATIENCE) == Purged()
    assert "the clock is not set" in caplog.text


def test_a_row_from_before_the_clock_was_set_is_as_old_as_the_next_one_that_knows(start, facts, clock):
    store = start()
    clock.set_wall(datetime(1970, 1, 1, tzinfo=UTC), ClockTrust.NEVER)
    undated = facts.make(FactKind.PASSAGE)
    store.record(undated)
    clock.set_wall(NOON, ClockTrust.SYNCED)
    store.record(facts.make(FactKind.PASSAGE))
    young = store.purge().result(PATIENCE)
    clock.advance(days(91))

    assert young.passages == 0
    assert store.purge().result(PATIENCE).passages == 2


def test_shifts_go_with_who_was_on_them(start, clock, inbox):
    store = start()
    shift = Shift(id=ShiftId("s1"), job="caisse", starts_at=NOON, ends_at=NOON + timedelta(hours=3), places=2)
    later = replace(shift, id=ShiftId("s2"), ends_at=NOON + timedelta(days=5))
    places = tuple(
        Assignment(shift_id=ShiftId(id_), member_id=MemberId("m1"), first_name="Camille") for id_ in ("s1", "s2")
    )
    store.apply(page(shifts=(shift, later), assignments=places)).result(PATIENCE)
    clock.advance(days(3))

    assert store.purge().result(PATIENCE).shifts == 1
    start()
    inbox.wait_for(KnowledgePage, lambda event: event.last)
    assert [event.shifts for event in inbox.all(KnowledgePage) if event.shifts] == [(later,)]
    assert [event.assignments for event in inbox.all(KnowledgePage) if event.assignments] == [places[1:]]


def test_what_went_is_in_no_byte_of_the_files_any_more(start, facts, clock, directory):
    store = start()
    for _ in range(50):
        store.record(facts.make(FactKind.PASSAGE, member_id=MemberId("member-to-be-forgotten")))
    store.journal_list().result(PATIENCE)
    before = b"".join(file.read_bytes() for file in directory.iterdir())
    clock.advance(days(91))
    store.purge().result(PATIENCE)
    after = b"".join(file.read_bytes() for file in directory.iterdir())

    assert b"member-to-be-forgotten" in before
    assert b"member-to-be-forgotten" not in after


def test_the_log_proves_the_purge(start, facts, clock, caplog):
    caplog.set_level(logging.INFO)
    store = start()
    store.record(facts.make(FactKind.PASSAGE))
    clock.advance(days(91))
    store.purge().result(PATIENCE)

    assert "purge: 1 passages over 90 days, 0 presences over 30 days" in caplog.text
    assert "0 overdue rows left" in caplog.text


@pytest.mark.parametrize("trust", [ClockTrust.SINCE, ClockTrust.SYNCED])
def test_what_was_stamped_while_the_clock_was_ahead_goes_with_what_came_after_it(start, facts, clock, trust):
    store = start()
    clock.set_wall(datetime(2030, 1, 1, tzinfo=UTC), trust)
    ahead, presence = facts.make(FactKind.PASSAGE), facts.check_in()
    for fact in (ahead, presence):
        store.record(fact)
    store.settle({presence.id: Arrived()}).result(PATIENCE)
    clock.set_wall(NOON, ClockTrust.SYNCED)
    store.record(facts.make(FactKind.PASSAGE))
    clock.advance(days(29))
    young = store.purge().result(PATIENCE)
    clock.advance(days(2))
    month = store.purge().result(PATIENCE)
    clock.advance(days(60))

    assert (young, month) == (Purged(), Purged(presences=1))
    assert store.purge().result(PATIENCE) == Purged(passages=2)


def test_what_arrives_while_the_purge_runs_is_kept_its_thirty_days(facts, clock):
    with closing(open_database(None, JOURNAL_FILE)) as db:
        journal = Journal(db)
        waited, next_one = facts.check_in(), facts.make(FactKind.PASSAGE)
        for fact in (waited, next_one):
            journal.add(fact)
        clock.advance(days(40))
        begun = clock.now()
        clock.advance(1)
        journal.close(waited.id, Closed.DELIVERED, clock.now())

        assert purge_some(db, Retention(), begun, 0).purged == Purged()


def test_what_was_set_aside_is_kept_no_longer_than_the_passages_in_it(start, clock, directory):
    store = start()
    names = ("journal.db.damaged-20260301T090000", "journal.db.damaged-20260301T090000-wal", "journal.db.before-1.2")
    for name in (*names, "kiosk.toml.restored"):
        (directory / name).write_bytes(b"?")
        os.utime(directory / name, (NOON.timestamp(), NOON.timestamp()))
    clock.advance(days(90) - 1)
    store.purge().result(PATIENCE)
    early = {name for name in names if (directory / name).exists()}
    clock.advance(2)
    store.purge().result(PATIENCE)

    assert early == set(names)
    assert [name for name in names if (directory / name).exists()] == []
    assert (directory / "kiosk.toml.restored").exists()


def test_a_copy_that_cannot_be_taken_away_is_named_and_nothing_else_waits_for_it(
    start, facts, clock, directory, caplog
):
    store = start()
    store.record(facts.make(FactKind.PASSAGE))
    stuck = directory / "journal.db.before-1.2"
    stuck.mkdir()
    os.utime(stuck, (0, 0))
    clock.advance(days(91))

    assert store.purge().result(PATIENCE).passages == 1
    assert "journal.db.before-1.2 cannot be taken away" in caplog.text
