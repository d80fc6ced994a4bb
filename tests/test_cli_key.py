"""The card key from the command line: to paper and back, and changed; sheets and codes are their owner's alone."""

import pytest

from kiosk.cli_options import write_private
from kiosk.config import load
from tests.kept import KEY, machine
from tests.test_cli import kiosk

pytestmark = pytest.mark.usefixtures("passphrase")


def test_the_key_goes_to_paper_and_back(monkeypatch, capsys, tmp_path):
    config = machine(tmp_path / "old")
    sheet = tmp_path / "sheet.svg"
    assert kiosk(monkeypatch, capsys, "key", "export", "-o", str(sheet), "--config", str(config))[0] == 0
    svg = sheet.read_text(encoding="utf-8")
    assert KEY.upper() not in svg.upper()
    typed = "".join(line for line in svg.split("<") if 'class="code"' in line)
    text = " ".join(part.partition(">")[2] for part in typed.split("text ") if part)
    target = tmp_path / "new.key"
    status, out, _ = kiosk(monkeypatch, capsys, "key", "import", "-o", str(target), stdin=text.encode())
    assert status == 0
    assert target.read_text().strip() == KEY
    assert 'key_id = "7"' in out


def test_rotating_keeps_the_old_key_beside_the_new_one(monkeypatch, capsys, tmp_path):
    config = machine(tmp_path / "old")
    status, out, _ = kiosk(monkeypatch, capsys, "key", "rotate", "8", "--config", str(config))
    assert status == 0
    assert 'key_id = "8"' in out
    assert (tmp_path / "old" / "card.key.previous").read_text() == KEY
    assert (tmp_path / "old" / "card.key").read_text().strip() != KEY
    status, _, err = kiosk(monkeypatch, capsys, "key", "rotate", "9", "--config", str(config))
    assert status == 1
    assert "still kept" in err


def test_rotating_a_credential_leaves_both_keys_where_systemd_takes_them(monkeypatch, capsys, tmp_path):
    config = machine(tmp_path / "etc", key=False)
    credentials = tmp_path / "etc/credentials"
    credentials.mkdir()
    (credentials / "card-key").write_text(f"{KEY}\n")
    code, out, _ = kiosk(monkeypatch, capsys, "key", "rotate", "8", "--config", str(config))
    assert code == 0
    assert 'key_id = "8"' in out
    assert "previous_key_file" not in out
    cards = load(config, environ={"CREDENTIALS_DIRECTORY": str(credentials)}).cards
    assert cards.previous_key.reveal() == KEY
    assert cards.key.reveal() != KEY


def test_a_set_up_code_is_written_for_its_owner_alone(monkeypatch, capsys, tmp_path):
    config = machine(tmp_path / "old")
    picture = tmp_path / "code.svg"
    picture.touch(0o644)
    assert kiosk(monkeypatch, capsys, "config", "qr", str(config), "-o", str(picture))[0] == 0
    assert picture.read_text().startswith("<svg")
    assert picture.stat().st_mode & 0o777 == 0o600


def test_an_emergency_sheet_is_written_for_its_owner_alone(monkeypatch, capsys, tmp_path):
    sheet = tmp_path / "sheet.svg"
    sheet.touch(0o644)
    config = machine(tmp_path / "old")
    assert kiosk(monkeypatch, capsys, "key", "export", "-o", str(sheet), "--config", str(config))[0] == 0
    assert "<svg" in sheet.read_text(encoding="utf-8")
    assert sheet.stat().st_mode & 0o777 == 0o600


def test_a_name_that_leads_elsewhere_is_written_through_and_not_taken_away(tmp_path):
    """As /dev/stdout: to root every file may be taken away."""
    somewhere, name = tmp_path / "out", tmp_path / "stdout"
    somewhere.touch()
    name.symlink_to(somewhere)
    write_private(name, "words")
    assert name.is_symlink()
    assert somewhere.read_text(encoding="utf-8") == "words"
