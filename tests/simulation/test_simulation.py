"""A hundred days from a hundred seeds, and every seed that has found something before."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.cli_simulate import command_of
from kiosk.simulation.wish import Outcome, Wish
from kiosk.simulation.witness import every_promise
from kiosk.simulation.world import simulate

SEEDS = Path(__file__).with_name("seeds.txt")
ROOT = Path(__file__).parent.parent.parent


def found_before() -> list[Wish]:
    lines = [line.split(maxsplit=4) for line in SEEDS.read_text(encoding="utf-8").splitlines() if line[:1].isdigit()]
    return [
        Wish(seed=int(seed), days=int(days), members=int(members), faults=faults)
        for seed, days, members, faults, _ in lines
    ]


def well(wish: Wish) -> Outcome:
    outcome = simulate(wish)
    assert outcome.broken is None, f"{outcome.broken}\n{command_of(wish)}"
    return outcome


@pytest.mark.parametrize("first", range(0, 100, 10))
def test_ten_days_of_ten_seeds_keep_every_promise(first):
    for seed in range(first, first + 10):
        well(Wish(seed=seed, members=60, visits=10))


@pytest.mark.parametrize("wish", found_before(), ids=lambda wish: f"seed-{wish.seed}")
def test_what_was_found_once_stays_mended(wish):
    well(wish)


def test_every_promise_is_looked_at():
    looks = set()
    for seed in (3, 54):
        looks |= simulate(Wish(seed=seed, members=60, visits=40, faults="power,fire,network")).looks.keys()
    named = {promise.__name__ for promise in every_promise()}

    assert named - looks <= {"EveryEventIsUnderstood", "EveryViewTimesOut", "FireAlwaysWins"}


PROGRAM = """
from kiosk.simulation.wish import Wish
from kiosk.simulation.world import simulate
import sys
print(simulate(Wish(seed=11, members=50, visits=12), journal=__import__("pathlib").Path(sys.argv[1])).digest)
"""


def test_the_same_seed_gives_the_same_journal_byte_for_byte(tmp_path):
    written = []
    for hash_seed in ("0", "4711"):
        journal = tmp_path / hash_seed
        # Another order of every set, another process, another time of day.
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        subprocess.run([sys.executable, "-c", PROGRAM, journal], cwd=ROOT, env=environment, check=True)
        written.append(journal.read_bytes())

    assert written[0] == written[1]
    assert written[0].count(b"\n") > 300


def test_another_seed_gives_another_journal():
    assert well(Wish(seed=1, members=50, visits=3)).digest != well(Wish(seed=2, members=50, visits=3)).digest


def test_time_is_nobodys_but_the_simulations(monkeypatch):
    def never(*_arguments):
        raise AssertionError("a part has looked at the machine's own clock, or slept")

    for name in ("monotonic", "sleep"):
        monkeypatch.setattr(f"time.{name}", never)
    monkeypatch.setattr("threading.Thread.start", never)

    well(Wish(seed=4, members=50, visits=8))
