"""Roles, PINs and links made here: kept, laid over what the server says, and there after a restart."""

import errno
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from kiosk.events import KnowledgePage
from kiosk.store.cards import Preference
from kiosk.store.faults import StoreFault
from kiosk.store.staff import Pin, make_pin
from kiosk.types import Capabilities, Card, CardHash, FactKind, Member, MemberId, Role

PATIENCE = 10
CARD = CardHash("a" * 64)
SAM = MemberId("sam")


def page(clock, **changes) -> KnowledgePage:
    empty = KnowledgePage(generation=1, full=True, last=True, cursor="1", fetched_at=clock.now())
    return replace(empty, capabilities=Capabilities(), members=(Member(id=SAM, first_name="Sam"),), **changes)


def linked(facts, **more):
    return facts.make(FactKind.CARD_LINKED, member_id=SAM, details={"card": CARD, "by": None}, **more)


def settle(store) -> None:
    """Wait until the store has done all it was given and drawn its conclusions: until a later turn."""
    for _ in range(2):
        store.given_to().result(PATIENCE)


# ── links taken back ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_taken_back_is_a_link_no_more(start, facts, clock):
    store = start()
    link = linked(facts)
    store.record(link, hold_seconds=30)
    assert store.given_to().result(PATIENCE) == {SAM}
    store.withdraw(link.id, facts.make(FactKind.CARD_UNLINKED, member_id=SAM, about=link.id, details={"card": CARD}))
    assert store.given_to().result(PATIENCE) == frozenset()
    assert store.due(10).result(PATIENCE).rows == ()
    assert store.laid_over(page(clock), first=True).cards == ()


def test_an_undo_that_comes_after_the_link_has_left_follows_it(start, facts):
    store = start()
    link = linked(facts)
    store.record(link)
    store.due(10).result(PATIENCE)
    store.withdraw(link.id, facts.make(FactKind.CARD_UNLINKED, member_id=SAM, about=link.id, details={"card": CARD}))
    assert store.given_to().result(PATIENCE) == frozenset()


def test_taking_back_an_older_link_leaves_the_newer_one(start, facts):
    store = start()
    first, second = linked(facts), linked(facts)
    for link in (first, second):
        store.record(link)
    store.withdraw(first.id, facts.make(FactKind.CARD_UNLINKED, member_id=SAM, about=first.id, details={"card": CARD}))
    assert store.given_to().result(PATIENCE) == {SAM}


def test_whose_card_was_blocked_is_counted_no_more(start, facts):
    store = start()
    store.record(linked(facts))
    store.record(facts.make(FactKind.CARD_BLOCKED, member_id=SAM, details={"card": CARD}))
    assert store.given_to().result(PATIENCE) == frozenset()


# ── roles ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def granted(facts, role: Role):
    return facts.make(FactKind.ROLE_GRANTED, member_id=SAM, details={"role": role.value})


def test_a_role_granted_here_lies_over_a_server_that_knows_none(start, facts, clock):
    store = start()
    store.record(granted(facts, Role.COORDINATOR))
    settle(store)
    assert store.laid_over(page(clock)).members[0].role is Role.COORDINATOR
    store = start()
    settle(store)
    assert store.laid_over(page(clock)).members[0].role is Role.COORDINATOR


def test_a_server_that_knows_roles_has_the_last_word(start, facts, clock):
    store = start()
    store.record(granted(facts, Role.TECHNICIAN))
    store.apply(replace(page(clock), capabilities=Capabilities(roles=True))).result(PATIENCE)
    store.record(granted(facts, Role.COORDINATOR))
    settle(store)
    assert store.laid_over(page(clock)).members[0].role is Role.MEMBER


def test_a_server_that_comes_to_know_roles_has_the_last_word_at_once(start, facts, clock, inbox):
    store = start()
    store.apply(page(clock)).result(PATIENCE)
    store.record(granted(facts, Role.COORDINATOR))
    settle(store)
    knows_roles = replace(page(clock), capabilities=Capabilities(roles=True))
    # What the sync thread does with a page: the reactor has it before the store does.
    shown = store.laid_over(knows_roles, first=True)
    store.apply(knows_roles).result(PATIENCE)
    settle(store)
    assert shown.members[0].role is Role.COORDINATOR
    assert store.laid_over(page(clock)).members[0].role is Role.MEMBER
    changes = [event for event in inbox.all(KnowledgePage) if event.members and not event.last]
    assert changes[-1].members[0].role is Role.MEMBER


