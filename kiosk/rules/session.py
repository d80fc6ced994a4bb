"""The session: what the terminal does about an event. Pure: state in, state and orders out.

:data:`TRANSITIONS` is the whole of it; what no handler is registered for is listed in :data:`IGNORED`, and a test sees
to it that every pair is one or the other.
"""

from kiosk.effects import CancelTimer, Effect, EndProof, StartTimer
from kiosk.events import (
    BookingAnswered,
    CardTapped,
    CodeNotKnown,
    Committed,
    DeviceFound,
    DeviceLost,
    Event,
    GraceAnswered,
    Identified,
    JarScanned,
    LabelPrinted,
    LinkedCounted,
    LogListed,
    PinChecked,
    PinKnown,
    PrintFailed,
    StopRequested,
    TareScanned,
    Timer,
    TimerFired,
    Touched,
    TwoCardsSeen,
    UnsettledListed,
    WeightRead,
)
from kiosk.events_door import ProofAsked, ProofEnded
from kiosk.rules import (
    below,
    beside,
    booking,
    by_hand,
    coordinating,
    desk,
    door_proof,
    entering,
    grace,
    jars,
    linking,
    printing,
    standing_in,
    stickers,
    tare,
    technical,
    working,
)
from kiosk.rules.entering import WEIGHING
from kiosk.rules.staff_states import STAFF, Linking, Noting, Proving, ReadingLog, Seeking, Settling, Unlocking
from kiosk.rules.states import (
    STATES,
    Asking,
    AskingGrace,
    Booked,
    Booking,
    Crowded,
    Helping,
    Identifying,
    Idle,
    Noticing,
    OutOfOrder,
    Puzzled,
    Refusing,
    Ringing,
    Session,
    State,
    Tagging,
    TareKept,
    Taring,
    Thanking,
    TypingWeight,
    Undone,
    Unrecognised,
    Vouching,
    Welcoming,
    Wondering,
)
from kiosk.rules.turn import TRANSITIONS, Surroundings, Turn, What, rest, targets

ROOMS = (
    entering, beside, working, standing_in, booking, grace, jars, printing, stickers, by_hand,
    desk, coordinating, technical, door_proof, linking, below,
)  # fmt: skip
"""The modules whose handlers fill the table."""

SEEN = (
    CardTapped, TwoCardsSeen, CodeNotKnown, JarScanned, TareScanned, WeightRead, LabelPrinted, PrintFailed,
    DeviceLost, DeviceFound, Touched, TimerFired, Committed,
    ProofAsked, ProofEnded,
    Identified, BookingAnswered, GraceAnswered, StopRequested, UnsettledListed, LogListed, LinkedCounted, PinKnown,
    PinChecked,
)  # fmt: skip
"""The events that are the session's business; the reactor sees to the rest."""

BELL_SECONDS = 45.0
SERVER_GRACE_SECONDS = 0.5
"""A question to the server has its own time-out; this is when the screen stops believing in it."""


def what_of(event: Event) -> What:
    """Which touch, which timer."""
    if isinstance(event, Touched):
        return event.action
    return event.timer if isinstance(event, TimerFired) else None


def is_heeded(session: Session, event: Event) -> bool:
    """Whether the session has an answer to this event where it stands."""
    return (type(session.state), type(event), what_of(event)) in TRANSITIONS


def step(session: Session, event: Event, around: Surroundings) -> tuple[Session, tuple[Effect, ...]]:
    """Answer one event.

    Args:
        session: what is remembered.
        event: one of :data:`SEEN`; others, and what :data:`TRANSITIONS` has no place for, change nothing.
        around: what may be looked at.

    Returns:
        The session afterwards, and the orders in the order in which they are to be carried out.
    """
    handler = TRANSITIONS.get((type(session.state), type(event), what_of(event)))
    if handler is None:
        return session, ()
    turn = Turn(session, around)
    state = handler(turn, session.state, event)
    allowed = type(state) is type(session.state) or type(state) in targets(handler)
    assert allowed, f"{handler.__name__} led to {state!r}"
    turn.change(state=_as_the_parts_are(turn, state))
    if _is_proving(session.state) and not _is_proving(state):
        turn.do(EndProof())
    _set_timers(turn, session, event)
    return turn.session, tuple(turn.effects)


def _as_the_parts_are(turn: Turn, state: State) -> State:
    """A part may have been lost, or come back, while help lay over a screen that speaks of it."""
    now = rest(turn.session.lost, turn.around.station)
    return now if isinstance(state, Idle | OutOfOrder) and state != now else state


def _is_proving(state: State) -> bool:
    """Whoever looks at the help sheet has not left the test of the door."""
    return isinstance(state.under if isinstance(state, Helping) else state, Proving)


