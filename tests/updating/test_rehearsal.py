"""The rehearsal with the kiosk itself: its own commands, its own migrations, on a copy of a real journal."""

import os
import sys
from dataclasses import replace

import pytest

from kiosk.store.thread import Store
from kiosk.types import FactKind
from kiosk.updating.machine import MachineError, run_kiosk
from kiosk.updating.rehearsal import RehearsalFailed, Stage, rehearse
from tests.fakes import Facts, ManualClock

ADDS = "ALTER TABLE journal ADD COLUMN seen_by TEXT"
FORGETS = "DELETE FROM _sqlite_migrations WHERE name = 'm008_tombstones'"
"""The version before then takes the file for an older one, and fails."""


def release(folder, migration="", at_the_end=""):
    """The kiosk of this checkout as a version, with one migration more, or with something it does to the file."""
    program = folder / "venv/bin/kiosk"
    program.parent.mkdir(parents=True)
    lines = [
        f"#!{sys.executable}",
        "import sqlite3",
        "from kiosk.cli import main",
        "from kiosk.store.schema import JOURNAL_FILE",
    ]
    if migration:
        lines += ["@JOURNAL_FILE()", "def m999_more(db):", f"    db.execute({migration!r})"]
    lines += ["try:", "    main()", "finally:", "    pass"]
    if at_the_end:
        lines += ["    with sqlite3.connect('data/journal.db') as db:", f"        db.execute({at_the_end!r})"]
    program.write_text("\n".join([*lines, ""]))
    program.chmod(0o755)
    return folder


class RealKiosks:
    """The part of the machine that runs programs."""

    run = staticmethod(run_kiosk)


@pytest.fixture
def stage(tmp_path):
    clock = ManualClock()
    facts = Facts(clock)
    store = Store(tmp_path / "data", lambda _event: None, clock)
    store.start()
    for _ in range(700):
        store.record(facts.make(FactKind.PASSAGE))
    assert len(store.journal_list(0, 1000).result(10)) == 700
    store.request_stop()
    assert store.join()
    (tmp_path / "kiosk.toml").write_text('[terminal]\nname = "porte"\n')

    def make(migration="", at_the_end=""):
        return Stage(
            old=release(tmp_path / "old"),
            new=release(tmp_path / "new", migration, at_the_end),
            data_dir=tmp_path / "data",
            config_file=tmp_path / "kiosk.toml",
        )

    return make


def test_a_version_that_only_adds_passes_and_the_journal_itself_is_untouched(stage, tmp_path):
    said = []
    before = (tmp_path / "data/journal.db").read_bytes()
    rehearse(stage(ADDS), RealKiosks(), said.append)
    assert [sentence for sentence in said if "700 facts" in sentence] == [
        "the new version reads a copy of the journal, 700 facts",
        "the old version reads a copy of the journal, 700 facts",
    ]
    assert (tmp_path / "data/journal.db").read_bytes() == before
    assert not (tmp_path / "data/rehearsal").exists()


def test_a_version_from_which_there_is_no_way_back_does_not_pass(stage, tmp_path):
    (tmp_path / "kiosk.toml").unlink()
    forgetful = replace(stage(at_the_end=FORGETS), config_file=None)
    with pytest.raises(RehearsalFailed, match=r"the version before it cannot read: "):
        rehearse(forgetful, RealKiosks(), lambda _: None)
    assert not (tmp_path / "data/rehearsal").exists()


def test_a_migration_that_fails_does_not_pass(stage):
    with pytest.raises(RehearsalFailed, match=r"cannot use a copy of the journal"):
        rehearse(stage("ALTER TABLE nothing ADD COLUMN more TEXT"), RealKiosks(), lambda _: None)


def test_a_configuration_that_the_new_version_does_not_take_is_quoted(stage, tmp_path):
    (tmp_path / "kiosk.toml").write_text("[dor]\n")
    with pytest.raises(RehearsalFailed, match=r"does not accept the configuration: .*there is no section \[dor\]"):
        rehearse(stage(), RealKiosks(), lambda _: None)


def script(folder, text):
    program = folder / "venv/bin/kiosk"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    return folder


def test_what_a_program_writes_is_counted_and_its_fault_is_told(tmp_path):
    ran = run_kiosk(script(tmp_path, "echo a; echo b; echo odd >&2; exit 3"), ["x"], beside=None, seconds=10)
    assert (ran.status, ran.lines, ran.said) == (3, 2, "odd")


def test_a_program_that_does_not_end_is_ended(tmp_path):
    with pytest.raises(MachineError, match=r"kiosk check does not run .*timed out"):
        run_kiosk(script(tmp_path, "exec cat /dev/zero >&2"), ["check"], beside=None, seconds=0.2)


def test_a_program_that_is_not_there_is_told(tmp_path):
    with pytest.raises(MachineError, match=r"kiosk check does not run"):
        run_kiosk(tmp_path, ["check"], beside=None, seconds=1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_it_runs_as_whoever_owns_the_data(tmp_path):
    for folder in (tmp_path, *(parent for parent in tmp_path.parents if "pytest" in parent.name)):
        folder.chmod(0o755)
    owned = tmp_path / "data"
    owned.mkdir()
    os.chown(owned, 65534, 65534)
    ran = run_kiosk(script(tmp_path, "id -u >&2; id -G >&2"), ["x"], beside=owned, seconds=10)
    assert ran.said.split() == ["65534", "65534"]
