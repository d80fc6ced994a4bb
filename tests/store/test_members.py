"""What is known of one person is told whole; who is forgotten is in no byte of the files, and does not come back."""

import random
import re
import sqlite3
from collections import Counter
from datetime import timedelta

import pytest

from kiosk.errors import StoreError
from kiosk.events import Committed, Identified, KnowledgePage
from kiosk.rules.knowledge import Knowledge
from kiosk.store.cards import Preference
from kiosk.store.journal import Closed
from kiosk.store.outbox import Arrived, Parked
from kiosk.types import Assignment, Card, CardHash, FactKind, Member, MemberId, Role, Shift, ShiftId
from tests.fakes import NOON, page

PATIENCE = 20
WHO = MemberId("number-312")
OTHER = MemberId("number-313")
CARD, HERE, OLDER, THEIRS = (CardHash(byte * 32) for byte in ("c4", "d5", "a3", "e6"))
SHIFT = Shift(id=ShiftId("s1"), job="caisse", starts_at=NOON, ends_at=NOON + timedelta(hours=3), places=2)
TRACES = (b"Melusine", b"Raymondin", WHO.encode(), CARD.encode(), HERE.encode(), OLDER.encode())


def snapshot(**more):
    return page(
        members=(Member(id=WHO, first_name="Melusine", name="Raymondin"), Member(id=OTHER, first_name="Camille")),
        cards=(Card(hash=CARD, member_id=WHO), Card(hash=THEIRS, member_id=OTHER)),
        shifts=(SHIFT,),
        assignments=(
            Assignment(shift_id=SHIFT.id, member_id=WHO, first_name="Melusine"),
            Assignment(shift_id=SHIFT.id, member_id=OTHER, first_name="Camille"),
        ),
        **more,
    )


def live_through_a_day(store, facts):
    """A person known in every way there is; returns what the server has to be told of."""
    done = [
        facts.make(FactKind.PASSAGE, member_id=WHO, details={"kind": "card"}),
        facts.check_in(WHO, "s1"),
        facts.check_in(OTHER, "s1", by=WHO),
        facts.make(FactKind.CARD_LINKED, member_id=WHO, details={"card": HERE, "by": OTHER, "replaces": OLDER}),
    ]
    for fact in (
        *done,
        facts.make(FactKind.ROLE_GRANTED, member_id=WHO, details={"role": Role.COORDINATOR.value, "by": OTHER}),
        facts.make(FactKind.REFUSAL, details={"card": HERE, "reason": "unknown"}),
    ):
        store.record(fact)
    store.prefer(Preference(member_id=WHO, large_text=True)).result(PATIENCE)
    store.apply(snapshot()).result(PATIENCE)
    return done


def deliver(store, facts_done):
    store.settle({fact.id: Arrived() for fact in facts_done}).result(PATIENCE)


def deliver_all(store):
    rows = store.due(100).result(PATIENCE).rows
    deliver(store, [row.fact for row in rows])
    store.journal_list().result(PATIENCE)
    return rows


def bytes_of(directory):
    return b"".join(file.read_bytes() for file in directory.iterdir())


def count(store, kind):
    return sum(row.fact.kind is kind for row in store.journal_list(limit=50_000).result(PATIENCE))


def known(inbox):
    knowledge = Knowledge()
    for event in inbox.all(KnowledgePage):
        knowledge.apply(event)
    return knowledge


def test_a_dossier_tells_everything_and_no_hash(start, facts):
    store = start()
    done = live_through_a_day(store, facts)
    deliver(store, done[:1])
    store.settle({done[1].id: Parked("no such shift")}).result(PATIENCE)
    dossier = store.dossier(WHO).result(PATIENCE)

    assert dossier.member is not None
    assert (dossier.member.first_name, dossier.role) == ("Melusine", Role.COORDINATOR)
    assert dossier.cards_blocked == (False, False)
    assert dossier.preference == Preference(member_id=WHO, large_text=True)
    assert [(place.job, place.present) for place in dossier.places] == [("caisse", False)]
    assert [(line.kind, line.own, line.state) for line in dossier.lines] == [
        (FactKind.PASSAGE, True, "delivered"),
        (FactKind.CHECK_IN, True, "refused"),
        (FactKind.CHECK_IN, False, None),
        (FactKind.CARD_LINKED, True, "waiting"),
        (FactKind.ROLE_GRANTED, True, None),
    ]
    assert CARD not in str(dossier)
    assert HERE not in str(dossier)


