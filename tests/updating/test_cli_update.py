"""``kiosk update`` as a person types it, and what is left of it to read."""

import io
import json
import os
import signal
import socket
import threading
from contextlib import nullcontext

import pytest

from kiosk.updating.bundle import name_here
from kiosk.updating.releases import CURRENT, PREVIOUS, Releases, Trial
from kiosk.updating.telling import MOST_BYTES, Diary
from tests.test_cli import kiosk
from tests.updating.bundles import make_bundle
from tests.updating.rig import NEW, OLD, Rig
from tests.updating.signing import Signer


@pytest.fixture
def rig(tmp_path, monkeypatch):
    hangup = signal.getsignal(signal.SIGHUP)
    plugged_in = []
    monkeypatch.setattr("kiosk.install.sticks.mounted", lambda: nullcontext(plugged_in))
    rig = Rig(tmp_path / "kiosk").build()
    source = tmp_path / "updates"
    source.mkdir()
    (tmp_path / "kiosk.toml").write_text(
        f'[terminal]\ndata_dir = "kiosk/data"\nruntime_dir = "kiosk/run"\n[update]\nsource = "{source}"\n'
    )
    rig.plugged_in = plugged_in
    yield rig
    signal.signal(signal.SIGHUP, hangup)


@pytest.fixture
def update(rig, tmp_path, monkeypatch, capsys):
    return lambda *words: kiosk(
        monkeypatch, capsys, "update", "--root", str(rig.root), "--config", str(tmp_path / "kiosk.toml"), *words
    )


def test_a_version_on_a_stick_is_offered_and_found(rig, update, tmp_path):
    rig.plugged_in.append(("/dev/sda1", tmp_path / "stick"))
    bundle = make_bundle(tmp_path / "stick", "0.3.0")
    assert "0.3.0         on /dev/sda1\n" in update()[1]
    # It is not signed: so far it came.
    status, _, err = update("0.3.0")
    assert status == 1
    assert "public_keys" in err
    assert f"proving who signed {bundle.name}" in (rig.root / "update.log").read_text()


def test_without_a_wish_it_tells_what_there_is(rig, update, tmp_path):
    rig.releases.point(CURRENT, NEW)
    rig.releases.point(PREVIOUS, OLD)
    bundle = make_bundle(tmp_path / "updates", "0.3.0")
    status, out, _ = update()
    assert status == 0
    assert [line.split(maxsplit=1) for line in out.splitlines()] == [
        [OLD, "ran before it"],
        [NEW, "runs"],
        ["0.3.0", f"in {bundle}"],
    ]


def test_scripts_are_told_the_versions_an_object_a_line(rig, update, tmp_path):
    rig.releases.point(CURRENT, NEW)
    rig.plugged_in.append(("/dev/sda1", tmp_path / "stick"))
    make_bundle(tmp_path / "stick", "0.4.0")
    bundle = make_bundle(tmp_path / "updates", "0.3.0")
    status, out, _ = update("--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [tuple(row.values()) for row in rows] == [
        (OLD, "", None, None),
        (NEW, "runs", None, None),
        ("0.3.0", None, None, str(bundle)),
        ("0.4.0", None, "/dev/sda1", None),
    ]
    assert update("0.3.0", "--json")[0] == 2


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["0.3.0"], f"{name_here('0.3.0')} is not there; looked in:"),
        (["0.0.1"], "0.0.1 is older than 0.1.0, which runs; if that is meant, say --older"),
        ([OLD], "0.1.0 runs already"),
        (["/nowhere/kiosk.tar"], "kiosk.tar: is not called like a bundle"),
        ([f"/nowhere/{name_here('0.3.0')}"], "there is no such file"),
    ],
)
def test_what_cannot_be_is_said_and_logged_and_changes_nothing(rig, update, words, why):
    status, _, err = update(*words)
    assert status == 1
    assert why in err
    assert why in (rig.root / "update.log").read_text()
    assert rig.releases.named(CURRENT) == OLD


