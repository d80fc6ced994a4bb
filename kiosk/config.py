"""The configuration: read from TOML over ``defaults.toml``, and judged whole before anything starts.

A fault says where it is (file and line), which key, what is wrong and what was probably meant. All faults come at once.
"""

import functools
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, get_type_hints

from kiosk.config_checks import check_whole
from kiosk.config_kinds import Secret, SecretText, WrongValue, is_optional, kind_of, meant
from kiosk.config_sections import Config
from kiosk.errors import ConfigError

__all__ = ["SECRETS", "SYSTEM_FILE", "Config", "Secret", "check", "key_lines", "load", "parse", "write_initial"]

SYSTEM_FILE: Final = Path("/etc/coop-kiosk/kiosk.toml")
CREDENTIALS: Final = "credentials"
"""The folder beside the configuration that systemd takes the terminal's secrets from; only root looks into it."""
LARGEST_BYTES: Final = 65_536
LARGEST_SECRET_BYTES: Final = 4096

SECRETS: Final = (
    ("cards", "key", "key_file", "card-key"),
    ("cards", "previous_key", "previous_key_file", "previous-card-key"),
    ("backend", "token", "token_file", "backend-token"),
    ("gestion_compte", "password", "password_file", "gestion-compte-password"),
    ("gestion_compte", "number_key", "number_key_file", "gestion-compte-number-key"),
    ("afar", "webhook", "webhook_file", "alarm-webhook"),
)
"""Section, key, the key that names a file instead, and the systemd credential taken when neither is written."""


def load(path: Path | None, environ: Mapping[str, str] = os.environ, *, with_card_key: bool = True) -> Config:
    """The configuration of ``path``; without one, that of the defaults alone.

    Args:
        path: a TOML file in UTF-8.
        environ: looked at for ``CREDENTIALS_DIRECTORY``.
        with_card_key: False for what works without the coop's card key, or brings it.

    Raises:
        ConfigError: the file cannot be read or used; carries every fault found.
    """
    if path is None:
        return parse("", source="defaults", environ=environ, with_card_key=with_card_key)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ConfigError([f"{path}: cannot be read ({_why(error)})"]) from None
    if len(content) > LARGEST_BYTES:
        raise ConfigError([f"{path}: is larger than a configuration can be ({LARGEST_BYTES} bytes)"])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = f"0x{content[error.start]:02x}"
        raise ConfigError([f"{path}, line {line}: is not UTF-8 (byte {byte}); save the file as UTF-8"]) from None
    if not text.strip():
        # What is left of a file that was being saved when the power went: the defaults would know of no door.
        raise ConfigError([f"{path}: is empty; put the one before back, or begin anew: kiosk config init"])
    folder = path.absolute().parent
    return parse(text, source=str(path), folder=folder, environ=environ, with_card_key=with_card_key)


def check(path: Path) -> list[str]:
    """Every fault of the file, a sentence each; none if it can be used."""
    try:
        load(path)
    except ConfigError as error:
        return error.faults
    return []


