import contextlib
import json
from dataclasses import fields
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.backends import rest_json as words
from kiosk.types import (
    Assignment,
    Capabilities,
    Card,
    ClockTrust,
    Coop,
    Fact,
    FactKind,
    Jar,
    Member,
    Moment,
    OpeningHours,
    Presence,
    Role,
    Shift,
    Status,
)

AT = datetime(2026, 11, 24, 15, 4, 5, tzinfo=UTC)
VALUES = [
    (
        words.member_from,
        Member(
            id="7",
            first_name="Zoé",
            name="Zoé N'Diaye",
            status=Status.ATTACHED,
            until=date(2026, 12, 1),
            balance_minutes=-90,
            due_minutes=90,
            due_by=date(2026, 12, 2),
            attached_to="6",
            role=Role.COORDINATOR,
            trained_for=frozenset({"Caisse", "Vrac"}),
            shared=True,
            language="en",
            large_text=True,
            long_pulse=True,
            windows=(OpeningHours(weekday=6, opens=time(8), closes=time()),),
        ),
    ),
    (words.member_from, Member(id="8", first_name="Léo")),
    (words.card_from, Card(hash="0f" * 32, member_id="7", blocked=True)),
    (words.shift_from, Shift(id="s", job="Vrac", starts_at=AT, ends_at=AT.replace(hour=18), places=4, week="B")),
    (words.assignment_from, Assignment(shift_id="s", member_id="7", first_name="Zoé", first_shift=True, present=True)),
    (words.jar_from, Jar(code="123456", grams=352, weighed_on=date(2026, 11, 24), sticker="0f" * 32)),
    (
        words.coop_from,
        Coop(
            name="La Coop",
            phone="01",
            hours=(OpeningHours(weekday=0, opens=time(9), closes=time(20, 30)),),
            closures=frozenset({date(2026, 12, 25)}),
            cycle_start=date(2026, 11, 16),
            notice="AG jeudi",
            pot_hours=0,
        ),
    ),
    (words.capabilities_from, Capabilities(roster=True, presence=Presence.BY_IDENTIFYING, check_in_opens_minutes=10)),
]
READERS = sorted(
    {reader for reader, _ in VALUES} | {words.fact_from, words.place_from}, key=lambda reader: reader.__name__
)


@pytest.mark.parametrize(("reader", "value"), VALUES, ids=lambda value: type(value).__name__)
def test_every_value_comes_back_as_it_went(reader, value) -> None:
    told = json.loads(json.dumps(words.to_json(value))) | {"version": 1}
    assert reader(told) == value


def test_every_field_of_the_vocabulary_travels() -> None:
    seen = {type(value): set() for _, value in VALUES}
    for _, value in VALUES:
        seen[type(value)] |= words.to_json(value).keys()
    for kind, names in seen.items():
        assert {field.name for field in fields(kind)} == names


def test_fact_travels_without_the_terminal_s_own_clocks() -> None:
    fact = Fact(
        id="f",
        kind=FactKind.CHECK_IN,
        happened=Moment(boot_id="b", monotonic=7.5, wall=AT, trust=ClockTrust.SYNCED),
        member_id="7",
        shift_id="s",
        about="e",
        offline=True,
        details={"rule": "ok"},
    )
    told = words.fact_to_json(fact)
    assert told == {
        "id": "f",
        "kind": "check_in",
        "happened_at": "2026-11-24T15:04:05Z",
        "clock": "synced",
        "member_id": "7",
        "shift_id": "s",
        "about": "e",
        "offline": True,
        "details": {"rule": "ok"},
    }
    assert words.fact_from(told).happened.wall == AT


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
NAMES = sorted({field.name for _, value in VALUES for field in fields(value)} | {"kind", "happened_at", "clock"})
LIKELY = [
    "ok",
    "2026-11-24",
    "2026-11-24T15:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "09:00",
    "0" * 64,
    "",
    "fr",
    "attached",
]


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
@given(st.dictionaries(st.sampled_from(NAMES), ANY_JSON | st.sampled_from(LIKELY)))
def test_whatever_comes_is_read_or_refused(reader, value) -> None:
    with contextlib.suppress(ValueError):
        reader(value)


FRENCH = "AG à 19\u202fh\u00a0! Dé\u00adpart 👩\u200d🌾"


def test_signs_that_no_screen_shows_cost_no_member_and_no_list() -> None:
    shown = "AG à 19 h ! Départ 👩🌾"
    told = {"id": "8", "status": "ok", "first_name": FRENCH, "name": FRENCH, "trained_for": [FRENCH]}
    member = words.member_from(told)
    assert (member.first_name, member.name, member.trained_for) == (shown, shown, {shown})
    coop = words.coop_from({"name": FRENCH, "phone": "01\u00a023", "notice": f"{FRENCH}\r\n\n\tVrac samedi"})
    assert (coop.name, coop.phone, coop.notice) == (shown, "01 23", f"{shown}\nVrac samedi")
    shift = {"id": "s", "job": FRENCH, "starts_at": "2026-11-24T15:00:00Z", "ends_at": "2026-11-24T18:00:00Z"}
    assert words.shift_from(shift).job == shown


@pytest.mark.parametrize("notice", [5, ["AG"], "x" * 1001])
def test_notice_that_is_none_is_refused(notice: object) -> None:
    with pytest.raises(ValueError, match="notice"):
        words.coop_from({"notice": notice})


@pytest.mark.parametrize("first_name", [None, "", "\u200b", "\u00a0"])
def test_first_name_of_which_nothing_is_seen_is_none(first_name: str | None) -> None:
    with pytest.raises(ValueError, match="first_name"):
        words.member_from({"id": "8", "status": "ok", "first_name": first_name})


def test_id_is_taken_to_the_letter() -> None:
    with pytest.raises(ValueError, match="id"):
        words.member_from({"id": "8\u00a0", "status": "ok", "first_name": "Léo"})
