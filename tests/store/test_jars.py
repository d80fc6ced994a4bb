"""Jars outlive a restart with their stickers, and a server's page does not take them off."""

from dataclasses import replace

from kiosk.events import KnowledgePage
from kiosk.types import CardHash, FactKind, Grams, Jar, JarCode
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
