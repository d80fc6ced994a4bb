"""One part in hand at a time, with the driver that the terminal will use, so that a person can try it."""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from kiosk.app import Worker
from kiosk.app_door import make_door
from kiosk.app_parts import Wiring, make_hasher, make_printer, make_sources
from kiosk.clock import Clock
from kiosk.config import Config
from kiosk.devices.door import Door
from kiosk.devices.supervisor import Source, Supervisor
from kiosk.effects import PrintLabel
from kiosk.errors import DeviceError
from kiosk.events import Event
from kiosk.types import FactId, Grams, Jar, JarCode, Part

if TYPE_CHECKING:
    from kiosk.devices.printer import Printer

log = logging.getLogger(__name__)

TEST_LABEL: Final = FactId("guide-label")
TEST_JAR: Final = JarCode("00000")
TEST_GRAMS: Final = Grams(352)


class Trial:
    """What is being tried. :meth:`take` and :meth:`give_back` wait for the part; the others return at once.

    Args:
        post: takes what the part tells.
        clock: the time of its driver.
        wiring: what lies below the drivers.
    """

    def __init__(self, post: Callable[[Event], None], clock: Clock, wiring: Wiring) -> None:
        self._post = post
        self._clock = clock
        self._wiring = wiring
        self._guard = threading.Lock()
        self._worker: Worker | None = None
        self._door: Door | None = None
        self._printer: Printer | None = None

    def take(self, part: Part, config: Config) -> None:
        """Begin with a part; the one before is given back.

        Raises:
            ConfigError: there is no card key.
            DeviceError: it is not configured.
        """
        self.give_back()
        with self._guard:
            if part is Part.PRINTER:
                self._printer = make_printer(config, self._post, self._clock)
                worker: Worker | None = self._printer
            else:
                source = next((source for source in self._sources(part, config) if source.part is part), None)
                self._door = source if isinstance(source, Door) else None
                worker = None if source is None else Supervisor(source, self._post, self._clock)
            if worker is None:
                raise DeviceError(f"the {part.value} is not configured")
            self._worker = worker
            worker.start()

    def _sources(self, part: Part, config: Config) -> Iterator[Source]:
        if part is Part.DOOR:
            door = make_door(config, self._clock, self._wiring.make_door_pins, None)
            if door is not None:
                yield door
        else:
            yield from make_sources(config, make_hasher(config), self._clock, self._wiring)

    def give_back(self) -> None:
        """End with it: its lines are at rest, its port is free."""
        with self._guard:
            worker, self._worker, self._door, self._printer = self._worker, None, None, None
        if worker is not None:
            worker.request_stop()
            if not worker.join():
                log.warning("a part that was tried did not stop in time")

    def pulse(self, seconds: float) -> None:
        """Let the relay change for so long."""
        with self._guard:
            if self._door is not None:
                self._door.open_for(seconds)

    def print_test(self) -> None:
        """A label as for a jar."""
        with self._guard:
            if self._printer is not None:
                jar = Jar(code=TEST_JAR, grams=TEST_GRAMS, weighed_on=self._clock.now().date())
                self._printer.print_label(PrintLabel(id=TEST_LABEL, jar=jar))

    def print_code(self, text: str) -> None:
        """A two-dimensional code as large as the label takes it."""
        with self._guard:
            if self._printer is not None:
                self._printer.print_code(TEST_LABEL, text)
