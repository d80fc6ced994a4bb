"""The serial scale and the simulated one, against each other over a real pseudo terminal."""

import socket
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from queue import Queue

import pytest

from kiosk.clock import AdjustableClock, SystemClock
from kiosk.devices.scale import SerialScale
from kiosk.devices.scale_line import KEEPALIVE, Dialect, ScaleLine
from kiosk.devices.simulated.scale import SimulatedScale
from kiosk.devices.supervisor import Supervisor
from kiosk.errors import DeviceError
from kiosk.events import DeviceFound, DeviceLost, Event, WeightRead

AT_MOST_READS = 100


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@pytest.fixture
def scale(tmp_path: Path, clock: AdjustableClock) -> Iterator[SimulatedScale]:
    scale = SimulatedScale(tmp_path / "scale", clock)
    scale.plug()
    yield scale
    scale.close()


@pytest.fixture
def source(scale: SimulatedScale, clock: AdjustableClock) -> Iterator[SerialScale]:
    source = SerialScale(scale.url, "mt_sics", clock, silence_seconds=3.0)
    yield source
    source.close()


def read_until(source: SerialScale, wanted: Callable[[WeightRead], bool]) -> WeightRead:
    for _ in range(AT_MOST_READS):
        for reading in source.read():
            if wanted(reading):
                return reading
    raise AssertionError("the reading never came")


def is_stable(reading: WeightRead) -> bool:
    return reading.stable is True


def test_empty_pan_reads_a_stable_zero_with_its_time(source: SerialScale, clock: AdjustableClock) -> None:
    before = clock.monotonic()
    source.open()
    reading = read_until(source, is_stable)
    assert reading.grams == 0
    assert reading.raw == b"S S       0.00 g\r\n"
    assert before <= reading.at <= clock.monotonic()


def test_jar_moves_then_stands_still(source: SerialScale, scale: SimulatedScale, clock: AdjustableClock) -> None:
    source.open()
    scale.place(176)
    assert read_until(source, lambda reading: reading.stable is False).grams is not None
    clock.advance(2)
    assert read_until(source, is_stable).grams == 176
    scale.remove()
    clock.advance(2)
    assert read_until(source, is_stable).grams == 0


def test_too_much_is_an_overload_and_too_little_an_underload(source: SerialScale, scale: SimulatedScale) -> None:
    source.open()
    scale.overload()
    assert read_until(source, lambda reading: reading.overload).grams is None
    scale.remove()
    scale.drift(-900)
    assert read_until(source, lambda reading: reading.underload).grams is None


def test_zero_that_is_off_shows_in_the_weight(
    source: SerialScale, scale: SimulatedScale, clock: AdjustableClock
) -> None:
    source.open()
    scale.drift(-40)
    assert read_until(source, lambda reading: reading.grams == -40).stable is True


def test_noise_on_the_line_is_passed_over(source: SerialScale, scale: SimulatedScale) -> None:
    source.open()
    scale.garbage()
    assert read_until(source, is_stable).grams == 0


def test_port_is_taken_for_this_process_alone(source: SerialScale, scale: SimulatedScale) -> None:
    source.open()
    other = SerialScale(scale.url, "mt_sics", SystemClock())
    with pytest.raises(OSError):
        other.open()
    other.close()


def test_missing_port_cannot_be_opened(tmp_path: Path, clock: AdjustableClock) -> None:
    with pytest.raises(OSError):
        SerialScale(str(tmp_path / "none"), "mt_sics", clock).open()


def test_port_that_makes_no_sense_is_a_device_error(clock: AdjustableClock) -> None:
    with pytest.raises(DeviceError, match="sokcet"):
        SerialScale("sokcet://scale:1", "mt_sics", clock).open()


def test_reading_a_closed_scale_is_a_device_error(source: SerialScale) -> None:
    with pytest.raises(DeviceError):
        source.read()


def test_unplugged_scale_is_lost_and_closes_twice(source: SerialScale, scale: SimulatedScale) -> None:
    source.open()
    scale.unplug()
    with pytest.raises(source.faults):
        read_until(source, lambda _: False)
    source.close()
    source.close()


def test_replugged_scale_is_found_behind_the_same_path(source: SerialScale, scale: SimulatedScale) -> None:
    source.open()
    scale.unplug()
    assert not Path(scale.url).is_symlink()
    with pytest.raises(source.faults):
        read_until(source, lambda _: False)
    source.close()
    scale.plug()
    source.open()
    assert read_until(source, is_stable).grams == 0


def test_mute_scale_cannot_be_opened(source: SerialScale, scale: SimulatedScale) -> None:
    scale.mute()
    with pytest.raises(DeviceError, match="does not answer to mt_sics"):
        source.open()


def test_scale_that_falls_silent_is_lost(source: SerialScale, scale: SimulatedScale) -> None:
    source.open()
    scale.mute()
    with pytest.raises(DeviceError, match="does not answer"):
        read_until(source, lambda _: False)


def test_clock_moved_ahead_is_no_silence(source: SerialScale, clock: AdjustableClock) -> None:
    source.open()
    for _ in range(5):
        clock.advance(3600)
        read_until(source, is_stable)


class Terminal:
    """A serial server on the network: says one thing for as long as someone listens, and notes what it is sent.

    It speaks unasked, so only when it is closed has it heard all.
    """

    def __init__(self, says: bytes) -> None:
        self._says = says
        self.heard = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._hang_up = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"socket://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._hang_up.set()
        self._thread.join(5)
        self._listener.close()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        connection.settimeout(0.02)
        with connection:
            while not self._hang_up.is_set():
                try:
                    connection.sendall(self._says)
                    self.heard += connection.recv(64)
                except TimeoutError:
                    continue
                except OSError:
                    return
            with suppress(OSError):
                while late := connection.recv(64):
                    self.heard += late


