"""What the terminal appends to the folder: a CSV file of facts, each written once and on the disk before it counts."""

import contextlib
import csv
import errno
import io
import os
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path

from kiosk.backends.folder_columns import YES, read_flag, read_text
from kiosk.backends.folder_csv import Columns, Line, Sheet, read_sheet
from kiosk.backends.folder_files import Stamp, maybe_stamp
from kiosk.backends.folder_tables import Entry
from kiosk.durable import sync_to_disk
from kiosk.types import FactId, FactKind, MemberId, ShiftId


class Ledger:
    """One append-only file. Not safe for threads: its owner holds a lock.

    A row counts as written when all its columns can be read back; what a power cut left of a row is reported, and the
    fact, which was never accepted, comes again.
    """

    def __init__(self, folder: Path, columns: Columns, zone: tzinfo) -> None:
        self.columns = columns
        self.entries: dict[FactId, Entry] = {}
        self.problems: tuple[str, ...] = ()
        self.stamp: Stamp | None = None
        self._usable = True
        self._path = folder / columns.file
        self._zone = zone
        self._delimiter = ","

    def refresh(self) -> None:
        """Read the file again if someone else has changed it.

        Raises:
            OSError: it cannot be read.
        """
        stamp = maybe_stamp(self._path)
        if stamp == self.stamp:
            return
        self.stamp = stamp
        # An empty file is what a full disk leaves of the first row: nothing is lost in it.
        data = b"" if stamp is None else self._path.read_bytes()
        sheet = read_sheet(self.columns, data) if data else Sheet(usable=True)
        problems = list(sheet.problems)
        entries: dict[FactId, Entry] = {}
        for line in sheet.lines:
            try:
                entry = _entry_of(line)
            except ValueError as fault:
                problems.append(f"{self.columns.file}, line {line.number}: {fault}")
            else:
                entries.setdefault(entry.id, entry)
        self._usable = sheet.usable
        self.problems = tuple(problems)
        if sheet.usable:
            self.entries, self._delimiter = entries, sheet.delimiter

    def append_once(self, entry: Entry) -> None:
        """Write one entry and force it to the disk, unless it is there already.

        Raises:
            OSError: it is not written: the folder is full, read-only or gone, or the file has lost its first line.
        """
        self.refresh()
        if entry.id not in self.entries:
            self._append(entry)

    def _append(self, entry: Entry) -> None:
        if not self._usable:
            raise OSError(errno.EILSEQ, self.problems[-1])
        is_new = not self._path.exists()
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            size = os.fstat(descriptor).st_size
            is_as_read = self.stamp is None or self.stamp[1] == size
            text = "".join(self._rows(entry, with_header=size == 0))
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                text = "\r\n" + text
            try:
                _write_all(descriptor, text.encode())
                os.fsync(descriptor)
            except OSError:
                # Half a row must not stay; if even this fails, the next row begins on a line of its own.
                with contextlib.suppress(OSError):
                    os.ftruncate(descriptor, size)
                raise
        finally:
            os.close(descriptor)
        if is_new:
            sync_to_disk(self._path.parent)
        if is_as_read:
            self.stamp = maybe_stamp(self._path)
        self.entries[entry.id] = entry

    def _rows(self, entry: Entry, *, with_header: bool) -> Iterator[str]:
        if with_header:
            yield _row_text(self.columns.names, self._delimiter)
        local = entry.at.astimezone(self._zone).isoformat(sep=" ", timespec="seconds")
        cells = (
            entry.id,
            entry.kind,
            entry.member_id or "",
            entry.shift_id or "",
            local,
            entry.about or "",
            "yes" if entry.offline else "no",
        )
        yield _row_text(cells, self._delimiter)


def _row_text(cells: tuple[str, ...], delimiter: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerow(cells)
    return text.getvalue()


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _entry_of(line: Line) -> Entry:
    try:
        at = datetime.fromisoformat(line.cells["at"])
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ValueError("at is not a time like 2026-11-24 16:04:00+01:00")
    if line.cells["offline"].lower() not in YES | {"no", "non", "false", "faux", "0"}:
        raise ValueError("it is not whole")
    return Entry(
        id=FactId(read_text(line, "fact")),
        kind=FactKind(line.cells["kind"]),
        at=at,
        member_id=MemberId(line.cells["member"]) if line.cells["member"] else None,
        shift_id=ShiftId(line.cells["shift"]) if line.cells["shift"] else None,
        about=FactId(line.cells["about"]) if line.cells["about"] else None,
        offline=read_flag(line, "offline"),
    )
