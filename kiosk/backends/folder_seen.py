"""How many rows each of the folder's files had when it was last in use, in a file beside them, for the next start.

Beside them and not in the cursor: a round that fetches everything has no cursor, nor has ``kiosk check``.
"""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from kiosk.backends.folder_csv import Columns, read_sheet

SEEN = Columns(file="seen.csv", required=("file", "rows"))


class Seen:
    """The counts by file name. Not safe for threads: its owner holds a lock."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / SEEN.file
        self._kept: Mapping[str, int] | None = None

    def rows(self) -> Mapping[str, int]:
        """What was seen; nothing where it was never written, or cannot be read."""
        try:
            lines = read_sheet(SEEN, self._path.read_bytes()).lines
        except OSError:
            return {}
        counts = ((line.cells["file"], line.cells["rows"]) for line in lines)
        return {file: int(rows) for file, rows in counts if rows.isdecimal()}

    def keep(self, rows: Mapping[str, int]) -> None:
        """Write them down where they have changed. On a full or read-only disk the earlier ones stay."""
        if self._kept is None:
            self._kept = self.rows()
        if rows != self._kept:
            with contextlib.suppress(OSError):
                self._write(rows)
                self._kept = rows

    def _write(self, rows: Mapping[str, int]) -> None:
        text = "".join(f"{file},{count}\r\n" for file, count in (SEEN.required, *rows.items()))
        new = self._path.with_name(f"{SEEN.file}.new")
        # Root, who checks, writes into another user's folder: a link that lies there is never followed.
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        with os.fdopen(descriptor, "wb") as target:
            target.write(text.encode())
            target.flush()
            os.fsync(target.fileno())
        if os.geteuid() == 0:
            # Written by root, who checks, it is for the terminal to read all the same, which is another user.
            owner = self._path.parent.stat()
            os.chown(new, owner.st_uid, owner.st_gid, follow_symlinks=False)
        new.replace(self._path)
