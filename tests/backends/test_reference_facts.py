"""Cards and jars after facts that arrive in any order."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.backends.reference_facts import Register, Told, check
from kiosk.types import ClockTrust, Fact, FactKind, Moment

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CARD, STICKER = "ab" * 32, "cd" * 32
LATE = NOON + timedelta(days=1)


def told(
    kind: FactKind,
    minute: int,
    *,
    member: str | None = "7",
    trust: ClockTrust = ClockTrust.SYNCED,
    received: datetime = LATE,
    about: str | None = None,
    **details: object,
) -> Told:
    wall = NOON + timedelta(minutes=minute)
    happened = Moment(boot_id="b", monotonic=0.0, wall=wall, trust=trust)
    fact = Fact(id=f"{kind}-{minute}", kind=kind, happened=happened, member_id=member, about=about, details=details)
    check(fact)
    return Told(fact, received)


def register_of(*facts: Told) -> Register:
    register = Register(ZoneInfo("Europe/Paris"))
    for each in facts:
        register.take(each)
    return register


def link(minute: int, member: str = "7") -> Told:
    return told(FactKind.CARD_LINKED, minute, member=member, card=CARD, key_id="k1")


def block(minute: int) -> Told:
    return told(FactKind.CARD_BLOCKED, minute, card=CARD, key_id="k1")


def tare(minute: int, grams: int, **more: object) -> Told:
    return told(FactKind.TARE, minute, member=None, jar="123456", grams=grams, **more)


def tag(minute: int, jar: str, sticker: str = STICKER) -> Told:
    return told(FactKind.JAR_TAGGED, minute, member=None, jar=jar, grams=100, sticker=sticker)


def in_any_order(*facts: Told) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "facts", list(permutations(facts)), ids=lambda each: " ".join(t.fact.id for t in each)
    )


@in_any_order(link(0), block(5), link(10, "8"))
def test_the_last_word_on_a_card_counts_in_whatever_order_it_arrives(facts):
    found = register_of(*facts).card(CARD)
    assert (found.card.member_id, found.card.blocked, found.key_id) == ("8", False, "k1")


def test_a_block_holds_against_an_earlier_link_that_arrives_later():
    assert register_of(block(5), link(0)).card(CARD).card.blocked


@in_any_order(
    link(0),
    link(5, "8"),
    told(FactKind.CARD_UNLINKED, 6, member="8", about="card_linked-5", card=CARD, key_id="k1"),
)
def test_a_link_taken_back_leaves_the_card_whose_it_was(facts):
    assert register_of(*facts).card(CARD).card.member_id == "7"


def test_a_card_of_which_nothing_is_left_is_nobody_s():
    undone = told(FactKind.CARD_UNLINKED, 6, about="card_linked-0", card=CARD, key_id="k1")
    assert register_of(undone, link(0)).card(CARD) is None
    assert register_of().card(CARD) is None


@in_any_order(tare(0, 352), tare(5, 348), tare(3, 355))
def test_the_last_weighing_counts(facts):
    assert register_of(*facts).jar("123456").grams == 348


def test_a_weighing_by_a_clock_that_was_never_set_happened_when_it_came():
    unset = tare(-1_000_000, 360, trust=ClockTrust.NEVER)
    jar = register_of(unset, tare(5, 348)).jar("123456")
    assert (jar.grams, jar.weighed_on) == (360, LATE.date())


def test_a_weighing_from_the_future_is_no_newer_than_its_receipt():
    future = tare(1_000_000, 360, received=NOON)
    assert register_of(future, tare(5, 348)).jar("123456").grams == 348


def test_the_day_of_a_weighing_is_the_shop_s():
    assert register_of(tare(11 * 60 + 30, 352)).jar("123456").weighed_on == LATE.date()


@in_any_order(tag(0, "123456"), tag(5, "200006"), tare(2, 352))
def test_a_sticker_is_on_one_jar(facts):
    register = register_of(*facts)
    assert (register.jar("123456").sticker, register.jar("200006").sticker) == (None, STICKER)
    assert register.jar("123456").grams == 352


def test_a_jar_has_one_sticker():
    assert register_of(tag(5, "123456", CARD), tag(0, "123456")).jar("123456").sticker == CARD


def test_what_a_fact_touches_is_named():
    register = register_of(tag(0, "123456"))
    assert register.take(tag(5, "200006")).jars == {"123456", "200006"}
    assert register.take(link(0)).cards == {CARD}
    assert not register.take(told(FactKind.PASSAGE, 0)).cards


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        (FactKind.CARD_LINKED, {}),
        (FactKind.CARD_LINKED, {"card": "04A3C6CAE26180"}),
        (FactKind.CARD_BLOCKED, {"card": CARD, "key_id": 7}),
        (FactKind.TARE, {"grams": 352}),
        (FactKind.TARE, {"jar": "12345", "grams": 352}),
        (FactKind.TARE, {"jar": "123456", "grams": 0}),
        (FactKind.TARE, {"jar": "123456", "grams": True}),
        (FactKind.JAR_TAGGED, {"jar": "123456", "grams": 352}),
    ],
)
def test_a_fact_that_does_not_say_of_what_it_speaks_is_refused(kind, details):
    with pytest.raises(ValueError):
        told(kind, 0, **details)


def test_a_card_fact_about_nobody_is_refused():
    with pytest.raises(ValueError, match="member_id"):
        told(FactKind.CARD_LINKED, 0, member=None, card=CARD)


@given(st.permutations([tag(0, "123456"), tag(1, "200006"), tag(2, "123456", CARD), tag(3, "200006", CARD)]))
def test_no_sticker_is_ever_on_two_jars(facts):
    register = register_of(*facts)
    on = [register.jar(code).sticker for code in ("123456", "200006")]
    assert on == [None, CARD]