def test_what_was_set_under_a_number_of_before_is_theirs_under_the_new_one(start, facts, clock, inbox):
    store = start()
    store.apply(page(clock)).result(PATIENCE)
    for fact in (linked(facts), granted(facts, Role.COORDINATOR)):
        store.record(fact)
    store.prefer(Preference(member_id=SAM, large_text=True)).result(PATIENCE)
    new = MemberId("312-sam")
    renamed = replace(
        page(clock),
        members=(Member(id=new, first_name="Sam"),),
        removed_members=(SAM,),
        renamed_members=((SAM, new),),
    )
    store.apply(renamed).result(PATIENCE)
    settle(store)
    [change] = [event for event in inbox.all(KnowledgePage) if any(member.id == new for member in event.members)]
    assert (change.members[0].role, change.members[0].large_text) == (Role.COORDINATOR, True)
    assert change.cards == (Card(hash=CARD, member_id=new),)
    dossier = store.dossier(SAM).result(PATIENCE)
    assert (dossier.role, dossier.preference, dossier.cards_blocked) == (None, None, ())


def test_a_role_can_be_taken_away_again(start, facts, clock):
    store = start()
    for role in (Role.COORDINATOR, Role.MEMBER):
        store.record(granted(facts, role))
    settle(store)
    assert store.laid_over(page(clock)).members[0].role is Role.MEMBER


def test_a_role_of_a_later_version_costs_nobody_else_what_was_set_here(start, facts, clock, directory):
    store = start()
    for fact in (linked(facts), granted(facts, Role.COORDINATOR)):
        store.record(fact)
    settle(store)
    store.request_stop()
    assert store.join()
    with closing(sqlite3.connect(directory / "journal.db")) as db, db:
        db.execute("INSERT INTO staff_role (member_id, role) VALUES ('alex', 'treasurer')")
    store = start()
    settle(store)
    seen = store.laid_over(page(clock), first=True)
    assert [card.hash for card in seen.cards] == [CARD]
    assert seen.members[0].role is Role.COORDINATOR


# ── the PIN ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pin_matches_itself_and_nothing_else():
    pin = make_pin("2719")
    assert pin.matches("2719")
    assert not any(pin.matches(other) for other in ("2718", "27190", "", "٢٧١٩"))


def test_the_same_pin_is_kept_under_another_salt_each_time():
    assert make_pin("2719").record != make_pin("2719").record


def test_nothing_of_a_pin_is_in_what_is_kept_or_printed():
    pin = make_pin("271905")
    assert "271905" not in pin.record
    assert pin.record not in repr(pin)


def test_a_pin_and_its_wrong_tries_outlive_a_restart(start):
    store = start()
    assert store.pin().result(PATIENCE) is None
    pin = make_pin("2719").tried(4)
    store.keep_pin(pin).result(PATIENCE)
    assert start().pin().result(PATIENCE) == pin


def test_what_was_set_while_the_disk_failed_is_kept_once_it_works(start, clock):
    def fail(_precious):
        raise OSError(errno.ENOSPC, "No space left on device")

    store = start()
    store.apply(page(clock)).result(PATIENCE)
    store._worker.ask(fail).exception(PATIENCE)
    assert store.fault is StoreFault.FULL
    pin = make_pin("2580")
    store.keep_pin(pin).result(PATIENCE)
    store.prefer(Preference(member_id=SAM, large_text=True)).result(PATIENCE)
    store = start()
    assert store.pin().result(PATIENCE) == pin
    assert store.laid_over(page(clock)).members[0].large_text


@pytest.mark.parametrize("pin", [Pin("scrypt$1024$8$1$00$" + "0" * 64)])
def test_a_pin_kept_with_other_parameters_is_still_compared(pin):
    assert not pin.matches("2719")


def test_a_card_linked_here_and_at_the_server_is_the_servers_to_tell(start, facts, clock):
    store = start()
    store.record(linked(facts))
    settle(store)
    found = store.laid_over(page(clock), first=True).cards
    assert found == (Card(hash=CARD, member_id=SAM),)
