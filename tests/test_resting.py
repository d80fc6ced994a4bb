"""The lines of a terminal that has died: which they are, and how they come to rest."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from gpiozero import GPIOZeroError

from kiosk import config
from kiosk.cli_door import door as door_commands
from kiosk.devices.door_lines import Output
from kiosk.devices.pins import Pins
from kiosk.devices.rest import Rest, put_at_rest
from kiosk.devices.simulated.door import WHOLE, SimulatedDoor
from kiosk.errors import ConfigError, DeviceError
from kiosk.resting import config_of_lines, outputs_of

WHOLE_FILE = """
[door]
enabled = true
relay_pin = 17
relay_active_high = false
lamp_pin = 23
buzzer_pin = 26
fire_pin = 6
[bell]
kind = "gpio"
pin = 22
"""
EXPECTED = [
    ("relay", Output(pin=17, active_high=False)),
    ("lamp", Output(pin=23)),
    ("buzzer", Output(pin=26)),
    ("bell", Output(pin=22)),
]


def write(folder: Path, text: str) -> Path:
    file = folder / "kiosk.toml"
    file.write_text(text, encoding="utf-8")
    return file


# ── which lines ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_line_that_is_driven_is_named_and_no_other(tmp_path):
    assert list(outputs_of(config_of_lines(write(tmp_path, WHOLE_FILE)))) == EXPECTED


def test_a_terminal_without_lines_has_none_to_rest():
    assert list(outputs_of(config.parse("", environ={}))) == []
    assert list(outputs_of(config.parse('[door]\nenabled = true\npins = "mock"\nrelay_pin = 4', environ={}))) == []


@pytest.mark.parametrize(
    "fault",
    ["[door.x]\ny = 1\n", "[policy]\nexpired_days = 0\n", "[nonsense]\n", '[terminal]\nlanguage = "xx"\n'],
)
def test_lines_are_found_in_a_configuration_with_faults_elsewhere(tmp_path, fault, caplog):
    file = write(tmp_path, WHOLE_FILE + fault)
    assert list(outputs_of(config_of_lines(file))) == EXPECTED
    assert "only the lines" in caplog.text


@pytest.mark.parametrize(
    "fault",
    [
        '[terminal]\nlanguage = "fr\n',
        "[policy]\nexpired_days 7\n",
        "[door]\nforced_alarm = false\n",
        "# \udce9\n",
    ],
    ids=["quote", "no equals sign", "section twice", "no UTF-8"],
)
def test_lines_are_found_in_a_file_that_is_no_toml_any_more(tmp_path, fault):
    file = write(tmp_path, "")
    file.write_bytes((WHOLE_FILE + fault).encode("utf-8", "surrogateescape"))
    assert list(outputs_of(config_of_lines(file))) == EXPECTED


@pytest.mark.parametrize(
    ("good", "broken"),
    [
        ("relay_active_high = false", "relay_active_high = fa lse"),
        ("relay_active_high = false", "relay_active_high = false\nrelay_active_high = true"),
        ("relay_pin = 17", "relay_pin = 17\n[dor"),
    ],
)
def test_the_level_of_rest_is_never_guessed(tmp_path, good, broken):
    with pytest.raises(ConfigError):
        config_of_lines(write(tmp_path, WHOLE_FILE.replace(good, broken)))


@pytest.mark.parametrize("text", ["[door", WHOLE_FILE.replace("17", "99"), "door = 3"])
def test_lines_that_cannot_be_understood_are_told_with_all_faults(tmp_path, text):
    with pytest.raises(ConfigError):
        config_of_lines(write(tmp_path, text))


# ── at rest ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("active_high", [True, False], ids=["active high", "active low"])
@pytest.mark.parametrize("left_at", [True, False], ids=["left high", "left low"])
def test_line_comes_to_rest_in_one_go_from_whatever_level_it_was_left_at(active_high, left_at):
    strike = SimulatedDoor(WHOLE)
    strike._relay.output_with_state(left_at)
    rests = put_at_rest([("relay", Output(pin=17, active_high=active_high))], strike.make_pins)
    assert rests == [Rest("relay", 17)]
    assert set(strike.relay_levels[1:]) == {not active_high}


def test_line_that_another_process_holds_is_left_alone_and_the_others_rest():
    strike = SimulatedDoor(WHOLE)
    from gpiozero import OutputDevice

    held = OutputDevice(17, initial_value=True, pin_factory=strike.make_pins().factory)
    relay, lamp = put_at_rest([("relay", Output(pin=17)), ("lamp", Output(pin=23))], strike.make_pins)
    assert "17" in relay.fault
    assert not lamp.fault
    assert held.value == 1
    held.close()


@pytest.mark.parametrize(
    ("fault", "kind"), [(ImportError("no lgpio"), ImportError), (RuntimeError("no Pi"), DeviceError)]
)
def test_machine_without_lines_is_told_as_such(fault, kind):
    def make_pins() -> Pins:
        raise fault

    with pytest.raises(kind, match=str(fault)):
        put_at_rest(EXPECTED, make_pins)


def test_faults_of_the_library_do_not_get_out():
    class Broken:
        def __getattr__(self, name: str) -> object:
            raise GPIOZeroError(name)

    rests = put_at_rest(EXPECTED, lambda: Pins(factory=Broken(), faults=(GPIOZeroError,), close=lambda: None))
    assert [bool(rest.fault) for rest in rests] == [True] * len(EXPECTED)


# ── the command ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_command_says_that_there_is_nothing_to_rest(tmp_path):
    result = CliRunner().invoke(door_commands, ["rest", "--config", str(write(tmp_path, "[log]"))])
    assert (result.exit_code, result.stdout) == (0, "No line to put at rest: no door and no bell on one.\n")


def test_command_fails_in_words_where_there_are_no_lines(tmp_path):
    result = CliRunner().invoke(door_commands, ["rest", "--config", str(write(tmp_path, WHOLE_FILE))])
    assert result.exit_code == 1
    assert result.stderr
    assert "Traceback" not in result.output


IMPORTED = """
import sys
from kiosk.cli import cli
cli.main(["door", "rest", "--config", sys.argv[1]], standalone_mode=False)
print(*sorted(name for name in sys.modules if name.startswith("kiosk.")))
"""


def test_command_does_not_wait_for_what_it_does_not_need(tmp_path):
    """A lock may be left unlocked until it has run."""
    command = [sys.executable, "-c", IMPORTED, str(write(tmp_path, "[log]"))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = set(done.stdout.splitlines()[-1].split())
    assert "kiosk.cli_door" in imported
    others = {name for name in imported if name.startswith("kiosk.cli_")} - {"kiosk.cli_door", "kiosk.cli_options"}
    assert others | imported & {"kiosk.app_door", "kiosk.devices.door", "kiosk.views", "kiosk.store"} == set()
