"""The ways to a printer: everything is written, or it is a failure."""

import os
import socket
import threading
import tty
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.devices.labels.language import PrinterStatus
from kiosk.devices.printer_ports import CupsPort, FilePort, PartialWrite, TcpPort, write_whole
from kiosk.errors import DeviceError
from kiosk.events import PrintTrouble


def test_what_is_taken_in_pieces_is_written_whole() -> None:
    taken = bytearray()

    def three_at_a_time(rest: bytes) -> int:
        taken.extend(rest[:3])
        return len(rest[:3])

    write_whole(b"0123456789", three_at_a_time)
    assert taken == b"0123456789"


def test_a_part_that_was_taken_is_a_failure_of_its_own() -> None:
    def stops_after(first: int):
        sizes = iter([first])

        def send(_rest: bytes) -> int:
            for size in sizes:
                return size
            raise TimeoutError("no more")

        return send

    with pytest.raises(PartialWrite, match="4 of 10 bytes"):
        write_whole(b"0123456789", stops_after(4))
    with pytest.raises(TimeoutError):
        write_whole(b"0123456789", lambda _: stops_after(0)(b"") or (_ for _ in ()).throw(TimeoutError()))


def test_a_fifo_without_a_reader_is_not_there(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(OSError):
        FilePort(fifo).open()


def test_a_fifo_with_a_reader_takes_a_label(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    with closing(FilePort(fifo).open()) as way:
        way.write(b"label")
        assert way.ask(b"?", bool, 1) == b""
        assert way.hint() is None
    assert os.read(reader, 100) == b"label"
    os.close(reader)


def test_a_look_at_a_file_leaves_the_label_in_it(tmp_path: Path) -> None:
    file = tmp_path / "label.zpl"
    with closing(FilePort(file).open()) as way:
        way.write(b"a long label")
    with closing(FilePort(file).open()) as way:
        way.discard(b"~JA")
    assert file.read_bytes() == b"a long label"
    with closing(FilePort(file).open()) as way:
        way.write(b"short")
    assert file.read_bytes() == b"short"


def test_a_character_device_is_written_to_and_answers() -> None:
    """A pseudo terminal stands in for /dev/usb/lp0: it has no LPGETSTATUS, so nothing is known of its paper."""
    master, slave = os.openpty()
    tty.setraw(slave)
    with closing(FilePort(Path(os.ttyname(slave))).open()) as way:
        way.write(b"label")
        assert os.read(master, 100) == b"label"
        os.write(master, b"\x04")
        assert way.ask(b"\x1b!?", bool, 1) == b"\x04"
        assert way.hint() is None
        way.discard(b"\x1b!.")
        # A terminal hands over what it has; the two writes may come in two pieces.
        heard = os.read(master, 100)
        while len(heard) < 6:
            heard += os.read(master, 100)
        assert heard == b"\x1b!?\x1b!."
        way.close()
    os.close(master)
    os.close(slave)


def test_a_printer_that_takes_nothing_more_fails_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.devices.printer_ports.WRITE_SECONDS", 0.05)
    master, slave = os.openpty()
    tty.setraw(slave)
    with closing(FilePort(Path(os.ttyname(slave))).open()) as way, pytest.raises(PartialWrite):
        way.write(bytes(1_000_000))
    os.close(master)
    os.close(slave)


class Usblp:
    """The kernel's printer device where it does not wait: what is written is on its way only, one piece at a time.

    What is on its way when it is closed is thrown away (``usblp_release``). A printer that sends empty packets is read
    as ``b""``.
    """

    O_RDWR, O_NONBLOCK, O_CLOEXEC = os.O_RDWR, os.O_NONBLOCK, os.O_CLOEXEC

    def __init__(self, *answers: bytes, takes: bool = True) -> None:
        self.taken = b""
        self._on_its_way = b""
        self._answers = list(answers)
        self._takes = takes

    def open(self, _path: Path, _flags: int, _mode: int) -> int:
        return 99

    def fstat(self, _file: int) -> os.stat_result:
        return Path("/dev/null").stat()

    def write(self, _file: int, data: bytes) -> int:
        self._on_its_way = data
        return len(data)

    def read(self, _file: int, _most: int) -> bytes:
        return self._answers.pop(0)

    def close(self, _file: int) -> None:
        self._on_its_way = b""

    def select(self, read: list[int], write: list[int], _: list[int], _seconds: float) -> tuple[list[int], ...]:
        if write and self._takes:
            self.taken, self._on_its_way = self.taken + self._on_its_way, b""
        return read, write if self._takes or not self._on_its_way else [], []


@pytest.fixture
def usb(monkeypatch: pytest.MonkeyPatch) -> Callable[[Usblp], FilePort]:
    """How a :class:`Usblp` is reached."""

    def reach(printer: Usblp) -> FilePort:
        monkeypatch.setattr("kiosk.devices.printer_ports.os", printer)
        monkeypatch.setattr("kiosk.devices.printer_ports.select", printer)
        monkeypatch.setattr("kiosk.devices.printer_ports.EMPTY_SECONDS", 0)
        return FilePort(Path("/dev/null"))

    return reach


def test_a_usb_printer_has_taken_all_before_it_is_left(usb: Callable[[Usblp], FilePort]) -> None:
    printer = Usblp()
    with closing(usb(printer).open()) as way:
        way.write(b"label")
    assert printer.taken == b"label"
    with closing(usb(printer).open()) as way:
        way.discard(b"\x1b!.")
    assert printer.taken == b"label\x1b!."


def test_a_usb_printer_that_does_not_take_the_last_piece_has_failed(usb: Callable[[Usblp], FilePort]) -> None:
    with closing(usb(Usblp(takes=False)).open()) as way, pytest.raises(PartialWrite):
        way.write(b"label")


def test_a_usb_printer_without_paper_may_take_no_question(usb: Callable[[Usblp], FilePort]) -> None:
    """What the device itself knows is asked next."""
    with closing(usb(Usblp(b"\x04", takes=False)).open()) as way:
        assert way.ask(b"\x1b!?", bool, 1) == b"\x04"


def test_empty_packets_of_a_usb_printer_are_no_hanging_up(usb: Callable[[Usblp], FilePort]) -> None:
    with closing(usb(Usblp(b"", b"", b"\x04")).open()) as way:
        assert way.ask(b"\x1b!?", bool, 1) == b"\x04"


def test_a_printer_in_the_network_that_hangs_up_is_a_fault() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def hang_up() -> None:
        peer, _ = listener.accept()
        peer.recv(10)
        peer.close()

    thread = threading.Thread(target=hang_up)
    thread.start()
    port = TcpPort("127.0.0.1", listener.getsockname()[1])
    with closing(port.open()) as way, pytest.raises(OSError):
        way.ask(b"~HS", bool, 5)
    thread.join()
    listener.close()
    assert str(port).startswith("127.0.0.1:")


class Cups:
    """The commands of CUPS."""

    def __init__(self, said: str = "printer tare is idle.  enabled since Tue") -> None:
        self.calls: list[tuple[tuple[str, ...], bytes]] = []
        self.said = said

    def __call__(self, command: tuple[str, ...], given: bytes) -> str:
        self.calls.append((command, given))
        return self.said


def test_cups_gets_the_label_raw_and_its_queue_is_emptied() -> None:
    cups = Cups()
    with closing(CupsPort("tare", cups).open()) as way:
        assert way.hint() is None
        way.write(b"label")
        way.discard(b"")
    assert cups.calls[1:] == [(("lp", "-d", "tare", "-o", "raw", "-s"), b"label"), (("cancel", "-a", "tare"), b"")]


def test_a_queue_of_cups_that_is_stopped_is_offline() -> None:
    cups = Cups("printer tare disabled since Tue 24 Nov 2026 14:32:00 -\n\tUnplugged or turned off")
    assert CupsPort("tare", cups).open().hint() == PrinterStatus(trouble=PrintTrouble.OFFLINE)


def test_a_queue_of_cups_that_waits_for_its_printer_is_offline() -> None:
    cups = Cups("printer tare now printing tare-12.  enabled since Tue\n\tWaiting for printer to become available.")
    assert CupsPort("tare", cups).open().hint() == PrinterStatus(trouble=PrintTrouble.OFFLINE)
    cups.said = "printer tare now printing tare-12.  enabled since Tue"
    assert CupsPort("tare", cups).open().hint() is None


def test_cups_that_is_not_there_is_a_device_error() -> None:
    with pytest.raises((DeviceError, OSError)):
        CupsPort("no-such-queue-here").open().write(b"label")
