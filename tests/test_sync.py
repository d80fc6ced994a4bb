"""Facts leave once and in order, knowledge comes back, and no server can stop either."""

import random
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.backends.base import Accepted, Refused, Retry
from kiosk.errors import BackendUnavailable, BackendUnreadable, NotAuthorised
from kiosk.events import (
    Committed,
    Delivered,
    DeliveryRefused,
    KnowledgeConfirmed,
    KnowledgePage,
    QueueChanged,
    ServerLost,
    ServerReached,
    ServerUnreadable,
    Ticked,
)
from kiosk.store.journal import Closed
from kiosk.store.thread import Store
from kiosk.sync import LONGEST_ROW_PAUSE_SECONDS, PARK_AFTER_ATTEMPTS, Sync, decorrelated
from kiosk.types import ClockTrust, Fact, FactKind, Part
from tests.fakes import NOON, AnswerLost, Facts, Inbox, ManualClock, ScriptedBackend, members, page

PATIENCE = 10
DOWN = BackendUnavailable("no route to host")


class Terminal:
    """A store and a sync thread, with a server that does as it is told."""

    def __init__(self, directory: Path) -> None:
        self.clock = ManualClock()
        self.facts = Facts(self.clock)
        self.inbox = Inbox()
        self.server = ScriptedBackend()
        self.server.answers.append(page(members=members("m1")))
        self.store = Store(directory, self.inbox, self.clock)
        # The shortest pause there is, so that a test knows how long to wait.
        self.sync = Sync(
            self.server, self.store, self.inbox, self.clock, interval_seconds=60, uniform=lambda low, _high: low
        )

    def start(self, *facts: Fact) -> None:
        """Begin, with some facts that wait already."""
        self.store.start()
        for fact in facts:
            self.store.record(fact)
        self.sync.start()

    def stop(self) -> None:
        for part in (self.sync, self.store):
            part.request_stop()
            assert part.join(PATIENCE)

    def record(self, fact, hold_seconds=0.0):
        self.store.record(fact, hold_seconds)
        self.sync.wake()

    def let_pass(self, seconds, until: Callable[[], object]):
        """Move time on in steps until something is true."""
        for _ in range(200):
            self.clock.advance(seconds)
            for _ in range(20):
                if until():
                    return
                self.store.journal_list().result(PATIENCE)
        raise AssertionError("it never came true")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.stop()


def arrived(fact):
    return lambda event: fact.id in event.ids


# ── push ──────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── pull ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_first_round_begins_at_the_beginning_and_changes_go_on_from_there(terminal):
    terminal.server.answers.clear()
    terminal.server.answers.extend(
        [page(cursor="p2", last=False, members=members("m1")), page(cursor="c1", members=members("m2"))]
    )
    terminal.start()
    terminal.inbox.wait_for(KnowledgePage, lambda event: event.last)
    terminal.clock.advance(60)
    terminal.inbox.wait_for(KnowledgeConfirmed, lambda event: event.at == terminal.clock.now())

    assert terminal.server.calls("fetch") == [("", 1), ("p2", 1), ("c1", 2)]


def test_changes_go_on_after_a_restart(terminal, tmp_path):
    terminal.start()
    terminal.inbox.wait_for(KnowledgePage, lambda event: event.last)
    terminal.stop()
    again = Terminal(tmp_path)
    again.server.answers.clear()
    again.start()
    again.inbox.wait_for(KnowledgeConfirmed)
    again.stop()

    assert again.server.calls("fetch") == [("c1", 2)]


def test_a_round_cut_short_begins_again(terminal):
    terminal.server.answers.clear()
    terminal.server.answers.extend([page(cursor="p2", last=False), DOWN, page()])
    terminal.start()
    terminal.inbox.wait_for(ServerLost)
    terminal.let_pass(2, lambda: [event for event in terminal.inbox.all(KnowledgePage) if event.last])

    assert terminal.server.calls("fetch") == [("", 1), ("p2", 1), ("", 2)]


def test_everything_is_fetched_afresh_once_a_day(terminal):
    terminal.start()
    terminal.inbox.wait_for(KnowledgePage, lambda event: event.last)
    terminal.clock.advance(86_400)
    terminal.inbox.wait_for(KnowledgeConfirmed)

    assert terminal.server.calls("fetch") == [("", 1), ("", 2)]


