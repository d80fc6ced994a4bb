"""The new version shows what it can do on a copy, while the old one goes on working.

It has to accept the terminal's configuration, bring a copy of the journal to its own form with every row in it, and
pass its self-test; and the old version has to read that journal afterwards, or there would be no way back.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.errors import KioskError
from kiosk.store.backup import JOURNAL
from kiosk.updating import journal
from kiosk.updating.machine import Machine, Ran

FOLDER: Final = "rehearsal"
COMMAND_SECONDS: Final = 600.0
"""A year's journal on a slow card."""


class RehearsalFailed(KioskError):
    """Error raised when the new version cannot take over; its words say why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a rehearsal plays.

    Attributes:
        old, new: the folders of the two versions.
        data_dir: of the terminal; the copy lies in it, because it is people's data and belongs to the same owner.
        config_file: of the terminal; None where it runs on the defaults.
    """

    old: Path
    new: Path
    data_dir: Path
    config_file: Path | None


def rehearse(stage: Stage, machine: Machine, say: Callable[[str], None]) -> None:
    """All of it.

    Raises:
        RehearsalFailed: the new version is not fit to take over.
        KioskError: it could not be tried.
        OSError: the copy cannot be written.
    """
    if stage.config_file is not None:
        say("the new version reads the configuration")
        _must(
            machine.run(stage.new, ["config", "check", str(stage.config_file)], beside=None, seconds=COMMAND_SECONDS),
            "does not accept the configuration",
        )
    with _copy(stage.data_dir) as (folder, rows):
        if rows is not None:
            _migrate(stage, machine, say, folder, rows)
        say("the new version tests itself on simulated hardware")
        _must(
            machine.run(stage.new, ["check", "--simulated"], beside=folder, seconds=COMMAND_SECONDS),
            "fails its self-test",
        )


def _migrate(stage: Stage, machine: Machine, say: Callable[[str], None], folder: Path, rows: int) -> None:
    list_rows = ["journal", "list", "--json", "--config", str(folder / "kiosk.toml")]
    for which, release, fault in (
        ("new", stage.new, "cannot use a copy of the journal"),
        ("old", stage.old, "leaves a journal that the version before it cannot read"),
    ):
        say(f"the {which} version reads a copy of the journal, {rows} facts")
        ran = machine.run(release, list_rows, beside=folder, seconds=COMMAND_SECONDS)
        _must(ran, fault)
        if ran.lines != rows:
            raise RehearsalFailed(f"the new version {fault}: of {rows} facts {ran.lines} are there")


def _must(ran: Ran, fault: str) -> None:
    if ran.status:
        raise RehearsalFailed(f"the new version {fault}: {ran.said}")


@contextmanager
def _copy(data_dir: Path) -> Iterator[tuple[Path, int | None]]:
    """A folder with a copy of the journal and a configuration that leads to it, and how many facts are in it."""
    folder = data_dir / FOLDER
    clear(data_dir)
    try:
        for made in (folder, folder / "data"):
            made.mkdir(mode=0o700, parents=True)
        settings = folder / "kiosk.toml"
        settings.write_text('[terminal]\ndata_dir = "data"\nruntime_dir = "run"\n', encoding="utf-8")
        journal.own_like(data_dir, folder, folder / "data", settings)
        yield folder, journal.copy_for(data_dir, folder / "data" / JOURNAL)
    finally:
        clear(data_dir)


def clear(data_dir: Path) -> None:
    """Leave nothing of a rehearsal, also of one that was cut short."""
    shutil.rmtree(data_dir / FOLDER, ignore_errors=True)
