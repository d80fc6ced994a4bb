"""Which lines a terminal drives, also by a configuration that cannot be used any more: for ``kiosk door rest``.

Where the kernel keeps the level of a line whose process is gone, a door that was unlocked would stay so. Nothing is
needed to end that but the names of the lines.
"""

import json
import logging
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from kiosk.config import Config, load, parse
from kiosk.devices.door_lines import Output
from kiosk.errors import ConfigError
from kiosk.wiring import make_wiring

log = logging.getLogger(__name__)

WANTED: Final = {"door": ("enabled", "pins", "relay", "lamp", "buzzer"), "bell": ("kind", "pin", "active", "url")}
"""How the keys begin that say something of the lines, by section."""
HEADING: Final = re.compile(r"\s*\[\s*([\w.]+)\s*\]\s*(#.*)?")


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
    text = "" if path is None else path.read_text(encoding="utf-8-sig", errors="replace")
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError):
        table = _line_by_line(text)
    return "".join(_section(table, name) for name in WANTED)


def _line_by_line(text: str) -> dict[str, dict[str, Any]]:
    """What the lines of a file say, each read by itself, that is no TOML as a whole.

    Raises:
        ValueError: a line that counts says nothing, or another than one before: a level is not to be guessed.
    """
    table: dict[str, dict[str, Any]] = {name: {} for name in WANTED}
    section = ""
    for line in text.splitlines():
        if line.lstrip().startswith("["):
            heading = HEADING.fullmatch(line)
            if heading is None:
                raise ValueError("nobody knows whose the keys behind a broken heading are")
            section = heading[1]
        elif line.lstrip().startswith(WANTED.get(section, ())):
            for key, value in tomllib.loads(line).items():
                if table[section].setdefault(key, value) != value:
                    raise ValueError(f"{key} stands there twice")
    return table


def _section(table: dict[str, Any], name: str) -> str:
    """The plain values of a section that say something of the lines."""
    section = table.get(name)
    if not isinstance(section, dict):
        return ""
    plain = {key: value for key, value in section.items() if key.startswith(WANTED[name])}
    # Booleans, whole numbers and texts are written alike in JSON and in TOML.
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in plain.items() if isinstance(value, bool | int | str)]
    return f"[{name}]\n{''.join(lines)}"