@pytest.fixture
def terminal(request: pytest.FixtureRequest) -> Iterator[Terminal]:
    terminal = Terminal(request.param)
    yield terminal
    terminal.close()


@pytest.mark.parametrize("terminal", [b"S S     176.00 g\r\n"], indirect=True)
def test_scale_behind_a_serial_server_is_read_and_its_loss_noticed(terminal: Terminal, clock: AdjustableClock) -> None:
    source = SerialScale(terminal.url, Dialect(protocol="mt_sics", lines_low=True), clock)
    source.open()
    assert read_until(source, is_stable).grams == 176
    terminal.close()
    assert terminal.heard.startswith(b"SI\r\n")
    with pytest.raises(source.faults):
        read_until(source, lambda _: False)
    source.close()


@pytest.mark.parametrize("terminal", [b"ST,GS,+  0.176KG\r\n"], indirect=True)
def test_scale_that_streams_is_never_asked(terminal: Terminal, clock: AdjustableClock) -> None:
    source = SerialScale(terminal.url, "stgs", clock)
    source.open()
    assert read_until(source, is_stable).grams == 176
    source.close()
    terminal.close()
    assert terminal.heard == b""


@pytest.mark.parametrize("terminal", [b"\x06\x01\x02S  0.176kgq\x03\x04"], indirect=True)
def test_dialogue_of_several_steps_goes_on(terminal: Terminal, clock: AdjustableClock) -> None:
    source = SerialScale(terminal.url, "cas_enq", clock)
    source.open()
    assert read_until(source, is_stable).grams == 176
    source.close()
    terminal.close()
    assert terminal.heard.startswith(b"\x05\x11")


@pytest.mark.parametrize("terminal", [b"US,GS,+  0.176KG\r\n"], indirect=True)
def test_scale_set_to_another_dialogue_is_named_as_such(terminal: Terminal, clock: AdjustableClock) -> None:
    source = SerialScale(terminal.url, "mt_sics", clock)
    with pytest.raises(DeviceError, match="answers, but not in mt_sics"):
        source.open()
    source.close()


def test_port_that_refuses_its_settings_is_one_of_the_faults(scale: SimulatedScale, clock: AdjustableClock) -> None:
    """A pseudo terminal takes seven bits once and refuses them the second time, as some adapters do."""
    source = SerialScale(scale.url, Dialect(protocol="mt_sics", line="7E1"), clock)
    source.open()
    source.close()
    with pytest.raises(termios.error):
        source.open()
    assert termios.error in source.faults
    source.close()


def test_supervised_scale_is_lost_once_and_found_once(
    source: SerialScale, scale: SimulatedScale, clock: AdjustableClock
) -> None:
    events: Queue[Event] = Queue()
    supervisor = Supervisor(source, events.put, clock)
    supervisor.start()
    try:
        await_event(events, DeviceFound)
        await_event(events, WeightRead)
        scale.unplug()
        await_event(events, DeviceLost)
        scale.plug()
        clock.advance(10)
        await_event(events, DeviceFound)
        await_event(events, WeightRead)
    finally:
        supervisor.request_stop()
        assert supervisor.join()


def await_event(events: "Queue[Event]", kind: type[Event]) -> None:
    while not isinstance(events.get(timeout=5), kind):
        pass


# ── the simulated scale itself ────────────────────────────────────────────────────────────────────────────────────


def test_same_seed_trembles_the_same(tmp_path: Path, clock: AdjustableClock) -> None:
    def trembling(seed: int) -> list[bytes]:
        scale = SimulatedScale(tmp_path / "scale", clock, seed=seed)
        scale.place(176, settle_seconds=1e9, noise_grams=20)
        return [scale.answer(b"SI\r\n") for _ in range(9)]

    assert trembling(1) == trembling(1)
    assert trembling(1) != trembling(2)


def test_figures_are_multiples_of_the_division(tmp_path: Path, clock: AdjustableClock) -> None:
    scale = SimulatedScale(tmp_path / "scale", clock, division=5, maximum=15_000)
    scale.place(173, settle_seconds=0)
    assert scale.answer(b"SI\r\n") == b"S S     175.00 g\r\n"


def test_scale_tells_its_number_and_refuses_what_it_does_not_know(tmp_path: Path, clock: AdjustableClock) -> None:
    scale = SimulatedScale(tmp_path / "scale", clock)
    assert scale.answer(b"I4\r\n") == b'I4 A "0123456789"\r\n'
    assert scale.answer(b"T\r\n") == b"ES\r\n"


def test_plugging_and_unplugging_twice_does_no_harm(scale: SimulatedScale) -> None:
    scale.plug()
    assert scale.is_plugged
    scale.unplug()
    scale.unplug()
    assert not scale.is_plugged
    scale.garbage()


def test_scale_that_nobody_reads_goes_on(scale: SimulatedScale) -> None:
    for _ in range(100):
        scale.garbage(b"x" * 1024)
    assert scale.is_plugged


@pytest.mark.parametrize("terminal", [b"ST,GS,+  0.176KG\r\n"], indirect=True)
def test_a_serial_server_that_lost_its_power_is_missed_by_a_scale_that_may_be_silent(
    terminal: Terminal, clock: AdjustableClock
) -> None:
    line = ScaleLine(terminal.url, Dialect(protocol="stgs"), clock)
    line.open()
    peer = line._port._socket
    assert peer.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == KEEPALIVE[socket.TCP_KEEPIDLE]
    line.close()