def test_what_waits_stops_it_and_nothing_changes(start, facts):
    store = start()
    done = live_through_a_day(store, facts)
    deliver(store, done[:1])
    store.settle({done[1].id: Parked("no such shift")}).result(PATIENCE)
    outcome = store.forget(WHO).result(PATIENCE)
    dossier = store.dossier(WHO).result(PATIENCE)

    assert (outcome.waiting, outcome.refused, outcome.is_clean) == (1, 1, False)
    assert len(dossier.lines) == 5
    assert dossier.member is not None
    assert not dossier.is_forgotten


def test_no_byte_is_left_once_the_server_has_heard_it(start, facts, directory):
    store = start()
    deliver(store, live_through_a_day(store, facts))
    before = bytes_of(directory)
    outcome = store.forget(WHO).result(PATIENCE)
    (word,) = deliver_all(store)
    after = bytes_of(directory)

    assert all(trace in before for trace in TRACES)
    assert [trace for trace in TRACES if trace in after] == []
    assert (word.fact.kind, word.fact.member_id) == (FactKind.MEMBER_FORGOTTEN, WHO)
    assert (outcome.account, outcome.cards, outcome.places, outcome.preferences, outcome.roles) == (True, 2, 1, 1, 1)
    assert outcome.facts == 6
    assert outcome.is_clean
    assert OTHER.encode() in after
    assert THEIRS.encode() in after


def test_only_the_word_to_the_server_says_who_until_it_has_left(start, facts):
    store = start()
    deliver(store, live_through_a_day(store, facts))
    store.forget(WHO).result(PATIENCE)
    naming = [row.fact.kind for row in store.journal_list().result(PATIENCE) if WHO in (row.fact.member_id or "")]

    assert naming == [FactKind.MEMBER_FORGOTTEN]


def test_counts_stay_right_under_one_pseudonym(start, facts):
    store = start()
    deliver(store, live_through_a_day(store, facts))
    before = {kind: count(store, kind) for kind in (FactKind.CHECK_IN, FactKind.PASSAGE, FactKind.REFUSAL)}
    store.forget(WHO).result(PATIENCE)
    rows = store.journal_list().result(PATIENCE)
    names = {row.fact.member_id for row in rows if row.fact.kind in {FactKind.PASSAGE, FactKind.ROLE_GRANTED}}
    named_by_other = next(row.fact.details["by"] for row in rows if row.fact.member_id == OTHER)

    assert {kind: count(store, kind) for kind in before} == before
    assert names == {named_by_other}


def test_gaps_between_rows_hold_no_copies(start, directory):
    """Rows that move between pages leave copies of themselves behind, and no deletion reaches those."""
    store = start()
    chance = random.Random(400)
    numbers = [MemberId(f"person-{number:05}") for number in range(4000)]
    chance.shuffle(numbers)
    for generation in (1, 2):
        rows = tuple(Member(id=id_, first_name="x" * chance.randint(1, 60)) for id_ in numbers)
        store.apply(page(generation, members=rows)).result(PATIENCE)
    copies = Counter(re.findall(rb"person-[0-9]{5}", bytes_of(directory)))
    most_copied = [MemberId(id_.decode()) for id_, _ in copies.most_common(3)]
    for id_ in most_copied:
        assert store.forget(id_).result(PATIENCE).is_clean
    deliver_all(store)
    left = bytes_of(directory)

    assert [id_ for id_ in most_copied if id_.encode() in left] == []


