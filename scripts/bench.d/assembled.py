"""A terminal put together on the bench: the real reactor, store, door driver and sync, with a watch on its edges.

The relay is a simulated line that notes when it is driven; the disk is this machine's. A tap is the event that the
reader's thread posts; what the reader itself takes is measured in the room of the cards.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path

from kiosk.actions import Action
from kiosk.backends.rest import RestBackend
from kiosk.clock import SystemClock
from kiosk.devices.door import Door
from kiosk.devices.simulated.door import BARE, DrivenPin, SimulatedDoor
from kiosk.devices.supervisor import Supervisor
from kiosk.events import CardTapped, Committed, DeviceFound, Event, StopRequested, Touched
from kiosk.hands import Hands
from kiosk.ids import FactIds
from kiosk.reactor import Reactor, Settings
from kiosk.rules.policy import DoorTimes, Policy, Station, Times, Unstaffed
from kiosk.rules.tare import TareLimits
from kiosk.store.thread import Store
from kiosk.sync import Sync
from kiosk.types import CardHash, Fact, FactId, JarCode, Part, Sound, Status
from kiosk.views import View

PULSE_SECONDS = 0.3
"""Short, so that each tap drives the line anew; longer than the door's thread ever waits for its turn."""
NEAR = timedelta(hours=12)
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Line:
    """To a server."""

    url: str
    token: str
    interval_seconds: float = 60.0
    full_every_seconds: float = 86_400.0


class Recorder:
    """The store, and which of the facts of the last tap are not on the disk yet."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._open: set[FactId] = set()
        self._changed = threading.Condition()
        self.done_at = 0.0

    def record(self, fact: Fact, hold_seconds: float = 0.0) -> None:
        with self._changed:
            self._open.add(fact.id)
        self._store.record(fact, hold_seconds)

    def withdraw(self, fact_id: FactId, undo: Fact) -> None:
        self._store.withdraw(fact_id, undo)

    def note(self, event: Committed) -> None:
        with self._changed:
            self._open.difference_update(event.ids)
            if not self._open:
                self.done_at = time.perf_counter()
                self._changed.notify_all()

    def wait(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: not self._open, PATIENCE_SECONDS), "the disk never answered"


class Assembled:
    """One terminal.

    Args:
        folder: its data.
        line: to its server, if it has one.
        present: where views go.
        play: where sounds go.
        station: where it stands.
    """

    def __init__(
        self,
        folder: Path,
        line: Line | None = None,
        *,
        present: Callable[[View], None] = lambda _view: None,
        play: Callable[[Sound], None] = lambda _sound: None,
        station: Station = Station.ENTRANCE,
    ) -> None:
        self.clock = SystemClock()
        self.new_id = FactIds()
        settings = Settings(
            policy=Policy(needs_opening_hours=False, unstaffed=Unstaffed.MEMBERS),
            times=Times(),
            door=DoorTimes(pulse_seconds=PULSE_SECONDS, longer_pulse_seconds=PULSE_SECONDS),
            limits=TareLimits(),
            station=station,
            zone=UTC,
            language="fr",
        )
        self.reactor = Reactor(
            settings, self.clock, lambda: self.new_id(self.clock.now()), lambda: JarCode("000000"), lambda *_: None
        )
        self.store = Store(folder, self._post, self.clock)
        self.disk = Recorder(self.store)
        self._levels = threading.Condition()
        self._risen_at, self._is_up = 0.0, False
        self._found = threading.Event()
        self._door = Door(self._make_door().make_pins, self.clock, BARE)
        self._doorman = Supervisor(self._door, self._post, self.clock)
        self.sync = None
        if line is not None:
            self.backend = RestBackend(line.url, line.token, self.clock, key_id="demo")
            self.sync = Sync(
                self.backend,
                self.store,
                self._post,
                self.clock,
                interval_seconds=line.interval_seconds,
                full_every_seconds=line.full_every_seconds,
            )
        self._present, self._play = present, play

    def start(self) -> None:
        """Begin; returns when the door is there."""
        self.store.start()
        self.reactor.start(
            Hands(
                open_door=self._door.open_for,
                order_door=self._door.obey,
                ring=None,
                stop_ringing=lambda: None,
                present=self._present,
                play=self._play,
                record=self.disk,
                ask=None,
                deliver=(lambda: None) if self.sync is None else self.sync.wake,
                tick=lambda _part: None,
            )
        )
        self._doorman.start()
        if self.sync is not None:
            self.sync.start()
        assert self._found.wait(PATIENCE_SECONDS), "the door was never found"

    def _make_door(self) -> SimulatedDoor:
        bench = self

        class Relay(DrivenPin):
            def _note(self) -> None:
                super()._note()
                if self._function == "output":
                    bench._drive(is_up=bool(self._state))

        return SimulatedDoor(BARE, relay_pin_class=Relay)

    def _drive(self, *, is_up: bool) -> None:
        with self._levels:
            if is_up and not self._is_up:
                self._risen_at = time.perf_counter()
            self._is_up = is_up
            self._levels.notify_all()

    def _post(self, event: Event) -> None:
        if isinstance(event, Committed):
            self.disk.note(event)
        if isinstance(event, DeviceFound) and event.part is Part.DOOR:
            self._found.set()
        self.reactor.post(event)

    def wait_for_relay(self, *, is_up: bool) -> None:
        with self._levels:
            assert self._levels.wait_for(lambda: self._is_up is is_up, PATIENCE_SECONDS), "the relay never moved"

    def tap(self, card: CardHash) -> tuple[float, float]:
        """Seconds from the tap to the relay's line, and to the disk with all that was to be written of it."""
        self.wait_for_relay(is_up=False)
        began = time.perf_counter()
        self.reactor.post(CardTapped(hash=card, tail="0000"))
        with self._levels:
            assert self._levels.wait_for(lambda: self._risen_at > began, PATIENCE_SECONDS), "the relay never moved"
        self.disk.wait()
        return self._risen_at - began, self.disk.done_at - began

    def lay(self, card: CardHash) -> None:
        """A tap that nobody waits for, on the idle screen."""
        self.reactor.post(Touched(Action.DONE))
        self.reactor.post(CardTapped(hash=card, tail="0000"))

    def welcome_cards(self) -> list[CardHash]:
        """Cards of people who may enter, and are asked nothing: they have no shift to come to today."""
        knowledge, now = self.reactor.knowledge, self.clock.now()
        return [
            card.hash
            for card in knowledge.cards.values()
            if not card.blocked
            and (owner := knowledge.members.get(card.member_id)) is not None
            and owner.status is Status.OK
            and all(abs(shift.starts_at - now) > NEAR for shift in knowledge.shifts_of(owner.id))
        ]

    def close(self) -> None:
        """Stop in reverse."""
        if self.sync is not None:
            self.sync.request_stop()
            self.sync.join(30)
            self.backend.close()
        self._doorman.request_stop()
        self._doorman.join()
        self.reactor.post(StopRequested())
        self.reactor.join()
        self.store.request_stop()
        self.store.join(30)
