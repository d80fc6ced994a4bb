"""The bench counts rightly, and its page says nothing of the machine it was written on."""

import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
PAGE = TOP / "docs" / "performance.md"


@pytest.fixture
def measuring(monkeypatch):
    monkeypatch.syspath_prepend(str(TOP / "scripts" / "bench.d"))
    import measuring

    yield measuring
    del sys.modules["measuring"]


@pytest.mark.parametrize(
    ("points", "exponent"),
    [({10: 7.0, 100: 7.0, 1000: 7.0}, 0), ({10: 2.0, 100: 20.0}, 1), ({10: 1.0, 100: 100.0, 1000: 10_000.0}, 2)],
)
def test_growth_is_the_exponent_of_the_size(measuring, points, exponent):
    assert measuring.growth(points) == pytest.approx(exponent)


def test_a_spread_tells_the_middle_the_worst_in_a_hundred_and_the_worst(measuring):
    seconds = [number / 1000 for number in range(1, 201)]
    assert measuring.spread("tap", seconds) == pytest.approx(
        {"tap, p50 ms": 101.0, "tap, p99 ms": 198.0, "tap, max ms": 200.0}
    )


def test_a_child_that_fails_says_why(measuring):
    with pytest.raises(RuntimeError, match="nowhere"):
        measuring.in_child("nowhere.py")


def test_the_peak_is_this_process_own(measuring):
    assert 0 < measuring.resident_mb() <= measuring.peak_mb() * 1.001


def test_the_page_names_no_machine():
    text = PAGE.read_text(encoding="utf-8")
    assert str(TOP) not in text
    assert "/home/" not in text
    assert "quick run" not in text
