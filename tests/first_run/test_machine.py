"""What is plugged into the machine, as its files tell."""

import pytest

from kiosk.errors import ConfigError, KioskError
from kiosk.first_run.machine import RealMachine, panel
from kiosk.install.settings import bring
from kiosk.install.usb_key import LARGEST_BYTES, LENT, UsbKeyError, lend

TOML = '[terminal]\nname = "vrac"\n[backend]\nkind = "rest"\nurl = "https://coop.example/kiosk"\n'


def put(root, path, text=""):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("modes", "profile"),
    [
        ("800x480\n", "rpi7"),
        ("720x1280\n640x480\n", "td2-portrait"),
        ("1280x720\n", "td2"),
        ("1024x600\n", "hd7"),
        ("1920x1080\n", "rpi7"),
        ("", "rpi7"),
        ("x\n", "rpi7"),
    ],
)
def test_the_panel_says_how_large_it_is(tmp_path, modes, profile):
    put(tmp_path, "sys/class/drm/card0-DSI-1/modes", modes)
    assert panel(tmp_path) == profile
    assert panel(tmp_path / "nothing") == "rpi7"


def test_ports_by_what_lasts(tmp_path):
    for path in ("dev/serial/by-id/usb-B", "dev/serial/by-id/usb-A", "dev/serial0", "dev/ttyUSB0", "dev/usb/lp1"):
        put(tmp_path, path)
    machine = RealMachine(tmp_path)
    assert [port.removeprefix(str(tmp_path)) for port in machine.serial_ports()] == [
        "/dev/serial/by-id/usb-A",
        "/dev/serial/by-id/usb-B",
        "/dev/serial0",
    ]
    assert machine.printer_port().endswith("/dev/usb/lp1")
    bare = RealMachine(tmp_path / "bare")
    assert (bare.serial_ports(), bare.printer_port(), bare.maybe_usb()) == ([], "", None)


def test_the_port_of_the_header_is_no_debug_connector(tmp_path):
    put(tmp_path, "dev/ttyAMA10")
    (tmp_path / "dev/serial0").symlink_to("ttyAMA10")
    machine = RealMachine(tmp_path)
    assert machine.serial_ports() == []
    put(tmp_path, "dev/ttyAMA0")
    assert machine.serial_ports() == [str(tmp_path / "dev/ttyAMA0")]


def test_a_usb_key_is_lent_with_its_secrets_and_nothing_else(tmp_path):
    key = put(tmp_path, "key/kiosk.toml", TOML)
    put(tmp_path, "key/backend-token", "s3cret\n")
    put(tmp_path, "key/holiday.jpg", "x")
    to = tmp_path / LENT.relative_to("/")
    to.parent.mkdir()
    lend(key, to)
    lend(key, to)
    machine = RealMachine(tmp_path)
    assert {path.name for path in to.iterdir()} == {"kiosk.toml", "backend-token"}
    assert bring(machine.maybe_usb()).secrets == {"backend-token": "s3cret"}


@pytest.mark.parametrize(
    ("content", "fault"),
    [(b"12" * 31, "must lead to 64 hexadecimal digits"), (("12" * 32).encode("utf-16"), "card-key: is not UTF-8")],
    ids=["short", "utf-16"],
)
def test_a_faulty_secret_is_lent_too_and_never_left_out(tmp_path, content, fault):
    """Left out, the guide would have a new card key made, and a second terminal would know nobody's card."""
    key = put(tmp_path, "key/kiosk.toml", TOML)
    (key.parent / "card-key").write_bytes(content)
    to = tmp_path / "run"
    lend(key, to)
    with pytest.raises(KioskError, match=fault):
        bring(to / "kiosk.toml")


@pytest.mark.parametrize(
    "toml",
    ['token_file = "{}"\n', 'token_file = " {} "\n', "[gestion_compte]\npassword_file = '../etc/secret'\n"],
    ids=["absolute", "between blanks", "upwards"],
)
def test_no_secret_of_the_system_is_read_for_whoever_has_a_usb_key(tmp_path, toml):
    """It would go to the address that the same configuration names."""
    secret = put(tmp_path, "etc/secret", "of root alone")
    key = put(tmp_path, "key/kiosk.toml", TOML + toml.format(secret))
    to = tmp_path / "run"
    lend(key, to)
    assert {path.name for path in to.iterdir()} == {"kiosk.toml"}, "the guide tells what it may not read itself"


@pytest.mark.parametrize("name", ["kiosk.toml", "backend-token"])
def test_a_link_on_a_usb_key_leads_nowhere_else(tmp_path, name):
    secret = put(tmp_path, "etc/secret", "of root alone")
    key = tmp_path / "key/kiosk.toml"
    key.parent.mkdir()
    (key.parent / name).symlink_to(secret)
    if name != key.name:
        key.write_text(TOML, encoding="utf-8")
    to = tmp_path / "run"
    with pytest.raises(UsbKeyError, match="is no file of this USB key"):
        lend(key, to)
    assert list(to.iterdir()) == []


@pytest.mark.parametrize("name", ["kiosk.toml", "backend-token"])
def test_a_huge_file_on_a_usb_key_does_not_fill_the_memory(tmp_path, name):
    key = put(tmp_path, "key/kiosk.toml", TOML)
    with (key.parent / name).open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)
    to = tmp_path / "run"
    with pytest.raises(UsbKeyError, match="is too large"):
        lend(key, to)
    assert list(to.iterdir()) == []


def test_a_faulty_one_is_lent_too_so_that_the_screen_can_tell(tmp_path):
    key = put(tmp_path, "key/kiosk.toml", "[scale]\nprotocol = 'abacus'\n")
    to = tmp_path / "run"
    lend(key, to)
    with pytest.raises(ConfigError, match="protocol must be one of"):
        bring(to / "kiosk.toml")
