"""Backup from the command line: proved on an empty machine."""

import errno
import io
import os
import tarfile
import tempfile
from contextlib import nullcontext

import pytest

from kiosk import keeping, sealing
from kiosk.store import backup
from kiosk.store.database import DirectoryLock
from tests.kept import KEY, check_in_at, machine, record_a_check_in, running
from tests.test_cli import kiosk

pytestmark = pytest.mark.usefixtures("passphrase")


def test_a_backup_restored_on_an_empty_machine_has_everything_precious(monkeypatch, capsys, tmp_path):
    config = machine(tmp_path / "old")
    fact = record_a_check_in(tmp_path / "old")
    file = str(tmp_path / "coop.backup")
    assert kiosk(monkeypatch, capsys, "backup", "create", file, "--config", str(config))[0] == 0
    assert b"312" not in (tmp_path / "coop.backup").read_bytes()
    bare = machine(tmp_path / "new", key=False)
    key_file = tmp_path / "new" / "card.key"
    status, out, err = kiosk(
        monkeypatch, capsys, "backup", "restore", file, "--config", str(bare), "--key-file", str(key_file)
    )
    assert (status, err) == (0, "")
    assert 'key_id = "7"' in out
    assert key_file.read_text().strip() == KEY
    rows = kiosk(monkeypatch, capsys, "journal", "list", "--json", "--config", str(bare))[1]
    assert fact in rows
    waiting = kiosk(monkeypatch, capsys, "outbox", "list", "--json", "--config", str(bare))[1]
    assert fact in waiting
    then = tmp_path / "new" / "data" / "kiosk.toml.restored"
    assert "key_id" in then.read_text()
    assert then.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("cards", ["", '[cards]\nkey_file = "card.key"\nkey_id = "7"\n'])
