"""Every scale that can be named in the configuration, and what its bytes say in plain words."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import BinaryIO

from kiosk.devices.framing import Garbage
from kiosk.devices.scales.adam import Adam
from kiosk.devices.scales.base import Decoder
from kiosk.devices.scales.cas_enq import CasEnq
from kiosk.devices.scales.gram_dollar import GramDollar
from kiosk.devices.scales.kern_w import KernW
from kiosk.devices.scales.mt_sics import MtSics
from kiosk.devices.scales.nci import Nci
from kiosk.devices.scales.regex import Regex
from kiosk.devices.scales.stgs import Stgs
from kiosk.devices.scales.toledo_8217 import Toledo8217
from kiosk.events import WeightRead

SCALES: Mapping[str, Callable[..., Decoder]] = MappingProxyType(
    {
        "mt_sics": MtSics,
        "toledo_8217": Toledo8217,
        "stgs": Stgs,
        "gram_dollar": GramDollar,
        "cas_enq": CasEnq,
        "adam": Adam,
        "kern_w": KernW,
        "nci": Nci,
        "regex": Regex,
    }
)

CHUNK_BYTES = 4096


def describe(event: WeightRead | Garbage) -> dict[str, object]:
    """An event as plain JSON values. A moving reading is ``moving``, whatever figure came with it: never a weight."""
    if isinstance(event, Garbage):
        return {"event": "garbage", "bytes": event.count}
    if event.overload:
        return {"event": "overload"}
    if event.underload:
        return {"event": "underload"}
    if event.stable is False or event.grams is None:
        return {"event": "moving"}
    return {"event": "weight", "grams": event.grams, "stable": event.stable, "net": event.net}


def decode_stream(decoder: Decoder, stream: BinaryIO) -> Iterator[dict[str, object]]:
    """Decode captured bytes to the end.

    Args:
        decoder: a fresh one.
        stream: unbuffered, each reading comes out when its bytes are there.

    Yields:
        One :func:`describe` an event.
    """
    for data in iter(partial(stream.read, CHUNK_BYTES), b""):
        decoder.receive_data(data)
        while (event := decoder.next_event()) is not None:
            if isinstance(event, WeightRead | Garbage):
                yield describe(event)
