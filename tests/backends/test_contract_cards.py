"""What every backend promises of cards and jars, as far as it carries them."""

from kiosk.backends.base import Accepted
from kiosk.demo.cast import Kind
from kiosk.types import Card, Fact, FactKind, Grams, Jar, JarCode
from tests.backends.rigs import NEW_CARD, Rig, Terminal, card, fact, member_id, needs


def about_card(rig: Rig, kind: FactKind, **more: object) -> Fact:
    return fact(kind, rig.clock, member_id=member_id(Kind.OK), details={"card": NEW_CARD}, **more)


def tare(rig: Rig, grams: int) -> Fact:
    return fact(FactKind.TARE, rig.clock, details={"jar": "482917", "grams": grams})


def test_linked_card_is_known_in_the_next_round(rig: Rig, terminal: Terminal) -> None:
    needs(rig, "card_links")
    assert rig.backend.deliver(about_card(rig, FactKind.CARD_LINKED)) == Accepted()
    assert terminal.pull()
    assert terminal.knowledge.card(NEW_CARD) == Card(hash=NEW_CARD, member_id=member_id(Kind.OK))


def test_blocked_card_is_blocked_at_every_terminal(rig: Rig, terminal: Terminal) -> None:
    needs(rig, "card_links")
    lost = card(Kind.OK)
    blocked = fact(FactKind.CARD_BLOCKED, rig.clock, member_id=member_id(Kind.OK), details={"card": lost})
    assert rig.backend.deliver(blocked) == Accepted()
    other = Terminal(rig.backend)
    for each in (terminal, other):
        assert each.pull()
        found = each.knowledge.card(lost)
        assert found is not None
        assert found.blocked


def test_link_that_comes_late_does_not_unblock(rig: Rig, terminal: Terminal) -> None:
    # Linked at a terminal that was offline, and reported lost at another one since.
    needs(rig, "card_links")
    linked = about_card(rig, FactKind.CARD_LINKED)
    rig.pass_time(60)
    assert rig.backend.deliver(about_card(rig, FactKind.CARD_BLOCKED)) == Accepted()
    assert rig.backend.deliver(linked) == Accepted()
    terminal.pull()
    found = terminal.knowledge.card(NEW_CARD)
    assert found is not None
    assert found.blocked


def test_link_taken_back_leaves_the_card_nobody_s(rig: Rig, terminal: Terminal) -> None:
    needs(rig, "card_links")
    linked = about_card(rig, FactKind.CARD_LINKED)
    assert rig.backend.deliver(linked) == Accepted()
    terminal.pull()
    assert rig.backend.deliver(about_card(rig, FactKind.CARD_UNLINKED, about=linked.id)) == Accepted()
    terminal.pull()
    assert terminal.knowledge.card(NEW_CARD) is None


def test_jar_is_known_at_every_terminal(rig: Rig, terminal: Terminal) -> None:
    needs(rig, "jars")
    assert rig.backend.deliver(tare(rig, 352)) == Accepted()
    assert terminal.pull()
    jar = Jar(code=JarCode("482917"), grams=Grams(352), weighed_on=rig.clock.now().date())
    assert terminal.knowledge.jars == {jar.code: jar}


def test_last_weighing_counts_whenever_it_arrives(rig: Rig, terminal: Terminal) -> None:
    needs(rig, "jars")
    first = tare(rig, 352)
    rig.pass_time(60)
    for weighed in (tare(rig, 348), first):
        assert rig.backend.deliver(weighed) == Accepted()
        terminal.pull()
    assert terminal.knowledge.jars[JarCode("482917")].grams == 348


def test_sticker_goes_with_the_jar(rig: Rig, terminal: Terminal) -> None:
    needs(rig, "jars")
    details = {"jar": "482917", "grams": 352, "weighed_on": "2026-11-24", "sticker": NEW_CARD}
    assert rig.backend.deliver(fact(FactKind.JAR_TAGGED, rig.clock, details=details)) == Accepted()
    terminal.pull()
    assert terminal.knowledge.jars[JarCode("482917")].sticker == NEW_CARD
