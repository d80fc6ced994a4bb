"""The one thread that owns all state: takes events, asks the rules, carries out their orders.

It never waits for a disk, a network or a screen: every order is handed to a thread that may. Orders are carried out in
the order of their urgency, the door first.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import get_args

from kiosk import effects, events
from kiosk.clock import Clock, moment
from kiosk.effects import Effect
from kiosk.events import Event, Timer, TimerFired
from kiosk.events_door import DoorAlarm
from kiosk.hands import DoorProof, Hands
from kiosk.rules import doorkeeping
from kiosk.rules import session as sessions
from kiosk.rules.dating import is_misdated, maybe_dated
from kiosk.rules.doorkeeping import Doorkeeping
from kiosk.rules.knowledge import Knowledge
from kiosk.rules.policy import DoorTimes, Policy, RetentionDays, Station, Times
from kiosk.rules.states import Session
from kiosk.rules.tare import TareLimits
from kiosk.rules.turn import Link, Surroundings
from kiosk.rules.view import view_of
from kiosk.rules.weekly import Schedule
from kiosk.types import CardHash, Fact, FactId, FactKind, JarCode, Part
from kiosk.views import View

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
ALARM_AGAIN_SECONDS = 86_400.0
"""A page of the server that is mended and changes once more in another year is news again."""

SIGNS_OF_LIFE = (events.Ticked, events.UiAlive)
"""For the watchdog alone: nothing that is shown or decided depends on them. The clock shown turns at the tick."""

URGENCY: dict[type[Effect], int] = {
    effects.OpenDoor: 0,
    effects.HoldDoor: 0,
    effects.EndHold: 0,
    effects.LockDown: 0,
    effects.EndLockDown: 0,
    effects.ResetDoor: 0,
    effects.Record: 1,
    effects.Withdraw: 1,
    effects.StartTimer: 2,
    effects.CancelTimer: 2,
    effects.Play: 3,
    effects.PrintLabel: 3,
    effects.PrintList: 3,
    effects.RingBell: 3,
    effects.StopBell: 3,
    **dict.fromkeys(get_args(effects.StaffOrder), 3),
    effects.ListLog: 3,
    **dict.fromkeys(get_args(effects.ProofOrder), 3),
    effects.Identify: 4,
    effects.Book: 4,
    effects.AskGrace: 4,
    effects.Restart: 5,
}
"""The door first, then what must not be lost, then time, sounds, and questions that may take their time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the coop and the place have decided."""

    policy: Policy
    times: Times
    door: DoorTimes
    limits: TareLimits
    station: Station
    zone: tzinfo
    language: str
    phone: str = ""
    parts: frozenset[Part] = frozenset()
    hold_open: Schedule = field(default_factory=Schedule)
    retention: RetentionDays = field(default_factory=RetentionDays)


class Reactor:
    """Holds the session and the knowledge; :meth:`post` is the only way in."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        new_id: Callable[[], FactId],
        new_jar_code: Callable[[], JarCode],
        commands: Callable[[events.CommandReceived, "Reactor"], None],
        *,
        older_hash: Callable[[str], CardHash] | None = None,
    ) -> None:
        self.settings = settings
        self.knowledge = Knowledge()
        self.session = Session(language=settings.language)
        self.link = Link()
        self.keeping = Doorkeeping()
        self.waiting = 0
        self.refused = 0
        self.unjournalled: set[FactId] = set()
        self._learnt_at = 0.0
        self.last_view: View | None = None
        self._clock = clock
        self._new_id = new_id
        self._new_jar_code = new_jar_code
        self._commands = commands
        self._older_hash = older_hash
        self._unreadable: dict[str, float] = {}
        """What was told of, and until when (monotonic seconds) that is enough."""
        self._hands: Hands | None = None
        self._inbox: deque[Event] = deque()
        self._arrived = threading.Condition()
        self._timer_was_last = False
        self._deadlines: dict[Timer, float] = {}
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="reactor", daemon=True)

    # ── in ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def post(self, event: Event) -> None:
        """Hand in an event, from any thread; returns at once."""
        with self._arrived:
            self._inbox.append(event)
            self._arrived.notify()

    def start(self, hands: Hands) -> None:
        """Begin to work with these hands; the first view is presented before the first event is looked at."""
        self._hands = hands
        self._thread.start()

    def join(self, timeout_seconds: float = 2.0) -> bool:
        """Wait for the end after :class:`~kiosk.events.StopRequested`; False if it is stuck."""
        if self._thread.is_alive():
            self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    # ── the loop ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        self._deadlines[Timer.TICK] = self._clock.monotonic() + TICK_SECONDS
        self._present()
        while not self._stopping:
            event = self._next()
            try:
                self.handle(event)
            except Exception:
                # One event that the program does not understand must not keep the next person outside.
                log.exception("could not handle %s", type(event).__name__)

    def _next(self) -> Event:
        """The next event, or the timer that is due: in turn, so that neither kind can starve the other."""
        with self._arrived:
            while True:
                due = None if self._timer_was_last and self._inbox else self._due_timer()
                self._timer_was_last = due is not None
                if due is not None:
                    return TimerFired(due)
                if self._inbox:
                    return self._inbox.popleft()
                left = min(self._deadlines.values()) - self._clock.monotonic()
                self._clock.wait(self._arrived, max(0.0, left))

    def _due_timer(self) -> Timer | None:
        timer = min(self._deadlines, key=self._deadlines.__getitem__)
        if self._deadlines[timer] > self._clock.monotonic():
            return None
        del self._deadlines[timer]
        if timer is Timer.TICK or not self._deadlines:
            self._deadlines[Timer.TICK] = self._clock.monotonic() + TICK_SECONDS
        return timer

    # ── one event ─────────────────────────────────────────────────────────────────────────────────────────────────

    def handle(self, event: Event) -> None:
        """Take one event: what is known changes first, then the session has its say, then its orders are given."""
        self._learn(event)
        if isinstance(event, SIGNS_OF_LIFE):
            return
        self._date_knowledge()
        if self._hands is not None and self._hands.proof is not None:
            self._hands.proof.hear(event)
        if doorkeeping.is_heard(event):
            self._keep_door(doorkeeping.hear(self.keeping, event, self.surroundings(), self.settings.hold_open))
        if isinstance(event, sessions.SEEN) and sessions.is_heeded(self.session, event):
            self._let_session_answer(event)
        if isinstance(event, events.StopRequested):
            self._stopping = True
        self._present()

    def _let_session_answer(self, event: Event) -> None:
        self.session, orders = sessions.step(self.session, event, self.surroundings())
        self._carry_out(orders)

    def order_door(self, order: doorkeeping.Order) -> str | None:
        """Have the door obey a person. Why it cannot, in plain words; None if it can."""
        why = doorkeeping.maybe_refusal(self.keeping, order)
        if why is None:
            self._keep_door(doorkeeping.obey(self.keeping, order, self.surroundings(), self.settings.hold_open))
        return why

    def _keep_door(self, outcome: doorkeeping.Outcome) -> None:
        self.keeping, orders = outcome
        self._carry_out(orders)

    def surroundings(self) -> Surroundings:
        """What a step or a view may look at now."""
        settings = self.settings
        return Surroundings(
            knowledge=self.knowledge,
            policy=settings.policy,
            times=settings.times,
            door=settings.door,
            limits=settings.limits,
            station=settings.station,
            zone=settings.zone,
            language=settings.language,
            moment=moment(self._clock),
            link=self.link,
            bell=self._has_bell(),
            phone=settings.phone,
            printer=self._hands is not None and self._hands.print_label is not None,
            parts=settings.parts,
            retention=settings.retention,
            waiting=self.waiting,
            refused=self.refused,
            troubles=self._troubles(),
            restarts=self._hands is not None and self._hands.restart is not None,
            new_id=self._new_id,
            new_jar_code=self._new_jar_code,
            keeping=self.keeping,
            unjournalled=self.unjournalled,
        )

    def _troubles(self) -> int:
        keeper = None if self._hands is None else self._hands.log
        return 0 if keeper is None else keeper.count

    def _has_bell(self) -> bool:
        """One that can be rung now."""
        hands = self._hands
        return (
            hands is not None
            and hands.ring is not None
            and Part.BELL not in self.session.lost
            and (self.link.online or not hands.bell_needs_internet)
        )

    def record(self, fact: Fact, hold_seconds: float = 0.0) -> None:
        """Keep a fact: on the disk, and in what is known."""
        assert self._hands is not None
        self._hands.record.record(fact, hold_seconds)
        self.knowledge.note(fact)
        self.unjournalled.add(fact.id)

    def _carry_out(self, orders: tuple[Effect, ...]) -> None:
        if not orders:
            return
        hands = self._hands
        assert hands is not None
        for order in sorted(orders, key=lambda order: URGENCY[type(order)]):
            match order:
                case effects.OpenDoor():
                    hands.open_door(order.seconds)
                case effects.Record():
                    self.record(order.fact, order.hold_seconds)
                case effects.Withdraw():
                    self._withdraw(order)
                case effects.StartTimer():
                    self._deadlines[order.timer] = self._clock.monotonic() + order.seconds
                case effects.CancelTimer():
                    self._deadlines.pop(order.timer, None)
                case (
                    effects.HoldDoor()
                    | effects.EndHold()
                    | effects.LockDown()
                    | effects.EndLockDown()
                    | effects.ResetDoor()
                ) if hands.order_door is not None:
                    hands.order_door(order)
                case _:
                    self._ask_or_sound(order)

    def _ask_or_sound(self, order: Effect) -> None:
        assert self._hands is not None
        match order:
            case effects.Play() if not self.session.muted:
                self._hands.play(order.sound)
            case effects.RingBell() if self._hands.ring is not None:
                self._hands.ring()
            case effects.PrintLabel() if self._hands.print_label is not None:
                self._hands.print_label(order)
            case effects.PrintList() if self._hands.print_list is not None:
                self._hands.print_list(order)
            case effects.StopBell():
                self._hands.stop_ringing()
            case effects.Identify() | effects.Book() | effects.AskGrace():
                self._hands.ask.ask(order)
            case effects.ProveDoor() | effects.AnswerProof() | effects.EndProof() if self._hands.proof is not None:
                _order_proof(self._hands.proof, order)
            case effects.ListLog() | effects.Restart():
                self._look_after(order)
            case _ if isinstance(order, effects.StaffOrder):
                self.order_staff(order)

    def _look_after(self, order: effects.ListLog | effects.Restart) -> None:
        """What a technician asks of the program itself."""
        hands = self._hands
        assert hands is not None
        if isinstance(order, effects.ListLog):
            self.post(events.LogListed(() if hands.log is None else hands.log.lines()))
        elif hands.restart is not None:
            log.info("a technician starts the terminal anew")
            hands.restart()

    def order_staff(self, order: effects.StaffOrder) -> None:
        """Carry out what staff ask of the store, at the screen or by a command."""
        assert self._hands is not None
        if isinstance(order, effects.Prefer):
            self.knowledge.prefer(order)
        self._hands.staff(order)

    def _present(self) -> None:
        view = view_of(self.session, self.surroundings())
        if view != self.last_view:
            self.last_view = view
            assert self._hands is not None
            self._hands.present(view)

    def _withdraw(self, order: effects.Withdraw) -> None:
        assert self._hands is not None
        self._hands.record.withdraw(order.id, order.undo)
        self.knowledge.note(order.undo)
        self.unjournalled.add(order.undo.id)

    # ── what an event teaches, before the session looks at it ─────────────────────────────────────────────────────

    def _learn(self, event: Event) -> None:
        assert self._hands is not None
        match event:
            case events.Committed():
                self.unjournalled.difference_update(event.ids)
                self._hands.deliver()
                self._mark_store(working=True)
            case events.CommitFailed():
                log.error("%d facts are not on the disk yet: %s", len(event.ids), event.fault)
                self._mark_store(working=False, fault=event.fault)
            case DoorAlarm():
                log.warning("door: %s", event.kind)
            case events.CardTapped():
                self._know_older_key(event)
            case events.CommandReceived():
                self._commands(event, self)
            case events.Ticked():
                self._hands.tick(event.part.value)
            case events.UiAlive():
                self._hands.tick(Part.SCREEN.value)
            case TimerFired(Timer.TICK):
                self._hands.tick("reactor")
            case _:
                self._learn_from_server(event)

    def _date_knowledge(self) -> None:
        if self.knowledge.as_of is None:
            return
        now, trust = self._clock.now(), self._clock.trust()
        if is_misdated(self.knowledge.as_of, now, trust):
            as_of = maybe_dated(now, trust, self._clock.monotonic() - self._learnt_at)
            if as_of is not None:
                self.knowledge.confirm(as_of)

    def _know_older_key(self, tap: events.CardTapped) -> None:
        """A card known only under the key before: from this tap on it is known under the new one."""
        if self._older_hash is None or not tap.code or tap.hash in self.knowledge.cards:
            return
        older_hash = self._older_hash(tap.code)
        older = self.knowledge.card(older_hash)
        if older is None:
            self._know_older_sticker(tap, older_hash)
            return
        fact = Fact(
            id=self._new_id(),
            kind=FactKind.CARD_BLOCKED if older.blocked else FactKind.CARD_LINKED,
            happened=moment(self._clock),
            member_id=older.member_id,
            details={"card": tap.hash, "replaces": older.hash},
        )
        self.record(fact)

    def _know_older_sticker(self, tap: events.CardTapped, older: CardHash) -> None:
        """A jar's sticker is hashed as a card is, and changes keys as one does."""
        jar = self.knowledge.jar_tagged(older)
        if jar is None or self.knowledge.jar_tagged(tap.hash) is not None:
            return
        details = {
            "jar": jar.code,
            "sticker": tap.hash,
            "grams": int(jar.grams),
            "weighed_on": jar.weighed_on.isoformat(),
        }
        kind = FactKind.JAR_TAGGED
        self.record(Fact(id=self._new_id(), kind=kind, happened=moment(self._clock), details=details))

    def _learn_from_server(self, event: Event) -> None:
        match event:
            case events.KnowledgePage():
                if event.last:
                    self._learnt_at = self._clock.monotonic()
                self.knowledge.apply(event)
            case events.KnowledgeConfirmed():
                self._learnt_at = self._clock.monotonic()
                self.knowledge.confirm(event.at)
            case events.FactsRecalled():
                self.knowledge.recall(event)
            case events.Identified(available=True) | events.GraceAnswered(available=True):
                self.knowledge.learn(event)
            case events.Delivered():
                self.knowledge.delivered(event.ids)
            case events.QueueChanged():
                self.waiting, self.refused = event.waiting, event.refused
            case events.ServerUnreadable():
                self._raise_alarm(event.fault)
            case events.ServerReached() | events.ServerLost():
                self.link = _link_after(event)

    def _raise_alarm(self, fault: str) -> None:
        """The server can no longer be read: the journal says so, once a day for each thing."""
        now = self._clock.monotonic()
        if now < self._unreadable.get(fault, now):
            return
        self._unreadable[fault] = now + ALARM_AGAIN_SECONDS
        log.error("the server can no longer be read: %s", fault)
        details = {"alarm": "server_unreadable", "fault": fault}
        self.record(Fact(id=self._new_id(), kind=FactKind.ALARM, happened=moment(self._clock), details=details))

    def _mark_store(self, *, working: bool, fault: str = "") -> None:
        lost = Part.STORE in self.session.lost
        if lost == working:
            store = Part.STORE
            self._let_session_answer(
                events.DeviceFound(part=store) if working else events.DeviceLost(part=store, fault=fault)
            )


def _order_proof(proof: DoorProof, order: effects.ProofOrder) -> None:
    match order:
        case effects.ProveDoor(by=by):
            proof.begin(by)
        case effects.AnswerProof(yes=yes):
            proof.answer(yes=yes)
        case effects.EndProof():
            proof.end()


def _link_after(event: events.ServerReached | events.ServerLost) -> Link:
    if isinstance(event, events.ServerReached):
        return Link(online=True)
    return Link(online=False, since=event.since, not_authorised=event.not_authorised, fault=event.fault)
