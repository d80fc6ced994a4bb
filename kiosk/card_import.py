"""A spreadsheet of cards, read line by line: what each line means, and what is wrong with it, in words.

Pure. Card ids leave this module as hashes only, and no sentence repeats one.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from kiosk.backends.folder_columns import NO, YES
from kiosk.backends.folder_csv import Columns, Line, read_sheet
from kiosk.devices.cards import (
    CardHasher,
    CardUid,
    PartialUid,
    is_random_or_blank,
    maybe_ean13,
    maybe_uid_of_stock_id,
    parse_uid,
    stock_id_candidates,
)
from kiosk.devices.uid_formats import UidFormat, parse_reader_uid
from kiosk.types import CardHash
from kiosk.views import LANGUAGES

COLUMNS: Final = Columns(file="cards", required=("card", "member"), optional=("language", "large_text", "long_pulse"))
NXP: Final = 0x04
"""The first byte of every 7-byte uid of NXP, who make nearly all of them (ISO/IEC 7816-6)."""
SHORTENED: Final = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
"""A long number as spreadsheets show it, and write it into a CSV: ``4,2E+11``."""

Uid: TypeAlias = CardUid | PartialUid


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line that names a card and a member.

    Attributes:
        card: the hash; None where the line is of no use, for ``fault``.
        backwards: the hash of the same bytes the other way round, should that be the card that the member has.
        note: what was mended or looks odd.
    """

    line: int
    member: str
    card: CardHash | None = None
    backwards: CardHash | None = None
    wishes: Mapping[str, object] = field(default_factory=dict)
    fault: str = ""
    note: str = ""

    def request(self) -> dict[str, Any]:
        """The row as the terminal takes it."""
        return {"card": self.card, "backwards": self.backwards, "member": self.member, **self.wishes}


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rows of a file, and what is wrong with the file itself."""

    rows: tuple[Row, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the ids of a file are written.

    Attributes:
        uid_format: as a USB reader types them; None: in canonical form, or as the digits of a badge.
        stock: as the numbers that the stock library of the MFRC522 recorded.
        uids: whole uids to look the longer ones of these numbers up in.
    """

    hasher: CardHasher
    uid_format: UidFormat | None = None
    stock: bool = False
    uids: tuple[CardUid, ...] = ()


def read_cards(data: bytes, reading: Reading) -> Sheet:
    """Read a CSV file with the columns ``card`` and ``member``, and what each person needs."""
    sheet = read_sheet(COLUMNS, data)
    rows = [_row(line, reading) for line in sheet.lines]
    if reading.stock:
        rows = list(_without_shared_numbers(rows, sheet.lines))
    return Sheet(tuple(_without_doubles(rows)), sheet.problems)


def _row(line: Line, reading: Reading) -> Row:
    row = Row(line=line.number, member=line.cells["member"])
    if not row.member:
        return replace(row, fault="no member is named")
    try:
        row = replace(row, wishes=dict(_wishes(line)))
        return _with_card(row, line.cells["card"], reading)
    except ValueError as wrong:
        return replace(row, fault=str(wrong))


def _wishes(line: Line) -> Iterator[tuple[str, object]]:
    language = line.cells["language"].lower()
    if language and language not in LANGUAGES:
        raise ValueError(f"language is none of {', '.join(LANGUAGES)}")
    if language:
        yield "language", language
    for name in ("large_text", "long_pulse"):
        said = line.cells[name].lower()
        if said and said not in YES | NO:
            raise ValueError(f"{name} is neither yes nor no")
        if said:
            yield name, said in YES


def _with_card(row: Row, text: str, reading: Reading) -> Row:
    """The card of a line.

    Raises:
        ValueError: it is none, in words.
    """
    if SHORTENED.fullmatch(text):
        raise ValueError("a spreadsheet has shortened this number: make its column text, and put the digits in again")
    if reading.stock:
        return _of_uid(row, _stock_uid(text, reading.uids), reading.hasher)
    if reading.uid_format is not None:
        uid, mended = _reader_uid(text, reading.uid_format)
        found = _of_uid(row, uid, reading.hasher)
        return replace(found, note=mended or found.note)
    if ":" in text and not text.startswith("ean:"):
        return _of_uid(row, parse_uid(text), reading.hasher)
    return _of_badge(row, text.removeprefix("ean:"), reading.hasher)


