"""An open ``journal.db``: what a fact changes in the journal, the outbox, the cards and the jars, all at once.

No transaction begins or ends here: the store thread commits many of these steps together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from sqlite_utils import Database

from kiosk.store.anchors import Anchor, Anchors
from kiosk.store.cards import Cards, Preference
from kiosk.store.faults import StoreFault, StoreFaultError
from kiosk.store.jars import Jars
from kiosk.store.journal import Closed, Journal, JournalRow
from kiosk.store.members import Erased, Forgetting, Held, Members
from kiosk.store.outbox import Arrived, Due, Later, Outbox, OutboxRow, Parked, Settlement
from kiosk.store.overlay import Overlay, overlay_of
from kiosk.store.retention import Retention, Step, purge_some
from kiosk.store.staff import Staff
from kiosk.store.tombstones import Tombstones
from kiosk.tares import set_right
from kiosk.types import DELIVERED, JAR_KINDS, UNDOING, Fact, FactId, FactKind, MemberId


@dataclass(slots=True)
class Departures:
    """Which facts may have left already, as far as this process knows. Never written down.

    Attributes:
        handed_out: given to the sync thread and not come to rest since.
        known_from: facts behind this sequence number were recorded by this process, so it knows all about them.
    """

    handed_out: set[FactId] = field(default_factory=set)
    known_from: int | None = None


class Precious:
    """The tables that cannot be fetched again, as one."""

    def __init__(self, db: Database, departures: Departures, zone: tzinfo) -> None:
        self._db = db
        self._zone = zone
        self._departures = departures
        self.journal = Journal(db)
        self.outbox = Outbox(db)
        self.cards = Cards(db)
        self.jars = Jars(db)
        self.staff = Staff(db)
        self.anchors = Anchors(db)
        self.members = Members(db)
        self.tombstones = Tombstones(db)
        self.has_erased = False
        """A word of forgetting no longer says who, and the file may still."""
        if departures.known_from is None:
            departures.known_from = self.journal.last_seq()

    @property
    def db(self) -> Database:
        return self._db

    def close(self) -> None:
        self._db.close()

    def bring_home(self) -> None:
        """Move everything from the log into the file and empty the log.

        Raises:
            sqlite3.Error: the disk fails.
            StoreFaultError: another program is reading the file.
        """
        (busy, *_) = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StoreFaultError(StoreFault.BUSY)

    def write_afresh(self) -> None:
        """Write the whole file once more: rows that moved leave copies in its gaps, which no deletion reaches.

        Raises:
            sqlite3.Error: the disk fails, or has no room for it.
            StoreFaultError: another program is reading the file.
        """
        self._db.execute("VACUUM")
        self.bring_home()

    def record(self, fact: Fact, boot_id: str, not_before: float, *, server_jars: bool) -> bool:
        """Keep a fact; a second time does nothing.

        Returns:
            Whether the one whom it is about has been forgotten: it is kept as nobody's, and the server is not told.
        """
        named, fact = fact, self._without_forgotten(fact)
        if fact.member_id != named.member_id:
            self._keep_as_nobodys(fact)
            return True
        if self.journal.add(fact):
            self._follow(fact, boot_id, not_before, server_jars=server_jars)
        return False

    def _without_forgotten(self, fact: Fact) -> Fact:
        # The word of a forgetting has to say who until it has left.
        return fact if fact.kind is FactKind.MEMBER_FORGOTTEN else self.tombstones.kept_out_of(fact)

    def _keep_as_nobodys(self, fact: Fact) -> None:
        """What happened counts all the same; nothing of it is left to settle."""
        if self.journal.add(fact) and (fact.kind in DELIVERED or fact.kind is FactKind.BOOKING):
            self.journal.close(fact.id, Closed.SETTLED, fact.happened.wall)

    def _follow(self, fact: Fact, boot_id: str, not_before: float, *, server_jars: bool) -> None:
        """All that a new fact changes beside the journal."""
        if fact.kind in DELIVERED or (server_jars and fact.kind in JAR_KINDS):
            self.outbox.put(fact, boot_id, not_before)
        match fact.kind:
            case FactKind.BOOKING:
                # The server agreed to it before it was recorded here.
                self.journal.close(fact.id, Closed.DELIVERED, fact.happened.wall)
            case FactKind.TARE:
                self.jars.weigh(fact, self.anchors.correct(fact.happened), self._zone)
            case FactKind.JAR_TAGGED:
                self.jars.tag(fact)
            case FactKind.CARD_LINKED | FactKind.CARD_BLOCKED:
                self.cards.note(fact)
            case FactKind.CARD_UNLINKED:
                self.cards.forget(fact)
            case FactKind.ROLE_GRANTED:
                self.staff.grant(fact)

    def withdraw(self, fact_id: FactId, undo: Fact, boot_id: str, now: float) -> bool:
        """Keep ``undo``; neither it nor what it takes back is delivered, if that has certainly not left yet.

        Returns:
            As :meth:`record` does. What was to be taken back had been given up with the forgetting.
        """
        named, undo = undo, self._without_forgotten(undo)
        if undo.member_id != named.member_id:
            self._keep_as_nobodys(undo)
            return True
        if self.journal.add(undo):
            self._take_back(fact_id, undo, boot_id, now)
        return False

    def _take_back(self, fact_id: FactId, undo: Fact, boot_id: str, now: float) -> None:
        if undo.kind is FactKind.CARD_UNLINKED:
            self.cards.forget(undo)
        if self._can_be_kept_here(fact_id, boot_id, now):
            self._close(fact_id, Closed.WITHDRAWN, undo.happened.wall)
            self.journal.close(undo.id, Closed.WITHDRAWN, undo.happened.wall)
        else:
            self.outbox.put(undo, boot_id, now)

    def _can_be_kept_here(self, fact_id: FactId, boot_id: str, now: float) -> bool:
        found = self.outbox.find(fact_id)
        if found is None:
            # It has arrived, or (a booking) was agreed with the server before it was recorded here.
            return False
        if found.refused or self.outbox.is_held(fact_id, boot_id, now):
            return True
        # A process that ended may have sent it and not lived to hear the answer; this one would know.
        known_from = self._departures.known_from
        return known_from is not None and found.seq > known_from and fact_id not in self._departures.handed_out

    def prefer(self, preference: Preference) -> None:
        """Remember what a person asked for, unless they have been forgotten since."""
        if not self.tombstones.covers(preference.member_id):
            self.cards.prefer(preference)

    def cast(self, anchor: Anchor) -> None:
        """This boot's clock is set now; jars that were weighed before have their true day."""
        self.anchors.cast(anchor)
        for fact in self.journal.tares_before(anchor.boot_id):
            self.jars.set_right(fact, self.anchors.correct(fact.happened), self._zone)

    def due(self, limit: int, boot_id: str, now: float, *, uncorrected: bool) -> Due:
        """What may leave now; see :meth:`kiosk.store.thread.Store.due`."""
        wait_for_anchor = "" if uncorrected or self.anchors.of(boot_id) else boot_id
        rows = self.outbox.due(limit, boot_id, now, wait_for_anchor)
        self._departures.handed_out.update(row.fact.id for row in rows)
        return Due(
            rows=tuple(self._correct(row) for row in rows),
            next_at=self.outbox.next_at(boot_id, now) if len(rows) < limit else now,
        )

    def _correct(self, row: OutboxRow) -> OutboxRow:
        fact = set_right(row.fact, self.anchors.correct(row.fact.happened), self._zone)
        return row if fact is row.fact else replace(row, fact=fact)

    def settle(self, outcomes: Mapping[FactId, Settlement], boot_id: str, now: float, at: datetime) -> None:
        """Keep what the server said to each fact."""
        for fact_id, outcome in outcomes.items():
            match outcome:
                case Arrived():
                    self._close(fact_id, Closed.DELIVERED, at)
                case Later():
                    self.outbox.postpone(fact_id, outcome, boot_id, now)
                case Parked(reason):
                    self._park(fact_id, reason, at)

    def _park(self, fact_id: FactId, reason: str, at: datetime) -> None:
        undone = self.outbox.about(fact_id, UNDOING)
        if undone:
            # The server refused what was taken back anyway: nothing is left to settle.
            for id_ in (*undone, fact_id):
                self._close(id_, Closed.WITHDRAWN, at)
        else:
            self._departures.handed_out.discard(fact_id)
            self.outbox.park(fact_id, reason)

    def discard(self, fact_id: FactId, at: datetime) -> bool:
        """A person has dealt with a refused fact; False when there is no such row."""
        if self.outbox.find(fact_id) is None:
            return False
        self._close(fact_id, Closed.SETTLED, at)
        return True

    def _close(self, fact_id: FactId, how: Closed, at: datetime) -> None:
        self._departures.handed_out.discard(fact_id)
        self.outbox.drop(fact_id)
        self.journal.close(fact_id, how, at)
        self.has_erased = self.members.release(fact_id) or self.has_erased

    def oldest_waiting(self) -> datetime | None:
        """When the fact happened that has waited longest for the server."""
        row = self.outbox.oldest()
        return None if row is None else self._correct(row).fact.happened.wall

    def held_of(self, member_id: MemberId) -> Held:
        """All that is here about one person."""
        wishes = (wish for wish in self.cards.preferences() if wish.member_id == member_id)
        return Held(
            cards=tuple(link.card for link in self.cards.links() if link.card.member_id == member_id),
            preference=next(wishes, None),
            role=self.members.role(member_id),
            rows=tuple(row for seq in self.members.seqs(member_id) for row in self.listed(seq - 1, 1)),
            on_their_way=self.members.on_their_way(member_id),
            is_forgotten=self.tombstones.covers(member_id),
            word_waits=self.members.word_waits(member_id),
        )

    def forget(self, order: Forgetting) -> Erased:
        """Forget one person, and queue the word of it; nothing is done while something of theirs has not left."""
        waiting = self.members.on_their_way(order.member_id)
        if waiting and not order.anyway:
            refused = sum(waiting.values())
            return Erased(waiting=len(waiting) - refused, refused=refused)
        for id_ in waiting:
            self._close(id_, Closed.SETTLED, order.at)
        erased = self.members.erase(order.member_id, order.cards)
        is_new = self.tombstones.set(order.member_id, order.at)
        if is_new and order.word is not None and self.journal.add(order.word):
            self.outbox.put(order.word, order.word.happened.boot_id, order.word.happened.monotonic)
        return replace(erased, given_up=len(waiting))

    def rename(self, pairs: Iterable[tuple[MemberId, MemberId]]) -> None:
        """What was set here under a number of before counts under the new one, unless that person was forgotten."""
        for old, new in pairs:
            if not self.tombstones.covers(new):
                self.members.rename(old, new)

    def listed(self, after_seq: int, limit: int) -> list[JournalRow]:
        return self.journal.rows(after_seq, limit, self.anchors)

    def purge(self, retention: Retention, now: datetime, boot_id: str, after_seq: int) -> Step:
        """Let go of what is overdue among the next rows, and at the end of what only they needed."""
        step = purge_some(self._db, retention, now, after_seq)
        if step.next_seq is None:
            self.anchors.lift_old(boot_id)
        return step

    def overlay(self, *, server_links: bool, server_roles: bool, server_jars: bool) -> Overlay:
        """What lies over the server's pages."""
        return overlay_of(
            self.cards.links(),
            self.cards.preferences(),
            self.jars.by_code(),
            {} if server_roles else self.staff.roles(),
            self.tombstones.all(),
            server_links=server_links,
            jars_waiting=self.outbox.jars() if server_jars else frozenset(),
            server_jars=server_jars,
        )
