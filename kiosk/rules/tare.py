"""When the weight on the pan may be kept as the tare of a jar: pure, with the time handed in.

How the session uses it::

    weighing = Weighing()                                       # at start, and after every DeviceLost(Part.SCALE)
    weighing = weigh(weighing, reading, now_seconds, limits)    # for every WeightRead, whatever screen is shown
    weighing = tick(weighing, now_seconds, limits)              # once a second
    match weighing.pan: ...                                     # one of Pan: what the screen has to say
    weighing, tare = keep(weighing, now_seconds, limits)        # a touch on "keep"; no tare if it came too late

Feed it all the time, not only while the weighing screen shows: a jar that stood there before must not be missed. That
the scale is not there at all is the session's to know (``DeviceLost``).

The rules follow OIML R76-1 for a class III scale (nothing is kept below 20 e, above the maximum or out of equilibrium).
The scale's own word "moving" is never overruled; a software check can only be added to its word "steady". The kiosk
neither tares nor zeroes a scale: a net or an unzeroed indication is refused until people have put it right.
"""

from dataclasses import dataclass, replace
from statistics import median
from typing import TypeAlias

from kiosk.events import WeightRead
from kiosk.types import Grams, Stability

INTERVALS_KEPT = 16
INTERVALS_NEEDED = 4
"""So many must be known before the scale's own pace counts: one long absence is no pace."""
SHORTEST_STALE_SECONDS = 1.2
LONGEST_STALE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Settle:
    """How long readings must agree: at least so many of them, over at least so many seconds."""

    readings: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TareLimits:
    """The scale's figures and the coop's.

    Attributes:
        division: e, the verification division on the scale's plate, in grams.
        maximum: Max on the plate, in grams.
        till_division: tares are rounded to the nearest multiple of it, in grams.
        with_flag: what is asked on top of the scale's own word "steady".
        without_flag: what is asked where the protocol has no such word.
        slow_seconds: settling for longer than that calls for advice (draught, shaking table, lid).
    """

    division: int = 2
    maximum: int = 6000
    till_division: int = 1
    with_flag: Settle = Settle(3, 0.8)
    without_flag: Settle = Settle(5, 1.5)
    slow_seconds: float = 15.0

    @property
    def minimum(self) -> Grams:
        """Min on the plate: below it the scale's error is too large for its share in the price."""
        return Grams(20 * self.division)

    def rounded(self, grams: int) -> Grams:
        """As the till takes it; half of its division upwards."""
        return Grams((2 * grams + self.till_division) // (2 * self.till_division) * self.till_division)

    def is_unchanged(self, tare: Grams, grams: Grams) -> bool:
        """Whether a jar may weigh so much whose tare was rounded to the till: it agrees with it to two divisions."""
        return 2 * abs(grams - tare) <= 4 * self.division + self.till_division

    @property
    def empty_band(self) -> Grams:
        """As far from zero an empty pan may read."""
        return Grams(max(2 * self.division, 5))


# ── what is on the pan ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Stale:
    """No reading yet, or none for too long: no figure may be shown."""


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing on the pan: the next thing put down can be weighed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """Something was put down and does not stand still yet.

    Attributes:
        grams: the newest figure, never to be kept; ``None`` where the scale gives none while it moves.
        since: monotonic seconds at which it began.
        slow: it takes unusually long.
    """

    grams: Grams | None
    since: float
    slow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """A gross weight within the scale's range, standing still, after an empty pan: the only one that can be kept.

    Attributes:
        raw: the newest frame as it came.
    """

    grams: Grams
    stability: Stability
    raw: bytes


@dataclass(frozen=True, slots=True)
class TooLight:
    """Standing still, but under :attr:`TareLimits.minimum`."""

    grams: Grams


@dataclass(frozen=True, slots=True)
class Overload:
    """Over the scale's maximum."""


@dataclass(frozen=True, slots=True)
class UnderZero:
    """Under zero by more than the empty band: the tray is off, or the scale was zeroed with something on it."""


@dataclass(frozen=True, slots=True)
class NetIndicated:
    """Someone pressed the scale's own tare key: what it shows is not the weight of what lies there."""


@dataclass(frozen=True, slots=True)
class Occupied:
    """Something lies there, but no empty pan was seen before it: take it off first."""


@dataclass(frozen=True, slots=True)
class NearZero:
    """As :class:`Occupied`, standing still under the minimum: perhaps crumbs, or a zero that has wandered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tare:
    """A weight that was kept.

    Attributes:
        grams: rounded to the till's division.
        raw_grams: as the scale gave it.
        raw: the frame; empty for a weight that was typed.
    """

    grams: Grams
    raw_grams: Grams
    stability: Stability
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Kept:
    """This placement was kept; the pan must be emptied before the next one."""

    tare: Tare


Pan: TypeAlias = (
    Stale | Empty | Settling | Steady | TooLight | Overload | UnderZero | NetIndicated | Occupied | NearZero | Kept
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A reading that can count towards steadiness."""

    at: float
    grams: Grams
    flagged: bool
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """The pan, and what is remembered to judge the next reading.

    Attributes:
        zeroed: the pan was seen empty since the last keep, and the zero has not been in doubt since.
        kept: the tare of what lies there, until it is taken off.
        samples: the run of readings that agree so far.
        last_at: monotonic seconds of the newest reading.
        intervals: seconds between the newest readings, oldest first.
    """

    pan: Pan = Stale()
    zeroed: bool = False
    kept: Tare | None = None
    samples: tuple[Sample, ...] = ()
    last_at: float | None = None
    intervals: tuple[float, ...] = ()

    @property
    def stale_after(self) -> float:
        """Seconds without a reading after which the last one says nothing: three times the scale's own pace."""
        if len(self.intervals) < INTERVALS_NEEDED:
            return SHORTEST_STALE_SECONDS
        return min(max(3 * median(self.intervals), SHORTEST_STALE_SECONDS), LONGEST_STALE_SECONDS)


def weigh(weighing: Weighing, reading: WeightRead, now_seconds: float, limits: TareLimits) -> Weighing:
    """Take one answer of the scale into account.

    Args:
        weighing: what was known.
        reading: the answer; its ``at`` is monotonic seconds, as ``now_seconds``.
        now_seconds: the present; a reading that waited too long to be looked at counts as none.
        limits: the scale's figures.
    """
    timed = _timed(weighing, reading.at)
    if now_seconds - reading.at > timed.stale_after:
        return replace(timed, pan=Stale(), samples=())
    refusal = _refusal(reading, limits)
    if refusal is not None:
        # What lies there may be taken off an overloaded scale; the other two put the zero itself in doubt.
        zeroed = timed.zeroed and isinstance(refusal, Overload)
        return replace(timed, pan=refusal, samples=(), zeroed=zeroed)
    grams = reading.grams
    if grams is None or reading.stable is False:
        return _moving(timed, reading, now_seconds, limits)
    sample = Sample(at=reading.at, grams=grams, flagged=reading.stable is True, raw=reading.raw)
    agreeing = replace(timed, samples=_agreeing((*timed.samples, sample), limits))
    if grams <= limits.empty_band:
        return _standing_at_zero(agreeing)
    return _standing(agreeing, now_seconds, limits)


def tick(weighing: Weighing, now_seconds: float, limits: TareLimits) -> Weighing:
    """Let time pass without a reading."""
    if weighing.last_at is None or now_seconds - weighing.last_at > weighing.stale_after:
        is_told = isinstance(weighing.pan, Stale) and not weighing.samples
        return weighing if is_told else replace(weighing, pan=Stale(), samples=())
    if isinstance(weighing.pan, Settling):
        return replace(weighing, pan=_settling(weighing, weighing.pan.grams, now_seconds, limits))
    return weighing


def keep(weighing: Weighing, now_seconds: float, limits: TareLimits) -> tuple[Weighing, Tare | None]:
    """Keep the steady weight as a tare, once for each placement.

    Returns:
        What is known afterwards, and the tare; ``None`` if by now there is no steady weight to keep.
    """
    current = tick(weighing, now_seconds, limits)
    if not isinstance(current.pan, Steady):
        return current, None
    steady = current.pan
    tare = Tare(
        grams=limits.rounded(steady.grams),
        raw_grams=steady.grams,
        stability=steady.stability,
        raw=steady.raw,
    )
    return replace(current, pan=Kept(tare), kept=tare, zeroed=False, samples=()), tare


def maybe_typed(grams: int, limits: TareLimits) -> Tare | None:
    """A weight that a person read off another scale; ``None`` if it is out of every range.

    The scale here has no say in it, so neither has its minimum.
    """
    rounded = limits.rounded(grams)
    if rounded <= 0 or max(grams, rounded) > limits.maximum:
        return None
    return Tare(grams=rounded, raw_grams=Grams(grams), stability=Stability.MANUAL)


def _refusal(reading: WeightRead, limits: TareLimits) -> NetIndicated | UnderZero | Overload | None:
    """Why no figure of this reading may be used, steady or not."""
    if reading.net:
        return NetIndicated()
    if reading.underload or (reading.grams is not None and reading.grams < -limits.empty_band):
        return UnderZero()
    if reading.overload or (reading.grams is not None and reading.grams > limits.maximum):
        return Overload()
    return None


def _timed(weighing: Weighing, at: float) -> Weighing:
    """``weighing`` as of ``at``; a gap, or a reading out of order, ends the run of samples."""
    if weighing.last_at is None:
        return replace(weighing, last_at=at)
    gap = at - weighing.last_at
    in_pace = 0 <= gap <= weighing.stale_after
    intervals = (*weighing.intervals, gap)[-INTERVALS_KEPT:]
    return replace(weighing, last_at=at, intervals=intervals, samples=weighing.samples if in_pace else ())


def _moving(weighing: Weighing, reading: WeightRead, now_seconds: float, limits: TareLimits) -> Weighing:
    pan: Pan
    if not weighing.zeroed:
        # A jar that is nudged may read nothing for a moment: only a pan that stands still is empty.
        pan = _not_emptied(weighing)
    elif reading.grams is not None and reading.grams <= limits.empty_band:
        pan = Empty()
    else:
        pan = _settling(weighing, reading.grams, now_seconds, limits)
    return replace(weighing, pan=pan, samples=())


def _standing_at_zero(weighing: Weighing) -> Weighing:
    # Without the scale's own word one zero may be a hand passing by: two have to agree.
    if weighing.zeroed or weighing.samples[-1].flagged or len(weighing.samples) > 1:
        return replace(weighing, pan=Empty(), zeroed=True, kept=None, samples=())
    return replace(weighing, pan=_not_emptied(weighing))


def _standing(weighing: Weighing, now_seconds: float, limits: TareLimits) -> Weighing:
    newest = weighing.samples[-1]
    stability = _stability(weighing.samples, limits)
    if not weighing.zeroed:
        lies_still = newest.grams < limits.minimum and stability is not None
        return replace(weighing, pan=NearZero() if lies_still else _not_emptied(weighing))
    if stability is None:
        return replace(weighing, pan=_settling(weighing, newest.grams, now_seconds, limits))
    if newest.grams < limits.minimum:
        return replace(weighing, pan=TooLight(newest.grams))
    return replace(weighing, pan=Steady(grams=newest.grams, stability=stability, raw=newest.raw))


def _not_emptied(weighing: Weighing) -> Pan:
    return Occupied() if weighing.kept is None else Kept(weighing.kept)


def _settling(weighing: Weighing, grams: Grams | None, now_seconds: float, limits: TareLimits) -> Settling:
    since = weighing.pan.since if isinstance(weighing.pan, Settling) else now_seconds
    return Settling(grams=grams, since=since, slow=now_seconds - since >= limits.slow_seconds)


def _agreeing(samples: tuple[Sample, ...], limits: TareLimits) -> tuple[Sample, ...]:
    """The newest samples that lie within one division of each other, and no more of them than are needed."""
    while max(sample.grams for sample in samples) - min(sample.grams for sample in samples) > limits.division:
        samples = samples[1:]
    while _stability(samples[1:], limits) is not None:
        samples = samples[1:]
    return samples


def _stability(samples: tuple[Sample, ...], limits: TareLimits) -> Stability | None:
    """How it is known that these agreeing samples are steady; ``None`` while they are too few or too brief."""
    flagged = all(sample.flagged for sample in samples)
    settle = limits.with_flag if flagged else limits.without_flag
    if len(samples) < settle.readings or samples[-1].at - samples[0].at < settle.seconds:
        return None
    return Stability.FLAG if flagged else Stability.SOFTWARE