def test_a_restore_brings_the_key_that_a_terminal_with_readers_needs(monkeypatch, capsys, tmp_path, cards):
    config = machine(tmp_path / "old")
    fact = record_a_check_in(tmp_path / "old")
    file = str(tmp_path / "coop.backup")
    assert kiosk(monkeypatch, capsys, "backup", "create", file, "--config", str(config))[0] == 0
    bare = machine(tmp_path / "new", key=False)
    bare.write_text(f"{bare.read_text()}{cards}[reader]\nenabled = true\n")
    key_file = tmp_path / "new" / ("card.key" if cards else "credentials/card-key")
    key_file.parent.mkdir(exist_ok=True)
    list_facts = ("journal", "list", "--json", "--config", str(bare))
    assert "key_file" in kiosk(monkeypatch, capsys, *list_facts)[2]
    restore = ("backup", "restore", file, "--key-file", str(key_file), "--config", str(bare))
    assert kiosk(monkeypatch, capsys, *restore)[0] == 0
    status, out, _ = kiosk(monkeypatch, capsys, *list_facts)
    assert (status, fact in out) == (0, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_root_puts_back_is_the_terminals(monkeypatch, capsys, tmp_path):
    config = machine(tmp_path / "old")
    record_a_check_in(tmp_path / "old")
    file = str(tmp_path / "coop.backup")
    kiosk(monkeypatch, capsys, "backup", "create", file, "--config", str(config))
    bare = machine(tmp_path / "new", key=False)
    data = tmp_path / "new" / "data"
    data.mkdir()
    os.chown(data, 4711, 4712)
    key_file = tmp_path / "new" / "card.key"
    kiosk(monkeypatch, capsys, "backup", "restore", file, "--config", str(bare), "--key-file", str(key_file))
    for name in ("journal.db", "lock"):
        assert ((data / name).stat().st_uid, (data / name).stat().st_gid) == (4711, 4712)


def test_a_restore_overwrites_nothing(monkeypatch, capsys, tmp_path):
    config = machine(tmp_path / "old")
    record_a_check_in(tmp_path / "old")
    file = str(tmp_path / "coop.backup")
    kiosk(monkeypatch, capsys, "backup", "create", file, "--config", str(config))
    before = (tmp_path / "old" / "data" / "journal.db").read_bytes()
    status, _, err = kiosk(
        monkeypatch, capsys, "backup", "restore", file, "--config", str(config), "--key-file", str(tmp_path / "k")
    )
    assert status == 1
    assert "is there already" in err
    assert (tmp_path / "old" / "data" / "journal.db").read_bytes() == before


@pytest.mark.parametrize("damage", [lambda data: data[:100], lambda _: b"", lambda _: b"no backup" * 50])
def test_what_is_no_backup_changes_nothing(monkeypatch, capsys, tmp_path, damage):
    config = machine(tmp_path / "old")
    record_a_check_in(tmp_path / "old")
    file = tmp_path / "coop.backup"
    kiosk(monkeypatch, capsys, "backup", "create", str(file), "--config", str(config))
    file.write_bytes(damage(file.read_bytes()))
    bare = machine(tmp_path / "new", key=False)
    status, _, err = kiosk(
        monkeypatch, capsys, "backup", "restore", str(file), "--config", str(bare), "--key-file", str(tmp_path / "k")
    )
    assert status == 1
    assert err
    assert not (tmp_path / "new" / "data" / "journal.db").exists()
    assert not (tmp_path / "k").exists()


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"], ids=["plain", "as Windows saves it"])
def test_a_passphrase_in_a_file_is_the_one_that_is_typed(monkeypatch, capsys, tmp_path, before):
    config = machine(tmp_path / "old")
    record_a_check_in(tmp_path / "old")
    file, words = str(tmp_path / "coop.backup"), tmp_path / "words"
    words.write_bytes(before + b"quatre-cents coops\r\nnot this\r\n")
    created = ("backup", "create", file, "--config", str(config), "--passphrase-file", str(words))
    assert kiosk(monkeypatch, capsys, *created)[0] == 0
    bare, key_file = machine(tmp_path / "new", key=False), tmp_path / "new" / "card.key"
    restored = ("backup", "restore", file, "--config", str(bare), "--key-file", str(key_file))
    assert kiosk(monkeypatch, capsys, *restored)[0] == 0


def test_nothing_to_back_up_is_said(monkeypatch, capsys, tmp_path):
    config = machine(tmp_path / "old")
    status, _, err = kiosk(monkeypatch, capsys, "backup", "create", str(tmp_path / "b"), "--config", str(config))
    assert status == 1
    assert "nothing to back up" in err


def refuse(*_arguments):
    raise AssertionError("the journal of a running terminal is nobody else's to copy")


def test_a_running_terminal_copies_its_journal_itself(monkeypatch, capsys, tmp_path):
    config = machine(tmp_path / "old")
    folder = tmp_path / "backups"
    folder.mkdir()
    with running(config) as terminal:
        fact = check_in_at(terminal.store)
        # What a backup that was cut short left there is in nobody's way.
        (tmp_path / "old/run/journal.copy").write_bytes(b"half a copy")
        monkeypatch.setattr(keeping, "copy_journal", refuse)
        status, out, err = kiosk(monkeypatch, capsys, "backup", "nightly", str(folder), "--config", str(config))
        assert (status, err) == (0, "")
        # It goes on writing, and nothing of the copy is left.
        check_in_at(terminal.store)
        assert [path.name for path in (tmp_path / "old/run").iterdir() if "copy" in path.name] == []
    bare = machine(tmp_path / "new", key=False)
    restore = ("backup", "restore", out.removesuffix(": written.\n"), "--key-file", str(tmp_path / "new/card.key"))
    assert kiosk(monkeypatch, capsys, *restore, "--config", str(bare))[0] == 0
    assert fact in kiosk(monkeypatch, capsys, "journal", "list", "--json", "--config", str(bare))[1]


@pytest.mark.parametrize("is_running", [True, False])
def test_a_card_that_can_no_longer_be_written_is_backed_up_to_a_usb_key(monkeypatch, capsys, tmp_path, is_running):
    config = machine(tmp_path / "old")
    usb_key, memory = tmp_path / "usb", tmp_path / "old/run"
    for folder in (usb_key, memory):
        folder.mkdir()
    fact = record_a_check_in(tmp_path / "old")
    names = []

    def seal(*given):
        names.extend(path.name for path in usb_key.iterdir())
        sealing.seal(*given)

    with running(config) if is_running else nullcontext(), monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path / "cannot be written"))
        patch.setattr(keeping, "seal", seal)
        create = ("backup", "create", str(usb_key / "coop.backup"), "--config", str(config))
        assert kiosk(monkeypatch, capsys, *create)[::2] == (0, "")
    # What is not sealed yet never lies on the key, and does not stay in memory.
    assert names == ["coop.backup.new"]
    assert {path.name for path in memory.iterdir()} <= {"lock", "control.sock.lock"}
    bare = machine(tmp_path / "new", key=False)
    restore = ("backup", "restore", str(usb_key / "coop.backup"), "--key-file", str(tmp_path / "new/card.key"))
    assert kiosk(monkeypatch, capsys, *restore, "--config", str(bare))[0] == 0
    assert fact in kiosk(monkeypatch, capsys, "journal", "list", "--json", "--config", str(bare))[1]


def test_two_backups_at_once_are_one_too_many(monkeypatch, capsys, tmp_path):
    config = machine(tmp_path / "old")
    file = tmp_path / "coop.backup"
    with running(config) as terminal:
        check_in_at(terminal.store)
        other = DirectoryLock(tmp_path / "old/run")
        other.take()
        status, _, err = kiosk(monkeypatch, capsys, "backup", "create", str(file), "--config", str(config))
        assert status == 1
        assert "another process is using" in err
        other.release()
        assert kiosk(monkeypatch, capsys, "backup", "create", str(file), "--config", str(config))[0] == 0


def test_a_running_terminal_that_cannot_copy_says_so_and_goes_on(monkeypatch, capsys, tmp_path):
    config = machine(tmp_path / "old")
    with running(config) as terminal:
        check_in_at(terminal.store)
        (tmp_path / "old/run/journal.copy").mkdir()
        file = tmp_path / "coop.backup"
        status, _, err = kiosk(monkeypatch, capsys, "backup", "create", str(file), "--config", str(config))
        assert status == 1
        assert "cannot be copied" in err
        assert not file.exists()
        check_in_at(terminal.store)
        assert terminal.store.fault is None


