"""Who has been forgotten, without saying who: only somebody who comes with a number learns whether it is among them.

A tombstone keeps a person out when a server, a page on its way or an older backup names them once more. The numbers of
members are few enough to be guessed one by one, so a tombstone is a pseudonym and not nothing; it outlives its person
because without it there would be no forgetting.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlite_utils import Database

from kiosk.events import Event, GraceAnswered, Identified, KnowledgePage
from kiosk.store.anchors import wall_text
from kiosk.store.details import texts_in, without
from kiosk.types import Fact, Member, MemberId

SALT_BYTES = 16
_OF_A_CARD = frozenset({"card", "replaces"})
"""Details that are hashes of the cards of whoever a fact is about."""


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

    def kept_out_of_answer(self, answer: Event) -> Event:
        """An answer of the server; about anyone forgotten, that of a server that does not know them.

        A card of a household goes with the account whose standing it has.
        """
        match answer:
            case Identified() if self._cover_any_of(answer.member, answer.account):
                return Identified(hash=answer.hash, available=answer.available)
            case GraceAnswered() if self._cover_any_of(answer.member):
                return replace(answer, member=None)
            case _:
                return answer

    def _cover_any_of(self, *members: Member | None) -> bool:
        ids = {id_ for member in members if member is not None for id_ in (member.id, member.attached_to)}
        return any(id_ is not None and self.covers(id_) for id_ in ids)


def _mark(salt: str, member_id: str) -> str:
    return hashlib.sha256(f"{salt}{member_id}".encode()).hexdigest()


class Tombstones:
    """The table of tombstones in an open ``journal.db``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def set(self, member_id: MemberId, at: datetime) -> bool:
        """Set the tombstone of a person; False when it stands already."""
        if self.covers(member_id):
            return False
        # One salt for all of them: a page is compared once, however many have been forgotten.
        salt = self._maybe_salt() or secrets.token_hex(SALT_BYTES)
        self._db.execute(
            "INSERT INTO tombstone (mark, salt, forgotten_at) VALUES (?, ?, ?)",
            (_mark(salt, member_id), salt, wall_text(at)),
        )
        return True

    def covers(self, member_id: MemberId) -> bool:
        return member_id in self._covered({member_id})

    def kept_out_of(self, fact: Fact) -> Fact:
        """The fact without anyone forgotten, whose cards are no detail of it either; itself where it names none."""
        names = set(texts_in(fact.details))
        gone = self._covered(names if fact.member_id is None else {fact.member_id, *names})
        if not gone:
            return fact
        details = without(fact.details, gone)
        if fact.member_id not in gone:
            return replace(fact, details=details)
        return replace(
            fact, member_id=None, details={key: item for key, item in details.items() if key not in _OF_A_CARD}
        )

    def _covered(self, names: Collection[str]) -> frozenset[str]:
        """Which of these are forgotten: one look-up by the key, because it is asked at every fact."""
        salt = self._maybe_salt()
        if salt is None:
            return frozenset()
        marks = {_mark(salt, name): name for name in names}
        found = self._db.execute(
            "SELECT mark FROM tombstone WHERE mark IN (SELECT value FROM json_each(?))", (json.dumps(list(marks)),)
        )
        return frozenset(marks[mark] for (mark,) in found.fetchall())

    def _maybe_salt(self) -> str | None:
        row = self._db.execute("SELECT salt FROM tombstone LIMIT 1").fetchone()
        return None if row is None else str(row[0])

    def all(self) -> Forgotten:
        return _by_salt(self._db.execute("SELECT salt, mark FROM tombstone").fetchall())


def _by_salt(rows: Iterable[tuple[str, str]]) -> Forgotten:
    marks: dict[str, set[str]] = {}
    for salt, mark in rows:
        marks.setdefault(salt, set()).add(mark)
    return Forgotten({salt: frozenset(found) for salt, found in marks.items()})
