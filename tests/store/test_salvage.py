"""A damaged file is set aside; what can be read of it lives on, and the door never stays shut for it."""

import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.events import Committed, FactsRecalled, KnowledgePage, QueueChanged
from kiosk.store.outbox import Arrived
from kiosk.store.salvage import JOURNAL_PLAN, finish_salvage, salvage
from kiosk.types import FactKind, MemberId
from tests.fakes import NOON, members, page

PATIENCE = 20
PAGE = 4096


def damage(path: Path, at: int, bytes_: bytes = b"\xa5" * PAGE) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(bytes_)


def pages_of(path: Path, table: str) -> int:
    """The number of a page somewhere in the middle of a table's rows."""
    with sqlite3.connect(path) as db:
        found = db.execute("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'", (table,)).fetchall()
    db.close()
    return found[len(found) // 2][0]


def fill(store, facts, inbox, count=1500):
    made = [facts.check_in(member=str(number), why="x" * 50) for number in range(count)]
    for fact in made:
        store.record(fact)
    store.record(facts.make(FactKind.TARE, details={"jar": "123455", "grams": 412}))
    inbox.wait_for(Committed, lambda event: made[-1].id in event.ids)
    return made


def aside(directory: Path, name: str) -> list[Path]:
    return list(directory.glob(f"{name}.damaged-*"))


@pytest.fixture
def filled(start, facts, inbox, directory):
    """The path of a journal that was closed in order, and the facts in it."""
    store = start()
    made = fill(store, facts, inbox)
    store.request_stop()
    assert store.join()
    return directory / "journal.db", made


def test_rows_around_a_damaged_page_are_saved(start, inbox, filled, directory):
    path, made = filled
    # The log is not empty, so the file is checked: as after a power cut.
    damage(path, (pages_of(path, "journal") - 1) * PAGE)
    path.with_name("journal.db-wal").write_bytes(b"\0" * 32)
    rows = start().journal_list(limit=5000).result(PATIENCE)
    saved = {row.fact.id for row in rows} & {fact.id for fact in made}

    assert len(made) - 40 < len(saved) < len(made)
    assert len(aside(directory, "journal.db")) == 1
    assert rows[-1].fact.kind is FactKind.ALARM
    assert rows[-1].fact.details["alarm"] == "journal_damaged"


def test_damage_that_shows_only_in_reading_is_salvaged_at_once(start, facts, inbox, filled):
    path, made = filled
    damage(path, (pages_of(path, "journal") - 1) * PAGE)
    store = start()
    after = facts.check_in()
    store.record(after)
    inbox.wait_for(Committed, lambda event: after.id in event.ids)
    recalled = {fact.id for fact in inbox.wait_for(FactsRecalled).facts}
    ids = {row.fact.id for row in store.journal_list(limit=5000).result(PATIENCE)}

    assert after.id in ids
    assert len(made) - 40 < len(ids & {fact.id for fact in made}) < len(made)
    assert recalled == ids & {fact.id for fact in made}


def test_a_damaged_outbox_is_made_again_from_the_journal(start, filled, inbox):
    path, made = filled
    damage(path, (pages_of(path, "outbox") - 1) * PAGE)
    path.with_name("journal.db-wal").write_bytes(b"\0" * 32)
    store = start()

    assert inbox.wait_for(QueueChanged).waiting == len(made)
    assert [row.fact for row in store.due(50).result(PATIENCE).rows] == made[:50]


def test_what_was_delivered_does_not_leave_again(start, filled, inbox):
    path, made = filled
    store = start()
    store.settle({fact.id: Arrived() for fact in made[:1000]}).result(PATIENCE)
    store.request_stop()
    assert store.join()
    damage(path, (pages_of(path, "outbox") - 1) * PAGE)
    path.with_name("journal.db-wal").write_bytes(b"\0" * 32)
    start()

    assert inbox.wait_for(QueueChanged).waiting == 500


@pytest.mark.parametrize(
    "ruin",
    [
        lambda path: damage(path, 0),
        lambda path: path.write_bytes(b"this was never a database " * 500),
        lambda path: path.write_bytes(path.read_bytes()[: 3 * PAGE + 77]),
    ],
    ids=["header", "text", "cut off"],
)
def test_a_journal_that_cannot_be_read_at_all_is_begun_again(start, facts, inbox, filled, ruin):
    path, _ = filled
    ruin(path)
    store = start()
    fact = facts.check_in()
    store.record(fact)
    inbox.wait_for(Committed, lambda event: fact.id in event.ids)

    assert len(aside(path.parent, "journal.db")) == 1
    assert fact.id in {row.fact.id for row in store.journal_list(limit=5000).result(PATIENCE)}


def test_jars_and_cards_survive_a_damaged_journal_table(start, facts, inbox, directory, filled):
    path, _ = filled
    damage(path, (pages_of(path, "journal") - 1) * PAGE)
    path.with_name("journal.db-wal").write_bytes(b"\0" * 32)
    store = start()
    inbox.wait_for(QueueChanged)

    assert [jar.code for jar in store.laid_over(page(), first=True).jars] == ["123455"]


def test_a_power_cut_in_the_last_steps_of_a_salvage_is_made_good(start, filled, directory):
    path, made = filled
    whole = path.read_bytes()
    damage(path, (pages_of(path, "journal") - 1) * PAGE)
    # The sound file was finished, and nothing renamed yet.
    path.with_name("journal.db.salvaged").write_bytes(whole)

    rows = start().journal_list(limit=5000).result(PATIENCE)

    assert {fact.id for fact in made} <= {row.fact.id for row in rows}
    assert len(aside(directory, "journal.db")) == 1


def test_a_power_cut_before_the_last_rename_is_made_good(filled):
    path, _ = filled
    path.rename(path.with_name("journal.db.salvaged"))

    assert finish_salvage(path, NOON) == ""
    assert path.exists()


def test_a_salvage_begun_and_not_finished_is_begun_again(filled, directory):
    path, made = filled
    path.with_name("journal.db.salvage").write_bytes(b"half a file")

    assert salvage(path, JOURNAL_PLAN, NOON).rows >= len(made)


def test_a_dying_card_is_not_filled_with_damaged_files(filled, directory):
    path, _ = filled
    for day in range(1, 7):
        salvage(path, JOURNAL_PLAN, NOON.replace(day=day))

    assert len(aside(directory, "journal.db")) == 3


def test_a_damaged_snapshot_gives_what_can_be_read_and_asks_for_all_of_it(start, inbox, directory):
    store = start()
    everyone = tuple(replace(member, name="x" * 100) for member in members(*(f"m{number}" for number in range(2000))))
    store.apply(page(members=everyone)).result(PATIENCE)
    store.request_stop()
    assert store.join()
    path = directory / "snapshot.db"
    damage(path, (pages_of(path, "member") - 1) * PAGE)
    path.with_name("snapshot.db-wal").write_bytes(b"\0" * 32)
    store = start()
    last = inbox.wait_for(KnowledgePage, lambda event: event.last)
    known = {member.id for event in inbox.all(KnowledgePage) for member in event.members}

    assert 1900 < len(known) < 2000
    assert last.fetched_at == NOON
    assert store.cursor().result(PATIENCE).cursor == ""


def test_a_snapshot_that_is_no_database_is_begun_again(start, inbox, directory):
    directory.mkdir()
    (directory / "snapshot.db").write_bytes(b"this was never a database " * 500)
    store = start()
    store.apply(page(members=members("m1"))).result(PATIENCE)
    start()

    assert inbox.wait_for(KnowledgePage, lambda event: bool(event.members)).members[0].id == MemberId("m1")
    assert len(aside(directory, "snapshot.db")) == 1


def test_damage_in_the_snapshot_while_working_is_not_the_end_of_it(start, inbox, directory):
    store = start()
    store.apply(page(members=members(*(f"m{number}" for number in range(2000))))).result(PATIENCE)
    store.request_stop()
    assert store.join()
    path = directory / "snapshot.db"
    damage(path, (pages_of(path, "member") - 1) * PAGE)
    store = start()
    inbox.wait_for(QueueChanged)

    for _ in range(3):
        if not store.apply(page(2, members=members("new"))).exception(PATIENCE):
            break
    assert store.cursor().result(PATIENCE).generation == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_root_salvages_is_the_terminals(start, filled, directory):
    path, _ = filled
    for file in (directory, *directory.iterdir()):
        os.chown(file, 4711, 4712)
    damage(path, (pages_of(path, "journal") - 1) * PAGE)
    path.with_name("journal.db-wal").write_bytes(b"\0" * 32)
    # As « sudo kiosk journal list » does while the terminal is stopped.
    start().journal_list().result(PATIENCE)

    assert aside(directory, "journal.db")
    assert {(file.stat().st_uid, file.stat().st_gid) for file in directory.iterdir()} == {(4711, 4712)}
