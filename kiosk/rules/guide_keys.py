"""The steps of the guide about what must not get lost: set-up, card key, PIN, emergency sheet."""

from dataclasses import replace
from typing import Final

from kiosk.actions import Action
from kiosk.events import LabelPrinted, PrintFailed, Touched
from kiosk.rules.guide_events import (
    CheckSheet,
    CodeRead,
    KeepPin,
    KeyFailed,
    KeyKept,
    LookForUsb,
    MakeKey,
    MakeSheet,
    OpenSheet,
    PinKept,
    PrintSheet,
    ReadSetup,
    SetupFailed,
    SetupRead,
    SheetChecked,
    SheetMade,
    TryPart,
)
from kiosk.rules.guide_states import (
    PASSPHRASE_DIGITS,
    ChoosingPin,
    Fetching,
    GuideState,
    Key,
    Keying,
    Opening,
    Progress,
    Sheeting,
    Step,
)
from kiosk.rules.guide_turn import Turn, on
from kiosk.rules.staff_states import PinFlaw
from kiosk.rules.technical import LONGEST_PIN, SHORTEST_PIN, is_easy
from kiosk.types import Part

SHEET_WORD: Final = "COOPKEY"
"""With it begins what an emergency sheet says, whichever keyboard the scanner believes in."""

NO_CODE: Final = "code"
"""The trouble with something that was scanned and is no set-up code at all."""

# ── set-up ────────────────────────────────────────────────────────────────────────────────────────────────────────


@on(Fetching, CodeRead)
def read_setup(turn: Turn, state: Fetching, event: CodeRead) -> Fetching:
    """Whatever reads this is the scanner of this terminal, too."""
    if state.reading:
        return state
    hear_scanner(turn, event)
    turn.do(ReadSetup(event.readings))
    return Fetching(reading=True)


@on(Fetching, SetupRead)
def take_setup(turn: Turn, _state: Fetching, event: SetupRead) -> GuideState:
    """From a code or from a USB key: what it says goes over what was chosen so far."""
    turn.keep(settings={**turn.progress.settings, **event.settings})
    if event.has_key:
        keep_key(turn, Key.BROUGHT)
    state = turn.pass_on()
    return turn.pass_on() if ("terminal", "station") in event.settings else state


@on(Fetching, SetupFailed)
def hear_setup_failed(_turn: Turn, _state: Fetching, event: SetupFailed) -> Fetching:
    return Fetching(trouble=event.why)


@on(Fetching, Touched, Action.RETRY)
def look_for_usb(turn: Turn, _state: Fetching, _event: Touched) -> Fetching:
    turn.do(LookForUsb())
    return Fetching()


@on(Fetching, Touched, Action.SKIP)
def do_without_setup(turn: Turn, _state: Fetching, _event: Touched) -> GuideState:
    """Then the members are in files, until the terminal is told of a server."""
    return turn.pass_on(off=True)


def hear_scanner(turn: Turn, event: CodeRead) -> None:
    """Remember what a code was read by."""
    turn.guide = replace(turn.guide, scanner=event.device)


# ── the card key ──────────────────────────────────────────────────────────────────────────────────────────────────


def keep_key(turn: Turn, key: Key) -> None:
    """Another key makes an older sheet worthless."""
    turn.keep(key=key, passed=turn.progress.passed - {Step.SHEET})


@on(Keying, Touched, Action.YES)
def make_key(turn: Turn, state: Keying, _event: Touched) -> Keying:
    """The first terminal of a coop makes the key that all of them share."""
    if state.making or turn.progress.key is not Key.NONE:
        return state
    turn.do(MakeKey())
    return Keying(making=True)


@on(Keying, Touched, Action.DONE)
def leave_key(turn: Turn, state: Keying, _event: Touched) -> GuideState:
    return state if turn.progress.key is Key.NONE else turn.pass_on()


@on(Keying, CodeRead)
def scan_sheet(turn: Turn, state: Keying, event: CodeRead) -> Keying | Opening:
    hear_scanner(turn, event)
    if not event.readings[0].upper().startswith(SHEET_WORD):
        return replace(state, trouble="sheet")
    return Opening(sheet=event.readings)


@on(Keying, KeyKept)
def hear_key_made(turn: Turn, _state: Keying, event: KeyKept) -> GuideState:
    keep_key(turn, Key.MADE)
    turn.settle("cards", key_id=event.key_id)
    return turn.pass_on()


@on((Keying, Opening), KeyFailed)
def hear_key_failed(_turn: Turn, state: Keying | Opening, event: KeyFailed) -> Keying | Opening:
    """Another passphrase can be typed; another sheet has to be scanned."""
    if isinstance(state, Opening) and event.why == "passphrase":
        return Opening(sheet=state.sheet, wrong=True)
    return Keying(trouble=event.why)


@on(Opening, Touched, Action.KEY)
def type_passphrase(_turn: Turn, state: Opening, event: Touched) -> Opening:
    return replace(state, digits=(state.digits + event.target)[:PASSPHRASE_DIGITS], wrong=False)


@on(Opening, Touched, Action.ERASE)
def erase_passphrase(_turn: Turn, state: Opening, _event: Touched) -> Opening:
    return replace(state, digits=state.digits[:-1], wrong=False)


@on(Opening, Touched, Action.ENTER)
def open_sheet(turn: Turn, state: Opening, _event: Touched) -> Opening:
    if state.checking:
        return state
    if len(state.digits) < PASSPHRASE_DIGITS:
        return replace(state, wrong=True)
    turn.do(OpenSheet(state.sheet, state.digits))
    return replace(state, checking=True)


