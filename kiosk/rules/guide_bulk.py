"""The steps of the guide about scale and printer, each tried with the driver of the terminal; each may be missing."""

from dataclasses import replace
from typing import Final

from kiosk.actions import Action
from kiosk.events import DeviceLost, LabelPrinted, PrintFailed, Touched, WeightRead
from kiosk.rules.guide_events import (
    EndTrial,
    FindPrinter,
    FindScale,
    PrinterFound,
    PrintTest,
    RecordScale,
    ScaleFound,
    ScaleNotFound,
    ScaleRecorded,
    TrialFailed,
    TryPart,
)
from kiosk.rules.guide_states import GuideState, Printing, Weighing
from kiosk.rules.guide_turn import Turn, on
from kiosk.types import Part

PROTOCOLS: Final = (
    "mt_sics", "toledo_8217", "stgs", "gram_dollar", "cas_enq", "adam", "kern_w", "nci",
)  # fmt: skip
"""Of the scales; a test holds it to the registry."""
PROTOCOLS_A_PAGE: Final = 4
TONGUES: Final = ("tspl", "zpl", "escpos")
"""Of the label printers, in the order in which they are tried."""

# ── the scale ─────────────────────────────────────────────────────────────────────────────────────────────────────


@on(Weighing, TrialFailed)
def hear_scale_failed(_turn: Turn, state: Weighing, event: TrialFailed) -> Weighing:
    """What was entered does not make a scale that can be tried."""
    return _silent(state, event.why)


def _silent(state: Weighing, fault: str) -> Weighing:
    return replace(state, grams=None, fault=fault)


@on(Weighing, Touched, Action.SEARCH)
def find_scale(turn: Turn, state: Weighing, _event: Touched) -> Weighing:
    if state.looking:
        return state
    turn.do(EndTrial(), FindScale())
    return Weighing(looking=True)


@on(Weighing, ScaleFound)
def hear_scale(turn: Turn, _state: Weighing, event: ScaleFound) -> Weighing:
    """What it understood is kept, and tried as the terminal would."""
    turn.settle("scale", **{**dict.fromkeys(("baud", "line", "request")), **event.settings, "enabled": True})
    turn.do(TryPart(Part.SCALE))
    return Weighing(protocol=event.protocol, grams=event.grams)


@on(Weighing, ScaleNotFound)
def hear_no_scale(_turn: Turn, _state: Weighing, event: ScaleNotFound) -> Weighing:
    return Weighing(ports=event.ports)


