"""What the store promises to everyone else."""

import threading
from dataclasses import replace
from types import MappingProxyType

import pytest

from kiosk.clock import moment
from kiosk.errors import StoreError, StoreLockedError
from kiosk.events import (
    CommitFailed,
    Committed,
    Delivered,
    DeviceFound,
    FactsRecalled,
    KnowledgePage,
    QueueChanged,
    Ticked,
)
from kiosk.store.cards import Preference
from kiosk.store.journal import Closed
from kiosk.store.outbox import Arrived, Later, Parked
from kiosk.store.thread import Store
from kiosk.types import Capabilities, Card, CardHash, FactKind, Grams, Jar, JarCode, Member, MemberId, Part
from tests.fakes import NOON, members, page

PATIENCE = 10


def due(store, limit=50, **how):
    return [row.fact.id for row in store.due(limit, **how).result(PATIENCE).rows]


def closed(store):
    return {row.fact.id: row.closed_as for row in store.journal_list().result(PATIENCE)}


# ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── holding and taking back ───────────────────────────────────────────────────────────────────────────────────────


def test_a_held_fact_leaves_when_its_time_has_come(start, facts, clock):
    store = start()
    fact = facts.check_in()
    store.record(fact, hold_seconds=30)
    early = store.due(10).result(PATIENCE)
    clock.advance(30)

    assert (early.rows, early.next_at) == ((), clock.monotonic())
    assert due(store) == [fact.id]


def test_a_hold_outlives_a_restart_of_the_program(start, facts, clock):
    store = start()
    fact = facts.check_in()
    store.record(fact, hold_seconds=30)
    store = start()
    early = due(store)
    clock.advance(30)

    assert early == []
    assert due(store) == [fact.id]


def test_a_hold_ends_with_the_boot_that_it_was_counted_in(start, facts, clock):
    fact = facts.check_in()
    start().record(fact, hold_seconds=30)
    start()
    clock.reboot("boot-2", NOON)

    assert due(start()) == [fact.id]


def test_what_is_taken_back_in_time_never_leaves(start, facts, clock):
    store = start()
    fact = facts.check_in()
    undo = facts.undo(fact)
    store.record(fact, hold_seconds=30)
    store.withdraw(fact.id, undo)
    clock.advance(3600)

    assert due(store) == []
    assert closed(store) == {fact.id: Closed.WITHDRAWN, undo.id: Closed.WITHDRAWN}


def test_what_is_being_sent_is_followed_by_its_undo(start, facts):
    store = start()
    fact = facts.check_in()
    undo = facts.undo(fact)
    store.record(fact)
    assert due(store) == [fact.id]
    store.withdraw(fact.id, undo)
    before = due(store)
    store.settle({fact.id: Arrived()})

    assert before == [fact.id]
    assert due(store) == [undo.id]


def test_an_undo_waits_while_its_fact_is_put_back(start, facts, clock):
    store = start()
    fact = facts.check_in()
    undo = facts.undo(fact)
    store.record(fact)
    due(store)
    store.withdraw(fact.id, undo)
    store.settle({fact.id: Later(pause_seconds=60)})
    before = due(store)
    clock.advance(60)

    assert before == []
    assert due(store) == [fact.id]


def test_what_has_arrived_is_followed_by_its_undo(start, facts):
    store = start()
    fact = facts.check_in()
    undo = facts.undo(fact)
    store.record(fact)
    due(store)
    store.settle({fact.id: Arrived()})
    store.withdraw(fact.id, undo)

    assert due(store) == [undo.id]


def test_a_fact_refused_after_it_was_taken_back_leaves_nothing_to_settle(start, facts):
    store = start()
    fact = facts.check_in()
    undo = facts.undo(fact)
    store.record(fact)
    due(store)
    store.withdraw(fact.id, undo)
    store.settle({fact.id: Parked("no such shift")})

    assert store.outbox_list().result(PATIENCE) == []
    assert set(closed(store).values()) == {Closed.WITHDRAWN}


def test_taking_back_a_refused_fact_settles_both(start, facts):
    store = start()
    fact = facts.check_in()
    store.record(fact)
    due(store)
    store.settle({fact.id: Parked("no such shift")})
    store.withdraw(fact.id, facts.undo(fact))

    assert store.outbox_list().result(PATIENCE) == []


def test_a_booking_was_agreed_with_the_server_so_only_its_undo_leaves(start, facts):
    store = start()
    booking = facts.make(FactKind.BOOKING, member_id=MemberId("m1"))
    undo = facts.undo(booking)
    store.record(booking)
    store.withdraw(booking.id, undo)

    assert due(store) == [undo.id]


