"""The program where scripts/install lays it: as an update does, but in place of what is there, and without a trial."""

import shutil
from pathlib import Path
from typing import Final

from kiosk.errors import KioskError
from kiosk.updating.machine import lay
from kiosk.updating.releases import CURRENT, MADE_FROM, Releases, order_of

PARTS: Final = ("MANIFEST", "LICENSE", "run.lock", "scripts", "systemd", "wheels")
"""Of a bundle that is unpacked."""


class InstallError(KioskError):
    """Error raised when a version must not be installed now; nothing was changed."""


def must_be_free(releases: Releases, version: str) -> None:
    """See that no update is begun, and that what runs is not newer.

    Raises:
        InstallError: it must not be installed.
    """
    if releases.trial() is not None:
        raise InstallError(f"an update is being tried; wait for its end: cat {releases.root}/update.log")
    current = releases.named(CURRENT)
    if current is not None and order_of(version) < order_of(current):
        # The journal of the newer one may be none that the older one can read.
        raise InstallError(
            f"{current} runs, which is newer than {version}. To change how it is set up:"
            f" sudo {releases.root}/{CURRENT}/scripts/install; to go back: sudo scripts/update {version} --older"
        )


def lay_and_use(releases: Releases, version: str, parts: Path, made_from: str) -> None:
    """Install a version from an unpacked bundle, and let ``current`` lead to it.

    Args:
        releases: all that there are.
        version: its name; one that is there under it is made anew, and stays as it was where that fails.
        parts: the folder with :data:`PARTS`.
        made_from: what scripts/install knows it by.

    Raises:
        KioskError: somebody else is at it, or it cannot be installed.
        OSError: the disk does not take it.
    """
    releases.root.mkdir(mode=0o755, parents=True, exist_ok=True)
    with releases.locked():
        must_be_free(releases, version)
        # A power cut may have left the version that shall run aside.
        releases.settle()
        with releases.anew(version) as folder:
            for name in PARTS:
                part = parts / name
                if part.is_dir():
                    shutil.copytree(part, folder / name)
                else:
                    shutil.copy(part, folder / name)
            lay(folder)
            (folder / MADE_FROM).write_text(f"{made_from}\n", encoding="utf-8")
        releases.point(CURRENT, version)


def use(releases: Releases, version: str) -> None:
    """Let ``current`` lead to a version that is there.

    Raises:
        KioskError: somebody else is at it, or it is not whole.
    """
    with releases.locked():
        must_be_free(releases, version)
        releases.settle()
        releases.point(CURRENT, version)