def test_the_reactor_forgets_at_once(start, facts, inbox):
    store = start()
    deliver(store, live_through_a_day(store, facts))
    inbox.clear()
    knowledge = Knowledge()
    knowledge.apply(store.laid_over(snapshot(), first=True))
    knowledge.note(facts.check_in(WHO, "s1"))
    store.forget(WHO).result(PATIENCE)
    knowledge.apply(inbox.wait_for(KnowledgePage, lambda event: bool(event.forgotten_members)))

    assert set(knowledge.members) == {OTHER}
    assert set(knowledge.cards) == {THEIRS}
    assert [place.member_id for place in knowledge.roster(SHIFT.id)] == [OTHER]


@pytest.mark.parametrize("restarted", [False, True])
def test_the_next_snapshot_does_not_bring_them_back(start, facts, inbox, restarted, directory):
    store = start()
    deliver(store, live_through_a_day(store, facts))
    store.forget(WHO).result(PATIENCE)
    deliver_all(store)
    store = start() if restarted else store
    store.journal_list().result(PATIENCE)
    shown = store.laid_over(snapshot(generation=2), first=True)
    store.apply(snapshot(generation=2)).result(PATIENCE)

    assert [member.id for member in shown.members] == [OTHER]
    assert [card.hash for card in shown.cards] == [THEIRS]
    assert [place.member_id for place in shown.assignments] == [OTHER]
    assert WHO.encode() not in bytes_of(directory)
    start()
    inbox.wait_for(KnowledgePage, lambda event: event.last)
    assert set(known(inbox).members) == {OTHER}


def test_twice_is_once(start, facts):
    store = start()
    deliver(store, live_through_a_day(store, facts))
    store.forget(WHO).result(PATIENCE)
    again = store.forget(WHO).result(PATIENCE)

    assert (again.account, again.cards, again.facts, again.is_clean) == (False, 0, 0, True)
    assert count(store, FactKind.MEMBER_FORGOTTEN) == 1
    assert store.dossier(WHO).result(PATIENCE).is_forgotten


def test_anyway_gives_up_what_waits(start, facts):
    store = start()
    live_through_a_day(store, facts)
    outcome = store.forget(WHO, anyway=True).result(PATIENCE)
    left = [row.fact for row in store.outbox_list().result(PATIENCE)]

    assert outcome.given_up == 3
    assert [fact.kind for fact in left] == [FactKind.CHECK_IN, FactKind.MEMBER_FORGOTTEN]
    assert left[0].member_id == OTHER
    assert WHO not in str(left[0].details)
    assert count(store, FactKind.CHECK_IN) == 2


def test_what_the_server_says_is_forgotten_is_forgotten_here(start, facts, directory, inbox):
    store = start()
    live_through_a_day(store, facts)
    store.apply(page(2, full=False, forgotten_members=(WHO,))).result(PATIENCE)
    inbox.wait_for(KnowledgePage, lambda event: event.forgotten_members == (WHO,))
    let_it_forget(store)

    assert [trace for trace in TRACES if trace in bytes_of(directory)] == []
    assert count(store, FactKind.MEMBER_FORGOTTEN) == 0
    assert count(store, FactKind.CHECK_IN) == 2


def test_a_full_round_that_names_someone_forgotten_and_restored_forgets_them_again(start, facts, directory):
    """A backup from before: the journal knows the person, no tombstone does, and the server says who was forgotten."""
    store = start()
    live_through_a_day(store, facts)
    store.apply(snapshot(generation=2, forgotten_members=(WHO,))).result(PATIENCE)
    let_it_forget(store)

    assert [trace for trace in TRACES if trace in bytes_of(directory)] == []


def test_a_card_that_went_to_someone_else_stays_theirs(start, facts):
    store = start()
    mine = facts.make(FactKind.CARD_LINKED, member_id=WHO, details={"card": HERE})
    undone = facts.make(FactKind.CARD_UNLINKED, member_id=WHO, about=mine.id, details={"card": HERE})
    theirs = facts.make(FactKind.CARD_LINKED, member_id=OTHER, details={"card": HERE})
    for fact in (mine, undone, theirs):
        store.record(fact)
    deliver(store, [mine, undone])
    store.forget(WHO).result(PATIENCE)
    (row, _) = store.outbox_list().result(PATIENCE)

    assert row.fact == theirs
    assert store.given_to().result(PATIENCE) == {OTHER}