def test_what_a_dead_process_may_have_sent_is_followed_by_its_undo(start, facts):
    fact = facts.check_in()
    undo = facts.undo(fact)
    start().record(fact)
    store = start()
    store.withdraw(fact.id, undo)

    assert due(store) == [fact.id]
    store.settle({fact.id: Arrived()})
    assert due(store) == [undo.id]


def test_a_held_fact_can_be_taken_back_after_a_restart(start, facts):
    fact = facts.check_in()
    start().record(fact, hold_seconds=30)
    store = start()
    store.withdraw(fact.id, facts.undo(fact))

    assert store.outbox_list().result(PATIENCE) == []


# ── what leaves ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_facts_leave_in_the_order_in_which_they_happened(start, facts):
    store = start()
    several = [facts.check_in(member=str(number)) for number in range(5)]
    for fact in several:
        store.record(fact)

    assert due(store, limit=3) == [fact.id for fact in several[:3]]


def test_what_was_handed_out_and_not_settled_is_handed_out_again(start, facts):
    store = start()
    fact = facts.check_in()
    store.record(fact)

    assert due(store) == due(store) == [fact.id]


def test_a_row_put_back_leaves_after_its_pause_and_knows_its_past(start, facts, clock):
    store = start()
    fact = facts.check_in()
    store.record(fact)
    store.settle({fact.id: Later(pause_seconds=20, why="500")})
    early = store.due(10).result(PATIENCE)
    clock.advance(20)
    (row,) = store.due(10).result(PATIENCE).rows

    assert (early.rows, early.next_at) == ((), clock.monotonic())
    assert (row.attempts, row.pause_seconds, row.reason) == (1, 20.0, "500")


def test_a_parked_row_waits_for_a_person_and_can_be_sent_again(start, facts):
    store = start()
    fact = facts.check_in()
    store.record(fact)
    store.settle({fact.id: Parked("no such shift")})
    (row,) = store.outbox_list().result(PATIENCE)
    parked = due(store)

    assert (row.refused, row.reason, parked) == (True, "no such shift", [])
    assert store.outbox_retry(fact.id).result(PATIENCE) == 1
    assert due(store) == [fact.id]


def test_a_row_dealt_with_by_hand_is_closed(start, facts):
    store = start()
    fact = facts.check_in()
    store.record(fact)
    store.settle({fact.id: Parked("no such shift")})

    assert store.outbox_discard(fact.id).result(PATIENCE)
    assert not store.outbox_discard(fact.id).result(PATIENCE)
    assert closed(store) == {fact.id: Closed.SETTLED}


def test_the_age_of_the_queue_is_that_of_its_oldest_fact(start, facts, clock):
    store = start()
    empty = store.oldest_waiting().result(PATIENCE)
    store.record(facts.check_in())
    clock.advance(600)
    store.record(facts.check_in())

    assert empty is None
    assert store.oldest_waiting().result(PATIENCE) == NOON


def test_facts_that_the_server_may_not_speak_for_are_recalled_after_a_restart(start, facts, inbox, clock):
    store = start()
    spoken = facts.check_in()
    store.record(spoken)
    store.settle({spoken.id: Arrived()})
    clock.advance(60)
    store.apply(page(fetched_at=clock.now()))
    clock.advance(60)
    arrived, waiting, refused = facts.check_in(), facts.check_in(), facts.check_in()
    booking, alarm = facts.make(FactKind.BOOKING), facts.make(FactKind.ALARM)
    for fact in (arrived, waiting, refused, booking, alarm):
        store.record(fact)
    store.settle({arrived.id: Arrived(), refused.id: Parked("no such shift")})
    start()

    assert inbox.wait_for(FactsRecalled).facts == (arrived, waiting, booking)
    assert inbox.wait_for(Delivered).ids == (arrived.id, booking.id)


def test_what_a_new_terminal_did_before_its_first_round_is_recalled(start, facts, inbox):
    fact, booking = facts.check_in(), facts.make(FactKind.BOOKING)
    store = start()
    store.record(fact)
    store.record(booking)
    start()

    assert inbox.wait_for(FactsRecalled).facts == (fact,)


# ── knowledge ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_shown_before_the_first_round(start, inbox):
    start()
    inbox.wait_for(QueueChanged)

    assert inbox.all(KnowledgePage) == []


