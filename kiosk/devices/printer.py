"""The label printer: one thread that prints a label when asked, and looks after the printer in between.

One label waits at most. A label is tried again only while the printer cannot be reached at all: once a byte of it has
gone, a second try could leave two halves on the jar. Nothing is sent to a printer that says it would not print, and
what it did not print is thrown away, so that no stale label comes out when paper is put in.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from kiosk.clock import Clock
from kiosk.devices.labels.language import Language, PrinterStatus
from kiosk.devices.labels.layout import Label, Words, draw_label
from kiosk.devices.labels.paper_list import PaperList, draw_list
from kiosk.devices.labels.qr_label import draw_code_label
from kiosk.devices.labels.raster import Raster
from kiosk.devices.labels.stock import Stock
from kiosk.devices.labels.tare_code import TareFormat
from kiosk.devices.printer_ports import Connection, PartialWrite, PrinterPort
from kiosk.effects import PrintLabel
from kiosk.events import DeviceFound, DeviceLost, Event, LabelPrinted, PrintFailed, PrintTrouble, Ticked
from kiosk.own_thread import OwnThread
from kiosk.types import FactId, Part

log = logging.getLogger(__name__)

PAUSES_SECONDS: Final = (0.3, 1.0)
"""Before the second and the third try to reach the printer."""
LOOK_SECONDS: Final = 10.0
"""From one look at an idle printer to the next."""
ANSWER_SECONDS: Final = 1.0
SETTLE_TURNS: Final = 4
"""Looks after which a printer that is not busy has printed: at first it may not have begun."""
TURN_SECONDS: Final = 0.15
MOST_TURNS: Final = 24
"""A label takes a second; one that takes four is stuck."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What is to be printed; it is drawn in the printer's own thread."""

    id: FactId
    draw: Callable[[], Sequence[Raster]]


