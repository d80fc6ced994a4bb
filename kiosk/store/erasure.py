"""One person in both files: telling all that is known of them, and forgetting them, as small jobs one after the other.

The journal goes first, because the tombstone in it keeps the person out of whatever comes in between.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk.clock import Clock, moment
from kiosk.events import Event, KnowledgePage
from kiosk.store.cards import Preference
from kiosk.store.faults import StoreFaultError
from kiosk.store.journal import Closed
from kiosk.store.members import Erased, Forgetting, Held
from kiosk.store.precious import Precious
from kiosk.store.snapshot import Known, Snapshot
from kiosk.store.worker import Worker
from kiosk.types import Fact, FactKind, Member, MemberId, ShiftId

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place on a shift, as the server said it."""

    job: str
    starts_at: datetime
    ends_at: datetime
    present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A fact of the journal.

    Attributes:
        own: about the person; else only naming them.
        state: a word of :class:`Closed`, ``waiting`` or ``refused``; None for what only this terminal keeps.
        shift: it is about.
        why: what the verdict, or whoever opened, gave as the reason.
    """

    kind: FactKind
    happened_at: datetime
    own: bool
    state: str | None
    shift: ShiftId | None
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that this terminal knows of one person. A card is told by whether it is blocked, never by its hash.

    Attributes:
        word_waits: the server has not heard yet that they were forgotten.
    """

    member: Member | None
    cards_blocked: tuple[bool, ...]
    preference: Preference | None
    role: str | None
    places: tuple[Place, ...]
    lines: tuple[Line, ...]
    is_forgotten: bool
    word_waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a forgetting.

    Attributes:
        waiting: rows on their way to the server, for the sake of which nothing was done.
        refused: likewise, turned away by the server.
        account: whether there was one in the snapshot.
        facts: that stay in the journal under a pseudonym; ``given_up`` of them had not left.
        is_clean: the files hold no byte of it any more; False when the disk did not let that be proved.
    """

    waiting: int = 0
    refused: int = 0
    account: bool = False
    cards: int = 0
    places: int = 0
    preferences: int = 0
    roles: int = 0
    facts: int = 0
    given_up: int = 0
    is_clean: bool = False


def dossier_of(worker: Worker, member_id: MemberId) -> Future[Dossier]:
    """Look one person up in both files."""
    answer: Future[Dossier] = Future()

    def looked_up(done: Future[Held]) -> None:
        if (fault := done.exception()) is not None:
            answer.set_exception(fault)
            return
        _pass_on(
            worker.ask_snapshot(lambda snapshot: _dossier(done.result(), snapshot.of_member(member_id), member_id)),
            answer,
        )

    worker.ask(lambda precious: precious.held_of(member_id)).add_done_callback(looked_up)
    return answer


def _dossier(held: Held, known: Known, member_id: MemberId) -> Dossier:
    cards = {card.hash: card.blocked for card in known.cards}
    cards.update((card.hash, card.blocked or cards.get(card.hash, False)) for card in held.cards)
    return Dossier(
        member=known.member,
        cards_blocked=tuple(cards.values()),
        preference=held.preference,
        role=held.role,
        places=tuple(
            Place(job=shift.job, starts_at=shift.starts_at, ends_at=shift.ends_at, present=place.present)
            for shift, place in known.places
        ),
        lines=tuple(
            Line(
                kind=row.fact.kind,
                happened_at=row.happened.wall,
                own=row.fact.member_id == member_id,
                state=_state(held, row.fact, row.closed_as),
                shift=row.fact.shift_id,
                why=None if (reason := row.fact.details.get("reason")) is None else str(reason),
            )
            for row in held.rows
        ),
        is_forgotten=held.is_forgotten,
        word_waits=held.word_waits,
    )


def _state(held: Held, fact: Fact, closed_as: Closed | None) -> str | None:
    if fact.id in held.on_their_way:
        return "refused" if held.on_their_way[fact.id] else "waiting"
    return closed_as


def page_of_forgetting(member_id: MemberId, at: datetime) -> KnowledgePage:
    """What makes the reactor forget one person, with all that it noted of them."""
    return KnowledgePage(generation=0, full=False, last=False, cursor="", fetched_at=at, forgotten_members=(member_id,))


class Erasure:
    """The forgetting of one person; ``answer`` has what became of it.

    Args:
        worker: does it.
        post: the way into the reactor.
        clock: the source of time.
        member_id: whom.
        told_by_server: the server need not be told.
        sweeps: leave nothing in the unused parts of the files either, which writes them afresh.
    """

    def __init__(
        self,
        worker: Worker,
        post: Callable[[Event], None],
        clock: Clock,
        member_id: MemberId,
        *,
        told_by_server: bool = False,
        sweeps: bool = True,
    ) -> None:
        self._worker = worker
        self._post = post
        self._clock = clock
        self._member_id = member_id
        self._told_by_server = told_by_server
        self._sweeps = sweeps
        self._known = Known()
        self.answer: Future[Outcome] = Future()

    def begin(self, *, anyway: bool) -> None:
        self._worker.ask_snapshot(lambda snapshot: snapshot.of_member(self._member_id)).add_done_callback(
            lambda done: self._seen(done, anyway=anyway)
        )

    def _seen(self, done: Future[Known], *, anyway: bool) -> None:
        # A snapshot that cannot be read gives nothing away, and is seen to at the end.
        self._known = Known() if done.exception() is not None else done.result()
        order = Forgetting(
            member_id=self._member_id,
            cards=frozenset(card.hash for card in self._known.cards),
            word=None if self._told_by_server else self._word(),
            anyway=anyway,
            at=self._clock.now(),
        )
        self._worker.ask(lambda precious: _in_journal(precious, order), lays_over=True).add_done_callback(self._erased)

    def _word(self) -> Fact:
        return Fact(
            id=self._worker.new_id(self._clock.now()),
            kind=FactKind.MEMBER_FORGOTTEN,
            happened=moment(self._clock),
            member_id=self._member_id,
        )

    def _erased(self, done: Future[tuple[Erased, Held]]) -> None:
        if (fault := done.exception()) is not None:
            self.answer.set_exception(fault)
            return
        erased, held = done.result()
        if erased.waiting or erased.refused:
            self.answer.set_result(Outcome(waiting=erased.waiting, refused=erased.refused))
            return
        self._post(page_of_forgetting(self._member_id, self._clock.now()))
        self._worker.ask_snapshot(self._sweep).add_done_callback(lambda swept: self._tell(swept, erased, held))

    def _sweep(self, snapshot: Snapshot) -> bool:
        snapshot.forget(self._member_id)
        if not self._sweeps:
            return True
        snapshot.write_afresh()
        return self._worker.write_afresh()

    def _tell(self, swept: Future[bool], erased: Erased, held: Held) -> None:
        is_clean = swept.exception() is None and swept.result()
        log.info("a member was forgotten: %d facts stay under a pseudonym", erased.facts)
        if not is_clean:
            log.warning("what was erased may still lie unused in the files; forget the member once more")
        self.answer.set_result(
            Outcome(
                account=self._known.member is not None,
                cards=len({card.hash for card in (*self._known.cards, *held.cards)}),
                places=len(self._known.places),
                preferences=erased.preferences,
                roles=erased.roles,
                facts=erased.facts,
                given_up=erased.given_up,
                is_clean=is_clean,
            )
        )


class Erasures:
    """The forgetting of those whom the server names, one after the other, so that a tap waits for one at most.

    The files are written afresh once, at the end. Who could not be forgotten, for the disk or the end of the program,
    is left to the next round: that will be a full one, which names everyone again.
    """

    def __init__(self, worker: Worker, post: Callable[[Event], None], clock: Clock) -> None:
        self._worker = worker
        self._post = post
        self._clock = clock
        self._left: deque[MemberId] = deque()
        self._guard = threading.Lock()
        self._stopping = False
        self._owes = False

    def add(self, members: Iterable[MemberId]) -> None:
        """Forget these, unless that is done already; returns at once."""
        covers = self._worker.overlay.forgotten.covers
        new = [id_ for id_ in dict.fromkeys(members) if not covers(id_)]
        with self._guard:
            was_idle = not self._left
            self._left.extend(new)
        if new and was_idle:
            self._next()

    def stop(self) -> None:
        """Begin no more of them."""
        with self._guard:
            self._stopping = True

    def end_round(self, snapshot: Snapshot) -> None:
        """The last page of a round is kept; begin anew where someone in it could not be forgotten."""
        if self._owes:
            self._owes = False
            snapshot.begin_anew()

    @property
    def are_done(self) -> bool:
        return not self._left

    def _next(self) -> None:
        erasure = Erasure(
            self._worker, self._post, self._clock, self._left[0], told_by_server=True, sweeps=len(self._left) == 1
        )
        # What waits of them has lost its owner here too.
        erasure.begin(anyway=True)
        erasure.answer.add_done_callback(self._go_on)

    def _go_on(self, done: Future[Outcome]) -> None:
        with self._guard:
            # A disk that fails will not take the others either.
            has_failed = isinstance(done.exception(), StoreFaultError)
            goes_on = len(self._left) > 1 and not has_failed and not self._stopping
            if goes_on:
                self._left.popleft()
            left_over = not goes_on and (has_failed or len(self._left) > 1)
            if not goes_on:
                self._left.clear()
        if goes_on:
            self._next()
        elif left_over:
            self._owes = True
            self._worker.ask_snapshot(Snapshot.begin_anew)


def _in_journal(precious: Precious, order: Forgetting) -> tuple[Erased, Held]:
    held = precious.held_of(order.member_id)
    return precious.forget(order), held


def _pass_on(source: Future[Any], target: Future[Any]) -> None:
    def passed(done: Future[Any]) -> None:
        if (fault := done.exception()) is not None:
            target.set_exception(fault)
        else:
            target.set_result(done.result())

    source.add_done_callback(passed)
