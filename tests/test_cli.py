"""The command line, a promise to scripts."""

import io
import json
import re
import struct
import subprocess
import sys
from pathlib import Path

import click
import pytest

from kiosk.cli import cli, main

PROMISED = ("run", "demo", "tour", "data", "config", "status", "decide", "outbox", "journal", "decode")


def kiosk(monkeypatch, capsys, *arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    """Run one command in this process: status, stdout, stderr."""
    monkeypatch.setattr(sys, "argv", ["kiosk", *arguments])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
    status = 0
    try:
        main()
    except SystemExit as left:
        status = int(left.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture
def folder_config(tmp_path, monkeypatch, capsys) -> Path:
    """A configuration over an invented coop of CSV files."""
    kiosk(monkeypatch, capsys, "data", "make", str(tmp_path / "members"), "--members", "60")
    file = tmp_path / "kiosk.toml"
    file.write_text(
        f'[terminal]\ndata_dir = "data"\nruntime_dir = "run"\n[cards]\nkey = "{"0" * 64}"\n'
        '[backend]\nkind = "folder"\nfolder = "members"\n',
        encoding="utf-8",
    )
    return file


def every_command(group=cli, path=()) -> list[tuple[str, ...]]:
    found = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        found.append((*path, name))
        if hasattr(command, "commands"):
            found += every_command(command, (*path, name))
    return found


@pytest.mark.parametrize("command", every_command(), ids=" ".join)
def test_every_command_has_help(monkeypatch, capsys, command):
    status, out, _ = kiosk(monkeypatch, capsys, *command, "--help")
    assert status == 0
    assert re.search(r"Usage: .*\n\n  \S", out)


def test_the_promised_names_are_there():
    assert set(PROMISED) <= {command[0] for command in every_command()}


def test_used_wrongly_is_status_two(monkeypatch, capsys):
    assert kiosk(monkeypatch, capsys, "no-such-thing")[0] == 2
    assert kiosk(monkeypatch, capsys, "decode", "scale", "no_such_scale")[0] == 2


def test_data_made_twice_is_the_same_coop(monkeypatch, capsys, tmp_path):
    for name in ("a", "b"):
        status, out, _ = kiosk(monkeypatch, capsys, "data", "make", str(tmp_path / name), "--members", "60")
        assert status == 0
        assert "60 people" in out
    assert (tmp_path / "a/members.csv").read_bytes() == (tmp_path / "b/members.csv").read_bytes()


def test_config_init_check_show(monkeypatch, capsys, tmp_path):
    file = str(tmp_path / "kiosk.toml")
    assert kiosk(monkeypatch, capsys, "config", "init", file)[0] == 0
    assert kiosk(monkeypatch, capsys, "config", "check", file)[:2] == (0, f"{file}: well.\n")
    Path(file).write_text("[dor]\nenabled = 3\n", encoding="utf-8")
    status, _, err = kiosk(monkeypatch, capsys, "config", "check", file)
    assert status == 1
    assert "line 1" in err
    assert "door" in err


def test_config_show_masks_secrets(monkeypatch, capsys, folder_config):
    status, out, _ = kiosk(monkeypatch, capsys, "config", "show", "--config", str(folder_config))
    assert status == 0
    assert "[policy]" in out
    assert "0" * 64 not in out


def test_who_may_not_is_told_who_may(monkeypatch, capsys):
    def closed(_system: Path) -> None:
        raise PermissionError(13, "Permission denied", "/etc/coop-kiosk/kiosk.toml")

    monkeypatch.setattr("kiosk.cli_options.maybe_configuration", closed)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    status, _, err = kiosk(monkeypatch, capsys, "status")
    assert status == 1
    assert "/etc/coop-kiosk/kiosk.toml" in err
    assert "sudo" in err


def test_decide_explains(monkeypatch, capsys, folder_config):
    arguments = ("decide", "233", "--config", str(folder_config), "--json")
    status, out, _ = kiosk(monkeypatch, capsys, *arguments)
    answer = json.loads(out)
    assert status == 0
    assert (answer["allowed"], answer["reason"], answer["rule"]) == (False, "frozen", "closed_account")


def test_decide_knows_cards_and_says_when_nobody_has_one(monkeypatch, capsys, folder_config):
    config = ("--config", str(folder_config))
    assert '"member": "312"' in kiosk(monkeypatch, capsys, "decide", "7:04A3C6CAE26180", *config, "--json")[1]
    status, _, err = kiosk(monkeypatch, capsys, "decide", "7:04FFFFFFFFFF80", *config)
    assert status == 1
    assert "nobody has" in err


def test_lists_are_read_without_a_running_terminal(monkeypatch, capsys, folder_config):
    config = ("--config", str(folder_config), "--json")
    assert kiosk(monkeypatch, capsys, "outbox", "list", *config)[:2] == (0, "")
    assert kiosk(monkeypatch, capsys, "journal", "list", *config)[:2] == (0, "")


@pytest.mark.parametrize(("count", "said"), [(999, ""), (1000, "these are the first 1000")])
def test_a_list_that_is_cut_short_says_so(monkeypatch, capsys, folder_config, count, said):
    monkeypatch.setattr("kiosk.looking.store_command", lambda *_: [{"id": number} for number in range(count)])
    status, out, err = kiosk(monkeypatch, capsys, "outbox", "list", "--config", str(folder_config))
    assert (status, len(out.splitlines())) == (0, count)
    assert err.startswith(said)
    assert bool(err) == bool(said)


def test_status_without_a_terminal_says_so(monkeypatch, capsys, folder_config):
    status, _, err = kiosk(monkeypatch, capsys, "status", "--config", str(folder_config))
    assert status == 1
    assert err


def test_decode_scale_gives_events(monkeypatch, capsys):
    frames = b"S S     176.00 g\r\nS D     175.80 g\r\nS +\r\n"
    status, out, _ = kiosk(monkeypatch, capsys, "decode", "scale", "mt_sics", stdin=frames)
    assert status == 0
    events = [json.loads(line) for line in out.splitlines()]
    assert events[0] == {"event": "weight", "grams": 176, "stable": True, "net": False}
    assert [event["event"] for event in events] == ["weight", "moving", "overload"]


def test_decode_keys_gives_codes(monkeypatch, capsys):
    keys = {"4": 5, "2": 3, "\n": 28}
    raw = b"".join(struct.pack("llHHi", 1, 0, 1, code, value) for code in keys.values() for value in (1, 0))
    status, out, _ = kiosk(monkeypatch, capsys, "decode", "keys", stdin=raw)
    assert status == 0
    assert json.loads(out) == {"event": "code", "text": "42"}


def test_the_module_is_the_command():
    done = subprocess.run([sys.executable, "-m", "kiosk", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("kiosk, version ")


def test_sync_once_fetches_from_the_backend(monkeypatch, capsys, folder_config):
    status, out, err = kiosk(monkeypatch, capsys, "sync", "--once", "--config", str(folder_config))
    assert (status, err) == (0, "")
    assert re.fullmatch(r"\d+ members fetched, 0 rows still waiting\n", out)
    assert not out.startswith("0 ")


def test_sync_once_says_when_nobody_answers(monkeypatch, capsys, folder_config):
    folder_config.write_text(folder_config.read_text().replace('"members"', '"nowhere"'))
    status, _, err = kiosk(monkeypatch, capsys, "sync", "--once", "--config", str(folder_config))
    assert status == 1
    assert "does not answer" in err


def test_a_purge_proves_that_nothing_overdue_is_left(monkeypatch, capsys, folder_config):
    status, out, _ = kiosk(monkeypatch, capsys, "journal", "purge", "--json", "--config", str(folder_config))
    assert status == 0
    assert json.loads(out)["overdue"] == 0


def test_retrying_a_row_that_is_not_there_says_so(monkeypatch, capsys, folder_config):
    status, _, err = kiosk(monkeypatch, capsys, "outbox", "retry", "no-such-id", "--config", str(folder_config))
    assert status == 1
    assert "no-such-id" in err
