"""A configuration on its way into the system: judged before anything is written, its secrets parted from it.

Secrets go where only root and systemd read them, one file each; the configuration itself may be read by the terminal's
group. Nothing that was there is lost: the file before is kept beside the new one.
"""

import json
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kiosk.config import CREDENTIALS, SECRETS, Config, check, key_lines, load
from kiosk.config_kinds import Secret
from kiosk.durable import put_whole
from kiosk.errors import ConfigError, KioskError

FILE: Final = "kiosk.toml"
CARD_KEY: Final = "card-key"
STAND_IN: Final = "00" * 32
"""Where a configuration is judged before its card key is made."""
BACKUP_PASSPHRASE: Final = "backup-passphrase"  # noqa: S105  the name of a file
NAMES: Final = (*(credential for _, _, _, credential in SECRETS), BACKUP_PASSPHRASE)
"""Of the files in the folder of credentials."""


class SettingsError(KioskError):
    """Error raised when a configuration cannot be put in place; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A configuration that can be used.

    Attributes:
        text: TOML, without secrets.
        secrets: by the name of the credential.
        logo: a picture that lay beside it.
    """

    text: str
    secrets: dict[str, str] = field(repr=False)
    logo: Path | None = None


def bring(file: Path) -> Brought:
    """Read a configuration, with the secrets that it holds or names, or that lie beside it under their own names.

    Raises:
        ConfigError: it cannot be used; carries every fault.
        SettingsError: a secret cannot be moved out of it.
    """
    beside = dict(secrets_beside(file))
    found = {name: _text_of(secret) for name, secret in beside.items()}
    with offered(found) as environ:
        config = _judged(file, environ, beside)
        text = file.read_text(encoding="utf-8-sig")
        for section, key, file_key, credential in SECRETS:
            settings = getattr(config, section)
            value, source = getattr(settings, key), getattr(settings, file_key)
            if isinstance(value, Secret) and (
                source is None or source.parent != Path(environ["CREDENTIALS_DIRECTORY"])
            ):
                found[credential] = value.reveal()
                text = _without(text, section, (key, file_key), credential)
    logo = config.coop.logo
    is_beside = logo is not None and logo.parent == file.absolute().parent
    return Brought(text=text, secrets=found, logo=logo if is_beside else None)


def bring_text(toml: str, secrets: Mapping[str, str]) -> Brought:
    """A configuration that came as text, judged as one that came as a file.

    Raises:
        ConfigError: it cannot be used; carries every fault.
        SettingsError: a secret has no name that a terminal knows.
    """
    odd = sorted(set(secrets) - set(NAMES))
    if odd:
        raise SettingsError(f"no secret of a terminal is called {', '.join(odd)}")
    with tempfile.TemporaryDirectory(prefix="coop-kiosk-") as folder:
        file = Path(folder, FILE)
        file.write_text(toml, encoding="utf-8")
        for name, secret in secrets.items():
            Path(folder, name).write_text(secret, encoding="utf-8")
        return bring(file)


def toml_of(settings: Mapping[tuple[str, str], object], head: str) -> str:
    """The configuration that these settings make, by section and key, below a first line."""
    lines = [head, ""]
    for section in dict.fromkeys(section for section, _ in settings):
        lines.append(f"[{section}]")
        # Booleans, whole numbers, texts and lists of them are written alike in JSON and in TOML.
        lines += [
            f"{key} = {json.dumps(value, ensure_ascii=False)}" for (of, key), value in settings.items() if of == section
        ]
        lines.append("")
    return "\n".join(lines)


def secrets_beside(file: Path) -> Iterator[tuple[str, Path]]:
    """The files with secrets that lie beside a configuration, by the name of the credential; a later one counts."""
    for name in NAMES:
        for beside in (file.parent / CREDENTIALS / name, file.parent / name):
            if beside.is_file():
                yield name, beside


