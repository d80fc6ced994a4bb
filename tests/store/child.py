"""A store in a process of its own, to be killed or given a bad disk; it is told what to do and tells what happens.

``record N`` · ``steadily N`` (one by one, each committed before the next) · ``due`` · ``arrive`` (settle what was
handed out) · ``advance SECONDS`` · ``purge`` · ``journal`` · ``page N`` (a snapshot of N members) · ``again`` (stop and
start) · ``stop``. Each event is a line of JSON on standard output; each command is answered with one, in order.
"""

import json
import os
import sys
from pathlib import Path

from kiosk.clock import AdjustableClock, moment
from kiosk.errors import StoreError
from kiosk.events import (
    CommitFailed,
    Committed,
    DeviceFound,
    DeviceLost,
    Event,
    FactsRecalled,
    KnowledgePage,
    Ticked,
)
from kiosk.ids import FactIds
from kiosk.store.outbox import Arrived
from kiosk.store.thread import Store
from kiosk.types import Fact, FactId, FactKind, MemberId, Part, ShiftId
from tests.fakes import NOON, members, page

PATIENCE = 20
KINDS = (FactKind.CHECK_IN, FactKind.PASSAGE, FactKind.TARE, FactKind.DOOR_OPENED)


def say(**line: object) -> None:
    os.write(1, json.dumps(line, default=str).encode() + b"\n")


def tell(event: Event) -> None:
    """An event as one line, as far as a parent cares."""
    match event:
        case Committed(ids):
            mark(ids)
            say(event="Committed", ids=ids)
        case CommitFailed(ids=ids, fault=fault):
            say(event="CommitFailed", ids=ids, fault=fault)
        case DeviceLost(part=Part.STORE, fault=fault):
            say(event="DeviceLost", fault=fault)
        case DeviceFound(part=Part.STORE) | Ticked(Part.STORE):
            say(event=type(event).__name__)
        case KnowledgePage(members=known, jars=jars, last=last):
            say(event="KnowledgePage", members=len(known), jars=len(jars), last=last)
        case FactsRecalled(facts):
            say(event="FactsRecalled", ids=[fact.id for fact in facts])
        case _:
            pass


def mark(ids: tuple[FactId, ...]) -> None:
    """Where the disk is recorded, write down between its operations what has just been promised."""
    if MARKS is not None:
        os.write(MARKS, "".join(f"{id_}\n" for id_ in ids).encode())


class Child:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.clock = AdjustableClock(start=NOON)
        self.ids = FactIds()
        self.store = self.started()
        self.handed_out: list[FactId] = []

    def started(self) -> Store:
        store = Store(self.directory, tell, self.clock)
        store.start()
        return store

    def record(self, number: str) -> list[FactId]:
        made = []
        for count in range(int(number)):
            fact = Fact(
                id=self.ids(self.clock.now()),
                kind=KINDS[count % len(KINDS)],
                happened=moment(self.clock),
                member_id=MemberId("m1"),
                shift_id=ShiftId("s1"),
                details={"jar": f"{count:06}", "grams": 400 + count, "why": "x" * 200},
            )
            self.store.record(fact)
            made.append(fact.id)
        return made

    def steadily(self, number: str) -> None:
        for _ in range(int(number)):
            self.record("1")
            self.store.due(1).result(PATIENCE)

    def due(self) -> list[FactId]:
        self.handed_out = [row.fact.id for row in self.store.due(500).result(PATIENCE).rows]
        return self.handed_out

    def arrive(self) -> int:
        self.store.settle({id_: Arrived() for id_ in self.handed_out}).result(PATIENCE)
        return len(self.handed_out)

    def advance(self, seconds: str) -> None:
        self.clock.advance(float(seconds))

    def purge(self) -> None:
        self.store.purge().result(PATIENCE)

    def journal(self) -> list[FactId]:
        return [row.fact.id for row in self.store.journal_list(limit=100_000).result(PATIENCE)]

    def page(self, number: str) -> None:
        self.store.apply(page(members=members(*(f"m{count}" for count in range(int(number)))))).result(PATIENCE)

    def again(self) -> None:
        self.stop()
        self.store = self.started()

    def stop(self) -> bool:
        self.store.request_stop()
        return self.store.join(PATIENCE)


def main() -> None:
    child = Child(Path(sys.argv[1]))
    for line in sys.stdin:
        name, *arguments = line.split()
        try:
            answer = getattr(child, name)(*arguments)
        except StoreError as error:
            answer = f"failed: {error}"
        say(answer=answer, fault=child.store.fault)


MARKS: int | None = None

if __name__ == "__main__":
    if "DISK_RECORD" in os.environ:
        MARKS = os.open(Path(sys.argv[1]) / "marks", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    main()
