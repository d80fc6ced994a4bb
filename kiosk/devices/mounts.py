"""Where a folder really lies, by the kernel's list of mounts (proc_pid_mountinfo(5))."""

from pathlib import Path
from typing import Final

FORGETFUL: Final = frozenset({"tmpfs", "ramfs"})


def is_forgotten(folder: Path, system: Path = Path("/")) -> bool:
    """Whether what is written there is gone after the next boot: memory, or the overlay over a read-only root.

    Args:
        folder: absolute.
        system: where ``/proc`` is. False where it cannot be read.
    """
    try:
        mounts = (system / "proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
        command_line = (system / "proc/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    point, kind = "", ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        at = before.split()[4].replace("\\040", " ")
        # The innermost counts, and of two on one point the later.
        if len(at) >= len(point) and folder.is_relative_to(at):
            point, kind = at, after.split()[0]
    # What lies over a root otherwise, as in a container, may well last.
    is_overlay = kind == "overlay" and any(word in command_line for word in ("overlayroot=", "boot=overlay"))
    return kind in FORGETFUL or is_overlay
