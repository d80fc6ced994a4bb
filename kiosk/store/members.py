"""One person in ``journal.db``: what it knows of them, and letting go of them.

What happened stays, under a pseudonym that is drawn at random and written down nowhere else: counts of presences and
passages stay right, and nobody can tell any more whose they were.
"""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kiosk.store.cards import Preference
from kiosk.store.details import renamed
from kiosk.store.journal import JournalRow
from kiosk.types import Card, CardHash, Fact, FactId, FactKind, MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the file holds of one person.

    Attributes:
        cards: linked or blocked here.
        role: granted here.
        rows: facts about this person, and those that name them.
        on_their_way: of these, what the server does not have, each with whether it refused it.
        word_waits: the server has not heard yet that they were forgotten.
    """

    cards: tuple[Card, ...]
    preference: Preference | None
    role: str | None
    rows: tuple[JournalRow, ...]
    on_their_way: Mapping[FactId, bool]
    is_forgotten: bool
    word_waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """Whom to forget.

    Attributes:
        cards: hashes of their cards that are known from elsewhere.
        word: what tells the server; None where the server said so itself.
        anyway: give up what has not left.
        at: aware UTC.
    """

    member_id: MemberId
    cards: frozenset[CardHash]
    word: Fact | None
    anyway: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How many rows of each kind went; ``facts`` stayed under a pseudonym, ``given_up`` of them had not left yet.

    With anything ``waiting`` or ``refused`` nothing was done.
    """

    waiting: int = 0
    refused: int = 0
    preferences: int = 0
    roles: int = 0
    facts: int = 0
    given_up: int = 0


class Members:
    """What the tables of an open ``journal.db`` hold of one person."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def seqs(self, member_id: MemberId) -> list[int]:
        """The numbers of the facts that are about this person, or name them, in the order of recording."""
        found = self._naming(member_id)
        return [
            seq for seq, owner, details in found if owner == member_id or renamed(details, {member_id: ""}) != details
        ]

    def _naming(self, name: str) -> list[tuple[int, str | None, Any]]:
        """Number, member and details of the facts that hold ``name``.

        The word of the forgetting itself has to say who until it has left, and is let be.
        """
        rows = self._db.execute(
            "SELECT seq, member_id, details FROM journal WHERE (member_id = ? OR instr(details, ?) > 0) AND kind <> ? "
            "ORDER BY seq",
            (name, json.dumps(name), FactKind.MEMBER_FORGOTTEN),
        ).fetchall()
        return [(seq, owner, json.loads(details)) for seq, owner, details in rows]

    def on_their_way(self, member_id: MemberId) -> dict[FactId, bool]:
        """Facts about this person that the server does not have, each with whether it refused them."""
        rows = self._db.execute(
            "SELECT o.id, o.state = 'refused' FROM outbox AS o JOIN journal AS j ON j.id = o.id "
            "WHERE j.member_id = ? AND j.kind <> ? ORDER BY o.seq",
            (member_id, FactKind.MEMBER_FORGOTTEN),
        ).fetchall()
        return {FactId(id_): bool(refused) for id_, refused in rows}

    def word_waits(self, member_id: MemberId) -> bool:
        """The word of their forgetting has not left, and says who."""
        row = self._db.execute(
            "SELECT 1 FROM outbox AS o JOIN journal AS j ON j.id = o.id WHERE j.member_id = ? AND j.kind = ?",
            (member_id, FactKind.MEMBER_FORGOTTEN),
        ).fetchone()
        return row is not None

    def hashes(self, member_id: MemberId) -> set[CardHash]:
        """The cards that were ever linked, replaced or blocked for this person here."""
        rows = self._db.execute(
            "SELECT hash FROM card WHERE member_id = :id "
            "UNION SELECT json_extract(details, '$.card') FROM journal WHERE member_id = :id "
            "UNION SELECT json_extract(details, '$.replaces') FROM journal WHERE member_id = :id",
            {"id": member_id},
        ).fetchall()
        others = self._db.execute("SELECT hash FROM card WHERE member_id <> ?", (member_id,)).fetchall()
        # A card that went on to someone else is theirs.
        return {CardHash(hash_) for (hash_,) in rows if isinstance(hash_, str)} - {hash_ for (hash_,) in others}

    def role(self, member_id: MemberId) -> str | None:
        row = self._db.execute("SELECT role FROM staff_role WHERE member_id = ?", (member_id,)).fetchone()
        return None if row is None else str(row[0])

    def erase(self, member_id: MemberId, cards: Iterable[CardHash]) -> Erased:
        """Erase what can be erased and put a pseudonym in the place of this person everywhere else.

        Args:
            member_id: whom.
            cards: hashes of their cards that are known from elsewhere.
        """
        names = dict.fromkeys({member_id, *cards, *self.hashes(member_id)}, f"forgotten-{secrets.token_hex(8)}")
        facts = sum(self._rename(names, name) for name in names)
        self._db.execute("DELETE FROM card WHERE member_id = ?", (member_id,))
        return Erased(
            preferences=self._db.execute("DELETE FROM preference WHERE member_id = ?", (member_id,)).rowcount,
            roles=self._db.execute("DELETE FROM staff_role WHERE member_id = ?", (member_id,)).rowcount,
            facts=facts,
        )

    def _rename(self, names: Mapping[str, str], name: str) -> int:
        """Rename in the facts that still hold ``name``; returns how many."""
        facts = 0
        for seq, owner, details in self._naming(name):
            new_owner = None if owner is None else names.get(owner, owner)
            new_details = renamed(details, names)
            if (new_owner, new_details) != (owner, details):
                self._db.execute(
                    "UPDATE journal SET member_id = ?, details = ? WHERE seq = ?",
                    (new_owner, json.dumps(new_details, separators=(",", ":")), seq),
                )
                facts += 1
        return facts

    def rename(self, old: MemberId, new: MemberId) -> None:
        """Two are found to be one: what was set here for ``old`` is for ``new``, unless that has its own."""
        for table in ("preference", "staff_role", "card"):
            self._db.execute(f"UPDATE OR IGNORE {table} SET member_id = ? WHERE member_id = ?", (new, old))  # noqa: S608  ours
            self._db.execute(f"DELETE FROM {table} WHERE member_id = ?", (old,))  # noqa: S608  ours

    def release(self, fact_id: FactId) -> bool:
        """The word of a forgetting has come to rest: it need not say any more who it was. False for any other fact."""
        return (
            self._db.execute(
                "UPDATE journal SET member_id = NULL WHERE id = ? AND kind = ?", (fact_id, FactKind.MEMBER_FORGOTTEN)
            ).rowcount
            > 0
        )
