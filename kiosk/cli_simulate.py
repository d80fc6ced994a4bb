"""``kiosk simulate``: the whole system on simulated time, from one seed."""

import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kiosk.simulation.shrink import Shrunk
    from kiosk.simulation.wish import Outcome, Wish


@click.command()
@click.option("--days", type=click.IntRange(1, 3660), default=1, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Everything follows from it.")
@click.option("--members", type=click.IntRange(10, 20_000), default=800, show_default=True)
@click.option("--faults", default="all", show_default=True, help="all, none, or names with commas between.")
@click.option("--visits", type=click.IntRange(1), help="A day; else as many as that many members make.")
@click.option("--terminals", type=click.IntRange(1, 2), help="Else the seed decides.")
@click.option("--keep", metavar="KEYS", help="Play only these entries of the story, as a shortened one names them.")
@click.option("--mutate", metavar="NAME", help="Break the terminal on purpose; « list » names the ways.")
@click.option("--journal", "journal_file", type=click.Path(path_type=Path, dir_okay=False), help="Write it down here.")
@click.option("--shrink/--no-shrink", default=True, show_default=True, help="Cut a story that ends badly short.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def simulate(
    *,
    days: int,
    seed: int,
    members: int,
    faults: str,
    visits: int | None,
    terminals: int | None,
    keep: str | None,
    mutate: str | None,
    journal_file: Path | None,
    shrink: bool,
    as_json: bool,
) -> None:
    """Play days of a coop on simulated time, with everything that goes wrong, and check every promise at every step.

    The same seed gives the same journal, byte for byte. Fails on the first broken promise, with the command that plays
    it again and the shortest story found that ends the same way.
    """
    from kiosk.simulation.mutations import MUTATIONS
    from kiosk.simulation.shrink import shrink as cut_short
    from kiosk.simulation.story import faults_of
    from kiosk.simulation.wish import Wish
    from kiosk.simulation.world import simulate as play

    if mutate == "list":
        for name, each in MUTATIONS.items():
            click.echo(f"{name:18} {each.promise:24} {each.breaks.__doc__}")
        return
    if mutate is not None and mutate not in MUTATIONS:
        raise click.BadParameter(f"there is no {mutate!r}; --mutate list names them all", param_hint="--mutate")
    try:
        faults_of(faults)
    except ValueError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--faults") from wrong
    wish = Wish(
        seed=seed,
        days=days,
        members=members,
        faults=faults,
        visits=visits,
        terminals=terminals,
        keep=None if keep is None else tuple(keep.split(",")),
    )
    if mutate is not None:
        wish = replace(wish, mend=MUTATIONS[mutate].breaks)
    is_told = sys.stderr.isatty() and not as_json
    outcome = play(wish, journal=journal_file, progress=_tell if is_told else _say_nothing)
    is_long = outcome.broken is not None and keep is None
    shrunk = cut_short(wish, outcome) if is_long and shrink else None
    if as_json:
        click.echo(json.dumps(_as_json(wish, outcome, shrunk, mutate), ensure_ascii=False))
    else:
        _report(wish, outcome, shrunk, mutate)
    sys.exit(0 if outcome.broken is None else 1)


def _say_nothing(_day: int) -> None:
    """Nobody looks."""


def _tell(day: int) -> None:
    click.echo(f"\rday {day}", err=True, nl=False)


def command_of(wish: "Wish", mutate: str | None = None, keep: Sequence[str] | None = None) -> str:
    """The command that plays a wish again."""
    words = ["kiosk", "simulate", "--days", str(wish.days), "--seed", str(wish.seed), "--members", str(wish.members)]
    words += ["--faults", wish.faults]
    words += [] if wish.visits is None else ["--visits", str(wish.visits)]
    words += [] if wish.terminals is None else ["--terminals", str(wish.terminals)]
    words += [] if mutate is None else ["--mutate", mutate]
    words += [] if keep is None else ["--keep", ",".join(keep)]
    return shlex.join(words)


def _as_json(wish: "Wish", outcome: "Outcome", shrunk: "Shrunk | None", mutate: str | None) -> dict[str, object]:
    broken = outcome.broken
    told: dict[str, object] = {
        "seed": wish.seed,
        "days": wish.days,
        "members": wish.members,
        "digest": outcome.digest,
        "steps": outcome.steps,
        "checked": dict(sorted(outcome.looks.items())),
        "happened": dict(sorted(outcome.counts.items())),
        "broken": None,
    }
    if broken is not None:
        told["broken"] = {
            "promise": broken.promise,
            "sentence": broken.sentence,
            "what": broken.what,
            "replay": command_of(wish, mutate),
        }
    if shrunk is not None:
        told["story"] = [str(entry) for entry in shrunk.story]
        told["replay_story"] = command_of(wish, mutate, [entry.key for entry in shrunk.story])
    return told


def _report(wish: "Wish", outcome: "Outcome", shrunk: "Shrunk | None", mutate: str | None) -> None:
    from kiosk.simulation.witness import every_promise

    happened = outcome.counts
    click.echo(
        f"{wish.days} days of {wish.members} members, seed {wish.seed}: {happened['passage']} came in, "
        f"{happened['refusal']} were refused, {happened['check_in']} presences, {happened['tare']} jars, "
        f"{happened['at_server']} facts at the server; {outcome.steps} steps."
    )
    for promise in every_promise():
        click.echo(f"{outcome.looks[promise.__name__]:9} × {promise.sentence}")
    click.echo(f"journal {outcome.digest}")
    broken = outcome.broken
    if broken is None:
        return
    click.echo(f"\nBroken at step {outcome.steps}: {broken.sentence}\n{broken.promise}: {broken.what}", err=True)
    click.echo(f"Play it again: {command_of(wish, mutate)}", err=True)
    if shrunk is not None:
        click.echo(f"The shortest story found in {shrunk.runs} runs:", err=True)
        for entry in shrunk.story:
            click.echo(f"  {entry}", err=True)
        click.echo(f"Play that: {command_of(wish, mutate, [entry.key for entry in shrunk.story])}", err=True)