@on(Opening, CodeRead)
def scan_sheet_again(turn: Turn, state: Opening, event: CodeRead) -> Opening:
    hear_scanner(turn, event)
    return replace(state, sheet=event.readings) if event.readings[0].upper().startswith(SHEET_WORD) else state


@on(Opening, Touched, Action.CANCEL)
def forget_sheet(_turn: Turn, _state: Opening, _event: Touched) -> Keying:
    return Keying()


@on(Opening, KeyKept)
def hear_key_opened(turn: Turn, _state: Opening, event: KeyKept) -> GuideState:
    keep_key(turn, Key.SHEET)
    turn.settle("cards", key_id=event.key_id)
    return turn.pass_on()


# ── the PIN ───────────────────────────────────────────────────────────────────────────────────────────────────────


def lacks_pin(turn: Turn) -> bool:
    """No technician's PIN yet: the menu could be opened by whoever comes first."""
    return Step.PIN not in turn.progress.passed


@on(ChoosingPin, Touched, Action.KEY)
def type_digit(_turn: Turn, state: ChoosingPin, event: Touched) -> ChoosingPin:
    return replace(state, digits=(state.digits + event.target)[:LONGEST_PIN], flaw=None, lost=False)


@on(ChoosingPin, Touched, Action.ERASE)
def erase_digit(_turn: Turn, state: ChoosingPin, _event: Touched) -> ChoosingPin:
    return replace(state, digits=state.digits[:-1])


@on(ChoosingPin, Touched, Action.ENTER)
def choose_pin(turn: Turn, state: ChoosingPin, _event: Touched) -> ChoosingPin:
    """Typed twice, so that a slip of the finger locks nobody out."""
    digits = state.digits
    if state.keeping:
        return state
    if state.first:
        if digits != state.first:
            return ChoosingPin(flaw=PinFlaw.DIFFERENT)
        turn.do(KeepPin(digits))
        return ChoosingPin(keeping=True)
    if len(digits) < SHORTEST_PIN:
        return replace(state, flaw=PinFlaw.SHORT)
    return ChoosingPin(flaw=PinFlaw.EASY) if is_easy(digits) else ChoosingPin(first=digits)


@on(ChoosingPin, PinKept)
def hear_pin_kept(turn: Turn, state: ChoosingPin, event: PinKept) -> GuideState:
    if not state.keeping:
        return state
    return ChoosingPin(lost=True) if event.fault else turn.pass_on()


@on(ChoosingPin, Touched, Action.CANCEL)
def leave_pin(turn: Turn, state: ChoosingPin, _event: Touched) -> GuideState:
    """Back; on without a PIN is no way."""
    return state if state.keeping else turn.go_back()


# ── the emergency sheet ───────────────────────────────────────────────────────────────────────────────────────────


@on(Sheeting, SheetMade)
def show_sheet(_turn: Turn, _state: Sheeting, event: SheetMade) -> Sheeting:
    return Sheeting(text=event.text, rows=event.rows, passphrase=event.passphrase)


@on(Sheeting, KeyFailed)
def hear_sheet_failed(_turn: Turn, _state: Sheeting, event: KeyFailed) -> Sheeting:
    return Sheeting(trouble=event.why)


@on(Sheeting, Touched, Action.RETRY)
def make_sheet_again(turn: Turn, _state: Sheeting, _event: Touched) -> Sheeting:
    turn.do(MakeSheet())
    return Sheeting()


@on(Sheeting, Touched, Action.MORE)
def note_passphrase(turn: Turn, state: Sheeting, _event: Touched) -> Sheeting:
    """It was written down; only then the code is shown, so that no picture has both."""
    if not state.text:
        return state
    if has_printer(turn.progress):
        turn.do(TryPart(Part.PRINTER))
    return replace(state, noted=True)


def has_printer(progress: Progress) -> bool:
    """A label came out of it in its own step."""
    return Step.PRINTER in progress.passed and Step.PRINTER not in progress.off


@on(Sheeting, Touched, Action.PRINT_AGAIN)
def print_sheet(turn: Turn, state: Sheeting, _event: Touched) -> Sheeting:
    if state.printing or not state.noted or not has_printer(turn.progress):
        return state
    turn.do(PrintSheet(state.text))
    return replace(state, printing=True, trouble="")


@on(Sheeting, LabelPrinted)
def hear_sheet_printed(_turn: Turn, state: Sheeting, _event: LabelPrinted) -> Sheeting:
    return replace(state, printing=False, printed=True)


@on(Sheeting, PrintFailed)
def hear_sheet_not_printed(_turn: Turn, state: Sheeting, event: PrintFailed) -> Sheeting:
    return replace(state, printing=False, trouble=event.trouble.value)


@on(Sheeting, CodeRead)
def check_sheet(turn: Turn, state: Sheeting, event: CodeRead) -> Sheeting:
    """Whoever has a scanner can prove that the paper holds the key."""
    if state.noted:
        turn.do(CheckSheet(event.readings, state.passphrase))
    return state


@on(Sheeting, SheetChecked)
def hear_sheet_checked(_turn: Turn, state: Sheeting, event: SheetChecked) -> Sheeting:
    return replace(state, checked=event.right)


@on(Sheeting, Touched, Action.YES)
def lock_sheet_away(turn: Turn, state: Sheeting, _event: Touched) -> GuideState:
    """A terminal that was paired by a sheet needs no other one; else it has to be seen before it is locked away."""
    if not state.noted and turn.progress.key is not Key.SHEET:
        return state
    return turn.pass_on()
