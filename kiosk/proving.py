"""Runs the test of the door on the lines of a terminal that is stopped, and keeps the result in its journal."""

from collections.abc import Callable
from functools import partial
from typing import Any

from kiosk.app_door import make_door
from kiosk.app_parts import RealWiring, Wiring, control_path
from kiosk.clock import Clock, moment
from kiosk.commissioning import Bench, Commissioning, Person, Step, details_of, has_passed
from kiosk.config import Config
from kiosk.control import NotRunning, ask
from kiosk.devices.supervisor import Supervisor
from kiosk.effects import ResetDoor
from kiosk.errors import KioskError
from kiosk.ids import FactIds
from kiosk.store.thread import Store
from kiosk.types import Fact, FactKind, MemberId

ANSWER_SECONDS = 10.0


def prove_door(
    config: Config,
    clock: Clock,
    person: Person,
    tell: Callable[[Step], None],
    *,
    by: str | None = None,
    wiring: Wiring | None = None,
) -> dict[str, Any]:
    """Take the person through every step, then write down what came of it.

    Args:
        config: the terminal's.
        clock: the time.
        person: who stands at the door.
        tell: called with each step as it is done.
        by: a member's number.
        wiring: simulated hardware; without it the real one.

    Returns:
        ``passed``, ``at`` (ISO 8601), ``lock``, ``by`` and the outcome of each of ``steps``.

    Raises:
        KioskError: there is no door, the terminal is running, or its journal cannot be written.
    """
    if not config.door.enabled:
        raise KioskError("no door is configured: [door] enabled")
    try:
        ask(control_path(config), "status", {})
    except NotRunning:
        pass
    else:
        raise KioskError(
            "the terminal is running and has the door's lines: test it at its screen (Autotest), "
            "or stop it first (sudo systemctl stop kiosk)"
        )
    door = make_door(config, clock, (wiring or RealWiring()).make_door_pins, None)
    assert door is not None
    store = Store(config.terminal.data_dir, lambda _event: None, clock)
    store.start()
    bench = Bench(clock, door.open_for, partial(door.obey, ResetDoor()))
    supervisor = Supervisor(door, bench.hear, clock)
    steps: list[Step] = []
    try:
        supervisor.start()
        for step in Commissioning(config.door, bench, person).steps():
            steps.append(step)
            tell(step)
        now = moment(clock)
        fact = Fact(
            id=FactIds()(now.wall),
            kind=FactKind.COMMISSIONING,
            happened=now,
            member_id=None if by is None else MemberId(by),
            details=details_of(steps, config.door),
        )
        store.record(fact)
        # Asked after it, answered after it: then it is on the disk, or this fails.
        store.outbox_list().result(ANSWER_SECONDS)
    finally:
        supervisor.request_stop()
        supervisor.join()
        store.request_stop()
        store.join()
    return {"passed": has_passed(steps), "at": now.wall.isoformat(timespec="seconds"), "by": by, **fact.details}
