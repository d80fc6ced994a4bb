"""``kiosk door …``: what a person at the desk or at a keyboard can have the door do."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from kiosk.cli_options import AS_JSON, CONFIG, load_config
from kiosk.config import SYSTEM_FILE
from kiosk.first_run.finding import maybe_lines
from kiosk.types import DeskReason

BY = click.option("--by", metavar="MEMBER", help="Whose order it is, for the journal: a member's number.")


@click.group()
def door() -> None:
    """The door: how it is, and what a person can have it do. Leaving is never its business."""


@door.command("status")
@CONFIG
@AS_JSON
def door_status(config_file: Path | None, *, as_json: bool) -> None:
    """How the door of the running terminal is."""
    _tell(_ask(config_file, "door status", {}), as_json=as_json)


@door.command("open")
@click.option(
    "--for", "why", type=click.Choice([reason.value for reason in DeskReason]), default="other", show_default=True
)
@BY
@CONFIG
def door_open(why: str, by: str | None, config_file: Path | None) -> None:
    """Unlock for one long pulse; the journal has it, with the reason."""
    _order(config_file, word="open", why=why, by=by)


@door.command("hold")
@click.option("--minutes", type=click.IntRange(1, 240), default=30, show_default=True)
@BY
@CONFIG
def door_hold(minutes: int, by: str | None, config_file: Path | None) -> None:
    """Leave the door unlocked for a while."""
    _order(config_file, word="hold", minutes=minutes, by=by)


@door.command("lock-down")
@BY
@CONFIG
def door_lock_down(by: str | None, config_file: Path | None) -> None:
    """Let no card open the door any more, until "kiosk door normal". People leave as freely as ever."""
    _order(config_file, word="lock-down", by=by)


@door.command("normal")
@BY
@CONFIG
def door_normal(by: str | None, config_file: Path | None) -> None:
    """End a hold or a lock-down: cards decide again."""
    _order(config_file, word="normal", by=by)


@door.command("reset")
@BY
@CONFIG
def door_reset(by: str | None, config_file: Path | None) -> None:
    """Lock again after the fire alarm or the green box, once you have seen that all is well."""
    _order(config_file, word="reset", by=by)
    click.echo('It stays released as long as one of them still calls: see "kiosk door status".')


@door.command("rest")
@CONFIG
def door_rest(config_file: Path | None) -> None:
    """Put the lines of a terminal that has died at rest: for ExecStopPost= of its unit."""
    from kiosk.devices.pins import lgpio_pins
    from kiosk.devices.rest import put_at_rest
    from kiosk.errors import DeviceError
    from kiosk.resting import config_of_lines, outputs_of

    if config_file is None:
        config_file = maybe_lines(SYSTEM_FILE)
    outputs = list(outputs_of(config_of_lines(config_file)))
    if not outputs:
        click.echo("No line to put at rest: no door and no bell on one.")
        return
    try:
        rests = put_at_rest(outputs, lgpio_pins)
    except (DeviceError, ImportError) as fault:
        click.echo(str(fault), err=True)
        sys.exit(1)
    for rest in rests:
        said = f"at rest{f': {rest.fault}' if rest.fault else ''}"
        click.echo(f"{rest.name} (GPIO {rest.pin}): {'NOT ' if rest.fault else ''}{said}", err=bool(rest.fault))
    if any(rest.fault for rest in rests):
        sys.exit(1)


def _ask(config_file: Path | None, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    from kiosk.app_parts import control_path
    from kiosk.control import ask

    return ask(control_path(load_config(config_file)[0]), name, arguments)


def _order(config_file: Path | None, **order: Any) -> None:
    _ask(config_file, "door order", order)
    click.echo("The door has the order.")


def _tell(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for name, value in answer.items():
        click.echo(f"{name:18} {'-' if value in (None, []) else value}")
