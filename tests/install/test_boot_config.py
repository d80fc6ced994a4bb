import pytest

from kiosk.config import parse
from kiosk.install.boot_config import BEGIN, END, amended, model_of, removed, wanted, without_serial_console

PI_OS = (
    "# For more options\ndtparam=audio=on\ndisplay_auto_detect=1\ndtoverlay=vc4-kms-v3d\n\n[cm4]\notg_mode=1\n\n[all]\n"
)
DOOR = """[door]
enabled = true
relay_pin = 17
relay_active_high = false
buzzer_pin = 26
[bell]
kind = "gpio"
pin = 22
"""


def lines(text, model, there=PI_OS):
    return [line.text for line in wanted(parse(text, environ={}), model, there)]


@pytest.mark.parametrize(
    ("said", "model"),
    [
        ("Raspberry Pi 3 Model B Plus Rev 1.3\0", 3),
        ("Raspberry Pi 4 Model B Rev 1.4", 4),
        ("Raspberry Pi Compute Module 4 Rev 1.0", 4),
        ("Raspberry Pi 5 Model B Rev 1.0\0", 5),
        ("Raspberry Pi Zero 2 W Rev 1.0", 3),
        ("Raspberry Pi 2 Model B Rev 1.1", None),
        ("Raspberry Pi Model B Plus Rev 1.2", None),
        ("Some other board", None),
        ("", None),
    ],
)
def test_the_model_is_told_by_the_kernels_name_of_the_board(said, model):
    assert model_of(said) == model


@pytest.mark.parametrize(("model", "lets_go"), [(3, True), (4, True), (5, False)])
def test_each_line_of_the_door_is_at_rest_from_power_on(model, lets_go):
    found = lines(DOOR, model)
    # An active-low relay rests high, what is active high rests low.
    assert [line for line in found if line.startswith("gpio=")] == ["gpio=17=op,dh", "gpio=26=op,dl", "gpio=22=op,dl"]
    assert ("dtparam=strict_gpiod" in found) is lets_go


def test_a_terminal_without_lines_asks_for_none():
    assert lines("", 4) == ["dtparam=watchdog=on", "disable_splash=1"]
    assert lines('[door]\nenabled = true\nrelay_pin = 17\npins = "mock"\n', 4) == [
        "dtparam=watchdog=on",
        "disable_splash=1",
    ]


@pytest.mark.parametrize(
    ("bus", "line"), [("spi:0.0", "dtparam=spi=on"), ("spi:0.1", "dtparam=spi=on"), ("spi:1.2", "dtoverlay=spi1-3cs")]
)
def test_the_readers_bus_is_switched_on(bus, line):
    text = f'[cards]\nkey = "{"5e" * 32}"\n[reader]\nenabled = true\nbus = "{bus}"\n'
    assert line in lines(text, 5)


def test_a_scale_on_the_header_gets_the_port_and_the_console_leaves_it():
    assert "enable_uart=1" in lines('[scale]\nenabled = true\nport = "/dev/serial0"\n', 4)
    assert "enable_uart=1" not in lines('[scale]\nenabled = true\nport = "/dev/ttyUSB0"\n', 4)
    cmdline = "console=serial0,115200 console=tty1 root=PARTUUID=1-02 rootfstype=ext4 fsck.repair=yes rootwait\n"
    assert without_serial_console(cmdline) == cmdline.removeprefix("console=serial0,115200 ")
    assert without_serial_console("console=tty1 quiet") == "console=tty1 quiet"


def test_a_pi_5_has_its_headers_port_elsewhere():
    for port in ("/dev/serial0", "/dev/ttyAMA0"):
        found = lines(f'[scale]\nenabled = true\nport = "{port}"', 5)
        assert "dtparam=uart0=on" in found
        assert "enable_uart=1" not in found


def test_a_display_is_driven_and_found_where_the_file_does_not_see_to_it_itself():
    kms, auto = "dtoverlay=vc4-kms-v3d", "display_auto_detect=1"
    assert lines("", 4, "dtparam=audio=on\n")[:2] == [kms, auto]
    assert lines("", 4, f"{kms},cma-256\n#{auto}\n")[0] == auto
    named = lines("", 4, "dtoverlay=vc4-kms-dsi-ili9881-7inch,rotation=90\n")
    assert kms in named
    assert auto not in named
    assert not {kms, auto} & set(lines("", 4, f"{kms}\ndisplay_auto_detect=0\n"))


@pytest.mark.parametrize("before", [PI_OS, PI_OS.rstrip("\n"), ""])
def test_our_lines_stand_in_a_block_that_is_put_once(before):
    config = parse(DOOR, environ={})
    once = amended(before, wanted(config, 4, before))
    assert once.startswith(before)
    assert once.count(BEGIN) == once.count(END) == 1
    # Whatever section the file ended in, ours is for all boards.
    assert once.split(BEGIN)[1].lstrip("\n").startswith("[all]\n")
    assert amended(once, wanted(config, 4, once)) == once
    assert removed(once).rstrip("\n") == before.rstrip("\n")


def test_other_wiring_takes_the_place_of_the_lines_before():
    first = amended(PI_OS, wanted(parse(DOOR, environ={}), 4, PI_OS)) + "# mine\n"
    second = amended(first, wanted(parse("", environ={}), 4, first))
    assert "gpio=" not in second
    assert "# mine\n" in second
    assert second.startswith(PI_OS)


def test_what_was_added_below_our_lines_stays_for_all_boards():
    before = PI_OS.removesuffix("\n[all]\n")
    added = amended(before, wanted(parse(DOOR, environ={}), 4, before)) + "dtoverlay=i2c-rtc,ds3231\n"
    again = amended(added, wanted(parse("", environ={}), 4, added))
    assert again.index("[cm4]") < again.index("[all]") < again.index("dtoverlay=i2c-rtc,ds3231")
