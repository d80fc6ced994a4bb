"""Where the configuration is, and whether it is still to be made. Light: every command looks here."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path("/var/lib/coop-kiosk")
"""Where the terminal's own user, who runs the guide, may write."""
FILE: Final = "kiosk.toml"
"""There only once the guide is over."""
DRAFT: Final = "guide.toml"
"""What the guide tries the parts with."""


def maybe_configuration(system: Path, folder: Path = FOLDER) -> Path | None:
    """The configuration in force: root's, else the guide's once that is over, else none."""
    return system if system.exists() else _maybe(folder / FILE)


def maybe_lines(system: Path, folder: Path = FOLDER) -> Path | None:
    """The configuration by which lines may be driven: also the one that a guide has died with."""
    return maybe_configuration(system, folder) or _maybe(folder / DRAFT)


def is_guide_wanted(system: Path, folder: Path = FOLDER) -> bool:
    """There is no configuration, or only half of one, and it can be made here."""
    return folder.is_dir() and maybe_configuration(system, folder) is None


def _maybe(file: Path) -> Path | None:
    try:
        return file if file.exists() else None
    except PermissionError:
        # Whoever may not look there is neither root nor the terminal.
        return None
