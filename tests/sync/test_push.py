"""Facts leave once and in order, whatever the server does."""

import random
from collections import deque
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.backends.base import Accepted, Refused, Retry
from kiosk.events import (
    Committed,
    Delivered,
    DeliveryRefused,
    KnowledgePage,
    QueueChanged,
    ServerLost,
)
from kiosk.store.journal import Closed
from kiosk.sync import LONGEST_ROW_PAUSE_SECONDS, PARK_AFTER_ATTEMPTS, decorrelated
from kiosk.types import ClockTrust, FactKind
from tests.fakes import NOON, AnswerLost
from tests.sync.terminal import DOWN, PATIENCE, arrived


def test_a_fact_arrives_and_is_closed(terminal):
    fact = terminal.facts.check_in()
    terminal.start()
    terminal.inbox.wait_for(KnowledgePage)
    terminal.record(fact)
    terminal.inbox.wait_for(Delivered, arrived(fact))
    (row,) = terminal.store.journal_list().result(PATIENCE)

    assert terminal.server.kept == {fact.id: fact}
    assert row.closed_as is Closed.DELIVERED


def test_facts_leave_before_pages_are_fetched(terminal):
    fact = terminal.facts.check_in()
    terminal.start(fact)
    terminal.inbox.wait_for(KnowledgePage)

    assert [method for method, _ in terminal.server.asked][:2] == ["deliver", "fetch"]


def test_an_answer_lost_after_the_server_had_it_leaves_one_at_the_server(terminal):
    fact = terminal.facts.check_in()
    terminal.server.deliveries[fact.id] = deque([AnswerLost(), AnswerLost()])
    terminal.start(fact)
    terminal.let_pass(5, lambda: terminal.inbox.all(Delivered))

    assert list(terminal.server.kept) == [fact.id]
    assert terminal.server.calls("deliver") == [fact.id] * 3


def test_a_refused_row_is_parked_with_its_reason_and_stops_nobody(terminal):
    refused, fine = terminal.facts.check_in(), terminal.facts.check_in()
    terminal.server.deliveries[refused.id] = deque([Refused("ce créneau n'existe plus")])
    terminal.start(refused, fine)
    terminal.inbox.wait_for(Delivered, arrived(fine))

    assert terminal.inbox.wait_for(DeliveryRefused) == DeliveryRefused(id=refused.id, reason="ce créneau n'existe plus")
    terminal.inbox.wait_for(QueueChanged, lambda event: (event.waiting, event.refused) == (0, 1))


def test_a_parked_row_leaves_once_a_person_says_so(terminal):
    fact = terminal.facts.check_in()
    terminal.server.deliveries[fact.id] = deque([Refused("not yet")])
    terminal.start(fact)
    terminal.inbox.wait_for(DeliveryRefused)
    terminal.store.outbox_retry(fact.id).result(PATIENCE)
    terminal.sync.wake()

    terminal.inbox.wait_for(Delivered, arrived(fact))


@pytest.mark.parametrize("failure", [DOWN, ZeroDivisionError(), None], ids=["500", "bug", "nonsense"])
def test_rows_that_the_server_fails_on_stop_nobody(terminal, failure):
    poison = [terminal.facts.check_in() for _ in range(4)]
    fine = terminal.facts.check_in()
    for fact in poison:
        terminal.server.deliveries[fact.id] = deque([failure] * 1000)
    terminal.start(*poison, fine)

    terminal.inbox.wait_for(Delivered, arrived(fine))
    assert terminal.inbox.all(ServerLost) == []


def test_a_bug_in_a_delivery_is_logged_once(terminal, caplog):
    facts = [terminal.facts.check_in() for _ in range(2)]
    for fact in facts:
        terminal.server.deliveries[fact.id] = deque([ZeroDivisionError()] * 1000)
    terminal.start(*facts)
    terminal.let_pass(5, lambda: len(terminal.server.calls("deliver")) > len(facts))

    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError]


def test_a_row_that_always_fails_is_parked_in_the_end(terminal):
    fact = terminal.facts.check_in()
    terminal.server.deliveries[fact.id] = deque([DOWN] * 1000)
    terminal.start(fact)
    terminal.let_pass(5, lambda: terminal.inbox.all(DeliveryRefused))

    assert terminal.server.calls("deliver") == [fact.id] * PARK_AFTER_ATTEMPTS
    assert terminal.inbox.all(DeliveryRefused)[0].reason == f"no route to host ({PARK_AFTER_ATTEMPTS}×)"


def test_a_row_is_not_blamed_for_a_server_that_is_away(terminal):
    fact = terminal.facts.check_in()
    terminal.server.reachable = False
    terminal.start(fact)
    terminal.inbox.wait_for(ServerLost)
    terminal.let_pass(5, lambda: len(terminal.server.calls("fetch")) > PARK_AFTER_ATTEMPTS + 3)
    (row,) = terminal.store.outbox_list().result(PATIENCE)
    terminal.server.reachable = True
    terminal.let_pass(2, lambda: terminal.inbox.all(Delivered))

    assert (row.attempts, row.refused) == (0, False)


def test_a_server_that_names_a_time_is_asked_again_then(terminal):
    fact = terminal.facts.check_in()
    terminal.server.deliveries[fact.id] = deque([Retry(after_seconds=30, why="busy")])
    terminal.start(fact)
    terminal.inbox.wait_for(KnowledgePage)
    (row,) = terminal.store.outbox_list().result(PATIENCE)
    terminal.clock.advance(30)
    terminal.inbox.wait_for(Delivered, arrived(fact))

    assert (row.pause_seconds, row.attempts, row.reason) == (30, 0, "busy")


