"""How far the machine's clock is trusted."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from kiosk import clock
from kiosk.clock import EARLIEST, SystemClock, last_seen
from kiosk.types import ClockTrust

HOUR = timedelta(hours=1)


@pytest.fixture
def unsynchronised(tmp_path, monkeypatch):
    monkeypatch.setattr(clock, "SYNCHRONISED", tmp_path / "synchronized")
    return tmp_path / "synchronized"


def test_clock_that_the_network_has_set_is_trusted_whatever_it_was(unsynchronised):
    unsynchronised.touch()
    assert SystemClock(datetime.now(UTC) + HOUR).trust() is ClockTrust.SYNCED


@pytest.mark.parametrize(
    ("ago", "trust"), [(HOUR, ClockTrust.SINCE), (-HOUR, ClockTrust.SINCE), (-25 * HOUR, ClockTrust.NEVER)]
)
@pytest.mark.usefixtures("unsynchronised")
def test_clock_is_plausible_from_when_the_terminal_last_wrote(tmp_path, ago, trust):
    data = tmp_path / "data"
    data.mkdir()
    for name, when in (("old.db", datetime(2020, 1, 1, tzinfo=UTC)), ("journal.db", datetime.now(UTC) - ago)):
        (data / name).touch()
        os.utime(data / name, (when.timestamp(), when.timestamp()))
    assert SystemClock(last_seen(data)).trust() is trust


@pytest.mark.parametrize("there", [True, False])
def test_new_terminal_has_seen_no_time_yet(tmp_path, there):
    data = tmp_path / "data"
    if there:
        data.mkdir()
    assert last_seen(data) == EARLIEST
