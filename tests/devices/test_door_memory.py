"""What the door must not forget: written at once by a thread of its own, read at start, and never guessed away."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.clock import AdjustableClock
from kiosk.devices.door_memory import DoorMemory
from kiosk.rules.door_states import Kept


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "door.json"


def after(path: Path) -> Kept:
    """What the next process finds."""
    return DoorMemory(path, AdjustableClock()).kept


def run(path: Path, work: Callable[[DoorMemory], None], clock: AdjustableClock | None = None) -> None:
    memory = DoorMemory(path, clock or AdjustableClock())
    memory.start()
    work(memory)
    memory.request_stop()
    assert memory.join()


def test_new_terminal_remembers_nothing(path: Path) -> None:
    assert after(path) == Kept()
    run(path, lambda _: None)
    assert not path.exists()


@pytest.mark.parametrize("kept", [Kept(released=True), Kept(locked_down=True)], ids=["released", "locked down"])
def test_what_was_kept_is_there_after_a_restart(path: Path, kept: Kept) -> None:
    run(path, lambda memory: memory.keep(kept))
    assert after(path) == kept


def test_last_word_counts(path: Path) -> None:
    def change(memory: DoorMemory) -> None:
        memory.keep(Kept(released=True))
        memory.keep(Kept())
        assert memory.kept == Kept()

    run(path, change)
    assert after(path) == Kept()


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"released": false}', b'{"released": null, "locked_down": 0}', b"\xff"]
)
def test_file_that_cannot_be_understood_counts_as_released(path: Path, damage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    assert after(path).released


def test_file_that_cannot_be_read_counts_as_released(path: Path) -> None:
    path.mkdir(parents=True)
    assert after(path).released


def test_disk_that_fails_is_tried_again_and_the_door_never_waits(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = AdjustableClock()
    memory = DoorMemory(path, clock)
    path.parent.write_text("a file where the folder should be")
    caplog.set_level("INFO")
    memory.start()
    memory.keep(Kept(released=True))
    assert memory.kept.released
    wait_until(lambda: "cannot be written" in caplog.text)
    clock.advance(11)
    path.parent.unlink()
    wait_until(lambda: "written again" in caplog.text, each=lambda: clock.advance(11))
    memory.request_stop()
    assert memory.join()
    assert after(path) == Kept(released=True)
    assert caplog.text.count("cannot be written") == 1


def wait_until(condition: Callable[[], bool], each: Callable[[], None] = lambda: None) -> None:
    pause = threading.Event()
    for _ in range(500):
        if condition():
            return
        each()
        pause.wait(0.01)
    pytest.fail("it did not come to that")
