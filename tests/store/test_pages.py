"""The server's knowledge, as the store keeps it."""

from dataclasses import replace

from kiosk.events import KnowledgePage, QueueChanged
from kiosk.store.cards import Preference
from kiosk.store.outbox import Arrived
from kiosk.types import Capabilities, Card, CardHash, FactKind, Grams, Jar, JarCode, Member, MemberId
from tests.fakes import NOON, members, page
from tests.store.asking import PATIENCE


def test_nothing_is_shown_before_the_first_round(start, inbox):
    start()
    inbox.wait_for(QueueChanged)

    assert inbox.all(KnowledgePage) == []


def test_knowledge_comes_back_in_pages_after_a_restart(start, inbox):
    store = start()
    everyone = members(*(f"m{number}" for number in range(700)))
    store.apply(page(3, members=everyone, capabilities=Capabilities(booking=True))).result(PATIENCE)
    start()
    inbox.wait_for(KnowledgePage, lambda event: event.last)
    pages = inbox.all(KnowledgePage)

    assert [event.last for event in pages] == [False] * (len(pages) - 1) + [True]
    assert {(event.generation, event.full, event.cursor, event.fetched_at) for event in pages} == {
        (3, True, "c1", NOON)
    }
    assert max(len(event.members) for event in pages) <= 300
    assert {member for event in pages for member in event.members} == set(everyone)
    assert pages[0].capabilities == Capabilities(booking=True)


def test_a_confirmation_makes_the_knowledge_young(start, inbox, clock):
    store = start()
    store.apply(page()).result(PATIENCE)
    clock.advance(3600)
    store.confirm(clock.now())
    start()

    assert inbox.wait_for(KnowledgePage, lambda event: event.last).fetched_at == clock.now()


def test_a_jar_weighed_here_is_known_here(start, inbox, facts):
    store = start()
    store.apply(page()).result(PATIENCE)
    store.record(facts.make(FactKind.TARE, details={"jar": "123455", "grams": 412}))
    jar = Jar(code=JarCode("123455"), grams=Grams(412), weighed_on=NOON.date())
    inbox.wait_for(KnowledgePage, lambda event: event.jars == (jar,) and not event.last)
    start()

    assert inbox.wait_for(KnowledgePage, lambda event: bool(event.jars)).jars == (jar,)


def test_the_newer_weighing_of_a_jar_counts(start, facts, inbox):
    store = start()
    store.record(facts.make(FactKind.TARE, details={"jar": "123455", "grams": 412}))
    inbox.wait_for(KnowledgePage)
    older = Jar(code=JarCode("123455"), grams=Grams(400), weighed_on=NOON.date().replace(day=1))
    newer = Jar(code=JarCode("123455"), grams=Grams(420), weighed_on=NOON.date().replace(day=3))

    assert store.laid_over(page(jars=(older,))).jars[0].grams == 412
    assert store.laid_over(page(jars=(newer,))).jars[0].grams == 420


def test_a_card_linked_here_stays_linked_until_the_server_has_been_told(start, facts, inbox):
    store = start()
    store.apply(page(capabilities=Capabilities(card_links=True)))
    link = facts.make(FactKind.CARD_LINKED, member_id=MemberId("m1"), details={"card": "ab" * 32})
    store.record(link)
    inbox.wait_for(KnowledgePage)
    card = Card(hash=CardHash("ab" * 32), member_id=MemberId("m1"))
    brought = store.laid_over(page(), first=True).cards
    unremoved = store.laid_over(page(full=False, removed_cards=(card.hash,))).removed_cards
    store.settle({link.id: Arrived()}).result(PATIENCE)
    # The answer to the next question comes after what the settlement changed.
    store.journal_list().result(PATIENCE)

    assert brought == (card,)
    assert unremoved == ()
    assert store.laid_over(page(), first=True).cards == ()


def test_a_card_that_the_server_blocks_is_blocked_whatever_was_linked_here(start, facts, inbox):
    store = start()
    store.record(facts.make(FactKind.CARD_LINKED, member_id=MemberId("m1"), details={"card": "ab" * 32}))
    inbox.wait_for(KnowledgePage)
    theirs = Card(hash=CardHash("ab" * 32), member_id=MemberId("m2"), blocked=True)

    assert store.laid_over(page(cards=(theirs,))).cards == (replace(theirs, member_id=MemberId("m1")),)


def test_a_card_blocked_here_is_blocked_at_once(start, facts, inbox):
    store = start()
    store.record(facts.make(FactKind.CARD_BLOCKED, member_id=MemberId("m1"), details={"card": "ab" * 32}))

    assert inbox.wait_for(KnowledgePage).cards[0].blocked


def test_what_a_person_asked_for_lies_over_what_the_server_says(start, inbox):
    store = start()
    theirs = Member(id=MemberId("m1"), first_name="A", language="fr")
    store.apply(page(members=(theirs,))).result(PATIENCE)
    store.prefer(Preference(member_id=MemberId("m1"), large_text=True))
    ours = replace(theirs, large_text=True)

    assert inbox.wait_for(KnowledgePage).members == (ours,)
    assert store.laid_over(page(members=(theirs,))).members == (ours,)


def test_whoever_is_answered_finds_it_shown(start, inbox):
    store = start()
    store.apply(page(members=(Member(id=MemberId("m1"), first_name="A"),))).result(PATIENCE)
    told_by_then = []
    answer = store.prefer(Preference(member_id=MemberId("m1"), large_text=True))
    answer.add_done_callback(lambda _: told_by_then.extend(inbox.all(KnowledgePage)))
    answer.result(PATIENCE)
    store.due(1).result(PATIENCE)

    assert [member.large_text for told in told_by_then for member in told.members] == [True]
