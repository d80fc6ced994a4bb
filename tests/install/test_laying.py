"""The program laid by the installation, beside what updates lay."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.install import laying
from kiosk.install.__main__ import main
from kiosk.updating.bringing import Wanted, bring
from kiosk.updating.releases import ASIDE, CURRENT, MADE_FROM, Trial
from tests.updating.bundles import contents, manifest, pack
from tests.updating.rig import NEW, OLD, Rig
from tests.updating.signing import Signer

INSTALL = Path(__file__).parents[2] / "scripts/install"
# The function of the script itself, for the folder that is its first argument.
FINGERPRINT = f'here=$1; eval "$(sed -n "/^fingerprint()/,/^}}/p" {INSTALL})"; fingerprint'


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path / "kiosk").build()
    rig.releases.remove(NEW)
    return rig


@pytest.fixture
def bundle(tmp_path):
    """A bundle of the new version, signed, and the folder that a technician unpacks it into."""
    files = contents(NEW) | {"LICENSE": b"AGPL\n", "scripts/update": b"#!/bin/sh\n"}
    del files["behaviour.json"]
    files = {"MANIFEST": manifest(files)} | files
    for name, data in files.items():
        path = tmp_path / "unpacked" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    packed = pack(tmp_path / "stick", NEW, files)
    Signer().sign(packed)
    return packed


def program(rig, *options, before=(), version=NEW):
    return main([*before, "program", version, "--root", str(rig.root), *options])


def install(rig, bundle, **more):
    parts = bundle.parents[1] / "unpacked"
    return program(rig, "--parts", str(parts), "--made-from", fingerprint(parts), **more)


def fingerprint(folder):
    done = subprocess.run(["bash", "-c", FINGERPRINT, "-", folder], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def files_of(folder):
    """What is there, but for what Python has compiled."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if "__pycache__" not in path.parts}


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_an_update_and_the_installation_leave_the_same(rig, bundle, tmp_path):
    other = Rig(tmp_path / "other").build()
    other.releases.remove(NEW)
    assert install(rig, bundle) == 0
    bring(other.releases, other.update, Wanted(what=str(bundle), keys=[Signer().public]), other.said.append)
    installed, updated = rig.releases.folder(NEW), other.releases.folder(NEW)
    assert files_of(installed) == files_of(updated)
    assert {"complete", "scripts/update", "systemd/kiosk.service", "venv/bin/kiosk"} <= files_of(installed)
    # By this scripts/install tells that it has nothing to do.
    assert fingerprint(tmp_path / "unpacked") == (updated / MADE_FROM).read_text().strip()
    assert (updated / MADE_FROM).read_text() == (installed / MADE_FROM).read_text()
    assert rig.releases.named(CURRENT) == NEW
    assert other.releases.named(CURRENT) == OLD


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_the_terminals_user_can_read_what_a_root_of_few_words_lays_down(rig, bundle):
    before = os.umask(0o077)
    try:
        assert install(rig, bundle) == 0
    finally:
        os.umask(before)
    folder = rig.releases.folder(NEW)
    paths = [rig.root, folder.parent, folder, *folder.rglob("*")]
    closed = {path.name for path in paths if path.stat().st_mode & 0o044 != 0o044}
    # Who reads these is root.
    assert closed <= {"complete", MADE_FROM}


def test_while_an_update_is_under_way_nothing_is_installed(rig, bundle, capsys):
    with rig.releases.locked():
        assert program(rig, "--parts", str(bundle.parent), "--made-from", "x") == 1
        assert program(rig) == 1
    assert capsys.readouterr().err == "another update is under way\n" * 2
    assert rig.releases.whole() == (OLD,)
    assert rig.releases.named(CURRENT) == OLD


def test_a_version_on_trial_is_not_taken_from_under_it(rig, capsys):
    kept = rig.root / "journal.before"
    rig.releases.write_trial(Trial(old=OLD, new=NEW, kept=kept, data_dir=rig.root, runtime_dir=rig.root))
    assert program(rig, version=OLD) == 1
    assert "an update is being tried; wait for its end" in capsys.readouterr().err


