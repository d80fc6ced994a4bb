"""Facts that are held, taken back, and leave."""

from kiosk.events import Delivered, FactsRecalled
from kiosk.store.journal import Closed
from kiosk.store.outbox import Arrived, Later, Parked
from kiosk.types import FactKind, MemberId, ShiftId
from tests.fakes import NOON, page
from tests.store.asking import PATIENCE, closed, due

# ── holding and taking back ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_held_fact_leaves_when_its_time_has_come(start, facts, clock):
    store = start()
    fact = facts.check_in()
    store.record(fact, hold_seconds=30)
    early = store.due(10).result(PATIENCE)
    clock.advance(30)

    assert (early.rows, early.next_at) == ((), clock.monotonic())
    assert due(store) == [fact.id]


def test_a_hold_outlives_a_restart_of_the_program(start, facts, clock):
    store = start()
    fact = facts.check_in()
    store.record(fact, hold_seconds=30)
    store = start()
    early = due(store)
    clock.advance(30)

    assert early == []
    assert due(store) == [fact.id]


def test_a_hold_ends_with_the_boot_that_it_was_counted_in(start, facts, clock):
    fact = facts.check_in()
    start().record(fact, hold_seconds=30)
    start()
    clock.reboot("boot-2", NOON)

    assert due(start()) == [fact.id]


def test_what_is_taken_back_in_time_never_leaves(start, facts, clock):
    store = start()
    fact = facts.check_in()
    undo = facts.undo(fact)
    store.record(fact, hold_seconds=30)
    store.withdraw(fact.id, undo)
    clock.advance(3600)

    assert due(store) == []
    assert closed(store) == {fact.id: Closed.WITHDRAWN, undo.id: Closed.WITHDRAWN}


def test_what_is_being_sent_is_followed_by_its_undo(start, facts):
    store = start()
    fact = facts.check_in()
    undo = facts.undo(fact)
    store.record(fact)
    assert due(store) == [fact.id]
    store.withdraw(fact.id, undo)
    before = due(store)
    store.settle({fact.id: Arrived()})

    assert before == [fact.id]
    assert due(store) == [undo.id]


def test_an_undo_waits_while_its_fact_is_put_back(start, facts, clock):
    store = start()
    fact = facts.check_in()
    undo = facts.undo(fact)
    store.record(fact)
    due(store)
    store.withdraw(fact.id, undo)
    store.settle({fact.id: Later(pause_seconds=60)})
    before = due(store)
    clock.advance(60)

    assert before == []
    assert due(store) == [fact.id]


def test_what_has_arrived_is_followed_by_its_undo(start, facts):
    store = start()
    fact = facts.check_in()
    undo = facts.undo(fact)
    store.record(fact)
    due(store)
    store.settle({fact.id: Arrived()})
    store.withdraw(fact.id, undo)

    assert due(store) == [undo.id]


def test_a_fact_refused_after_it_was_taken_back_leaves_nothing_to_settle(start, facts):
    store = start()
    fact = facts.check_in()
    undo = facts.undo(fact)
    store.record(fact)
    due(store)
    store.withdraw(fact.id, undo)
    store.settle({fact.id: Parked("no such shift")})

    assert store.outbox_list().result(PATIENCE) == []
    assert set(closed(store).values()) == {Closed.WITHDRAWN}


def test_taking_back_a_refused_fact_settles_both(start, facts):
    store = start()
    fact = facts.check_in()
    store.record(fact)
    due(store)
    store.settle({fact.id: Parked("no such shift")})
    store.withdraw(fact.id, facts.undo(fact))

    assert store.outbox_list().result(PATIENCE) == []


def test_a_booking_was_agreed_with_the_server_so_only_its_undo_leaves(start, facts):
    store = start()
    booking = facts.make(FactKind.BOOKING, member_id=MemberId("m1"))
    undo = facts.undo(booking)
    store.record(booking)
    store.withdraw(booking.id, undo)

    assert due(store) == [undo.id]


def test_what_a_dead_process_may_have_sent_is_followed_by_its_undo(start, facts):
    fact = facts.check_in()
    undo = facts.undo(fact)
    start().record(fact)
    store = start()
    store.withdraw(fact.id, undo)

    assert due(store) == [fact.id]
    store.settle({fact.id: Arrived()})
    assert due(store) == [undo.id]


