"""A status as ``kiosk status --json`` prints it, of a terminal that is well."""

from typing import Any

from tests.fakes import NOON

DOOR = {"mode": "locked", "alarms": [], "held_for": None, "held_minutes_left": None}
MACHINE = {
    "temperature_celsius": 51.5,
    "disk_free_bytes": 20_000_000_000,
    "disk_size_bytes": 30_000_000_000,
    "disk_written_bytes": 4096,
    "written_bytes": 2048,
    "written_bytes_per_day": 50547,
    "memory_bytes": 180_000_000,
    "uptime_seconds": 3600.5,
    "running_seconds": 3500.0,
}


def status(**other: Any) -> dict[str, Any]:
    """Well, but for ``other``."""
    return {
        "version": "0.2.0",
        "at": NOON.isoformat(),
        "clock": "synced",
        "online": True,
        "members": 812,
        "waiting": 3,
        "refused": 0,
        "unjournalled": 0,
        "store_fault": None,
        "parts": {"reader": "ok", "scale": "off", "server": "ok"},
        "door": DOOR,
        "knowledge_age_seconds": 60,
        "queue_age_seconds": 0,
        "machine": MACHINE,
    } | other
