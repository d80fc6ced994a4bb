"""A USB key with ``kiosk.toml``: found, looked into without being changed, and let go."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from kiosk.errors import KioskError
from kiosk.install.settings import FILE, bring

LENT: Final = Path("/run/coop-kiosk-usb")
"""Where the guide on the screen, which may not mount, finds what is on a USB key."""
LOOK: Final = ("/usr/bin/lsblk", "--json", "--output", "PATH,TYPE,RM,HOTPLUG,FSTYPE,MOUNTPOINT")


class UsbKeyError(KioskError):
    """Error raised when there is not exactly one USB key with a configuration."""


def candidates(listed: str) -> list[tuple[str, str | None]]:
    """The file systems that can be pulled out, each with where it is mounted.

    Args:
        listed: what :data:`LOOK` prints.
    """

    def walk(devices: list[dict[str, Any]], *, removable: bool) -> Iterator[tuple[str, str | None]]:
        for device in devices:
            # lsblk before 2.38 writes "1", later ones true.
            pulled = removable or any(device.get(key) in {True, "1"} for key in ("rm", "hotplug"))
            if pulled and device.get("fstype"):
                yield device["path"], device.get("mountpoint")
            yield from walk(device.get("children", []), removable=pulled)

    return list(walk(json.loads(listed)["blockdevices"], removable=False))


@contextmanager
def opened() -> Iterator[Path]:
    """The configuration of the one USB key that has one.

    Raises:
        UsbKeyError: there is none, or more than one.
        OSError: lsblk is missing.
    """
    listed = subprocess.run(LOOK, capture_output=True, text=True, check=True).stdout  # noqa: S603  a constant
    looked = candidates(listed)
    with tempfile.TemporaryDirectory(prefix="coop-kiosk-usb-") as folder:
        found: list[Path] = []
        mounted: list[Path] = []
        try:
            for number, (device, at) in enumerate(looked):
                point = Path(at) if at else Path(folder, str(number))
                if not at:
                    point.mkdir()
                    if not _mount(device, point):
                        continue
                    mounted.append(point)
                if (point / FILE).is_file():
                    found.append(point / FILE)
            if len(found) != 1:
                names = ", ".join(device for device, _ in looked) or "none is plugged in"
                raise UsbKeyError(
                    f"{len(found)} USB keys have a {FILE} in their top folder, and one should (looked at: {names})"
                )
            yield found[0]
        finally:
            for point in mounted:
                subprocess.run(["/usr/bin/umount", point], check=False)  # noqa: S603  what we mounted


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
        # The guide finds the same faults, and tells them to a person.
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


def _mount(device: str, point: Path) -> bool:
    command = ("/usr/bin/mount", "-o", "ro,nosuid,nodev,noexec", device, point)
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603  as lsblk names it