def test_a_held_fact_can_be_taken_back_after_a_restart(start, facts):
    fact = facts.check_in()
    start().record(fact, hold_seconds=30)
    store = start()
    store.withdraw(fact.id, facts.undo(fact))

    assert store.outbox_list().result(PATIENCE) == []


# ── what leaves ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_facts_leave_in_the_order_in_which_they_happened(start, facts):
    store = start()
    several = [facts.check_in(member=str(number)) for number in range(5)]
    for fact in several:
        store.record(fact)

    assert due(store, limit=3) == [fact.id for fact in several[:3]]


def test_what_was_handed_out_and_not_settled_is_handed_out_again(start, facts):
    store = start()
    fact = facts.check_in()
    store.record(fact)

    assert due(store) == due(store) == [fact.id]


def test_a_row_put_back_leaves_after_its_pause_and_knows_its_past(start, facts, clock):
    store = start()
    fact = facts.check_in()
    store.record(fact)
    store.settle({fact.id: Later(pause_seconds=20, why="500")})
    early = store.due(10).result(PATIENCE)
    clock.advance(20)
    (row,) = store.due(10).result(PATIENCE).rows

    assert (early.rows, early.next_at) == ((), clock.monotonic())
    assert (row.attempts, row.pause_seconds, row.reason) == (1, 20.0, "500")


def test_a_parked_row_waits_for_a_person_and_can_be_sent_again(start, facts):
    store = start()
    fact = facts.check_in()
    store.record(fact)
    store.settle({fact.id: Parked("no such shift")})
    (row,) = store.outbox_list().result(PATIENCE)
    parked = due(store)

    assert (row.refused, row.reason, parked) == (True, "no such shift", [])
    assert store.outbox_retry(fact.id).result(PATIENCE) == 1
    assert due(store) == [fact.id]


def test_a_row_dealt_with_by_hand_is_closed(start, facts):
    store = start()
    fact = facts.check_in()
    store.record(fact)
    store.settle({fact.id: Parked("no such shift")})

    assert store.outbox_discard(fact.id).result(PATIENCE)
    assert not store.outbox_discard(fact.id).result(PATIENCE)
    assert closed(store) == {fact.id: Closed.SETTLED}


def test_the_age_of_the_queue_is_that_of_its_oldest_fact(start, facts, clock):
    store = start()
    empty = store.oldest_waiting().result(PATIENCE)
    store.record(facts.check_in())
    clock.advance(600)
    store.record(facts.check_in())

    assert empty is None
    assert store.oldest_waiting().result(PATIENCE) == NOON


def test_facts_that_the_server_may_not_speak_for_are_recalled_after_a_restart(start, facts, inbox, clock):
    store = start()
    spoken = facts.check_in()
    store.record(spoken)
    store.settle({spoken.id: Arrived()})
    clock.advance(60)
    store.apply(page(fetched_at=clock.now()))
    clock.advance(60)
    arrived, waiting, refused = facts.check_in(), facts.check_in(), facts.check_in()
    booking, alarm = facts.make(FactKind.BOOKING), facts.make(FactKind.ALARM)
    for fact in (arrived, waiting, refused, booking, alarm):
        store.record(fact)
    store.settle({arrived.id: Arrived(), refused.id: Parked("no such shift")})
    start()

    assert inbox.wait_for(FactsRecalled).facts == (arrived, waiting, booking)
    assert inbox.wait_for(Delivered).ids == (arrived.id, booking.id)


def test_bookings_are_recalled_though_the_server_speaks_for_their_places(start, facts, inbox, clock):
    store = start()
    booking = facts.make(FactKind.BOOKING, member_id=MemberId("blocked"), shift_id=ShiftId("saturday"))
    undone = facts.make(
        FactKind.BOOKING_UNDONE, member_id=MemberId("blocked"), shift_id=ShiftId("saturday"), about=booking.id
    )
    store.record(booking)
    store.withdraw(booking.id, undone)
    store.settle({undone.id: Arrived()})
    clock.advance(60)
    store.apply(page(fetched_at=clock.now()))
    start()

    recalled = inbox.wait_for(FactsRecalled)
    assert (recalled.facts, recalled.bookings) == ((), (booking, undone))


def test_what_a_new_terminal_did_before_its_first_round_is_recalled(start, facts, inbox):
    fact, booking = facts.check_in(), facts.make(FactKind.BOOKING)
    store = start()
    store.record(fact)
    store.record(booking)
    start()

    assert inbox.wait_for(FactsRecalled).facts == (fact,)
