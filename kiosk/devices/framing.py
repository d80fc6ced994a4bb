"""Bytes as they come, cut into frames; what belongs to no frame is counted. Pure, and bounded whatever comes.

A device's bytes arrive in pieces of any size. :class:`FrameBuffer` looks at one byte after the other, so where a read
happened to end can never change what is found.
"""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Garbage:
    """So many bytes that made no sense."""

    count: int


class FrameBuffer:
    """Cuts frames out of a stream of bytes.

    Args:
        ends: each byte of it ends a frame.
        start: the byte that begins a frame; bytes outside of frames are garbage, and a start inside a frame means that
            the frame was cut off. ``None``: a frame begins where the one before ended.
        limit: longest frame in bytes, its start and end included. A longer one is garbage up to its end.
    """

    def __init__(self, *, ends: bytes, start: int | None = None, limit: int = 64) -> None:
        self._ends = ends
        self._start = start
        self._limit = limit
        self._frame = bytearray()
        self._inside = start is None
        self._found: deque[bytes | Garbage] = deque()

    def receive_data(self, data: bytes) -> None:
        """Take bytes as they came."""
        for byte in data:
            self._take(byte)

    def maybe_next_frame(self) -> bytes | Garbage | None:
        """The next whole frame with its start and end, or some bytes thrown away; ``None``: more data please.

        A frame of nothing but its end (as the line feed of CR LF is, where both end a frame) is skipped.
        """
        return self._found.popleft() if self._found else None

    def _take(self, byte: int) -> None:
        if byte == self._start:
            self._discard()
            self._inside = True
        self._frame.append(byte)
        if byte in self._ends:
            self._end()
        elif len(self._frame) >= self._limit:
            self._discard()
            self._inside = False

    def _end(self) -> None:
        if not self._inside:
            self._discard()
        elif len(self._frame) > 1:
            self._found.append(bytes(self._frame))
        self._frame.clear()
        # Without a start byte the end of a frame, be it an overlong one, is the only place where the next can begin.
        self._inside = self._start is None

    def _discard(self) -> None:
        if self._frame:
            self._found.append(Garbage(len(self._frame)))
            self._frame.clear()
