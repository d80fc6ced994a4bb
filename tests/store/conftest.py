"""A store in a directory of its own, on a clock moved by hand."""

from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.store.thread import Store
from tests.fakes import Facts, Inbox, ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def facts(clock: ManualClock) -> Facts:
    return Facts(clock)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def start(directory: Path, inbox: Inbox, clock: ManualClock) -> Iterator[Callable[[], Store]]:
    """Starts the store; a second call stops the first one and starts it again."""
    running: list[Store] = []

    def stop() -> None:
        for store in running:
            store.request_stop()
            assert store.join()
        running.clear()

    def start_again() -> Store:
        stop()
        inbox.clear()
        store = Store(directory, inbox, clock, ZoneInfo("Europe/Paris"))
        store.start()
        running.append(store)
        return store

    yield start_again
    stop()
