"""What the command groups share: the options that many commands have, the configuration, listings."""

import json
import os
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


def first_line(file: Path) -> str:
    """The secret that a file holds, whatever mark an editor has put before it."""
    return file.read_text(encoding="utf-8-sig").split("\n", 1)[0]


def write_private(file: Path, text: str) -> None:
    """Write what its owner alone may read, whoever could read the file of that name before.

    Raises:
        OSError: it cannot be written.
    """
    # A name that leads elsewhere, such as /dev/stdout, is somebody else's.
    if file.is_file() and not file.is_symlink():
        file.unlink()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as target:
        target.write(text)


def show(rows: Iterable[dict[str, Any]], *, as_json: bool) -> None:
    """A listing: JSON objects a line, or words in columns."""
    for row in rows:
        if as_json:
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            click.echo("  ".join("-" if value is None else str(value) for value in row.values()))
