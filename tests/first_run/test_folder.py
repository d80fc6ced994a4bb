"""What the guide keeps on the disk."""

import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from kiosk.card_key import CardKey
from kiosk.config import load
from kiosk.errors import ConfigError
from kiosk.first_run import playing
from kiosk.first_run.finding import FILE, is_guide_wanted, maybe_configuration, maybe_lines
from kiosk.first_run.folder import GuideFolder, settings_of
from kiosk.install.settings import CARD_KEY, SettingsError, bring, bring_text, toml_of
from kiosk.rules.guide_states import Key, Progress, Step

KEY = CardKey(key=bytes(range(32)), key_id="coop")
SETTINGS = {
    ("terminal", "name"): "vrac",
    ("terminal", "languages"): ("fr", "en"),
    ("coop", "name"): "L’Éléfàn « bis »",
    ("door", "relay_pin"): 22,
    ("door", "enabled"): True,
    ("scale", "request"): "READ\r\n",
    ("cards", "key_id"): "coop",
}
PROGRESS = Progress(
    language="en",
    step=Step.DOOR,
    settings=SETTINGS,
    key=Key.SHEET,
    passed=frozenset({Step.LANGUAGE, Step.READER}),
    off=frozenset({Step.READER}),
)
NOWHERE = Path("/nonexistent/kiosk.toml")


@pytest.fixture
def folder(tmp_path):
    return GuideFolder(tmp_path / "kept")


def test_what_was_kept_is_what_is_gone_on_with(folder):
    assert folder.progress() == Progress()
    folder.keep(PROGRESS)
    assert GuideFolder(folder.path).progress() == PROGRESS


@pytest.mark.parametrize("torn", ["", "{", "[]", '{"version": 2}', '{"version": 1, "settings": 3}', "null"])
def test_a_torn_or_foreign_file_begins_the_guide_anew(folder, torn):
    folder.keep(PROGRESS)
    (folder.path / "guide.json").write_text(torn, encoding="utf-8")
    assert folder.progress() == Progress()


def test_a_power_cut_while_writing_leaves_the_one_before(folder, monkeypatch):
    folder.keep(PROGRESS)

    def cut(_handle):
        raise OSError("no power")

    monkeypatch.setattr(os, "fsync", cut)
    with pytest.raises(OSError, match="no power"):
        folder.keep(Progress())
    monkeypatch.undo()
    assert folder.progress() == PROGRESS
    folder.keep(Progress(step=Step.PIN))
    assert folder.progress().step is Step.PIN


def test_settings_are_read_as_they_were_written(folder):
    folder.put_key(KEY)
    config = folder.config(PROGRESS)
    assert (config.terminal.name, config.terminal.languages, config.coop.name) == (
        "vrac",
        ("fr", "en"),
        "L’Éléfàn « bis »",
    )
    assert (config.door.relay_pin, config.scale.request, config.cards.key_id) == (22, "READ\r\n", "coop")
    assert config.cards.key.reveal() == KEY.key.hex()
    assert settings_of(bring_text(toml_of(SETTINGS, "# of a test"), {})) == SETTINGS


def test_the_end_is_a_configuration_that_the_terminal_finds(folder):
    folder.put_key(KEY)
    assert is_guide_wanted(NOWHERE, folder.path)
    folder.keep(PROGRESS)
    folder.config(PROGRESS)
    assert maybe_configuration(NOWHERE, folder.path) is None, "it is not over yet"
    assert maybe_lines(NOWHERE, folder.path) == folder.path / "guide.toml"
    folder.finish(PROGRESS)
    file = maybe_configuration(NOWHERE, folder.path)
    assert not is_guide_wanted(NOWHERE, folder.path)
    # As systemd starts it: it hands over other credentials, all of them empty.
    assert load(file, {"CREDENTIALS_DIRECTORY": str(folder.path / "nothing")}).cards.key.reveal() == KEY.key.hex()
    assert KEY.key.hex() not in file.read_text(encoding="utf-8")
    modes = {
        path.relative_to(folder.path).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in folder.path.rglob("*")
    }
    assert modes == {"kiosk.toml": 0o640, "guide.json": 0o600, "credentials": 0o700, "credentials/card-key": 0o600}


def test_roots_configuration_goes_before_and_no_folder_means_no_guide(tmp_path):
    system = tmp_path / "etc.toml"
    system.touch()
    assert maybe_configuration(system, tmp_path) == system
    assert not is_guide_wanted(system, tmp_path)
    assert not is_guide_wanted(NOWHERE, tmp_path / "missing")


def test_what_cannot_be_used_is_not_put_in_its_place(folder):
    folder.put_key(KEY)
    clash = {("door", "enabled"): True, ("door", "relay_pin"): 22, ("door", "lamp_pin"): 22}
    with pytest.raises(ConfigError, match="lamp_pin is 22"):
        folder.finish(Progress(settings=clash))
    assert not (folder.path / FILE).exists()


def test_the_terminal_is_drawn_for_the_panel_that_the_guide_was_drawn_for(folder, monkeypatch):
    """Upright, what is drawn for the 7" display is a strip across a third of the glass."""
    monkeypatch.setattr(playing, "FOLDER", folder.path)
    monkeypatch.setattr(playing, "panel", lambda: "td2-portrait")
    monkeypatch.setattr(playing, "FirstRun", lambda kept, *_: SimpleNamespace(kept=kept, is_revived=True))
    monkeypatch.setattr(playing, "play", lambda make, _: guides.append(make(None, None)) or guides[0])
    guides: list[SimpleNamespace] = []
    assert playing.play_guide("")
    kept = guides[0].kept
    assert kept.config(Progress()).terminal.screen == "td2-portrait"
    brought = Progress(settings={("terminal", "screen"): "td2"})
    assert kept.config(brought).terminal.screen == "td2"


def test_installation_takes_it_over_with_its_secrets(folder):
    folder.put_key(KEY)
    folder.finish(PROGRESS)
    brought = bring(folder.path / FILE)
    assert brought.secrets[CARD_KEY] == KEY.key.hex()
    assert "\nkey_file" not in brought.text


def test_secrets_of_a_set_up_code_are_put_away_and_unknown_ones_refused(folder):
    toml = '[backend]\nkind = "rest"\nurl = "https://coop.example/kiosk"\n'
    assert not folder.take(bring_text(toml, {"backend-token": "s3cret"}))
    folder.put_key(KEY)
    progress = Progress(settings={("backend", "kind"): "rest", ("backend", "url"): "https://coop.example/kiosk"})
    assert folder.config(progress).backend.token.reveal() == "s3cret"
    with pytest.raises(SettingsError, match="no secret of a terminal is called root-password"):
        bring_text(toml, {"root-password": "x"})
