"""The guide of the first run: what the questions of ``scripts/install`` do, step by step on the screen. Pure.

Each step is tried before it is behind us, and what is entered is kept at once: the plug may be pulled at any time.
"""

from dataclasses import replace
from typing import Final

from kiosk.actions import Action
from kiosk.events import Touched
from kiosk.rules import guide_bulk, guide_keys, guide_parts
from kiosk.rules.guide_events import (
    CheckMade,
    EndTrial,
    Finish,
    Finished,
    GuideOrder,
    LookAtNetwork,
    MakeCheck,
    MomentPassed,
    NetworkSeen,
    ServerTried,
    StartTerminal,
    TryServer,
    WaitMoment,
)
from kiosk.rules.guide_states import (
    Checking,
    ChoosingPin,
    Explaining,
    Fetching,
    Finishing,
    Greeting,
    Guide,
    GuideState,
    Keying,
    Locking,
    Marking,
    Networking,
    Opening,
    PickingLine,
    Placing,
    Printing,
    Progress,
    Reading,
    Relaying,
    Scanning,
    Serving,
    Sheeting,
    Step,
    Weighing,
)
from kiosk.rules.guide_turn import TABLE, GuideEvent, Turn, on, targets
from kiosk.rules.staff_states import CORNERS
from kiosk.views import LANGUAGES

ROOMS: Final = (guide_keys, guide_parts, guide_bulk)
"""The modules whose handlers fill the table, beside this one."""
TWICE_SECONDS: Final = 0.7
"""A touch that counts twice does so within this time."""
LINES_A_PAGE: Final = 6
STATIONS: Final = ("entrance", "bulk", "both")


def begin(progress: Progress) -> tuple[Guide, tuple[GuideOrder, ...]]:
    """The guide where it was."""
    turn = Turn(Guide(progress=progress))
    state = turn.begin(progress.step)
    return replace(turn.guide, state=state), tuple(turn.orders)


def step(guide: Guide, event: GuideEvent) -> tuple[Guide, tuple[GuideOrder, ...]]:
    """Answer one event.

    Returns:
        The guide afterwards, and the orders in their order. An event that means nothing here changes nothing.
    """
    action = event.action if isinstance(event, Touched) else None
    handler = TABLE.get((type(guide.state), type(event), action))
    if handler is None:
        return guide, ()
    turn = Turn(guide)
    state = handler(turn, guide.state, event)
    assert type(state) in targets(handler) | {type(guide.state)}, f"{handler.__name__} led to {state!r}"
    return replace(turn.guide, state=state), tuple(turn.orders)


# ── on every screen ───────────────────────────────────────────────────────────────────────────────────────────────

SCREENS: Final[tuple[type[GuideState], ...]] = (
    Networking, Fetching, Placing, Keying, Serving, Marking, Reading, Scanning, Locking, Relaying,
    Weighing, Printing, Sheeting, Checking,
)  # fmt: skip
"""Those of a step, which lead on and back."""
EXPLAINED: Final = (Greeting, *SCREENS, Opening, PickingLine, ChoosingPin, Finishing)


@on((*EXPLAINED, Explaining), Touched, Action.LANGUAGE)
def change_language(turn: Turn, state: GuideState, _event: Touched) -> GuideState:
    """The other one, for this screen and all that follow."""
    at = LANGUAGES.index(turn.progress.language)
    speak(turn, LANGUAGES[(at + 1) % len(LANGUAGES)])
    return state


def speak(turn: Turn, language: str) -> None:
    """The guide's language is the one that the terminal goes back to, unless it was brought that it has others only."""
    turn.keep(language=language)
    offered = turn.setting("terminal", "languages")
    if not isinstance(offered, tuple) or language in offered:
        turn.settle("terminal", language=language)


@on(EXPLAINED, Touched, Action.HELP)
def explain(_turn: Turn, state: GuideState, _event: Touched) -> Explaining:
    return Explaining(state)


@on(Explaining, Touched, Action.BACK, Action.HELP)
def go_on(_turn: Turn, state: Explaining, _event: Touched) -> GuideState:
    return state.under


@on(SCREENS, Touched, Action.BACK)
def step_back(turn: Turn, state: GuideState, _event: Touched) -> GuideState:
    """Within a step of several screens to the one before."""
    match state:
        case Sheeting(noted=True):
            return replace(state, noted=False)
        case Weighing(choosing=True):
            return replace(state, choosing=False)
        case Weighing(protocol=str(protocol), ports=tuple(ports)) if protocol and ports:
            turn.do(EndTrial())
            return Weighing(ports=ports)
        case Relaying(unplugged=True, lit=False):
            return replace(state, unplugged=False, fired=False, dead=False)
        case Relaying(unplugged=False):
            # Which lock it is was chosen one screen before, or brought: a wrong one would open the door after a crash.
            turn.do(EndTrial())
            return Locking()
        case _:
            return turn.go_back()


