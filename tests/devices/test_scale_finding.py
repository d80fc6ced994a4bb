"""An unknown scale is found out by harmless questions, and a known one recorded."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.clock import AdjustableClock
from kiosk.devices.scale_finding import GUESSING, LISTENING, QUESTIONS, detect, record, settings_of
from kiosk.devices.scale_line import Dialect
from kiosk.devices.scales.registry import SCALES, decode_stream
from kiosk.devices.simulated.scale import SimulatedScale


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@pytest.fixture
def scale(request: pytest.FixtureRequest, clock: AdjustableClock) -> Iterator[SimulatedScale]:
    scale = SimulatedScale(0, clock, protocol=request.param)
    scale.plug()
    yield scale
    scale.close()


def requests() -> set[bytes]:
    found = set()
    for dialect in (*LISTENING, *QUESTIONS, *GUESSING):
        found.add(dialect.make_decoder().REQUEST if dialect.request is None else dialect.request)
    return found


def test_only_weights_are_asked_for() -> None:
    assert requests() == {b"", b"SI\r\n", b"W", b"$", b"\x05", b"W\r", b"w", b"G\r\n"}


@pytest.mark.parametrize("scale", ["mt_sics", "stgs", "gram_dollar", "cas_enq"], indirect=True)
def test_a_scale_is_found_out(scale: SimulatedScale, clock: AdjustableClock, request: pytest.FixtureRequest) -> None:
    *others, found = detect(scale.url, clock, listen_seconds=0.4, answer_seconds=0.3)
    assert found.dialect.protocol == request.node.callspec.params["scale"]
    assert found.sample == {"event": "weight", "grams": 0, "stable": True, "net": False}
    assert not any(other.understood for other in others)


def test_a_port_that_is_not_there_is_said_at_each_attempt(tmp_path: Path, clock: AdjustableClock) -> None:
    findings = list(detect(str(tmp_path / "none"), clock))
    assert len(findings) == len(LISTENING) + len(QUESTIONS) + len(GUESSING)
    assert all(finding.fault and not finding.understood for finding in findings)


def test_the_settings_are_those_that_differ() -> None:
    assert settings_of(Dialect(protocol="mt_sics")) == 'protocol = "mt_sics"'
    told = settings_of(Dialect(protocol="kern_w", request=b"W", line="8N1", baud=4800))
    assert told.splitlines() == ['protocol = "kern_w"', 'request = "W"', "baud = 4800", 'line = "8N1"']


@pytest.mark.parametrize("scale", ["cas_enq"], indirect=True)
def test_a_recording_can_be_decoded(scale: SimulatedScale, clock: AdjustableClock) -> None:
    scale.place(352, settle_seconds=0)
    out = io.BytesIO()
    turns = record(scale.url, Dialect(protocol="cas_enq", poll_seconds=0.02), clock, out)
    while len(out.getvalue()) < 40:
        next(turns)
    turns.close()
    events = list(decode_stream(SCALES["cas_enq"](), io.BytesIO(out.getvalue())))
    assert {"event": "weight", "grams": 352, "stable": True, "net": False} in events


@pytest.mark.parametrize("scale", ["mt_sics"], indirect=True)
def test_a_recording_ends_in_time(scale: SimulatedScale, clock: AdjustableClock) -> None:
    out = io.BytesIO()
    total = 0
    for brought in record(scale.url, Dialect(protocol="mt_sics"), clock, out, seconds=60):
        total += brought
        clock.advance(7)
    assert total == len(out.getvalue()) > 0
