"""Who has been forgotten, without saying who: only somebody who comes with a number learns whether it is among them.

A tombstone keeps a person out when a server, a page on its way or an older backup names them once more. The numbers of
members are few enough to be guessed one by one, so a tombstone is a pseudonym and not nothing; it outlives its person
because without it there would be no forgetting.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlite_utils import Database

from kiosk.events import KnowledgePage
from kiosk.store.anchors import wall_text
from kiosk.types import MemberId

SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The tombstones as they are looked at: marks by the salt they were made with."""

    marks: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def covers(self, member_id: MemberId) -> bool:
        return any(_mark(salt, member_id) in marks for salt, marks in self.marks.items())

    def kept_out_of(self, page: KnowledgePage) -> KnowledgePage:
        """The page without the members, cards and places of anyone forgotten."""
        if not self.marks:
            return page
        named = {row.id for row in page.members}
        named.update(card.member_id for card in page.cards)
        named.update(place.member_id for place in page.assignments)
        gone = {id_ for id_ in named if self.covers(id_)}
        if not gone:
            return page
        return replace(
            page,
            members=tuple(row for row in page.members if row.id not in gone),
            cards=tuple(row for row in page.cards if row.member_id not in gone),
            assignments=tuple(row for row in page.assignments if row.member_id not in gone),
        )


def _mark(salt: str, member_id: MemberId) -> str:
    return hashlib.sha256(f"{salt}{member_id}".encode()).hexdigest()


class Tombstones:
    """The table of tombstones in an open ``journal.db``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def set(self, member_id: MemberId, at: datetime) -> bool:
        """Set the tombstone of a person; False when it stands already."""
        if self.all().covers(member_id):
            return False
        row = self._db.execute("SELECT salt FROM tombstone LIMIT 1").fetchone()
        # One salt for all of them: a page is compared once, however many have been forgotten.
        salt = secrets.token_hex(SALT_BYTES) if row is None else str(row[0])
        self._db.execute(
            "INSERT INTO tombstone (mark, salt, forgotten_at) VALUES (?, ?, ?)",
            (_mark(salt, member_id), salt, wall_text(at)),
        )
        return True

    def all(self) -> Forgotten:
        return _by_salt(self._db.execute("SELECT salt, mark FROM tombstone").fetchall())


def _by_salt(rows: Iterable[tuple[str, str]]) -> Forgotten:
    marks: dict[str, set[str]] = {}
    for salt, mark in rows:
        marks.setdefault(salt, set()).add(mark)
    return Forgotten({salt: frozenset(found) for salt, found in marks.items()})
