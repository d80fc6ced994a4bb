"""What is not on the disk is counted and bounded, and a check-in is given up last."""

from kiosk.events import CommitFailed
from kiosk.store.pending import Pending
from kiosk.types import FactKind


def test_facts_are_reported_once(facts):
    pending = Pending()
    fact = facts.check_in()
    pending.add(fact)

    assert (pending.report(), pending.report(), len(pending)) == ((fact.id,), (), 1)
    pending.settle([fact.id])
    assert len(pending) == 0


def test_passages_never_crowd_out_a_check_in(facts):
    pending = Pending(most=10)
    openings = [pending.add(facts.make(FactKind.DOOR_OPENED)) for _ in range(10)]
    check_ins = [pending.add(facts.check_in()) for _ in range(10)]

    assert openings == [True] * 5 + [False] * 5
    assert check_ins == [True] * 5 + [False] * 5
    assert pending.dropped == 10


def test_a_fact_that_has_to_be_given_up_is_said_so(start, facts, inbox):
    store = start()
    store._worker.pending = Pending(most=0)
    fact = facts.check_in()
    store.record(fact)

    assert inbox.wait_for(CommitFailed).ids == (fact.id,)
    assert store.unjournalled() == 1
