"""A disk that may be slow, full, failing or hung, and what is left of it when the power goes.

A pessimist with the manners of ext4: a write that was not synced may be there, or not, or in part; names and lengths
change in order, and every sync makes those before it last; what a failed sync should have kept is lost unless it is
written again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain, count
from pathlib import Path
from random import Random

SECTOR = 512
USUAL_SECONDS = (0.002, 0.03)
"""What a piece of work takes on a good card."""
SLOW_SECONDS = (0.3, 12.0)


class DiskState(StrEnum):
    """How the disk is."""

    WORKS = "works"
    FULL = "full"
    FAILS = "fails"
    FAILS_TO_SYNC = "fails_to_sync"
    SLOW = "slow"
    HANGS = "hangs"


@dataclass(frozen=True, slots=True)
class Change:
    """Something on its way to the disk. ``length`` cuts or grows the file; ``is_there`` makes or removes its name."""

    name: str
    offset: int = 0
    data: bytes = b""
    length: int | None = None
    is_there: bool | None = None

    @property
    def is_ordered(self) -> bool:
        """Names and lengths are kept in order, bytes are not."""
        return not self.data


@dataclass
class Files:
    """Bytes by name."""

    held: dict[str, bytearray] = field(default_factory=dict)

    def copy(self) -> "Files":
        return Files({name: bytearray(data) for name, data in self.held.items()})

    def make(self, change: Change) -> None:
        """Let a change happen."""
        if change.is_there is False:
            self.held.pop(change.name, None)
            return
        held = self.held.setdefault(change.name, bytearray())
        if change.length is not None:
            del held[change.length :]
            held.extend(bytes(change.length - len(held)))
        if change.data:
            held.extend(bytes(max(0, change.offset - len(held))))
            held[change.offset : change.offset + len(change.data)] = change.data


class Disk:
    """The disk under one directory.

    Args:
        directory: where the files really are, as the operating system shows them.
        chance: what a power cut leaves.
    """

    def __init__(self, directory: Path, chance: Random) -> None:
        self.directory = directory
        self.state = DiskState.WORKS
        self.hangs_until = 0.0
        """Simulated seconds."""
        self.is_detached = False
        """The process that held the files is gone: nothing of it reaches them any more."""
        self.drops_syncs = False
        """Says that it has synced, and has not: for breaking things on purpose."""
        self.cut_at_write: int | None = None
        """The power goes at that write from now on."""
        self.on_cut: Callable[[], None] = lambda: None
        self.writes = 0
        self._chance = chance
        self._lasting = Files()
        self._ordered: list[tuple[int, Change]] = []
        self._bytes: dict[str, list[tuple[int, Change]]] = {}
        self._numbers = count()

    # ── what SQLite asks ──────────────────────────────────────────────────────────────────────────────────────────

    def opened(self, name: str) -> None:
        """A file was opened, and made if it was not there."""
        if name not in self._lasting.held and not any(change.name == name for _, change in self._ordered):
            self._order(Change(name, is_there=True))

    def removed(self, name: str) -> None:
        """A name is to go."""
        self._order(Change(name, is_there=False))

    def _order(self, change: Change) -> None:
        self._ordered.append((next(self._numbers), change))

    def write(self, name: str, offset: int, data: bytes) -> DiskState:
        """Bytes are to be written; anything but WORKS: they were not."""
        fault = self._at_work()
        if fault is not DiskState.WORKS:
            return DiskState.FULL if fault is DiskState.FULL else DiskState.FAILS
        self._bytes.setdefault(name, []).append((next(self._numbers), Change(name, offset, data)))
        return DiskState.WORKS

    def cut(self, name: str, length: int) -> DiskState:
        """A file is to have another length."""
        if self.is_detached:
            return DiskState.FAILS
        # What lies behind the cut is not written any more.
        self._bytes[name] = [held for held in self._bytes.get(name, ()) if held[1].offset < length]
        self._order(Change(name, length=length))
        return DiskState.WORKS

    def sync(self, name: str) -> DiskState:
        """Everything of a file, and every name and length before it, is to last."""
        fault = self._at_work()
        if fault not in {DiskState.WORKS, DiskState.FULL} or self.state is DiskState.FAILS_TO_SYNC:
            self._bytes.pop(name, None)
            return DiskState.FAILS_TO_SYNC
        if self.drops_syncs:
            return DiskState.WORKS
        for _, change in sorted([*self._ordered, *self._bytes.pop(name, ())]):
            self._lasting.make(change)
        self._ordered.clear()
        return DiskState.WORKS

    def _at_work(self) -> DiskState:
        """The power may go at any write."""
        if self.is_detached:
            return DiskState.FAILS
        self.writes += 1
        if self.cut_at_write is not None:
            self.cut_at_write -= 1
            if self.cut_at_write <= 0:
                self.cut_at_write = None
                self.is_detached = True
                self.on_cut()
                return DiskState.FAILS
        return self.state if self.state in {DiskState.FULL, DiskState.FAILS} else DiskState.WORKS

    def seconds(self, now: float) -> float:
        """What the next piece of work takes."""
        if self.state is DiskState.HANGS and self.hangs_until > now:
            return self.hangs_until - now
        low, high = SLOW_SECONDS if self.state is DiskState.SLOW else USUAL_SECONDS
        return self._chance.uniform(low, high)

    # ── power ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def lose_power(self) -> None:
        """Whatever was not synced is there, or not, or in part; the directory shows what is left."""
        files = self._lasting.copy()
        way = self._chance.randrange(4)
        pending = [change for _, change in sorted([*self._ordered, *chain(*self._bytes.values())])]
        kept = [] if way == 0 else pending if way == 1 else list(self._some(pending))
        for change in kept:
            files.make(change)
        self._ordered.clear()
        self._bytes.clear()
        self._lasting = files
        known = {name.rpartition("-")[0] if name.endswith(("-wal", "-shm")) else name for name in files.held}
        for path in self.directory.iterdir():
            # The shared memory of the log is a mapping of this boot; what SQLite has never opened is not its disk's.
            if path.name in files.held or path.name.endswith("-shm") or path.name.removesuffix("-wal") in known:
                path.unlink()
        for name, data in files.held.items():
            (self.directory / name).write_bytes(data)

    def _some(self, pending: list[Change]) -> Iterator[Change]:
        """Names and lengths up to a point; of the bytes any write, and of some writes any sector."""
        chance = self._chance
        ordered = chance.randint(0, sum(change.is_ordered for change in pending))
        for change in pending:
            if change.is_ordered:
                ordered -= 1
                if ordered >= 0:
                    yield change
            elif chance.random() < 0.25:
                yield from (sector for sector in _sectors(change) if chance.random() < 0.5)
            elif chance.random() < 0.5:
                yield change


def _sectors(change: Change) -> Iterator[Change]:
    begin = 0
    while begin < len(change.data):
        size = SECTOR - (change.offset + begin) % SECTOR
        yield Change(change.name, change.offset + begin, change.data[begin : begin + size])
        begin += size
