"""Which version of each of the folder's files is in use, while people edit them.

A file caught half-written (gone, no header, no rows, half as long) does not take the place of the one before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from kiosk.backends.folder_csv import Columns, Line, Sheet, read_sheet

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
    """One file as it is in use, and what is wrong with a newer version of it."""

    stamp: Stamp | None = None
    sheet: Sheet = NO_SHEET
    doubted: Stamp | None = None
    doubt: str = ""


class SheetFiles:
    """The spreadsheets of one folder. Not safe for threads: its owner holds a lock."""

    def __init__(self, folder: Path, sheets: Iterable[Columns]) -> None:
        self._folder = folder
        self._sheets = tuple(sheets)
        self._versions = {sheet.file: _Version() for sheet in self._sheets}

    def refresh(self) -> bool:
        """Look at every file; True when what is in use, or what is said of it, has changed.

        Raises:
            OSError: the folder cannot be read.
        """
        self._folder.stat()
        changed = [self._look_at(sheet, self._versions[sheet.file]) for sheet in self._sheets]
        return any(changed)

    def lines(self, sheet: Columns) -> tuple[Line, ...]:
        """The rows in use; none where there is no file."""
        return self._versions[sheet.file].sheet.lines

    def has(self, sheet: Columns) -> bool:
        """Some version of the file is in use."""
        return self._versions[sheet.file].stamp is not None

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
        if stamp == version.stamp:
            version.doubt = ""
        elif stamp is None:
            # Some programs save by moving a new file into place: for a moment there is none.
            version.doubt = f"{sheet.file}: it is gone; the version before stays in use"
        elif stamp != version.doubted or version.doubt.endswith(_ONE_MORE_LOOK):
            self._judge(version, stamp, read_sheet(sheet, path.read_bytes()), sheet.file)
        return before != (version.stamp, version.doubt)

    @staticmethod
    def _judge(version: _Version, stamp: Stamp, found: Sheet, file: str) -> None:
        before, now = len(version.sheet.lines), len(found.lines)
        seen_before = stamp == version.doubted
        version.doubted = stamp
        if not found.usable:
            stays = "; the version before stays in use" if version.stamp else ""
            version.doubt = found.problems[-1] + stays
        elif before and not now:
            version.doubt = f"{file}: it has no rows any more; the version before stays in use"
        elif now < before // 2 and not seen_before:
            version.doubt = f"{file}: only {now} rows are left of {before}{_ONE_MORE_LOOK}"
        else:
            version.stamp, version.sheet, version.doubt = stamp, found, ""
