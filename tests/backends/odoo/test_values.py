from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.backends.odoo.habits import canonical_of, first_name_of, spellings_of
from kiosk.backends.odoo.values import Link, Row, WrongAnswer, rows_of, utc_text

PARIS = ZoneInfo("Europe/Paris")


def test_false_means_nothing_in_every_kind_of_field() -> None:
    row = Row({"id": 1, **dict.fromkeys(("text", "number", "link", "ids", "day", "time"), False)})
    assert (row.text("text"), row.number("number"), row.points("number")) == ("", 0, 0.0)
    assert (row.maybe_link("link"), row.ids("ids")) == (None, ())
    assert (row.maybe_day("day"), row.maybe_moment("time")) == (None, None)


def test_absent_field_is_an_empty_one() -> None:
    row = Row({"id": 1})
    assert (row.text("firstname"), row.flag("is_deceased"), row.maybe_link("parent_id")) == ("", False, None)


def test_link_is_an_id_and_a_label() -> None:
    assert Row({"parent_id": [46, "1 - Standard Member 1"]}).maybe_link("parent_id") == Link(
        46, "1 - Standard Member 1"
    )


@pytest.mark.parametrize("label", ["", False, None])
def test_link_to_a_record_without_a_name_is_a_link(label: object) -> None:
    assert Row({"parent_id": [46, label]}).maybe_link("parent_id") == Link(46, "")


def test_naive_text_is_utc() -> None:
    row = Row({"date_begin": "2026-07-14 16:00:00"})
    assert row.moment("date_begin") == datetime(2026, 7, 14, 16, tzinfo=UTC)


@pytest.mark.parametrize(("wall", "hour"), [("2026-07-14 18:00:00", 16), ("2026-11-24 18:00:00", 17)])
def test_wall_clock_of_the_coop_counts_before_utc(wall: str, hour: int) -> None:
    row = Row({"date_begin": "2026-01-01 00:00:00", "date_begin_tz": wall})
    assert row.moment("date_begin", PARIS).hour == hour
    assert row.moment("date_begin").hour == 0


def test_utc_counts_where_the_wall_clock_is_empty() -> None:
    row = Row({"date_begin": "2026-11-24 15:00:00", "date_begin_tz": False})
    assert row.moment("date_begin", PARIS) == datetime(2026, 11, 24, 15, tzinfo=UTC)


def test_day_may_come_as_a_time() -> None:
    assert Row({"until": "2026-11-24 23:59:59"}).maybe_day("until") == date(2026, 11, 24)


def test_written_time_is_naive_utc_to_the_second() -> None:
    assert utc_text(datetime(2026, 7, 14, 18, 0, 5, 999, tzinfo=PARIS)) == "2026-07-14 16:00:05"


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda row: row.text("x"), 5),
        (lambda row: row.flag("x"), "yes"),
        (lambda row: row.number("x"), True),
        (lambda row: row.number("x"), "5"),
        (lambda row: row.points("x"), "1.5"),
        (lambda row: row.maybe_link("x"), [1]),
        (lambda row: row.maybe_link("x"), 46),
        (lambda row: row.ids("x"), ["a"]),
        (lambda row: row.maybe_day("x"), "24/11/2026"),
        (lambda row: row.maybe_moment("x"), "soon"),
        (lambda row: row.moment("x"), False),
    ],
)
def test_value_of_another_kind_is_no_guess(read, value) -> None:
    with pytest.raises(WrongAnswer):
        read(Row({"x": value}))


@pytest.mark.parametrize("answer", [None, True, {}, "rows", [1], [{"name": "no id"}], [{"id": "1"}]])
def test_what_is_no_list_of_records_is_said_so(answer: object) -> None:
    with pytest.raises(WrongAnswer):
        rows_of(answer)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_any_value_is_read_or_refused(value: object) -> None:
    row = Row({"x": value})
    for read in (row.text, row.flag, row.number, row.points, row.maybe_link, row.ids, row.maybe_day, row.maybe_moment):
        try:
            read("x")
        except WrongAnswer:
            continue


def test_text_is_one_line_of_bearable_length() -> None:
    text = Row({"name": " Ca\x00mille\n" + "é" * 500}).text("name")
    assert text.startswith("Camille é")
    assert len(text) <= 200


def test_no_break_space_parts_a_first_name_from_the_family_s() -> None:
    name = Row({"name": "Marie\u00a0DUPONT"}).text("name")
    assert (name, first_name_of(name, "first-last")) == ("Marie DUPONT", "Marie")


@pytest.mark.parametrize(
    ("name", "order", "first"),
    [
        ("Camille Dupont", "first-last", "Camille"),
        ("Dupont Camille", "last-first", "Camille"),
        ("Dupont Marie Claude", "last-first", "Marie Claude"),
        ("DUPONT Camille", "first-last", "Camille"),
        ("Marie-Claude DE LA TOUR", "last-first", "Marie-Claude"),
        ("Dupont, Camille", "first-last", "Camille"),
        ("Camille", "last-first", "Camille"),
        ("DUPONT CAMILLE", "last-first", "CAMILLE"),
        ("", "first-last", ""),
    ],
)
def test_only_the_first_name_is_taken_for_public_screens(name: str, order: str, first: str) -> None:
    assert first_name_of(name, order) == first


@pytest.mark.parametrize(
    ("kept", "canonical"),
    [
        ("0420000001003", "ean:0420000001003"),
        ("420000001003", "ean:0420000001003"),
        (" 0421000001000 ", "ean:0421000001000"),
        ("0420000001004", None),
        ("04A3C6CAE26180", "7:04A3C6CAE26180"),
        ("04:a3:c6:ca:e2:61:80", "7:04A3C6CAE26180"),
        ("DEADBEEF", "4:DEADBEEF"),
        ("", None),
        ("Camille", None),
    ],
)
def test_badges_of_members_and_associates_are_known_with_or_without_the_leading_zero(kept, canonical) -> None:
    assert canonical_of(kept) == canonical


@pytest.mark.parametrize("kept", ["0420000001003", "420000001003", "04A3C6CAE26180", "deadbeef"])
def test_each_spelling_that_is_understood_is_also_searched_for(kept: str) -> None:
    canonical = canonical_of(kept)
    assert canonical is not None
    assert kept in spellings_of(canonical)
