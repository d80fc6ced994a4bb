"""A version is tried on a real process and kept, or gone back from; nothing that was promised is lost."""

import sqlite3
from contextlib import closing

import pytest

from kiosk.store.backup import BackupError
from kiosk.updating.machine import MachineError, Ran
from kiosk.updating.rehearsal import RehearsalFailed
from kiosk.updating.releases import CURRENT, PREVIOUS, ReleaseError
from kiosk.updating.steps import NotNow
from tests.updating.rig import NEW, OLD, Rig, lay_release


@pytest.fixture
def make(tmp_path):
    """Builds a rig whose terminal runs; ends it afterwards."""
    rigs = []

    def build(**new):
        rig = Rig(tmp_path / "kiosk").build(**new)
        rigs.append(rig)
        rig.machine.start()
        return rig

    yield build
    for rig in rigs:
        rig.machine.stop()


def versions(rig):
    return rig.releases.named(CURRENT), rig.releases.named(PREVIOUS)


def test_a_version_that_is_well_stays_and_the_one_before_is_kept(make):
    rig = make()
    lay_release(rig.root, "0.0.9")
    assert rig.switch()
    assert versions(rig) == (NEW, OLD)
    assert rig.machine.look().status["version"] == NEW
    assert rig.releases.whole() == (OLD, NEW)
    assert rig.leftovers() == []
    assert rig.lost_rows() == set()
    assert rig.said[-1] == "0.2.0 is well and stays; 0.1.0 is kept for going back"


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ({"dies": True}, "does not run"),
        ({"mute": True}, "does not answer on its control socket"),
        ({"answers_as": "0.3.0"}, "answers as version 0.3.0"),
        ({"status": {"silent": ["screen"]}}, "shows no life in screen"),
        ({"status": {"store_fault": "full"}}, "cannot write what happens (full)"),
        ({"status": {"lost": ["reader", "scale"]}}, "has lost what answered before: reader, scale"),
        ({"status": {"online": False}}, "does not reach the server, which answered before"),
        ({"loses_rows": True}, "has lost 1 facts of the journal"),
    ],
)
def test_a_version_that_is_not_well_is_gone_back_from(make, new, why):
    rig = make(**new)
    began = rig.clock.monotonic()
    assert not rig.switch()
    assert any(why in sentence and "going back to 0.1.0" in sentence for sentence in rig.said)
    assert versions(rig)[0] == OLD
    assert rig.machine.look().status["version"] == OLD
    assert rig.releases.trial() is None
    assert rig.clock.monotonic() - began <= 120 + 25


def test_rows_of_the_trial_stay_after_going_back(make):
    rig = make(status={"lost": ["door"]})
    assert not rig.switch()
    assert any(row.startswith(NEW) for row in rig.rows())
    assert rig.lost_rows() == set()
    assert rig.leftovers() == []


def test_a_copy_is_left_where_rows_are_missing(make):
    rig = make(loses_rows=True)
    assert not rig.switch()
    assert rig.leftovers() == [f"data/journal.db.before-{NEW}"]
    assert (rig.root / f"data/journal.db.before-{NEW}").stat().st_mode & 0o077 == 0


def test_one_that_breaks_the_journal_is_gone_back_from_and_the_copy_is_whole(make):
    rig = make(breaks_journal=True)
    before = rig.rows()
    assert not rig.switch()
    assert versions(rig)[0] == OLD
    assert rig.releases.trial() is None
    assert any("leaves a journal that cannot be read" in sentence for sentence in rig.said)
    with closing(sqlite3.connect(rig.root / f"data/journal.db.before-{NEW}")) as kept:
        assert {row[0] for row in kept.execute("SELECT id FROM journal")} >= before


def test_one_that_dies_again_and_again_is_gone_back_from_before_two_minutes(make):
    rig = make(dies_after=2)
    began = rig.clock.monotonic()
    assert not rig.switch()
    assert rig.clock.monotonic() - began < 60
    assert any("0.2.0 was started anew by itself" in sentence for sentence in rig.said)


def test_what_was_lost_before_is_not_held_against_the_new_version(make, tmp_path):
    rig = Rig(tmp_path / "poor")
    broken = {"status": {"lost": ["printer"], "online": False}}
    rig.build(**broken)
    (rig.root / "releases" / OLD / "complete").unlink()
    rig.releases.remove(OLD)
    lay_release(rig.root, OLD, **broken)
    rig.machine.start()
    try:
        assert rig.switch()
    finally:
        rig.machine.stop()


@pytest.mark.parametrize(
    ("version", "word", "answer", "why"),
    [
        (
            NEW,
            "config",
            Ran(1, 0, "[door] relay_pin is gone"),
            "does not accept the configuration: .*relay_pin is gone",
        ),
        (NEW, "journal", Ran(1, 0, "no such column"), "cannot use a copy of the journal: no such column"),
        (NEW, "journal", Ran(0, 0, ""), "cannot use a copy of the journal: of 1 facts 0 are there"),
        (OLD, "journal", Ran(1, 0, "no such column"), "leaves a journal that the version before it cannot read"),
        (NEW, "check", Ran(1, 9, "WRONG store"), "fails its self-test: WRONG store"),
    ],
)
def test_what_fails_the_rehearsal_never_runs(make, version, word, answer, why):
    rig = make()
    rig.machine.refuses[version, word] = answer
    config = rig.root / "kiosk.toml"
    config.touch()
    terminal = type(rig.terminal)(data_dir=rig.root / "data", runtime_dir=rig.root / "run", config_file=config)
    with pytest.raises(RehearsalFailed, match=why):
        rig.update.switch(NEW, terminal, now=True)
    assert versions(rig) == (OLD, OLD)
    assert rig.machine.starts == []
    assert rig.leftovers() == []


