"""What survives a power cut. Pure standard library: the installation uses it before any wheel is there."""

import os
from pathlib import Path


def sync_to_disk(path: Path) -> None:
    """Make the bytes and the length of a file, or the names in a directory, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_whole(path: Path, content: bytes, mode: int) -> None:
    """Write a file whole or not at all; it is on the disk when this returns. Its directory is there already."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_to_disk(path.parent)
