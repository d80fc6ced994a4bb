"""What is sealed opens with its passphrase, whole, and in no other way."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk import sealing
from kiosk.sealing import CHUNK_BYTES, SealError, seal, seal_bytes, unseal, unseal_bytes

PASSPHRASE = "quatre-cents coops"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """The cost is for real passphrases; here it would only make the tests slow."""
    monkeypatch.setattr(sealing, "COST_LOG2", 4)


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_what_was_sealed_comes_back_whole(size):
    data = bytes(range(256)) * (size // 256 + 1)
    assert unseal_bytes(seal_bytes(data[:size], PASSPHRASE), PASSPHRASE) == data[:size]


def test_another_passphrase_opens_nothing():
    with pytest.raises(SealError, match="passphrase"):
        unseal_bytes(seal_bytes(b"key", PASSPHRASE), "something else")


def test_nothing_can_be_read_in_what_is_sealed():
    secret = b"Camille Dupont " * 10
    assert secret[:15] not in seal_bytes(secret, PASSPHRASE)


def test_the_same_twice_is_sealed_differently():
    assert seal_bytes(b"key", PASSPHRASE) != seal_bytes(b"key", PASSPHRASE)


def test_a_short_passphrase_is_refused():
    with pytest.raises(SealError, match="8 characters"):
        seal_bytes(b"key", "1234567")


def test_a_file_cut_at_a_chunk_does_not_open():
    sealed = seal_bytes(b"x" * 2 * CHUNK_BYTES, PASSPHRASE)
    with pytest.raises(SealError, match="damaged"):
        unseal_bytes(sealed[: -(CHUNK_BYTES + sealing.TAG_BYTES)], PASSPHRASE)


def test_chunks_changed_round_do_not_open():
    sealed = seal_bytes(b"a" * CHUNK_BYTES + b"b" * CHUNK_BYTES + b"c", PASSPHRASE)
    step = CHUNK_BYTES + sealing.TAG_BYTES
    head = len(sealed) - 2 * step - sealing.TAG_BYTES - 1
    first, second = sealed[head : head + step], sealed[head + step : head + 2 * step]
    swapped = sealed[:head] + second + first + sealed[head + 2 * step :]
    with pytest.raises(SealError):
        unseal_bytes(swapped, PASSPHRASE)


def test_a_file_that_asks_for_all_memory_or_for_none_is_refused():
    sealed = bytearray(seal_bytes(b"key", PASSPHRASE))
    for cost in (31, 0):
        sealed[len(sealing.MAGIC)] = cost
        with pytest.raises(SealError, match="memory"):
            unseal_bytes(bytes(sealed), PASSPHRASE)


@given(st.binary(max_size=200))
def test_bytes_from_anywhere_raise_nothing_but_a_seal_error(data):
    with pytest.raises(SealError):
        unseal_bytes(data, PASSPHRASE)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_is_noticed(place, change):
    sealed = bytearray(seal_bytes(b"the coop's card key", PASSPHRASE))
    # Not the cost: another cost is another key all the same, and may be a slow one.
    at = place % len(sealed)
    if at == len(sealing.MAGIC):
        at += 1
    sealed[at] ^= change
    with pytest.raises(SealError):
        unseal_bytes(bytes(sealed), PASSPHRASE)


def test_a_large_file_is_sealed_in_small_bites():
    class Bites(BytesIO):
        largest = 0

        def read(self, size=-1):
            Bites.largest = max(Bites.largest, size)
            return super().read(size)

    target, back = BytesIO(), BytesIO()
    seal(Bites(b"x" * 10 * CHUNK_BYTES), target, PASSPHRASE)
    target.seek(0)
    unseal(target, back, PASSPHRASE)
    assert len(back.getvalue()) == 10 * CHUNK_BYTES
    assert Bites.largest == CHUNK_BYTES