@on(Weighing, Touched, Action.MORE)
def list_protocols(_turn: Turn, state: Weighing, _event: Touched) -> Weighing:
    """The list, and its next page."""
    if not state.ports:
        return state
    pages = -(-len(PROTOCOLS) // PROTOCOLS_A_PAGE)
    page = (state.page + 1) % pages if state.choosing else 0
    return Weighing(ports=state.ports, choosing=True, page=page)


@on(Weighing, Touched, Action.CHOOSE)
def choose_protocol(turn: Turn, state: Weighing, event: Touched) -> Weighing:
    if not state.ports or event.target not in PROTOCOLS:
        return state
    turn.settle("scale", enabled=True, port=state.ports[0], protocol=event.target, baud=None, line=None, request=None)
    turn.do(TryPart(Part.SCALE))
    return Weighing(protocol=event.target, ports=state.ports)


@on(Weighing, Touched, Action.RETRY)
def record_scale(turn: Turn, state: Weighing, _event: Touched) -> Weighing:
    """For whoever can make a decoder of it."""
    if not state.ports or state.recording:
        return state
    turn.do(EndTrial(), RecordScale())
    return Weighing(ports=state.ports, recording=True)


@on(Weighing, ScaleRecorded)
def hear_recorded(_turn: Turn, state: Weighing, event: ScaleRecorded) -> Weighing:
    return Weighing(ports=state.ports, recorded=event.bytes_written)


@on(Weighing, WeightRead)
def read_weight(_turn: Turn, state: Weighing, event: WeightRead) -> Weighing:
    return replace(state, grams=event.grams, fault="") if state.protocol else state


@on(Weighing, DeviceLost)
def lose_scale(_turn: Turn, state: Weighing, event: DeviceLost) -> Weighing:
    return _silent(state, event.fault) if state.protocol and event.part is Part.SCALE else state


@on(Weighing, Touched, Action.DONE)
def keep_scale(turn: Turn, state: Weighing, _event: Touched) -> GuideState:
    """Once it has shown a weight."""
    return state if state.grams is None else turn.pass_on()


@on(Weighing, Touched, Action.SKIP)
def do_without_scale(turn: Turn, state: Weighing, _event: Touched) -> GuideState:
    """Weights can be typed by hand all the same. While ports are being tried there is no way on."""
    if state.looking or state.recording:
        return state
    turn.settle("scale", enabled=None)
    return turn.pass_on(off=True)


# ── the printer ───────────────────────────────────────────────────────────────────────────────────────────────────


@on(Printing, TrialFailed)
def hear_printer_failed(_turn: Turn, state: Printing, _event: TrialFailed) -> Printing:
    return replace(state, waiting=False, trouble="fault")


@on(Printing, PrinterFound)
def hear_printer(turn: Turn, state: Printing, event: PrinterFound) -> Printing:
    """One that was brought is tried as it was brought."""
    kind = turn.setting("printer", "kind")
    language = str(turn.setting("printer", "language") or TONGUES[0])
    if kind not in {None, "none"}:
        turn.do(TryPart(Part.PRINTER))
        known = (turn.setting("printer", key) for key in ("address", "path", "queue"))
        return Printing(port=str(next(filter(None, known), kind)), language=language, looked=True)
    if not event.port:
        return replace(state, looked=True, port="")
    if event.port.startswith("/"):
        turn.settle("printer", kind="usb", path=event.port, address=None, language=language)
    else:
        turn.settle("printer", kind="tcp", address=event.port, path=None, language=language)
    turn.do(TryPart(Part.PRINTER))
    return Printing(port=event.port, language=language, looked=True)


@on(Printing, Touched, Action.SEARCH)
def find_printer(turn: Turn, _state: Printing, _event: Touched) -> Printing:
    turn.do(FindPrinter())
    return Printing()


@on(Printing, Touched, Action.PRINT_AGAIN)
def print_test(turn: Turn, state: Printing, _event: Touched) -> Printing:
    if not state.port or state.waiting:
        return state
    turn.do(PrintTest())
    return replace(state, waiting=True, printed=False, trouble="")


@on(Printing, LabelPrinted)
def hear_printed(_turn: Turn, state: Printing, _event: LabelPrinted) -> Printing:
    """It took the label; whether one came out, and with what on it, a person sees."""
    return replace(state, waiting=False, printed=True)


@on(Printing, PrintFailed)
def hear_not_printed(_turn: Turn, state: Printing, event: PrintFailed) -> Printing:
    return replace(state, waiting=False, trouble=event.trouble.value)


@on(Printing, Touched, Action.YES)
def keep_printer(turn: Turn, state: Printing, _event: Touched) -> GuideState:
    return turn.pass_on() if state.printed else state


@on(Printing, Touched, Action.NO)
def try_other_tongue(turn: Turn, state: Printing, _event: Touched) -> Printing:
    """Nothing came out, or a page of letters: it understands something else."""
    if not state.port or state.waiting:
        return state
    at = TONGUES.index(state.language) if state.language in TONGUES else -1
    tongue = TONGUES[(at + 1) % len(TONGUES)]
    turn.settle("printer", language=tongue)
    turn.do(TryPart(Part.PRINTER), PrintTest())
    return Printing(port=state.port, language=tongue, looked=True, waiting=True)


@on(Printing, Touched, Action.SKIP)
def do_without_printer(turn: Turn, _state: Printing, _event: Touched) -> GuideState:
    turn.settle("printer", kind=None, path=None, address=None, queue=None)
    return turn.pass_on(off=True)
