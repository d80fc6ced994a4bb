"""What the size of the coop costs: the sync, memory, the frame of a tap while the sync runs, the start, a busy hour.

The server of the contract (docs/rest.md) runs in a process of its own on the same machine, and shares its processors.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measuring import HERE, TOP, Figures, growth, hour_name, in_child, sizes, surroundings

GROWING = ("full sync, ms", "full sync, processor ms", "memory of what is known, MB", "small sync, ms")


def measure(*, quick: bool = False) -> Figures:
    """All figures of this room."""
    found: Figures = {}
    by_size: dict[str, dict[int, float]] = {}
    for count in sizes(quick=quick):
        with tempfile.TemporaryDirectory() as folder, server(count, Path(folder)) as url:
            figures, hour = at_size(count, url, Path(folder), quick=quick)
        for name, value in figures.items():
            by_size.setdefault(name, {})[count] = value
            found[_named(name, count)] = value
        found |= {hour_name(name, count): value for name, value in hour.items()}
    for name in (*GROWING, "tap → frame, sync running, p50 ms", "start → first frame, ms", "start → a card opens, ms"):
        found[f"{name.rpartition(', ')[0]}, growth exponent over members"] = growth(by_size[name])
    return found


def _named(name: str, count: int) -> str:
    """The size goes before the unit."""
    what, _, unit = name.rpartition(", ")
    return f"{what}, {count} members, {unit}"


def at_size(count: int, url: str, folder: Path, *, quick: bool) -> tuple[Figures, Figures]:
    """All of one size, and what its busy hour is like."""
    for name in ("sync", "busy", "hour"):
        (folder / name).mkdir()
    rounds = in_child("sizes_sync.py", url, folder / "sync")
    assert rounds["members"] == count, f"{rounds['members']} members came of {count}"
    found: Figures = {
        "full sync, ms": rounds["seconds"] * 1000,
        "full sync, times the bare download of its pages": rounds["seconds"] / rounds["download alone"],
        "full sync, processor ms": rounds["processor seconds"] * 1000,
        "memory of what is known, MB": rounds["memory, MB"],
        "peak during the first sync, MB": rounds["peak, MB"],
        "snapshot on the disk, MB": rounds["file, MB"],
        "small sync, ms": rounds["delta"] * 1000,
        "sync with nothing new, ms": rounds["nothing new"] * 1000,
    }
    busy = in_child("sizes_window.py", "busy", url, folder / "busy", 20 if quick else 100)
    memory = busy.pop("memory")
    busy.pop("tap → frame")
    found |= {name.replace(", ", ", sync running, ", 1): value for name, value in busy.items()}
    found["whole terminal with its window, memory, MB"] = memory
    starts = in_child("sizes_start.py", folder / "sync")
    found |= {f"{name}, ms": seconds * 1000 for name, seconds in starts.items()}
    return found, in_child("sizes_window.py", "hour", url, folder / "hour", 10 if quick else 60)


@contextmanager
def server(count: int, folder: Path) -> Iterator[str]:
    """The address of a server with so many members."""
    command = [sys.executable, HERE / "sizes_server.py", str(count), folder / "server"]
    with subprocess.Popen(
        command, cwd=TOP, env=surroundings(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()
        process.wait(60)
