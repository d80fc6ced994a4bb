"""Every way that leads on from a screen, found in the session's own table and walked to its end."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kiosk.actions import Action
from kiosk.events import (
    BookingAnswered,
    BookingOutcome,
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
    PrintTrouble,
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
from kiosk.rules.states import Helping, State, Tagging, TypingWeight, Vouching, Wondering
from kiosk.rules.turn import TRANSITIONS, What
from kiosk.types import CardKind, Fact, FactId, Grams, Part
from tests.rules.bulk import CODE, OTHER, fail, orders, print_it
from tests.rules.terminal import Terminal, tap


@dataclass(frozen=True)
class Move:
    """What happens at a terminal, and its name."""

    name: str
    make: Callable[[Terminal], object]


@dataclass(frozen=True)
class Way:
    """A terminal after one more move.

    Attributes:
        names: of all the moves since the start.
        before: the state that the last one met.
        noted: what the last one recorded.
    """

    terminal: Terminal
    names: tuple[str, ...]
    before: State
    noted: list[Fact]


def stack(state: State) -> tuple[State, ...]:
    """A state and what lies below it, the top first."""
    match state:
        case Helping(under=below) | Wondering(under=below):
            return state, *stack(below)
        case Tagging(back=below) | Vouching(back=below) | TypingWeight(back=below):
            return state, *stack(below)
    return (state,)


def walk(start: Callable[[], Terminal], *, through: Callable[[State], bool]) -> Iterator[Way]:
    """Each move in each kind of stack that the start leads to, as long as it leads through such states."""
    seen = {_kind(start().state)}
    paths: deque[tuple[Move, ...]] = deque([()])
    while paths:
        path = paths.popleft()
        for move in _moves(_walked(start, path).state):
            terminal = _walked(start, path)
            before, known = terminal.state, len(terminal.facts())
            move.make(terminal)
            yield Way(terminal, tuple(step.name for step in (*path, move)), before, terminal.facts()[known:])
            if through(terminal.state) and (kind := _kind(terminal.state)) not in seen:
                seen.add(kind)
                paths.append((*path, move))


def _walked(start: Callable[[], Terminal], path: tuple[Move, ...]) -> Terminal:
    terminal = start()
    for move in path:
        move.make(terminal)
    return terminal


def _kind(state: State) -> object:
    """What decides where a stack leads: its states, and what waits in them."""
    return tuple(
        (type(one), type(getattr(one, "waiting", None)), getattr(one, "label", None), getattr(one, "lifted", None))
        for one in stack(state)
    )


def _moves(state: State) -> list[Move]:
    return [move for kind, event, what in TRANSITIONS if kind is type(state) for move in MOVES[event](what)]


def _feed(*events: Event) -> list[Move]:
    return [Move(repr(event), lambda terminal, event=event: terminal.feed(event)) for event in events]


def _touch(what: What) -> list[Move]:
    return _feed(Touched(Action(what), "1" if what is Action.KEY else ""))


def _minute_later(what: What) -> list[Move]:
    def make(terminal: Terminal) -> None:
        terminal.wait(60)
        terminal.feed(TimerFired(Timer(what)))

    return [Move(f"a minute later: {what}", make)]


def _weigh(grams: int) -> Move:
    return Move(f"{grams} g", lambda terminal: terminal.weigh(grams))


def _print(terminal: Terminal) -> None:
    if orders(terminal):
        print_it(terminal)


def _fail(terminal: Terminal) -> None:
    if orders(terminal):
        fail(terminal, PrintTrouble.PAPER)


CARDS = (
    tap("alix"), tap("sam"), tap("camille"), tap("warn"), tap("coord"), tap("frozen"),
    tap("stranger"), tap("sticker"), tap("bank", kind=CardKind.BANK),
)  # fmt: skip

ANSWERS_TO_NOBODY = (
    Identified(hash=tap("stranger").hash, available=False), GraceAnswered(card=tap("blocked").hash, available=False),
    UnsettledListed(()), LogListed(()), PinChecked(True), ProofAsked(act="press_exit"),
    ProofEnded(passed=True, lock="secure", steps=()),
)  # fmt: skip
"""That come while nothing below waits for them."""

MOVES: dict[type[Event], Callable[[What], list[Move]]] = {
    Touched: _touch,
    TimerFired: _minute_later,
    CardTapped: lambda _: _feed(*CARDS),
    TwoCardsSeen: lambda _: _feed(TwoCardsSeen()),
    CodeNotKnown: lambda _: _feed(CodeNotKnown()),
    JarScanned: lambda _: _feed(JarScanned(code=OTHER.code), JarScanned(code=CODE)),
    TareScanned: lambda _: _feed(TareScanned(Grams(98))),
    WeightRead: lambda _: [_weigh(0), _weigh(352), _weigh(410)],
    LabelPrinted: lambda _: [Move("printed", _print)],
    PrintFailed: lambda _: [Move("not printed", _fail)],
    DeviceLost: lambda _: _feed(*(DeviceLost(part=part, fault="") for part in Part)),
    DeviceFound: lambda _: _feed(*(DeviceFound(part=part) for part in Part)),
    Committed: lambda _: [Move("committed", Terminal.commit)],
    BookingAnswered: lambda _: _feed(BookingAnswered(id=FactId("another"), outcome=BookingOutcome.BOOKED)),
    **dict.fromkeys(
        (Identified, GraceAnswered, UnsettledListed, LogListed, PinChecked, ProofAsked, ProofEnded),
        lambda _: _feed(*ANSWERS_TO_NOBODY),
    ),
    LinkedCounted: lambda _: _feed(LinkedCounted(frozenset())),
    PinKnown: lambda _: _feed(PinKnown(chosen=True)),
    StopRequested: lambda _: _feed(StopRequested()),
}
"""How each event comes about; the third part of the table's key says which touch, which timer."""
