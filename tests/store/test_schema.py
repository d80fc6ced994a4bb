"""Every older schema becomes today's with its rows in flight, and today's still opens in the version before."""

import pytest
from sqlite_utils import Database, Migrations

from kiosk.events import FactsRecalled
from kiosk.store.database import open_database
from kiosk.store.schema import JOURNAL_FILE
from kiosk.store.snapshot import SNAPSHOT_FILE

PATIENCE = 10
STEPS = [step.name for step in JOURNAL_FILE._migrations]
ROW = "019cae6b-6600-7000-8000-000000000001"


def file_of_schema(path, last_step):
    """A journal as an earlier version left it, with a check-in on its way out."""
    position = STEPS.index(last_step) + 1
    old = Database(path)
    old.enable_wal()
    JOURNAL_FILE.apply(old, stop_before=STEPS[position:] or None)
    old.execute(
        "INSERT INTO journal (id, kind, boot_id, monotonic, wall, trust, member_id, shift_id, offline, details) "
        "VALUES (?, 'check_in', 'boot-0', 12.5, '2026-03-01T09:00:00.000000+00:00', 'synced', 'm1', 's1', 1, '{}')",
        (ROW,),
    )
    old.execute("INSERT INTO outbox (id, state, boot_id, not_before) VALUES (?, 'waiting', 'boot-0', 42.5)", (ROW,))
    old.close()


@pytest.mark.parametrize("last_step", STEPS)
def test_rows_in_flight_survive_the_way_from_every_older_schema(start, directory, inbox, last_step):
    directory.mkdir()
    file_of_schema(directory / "journal.db", last_step)
    store = start()
    (fact,) = inbox.wait_for(FactsRecalled).facts
    (row,) = store.due(10).result(PATIENCE).rows

    assert fact.id == row.fact.id == ROW
    assert row.fact.offline
    assert (row.fact.member_id, row.fact.shift_id) == ("m1", "s1")


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path):
    broken = Migrations("journal")

    @broken()
    def m001_half(db):
        db.execute("CREATE TABLE half (a INTEGER) STRICT")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        open_database(tmp_path / "journal.db", broken)
    db = open_database(tmp_path / "journal.db", JOURNAL_FILE)
    tables = set(db.table_names())
    db.close()

    assert "half" not in tables
    assert {"journal", "outbox"} <= tables


def test_the_version_before_opens_what_a_later_one_has_added_to(start, facts, directory):
    fact = facts.check_in()
    store = start()
    store.record(fact)
    store.request_stop()
    assert store.join()
    # A later version: a new kind of fact, a new column, a new table, a new step.
    db = open_database(directory / "journal.db", JOURNAL_FILE)
    db.execute("ALTER TABLE journal ADD COLUMN mood TEXT")
    db.execute("ALTER TABLE outbox ADD COLUMN urgency INTEGER NOT NULL DEFAULT 0")
    db.execute("CREATE TABLE smile (day TEXT) STRICT")
    db.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('journal', 'm099_smiles', 'later')"
    )
    db.execute(
        "INSERT INTO journal (id, kind, boot_id, monotonic, wall, trust, offline, details) "
        "VALUES ('later', 'smile', 'b', 1, '2026-03-02T12:00:00.000000+00:00', 'synced', 0, '{}')"
    )
    db.execute("INSERT INTO outbox (id, state, boot_id, not_before) VALUES ('later', 'waiting', '', 0)")
    db.close()
    store = start()
    more = facts.check_in()
    store.record(more)

    assert [row.fact.id for row in store.due(10).result(PATIENCE).rows] == [fact.id, more.id]
    assert [row.fact.id for row in store.journal_list().result(PATIENCE)] == [fact.id, more.id]


@pytest.mark.parametrize("schema", [JOURNAL_FILE, SNAPSHOT_FILE])
def test_every_table_is_strict(schema):
    db = open_database(None, schema)
    ours = [table for table in db.tables if not table.name.startswith("_")]
    strict = [table.strict for table in ours]
    db.close()

    assert len(ours) >= 6
    assert all(strict)
