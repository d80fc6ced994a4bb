"""Clocks that disagree, are not set or jump, over every backend that has a server: nothing is doubled or misdated."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.backends.base import Accepted, Retry
from kiosk.clock import AdjustableClock, moment
from kiosk.demo.cast import ZONE, Kind
from kiosk.events import Delivered, DeliveryRefused
from kiosk.store.thread import Store
from kiosk.sync import Sync
from kiosk.types import ClockTrust, Fact, FactKind
from tests.backends.rigs import DELIVERY_NOW, Rig, Terminal, card, fact, member_id
from tests.fakes import Inbox

ALIX = member_id(Kind.SHIFT_NOW)
TO_THE_SECOND = timedelta(seconds=5)
"""Servers date to the second, and the test itself takes some."""
LONG_AGO = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)


class Booted:
    """A terminal's store and sync before a real backend; ``until`` gives sync its turns, and lets time pass between."""

    def __init__(self, rig: Rig, directory: Path) -> None:
        self.rig = rig
        self.inbox = Inbox()
        self.store = Store(directory, self.inbox, rig.clock, ZONE)
        self.sync = Sync(rig.backend, self.store, self.inbox, rig.clock, uniform=lambda low, _high: low)
        self.store.start()

    def check_in(self) -> Fact:
        arrived = fact(FactKind.CHECK_IN, self.rig.clock, member_id=ALIX, shift_id=DELIVERY_NOW)
        self.store.record(arrived)
        return arrived

    def turn(self) -> None:
        until = self.sync.turn()
        self.rig.pass_time(min(max(until - self.rig.clock.monotonic(), 1.0), 20.0))

    def turns_until_delivered(self) -> None:
        for _ in range(60):
            self.turn()
            assert self.inbox.all(DeliveryRefused) == []
            if self.inbox.all(Delivered):
                return
        raise AssertionError("it was never delivered")

    def stop(self) -> None:
        self.store.request_stop()
        assert self.store.join(10)


@pytest.fixture
def booted(served: Rig, tmp_path: Path) -> Iterator[Booted]:
    booted = Booted(served, tmp_path / "data")
    yield booted
    booted.stop()


def set_wrong(clock: AdjustableClock, by: timedelta | None) -> None:
    """``by`` from the truth, as a board that has kept some time; None is a board that has kept none."""
    if by is None:
        clock.set_wall(LONG_AGO, ClockTrust.NEVER)
    else:
        clock.set_wall(clock.now() + by, ClockTrust.SINCE)


def must_be_there_once(rig: Rig, arrived: Fact, truth: datetime) -> None:
    """At the server, and nowhere else in its time than when it happened."""
    assert rig.kept_ids() == [arrived.id]
    came_at = rig.came_at(ALIX, DELIVERY_NOW)
    assert came_at is None or abs(came_at - truth) < TO_THE_SECOND
    terminal = Terminal(rig.backend)
    terminal.pull()
    assert terminal.present(DELIVERY_NOW, ALIX) is True


@pytest.mark.parametrize("hours", [-30, -3, 3, 30])
def test_a_server_whose_clock_is_wrong_tells_the_same_and_is_told_the_truth(served: Rig, hours: int) -> None:
    served.server_clock.advance(hours * 3600.0)
    terminal = Terminal(served.backend)
    terminal.pull()
    assert ALIX in terminal.knowledge.members
    truth = served.clock.now()
    arrived = fact(FactKind.CHECK_IN, served.clock, member_id=ALIX, shift_id=DELIVERY_NOW)
    while isinstance(outcome := served.backend.deliver(arrived), Retry):
        # One that takes presences by its own clock alone is waited for.
        served.pass_time(outcome.after_seconds or 1.0)
    assert outcome == Accepted()
    assert served.backend.deliver(arrived) == Accepted()
    assert served.kept_ids() == [arrived.id]
    came_at = served.came_at(ALIX, DELIVERY_NOW)
    assert came_at is None or abs(came_at - truth) < TO_THE_SECOND


WRONG = {
    "1970": None,
    "hours behind": timedelta(hours=-3),
    "hours ahead": timedelta(hours=3),
    "a day behind": timedelta(hours=-30),
    "a day ahead": timedelta(hours=30),
}


@pytest.mark.parametrize("by", WRONG.values(), ids=WRONG)
def test_what_happened_before_the_clock_was_set_is_dated_right(booted: Booted, by: timedelta | None) -> None:
    rig = booted.rig
    truth = rig.server_clock.now()
    set_wrong(rig.clock, by)
    arrived = booted.check_in()
    booted.turn()
    assert rig.kept_ids() == []
    rig.clock.set_wall(rig.server_clock.now(), ClockTrust.SYNCED)
    booted.turns_until_delivered()
    must_be_there_once(rig, arrived, truth)


@pytest.mark.parametrize("by", WRONG.values(), ids=WRONG)
def test_a_clock_that_is_never_set_is_set_right_by_the_server_s(booted: Booted, by: timedelta | None) -> None:
    rig = booted.rig
    truth = rig.server_clock.now()
    set_wrong(rig.clock, by)
    arrived = booted.check_in()
    booted.turns_until_delivered()
    must_be_there_once(rig, arrived, truth)


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_clock_that_jumps_in_between_moves_nothing(booted: Booted, hours: int) -> None:
    rig = booted.rig
    Terminal(rig.backend).pull()
    truth = rig.clock.now()
    arrived = booted.check_in()
    rig.cable.cut()
    booted.turn()
    rig.clock.set_wall(rig.clock.now() + timedelta(hours=hours))
    rig.cable.mend()
    booted.turns_until_delivered()
    must_be_there_once(rig, arrived, truth)


@pytest.mark.parametrize("hours", [-5, 5])
def test_an_answer_lost_before_a_jump_is_no_second_arrival(booted: Booted, hours: int) -> None:
    rig = booted.rig
    Terminal(rig.backend).pull()
    truth = rig.clock.now()
    arrived = booted.check_in()
    rig.cable.break_answer_after(0)
    booted.turn()
    rig.cable.mend()
    rig.clock.set_wall(rig.clock.now() + timedelta(hours=hours))
    booted.turns_until_delivered()
    must_be_there_once(rig, arrived, truth)


def test_a_member_is_identified_whatever_the_clock_says(served: Rig) -> None:
    set_wrong(served.clock, None)
    Terminal(served.backend).pull()
    assert served.backend.identify(card(Kind.OK), 5.0).member is not None


def test_a_fact_of_an_earlier_start_without_a_clock_is_dated_as_it_comes(served: Rig) -> None:
    """Nobody knows when it was: not in 1970, and the shift it is for tells the day."""
    Terminal(served.backend).pull()
    unset = AdjustableClock(LONG_AGO, ClockTrust.NEVER)
    unset.boot_id = "an earlier start"
    arrived = Fact(
        id=fact(FactKind.CHECK_IN, unset).id,
        kind=FactKind.CHECK_IN,
        happened=moment(unset),
        member_id=ALIX,
        shift_id=DELIVERY_NOW,
    )
    assert served.backend.deliver(arrived) == Accepted()
    must_be_there_once(served, arrived, served.server_clock.now())
