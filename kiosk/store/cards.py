"""Links, blocks and preferences made at this terminal. Precious."""

from dataclasses import dataclass, replace

from sqlite_utils import Database

from kiosk.types import Card, CardHash, Fact, FactKind, Member, MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """What one person asked this terminal to remember; None leaves it as the server has it."""

    member_id: MemberId
    language: str | None = None
    large_text: bool | None = None
    long_pulse: bool | None = None

    def on(self, member: Member) -> Member:
        return replace(
            member,
            language=member.language if self.language is None else self.language,
            large_text=member.large_text if self.large_text is None else self.large_text,
            long_pulse=member.long_pulse if self.long_pulse is None else self.long_pulse,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A card linked or blocked here. ``told``: the fact that says so has come to rest, so the server speaks for it."""

    card: Card
    told: bool


class Cards:
    """The tables of cards and preferences in an open ``journal.db``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def note(self, fact: Fact) -> None:
        """Keep what a CARD_LINKED or CARD_BLOCKED fact says about the card in its detail ``card`` (a hash)."""
        card = fact.details.get("card")
        if not isinstance(card, str) or fact.member_id is None:
            return
        self._db.execute(
            "INSERT INTO card (hash, member_id, blocked, fact_id) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE "
            "SET member_id = excluded.member_id, blocked = excluded.blocked, fact_id = excluded.fact_id",
            (card, fact.member_id, fact.kind is FactKind.CARD_BLOCKED, fact.id),
        )

    def forget(self, fact: Fact) -> None:
        """Take back a link, if it is still the last word on its card."""
        self._db.execute("DELETE FROM card WHERE hash = ? AND fact_id = ?", (fact.details.get("card"), fact.about))

    def given_to(self) -> frozenset[MemberId]:
        """Who was given a card here that is not blocked."""
        rows = self._db.execute("SELECT DISTINCT member_id FROM card WHERE NOT blocked").fetchall()
        return frozenset(MemberId(member_id) for (member_id,) in rows)

    def prefer(self, preference: Preference) -> None:
        """Keep what was asked for; None leaves an earlier wish as it was."""
        self._db.execute(
            "INSERT INTO preference (member_id, language, large_text, long_pulse) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (member_id) DO UPDATE SET language = coalesce(excluded.language, language), "
            "large_text = coalesce(excluded.large_text, large_text), "
            "long_pulse = coalesce(excluded.long_pulse, long_pulse)",
            (preference.member_id, preference.language, preference.large_text, preference.long_pulse),
        )

    def links(self) -> list[Link]:
        rows = self._db.execute(
            "SELECT c.hash, c.member_id, c.blocked, j.id IS NULL OR j.closed_as IS NOT NULL "
            "FROM card AS c LEFT JOIN journal AS j ON j.id = c.fact_id"
        ).fetchall()
        return [
            Link(card=Card(hash=CardHash(hash_), member_id=MemberId(member_id), blocked=bool(blocked)), told=bool(told))
            for hash_, member_id, blocked, told in rows
        ]

    def preferences(self) -> list[Preference]:
        rows = self._db.execute("SELECT member_id, language, large_text, long_pulse FROM preference").fetchall()
        return [
            Preference(
                member_id=MemberId(member_id),
                language=language,
                large_text=None if large_text is None else bool(large_text),
                long_pulse=None if long_pulse is None else bool(long_pulse),
            )
            for member_id, language, large_text, long_pulse in rows
        ]
