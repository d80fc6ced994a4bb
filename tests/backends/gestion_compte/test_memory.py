"""What is learnt survives, names nobody's card in clear, and can be forgotten."""

import itertools
import stat
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.backends.gestion_compte.memory import Memory
from kiosk.backends.gestion_compte.people import Booking, Late, Person
from kiosk.devices.cards import CardHasher
from kiosk.errors import BackendUnavailable
from kiosk.types import FactId, MemberId, Status
from tests.backends.gestion_compte.shops import HASHER, TILL, alix, badge, card

NOW = datetime(2026, 11, 24, 15, 4, tzinfo=UTC)
PERSON = Person(
    id=alix(),
    number="1",
    first_name="Alix",
    name="Alix Morvan",
    status=Status.WARN,
    until=date(2026, 12, 1),
    balance_minutes=-60,
    due_minutes=240,
    shared=True,
    trained=frozenset({"Caisse"}),
    not_numbers=frozenset({"9"}),
    learned_at=NOW,
)
NEW_KEY = CardHasher(b"the key after a rotation of keys", "k2")
CODE = badge(1).removeprefix("ean:")


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "memory.db", HASHER)


def test_people_and_cards_come_back_as_they_went(memory: Memory, tmp_path: Path) -> None:
    memory.keep_person(PERSON)
    memory.keep_card(card(1), PERSON.id, CODE, NOW)
    memory.close()
    again = Memory(tmp_path / "memory.db", HASHER)
    assert again.person(PERSON.id) == PERSON
    assert again.people() == (PERSON,)
    found = again.card_of(PERSON.id)
    assert found is not None
    assert (found.hash, found.code, found.off, found.seen_at) == (card(1), CODE, False, NOW)


def test_file_holds_no_number_of_a_card_and_is_the_owner_s_alone(memory: Memory, tmp_path: Path) -> None:
    memory.keep_person(PERSON)
    memory.keep_card(card(1), PERSON.id, CODE, NOW)
    memory.close()
    path = tmp_path / "memory.db"
    assert CODE.encode() not in path.read_bytes()
    assert CODE[:12].encode() not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_cards_of_another_key_are_not_known(memory: Memory, tmp_path: Path) -> None:
    memory.keep_person(PERSON)
    memory.keep_card(card(1), PERSON.id, CODE, NOW)
    memory.close()
    other = Memory(tmp_path / "memory.db", NEW_KEY)
    assert other.card(card(1)) is None
    assert other.cards() == ()
    assert other.card_of(PERSON.id) is None


def test_card_of_the_key_before_goes_over_to_the_new_one(memory: Memory, tmp_path: Path) -> None:
    memory.keep_person(PERSON)
    memory.keep_card(card(1), PERSON.id, CODE, NOW)
    memory.close()
    changing = Memory(tmp_path / "memory.db", NEW_KEY, older=HASHER)
    assert [found.code for found in changing.cards()] == [CODE]
    new = NEW_KEY.hash_canonical(badge(1))
    changing.reseal(card(1), new)
    changing.reseal(card(2), card(3))
    changing.close()
    changed = Memory(tmp_path / "memory.db", NEW_KEY)
    assert [(found.hash, found.person, found.code) for found in changed.cards()] == [(new, PERSON.id, CODE)]


def test_number_that_a_list_has_told_since_the_key_changed_stays(tmp_path: Path, memory: Memory) -> None:
    memory.keep_person(PERSON)
    memory.keep_card(card(1), PERSON.id, CODE, NOW)
    memory.close()
    changing = Memory(tmp_path / "memory.db", NEW_KEY, HASHER)
    new, number = NEW_KEY.hash_canonical(badge(1)), badge(2).removeprefix("ean:")
    changing.keep_card(new, PERSON.id, number, NOW)
    changing.reseal(card(1), new)
    assert [(known.hash, known.code) for known in changing.cards()] == [(new, number)]
    changing.keep_card(new, PERSON.id, CODE, NOW)
    assert changing.card(new).code == CODE


def test_card_used_last_counts_and_one_that_is_off_does_not(memory: Memory) -> None:
    memory.keep_person(PERSON)
    memory.keep_card(card(1), PERSON.id, CODE, NOW)
    memory.keep_card(card(2), PERSON.id, badge(2).removeprefix("ean:"), NOW + timedelta(days=1))
    assert memory.card_of(PERSON.id).hash == card(2)
    memory.turn_off(card(2))
    assert memory.card_of(PERSON.id).hash == card(1)
    assert memory.card(card(2)).off


def test_renamed_person_keeps_cards_and_is_found_under_the_old_name(memory: Memory) -> None:
    memory.keep_person(replace(PERSON, id="carte-1", number=""))
    memory.keep_card(card(1), "carte-1", CODE, NOW)
    memory.keep_person(PERSON)
    memory.rename("carte-1", PERSON.id)
    assert memory.card_of(PERSON.id) is not None
    assert memory.person("carte-1") is None
    assert memory.current("carte-1") == PERSON.id
    assert memory.current("nobody") == "nobody"


