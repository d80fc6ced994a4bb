"""Which of the system's files are the terminal's, what must stand in them, and what differs."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from kiosk.errors import KioskError

UNITS: Final = Path("etc/systemd/system")
DATA_MOUNT: Final = UNITS / r"var-lib-coop\x2dkiosk.mount"
"""How systemd calls the mount unit of /var/lib/coop-kiosk (systemd-escape --path)."""
KMSDRM: Final = UNITS / "kiosk.service.d/kmsdrm.conf"
PI_ONLY: Final = Path("etc/systemd/system.conf.d/coop-kiosk.conf")

FILES: Final[dict[str, Path]] = {
    "kiosk.service": UNITS / "kiosk.service",
    "kiosk-panel.service": UNITS / "kiosk-panel.service",
    "kiosk-purge.service": UNITS / "kiosk-purge.service",
    "kiosk-purge.timer": UNITS / "kiosk-purge.timer",
    "kiosk-backup.service": UNITS / "kiosk-backup.service",
    "kiosk-backup.timer": UNITS / "kiosk-backup.timer",
    "kiosk-update.path": UNITS / "kiosk-update.path",
    "kiosk-update.service": UNITS / "kiosk-update.service",
    "kiosk-usb.service": UNITS / "kiosk-usb.service",
    "kiosk.service.d/kmsdrm.conf": KMSDRM,
    "data.mount": DATA_MOUNT,
    "sysusers.conf": Path("etc/sysusers.d/coop-kiosk.conf"),
    "tmpfiles.conf": Path("etc/tmpfiles.d/coop-kiosk.conf"),
    "udev.rules": Path("etc/udev/rules.d/70-coop-kiosk.rules"),
    "journald.conf": Path("etc/systemd/journald.conf.d/coop-kiosk.conf"),
    "timesyncd.conf": Path("etc/systemd/timesyncd.conf.d/coop-kiosk.conf"),
    "timesyncd-service.conf": UNITS / "systemd-timesyncd.service.d/coop-kiosk.conf",
    "watchdog.conf": PI_ONLY,
}
"""A file of systemd/ and where it belongs, from the root of the system."""


class State(Enum):
    """How a file compares with what it should be."""

    SAME = "as it should be"
    NEW = "new"
    CHANGED = "changed"
    GONE = "no longer wanted"


@dataclass(frozen=True, slots=True)
class Difference:
    """One file of the system. ``text`` is what it should hold; None where it should not be there."""

    path: Path
    state: State
    text: str | None


def differences(
    source: Path, root: Path, *, kmsdrm: bool, data_device: str | None, raspberry: bool
) -> Iterator[Difference]:
    """Every file of ours, with how it is and how it should be.

    Args:
        source: the folder systemd/ of a release.
        root: of the system.
        kmsdrm: draw without cage.
        data_device: the partition for the data, as ``/dev/disk/by-uuid/…``; None where there is none of its own. One
            that was chosen before stays.
        raspberry: the machine is a Raspberry Pi.

    Raises:
        OSError: a file cannot be read.
    """
    for name, path in FILES.items():
        text: str | None = (source / name).read_text(encoding="utf-8")
        if path == DATA_MOUNT:
            text = _mount(text or "", data_device, root / path)
        elif (path == KMSDRM and not kmsdrm) or (path == PI_ONLY and not raspberry):
            text = None
        there = (root / path).read_text(encoding="utf-8") if (root / path).exists() else None
        if text == there:
            state = State.SAME
        elif text is None:
            state = State.GONE
        else:
            state = State.NEW if there is None else State.CHANGED
        yield Difference(root / path, state, text)


def _mount(template: str, device: str | None, there: Path) -> str | None:
    if device is None:
        return there.read_text(encoding="utf-8") if there.exists() else None
    return template.replace("@DEVICE@", device)


def put(difference: Difference) -> None:
    """Make a file as it should be.

    Raises:
        OSError: it cannot be written.
    """
    if difference.state is State.SAME:
        return
    if difference.text is None:
        difference.path.unlink()
        return
    difference.path.parent.mkdir(parents=True, exist_ok=True)
    new = difference.path.with_name(f".{difference.path.name}.new")
    new.write_text(difference.text, encoding="utf-8")
    new.chmod(0o644)
    new.replace(difference.path)


def remove_all(root: Path) -> Iterator[Path]:
    """Take every file of ours away, and the folders of drop-ins that are empty then; yields what is gone."""
    for path in FILES.values():
        target = root / path
        if target.exists():
            target.unlink()
            yield target
        if target.parent.name.endswith(".d") and target.parent.is_dir() and not any(target.parent.iterdir()):
            target.parent.rmdir()


def lasting_name(device: Path) -> str:
    """The name of a partition that stays the same over boots.

    Raises:
        KioskError: it is no partition with ext4.
    """
    asked = subprocess.run(  # noqa: S603  root names the partition
        ["/usr/sbin/blkid", "--output", "export", "--probe", device], capture_output=True, text=True, check=False
    )
    found = dict(line.split("=", 1) for line in asked.stdout.splitlines() if "=" in line)
    if found.get("TYPE") != "ext4" or "UUID" not in found:
        raise KioskError(
            f"{device}: is no partition with ext4; an empty one becomes such by: mkfs.ext4 -L kiosk-data {device}"
        )
    return f"/dev/disk/by-uuid/{found['UUID']}"
