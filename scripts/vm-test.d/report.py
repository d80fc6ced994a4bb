"""What was proved and what was not: said at once, and written as a page of the docs."""

import json
import subprocess
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from machine import Machine

HEAD = """# What a real system showed

Written by `scripts/vm-test`; do not edit it. It is a Debian guest with its own kernel and systemd, and GPIO lines that
this kernel simulates. Where a line has to stay active after its process has died, as a Raspberry Pi's may, it is wired
so. The time between power-on and the kernel is not shown. All runs without hardware virtualisation, many times slower
than a machine would.
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One promise.

    Attributes:
        fault: why it does not hold; empty where it does.
        seen: what was measured.
    """

    promise: str
    fault: str = ""
    seen: str = ""


@dataclass(slots=True)
class Finding:
    """What checks add to what they have seen."""

    seen: str = ""


@dataclass(slots=True)
class Scenario:
    title: str
    checks: list[Check] = field(default_factory=list)
    seconds: float = 0.0


class Report:
    """All scenarios that were played."""

    def __init__(self) -> None:
        self._scenarios: list[Scenario] = []
        self._facts: dict[str, str] = {}

    @property
    def has_passed(self) -> bool:
        checks = [check for scenario in self._scenarios for check in scenario.checks]
        return bool(checks) and not any(check.fault for check in checks)

    @contextmanager
    def scenario(self, title: str) -> Iterator[None]:
        """What is checked within belongs to it. It ends the scenario and no other if something goes wrong."""
        print(f"\n── {title}", flush=True)
        scenario, began = Scenario(title), time.monotonic()
        self._scenarios.append(scenario)
        try:
            yield
        except Exception as fault:  # noqa: BLE001 - whatever it is, the other scenarios have their turn
            traceback.print_exc()
            self.add(Check("It comes to its end.", told(fault)))
        scenario.seconds = time.monotonic() - began

    @contextmanager
    def check(self, promise: str) -> Iterator[Finding]:
        """A promise that holds unless something is raised within."""
        finding = Finding()
        try:
            yield finding
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is told
            self.add(Check(promise, told(fault)))
        else:
            self.add(Check(promise, seen=finding.seen))

    def take(self, lines: Iterable[str]) -> None:
        """What a program in the guest tells (guest/checking.py), a JSON object a line; other lines are only shown."""
        for line in lines:
            try:
                self.add(Check(**json.loads(line)))
            except (ValueError, TypeError):
                print(f"        {line}", flush=True)

    def add(self, check: Check) -> None:
        self._scenarios[-1].checks.append(check)
        outcome, more = ("NOT OK", check.fault) if check.fault else ("ok", check.seen)
        print(f"{outcome:7} {check.promise}{f' [{more}]' if more else ''}", flush=True)

    def learn(self, machine: Machine) -> None:
        """Which guest it is."""
        tell = "cat /etc/debian_version; uname -r; systemctl --version | head -n 1; python3 --version"
        debian, kernel, systemd, python = machine.run(tell).stdout.splitlines()
        qemu = subprocess.run(["qemu-system-x86_64", "--version"], capture_output=True, text=True, check=True).stdout
        self._facts = {
            "guest": f"Debian {debian}, {' '.join(systemd.split()[:2])}, {python}",
            "kernel": kernel,
            "machine": f"qemu {qemu.split()[3].removesuffix(',').split('(')[0]}",
        }

    def write(self, page: Path) -> None:
        """Make the page anew; what it says of scenarios that were not played now stays."""
        facts = "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in self._facts.items())])
        parts = dict(_parts(page.read_text(encoding="utf-8"))) if page.exists() else {}
        parts |= {scenario.title: _told_of(scenario) for scenario in self._scenarios}
        page.write_text("\n".join([HEAD, facts, *(f"\n## {title}\n\n{text}" for title, text in parts.items())]) + "\n")


def _parts(page: str) -> Iterator[tuple[str, str]]:
    for part in page.split("\n## ")[1:]:
        title, _, text = part.partition("\n\n")
        yield title, text.rstrip("\n")


def _told_of(scenario: Scenario) -> str:
    rows = [
        f"| {check.promise} | {'**no**' if check.fault else 'yes'} | {cell(check.fault or check.seen)} |"
        for check in scenario.checks
    ]
    played = f"Played on {datetime.now(tz=UTC):%Y-%m-%d} in {scenario.seconds:.0f} s."
    return "\n".join([played, "", "| promise | holds | seen |", "|---|---|---|", *rows])


def told(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"


def cell(text: str) -> str:
    """One line of a table."""
    return text.splitlines()[0].replace("|", "\\|") if text else ""
