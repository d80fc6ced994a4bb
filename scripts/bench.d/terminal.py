"""A tap, from the event to the relay and to the disk; the size of what is known; the outbox; the start.

The real reactor, rules and store; the door is a function that notes the time. A slow disk is the same disk below a shim
that takes 200 ms for every sync (tests/store/disk.c), in a process of its own.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from kiosk.backends.base import Accepted
from kiosk.clock import SystemClock, moment
from kiosk.events import CardTapped, Committed, Event, KnowledgePage, StopRequested
from kiosk.ids import FactIds
from kiosk.reactor import Hands, Reactor, Settings
from kiosk.rules.policy import DoorTimes, Policy, Station, Times
from kiosk.rules.tare import TareLimits
from kiosk.store.thread import Store
from kiosk.types import Capabilities, Card, CardHash, Fact, FactKind, JarCode, Member, MemberId

TOP = Path(__file__).resolve().parents[2]
PAGE = 500


def card(number: int) -> CardHash:
    return CardHash(f"{number:064x}")


def pages(count: int) -> Iterator[KnowledgePage]:
    """An invented coop of ``count`` members with a card each, as a server would send it."""
    now = datetime.now(UTC)
    for first in range(0, count, PAGE):
        numbers = range(first, min(first + PAGE, count))
        yield KnowledgePage(
            generation=1,
            full=True,
            last=numbers[-1] == count - 1,
            cursor="1",
            fetched_at=now,
            capabilities=Capabilities(identify=False),
            members=tuple(Member(id=MemberId(str(n)), first_name=f"Prénom{n}", name=f"Prénom{n} Nom") for n in numbers),
            cards=tuple(Card(hash=card(n), member_id=MemberId(str(n))) for n in numbers),
        )


class Bench:
    """A terminal without devices, and the times of its last tap."""

    def __init__(self, folder: Path) -> None:
        clock = SystemClock()
        ids = FactIds()
        settings = Settings(
            policy=Policy(needs_opening_hours=False),
            times=Times(),
            door=DoorTimes(),
            limits=TareLimits(),
            station=Station.ENTRANCE,
            zone=UTC,
            language="fr",
        )
        self.reactor = Reactor(settings, clock, lambda: ids(clock.now()), lambda: JarCode("000000"), lambda *_: None)
        self.store = Store(folder, self._post, clock)
        self.opened = threading.Event()
        self.committed = threading.Event()
        self.opened_at = self.committed_at = 0.0
        self.store.start()
        self.reactor.start(
            Hands(
                open_door=self._open,
                ring=None,
                stop_ringing=lambda: None,
                present=lambda _view: None,
                play=lambda _sound: None,
                record=self.store,
                ask=None,
                deliver=lambda: None,
                tick=lambda _part: None,
            )
        )

    def _open(self, _seconds: float) -> None:
        self.opened_at = time.perf_counter()
        self.opened.set()

    def _post(self, event: Event) -> None:
        if isinstance(event, Committed):
            self.committed_at = time.perf_counter()
            self.committed.set()
        self.reactor.post(event)

    def tap(self, number: int) -> tuple[float, float]:
        """Seconds from the tap to the relay and to the disk."""
        self.opened.clear()
        self.committed.clear()
        began = time.perf_counter()
        self.reactor.post(CardTapped(hash=card(number), tail="0000"))
        self.opened.wait()
        self.committed.wait()
        return self.opened_at - began, self.committed_at - began

    def close(self) -> None:
        self.reactor.post(StopRequested())
        self.reactor.join()
        self.store.request_stop()
        self.store.join()


@contextmanager
def bench(count: int, folder: Path) -> Iterator[Bench]:
    made = Bench(folder)
    try:
        for page in pages(count):
            made.reactor.post(page)
        wait_until(lambda: len(made.reactor.knowledge.members) == count and made.reactor.knowledge.as_of is not None)
        yield made
    finally:
        made.close()


def wait_until(condition, pause: float = 0.005) -> None:
    while not condition():
        time.sleep(pause)


def spread(name: str, seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        f"{name}, p50 ms": ordered[len(ordered) // 2] * 1000,
        f"{name}, p99 ms": ordered[int(len(ordered) * 0.99)] * 1000,
        f"{name}, max ms": ordered[-1] * 1000,
    }


def taps(count: int, many: int, folder: Path) -> tuple[list[float], list[float]]:
    """Times of ``many`` taps at ``count`` members."""
    random = Random(1)
    with bench(count, folder) as made:
        times = [made.tap(random.randrange(count)) for _ in range(many)]
    return [relay for relay, _ in times], [disk for _, disk in times]


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def slow_taps(many: int) -> tuple[list[float], list[float]]:
    """The same on a disk that takes 200 ms for a sync, in a process below the shim."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shim, switch = folder / "disk.so", folder / "switch"
        subprocess.run(
            ["gcc", "-shared", "-fPIC", "-O1", "-o", shim, TOP / "tests/store/disk.c", "-ldl", "-lpthread"], check=True
        )
        switch.write_bytes(b"\x06")
        (folder / "data").mkdir()
        surroundings = {
            "LD_PRELOAD": str(shim),
            "DISK_DIRECTORY": str(folder / "data"),
            "DISK_SWITCH": str(switch),
            "PYTHONPATH": str(TOP),
        }
        done = subprocess.run(
            [sys.executable, __file__, str(folder / "data"), str(many)],
            env=os.environ | surroundings,
            capture_output=True,
            text=True,
            check=True,
        )
        return tuple(json.loads(done.stdout.splitlines()[-1]))


