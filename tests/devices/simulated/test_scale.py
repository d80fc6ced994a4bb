"""Every protocol, simulated and read by the real driver, over a pseudo terminal and the network."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial.rfc2217

from kiosk.clock import AdjustableClock
from kiosk.devices.scale import SerialScale
from kiosk.devices.scale_finding import QUESTIONS
from kiosk.devices.scale_line import Dialect, ScaleLine
from kiosk.devices.scales.registry import SCALES
from kiosk.devices.simulated.scale import SimulatedScale
from kiosk.devices.simulated.scale_voices import VOICES
from kiosk.errors import DeviceError
from kiosk.events import WeightRead

SEVEN_BITS = [protocol for protocol in SCALES if SCALES[protocol]().BYTESIZE == 7]


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@contextmanager
def read_by_driver(
    port: Path | int, protocol: str, clock: AdjustableClock, **dialect
) -> Iterator[tuple[SimulatedScale, SerialScale]]:
    scale = SimulatedScale(port, clock, protocol=protocol, division=2)
    scale.plug()
    source = SerialScale(scale.url, Dialect(protocol=protocol, poll_seconds=0.02, **dialect), clock, silence_seconds=2)
    try:
        source.open()
        yield scale, source
    finally:
        source.close()
        scale.close()


def readings(source: SerialScale, wanted: Callable[[WeightRead], bool]) -> list[WeightRead]:
    """All that is read until one is ``wanted``, which comes last."""
    found: list[WeightRead] = []
    for _ in range(100):
        for reading in source.read():
            found.append(reading)
            if wanted(reading):
                return found
    raise AssertionError(found)


def weighs(grams: int) -> Callable[[WeightRead], bool]:
    return lambda reading: reading.stable is not False and reading.grams == grams


def test_every_protocol_has_a_voice() -> None:
    assert set(VOICES) == set(SCALES)


@pytest.mark.parametrize("protocol", SCALES)
def test_a_jar_is_weighed(tmp_path: Path, clock: AdjustableClock, protocol: str) -> None:
    with read_by_driver(tmp_path / "scale", protocol, clock) as (scale, source):
        scale.place(352, settle_seconds=0)
        readings(source, weighs(352))
        scale.remove(settle_seconds=0)
        readings(source, weighs(0))


@pytest.mark.parametrize("protocol", ["mt_sics", "stgs", "cas_enq"], ids=["asked", "streaming", "dialogue"])
def test_a_jar_is_weighed_over_the_network(clock: AdjustableClock, protocol: str) -> None:
    with read_by_driver(0, protocol, clock) as (scale, source):
        scale.place(352, settle_seconds=0)
        readings(source, weighs(352))
        scale.remove(settle_seconds=0)
        readings(source, weighs(0))


@pytest.mark.parametrize("protocol", SCALES)
def test_a_scale_goes_on_after_words_of_another(clock: AdjustableClock, protocol: str) -> None:
    """At the worst it takes its next question for the end of a foreign one, and answers that with an error."""
    scale = SimulatedScale(0, clock, protocol=protocol, division=2)
    scale.plug()
    try:
        scale.place(352, settle_seconds=0)
        foreign = {dialect.make_decoder().REQUEST for dialect in QUESTIONS} - {SCALES[protocol].REQUEST}
        for request in sorted(foreign):
            with opened(scale.url, Dialect(protocol=protocol, request=request), clock) as line:
                line.take_turn()
            with opened(scale.url, Dialect(protocol=protocol, poll_seconds=60), clock) as line:
                first = answered(line)
                clock.advance(60)
                assert first or answered(line), request
    finally:
        scale.close()


def answered(line: ScaleLine) -> bool:
    """The weight comes before the line has been quiet for half a second."""
    quiet_turns = 0
    while quiet_turns < 5:
        data, events = line.take_turn()
        if any(isinstance(event, WeightRead) and weighs(352)(event) for event in events):
            return True
        quiet_turns = 0 if data else quiet_turns + 1
    return False


@contextmanager
def opened(url: str, dialect: Dialect, clock: AdjustableClock) -> Iterator[ScaleLine]:
    line = ScaleLine(url, dialect, clock)
    line.open()
    try:
        yield line
    finally:
        line.close()


@pytest.mark.parametrize("protocol", [protocol for protocol in SCALES if protocol != "adam"])
def test_a_scale_that_is_not_at_rest_says_so(tmp_path: Path, clock: AdjustableClock, protocol: str) -> None:
    with read_by_driver(tmp_path / "scale", protocol, clock) as (scale, source):
        scale.tremble()
        scale.place(352)
        readings(source, lambda reading: reading.stable is False)
        assert not any(weighs(352)(reading) for _ in range(3) for reading in source.read())


@pytest.mark.parametrize("protocol", SCALES)
def test_too_much_is_never_a_weight_within_range(tmp_path: Path, clock: AdjustableClock, protocol: str) -> None:
    with read_by_driver(tmp_path / "scale", protocol, clock) as (scale, source):
        scale.place(6500, settle_seconds=0)
        last = readings(source, lambda reading: reading.grams != 0)[-1]
        assert last.overload or last.grams == 6500 or last.stable is False


@pytest.mark.parametrize("protocol", SCALES)
def test_under_zero_is_never_a_weight_to_keep(tmp_path: Path, clock: AdjustableClock, protocol: str) -> None:
    with read_by_driver(tmp_path / "scale", protocol, clock) as (scale, source):
        scale.drift(-40)
        last = readings(source, lambda reading: reading.grams != 0)[-1]
        assert last.underload or last.grams == -40


@pytest.mark.parametrize("protocol", SCALES)
def test_answers_in_pieces_and_in_a_lump_are_read(tmp_path: Path, clock: AdjustableClock, protocol: str) -> None:
    with read_by_driver(tmp_path / "scale", protocol, clock) as (scale, source):
        scale.place(352, settle_seconds=0)
        scale.split(1)
        readings(source, weighs(352))
        scale.split(0)
        if protocol != "cas_enq":
            # Its dialogue goes on only after each answer.
            scale.glue(2)
        scale.jitter(0.1)
        scale.garbage()
        scale.place(176, settle_seconds=0)
        assert {reading.grams for reading in readings(source, weighs(176))} <= {352, 176}


@pytest.mark.parametrize("protocol", SEVEN_BITS)
def test_parity_bits_on_a_port_of_eight_bits_do_no_harm(tmp_path: Path, clock: AdjustableClock, protocol: str) -> None:
    with read_by_driver(tmp_path / "scale", protocol, clock, line="8N1") as (scale, source):
        scale.set_parity()
        scale.place(352, settle_seconds=0)
        readings(source, weighs(352))


def test_a_pulled_network_scale_is_lost_and_found_at_the_same_address(clock: AdjustableClock) -> None:
    with read_by_driver(0, "mt_sics", clock) as (scale, source):
        url = scale.url
        scale.unplug()
        with pytest.raises(source.faults):
            readings(source, lambda _: False)
        source.close()
        scale.plug()
        assert scale.url == url
        source.open()


def test_a_stgs_scale_on_request_is_asked_in_its_own_words(tmp_path: Path, clock: AdjustableClock) -> None:
    scale = SimulatedScale(tmp_path / "scale", clock, protocol="kern_w", division=2)
    scale.plug()
    source = SerialScale(scale.url, Dialect(protocol="stgs", request=b"W", poll_seconds=0.02), clock)
    try:
        source.open()
        scale.place(352, settle_seconds=0)
        readings(source, weighs(352))
    finally:
        source.close()
        scale.close()


def test_a_scale_that_may_be_silent_is_not_lost(tmp_path: Path, clock: AdjustableClock) -> None:
    scale = SimulatedScale(tmp_path / "scale", clock)
    scale.plug()
    scale.mute()
    source = SerialScale(scale.url, "mt_sics", clock, silence_seconds=0)
    try:
        source.open()
        assert [*source.read()] == []
        scale.mute(0)
        readings(source, weighs(0))
    finally:
        source.close()
        scale.close()


class Rfc2217Server:
    """A serial server that takes line settings (RFC 2217), with the simulated scale on its serial side."""

    def __init__(self, scale: SimulatedScale) -> None:
        import socket

        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"rfc2217://127.0.0.1:{self._listener.getsockname()[1]}"
        self._scale = scale
        self._hang_up = threading.Event()
        self.settings: tuple[int, int, str] | None = None
        self.raised: tuple[bool, bool] | None = None
        """DTR and RTS."""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._hang_up.set()
        self._thread.join(5)
        self._listener.close()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        connection.settimeout(0.01)
        port = serial.serial_for_url("loop://")
        with connection, serial.serial_for_url(self._scale.url, timeout=0.01) as line:
            manager = serial.rfc2217.PortManager(port, Sender(connection))
            while not self._hang_up.is_set():
                try:
                    data = connection.recv(256)
                    if not data:
                        return
                    line.write(b"".join(manager.filter(data)))
                    self.settings = (port.baudrate, port.bytesize, port.parity)
                    self.raised = (port.dtr, port.rts)
                except TimeoutError:
                    pass
                if said := line.read(256):
                    connection.sendall(b"".join(manager.escape(said)))
        port.close()


class Sender:
    """What the port manager answers its caller with."""

    def __init__(self, connection) -> None:
        self.write = connection.sendall


# pySerial 3.5 starts its reader thread in a way that newer Pythons frown upon.
@pytest.mark.filterwarnings("ignore:set(Daemon|Name)\\(\\) is deprecated:DeprecationWarning")
def test_a_scale_behind_an_rfc_2217_server_is_read_with_its_own_settings(
    tmp_path: Path, clock: AdjustableClock
) -> None:
    scale = SimulatedScale(tmp_path / "scale", clock, protocol="toledo_8217", division=2)
    scale.plug()
    server = Rfc2217Server(scale)
    source = SerialScale(server.url, "toledo_8217", clock)
    try:
        source.open()
        scale.place(352, settle_seconds=0)
        readings(source, weighs(352))
        assert server.settings == (9600, 7, "E")
        server.close()
        with pytest.raises((DeviceError, *source.faults)):
            readings(source, lambda _: False)
    finally:
        source.close()
        server.close()
        scale.close()


@pytest.mark.filterwarnings("ignore:set(Daemon|Name)\\(\\) is deprecated:DeprecationWarning")
@pytest.mark.parametrize("lines_low", [False, True])
def test_a_scale_that_raised_lines_keep_mute_has_them_lowered(
    tmp_path: Path, clock: AdjustableClock, *, lines_low: bool
) -> None:
    scale = SimulatedScale(tmp_path / "scale", clock)
    scale.plug()
    server = Rfc2217Server(scale)
    source = SerialScale(server.url, Dialect(protocol="mt_sics", lines_low=lines_low), clock)
    try:
        source.open()
        readings(source, weighs(0))
        assert server.raised == (not lines_low, not lines_low)
    finally:
        source.close()
        server.close()
        scale.close()
