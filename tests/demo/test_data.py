"""The invented coop: complete, the same every time, and readable by the backend that reads it."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk.backends.folder_reader import FolderReader
from kiosk.backends.folder_tables import Tables
from kiosk.demo.cast import CAST, DEMO_TIME, OTHER_COOP_BADGE, STRANGER_CARD, ZONE, Kind, card_of_key, character
from kiosk.demo.data import make_coop
from kiosk.demo.names import FIRST_NAMES, SURNAMES
from kiosk.devices.cards import CardHasher, is_random_or_blank, parse_uid
from kiosk.rules.policy import Policy
from kiosk.types import Role, Status

TODAY = date(2026, 11, 24)
HASHER = CardHasher(b"the key of the coop of the tests", "k1")


def read(folder: Path) -> Tables:
    reader = FolderReader(folder, HASHER.hash_canonical, ZONE)
    tables = reader.read()
    assert reader.problems == ()
    return tables


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("coop")
    make_coop(folder, today=TODAY)
    return folder


@pytest.fixture(scope="module")
def coop(folder: Path) -> Tables:
    return read(folder)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    make_coop(tmp_path / "again", today=TODAY)
    make_coop(tmp_path / "other", seed=7, today=TODAY)
    assert files(tmp_path / "again") == files(folder)
    assert files(tmp_path / "other")["members.csv"] != files(folder)["members.csv"]


def test_spreadsheet_opens_all_of_it(folder: Path) -> None:
    assert set(files(folder)) == {
        f"{name}.csv" for name in ("members", "cards", "shifts", "roster", "coop", "hours", "closures")
    }


def test_there_are_eight_hundred_with_every_status(coop: Tables) -> None:
    assert len(coop.members) == 800
    assert {member.status for member in coop.members.values()} == set(Status)
    assert {member.role for member in coop.members.values()} == set(Role)


@pytest.mark.parametrize("members", [1, len(CAST), 200, 3000])
def test_size_is_as_wished_and_never_without_the_cast(members: int, tmp_path: Path) -> None:
    make_coop(tmp_path, members=members, today=TODAY)
    assert len(read(tmp_path).members) == max(members, len(CAST))


@pytest.mark.parametrize("offset", range(7))
def test_story_holds_on_every_weekday(offset: int, tmp_path: Path) -> None:
    today = TODAY + timedelta(days=offset)
    make_coop(tmp_path, members=len(CAST), today=today)
    coop = read(tmp_path)
    running = [shift for shift in coop.shifts.values() if shift.id.startswith(f"{today:%Y%m%d}-16")]
    later = [shift for shift in coop.shifts.values() if shift.id.startswith(f"{today:%Y%m%d}-19")]
    here = [place.present for (shift, _), place in coop.places.items() if shift in {one.id for one in running}]
    booked = [member for shift, member in coop.places if shift in {one.id for one in later}]
    assert Counter(here) == {True: 5, False: 1}
    assert sum(shift.places for shift in running) == 6
    assert character(Kind.SHIFT_NEXT).id in booked
    hours = [hours for hours in coop.coop.hours if hours.weekday == today.weekday()]
    assert any(stretch.opens <= DEMO_TIME < stretch.closes for stretch in hours)
    assert today not in coop.coop.closures


@pytest.mark.parametrize("day", [date(2026, 12, 25), date(2028, 2, 29), date(2027, 3, 28), date(2026, 10, 25)])
def test_any_day_will_do(day: date, tmp_path: Path) -> None:
    make_coop(tmp_path, members=60, today=day)
    coop = read(tmp_path)
    assert day not in coop.coop.closures
    assert all(shift.ends_at - shift.starts_at == timedelta(hours=3) for shift in coop.shifts.values())
    assert {shift.starts_at.astimezone(ZONE).hour for shift in coop.shifts.values()} == {7, 10, 13, 16, 19}


def test_two_people_are_missing_at_nineteen(coop: Tables) -> None:
    later = {shift.id: shift.places for shift in coop.shifts.values() if shift.id.startswith("20261124-19")}
    assert sum(later.values()) - sum(shift in later for shift, _ in coop.places) == 2


def test_cards_come_in_every_kind(folder: Path, coop: Tables) -> None:
    rows = (folder / "cards.csv").read_text(encoding="utf-8").splitlines()[1:]
    forms = Counter(row.partition(":")[0] for row in rows)
    assert min(forms["4"], forms["7"], forms["ean"]) > 50
    owners = Counter(card.member_id for card in coop.cards.values())
    assert max(owners.values()) > 1
    assert any(card.blocked for card in coop.cards.values())
    uids = [parse_uid(row.partition(",")[0]) for row in rows if not row.startswith("ean")]
    assert not any(map(is_random_or_blank, uids))


def test_nobody_in_the_coop_has_the_stranger_s_card(coop: Tables) -> None:
    for unknown in (STRANGER_CARD, OTHER_COOP_BADGE):
        assert HASHER.hash_canonical(unknown) not in coop.cards


def test_every_kind_of_the_cast_has_somebody(coop: Tables) -> None:
    assert {person.kind for person in CAST} == set(Kind)
    assert len({person.id for person in CAST}) == len(CAST) == len({person.card for person in CAST})
    for person in CAST:
        assert coop.members[person.id].status is person.status
        assert coop.cards[HASHER.hash_canonical(person.card)].member_id == person.id
        wanted = [(TODAY + timedelta(days=booked.days), booked.hour, booked.job) for booked in person.booked]
        found = [
            (shift.starts_at.astimezone(ZONE).date(), shift.starts_at.astimezone(ZONE).hour, shift.job)
            for (shift_id, member_id) in coop.places
            if member_id == person.id and (shift := coop.shifts[shift_id])
        ]
        assert sorted(found) == sorted(wanted), f"a place of {person.first_name} is missing from the plan"


def test_keys_tap_one_card_each(coop: Tables) -> None:
    cards = [card_of_key(key) for key in range(1, 10)]
    assert len(set(cards)) == 9
    assert cards[8] == STRANGER_CARD


def test_nobody_is_in_two_places_and_no_shift_is_overfull(coop: Tables) -> None:
    taken = Counter(shift for shift, _ in coop.places)
    assert all(count <= coop.shifts[shift].places for shift, count in taken.items())
    hours = Counter((member, coop.shifts[shift].starts_at) for shift, member in coop.places)
    assert max(hours.values()) == 1


def test_trained_people_stand_where_training_is_needed(coop: Tables) -> None:
    for shift_id, member_id in coop.places:
        shift = coop.shifts[shift_id]
        assert not shift.needs_training or shift.job in coop.members[member_id].trained_for


def test_some_shifts_lack_people_and_some_people_are_new(coop: Tables) -> None:
    taken = Counter(shift for shift, _ in coop.places)
    next_days = [shift for shift in coop.shifts.values() if TODAY < shift.starts_at.date() <= TODAY + timedelta(days=8)]
    lacking = [shift for shift in next_days if taken[shift.id] < shift.places]
    assert 5 < len(lacking) < len(next_days) / 2
    assert sum(place.first_shift for place in coop.places.values()) > 5


def test_plan_reaches_four_weeks_back_and_far_enough_ahead(coop: Tables) -> None:
    days = {shift.starts_at.astimezone(ZONE).date() for shift in coop.shifts.values()}
    assert min(days) == TODAY - timedelta(days=28)
    assert max(days) >= TODAY + timedelta(days=Policy().roster_days)
    assert {shift.week for shift in coop.shifts.values()} == set("ABCD")
    assert {shift.week for shift in coop.shifts.values() if shift.starts_at.date() == TODAY} == {"B"}


def test_every_four_weeks_the_same_people_come(coop: Tables) -> None:
    def crew(day: date, hour: str) -> set[str]:
        return {member for shift, member in coop.places if shift.startswith(f"{day:%Y%m%d}-{hour}")}

    day = TODAY + timedelta(days=3)
    one, other = crew(day, "13"), crew(day + timedelta(days=28), "13")
    assert len(one & other) >= len(one) - 2


def test_names_are_spelt_once_and_fit() -> None:
    for names in (FIRST_NAMES, SURNAMES):
        assert len(set(names)) == len(names)
        assert max(map(len, names)) <= 20
