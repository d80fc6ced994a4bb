"""The nightly backup from the command line: what stays, and what a full disk makes of it."""

import errno
from pathlib import Path

import pytest

from kiosk import keeping
from tests.kept import machine, record_a_check_in
from tests.test_cli import kiosk

pytestmark = pytest.mark.usefixtures("passphrase")


def four_nights(path: Path, year: int) -> Path:
    """A folder with the backups of four nights of one terminal."""
    folder = path / "backups"
    folder.mkdir()
    for day in range(1, 5):
        (folder / f"accueil-{year}-01-0{day}.kiosk-backup").touch()
    return folder


def test_of_the_nightly_backups_the_last_stay_and_no_other_terminal_is_touched(monkeypatch, capsys, tmp_path):
    config = machine(tmp_path / "old")
    record_a_check_in(tmp_path / "old")
    folder = four_nights(tmp_path, 2001)
    (folder / "vrac-2001-01-01.kiosk-backup").touch()
    code, out, _ = kiosk(monkeypatch, capsys, "backup", "nightly", str(folder), "--keep", "3", "--config", str(config))
    assert code == 0
    names = sorted(path.name for path in folder.iterdir())
    assert names[:2] == ["accueil-2001-01-03.kiosk-backup", "accueil-2001-01-04.kiosk-backup"]
    assert names[3:] == ["vrac-2001-01-01.kiosk-backup"]
    assert out == f"{folder / names[2]}: written.\n"
    bare = machine(tmp_path / "new", key=False)
    restore = ("backup", "restore", str(folder / names[2]), "--key-file", str(tmp_path / "new" / "card.key"))
    assert kiosk(monkeypatch, capsys, *restore, "--config", str(bare))[0] == 0


def test_a_nightly_backup_that_fails_takes_no_older_one_away(monkeypatch, capsys, tmp_path):
    config = machine(tmp_path / "old")
    folder = four_nights(tmp_path, 2001)
    code, _, err = kiosk(monkeypatch, capsys, "backup", "nightly", str(folder), "--keep", "1", "--config", str(config))
    assert (code, len(list(folder.iterdir()))) == (1, 4)
    assert "nothing to back up" in err


@pytest.mark.parametrize("keep", ["1", "3"])
def test_the_backup_of_tonight_stays_whatever_the_clock_once_said(monkeypatch, capsys, tmp_path, keep):
    config = machine(tmp_path / "old")
    record_a_check_in(tmp_path / "old")
    folder = four_nights(tmp_path, 2999)
    nightly = ("backup", "nightly", str(folder), "--keep", keep, "--config", str(config))
    status, out, _ = kiosk(monkeypatch, capsys, *nightly)
    assert status == 0
    assert (folder / out.removesuffix(": written.\n")).exists()
    assert len(list(folder.iterdir())) == int(keep)


def test_half_a_backup_does_not_fill_the_rest_of_a_full_disk(monkeypatch, capsys, tmp_path):
    config = machine(tmp_path / "old")
    record_a_check_in(tmp_path / "old")
    folder = tmp_path / "backups"
    folder.mkdir()

    def seal(_plain, sealed, _passphrase):
        sealed.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(keeping, "seal", seal)
    status, _, err = kiosk(monkeypatch, capsys, "backup", "nightly", str(folder), "--config", str(config))
    assert status == 1
    assert "No space left" in err
    assert list(folder.iterdir()) == []
