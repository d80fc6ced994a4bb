"""One suite over every scale's decoder and every sample of its bytes.

A sample is ``tests/wire/PROTOCOL/NAME.bin`` with what it says in ``NAME.jsonl``, one event a line.
"""

import io
import json
import pickle
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.scales.base import Decoder, Send
from kiosk.devices.scales.registry import SCALES, decode_stream, describe
from kiosk.events import WeightRead

WIRE = Path(__file__).parents[2] / "wire"
SAMPLES = [
    pytest.param(protocol, path, id=f"{protocol}/{path.stem}")
    for protocol in SCALES
    for path in sorted((WIRE / protocol).glob("*.bin"))
]
ONE_MORE_LOOK = 3


def events(decoder: Decoder, *pieces: bytes) -> list[dict[str, object]]:
    found = []
    for piece in pieces:
        decoder.receive_data(piece)
        while (event := decoder.next_event()) is not None:
            if not isinstance(event, Send):
                found.append(describe(event))
    return found


def expected(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()]


def one_by_one(data: bytes) -> list[bytes]:
    return [data[i : i + 1] for i in range(len(data))]


@pytest.mark.parametrize("protocol", SCALES)
def test_every_scale_has_samples_with_a_weight_and_without(protocol: str) -> None:
    kinds = {event["event"] for path in (WIRE / protocol).glob("*.bin") for event in expected(path)}
    assert {"weight", "moving", "garbage"} <= kinds


@pytest.mark.parametrize("protocol", SCALES)
def test_request_never_tares_or_zeroes(protocol: str) -> None:
    decoder = SCALES[protocol]()
    assert decoder.REQUEST.strip().upper() not in {b"T", b"TI", b"Z", b"ZI", b"TARE", b"ZERO"}
    assert decoder.POLL_SECONDS >= 0.1
    assert (decoder.BYTESIZE, decoder.PARITY) in {(8, "N"), (7, "E"), (7, "O"), (8, "E"), (8, "O")}


@pytest.mark.parametrize(("protocol", "path"), SAMPLES)
class TestSample:
    def test_whole(self, protocol: str, path: Path) -> None:
        assert events(SCALES[protocol](), path.read_bytes()) == expected(path)

    def test_byte_by_byte(self, protocol: str, path: Path) -> None:
        assert events(SCALES[protocol](), *one_by_one(path.read_bytes())) == expected(path)

    def test_as_a_stream(self, protocol: str, path: Path) -> None:
        assert list(decode_stream(SCALES[protocol](), io.BytesIO(path.read_bytes()))) == expected(path)

    def test_glued(self, protocol: str, path: Path) -> None:
        assert events(SCALES[protocol](), path.read_bytes() * 2) == expected(path) * 2

    def test_cut_anywhere_invents_nothing(self, protocol: str, path: Path) -> None:
        data, wanted = path.read_bytes(), expected(path)
        for end in range(len(data)):
            found = events(SCALES[protocol](), data[:end])
            assert found == wanted[: len(found)]

    def test_heard_from_the_middle_ends_in_the_same(self, protocol: str, path: Path) -> None:
        data, wanted = path.read_bytes(), expected(path)
        for begin in range(len(data)):
            found = events(SCALES[protocol](), data[begin:] + data)
            assert found[-len(wanted) :] == wanted

    def test_after_noise_ends_in_the_same(self, protocol: str, path: Path) -> None:
        data, wanted = path.read_bytes(), expected(path)
        noise = random.Random(7).randbytes(5000)
        assert events(SCALES[protocol](), noise + data + data)[-len(wanted) :] == wanted

    def test_reading_carries_its_frame(self, protocol: str, path: Path) -> None:
        data = path.read_bytes()
        decoder = SCALES[protocol]()
        decoder.receive_data(data)
        while (event := decoder.next_event()) is not None:
            if isinstance(event, WeightRead):
                assert event.raw
                assert event.at == 0


@pytest.mark.parametrize("byte", [b"\x00", b"S", b"\x02", b"\xff", b"7", b"\x01"])
@pytest.mark.parametrize("protocol", SCALES)
def test_endless_noise_takes_no_room(protocol: str, byte: bytes) -> None:
    decoder = SCALES[protocol]()
    for _ in range(200):
        events(decoder, byte * 512)
    assert len(pickle.dumps(decoder)) < 1024


@given(st.data())
@pytest.mark.parametrize("protocol", SCALES)
def test_any_cutting_says_the_same(protocol: str, data: st.DataObject) -> None:
    sample = b"".join(path.read_bytes() for path in sorted((WIRE / protocol).glob("*.bin")))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sample)), max_size=30)))
    pieces = [sample[a:b] for a, b in zip([0, *cuts], [*cuts, len(sample)], strict=True)]
    assert events(SCALES[protocol](), *pieces) == events(SCALES[protocol](), sample)


@given(
    st.lists(st.one_of(st.binary(max_size=40), st.text(alphabet="S DI+-0123456789.,kglb\r\n\x02\x03").map(str.encode)))
)
@pytest.mark.parametrize("protocol", SCALES)
def test_nothing_that_is_received_raises(protocol: str, pieces: list[bytes]) -> None:
    events(SCALES[protocol](), *pieces)
