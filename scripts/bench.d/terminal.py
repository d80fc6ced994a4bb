"""A tap, from the event to the relay's line and to the disk; the outbox; a search; a journal of a million rows.

A slow disk is the same disk below a shim that takes 200 ms for each sync (tests/store/disk.c), in a process of its own.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from assembled import Assembled
from limits import fsync
from measuring import TOP, Figures, growth, in_child, middle, sizes, spread, wait_until

from kiosk.backends.base import Accepted
from kiosk.clock import SystemClock, moment
from kiosk.demo.names import FIRST_NAMES, SURNAMES
from kiosk.events import DeviceFound, KnowledgePage
from kiosk.ids import FactIds
from kiosk.rules.ownership import search
from kiosk.store.thread import Store
from kiosk.types import Capabilities, Card, CardHash, Fact, FactKind, Member, MemberId, Part

PAGE_ROWS = 500
MILLION = 1_000_000
OLD_ROWS = """
    INSERT INTO journal (id, kind, boot_id, monotonic, wall, trust, member_id, offline, details, closed_as, closed_at)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)
    SELECT printf('%08x-0000-7000-8000-%012x', i, i), kind, boot_id, monotonic + i, wall, trust, i % 800, offline,
        details, 'delivered', wall
    FROM n, (SELECT * FROM journal ORDER BY seq LIMIT 1)
"""
"""Like the first row, which the store has written itself."""


def card(number: int) -> CardHash:
    return CardHash(f"{number:064x}")


def person(number: int) -> Member:
    random = Random(number)
    first = random.choice(FIRST_NAMES)
    return Member(id=MemberId(str(number)), first_name=first, name=f"{first} {random.choice(SURNAMES)}")


def pages(count: int) -> Iterator[KnowledgePage]:
    """An invented coop of ``count`` members with a card each, as a server would send it."""
    now = datetime.now(UTC)
    for first in range(0, count, PAGE_ROWS):
        numbers = range(first, min(first + PAGE_ROWS, count))
        yield KnowledgePage(
            generation=1,
            full=True,
            last=numbers[-1] == count - 1,
            cursor="1",
            fetched_at=now,
            capabilities=Capabilities(identify=False),
            members=tuple(map(person, numbers)),
            cards=tuple(Card(hash=card(number), member_id=MemberId(str(number))) for number in numbers),
        )


@contextmanager
def knowing(count: int, folder: Path) -> Iterator[Assembled]:
    """A terminal that knows so many members."""
    terminal = Assembled(folder)
    terminal.start()
    try:
        for page in pages(count):
            terminal.reactor.post(page)
        wait_until(lambda: terminal.reactor.knowledge.as_of is not None)
        # The store has opened its file once it answers.
        terminal.store.cursor().result(60)
        terminal.store.oldest_waiting().result(60)
        yield terminal
    finally:
        terminal.close()


def taps(count: int, many: int, folder: Path) -> tuple[list[float], list[float], list[float]]:
    """Times of ``many`` taps at ``count`` members, to the relay and to the disk, and of a bare fsync after each."""
    random = Random(1)
    with knowing(count, folder) as terminal, (folder / "page").open("wb", buffering=0) as page:
        times = [(*terminal.tap(card(random.randrange(count))), fsync(page)) for _ in range(many)]
    return tuple(map(list, zip(*times, strict=True)))


def slow_taps(many: int) -> tuple[list[float], list[float], list[float]]:
    """The same on a disk that takes 200 ms for a sync, in a process below the shim."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shim, switch = folder / "disk.so", folder / "switch"
        subprocess.run(
            ["gcc", "-shared", "-fPIC", "-O1", "-o", shim, TOP / "tests/store/disk.c", "-ldl", "-lpthread"], check=True
        )
        switch.write_bytes(b"\x06")
        data = folder / "data"
        data.mkdir()
        return tuple(
            in_child("terminal.py", data, many, LD_PRELOAD=str(shim), DISK_DIRECTORY=str(data), DISK_SWITCH=str(switch))
        )


def drain(rows: int, folder: Path) -> float:
    """Rows a second that the store hands out and takes back, as sync does."""
    clock, ids = SystemClock(), FactIds()
    store = Store(folder, lambda _event: None, clock)
    store.start()
    for number in range(rows):
        store.record(passage(ids, clock, number))
    wait_until(lambda: store.unjournalled() == 0)
    began, left = time.perf_counter(), rows
    while left > 0:
        due = store.due(200).result(30).rows
        assert due, "the outbox holds rows back"
        store.settle({row.fact.id: Accepted() for row in due}).result(30)
        left -= len(due)
    seconds = time.perf_counter() - began
    store.request_stop()
    store.join()
    return rows / seconds