def test_the_copy_is_for_its_owner_alone(tmp_path):
    config = machine(tmp_path / "old")
    copied = tmp_path / "journal.copy"
    with running(config) as terminal:
        check_in_at(terminal.store)
        before = os.umask(0)
        try:
            terminal.store.copy_to(copied).result(5)
        finally:
            os.umask(before)
    assert copied.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("leftover", ["journal.db-wal", "journal.db.salvaged"])
def test_nothing_of_the_journal_before_is_laid_over_what_is_restored(monkeypatch, capsys, tmp_path, leftover):
    config = machine(tmp_path / "old")
    record_a_check_in(tmp_path / "old")
    file = str(tmp_path / "coop.backup")
    kiosk(monkeypatch, capsys, "backup", "create", file, "--config", str(config))
    bare = machine(tmp_path / "new", key=False)
    left = tmp_path / "new/data" / leftover
    left.parent.mkdir()
    left.write_bytes(b"of the journal that was moved away")
    restore = ("backup", "restore", file, "--config", str(bare), "--key-file", str(tmp_path / "k"))
    status, _, err = kiosk(monkeypatch, capsys, *restore)
    assert status == 1
    assert f"{left}: is there already" in err
    assert not (tmp_path / "new/data/journal.db").exists()
    left.unlink()
    assert kiosk(monkeypatch, capsys, *restore)[0] == 0


def test_a_restore_that_finds_another_key_has_changed_nothing(monkeypatch, capsys, tmp_path):
    config = machine(tmp_path / "old")
    fact = record_a_check_in(tmp_path / "old")
    file = str(tmp_path / "coop.backup")
    kiosk(monkeypatch, capsys, "backup", "create", file, "--config", str(config))
    bare = machine(tmp_path / "new", key=False)
    key_file = tmp_path / "new/card.key"
    key_file.write_text("of the installation")
    restore = ("backup", "restore", file, "--config", str(bare), "--key-file", str(key_file))
    status, _, err = kiosk(monkeypatch, capsys, *restore)
    assert status == 1
    assert "another key is there already" in err
    key_file.unlink()
    assert kiosk(monkeypatch, capsys, *restore)[0] == 0
    assert fact in kiosk(monkeypatch, capsys, "journal", "list", "--json", "--config", str(bare))[1]


@pytest.mark.parametrize(("name", "previous"), [("card.key", "card.key.previous"), ("card-key", "previous-card-key")])
def test_a_backup_in_the_middle_of_a_change_of_keys_has_both(monkeypatch, capsys, tmp_path, name, previous):
    config = machine(tmp_path / "old")
    record_a_check_in(tmp_path / "old")
    assert kiosk(monkeypatch, capsys, "key", "rotate", "8", "--config", str(config))[0] == 0
    config.write_text(
        config.read_text().replace('key_id = "7"', 'key_id = "8"\nprevious_key_file = "card.key.previous"')
    )
    file = str(tmp_path / "coop.backup")
    assert kiosk(monkeypatch, capsys, "backup", "create", file, "--config", str(config))[0] == 0
    bare = machine(tmp_path / "new", key=False)
    key_file = tmp_path / "new" / name
    restore = ("backup", "restore", file, "--key-file", str(key_file), "--config", str(bare))
    status, out, _ = kiosk(monkeypatch, capsys, *restore)
    assert status == 0
    assert key_file.read_text() == (tmp_path / "old/card.key").read_text()
    assert (tmp_path / "new" / previous).read_text().strip() == KEY
    assert str(tmp_path / "new" / previous) in out


def test_a_disk_that_fills_up_in_a_restore_is_not_taken_for_a_bad_backup(monkeypatch, capsys, tmp_path):
    """Whoever reads that the only backup is none would throw it away."""
    config = machine(tmp_path / "old")
    record_a_check_in(tmp_path / "old")
    file = str(tmp_path / "coop.backup")
    kiosk(monkeypatch, capsys, "backup", "create", file, "--config", str(config))

    def fill_up(_source, _target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backup.shutil, "copyfileobj", fill_up)
    bare = machine(tmp_path / "new", key=False)
    restore = ("backup", "restore", file, "--key-file", str(tmp_path / "k"), "--config", str(bare))
    status, _, err = kiosk(monkeypatch, capsys, *restore)
    assert status == 1
    assert "No space left" in err
    assert "no backup" not in err


@pytest.mark.parametrize(
    "manifest", [None, b"", b"[]", b"{}", b'{"form": 1, "made_at": "today", "terminal": "", "key_id": ""}']
)
def test_an_archive_of_something_else_is_no_backup(manifest):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as made:
        if manifest is not None:
            member = tarfile.TarInfo(backup.MANIFEST)
            member.size = len(manifest)
            made.addfile(member, io.BytesIO(manifest))
    archive.seek(0)
    with pytest.raises(backup.BackupError, match="no backup of a kiosk"), backup.unpacked(archive):
        pass
