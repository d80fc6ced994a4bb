"""The promises of the door, whatever happens: the real reactor and the real driver on one clock, and a hostile world.

Never unlocked without a live reason; never longer than the bound; fire always wins; every opening is journalled with
who and why, or counted as unjournalled while the disk fails.
"""

import threading
from datetime import UTC, timedelta
from math import inf

from gpiozero import GPIOZeroError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiosk.devices.door import Door, Forgetful
from kiosk.devices.simulated.door import WHOLE, DrivenPin, SimulatedDoor
from kiosk.effects import AskGrace, Book, DoorOrder, HoldDoor, Identify
from kiosk.errors import DeviceError
from kiosk.events import CommitFailed, Committed, DeviceFound, DeviceLost, Timer, TimerFired
from kiosk.events_door import DoorMode
from kiosk.hands import Hands
from kiosk.reactor import Reactor, Settings
from kiosk.rules.door_states import DoorRules
from kiosk.rules.doorkeeping import LEASE_SECONDS, Order, Word
from kiosk.rules.policy import Policy, Station, Times
from kiosk.rules.tare import TareLimits
from kiosk.rules.weekly import schedule_of
from kiosk.types import DeskReason, Fact, FactId, FactKind, JarCode, MemberId, Part
from tests.fakes import ManualClock
from tests.rules.terminal import PARIS, TUESDAY, snapshot, tap

RULES = DoorRules()
SLACK_SECONDS = 0.4
"""One look of the driver at its inputs and at the time."""


class SteppingClock(ManualClock):
    """Whoever waits on it has waited: time moves on by as much."""

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        del condition
        self.advance(max(seconds or 0.0, 0.001))


class FaultyPin(DrivenPin):
    fault: Exception | None = None

    def _set_state(self, value: bool) -> None:
        if self.fault is not None:
            raise self.fault
        super()._set_state(value)


