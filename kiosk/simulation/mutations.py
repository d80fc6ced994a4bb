"""Ways to break the terminal on purpose, each with the promise that has to notice.

A simulation that cannot fail proves nothing. Every mutation here is a mistake that somebody could make; the tests see
to it that the promise named for it ends the run, and no other.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, Final

from kiosk.backends.base import Accepted
from kiosk.events import CardTapped, Committed, Event, LinkedCounted, Timer, TimerFired
from kiosk.ids import FactIds
from kiosk.rules.states import Refusing, Thanking, Unrecognised
from kiosk.rules.weekly import Schedule
from kiosk.simulation.coop import NAME_MARK
from kiosk.simulation.process import Process
from kiosk.store.erasure import Outcome
from kiosk.store.retention import Purged
from kiosk.types import ClockTrust, Fact, FactId, FactKind

Break = Callable[[Process], None]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One mistake.

    Attributes:
        breaks: makes it in a process that is about to start.
        promise: the class of the promise that must notice.
        story: what has to happen for it to show: days, visits a day, faults.
    """

    breaks: Break
    promise: str
    days: int = 1
    visits: int = 30
    faults: str = "none"


def _drop_sync(process: Process) -> None:
    """The disk is never asked to keep anything."""
    process.machine.disk.drops_syncs = True


def _drop_commit(process: Process) -> None:
    """A fact is announced, and not written."""

    def record(fact: Fact, hold_seconds: float = 0.0) -> None:
        del hold_seconds
        process.reactor.post(Committed((fact.id,)))

    _patch(process.store, "record", record)


def _forget_id(process: Process) -> None:
    """What is sent again gets another id."""
    deliver, ids = process.backend.deliver, FactIds(process.chance.randbytes)
    tried: set[FactId] = set()

    def deliver_afresh(fact: Fact) -> Any:
        again = fact.id in tried
        tried.add(fact.id)
        return deliver(replace(fact, id=ids(process.machine.clock.now())) if again else fact)

    _patch(process.backend, "deliver", deliver_afresh)


def _send_twice(process: Process) -> None:
    """A fact is sent once more for luck, as another one."""
    deliver, ids = process.backend.deliver, FactIds(process.chance.randbytes)

    def twice(fact: Fact) -> Any:
        deliver(replace(fact, id=ids(process.machine.clock.now())))
        return deliver(fact)

    _patch(process.backend, "deliver", twice)


def _forget_to_send(process: Process) -> None:
    """Presences are taken for delivered and never sent."""
    deliver = process.backend.deliver

    def skip(fact: Fact) -> Any:
        return Accepted() if fact.kind is FactKind.CHECK_IN else deliver(fact)

    _patch(process.backend, "deliver", skip)


def _extend_pulse(process: Process) -> None:
    """The driver takes seconds for something longer."""
    open_for = process.door.open_for
    _patch(process.door, "open_for", lambda seconds: open_for(seconds * 3))


def _forget_to_lock(process: Process) -> None:
    """The door is not looked at when its time is over."""
    _patch(process.door, "seconds_to_look", lambda: 0.0 if process.door.has_news() else None)


def _ignore_fire(process: Process) -> None:
    """The fire's line is not wired."""
    open_door = process.door.open

    def deaf() -> None:
        open_door()
        process.door.go_deaf_to_fire()

    _patch(process.door, "open", deaf)


def _keep_name(process: Process) -> None:
    """A screen with a name on it is not given up."""
    _hold_timer(process, lambda: NAME_MARK in repr(process.reactor.last_view))


def _keep_view(process: Process) -> None:
    """A screen that names nobody is not given up."""
    _hold_timer(process, lambda: isinstance(process.reactor.session.state, Unrecognised))


def _hold_timer(process: Process, when: Callable[[], bool]) -> None:
    handle = process.reactor.handle

    def deaf(event: Event) -> None:
        if event != TimerFired(Timer.HOME) or not when():
            handle(event)

    _patch(process.reactor, "handle", deaf)


def _swap_effects(process: Process) -> None:
    """The screen speaks before the disk has."""
    _turn_state(
        process,
        lambda state: replace(state, committed=True) if isinstance(state, Thanking) and not state.committed else None,
    )


def _say_why(process: Process) -> None:
    """The reason is told before anybody asks for it."""
    _turn_state(
        process,
        lambda state: replace(state, explained=True) if isinstance(state, Refusing) and not state.explained else None,
    )


def _turn_state(process: Process, turned: Callable[[Any], Any]) -> None:
    handle = process.reactor.handle

    def handle_and_turn(event: Event) -> None:
        handle(event)
        state = turned(process.reactor.session.state)
        if state is not None:
            process.reactor.session = replace(process.reactor.session, state=state)
            handle(LinkedCounted(frozenset()))

    _patch(process.reactor, "handle", handle_and_turn)


def _wait_for_disk(process: Process) -> None:
    """The reactor waits until a fact is written."""
    record = process.store.record

    def wait(fact: Fact, hold_seconds: float = 0.0) -> None:
        record(fact, hold_seconds)
        process.store.journal_list(0, 1).result(5.0)

    _patch(process.store, "record", wait)


