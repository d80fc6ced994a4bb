"""A status as figures for Prometheus, in the text format that node_exporter's textfile collector reads.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format. The names are a promise. A figure that
is not known is left out, so that nobody takes it for nought.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from kiosk.events_door import DoorAlarmKind, DoorMode
from kiosk.types import ClockTrust

PREFIX: Final = "coop_kiosk_"


@dataclass(frozen=True, slots=True)
class Family:
    """One figure and its samples, each with its labels.

    Attributes:
        kind: ``gauge`` or ``counter``.
    """

    name: str
    kind: str
    means: str
    samples: tuple[tuple[Mapping[str, str], float | None], ...]


def exposition(status: Mapping[str, Any]) -> str:
    """The whole text for one status."""
    lines: list[str] = []
    for family in _families(status):
        samples = [(labels, value) for labels, value in family.samples if value is not None]
        if samples:
            name = PREFIX + family.name
            lines += (f"# HELP {name} {family.means}", f"# TYPE {name} {family.kind}")
            lines += (f"{name}{_labels(labels)} {_number(value)}" for labels, value in samples)
    return "\n".join([*lines, ""])


def write(path: Path, status: Mapping[str, Any]) -> None:
    """Put the text where the collector reads it: never half of it, and readable for all.

    Raises:
        OSError: it cannot be written.
    """
    # The collector reads *.prom only; the name of what is being written ends otherwise.
    new = path.with_name(f".{path.name}.new")
    new.write_text(exposition(status), encoding="utf-8")
    new.chmod(0o644)
    new.replace(path)


def _families(status: Mapping[str, Any]) -> Iterator[Family]:
    machine = status.get("machine") or {}
    yield _one("info", "Which version runs.", 1, version=str(status["version"]))
    yield _one("status_timestamp_seconds", "When these figures were taken.", _seconds(status.get("at")))
    yield Family(
        "part_up",
        "gauge",
        "1: the part answers; 0: it does not. A part that is not configured is left out.",
        tuple(({"part": name}, float(how == "ok")) for name, how in status["parts"].items() if how != "off"),
    )
    yield from _door(status.get("door"))
    yield _one("queue_waiting", "Facts that wait to be sent.", status["waiting"])
    yield _one("queue_refused", "Facts that the server has refused and a person has to settle.", status["refused"])
    yield _one("queue_age_seconds", "How long the oldest of them waits; 0 if none.", status.get("queue_age_seconds"))
    yield _one("unjournalled", "Facts that are not on the disk yet.", status["unjournalled"])
    yield _one("members", "How many members are known.", status["members"])
    yield _one("knowledge_age_seconds", "How old the members' data are.", status.get("knowledge_age_seconds"))
    yield _one_of("clock_trust", "How far the clock can be believed.", "trust", ClockTrust, status.get("clock"))
    yield _one("temperature_celsius", "Of the processor.", machine.get("temperature_celsius"))
    yield _one("disk_free_bytes", "Left where the terminal keeps its data.", machine.get("disk_free_bytes"))
    yield _one("disk_size_bytes", "Of that disk.", machine.get("disk_size_bytes"))
    written = machine.get("disk_written_bytes")
    yield Family("disk_written_bytes_total", "counter", "To that disk since the machine was started.", (({}, written),))
    yield Family(
        "written_bytes_total",
        "counter",
        "To any disk by the terminal since it was started.",
        (({}, machine.get("written_bytes")),),
    )
    yield _one("written_bytes_per_day", "As many would it be in a day.", machine.get("written_bytes_per_day"))
    yield _one("memory_bytes", "The most that the terminal has had in memory.", machine.get("memory_bytes"))
    yield _one("uptime_seconds", "Since the machine was started.", machine.get("uptime_seconds"))
    yield _one("running_seconds", "Since the terminal was started.", machine.get("running_seconds"))


def _door(door: Mapping[str, Any] | None) -> Iterator[Family]:
    if door is None or door.get("mode") is None:
        return
    yield _one_of("door_mode", "What the lock is doing.", "mode", DoorMode, door["mode"])
    yield Family(
        "door_alarm",
        "gauge",
        "1: the alarm is on.",
        tuple(({"alarm": kind.value}, float(kind.value in door["alarms"])) for kind in DoorAlarmKind),
    )


def _one(name: str, means: str, value: float | None, **labels: str) -> Family:
    return Family(name, "gauge", means, ((labels, value),))


def _one_of(name: str, means: str, label: str, words: type[DoorMode] | type[ClockTrust], now: str | None) -> Family:
    """One sample for each word it can be, 1 for the one it is."""
    samples = () if now is None else tuple(({label: str(word.value)}, float(word.value == now)) for word in words)
    return Family(name, "gauge", means, samples)


def _seconds(iso: str | None) -> float | None:
    return None if iso is None else datetime.fromisoformat(iso).timestamp()


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
