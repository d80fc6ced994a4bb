"""``kiosk outbox``, ``kiosk journal`` and ``kiosk sync``: what happened, what waits, and getting it away."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import click

from kiosk.cli_options import AS_JSON, CONFIG, load_config, show
from kiosk.config import Config

ROW_ID = click.argument("fact_id", metavar="[ID]", required=False)


@click.group()
def outbox() -> None:
    """What waits to be sent, and what was refused."""


@outbox.command("list")
@CONFIG
@AS_JSON
def outbox_list(config_file: Path | None, *, as_json: bool) -> None:
    """Each row with its state and, where it was refused, the reason."""
    from kiosk.looking import store_command
    from kiosk.store.thread import MOST_LISTED

    rows = store_command(load_config(config_file)[0], "outbox list", {})
    show(rows, as_json=as_json)
    if len(rows) >= MOST_LISTED:
        click.echo(f"these are the first {MOST_LISTED}; kiosk status counts them all", err=True)


@outbox.command("retry")
@ROW_ID
@CONFIG
def outbox_retry(fact_id: str | None, config_file: Path | None) -> None:
    """Try refused rows again: the one with that ID, or all of them."""
    from kiosk.looking import store_command

    count = store_command(load_config(config_file)[0], "outbox retry", {"id": fact_id})
    if fact_id is not None and not count:
        click.echo(f"no refused row has the id {fact_id}", err=True)
        sys.exit(1)
    click.echo(f"{count} row{'' if count == 1 else 's'} will be sent again.")


@click.group()
def journal() -> None:
    """What happened."""


def _rows(config: Config) -> Iterator[dict[str, Any]]:
    from kiosk.looking import store_command

    after = 0
    while rows := store_command(config, "journal list", {"after": after}):
        yield from rows
        after = rows[-1]["seq"]


@journal.command("list")
@CONFIG
@AS_JSON
def journal_list(config_file: Path | None, *, as_json: bool) -> None:
    """Each fact with its time and kind."""
    show(_rows(load_config(config_file)[0]), as_json=as_json)


@journal.command("export")
@click.option("-o", "file", type=click.File("w", encoding="utf-8"), default="-", help="Where to; standard output.")
@CONFIG
def journal_export(file: TextIO, config_file: Path | None) -> None:
    """All facts, a JSON object a line."""
    file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(load_config(config_file)[0]))


@journal.command("purge")
@CONFIG
@AS_JSON
def journal_purge(config_file: Path | None, *, as_json: bool) -> None:
    """Let go of what has been kept long enough, and prove it: nothing overdue is left."""
    from kiosk.looking import store_command

    config, _ = load_config(config_file)
    retention = config.retention
    days = {
        "passage_days": retention.passages_days,
        "presence_days": retention.presences_days,
        "unknown_card_days": retention.unknown_cards_days,
    }
    purged = store_command(config, "journal purge", days)
    if as_json:
        click.echo(json.dumps(purged))
    else:
        click.echo(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in purged.items()))
    if purged["overdue"]:
        click.echo("some rows that should have gone are still there; the log says why", err=True)
        sys.exit(1)


@click.command()
@click.option("--once", is_flag=True, help="Deliver what waits, fetch what is new, and say how it went.")
@CONFIG
def sync(config_file: Path | None, *, once: bool) -> None:
    """Deliver and fetch now; a running terminal is told to, else it is done here."""
    del once  # there is no other way to do it from a command: the terminal itself goes on for ever
    from kiosk.looking import sync_once

    said, well = sync_once(load_config(config_file)[0])
    click.echo(said, err=not well)
    if not well:
        sys.exit(1)