def test_a_jar_whose_code_reads_like_a_number_is_nobodys(start, facts):
    store = start()
    fact = facts.make(FactKind.TARE, details={"jar": "000312", "grams": 176})
    store.record(fact)
    store.record(facts.make(FactKind.PASSAGE, member_id=MemberId("000312")))
    store.forget(MemberId("000312"), anyway=True).result(PATIENCE)

    assert store.dossier(MemberId("000312")).result(PATIENCE).lines == ()
    assert store.journal_list().result(PATIENCE)[0].fact == fact


def test_a_closed_store_says_so(start):
    store = start()
    store.request_stop()
    assert store.join()
    with pytest.raises(StoreError):
        store.dossier(WHO).result(PATIENCE)
    with pytest.raises(StoreError):
        store.forget(WHO).result(PATIENCE)


# ── what comes after the forgetting ───────────────────────────────────────────────────────────────────────────────


def forget_and_tell(store):
    store.forget(WHO).result(PATIENCE)
    deliver_all(store)


def kept(store, *facts):
    """The facts as the journal has them."""
    ids = [fact.id for fact in facts]
    return [row for row in store.journal_list().result(PATIENCE) if row.fact.id in ids]


def test_a_server_that_was_not_told_brings_nobody_back(start):
    store = start()
    forget_and_tell(store)
    answer = Identified(hash=CARD, available=True, member=Member(id=WHO, first_name="Melusine"))
    theirs = Identified(hash=THEIRS, available=True, member=Member(id=OTHER, first_name="Camille"))

    assert store.without_forgotten(answer) == Identified(hash=CARD, available=True)
    assert store.without_forgotten(theirs) == theirs


@pytest.mark.parametrize("restarted", [False, True])
def test_what_lapses_after_the_forgetting_is_nobodys_and_stays_here(start, facts, directory, restarted):
    store = start()
    forget_and_tell(store)
    store = start() if restarted else store
    late = [
        facts.check_in(WHO, "s1", by=WHO),
        facts.make(FactKind.BOOKING, member_id=WHO, shift_id=SHIFT.id),
        facts.make(FactKind.CARD_LINKED, member_id=WHO, details={"card": HERE, "by": OTHER, "replaces": OLDER}),
        facts.make(FactKind.ROLE_GRANTED, member_id=WHO, details={"role": Role.COORDINATOR.value, "by": OTHER}),
        facts.make(FactKind.DOOR_OPENED, member_id=WHO, details={"seconds": 3}),
    ]
    for fact in late:
        store.record(fact)
    store.withdraw(late[0].id, facts.make(FactKind.CHECK_IN_UNDONE, member_id=WHO, about=late[0].id))
    store.prefer(Preference(member_id=WHO, large_text=True)).result(PATIENCE)
    rows = kept(store, *late)

    assert [(row.fact.kind, row.fact.member_id) for row in rows] == [(fact.kind, None) for fact in late]
    assert rows[0].fact.shift_id == late[0].shift_id
    assert dict(rows[2].fact.details) == {"by": OTHER}
    assert [row.closed_as for row in rows] == [Closed.SETTLED, Closed.SETTLED, Closed.SETTLED, None, None]
    assert store.outbox_list().result(PATIENCE) == []
    assert store.given_to().result(PATIENCE) == frozenset()
    store.request_stop()
    assert store.join()
    assert [trace for trace in (WHO, HERE, OLDER) if trace.encode() in bytes_of(directory)] == []


def test_others_facts_leave_without_naming_who_was_forgotten(start, facts):
    store = start()
    forget_and_tell(store)
    theirs = facts.check_in(OTHER, "s1", by=WHO, jar=WHO, seen=[{"who": WHO}, WHO, "x"])
    plain = facts.check_in(OTHER, "s1", by=OTHER)
    store.record(theirs)
    store.record(plain)
    first, second = (row.fact for row in store.due(9).result(PATIENCE).rows)

    assert first.member_id == OTHER
    assert {key: first.details.get(key) for key in ("by", "jar", "seen")} == {"by": None, "jar": WHO, "seen": [{}, "x"]}
    assert second == plain


