"""Which version of each of the folder's files is in use, while people edit them.

A file caught half-written (gone, no header, no rows, half as long) does not take the place of the one before. After a
start there is none before: then what is known of it is how many rows it had.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from kiosk.backends.folder_csv import Columns, Line, Sheet, read_sheet
from kiosk.backends.folder_seen import SEEN

Stamp: TypeAlias = tuple[int, int]
"""Modification time in nanoseconds, and size."""


def maybe_stamp(path: Path) -> Stamp | None:
    """The version of a file; None while there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size


NO_SHEET = Sheet(usable=False)
_ONE_MORE_LOOK = "; if it is still so at the next look, that counts"


@dataclass(slots=True)
class _Version:
    """One file as it is in use, and what is wrong with a newer version of it.

    Attributes:
        rows: how many it has; while none is in use, how many it had before the start.
        given_up: it was waited for, and whatever there is of it counts.
    """

    stamp: Stamp | None = None
    sheet: Sheet = NO_SHEET
    rows: int = 0
    given_up: bool = False
    doubted: Stamp | None = None
    doubt: str = ""

    @property
    def is_missed(self) -> bool:
        return self.stamp is None and self.rows > 0

    @property
    def instead(self) -> str:
        """What counts while a newer version does not."""
        if self.stamp is not None:
            return "; the version before stays in use"
        return f"; {SEEN.file} says that it had {self.rows} rows" if self.rows else ""


class SheetFiles:
    """The spreadsheets of one folder. Not safe for threads: its owner holds a lock.

    Args:
        folder: where they are.
        sheets: which.
        seen: tells how many rows each file had before the start.
    """

    def __init__(self, folder: Path, sheets: Iterable[Columns], seen: Callable[[], Mapping[str, int]] = dict) -> None:
        self._folder = folder
        self._seen = seen
        self._sheets = tuple(sheets)
        self._versions = {sheet.file: _Version() for sheet in self._sheets}

    def refresh(self) -> bool:
        """Look at every file; True when what is in use, or what is said of it, has changed.

        Raises:
            OSError: the folder cannot be read.
        """
        self._folder.stat()
        self._recall()
        changed = [self._look_at(sheet, self._versions[sheet.file]) for sheet in self._sheets]
        return any(changed)

    def _recall(self) -> None:
        """Until a file is in use, what it has to live up to is what it was before the start."""
        lacking = {file: version for file, version in self._versions.items() if version.stamp is None}
        if lacking:
            seen = self._seen()
            for file, version in lacking.items():
                version.rows = 0 if version.given_up else seen.get(file, 0)

    def lines(self, sheet: Columns) -> tuple[Line, ...]:
        """The rows in use; none where there is no file."""
        return self._versions[sheet.file].sheet.lines

    def has(self, sheet: Columns) -> bool:
        """Some version of the file is in use."""
        return self._versions[sheet.file].stamp is not None

    def misses(self, sheet: Columns) -> bool:
        """The file had rows before the start, and no version of it can be used."""
        return self._versions[sheet.file].is_missed

    def do_without(self, sheet: Columns) -> None:
        """From the next look on, whatever there is of this file counts."""
        self._versions[sheet.file].given_up = True

    def rows(self) -> dict[str, int]:
        """How many each file has."""
        return {file: version.rows for file, version in self._versions.items()}

    def stamps(self) -> tuple[Stamp | None, ...]:
        """Names all versions in use."""
        return tuple(version.stamp for version in self._versions.values())

    def problems(self) -> list[str]:
        """What is wrong with the files as such, in the order of the sheets."""
        found = []
        for version in self._versions.values():
            found += [version.doubt] if version.doubt else []
            found += version.sheet.problems
        return found

    def _look_at(self, sheet: Columns, version: _Version) -> bool:
        before = (version.stamp, version.doubt)
        path = self._folder / sheet.file
        stamp = maybe_stamp(path)
        if stamp == version.stamp and not version.is_missed:
            version.doubt = ""
        elif stamp is None:
            # Some programs save by moving a new file into place: for a moment there is none.
            version.doubt = f"{sheet.file}: it is gone{version.instead}"
        elif version.stamp is None or stamp != version.doubted or version.doubt.endswith(_ONE_MORE_LOOK):
            self._judge(version, stamp, read_sheet(sheet, path.read_bytes()), sheet.file)
        return before != (version.stamp, version.doubt)

    @staticmethod
    def _judge(version: _Version, stamp: Stamp, found: Sheet, file: str) -> None:
        before, now = version.rows, len(found.lines)
        seen_before = stamp == version.doubted
        version.doubted = stamp
        if not found.usable:
            version.doubt = found.problems[-1] + version.instead
        elif before and not now:
            version.doubt = f"{file}: it has no rows any more{version.instead}"
        elif now < before // 2 and not seen_before:
            version.doubt = f"{file}: only {now} rows are left of {before}{_ONE_MORE_LOOK}"
        else:
            version.stamp, version.sheet, version.rows, version.doubt = stamp, found, now, ""
