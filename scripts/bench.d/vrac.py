"""The bulk station: bytes of a scale to readings, a reading to its frame, a tare to a label for each printer."""

import time
from collections.abc import Callable
from datetime import date
from statistics import median

from measuring import in_child, spread

from kiosk.devices.labels.layout import WORDS, Label, draw_label
from kiosk.devices.labels.registry import LANGUAGES
from kiosk.devices.labels.stock import Stock
from kiosk.devices.labels.tare_code import PRESETS
from kiosk.devices.scales.registry import SCALES
from kiosk.devices.simulated.scale_voices import VOICES, Shown
from kiosk.events import WeightRead
from kiosk.types import Grams, JarCode

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
BAUD, BITS_A_BYTE = 9600, 10
"""A start bit and a stop bit around each byte."""


def measure(*, quick: bool = False) -> dict[str, float]:
    """Figure by name."""
    figures = {}
    for protocol in SCALES:
        rate, fits = _frames(protocol, 500 if quick else 5000)
        figures[f"frames a second, {protocol}"] = rate
        figures[f"frames a second that fit a {BAUD} baud line, {protocol}"] = fits
    figures["label drawn, p50 ms"] = _milliseconds(_drawn, 10 if quick else 100)
    raster = _drawn()
    for name, language in LANGUAGES.items():
        encode = lambda language=language: language.encode(raster, Stock())  # noqa: E731 - one line that is timed
        figures[f"label encoded as {name}, p50 ms"] = _milliseconds(encode, 10 if quick else 100)
    seconds = in_child("vrac_window.py", 30 if quick else 200)
    return figures | spread("reading → view", seconds["view"]) | spread("reading → frame", seconds["frame"])


def _frames(protocol: str, count: int) -> tuple[float, float]:
    """Frames a second that the decoder takes, and that a line could bring."""
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
    return count / seconds, BAUD / BITS_A_BYTE / (len(data) / count)


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