def _judged(file: Path, environ: Mapping[str, str], beside: Mapping[str, Path]) -> Config:
    """The configuration; a fault of a secret names the file that a person has, and not the one it is offered by."""
    try:
        return load(file, environ)
    except ConfigError as wrong:
        faults = wrong.faults
        for name, secret in beside.items():
            offer = str(Path(environ["CREDENTIALS_DIRECTORY"], name))
            faults = [fault.replace(offer, str(secret)) for fault in faults]
        raise ConfigError(faults) from None


def _text_of(secret: Path) -> str:
    try:
        return secret.read_text(encoding="utf-8-sig").strip()
    except UnicodeDecodeError:
        raise SettingsError(f"{secret}: is not UTF-8; save the file as UTF-8") from None


@contextmanager
def offered(found: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The environment in which a configuration finds these secrets, as systemd will offer them.

    The card key may be none of them yet: it is made once all else is well.
    """
    with tempfile.TemporaryDirectory(prefix="coop-kiosk-") as folder:
        for name, secret in {CARD_KEY: STAND_IN, **found}.items():
            Path(folder, name).write_text(f"{secret}\n", encoding="utf-8")
        yield {"CREDENTIALS_DIRECTORY": folder}


def _without(text: str, section: str, keys: tuple[str, str], credential: str) -> str:
    """The text with the lines of a secret made a comment."""
    lines = text.split("\n")
    for (found, key), number in key_lines(text).items():
        if found != section or key not in keys:
            continue
        if '"""' in lines[number - 1] or "'''" in lines[number - 1] or "{" in lines[number - 1]:
            raise SettingsError(f"[{section}] {key}: write it on one line, so that it can be moved to the credentials")
        lines[number - 1] = f"# {key}: kept as the credential {credential}"
    return "\n".join(lines)


def with_card_key(brought: Brought, folder: Path) -> tuple[Brought, bool]:
    """The configuration with the card key that is there already, or with a new one where there is none.

    Args:
        brought: the configuration.
        folder: /etc/coop-kiosk.

    Returns:
        The second value says that a key was made: its emergency sheet is still to be printed.

    Raises:
        SettingsError: another key is there, which knows the cards of today.
    """
    path = folder / CREDENTIALS / CARD_KEY
    there = path.read_text(encoding="ascii", errors="replace").strip() if path.exists() else ""
    given = brought.secrets.get(CARD_KEY, "")
    if there and given and there != given:
        raise SettingsError(
            f"{path}: holds another card key than the configuration brings, and knows the cards of today; "
            "move it away first if it is meant to go"
        )
    key = given or there or secrets.token_hex(32)
    return Brought(text=brought.text, secrets={**brought.secrets, CARD_KEY: key}, logo=brought.logo), not (
        given or there
    )


def write(brought: Brought, folder: Path) -> list[str]:
    """Put a configuration in place, as root.

    Args:
        brought: the configuration.
        folder: /etc/coop-kiosk.

    Returns:
        What was changed, a sentence each; none where all was so already.

    Raises:
        ConfigError: it cannot be used in its new place; all is as before, but for the secrets.
        OSError: something cannot be written.
    """
    said = []
    hidden = folder / CREDENTIALS
    hidden.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, secret in brought.secrets.items():
        if _put(hidden / name, f"{secret}\n".encode(), 0o600):
            said.append(f"{hidden / name}: written")
    if brought.logo is not None and _put(folder / brought.logo.name, brought.logo.read_bytes(), 0o644):
        said.append(f"{folder / brought.logo.name}: written")
    file = folder / FILE
    before = file.read_bytes() if file.exists() else None
    if _put(file, brought.text.encode(), 0o640):
        if before is not None:
            _put(file.with_name(f"{FILE}.before"), before, 0o640)
        said.append(f"{file}: written{'' if before is None else f'; the one before is {FILE}.before'}")
    faults = check(file)
    if faults:
        if before is None:
            file.unlink()
        else:
            _put(file, before, 0o640)
        raise ConfigError(faults)
    return said


def _put(path: Path, content: bytes, mode: int) -> bool:
    """Write a file; False where it is so already."""
    if path.exists() and path.read_bytes() == content:
        return False
    put_whole(path, content, mode)
    return True
