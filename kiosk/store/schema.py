"""The schema of ``journal.db``, step by step. Steps are never changed, only added.

The file must still open in the version before: a step adds tables, or columns that have a default or may be NULL, and
takes nothing away. Every statement in the package names its columns.
"""

from sqlite_utils import Database, Migrations

JOURNAL_FILE = Migrations("journal")


@JOURNAL_FILE()
def m001_journal_and_outbox(db: Database) -> None:
    """What happened, and what of it still has to leave.

    ``closed_as`` says how a fact came to rest: ``delivered``, ``withdrawn`` (never sent) or ``settled`` (by hand).
    ``not_before`` is in monotonic seconds of the boot named beside it; in any other boot the pause is over.
    """
    db.executescript("""
        CREATE TABLE journal (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            boot_id TEXT NOT NULL,
            monotonic REAL NOT NULL,
            wall TEXT NOT NULL,
            trust TEXT NOT NULL,
            member_id TEXT,
            shift_id TEXT,
            about TEXT,
            offline INTEGER NOT NULL,
            details TEXT NOT NULL,
            closed_as TEXT,
            closed_at TEXT
        ) STRICT;
        CREATE INDEX journal_member ON journal (member_id) WHERE member_id IS NOT NULL;
        CREATE TABLE outbox (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE REFERENCES journal (id),
            about TEXT,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'refused')),
            boot_id TEXT NOT NULL,
            not_before REAL NOT NULL,
            pause_seconds REAL NOT NULL DEFAULT 0,
            attempts INTEGER NOT NULL DEFAULT 0,
            reason TEXT NOT NULL DEFAULT ''
        ) STRICT;
        CREATE INDEX outbox_state ON outbox (state);
        CREATE INDEX outbox_about ON outbox (about) WHERE about IS NOT NULL;
    """)


@JOURNAL_FILE()
def m002_cards(db: Database) -> None:
    """Links and blocks made at this terminal, and what a person asked it to remember."""
    db.executescript("""
        CREATE TABLE card (
            hash TEXT PRIMARY KEY,
            member_id TEXT NOT NULL,
            blocked INTEGER NOT NULL DEFAULT 0,
            fact_id TEXT NOT NULL
        ) STRICT;
        CREATE TABLE preference (
            member_id TEXT PRIMARY KEY,
            language TEXT,
            large_text INTEGER,
            long_pulse INTEGER
        ) STRICT;
    """)


@JOURNAL_FILE()
def m003_jars(db: Database) -> None:
    """Containers weighed at this terminal. No person is tied to them."""
    db.executescript("""
        CREATE TABLE jar (
            code TEXT PRIMARY KEY,
            grams INTEGER NOT NULL,
            weighed_on TEXT NOT NULL
        ) STRICT;
    """)


@JOURNAL_FILE()
def m004_anchors(db: Database) -> None:
    """For each boot, a point at which the monotonic clock and a synchronised wall clock were read together."""
    db.executescript("""
        CREATE TABLE anchor (
            boot_id TEXT PRIMARY KEY,
            monotonic REAL NOT NULL,
            wall TEXT NOT NULL
        ) STRICT;
    """)


@JOURNAL_FILE()
def m005_staff(db: Database) -> None:
    """Who was given a role here, and the technician's PIN (one row, ``name`` is its rank)."""
    db.executescript("""
        CREATE TABLE staff_role (
            member_id TEXT PRIMARY KEY,
            role TEXT NOT NULL
        ) STRICT;
        CREATE TABLE pin (
            name TEXT PRIMARY KEY,
            record TEXT NOT NULL,
            tries INTEGER NOT NULL DEFAULT 0
        ) STRICT;
    """)


@JOURNAL_FILE()
def m006_outgoing(db: Database) -> None:
    """The rows of the outbox with the facts that they carry."""
    db.executescript("""
        CREATE VIEW IF NOT EXISTS outgoing AS
        SELECT
            j.id, j.kind, j.boot_id, j.monotonic, j.wall, j.trust, j.member_id, j.shift_id, j.about, j.offline,
            j.details, o.attempts, o.pause_seconds, o.reason, o.state,
            o.seq AS place, o.boot_id AS held_in, o.not_before
        FROM outbox AS o JOIN journal AS j ON j.id = o.id;
    """)


@JOURNAL_FILE()
def m007_jar_stickers(db: Database) -> None:
    """Which jar a contactless sticker is on. No person is tied to either."""
    db.executescript("""
        CREATE TABLE jar_sticker (
            sticker TEXT PRIMARY KEY,
            code TEXT NOT NULL UNIQUE
        ) STRICT;
    """)


@JOURNAL_FILE()
def m008_tombstones(db: Database) -> None:
    """Who was forgotten, as salted hashes: a page or an older backup that names them does not bring them back."""
    db.executescript("""
        CREATE TABLE tombstone (
            mark TEXT PRIMARY KEY,
            salt TEXT NOT NULL,
            forgotten_at TEXT NOT NULL
        ) STRICT;
    """)
