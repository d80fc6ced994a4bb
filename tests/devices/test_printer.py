"""The printer's thread against simulated printers on real sockets: labels, troubles, and nothing stale."""

import socket
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from queue import Queue
from typing import NoReturn

import pytest

from kiosk.clock import AdjustableClock
from kiosk.devices.labels.layout import WORDS, Label, draw_label
from kiosk.devices.labels.paper_list import PaperList, draw_list
from kiosk.devices.labels.registry import LANGUAGES
from kiosk.devices.labels.stock import Stock
from kiosk.devices.labels.tare_code import PRESETS
from kiosk.devices.printer import Printer
from kiosk.devices.printer_ports import CupsPort, FilePort, PrinterPort, TcpPort
from kiosk.devices.simulated.printer import SimulatedPrinter, labels_in
from kiosk.effects import PrintLabel
from kiosk.errors import DeviceError
from kiosk.events import DeviceFound, DeviceLost, Event, LabelPrinted, PrintFailed, PrintTrouble, Ticked
from kiosk.types import FactId, Grams, Jar, JarCode, Part

JAR = Jar(code=JarCode("704825"), grams=Grams(352), weighed_on=date(2026, 10, 3))
EXPECTED = draw_label(
    Label(grams=JAR.grams, weighed_on=JAR.weighed_on, jar=JAR.code), Stock(), PRESETS["oca_pos_tare"], WORDS["fr"]
)


class Desk:
    """A printer's thread and what it has said."""

    def __init__(self, port: PrinterPort, language: str, clock: AdjustableClock) -> None:
        self.clock = clock
        self._events: Queue[Event] = Queue()
        self.driver = Printer(
            port,
            LANGUAGES[language],
            stock=Stock(),
            tare_format=PRESETS["oca_pos_tare"],
            words=WORDS["fr"],
            post=self._events.put,
            clock=clock,
        )
        self.driver.start()

    def print(self, id_: str = "label", **more) -> None:
        self.driver.print_label(PrintLabel(id=FactId(id_), jar=JAR, **more))

    def heard(self) -> Event:
        """The next thing it says, but for its ticks."""
        while isinstance(event := self.next(), Ticked):
            pass
        return event

    def next(self) -> Event:
        return self._events.get(timeout=10)

    def close(self) -> None:
        self.driver.request_stop()
        assert self.driver.join(5)


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@pytest.fixture(params=["tspl", "zpl", "escpos"])
def printer(request: pytest.FixtureRequest) -> Iterator[SimulatedPrinter]:
    printer = SimulatedPrinter(request.param)
    printer.plug()
    yield printer
    printer.close()


@pytest.fixture
def tspl() -> Iterator[SimulatedPrinter]:
    printer = SimulatedPrinter("tspl")
    printer.plug()
    yield printer
    printer.close()


@pytest.fixture
def desk(request: pytest.FixtureRequest, clock: AdjustableClock) -> Iterator[Desk]:
    """At whichever printer the test has, found."""
    name = "printer" if "printer" in request.fixturenames else "tspl"
    printer = request.getfixturevalue(name)
    desk = Desk(TcpPort("127.0.0.1", printer.port), printer.language, clock)
    assert desk.heard() == DeviceFound(part=Part.PRINTER)
    yield desk
    desk.close()


def test_a_label_comes_out_and_the_printer_says_so(printer: SimulatedPrinter, desk: Desk) -> None:
    desk.print()
    assert desk.heard() == LabelPrinted(id=FactId("label"), sure=True)
    [label] = printer.labels
    assert label == EXPECTED


LIST = PaperList(title="À régler", rows=tuple((f"Présence : Sam {n}", "n° 7 · pas encore envoyé") for n in range(5)))


def test_a_list_comes_out_label_by_label_and_is_told_once(printer: SimulatedPrinter, desk: Desk) -> None:
    desk.driver.print_list(FactId("list"), LIST)
    assert desk.heard() == LabelPrinted(id=FactId("list"), sure=True)
    assert tuple(printer.labels) == draw_list(LIST, Stock())
    assert len(printer.labels) == 3


