"""What the store promises to everyone else: facts on the disk, and a life of its own."""

import threading
from dataclasses import replace
from types import MappingProxyType

import pytest

from kiosk.clock import moment
from kiosk.errors import StoreError, StoreLockedError
from kiosk.events import CommitFailed, Committed, DeviceFound, QueueChanged, Ticked
from kiosk.store.faults import StoreFault
from kiosk.store.outbox import Parked
from kiosk.store.thread import Store
from kiosk.store.worker import JOBS_AT_ONCE
from kiosk.types import FactKind, Grams, MemberId, Part
from tests.store.asking import PATIENCE, due

# ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_fact_is_announced_and_still_there_after_a_restart(start, facts, inbox):
    fact = facts.check_in(late=3)
    store = start()
    store.record(fact)
    inbox.wait_for(Committed, lambda event: fact.id in event.ids)

    (row,) = start().journal_list().result(PATIENCE)

    assert row.fact == fact


def test_a_fact_recorded_twice_is_one_fact(start, facts):
    fact = facts.check_in()
    store = start()
    store.record(fact)
    store.record(fact)

    assert due(store) == [fact.id]
    assert len(store.journal_list().result(PATIENCE)) == 1


def test_facts_that_gather_are_committed_together(start, facts, inbox):
    store = start()
    inbox.wait_for(DeviceFound)
    held = threading.Event()
    store._worker.ask(lambda _: held.wait(PATIENCE))
    several = [facts.check_in(member=str(number)) for number in range(20)]
    for fact in several:
        store.record(fact)
    held.set()

    assert inbox.wait_for(Committed).ids == tuple(fact.id for fact in several)


def test_a_month_of_questions_does_not_pile_up_behind_a_disk_that_hangs(start, facts, inbox, clock):
    store = start()
    inbox.wait_for(DeviceFound)
    hangs, held = threading.Event(), threading.Event()
    store._worker.ask(lambda _: (hangs.set(), held.wait(PATIENCE)))
    assert hangs.wait(PATIENCE)
    for _ in range(8):
        clock.advance(1)
        store._worker.look_after_disk()
    asked = [store.due(1) for _ in range(2 * JOBS_AT_ONCE)]
    sought = [store.cursor() for _ in range(2 * JOBS_AT_ONCE)]
    fact = facts.check_in()
    store.record(fact)
    refused = [answer.exception(0).fault for answer in (*asked, *sought) if answer.done()]
    held.set()

    assert refused == [StoreFault.HUNG] * (2 * JOBS_AT_ONCE)
    inbox.wait_for(Committed, lambda event: fact.id in event.ids)


def test_a_moment_is_kept_in_full(start, facts, clock):
    clock.advance(0.125)
    fact = facts.make(FactKind.BELL)
    store = start()
    store.record(fact)

    assert store.journal_list().result(PATIENCE)[0].fact.happened == moment(clock)


def test_odd_details_are_kept_as_text(start, facts):
    store = start()
    odd = {"port": object, "nested": MappingProxyType({"grams": Grams(3)}), "half": "\ud800"}
    store.record(facts.make(FactKind.ALARM, details=odd))

    (row,) = store.journal_list().result(PATIENCE)

    assert row.fact.details == {"port": "<class 'object'>", "nested": {"grams": 3}, "half": "\ud800"}


def test_a_fact_that_cannot_be_stored_takes_no_other_with_it(start, facts, inbox, caplog):
    store = start()
    good, bad = facts.check_in(), replace(facts.check_in(), member_id=MemberId("\ud800"))
    inbox.wait_for(DeviceFound)
    held = threading.Event()
    store._worker.ask(lambda _: held.wait(PATIENCE))
    store.record(bad)
    store.record(good)
    held.set()

    assert inbox.wait_for(CommitFailed).ids == (bad.id,)
    assert inbox.wait_for(Committed).ids == (good.id,)
    assert store.unjournalled() == 1
    assert "cannot be done" in caplog.text


def test_a_passage_waits_for_the_server_and_an_alarm_does_not(start, facts):
    store = start()
    passage, alarm = facts.make(FactKind.PASSAGE), facts.make(FactKind.ALARM)
    store.record(passage)
    store.record(alarm)

    assert due(store) == [passage.id]


def test_the_queue_is_told_when_it_changes(start, facts, inbox):
    store = start()
    inbox.wait_for(QueueChanged, lambda event: event.waiting == 0)
    fact = facts.check_in()
    store.record(fact)
    inbox.wait_for(QueueChanged, lambda event: event.waiting == 1)
    store.settle({fact.id: Parked("no such shift")})

    inbox.wait_for(QueueChanged, lambda event: (event.waiting, event.refused) == (0, 1))


# ── life ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_process_is_kept_out(start, directory, inbox, clock):
    start()

    with pytest.raises(StoreLockedError):
        Store(directory, inbox, clock).start()


def test_the_store_is_free_again_once_it_has_stopped(start, directory, inbox, clock):
    start().request_stop()
    start()


def test_the_store_ticks_although_nothing_happens(start, inbox, clock):
    start()
    inbox.wait_for(QueueChanged)
    inbox.clear()
    clock.advance(2.5)

    inbox.wait_for(Ticked, lambda event: event.part is Part.STORE)


def test_what_gathered_before_the_stop_is_written(start, facts, inbox):
    several = [facts.check_in(member=str(number)) for number in range(1200)]
    store = start()
    for fact in several:
        store.record(fact)
    store.request_stop()
    assert store.join()

    assert len(start().outbox_list(limit=5000).result(PATIENCE)) == 1200


def test_a_store_that_has_stopped_says_so(start, facts, inbox):
    store = start()
    store.request_stop()
    assert store.join()
    fact = facts.check_in()
    store.record(fact)

    assert inbox.wait_for(CommitFailed).ids == (fact.id,)
    with pytest.raises(StoreError):
        store.due(1).result(PATIENCE)
    with pytest.raises(StoreError):
        store.cursor().result(PATIENCE)


def test_files_are_readable_by_nobody_else(start, directory):
    start().journal_list().result(PATIENCE)

    assert directory.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in directory.iterdir())
