"""Pages of the server are laid over each other until a full round says what is left."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.store.database import open_database
from kiosk.store.faults import StoreFaultError
from kiosk.store.mirror import Mirror
from kiosk.store.snapshot import SNAPSHOT_FILE, Snapshot
from kiosk.types import Assignment, Capabilities, Card, CardHash, Coop, Grams, Jar, JarCode, MemberId, Shift, ShiftId
from tests.fakes import NOON, ManualClock, members, page

CARD = Card(hash=CardHash("ab" * 32), member_id=MemberId("m1"))
SHIFT = Shift(id=ShiftId("s1"), job="caisse", starts_at=NOON, ends_at=NOON + timedelta(hours=3), places=2)
PLACE = Assignment(shift_id=SHIFT.id, member_id=MemberId("m1"), first_name="Camille")
JAR = Jar(code=JarCode("123455"), grams=Grams(412), weighed_on=NOON.date())
WHOLE = page(
    members=members("m1", "m2"),
    cards=(CARD,),
    shifts=(SHIFT,),
    assignments=(PLACE,),
    jars=(JAR,),
    coop=Coop(name="La Coop"),
    capabilities=Capabilities(booking=True),
)


@pytest.fixture
def snapshot():
    snapshot = Snapshot(open_database(None, SNAPSHOT_FILE, durable=False))
    yield snapshot
    snapshot.close()


def shown(snapshot):
    """All pages as one."""
    whole = page(cursor="")
    for part in snapshot.pages():
        changes = {
            name: getattr(whole, name) + getattr(part, name)
            for name in ("members", "cards", "shifts", "assignments", "jars")
        }
        whole = replace(
            part,
            coop=part.coop or whole.coop,
            capabilities=part.capabilities or whole.capabilities,
            **changes,
        )
    return whole


def test_a_whole_snapshot_comes_back(snapshot):
    snapshot.apply(WHOLE)

    assert shown(snapshot) == WHOLE


def test_a_second_round_removes_what_it_did_not_name(snapshot):
    snapshot.apply(WHOLE)
    snapshot.apply(page(2, last=False, members=members("m2")))
    between = shown(snapshot)
    snapshot.apply(page(2, cursor="c2", members=members("m3")))

    assert {member.id for member in between.members} == {"m1", "m2"}
    after = shown(snapshot)
    assert {member.id for member in after.members} == {"m2", "m3"}
    assert (after.cards, after.shifts, after.assignments, after.jars) == ((), (), (), ())
    assert after.coop == Coop(name="La Coop")


def test_a_round_removes_what_it_did_not_name_though_its_number_was_lost(snapshot):
    # Of a damaged file the rows may be saved, and not the number that the next round goes on from.
    snapshot.apply(page(57, members=members("m1", "m2")))
    snapshot.apply(page(1, cursor="c2", members=members("m2")))

    assert {member.id for member in shown(snapshot).members} == {"m2"}


def test_changes_are_laid_over_and_remove_only_what_they_name(snapshot):
    snapshot.apply(WHOLE)
    newer = replace(CARD, blocked=True)
    snapshot.apply(page(2, full=False, cursor="c2", cards=(newer,), removed_assignments=((SHIFT.id, MemberId("m1")),)))
    after = shown(snapshot)

    assert after.cards == (newer,)
    assert after.assignments == ()
    assert len(after.members) == 2
    assert snapshot.cursor() == ("c2", 2, NOON)


def test_with_a_member_go_the_cards_and_the_places(snapshot):
    snapshot.apply(WHOLE)
    snapshot.apply(page(2, full=False, removed_members=(MemberId("m1"),)))
    after = shown(snapshot)

    assert ([member.id for member in after.members], after.cards, after.assignments) == (["m2"], (), ())


def test_with_a_shift_go_its_places(snapshot):
    snapshot.apply(WHOLE)
    snapshot.apply(page(2, full=False, removed_shifts=(SHIFT.id,)))

    assert (shown(snapshot).shifts, shown(snapshot).assignments) == ((), ())


def test_a_removed_card_goes_alone(snapshot):
    snapshot.apply(WHOLE)
    snapshot.apply(page(2, full=False, removed_cards=(CARD.hash,)))

    assert (shown(snapshot).cards, len(shown(snapshot).members)) == ((), 2)


def test_a_round_cut_short_moves_neither_cursor_nor_age(snapshot):
    snapshot.apply(WHOLE)
    snapshot.apply(page(2, last=False, cursor="p2", fetched_at=NOON + timedelta(hours=5)))

    assert snapshot.cursor() == ("c1", 2, NOON)
    assert shown(snapshot).fetched_at == NOON


def test_a_member_changed_in_the_middle_of_a_round_is_there_once(snapshot):
    snapshot.apply(page(last=False, members=members("m1")))
    snapshot.apply(page(members=(replace(members("m1")[0], first_name="Camille"),)))

    assert [member.first_name for member in shown(snapshot).members] == ["Camille"]


def test_rows_that_cannot_be_read_are_left_out_and_counted(snapshot, caplog):
    snapshot.apply(WHOLE)
    snapshot._db.execute("UPDATE member SET body = '{\"status\":\"levitating\"}' WHERE id = 'm1'")

    assert [member.id for member in shown(snapshot).members] == ["m2"]
    assert "1 rows" in caplog.text


def test_words_about_the_coop_that_cannot_be_read_keep_nobody_outside(snapshot):
    snapshot.apply(WHOLE)
    snapshot._db.execute("UPDATE meta SET value = '{\"presence\":\"telepathy\"}' WHERE name = 'capabilities'")

    assert (shown(snapshot).capabilities, len(shown(snapshot).members)) == (Capabilities(), 2)


def test_a_confirmation_without_a_snapshot_confirms_nothing(snapshot):
    snapshot.confirm(NOON)

    assert list(snapshot.pages()) == []


def test_a_disk_that_stays_full_for_a_month_is_told_once_an_hour(tmp_path, caplog):
    clock = ManualClock()
    mirror = Mirror(tmp_path / "snapshot.db", clock)

    def keep_page(_snapshot):
        full = sqlite3.OperationalError("database or disk is full")
        full.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise full

    for _ in range(90):
        mirror.ask(Snapshot.cursor)
        with pytest.raises(StoreFaultError):
            mirror.ask(keep_page)
        clock.advance(60)
    mirror.close()
    assert [record.message for record in caplog.records] == ["snapshot: lost (disk full)"] * 2