def test_the_reactor_forgets_what_lapses_after_the_forgetting(start, facts, inbox):
    store = start()
    forget_and_tell(store)
    knowledge = Knowledge()
    knowledge.apply(page(shifts=(SHIFT,)))
    late = facts.check_in(WHO, "s1")
    knowledge.note(late)
    inbox.clear()
    store.record(late)
    knowledge.apply(inbox.wait_for(KnowledgePage))

    assert knowledge.roster(SHIFT.id) == ()
    assert not knowledge.is_waiting(late.id)


# ── many at once ──────────────────────────────────────────────────────────────────────────────────────────────────


def let_it_forget(store):
    """Wait for the last of the forgettings that a page has begun."""
    while not store._erasures.are_done:
        store.cursor().result(PATIENCE)


def test_all_that_a_full_round_names_are_forgotten_and_the_files_written_afresh_once(start, facts, directory, inbox):
    store = start()
    many = [MemberId(f"person-{number:04}") for number in range(200)]
    store.apply(page(members=tuple(Member(id=id_, first_name=f"Name{id_}") for id_ in many))).result(PATIENCE)
    for id_ in many:
        store.record(facts.make(FactKind.PASSAGE, member_id=id_))
    written = []
    store._worker.write_afresh = lambda: written.append(True) or store._worker._ledger.write_afresh()
    store.apply(page(2, forgotten_members=(*many, *many))).result(PATIENCE)
    store.apply(page(3, full=False, forgotten_members=tuple(many))).result(PATIENCE)
    let_it_forget(store)

    assert [id_ for id_ in many if id_.encode() in bytes_of(directory)] == []
    assert count(store, FactKind.PASSAGE) == 200
    assert len(written) <= 2


def test_a_tap_waits_for_none_of_them(start, facts, inbox):
    store = start()
    many = tuple(MemberId(f"person-{number:04}") for number in range(500))
    store.apply(page(members=(), forgotten_members=many)).result(PATIENCE)
    tap = facts.check_in()
    store.record(tap)
    inbox.wait_for(Committed, lambda event: tap.id in event.ids)
    forgotten = sum(bool(event.forgotten_members) for event in inbox.all(KnowledgePage))

    assert forgotten < len(many)


def test_what_the_end_of_the_program_interrupts_the_next_round_finishes(start, facts, directory):
    store = start()
    many = tuple(MemberId(f"person-{number:04}") for number in range(2000))
    for id_ in many[-3:]:
        store.record(facts.make(FactKind.PASSAGE, member_id=id_))
    store.apply(page(forgotten_members=many)).result(PATIENCE)
    assert not store._erasures.are_done
    store = start()
    known = store.cursor().result(PATIENCE)
    assert (known.cursor, known.full_at) == ("", None)
    store.apply(page(2, forgotten_members=many[-3:])).result(PATIENCE)
    let_it_forget(store)

    assert [id_ for id_ in many[-3:] if id_.encode() in bytes_of(directory)] == []
    assert store.cursor().result(PATIENCE).cursor == "c1"


@pytest.mark.parametrize("last", [True, False])
def test_what_a_failing_disk_does_not_let_be_forgotten_the_next_round_does(start, facts, directory, last):
    store = start()
    live_through_a_day(store, facts)

    def fail(order):
        raise sqlite3.OperationalError("disk I/O error")

    store._worker._ledger.precious.forget = fail
    store.apply(snapshot(generation=2, last=last, forgotten_members=(WHO,))).result(PATIENCE)
    let_it_forget(store)
    if not last:
        store.apply(page(generation=2)).result(PATIENCE)
    assert WHO.encode() in bytes_of(directory)
    assert store.cursor().result(PATIENCE).cursor == ""
    store = start()
    store.apply(snapshot(generation=3, forgotten_members=(WHO,))).result(PATIENCE)
    let_it_forget(store)

    assert [trace for trace in TRACES if trace in bytes_of(directory)] == []
