"""The white shapes that buttons and dots are made of."""

from math import pi

import pytest

from kiosk.screens.masks import mask


def alphas(side: int, radius: float) -> list[list[int]]:
    pixels = mask(side, radius)
    return [list(pixels[(y * side) * 4 + 3 : (y + 1) * side * 4 : 4]) for y in range(side)]


@pytest.mark.parametrize("radius", [1, 7, 16])
def test_corners_are_empty_edges_full_and_both_sides_alike(radius):
    side = 2 * radius + 2
    rows = alphas(side, radius)
    assert rows[side // 2] == [255] * side
    assert [row[side // 2] for row in rows] == [255] * side
    assert rows == rows[::-1] == [row[::-1] for row in rows]
    assert rows[0][0] < 255
    if radius > 4:
        assert rows[0][0] == 0


@pytest.mark.parametrize("diameter", [13, 26, 64])
def test_a_disc_covers_what_a_disc_covers(diameter):
    covered = sum(sum(row) for row in alphas(diameter, diameter / 2)) / 255
    assert covered == pytest.approx(pi * diameter**2 / 4, rel=0.01)


def test_every_pixel_is_white():
    pixels = mask(10, 4)
    assert {*pixels[0::4], *pixels[1::4], *pixels[2::4]} == {255}
