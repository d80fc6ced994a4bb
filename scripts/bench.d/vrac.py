"""The bulk station: bytes of a scale to readings, a reading to a view, a tare to a label in each printer's language."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from statistics import median

from kiosk.clock import SystemClock
from kiosk.devices.labels.layout import WORDS, Label, draw_label
from kiosk.devices.labels.registry import LANGUAGES
from kiosk.devices.labels.stock import Stock
from kiosk.devices.labels.tare_code import PRESETS
from kiosk.devices.scales.registry import SCALES
from kiosk.devices.simulated.scale_voices import VOICES, Shown
from kiosk.events import Action, StopRequested, Touched, WeightRead
from kiosk.ids import FactIds
from kiosk.reactor import Hands, Reactor, Settings
from kiosk.rules.policy import DoorTimes, Policy, Station, Times
from kiosk.rules.tare import TareLimits
from kiosk.types import Grams, JarCode
from kiosk.views import View, WeightView

REQUESTS = {
    "mt_sics": b"SI\r\n",
    "toledo_8217": b"W",
    "gram_dollar": b"$",
    "cas_enq": b"\x11",
    "adam": b"G\r\n",
    "kern_w": b"w",
    "nci": b"W\r",
}
PIECE_BYTES = 16
"""As a serial port hands them over."""


def measure(*, quick: bool = False) -> dict[str, float]:
    """Figure by name."""
    figures = {}
    for protocol in SCALES:
        figures[f"frames a second, {protocol}"] = _frames(protocol, 500 if quick else 5000)
    figures["label drawn, p50 ms"] = _milliseconds(_drawn, 10 if quick else 100)
    raster = _drawn()
    for name, language in LANGUAGES.items():
        encode = lambda language=language: language.encode(raster, Stock())  # noqa: E731 - one line that is timed
        figures[f"label encoded as {name}, p50 ms"] = _milliseconds(encode, 10 if quick else 100)
    middle, worst = _reading_to_view(100 if quick else 1000)
    figures["reading to view, p50 ms"] = middle
    figures["reading to view, p99 ms"] = worst
    return figures


def _frames(protocol: str, count: int) -> float:
    request = REQUESTS.get(protocol, b"")
    frames = [VOICES[protocol].answer(request, Shown(grams=grams)) for grams in (0, 352, 1423, 5000)]
    data = b"".join(frames[number % 4] for number in range(count))
    decoder = SCALES[protocol]()
    readings = 0
    began = time.perf_counter()
    for start in range(0, len(data), PIECE_BYTES):
        decoder.receive_data(data[start : start + PIECE_BYTES])
        while (event := decoder.next_event()) is not None:
            readings += isinstance(event, WeightRead)
    seconds = time.perf_counter() - began
    assert readings == count, (protocol, readings)
    return count / seconds


def _drawn():
    label = Label(grams=Grams(352), weighed_on=date(2026, 10, 3), jar=JarCode("753247"))
    return draw_label(label, Stock(), PRESETS["oca_pos_tare"], WORDS["fr"])


def _milliseconds(call: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


class Nobody:
    """Takes every order."""

    def record(self, *_args, **_more) -> None: ...
    def withdraw(self, *_args, **_more) -> None: ...
    def identify(self, _order) -> None: ...
    def book(self, _order) -> None: ...


def _reading_to_view(times: int) -> tuple[float, float]:
    """From a reading in the inbox to the view that shows it: milliseconds, the middle one and the 99th of a hundred."""
    clock, ids = SystemClock(), FactIds()
    settings = Settings(
        policy=Policy(),
        times=Times(),
        door=DoorTimes(),
        limits=TareLimits(),
        station=Station.BULK,
        zone=UTC,
        language="fr",
    )
    reactor = Reactor(settings, clock, lambda: ids(datetime.now(UTC)), lambda: JarCode("753247"), lambda *_: None)
    shown = threading.Condition()
    seen: list[View] = []

    def present(view: View) -> None:
        with shown:
            seen.append(view)
            shown.notify_all()

    def shows(grams: int) -> bool:
        return bool(seen) and isinstance(seen[-1], WeightView) and seen[-1].grams == grams

    def read(grams: int, *, stable: bool) -> None:
        reactor.post(WeightRead(grams=Grams(grams), stable=stable, raw=b"S", at=clock.monotonic()))

    nobody = Nobody()
    hands = Hands(
        open_door=lambda _: None,
        ring=None,
        stop_ringing=lambda: None,
        present=present,
        play=lambda _: None,
        record=nobody,
        ask=nobody,
        deliver=lambda: None,
        tick=lambda _: None,
    )
    reactor.start(hands)
    taken = []
    try:
        read(0, stable=True)
        reactor.post(Touched(Action.WEIGH))
        for number in range(times):
            grams = 300 + number % 100
            began = time.perf_counter()
            read(grams, stable=False)
            with shown:
                assert shown.wait_for(lambda grams=grams: shows(grams), 5), "the reading was never shown"
            taken.append((time.perf_counter() - began) * 1000)
    finally:
        reactor.post(StopRequested())
        reactor.join()
    taken.sort()
    return median(taken), taken[int(len(taken) * 0.99)]