def _open_for_blocked(process: Process) -> None:
    """A card that is blocked counts as any other."""
    knowledge = process.reactor.knowledge
    card = knowledge.card

    def unblocked(hash_: Any) -> Any:
        found = card(hash_)
        return None if found is None else replace(found, blocked=False)

    _patch(knowledge, "card", unblocked)


def _shut_when_offline(process: Process) -> None:
    """Without the server no card is looked at."""
    handle = process.reactor.handle

    def handle_online(event: Event) -> None:
        if process.reactor.link.online or not isinstance(event, CardTapped):
            handle(event)

    _patch(process.reactor, "handle", handle_online)


def _trust_any_clock(process: Process) -> None:
    """Whatever the clock says is taken for the time."""
    _patch(process.machine.clock, "trust", lambda: ClockTrust.SYNCED)


def _hold_past_hours(process: Process) -> None:
    """The hours of the schedule end two hours late."""
    reactor = process.reactor
    hours = (
        replace(each, closes=each.closes.replace(hour=each.closes.hour + 2))
        for each in reactor.settings.hold_open.hours
    )
    reactor.settings = replace(reactor.settings, hold_open=Schedule(hours=tuple(hours)))


def _forget_to_purge(process: Process) -> None:
    """The night's purge does nothing and says that it did."""

    def purge(*_arguments: object) -> "Future[Purged]":
        answer: Future[Purged] = Future()
        process.store.journal_list(0, 1).add_done_callback(lambda _: answer.set_result(Purged()))
        return answer

    _patch(process.store, "purge", purge)


def _forget_nobody(process: Process) -> None:
    """Whoever asks to be forgotten is told that it is done."""

    def forget(*_arguments: object, **_switches: object) -> "Future[Outcome]":
        answer: Future[Outcome] = Future()
        answer.set_result(Outcome(account=True))
        return answer

    _patch(process.store, "forget", forget)


def _flood(process: Process) -> None:
    """A source posts more than anybody can handle in time."""
    handle = process.reactor.handle
    bursts = iter(range(1))

    def handle_and_flood(event: Event) -> None:
        handle(event)
        if isinstance(event, CardTapped):
            for _ in bursts:
                for _ in range(2500):
                    process.reactor.post(LinkedCounted(frozenset()))

    _patch(process.reactor, "handle", handle_and_flood)


def _stumble(process: Process) -> None:
    """A card that nobody knows is more than the program can bear."""
    handle = process.reactor.handle

    def trip(event: Event) -> None:
        handle(event)
        if isinstance(process.reactor.session.state, Unrecognised) and isinstance(event, CardTapped):
            raise LookupError("whose is it?")  # noqa: TRY004  any error will do

    _patch(process.reactor, "handle", trip)


def _patch(part: object, name: str, replacement: Callable[..., Any]) -> None:
    """Put something else in the place of a method, for this one object."""
    setattr(part, name, replacement)


MUTATIONS: Final[dict[str, Mutation]] = {
    "drop-sync": Mutation(_drop_sync, "NothingIsLost", faults="power_cut", visits=60),
    "drop-commit": Mutation(_drop_commit, "NothingIsLost"),
    "forget-to-send": Mutation(_forget_to_send, "NothingIsLost"),
    "forget-id": Mutation(_forget_id, "NothingIsDoubled", faults="lost_answers", visits=60),
    "send-twice": Mutation(_send_twice, "NothingIsDoubled"),
    "swap-effects": Mutation(_swap_effects, "SaysNotedOnlyOnceItIs"),
    "open-for-blocked": Mutation(_open_for_blocked, "OpensForNobodyRefused", visits=90),
    "shut-when-offline": Mutation(_shut_when_offline, "OpensForWhoeverMay", faults="network_cut", visits=80),
    "extend-pulse": Mutation(_extend_pulse, "NeverUnlockedTooLong"),
    "forget-to-lock": Mutation(_forget_to_lock, "NeverUnlockedTooLong"),
    "hold-past-hours": Mutation(_hold_past_hours, "HeldInItsHoursOnly", visits=60),
    "ignore-fire": Mutation(_ignore_fire, "FireAlwaysWins", faults="fire", days=3),
    "wait-for-disk": Mutation(_wait_for_disk, "NobodyWaits"),
    "keep-view": Mutation(_keep_view, "EveryViewTimesOut", visits=80),
    "keep-name": Mutation(_keep_name, "NoNameStays"),
    "say-why": Mutation(_say_why, "NothingShaming", visits=80),
    "trust-any-clock": Mutation(_trust_any_clock, "NoFalseDay", faults="clock_unset", days=6),
    "forget-to-purge": Mutation(_forget_to_purge, "RetentionIsKept", days=10, visits=12),
    "forget-nobody": Mutation(_forget_nobody, "ForgottenAreForgotten", days=8, visits=12),
    "flood": Mutation(_flood, "EverythingIsBounded"),
    "stumble": Mutation(_stumble, "EveryEventIsUnderstood", visits=80),
}
"""By the name that ``--mutate`` takes."""
