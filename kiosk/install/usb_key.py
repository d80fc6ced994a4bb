"""A USB key with ``kiosk.toml``: found, looked into without being changed, and let go."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kiosk.errors import KioskError
from kiosk.install.settings import FILE, bring, secrets_beside
from kiosk.install.sticks import mounted

LENT: Final = Path("/run/coop-kiosk-usb")
"""Where the guide on the screen, which may not mount, finds what is on a USB key."""


class UsbKeyError(KioskError):
    """Error raised when there is not exactly one USB key with a configuration."""


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

    Args:
        file: on the key.
        to: the folder, which only root may change.

    Raises:
        OSError: it cannot be read or written.
    """
    to.mkdir(exist_ok=True)
    try:
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
