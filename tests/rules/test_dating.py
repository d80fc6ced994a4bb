"""A clock that was never set: no day of it is told, on the screen or on a label, and nothing turns dark for it."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.actions import Action
from kiosk.effects import PrintLabel
from kiosk.events import JarScanned
from kiosk.rules.dating import may_be_told, maybe_dated
from kiosk.rules.policy import Station
from kiosk.rules.states import Recalling, TareKept
from kiosk.rules.turn import Link
from kiosk.types import ClockTrust
from tests.rules.terminal import TUESDAY, Terminal

LONG_AGO = datetime(1970, 1, 1, 3, 7, tzinfo=UTC)


def terminal_at(now=TUESDAY, trust=ClockTrust.SYNCED, **more):
    return Terminal(now=now, trust=trust, printer=True, **more)


def label_of(terminal):
    terminal.weigh(0)
    terminal.touch(Action.WEIGH)
    terminal.weigh(352)
    [label] = [order for order in terminal.touch(Action.KEEP_TARE) if isinstance(order, PrintLabel)]
    return label


@pytest.mark.parametrize(
    ("now", "trust", "dated"),
    [
        (TUESDAY, ClockTrust.SYNCED, True),
        (TUESDAY, ClockTrust.SINCE, True),
        # Days behind, as a board that was off for a while: it looks like a date, and is none.
        (TUESDAY, ClockTrust.NEVER, False),
        (LONG_AGO, ClockTrust.NEVER, False),
        (LONG_AGO, ClockTrust.SINCE, False),
    ],
)
def test_a_label_has_a_date_only_by_a_clock_that_somebody_vouches_for(now, trust, dated):
    assert label_of(terminal_at(now, trust)).dated is dated


def test_a_jar_of_an_unset_clock_is_known_without_a_day_once_the_clock_is_right():
    terminal = terminal_at(LONG_AGO, ClockTrust.NEVER)
    label_of(terminal)
    assert isinstance(terminal.state, TareKept)
    code = terminal.state.jar.code
    terminal.touch(Action.DONE)
    terminal.now, terminal.trust = TUESDAY, ClockTrust.SYNCED
    terminal.feed(JarScanned(code=code))

    assert isinstance(terminal.state, Recalling)
    assert terminal.view().line.key == "jar.line.undated"
    [again] = [order for order in terminal.touch(Action.PRINT_JAR) if isinstance(order, PrintLabel)]
    assert not again.dated


@pytest.mark.parametrize("station", [Station.BOTH, Station.BULK])
def test_the_header_tells_no_time_that_nobody_knows(station):
    header = terminal_at(LONG_AGO, ClockTrust.NEVER, station=station).view().frame.header
    assert (header.text.key, header.text.values) == ("idle.header.unset", ())


@pytest.mark.parametrize(("station", "second"), [(Station.BOTH, "offline.header2.unset"),
                                                 (Station.BULK, "offline.header2.bulk.unset")])  # fmt: skip
def test_without_network_and_clock_nobody_knows_since_when(station, second):
    terminal = terminal_at(LONG_AGO, ClockTrust.NEVER, station=station, link=Link(since=LONG_AGO))
    header = terminal.view().frame.header
    assert (header.text.key, header.second.key) == ("offline.header.unset", second)
    # The clock is set now; the hour at which the network went is still that of the clock before.
    terminal.now, terminal.trust = TUESDAY, ClockTrust.SYNCED
    assert terminal.view().frame.header.text.key == "offline.header.unset"


def test_a_clock_that_nobody_vouches_for_turns_nothing_dark():
    assert terminal_at(TUESDAY.replace(hour=2)).view().frame.night
    assert not terminal_at(TUESDAY.replace(hour=2), ClockTrust.NEVER).view().frame.night


@pytest.mark.parametrize("trust", [ClockTrust.SYNCED, ClockTrust.SINCE])
def test_what_was_learnt_before_the_clock_was_set_gets_its_day(trust):
    assert maybe_dated(TUESDAY, trust, 90.0) == TUESDAY - timedelta(seconds=90)


def test_while_nobody_vouches_for_the_clock_nothing_gets_its_day():
    assert maybe_dated(TUESDAY, ClockTrust.NEVER, 90.0) is None


def test_a_day_of_long_ago_is_not_told():
    assert not may_be_told(LONG_AGO)
    assert may_be_told(TUESDAY.date())
