"""An Odoo with the foodcoop modules: its log of who came in."""

from datetime import timedelta

import pytest

from kiosk.backends.odoo.habits import Habits
from kiosk.clock import AdjustableClock
from kiosk.demo.cast import Kind
from kiosk.types import ClockTrust, FactKind
from tests.backends.odoo import coops
from tests.backends.odoo.coops import OdooCoop
from tests.backends.rigs import fact


def moves(louve: OdooCoop) -> list[tuple[int, str, str, str]]:
    rows = louve.database.tables["res.partner.move"].rows.values()
    names = ("partner_id", "action", "cooperative_state", "bootstrap_cooperative_state")
    return [tuple(row[name] for name in names) for row in rows]


def test_entry_is_logged_with_the_state_that_was_shown(louve: OdooCoop) -> None:
    louve.terminal()
    fatou = louve.partner(Kind.GRACE)
    louve.database.touch("res.partner", fatou["id"], cooperative_state="suspended", customer=False)
    louve.deliver(FactKind.PASSAGE, Kind.GRACE)
    assert moves(louve) == [(fatou["id"], "in", "delay", "warning")]


def test_entry_before_anything_was_read_is_logged_with_the_state_of_now(louve: OdooCoop) -> None:
    louve.deliver(FactKind.PASSAGE, Kind.LEAVE)
    assert moves(louve) == [(366, "in", "vacation", "danger")]


def test_entry_whose_answer_was_lost_is_logged_once(louve: OdooCoop) -> None:
    louve.terminal()
    passage = louve.fact(FactKind.PASSAGE, Kind.OK)
    louve.server.faults.lose_next_answer()
    with pytest.raises(Exception, match="server"):
        louve.backend.deliver(passage)
    assert [louve.backend.deliver(passage) for _ in range(2)] == [coops.ACCEPTED] * 2
    assert len(moves(louve)) == 1


def test_entry_whose_answer_was_lost_before_a_power_cut_is_logged_once(louve: OdooCoop) -> None:
    passage = louve.fact(FactKind.PASSAGE, Kind.OK)
    louve.backend.deliver(passage)
    louve.clock.advance(60)
    louve.new_backend().deliver(passage)
    assert len(moves(louve)) == 1


@pytest.mark.parametrize("trust", [ClockTrust.SYNCED, ClockTrust.SINCE, ClockTrust.NEVER])
@pytest.mark.parametrize("hours", [-3, 3])
def test_entry_is_found_again_by_a_terminal_whose_clock_is_not_the_server_s(
    louve: OdooCoop, trust: ClockTrust, hours: int
) -> None:
    clock = AdjustableClock(louve.clock.now() + timedelta(hours=hours), trust)
    passages = [fact(FactKind.PASSAGE, clock, member_id=louve.member(Kind.OK))]
    louve.new_backend(clock=clock).deliver(passages[0])
    for each in (louve.clock, clock):
        each.advance(60)
    later = louve.new_backend(clock=clock)
    passages.append(fact(FactKind.PASSAGE, clock, member_id=louve.member(Kind.OK)))
    for passage in passages:
        later.deliver(passage)
    assert len(moves(louve)) == 2


def test_two_entries_of_one_person_after_an_outage_are_two_rows(louve: OdooCoop) -> None:
    louve.terminal()
    morning, evening = louve.fact(FactKind.PASSAGE, Kind.OK), louve.fact(FactKind.PASSAGE, Kind.OK)
    louve.clock.advance(3600)
    later = louve.new_backend()
    for passage in (morning, evening, morning, evening):
        later.deliver(passage)
    assert len(moves(louve)) == 2


def test_without_the_coop_s_wish_nobody_is_logged(louve: OdooCoop) -> None:
    louve.new_backend(habits=Habits()).deliver(louve.fact(FactKind.PASSAGE, Kind.OK))
    assert moves(louve) == []
