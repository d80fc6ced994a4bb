import pytest

from kiosk import config
from tests.configuring import KEY, faults_of

READER = f'[cards]\nkey = "{KEY}"\n[reader]\nenabled = true'

# ── what has to fit together ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[scale]\nenabled = true", "[scale] enabled is true: then port"),
        ("[scanner]\nenabled = true", "[scanner] enabled is true: then device or usb_id"),
        ('[bell]\nkind = "gpio"', '[bell] kind is "gpio": then pin'),
        ('[bell]\nkind = "webhook"', '[bell] kind is "webhook": then url'),
        ('[backend]\nkind = "rest"', '[backend] kind is "rest": then url'),
        ("[door]\npulse_seconds = 40\nlonger_pulse_seconds = 30", "pulse_seconds is 40, more than bound_seconds"),
        ("[door]\nlonger_pulse_seconds = 5", "is shorter than pulse_seconds (8)"),
        ("[door]\nheld_alarm_seconds = 20", "must be more than held_warning_seconds (20)"),
        ("[policy]\nfresh_seconds = 86400\nexpired_days = 1", "is longer than expired_days (1)"),
        ('[backend]\nurl = "http://coop.example/"', "would send members' data in clear"),
        ("[reader]\nenabled = true", "k.toml: [cards] key_file has to say where the coop's card key is"),
    ],
)  # fmt: skip
def test_what_is_switched_on_has_all_that_it_needs_and_limits_agree(text, fault):
    assert fault in "\n".join(faults_of(text))


@pytest.mark.parametrize(
    "url", ["https://coop.example", "http://127.0.0.1:8000/k", "http://[::1]:80", "http://localhost"]
)
def test_addresses_that_keep_data_to_themselves_are_accepted(url):
    assert config.parse(f'[backend]\nkind = "rest"\nurl = "{url}"', environ={}).backend.url == url


def test_plain_http_is_accepted_once_somebody_said_so():
    text = '[backend]\nkind = "rest"\nurl = "http://coop.example"\nplain_http = true'
    assert config.parse(text, environ={}).backend.url == "http://coop.example"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            '[door]\nenabled = true\nrelay_pin = 5\n[bell]\nkind = "gpio"\npin = 5',
            "line 6: [bell] pin is 5, a line that belongs to [door] relay_pin",
        ),
        (
            "[door]\nenabled = true\nrelay_pin = 5\ncontact_pin = 5",
            "line 4: [door] contact_pin is 5, a line that belongs to [door] relay_pin",
        ),
        (
            f"{READER}\n[door]\nenabled = true\nrelay_pin = 11",
            "line 7: [door] relay_pin is 11, a line that belongs to the reader's bus spi:0.0",
        ),
        (
            f'{READER}\nbus = "spi:1.0"\n[door]\nenabled = true\nrelay_pin = 16',
            "line 8: [door] relay_pin is 16, a line that belongs to the reader's bus spi:1.0",
        ),
        (
            f"{READER}\n[door]\nenabled = true\nrelay_pin = 25",
            "line 7: [door] relay_pin is 25, a line that belongs to [reader] reset_pin",
        ),
        (
            '[scale]\nenabled = true\nport = "/dev/serial0"\n[door]\nenabled = true\nrelay_pin = 15',
            "line 6: [door] relay_pin is 15, a line that belongs to the serial port /dev/serial0 of the scale",
        ),
    ],
)
def test_a_pin_has_one_owner(text, fault):
    [only] = faults_of(text)
    assert fault in only


def test_pins_of_parts_that_are_off_are_free():
    text = '[door]\nrelay_pin = 11\n[bell]\nkind = "gpio"\npin = 11\n[reader]\nbus = "simulated"'
    assert config.parse(text, environ={}).bell.pin == 11
