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
        ('[door]\nhold_open = ["mon-fri 13:00-10:45"]', 'hold_open has "mon-fri 13:00-10:45", which ends before'),
        ('[door]\nhold_open = ["lundi 10:45-13:00"]', "[door] hold_open item 1 must be hours like"),
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
            "[terminal]\nhat_pins = [18, 19]\n[door]\nenabled = true\nrelay_pin = 17\nbuzzer_pin = 19",
            "line 6: [door] buzzer_pin is 19, a line that belongs to a hat: [terminal] hat_pins",
        ),
        *(
            (
                f"[door]\nenabled = true\nrelay_pin = 5\n{key} = 5",
                f"line 4: [door] {key} is 5, a line that belongs to [door] relay_pin",
            )
            for key in ("exit_pin", "fire_pin", "tamper_pin", "lamp_pin", "buzzer_pin")
        ),
        (
            "[door]\nenabled = true\nrelay_pin = 17\nfire_pin = 1",
            "line 4: [door] fire_pin must be a whole number from 2",
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


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('kind = "tcp"', 'kind is "tcp": then address has to say where the printer is'),
        ('kind = "usb"', 'kind is "usb": then path has to say'),
        ('kind = "cups"', 'kind is "cups": then queue has to say'),
        ('kind = "usb"\npath = "/dev/usb/lp0"\nlanguage = "png"', "which no printer understands"),
        (
            'kind = "usb"\npath = "/dev/usb/lp0"\nwidth_mm = 40',
            "width_mm is too narrow for the bar code: at least 43 mm",
        ),
        ('kind = "usb"\npath = "/dev/usb/lp0"\nheight_mm = 20', "height_mm is too low"),
        ('kind = "usb"\npath = "/dev/usb/lp0"\ntare_prefix = "280000000"', "leaves room for 999 g only"),
        ('kind = "usb"\npath = "/dev/usb/lp0"\ntare_decimals = 2', "till_division_grams must be a multiple of 10"),
    ],
)
def test_a_printer_has_all_that_its_labels_need(text, fault):
    [only] = faults_of(f"[printer]\n{text}")
    assert fault in only


def test_a_printer_that_is_off_needs_nothing():
    assert config.parse("[printer]\nwidth_mm = 40", environ={}).printer.kind == "none"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("regex = '[0-9]+'", "regex has no group (?P<weight>"),
        ('request = "…"', "must be made of bytes"),
        (f'request = "{"x" * 41}"', "must have 40 characters at most"),
        ("request = 5", "must be text between quotes"),
        ('protocol = "dialog06"', "must be one of"),
    ],
)
def test_how_a_scale_speaks_is_checked(text, fault):
    [only] = faults_of(f"[scale]\n{text}")
    assert fault in only


def test_control_characters_of_a_request_come_through_and_back():
    loaded = config.parse('[scale]\nrequest = "READ\\r\\n\\u0005"', environ={})
    assert loaded.scale.request == "READ\r\n\x05"
    assert config.parse(loaded.masked(), environ={}).scale == loaded.scale


GESTION_COMPTE = '[backend]\nkind = "gestion-compte"\nurl = "https://coop.example"\n[gestion_compte]\n'


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('tier = "shift-manager"\nuser = "borne"', "password_file has to say which account that is"),
        ('tier = "shift-manager"\npassword = "x"', "user has to say which account that is"),
        ('number_key = "abc"', "number_key_file must lead to 64 hexadecimal digits"),
        ('nfc_prefix = "4"', 'two digits like "04"'),
        ('presence = "explicit"', "must be one of"),
    ],
)
def test_what_a_gestion_compte_server_needs_is_asked_for(text, fault):
    [only] = faults_of(GESTION_COMPTE + text)
    assert fault in only


def test_a_gestion_compte_server_needs_its_address():
    assert faults_of('[backend]\nkind = "gestion-compte"') == [
        'k.toml, line 2: [backend] kind is "gestion-compte": then url has to say where the server is'
    ]


def test_a_reader_of_gestion_compte_needs_no_secret():
    loaded = config.parse(GESTION_COMPTE, environ={})
    assert (loaded.gestion_compte.tier, loaded.gestion_compte.password) == ("reader", None)


def test_a_pale_brand_colour_is_refused_with_its_line_and_its_contrast():
    (fault,) = faults_of('\n[coop]\nbrand_colour = "#8BC34A"')
    assert "line 3: [coop] brand_colour is too pale" in fault
    assert "2.1:1 and needs 4.5:1" in fault


def test_a_logo_that_is_not_there_is_told():
    (fault,) = faults_of('[coop]\nlogo = "no-logo.png"')
    assert "line 2: [coop] logo leads to" in fault


@pytest.mark.parametrize("words", ["coop.example/alarms", "ftp://coop.example/alarms"])
def test_an_address_for_alarms_that_is_none_is_told_without_its_secret(tmp_path, words):
    (tmp_path / "webhook").write_text(f"{words}/s3cret", encoding="utf-8")
    (fault,) = faults_of('\n[afar]\nwebhook_file = "webhook"', folder=tmp_path)
    assert "line 3: [afar] webhook_file must" in fault
    assert "s3cret" not in fault
