"""What people, and a full disk, do to the files of a folder."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from tests.backends.rigs import FolderRig


def append(rig: FolderRig, file: str, *lines: str) -> None:
    with (rig.folder / file).open("a", encoding="utf-8", newline="") as target:
        target.writelines(f"{line}\r\n" for line in lines)


def lines_in(rig: FolderRig, file: str) -> int:
    return len((rig.folder / file).read_bytes().splitlines())


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """No file grows beyond ``size`` bytes: a write is cut short there, and the next one fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
