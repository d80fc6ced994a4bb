"""What the command groups share: the options that many commands have, and the configuration."""

from pathlib import Path

import click

from kiosk.config import SYSTEM_FILE, Config, load

CONFIG = click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help=f"The configuration; {SYSTEM_FILE} where that is there.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


def load_config(config_file: Path | None) -> tuple[Config, Path | None]:
    """The configuration in force, and the file it is from (None: the defaults alone).

    Raises:
        ConfigError: it cannot be used.
    """
    if config_file is None and SYSTEM_FILE.exists():
        config_file = SYSTEM_FILE
    return load(config_file), config_file
