"""A terminal whose server does as it is told."""

from collections.abc import Callable
from pathlib import Path

from kiosk.errors import BackendUnavailable
from kiosk.store.thread import Store
from kiosk.sync import Sync
from kiosk.types import Fact
from tests.fakes import Facts, Inbox, ManualClock, ScriptedBackend, members, page

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


def arrived(fact):
    return lambda event: fact.id in event.ids
