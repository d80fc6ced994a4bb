"""Updates under a real systemd: refused, kept, gone back from, cut off.

The versions are signed by scripts/bundle and come on USB keys that are plugged in while the guest runs. What people did
before lies in the journal and waits to leave for the server; it has to be there after each of them.
"""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import shop
from bundles import make_bundle, other_version, script, version_of
from machine import Machine
from report import Report
from shop import MEMBERS
from terminal import PANEL, Terminal, wait

NEEDS = "install"
SCREEN = PANEL
GOOD, BAD, HUNG = "99.1", "99.2", "99.3"
DRAWS = "            screen.run()\n"
CHANGES = {
    GOOD: {},
    # It passes its self-test, and ends as soon as it should draw.
    BAD: {"kiosk/app.py": (DRAWS, "            raise SystemExit(3)\n")},
    # All of it runs and answers, and nothing is ever drawn.
    HUNG: {"kiosk/app.py": (DRAWS, "            import threading\n            threading.Event().wait()\n")},
}
CREW = (0, 1, 2)
WELL, UNSIGNED, FOREIGN, ALTERED = "well", "unsigned", "foreign", "altered"
"""What is on the USB keys."""
ALTERED_AT = 20_000_000
STICK = "/dev/sda1"
ROOT = "/opt/coop-kiosk"
RUN = "/run/coop-kiosk"
STARTS_UNSEEN = 5
"""The start in a row that scripts/on-display makes without a panel."""
TRIAL = f"{ROOT}/trial.json"
UPDATE_SECONDS = 2400.0
VERDICT_SECONDS = 120.0
SLACK_SECONDS = 15.0
"""A look at the terminal takes so long in this guest."""


def play(machine: Machine, report: Report) -> None:
    terminal = Terminal(machine)
    wait("the terminal", lambda: terminal.is_well("door"))
    before = version_of(make_bundle(machine.folder))
    with tempfile.TemporaryDirectory() as scratch:
        sticks = Path(scratch)
        public = make_sticks(machine.folder, sticks)
        machine.run(f"printf '\\n[update]\\npublic_keys = [\"{public}\"]\\n' >>/etc/coop-kiosk/kiosk.toml")
        have_work_waiting(terminal)
        refusals(terminal, report, sticks)
        with plugged_in(machine, sticks / WELL):
            verdicts(terminal, report, before)
    with report.check(
        "The power is cut during a trial: kiosk-update.path has it gone back from after the start; nothing is lost."
    ) as found:
        seconds = keeps_all(terminal, lambda: cut_in_a_trial(machine, BAD))
        assert current(machine) == terminal.status()["version"] == GOOD
        found.seen = f"{seconds:.0f} s with the start"
    with report.check(
        "By hand it goes back to the version before; whoever began it is killed in the trial, and kiosk-update.path "
        "brings it to its end."
    ) as found:
        keeps_all(terminal, lambda: killed_in_a_trial(machine, before))
        assert terminal.status()["version"] == before, machine.run(f"tail -n 20 {ROOT}/update.log").stdout
        found.seen = f"{GOOD} → {before}"
    with report.check("What waited over all of that is delivered, each fact once.") as found:
        waited = terminal.waiting()
        terminal.let_go()
        assert sorted(shop.delivered(machine)) == sorted(waited)
        found.seen = f"{len(waited)} facts"


