"""What the door must not forget over a restart: that it was released, that it is locked down. One small file."""

import json
import logging
from pathlib import Path

from kiosk.clock import Clock
from kiosk.durable import put_whole
from kiosk.own_thread import OwnThread
from kiosk.rules.door_states import Kept

log = logging.getLogger(__name__)

RETRY_SECONDS = 10.0


class DoorMemory(OwnThread):
    """Remembers at once, and writes on a thread of its own: no door waits for a disk.

    A file that is there and cannot be read stands for *released*: software that has forgotten why the door was opened
    must not lock it.

    Args:
        path: of the file; its folder is made.
        clock: for the pauses between tries.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__("door-memory")
        self._path = path
        self._clock = clock
        self._kept = self._written = _read(path)

    @property
    def kept(self) -> Kept:
        return self._kept

    def keep(self, kept: Kept) -> None:
        """Remember this; returns at once."""
        with self._wake:
            self._kept = kept
            self._wake.notify_all()

    def _run(self) -> None:
        failing = False
        while True:
            with self._wake:
                while self._kept == self._written and not self._stopping:
                    self._clock.wait(self._wake, None)
                kept, stopping = self._kept, self._stopping
            if kept != self._written:
                try:
                    _write(self._path, kept)
                except OSError as fault:
                    if not failing:
                        log.error("door: what must outlive a restart cannot be written (%s)", fault)  # noqa: TRY400 - the disk's traceback says no more
                    failing = True
                else:
                    self._written = kept
                    if failing:
                        log.info("door: what must outlive a restart is written again")
                    failing = False
            if stopping:
                return
            if failing:
                self._rest()

    def _rest(self) -> None:
        deadline = self._clock.monotonic() + RETRY_SECONDS
        with self._wake:
            while not self._stopping and (left := deadline - self._clock.monotonic()) > 0:
                self._clock.wait(self._wake, left)


def _read(path: Path) -> Kept:
    try:
        found = json.loads(path.read_bytes())
        return Kept(released=found["released"] is not False, locked_down=found["locked_down"] is not False)
    except FileNotFoundError:
        return Kept()
    except (OSError, ValueError, KeyError, TypeError) as fault:
        log.warning("door: %s cannot be read (%s): the door counts as released", path, type(fault).__name__)
        return Kept(released=True)


def _write(path: Path, kept: Kept) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"released": kept.released, "locked_down": kept.locked_down})
    put_whole(path, f"{text}\n".encode("ascii"), 0o600)
