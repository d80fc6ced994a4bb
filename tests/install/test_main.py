"""The steps of scripts/install, on folders of their own."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.config import load
from kiosk.install.__main__ import main
from kiosk.install.setup_code import encode
from kiosk.install.sticks import candidates
from kiosk.install.system_files import KMSDRM, PI_ONLY

ROOT = Path(__file__).parents[2]
CONFIG_TXT = "dtparam=audio=on\n[all]\n"
CMDLINE = "console=serial0,115200 console=tty1 root=PARTUUID=1-02 rootwait\n"
WIRED = '[door]\nenabled = true\nrelay_pin = 17\n[scale]\nenabled = true\nport = "/dev/serial0"\n'


@pytest.fixture
def boot(tmp_path):
    folder = tmp_path / "firmware"
    folder.mkdir()
    (folder / "config.txt").write_text(CONFIG_TXT)
    (folder / "cmdline.txt").write_text(CMDLINE)
    (tmp_path / "model").write_text("Raspberry Pi 4 Model B Rev 1.4\0")
    (tmp_path / "kiosk.toml").write_text(WIRED)
    return folder


def boot_step(boot, *options, before=()):
    config, model = boot.parent / "kiosk.toml", boot.parent / "model"
    return main([*before, "boot", "--config", str(config), "--folder", str(boot), "--model", str(model), *options])


def test_lines_are_proposed_and_nothing_is_written(boot, capsys):
    assert boot_step(boot) == 0
    said = capsys.readouterr().out
    assert "gpio=17=op,dl" in said
    assert "no console on the serial port" in said
    assert (boot / "config.txt").read_text() == CONFIG_TXT
    assert (boot / "cmdline.txt").read_text() == CMDLINE


def test_lines_are_written_once_with_the_file_before_kept(boot, capsys):
    assert boot_step(boot, "--apply") == 0
    once = (boot / "config.txt").read_text()
    assert once.startswith(CONFIG_TXT)
    assert "\ngpio=17=op,dl\n" in once
    assert "serial0" not in (boot / "cmdline.txt").read_text()
    capsys.readouterr()
    assert boot_step(boot, "--apply") == 0
    assert capsys.readouterr().out == f"{boot / 'config.txt'}: as it should be.\n"
    (boot.parent / "kiosk.toml").write_text(WIRED.replace("17", "27"))
    assert boot_step(boot, "--apply") == 0
    # What the machine came with stays what it was.
    assert (boot / "config.txt.before-coop-kiosk").read_text() == CONFIG_TXT
    assert (boot / "cmdline.txt.before-coop-kiosk").read_text() == CMDLINE
    assert boot_step(boot, "--remove") == 0
    assert (boot / "config.txt").read_text() == CONFIG_TXT


def test_a_dry_run_writes_no_line(boot):
    assert boot_step(boot, "--apply", before=["--dry-run"]) == 0
    assert sorted(path.name for path in boot.iterdir()) == ["cmdline.txt", "config.txt"]
    assert (boot / "config.txt").read_text() == CONFIG_TXT


def test_another_board_is_left_alone(boot, capsys):
    (boot.parent / "model").write_text("Some other board")
    assert boot_step(boot, "--apply") == 0
    assert "is left alone" in capsys.readouterr().out
    assert (boot / "config.txt").read_text() == CONFIG_TXT


def settings(folder, *source, before=()):
    return main([*before, "settings", "--folder", str(folder), *source])


def test_defaults_make_a_configuration_and_a_key(tmp_path, capsys):
    assert settings(tmp_path, "--defaults") == 0
    config = load(tmp_path / "kiosk.toml", environ={})
    assert config.cards.key is not None
    assert config.terminal.name
    assert "emergency sheet" in capsys.readouterr().out
    assert settings(tmp_path, "--keep") == 0
    assert capsys.readouterr().out == ""


def test_a_dry_run_writes_no_configuration(tmp_path, capsys):
    assert settings(tmp_path, "--defaults", before=["--dry-run"]) == 0
    assert "would make the coop's card key" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_a_scanned_set_up_code_is_a_configuration(tmp_path, monkeypatch):
    code = encode('[backend]\nkind = "rest"\nurl = "https://coop.example/kiosk"\n', {"backend-token": "a token"})
    monkeypatch.setattr("getpass.getpass", lambda _: code)
    assert settings(tmp_path, "--qr") == 0
    assert load(tmp_path / "kiosk.toml", environ={}).backend.token.reveal() == "a token"


def test_a_set_up_code_cannot_write_elsewhere(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("getpass.getpass", lambda _: encode("", {"../../root/.profile": "x"}))
    assert settings(tmp_path / "etc", "--qr") == 1
    assert "no secret of a terminal is called ../../root/.profile" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ended", [EOFError, KeyboardInterrupt])
def test_whoever_ends_the_questions_reads_a_sentence_and_nothing_is_written(tmp_path, monkeypatch, capsys, ended):
    def end(_prompt):
        raise ended

    monkeypatch.setattr("builtins.input", end)
    assert settings(tmp_path / "etc", "--ask") == 130
    assert "call it again" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_faults_are_told_all_at_once(tmp_path, capsys):
    file = tmp_path / "kiosk.toml"
    file.write_text("[terminal]\nstation = 1\n[door]\nenabled = true\n")
    assert settings(tmp_path / "etc", "--config", str(file)) == 1
    said = capsys.readouterr().err
    assert f"{file}, line 2: [terminal] station" in said
    assert f"{file}, line 4: [door] enabled" in said


@pytest.mark.parametrize(("yes", "no"), [(True, False), ("1", "0")])
def test_only_what_can_be_pulled_out_is_looked_at_for_a_configuration(yes, no):
    def device(path, *children, pulled=no, plugged=no, holds=None, at=None):
        more = {"children": list(children)} if children else {}
        return {"path": path, "rm": pulled, "hotplug": plugged, "fstype": holds, "mountpoint": at, **more}

    listed = [
        device("/dev/mmcblk0", device("/dev/mmcblk0p2", holds="ext4", at="/")),
        device("/dev/sda", device("/dev/sda1", holds="vfat"), device("/dev/sda2"), pulled=yes),
        device("/dev/sdb", plugged=yes, holds="exfat", at="/media/key"),
        device("/dev/sdc", device("/dev/sdc2", holds="ext4", at="/"), plugged=yes),
    ]
    assert candidates(json.dumps({"blockdevices": listed})) == [("/dev/sda1", None), ("/dev/sdb", "/media/key")]


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize("script", ["install", "uninstall"])
def test_an_option_that_is_none_changes_nothing_and_says_which_there_are(script):
    done = subprocess.run([ROOT / "scripts" / script, "--purgee"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"sudo scripts/{script}" in done.stderr
    assert "--dry-run" in done.stderr


def test_the_systems_files_are_told_put_and_taken_away(tmp_path, capsys):
    root = tmp_path / "system"
    files = ["files", "--source", str(ROOT / "systemd"), "--root", str(root)]
    assert main(["--dry-run", *files, "--kmsdrm", "--raspberry"]) == 0
    told = capsys.readouterr().out
    assert not root.exists()
    assert main([*files, "--kmsdrm", "--raspberry"]) == 0
    assert capsys.readouterr().out == told
    assert (root / PI_ONLY).exists()
    assert main(files) == 0
    assert set(capsys.readouterr().out.splitlines()) == {
        f"{root / KMSDRM}: no longer wanted",
        f"{root / PI_ONLY}: no longer wanted",
    }
    assert main([*files, "--remove"]) == 0
    assert [path for path in root.rglob("*") if path.is_file()] == []