def write_initial(path: Path) -> None:
    """Write the commented defaults to a file that is not there yet, readable by its owner and the group of its folder.

    Raises:
        ConfigError: it is there already, or cannot be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            if os.geteuid() == 0:
                # Root's in /etc is read by the terminal, whose group has that folder.
                os.fchown(handle, -1, path.absolute().parent.stat().st_gid)
            file.write(_defaults_text())
    except FileExistsError:
        raise ConfigError([f"{path}: is there already; nothing was written"]) from None
    except (OSError, ValueError) as error:
        raise ConfigError([f"{path}: cannot be written ({_why(error)})"]) from None


def parse(
    text: str,
    *,
    source: str = "configuration",
    folder: Path = Path(),
    environ: Mapping[str, str] = os.environ,
    with_card_key: bool = True,
) -> Config:
    """The configuration that ``text`` lays over the defaults.

    Args:
        text: TOML.
        source: how messages call it.
        folder: where relative paths start.
        environ: looked at for ``CREDENTIALS_DIRECTORY``.
        with_card_key: False for what works without the coop's card key, or brings it.

    Raises:
        ConfigError: carries every fault found.
    """
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Too deep a nesting and a number without end are no TOMLDecodeError.
        raise ConfigError([_syntax_fault(source, error)]) from None
    faults = _Faults(source, text)
    _find_unknown(table, faults)
    sections = {}
    for name, cls in get_type_hints(Config).items():
        given = table.get(name, {})
        settings = cls(**_values(name, cls, given if isinstance(given, dict) else {}, folder, faults))
        keyless = name == "cards" and not with_card_key
        sections[name] = settings if keyless else _with_secrets(name, settings, folder, environ, faults)
    config = Config(**sections)
    broken = set(faults.sections)
    # Whoever only asks or tells the running terminal something, or copies its journal, needs none of these.
    apart = _kept_apart(folder, environ) | (set() if with_card_key else {("cards", "key")})
    check_whole(config, lambda section, key, what: None if section in broken else faults.add(section, key, what), apart)
    if faults:
        raise ConfigError(faults.sentences())
    return config


def _syntax_fault(source: str, error: Exception) -> str:
    what = _why(error)
    if at := re.search(r" \(at line (\d+), (column \d+)\)$", what):
        return f"{source}, line {at[1]}, {at[2]}: is not TOML: {what[: at.start()]}"
    return f"{source}: is not TOML: {what}"


class _Faults:
    """Collects what is wrong, and says it in the order of the file."""

    def __init__(self, source: str, text: str) -> None:
        self._source = source
        self._text = text
        self._found: list[tuple[str, str, str]] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    @property
    def sections(self) -> list[str]:
        return [section for section, _, _ in self._found]

    def add(self, section: str, key: str, what: str) -> None:
        self._found.append((section, key, f"[{section}] {key} {what}"))

    def add_about(self, name: str, what: str) -> None:
        """Something is wrong with a section, or with a key outside of any."""
        self._found.append((name, "", what))

    def sentences(self) -> list[str]:
        lines = key_lines(self._text)
        placed = []
        for section, key, what in self._found:
            line = lines.get((section, key)) or lines.get((section, ""))
            where = f"{self._source}, line {line}" if line else self._source
            placed.append((line or sys.maxsize, f"{where}: {what}"))
        return [sentence for _, sentence in sorted(placed, key=lambda fault: fault[0])]


def key_lines(text: str) -> dict[tuple[str, str], int]:
    """The line (from 1) of each section, under ``(section, "")``, and of each key in a text that is whole TOML.

    ``tomllib`` keeps no positions, so it is asked statement by statement: the shortest run of lines that it accepts.
    """
    lines: dict[tuple[str, str], int] = {}
    above: tuple[str, ...] = ()
    statement, start = "", 1
    for number, line in enumerate(text.split("\n"), 1):
        goes_on = bool(statement)
        statement += line + "\n"
        if not goes_on:
            start = number
        elif not any(closing in line for closing in ("]", "}", '"""', "'''")):
            continue
        try:
            found = tomllib.loads(statement)
        except ValueError:
            continue
        is_header = statement.lstrip().startswith("[")
        for path in _paths(found):
            section, key, *_ = (*(() if is_header else above), *path, "")
            lines.setdefault((section, key), start)
            above = path if is_header else above
        statement = ""
    return lines


