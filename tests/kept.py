"""A terminal's files, and a terminal at work over them, for the tests of what must outlive the SD card."""

from contextlib import contextmanager

from kiosk.app import Terminal
from kiosk.clock import SystemClock, moment
from kiosk.config import load
from kiosk.ids import FactIds
from kiosk.store.thread import Store
from kiosk.types import Fact, FactKind, MemberId, ShiftId
from tests.demo.onlooker import Onlooker

KEY = "5e" * 32


def machine(folder, *, key: bool = True):
    """A terminal's files below ``folder``; returns its configuration."""
    folder.mkdir()
    if key:
        (folder / "card.key").write_text(KEY, encoding="ascii")
    file = folder / "kiosk.toml"
    file.write_text(
        '[terminal]\nname = "accueil"\ndata_dir = "data"\nruntime_dir = "run"\n'
        + ('[cards]\nkey_file = "card.key"\nkey_id = "7"\n' if key else ""),
        encoding="utf-8",
    )
    return file


def record_a_check_in(folder) -> str:
    """One confirmed check-in in the store of that machine, and its id."""
    store = Store(folder / "data", lambda _event: None, SystemClock())
    store.start()
    fact = check_in_at(store)
    store.request_stop()
    assert store.join()
    return fact


def check_in_at(store: Store) -> str:
    clock = SystemClock()
    fact = Fact(
        id=FactIds()(clock.now()),
        kind=FactKind.CHECK_IN,
        happened=moment(clock),
        member_id=MemberId("312"),
        shift_id=ShiftId("s1"),
    )
    store.record(fact)
    assert fact.id in {row.fact.id for row in store.journal_list().result(5)}
    return fact.id


@contextmanager
def running(config):
    """The terminal of that machine at work: its own store, its own control socket."""
    terminal = Terminal(load(config), SystemClock())
    with terminal.running(Onlooker()):
        yield terminal
