"""What the machine says of itself, in small files of the kernel. A file that is not there is a figure not known."""

import os
import resource
import shutil
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from kiosk.errors import StoreError

STORE_SECONDS: Final = 5.0
SECTOR_BYTES: Final = 512
"""Of ``/sys/block/…/stat``, whatever the disk has (Documentation/block/stat.rst of the kernel)."""
SECTORS_WRITTEN: Final = 6
DAY_SECONDS: Final = 86_400
TELLING_SECONDS: Final = 3600.0
"""After a start, which writes more than a day at work, nothing is told of a whole day."""
CPU_ZONES: Final = frozenset({"cpu-thermal", "cpu_thermal", "x86_pkg_temp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """One look at the machine; None is not known.

    Attributes:
        temperature_celsius: of the processor.
        disk_free_bytes, disk_size_bytes: where the terminal keeps what it remembers.
        disk_written_bytes: to that disk since the machine was started: what wears a card out.
        written_bytes: of those, by the program since it was started.
        written_bytes_per_day: as many would it be in a day; not known for the first hour.
        memory_bytes: the most that the program has had in memory.
        uptime_seconds: since the machine was started.
        running_seconds: since the program was started.
        queue_oldest_at: when the fact happened that has waited longest for the server; None if nothing waits.
        queue_known: the store has answered.
    """

    temperature_celsius: float | None = None
    disk_free_bytes: int | None = None
    disk_size_bytes: int | None = None
    disk_written_bytes: int | None = None
    written_bytes: int | None = None
    written_bytes_per_day: int | None = None
    memory_bytes: int | None = None
    uptime_seconds: float | None = None
    running_seconds: float | None = None
    queue_oldest_at: datetime | None = None
    queue_known: bool = False

    def machine(self) -> dict[str, Any]:
        """The figures of the machine alone, as plain values."""
        return {name: value for name, value in asdict(self).items() if not name.startswith("queue_")}


def read(data_dir: Path, oldest_waiting: Callable[[], "Future[datetime | None]"], system: Path = Path("/")) -> Readings:
    """Look at the machine. May take as long as its disk takes; never raises for what is not there.

    Args:
        data_dir: on the disk that counts.
        oldest_waiting: asks the store.
        system: where ``/sys`` and ``/proc`` are.
    """
    free, size = _room(data_dir)
    oldest, known = _oldest(oldest_waiting)
    uptime = _uptime(system)
    running = _running(system, uptime)
    written = _written_here(system)
    return Readings(
        temperature_celsius=_temperature(system),
        disk_free_bytes=free,
        disk_size_bytes=size,
        disk_written_bytes=_written(data_dir, system),
        written_bytes=written,
        written_bytes_per_day=_per_day(written, running),
        memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        uptime_seconds=uptime,
        running_seconds=running,
        queue_oldest_at=oldest,
        queue_known=known,
    )


def _oldest(ask: Callable[[], "Future[datetime | None]"]) -> tuple[datetime | None, bool]:
    try:
        return ask().result(STORE_SECONDS), True
    except (StoreError, FutureTimeoutError, OSError):
        return None, False


def _temperature(system: Path) -> float | None:
    """Of the processor's zone; where none is called so, the hottest of all."""
    zones = {}
    for zone in system.glob("sys/class/thermal/thermal_zone*"):
        celsius = _number(zone / "temp")
        if celsius is not None:
            zones[_text(zone / "type"), zone.name] = celsius / 1000
    chosen = [celsius for (kind, _), celsius in zones.items() if kind in CPU_ZONES] or list(zones.values())
    return max(chosen, default=None)


def _room(data_dir: Path) -> tuple[int | None, int | None]:
    try:
        usage = shutil.disk_usage(data_dir)
    except OSError:
        return None, None
    return usage.free, usage.total


def _written(data_dir: Path, system: Path) -> int | None:
    try:
        device = data_dir.stat().st_dev
    except OSError:
        return None
    fields = _text(system / f"sys/dev/block/{os.major(device)}:{os.minor(device)}/stat").split()
    return int(fields[SECTORS_WRITTEN]) * SECTOR_BYTES if len(fields) > SECTORS_WRITTEN else None


def _written_here(system: Path) -> int | None:
    """What the program has caused to be written to any disk, and not taken back before it was (proc(5))."""
    values = dict(line.partition(": ")[::2] for line in _text(system / "proc/self/io").splitlines())
    if "write_bytes" not in values:
        return None
    return max(0, int(values["write_bytes"]) - int(values.get("cancelled_write_bytes", 0)))


def _per_day(written: int | None, running: float | None) -> int | None:
    if written is None or running is None or running < TELLING_SECONDS:
        return None
    return round(written * DAY_SECONDS / running)


def _uptime(system: Path) -> float | None:
    words = _text(system / "proc/uptime").split()
    return float(words[0]) if words else None


def _running(system: Path, uptime: float | None) -> float | None:
    """The 22nd field of ``/proc/self/stat`` is when the program was started, in ticks after the machine (proc(5))."""
    fields = _text(system / "proc/self/stat").rpartition(")")[2].split()
    if uptime is None or len(fields) < 20:
        return None
    return round(uptime - int(fields[19]) / os.sysconf("SC_CLK_TCK"), 2)


def _number(path: Path) -> float | None:
    try:
        return float(_text(path))
    except ValueError:
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
