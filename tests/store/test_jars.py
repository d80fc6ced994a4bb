"""Jars outlive a restart with their stickers, and a server's page does not take them off."""

from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

import pytest

from kiosk.events import KnowledgePage
from kiosk.store.database import open_database
from kiosk.store.jars import Jars
from kiosk.store.outbox import Arrived
from kiosk.store.schema import JOURNAL_FILE
from kiosk.types import Capabilities, CardHash, ClockTrust, FactKind, Grams, Jar, JarCode
from tests.fakes import NOON, page

PATIENCE = 5
STICKER, OTHER_STICKER = CardHash("a" * 64), CardHash("b" * 64)
HERE = Jar(code=JarCode("123455"), grams=Grams(412), weighed_on=NOON.date())
ELSEWHERE = Jar(code=JarCode("200006"), grams=Grams(98), weighed_on=NOON.date().replace(day=1))


def weigh(store, facts, jar: Jar = HERE) -> None:
    store.record(facts.make(FactKind.TARE, details={"jar": jar.code, "grams": int(jar.grams)}))


def tag(store, facts, jar: Jar, sticker: CardHash) -> None:
    details = {
        "jar": jar.code,
        "sticker": sticker,
        "grams": int(jar.grams),
        "weighed_on": jar.weighed_on.isoformat(),
    }
    store.record(facts.make(FactKind.JAR_TAGGED, details=details))


def test_a_sticker_is_there_after_a_restart(start, facts):
    store = start()
    weigh(store, facts)
    tag(store, facts, HERE, STICKER)
    assert start().jars().result(PATIENCE) == (replace(HERE, sticker=STICKER),)


def test_a_jar_from_elsewhere_is_kept_with_its_sticker(start, facts):
    store = start()
    tag(store, facts, ELSEWHERE, STICKER)
    assert store.jars().result(PATIENCE) == (replace(ELSEWHERE, sticker=STICKER),)


def test_weighing_again_leaves_the_sticker_on(start, facts):
    store = start()
    tag(store, facts, HERE, STICKER)
    weigh(store, facts, replace(HERE, grams=Grams(405)))
    assert store.jars().result(PATIENCE) == (replace(HERE, grams=Grams(405), sticker=STICKER),)


def test_a_sticker_is_of_one_jar_and_a_jar_has_one_sticker(start, facts):
    store = start()
    tag(store, facts, HERE, STICKER)
    tag(store, facts, ELSEWHERE, STICKER)
    tag(store, facts, ELSEWHERE, OTHER_STICKER)
    assert [jar.sticker for jar in store.jars().result(PATIENCE)] == [None, OTHER_STICKER]


def test_a_newer_weight_from_the_server_leaves_the_sticker_on(start, facts, inbox):
    store = start()
    tag(store, facts, ELSEWHERE, STICKER)
    inbox.wait_for(KnowledgePage, lambda event: any(jar.sticker for jar in event.jars))
    newer = replace(ELSEWHERE, grams=Grams(101), weighed_on=NOON.date())
    assert store.laid_over(replace(page(), jars=(newer,))).jars == (replace(newer, sticker=STICKER),)


def test_a_fact_that_does_not_say_which_jar_changes_none(start, facts):
    store = start()
    store.record(facts.make(FactKind.JAR_TAGGED, details={"sticker": STICKER}))
    store.record(facts.make(FactKind.TARE, details={"grams": 412}))
    assert store.jars().result(PATIENCE) == ()


# ── the day of a weighing is the shop's ───────────────────────────────────────────────────────────────────────────

LATE = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
"""Half past midnight of the third in Paris."""


def days(store) -> list[date]:
    return [jar.weighed_on for jar in store.jars().result(PATIENCE)]


@pytest.mark.parametrize(
    ("details", "day"),
    [
        ({"weighed_on": "2026-03-03"}, date(2026, 3, 3)),
        ({}, date(2026, 3, 3)),
        ({"weighed_on": "the third"}, date(2026, 3, 3)),
        ({"weighed_on": 3}, date(2026, 3, 3)),
        # The day as the terminal that weighed it saw it, wherever that was.
        ({"weighed_on": "2026-03-02"}, date(2026, 3, 2)),
    ],
    ids=["told", "older", "garbled", "no text", "elsewhere"],
)
def test_a_jar_weighed_after_midnight_was_weighed_on_the_shops_day(start, facts, clock, details, day):
    clock.set_wall(LATE)
    store = start()
    store.record(facts.make(FactKind.TARE, details={"jar": HERE.code, "grams": 412, **details}))
    assert days(store) == [day]
    assert days(start()) == [day]


def unset(clock) -> None:
    clock.set_wall(datetime(1970, 1, 1, 0, 5, tzinfo=UTC), ClockTrust.NEVER)


def weigh_in_1970(store, facts, jar: Jar = HERE):
    told = {"jar": jar.code, "grams": int(jar.grams), "weighed_on": "1970-01-01"}
    fact = facts.make(FactKind.TARE, details=told)
    store.record(fact)
    return fact