# ── language, network, place ──────────────────────────────────────────────────────────────────────────────────────


@on(Greeting, Touched, Action.CHOOSE)
def choose_language(turn: Turn, state: Greeting, event: Touched) -> GuideState:
    if event.target not in LANGUAGES:
        return state
    speak(turn, event.target)
    return turn.pass_on()


@on(Networking, NetworkSeen)
def see_network(_turn: Turn, _state: Networking, event: NetworkSeen) -> Networking:
    return Networking(event)


@on(Networking, Touched, Action.RETRY)
def look_again(turn: Turn, state: Networking, _event: Touched) -> Networking:
    turn.do(LookAtNetwork())
    return state


@on(Networking, Touched, Action.DONE)
def leave_network(turn: Turn, state: Networking, _event: Touched) -> GuideState:
    """Without a network the door works too: it is no reason to stop here."""
    return turn.pass_on(off=state.seen is None or not state.seen.address)


@on(Placing, Touched, Action.CHOOSE)
def choose_place(turn: Turn, state: Placing, event: Touched) -> GuideState:
    if event.target not in STATIONS:
        return state
    turn.settle("terminal", station=event.target)
    return turn.pass_on()


# ── server ────────────────────────────────────────────────────────────────────────────────────────────────────────


@on(Serving, ServerTried)
def hear_server(_turn: Turn, _state: Serving, event: ServerTried) -> Serving:
    return Serving(event)


@on(Serving, Touched, Action.RETRY)
def try_server_again(turn: Turn, _state: Serving, _event: Touched) -> Serving:
    turn.do(TryServer())
    return Serving()


@on(Serving, Touched, Action.DONE)
def leave_server(turn: Turn, state: Serving, _event: Touched) -> GuideState:
    """One that does not answer today may do so tomorrow."""
    return turn.pass_on(off=state.tried is None or state.tried.members is None)


# ── touch ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@on(Marking, Touched, Action.CHOOSE)
def touch_mark(turn: Turn, state: Marking, event: Touched) -> Marking:
    """All touches count; only once all marks were hit is it clear whether one counted twice."""
    touched = (*state.touched, event.target)
    if state.waiting or not set(touched) >= set(CORNERS):
        return replace(state, touched=touched)
    turn.do(WaitMoment(TWICE_SECONDS))
    return Marking(touched=touched, waiting=True)


@on(Marking, MomentPassed)
def count_touches(turn: Turn, state: Marking, _event: MomentPassed) -> GuideState:
    if not state.waiting:
        return state
    if sorted(state.touched) != sorted(CORNERS):
        return Marking(twice=True)
    return turn.pass_on()


@on(Marking, Touched, Action.RETRY)
def mark_again(_turn: Turn, _state: Marking, _event: Touched) -> Marking:
    return Marking()


@on(Marking, Touched, Action.SKIP)
def leave_touch(turn: Turn, _state: Marking, _event: Touched) -> GuideState:
    """Whoever got here by touches can go on by them; the self-test will ask again."""
    return turn.pass_on(off=True)


# ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────────


@on(Checking, CheckMade)
def hear_check(_turn: Turn, _state: Checking, event: CheckMade) -> Checking:
    return Checking(rows=event.rows)


@on(Checking, Touched, Action.RETRY)
def check_again(turn: Turn, _state: Checking, _event: Touched) -> Checking:
    turn.do(MakeCheck())
    return Checking()


@on(Checking, Touched, Action.MORE)
def show_more(_turn: Turn, state: Checking, _event: Touched) -> Checking:
    pages = max(1, -(-len(state.rows or ()) // LINES_A_PAGE))
    return replace(state, page=(state.page + 1) % pages)


@on(Checking, Touched, Action.DONE)
def finish(turn: Turn, state: Checking, _event: Touched) -> GuideState:
    """Not while it runs, and not before the emergency sheet is locked away."""
    if state.rows is None:
        return state
    if Step.SHEET not in turn.progress.passed:
        return turn.begin(Step.SHEET)
    if guide_keys.lacks_pin(turn):
        return turn.begin(Step.PIN)
    turn.do(Finish())
    return turn.pass_on()


@on(Finishing, Finished)
def hear_end(_turn: Turn, state: Finishing, event: Finished) -> Finishing:
    if event.faults:
        return replace(state, faults=event.faults)
    return Finishing(done=True)


@on(Finishing, Touched, Action.DONE)
def start_terminal(turn: Turn, state: Finishing, _event: Touched) -> Finishing:
    if state.done:
        turn.do(StartTerminal())
    return state


@on(Finishing, Touched, Action.BACK)
def mend(turn: Turn, state: Finishing, _event: Touched) -> GuideState:
    """Something does not go together: back to where it can be brought or asked anew."""
    return turn.begin(Step.SETUP) if state.faults else state
