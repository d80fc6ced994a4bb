"""From the configuration to what is told of the readers."""

import pytest

from kiosk import config
from kiosk.app_parts import told_as_reader
from kiosk.events import DeviceFound, DeviceLost, Ticked
from kiosk.types import Part

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
