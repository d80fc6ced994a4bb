"""A spreadsheet's CSV as it comes: any of the usual delimiters, line ends and encodings, with line numbers kept.

Pure: bytes in, rows and problems out. What the columns mean is the business of :mod:`kiosk.backends.folder_columns`.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

DELIMITERS = ";,\t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of one file. Those not ``required`` may be absent."""

    file: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return self.required + self.optional


@dataclass(frozen=True, slots=True)
class Line:
    """One row by column name; absent and empty cells are empty strings. ``number`` counts the file's lines from 1."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One file, read.

    Attributes:
        usable: there was a header with all required columns. A file caught half-written has none.
        delimiter: what this file uses, so that it can be continued in its own manner.
        problems: one sentence each, naming file and line.
    """

    usable: bool
    delimiter: str = ","
    lines: tuple[Line, ...] = ()
    problems: tuple[str, ...] = ()


def read_sheet(columns: Columns, data: bytes) -> Sheet:
    """Read the bytes of one file. Never raises: what cannot be read is a problem, and the rest is kept."""
    text, is_utf8 = text_in(data)
    problems = [] if is_utf8 else [f"{columns.file}: it is not UTF-8; it was read as Windows-1252"]
    delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines: list[Line] = []
    header: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip().lower() for cell in cells]
                missing = [name for name in columns.required if name not in header]
                if missing:
                    problems.append(f"{columns.file}: the first line lacks {_listed(missing)}")
                    return Sheet(usable=False, delimiter=delimiter, problems=tuple(problems))
                problems.extend(_unknown_columns(columns, header))
            elif any(cell.strip() for cell in cells[len(header) :]):
                problems.append(f"{columns.file}, line {reader.line_num}: more cells than columns")
            else:
                cut = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
                lines.append(Line(reader.line_num, {name: cut.get(name, "") for name in columns.names}))
    except csv.Error as fault:
        problems.append(f"{columns.file}, line {reader.line_num}: {fault}; the lines after it were not read")
    if header is None:
        problems.append(f"{columns.file}: it is empty")
    return Sheet(usable=header is not None, delimiter=delimiter, lines=tuple(lines), problems=tuple(problems))


def text_in(data: bytes) -> tuple[str, bool]:
    """UTF-8 with or without a byte order mark, else what spreadsheets on Windows write; whether it is UTF-8."""
    try:
        return data.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), False


def delimiter_of(text: str) -> str:
    """What parts the cells of the first line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=first.count) if any(mark in first for mark in DELIMITERS) else ","


def _unknown_columns(columns: Columns, header: list[str]) -> list[str]:
    found = []
    for name in header:
        if name and name not in columns.names:
            near = get_close_matches(name, columns.names, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            found.append(f"{columns.file}: column '{name}' is not known{hint}")
    return found


def _listed(names: list[str]) -> str:
    return "the column " + names[0] if len(names) == 1 else "the columns " + ", ".join(names)
