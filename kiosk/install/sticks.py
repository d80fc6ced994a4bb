"""File systems that can be pulled out: found, and readable for a while. Raspberry Pi OS Lite mounts none by itself."""

import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

LOOK: Final = ("/usr/bin/lsblk", "--json", "--output", "PATH,TYPE,RM,HOTPLUG,FSTYPE,MOUNTPOINT")
MOUNT: Final = ("/usr/bin/mount", "-o", "ro,nosuid,nodev,noexec")


def candidates(listed: str) -> list[tuple[str, str | None]]:
    """The file systems that can be pulled out, each with where it is mounted.

    Args:
        listed: what :data:`LOOK` prints.
    """

    def walk(devices: list[dict[str, Any]], *, removable: bool) -> Iterator[tuple[str, str | None]]:
        for device in devices:
            # lsblk before 2.38 writes "1", later ones true.
            pulled = removable or any(device.get(key) in {True, "1"} for key in ("rm", "hotplug"))
            # A system that starts from a USB disk is nothing to pull out.
            if pulled and device.get("fstype") and device.get("mountpoint") != "/":
                yield device["path"], device.get("mountpoint")
            yield from walk(device.get("children", []), removable=pulled)

    return list(walk(json.loads(listed)["blockdevices"], removable=False))


@contextmanager
def mounted(look: Sequence[str] = LOOK) -> Iterator[list[tuple[str, Path]]]:
    """The devices that can be pulled out and read, each with its folder; nothing on them is changed.

    Those that are not mounted are, for as long as the context lasts, where that is allowed.

    Raises:
        OSError: lsblk is missing.
    """
    listed = subprocess.run(look, capture_output=True, text=True, check=False)  # noqa: S603  a constant
    devices = candidates(listed.stdout) if listed.returncode == 0 else []
    with tempfile.TemporaryDirectory(prefix="coop-kiosk-usb-") as folder:
        found: list[tuple[str, Path]] = []
        ours: list[Path] = []
        try:
            for number, (device, at) in enumerate(devices):
                point = Path(at) if at else Path(folder, str(number))
                if not at:
                    point.mkdir()
                    if not _mount(device, point):
                        continue
                    ours.append(point)
                found.append((device, point))
            yield found
        finally:
            for point in ours:
                subprocess.run(["/usr/bin/umount", point], check=False)  # noqa: S603  what we mounted


def _mount(device: str, point: Path) -> bool:
    return subprocess.run([*MOUNT, device, point], capture_output=True, check=False).returncode == 0  # noqa: S603  as lsblk names it