class Printer(OwnThread):
    """Prints tare labels, and lists for staff.

    Args:
        port: where the printer is.
        language: what it understands.
        stock: the labels in it.
        tare_format: how the till reads the tare.
        words: what stands on each label.
        post: where events go.
        clock: paces the looks.
    """

    def __init__(
        self,
        port: PrinterPort,
        language: Language,
        *,
        stock: Stock,
        tare_format: TareFormat,
        words: Words,
        post: Callable[[Event], None],
        clock: Clock,
    ) -> None:
        super().__init__("printer")
        self._port = port
        self._language = language
        self._stock = stock
        self._tare_format = tare_format
        self._words = words
        self._post = post
        self._clock = clock
        self._waiting: _Job | None = None
        self._known_lost: PrintTrouble | None = None
        self._seen = False
        self._cleared = False

    def print_label(self, order: PrintLabel) -> None:
        """Print a label; returns at once. What still waits gives way, and has failed."""
        self._take_on(_Job(order.id, lambda: (self._draw(order),)))

    def print_list(self, order: FactId, paper: PaperList) -> None:
        """Print a list, as many labels as it takes; returns at once. What still waits gives way, and has failed."""
        self._take_on(_Job(order, lambda: draw_list(paper, self._stock)))

    def print_code(self, order: FactId, text: str) -> None:
        """Print a QR code on a label of its own; returns at once. What still waits gives way, and has failed."""
        self._take_on(_Job(order, lambda: (draw_code_label(text, self._stock),)))

    def _take_on(self, job: "_Job") -> None:
        with self._wake:
            replaced, self._waiting = self._waiting, job
            self._wake.notify_all()
        if replaced is not None:
            self._post(PrintFailed(id=replaced.id, trouble=PrintTrouble.FAULT))

    # ── its thread ────────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        while not self._stopping:
            order = self._take()
            if order is None:
                self._look()
            else:
                self._serve(order)
            self._post(Ticked(Part.PRINTER))
            if not self._waiting:
                self._rest(LOOK_SECONDS)

    def _take(self) -> "_Job | None":
        with self._wake:
            order, self._waiting = self._waiting, None
            return order

    def _rest(self, seconds: float) -> None:
        """Until ``seconds`` have passed, a label is wanted, or the end."""
        ends_at = self._clock.monotonic() + seconds
        with self._wake:
            while not self._stopping and self._waiting is None and (left := ends_at - self._clock.monotonic()) > 0:
                self._clock.wait(self._wake, left)

    def _pause(self, seconds: float) -> None:
        with self._wake:
            if not self._stopping:
                self._clock.wait(self._wake, seconds)

    def _look(self) -> None:
        try:
            with closing(self._open()) as connection:
                status = self._status(connection)
                trouble = None if status is None else status.trouble
                if trouble not in {None, self._known_lost}:
                    # It may hold a label that it has taken, and nobody waits for any more.
                    connection.discard(self._language.cancel)
        except OSError as fault:
            self._lost(PrintTrouble.OFFLINE, str(fault))
        except Exception:
            # A bug in here must not end the thread: the watchdog would start the door anew for the sake of a label.
            if self._known_lost is not PrintTrouble.FAULT:
                log.exception("could not look at the printer")
            self._lost(PrintTrouble.FAULT, "a bug")
        else:
            if trouble is None:
                self._found()
            else:
                self._lost(trouble, "it says so itself")

    def _open(self) -> Connection:
        """A way to the printer; before the first one, what a terminal that died may have left there is thrown away."""
        if not self._cleared:
            # On a way of its own: a printer that takes nothing would keep the next one waiting behind it.
            with closing(self._port.open()) as connection:
                connection.discard(self._language.cancel)
            self._cleared = True
        return self._port.open()

    def _serve(self, order: "_Job") -> None:
        try:
            trouble, sure = self._print(order)
        except Exception:
            # A bug in here must leave the person with something to write on the jar.
            log.exception("a label could not be printed")
            trouble, sure = PrintTrouble.FAULT, False
        if trouble is None:
            self._found()
            self._post(LabelPrinted(id=order.id, sure=sure))
        else:
            self._lost(trouble, "a label could not be printed")
            self._post(PrintFailed(id=order.id, trouble=trouble))

    def _draw(self, order: PrintLabel) -> Raster:
        jar = order.jar
        day = jar.weighed_on if order.dated else None
        label = Label(grams=jar.grams, weighed_on=day, jar=jar.code, typed=order.typed)
        return draw_label(label, self._stock, self._tare_format, self._words)

    def _print(self, order: "_Job") -> tuple[PrintTrouble | None, bool]:
        """Why there is no label (None: there is one), and whether the printer itself has said so.

        Of several the first that does not come out is the last that is tried.
        """
        sure = True
        for raster in order.draw():
            # A list of a hundred labels takes longer than the watchdog waits for a printer.
            self._post(Ticked(Part.PRINTER))
            trouble, told = self._print_one(raster)
            sure = sure and told
            if trouble is not None:
                return trouble, False
        return None, sure

    def _print_one(self, raster: Raster) -> tuple[PrintTrouble | None, bool]:
        data = self._language.encode(raster, self._stock)
        connection = self._reach()
        if connection is None:
            return PrintTrouble.OFFLINE, False
        with closing(connection):
            try:
                return self._hand_over(connection, data)
            except PartialWrite as fault:
                log.warning("printer: %s", fault)
                return PrintTrouble.FAULT, False
            except OSError as fault:
                log.warning("printer: gone in the middle (%s)", fault)
                return PrintTrouble.OFFLINE, False

    def _reach(self) -> Connection | None:
        # Who stands there has waited long enough for a printer that was not there a moment ago either.
        pauses = PAUSES_SECONDS if self._known_lost is None else ()
        for pause in (*pauses, None):
            try:
                return self._open()
            except OSError as fault:
                if pause is None:
                    log.debug("printer: not reached (%s)", fault)
                    return None
            self._pause(pause)
        return None

    def _hand_over(self, connection: Connection, data: bytes) -> tuple[PrintTrouble | None, bool]:
        before = self._status(connection)
        if before is not None and before.trouble is not None:
            return before.trouble, False
        trouble: PrintTrouble | None = PrintTrouble.FAULT
        try:
            connection.write(data)
            trouble, sure = self._follow(connection, told_before=before is not None)
        finally:
            if trouble is not None:
                connection.discard(self._language.cancel)
        return trouble, sure

    def _follow(self, connection: Connection, *, told_before: bool) -> tuple[PrintTrouble | None, bool]:
        """What becomes of a label that the printer has taken."""
        for turn in range(MOST_TURNS):
            self._pause(TURN_SECONDS)
            status = self._status(connection)
            if status is None:
                # One that answered before and does not now is in trouble that it cannot tell.
                return (PrintTrouble.FAULT if told_before else None), False
            if status.trouble is not None:
                return status.trouble, False
            if not status.busy and turn >= SETTLE_TURNS:
                return None, True
        return PrintTrouble.FAULT, False

    def _status(self, connection: Connection) -> PrinterStatus | None:
        """What the printer says, or what the way to it knows; None: nothing, which is never taken for ready."""
        read = self._language.read_status
        if self._language.question:
            answer = connection.ask(self._language.question, lambda data: read(data) is not None, ANSWER_SECONDS)
            if (status := read(answer)) is not None:
                return status
        return connection.hint()

    # ── lost and found ────────────────────────────────────────────────────────────────────────────────────────────

    def _lost(self, trouble: PrintTrouble, why: str) -> None:
        if trouble is not self._known_lost:
            self._known_lost = trouble
            log.warning("printer: %s (%s)", trouble, why)
            self._post(DeviceLost(part=Part.PRINTER, fault=trouble.value))

    def _found(self) -> None:
        if self._known_lost is not None or not self._seen:
            if self._known_lost is not None:
                log.info("printer: back")
            self._known_lost, self._seen = None, True
            self._post(DeviceFound(part=Part.PRINTER))
