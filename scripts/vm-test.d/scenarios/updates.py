"""Updates under a real systemd: refused, kept, gone back from, cut off."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from bundles import make_bundle, other_version, version_of
from machine import TOP, Machine
from report import Report
from terminal import PANEL, PYTHON, Terminal, wait

NEEDS = "install"
SCREEN = PANEL
GOOD, BAD = "99.1", "99.2"
DIES = {"kiosk/app.py": ("            screen.run()\n", "            raise SystemExit(3)\n")}
"""A version that passes its self-test, and ends as soon as it should draw."""
STICK = "/root/stick"
SIGNING = "/root/signing"
TRIAL = "/opt/coop-kiosk/trial.json"
UPDATE_SECONDS = 2400.0


def play(machine: Machine, report: Report) -> None:
    terminal = Terminal(machine)
    wait("the terminal", lambda: terminal.is_well("door"))
    before = version_of(make_bundle(machine.folder))
    bring(machine)
    with report.check("A bundle that someone else has signed is refused, and nothing changes.") as found:
        sign(machine, GOOD, seed=2)
        said = update(machine, f"{STICK}/*-{GOOD}-*.tar", well=False)
        assert "not trusted here" in said, said
        assert terminal.status()["version"] == before
        found.seen = said.strip().splitlines()[-1]
    sign(machine, GOOD)
    sign(machine, BAD)
    with report.check("A signed update is laid beside, switched to and kept; no fact is lost.") as found:
        seconds = keeps_all(terminal, lambda: update(machine, f"{STICK}/*-{GOOD}-*.tar", well=True))
        assert terminal.status()["version"] == GOOD
        found.seen = f"{before} → {GOOD} in {seconds:.0f} s"
    with report.check("One that ends as soon as it draws is gone back from by itself; no fact is lost.") as found:
        seconds = keeps_all(terminal, lambda: update(machine, f"{STICK}/*-{BAD}-*.tar", well=False))
        assert terminal.status()["version"] == GOOD
        found.seen = f"back at {GOOD} after {seconds:.0f} s"
    with report.check(
        "The power is cut during a trial: kiosk-update.path has it gone back from after the start."
    ) as found:
        machine.run(f"systemd-run -q --collect --unit vm-update /opt/coop-kiosk/current/scripts/update {BAD} --now")
        wait("the trial", lambda: current(machine) == BAD, UPDATE_SECONDS)
        machine.cut()
        machine.boot()
        seconds = wait("the way back", lambda: not is_there(machine, TRIAL), UPDATE_SECONDS)
        assert current(machine) == GOOD
        wait("the terminal", lambda: terminal.is_well("door"))
        assert terminal.status()["version"] == GOOD
        found.seen = f"back at {GOOD} {seconds:.0f} s after the system"
    with report.check("By hand it goes back to the version before.") as found:
        update(machine, f"{before} --older", well=True)
        assert terminal.status()["version"] == before
        found.seen = f"{GOOD} → {before}"


def bring(machine: Machine) -> None:
    """Two more versions on a stick, and the key that the terminal trusts."""
    bundle = make_bundle(machine.folder)
    with tempfile.TemporaryDirectory() as scratch:
        other_version(bundle, Path(scratch), GOOD, {})
        other_version(bundle, Path(scratch), BAD, DIES)
        machine.put(Path(scratch), STICK)
    machine.put(TOP / "tests/updating/signing.py", SIGNING)
    key = in_python(machine, "print(Signer().public)").strip()
    machine.run(f"printf '\\n[update]\\npublic_keys = [\"{key}\"]\\n' >>/etc/coop-kiosk/kiosk.toml")


def sign(machine: Machine, version: str, seed: int = 1) -> None:
    in_python(
        machine, f"from pathlib import Path; Signer({seed}).sign(next(Path('{STICK}').glob('*-{version}-*.tar')))"
    )


def in_python(machine: Machine, words: str) -> str:
    """What the terminal's own Python says, which can sign."""
    return machine.run(f'cd {SIGNING} && {PYTHON} -c "from signing import Signer; {words}"').stdout


def update(machine: Machine, what: str, *, well: bool) -> str:
    """What scripts/update says."""
    command = f"/opt/coop-kiosk/current/scripts/update {what} --now"
    done = machine.run(command, seconds=UPDATE_SECONDS, check=False)
    assert (done.returncode == 0) == well, f"{done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def keeps_all(terminal: Terminal, act: Callable[[], object]) -> float:
    """Do something that loses no fact; how many seconds until the terminal was well again."""
    before = {fact["fact"]["id"] for fact in terminal.facts()}
    assert before, "there is nothing to lose"
    seconds = terminal.timed(act)
    lost = before - {fact["fact"]["id"] for fact in terminal.facts()}
    assert not lost, lost
    return seconds


def current(machine: Machine) -> str:
    return machine.run("basename $(readlink /opt/coop-kiosk/current)").stdout.strip()


def is_there(machine: Machine, path: str) -> bool:
    return machine.run(f"test -e {path}", check=False).returncode == 0