def passage(ids: FactIds, clock: SystemClock, number: int) -> Fact:
    return Fact(
        id=ids(clock.now()),
        kind=FactKind.PASSAGE,
        happened=moment(clock),
        member_id=MemberId(str(number)),
        details={"reason": "welcome"},
    )


def searches(count: int) -> Figures:
    """Looking for a person by the letters of a name: the first letter ever, and each one after it."""
    with tempfile.TemporaryDirectory() as folder, knowing(count, Path(folder)) as terminal:
        knowledge = terminal.reactor.knowledge
        began = time.perf_counter()
        assert search(knowledge, "m")
        first = time.perf_counter() - began
        later = []
        for typed in ("ma", "mar", "mart", "marti", "martin", "312", "31", "3"):
            began = time.perf_counter()
            search(knowledge, typed)
            later.append(time.perf_counter() - began)
    return {"first": first * 1000, "later": middle(later) * 1000}


def long_journal(many: int, rows: int) -> Figures:
    """The start of the store over a journal of ``rows``, put away in order and after a power cut; taps on it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = opened(folder)
        grow(folder, rows)
        figures = {
            "store opened, empty journal, ms": began * 1000,
            f"store opened, {rows} rows, ms": opened(folder) * 1000,
            f"journal of {rows} rows, MB": (folder / "journal.db").stat().st_size / 1e6,
        }
        in_child("terminal.py", "cut", folder)
        figures[f"store opened, {rows} rows, after a power cut, ms"] = opened(folder) * 1000
        _, disk, _ = taps(800, many, folder)
    return figures | spread(f"tap → on the disk, 800 members, {rows} rows", disk)


def cut(folder: Path) -> None:
    """End as a power cut ends a terminal: with its log beside the file."""
    clock = SystemClock()
    store = Store(folder, lambda _event: None, clock)
    store.start()
    store.record(passage(FactIds(), clock, 0))
    wait_until(lambda: store.unjournalled() == 0)
    print("true", flush=True)
    os._exit(0)


def opened(folder: Path) -> float:
    """Seconds until the store's file is open and its first answer is there."""
    clock, ready = SystemClock(), threading.Event()

    def hear(event: object) -> None:
        if isinstance(event, DeviceFound) and event.part is Part.STORE:
            ready.set()

    began = time.perf_counter()
    store = Store(folder, hear, clock)
    store.start()
    store.oldest_waiting().result(600)
    seconds = time.perf_counter() - began
    assert ready.is_set()
    store.record(passage(FactIds(), clock, 0))
    store.request_stop()
    store.join(60)
    return seconds


def grow(folder: Path, rows: int) -> None:
    with closing(sqlite3.connect(folder / "journal.db")) as file, file:
        file.execute(OLD_ROWS, {"rows": rows})


def measure(*, quick: bool = False) -> Figures:
    """All figures of this room."""
    found: Figures = {}
    many = 40 if quick else 200
    relays, disks = {}, {}
    for count in sizes(quick=quick):
        with tempfile.TemporaryDirectory() as folder:
            relay, disk, bare = taps(count, many, Path(folder))
        relays[count], disks[count] = middle(relay), middle(disk)
        found |= spread(f"tap → relay, {count} members", relay) | spread(f"tap → on the disk, {count} members", disk)
        found |= spread(f"bare fsync beside the taps, {count} members", bare)
    found["tap → relay, growth exponent over members"] = growth(relays)
    found["tap → on the disk, growth exponent over members"] = growth(disks)
    relay, disk, _ = slow_taps(20)
    found |= spread("tap → relay, 800 members, a sync takes 200 ms", relay)
    found |= spread("tap → on the disk, 800 members, a sync takes 200 ms", disk)
    seeks = {count: searches(count) for count in sizes(quick=quick)}
    for count, seek in seeks.items():
        found[f"name searched, {count} members, first letter ms"] = seek["first"]
        found[f"name searched, {count} members, next letters ms"] = seek["later"]
    found |= long_journal(many, MILLION // 10 if quick else MILLION)
    with tempfile.TemporaryDirectory() as folder:
        found["outbox drained, rows a second"] = drain(2_000 if quick else 20_000, Path(folder))
    return found


if __name__ == "__main__":
    if sys.argv[1] == "cut":
        cut(Path(sys.argv[2]))
    else:
        print(json.dumps(taps(800, int(sys.argv[2]), Path(sys.argv[1]))))
