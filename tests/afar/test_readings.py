"""What the kernel's files say, and what is said where they are not there."""

import os
from concurrent.futures import Future

import pytest

from kiosk.afar.readings import read
from kiosk.errors import StoreError
from tests.fakes import NOON


def answered(value=None, fault=None):
    future = Future()
    future.set_exception(fault) if fault else future.set_result(value)
    return lambda: future


@pytest.fixture
def system(tmp_path):
    """A Raspberry Pi's files."""
    for number, (kind, temp) in enumerate((("gpu-thermal", "70000"), ("cpu-thermal", "51540"))):
        zone = tmp_path / f"sys/class/thermal/thermal_zone{number}"
        zone.mkdir(parents=True)
        (zone / "type").write_text(f"{kind}\n")
        (zone / "temp").write_text(f"{temp}\n")
    device = tmp_path.stat().st_dev
    disk = tmp_path / f"sys/dev/block/{os.major(device)}:{os.minor(device)}"
    disk.mkdir(parents=True)
    (disk / "stat").write_text(
        "    1234        0    99999      100      500      321    20000      222        0      1      2\n"
    )
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/uptime").write_text("5000.25 19000.00\n")
    ticks = 4000 * os.sysconf("SC_CLK_TCK")
    (tmp_path / "proc/self/stat").write_text(f"1 (a ) b) S {' '.join(['0'] * 18)} {ticks} 0 0\n")
    (tmp_path / "proc/self/io").write_text("rchar: 9\nwrite_bytes: 90000\ncancelled_write_bytes: 10000\n")
    return tmp_path


def test_a_pi_is_read(system):
    found = read(system, answered(NOON), system)
    assert found.temperature_celsius == 51.54
    assert found.disk_written_bytes == 20000 * 512
    assert 0 < found.disk_free_bytes <= found.disk_size_bytes
    assert found.uptime_seconds == 5000.25
    assert found.running_seconds == 1000.25
    assert (found.queue_oldest_at, found.queue_known) == (NOON, True)


def test_what_the_terminal_writes_in_a_day_is_told_after_an_hour(system):
    found = read(system, answered(), system)
    assert (found.written_bytes, found.written_bytes_per_day) == (80_000, None)
    (system / "proc/uptime").write_text("47200.25 19000.00\n")
    assert read(system, answered(), system).written_bytes_per_day == pytest.approx(160_000, abs=5)


def test_where_no_zone_is_the_processors_the_hottest_counts(system):
    (system / "sys/class/thermal/thermal_zone1/type").write_text("acpitz\n")
    assert read(system, answered(), system).temperature_celsius == 70.0


def test_what_is_not_there_is_not_known(tmp_path):
    found = read(tmp_path / "gone", answered(fault=StoreError("closed")), tmp_path / "nothing")
    assert found.machine() | {"memory_bytes": None} == dict.fromkeys(found.machine())
    assert (found.queue_oldest_at, found.queue_known) == (None, False)


def test_this_machine_can_be_read(tmp_path):
    found = read(tmp_path, answered())
    assert found.uptime_seconds > found.running_seconds > 0
    assert found.memory_bytes > 1_000_000
    assert found.written_bytes >= 0
