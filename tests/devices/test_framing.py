"""Frames in a stream of bytes, however it is cut."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.framing import FrameBuffer, Garbage


def frames(buffer: FrameBuffer, *pieces: bytes) -> list[bytes | Garbage]:
    found = []
    for piece in pieces:
        buffer.receive_data(piece)
        while (frame := buffer.maybe_next_frame()) is not None:
            found.append(frame)
    return found


def lines(*pieces: bytes) -> list[bytes | Garbage]:
    return frames(FrameBuffer(ends=b"\r\n", limit=8), *pieces)


def blocks(*pieces: bytes) -> list[bytes | Garbage]:
    return frames(FrameBuffer(start=0x02, ends=b"\x03", limit=8), *pieces)


def test_line_waits_for_its_end() -> None:
    assert lines(b"S I") == []
    assert lines(b"S I", b"\r", b"\n") == [b"S I\r"]


def test_glued_lines_come_one_by_one() -> None:
    assert lines(b"a\r\nb\nc\r") == [b"a\r", b"b\n", b"c\r"]


def test_overlong_line_is_garbage_up_to_its_end() -> None:
    assert lines(b"0123456789\nS I\n") == [Garbage(8), Garbage(3), b"S I\n"]


def test_longest_line_that_fits() -> None:
    assert lines(b"0123456\n") == [b"0123456\n"]
    assert lines(b"01234567\n") == [Garbage(8), Garbage(1)]


def test_bytes_before_a_start_are_garbage() -> None:
    assert blocks(b"xy\x02ab\x03") == [Garbage(2), b"\x02ab\x03"]


def test_new_start_gives_up_the_frame_that_was_cut() -> None:
    assert blocks(b"\x02a\x02bc\x03") == [Garbage(2), b"\x02bc\x03"]


def test_end_without_a_start_is_garbage() -> None:
    assert blocks(b"ab\x03\x02c\x03") == [Garbage(3), b"\x02c\x03"]


def test_overlong_block_is_garbage_and_the_next_start_counts() -> None:
    assert blocks(b"\x02abcdefghi\x03\x02j\x03") == [Garbage(8), Garbage(3), b"\x02j\x03"]


@given(st.binary(max_size=200), st.binary(max_size=200), st.booleans())
def test_every_byte_is_in_a_frame_or_counted_or_waits(first: bytes, second: bytes, with_start: bool) -> None:
    noise = (first + b"\x02" + second).replace(b"\n", b"")
    found = frames(FrameBuffer(start=0x02 if with_start else None, ends=b"\n", limit=16), noise, b"\n")
    counted = sum(frame.count if isinstance(frame, Garbage) else len(frame) for frame in found)
    # A line feed on its own is skipped where nothing marks the start of a frame.
    assert counted in {len(noise) + 1, len(noise) + (0 if not with_start else 1)}


@given(st.lists(st.binary(max_size=12), max_size=20), st.booleans())
def test_any_cutting_finds_the_same(pieces: list[bytes], with_start: bool) -> None:
    def fresh() -> FrameBuffer:
        return FrameBuffer(start=0x02 if with_start else None, ends=b"\r\n", limit=16)

    assert frames(fresh(), *pieces) == frames(fresh(), b"".join(pieces))
