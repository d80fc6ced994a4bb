"""From the configuration to the lines of a door and a bell."""

import pytest

from kiosk import config
from kiosk.app_door import bell_needs_internet, make_bell, make_door
from kiosk.clock import AdjustableClock
from kiosk.devices.door_lines import Output
from kiosk.devices.simulated.door import BARE, WHOLE, SimulatedDoor
from kiosk.events_door import DoorMode, DoorModeChanged
from kiosk.wiring import make_wiring

ALL_PINS = """
[door]
enabled = true
relay_pin = 17
contact_pin = 27
exit_pin = 5
fire_pin = 6
tamper_pin = 13
lamp_pin = 23
buzzer_pin = 26
"""


def parse(text: str) -> config.Config:
    return config.parse(text, environ={})


def test_a_door_that_is_not_configured_is_off():
    assert make_wiring(parse("").door) is None
    assert make_door(parse(""), AdjustableClock(), lambda: None, None) is None


def test_every_key_finds_its_line():
    assert make_wiring(parse(ALL_PINS).door) == WHOLE


def test_what_is_left_out_is_off():
    assert make_wiring(parse("[door]\nenabled = true\nrelay_pin = 17\ncontact_pin = 27").door) == BARE


@pytest.mark.parametrize(
    ("line", "name", "active_when"),
    [
        ('contact_when_shut = "open"', "contact", "closed"),
        ('exit_when_pressed = "open"', "exit_button", "open"),
        ('fire_when_calm = "open"', "fire", "closed"),
        ('tamper_when_shut = "open"', "tamper", "closed"),
    ],
)
def test_a_contact_may_be_of_the_other_kind(line, name, active_when):
    wiring = make_wiring(parse(ALL_PINS + line).door)
    assert getattr(wiring, name).active_when == active_when


def test_relay_lamp_and_buzzer_may_be_active_low_and_the_lock_a_magnet():
    text = 'relay_active_high = false\nlamp_active_high = false\nbuzzer_active_high = false\nlock = "fail_safe"'
    wiring = make_wiring(parse(ALL_PINS + text).door)
    assert wiring.fail_safe
    assert (wiring.relay, wiring.lamp, wiring.buzzer) == tuple(
        Output(pin=pin, active_high=False) for pin in (17, 23, 26)
    )


def test_the_rules_of_the_configuration_reach_the_door():
    clock, strike = AdjustableClock(), SimulatedDoor(WHOLE)
    text = ALL_PINS + "pulse_seconds = 3\nlonger_pulse_seconds = 4\nbound_seconds = 4\nforced_alarm = false"
    door = make_door(parse(text), clock, strike.make_pins, None)
    door.open()
    door.open_for(30)
    told = [*door.read(), *door.read()]
    clock.advance(4)
    told += door.read()
    assert DoorModeChanged(mode=DoorMode.LOCKED) in told[3:]
    strike.force_open()
    assert not [event for event in door.read() if type(event).__name__ == "DoorAlarm"]
    door.close()


@pytest.mark.parametrize(
    ("text", "is_there", "internet"),
    [
        ("", False, False),
        ('[bell]\nkind = "gpio"\npin = 22', True, False),
        ('[bell]\nkind = "webhook"\nurl = "https://coop.example/ring"', True, True),
        ('[bell]\nkind = "webhook"\nurl = "http://192.168.1.4/ring"', True, False),
    ],
)
def test_a_bell_is_there_where_one_is_configured(text, is_there, internet):
    settings = parse(text)
    assert (make_bell(settings, AdjustableClock(), lambda: None) is not None) is is_there
    assert bell_needs_internet(settings) is internet
