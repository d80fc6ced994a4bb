"""``kiosk check``: the self-test, and the test of the door with a person at it."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk.cli_options import AS_JSON, CONFIG, load_config

if TYPE_CHECKING:
    from kiosk.commissioning import Act, Ask, Person
    from kiosk.demo.room import Room


@click.command()
@CONFIG
@click.option("--simulated", is_flag=True, help="On simulated hardware, in a folder that goes again.")
@click.option("--door", "the_door", is_flag=True, help="Put the door to the test, with a person at it.")
@click.option("--by", metavar="MEMBER", help="Who tests the door, for the journal: a member's number.")
@AS_JSON
def check(config_file: Path | None, by: str | None, *, simulated: bool, the_door: bool, as_json: bool) -> None:
    """Examine every part of the terminal: a line each, with what to do. 1: something is out of order."""
    with _room() if simulated else _nothing() as room:
        well = _check_door(config_file, room, by, as_json=as_json) if the_door else _check(config_file, room, as_json)
    if not well:
        sys.exit(1)


@contextmanager
def _room() -> Iterator["Room"]:
    from kiosk.demo.room import Room, Wish, demo_clock

    with tempfile.TemporaryDirectory(prefix="coop-kiosk-") as folder:
        room = Room(Wish(backend="folder", members=40), Path(folder), demo_clock())
        with room.running():
            yield room


@contextmanager
def _nothing() -> Iterator[None]:
    yield None


def _check(config_file: Path | None, room: "Room | None", as_json: bool) -> bool:
    from kiosk.clock import SystemClock, last_seen
    from kiosk.selftest import examine, in_words, is_well
    from kiosk.views import Light

    config = load_config(config_file)[0] if room is None else room.config()
    clock = SystemClock(last_seen(config.terminal.data_dir)) if room is None else room.clock
    findings = []
    for finding in examine(config, clock, room):
        findings.append(finding)
        click.echo(json.dumps(finding.as_row(), ensure_ascii=False) if as_json else in_words(finding))
    if is_well(findings):
        return True
    wrong = "; ".join(f"{finding.part} ({finding.said})" for finding in findings if finding.light is Light.BAD)
    click.echo(f"Out of order: {wrong}", err=True)
    return False


def _check_door(config_file: Path | None, room: "Room | None", by: str | None, *, as_json: bool) -> bool:
    from kiosk.clock import SystemClock
    from kiosk.proving import prove_door

    config = load_config(config_file)[0] if room is None else room.config()
    report = prove_door(
        config,
        SystemClock() if room is None else room.clock,
        _Terminal() if room is None else _doorman(room),
        tell=lambda step: click.echo(
            json.dumps(step.as_row(), ensure_ascii=False)
            if as_json
            else f"{step.outcome.value:8} {step.step}{f': {step.said}' if step.said else ''}"
        ),
        by=by,
        wiring=room,
    )
    passed = report["passed"] is True
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    if not (as_json and passed):
        click.echo(_sentence(report), err=not passed)
    return passed


def _doorman(room: "Room") -> "Person":
    from kiosk.demo.doorman import Doorman

    return Doorman(room.door, room.clock, lambda words: click.echo(f"  {words}", err=True))


def _sentence(report: dict[str, object]) -> str:
    verdict = "passed" if report["passed"] else "did NOT pass"
    return f"The door {verdict} on {report['at']}. It is in the journal: kiosk journal export."


class _Terminal:
    """A person at a keyboard beside the door. What is said to them goes to standard error."""

    def do(self, act: "Act") -> None:
        click.echo(f"→ {act}", err=True)

    def answer(self, ask: "Ask") -> bool | None:
        words = {"y": True, "n": False, "s": None}
        typed = click.prompt(
            f"{ask} [y]es, [n]o, [s]kip", type=click.Choice(tuple(words)), show_choices=False, err=True
        )
        return words[typed]

    def pass_time(self) -> None:
        """It passes by itself."""