def _paths(found: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """The one or two outer names of what a statement sets."""
    for name, value in found.items():
        if isinstance(value, dict) and value:
            yield from ((name, key) for key in value)
        else:
            yield (name,)


def _find_unknown(table: Mapping[str, Any], faults: _Faults) -> None:
    known = {name: list(get_type_hints(cls)) for name, cls in get_type_hints(Config).items()}
    for name, given in table.items():
        if name not in known:
            homes = _homes(name, known)
            if homes and not isinstance(given, dict):
                faults.add_about(name, f"{name} stands outside of any section; it belongs to {homes}")
            else:
                faults.add_about(name, f"there is no section [{name}]{meant(name, known)}")
        elif not isinstance(given, dict):
            faults.add_about(name, f"write [{name}] on a line of its own, once, and its keys below")
        else:
            for key in (key for key in given if key not in known[name]):
                homes = _homes(key, known)
                hint = meant(key, known[name]) or (f"; it belongs to {homes}" if homes else "")
                faults.add(name, key, f"is not a key of this section{hint}")


def _homes(key: str, known: Mapping[str, list[str]]) -> str:
    """The sections that have a key of that name; empty where none has."""
    return " or ".join(f"[{section}]" for section, keys in known.items() if key in keys)


def _values(name: str, cls: type, given: Mapping[str, Any], folder: Path, faults: _Faults) -> dict[str, object]:
    """What the section's class is made from. A value that does not fit is told, and its default stands in."""
    values: dict[str, object] = {}
    for key, annotation in get_type_hints(cls, include_extras=True).items():
        kind = kind_of(annotation)
        if key in given:
            try:
                values[key] = _placed(kind.read(given[key]), folder)
                continue
            except WrongValue as wrong:
                faults.add(name, key, str(wrong))
        default = _defaults().get(name, {}).get(key)
        values[key] = None if default is None and is_optional(annotation) else kind.read(default)
    return values


def _placed(value: object, folder: Path) -> object:
    return folder / value if isinstance(value, Path) else value


def _with_secrets(name: str, settings: Any, folder: Path, environ: Mapping[str, str], faults: _Faults) -> Any:
    for section, key, file_key, credential in SECRETS:
        if section != name:
            continue
        file = getattr(settings, file_key)
        if getattr(settings, key) is not None:
            if file is not None:
                faults.add(section, file_key, f"is written, and so is {key}: keep one of the two")
            continue
        if file is None and (file := _offered(credential, folder, environ)) is None:
            continue
        try:
            settings = replace(settings, **{key: _read_secret(file), file_key: file})
        except WrongValue as wrong:
            # The guide on the screen names them by their files: whoever may not look there misses none of these either.
            if file.parent != folder / CREDENTIALS or (section, key) not in _kept_apart(folder, environ):
                faults.add(section, file_key, f"leads to {file}, which {wrong}")
    return settings


def _offered(credential: str, folder: Path, environ: Mapping[str, str]) -> Path | None:
    """Where a secret is that the file says nothing of: what systemd hands over, else what systemd would take.

    The second is for commands of root's. Whoever may not look there has none.
    """
    directory = environ.get("CREDENTIALS_DIRECTORY")
    if directory is None and not folder.is_absolute():
        return None
    offered = folder / CREDENTIALS / credential if directory is None else Path(directory, credential)
    try:
        # One that is not there comes from systemd as an empty line.
        return offered if offered.stat().st_size > 1 else None
    except OSError:
        return None


def _kept_apart(folder: Path, environ: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """Section and key of the secrets that are kept from who asks: a user other than root, or a unit that needs few.

    systemd hands the terminal all of them, if only as empty lines; the nightly units those that they name, and to
    ExecStopPost= none.
    """
    kept = folder / CREDENTIALS
    if not kept.is_dir() or os.access(kept, os.R_OK | os.X_OK, effective_ids=True):
        return frozenset()
    directory = environ.get("CREDENTIALS_DIRECTORY")
    return frozenset(
        (section, key)
        for section, key, _, credential in SECRETS
        if directory is None or not os.access(Path(directory, credential), os.R_OK, effective_ids=True)
    )


def _read_secret(file: Path) -> Secret:
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_SECRET_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongValue("is not UTF-8; save the file as UTF-8") from None
    except (OSError, ValueError) as error:
        raise WrongValue(f"cannot be read ({_why(error)})") from None
    return SecretText().read(content)


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error)


@functools.cache
def _defaults_text() -> str:
    return Path(__file__).with_name("defaults.toml").read_text(encoding="utf-8")


@functools.cache
def _defaults() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(_defaults_text())
