"""The facts that are not on the disk yet: counted, bounded, and each reported once when it takes too long."""

import threading
from collections.abc import Iterable

from kiosk.types import DELIVERED, Fact, FactId

MOST_FACTS = 20_000
"""Some 20 MB. Behind half of it only what a server waits for is taken, so that passages never crowd out a check-in."""


class Pending:
    """Shared by the threads that record, write and watch."""

    def __init__(self, most: int = MOST_FACTS) -> None:
        self._most = most
        self._guard = threading.Lock()
        self._reported: dict[FactId, bool] = {}
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._reported)

    def add(self, fact: Fact) -> bool:
        """Take a fact in; False when there are too many and it has to be given up."""
        with self._guard:
            room = self._most if fact.kind in DELIVERED else self._most // 2
            if len(self._reported) >= room:
                self.dropped += 1
                return False
            self._reported[fact.id] = False
            return True

    def settle(self, ids: Iterable[FactId]) -> None:
        """These are on the disk."""
        with self._guard:
            for id_ in ids:
                self._reported.pop(id_, None)

    def give_up(self, ids: Iterable[FactId]) -> None:
        """These never will be."""
        with self._guard:
            for id_ in ids:
                if self._reported.pop(id_, None) is not None:
                    self.dropped += 1

    def report(self) -> tuple[FactId, ...]:
        """Those not yet reported; each is given out once."""
        with self._guard:
            fresh = tuple(id_ for id_, reported in self._reported.items() if not reported)
            self._reported.update(dict.fromkeys(fresh, True))
        return fresh
