"""A USB key with ``kiosk.toml``: found, looked into without being changed, and let go."""

import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from kiosk.config import SECRETS
from kiosk.config_kinds import FilePath, WrongValue
from kiosk.errors import KioskError
from kiosk.install.settings import FILE, bring, secrets_beside
from kiosk.install.sticks import mounted

LENT: Final = Path("/run/coop-kiosk-usb")
"""Where the guide on the screen, which may not mount, finds what is on a USB key."""
LARGEST_BYTES: Final = 4_000_000
"""Of one file that is lent: a configuration, a secret, a logo. They are laid in memory."""


class UsbKeyError(KioskError):
    """Error raised when there is not exactly one USB key with a configuration, or it holds what is not lent."""


@contextmanager
def opened() -> Iterator[Path]:
    """The configuration of the one USB key that has one.

    Raises:
        UsbKeyError: there is none, or more than one.
        OSError: lsblk is missing.
    """
    with mounted() as sticks:
        found = [folder / FILE for _, folder in sticks if (folder / FILE).is_file()]
        if len(found) != 1:
            names = ", ".join(device for device, _ in sticks) or "none that can be read is plugged in"
            raise UsbKeyError(
                f"{len(found)} USB keys have a {FILE} in their top folder, and one should (looked at: {names})"
            )
        yield found[0]


def lend(file: Path, to: Path = LENT) -> None:
    """Lay a configuration with its secrets where the guide on the screen may read it.

    It is read as root, and whoever has a USB key may have written it: what is not on the key is never read for it.

    Args:
        file: on the key.
        to: the folder, which only root may change.

    Raises:
        UsbKeyError: it leads away from the key, or is too large.
        OSError: it cannot be read or written.
    """
    to.mkdir(exist_ok=True)
    key = file.parent.resolve()
    for beside in (file, *(secret for _, secret in secrets_beside(file))):
        _must_be_of(key, beside)
    try:
        for named in _named_in(file):
            _must_be_of(key, named)
        brought = bring(file)
    except KioskError:
        # The guide finds the same faults, and tells them to a person: also those of a secret.
        for name, beside in secrets_beside(file):
            shutil.copyfile(beside, to / name)
        shutil.copyfile(file, to / FILE)
        return
    for name, secret in brought.secrets.items():
        (to / name).write_text(secret, encoding="utf-8")
    if brought.logo is not None:
        shutil.copyfile(brought.logo, to / brought.logo.name)
    # Last: with it the guide begins to read.
    new = to / f"{FILE}.new"
    new.write_text(brought.text, encoding="utf-8")
    new.rename(to / FILE)


def _named_in(file: Path) -> Iterator[Path]:
    """The files that a configuration has read: its secrets, by the keys that name files instead, and its logo."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        # It is told as a fault of the configuration.
        return
    for section, key in (*((section, key) for section, _, key, _ in SECRETS), ("coop", "logo")):
        table = found.get(section)
        # What is no path is told as a fault too.
        with suppress(WrongValue):
            if isinstance(table, dict) and key in table:
                yield file.parent / FilePath().read(table[key])


def _must_be_of(key: Path, file: Path) -> None:
    """See that it is a plain file below ``key``, wherever links lead, and none that memory has no room for.

    One that is not there is told as a fault of the configuration.
    """
    real = file.resolve()
    if not real.is_relative_to(key) or (real.exists() and not real.is_file()):
        raise UsbKeyError(f"{file}: is no file of this USB key")
    if real.exists() and real.stat().st_size > LARGEST_BYTES:
        raise UsbKeyError(f"{file}: is too large ({LARGEST_BYTES} bytes at most)")