def test_a_damaged_journal_is_told_before_anything_is_changed(make):
    rig = make()
    rig.machine.stop()
    (rig.root / "data/journal.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(BackupError, match="cannot be copied"):
        rig.switch()
    assert versions(rig) == (OLD, OLD)
    assert rig.leftovers() == []


def test_a_first_update_without_a_journal_goes_well(make):
    rig = make()
    rig.machine.stop()
    (rig.root / "data/journal.db").unlink()
    rig.terminal = type(rig.terminal)(data_dir=rig.root / "empty", runtime_dir=rig.root / "run")
    (rig.root / "empty").mkdir()
    rig.machine.refuses[NEW, "check"] = Ran(1, 0, "")
    with pytest.raises(RehearsalFailed):
        rig.switch()
    assert not any("copy of the journal" in sentence for sentence in rig.said)


def test_while_the_coop_is_open_nothing_is_changed(make):
    rig = make()
    rig.releases.remove(OLD)
    lay_release(rig.root, OLD, status={"opening": {"known": True, "open": True}})
    rig.machine.start_anew(rig.root)
    with pytest.raises(NotNow, match="the coop is open: wait until it is closed, or say --now"):
        rig.switch(now=False)
    assert versions(rig) == (OLD, OLD)
    assert rig.leftovers() == []
    assert rig.switch(now=True)


def test_without_a_version_to_go_back_to_nothing_is_switched(make):
    rig = make()
    (rig.root / CURRENT).unlink()
    with pytest.raises(ReleaseError, match="leads to no version"):
        rig.switch()


def test_going_back_by_hand_is_an_update_like_any_other(make):
    rig = make()
    assert rig.switch()
    assert rig.switch(OLD)
    assert versions(rig) == (OLD, NEW)
    assert rig.machine.look().status["version"] == OLD


def test_a_machine_that_cannot_start_the_new_version_goes_back(make, monkeypatch):
    rig = make()
    start_anew = rig.machine.start_anew

    def refuse(release):
        if release.name == NEW:
            raise MachineError("systemctl restart: Unit kiosk.service is masked")
        start_anew(release)

    monkeypatch.setattr(rig.machine, "start_anew", refuse)
    assert not rig.switch()
    assert versions(rig)[0] == OLD
    assert any("is masked: going back" in sentence for sentence in rig.said)


def test_who_interrupts_the_trial_gets_the_old_version(make, monkeypatch):
    rig = make()
    look = rig.machine.look

    def interrupt():
        found = look()
        if (found.status or {}).get("version") == NEW:
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(rig.machine, "look", interrupt)
    assert not rig.switch()
    assert versions(rig)[0] == OLD
    assert any("was interrupted: going back" in sentence for sentence in rig.said)


def test_a_disk_that_fails_at_the_switch_leaves_the_old_version(make, monkeypatch):
    rig = make()
    point = rig.releases.point

    def fail(name, version):
        point(name, version)
        if (name, version) == (CURRENT, NEW):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(rig.releases, "point", fail)
    with pytest.raises(OSError, match="Input/output"):
        rig.switch()
    assert versions(rig) == (OLD, OLD)
    assert rig.machine.starts == []
    assert rig.leftovers() == []


def test_laying_that_fails_leaves_nothing(make):
    rig = make()

    def fail(folder):
        (folder / "half").touch()
        raise MachineError("no space left")

    with pytest.raises(MachineError):
        rig.update.lay("0.3.0", lambda folder: None, fail)
    assert rig.releases.whole() == (OLD, NEW)
    assert not rig.releases.folder("0.3.0").exists()


def test_what_runs_is_never_laid_over(make):
    rig = make()
    with pytest.raises(ReleaseError, match="is in use already"):
        rig.update.lay(OLD, lambda folder: None, lambda folder: None)
    assert rig.machine.look().status["version"] == OLD


def test_a_trial_whose_updater_died_between_the_switch_and_the_start_tries_the_new_version(make, monkeypatch):
    """Nobody has pulled the plug: the old version still runs, and must not be judged in the new one's place."""
    rig = make()

    def die(_release):
        raise SystemExit

    starts_anew = rig.machine.start_anew
    monkeypatch.setattr(rig.machine, "start_anew", die)
    with pytest.raises(SystemExit):
        rig.switch()
    monkeypatch.setattr(rig.machine, "start_anew", starts_anew)
    assert rig.machine.look().status["version"] == OLD
    assert rig.update.resume()
    assert versions(rig)[0] == NEW
    assert rig.machine.look().status["version"] == NEW
    assert rig.lost_rows() == set()


def test_there_is_nothing_to_resume(make):
    assert make().update.resume() is None
