"""A recorded disk, and what is left of it when the power goes.

The record comes from ``disk.c``. The model is a pessimist with ext4's manners: a write that was not synced may be
there, or not, or in part; names and lengths change in order, and every sync makes those before it last; what a failed
sync should have kept is never there unless it is written again.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

SECTOR = 512


@dataclass(frozen=True)
class Operation:
    """One line of the record: see ``disk.c`` for the letters."""

    letter: str
    name: str
    first: str
    data: bytes = b""

    @property
    def number(self) -> int:
        """The offset of a write, the length of a cut."""
        return int(self.first)


def read_record(path: Path) -> list[Operation]:
    """Everything that happened to the disk, in order."""
    record, position, operations = path.read_bytes(), 0, []
    while position < len(record):
        end = record.index(b"\n", position)
        letter, name, first, second = record[position:end].decode().split(" ")
        position = end + 1
        size = int(second) if letter == "W" else 0
        operations.append(Operation(letter, name, first, record[position : position + size]))
        position += size
    return operations


@dataclass(frozen=True)
class Change:
    """Something on its way to the disk. Names and lengths are kept in order, bytes are not."""

    file: int
    offset: int = 0
    data: bytes = b""
    length: int | None = None
    names: tuple[tuple[str, int | None], ...] = ()

    @property
    def is_ordered(self) -> bool:
        return not self.data


@dataclass
class Files:
    """Names, and bytes behind them."""

    names: dict[str, int] = field(default_factory=dict)
    bytes: dict[int, bytearray] = field(default_factory=dict)

    def copy(self) -> "Files":
        return Files(dict(self.names), {file: bytearray(data) for file, data in self.bytes.items()})

    def make(self, change: Change) -> None:
        """Let a change happen."""
        held = self.bytes.setdefault(change.file, bytearray())
        if change.length is not None:
            del held[change.length :]
            held.extend(bytes(change.length - len(held)))
        if change.data:
            held.extend(bytes(max(0, change.offset - len(held))))
            held[change.offset : change.offset + len(change.data)] = change.data
        for name, file in change.names:
            if file is None:
                self.names.pop(name, None)
            else:
                self.names[name] = file

    def write_to(self, directory: Path) -> None:
        for name, file in self.names.items():
            (directory / name).write_bytes(self.bytes.get(file, b""))


class Disk:
    """Plays a record back, and can lose its power at any point of it."""

    def __init__(self) -> None:
        self._lasting = Files()
        self._pending: list[Change] = []
        self._names: dict[str, int] = {}
        self._numbers = count()

    def play(self, operation: Operation) -> None:
        """Let the next operation happen."""
        name = operation.name
        match operation.letter:
            case "C":
                self._names[name] = next(self._numbers)
                self._pending.append(Change(self._names[name], names=((name, self._names[name]),)))
            case "W":
                self._pending.append(Change(self._names[name], operation.number, operation.data))
            case "T":
                self._cut(self._names[name], operation.number)
            case "U":
                self._pending.append(Change(self._names.pop(name), names=((name, None),)))
            case "R":
                file = self._names.pop(name)
                self._names[operation.first] = file
                self._pending.append(Change(file, names=((name, None), (operation.first, file))))
            case "S" | "D":
                self._sync(self._names.get(name))
            case "F":
                self._pending = [
                    change for change in self._pending if change.is_ordered or change.file != self._names.get(name)
                ]

    def _cut(self, file: int, length: int) -> None:
        # What lies behind the cut is not written any more.
        self._pending = [
            change for change in self._pending if change.is_ordered or change.file != file or change.offset < length
        ]
        self._pending.append(Change(file, length=length))

    def _sync(self, file: int | None) -> None:
        waiting = []
        for change in self._pending:
            if change.is_ordered or change.file == file:
                self._lasting.make(change)
            else:
                waiting.append(change)
        self._pending = waiting

    def left_after_power_cut(self, seed: int, tries: int) -> Iterator[Files]:
        """What the disk may hold: without, with, and with some of what was not synced."""
        yield self._lasting.copy()
        if not self._pending:
            return
        yield self._with(self._pending)
        chance = random.Random(seed)
        for _ in range(tries):
            yield self._with(self._some(chance))

    def _with(self, changes: list[Change]) -> Files:
        files = self._lasting.copy()
        for change in changes:
            files.make(change)
        return files

    def _some(self, chance: random.Random) -> list[Change]:
        """Names and lengths up to a point; of the bytes any write, and of some writes any sector."""
        ordered = chance.randint(0, sum(change.is_ordered for change in self._pending))
        some = []
        for change in self._pending:
            if change.is_ordered:
                ordered -= 1
                if ordered >= 0:
                    some.append(change)
            elif chance.random() < 0.25:
                some += [sector for sector in _sectors(change) if chance.random() < 0.5]
            elif chance.random() < 0.5:
                some.append(change)
        return some


def _sectors(change: Change) -> Iterator[Change]:
    begin = 0
    while begin < len(change.data):
        size = SECTOR - (change.offset + begin) % SECTOR
        yield Change(change.file, change.offset + begin, change.data[begin : begin + size])
        begin += size