def test_name_that_was_corrected_twice_and_back_leads_to_who_bears_it(memory: Memory) -> None:
    names = [MemberId("carte-1"), MemberId("1-0001"), MemberId("1-0002"), MemberId("1-0001")]
    memory.keep_person(replace(PERSON, id=names[0], number=""))
    for old, new in itertools.pairwise(names):
        memory.keep_person(replace(PERSON, id=new))
        memory.rename(old, new)
        assert {memory.current(name) for name in names[: names.index(new) + 1]} == {new}
    assert memory.former(names[-1]) == ("1-0002", "carte-1")
    assert memory.person(memory.current(names[-1])) is not None
    memory.purge(NOW + timedelta(days=1))
    assert memory.former(names[-1]) == ()


def test_forgotten_person_leaves_nothing_behind(memory: Memory, tmp_path: Path) -> None:
    memory.keep_person(replace(PERSON, id=MemberId("carte-1"), number="", first_name="Alix"))
    memory.keep_card(card(1), MemberId("carte-1"), CODE, NOW)
    memory.keep_person(PERSON)
    memory.rename(MemberId("carte-1"), PERSON.id)
    memory.note_came(TILL, PERSON.id)
    memory.note_late(Late(TILL, PERSON.id, NOW, NOW))
    memory.owe(TILL, PERSON.id, NOW)
    memory.keep_booking(FactId("b-1"), Booking(TILL, PERSON.id))
    memory.forget(PERSON.id)
    left = b"".join(path.read_bytes() for path in tmp_path.glob("memory.db*"))
    assert PERSON.id.encode() not in left
    assert PERSON.name.encode() not in left


def test_who_was_not_heard_of_for_long_is_forgotten_with_cards(memory: Memory) -> None:
    memory.keep_person(PERSON)
    memory.keep_card(card(1), PERSON.id, CODE, NOW)
    memory.purge(NOW - timedelta(days=1))
    assert memory.people()
    memory.purge(NOW + timedelta(days=1))
    assert memory.people() == memory.cards() == ()


def test_what_happened_on_shifts_is_kept_until_their_day_is_long_past(memory: Memory) -> None:
    memory.note_came(TILL, alix())
    memory.note_late(Late(TILL, alix(), NOW, NOW))
    memory.owe(TILL, alix(), NOW)
    memory.keep_booking("b-1", Booking(TILL, alix()))
    memory.forget_shifts(date(2026, 11, 24))
    assert memory.came() == {(TILL, alix())}
    assert memory.booking("b-1") == Booking(TILL, alix())
    memory.forget_shifts(date(2026, 11, 25))
    assert memory.came() == frozenset()
    assert memory.late() == memory.bookings() == ()
    assert memory.settle(TILL, alix())
    assert not memory.settle(TILL, alix())


def test_nothing_is_kept_of_what_breaks_off(memory: Memory) -> None:
    def break_off() -> None:
        with memory.all_or_nothing():
            memory.keep_person(PERSON)
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    assert memory.people() == ()


def test_broken_file_is_put_aside_and_learning_begins_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "memory.db"
    path.write_bytes(b"this is no database, and never was one" * 100)
    memory = Memory(path, HASHER)
    assert memory.people() == ()
    memory.keep_person(PERSON)
    assert memory.people() == (PERSON,)
    assert (tmp_path / "memory.db.broken").exists()
    assert len(caplog.records) == 1


@pytest.mark.parametrize("writes", [False, True])
def test_file_that_is_damaged_further_on_is_put_aside_where_that_shows(tmp_path: Path, caplog, writes: bool) -> None:
    path = tmp_path / "memory.db"
    memory = Memory(path, HASHER)
    for number in range(200):
        memory.keep_person(replace(PERSON, id=f"{number}-0", name="A" * 100))
    memory.close()
    damaged = bytearray(path.read_bytes())
    for page in range(4, len(damaged) // 4096):
        damaged[page * 4096 : page * 4096 + 200] = b"\x55" * 200
    path.write_bytes(damaged)

    def use() -> None:
        if writes:
            with memory.all_or_nothing():
                memory.keep_person(PERSON)
        else:
            memory.people()

    with pytest.raises(BackendUnavailable):
        use()
    assert memory.people() == ()
    memory.keep_person(PERSON)
    assert memory.people() == (PERSON,)
    assert path.with_name("memory.db.broken").read_bytes() == damaged
    assert len(caplog.records) == 1


def test_file_that_cannot_be_used_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / "memory.db").mkdir()
    with pytest.raises(BackendUnavailable):
        Memory(tmp_path / "memory.db", HASHER).people()
