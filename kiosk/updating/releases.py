"""The versions that lie side by side, and which of them counts.

::

    /opt/coop-kiosk/releases/0.2.0/venv/bin/kiosk      a version, whole once "complete" is there
    /opt/coop-kiosk/current   -> releases/0.2.0        what systemd starts
    /opt/coop-kiosk/previous  -> releases/0.1.0        what was well before it, and judges a trial
    /opt/coop-kiosk/trial.json                         from the rehearsal of a new one to the verdict on it
    /opt/coop-kiosk/aside/0.2.0                        a version that is being made anew, as it was

A name is changed in one step (rename(2)), and what it leads to is on the disk before it is: a power cut leaves the name
as it was or as it shall be.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from kiosk.durable import sync_to_disk
from kiosk.errors import KioskError

ROOT: Final = Path("/opt/coop-kiosk")
CURRENT: Final = "current"
PREVIOUS: Final = "previous"
COMPLETE: Final = "complete"
ASIDE: Final = "aside"
MADE_FROM: Final = ".made-from"
"""In a version: the SHA-256 of the MANIFEST of its bundle, or what scripts/install makes of a checkout. By this the
installation knows that it has nothing to do."""


class ReleaseError(KioskError):
    """Error raised when the versions on the disk do not allow what is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A new version is being tried.

    Attributes:
        old: the version before; it was well.
        new: the version on trial.
        lost: the parts that did not answer before it began.
        online: the server answered before it began.
        kept: where the journal was copied to when it began.
        data_dir, runtime_dir: of the terminal, so that the end of a trial needs no configuration.
        back: it is over, and the old version shall be again.
    """

    old: str
    new: str
    lost: tuple[str, ...] = ()
    online: bool = False
    kept: Path
    data_dir: Path
    runtime_dir: Path
    back: bool = False


def order_of(version: str) -> tuple[tuple[int, int | str], ...]:
    """By what versions are sorted: ``0.10.0`` after ``0.9.0``, and ``0.9.0rc1`` before ``0.9.0``."""
    parts = re.findall(r"\d+|[A-Za-z]+", version)
    # A word is a step on the way to the number it stands behind.
    return (*((1, int(part)) if part.isdigit() else (-1, part) for part in parts), (0, 0))


class Releases:
    """The versions below one folder."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self._trial = root / "trial.json"

    # ── which there are ───────────────────────────────────────────────────────────────────────────────────────────

    def folder(self, version: str) -> Path:
        return self.root / "releases" / version

    def whole(self) -> tuple[str, ...]:
        """The versions that could be started, by name."""
        return tuple(sorted(mark.parent.name for mark in self.root.glob(f"releases/*/{COMPLETE}")))

    def is_whole(self, version: str) -> bool:
        return (self.folder(version) / COMPLETE).exists()

    def named(self, name: str) -> str | None:
        """The version that ``current`` or ``previous`` leads to; None where it leads nowhere."""
        try:
            return (self.root / name).readlink().name
        except OSError:
            return None

    # ── changing them ─────────────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def locked(self, *, wait: bool = False) -> Iterator[None]:
        """Nobody else changes anything meanwhile.

        Raises:
            ReleaseError: somebody does already.
        """
        handle = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise ReleaseError("another update is under way") from None
        finally:
            os.close(handle)

    @contextmanager
    def passing_folder(self, name: str) -> Iterator[Path]:
        """A folder for as long as the context lasts; what an update that was cut short left in it is gone."""
        folder = self.root / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def begin(self, version: str) -> Path:
        """An empty folder for a version; one that was left half made is thrown away.

        Raises:
            ReleaseError: that version is in use.
        """
        if version in {self.named(CURRENT), self.named(PREVIOUS)} and self.is_whole(version):
            raise ReleaseError(f"{version} is in use already")
        self.remove(version)
        folder = self.folder(version)
        folder.mkdir(parents=True)
        # The terminal's own user has to find its way in, whatever root's habit is.
        for part in (self.root, folder.parent, folder):
            part.chmod(0o755)
        return folder

    @contextmanager
    def anew(self, version: str) -> Iterator[Path]:
        """An empty folder for a version, finished with the context. If there is one already, it lies aside meanwhile.

        What a venv is started by has the path of its folder in it: the new one can only be made in the old one's place.
        """
        folder, aside = self.folder(version), self.root / ASIDE / version
        try:
            if self.is_whole(version):
                aside.parent.mkdir(exist_ok=True)
                folder.rename(aside)
                sync_to_disk(aside.parent)
                sync_to_disk(folder.parent)
            yield self.begin(version)
            self.finish(version)
        finally:
            self.settle()

    def settle(self) -> None:
        """Put back what lies aside where no whole one has taken its place; else take it away."""
        for aside in sorted((self.root / ASIDE).glob("*")):
            folder = self.folder(aside.name)
            if self.is_whole(aside.name) or not (aside / COMPLETE).exists():
                _take_away(aside)
                continue
            _take_away(folder)
            aside.rename(folder)
            sync_to_disk(folder.parent)

    def finish(self, version: str) -> None:
        """All of the version is there: make that last, then say so."""
        os.sync()
        mark = self.folder(version) / COMPLETE
        mark.touch()
        sync_to_disk(mark)
        sync_to_disk(mark.parent)
        sync_to_disk(mark.parent.parent)

    def remove(self, version: str) -> None:
        """Take a version away."""
        _take_away(self.folder(version))

    def point(self, name: str, version: str) -> None:
        """Let ``current`` or ``previous`` lead to that version, in one step.

        Raises:
            ReleaseError: it is not whole.
        """
        if not self.is_whole(version):
            raise ReleaseError(f"{self.folder(version)}: is not whole")
        new = self.root / f".{name}.new"
        new.unlink(missing_ok=True)
        new.symlink_to(Path("releases") / version)
        new.replace(self.root / name)
        sync_to_disk(self.root)

    def prune(self, keep: Iterable[str | None]) -> None:
        """Take all other versions away, the half made ones too."""
        keeping = set(keep)
        for folder in sorted((self.root / "releases").iterdir()):
            if folder.name not in keeping:
                self.remove(folder.name)

    # ── the trial ─────────────────────────────────────────────────────────────────────────────────────────────────

    def trial(self) -> Trial | None:
        """The trial that is under way.

        Raises:
            ReleaseError: what is written about it cannot be read.
        """
        try:
            return _trial_of(json.loads(self._trial.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise ReleaseError(f"{self._trial}: cannot be read ({fault})") from fault

    def write_trial(self, trial: Trial) -> None:
        """Remember it through a power cut."""
        values = {key: str(value) if isinstance(value, Path) else value for key, value in asdict(trial).items()}
        new = self._trial.with_suffix(".new")
        new.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
        sync_to_disk(new)
        new.replace(self._trial)
        sync_to_disk(self.root)

    def end_trial(self) -> None:
        """It is over, whatever came of it."""
        with contextlib.suppress(FileNotFoundError):
            self._trial.unlink()
        sync_to_disk(self.root)


def _take_away(folder: Path) -> None:
    """The mark goes first: half of a version is never taken for a whole one."""
    if not folder.exists():
        return
    (folder / COMPLETE).unlink(missing_ok=True)
    sync_to_disk(folder)
    shutil.rmtree(folder)


def _trial_of(values: Mapping[str, Any]) -> Trial:
    return Trial(
        old=str(values["old"]),
        new=str(values["new"]),
        lost=tuple(map(str, values["lost"])),
        online=bool(values["online"]),
        kept=Path(values["kept"]),
        data_dir=Path(values["data_dir"]),
        runtime_dir=Path(values["runtime_dir"]),
        back=bool(values["back"]),
    )
