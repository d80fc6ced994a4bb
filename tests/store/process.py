"""Driving :mod:`tests.store.child` from a test, and putting a disk of our own under it."""

import json
import os
import shutil
import subprocess
import sys
import threading
from enum import IntEnum
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import PATIENCE_SECONDS

ROOT = Path(__file__).parent.parent.parent


class Disk(IntEnum):
    """What the disk does; see ``disk.c``."""

    WORKS = 0
    FULL = 1
    READ_ONLY = 2
    FAILS_TO_WRITE = 3
    FAILS_TO_SYNC = 4
    HANGS = 5
    SLOW = 6


def build_disk(directory: Path) -> Path:
    """Compile ``disk.c``."""
    compiler = shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler to make a disk with")
    library = directory / "disk.so"
    source = Path(__file__).parent / "disk.c"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source, "-ldl", "-lpthread"],
        check=True,
    )
    return library


class ChildProcess:
    """A store in another process; its events gather here."""

    def __init__(self, directory: Path, **environment: str) -> None:
        self._lines: list[dict[str, Any]] = []
        self._answers: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.store.child", directory],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._process.stdout:
            said = json.loads(line)
            with self._changed:
                (self._answers if "answer" in said else self._lines).append(said)
                self._changed.notify_all()

    def tell(self, command: str) -> None:
        """Give a command and go on."""
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def ask(self, command: str) -> Any:
        """Give a command and wait for its answer."""
        return self.ask_all(command)["answer"]

    def ask_all(self, command: str) -> dict[str, Any]:
        """Give a command and wait for its answer and the fault of the store at that moment."""
        with self._changed:
            before = len(self._answers)
            self.tell(command)
            assert self._changed.wait_for(lambda: len(self._answers) > before, PATIENCE_SECONDS), command
            return self._answers[before]

    def wait_for(self, event: str, **wanted: Any) -> dict[str, Any]:
        """The first event of this name with these values, past or to come."""

        def found() -> list[dict[str, Any]]:
            return [line for line in self.all(event) if wanted.items() <= line.items()]

        with self._changed:
            assert self._changed.wait_for(found, PATIENCE_SECONDS), f"no {event}, only {self._lines[-10:]}"
            return found()[0]

    def wait_for_commits(self, number: int) -> None:
        """Until so many groups have been announced."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.all("Committed")) >= number, PATIENCE_SECONDS)

    def wait_until_committed(self, ids: list[str]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: set(ids) <= self.committed(), PATIENCE_SECONDS)

    def committed(self) -> set[str]:
        """Every id announced as committed so far."""
        return {id_ for line in self.all("Committed") for id_ in line["ids"]}

    def all(self, event: str) -> list[dict[str, Any]]:
        """Every event of this name so far."""
        return [line for line in self._lines if line["event"] == event]

    def forget(self) -> None:
        """Look only at what comes from now on."""
        with self._changed:
            self._lines.clear()

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        self._process.stdin.close()
        self._process.stdout.close()
