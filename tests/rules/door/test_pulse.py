"""The pulse that lets somebody in, and its bound."""

from math import inf, nan

import pytest

from kiosk.rules.door_states import Doorway, Locked, Opened, Unwatched
from tests.rules.door.bench import Bench, found


def test_door_is_locked_at_first_and_stays_so(door: Bench) -> None:
    door.wait(1e6)
    assert door.edges == []


def test_one_grant_is_one_pulse(door: Bench) -> None:
    door.grant(8)
    door.wait(60)
    assert door.edges == [(0, True), (8, False)]


def test_second_grant_extends_the_pulse_with_one_edge_at_its_end(door: Bench) -> None:
    door.grant(5)
    door.wait(3)
    door.grant(5)
    door.wait(60)
    assert door.edges == [(0, True), (8, False)]


def test_shorter_grant_does_not_shorten_a_longer_pulse(door: Bench) -> None:
    door.grant(20)
    door.wait(1)
    door.grant(8)
    door.wait(60)
    assert door.edges == [(0, True), (20, False)]


def test_no_row_of_grants_passes_the_bound(door: Bench) -> None:
    for _ in range(12):
        door.grant(8)
        door.wait(3)
    assert door.edges[:2] == [(0, True), (30, False)]


@pytest.mark.parametrize("seconds", [1e9, inf])
def test_no_single_grant_passes_the_bound(door: Bench, seconds: float) -> None:
    door.grant(seconds)
    door.wait(100)
    assert door.edges == [(0, True), (30, False)]


@pytest.mark.parametrize("seconds", [0, -1, nan])
def test_grant_that_is_over_opens_nothing(door: Bench, seconds: float) -> None:
    door.grant(seconds)
    assert door.edges == []


def test_grant_that_is_over_ends_no_pulse(door: Bench) -> None:
    door.grant(8)
    door.grant(nan)
    door.grant(-1)
    door.wait(60)
    assert door.edges == [(0, True), (8, False)]


def test_grant_after_the_bound_unlocks_anew(door: Bench) -> None:
    door.grant(30)
    door.wait(30)
    door.grant(8)
    door.wait(60)
    assert door.edges == [(0, True), (30, False), (30, True), (38, False)]


def test_lock_falls_soon_after_the_door_opened(door: Bench) -> None:
    door.grant(8)
    door.wait(2)
    door.happens(Opened())
    door.wait(60)
    assert door.edges == [(0, True), (2.5, False)]


def test_person_behind_is_let_in_through_the_open_door(door: Bench) -> None:
    door.grant(8)
    door.happens(Opened())
    door.wait(2)
    door.grant(8)
    door.wait(60)
    assert door.edges == [(0, True), (0.5, False), (2, True), (10, False)]


def test_door_without_a_contact_never_alarms() -> None:
    door = Bench(found(is_open=None, now_seconds=1000.0))
    assert door.doorway == Doorway(lock=Locked(), leaf=Unwatched())
    door.grant(8)
    door.wait(100)
    assert door.edges == [(0, True), (8, False)]
    assert door.alarms == []
