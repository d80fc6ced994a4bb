"""The door on the kernel's own lines.

The checks are those of guest/door_lines.py, guest/door_inputs.py and guest/door_service.py: they read every level that
is set on the relay's line from the kernel's trace.
"""

from machine import CHECKOUT, Machine
from report import Report

PROGRAMS = ("door_lines", "door_inputs", "door_service")


def play(machine: Machine, report: Report) -> None:
    machine.put_checkout()
    machine.run(f"python3 {CHECKOUT}/scripts/vm-test.d/guest/pi.py")
    for program in PROGRAMS:
        report.take(
            machine.lines(
                f"cd {CHECKOUT} && PYTHONPATH={CHECKOUT}:/opt/libraries PYTHONUNBUFFERED=1 "
                f"python3 scripts/vm-test.d/guest/{program}.py 2>&1"
            )
        )
