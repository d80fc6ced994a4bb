"""Which lines a terminal drives, also by a configuration that cannot be used any more: for ``kiosk door rest``.

Where the kernel keeps the level of a line whose process is gone, a door that was unlocked would stay so. Nothing is
needed to end that but the names of the lines.
"""

import json
import logging
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk.config import Config, load, parse
from kiosk.devices.door_lines import Output
from kiosk.errors import ConfigError
from kiosk.wiring import make_wiring

log = logging.getLogger(__name__)


def outputs_of(config: Config) -> Iterator[tuple[str, Output]]:
    """The lines that a terminal drives, the door's relay first."""
    wiring = make_wiring(config.door)
    if wiring is not None and config.door.pins == "lgpio":
        yield "relay", wiring.relay
        for name, output in (("lamp", wiring.lamp), ("buzzer", wiring.buzzer)):
            if output is not None:
                yield name, output
    if config.bell.kind == "gpio" and config.bell.pin is not None:
        yield "bell", Output(pin=config.bell.pin, active_high=config.bell.active_high)


def config_of_lines(path: Path | None) -> Config:
    """The configuration; of one that cannot be used, at least what it says of the lines.

    It may have been edited since the terminal started, and the terminal may have died of that.

    Raises:
        ConfigError: not even that can be used.
    """
    try:
        return load(path)
    except ConfigError as wrong:
        try:
            config = parse(_lines_only(path), source=str(path))
        except (ConfigError, OSError, ValueError):
            raise wrong from None
        if not any(outputs_of(config)):
            raise
        log.warning("of a configuration with faults only the lines of the door and the bell are taken")
        return config


def _lines_only(path: Path | None) -> str:
    table = {} if path is None else tomllib.loads(path.read_text(encoding="utf-8"))
    return _section(table, "door", "enabled", "pins", "relay", "lamp", "buzzer") + _section(
        table, "bell", "kind", "pin", "active", "url"
    )


def _section(table: dict[str, Any], name: str, *wanted: str) -> str:
    """The plain values of a section whose keys begin with one of ``wanted``."""
    section = table.get(name)
    if not isinstance(section, dict):
        return ""
    plain = {key: value for key, value in section.items() if key.startswith(wanted)}
    # Booleans, whole numbers and texts are written alike in JSON and in TOML.
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in plain.items() if isinstance(value, bool | int | str)]
    return f"[{name}]\n{''.join(lines)}"