def test_a_jar_weighed_before_the_clock_was_set_has_its_true_day_once_it_is(start, facts, clock, inbox):
    unset(clock)
    store = start()
    store.apply(page(capabilities=Capabilities(jars=True))).result(PATIENCE)
    weigh_in_1970(store, facts)
    assert days(store) == [date(1970, 1, 1)]
    clock.advance(60)
    clock.set_wall(LATE, ClockTrust.SYNCED)
    # Work makes the store look at the clock.
    store.journal_list().result(PATIENCE)
    told = inbox.wait_for(KnowledgePage, lambda event: [jar.weighed_on for jar in event.jars] == [date(2026, 3, 3)])
    assert told.jars[0].code == HERE.code
    assert days(store) == [date(2026, 3, 3)]
    (row,) = store.due(10).result(PATIENCE).rows
    assert row.fact.details == {"jar": HERE.code, "grams": 412, "weighed_on": "2026-03-03"}
    assert days(start()) == [date(2026, 3, 3)]


def test_a_later_weighing_keeps_its_own_day(start, facts, clock):
    unset(clock)
    store = start()
    weigh_in_1970(store, facts)
    clock.set_wall(LATE, ClockTrust.SYNCED)
    told = {"jar": HERE.code, "grams": 405, "weighed_on": "2026-02-28"}
    store.record(facts.make(FactKind.TARE, details=told))
    # Two turns of the store: the one that sets the first one right has passed.
    store.journal_list().result(PATIENCE)
    store.journal_list().result(PATIENCE)
    assert days(store) == [date(2026, 2, 28)]


def test_an_older_tare_leaves_as_it_is(start, facts):
    store = start()
    store.apply(page(capabilities=Capabilities(jars=True))).result(PATIENCE)
    weigh(store, facts)
    (row,) = store.due(10).result(PATIENCE).rows
    assert row.fact.details == {"jar": HERE.code, "grams": 412}


# ── stickers and a server that carries jars ───────────────────────────────────────────────────────────────────────

CARRIES_JARS = Capabilities(jars=True)


def tagged_and_told(start, facts, inbox):
    """A jar with its sticker, of which the server has been told."""
    store = start()
    store.apply(page(capabilities=CARRIES_JARS)).result(PATIENCE)
    tag(store, facts, HERE, STICKER)
    inbox.wait_for(KnowledgePage, lambda event: any(jar.sticker for jar in event.jars))
    (row,) = store.due(10).result(PATIENCE).rows
    store.settle({row.fact.id: Arrived()}).result(PATIENCE)
    assert store.due(10).result(PATIENCE).rows == ()
    return store


def test_a_server_that_knows_no_stickers_takes_none_off(start, facts, inbox):
    store = tagged_and_told(start, facts, inbox)
    bare = replace(HERE, grams=Grams(405))
    assert store.laid_over(page(jars=(bare,))).jars == (replace(bare, sticker=STICKER),)


def test_the_servers_sticker_is_the_one_that_counts(start, facts, inbox):
    store = tagged_and_told(start, facts, inbox)
    theirs = replace(HERE, sticker=OTHER_STICKER)
    assert store.laid_over(page(jars=(theirs,))).jars == (theirs,)


@pytest.mark.parametrize("together", [True, False])
def test_a_sticker_that_moved_at_another_terminal_is_not_put_back(start, facts, inbox, together):
    store = tagged_and_told(start, facts, inbox)
    moved = replace(ELSEWHERE, sticker=STICKER)
    both = page(2, jars=(HERE, moved))
    if together:
        assert store.laid_over(both).jars == (HERE, moved)
    store.apply(both).result(PATIENCE)
    assert store.laid_over(page(3, jars=(HERE,))).jars == (HERE,)
    assert [jar.sticker for jar in start().jars().result(PATIENCE)] == [None]


def test_what_is_read_again_is_what_has_changed(facts):
    """However jars and stickers change hands, what is kept of them is what a fresh look at the file shows."""
    db, chance = open_database(None, JOURNAL_FILE), Random(5)
    jars = Jars(db)
    codes, stickers = [JarCode(f"{number:06}") for number in range(6)], [CardHash(f"{n:064}") for n in range(4)]
    for grams in range(300):
        code, sticker = chance.choice(codes), chance.choice(stickers)
        match chance.randrange(4):
            case 0:
                jars.keep(Jar(code=code, grams=Grams(grams), weighed_on=date(2026, 3, 1 + grams % 20)))
            case 1:
                told = {"jar": code, "sticker": sticker, "grams": grams, "weighed_on": "2026-03-02"}
                jars.tag(facts.make(FactKind.JAR_TAGGED, details=told))
            case 2:
                jars.bare((sticker,))
            case _:
                before = jars.by_code()
                assert jars.by_code() is before
        if chance.random() < 0.5:
            assert jars.by_code() == Jars(db).by_code()
