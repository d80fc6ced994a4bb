"""Finding out how an unknown scale speaks, and capturing what it says for a bug report.

Detection listens first, then asks the harmless questions of :data:`QUESTIONS`, one after the other, each with the line
settings that its protocol usually has. None of them tares, zeroes, prints, or adds to a sum.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from kiosk.clock import Clock
from kiosk.devices.framing import Garbage
from kiosk.devices.scale_line import FAULTS, Dialect, ScaleLine
from kiosk.devices.scales.registry import SCALES, describe
from kiosk.events import WeightRead

LISTEN_SECONDS: Final = 3.0
ANSWER_SECONDS: Final = 1.0
ENOUGH_READINGS: Final = 3

LISTENING: Final = (Dialect(protocol="stgs", request=b""),)
QUESTIONS: Final = (
    Dialect(protocol="mt_sics"),
    Dialect(protocol="toledo_8217"),
    Dialect(protocol="toledo_8217", line="8N1"),
    Dialect(protocol="gram_dollar"),
    Dialect(protocol="cas_enq"),
    Dialect(protocol="nci"),
    Dialect(protocol="nci", line="8N1"),
    Dialect(protocol="kern_w"),
    Dialect(protocol="kern_w", request=b"W"),
    Dialect(protocol="adam"),
)
"""In the order in which they are asked."""
GUESSING: Final = (Dialect(protocol="adam", request=b""), Dialect(protocol="regex", request=b""))
"""Listening once more, for lines that tell too little of themselves to be looked for first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One attempt to understand the scale.

    Attributes:
        how: the protocol and the line's settings, in words.
        dialect: what to write into the configuration; None for an attempt that could not be made.
        readings: how many answers were understood.
        garbage: how many bytes were not.
        sample: the last answer that was understood, as :func:`~kiosk.devices.scales.registry.describe` says it.
        fault: why the attempt could not be made.
    """

    how: str
    dialect: Dialect | None = None
    readings: int = 0
    garbage: int = 0
    sample: dict[str, object] | None = None
    fault: str = ""

    @property
    def understood(self) -> bool:
        """It spoke in this protocol."""
        return self.readings > 0


def detect(
    url: str,
    clock: Clock,
    *,
    baud: int | None = None,
    listen_seconds: float = LISTEN_SECONDS,
    answer_seconds: float = ANSWER_SECONDS,
) -> Iterator[Finding]:
    """Try the protocols one after the other; the first that is :attr:`~Finding.understood` is the last.

    Args:
        url: device path or URL of pySerial; must not be in use.
        clock: for the waits.
        baud: the line's speed where the scale is known not to be set as usual.
        listen_seconds: for a scale that speaks unasked.
        answer_seconds: for each question.

    Yields:
        An attempt each.
    """
    for dialect in (*LISTENING, *QUESTIONS, *GUESSING):
        seconds = listen_seconds if dialect.request == b"" else answer_seconds
        finding = _attempt(url, replace(dialect, baud=baud), clock, seconds)
        yield finding
        if finding.understood:
            return


def _attempt(url: str, dialect: Dialect, clock: Clock, seconds: float) -> Finding:
    line = ScaleLine(url, dialect, clock)
    try:
        line.open()
        return _listen(line, dialect, clock, seconds)
    except FAULTS as fault:
        # A port may refuse one setting and take the next.
        return Finding(how=str(line), fault=str(fault))
    finally:
        line.close()


def _listen(line: ScaleLine, dialect: Dialect, clock: Clock, seconds: float) -> Finding:
    readings = garbage = 0
    sample: dict[str, object] | None = None
    ends_at = clock.monotonic() + seconds
    while clock.monotonic() < ends_at and readings < ENOUGH_READINGS:
        _, events = line.take_turn()
        for event in events:
            if isinstance(event, WeightRead):
                readings += 1
                sample = describe(event)
            elif isinstance(event, Garbage):
                garbage += event.count
    return Finding(how=str(line), dialect=dialect, readings=readings, garbage=garbage, sample=sample)


def record(url: str, dialect: Dialect, clock: Clock, out: BinaryIO, seconds: float | None = None) -> Iterator[int]:
    """Write what the scale says to ``out``, byte for byte, while asking it as the terminal would.

    Args:
        url: device path or URL of pySerial; must not be in use.
        dialect: how the scale speaks.
        clock: paces the requests.
        out: what ``kiosk decode scale`` reads, and ``tests/wire`` holds.
        seconds: for how long; None: until the caller stops.

    Yields:
        How many bytes each turn brought.

    Raises:
        OSError: the port is missing, taken or gone.
        termios.error: the port does not accept its settings.
    """
    line = ScaleLine(url, dialect, clock)
    line.open()
    try:
        ends_at = None if seconds is None else clock.monotonic() + seconds
        while ends_at is None or clock.monotonic() < ends_at:
            data, _ = line.take_turn()
            out.write(data)
            yield len(data)
    finally:
        line.close()


def settings_of(dialect: Dialect) -> str:
    """The lines of ``[scale]`` that make the terminal speak like this."""
    lines = [f'protocol = "{dialect.protocol}"']
    if dialect.request is not None and dialect.request != SCALES[dialect.protocol]().REQUEST:
        lines.append(f'request = "{dialect.request.decode("latin-1")}"')
    if dialect.baud is not None:
        lines.append(f"baud = {dialect.baud}")
    if dialect.line is not None:
        lines.append(f'line = "{dialect.line}"')
    return "\n".join(lines)
