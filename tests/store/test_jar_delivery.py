"""Jars go to a server that carries them, and to no other; then it is the server that speaks for them."""

from dataclasses import replace

from kiosk.events import KnowledgePage
from kiosk.store.outbox import Arrived
from kiosk.types import Capabilities, FactKind, Grams, Jar, JarCode
from tests.fakes import NOON, page

PATIENCE = 5
CARRIES_JARS = Capabilities(jars=True)
JAR = Jar(code=JarCode("123455"), grams=Grams(412), weighed_on=NOON.date())
OTHERWISE = replace(JAR, grams=Grams(390))
"""Weighed at the other terminal on the same day."""


def weigh(store, facts, jar: Jar = JAR) -> str:
    fact = facts.make(FactKind.TARE, details={"jar": jar.code, "grams": int(jar.grams)})
    store.record(fact)
    return fact.id


def waiting(store) -> list[str]:
    return [row.fact.id for row in store.due(10).result(PATIENCE).rows]


def test_a_tare_stays_here_while_no_server_carries_jars(start, facts):
    store = start()
    store.apply(page()).result(PATIENCE)
    weigh(store, facts)
    assert waiting(store) == []


def test_a_tare_goes_to_a_server_that_carries_jars(start, facts):
    store = start()
    store.apply(page(capabilities=CARRIES_JARS)).result(PATIENCE)
    tare = weigh(store, facts)
    assert waiting(store) == [tare]


def test_what_was_weighed_before_the_server_was_known_goes_when_it_is(start, facts):
    store = start()
    tare = weigh(store, facts)
    store.apply(page(capabilities=CARRIES_JARS)).result(PATIENCE)
    assert waiting(store) == [tare]


def test_a_tare_that_arrived_does_not_go_again_after_a_restart(start, facts):
    store = start()
    store.apply(page(capabilities=CARRIES_JARS)).result(PATIENCE)
    store.settle({weigh(store, facts): Arrived()}).result(PATIENCE)
    assert waiting(start()) == []


def test_the_server_speaks_for_a_jar_once_it_has_been_told(start, facts, inbox):
    store = start()
    store.apply(page(capabilities=CARRIES_JARS)).result(PATIENCE)
    tare = weigh(store, facts)
    inbox.wait_for(KnowledgePage, lambda event: event.jars == (JAR,))
    said = page(jars=(OTHERWISE,))
    assert store.laid_over(said).jars == (JAR,)
    store.settle({tare: Arrived()}).result(PATIENCE)
    # The overlay is read again after the settlement has been announced.
    assert waiting(store) == []
    assert store.laid_over(said).jars == (OTHERWISE,)
