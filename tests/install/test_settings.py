import os
from pathlib import Path

import pytest

from kiosk.config import SECRETS, load
from kiosk.errors import ConfigError
from kiosk.install.settings import NAMES, SettingsError, bring, with_card_key, write

KEY, TOKEN = "5e" * 32, "token-4711"
TOML = """[cards]
key_file = "the.key"  # from the desk
key_id = "2"
[reader]
enabled = true
[backend]
kind = "rest"
url = "https://coop.example/kiosk"
"""


@pytest.fixture
def usb(tmp_path):
    folder = tmp_path / "usb"
    folder.mkdir()
    (folder / "kiosk.toml").write_text(TOML)
    (folder / "the.key").write_text(f"{KEY}\n")
    (folder / "backend-token").write_text(f"{TOKEN}\n")
    return folder


@pytest.fixture
def etc(tmp_path):
    folder = tmp_path / "etc"
    folder.mkdir()
    return folder


def test_secrets_go_to_files_of_their_own_and_the_terminal_still_has_them(usb, etc):
    brought = bring(usb / "kiosk.toml")
    said = write(brought, etc)
    assert len(said) == 3
    text = (etc / "kiosk.toml").read_text()
    assert "# key_file: kept as the credential card-key" in text
    assert KEY not in text
    assert (etc / "kiosk.toml").stat().st_mode & 0o777 == 0o640
    for name, secret in (("card-key", KEY), ("backend-token", TOKEN)):
        file = etc / "credentials" / name
        assert file.read_text() == f"{secret}\n"
        assert file.stat().st_mode & 0o777 == 0o600
    # As systemd hands them over, and as root finds them.
    for environ in ({"CREDENTIALS_DIRECTORY": str(etc / "credentials")}, {}):
        config = load(etc / "kiosk.toml", environ=environ)
        assert (config.cards.key.reveal(), config.backend.token.reveal()) == (KEY, TOKEN)
        assert config.cards.key_id == "2"


def test_a_secret_that_windows_has_saved_is_read_or_named(usb, etc):
    token = usb / "backend-token"
    token.write_bytes(f"{TOKEN}\r\n".encode("utf-8-sig"))
    (usb / "the.key").write_bytes(KEY.encode("utf-8-sig"))
    write(bring(usb / "kiosk.toml"), etc)
    config = load(etc / "kiosk.toml", environ={})
    assert (config.cards.key.reveal(), config.backend.token.reveal()) == (KEY, TOKEN)
    token.write_bytes(TOKEN.encode("utf-16"))
    with pytest.raises(SettingsError, match=r"backend-token: is not UTF-8; save the file as UTF-8"):
        bring(usb / "kiosk.toml")


def test_a_fault_of_a_secret_names_its_file(usb):
    (usb / "backend-token").write_text("one\ntwo\n")
    with pytest.raises(ConfigError, match=rf"leads to {usb}/backend-token, which must be one line"):
        bring(usb / "kiosk.toml")


def test_written_again_nothing_changes(usb, etc):
    write(bring(usb / "kiosk.toml"), etc)
    assert write(bring(usb / "kiosk.toml"), etc) == []
    assert write(bring(etc / "kiosk.toml"), etc) == []


def test_the_file_before_is_kept(usb, etc):
    write(bring(usb / "kiosk.toml"), etc)
    before = (etc / "kiosk.toml").read_text()
    (usb / "kiosk.toml").write_text(f'{TOML}[coop]\nname = "Autre"\n')
    assert write(bring(usb / "kiosk.toml"), etc) == [
        f"{etc / 'kiosk.toml'}: written; the one before is kiosk.toml.before"
    ]
    assert (etc / "kiosk.toml.before").read_text() == before


def test_a_configuration_with_faults_changes_nothing(usb, etc):
    (usb / "kiosk.toml").write_text(f"{TOML}[scale]\nenabled = true\n")
    with pytest.raises(ConfigError, match="port has to say"):
        bring(usb / "kiosk.toml")
    assert list(etc.iterdir()) == []