def _of_uid(row: Row, uid: Uid, hasher: CardHasher) -> Row:
    if is_random_or_blank(uid):
        raise ValueError("this id is random or blank, so it is nobody's")
    if isinstance(uid, PartialUid):
        return replace(row, card=hasher.hash_uid(uid))
    turned = CardUid(uid.data[::-1])
    looks_turned = len(uid.data) == 7 and uid.data[0] != NXP and uid.data[-1] == NXP
    return replace(
        row,
        card=hasher.hash_uid(uid),
        backwards=None if turned == uid else hasher.hash_uid(turned),
        note="this id looks as if it were written backwards" if looks_turned else "",
    )


def _of_badge(row: Row, text: str, hasher: CardHasher) -> Row:
    digits = text.strip()
    whole = digits.zfill(13)
    if not digits.isascii() or not digits.isdigit() or maybe_ean13(whole) is None:
        raise ValueError("neither a card (7:04A3…, 4:1A2B…) nor a badge of 13 digits")
    lost = 13 - len(digits)
    note = "" if lost <= 0 else "leading zeros were lost; they were put back"
    return replace(row, card=hasher.hash_badge(whole), note=note)


def _reader_uid(text: str, uid_format: UidFormat) -> tuple[Uid, str]:
    """What a reader would have typed; hexadecimal digits may have lost their leading zero in a spreadsheet."""
    try:
        return parse_reader_uid(text, uid_format), ""
    except ValueError:
        if uid_format not in {UidFormat.HEX, UidFormat.HEX_REVERSED} or len(text.strip()) not in {7, 13, 19}:
            raise
    return parse_reader_uid(f"0{text.strip()}", uid_format), "a leading zero was lost; it was put back"


# ── numbers that the stock library made ───────────────────────────────────────────────────────────────────────────


def _stock_uid(text: str, uids: Iterable[CardUid]) -> CardUid:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 13 else -1
    whole = maybe_uid_of_stock_id(number)
    if whole is not None:
        return whole
    candidates = stock_id_candidates(number, uids)
    if len(candidates) != 1:
        raise ValueError(
            "this number holds only the start of the card's id: lay the card again"
            if not candidates
            else f"{len(candidates)} cards begin like this number: lay each of them again"
        )
    return candidates[0]


def _without_shared_numbers(rows: Iterable[Row], lines: Iterable[Line]) -> Iterator[Row]:
    """A number that the stock library gave to more than one member says of neither which card it is."""
    members: dict[str, set[str]] = defaultdict(set)
    numbers = {line.number: line.cells["card"] for line in lines}
    rows = tuple(rows)
    for row in rows:
        members[numbers[row.line]].add(row.member)
    for row in rows:
        sharing = members[numbers[row.line]] - {row.member}
        fault = f"member {min(sharing)} has the same number: lay both cards again" if sharing else row.fault
        yield replace(row, card=None, fault=fault) if sharing else row


# ── the file as a whole ───────────────────────────────────────────────────────────────────────────────────────────


def _without_doubles(rows: Iterable[Row]) -> Iterator[Row]:
    """A card stands in the file once; for two members it is neither's."""
    rows = tuple(rows)
    members: dict[CardHash, set[str]] = defaultdict(set)
    for row in rows:
        if row.card is not None:
            members[row.card].add(row.member)
    seen: set[CardHash] = set()
    for row in rows:
        if row.card is None:
            yield row
        elif len(members[row.card]) > 1:
            other = min(members[row.card] - {row.member})
            yield replace(row, card=None, fault=f"member {other} has the same card in this file")
        elif row.card in seen:
            yield replace(row, card=None, note="this line stands in the file twice")
        else:
            yield row
        if row.card is not None:
            seen.add(row.card)


SENTENCES: Final[Mapping[str, str]] = {
    "unknown_member": "nobody has this number",
    "blocked": "this card is blocked; --transfer puts it back into use",
    "taken": "member {owner} has this card; --transfer moves it",
    "backwards": "this is the card that the member has already, written backwards",
}
"""Why a terminal did not link a row, by its outcome."""


def judged(row: Row, outcome: Mapping[str, Any]) -> Row:
    """The row with what the terminal said of it."""
    sentence = SENTENCES.get(outcome["outcome"])
    return row if sentence is None else replace(row, fault=sentence.format(owner=outcome["owner"]))
