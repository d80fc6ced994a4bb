"""Knowledge comes back, and no server can stop it."""

from concurrent.futures import Future

import pytest

from kiosk.errors import BackendUnreadable, NotAuthorised
from kiosk.events import (
    KnowledgeConfirmed,
    KnowledgePage,
    ServerLost,
    ServerReached,
    ServerUnreadable,
    Ticked,
)
from kiosk.store.faults import StoreFault, StoreFaultError
from kiosk.types import Part
from tests.fakes import NOON, members, page
from tests.sync.terminal import DOWN, PATIENCE, Terminal


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


def test_after_a_page_that_was_not_kept_none_of_its_round_is(terminal, monkeypatch):
    """Else the store's cursor would lie behind rows that it has never seen."""
    terminal.start()
    terminal.inbox.wait_for(KnowledgePage)
    apply, faults = terminal.store.apply, [StoreFaultError(StoreFault.FULL)]

    def apply_or_fail(kept):
        answer = Future()
        if not faults:
            return apply(kept)
        answer.set_exception(faults.pop())
        return answer

    monkeypatch.setattr(terminal.store, "apply", apply_or_fail)
    terminal.server.answers.extend(
        [
            page(2, full=False, cursor="p2", last=False, members=members("m2")),
            page(2, full=False, cursor="c2", members=members("m3")),
        ]
    )
    terminal.clock.advance(60)
    terminal.inbox.wait_for(KnowledgePage, lambda event: event.cursor == "c2")
    terminal.clock.advance(60)
    terminal.inbox.wait_for(KnowledgeConfirmed)

    assert terminal.server.calls("fetch") == [("", 1), ("c1", 2), ("p2", 2), ("c1", 3)]


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


def test_each_loss_of_the_server_is_told_with_its_own_time(terminal):
    terminal.start()
    terminal.inbox.wait_for(ServerReached)
    for number in (1, 2):
        terminal.server.reachable = False
        terminal.let_pass(60, lambda so_many=number: len(terminal.inbox.all(ServerLost)) == so_many)
        terminal.server.reachable = True
        terminal.let_pass(60, lambda so_many=number: len(terminal.inbox.all(ServerReached)) == so_many + 1)

    first, second = terminal.inbox.all(ServerLost)
    assert NOON < first.since < second.since


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


def test_a_command_asks_even_a_server_that_was_lost_a_moment_ago(terminal):
    terminal.server.reachable = False
    terminal.start()
    terminal.inbox.wait_for(ServerLost)
    terminal.server.reachable = True
    terminal.let_pass(0, lambda: terminal.sync.wake(fetch=True) or terminal.inbox.all(ServerReached))


def test_the_thread_ticks_while_it_rests(terminal):
    terminal.start()
    terminal.inbox.wait_for(KnowledgePage)
    terminal.inbox.clear()

    terminal.inbox.wait_for(Ticked, lambda event: event.part is Part.SERVER)