def drain(rows: int, folder: Path) -> float:
    """Rows a second that the store hands out and takes back, as sync does."""
    clock, ids = SystemClock(), FactIds()
    store = Store(folder, lambda _event: None, clock)
    store.start()
    for number in range(rows):
        store.record(
            Fact(
                id=ids(clock.now()),
                kind=FactKind.PASSAGE,
                happened=moment(clock),
                member_id=MemberId(str(number)),
                details={"reason": "welcome"},
            )
        )
    wait_until(lambda: store.unjournalled() == 0)
    began, left = time.perf_counter(), rows
    while left > 0:
        due = store.due(200).result(30)
        rows_now = due.rows
        store.settle({row.fact.id: Accepted() for row in rows_now}).result(30)
        left -= len(rows_now)
        if not rows_now:
            break
    seconds = time.perf_counter() - began
    store.request_stop()
    store.join()
    return (rows - left) / seconds


def measure(quick: bool = False) -> dict[str, float]:
    """All figures of this room."""
    found: dict[str, float] = {}
    many = 100 if quick else 400
    sizes = (800, 10_000) if quick else (800, 10_000, 100_000)
    relays = {}
    for count in sizes:
        with tempfile.TemporaryDirectory() as folder:
            before = resident_mb()
            relay, disk = taps(count, many, Path(folder))
            relays[count] = sorted(relay)[len(relay) // 2]
            found |= spread(f"tap → relay, {count} members", relay)
            found |= spread(f"tap → on the disk, {count} members", disk)
            found[f"memory grown by, {count} members, MB"] = max(0.0, resident_mb() - before)
    found[f"tap → relay, {sizes[-1]} members : 800 members"] = relays[sizes[-1]] / relays[800]
    relay, disk = slow_taps(20)
    found |= spread("tap → relay, 800 members, disk that syncs in 200 ms", relay)
    found |= spread("tap → on the disk, same", disk)
    with tempfile.TemporaryDirectory() as folder:
        found["outbox drained, rows a second"] = drain(2_000 if quick else 20_000, Path(folder))
    return found


if __name__ == "__main__":
    print(json.dumps(taps(800, int(sys.argv[2]), Path(sys.argv[1]))))