def _set_timers(turn: Turn, before: Session, event: Event) -> None:
    """A new screen, a touch or a card starts the screen's time anew; one laid beside the scale is not the weigher's."""
    state = turn.session.state
    beside = isinstance(state, WEIGHING) and (state is before.state or isinstance(state, Taring | TareKept))
    moved = type(state) is not type(before.state) or isinstance(event, Touched)
    moved |= isinstance(event, CardTapped) and not beside
    pan_changed = isinstance(state, Taring) and _load(turn.session) is not _load(before)
    if moved or pan_changed:
        seconds = stay_seconds(turn.session, turn.around)
        turn.do(CancelTimer(Timer.HOME) if seconds is None else StartTimer(timer=Timer.HOME, seconds=seconds))
    rings_again = isinstance(event, Touched) and event.action in desk.RINGING_ACTIONS
    if isinstance(state, Ringing) and (rings_again or not isinstance(before.state, Ringing)):
        turn.do(StartTimer(timer=Timer.ANSWER, seconds=BELL_SECONDS))
    if isinstance(state, Taring | TareKept) and state.band is not None and isinstance(event, CardTapped):
        turn.do(StartTimer(timer=Timer.BAND, seconds=turn.around.times.band_seconds))


def _load(session: Session) -> type[tare.Pan]:
    """What is on the pan; a scale that is silent for a moment is no news of it."""
    pan = type(session.weighing.pan)
    return tare.Empty if pan is tare.Stale else pan


STAYS: dict[type[State], str] = {
    Welcoming: "welcome_seconds",
    Noticing: "attention_seconds",
    Thanking: "done_seconds",
    Undone: "done_seconds",
    Crowded: "done_seconds",
    Puzzled: "done_seconds",
    Booked: "booked_seconds",
    Refusing: "closed_seconds",
    Unrecognised: "closed_seconds",
    **dict.fromkeys(STAFF, "technical_seconds"),
}
"""Which of the times a screen stays; the others stay for ``browse_seconds``."""


def stay_seconds(session: Session, around: Surroundings) -> float | None:
    """How long the screen stays as it is without a touch; None: for ever. Large text doubles it."""
    times, state = around.times, session.state
    if isinstance(state, Helping):
        state = state.under if isinstance(state.under, Asking) else state
    match state:
        case Idle() | OutOfOrder():
            return times.browse_seconds if entering.is_set_for_someone(session, around) else None
        case Identifying():
            return times.identify_seconds + SERVER_GRACE_SECONDS
        case Booking() | AskingGrace():
            return times.book_seconds + SERVER_GRACE_SECONDS
        case Asking() | Wondering():
            return max(0.0, state.ends_at - around.monotonic)
        case _:
            return _reading_seconds(session, around, state) * (2 if session.large_text else 1)


def _reading_seconds(session: Session, around: Surroundings, state: State) -> float:
    times = around.times
    match state:
        case Welcoming(touched=True) | Thanking(undoable=True) | Booked(undoable=True):
            return times.touched_seconds
        case Ringing():
            return BELL_SECONDS + times.closed_seconds
        case Proving(result=None):
            return door_proof.step_seconds(state, around)
        case Taring():
            return _weighing_seconds(session, around)
        case TareKept():
            return printing.kept_seconds(state, times)
        case _:
            return float(getattr(times, STAYS.get(type(state), "browse_seconds")))


def _weighing_seconds(session: Session, around: Surroundings) -> float:
    if isinstance(session.weighing.pan, tare.Steady):
        return around.times.tare_steady_seconds
    return around.times.tare_wait_seconds


OWING = {Asking, Taring, TareKept, Tagging, Vouching, TypingWeight, Helping, Wondering}
"""Where an open question may wait, or lie below."""

IGNORED: frozenset[tuple[type[State], type[Event]]] = frozenset(
    # A personal screen is not left for a jar; its label can be scanned again.
    {
        (state, scanned)
        for state in {*STATES} - {*jars.OPEN_TO_JARS, Linking, Seeking}
        for scanned in (JarScanned, TareScanned)
    }
    # The answer came after the person had gone: the knowledge has learnt it, the screen does not jump.
    | {(state, Identified) for state in STATES if state not in {Identifying, Helping}}
    # The person had gone, or stopped waiting: the next card tells.
    | {(state, GraceAnswered) for state in STATES if state not in {AskingGrace, Helping}}
    # Nothing on these screens waits for the disk.
    | {(state, Committed) for state in STATES if state not in {Thanking, Booked, TareKept, Noting, Helping, Tagging}}
    # Nothing is owed to anybody there.
    | {(state, StopRequested) for state in STATES if state not in OWING}
    # A weighing is not ended by cards.
    | {(state, TwoCardsSeen) for state in (*WEIGHING, Vouching)}
    # Staff have gone on to something else before the answer came.
    | {(state, UnsettledListed) for state in STATES if state not in {Settling, Helping}}
    | {(state, LogListed) for state in STATES if state not in {ReadingLog, Helping}}
    # The test of the door is nobody's any more.
    | {(state, event) for state in STATES if state not in {Proving, Helping} for event in (ProofAsked, ProofEnded)}
    | {(state, PinChecked) for state in STATES if state not in {Unlocking, Helping}}
)
"""What nobody answers to in a state, and why that is right."""
