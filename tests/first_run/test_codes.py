"""Codes of whichever device reads them."""

import pytest

from kiosk.card_key import read_sheet, sheet_text
from kiosk.clock import SystemClock
from kiosk.devices.simulated.wedge import AZERTY, QWERTY, Info, Typist, UsbHub, Wedge
from kiosk.first_run.codes import CodeListener
from kiosk.first_run.jobs import open_sheet
from tests.demo.onlooker import wait_until
from tests.first_run.test_folder import KEY

PASSPHRASE = "482109375512"
LISTED = "/dev/input/by-id/usb-Gun-event-kbd"


@pytest.fixture
def listening():
    """A hub whose readers are heard, and what they read."""
    hub, read = UsbHub(), []
    listener = CodeListener(hub, read.append, SystemClock())
    listener.start()
    yield hub, read
    listener.request_stop()
    assert listener.join()


def plugged(hub, wedge):
    hub.plug(wedge)
    wait_until(lambda: wedge.fd >= 0)
    return wedge


def test_a_reader_that_is_plugged_in_later_is_heard_and_called_by_its_lasting_path(listening):
    hub, read = listening
    plugged(hub, Wedge(LISTED)).scan("4012345678901")
    wait_until(lambda: bool(read))
    assert (read[0].readings, read[0].device) == (("4012345678901",), LISTED)
    assert "4012345678901" not in repr(read[0])


def test_one_without_a_lasting_path_is_called_by_vendor_and_product(listening):
    hub, read = listening
    plugged(hub, Wedge("/dev/input/event7", info=Info(vendor=0x5F9, product=0x2204))).scan("7")
    wait_until(lambda: bool(read))
    assert read[0].device == "05f9:2204"


def test_nothing_that_points_is_listened_to_and_nothing_is_taken(listening):
    hub, read = listening
    panel = Wedge("/dev/input/event1", capabilities={1: tuple(range(120)), 3: (0, 1)})
    gun = Wedge(LISTED)
    hub.plug(panel)
    plugged(hub, gun)
    wait_until(lambda: panel.closes == 1)
    gun.scan("7")
    wait_until(lambda: bool(read))
    assert (gun.grabs, panel.grabs) == (0, 0)


def test_one_that_is_pulled_out_comes_back(listening):
    hub, read = listening
    gun = plugged(hub, Wedge(LISTED))
    hub.unplug(gun)
    wait_until(lambda: gun.fd < 0)
    plugged(hub, gun).scan("7")
    wait_until(lambda: bool(read))


def test_a_long_code_is_read_whole(listening):
    hub, read = listening
    digits = "8" + "0123456789" * 200
    plugged(hub, Wedge(LISTED)).scan(digits)
    wait_until(lambda: bool(read))
    assert read[0].readings == (digits,)


@pytest.mark.parametrize("keys", [QWERTY, AZERTY], ids=["qwerty", "azerty"])
def test_a_sheet_is_understood_whichever_keyboard_the_scanner_believes_to_be(listening, keys):
    hub, read = listening
    gun = plugged(hub, Wedge(LISTED))
    gun.type(Typist(1.0).scan(sheet_text(KEY, PASSPHRASE), keys))
    wait_until(lambda: bool(read))
    assert open_sheet(read[0].readings, PASSPHRASE) == read_sheet(sheet_text(KEY, PASSPHRASE), PASSPHRASE) == KEY