def test_a_printer_busy_with_a_long_list_does_not_seem_to_hang(desk: Desk) -> None:
    desk.driver.print_list(FactId("list"), LIST)
    until_printed = iter(desk.next, LabelPrinted(id=FactId("list"), sure=True))
    assert sum(isinstance(event, Ticked) for event in until_printed) >= 3


def test_a_list_without_paper_has_failed_and_leaves_nothing_stale(tspl: SimulatedPrinter, desk: Desk) -> None:
    tspl.take_paper_out()
    desk.driver.print_list(FactId("list"), LIST)
    assert desk.heard() == DeviceLost(part=Part.PRINTER, fault=PrintTrouble.PAPER.value)
    assert desk.heard() == PrintFailed(id=FactId("list"), trouble=PrintTrouble.PAPER)
    assert tspl.labels == []


TROUBLES: list[tuple[str, Callable[[SimulatedPrinter], None], Callable[[SimulatedPrinter], None], PrintTrouble]] = [
    ("paper", SimulatedPrinter.take_paper_out, SimulatedPrinter.load_paper, PrintTrouble.PAPER),
    ("cover", SimulatedPrinter.open_cover, SimulatedPrinter.close_cover, PrintTrouble.COVER),
    ("pause", SimulatedPrinter.pause, lambda printer: printer.pause(on=False), PrintTrouble.OFFLINE),
    ("power", SimulatedPrinter.unplug, SimulatedPrinter.plug, PrintTrouble.OFFLINE),
]


@pytest.mark.parametrize(
    ("harm", "mend", "trouble"), [trouble[1:] for trouble in TROUBLES], ids=[trouble[0] for trouble in TROUBLES]
)
def test_each_trouble_is_told_and_leaves_nothing_stale(
    printer: SimulatedPrinter, desk: Desk, harm: Callable, mend: Callable, trouble: PrintTrouble
) -> None:
    harm(printer)
    desk.print()
    assert desk.heard() == DeviceLost(part=Part.PRINTER, fault=trouble.value)
    assert desk.heard() == PrintFailed(id=FactId("label"), trouble=trouble)
    mend(printer)
    assert printer.labels == []
    desk.print("again")
    assert desk.heard() == DeviceFound(part=Part.PRINTER)
    assert desk.heard() == LabelPrinted(id=FactId("again"), sure=True)
    assert len(printer.labels) == 1


def test_paper_that_runs_out_in_the_middle_leaves_nothing_for_the_next_roll(
    tspl: SimulatedPrinter, desk: Desk, clock: AdjustableClock
) -> None:
    tspl.load_paper(1)
    desk.print("first")
    assert [type(desk.heard()) for _ in range(2)] == [DeviceLost, PrintFailed]
    tspl.load_paper()
    clock.advance(11)
    assert desk.heard() == DeviceFound(part=Part.PRINTER)
    assert len(tspl.labels) == 1


class AsItIsTaken:
    """A way on which something happens just as a label is handed over."""

    def __init__(self, port: PrinterPort, happens: Callable[[], None]) -> None:
        self._port = port
        self._happens = happens

    def open(self):
        connection = self._port.open()
        take = connection.write

        def write(data: bytes) -> None:
            self._happens()
            take(data)

        connection.write = write
        return connection


def test_a_printer_that_falls_silent_in_the_middle_leaves_nothing_for_the_next_roll(
    printer: SimulatedPrinter, clock: AdjustableClock
) -> None:
    """Some models answer only while nothing is wrong."""

    def run_out() -> None:
        printer.take_paper_out()
        printer.strike_dumb()

    desk = Desk(AsItIsTaken(TcpPort("127.0.0.1", printer.port), run_out), printer.language, clock)
    try:
        assert desk.heard() == DeviceFound(part=Part.PRINTER)
        desk.print()
        assert desk.heard() == DeviceLost(part=Part.PRINTER, fault=PrintTrouble.FAULT.value)
        assert desk.heard() == PrintFailed(id=FactId("label"), trouble=PrintTrouble.FAULT)
        printer.strike_dumb(on=False)
        clock.advance(11)
        assert desk.heard() == DeviceLost(part=Part.PRINTER, fault=PrintTrouble.PAPER.value)
        printer.load_paper()
        assert printer.labels == []
    finally:
        desk.close()


