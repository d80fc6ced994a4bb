"""Stands beside one terminal, sees what goes in and what comes out, and tells the promises."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from kiosk import effects
from kiosk.events import (
    BookingAnswered,
    CardTapped,
    CodeNotKnown,
    Committed,
    Delivered,
    Event,
    FactsRecalled,
    Identified,
    JarScanned,
    KnowledgeConfirmed,
    KnowledgePage,
    TareScanned,
    Timer,
    TimerFired,
    Touched,
    TwoCardsSeen,
    WeightRead,
)
from kiosk.events_door import DoorMode, ExitAsked
from kiosk.reactor import Reactor, Settings
from kiosk.rules.doorkeeping import HeldFor
from kiosk.rules.entering import OPEN_TO_CARDS, WEIGHING
from kiosk.rules.policy import Station
from kiosk.rules.staff_states import LOCKED_BY_CARDS, STAFF
from kiosk.rules.states import Idle, OutOfOrder
from kiosk.simulation import promises, promises_door, promises_screen
from kiosk.simulation.believed import Believed
from kiosk.simulation.reading import text_of
from kiosk.simulation.server import CoopServer
from kiosk.types import DELIVERED, CardKind, Fact, FactId, FactKind, Member, Part, Role
from kiosk.views import IdleView, View

HUMAN = (CardTapped, TwoCardsSeen, CodeNotKnown, JarScanned, TareScanned, WeightRead, Touched)
"""What somebody does who stands there."""


class Witness:
    """Of one terminal, over all its processes.

    Args:
        now: simulated seconds.
        settings: what the coop has decided.
        report: where the first broken promise goes.
        write: takes a line of the simulation's journal.
    """

    def __init__(
        self,
        now: Callable[[], float],
        settings: Settings,
        report: promises.Report,
        members: int,
        write: Callable[[str], None],
    ) -> None:
        self._now = now
        self._settings = settings
        self._write = write
        self.believed = Believed(settings.zone, now)
        self.lost = promises.NothingIsLost(now, report)
        self.doubled = promises.NothingIsDoubled(now, report)
        self.noted = promises_screen.SaysNotedOnlyOnceItIs(now, report)
        self.refused = promises_door.OpensForNobodyRefused(now, report)
        self.admitted = promises_door.OpensForWhoeverMay(now, report)
        self.unlocked = promises_door.NeverUnlockedTooLong(now, report, settings.door)
        self.schedule = promises_door.HeldInItsHoursOnly(now, report)
        self.fire = promises_door.FireAlwaysWins(now, report)
        self.waits = promises_screen.NobodyWaits(now, report)
        self.views = promises_screen.EveryViewTimesOut(now, report)
        self.names = promises_screen.NoNameStays(now, report)
        self.days = promises_screen.NoFalseDay(now, report)
        self.shaming = promises_screen.NothingShaming(now, report)
        self.retention = promises.RetentionIsKept(now, report)
        self.forgotten = promises.ForgottenAreForgotten(now, report)
        self.bounds = promises.EverythingIsBounded(now, report, members)
        self.understood = promises.EveryEventIsUnderstood(now, report)
        self.counts: Counter[str] = Counter()
        self.view: View | None = None
        self.confirmed: set[FactId] = set()
        self._reactor: Reactor | None = None
        self._last_input = 0.0
        self.look_at = 0.0
        """From then on somebody should have come home: every step is looked at."""
        self._is_touched = False
        self._last_card = ""
        self._rested = True
        self._opened = False
        self._said: str = ""
        self._may: bool | None = None
        self._tapped: tuple[Member, CardKind] | None = None
        self._must = False
        self._about = ""
        self._laid_at: dict[str, float] = {}
        self._openings = promises_door.Openings()

    # ── a process begins and ends ─────────────────────────────────────────────────────────────────────────────────

    def attend(self, reactor: Reactor) -> None:
        """A process begins: it knows nothing but what its disk and the server tell it."""
        self._reactor = reactor
        self.believed = Believed(self._settings.zone, self._now)
        self.confirmed = set()
        self._openings = promises_door.Openings()
        self._note_input()
        self._rested = True

    def part(self) -> None:
        """The process is gone, and its screen is dark."""
        self._reactor, self.view = None, None
        self.lost.process_ended()
        self.names.is_named = False
        self.unlocked.begin_anew()

    # ── what goes in ──────────────────────────────────────────────────────────────────────────────────────────────

    def laid(self, hash_: str) -> None:
        """A card touches the reader now."""
        self._laid_at[hash_] = self._now()

    def before(self, event: Event) -> None:
        """An event is about to be handled."""
        self._opened, self._may, self._tapped, self._must, self._about = False, None, None, False, ""
        if isinstance(event, HUMAN):
            self._note_input()
        self._hear_of_person(event)
        self._hear_of_knowledge(event)
        self._hear_of_facts(event)
        if not isinstance(event, TimerFired) or event.timer is not Timer.TICK:
            self._write(_line_of(event))

    def _note_input(self) -> None:
        self._last_input = self._now()
        self.look_at = self._last_input + self.names.BOUND_SECONDS

    def _hear_of_person(self, event: Event) -> None:
        match event:
            case CardTapped():
                # Whoever lays the same card again still has what they asked for on the screen.
                self._is_touched = self._is_touched and event.hash == self._last_card
                self._last_card = event.hash
                self._ask_believed(event)
            case Touched():
                self._is_touched = True
            case ExitAsked():
                self.unlocked.asked_to_leave()
            case _:
                pass

    def _hear_of_knowledge(self, event: Event) -> None:
        match event:
            case KnowledgePage():
                self.believed.read(event)
                self.forgotten.told(event)
            case KnowledgeConfirmed(at=at):
                self.believed.confirm(at)
            case Identified():
                self.believed.hear(event)
                self._ask_believed_of(event)
            case _:
                pass

    def _hear_of_facts(self, event: Event) -> None:
        match event:
            case FactsRecalled(facts=facts, bookings=bookings):
                for fact in facts:
                    self.believed.happened(fact, is_delivered_kind=fact.kind in DELIVERED)
                for fact in bookings:
                    self.believed.booked(fact)
            case Delivered(ids=ids):
                self.believed.delivered(ids)
            case Committed(ids=ids):
                self.confirmed.update(ids)
                self.lost.confirmed(ids)
            case _:
                pass

    def _ask_believed(self, tap: CardTapped) -> None:
        """Who is that, and may they come in, by what the terminal could know?"""
        reactor, believed = self._reactor, self.believed
        assert reactor is not None
        laid = self._laid_at.pop(tap.hash, None)
        if laid is not None:
            self.waits.answered(self._now() - laid)
        card = believed.cards.get(tap.hash)
        member = None if card is None or card.blocked else believed.members.get(card.member_id)
        self._may = False
        if member is None or tap.kind in {CardKind.BANK, CardKind.PHONE}:
            self._about = "a card that is nobody's, or blocked"
            return
        self._tapped = (member, tap.kind)
        self._may = self._allowed(member, tap.kind)
        self._about = f"{member.status} {tap.kind} of {member.id}"
        if member.role is not Role.MEMBER:
            self._openings.staff_until = self._now() + 600.0
        state = reactor.session.state
        open_to_cards = isinstance(state, (*OPEN_TO_CARDS, *WEIGHING)) and not isinstance(state, LOCKED_BY_CARDS)
        self._must = self._may and open_to_cards and self._door_works() and not self._pauses(tap)

    def _ask_believed_of(self, answer: Identified) -> None:
        self._may = False
        self._about = "a card that the server has named"
        if answer.available and answer.member is not None and not answer.blocked:
            self._may = self._allowed(answer.member, CardKind.CARD)

    def _allowed(self, member: Member, kind: CardKind) -> bool:
        reactor = self._reactor
        assert reactor is not None
        around = reactor.surroundings()
        return reactor.keeping.mode is not DoorMode.LOCKED_DOWN and self.believed.may_enter(
            member, kind, self._settings.policy, around.now, around.trust, online=reactor.link.online
        )

    def _door_works(self) -> bool:
        reactor = self._reactor
        assert reactor is not None
        return (
            Part.DOOR not in reactor.session.lost
            and Part.READER not in reactor.session.lost
            and self._settings.station is not Station.BULK
        )

    def _pauses(self, tap: CardTapped) -> bool:
        reactor = self._reactor
        assert reactor is not None
        return reactor.session.refusals is not None and reactor.session.refusals.card == tap.hash

    # ── what comes out ────────────────────────────────────────────────────────────────────────────────────────────

    def open_door(self, seconds: float) -> None:
        """The reactor has ordered the door open."""
        self._opened = True
        self.unlocked.ordered(seconds)
        self._write(f"open {seconds}")
        self.counts["openings"] += 1

    def order_door(self, order: effects.DoorOrder) -> None:
        """Another order to the door."""
        match order:
            case effects.HoldDoor():
                self.unlocked.held()
                self._ask_why_held()
            case effects.ResetDoor():
                self.fire.reset()
                self.unlocked.begin_anew()
            case _:
                self._write(type(order).__name__)

    def _ask_why_held(self) -> None:
        reactor = self._reactor
        assert reactor is not None
        if reactor.keeping.held_for is HeldFor.SCHEDULE:
            early = timedelta(minutes=self._settings.policy.enter_before_shift_minutes)
            around = reactor.surroundings()
            why = self.believed.against_holding(self._settings.hold_open.hours, around.now, around.trust, early)
            self.schedule.held(why)

    def record(self, fact: Fact) -> None:
        """A fact was handed to the store."""
        self.counts[fact.kind.value] += 1
        self.lost.recorded(fact)
        self.believed.happened(fact, is_delivered_kind=fact.kind in DELIVERED)
        if fact.kind is FactKind.CHECK_IN and self._tapped is not None:
            # Whoever was asked before this card came is there from now on, and may be the first who is.
            self._may = self._may or self._allowed(*self._tapped)
        self._write(f"fact {fact.id} {fact.kind} {fact.member_id} {fact.shift_id}")

    def after(self, event: Event) -> None:
        """It was handled."""
        self.understood.handled()
        if isinstance(event, CardTapped | Identified) and self._may is not None:
            self.refused.answered(self._opened, self._may, self._about)
            if isinstance(event, CardTapped):
                self.admitted.answered(self._opened, self._must, self._about)
                if self._opened:
                    self._openings.last_allowed = self._now()
        elif self._opened and isinstance(event, Touched | BookingAnswered):
            may = self._openings.may_open(event, self._now())
            self.refused.answered(self._opened, may, f"a touch on {getattr(event, 'action', 'a booking')}")

    def present(self, view: View) -> None:
        """The screen shows something else."""
        reactor = self._reactor
        rests = reactor is not None and isinstance(reactor.session.state, Idle | OutOfOrder)
        if rests and not self._rested:
            self.views.came_home(self._last_input)
        self.view, self._rested = view, rests
        self._is_touched = self._is_touched and not isinstance(view, IdleView)
        text = text_of(view)
        self.names.shown(text, view)
        self.days.told(text)
        is_staff = reactor is not None and isinstance(reactor.session.state, STAFF)
        self.shaming.shown(text, is_touched=self._is_touched or is_staff)
        fact = None if reactor is None else getattr(reactor.session.state, "fact", None)
        self.noted.shown(text, fact, is_confirmed=fact in self.confirmed)
        title = getattr(getattr(view, "title", None), "key", "")
        self._write(f"view {type(view).__name__} {title}")

    def printed(self, order: effects.PrintLabel) -> None:
        """A label was ordered."""
        if order.dated:
            self.days.told(repr(order.jar.weighed_on))

    # ── while time passes ─────────────────────────────────────────────────────────────────────────────────────────

    def look(self) -> None:
        """After each step of the simulation from :attr:`look_at` on."""
        reactor = self._reactor
        if reactor is None:
            return
        self.names.look(self._last_input)
        rests = isinstance(reactor.session.state, Idle | OutOfOrder)
        if not rests:
            self.views.look(self.view, self._last_input, rests=rests)

    def moved(self, is_unlocked: bool) -> None:
        """The door's thread has taken a turn."""
        self.fire.look(is_unlocked)
        if self.fire.is_on:
            self.unlocked.begin_anew()
        else:
            self.unlocked.look(is_unlocked)

    def told(self, server: CoopServer) -> None:
        """The server has kept something of this terminal."""
        self.doubled.told(server)

    def waited(self, name: str, seconds: float) -> None:
        """An actor waited that must not."""
        self.waits.blocked(name, seconds)

    def forget(self) -> None:
        """At midnight: nobody stands there, and no screen speaks of what was confirmed before."""
        self.confirmed.clear()


def _line_of(event: Event) -> str:
    """An event in the simulation's journal: its kind, and what tells it from others."""
    match event:
        case CardTapped(hash=hash_):
            return f"CardTapped {hash_[:12]}"
        case Touched(action=action, target=target):
            return f"Touched {action} {target}"
        case TimerFired(timer=timer):
            return f"TimerFired {timer}"
        case Committed(ids=ids) | Delivered(ids=ids):
            return f"{type(event).__name__} {' '.join(ids)}"
        case KnowledgePage():
            return f"KnowledgePage {event.generation} {event.cursor} {len(event.members)} {event.last}"
        case _:
            words = (getattr(event, name, "") for name in ("part", "fault", "mode", "is_open", "kind"))
            return " ".join([type(event).__name__, *(str(word) for word in words if word != "")])


def every_promise() -> tuple[type[promises.Promise], ...]:
    """All of them."""
    return tuple(promises.Promise.__subclasses__())
