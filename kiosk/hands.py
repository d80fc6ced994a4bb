"""Whoever carries out what the reactor orders, as far as it knows them: store, door, screen, server, staff's desk."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kiosk import effects, events
from kiosk.events import Event
from kiosk.types import Fact, FactId, MemberId, Sound
from kiosk.views import View


class Recorder(Protocol):
    """The store, as far as the reactor orders it."""

    def record(self, fact: Fact, hold_seconds: float = 0.0) -> None: ...
    def withdraw(self, fact_id: FactId, undo: Fact) -> None: ...


class Asker(Protocol):
    """The questions to the server that a person waits for."""

    def ask(self, question: effects.Identify | effects.Book | effects.AskGrace, /) -> None: ...


class LogKeeper(Protocol):
    """Who remembers what has gone wrong in the program."""

    @property
    def count(self) -> int: ...
    def lines(self) -> tuple[events.LogLine, ...]: ...


class DoorProof(Protocol):
    """The test of the door, for whoever is at the screen; each call returns at once."""

    def hear(self, event: Event) -> None: ...
    def begin(self, by: MemberId | None) -> None: ...
    def answer(self, *, yes: bool | None) -> None: ...
    def end(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """Whatever carries out an order; each call returns at once."""

    open_door: Callable[[float], None]
    ring: Callable[[], None] | None
    stop_ringing: Callable[[], None]
    present: Callable[[View], None]
    play: Callable[[Sound], None]
    record: Recorder
    ask: Asker
    deliver: Callable[[], None]
    """Tell the sync thread that something new waits."""
    tick: Callable[[str], None]
    """Tell the watchdog who is alive."""
    print_label: Callable[[effects.PrintLabel], None] | None = None
    print_list: Callable[[effects.PrintList], None] | None = None
    order_door: Callable[[effects.DoorOrder], None] | None = None
    """Hold it, lock it down, reset it; None where there is no door."""
    bell_needs_internet: bool = False
    staff: Callable[[effects.StaffOrder], None] = lambda _order: None
    """What staff ask of the store."""
    log: LogKeeper | None = None
    proof: DoorProof | None = None
    """Puts the door to the test; None where there is no door."""
    restart: Callable[[], None] | None = None
    """Ends the program in good order; None where nobody starts it again."""
