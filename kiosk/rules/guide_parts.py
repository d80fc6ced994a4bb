"""The steps of the guide about reader, scanner and door, each tried with the terminal's driver; each may be missing."""

from dataclasses import replace
from typing import Final

from kiosk.actions import Action
from kiosk.events import CardTapped, CodeNotKnown, DeviceFound, DeviceLost, Touched
from kiosk.rules.guide_events import (
    CodeRead,
    PulseRelay,
    TrialFailed,
    TryPart,
    TryRelay,
)
from kiosk.rules.guide_keys import hear_scanner
from kiosk.rules.guide_states import (
    GuideState,
    Locking,
    PickingLine,
    Reading,
    Relaying,
    Scanning,
)
from kiosk.rules.guide_turn import Turn, on
from kiosk.types import Part

PULSE_SECONDS: Final = 2.0
"""Long enough to see the relay's LED go on and off."""
FIRST_LINE, LAST_LINE = 2, 27
USUAL_LINE: Final = 17
LOCKS: Final = ("fail_secure", "fail_safe")


@on((Reading, Relaying), TrialFailed)
def hear_trial_failed(_turn: Turn, state: Reading | Relaying, event: TrialFailed) -> Reading | Relaying:
    """What was entered does not make a part that can be tried."""
    return replace(state, found=False, fault=event.why)


# ── the reader ────────────────────────────────────────────────────────────────────────────────────────────────────


@on(Reading, DeviceFound)
def find_reader(_turn: Turn, state: Reading, event: DeviceFound) -> Reading:
    return replace(state, found=True, fault="") if event.part is Part.READER else state


@on(Reading, DeviceLost)
def lose_reader(_turn: Turn, state: Reading, event: DeviceLost) -> Reading:
    return Reading(fault=event.fault) if event.part is Part.READER else state


@on(Reading, CardTapped)
def read_card(_turn: Turn, state: Reading, event: CardTapped) -> Reading:
    """What it is, never its number."""
    return replace(state, card=event.kind, strange=not event.enrolable)


@on(Reading, CodeNotKnown)
def read_something(_turn: Turn, state: Reading, _event: CodeNotKnown) -> Reading:
    return replace(state, card=None, strange=True)


@on(Reading, Touched, Action.DONE)
def keep_reader(turn: Turn, state: Reading, _event: Touched) -> GuideState:
    """Once a card was read."""
    return state if state.card is None else turn.pass_on()


@on(Reading, Touched, Action.SKIP)
def do_without_reader(turn: Turn, _state: Reading, _event: Touched) -> GuideState:
    turn.settle("reader", enabled=None)
    return turn.pass_on(off=True)


# ── the scanner ───────────────────────────────────────────────────────────────────────────────────────────────────


@on(Scanning, CodeRead)
def read_code(turn: Turn, _state: Scanning, event: CodeRead) -> Scanning:
    hear_scanner(turn, event)
    return Scanning(device=event.device, seen=True)


@on(Scanning, Touched, Action.DONE)
def keep_scanner(turn: Turn, state: Scanning, _event: Touched) -> GuideState:
    """Named as it can be found again after a reboot."""
    if not state.device:
        return state
    by_path = state.device.startswith("/")
    turn.settle(
        "scanner",
        enabled=True,
        device=state.device if by_path else None,
        usb_id=None if by_path else state.device,
    )
    return turn.pass_on()


@on(Scanning, Touched, Action.SKIP)
def do_without_scanner(turn: Turn, _state: Scanning, _event: Touched) -> GuideState:
    turn.settle("scanner", enabled=None, device=None, usb_id=None)
    return turn.pass_on(off=True)


# ── the door ──────────────────────────────────────────────────────────────────────────────────────────────────────


@on(Locking, Touched, Action.CHOOSE)
def choose_lock(turn: Turn, state: Locking, event: Touched) -> Locking | Relaying:
    if event.target not in LOCKS:
        return state
    line = turn.setting("door", "relay_pin") or USUAL_LINE
    turn.settle("door", enabled=True, lock=event.target, relay_pin=line)
    turn.do(TryRelay())
    return Relaying()


@on((Locking, Relaying), Touched, Action.SKIP)
def do_without_door(turn: Turn, _state: Locking | Relaying, _event: Touched) -> GuideState:
    """Nothing on the header is driven any more."""
    turn.settle("door", enabled=None, relay_pin=None, relay_active_high=None)
    return turn.pass_on(off=True)


@on(Relaying, DeviceFound)
def find_door(_turn: Turn, state: Relaying, event: DeviceFound) -> Relaying:
    return replace(state, found=True, fault="") if event.part is Part.DOOR else state


@on(Relaying, DeviceLost)
def lose_door(turn: Turn, state: Relaying, event: DeviceLost) -> Relaying:
    if event.part is not Part.DOOR:
        return state
    if state.lit:
        turn.do(TryRelay())
    return Relaying(fault=event.fault)


@on(Relaying, Touched, Action.DONE)
def unplug_lock(_turn: Turn, state: Relaying, _event: Touched) -> Relaying:
    """Whatever is wrong with the relay, nobody is locked in or out by it."""
    return replace(state, unplugged=True) if state.found else state


@on(Relaying, Touched, Action.OPEN_DOOR)
def fire_relay(turn: Turn, state: Relaying, _event: Touched) -> Relaying:
    """At each touch, as often as somebody wants to look."""
    if not state.unplugged or not state.found:
        return state
    turn.do(PulseRelay(PULSE_SECONDS))
    return replace(state, fired=True, dead=False)


@on(Relaying, Touched, Action.YES)
def see_light(turn: Turn, state: Relaying, _event: Touched) -> GuideState:
    """It did change; then the lock is plugged in, and that is seen too."""
    if not state.fired:
        return state
    if state.lit:
        return turn.pass_on()
    turn.do(TryPart(Part.DOOR))
    return replace(state, lit=True)


@on(Relaying, Touched, Action.NO)
def see_nothing(turn: Turn, state: Relaying, _event: Touched) -> Relaying:
    """Perhaps it was on all the time: the other way round, once. Then it is a wire, or another line."""
    if not state.fired:
        return state
    high = turn.setting("door", "relay_active_high") is not False
    turn.settle("door", relay_active_high=not high)
    turn.do(TryRelay())
    return Relaying(unplugged=True, turned=not state.turned, dead=state.turned)


@on(Relaying, Touched, Action.MORE)
def pick_line(_turn: Turn, state: Relaying, _event: Touched) -> Relaying | PickingLine:
    return PickingLine() if not state.lit else state


@on(PickingLine, Touched, Action.KEY)
def type_line(_turn: Turn, state: PickingLine, event: Touched) -> PickingLine:
    return PickingLine((state.digits + event.target)[:2])


@on(PickingLine, Touched, Action.ERASE)
def erase_line(_turn: Turn, state: PickingLine, _event: Touched) -> PickingLine:
    return PickingLine(state.digits[:-1])


@on(PickingLine, Touched, Action.ENTER)
def take_line(turn: Turn, state: PickingLine, _event: Touched) -> PickingLine | Relaying:
    """Unplug first here too: another line may be another relay."""
    line = int(state.digits or 0)
    if not FIRST_LINE <= line <= LAST_LINE:
        return PickingLine(trouble="range")
    turn.settle("door", relay_pin=line, relay_active_high=None)
    turn.do(TryRelay())
    return Relaying()


@on(PickingLine, Touched, Action.CANCEL)
def keep_line(turn: Turn, _state: PickingLine, _event: Touched) -> Relaying:
    turn.do(TryRelay())
    return Relaying()
