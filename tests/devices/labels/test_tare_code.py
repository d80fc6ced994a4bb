"""The till's bar code: grams in, thirteen digits out, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.labels.ean13 import MODULES, modules
from kiosk.devices.labels.tare_code import PRESETS, TareFormat
from kiosk.types import Grams

OCA = PRESETS["oca_pos_tare"]


@pytest.mark.parametrize(
    ("grams", "code"),
    [
        (100, "0700000001006"),
        (176, "0700000001761"),
        (251, "0700000002515"),
        (1423, "0700000014235"),
        (5000, "0700000050004"),
    ],
)
def test_the_default_is_what_pos_tare_expects(grams, code):
    assert OCA.code(Grams(grams)) == code


@pytest.mark.parametrize(
    ("prefix", "code"),
    [("2100000", "2100000001767"), ("2800000", "2800000001766"), ("2900000", "2900000001763")],
)
def test_a_prefix_of_the_coops_own(prefix, code):
    assert TareFormat(prefix).code(Grams(176)) == code


@given(st.sampled_from(sorted(PRESETS)), st.integers(1, 99_999))
def test_what_is_written_is_read_back(preset, grams):
    assert PRESETS[preset].maybe_grams(PRESETS[preset].code(Grams(grams))) == grams


def test_two_decimals_are_tens_of_grams():
    tens = TareFormat("21000000", decimals=2)
    assert tens.code(Grams(170))[:12] == "210000000017"
    assert tens.maybe_grams(tens.code(Grams(170))) == 170
    with pytest.raises(ValueError, match="176 g cannot"):
        tens.code(Grams(176))


@pytest.mark.parametrize("grams", [0, -5, 100_000])
def test_what_does_not_fit_is_refused(grams):
    with pytest.raises(ValueError, match="cannot be written"):
        OCA.code(Grams(grams))


@pytest.mark.parametrize("prefix", ["", "070", "07000000000", "07x0000", "²700000"])
def test_a_prefix_that_is_none_is_refused(prefix):
    with pytest.raises(ValueError, match="prefix"):
        TareFormat(prefix)


def test_decimals_are_two_or_three():
    with pytest.raises(ValueError, match="decimals"):
        TareFormat("0700000", decimals=1)


@pytest.mark.parametrize("text", ["", "704825", "0700000001762", "3017620422003"])
def test_other_codes_are_no_tare(text):
    assert OCA.maybe_grams(text) is None


def test_every_code_has_its_modules():
    assert len(modules("0700000001761")) == MODULES
    assert modules("0700000001761").startswith("101")
