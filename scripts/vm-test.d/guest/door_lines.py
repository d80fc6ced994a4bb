"""In the guest: what the relay's line shows at start, in a pulse, at stop and after a crash."""

import signal
import subprocess
import sys
from itertools import product

from checking import Checks, wait_until
from driver import BOUND_SECONDS, LAMP, PULSE_SECONDS, RELAY, Driver, calm_room, driver, put_at_rest
from pi import level, pull, stretches, traced

SLACK_SECONDS = 0.8
"""A guest without hardware virtualisation may be as late as that."""
POLARITIES = (True, False)

checks = Checks()


def seconds_of(pulses: list[float]) -> str:
    return ", ".join(f"{seconds:.2f} s" for seconds in pulses)


# ── start and stop ────────────────────────────────────────────────────────────────────────────────────────────────


def starts_and_stops(*, active_high: bool) -> str:
    with traced(RELAY) as levels:
        for _ in range(3):
            with driver(active_high=active_high) as running:
                running.drain(0.5)
    seen = [one.value for one in levels()]
    assert seen, "nothing was traced"
    assert set(seen) == {int(not active_high)}, seen
    return f"set {len(seen)} times, always to {int(not active_high)}"


@checks.add
def start_and_stop_active_high() -> str:
    """Three starts and stops never show the active level of a relay that is active-high."""
    return starts_and_stops(active_high=True)


@checks.add
def start_and_stop_active_low() -> str:
    """Three starts and stops never show the active level of a relay that is active-low."""
    return starts_and_stops(active_high=False)


@checks.add
def plain_gpiozero_shows_it() -> str:
    """Plain gpiozero does show it (active-low), so this trace would have seen it."""
    calm_room(active_high=False)
    program = (
        "from gpiozero import OutputDevice; from gpiozero.pins.lgpio import LGPIOFactory;"
        f"OutputDevice({RELAY}, active_high=False, initial_value=False, pin_factory=LGPIOFactory()).close()"
    )
    with traced(RELAY) as levels:
        subprocess.run([sys.executable, "-c", program], check=True)
    blips = stretches(levels(), 0)
    assert blips
    return f"active for {blips[0] * 1000:.1f} ms"


# ── pulses ────────────────────────────────────────────────────────────────────────────────────────────────────────


@checks.add
def one_pulse() -> str:
    """One grant is one pulse of its length, of either polarity."""
    seen = []
    for active_high in POLARITIES:
        with traced(RELAY) as levels, driver(active_high=active_high) as running:
            running.unlock(PULSE_SECONDS)
            running.wait_for("RelayChanged", active=False)
        seen += stretches(levels(), int(active_high))
    assert len(seen) == len(POLARITIES), seen
    assert all(0 <= seconds - PULSE_SECONDS + 0.1 <= SLACK_SECONDS for seconds in seen), seen
    return seconds_of(seen)


@checks.add
def overlapping_pulses() -> str:
    """Two grants that overlap are one pulse with one edge at its end."""
    with traced(RELAY) as levels, driver() as running:
        running.unlock(PULSE_SECONDS)
        running.drain(1.0)
        running.order(f"open {PULSE_SECONDS}")
        running.wait_for("RelayChanged", active=False)
        running.drain(2.0)
    [seconds] = stretches(levels(), 1)
    assert PULSE_SECONDS + 0.9 <= seconds <= PULSE_SECONDS + 1.0 + SLACK_SECONDS, seconds
    return seconds_of([seconds])


@checks.add
def endless_grants() -> str:
    """No row of grants passes the bound."""
    with traced(RELAY) as levels, driver() as running:
        for _ in range(9):
            running.order(f"open {PULSE_SECONDS}")
            running.drain(1.0)
        running.wait_for("DoorModeChanged", mode="locked")
        running.drain(PULSE_SECONDS + 1.0)
    pulses = stretches(levels(), 1)
    assert BOUND_SECONDS - 0.5 <= pulses[0] <= BOUND_SECONDS + SLACK_SECONDS, pulses
    assert all(seconds <= BOUND_SECONDS + SLACK_SECONDS for seconds in pulses), pulses
    return f"bound {BOUND_SECONDS} s, seen {seconds_of(pulses)}"


@checks.add
def wall_clock_jumps() -> str:
    """A wall clock that jumps by a year, forwards or backwards, in mid-pulse changes nothing."""
    seen = []
    for there, back in (("+1 year", "-1 year"), ("-1 year", "+1 year")):
        with traced(RELAY) as levels, driver() as running:
            running.unlock(PULSE_SECONDS)
            subprocess.run(["date", "-s", there], check=True, capture_output=True)
            running.wait_for("RelayChanged", active=False)
            subprocess.run(["date", "-s", back], check=True, capture_output=True)
        seen += stretches(levels(), 1)
    assert len(seen) == 2, seen
    assert all(0 <= seconds - PULSE_SECONDS + 0.1 <= SLACK_SECONDS for seconds in seen), seen
    return seconds_of(seen)