def refusals(terminal: Terminal, report: Report, sticks: Path) -> None:
    """What is refused changes nothing."""
    machine, before = terminal.machine, terminal.status()["version"]

    def is_refused(stick: str, option: str, why: str) -> str:
        with plugged_in(machine, sticks / stick):
            said = update(machine, f"{GOOD} {option}", well=False)
        assert why in said, said
        assert terminal.status()["version"] == current(machine) == before
        assert machine.run(f"ls {ROOT}/releases").stdout.split() == [before]
        # Without where the key was mounted.
        return re.sub(r"^/\S+: ", "", said.strip().splitlines()[-1])

    for stick, what, why in (
        (UNSIGNED, "A version that nobody has signed is refused, and nothing changes.", "without the signature"),
        (FOREIGN, "One that someone else has signed is refused.", "not trusted here"),
        (ALTERED, "One in which a single bit was changed after it was signed is refused.", "changed after it was"),
    ):
        with report.check(what) as found:
            found.seen = is_refused(stick, "--now", why)
    with report.check("While the coop is open a good one is refused, unless one says --now.") as found:
        set_hours(terminal, is_open=True)
        found.seen = is_refused(WELL, "", "the coop is open")
        set_hours(terminal, is_open=False)


def verdicts(terminal: Terminal, report: Report, before: str) -> None:
    """What is on the key that is plugged in is tried, and judged."""
    machine = terminal.machine
    with report.check("A signed update is laid beside, switched to and kept; nothing is lost.") as found:
        # Nobody has to say --now: the coop is closed.
        seconds = keeps_all(terminal, lambda: update(machine, GOOD, well=True))
        assert terminal.status()["version"] == GOOD
        found.seen = f"{before} → {GOOD} in {seconds:.0f} s, watched for {trial_of(machine)[0]:.0f} s"
    with report.check(
        "One that ends as soon as it draws is gone back from by itself within two minutes; nothing is lost, and the "
        "version before has its panel."
    ) as found:
        keeps_all(terminal, lambda: update(machine, BAD, well=False))
        assert terminal.status()["version"] == GOOD
        has_its_panel(machine)
        tried, back = trial_of(machine)
        assert tried <= VERDICT_SECONDS + SLACK_SECONDS, tried
        found.seen = f"after {tried:.0f} s; {GOOD} is well again {back:.0f} s later"
    with report.check(
        "One that runs and answers, and whose screen never draws, is gone back from after two minutes; nothing is lost."
    ) as found:
        keeps_all(terminal, lambda: update(machine, HUNG, well=False))
        assert terminal.status()["version"] == GOOD
        tried, back = trial_of(machine)
        assert VERDICT_SECONDS <= tried <= VERDICT_SECONDS + SLACK_SECONDS, tried
        log = machine.run(f"tail -n 40 {ROOT}/update.log").stdout
        assert f"{HUNG} shows no life in screen" in log, log
        found.seen = f"after {tried:.0f} s; {GOOD} is well again {back:.0f} s later"


# ── what is there before ──────────────────────────────────────────────────────────────────────────────────────────


def make_sticks(folder: Path, top: Path) -> str:
    """What comes on USB keys, each in a folder below ``top``; the public key that the terminal shall trust."""
    made, (trusted, stranger) = make_bundle(folder), (top / "trusted", top / "stranger")
    for key in (trusted, stranger):
        script("bundle", "--new-key", key)
    for name in (WELL, UNSIGNED, FOREIGN, ALTERED):
        (top / name).mkdir()
    for version, changes in CHANGES.items():
        script("bundle", "--sign", trusted, other_version(made, top / WELL, version, changes))
    for file in (top / WELL).glob(f"*-{GOOD}-*"):
        shutil.copy(file, top / ALTERED)
    (good,) = (top / ALTERED).glob("*.tar")
    for name in (UNSIGNED, FOREIGN):
        shutil.copy(good, top / name)
    script("bundle", "--sign", stranger, top / FOREIGN / good.name)
    with good.open("r+b") as file:
        file.seek(ALTERED_AT)
        (byte,) = file.read(1)
        file.seek(ALTERED_AT)
        file.write(bytes([byte ^ 1]))
    return trusted.with_name("trusted.pub").read_text().splitlines()[-1]


@contextmanager
def plugged_in(machine: Machine, stick: Path) -> Iterator[None]:
    """A USB key is in the guest meanwhile."""
    machine.plug_key_in(stick)
    try:
        wait("the USB key", lambda: "vfat" in machine.run(f"lsblk -n -o FSTYPE {STICK}", check=False).stdout)
        yield
    finally:
        machine.pull_key_out()


