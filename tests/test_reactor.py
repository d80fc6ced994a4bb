"""The reactor: what is known first, then the session, then the orders, the door before all else."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kiosk.actions import Action
from kiosk.clock import AdjustableClock
from kiosk.devices.cards import CardHasher, PartialUid
from kiosk.effects import AskGrace, Book, Identify, LockDown
from kiosk.events import (
    CardTapped,
    CommandReceived,
    CommitFailed,
    Committed,
    Delivered,
    DeviceFound,
    DeviceLost,
    FactsRecalled,
    KnowledgeConfirmed,
    QueueChanged,
    ServerLost,
    ServerReached,
    ServerUnreadable,
    StopRequested,
    Ticked,
    Timer,
    TimerFired,
    Touched,
    UiAlive,
)
from kiosk.events_door import DoorAlarm, DoorAlarmKind, DoorMode, DoorModeChanged
from kiosk.hands import Hands
from kiosk.reactor import Reactor, Settings
from kiosk.rules import states
from kiosk.rules.doorkeeping import Order, Word
from kiosk.rules.policy import DoorTimes, Policy, Station, Times
from kiosk.rules.tare import TareLimits
from kiosk.types import Card, ClockTrust, Fact, FactId, FactKind, Grams, Jar, JarCode, Part, Sound
from kiosk.views import View
from tests.rules.terminal import COOP, PARIS, TUESDAY, at, card_of, snapshot, tap

LONG_AGO = datetime(1970, 1, 1, 0, 20, tzinfo=UTC)
AHEAD = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass
class Recorder:
    """Writes down every order in the order in which it came."""

    log: list[object] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    presented: threading.Condition = field(default_factory=threading.Condition)

    def open_door(self, seconds: float) -> None:
        self.log.append(("open", seconds))

    def record(self, fact: Fact, hold_seconds: float = 0.0) -> None:
        self.log.append(("record", fact.kind, hold_seconds))

    def withdraw(self, fact_id: FactId, undo: Fact) -> None:
        self.log.append(("withdraw", fact_id, undo.kind))

    def present(self, view: View) -> None:
        with self.presented:
            self.views.append(view)
            self.presented.notify_all()

    def play(self, sound: Sound) -> None:
        self.log.append(("play", sound))

    def ask(self, question: Identify | Book | AskGrace) -> None:
        self.log.append(question)

    def say(self, word: str) -> Callable[[], None]:
        return lambda: self.log.append(word)

    def tick(self, part: str) -> None:
        self.log.append(("tick", part))


def reactor_with(recorder: Recorder, *, started: bool = True, commands=lambda _event, _reactor: None) -> Reactor:
    clock = AdjustableClock(start=TUESDAY.astimezone(UTC))
    settings = Settings(
        policy=Policy(hours_late_block=True),
        times=Times(),
        door=DoorTimes(),
        limits=TareLimits(),
        station=Station.BOTH,
        zone=PARIS,
        language="fr",
    )
    ids = iter(range(1000))
    reactor = Reactor(settings, clock, lambda: FactId(f"f{next(ids)}"), lambda: JarCode("123454"), commands)
    hands = Hands(
        open_door=recorder.open_door,
        ring=recorder.say("ring"),
        stop_ringing=recorder.say("silence"),
        present=recorder.present,
        play=recorder.play,
        record=recorder,
        ask=recorder,
        deliver=recorder.say("deliver"),
        tick=recorder.tick,
    )
    if started:
        # The loop is not needed: handle() is the whole of one turn of it.
        reactor._hands = hands
        reactor.handle(snapshot())
    else:
        reactor.start(hands)
    return reactor


def test_the_door_opens_before_anything_is_written_or_heard():
    recorder = Recorder()
    reactor = reactor_with(recorder)
    reactor.handle(tap("camille"))
    kinds = [entry[0] for entry in recorder.log]
    assert kinds[0] == "open"
    assert kinds.index("record") < kinds.index("play")


def test_a_view_is_presented_once_however_often_nothing_changes():
    recorder = Recorder()
    reactor = reactor_with(recorder)
    before = len(recorder.views)
    reactor.handle(QueueChanged(waiting=3, refused=1))
    reactor.handle(UiAlive())
    assert len(recorder.views) == before
    assert (reactor.waiting, reactor.refused) == (3, 1)


def test_a_committed_fact_is_said_to_be_noted_and_sent():
    recorder = Recorder()
    reactor = reactor_with(recorder)
    reactor.handle(tap("alix"))
    reactor.handle(Touched(Action.START_SHIFT))
    fact = reactor.session.state.fact
    reactor.handle(Committed((fact,)))
    assert reactor.session.state.committed
    assert "deliver" in recorder.log


def test_a_failing_disk_is_a_lost_part_and_the_door_works_on():
    recorder = Recorder()
    reactor = reactor_with(recorder)
    reactor.handle(CommitFailed(ids=(FactId("x"),), fault="disk full"))
    assert Part.STORE in reactor.session.lost
    reactor.handle(tap("camille"))
    assert ("open", 8) in recorder.log
    reactor.handle(Committed(()))
    assert Part.STORE not in reactor.session.lost


def test_the_network_is_known_with_the_hour_it_went():
    reactor = reactor_with(Recorder())
    reactor.handle(ServerLost(since=at(14), fault="no route"))
    assert (reactor.link.online, reactor.link.since) == (False, at(14))
    reactor.handle(ServerReached())
    assert reactor.link.online


def test_facts_of_before_a_restart_lie_over_what_the_server_says():
    reactor = reactor_with(Recorder())
    around = reactor.surroundings()
    fact = Fact(id=FactId("old"), kind=FactKind.CHECK_IN, happened=around.moment, member_id="alix", shift_id="soon")
    reactor.handle(FactsRecalled((fact,)))
    assert reactor.knowledge.assignment("soon", "alix").present
    reactor.handle(Delivered((FactId("old"),)))
    reactor.handle(snapshot(generation=2))
    assert not reactor.knowledge.assignment("soon", "alix").present


def test_a_door_alarm_is_journalled():
    recorder = Recorder()
    reactor_with(recorder).handle(DoorAlarm(kind=DoorAlarmKind.FORCED))
    assert ("record", FactKind.DOOR_ALARM, 0.0) in recorder.log


@pytest.mark.parametrize("needs_internet", [False, True], ids=["in the shop", "outside"])
def test_a_bell_outside_of_the_shop_is_out_of_reach_without_the_network(needs_internet):
    reactor = reactor_with(Recorder())
    reactor._hands = replace(reactor._hands, bell_needs_internet=needs_internet)
    reactor.handle(ServerReached())
    assert reactor.surroundings().bell
    reactor.handle(ServerLost(since=at(14), fault="no route"))
    assert reactor.surroundings().bell is not needs_internet


def test_a_bell_that_is_lost_is_out_of_reach_until_it_is_found():
    reactor = reactor_with(Recorder())
    reactor.handle(DeviceLost(part=Part.BELL, fault="no answer"))
    assert not reactor.surroundings().bell
    reactor.handle(DeviceFound(part=Part.BELL))
    assert reactor.surroundings().bell


def test_orders_of_the_door_reach_it_and_what_it_cannot_do_is_refused_in_words():
    recorder = Recorder()
    reactor = reactor_with(recorder)
    assert "no door" in reactor.order_door(Order(word=Word.LOCK_DOWN))
    reactor._hands = replace(reactor._hands, order_door=recorder.log.append)
    reactor.handle(DoorModeChanged(mode=DoorMode.LOCKED))
    assert reactor.order_door(Order(word=Word.LOCK_DOWN)) is None
    assert recorder.log[-1] == LockDown()
    reactor.handle(DoorModeChanged(mode=DoorMode.LOCKED_DOWN))
    assert ("record", FactKind.DOOR_MODE, 0.0) in recorder.log


def test_a_muted_session_plays_nothing():
    recorder = Recorder()
    reactor = reactor_with(recorder)
    reactor.session = replace(reactor.session, muted=True)
    reactor.handle(Touched(Action.WEIGH))
    reactor.handle(Touched(Action.HELP))
    assert not [entry for entry in recorder.log if entry[0] == "play"]


def test_whoever_ticks_is_passed_on():
    recorder = Recorder()
    reactor = reactor_with(recorder)
    for event in (Ticked(Part.READER), UiAlive(), TimerFired(Timer.TICK)):
        reactor.handle(event)
    ticks = [entry[1] for entry in recorder.log if entry[0] == "tick"]
    assert ticks == ["reader", "screen", "reactor"]


def test_a_sign_of_life_draws_nothing_and_the_clock_turns_by_the_tick():
    recorder = Recorder()
    reactor = reactor_with(recorder)
    shown = recorder.views[-1]
    reactor._clock.advance(61)
    for event in (Ticked(Part.READER), UiAlive()):
        reactor.handle(event)
    assert recorder.views[-1] is shown
    reactor.handle(TimerFired(Timer.TICK))
    assert recorder.views[-1].frame.header != shown.frame.header


def test_what_was_learnt_before_the_clock_was_set_has_its_age_once_it_is():
    recorder = Recorder()
    reactor = reactor_with(recorder)
    reactor._clock.set_wall(LONG_AGO, ClockTrust.NEVER)
    reactor.handle(KnowledgeConfirmed(at=LONG_AGO))
    reactor._clock.advance(600)
    # A card that was linked here says nothing of what the server knows.
    reactor.handle(replace(snapshot(), full=False, last=False))
    assert reactor.knowledge.as_of == LONG_AGO
    reactor._clock.set_wall(at(14, 40), ClockTrust.SYNCED)
    reactor.handle(tap("camille"))
    assert abs(reactor.knowledge.as_of - at(14, 30)) < timedelta(seconds=30)
    assert ("open", DoorTimes().pulse_seconds) in recorder.log


def test_what_was_learnt_under_a_clock_that_was_ahead_grows_old_all_the_same():
    reactor = reactor_with(Recorder())
    reactor._clock.set_wall(AHEAD, ClockTrust.SINCE)
    reactor.handle(KnowledgeConfirmed(at=AHEAD))
    reactor._clock.set_wall(at(14, 40), ClockTrust.SYNCED)
    reactor._clock.advance(600)
    reactor.handle(TimerFired(Timer.TICK))
    assert abs(reactor.knowledge.as_of - at(14, 40)) < timedelta(seconds=30)


def test_a_clock_that_is_behind_makes_nothing_older():
    reactor = reactor_with(Recorder())
    reactor._clock.set_wall(at(14) - timedelta(days=90), ClockTrust.SINCE)
    reactor.handle(KnowledgeConfirmed(at=at(14)))
    assert reactor.knowledge.as_of == at(14)


def test_a_confirmation_keeps_knowledge_fresh():
    reactor = reactor_with(Recorder())
    reactor.handle(KnowledgeConfirmed(at=at(14, 31)))
    assert reactor.knowledge.as_of == at(14, 31)


def test_the_reactor_survives_what_it_does_not_understand_and_ends_when_asked(caplog):
    recorder = Recorder()

    def broken(_event, _reactor):
        raise RuntimeError("a fault in a command")

    reactor = reactor_with(recorder, started=False, commands=broken)
    reactor.post(CommandReceived(name="x", arguments={}, reply=1))
    reactor.post(snapshot())
    reactor.post(tap("camille"))
    with recorder.presented:
        assert recorder.presented.wait_for(lambda: any(v.title.key == "open.title" for v in recorder.views), 5)
    reactor.post(StopRequested())
    assert reactor.join(5)
    assert "could not handle CommandReceived" in caplog.text


def test_timers_fire_in_the_clocks_own_time():
    recorder = Recorder()
    reactor = reactor_with(recorder, started=False)
    reactor.post(snapshot())
    reactor.post(tap("camille"))
    with recorder.presented:
        assert recorder.presented.wait_for(lambda: any(v.title.key == "open.title" for v in recorder.views), 5)
        reactor._clock.advance(7)
        assert recorder.presented.wait_for(lambda: recorder.views[-1].title.key == "idle.title", 5)
    reactor.post(StopRequested())
    assert reactor.join(5)
    assert isinstance(reactor.session.state, states.Idle)


def test_the_coop_of_the_snapshot_is_the_one_shown():
    reactor = reactor_with(Recorder())
    assert reactor.knowledge.coop == COOP


def test_a_card_known_under_the_key_before_is_linked_under_the_new_one():
    recorder = Recorder()
    reactor = reactor_with(recorder)
    reactor._older_hash = lambda code: tap("camille").hash if code == "7:04A3C6CAE26180" else tap("nobody").hash
    reactor.handle(tap("rehashed", code="7:04A3C6CAE26180"))
    assert ("record", FactKind.CARD_LINKED, 0.0) in recorder.log
    assert reactor.knowledge.card(tap("rehashed").hash).member_id == "camille"
    assert ("open", 8) in recorder.log


def test_a_cut_uid_known_under_the_key_before_is_linked_too():
    """A reader of three bytes writes ``part:…``: its cards change keys as all others do."""
    recorder = Recorder()
    reactor = reactor_with(recorder)
    before, after = CardHasher(b"0" * 16, "before"), CardHasher(b"1" * 16, "after")
    uid = PartialUid(bytes.fromhex("BEADDE"))
    reactor.handle(snapshot(full=False, cards=(Card(hash=before.hash_uid(uid), member_id="camille"),)))
    reactor._older_hash = before.hash_canonical
    reactor.handle(CardTapped(hash=after.hash_uid(uid), tail="ADDE", code=str(uid)))
    assert reactor.knowledge.card(after.hash_uid(uid)).member_id == "camille"
    assert ("open", 8) in recorder.log


def test_a_card_blocked_under_the_key_before_stays_blocked_under_the_new_one():
    recorder = Recorder()
    reactor = reactor_with(recorder)
    reactor.handle(snapshot(full=False, cards=(Card(hash=card_of("x"), member_id="camille", blocked=True),)))
    reactor._older_hash = lambda _code: card_of("x")
    reactor.handle(tap("rehashed", code="7:04A3C6CAE26180"))
    assert reactor.knowledge.card(tap("rehashed").hash).blocked
    assert not [entry for entry in recorder.log if entry[0] == "open"]


def test_a_jar_s_sticker_known_under_the_key_before_is_the_jar_s_under_the_new_one():
    recorder = Recorder()
    reactor = reactor_with(recorder)
    jar = Jar(code=JarCode("003123"), grams=Grams(312), weighed_on=date(2026, 1, 1), sticker=card_of("x"))
    reactor.handle(snapshot(full=False, jars=(jar,)))
    reactor._older_hash = lambda _code: card_of("x")
    reactor.handle(tap("rehashed", code="7:04A3C6CAE26180"))
    assert isinstance(reactor.session.state, states.Recalling)
    assert reactor.knowledge.jar_tagged(tap("rehashed").hash).code == jar.code


def test_a_server_that_can_no_longer_be_read_is_an_alarm_in_the_journal():
    recorder = Recorder()
    reactor = reactor_with(recorder)
    for fault in ("the page of the day has changed", "the answer to a scan has changed"):
        for _ in range(3):
            reactor.handle(ServerUnreadable(fault))
    assert recorder.log.count(("record", FactKind.ALARM, 0.0)) == 2


def test_a_server_that_changes_once_more_a_year_later_is_an_alarm_again():
    recorder = Recorder()
    reactor = reactor_with(recorder)
    reactor.handle(ServerUnreadable("the page of the day has changed"))
    reactor._clock.advance(400 * 86_400)
    reactor.handle(ServerUnreadable("the page of the day has changed"))
    assert recorder.log.count(("record", FactKind.ALARM, 0.0)) == 2


def test_a_timer_that_is_always_due_starves_no_event():
    recorder = Recorder()
    reactor = reactor_with(recorder)
    reactor._deadlines = {Timer.HOME: 0.0, Timer.TICK: 0.0}
    reactor.post(tap("camille"))
    reactor.post(tap("alix"))
    turns = []
    for _ in range(4):
        event = reactor._next()
        turns.append(type(event).__name__)
        reactor._deadlines[Timer.HOME] = 0.0
    assert turns == ["TimerFired", "CardTapped", "TimerFired", "CardTapped"]
