"""An update waits until the coop is closed."""

from datetime import timedelta

import pytest

from kiosk.updating.timing import maybe_objection
from tests.fakes import NOON


def status(clock="synced", **opening):
    return {"clock": clock, "opening": {"known": True, "open": False, "opens_at": None} | opening}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (status(open=True), "the coop is open"),
        (status(opens_at=(NOON + timedelta(minutes=29)).isoformat()), "opens in less than 30 minutes"),
        (status(known=False), "opening hours are not known"),
        (status(clock="never"), "the clock is not set"),
        ({"clock": "synced"}, "opening hours are not known"),
    ],
)
def test_nothing_is_done_while_somebody_may_come(told, words):
    objection = maybe_objection(told, NOON)
    assert words in objection
    assert objection.endswith("wait until it is closed, or say --now")


@pytest.mark.parametrize(
    "told", [status(), status(opens_at=(NOON + timedelta(minutes=31)).isoformat()), status(clock="since"), None]
)
def test_nothing_speaks_against_it_when_it_is_closed_or_does_not_run(told):
    assert maybe_objection(told, NOON) is None