def have_work_waiting(terminal: Terminal) -> None:
    """People have come, and what is to leave for the server cannot."""
    terminal.hold_back()
    terminal.plug_reader_in()
    terminal.check_in(*CREW)
    assert len(terminal.waiting()) >= len(CREW), terminal.waiting()


def set_hours(terminal: Terminal, *, is_open: bool) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        shop.write_hours(Path(scratch), is_open=is_open)
        terminal.machine.put(Path(scratch, "hours.csv"), MEMBERS)
    terminal.machine.run("kiosk sync")
    wait("the hours", lambda: terminal.status()["opening"]["open"] == is_open)


# ── updates ───────────────────────────────────────────────────────────────────────────────────────────────────────


def update(machine: Machine, what: str, *, well: bool) -> str:
    """What scripts/update says."""
    done = machine.run(f"{ROOT}/current/scripts/update {what}", seconds=UPDATE_SECONDS, check=False)
    assert (done.returncode == 0) == well, f"{done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def begin_trial(machine: Machine, what: str, version: str) -> None:
    """Start an update in a unit of its own, and wait until its version is on trial."""
    machine.run(f"systemd-run -q --collect --unit vm-update {ROOT}/current/scripts/update {what}")
    wait("the trial", lambda: current(machine) == version, UPDATE_SECONDS)


def cut_in_a_trial(machine: Machine, version: str) -> None:
    begin_trial(machine, f"{version} --now", version)
    machine.cut()
    machine.boot()
    wait("the way back", lambda: not is_there(machine, TRIAL), UPDATE_SECONDS)


def killed_in_a_trial(machine: Machine, version: str) -> None:
    begin_trial(machine, f"{version} --older", version)
    machine.run("systemctl kill --signal=KILL vm-update")
    wait("the verdict", lambda: not is_there(machine, TRIAL), UPDATE_SECONDS)


def trial_of(machine: Machine) -> tuple[float, float]:
    """Of the last update, from its log: seconds from the switch to the verdict, and from there to its end."""
    log = [line.split(" ", 1) for line in machine.run(f"tail -n 40 {ROOT}/update.log").stdout.splitlines()]
    switched = max(number for number, (_, said) in enumerate(log) if "then switching from" in said)
    times = [datetime.fromisoformat(at) for at, _ in log]
    words = (": going back to ", " is well and stays")
    verdict = next(n for n in range(switched, len(log)) if any(word in log[n][1] for word in words))
    return (times[verdict] - times[switched]).total_seconds(), (times[-1] - times[verdict]).total_seconds()


def keeps_all(terminal: Terminal, act: Callable[[], object]) -> float:
    """Do something that loses no fact, and none that waits; how many seconds until the terminal was well again."""
    before, waiting = ids_of(terminal), terminal.waiting()
    assert before, "there is nothing to lose"
    assert waiting, "nothing waits"
    seconds = terminal.timed(act)
    assert before <= ids_of(terminal), before - ids_of(terminal)
    assert waiting <= terminal.waiting(), waiting - terminal.waiting()
    return seconds


def has_its_panel(machine: Machine) -> None:
    """No deaths of another version are counted against the one that runs."""
    assert not is_there(machine, f"{RUN}/no-panel")
    starts = int(machine.run(f"wc -l <{RUN}/starts").stdout)
    assert starts < STARTS_UNSEEN, starts


def ids_of(terminal: Terminal) -> set[str]:
    return {str(row["fact"]["id"]) for row in terminal.facts()}


def current(machine: Machine) -> str:
    return machine.run(f"basename $(readlink {ROOT}/current)").stdout.strip()


def is_there(machine: Machine, path: str) -> bool:
    return machine.run(f"test -e {path}", check=False).returncode == 0
