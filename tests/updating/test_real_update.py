"""Signed bundles, real virtual environments, real processes: from a file on a stick to a version that stays or goes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.updating.bringing import Wanted, bring
from kiosk.updating.machine import STARTS, MachineError, Systemd
from kiosk.updating.releases import CURRENT, PREVIOUS
from kiosk.updating.signatures import SignatureError
from kiosk.updating.steps import Terminal, Update
from tests.updating.bundles import make_bundle
from tests.updating.rig import NEW, OLD, Rig
from tests.updating.signing import Signer

ON_DISPLAY = Path(__file__).parents[2] / "scripts/on-display"
UNIT = "system/etc/systemd/system/kiosk.service"


def bring_from(folder: Path, rig: Rig, version: str, signer: Signer, **behaviour) -> str:
    """Sign a bundle on a stick, and have it laid beside the others by the key that is trusted."""
    bundle = make_bundle(folder, version, **behaviour)
    signer.sign(bundle, f"coop-kiosk {version} of the tests")
    return bring(rig.releases, rig.update, Wanted(what=str(bundle), keys=[Signer().public]), rig.said.append)


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Rig:
    """A terminal with two versions in virtual environments of their own, made once."""
    folder = tmp_path_factory.mktemp("real")
    rig = Rig(folder / "kiosk").build()
    (rig.root / CURRENT).unlink()
    for version in (OLD, NEW):
        assert bring_from(folder / "stick", rig, version, Signer()) == version
    return rig


@pytest.fixture
def machine(installed, tmp_path, monkeypatch):
    """It runs, under a systemctl of ours."""
    root = installed.root
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "systemctl").write_text(
        f'#!/bin/sh\nexec {sys.executable} -I -S {Path(__file__).parent}/systemctl.py "$@"\n'
    )
    (tools / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setenv("KIOSK_RIG", str(root))
    (root / UNIT).parent.mkdir(parents=True, exist_ok=True)
    (root / UNIT).write_text(f"# of {OLD}\n")
    rig = Rig(root)
    rig.releases.point(CURRENT, OLD)
    rig.said += installed.said
    rig.clock.pace = 5.0
    (root / "kiosk.toml").write_text("[log]\n")
    rig.terminal = Terminal(data_dir=root / "data", runtime_dir=root / "run", config_file=root / "kiosk.toml")
    rig.machine = Systemd(root / "run/control.sock", rig.clock, system=root / "system")
    rig.update = Update(rig.releases, rig.machine, rig.clock, rig.said.append)
    subprocess.run(["systemctl", "restart", "kiosk.service"], check=True)
    yield rig
    subprocess.run(["systemctl", "stop", "kiosk.service"], check=True)


def test_what_was_brought_is_whole_and_nothing_of_the_way_is_left(machine):
    assert machine.releases.whole() == (OLD, NEW)
    assert "the signature is right: coop-kiosk 0.2.0 of the tests" in machine.said
    assert not (machine.releases.folder(NEW) / "wheels").exists()
    assert not list(machine.root.glob("incoming*"))


def test_a_signed_bundle_becomes_what_runs(machine):
    assert machine.switch()
    assert machine.machine.look().status["version"] == NEW
    assert (machine.releases.named(CURRENT), machine.releases.named(PREVIOUS)) == (NEW, OLD)
    assert (machine.root / UNIT).read_text() == f"# of {NEW}\n"
    assert machine.lost_rows() == set()
    assert machine.leftovers() == []
    assert "daemon-reload" in (machine.root / "systemctl.log").read_text()


def test_one_that_does_not_do_is_gone_back_from_with_its_units(machine):
    behaviour = machine.releases.folder(NEW) / "behaviour.json"
    well = behaviour.read_text()
    behaviour.write_text(json.dumps(json.loads(well) | {"dies": True}))
    try:
        assert not machine.switch()
    finally:
        behaviour.write_text(well)
    assert machine.machine.look().status["version"] == OLD
    assert (machine.root / UNIT).read_text() == f"# of {OLD}\n"
    assert machine.lost_rows() == set()


def test_the_deaths_of_a_version_do_not_count_against_the_one_that_is_gone_back_to(machine):
    assert f'"$state/{STARTS}"' in ON_DISPLAY.read_text()
    starts = machine.root / "run" / STARTS
    starts.write_text("\n\n\n\n")
    machine.machine.start_anew(machine.releases.folder(OLD))
    assert not starts.exists()
    # Nor is there anything to forgive where nothing was counted.
    machine.machine.start_anew(machine.releases.folder(OLD))
    assert machine.machine.look().status["version"] == OLD


def test_a_bundle_of_someone_else_changes_nothing(machine, tmp_path):
    with pytest.raises(SignatureError, match="0202020202020202, which is not trusted here"):
        bring_from(tmp_path, machine, "0.3.0", Signer(2))
    assert machine.releases.whole() == (OLD, NEW)
    assert not list(machine.root.glob("incoming*"))


def test_a_version_that_is_here_needs_no_bundle(machine):
    assert bring(machine.releases, machine.update, Wanted(what=NEW), machine.said.append) == NEW


def test_without_systemd_it_is_said_and_nothing_runs(machine, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(tmp_path))
        assert not machine.machine.look().runs
        with pytest.raises(MachineError, match="systemctl restart"):
            machine.machine.start_anew(tmp_path)
