"""A scale described by an expression: its groups say what is what, and a poor expression is refused."""

import pytest

from kiosk.devices.framing import Garbage
from kiosk.devices.scales.regex import Regex, compile_lines
from kiosk.events import WeightRead


def heard(decoder: Regex, data: bytes) -> list[WeightRead | Garbage]:
    decoder.receive_data(data)
    found = []
    while (event := decoder.next_event()) is not None:
        found.append(event)
    return found


def only(decoder: Regex, data: bytes) -> WeightRead:
    [reading] = heard(decoder, data)
    assert isinstance(reading, WeightRead)
    return reading


def test_a_group_for_steady_makes_every_other_line_a_moving_one():
    scale = Regex(r"(?:(?P<stable>ST)|US),(?P<weight>[\d.]+)(?P<unit>kg)")
    assert only(scale, b"ST,0.352kg\r\n").stable is True
    moving = only(scale, b"US,0.352kg\r\n")
    assert (moving.stable, moving.grams) == (False, 352)


def test_without_either_group_the_scale_says_nothing_of_its_rest():
    assert only(Regex(r"(?P<weight>[\d.]+)"), b"0.352\r\n").stable is None


@pytest.mark.parametrize(("unit", "grams"), [("kg", 352_000), ("g", 352), ("lb", 159_665)])
def test_a_line_without_a_unit_has_the_one_that_was_said(unit, grams):
    assert only(Regex(r"(?P<weight>\d+)", unit), b"352\n").grams == grams


def test_a_comma_is_a_point_and_case_does_not_matter():
    assert only(Regex(r"brut (?P<weight>[\d,]+) (?P<unit>kg)"), b"BRUT 0,352 KG\r").grams == 352


def test_net_over_and_under_are_told():
    scale = Regex(r"(?P<over>\^+)|(?P<under>_+)|(?P<net>N)?(?P<weight>\d+)", "g")
    assert only(scale, b"^^^^\r\n").overload
    assert only(scale, b"____\r\n").underload
    assert only(scale, b"N352\r\n").net


def test_a_moving_line_may_have_no_weight():
    scale = Regex(r"(?P<moving>-+)|(?P<weight>\d+)", "g")
    reading = only(scale, b"-----\r\n")
    assert (reading.stable, reading.grams) == (False, None)


def test_a_line_may_end_as_the_scale_likes():
    assert only(Regex(r"\x02(?P<weight>\d+)", "g", ends=b"\x03"), b"\x02352\x03").grams == 352


@pytest.mark.parametrize("line", [b"352 apples\r\n", b"x 0.352kg\r\n", b"--5kg\r\n", b"1.2.3kg\r\n"])
def test_a_line_that_does_not_match_whole_is_garbage(line):
    assert {type(event) for event in heard(Regex(), line)} == {Garbage}


def test_a_match_that_is_no_number_is_garbage():
    assert {type(event) for event in heard(Regex(r"(?P<weight>[\d.]+)"), b"1.2.3\r\n")} == {Garbage}


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        (r"(?P<weight>\d+", "no regular expression"),
        (r"\d+", "no group"),
        (r"(?P<weight>\d+)(?P<colour>red)", "means nothing: colour"),
        ("(?P<weight>\\d+)…", "over bytes"),
    ],
)
def test_a_poor_expression_is_refused_in_words(pattern, fault):
    with pytest.raises(ValueError, match=fault):
        compile_lines(pattern)


def test_a_unit_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="'oz' is none of the units"):
        Regex(unit="oz")
