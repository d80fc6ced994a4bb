"""The card reader: an RC522 board on SPI (mfrc522), from opening to taps."""

import logging
import threading
from typing import TYPE_CHECKING, Final

from kiosk.clock import Clock
from kiosk.devices.cards import CardHasher, is_random_or_blank, tail
from kiosk.devices.rc522_dialogue import SelectedCard, Sight, kind_of, look
from kiosk.devices.rc522_presence import Presence
from kiosk.errors import DeviceError
from kiosk.events import CardTapped, Event, TwoCardsSeen
from kiosk.types import Part

if TYPE_CHECKING:
    from kiosk.devices.rc522_chip import Rc522Chip

log = logging.getLogger(__name__)

CHECK_SECONDS: Final = 5.0
REFRESH_SECONDS: Final = 600.0
"""After so long without a card the chip is set up anew: some hang after hours with every register as it should be."""
QUIET_SECONDS: Final = 600.0
"""A chip that has to be set up again and again is logged once in so long."""
UNREADABLE_LOOKS: Final = 20
"""So many in a row are no hand that moves: a damaged card, or one that the antenna hardly reaches."""


class Rc522Reader:
    """An RC522 as a source of taps.

    Args:
        bus: SPI bus, 0 on the Pi's header.
        device: chip select on it.
        reset_pin: GPIO number (not the place on the header) that NRSTPD is wired to.
        hasher: under whose key a card becomes a hash.
        clock: the time to wait on.
        poll_seconds: time from one look at the field to the next.
    """

    part = Part.READER
    faults: tuple[type[BaseException], ...] = (OSError,)

    def __init__(
        self,
        *,
        bus: int,
        device: int,
        reset_pin: int,
        hasher: CardHasher,
        clock: Clock,
        poll_seconds: float = 0.1,
    ) -> None:
        self._bus = bus
        self._device = device
        self._reset_pin = reset_pin
        self._hasher = hasher
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._resting = threading.Condition()
        self._chip: Rc522Chip | None = None
        self._presence = Presence()
        self._next_look = self._next_check = self._next_refresh = 0.0
        self._told_of_cure = -QUIET_SECONDS
        self._unreadable_looks = 0

    def open(self) -> None:
        """Take the bus and the pin, and start the chip.

        Raises:
            DeviceError: no chip answers, or the Pi's pins or modules are not to be had.
            OSError: the bus is not there.
        """
        try:
            from kiosk.devices.rc522_chip import Rc522Chip

            self._chip = Rc522Chip(self._bus, self._device, self._reset_pin, self._pause)
        except (ImportError, RuntimeError) as error:
            raise DeviceError(f"no access to the pins: {error}") from error
        self._chip.reset_by_pin()
        if (fault := self._chip.maybe_fault()) is not None:
            raise DeviceError(fault)
        # Whoever holds a card to a reader that was out of order is waiting: it is a tap even if it lay there before.
        self._presence = Presence()
        now = self._clock.monotonic()
        self._next_look = now
        self._next_check = now + CHECK_SECONDS
        self._next_refresh = now + REFRESH_SECONDS

    def read(self) -> tuple[Event, ...]:
        """Wait for the next look, and say what it shows that is new.

        Raises:
            DeviceError: the chip does not work, whatever was tried.
            OSError: the bus fails.
        """
        chip = self._chip
        if chip is None:
            raise DeviceError("the reader is not open")
        self._pause(self._next_look - self._clock.monotonic())
        now = self._clock.monotonic()
        self._next_look = now + self._poll_seconds
        self._watch(chip, now)
        new = self._presence.see(self._look(chip))
        if not self._presence.is_empty:
            self._next_refresh = now + REFRESH_SECONDS
        if isinstance(new, SelectedCard):
            return (self._tapped(new),)
        return (TwoCardsSeen(),) if new is Sight.SEVERAL else ()

    def close(self) -> None:
        """Give back the bus and the pin."""
        chip, self._chip = self._chip, None
        if chip is not None:
            chip.Close_MFRC522()

    def _tapped(self, card: SelectedCard) -> CardTapped:
        return CardTapped(
            hash=self._hasher.hash_uid(card.uid),
            tail=tail(card.uid),
            kind=kind_of(card),
            enrolable=not is_random_or_blank(card.uid),
            code=str(card.uid),
        )

    def _look(self, chip: "Rc522Chip") -> SelectedCard | Sight:
        try:
            seen = look(chip.exchange)
        except DeviceError as error:
            self._cure(chip, str(error))
            return Sight.EMPTY
        # A dead bus looks like damage and collisions too: nothing is said of them before the chip has been heard.
        if seen in {Sight.SEVERAL, Sight.UNREADABLE} and (fault := chip.maybe_fault()) is not None:
            self._cure(chip, fault)
            return Sight.EMPTY
        self._unreadable_looks = self._unreadable_looks + 1 if seen is Sight.UNREADABLE else 0
        if self._unreadable_looks == UNREADABLE_LOOKS:
            log.info("reader: something lies there that answers and cannot be read")
        return seen

    def _watch(self, chip: "Rc522Chip", now: float) -> None:
        if now >= self._next_check:
            self._next_check = now + CHECK_SECONDS
            if (fault := chip.maybe_fault()) is not None:
                self._cure(chip, fault)
        if now >= self._next_refresh:
            self._next_refresh = now + REFRESH_SECONDS
            chip.MFRC522_Init()

    def _cure(self, chip: "Rc522Chip", fault: str) -> None:
        """Set the chip up again, by command, then by its pin.

        Raises:
            DeviceError: neither helps.
        """
        for restart in (chip.MFRC522_Init, chip.reset_by_pin):
            try:
                restart()
                left = chip.maybe_fault()
            except DeviceError as error:
                left = str(error)
            if left is None:
                now = self._clock.monotonic()
                if now - self._told_of_cure >= QUIET_SECONDS:
                    log.warning("reader: set up again (%s)", fault)
                    self._told_of_cure = now
                return
        raise DeviceError(fault)

    def _pause(self, seconds: float) -> None:
        deadline = self._clock.monotonic() + seconds
        with self._resting:
            while (left := deadline - self._clock.monotonic()) > 0:
                self._clock.wait(self._resting, left)