def test_a_bundle_that_nobody_trusted_signed_is_refused(rig, update, tmp_path):
    bundle = make_bundle(tmp_path / "stick", "0.3.0")
    Signer().sign(bundle)
    status, _, err = update(str(bundle))
    assert status == 1
    assert "[update] public_keys" in err
    with (tmp_path / "kiosk.toml").open("a") as file:
        file.write(f'public_keys = ["{Signer(2).public}"]\n')
    status, _, err = update(str(bundle))
    assert status == 1
    assert "which is not trusted here" in err
    assert rig.releases.whole() == (OLD, NEW)


def test_two_at_once_are_one_too_many(rig, update):
    with rig.releases.locked():
        status, _, err = update("0.3.0")
    assert (status, err) == (1, "another update is under way\n")


def test_resuming_waits_for_an_update_that_is_under_way(rig):
    order = []
    waiting = threading.Event()

    def resume():
        waiting.set()
        with Releases(rig.root).locked(wait=True):
            order.append("resume")

    with rig.releases.locked():
        thread = threading.Thread(target=resume)
        thread.start()
        assert waiting.wait(10)
        order.append("update")
    thread.join(10)
    assert order == ["update", "resume"]


def test_a_trial_that_never_began_is_cleared_without_a_configuration(rig, update, tmp_path):
    kept = rig.root / f"data/journal.db.before-{NEW}"
    kept.write_bytes(b"people")
    rig.releases.write_trial(
        Trial(old=OLD, new=NEW, kept=kept, data_dir=rig.root / "data", runtime_dir=rig.root / "run")
    )
    (tmp_path / "kiosk.toml").write_text("[[[")
    status, out, _ = update("--resume")
    assert (status, out) == (0, "the update to 0.2.0 was cut short before it began; 0.1.0 goes on\n")
    assert rig.leftovers() == []


def test_a_trial_that_cannot_be_read_is_said(rig, update):
    (rig.root / "trial.json").write_text("{")
    status, _, err = update("--resume")
    assert status == 1
    assert "trial.json: cannot be read" in err


def test_what_is_said_reaches_the_journal_and_a_log_that_stays_small(tmp_path):
    log, path = io.StringIO(), tmp_path / "log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
        journal.bind(str(path))
        diary = Diary(tmp_path / "update.log", log, {}, path)
        diary("0.2.0 is well")
        assert journal.recv(1000).rstrip(b"\0").endswith(b"coop-kiosk-update: 0.2.0 is well")
        diary.close()
    assert log.getvalue() == "0.2.0 is well\n"
    assert (tmp_path / "update.log").read_text().endswith("Z 0.2.0 is well\n")
    (tmp_path / "update.log").write_text("x" * (MOST_BYTES + 1))
    Diary(tmp_path / "update.log", log, {"JOURNAL_STREAM": "8:1"}, path)("again")
    assert (tmp_path / "update.log").stat().st_size < 100
    assert (tmp_path / "update.log.1").stat().st_size == MOST_BYTES + 1


def test_what_the_log_says_is_on_the_disk_before_the_next_step(tmp_path, monkeypatch):
    log, synced, fsync = tmp_path / "update.log", [], os.fsync

    def seen(handle):
        fsync(handle)
        synced.append((os.fstat(handle).st_ino, log.read_text().splitlines()[-1].partition("Z ")[2]))

    monkeypatch.setattr(os, "fsync", seen)
    diary = Diary(log, io.StringIO(), {"JOURNAL_STREAM": "8:1"})
    diary("0.2.0 is well")
    diary("0.1.0 is kept")
    assert synced == [(log.stat().st_ino, "0.2.0 is well"), (log.stat().st_ino, "0.1.0 is kept")]


def test_nobody_who_listens_any_more_holds_an_update_up(tmp_path):
    class Gone(io.StringIO):
        def write(self, _text):
            raise BrokenPipeError

    diary = Diary(tmp_path / "no/such/folder/update.log", Gone(), {}, tmp_path / "no-journal")
    diary("0.2.0 is well")
    diary.close()
