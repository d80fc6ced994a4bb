"""The self-test: a finding a part, with what to do; on simulated hardware, and at a terminal that runs."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from kiosk import config, control, selftest
from kiosk.app import Terminal
from kiosk.cli_check import check
from kiosk.clock import AdjustableClock, moment
from kiosk.demo.room import Room, Wish, demo_clock
from kiosk.selftest import Finding, examine, in_words, is_well
from kiosk.store.staff import make_pin
from kiosk.store.thread import Store
from kiosk.types import ClockTrust, Fact, FactId, FactKind, Part
from kiosk.views import Light
from tests.demo.onlooker import Onlooker, wait_until

DAY = 86_400


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(Wish(backend="folder", members=40), tmp_path, demo_clock())
    with room.running():
        yield room


def lights(room: Room) -> dict[str, Light]:
    return {finding.part: finding.light for finding in examine(room.config(), room.clock, room)}


def finding_of(room: Room, part: str) -> Finding:
    return next(finding for finding in examine(room.config(), room.clock, room) if finding.part == part)


# ── parts taken in hand ───────────────────────────────────────────────────────────────────────────────────────────


def test_terminal_that_is_whole_is_well_and_waits_for_eyes_on_screen_and_door(room):
    found = lights(room)
    assert is_well(examine(room.config(), room.clock, room))
    assert {part for part, light in found.items() if light is Light.LOOK} == {"screen", "door test", "PIN"}
    assert {part.value for part in (Part.READER, Part.DOOR, Part.SCALE, Part.BELL, Part.SERVER, Part.STORE)} <= set(
        found
    )


@pytest.mark.parametrize(
    ("harm", "part"),
    [
        (lambda room: room.unplug_reader(), "reader"),
        (lambda room: room.scale.unplug(), "scale"),
        (lambda room: room.printer.unplug(), "printer"),
        (lambda room: (room.directory / "members" / "members.csv").unlink(), "server"),
    ],
    ids=["reader", "scale", "printer", "server"],
)
def test_part_that_is_gone_is_named_with_what_to_do_and_the_others_are_well(room, harm, part):
    harm(room)
    findings = list(examine(room.config(), room.clock, room))
    wrong = [finding for finding in findings if finding.light is Light.BAD]
    assert [finding.part for finding in wrong] == [part]
    assert wrong[0].do
    assert not is_well(findings)


def test_door_in_trouble_is_something_to_look_at(room):
    room.door.raise_fire()
    room.door.open_box()
    found = finding_of(room, "door")
    assert found.light is Light.LOOK
    assert "tamper" in found.said
    assert "green box" in found.said


def test_door_is_left_at_rest_by_the_self_test(room):
    lights(room)
    assert not room.door.is_unlocked
    assert True not in room.door.relay_levels


def test_what_is_not_configured_is_off_and_not_out_of_order(tmp_path):
    text = f'[terminal]\ndata_dir = "{tmp_path}"\nruntime_dir = "{tmp_path}"\n[backend]\nfolder = "{tmp_path}"'
    findings = examine(config.parse(text, environ={}), AdjustableClock(), environ={"DISPLAY": ":0"}, system=tmp_path)
    off = {finding.part for finding in findings if finding.light is Light.OFF}
    assert off == {"reader", "scanner", "door", "bell", "scale", "printer"}


def test_two_programs_on_the_same_data_are_told(room):
    store = Store(room.config().terminal.data_dir, lambda _event: None, room.clock)
    store.start()
    assert finding_of(room, "store").light is Light.BAD
    store.request_stop()
    assert store.join()


def test_scale_that_is_there_and_says_nothing_is_out_of_order(room):
    room.scale.mute()
    assert finding_of(room, "scale").light is Light.BAD


def test_account_that_a_server_does_not_take_is_something_to_look_at(tmp_path):
    room = Room(Wish(backend="gestion-compte", members=40), tmp_path, demo_clock())
    with room.running():
        assert finding_of(room, "server").light is Light.GOOD
        room.gestion_compte.server.setup.password = "another"
        found = finding_of(room, "server")
        assert (found.light, found.do) == (Light.LOOK, "docs/gestion-compte.md")
        assert "does not take the account's name and password" in found.said


def test_place_that_a_server_does_not_know_is_told_with_and_without_a_terminal_running(tmp_path):
    room = Room(Wish(backend="gestion-compte", members=40), tmp_path, demo_clock())
    with room.running():
        setup = room.gestion_compte.server.setup
        setup.place_known, setup.single_sign_on = False, True
        found = finding_of(room, "server")
        assert (found.light, "PLACE_LOCAL" in found.said or "OIDC" in found.said) == (Light.BAD, True)
        assert "what to set on the server" in found.do
        terminal = Terminal(room.config(), room.clock, room)
        with terminal.running(Onlooker()):
            wait_until(lambda: terminal.reactor.link.not_authorised)
            assert finding_of(room, "server").said.endswith(found.said)
            assert finding_of(room, "server").do == found.do


# ── the door's own test ───────────────────────────────────────────────────────────────────────────────────────────


def put_to_the_test(room: Room, *, passed: bool) -> None:
    """The journal has it that the door was."""
    store = Store(room.config().terminal.data_dir, lambda _event: None, room.clock)
    store.start()
    fact = Fact(id=FactId("c"), kind=FactKind.COMMISSIONING, happened=moment(room.clock), details={"passed": passed})
    store.record(fact)
    store.outbox_list().result(5)
    store.request_stop()
    assert store.join()


@pytest.mark.parametrize(
    ("days_ago", "passed", "light"),
    [(1, True, Light.GOOD), (1, False, Light.BAD), (500, True, Light.LOOK)],
)
def test_test_of_the_door_counts_for_about_a_year(room, days_ago, passed, light):
    room.clock.set_wall(datetime.now(UTC))
    put_to_the_test(room, passed=passed)
    room.clock.advance(days_ago * DAY)
    assert finding_of(room, "door test").light is light


def choose_pin(room: Room) -> None:
    store = Store(room.config().terminal.data_dir, lambda _event: None, room.clock)
    store.start()
    store.keep_pin(make_pin("482109")).result(5)
    store.request_stop()
    assert store.join()


def test_menu_without_a_pin_calls_for_somebody_to_choose_it(room):
    assert finding_of(room, "PIN").light is Light.LOOK
    with Terminal(room.config(), room.clock, room).running(Onlooker()):
        assert finding_of(room, "PIN").light is Light.LOOK
    choose_pin(room)
    assert "PIN" not in lights(room)
    with Terminal(room.config(), room.clock, room).running(Onlooker()):
        assert "PIN" not in lights(room)


# ── a terminal that runs ──────────────────────────────────────────────────────────────────────────────────────────


def test_running_terminal_is_asked_and_its_lines_are_left_alone(room):
    terminal, screen = Terminal(room.config(), room.clock, room), Onlooker()
    with terminal.running(screen):
        screen.wait_for(lambda view: bool(getattr(view, "board", ())))
        assert lights(room)["reader"] is Light.GOOD
        room.unplug_reader()
        room.clock.advance(6)
        screen.wait_for_title("broken.reader")
        assert lights(room)["reader"] is Light.BAD
        assert lights(room)["server"] is Light.GOOD


def test_running_terminal_waits_for_the_test_of_the_door_too(room):
    with Terminal(room.config(), room.clock, room).running(Onlooker()):
        assert finding_of(room, "door test").light is Light.LOOK
    put_to_the_test(room, passed=True)
    with Terminal(room.config(), room.clock, room).running(Onlooker()):
        assert finding_of(room, "door test").light is Light.GOOD


def test_journal_that_cannot_be_read_does_not_keep_the_rest_from_being_told(room, monkeypatch):
    with Terminal(room.config(), room.clock, room).running(Onlooker()):
        monkeypatch.setattr(selftest, "JOURNAL", "elsewhere.db")
        found = finding_of(room, "door test")
        assert (found.light, "cannot be read" in found.said) == (Light.LOOK, True)
        assert finding_of(room, "disk").light is Light.GOOD


def test_running_terminal_tells_what_its_door_calls_for(room):
    terminal = Terminal(room.config(), room.clock, room)
    with terminal.running(Onlooker()):
        room.door.raise_fire()
        room.door.open_box()
        wait_until(lambda: "tamper" in finding_of(room, "door").said and "green box" in finding_of(room, "door").said)
        assert finding_of(room, "door").light is Light.LOOK


def running(status: dict[str, object], monkeypatch) -> None:
    """A terminal that answers this."""
    monkeypatch.setattr(selftest, "ask", lambda _path, name, _: status if name == "status" else {"value": []})


def test_part_that_was_configured_since_the_start_is_not_called_well(room, monkeypatch):
    with Terminal(room.config(), room.clock, room).running(Onlooker()):
        status = control.ask(room.config().terminal.runtime_dir / "control.sock", "status", {})
    running(status | {"door": None, "parts": status["parts"] | {"door": "off"}}, monkeypatch)
    found = finding_of(room, "door")
    assert (found.light, "restart" in found.do) == (Light.LOOK, True)


@pytest.mark.parametrize(
    ("since", "fault", "light"),
    [(None, "", Light.LOOK), (None, "no route", Light.BAD), ("2026-03-02T12:00:00+00:00", "", Light.BAD)],
)
def test_server_that_a_new_terminal_has_just_asked_is_not_out_of_order(room, monkeypatch, since, fault, light):
    with Terminal(room.config(), room.clock, room).running(Onlooker()):
        status = control.ask(room.config().terminal.runtime_dir / "control.sock", "status", {})
    running(status | {"online": False, "offline_since": since, "server_fault": fault}, monkeypatch)
    assert finding_of(room, "server").light is light


# ── the machine ───────────────────────────────────────────────────────────────────────────────────────────────────


def machine(tmp_path: Path, text: str = "", environ: dict[str, str] | None = None, **clock) -> dict[str, Finding]:
    whole = f'[terminal]\ndata_dir = "{tmp_path / "data"}"\nruntime_dir = "{tmp_path}"\n{text}'
    findings = examine(
        config.parse(whole, environ={}), AdjustableClock(**clock), environ=environ or {}, system=tmp_path
    )
    return {finding.part: finding for finding in findings}


@pytest.mark.parametrize(
    ("trust", "light"),
    [(ClockTrust.SYNCED, Light.GOOD), (ClockTrust.SINCE, Light.LOOK), (ClockTrust.NEVER, Light.BAD)],
)
def test_clock_is_as_good_as_its_source(tmp_path, trust, light):
    assert machine(tmp_path, trust=trust)["clock"].light is light


def test_screen_is_there_and_a_person_has_to_look_at_it(tmp_path):
    assert machine(tmp_path)["screen"].light is Light.BAD
    assert machine(tmp_path, environ={"DISPLAY": ":0"})["screen"].light is Light.LOOK
    panel = tmp_path / "sys/class/drm/card1-DSI-1"
    panel.mkdir(parents=True)
    (panel / "status").write_text("connected\n")
    assert "DSI-1" in machine(tmp_path)["screen"].said


def test_disk_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    assert machine(tmp_path)["disk"].light is Light.BAD


@pytest.mark.parametrize(("free", "light"), [(10**9, Light.GOOD), (10**8, Light.LOOK), (10**7, Light.BAD)])
def test_disk_that_fills_says_how_room_is_made(tmp_path, monkeypatch, free, light):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    found = machine(tmp_path)["disk"]
    # The machine's journal is in memory, and takes no room there.
    assert (found.light, bool(found.do), "journalctl" in found.do) == (light, light is not Light.GOOD, False)


def test_hat_on_the_header_is_named_until_its_lines_are(tmp_path):
    hat = tmp_path / "proc/device-tree/hat"
    hat.mkdir(parents=True)
    (hat / "product").write_bytes(b"DAC+\0")
    assert "DAC+" in machine(tmp_path)["hat"].said
    assert "hat" not in machine(tmp_path, "hat_pins = [18, 19]")


@pytest.mark.parametrize(
    ("pin", "active_high", "lock", "warned"),
    [
        (17, "true", "fail_secure", False),
        (17, "false", "fail_secure", True),
        (4, "true", "fail_secure", True),
        (4, "false", "fail_secure", False),
        (4, "true", "fail_safe", False),
    ],
)
def test_relay_that_could_open_at_power_on_wants_a_resistor(tmp_path, pin, active_high, lock, warned):
    text = f'[door]\nenabled = true\nrelay_pin = {pin}\nrelay_active_high = {active_high}\nlock = "{lock}"'
    assert ("relay line" in machine(tmp_path, text)) is warned


@pytest.mark.parametrize(
    ("pin", "active_high", "do"),
    [
        (17, "false", "10 kΩ) from GPIO 17 to 3.3 V"),
        (4, "true", "2.2 kΩ) from GPIO 4 to ground"),
        (3, "true", "another"),
    ],
)
def test_what_holds_a_relay_at_rest_is_as_strong_as_the_pull_of_its_line(tmp_path, pin, active_high, do):
    text = f"[door]\nenabled = true\nrelay_pin = {pin}\nrelay_active_high = {active_high}"
    assert do in machine(tmp_path, text)["relay line"].do


# ── in words ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_finding_is_a_line_and_what_to_do_another():
    assert in_words(Finding(part="disk", light=Light.GOOD, said="well")) == "ok     disk        well"
    lines = in_words(Finding(part="disk", light=Light.BAD, said="full", do="make room")).splitlines()
    assert lines[0] == "WRONG  disk        full"
    assert lines[1].strip() == "→ make room"


def test_command_prints_an_object_a_line_and_ends_well():
    result = CliRunner().invoke(check, ["--simulated", "--json"])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert {tuple(row) for row in rows} == {("part", "light", "said", "do")}
    assert {row["light"] for row in rows} <= {light.value for light in Light}


def test_command_ends_with_one_where_something_is_out_of_order(tmp_path):
    file = tmp_path / "kiosk.toml"
    file.write_text(f'[terminal]\ndata_dir = "{tmp_path}"\nruntime_dir = "{tmp_path}"\n', encoding="utf-8")
    result = CliRunner().invoke(check, ["--config", str(file)], env=os.environ | {"DISPLAY": ""})
    assert result.exit_code == 1
    assert "WRONG" in result.stdout
    # An update that is refused for it has no other words.
    assert result.stderr.startswith("Out of order: ")
    assert "screen (no panel is connected)" in result.stderr


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_door_that_did_not_pass_is_told_where_faults_are_told(monkeypatch, options):
    report = {"passed": False, "at": "2026-03-02T12:00:00+00:00", "by": None}
    monkeypatch.setattr("kiosk.proving.prove_door", lambda *_, **_more: report)
    result = CliRunner().invoke(check, ["--simulated", "--door", *options])
    assert result.exit_code == 1
    assert "The door did NOT pass" in result.stderr
    assert "The door" not in result.stdout