def test_an_older_version_does_not_take_the_place_of_a_newer_one(rig, bundle, capsys):
    assert program(rig, "--parts", str(bundle.parent), "--made-from", "x", version="0.0.9") == 1
    assert "0.1.0 runs, which is newer than 0.0.9" in capsys.readouterr().err
    assert rig.releases.named(CURRENT) == OLD


def test_a_version_that_is_there_already_only_has_to_count(rig, capsys):
    (rig.root / CURRENT).unlink()
    assert program(rig, before=["--dry-run"], version=OLD) == 0
    assert capsys.readouterr().out == f"would let {rig.root / CURRENT} lead to coop-kiosk {OLD}\n"
    assert rig.releases.named(CURRENT) is None
    assert program(rig, version=OLD) == 0
    assert rig.releases.named(CURRENT) == OLD


def test_what_is_not_whole_never_counts(rig, capsys):
    assert program(rig) == 1
    assert "is not whole" in capsys.readouterr().err


def test_what_cannot_be_installed_leaves_no_version_that_could_start(rig, bundle, capsys):
    next((bundle.parents[1] / "unpacked/wheels").iterdir()).write_bytes(b"damaged")
    assert install(rig, bundle) == 1
    assert "pip install" in capsys.readouterr().err
    assert rig.releases.whole() == (OLD,)
    assert rig.releases.named(CURRENT) == OLD


# ── the same version once more ────────────────────────────────────────────────────────────────────────────────────

FOUND = {"behaviour.json", "complete", "venv", "venv/bin", "venv/bin/kiosk"}
PLAIN = ("MANIFEST", "LICENSE", "run.lock", "scripts/install", "systemd/unit", "wheels/one")


class PowerCut(BaseException):
    """After it nothing more is done."""


@pytest.fixture
def lay_again(rig, tmp_path, monkeypatch):
    """Lays the version that runs once more, from plain parts; what makes their programs is the argument."""
    parts = tmp_path / "parts"
    for name in PLAIN:
        (parts / name).parent.mkdir(parents=True, exist_ok=True)
        (parts / name).write_text("new")

    def lay_again(make=lambda _folder: None):
        monkeypatch.setattr(laying, "lay", make)
        laying.lay_and_use(rig.releases, OLD, parts, "the checkout of today")

    return lay_again


@pytest.fixture
def cut_off(rig, lay_again, monkeypatch):
    """The power was cut while the version that runs was made anew."""

    def cut(_folder):
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(rig.releases, "settle", lambda: None)
        with pytest.raises(PowerCut):
            lay_again(cut)
    assert rig.releases.whole() == ()


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_version_that_cannot_be_made_anew_stays_as_it_was(rig, lay_again, fault):
    def fail(folder):
        # Not beside it: a venv knows its own path.
        assert folder == rig.releases.folder(OLD)
        (folder / "venv").mkdir()
        raise fault

    with pytest.raises(type(fault)):
        lay_again(fail)
    assert files_of(rig.root / CURRENT) == FOUND


def test_a_version_that_is_made_anew_leaves_nothing_of_what_it_was(rig, lay_again):
    lay_again()
    assert (rig.root / CURRENT / "scripts/install").read_text() == "new"
    assert not FOUND & files_of(rig.root / CURRENT) - {"complete"}
    assert list((rig.root / ASIDE).iterdir()) == []


@pytest.mark.usefixtures("cut_off")
def test_what_a_power_cut_left_aside_is_put_back_by_whatever_is_installed_next(rig):
    assert program(rig, version=OLD) == 0
    assert files_of(rig.root / CURRENT) == FOUND


@pytest.mark.usefixtures("cut_off")
def test_after_a_power_cut_it_can_be_made_anew_once_more(rig, lay_again):
    lay_again()
    assert (rig.root / CURRENT / "scripts/install").read_text() == "new"
    assert list((rig.root / ASIDE).iterdir()) == []


def test_half_of_what_is_taken_away_is_never_put_back(rig, lay_again, monkeypatch):
    def cut(_folder):
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", cut)
        with pytest.raises(PowerCut):
            lay_again()
    assert list((rig.root / ASIDE).iterdir()) != []
    rig.releases.remove(OLD)
    rig.releases.settle()
    assert rig.releases.whole() == ()
    assert list((rig.root / ASIDE).iterdir()) == []