def test_knowledge_comes_back_in_pages_after_a_restart(start, inbox):
    store = start()
    everyone = members(*(f"m{number}" for number in range(700)))
    store.apply(page(3, members=everyone, capabilities=Capabilities(booking=True))).result(PATIENCE)
    start()
    inbox.wait_for(KnowledgePage, lambda event: event.last)
    pages = inbox.all(KnowledgePage)

    assert [event.last for event in pages] == [False] * (len(pages) - 1) + [True]
    assert {(event.generation, event.full, event.cursor, event.fetched_at) for event in pages} == {
        (3, True, "c1", NOON)
    }
    assert max(len(event.members) for event in pages) <= 300
    assert {member for event in pages for member in event.members} == set(everyone)
    assert pages[0].capabilities == Capabilities(booking=True)


def test_a_confirmation_makes_the_knowledge_young(start, inbox, clock):
    store = start()
    store.apply(page()).result(PATIENCE)
    clock.advance(3600)
    store.confirm(clock.now())
    start()

    assert inbox.wait_for(KnowledgePage, lambda event: event.last).fetched_at == clock.now()


def test_a_jar_weighed_here_is_known_here(start, inbox, facts):
    store = start()
    store.apply(page()).result(PATIENCE)
    store.record(facts.make(FactKind.TARE, details={"jar": "123455", "grams": 412}))
    jar = Jar(code=JarCode("123455"), grams=Grams(412), weighed_on=NOON.date())
    inbox.wait_for(KnowledgePage, lambda event: event.jars == (jar,) and not event.last)
    start()

    assert inbox.wait_for(KnowledgePage, lambda event: bool(event.jars)).jars == (jar,)


def test_the_newer_weighing_of_a_jar_counts(start, facts, inbox):
    store = start()
    store.record(facts.make(FactKind.TARE, details={"jar": "123455", "grams": 412}))
    inbox.wait_for(KnowledgePage)
    older = Jar(code=JarCode("123455"), grams=Grams(400), weighed_on=NOON.date().replace(day=1))
    newer = Jar(code=JarCode("123455"), grams=Grams(420), weighed_on=NOON.date().replace(day=3))

    assert store.laid_over(page(jars=(older,))).jars[0].grams == 412
    assert store.laid_over(page(jars=(newer,))).jars[0].grams == 420


def test_a_card_linked_here_stays_linked_until_the_server_has_been_told(start, facts, inbox):
    store = start()
    store.apply(page(capabilities=Capabilities(card_links=True)))
    link = facts.make(FactKind.CARD_LINKED, member_id=MemberId("m1"), details={"card": "ab" * 32})
    store.record(link)
    inbox.wait_for(KnowledgePage)
    card = Card(hash=CardHash("ab" * 32), member_id=MemberId("m1"))
    brought = store.laid_over(page(), first=True).cards
    unremoved = store.laid_over(page(full=False, removed_cards=(card.hash,))).removed_cards
    store.settle({link.id: Arrived()}).result(PATIENCE)
    # The answer to the next question comes after what the settlement changed.
    store.journal_list().result(PATIENCE)

    assert brought == (card,)
    assert unremoved == ()
    assert store.laid_over(page(), first=True).cards == ()


def test_a_card_that_the_server_blocks_is_blocked_whatever_was_linked_here(start, facts, inbox):
    store = start()
    store.record(facts.make(FactKind.CARD_LINKED, member_id=MemberId("m1"), details={"card": "ab" * 32}))
    inbox.wait_for(KnowledgePage)
    theirs = Card(hash=CardHash("ab" * 32), member_id=MemberId("m2"), blocked=True)

    assert store.laid_over(page(cards=(theirs,))).cards == (replace(theirs, member_id=MemberId("m1")),)


def test_a_card_blocked_here_is_blocked_at_once(start, facts, inbox):
    store = start()
    store.record(facts.make(FactKind.CARD_BLOCKED, member_id=MemberId("m1"), details={"card": "ab" * 32}))

    assert inbox.wait_for(KnowledgePage).cards[0].blocked


def test_what_a_person_asked_for_lies_over_what_the_server_says(start, inbox):
    store = start()
    theirs = Member(id=MemberId("m1"), first_name="A", language="fr")
    store.apply(page(members=(theirs,))).result(PATIENCE)
    store.prefer(Preference(member_id=MemberId("m1"), large_text=True))
    ours = replace(theirs, large_text=True)

    assert inbox.wait_for(KnowledgePage).members == (ours,)
    assert store.laid_over(page(members=(theirs,))).members == (ours,)


# ── life ──────────────────────────────────────────────────────────────────────────────────────────────────────────


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
