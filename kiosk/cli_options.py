"""What the command groups share: the options that many commands have, the configuration, listings."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from kiosk.config import SYSTEM_FILE, Config, load
from kiosk.first_run.finding import maybe_configuration

CONFIG = click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help=f"The configuration; {SYSTEM_FILE} where that is there.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


def load_config(config_file: Path | None, *, with_card_key: bool = True) -> tuple[Config, Path | None]:
    """The configuration in force, and the file it is from (None: the defaults alone).

    Args:
        config_file: as a person has named it.
        with_card_key: False for what works without the coop's card key, or brings it.

    Raises:
        ConfigError: it cannot be used.
    """
    if config_file is None:
        config_file = maybe_configuration(SYSTEM_FILE)
    return load(config_file, with_card_key=with_card_key), config_file


def show(rows: Iterable[dict[str, Any]], *, as_json: bool) -> None:
    """A listing: JSON objects a line, or words in columns."""
    for row in rows:
        if as_json:
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            click.echo("  ".join("-" if value is None else str(value) for value in row.values()))