@pytest.mark.parametrize(
    "endless", [page(cursor="", last=False), "not a page"], ids=["leads nowhere", "not a page at all"]
)
def test_pages_that_make_no_sense_are_a_lost_server(terminal, endless):
    terminal.server.answers.clear()
    terminal.server.answers.extend([endless] * 3)
    terminal.start()

    assert "pages" in terminal.inbox.wait_for(ServerLost).fault


def test_knowledge_reaches_the_reactor_although_the_store_cannot_keep_it(terminal):
    terminal.start()
    terminal.inbox.wait_for(KnowledgePage)
    terminal.store.request_stop()
    assert terminal.store.join()
    terminal.inbox.clear()
    terminal.server.answers.append(page(2, full=False, cursor="c2", members=members("m2")))
    terminal.clock.advance(60)
    terminal.inbox.wait_for(KnowledgePage)
    terminal.clock.advance(60)
    terminal.inbox.wait_for(KnowledgeConfirmed)

    assert terminal.server.calls("fetch") == [("", 1), ("c1", 2), ("c2", 3)]


def test_a_page_that_no_file_can_hold_is_used_all_the_same(terminal, caplog):
    terminal.server.answers.clear()
    terminal.server.answers.append(page(members=members("\ud800")))
    terminal.start()
    terminal.inbox.wait_for(KnowledgePage)
    terminal.clock.advance(60)
    terminal.inbox.wait_for(KnowledgeConfirmed)

    assert terminal.inbox.all(ServerLost) == []
    assert "cannot be kept" in caplog.text


# ── the server ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_server_is_reported_only_when_it_changes(terminal):
    terminal.server.reachable = False
    terminal.start()
    terminal.inbox.wait_for(ServerLost)
    lost_at = terminal.clock.now()
    terminal.let_pass(2, lambda: len(terminal.server.calls("fetch")) > 5)
    terminal.server.reachable = True
    terminal.let_pass(2, lambda: terminal.inbox.all(ServerReached))
    terminal.clock.advance(60)
    terminal.inbox.wait_for(KnowledgeConfirmed)

    assert terminal.inbox.all(ServerLost) == [ServerLost(since=lost_at, fault="no route to host")]
    assert terminal.inbox.all(ServerReached) == [ServerReached()]


def test_a_terminal_that_is_not_accepted_says_so(terminal):
    terminal.server.answers.clear()
    terminal.server.answers.extend([NotAuthorised("unknown token"), DOWN])
    terminal.start()

    assert terminal.inbox.wait_for(ServerLost).not_authorised
    terminal.clock.advance(2)
    assert terminal.inbox.wait_for(ServerLost, lambda event: not event.not_authorised).since == NOON


def test_a_server_that_can_no_longer_be_read_is_lost_and_told_of(terminal):
    terminal.server.answers.clear()
    terminal.server.answers.append(BackendUnreadable("the page of the day has changed"))
    terminal.start()

    assert terminal.inbox.wait_for(ServerUnreadable) == ServerUnreadable("the page of the day has changed")
    assert terminal.inbox.wait_for(ServerLost).since == NOON


def test_a_backend_that_breaks_is_logged_once_and_tried_again(terminal, caplog):
    terminal.server.answers.clear()
    terminal.server.answers.extend([KeyError("secret"), KeyError("secret"), page()])
    terminal.start()
    terminal.let_pass(2, lambda: terminal.inbox.all(KnowledgePage))

    assert caplog.text.count("Traceback") == 1


def test_a_tap_does_not_wake_a_server_that_is_away(terminal):
    terminal.server.reachable = False
    terminal.start()
    terminal.inbox.wait_for(ServerLost)
    terminal.inbox.wait_for(Ticked, lambda event: event.part is Part.SERVER)
    asked = len(terminal.server.asked)
    terminal.record(terminal.facts.check_in())
    terminal.store.journal_list().result(PATIENCE)
    terminal.inbox.clear()
    terminal.clock.advance(0.5)
    terminal.inbox.wait_for(Ticked, lambda event: event.part is Part.SERVER)

    assert len(terminal.server.asked) == asked


def test_a_command_fetches_at_once(terminal):
    terminal.start()
    terminal.inbox.wait_for(KnowledgePage)
    terminal.sync.wake(fetch=True)

    terminal.inbox.wait_for(KnowledgeConfirmed)


def test_the_thread_ticks_while_it_rests(terminal):
    terminal.start()
    terminal.inbox.wait_for(KnowledgePage)
    terminal.inbox.clear()

    terminal.inbox.wait_for(Ticked, lambda event: event.part is Part.SERVER)


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
