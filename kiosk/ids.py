"""Ids of facts: UUID version 7, born at the tap (RFC 9562, section 5.7).

The id is the idempotency key under which a server keeps a fact, so it is made before anything is written or sent. Its
first 48 bits are milliseconds, which keeps the rows of a day side by side in every index.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from kiosk.types import FactId

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LATEST = (1 << 48) - 1
_COUNTER_BITS = 74
_SMALL_STEP_MS = 10_000


def uuid7(now: datetime, random: Callable[[int], bytes]) -> FactId:
    """One id, unordered within its millisecond. :class:`FactIds` makes ordered ones.

    Args:
        now: aware time; before 1970 counts as 1970.
        random: gives that many random bytes, as :func:`os.urandom` does.
    """
    return _assemble(_milliseconds(now), _fresh(random))


class FactIds:
    """Makes ids that grow in the order in which they were asked for, within a millisecond too.

    The 74 bits after the time are a counter that starts at random and rises by a random step (RFC 9562, section 6.2,
    method 2). A clock that steps back a little does not disturb the order; one that is set to another day does, because
    an id that lies about its day is worth less than the order of two.

    Called from one thread, the reactor's.
    """

    def __init__(self, random: Callable[[int], bytes] = os.urandom) -> None:
        self._random = random
        self._at = -1
        self._counter = 0

    def __call__(self, now: datetime) -> FactId:
        at = _milliseconds(now)
        if at > self._at or at < self._at - _SMALL_STEP_MS:
            self._at, self._counter = at, _fresh(self._random)
        else:
            self._counter += 1 + int.from_bytes(self._random(4), "big")
            if self._counter >> _COUNTER_BITS:
                self._at, self._counter = min(self._at + 1, _LATEST), _fresh(self._random)
        return _assemble(self._at, self._counter)


def _milliseconds(now: datetime) -> int:
    return min(max((now - EPOCH) // _MILLISECOND, 0), _LATEST)


def _fresh(random: Callable[[int], bytes]) -> int:
    # The highest bit stays clear, so that the counter has room to rise within its millisecond.
    return int.from_bytes(random(10), "big") & ((1 << (_COUNTER_BITS - 1)) - 1)


def _assemble(milliseconds: int, counter: int) -> FactId:
    high, low = counter >> 62, counter & ((1 << 62) - 1)
    return FactId(str(UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)))