class World(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = SteppingClock(now=TUESDAY.astimezone(UTC))
        self.door = SimulatedDoor(WHOLE, relay_pin_class=FaultyPin)
        self.memory = Forgetful()
        self.disk_works = True
        self.ids = iter(range(1_000_000))
        self.facts: list[Fact] = []
        self.committed: set[FactId] = set()
        self.reasons_until = -inf
        self.held_until = -inf
        self.fire_latched = False
        self.was_unlocked = False
        self.explained = self.named = 0
        self.resets_at_fire = 0
        self.pulse_began = inf
        self.boot()

    # ── the terminal ──────────────────────────────────────────────────────────────────────────────────────────────

    def boot(self) -> None:
        settings_ = Settings(
            policy=Policy(), times=Times(), door=RULES, limits=TareLimits(), station=Station.ENTRANCE, zone=PARIS,
            language="fr", hold_open=schedule_of(["tue 09:00-15:00"]),
        )  # fmt: skip
        new_id = lambda: FactId(f"f{next(self.ids)}")  # noqa: E731 - as the reactor takes it
        self.reactor = Reactor(settings_, self.clock, new_id, lambda: JarCode("123454"), lambda _event, _reactor: None)
        self.reactor._hands = Hands(
            open_door=self.open_door, order_door=self.order_door, ring=None, stop_ringing=lambda: None,
            present=lambda _view: None, play=lambda _sound: None, record=self, ask=self, deliver=lambda: None,
            tick=lambda _part: None,
        )  # fmt: skip
        self.driver = Door(self.door.make_pins, self.clock, WHOLE, rules=RULES, memory=self.memory)
        self.is_up = False
        self.fresh: list[Fact] = []
        self.reactor.handle(snapshot())
        self.bring_up()

    def bring_up(self) -> None:
        try:
            self.driver.open()
        except DeviceError as fault:
            self.driver.close()
            self.reactor.handle(DeviceLost(part=Part.DOOR, fault=str(fault)))
            return
        self.is_up = True
        self.reactor.handle(DeviceFound(part=Part.DOOR))
        self.look()

    def look(self) -> None:
        """One turn of the driver's thread, and what the reactor makes of it."""
        if not self.is_up:
            self.clock.advance(0.3)
            return
        try:
            events = list(self.driver.read())
        except DeviceError as fault:
            self.driver.close()
            self.is_up = False
            self.reactor.handle(DeviceLost(part=Part.DOOR, fault=str(fault)))
            return
        for event in events:
            if type(event).__name__ == "ExitAsked":
                self.reasons_until = max(self.reasons_until, self.clock.monotonic() + RULES.pulse_seconds)
            self.reactor.handle(event)

    # ── the hands ─────────────────────────────────────────────────────────────────────────────────────────────────

    def open_door(self, seconds: float) -> None:
        self.reasons_until = max(self.reasons_until, self.clock.monotonic() + min(seconds, RULES.bound_seconds))
        self.driver.open_for(seconds)

    def order_door(self, order: DoorOrder) -> None:
        if isinstance(order, HoldDoor):
            assert order.seconds <= LEASE_SECONDS
            self.held_until = self.clock.monotonic() + order.seconds
        self.driver.obey(order)

    def record(self, fact: Fact, hold_seconds: float = 0.0) -> None:
        del hold_seconds
        self.facts.append(fact)
        self.fresh.append(fact)

    def withdraw(self, fact_id: FactId, undo: Fact) -> None:
        raise AssertionError((fact_id, undo))

    def ask(self, question: Identify | Book | AskGrace) -> None:
        del question

    # ── what happens ──────────────────────────────────────────────────────────────────────────────────────────────

    @rule(who=st.sampled_from(["camille", "alix", "slow", "frozen", "coord", "nobody"]))
    def lay_card(self, who: str) -> None:
        self.reactor.handle(tap(who))
        self.look()

    @rule(pause=st.integers(1, 7))
    def let_a_queue_in(self, pause: int) -> None:
        for who in ("camille", "slow", "alix", "coord") * 3:
            self.lay_card(who)
            self.pass_time(pause, hangs=False)

    @rule(word=st.sampled_from(Word), minutes=st.integers(1, 240))
    def order(self, word: Word, minutes: int) -> None:
        self.reactor.order_door(Order(word=word, minutes=minutes, why=DeskReason.VISIT, by=MemberId("coord")))
        self.look()

    @rule(
        what=st.sampled_from(
            ["press_exit", "let_go_exit", "force_open", "push_open", "pull_shut", "open_box", "shut_box"]
        )
    )
    def touch_the_door(self, what: str) -> None:
        getattr(self.door, what)()
        self.look()
        self.look()

    @rule()
    def break_the_green_box(self) -> None:
        self.door.raise_fire()
        self.look()
        self.look()
        assert self.door.is_unlocked or not self.is_up

    @rule()
    def put_the_green_box_back(self) -> None:
        self.door.end_fire()
        self.look()
        self.look()

    @rule(seconds=st.integers(1, 60), hangs=st.booleans())
    def pass_time(self, seconds: int, *, hangs: bool) -> None:
        """With the reactor at work, or while it hangs."""
        end = self.clock.monotonic() + seconds
        ticked = self.clock.monotonic()
        while self.clock.monotonic() < end:
            if not hangs and self.clock.monotonic() - ticked >= 1:
                ticked = self.clock.monotonic()
                self.reactor.handle(TimerFired(Timer.TICK))
            self.look()
            self.check_reasons()
            self.check_journal()

    @rule(days=st.integers(-400, 400))
    def jump_the_wall_clock(self, days: int) -> None:
        self.clock.set_wall(TUESDAY.astimezone(UTC) + timedelta(days=days))

    @rule()
    def break_the_relay_line(self) -> None:
        self.door._relay.fault = GPIOZeroError("stuck")
        self.look()

    @precondition(lambda self: self.door._relay.fault is not None)
    @rule()
    def mend_the_relay_line(self) -> None:
        self.door._relay.fault = None
        if not self.is_up:
            self.bring_up()

    @rule()
    def restart(self) -> None:
        self.driver.close()
        self.reasons_until = self.held_until = -inf
        self.was_unlocked = False
        self.pulse_began = inf
        self.boot()

    @rule()
    def break_or_mend_the_disk(self) -> None:
        self.disk_works = not self.disk_works
        if not self.disk_works:
            self.reactor.handle(CommitFailed(ids=tuple(self.reactor.unjournalled), fault="disk full"))

    # ── the promises ──────────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def check_reasons(self) -> None:
        """Never unlocked without a live reason, and no pulse longer than the bound."""
        if self.door._relay.fault is not None:
            return
        now = self.clock.monotonic()
        is_a_pulse = self.door.is_unlocked and self.driver._doorway.mode in {DoorMode.UNLOCKED, DoorMode.LOCKED_DOWN}
        self.pulse_began = min(self.pulse_began, now) if is_a_pulse else inf
        assert now <= self.pulse_began + RULES.bound_seconds + SLACK_SECONDS
        if self.door.is_unlocked:
            live = max(self.reasons_until, self.held_until) + SLACK_SECONDS
            assert self.memory.kept.released or now <= live
        if self.memory.kept.released and self.is_up:
            assert self.door.is_unlocked

    @invariant()
    def check_fire(self) -> None:
        """Only a person ends it."""
        if self.memory.kept.released:
            self.resets_at_fire = self.resets_at_fire if self.fire_latched else self.resets()
            self.fire_latched = True
        elif self.fire_latched:
            assert self.resets() > self.resets_at_fire
            self.fire_latched = False

    def resets(self) -> int:
        return sum(fact.details.get("why") == "reset" and fact.member_id == "coord" for fact in self.facts)

    @invariant()
    def check_journal(self) -> None:
        """Each time it comes to be unlocked there is a fact of it, with its why; a card or an order has its bearer."""
        unlocked = self.door.is_unlocked and self.is_up
        if unlocked and not self.was_unlocked:
            assert any(is_opening(fact) for fact in self.facts[self.explained :]) or self.memory.kept.released
        self.was_unlocked = unlocked
        if not unlocked:
            self.explained = len(self.facts)
        for fact in filter(is_opening, self.facts[self.named :]):
            why = fact.details.get("reason") or fact.details.get("why")
            assert why
            assert fact.member_id or why in {"exit", "schedule", "fire", "found", "kept", "ended", "back"}
        self.named = len(self.facts)

    @invariant()
    def check_disk(self) -> None:
        """What is not on the disk is counted."""
        if self.disk_works:
            waiting = tuple(self.reactor.unjournalled)
            self.committed.update(waiting)
            self.reactor.handle(Committed(waiting))
            assert not self.reactor.unjournalled
        assert {fact.id for fact in self.fresh} - self.committed <= self.reactor.unjournalled


def is_opening(fact: Fact) -> bool:
    if fact.kind is FactKind.DOOR_OPENED:
        return True
    return fact.kind is FactKind.DOOR_MODE and fact.details["mode"] in {"held_open", "released", "unlocked"}


World.TestCase.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
TestPromises = World.TestCase