def test_a_queue_of_cups_that_answers_no_more_is_emptied(clock: AdjustableClock) -> None:
    calls: list[str] = []

    def run(command: tuple[str, ...], _given: bytes) -> str:
        calls.append(command[0])
        if calls[-2:] == ["lp", "lpstat"]:
            raise DeviceError("lpstat: timed out")
        return ""

    desk = Desk(CupsPort("tare", run), "tspl", clock)
    try:
        assert isinstance(desk.heard(), DeviceFound)
        desk.print()
        assert isinstance(desk.heard(), DeviceLost)
        assert desk.heard() == PrintFailed(id=FactId("label"), trouble=PrintTrouble.OFFLINE)
        assert calls[-1] == "cancel"
    finally:
        desk.close()


def test_a_label_that_a_queue_of_cups_could_not_hand_on_is_thrown_away(clock: AdjustableClock) -> None:
    """The queue takes it, and waits for a printer whose cable is out."""
    calls: list[str] = []
    waits = False

    def run(command: tuple[str, ...], _given: bytes) -> str:
        calls.append(command[0])
        return "printer tare now printing tare-1.\n\tWaiting for printer to become available." if waits else ""

    desk = Desk(CupsPort("tare", run), "tspl", clock)
    try:
        assert isinstance(desk.heard(), DeviceFound)
        desk.print()
        assert desk.heard() == LabelPrinted(id=FactId("label"), sure=False)
        calls.clear()
        waits = True
        clock.advance(11)
        assert desk.heard() == DeviceLost(part=Part.PRINTER, fault=PrintTrouble.OFFLINE.value)
        assert calls == ["lpstat", "cancel"]
    finally:
        desk.close()


def test_a_label_left_by_a_terminal_that_died_does_not_come_out(
    printer: SimulatedPrinter, clock: AdjustableClock
) -> None:
    printer.take_paper_out()
    with socket.create_connection(("127.0.0.1", printer.port)) as died:
        died.sendall(LANGUAGES[printer.language].encode(EXPECTED, Stock()))
    desk = Desk(TcpPort("127.0.0.1", printer.port), printer.language, clock)
    try:
        assert desk.heard() == DeviceLost(part=Part.PRINTER, fault=PrintTrouble.PAPER.value)
        printer.load_paper()
        desk.print()
        assert desk.heard() == DeviceFound(part=Part.PRINTER)
        assert desk.heard() == LabelPrinted(id=FactId("label"), sure=True)
        assert len(printer.labels) == 1
    finally:
        desk.close()


def test_a_printer_that_takes_a_part_of_a_label_has_failed_and_is_not_tried_again(
    tspl: SimulatedPrinter, desk: Desk
) -> None:
    tspl.swallow(5000)
    desk.print()
    assert isinstance(desk.heard(), DeviceLost)
    failed = desk.heard()
    assert isinstance(failed, PrintFailed)
    assert failed.trouble in {PrintTrouble.FAULT, PrintTrouble.OFFLINE}
    assert tspl.labels == []


def test_a_printer_that_tells_nothing_is_never_said_to_have_printed(tspl: SimulatedPrinter, desk: Desk) -> None:
    tspl.strike_dumb()
    desk.print()
    assert desk.heard() == LabelPrinted(id=FactId("label"), sure=False)
    assert tspl.wait_for_label()


def test_an_idle_printer_is_lost_once_and_found_once(
    tspl: SimulatedPrinter, desk: Desk, clock: AdjustableClock
) -> None:
    tspl.open_cover()
    clock.advance(11)
    assert desk.heard() == DeviceLost(part=Part.PRINTER, fault="cover")
    clock.advance(11)
    tspl.close_cover()
    clock.advance(11)
    assert desk.heard() == DeviceFound(part=Part.PRINTER)


def test_a_typed_weight_is_told_on_its_label(tspl: SimulatedPrinter, desk: Desk) -> None:
    desk.print(typed=True)
    assert isinstance(desk.heard(), LabelPrinted)
    label = Label(grams=JAR.grams, weighed_on=JAR.weighed_on, jar=JAR.code, typed=True)
    assert tspl.labels == [draw_label(label, Stock(), PRESETS["oca_pos_tare"], WORDS["fr"])]


