"""The weighing: what may be kept as a tare, and when."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.events import WeightRead
from kiosk.rules.tare import (
    Empty,
    Kept,
    NearZero,
    NetIndicated,
    Occupied,
    Overload,
    Pan,
    Settling,
    Stale,
    Steady,
    Tare,
    TareLimits,
    TooLight,
    UnderZero,
    Weighing,
    keep,
    maybe_typed,
    tick,
    weigh,
)
from kiosk.types import Grams, Stability

LIMITS = TareLimits()
PACE = 0.3125
"""Seconds, exact in binary: four readings make 0.8 s, six make 1.5 s."""


@dataclass
class Bench:
    """A scale that is read about three times a second, and the weighing that it feeds."""

    limits: TareLimits = LIMITS
    weighing: Weighing = field(default_factory=Weighing)
    now: float = 100.0

    def read(self, *grams: int, stable: bool | None = True) -> Pan:
        for value in grams:
            self.answer(WeightRead(grams=Grams(value), stable=stable, raw=b"%d g" % value))
        return self.weighing.pan

    def answer(self, reading: WeightRead, after: float = PACE) -> Pan:
        self.now += after
        self.weighing = weigh(self.weighing, replace(reading, at=self.now), self.now, self.limits)
        return self.weighing.pan

    def tick(self, seconds: float) -> Pan:
        self.now += seconds
        self.weighing = tick(self.weighing, self.now, self.limits)
        return self.weighing.pan

    def keep(self) -> Tare | None:
        self.weighing, tare = keep(self.weighing, self.now, self.limits)
        return tare


def steady_bench(grams: int = 176) -> Bench:
    bench = Bench()
    bench.read(0, *[grams] * 4)
    assert isinstance(bench.weighing.pan, Steady)
    return bench


def test_nothing_is_shown_before_the_first_reading() -> None:
    assert Weighing().pan == Stale()
    assert Bench().tick(1.0) == Stale()


def test_jar_put_on_an_empty_pan_becomes_steady() -> None:
    bench = Bench()
    assert bench.read(0) == Empty()
    assert bench.read(120, stable=False) == Settling(grams=Grams(120), since=bench.now)
    assert isinstance(bench.read(176, 176, 176), Settling)
    assert bench.read(176) == Steady(grams=Grams(176), stability=Stability.FLAG, raw=b"176 g")


def test_three_equal_readings_are_not_enough_if_they_came_too_fast() -> None:
    bench = Bench()
    bench.read(0)
    for _ in range(7):
        assert isinstance(bench.answer(WeightRead(grams=Grams(176), stable=True), after=0.125), Settling)
    assert isinstance(bench.answer(WeightRead(grams=Grams(176), stable=True), after=0.125), Steady)


def test_two_slow_readings_are_not_enough() -> None:
    bench = Bench()
    bench.read(0)
    for _ in range(2):
        assert isinstance(bench.answer(WeightRead(grams=Grams(176), stable=True), after=1.0), Settling)
    assert isinstance(bench.answer(WeightRead(grams=Grams(176), stable=True), after=1.0), Steady)


def test_readings_that_differ_by_more_than_a_division_never_settle() -> None:
    bench = Bench()
    assert isinstance(bench.read(0, *[176, 179] * 10), Settling)


def test_two_adjacent_values_are_steady_and_the_newest_counts() -> None:
    pan = Bench().read(0, 176, 178, 176, 178)
    assert isinstance(pan, Steady)
    assert pan.grams == 178


def test_steady_weight_that_creeps_on_follows_the_display() -> None:
    bench = steady_bench(176)
    assert isinstance(bench.read(177, 178, 179), Settling)
    assert bench.read(179) == Steady(grams=Grams(179), stability=Stability.FLAG, raw=b"179 g")


def test_the_word_moving_starts_over() -> None:
    bench = steady_bench(176)
    assert isinstance(bench.read(176, stable=False), Settling)
    assert isinstance(bench.read(176, 176, 176), Settling)
    assert isinstance(bench.read(176), Steady)


def test_scale_without_a_flag_must_stand_longer_and_says_so() -> None:
    bench = Bench()
    bench.read(0, 0, stable=None)
    assert isinstance(bench.read(*[176] * 5, stable=None), Settling)
    assert bench.read(176, stable=None) == Steady(grams=Grams(176), stability=Stability.SOFTWARE, raw=b"176 g")


def test_scale_that_hides_its_weight_while_moving_shows_none() -> None:
    bench = Bench()
    bench.read(0)
    assert bench.answer(WeightRead(grams=None, stable=False)) == Settling(grams=None, since=bench.now)
    assert isinstance(bench.read(176, 176, 176, 176), Steady)


def test_settling_for_long_asks_for_advice() -> None:
    bench = Bench()
    bench.read(0)
    for _ in range(48):
        pan = bench.read(176, stable=False)
        assert isinstance(pan, Settling)
        assert not pan.slow
    pan = bench.tick(0.5)
    assert isinstance(pan, Settling)
    assert pan.slow
    assert pan.grams == 176


def test_tick_leaves_a_fresh_weight_alone() -> None:
    bench = steady_bench()
    before = bench.weighing
    bench.tick(0.5)
    assert bench.weighing == before


def test_less_than_twenty_divisions_is_too_light() -> None:
    assert Bench().read(0, *[39] * 4) == TooLight(Grams(39))
    assert isinstance(Bench().read(0, *[40] * 4), Steady)


def test_light_weight_is_not_judged_while_it_moves() -> None:
    assert isinstance(Bench().read(0, 20), Settling)


def test_coarse_scale_has_a_wider_empty_band_and_a_higher_minimum() -> None:
    coarse = TareLimits(division=5, maximum=15_000)
    assert (coarse.minimum, coarse.empty_band) == (100, 10)
    assert (TareLimits(division=1).minimum, TareLimits(division=1).empty_band) == (20, 5)


@pytest.mark.parametrize("grams", [-5, 0, 5])
def test_pan_within_the_band_is_empty(grams: int) -> None:
    assert Bench().read(grams) == Empty()


def test_empty_pan_that_trembles_stays_empty() -> None:
    bench = Bench()
    bench.read(0)
    assert bench.read(3, stable=False) == Empty()


def test_over_the_maximum_is_an_overload_whatever_the_scale_says() -> None:
    assert Bench().read(0, *[6001] * 9) == Overload()
    assert Bench().answer(WeightRead(grams=None, stable=None, overload=True)) == Overload()


def test_overload_taken_off_leaves_the_zero_good() -> None:
    bench = Bench()
    bench.read(0, 6001)
    assert isinstance(bench.read(*[176] * 4), Steady)


@pytest.mark.parametrize(
    "reading",
    [WeightRead(grams=Grams(-6), stable=True), WeightRead(grams=None, stable=None, underload=True)],
    ids=["weight", "word"],
)
def test_under_zero_needs_a_good_zero_before_the_next_jar(reading: WeightRead) -> None:
    bench = Bench()
    bench.read(0)
    assert bench.answer(reading) == UnderZero()
    assert bench.read(*[176] * 9) == Occupied()
    assert isinstance(bench.read(0, *[176] * 4), Steady)


def test_net_weight_is_refused_and_puts_the_zero_in_doubt() -> None:
    bench = steady_bench()
    assert bench.answer(WeightRead(grams=Grams(0), stable=True, net=True)) == NetIndicated()
    assert bench.keep() is None
    assert bench.read(*[176] * 9) == Occupied()


def test_net_and_overloaded_at_once_still_puts_the_zero_in_doubt() -> None:
    bench = Bench()
    bench.read(0)
    assert bench.answer(WeightRead(grams=Grams(9000), stable=True, net=True, overload=True)) == NetIndicated()
    assert bench.read(176) == Occupied()


def test_jar_that_stood_there_at_the_start_must_be_lifted_first() -> None:
    bench = Bench()
    assert bench.read(*[176] * 9) == Occupied()
    assert bench.read(90, stable=False) == Occupied()
    assert isinstance(bench.read(0, *[176] * 4), Steady)


@pytest.mark.parametrize("stable", [True, None], ids=["flag", "no flag"])
def test_what_stands_still_near_zero_may_be_a_zero_that_has_wandered(stable: bool | None) -> None:
    bench = Bench()
    assert bench.read(6, 6, stable=stable) == Occupied()
    assert bench.read(*[6] * 6, stable=stable) == NearZero()
    assert bench.read(*[176] * 9, stable=stable) == Occupied(), "and nothing is weighed on it"
    assert bench.read(*[39] * 9, stable=stable) == NearZero()
    assert bench.read(*[40] * 9, stable=stable) == Occupied()
    assert bench.read(0, 0, stable=stable) == Empty()


def test_so_may_what_is_left_after_a_jar_that_was_kept() -> None:
    bench = steady_bench()
    assert bench.keep() is not None
    assert isinstance(bench.read(*[176] * 9), Kept)
    assert bench.read(*[7] * 9) == NearZero()
    assert bench.keep() is None


def test_zero_read_in_passing_does_not_make_the_pan_empty() -> None:
    bench = Bench()
    assert bench.read(176) == Occupied()
    assert bench.read(0, stable=False) == Occupied()
    assert bench.read(*[176] * 9) == Occupied()


def test_without_a_flag_one_zero_in_passing_does_not_make_the_pan_empty() -> None:
    bench = Bench()
    assert bench.read(176, 0, stable=None) == Occupied()
    assert bench.read(*[176] * 9, stable=None) == Occupied()
    assert bench.read(0, 0, stable=None) == Empty()


# ── stale ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_silent_scale_blanks_the_weight_and_nothing_can_be_kept() -> None:
    bench = steady_bench()
    bench.now += 1.3
    assert bench.keep() is None
    assert bench.weighing.pan == Stale()
    assert bench.tick(0.1) == Stale()


def test_reading_that_waited_too_long_counts_as_none() -> None:
    bench = Bench()
    bench.read(0, 176, 176, 176)
    late = WeightRead(grams=Grams(176), stable=True, at=bench.now + PACE)
    assert weigh(bench.weighing, late, bench.now + PACE + 1.3, LIMITS).pan == Stale()


def test_readings_on_both_sides_of_a_gap_do_not_add_up() -> None:
    bench = steady_bench()
    assert isinstance(bench.answer(WeightRead(grams=Grams(176), stable=True), after=1.3), Settling)


def test_reading_out_of_order_starts_over() -> None:
    bench = steady_bench()
    assert isinstance(bench.answer(WeightRead(grams=Grams(176), stable=True), after=-0.1), Settling)


def test_slow_scale_is_given_three_times_its_own_pace() -> None:
    bench = Bench()
    for _ in range(5):
        bench.answer(WeightRead(grams=Grams(0), stable=True), after=1.0)
    assert bench.weighing.stale_after == pytest.approx(3.0)
    assert bench.tick(2.9) == Empty()
    assert bench.tick(0.2) == Stale()


def test_very_slow_scale_is_stale_after_five_seconds_all_the_same() -> None:
    assert Weighing(intervals=(9.0,) * 8).stale_after == pytest.approx(5.0)


def test_few_long_gaps_do_not_make_a_scale_slow() -> None:
    assert Weighing(intervals=(9.0, 9.0, 9.0)).stale_after == pytest.approx(1.2)


# ── keeping ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_steady_weight_is_kept_once_a_placement() -> None:
    bench = steady_bench()
    tare = Tare(grams=Grams(176), raw_grams=Grams(176), stability=Stability.FLAG, raw=b"176 g")
    assert bench.keep() == tare
    assert bench.weighing.pan == Kept(tare)
    assert bench.keep() is None
    assert bench.read(*[176] * 9) == Kept(tare)
    assert bench.read(90, stable=False) == Kept(tare)
    assert bench.keep() is None


def test_another_jar_pushed_on_without_an_empty_pan_is_not_weighed() -> None:
    bench = steady_bench()
    bench.keep()
    assert isinstance(bench.read(*[300] * 9), Kept)


def test_lifting_the_jar_frees_the_pan_for_the_next() -> None:
    bench = steady_bench()
    bench.keep()
    assert bench.read(0) == Empty()
    bench.read(*[300] * 4)
    tare = bench.keep()
    assert tare is not None
    assert tare.grams == 300


def test_silence_does_not_free_the_pan() -> None:
    bench = steady_bench()
    bench.keep()
    bench.tick(10.0)
    assert isinstance(bench.read(*[176] * 9), Kept)


def test_moving_weight_cannot_be_kept() -> None:
    bench = Bench()
    bench.read(0, 176)
    assert bench.keep() is None


@pytest.mark.parametrize(("grams", "kept"), [(172, 170), (173, 175), (175, 175), (177, 175), (178, 180)])
def test_tare_is_rounded_to_the_till_and_the_raw_weight_is_remembered(grams: int, kept: int) -> None:
    bench = Bench(limits=TareLimits(till_division=5))
    bench.read(0, *[grams] * 4)
    tare = bench.keep()
    assert tare is not None
    assert (tare.grams, tare.raw_grams) == (kept, grams)


def test_half_a_till_division_is_rounded_up() -> None:
    bench = Bench(limits=TareLimits(till_division=2))
    bench.read(0, *[175] * 4)
    tare = bench.keep()
    assert tare is not None
    assert tare.grams == 176


# ── promises, whatever the scale says ─────────────────────────────────────────────────────────────────────────────

ANY_READING = st.builds(
    WeightRead,
    grams=st.none() | st.sampled_from([-20, 0, 3, 30, 176, 6001]) | st.integers(min_value=-300, max_value=7000),
    stable=st.sampled_from([True, False, None]),
    overload=st.booleans(),
    underload=st.booleans(),
    net=st.booleans(),
)
# Mostly what happens in a shop, or nothing would ever settle.
READINGS = st.one_of(
    st.just(WeightRead(grams=Grams(0), stable=True)),
    st.builds(WeightRead, grams=st.sampled_from([0, 30, 176, 177]), stable=st.sampled_from([True, None])),
    st.builds(WeightRead, grams=st.sampled_from([176, 5999]), stable=st.just(True)),
    ANY_READING,
)
PAUSES = st.sampled_from([PACE, PACE, PACE, 0.1, 1.3, 6.0])
STEPS = st.lists(st.tuples(PAUSES, READINGS, st.integers(1, 8), st.booleans()), max_size=40)


def unrolled(steps: Iterable[tuple[float, WeightRead, int, bool]]) -> Iterable[tuple[float, WeightRead, bool]]:
    """Each reading some times over, so that weights have a chance to settle; a touch after the last of them."""
    for pause, reading, times, touch in steps:
        for turn in range(times):
            yield pause, reading, touch and turn == times - 1


@given(STEPS)
def test_only_a_gross_weight_in_range_that_stands_still_is_ever_steady(
    steps: list[tuple[float, WeightRead, int, bool]],
) -> None:
    bench = Bench()
    for pause, reading, _ in unrolled(steps):
        pan = bench.answer(reading, after=pause)
        if isinstance(pan, Steady):
            assert reading.stable is not False
            assert not any((reading.net, reading.overload, reading.underload))
            assert reading.grams == pan.grams
            assert LIMITS.minimum <= pan.grams <= LIMITS.maximum
            assert pause <= bench.weighing.stale_after
            assert bench.weighing.zeroed
        assert len(bench.weighing.samples) <= 16


@given(STEPS)
def test_a_placement_is_kept_at_most_once(steps: list[tuple[float, WeightRead, int, bool]]) -> None:
    bench = Bench()
    emptied = False
    for pause, reading, touch in unrolled(steps):
        if bench.answer(reading, after=pause) == Empty():
            emptied = True
        if touch and bench.keep() is not None:
            assert emptied
            emptied = False


# ── a weight that someone typed ───────────────────────────────────────────────────────────────────────────────────


def test_a_typed_weight_is_rounded_and_flagged() -> None:
    typed = maybe_typed(253, TareLimits(till_division=5))
    assert typed == Tare(grams=Grams(255), raw_grams=Grams(253), stability=Stability.MANUAL)


@pytest.mark.parametrize("grams", [0, 2, 6001])
def test_a_typed_weight_out_of_range_is_none(grams: int) -> None:
    assert maybe_typed(grams, TareLimits(till_division=5)) is None


def test_a_typed_weight_may_be_below_this_scales_minimum() -> None:
    assert maybe_typed(20, TareLimits(division=2)) is not None
