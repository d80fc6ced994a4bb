"""From the configuration to what is told of the readers."""

import pytest

from kiosk import config
from kiosk.app_parts import is_far, make_backend, make_settings, told_as_reader
from kiosk.devices.cards import CardHasher
from kiosk.events import DeviceFound, DeviceLost, Ticked
from kiosk.types import Part
from tests.fakes import ManualClock

SCANNER = f'[cards]\nkey = "{"ab" * 32}"\n[scanner]\nenabled = true\nusb_id = "05f9:2204"\n'


def heard(text, event):
    events = []
    told_as_reader(config.parse(text, environ={}), events.append)(event)
    return events


def test_a_scanner_that_is_the_only_reader_is_lost_and_found_as_both():
    lost, found = DeviceLost(part=Part.SCANNER, fault="unplugged"), DeviceFound(part=Part.SCANNER)
    assert heard(SCANNER, lost) == [lost, DeviceLost(part=Part.READER, fault="unplugged")]
    assert heard(SCANNER, found) == [found, DeviceFound(part=Part.READER)]


def test_nothing_else_is_told_twice():
    for event in (Ticked(Part.SCANNER), DeviceLost(part=Part.SCALE, fault="unplugged")):
        assert heard(SCANNER, event) == [event]


@pytest.mark.parametrize(
    "more", ['[reader]\nenabled = true\nbus = "simulated"\n', '[terminal]\nstation = "bulk"\n'], ids=["reader", "bulk"]
)
def test_where_cards_are_read_elsewhere_or_open_nothing_the_scanner_is_a_scanner(more):
    lost = DeviceLost(part=Part.SCANNER, fault="unplugged")
    assert heard(SCANNER + more, lost) == [lost]


@pytest.mark.parametrize(
    ("port", "far"), [("/dev/serial/by-id/scale", False), ("socket://balance.lan:4001", True)], ids=["cable", "network"]
)
def test_only_a_scale_on_the_network_may_take_as_long_as_a_network(port, far):
    wish = config.parse(f'[scale]\nenabled = true\nprotocol = "stgs"\nport = "{port}"\n', environ={})
    assert is_far(wish, Part.SCALE) is far
    assert not is_far(wish, Part.READER)


def test_when_a_weight_that_settles_is_given_advice_is_the_coops_to_say():
    assert make_settings(config.parse("[times]\ntare_moving_seconds = 40", environ={})).limits.slow_seconds == 40


def test_my_data_tells_the_retention_that_is_configured():
    assert make_settings(config.parse("[retention]\npassages_days = 30", environ={})).retention.passages_days == 30


@pytest.mark.parametrize(("days", "known"), [(1, {"near"}), (8, {"near", "far"})])
def test_so_many_days_of_roster_are_known_as_the_coop_says(tmp_path, days, known):
    (tmp_path / "members.csv").write_text("id,first_name,status\n")
    (tmp_path / "cards.csv").write_text("card,member\n")
    (tmp_path / "shifts.csv").write_text(
        "id,day,starts,ends,job,places\nnear,2026-03-03,10:00,13:00,Caisse,2\nfar,2026-03-07,10:00,13:00,Caisse,2\n"
    )
    text = f'[backend]\nkind = "folder"\nfolder = "{tmp_path}"\n[policy]\nroster_days = {days}\n'
    wish = config.parse(text, environ={})
    backend = make_backend(wish, CardHasher(bytes(32), "1"), ManualClock())
    assert {shift.id for shift in backend.fetch("", 1).shifts} == known