def test_a_configuration_that_only_works_where_it_was_is_taken_back(usb, etc):
    write(bring(usb / "kiosk.toml"), etc)
    before = (etc / "kiosk.toml").read_text()
    (usb / "pictures").mkdir()
    (usb / "pictures" / "logo.png").write_bytes(b"")
    (usb / "kiosk.toml").write_text(f'{TOML}[coop]\nlogo = "pictures/logo.png"\n')
    with pytest.raises(ConfigError, match="where no file is"):
        write(bring(usb / "kiosk.toml"), etc)
    assert (etc / "kiosk.toml").read_text() == before


def test_a_first_configuration_that_only_works_where_it_was_does_not_stay(usb, etc):
    """One that cannot be used would keep the guide on the screen from being shown."""
    (usb / "pictures").mkdir()
    (usb / "pictures" / "logo.png").write_bytes(b"")
    (usb / "kiosk.toml").write_text(f'{TOML}[coop]\nlogo = "pictures/logo.png"\n')
    with pytest.raises(ConfigError, match="where no file is"):
        write(bring(usb / "kiosk.toml"), etc)
    assert not (etc / "kiosk.toml").exists()


def test_a_logo_beside_it_comes_along(usb, etc):
    (usb / "logo.png").write_bytes(b"a picture")
    (usb / "kiosk.toml").write_text(f'{TOML}[coop]\nlogo = "logo.png"\n')
    write(bring(usb / "kiosk.toml"), etc)
    assert load(etc / "kiosk.toml", environ={}).coop.logo.read_bytes() == b"a picture"


def test_a_secret_that_cannot_be_moved_is_told(usb):
    (usb / "kiosk.toml").write_text(f'[cards]\nkey = """\n{KEY}"""\n')
    with pytest.raises(SettingsError, match=r"\[cards\] key: write it on one line"):
        bring(usb / "kiosk.toml")


def test_without_a_card_key_one_is_made_once(usb, etc):
    (usb / "kiosk.toml").write_text('[coop]\nname = "Une coop"\n')
    brought, is_new = with_card_key(bring(usb / "kiosk.toml"), etc)
    assert is_new
    write(brought, etc)
    key = (etc / "credentials/card-key").read_text()
    assert len(bytes.fromhex(key)) == 32
    brought, is_new = with_card_key(bring(usb / "kiosk.toml"), etc)
    assert not is_new
    assert write(brought, etc) == []
    assert (etc / "credentials/card-key").read_text() == key


def test_another_card_key_is_never_written_over(usb, etc):
    write(bring(usb / "kiosk.toml"), etc)
    (usb / "the.key").write_text("ab" * 32)
    with pytest.raises(SettingsError, match="knows the cards of today"):
        with_card_key(bring(usb / "kiosk.toml"), etc)


def test_every_secret_of_the_configuration_has_a_file():
    assert {credential for _, _, _, credential in SECRETS} <= set(NAMES)


def test_a_reader_may_be_switched_on_before_there_is_a_card_key(usb, etc):
    (usb / "kiosk.toml").write_text("[reader]\nenabled = true\n")
    brought, is_new = with_card_key(bring(usb / "kiosk.toml"), etc)
    assert is_new
    assert "00" * 32 not in brought.secrets.values()
    write(brought, etc)
    assert load(etc / "kiosk.toml", environ={}).cards.key.reveal() == brought.secrets["card-key"]


def test_what_is_written_survives_a_power_cut_with_its_name(usb, etc, monkeypatch):
    """A key that was told of as made, and then not there, would leave every card linked by it unreadable."""
    synced, fsync = [], os.fsync

    def told(handle):
        synced.append(Path(f"/proc/self/fd/{handle}").readlink())
        fsync(handle)

    monkeypatch.setattr(os, "fsync", told)
    write(bring(usb / "kiosk.toml"), etc)
    for folder, name in ((etc, "kiosk.toml"), (etc / "credentials", "card-key")):
        assert synced.index(folder / f".{name}.new") < len(synced) - synced[::-1].index(folder) - 1


def test_what_a_power_cut_has_left_half_written_is_in_nobodys_way(usb, etc):
    left = etc / ".kiosk.toml.new"
    left.write_text("[termi")
    left.chmod(0o666)
    write(bring(usb / "kiosk.toml"), etc)
    assert (etc / "kiosk.toml").stat().st_mode & 0o777 == 0o640
    assert not left.exists()
