"""What this terminal has learnt of cards and people: each scan, each import. A file of its own, beside the store's.

The server tells nothing of a card without being asked, and asking may write. So what it has said once is kept, with the
day it was said. Of the cards themselves there is the keyed hash, and the number to be sent, sealed
(:mod:`kiosk.backends.gestion_compte.codes`).
"""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from kiosk.backends.gestion_compte.codes import maybe_unsealed, seal
from kiosk.backends.gestion_compte.people import Booking, KnownCard, Late, Person, person_from, row_of, text_of
from kiosk.devices.cards import CardHasher
from kiosk.errors import BackendUnavailable
from kiosk.types import CardHash, FactId, MemberId, ShiftId

log = logging.getLogger(__name__)

BUSY_SECONDS: Final = 5.0

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS people (
    id TEXT PRIMARY KEY, number TEXT NOT NULL, first_name TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL,
    until TEXT, balance INTEGER, due INTEGER, shared INTEGER NOT NULL, trained TEXT NOT NULL, not_numbers TEXT NOT NULL,
    learned_at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS people_number ON people (number);
CREATE TABLE IF NOT EXISTS cards (
    hash TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people ON DELETE CASCADE, sealed INTEGER NOT NULL,
    off INTEGER NOT NULL, seen_at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS cards_person ON cards (person);
CREATE TABLE IF NOT EXISTS renamed (old TEXT PRIMARY KEY, new TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS came (shift TEXT NOT NULL, person TEXT NOT NULL, PRIMARY KEY (shift, person)) STRICT;
CREATE TABLE IF NOT EXISTS owed (
    shift TEXT NOT NULL, person TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (shift, person)
) STRICT;
CREATE TABLE IF NOT EXISTS bookings (
    fact TEXT PRIMARY KEY, shift TEXT NOT NULL, person TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS late (
    shift TEXT NOT NULL, person TEXT NOT NULL, came_at TEXT NOT NULL, noted_at TEXT NOT NULL,
    PRIMARY KEY (shift, person)
) STRICT;
CREATE TABLE IF NOT EXISTS taken_back (fact TEXT PRIMARY KEY, day TEXT NOT NULL) STRICT;
"""

_ROWS_OF: Final = {
    "people": "SELECT * FROM people WHERE id = ?",
    "cards": "SELECT off, seen_at FROM cards WHERE person = ? ORDER BY seen_at",
    "came": "SELECT shift FROM came WHERE person = ? ORDER BY shift",
    "late": "SELECT shift, came_at, noted_at FROM late WHERE person = ? ORDER BY shift",
    "owed": "SELECT shift, at FROM owed WHERE person = ? ORDER BY shift",
    "bookings": "SELECT shift FROM bookings WHERE person = ? ORDER BY shift",
}
"""What is told of one person, by table."""


class Memory:
    """The file; safe to use from several threads, and while an import writes to it.

    Args:
        path: made if it is not there.
        hasher: under whose key the numbers of cards are sealed.
        older: of the key before, while the coop changes from one to the other.

    Every method raises :class:`~kiosk.errors.BackendUnavailable` when the file cannot be used.
    """

    def __init__(self, path: Path, hasher: CardHasher, older: CardHasher | None = None) -> None:
        self._hasher = hasher
        self._hashers = (hasher,) if older is None else (hasher, older)
        self._guard = threading.RLock()
        self._path = path
        self._db: sqlite3.Connection | None = None

    def close(self) -> None:
        """Twice does no harm."""
        with self._guard:
            db, self._db = self._db, None
            if db is not None:
                db.close()

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """What is written within is written together."""
        with self._use() as db, db:
            db.execute("BEGIN IMMEDIATE")
            yield

    @contextmanager
    def _use(self) -> Iterator[sqlite3.Connection]:
        with self._guard:
            try:
                if self._db is None:
                    self._db = self._opened()
                yield self._db
            except (sqlite3.Error, OSError) as fault:
                if type(fault) is sqlite3.DatabaseError:
                    with suppress(OSError):
                        self._put_aside(fault)
                raise BackendUnavailable(f"what was learnt here cannot be read or kept: {fault}") from fault

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connected()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as fault:
            self._put_aside(fault)
            return self._connected()

    def _put_aside(self, fault: sqlite3.Error) -> None:
        """The file is damaged, in its head or, which only shows where that is read, further on: learn it all again."""
        log.error("gestion-compte: what was learnt here is damaged (%s); it is put aside", fault)
        self.close()
        self._path.replace(self._path.with_name(f"{self._path.name}.broken"))
        for rest in ("-wal", "-shm"):
            self._path.with_name(f"{self._path.name}{rest}").unlink(missing_ok=True)

    def _connected(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch(mode=0o600)
        db = sqlite3.connect(self._path, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")
        db.executescript(_SCHEMA)
        return db

    # ── people ────────────────────────────────────────────────────────────────────────────────────────────────────

    def people(self) -> tuple[Person, ...]:
        with self._use() as db:
            return tuple(person_from(row) for row in db.execute("SELECT * FROM people ORDER BY id"))

    def person(self, id_: MemberId) -> Person | None:
        with self._use() as db:
            row = db.execute("SELECT * FROM people WHERE id = ?", (id_,)).fetchone()
            return None if row is None else person_from(row)

    def keep_person(self, person: Person) -> None:
        with self._use() as db:
            db.execute(
                "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                "number = excluded.number, first_name = excluded.first_name, name = excluded.name, "
                "status = excluded.status, until = excluded.until, balance = excluded.balance, due = excluded.due, "
                "shared = excluded.shared, trained = excluded.trained, not_numbers = excluded.not_numbers, "
                "learned_at = excluded.learned_at",
                row_of(person),
            )
            # Whoever bears a name again that was corrected meanwhile is found under it.
            db.execute("DELETE FROM renamed WHERE old = ?", (person.id,))

    def rename(self, old: MemberId, new: MemberId) -> None:
        """Two are found to be one: ``new`` has the cards of ``old``, and what waits under ``old`` still finds them."""
        with self._use() as db:
            for table in ("cards", "came", "late", "owed", "bookings"):
                db.execute(f"UPDATE OR REPLACE {table} SET person = ? WHERE person = ?", (new, old))  # noqa: S608  ours
            db.execute("DELETE FROM people WHERE id = ?", (old,))
            db.execute("UPDATE renamed SET new = ? WHERE new = ?", (new, old))
            db.execute("INSERT OR REPLACE INTO renamed VALUES (?, ?)", (old, new))
            db.execute("DELETE FROM renamed WHERE old = new")

    def current(self, id_: MemberId) -> MemberId:
        """The id under which this person is known now."""
        with self._use() as db:
            row = db.execute("SELECT new FROM renamed WHERE old = ?", (id_,)).fetchone()
        return id_ if row is None else MemberId(row[0])

    def former(self, id_: MemberId) -> tuple[MemberId, ...]:
        """The ids under which this person was known before."""
        with self._use() as db:
            rows = db.execute("SELECT old FROM renamed WHERE new = ? ORDER BY old", (id_,)).fetchall()
        return tuple(MemberId(old) for (old,) in rows)

    def renames(self) -> tuple[tuple[MemberId, MemberId], ...]:
        """Every id that was given up, each with the one that took its place."""
        with self._use() as db:
            rows = db.execute("SELECT old, new FROM renamed ORDER BY old").fetchall()
        return tuple((MemberId(old), MemberId(new)) for old, new in rows)

    def rows_of(self, person: MemberId) -> dict[str, list[dict[str, Any]]]:
        """All that is kept of this person, by table, for them to read. A card is told without its hash and number."""
        found: dict[str, list[dict[str, Any]]] = {}
        with self._use() as db:
            for table, statement in _ROWS_OF.items():
                cursor = db.execute(statement, (person,))
                names = [name for name, *_ in cursor.description]
                rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
                if rows:
                    found[table] = rows
        return found

    def forget(self, person: MemberId) -> None:
        """Nothing here speaks of this person any more, under no name."""
        with self.all_or_nothing(), self._use() as db:
            for table in ("came", "late", "owed", "bookings"):
                db.execute(f"DELETE FROM {table} WHERE person = ?", (person,))  # noqa: S608  our own text
            db.execute("DELETE FROM people WHERE id = ?", (person,))
            db.execute("DELETE FROM renamed WHERE new = ?", (person,))
        with self._use() as db:
            # What was deleted is overwritten, but rows that moved leave copies in the gaps.
            db.execute("VACUUM")
            # Without this it would all go on standing in the log of changes.
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def purge(self, before: datetime) -> None:
        """Forget who was not heard of since."""
        with self._use() as db:
            stale = "SELECT person FROM cards WHERE seen_at >= ?"
            db.execute(
                f"DELETE FROM people WHERE learned_at < ? AND id NOT IN ({stale})",  # noqa: S608  our own text
                (text_of(before), text_of(before)),
            )
            db.execute("DELETE FROM renamed WHERE new NOT IN (SELECT id FROM people)")

    # ── cards ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def cards(self) -> tuple[KnownCard, ...]:
        with self._use() as db:
            rows = db.execute("SELECT * FROM cards ORDER BY hash").fetchall()
        return tuple(card for row in rows if (card := self._card_from(row)) is not None)

    def card(self, hash_: CardHash) -> KnownCard | None:
        with self._use() as db:
            row = db.execute("SELECT * FROM cards WHERE hash = ?", (hash_,)).fetchone()
        return None if row is None else self._card_from(row)

    def card_of(self, person: MemberId) -> KnownCard | None:
        """The card that this person used last, of those that still work."""
        with self._use() as db:
            rows = db.execute("SELECT * FROM cards WHERE person = ? AND off = 0 ORDER BY seen_at DESC", (person,))
            found = (self._card_from(row) for row in rows.fetchall())
            return next((card for card in found if card is not None), None)

    def keep_card(self, hash_: CardHash, person: MemberId, code: str, seen_at: datetime) -> None:
        with self._use() as db:
            db.execute(
                "INSERT INTO cards VALUES (?, ?, ?, 0, ?) ON CONFLICT (hash) DO UPDATE SET "
                "person = excluded.person, sealed = excluded.sealed, off = 0, seen_at = excluded.seen_at",
                (hash_, person, seal(code, hash_, self._hasher), text_of(seen_at)),
            )

    def reseal(self, old: CardHash, new: CardHash) -> None:
        """A card was laid that is known under the key before: from now on it is known under the new one.

        What a list has told of it under the new one meanwhile is newer.
        """
        card = self.card(old)
        if card is not None:
            with self.all_or_nothing():
                if self.card(new) is None:
                    self.keep_card(new, card.person, card.code, card.seen_at)
                with self._use() as db:
                    db.execute("DELETE FROM cards WHERE hash = ?", (old,))

    def turn_off(self, hash_: CardHash) -> None:
        """The server does not know this card any more."""
        with self._use() as db:
            db.execute("UPDATE cards SET off = 1 WHERE hash = ?", (hash_,))

    def _card_from(self, row: tuple[Any, ...]) -> KnownCard | None:
        """None for a card that was sealed under a key long gone: its hash is nobody's any more."""
        hash_, person, sealed, off, seen_at = row
        codes = (maybe_unsealed(sealed, CardHash(hash_), hasher) for hasher in self._hashers)
        code = next((code for code in codes if code is not None), None)
        if code is None:
            return None
        return KnownCard(
            hash=CardHash(hash_),
            person=MemberId(person),
            code=code,
            off=bool(off),
            seen_at=datetime.fromisoformat(seen_at),
        )

    # ── shifts ────────────────────────────────────────────────────────────────────────────────────────────────────

    def note_came(self, shift: ShiftId, person: MemberId) -> None:
        with self._use() as db:
            db.execute("INSERT OR IGNORE INTO came VALUES (?, ?)", (shift, person))

    def note_not_come(self, shift: ShiftId, person: MemberId) -> None:
        with self._use() as db:
            for table in ("came", "late"):
                db.execute(f"DELETE FROM {table} WHERE shift = ? AND person = ?", (shift, person))  # noqa: S608  ours

    def came(self) -> frozenset[tuple[ShiftId, MemberId]]:
        """Who came for which shift, for servers whose pages do not show it."""
        with self._use() as db:
            rows = db.execute("SELECT shift, person FROM came").fetchall()
        return frozenset((ShiftId(shift), MemberId(person)) for shift, person in rows)

    def note_late(self, late: Late) -> None:
        """The server has taken a presence after its shift, and knows no true time of it."""
        with self._use() as db:
            row = (late.shift, late.person, text_of(late.came_at), text_of(late.noted_at))
            db.execute("INSERT OR IGNORE INTO late VALUES (?, ?, ?, ?)", row)

    def late(self) -> tuple[Late, ...]:
        """Those presences, the oldest shift first."""
        with self._use() as db:
            rows = db.execute("SELECT shift, person, came_at, noted_at FROM late ORDER BY shift, person").fetchall()
        return tuple(
            Late(ShiftId(shift), MemberId(person), datetime.fromisoformat(came_at), datetime.fromisoformat(noted_at))
            for shift, person, came_at, noted_at in rows
        )

    def owe(self, shift: ShiftId, person: MemberId, at: datetime) -> None:
        """A validation that nothing but a look brought about has to be taken back."""
        with self._use() as db:
            db.execute("INSERT OR IGNORE INTO owed VALUES (?, ?, ?)", (shift, person, text_of(at)))

    def settle(self, shift: ShiftId, person: MemberId) -> bool:
        """It is taken back, or stands now; False when none was owed."""
        with self._use() as db:
            return db.execute("DELETE FROM owed WHERE shift = ? AND person = ?", (shift, person)).rowcount > 0

    def owed(self) -> tuple[tuple[ShiftId, MemberId, datetime], ...]:
        """Shift, person, and since when."""
        with self._use() as db:
            rows = db.execute("SELECT shift, person, at FROM owed").fetchall()
        return tuple((ShiftId(shift), MemberId(person), datetime.fromisoformat(at)) for shift, person, at in rows)

    def forget_shifts(self, before: date) -> None:
        """Forget what happened on shifts of earlier days; their ids begin with the day."""
        with self._use() as db:
            for table in ("came", "late", "bookings"):
                db.execute(f"DELETE FROM {table} WHERE shift < ?", (f"{before:%Y%m%d}",))  # noqa: S608  our own text
            db.execute("DELETE FROM taken_back WHERE day < ?", (before.isoformat(),))

    # ── bookings ──────────────────────────────────────────────────────────────────────────────────────────────────

    def keep_booking(self, fact: FactId, booking: Booking) -> None:
        """Before the server is asked: an answer that is lost must still be found again."""
        with self._use() as db:
            db.execute("INSERT OR IGNORE INTO bookings VALUES (?, ?, ?)", (fact, booking.shift, booking.person))

    def booking(self, fact: FactId) -> Booking | None:
        with self._use() as db:
            row = db.execute("SELECT shift, person FROM bookings WHERE fact = ?", (fact,)).fetchone()
        return None if row is None else Booking(ShiftId(row[0]), MemberId(row[1]))

    def bookings(self) -> tuple[Booking, ...]:
        return tuple(self.bookings_by_fact().values())

    def bookings_by_fact(self) -> dict[FactId, Booking]:
        """The same, under the ids they were asked with."""
        with self._use() as db:
            rows = db.execute("SELECT fact, shift, person FROM bookings").fetchall()
        return {FactId(fact): Booking(ShiftId(shift), MemberId(person)) for fact, shift, person in rows}

    def take_back(self, fact: FactId, day: date) -> None:
        """Whatever becomes of this wish, it is not wanted any more."""
        with self._use() as db:
            db.execute("INSERT OR IGNORE INTO taken_back VALUES (?, ?)", (fact, day.isoformat()))

    def is_taken_back(self, fact: FactId) -> bool:
        with self._use() as db:
            return db.execute("SELECT 1 FROM taken_back WHERE fact = ?", (fact,)).fetchone() is not None

    def drop_booking(self, fact: FactId) -> None:
        with self._use() as db:
            db.execute("DELETE FROM bookings WHERE fact = ?", (fact,))
