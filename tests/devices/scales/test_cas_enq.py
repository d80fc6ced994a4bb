"""What only the ENQ dialogue has: a conversation, and a check byte."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.scales.base import Send
from kiosk.devices.scales.cas_enq import CasEnq
from kiosk.events import WeightRead

BLOCK = bytes.fromhex("01 02 53 20 20 30 2e 31 37 36 6b 67 71 03 04")


def weights(data: bytes) -> list[WeightRead]:
    decoder = CasEnq()
    decoder.receive_data(data)
    found = []
    while (event := decoder.next_event()) is not None:
        if isinstance(event, WeightRead):
            found.append(event)
    return found


def test_scale_that_is_ready_is_asked_for_the_weight() -> None:
    decoder = CasEnq()
    assert decoder.REQUEST == b"\x05"
    decoder.receive_data(b"\x06")
    assert decoder.next_event() == Send(b"\x11")
    assert decoder.next_event() is None


def test_busy_scale_is_left_alone_until_the_next_request() -> None:
    decoder = CasEnq()
    decoder.receive_data(b"\x15")
    assert decoder.next_event() is None


def test_any_wrong_byte_costs_the_block() -> None:
    for place in range(len(BLOCK)):
        for byte in range(256):
            damaged = BLOCK[:place] + bytes([byte]) + BLOCK[place + 1 :]
            accepted = damaged == BLOCK or (place == 0 and byte == 0x81)
            assert bool(weights(damaged)) == accepted


@given(st.binary(max_size=400))
def test_noise_is_never_a_weight(noise: bytes) -> None:
    assert weights(noise) == []
