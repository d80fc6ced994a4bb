"""Plays scenarios on fresh guests: play.py FOLDER [NAME…].

A scenario is a file in scenarios/: its docstring's first line is its title, its ``play(machine, report)`` does it all.
The machine is up when it is handed over, its disks as they were built, or as the scenario that it ``NEEDS`` has kept
them (``KEPT``), which is played before it where nothing is kept yet. With ``SCREEN`` it has
one.
"""

import importlib.util
import signal
import sys
from pathlib import Path
from types import ModuleType

from machine import TOP, Machine
from report import Report

SCENARIOS = Path(__file__).parent / "scenarios"
PAGE = TOP / "docs" / "vm-test.md"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, SCENARIOS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def in_order(folder: Path, names: list[str]) -> list[str]:
    """Those that need another one behind it, which is added where it has kept nothing."""
    ordered: list[str] = []
    for name in sorted(names, key=lambda name: hasattr(load(name), "NEEDS")):
        needed = getattr(load(name), "NEEDS", "")
        if needed and needed not in ordered and not Machine.has_kept(folder, load(needed).KEPT):
            ordered.append(needed)
        ordered.append(name)
    return ordered


def main(folder: Path, names: list[str]) -> int:
    known = sorted(file.stem for file in SCENARIOS.glob("*.py"))
    if unknown := set(names) - set(known):
        print(f"No such scenario: {', '.join(sorted(unknown))}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    report = Report()
    for name in in_order(folder, names or known):
        module = load(name)
        with report.scenario((module.__doc__ or name).splitlines()[0].removesuffix(".")):
            first = load(needed) if (needed := getattr(module, "NEEDS", "")) else None
            machine = Machine(folder, name, first.KEPT if first else "", getattr(module, "SCREEN", None))
            try:
                machine.boot()
                report.learn(machine)
                module.play(machine, report)
            finally:
                machine.close()
    report.write(PAGE)
    print(f"\n{'Everything holds.' if report.has_passed else 'NOT everything holds.'}", flush=True)
    return 0 if report.has_passed else 1


if __name__ == "__main__":
    # Told to end, it switches its guest off on the way.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