def test_a_weight_that_no_label_can_carry_is_a_failure_not_a_crash(tspl: SimulatedPrinter, desk: Desk) -> None:
    jar = Jar(code=JAR.code, grams=Grams(0), weighed_on=JAR.weighed_on)
    desk.driver.print_label(PrintLabel(id=FactId("none"), jar=jar))
    assert isinstance(desk.heard(), DeviceLost)
    assert desk.heard() == PrintFailed(id=FactId("none"), trouble=PrintTrouble.FAULT)
    assert tspl.labels == []


class SlowPort:
    """Cannot be reached at first; counts the tries."""

    def __init__(self, tries_in_vain: int, port: PrinterPort) -> None:
        self.tries = 0
        self._in_vain = tries_in_vain
        self._port = port

    def open(self):
        self.tries += 1
        if self.tries <= self._in_vain:
            raise DeviceError("not yet")
        return self._port.open()


def test_a_printer_that_is_just_waking_up_is_tried_again(tspl: SimulatedPrinter, clock: AdjustableClock) -> None:
    slow = SlowPort(0, TcpPort("127.0.0.1", tspl.port))
    desk = Desk(slow, "tspl", clock)
    try:
        assert isinstance(desk.heard(), DeviceFound)
        slow.tries, slow._in_vain = 0, 2
        desk.print()
        assert desk.heard() == LabelPrinted(id=FactId("label"), sure=True)
        assert slow.tries == 3
    finally:
        desk.close()


def test_one_label_waits_at_most(clock: AdjustableClock) -> None:
    class Held:
        def open(self):
            raise DeviceError("held")

    desk = Desk(Held(), "tspl", clock)
    try:
        desk.driver.request_stop()
        assert desk.driver.join(5)
        desk.print("first")
        desk.print("second")
        assert isinstance(desk.heard(), DeviceLost)
        assert desk.heard() == PrintFailed(id=FactId("first"), trouble=PrintTrouble.FAULT)
    finally:
        desk.close()


@pytest.mark.parametrize("language", ["tspl", "zpl", "escpos"])
def test_a_file_holds_the_newest_label(tmp_path: Path, clock: AdjustableClock, language: str) -> None:
    file = tmp_path / "labels.bin"
    desk = Desk(FilePort(file), language, clock)
    try:
        assert isinstance(desk.heard(), DeviceFound)
        for id_ in ("first", "second"):
            desk.print(id_)
            assert desk.heard() == LabelPrinted(id=FactId(id_), sure=False)
        assert labels_in(language, file.read_bytes()) == [EXPECTED]
    finally:
        desk.close()


def test_an_address_that_can_be_none_is_a_printer_that_is_lost(
    clock: AdjustableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As the real one does, before it asks anyone.
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_rest: host.encode("idna"))
    desk = Desk(TcpPort("printer..lan"), "tspl", clock)
    assert desk.heard() == DeviceLost(part=Part.PRINTER, fault=PrintTrouble.OFFLINE.value)
    desk.print()
    assert desk.heard() == PrintFailed(id=FactId("label"), trouble=PrintTrouble.OFFLINE)
    desk.close()


def test_a_bug_in_a_look_leaves_the_printer_its_thread(
    clock: AdjustableClock, caplog: pytest.LogCaptureFixture
) -> None:
    class Buggy:
        def open(self) -> NoReturn:
            raise TypeError("a bug")

    desk = Desk(Buggy(), "tspl", clock)
    assert desk.heard() == DeviceLost(part=Part.PRINTER, fault=PrintTrouble.FAULT.value)
    desk.print()
    assert desk.heard() == PrintFailed(id=FactId("label"), trouble=PrintTrouble.FAULT)
    desk.close()
    assert "could not look at the printer" in caplog.text


def test_its_thread_shows_that_it_lives_after_each_label(tspl: SimulatedPrinter, desk: Desk) -> None:
    """Else the watchdog would start the terminal anew, for the sake of a printer that is well."""
    desk.print()
    assert desk.heard() == LabelPrinted(id=FactId("label"), sure=True)
    assert desk._events.get(timeout=10) == Ticked(Part.PRINTER)