def test_a_held_fact_leaves_when_its_time_has_come(terminal):
    fact = terminal.facts.check_in()
    terminal.start()
    terminal.inbox.wait_for(KnowledgePage)
    terminal.record(fact, hold_seconds=30)
    terminal.store.journal_list().result(PATIENCE)
    terminal.clock.advance(29)
    early = terminal.server.calls("deliver")
    terminal.clock.advance(1)
    terminal.inbox.wait_for(Delivered, arrived(fact))

    assert early == []


def test_what_was_taken_back_in_time_is_never_sent(terminal):
    fact, other = terminal.facts.check_in(), terminal.facts.check_in()
    terminal.start()
    terminal.record(fact, hold_seconds=30)
    terminal.store.withdraw(fact.id, terminal.facts.undo(fact))
    terminal.record(other, hold_seconds=30)
    terminal.let_pass(10, lambda: terminal.inbox.all(Delivered))

    assert list(terminal.server.kept) == [other.id]


def test_what_was_taken_back_too_late_is_undone_at_the_server(terminal):
    fact = terminal.facts.check_in()
    undo = terminal.facts.undo(fact)
    terminal.start(fact)
    terminal.inbox.wait_for(Delivered, arrived(fact))
    terminal.store.withdraw(fact.id, undo)
    terminal.sync.wake()
    terminal.inbox.wait_for(Delivered, arrived(undo))

    assert list(terminal.server.kept) == [fact.id, undo.id]


def test_an_undo_never_overtakes_what_it_takes_back(terminal):
    fact = terminal.facts.check_in()
    undo = terminal.facts.undo(fact)
    terminal.server.deliveries[fact.id] = deque([Retry(after_seconds=40)])
    terminal.start(fact)
    terminal.inbox.wait_for(KnowledgePage)
    terminal.store.withdraw(fact.id, undo)
    terminal.sync.wake()
    terminal.let_pass(10, lambda: len(terminal.server.kept) == 2)

    assert list(terminal.server.kept) == [fact.id, undo.id]


def test_a_day_without_network_loses_and_doubles_nothing(terminal):
    everything = [terminal.facts.check_in(member=str(number)) for number in range(300)]
    terminal.server.reachable = False
    terminal.start()
    for fact in everything:
        terminal.clock.advance(288)
        terminal.record(fact)
    # The server died between doing its work and saying so.
    for fact in everything[::7]:
        terminal.server.deliveries[fact.id] = deque([AnswerLost()])
    terminal.server.reachable = True

    def told():
        return sorted(id_ for event in terminal.inbox.all(Delivered) for id_ in event.ids)

    terminal.let_pass(60, lambda: len(told()) >= len(everything))

    assert told() == sorted(terminal.server.kept) == sorted(fact.id for fact in everything)
    assert terminal.store.outbox_list().result(PATIENCE) == []


def test_a_tap_is_written_while_a_month_of_facts_drains(terminal):
    month = [terminal.facts.check_in(member=str(number)) for number in range(2000)]
    tap = terminal.facts.check_in(member="now")

    def tap_in_the_middle():
        if len(terminal.server.kept) == 700:
            terminal.store.record(tap)
            # The drain goes no further before the tap is on the disk.
            terminal.inbox.wait_for(Committed, arrived(tap))

    terminal.server.before_answer = tap_in_the_middle
    terminal.start(*month)
    terminal.inbox.wait_for(Delivered, arrived(tap))

    assert list(terminal.server.kept) == [fact.id for fact in (*month, tap)]


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_facts_from_before_the_clock_was_set_leave_with_their_true_time(terminal):
    terminal.clock.set_wall(datetime(1970, 1, 1, 0, 5, tzinfo=UTC), ClockTrust.NEVER)
    fact = terminal.facts.check_in()
    terminal.start(fact)
    terminal.inbox.wait_for(KnowledgePage)
    early = terminal.server.calls("deliver")
    terminal.clock.advance(40)
    terminal.clock.set_wall(NOON, ClockTrust.SYNCED)
    terminal.let_pass(1, lambda: terminal.inbox.all(Delivered))

    assert early == []
    assert terminal.server.kept[fact.id].happened.wall == NOON - timedelta(seconds=40)
    assert terminal.server.kept[fact.id].happened.trust is ClockTrust.SYNCED


def test_a_clock_that_is_never_set_does_not_keep_facts_for_ever(terminal):
    terminal.clock.set_wall(datetime(1970, 1, 1, 0, 5, tzinfo=UTC), ClockTrust.NEVER)
    fact = terminal.facts.check_in()
    terminal.start(fact)
    terminal.let_pass(20, lambda: terminal.inbox.all(Delivered))

    assert terminal.server.kept[fact.id].happened == fact.happened


# ── pauses ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pauses_grow_scatter_and_end():
    uniform = random.Random(7).uniform
    pause, seen = 0.0, []
    for _ in range(60):
        pause = decorrelated(uniform, 5, pause, LONGEST_ROW_PAUSE_SECONDS)
        seen.append(pause)

    assert seen[0] == 5
    assert max(seen) == LONGEST_ROW_PAUSE_SECONDS
    assert len(set(seen)) > 20


def test_pauses_of_two_terminals_differ():
    pauses = {decorrelated(random.Random(seed).uniform, 2, 4, 60) for seed in range(20)}

    assert len(pauses) == 20


def test_a_passage_is_delivered_too(terminal):
    passage = terminal.facts.make(FactKind.PASSAGE)
    terminal.server.deliveries[passage.id] = deque([Accepted()])
    terminal.start(passage)

    terminal.inbox.wait_for(Delivered, arrived(passage))
