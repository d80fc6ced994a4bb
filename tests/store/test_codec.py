"""Values of the vocabulary survive the way into the files and back, across versions."""

from dataclasses import dataclass, fields
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.store.codec import from_json, to_json
from kiosk.types import (
    Assignment,
    Capabilities,
    Card,
    Coop,
    Jar,
    Member,
    MemberId,
    OpeningHours,
    Role,
    Shift,
    Status,
)

KINDS = (Member, Card, Shift, Assignment, Jar, Coop, Capabilities)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_every_value_comes_back_as_it_was(kind, data):
    value = data.draw(st.from_type(kind))

    assert from_json(kind, to_json(value)) == value


def test_what_has_its_default_is_not_written():
    assert to_json(Member(id=MemberId("m1"), first_name="Noé")) == '{"id":"m1","first_name":"Noé"}'


def test_the_written_form_is_plain():
    member = Member(
        id=MemberId("m1"),
        first_name="Noé",
        status=Status.GRACE,
        until=date(2026, 4, 1),
        role=Role.COORDINATOR,
        trained_for=frozenset({"caisse", "accueil"}),
    )

    assert to_json(member) == (
        '{"id":"m1","first_name":"Noé","status":"grace","until":"2026-04-01","role":"coordinator",'
        '"trained_for":["accueil","caisse"]}'
    )


def test_nested_values_and_times_of_day():
    coop = Coop(hours=(OpeningHours(weekday=5, opens=time(9), closes=time(19, 30)),), closures=frozenset({date.min}))

    assert from_json(Coop, to_json(coop)) == coop


def test_what_a_later_version_wrote_is_ignored():
    assert from_json(Jar, '{"code":"123455","grams":3,"weighed_on":"2026-03-02","colour":"green"}').grams == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "3",
        '"m1"',
        '{"id":"m1"}',
        '{"id":"m1","first_name":"A","status":"levitating"}',
        '{"id":"m1","until":3}',
    ],
)
def test_what_cannot_be_read_is_said_so(text):
    with pytest.raises(ValueError):
        from_json(Member, text)


def test_what_has_no_plain_form_is_refused():
    @dataclass
    class Odd:
        thing: object

    with pytest.raises(TypeError):
        to_json(Odd(object()))


def test_every_kind_that_is_stored_is_tested():
    from kiosk.events import KnowledgePage

    stored = {"coop", "capabilities", "members", "cards", "shifts", "assignments", "jars"}

    assert stored <= {field.name for field in fields(KnowledgePage)}
    assert len(KINDS) == len(stored)
