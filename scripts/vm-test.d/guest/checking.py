"""In the guest: checks that tell their outcome as a JSON object a line, for report.py outside of it."""

import json
import time
from collections.abc import Callable

Check = Callable[[], str | None]
"""Raises if its promise does not hold; may return what it has measured."""

PATIENCE_SECONDS = 60.0
"""Nothing takes so long, but the guest is slow."""


class Checks:
    """Those of one program, in their order."""

    def __init__(self) -> None:
        self._checks: list[Check] = []

    def add(self, check: Check) -> Check:
        """Register a check; its docstring is the promise."""
        self._checks.append(check)
        return check

    def run(self) -> None:
        """Run them all; one that fails keeps no other from its turn."""
        for check in self._checks:
            told = {"promise": (check.__doc__ or check.__name__).strip()}
            try:
                told["seen"] = check() or ""
            except Exception as fault:  # noqa: BLE001 - whatever it is, it is told
                told["fault"] = f"{type(fault).__name__}: {fault}"
            print(json.dumps(told), flush=True)


def wait_until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Raises AssertionError if it does not come to that in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
