"""Somebody at the simulated door: does what the test of the door asks for, and tells what is to be seen there."""

import threading
from collections.abc import Callable
from typing import Final

from kiosk.clock import AdjustableClock
from kiosk.commissioning import Act, Ask
from kiosk.devices.simulated.door import SimulatedDoor

LOOKS: Final = 250
LOOK_SECONDS: Final = 0.02
STEP_SECONDS: Final = 0.5


class Doorman:
    """Honest and quick.

    Args:
        door: where he stands.
        clock: moved on while he waits, so that half a minute takes a moment.
        tell: called with what he is asked.
    """

    def __init__(self, door: SimulatedDoor, clock: AdjustableClock, tell: Callable[[str], None]) -> None:
        self._door = door
        self._clock = clock
        self._tell = tell
        self._pause = threading.Event()
        self._opened = False
        self._levels = 0

    def do(self, act: Act) -> None:
        """Do it at once."""
        self._tell(str(act))
        door = self._door
        deeds: dict[Act, Callable[[], object]] = {
            Act.UNPLUG_LOCK: self._look_at_relay,
            Act.OPEN: self._open,
            Act.OPEN_INSIDE: door.force_open,
            Act.SHUT: door.pull_shut,
            Act.PRESS_EXIT: self._press_exit,
            Act.BREAK_BOX: door.raise_fire,
            Act.RING_ALARM: door.raise_fire,
            Act.SHUT_BOX: door.end_fire,
            Act.END_ALARM: door.end_fire,
            Act.PULL_PLUG: door.cut_current,
            Act.PLUG_IN: door.mend_current,
            Act.OPEN_LID: door.open_box,
            Act.SHUT_LID: door.shut_box,
        }
        if act in deeds:
            deeds[act]()

    def _look_at_relay(self) -> None:
        self._levels = len(self._door.relay_levels)

    def _open(self) -> None:
        self._opened = self._sees(self._door.push_open)

    def _press_exit(self) -> None:
        self._door.press_exit()
        self._sees(lambda: self._door.is_unlocked)
        self._door.let_go_exit()

    def answer(self, ask: Ask) -> bool | None:
        """What is to be seen."""
        self._tell(str(ask))
        door = self._door
        looks: dict[Ask, Callable[[], bool]] = {
            Ask.UNPLUGGED: lambda: True,
            Ask.RELAY_CHANGES: lambda: self._sees(lambda: len(door.relay_levels) >= self._levels + 2, moving=True),
            Ask.IS_LOCKED: lambda: self._sees(lambda: not door.is_unlocked, moving=True),
            Ask.OPENED: lambda: self._opened and not door.is_unlocked,
            Ask.BUZZER: lambda: self._sees(lambda: door.buzzes),
            Ask.FREE_AT_ONCE: lambda: self._sees(lambda: door.is_unlocked),
            Ask.FALLS_OPEN: lambda: self._sees(lambda: door.is_unlocked),
            Ask.STAYS_LOCKED: lambda: not door.is_unlocked,
        }
        return looks[ask]()

    def pass_time(self) -> None:
        """He does not like to wait."""
        self._clock.advance(STEP_SECONDS)

    def _sees(self, seen: Callable[[], bool], *, moving: bool = False) -> bool:
        for _ in range(LOOKS):
            if seen():
                return True
            self._pause.wait(LOOK_SECONDS)
            if moving:
                self.pass_time()
        return False