@checks.add
def magnet() -> str:
    """A magnet's line is active while the driver lives, but for its pulses; stop and crash let it go."""
    with traced(RELAY) as levels, driver(lock="fail_safe") as running:
        running.order(f"open {PULSE_SECONDS}")
        running.wait_for("RelayChanged", active=False)
        running.wait_for("RelayChanged", active=True)
        assert level(RELAY) == 1
    assert level(RELAY) == 0
    pauses = stretches([one for one in levels() if one.at > levels()[1].at], 0)
    with driver(lock="fail_safe") as running:
        wait_until(lambda: level(RELAY) == 1, "the magnet never held")
        running.end(signal.SIGKILL)
        assert level(RELAY) == 0
    return f"let go for {seconds_of(pauses[:1])}"


# ── crashes ───────────────────────────────────────────────────────────────────────────────────────────────────────


@checks.add
def sigterm_in_a_pulse() -> str:
    """SIGTERM in mid-pulse puts the line at rest at once, of either polarity."""
    seen = []
    for active_high in POLARITIES:
        with traced(RELAY) as levels, driver(active_high=active_high) as running:
            running.unlock(BOUND_SECONDS)
            running.end()
        assert level(RELAY) == int(not active_high)
        seen += stretches(levels(), int(active_high))
    assert len(seen) == len(POLARITIES), seen
    assert all(seconds < BOUND_SECONDS / 2 for seconds in seen), seen
    return f"after {seconds_of(seen)}"


def crash(running: Driver, how: str) -> None:
    if how == "an uncaught exception":
        running.order("crash")
        running.end(signal.SIGCONT)
    else:
        running.end(signal.Signals[how])


CRASHES = ("SIGKILL", "SIGABRT", "SIGSEGV", "an uncaught exception")


@checks.add
def crash_in_a_pulse() -> str:
    """After SIGKILL, SIGABRT, SIGSEGV or an exception in mid-pulse `kiosk door rest` ends a line that stays active."""
    for active_high, how in product(POLARITIES, CRASHES):
        with driver(active_high=active_high) as running:
            running.unlock(BOUND_SECONDS)
            # As on a Raspberry Pi that keeps the level of a line whose process is gone.
            pull(RELAY, up=active_high)
            crash(running, how)
            assert level(RELAY) == int(active_high), f"{how}: the line did not stay active, so this proves nothing"
            with traced(RELAY) as levels:
                done = put_at_rest(running.config)
            assert done.returncode == 0, f"{how}: {done.stderr}"
            assert {one.value for one in levels()} == {int(not active_high)}, f"{how}: {levels()}"
            assert level(RELAY) == int(not active_high), how
            assert level(LAMP) == 0, how
    return f"{len(CRASHES)} ways, both polarities"


@checks.add
def restart_after_a_crash() -> str:
    """A driver that starts after a crash, without that helper, brings such a line to rest in one go."""
    for active_high in POLARITIES:
        with driver(active_high=active_high) as running:
            running.unlock(BOUND_SECONDS)
            pull(RELAY, up=active_high)
            running.end(signal.SIGKILL)
            assert level(RELAY) == int(active_high), "the line did not stay active, so this proves nothing"
            with traced(RELAY) as levels:
                again = Driver(running.config)
                again.wait_for("DoorModeChanged", mode="locked")
                assert level(RELAY) == int(not active_high)
                again.end()
            assert {one.value for one in levels()} == {int(not active_high)}, levels()
            assert level(RELAY) == int(not active_high)
    return "both polarities"


@checks.add
def rest_of_a_living_driver() -> None:
    """`kiosk door rest` takes no line from a driver that lives."""
    with traced(RELAY) as levels, driver() as running:
        running.unlock(BOUND_SECONDS)
        before = len(levels())
        assert put_at_rest(running.config).returncode == 1
        meanwhile = [one.value for one in levels()][before:]
        # It may have come to its own end meanwhile, and no other way.
        running.drain(0.5)
        assert meanwhile in ([], [0]), meanwhile
        if meanwhile:
            [seconds] = stretches(levels(), 1)
            assert seconds >= BOUND_SECONDS - 0.1, seconds


@checks.add
def second_driver() -> str:
    """A line that another process holds is a lost door, not a shared one."""
    with driver() as running:
        second = Driver(running.config)
        fault = second.wait_for("DeviceLost")["fault"]
        second.end()
    assert "busy" in fault.lower(), fault
    return str(fault)


if __name__ == "__main__":
    checks.run()
