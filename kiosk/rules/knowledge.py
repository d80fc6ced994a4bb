"""What the terminal knows: an index in memory, fed by snapshot pages, overlaid by what happened here.

Owned by the reactor thread alone. A decision reads nothing else, so it never waits for a disk or a network.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import takewhile

from kiosk.effects import Prefer
from kiosk.events import FactsRecalled, GraceAnswered, Identified, KnowledgePage
from kiosk.rules.comings import Comings
from kiosk.rules.folding import alphabetical
from kiosk.rules.roster import Place, Roster
from kiosk.tares import maybe_jar
from kiosk.types import (
    DELIVERED,
    UNDOING,
    Assignment,
    Capabilities,
    Card,
    CardHash,
    Coop,
    Fact,
    FactId,
    FactKind,
    Jar,
    JarCode,
    Member,
    MemberId,
    Role,
    Shift,
    ShiftId,
)

Hours = tuple[datetime, datetime]
"""From when to when a shift goes."""
_CARD_KINDS = frozenset({FactKind.CARD_LINKED, FactKind.CARD_BLOCKED, FactKind.CARD_UNLINKED})


@dataclass(slots=True)
class _Round:
    """What a full snapshot has named so far; the rest goes when its last page is in."""

    generation: int
    members: set[MemberId] = field(default_factory=set)
    cards: set[CardHash] = field(default_factory=set)
    shifts: set[ShiftId] = field(default_factory=set)
    places: set[Place] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _MakeUp:
    """A booking that was made here."""

    fact: FactId
    shift: ShiftId


class Knowledge:
    """Members, cards, shifts and jars by the keys that a decision needs."""

    def __init__(self) -> None:
        self.coop = Coop()
        self.capabilities = Capabilities()
        self.as_of: datetime | None = None
        """When the server last vouched for all of it."""
        self.members: dict[MemberId, Member] = {}
        self.cards: dict[CardHash, Card] = {}
        self.shifts: dict[ShiftId, Shift] = {}
        self.jars: dict[JarCode, Jar] = {}
        self.comings = Comings()
        self._by_hours: tuple[tuple[Hours, tuple[Shift, ...]], ...] | None = None
        self._tagged: dict[CardHash, JarCode] = {}
        self._roster = Roster(self._first_name)
        self._local: dict[FactId, Fact] = {}
        self._made_up: dict[MemberId, _MakeUp] = {}
        self._round: _Round | None = None

    # ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────

    def card(self, hash_: CardHash) -> Card | None:
        return self.cards.get(hash_)

    def bearer(self, hash_: CardHash) -> Member | None:
        """Whose card this is; nobody's if it is blocked."""
        card = self.card(hash_)
        return None if card is None or card.blocked else self.members.get(card.member_id)

    def account_of(self, member: Member) -> Member | None:
        """Whose standing counts: the member's own, or that of the account it is attached to (None if that is gone)."""
        if member.attached_to is None:
            return member
        account = self.members.get(member.attached_to)
        # An account that is itself attached is a fault in the data; a chain is not followed.
        return None if account is None or account.attached_to is not None else account

    def jar_tagged(self, sticker: CardHash) -> Jar | None:
        """The jar that bears this contactless sticker."""
        code = self._tagged.get(sticker)
        return None if code is None else self.jars.get(code)

    def roster(self, shift: ShiftId) -> tuple[Assignment, ...]:
        """Who works there, or is awaited; somebody in whose place someone else has come is not."""
        return self._roster.of(shift)

    def assignment(self, shift: ShiftId, member: MemberId) -> Assignment | None:
        """Somebody's own place, whoever has come in it."""
        return self._roster.place(shift, member)

    def worker(self, place: Assignment) -> MemberId:
        """Who works on this place, or is awaited: its owner, or whoever came for the account."""
        return self._roster.worker(place)

    def is_absent(self, place: Assignment) -> bool:
        """Whoever has this place has said that they will not come."""
        return self._roster.is_absent(place)

    def is_alone(self, place: Assignment) -> bool:
        """Who came for this place has said that the other half of the team does not."""
        return self._roster.is_alone(place)

    def cards_of(self, member: MemberId) -> tuple[Card, ...]:
        """All cards and badges of one person, blocked ones too. Looks through all there are."""
        return tuple(card for card in self.cards.values() if card.member_id == member)

    def shifts_of(self, member: MemberId) -> Iterator[Shift]:
        for shift_id in self._roster.shifts_of(member):
            if shift_id in self.shifts:
                yield self.shifts[shift_id]

    def shifts_by_hours(self) -> tuple[tuple[Hours, tuple[Shift, ...]], ...]:
        """The shifts that share their hours, by job, in the order of the hours."""
        if self._by_hours is None:
            # Asked for at every card and every idle screen, changed by the server's pages alone.
            groups: dict[Hours, list[Shift]] = {}
            for shift in sorted(self.shifts.values(), key=lambda shift: (alphabetical(shift.job), shift.id)):
                groups.setdefault((shift.starts_at, shift.ends_at), []).append(shift)
            self._by_hours = tuple((hours, tuple(groups[hours])) for hours in sorted(groups))
        return self._by_hours

    def has_made_up(self, member: MemberId, now: datetime) -> bool:
        """A make-up was booked here and is still ahead, or was done; the server has given no new standing since."""
        made = self._made_up.get(member)
        if made is None:
            return False
        shift, place = self.shifts.get(made.shift), self._roster.place(made.shift, member)
        return shift is not None and place is not None and (now < shift.ends_at or place.present)

    def is_waiting(self, fact: FactId) -> bool:
        """The server has yet to be told of this fact."""
        return fact in self._local

    # ── what the server says ──────────────────────────────────────────────────────────────────────────────────────

    def apply(self, page: KnowledgePage) -> None:
        """Lay one page over what is known. Local facts not yet delivered stay on top."""
        if page.full and (self._round is None or self._round.generation != page.generation):
            self._round = _Round(page.generation)
        if page.coop is not None:
            self.coop = page.coop
        if page.capabilities is not None:
            self.capabilities = page.capabilities
        self._add(page)
        self._remove(page.removed_members, page.removed_cards, page.removed_shifts, page.removed_assignments)
        if page.forgotten_members:
            self._forget(frozenset(page.forgotten_members))
        if page.full and self._round is not None:
            self._note_seen(self._round, page)
            if page.last:
                self._drop_unseen(self._round)
                self._round = None
        if page.last:
            self.as_of = page.fetched_at
        for fact in self._local.values():
            self._overlay(fact)

    def confirm(self, at: datetime) -> None:
        """The server said that nothing has changed."""
        self.as_of = at

    def learn(self, answer: Identified | GraceAnswered) -> None:
        """Remember a card that the server has just identified, or how it has just said that someone stands."""
        if answer.member is None:
            return
        if isinstance(answer, GraceAnswered):
            self._add_member(answer.member)
            return
        for member in (answer.account, answer.member):
            if member is not None:
                self._add_member(member)
        self.cards[answer.hash] = Card(hash=answer.hash, member_id=answer.member.id, blocked=answer.blocked)
        for shift_id in answer.present:
            self._roster.mark_present(shift_id, answer.member.id)

    def _add(self, page: KnowledgePage) -> None:
        for member in page.members:
            self._add_member(member)
        self.cards.update((card.hash, card) for card in page.cards)
        if page.shifts:
            self.shifts.update((shift.id, shift) for shift in page.shifts)
            self._by_hours = None
        for jar in page.jars:
            self._put_jar(jar)
        for assignment in page.assignments:
            self._roster.assign(assignment)

    def _add_member(self, member: Member) -> None:
        known = self.members.get(member.id)
        if known is not None and known.status is not member.status:
            self._made_up.pop(member.id, None)
        self.members[member.id] = member

    def _remove(
        self,
        members: Iterable[MemberId],
        cards: Iterable[CardHash],
        shifts: Iterable[ShiftId],
        places: Iterable[Place],
    ) -> None:
        for shift_id, member_id in places:
            self._roster.unassign(shift_id, member_id)
        for shift_id in shifts:
            self.shifts.pop(shift_id, None)
            self._by_hours = None
            self._roster.remove_shift(shift_id)
        for card in cards:
            self.cards.pop(card, None)
        gone = frozenset(members)
        if gone:
            for member_id in gone:
                self.members.pop(member_id, None)
            for card in [card for card, owner in self.cards.items() if owner.member_id in gone]:
                del self.cards[card]

    def _forget(self, gone: frozenset[MemberId]) -> None:
        """Nothing that happened here, delivered or not, speaks of these people any more."""
        self._remove(gone, (), (), [(shift, member) for member in gone for shift in self._roster.shifts_of(member)])
        self._local = {id_: fact for id_, fact in self._local.items() if fact.member_id not in gone}
        for member in gone:
            self._made_up.pop(member, None)

    @staticmethod
    def _note_seen(seen: _Round, page: KnowledgePage) -> None:
        seen.members.update(member.id for member in page.members)
        seen.cards.update(card.hash for card in page.cards)
        seen.shifts.update(shift.id for shift in page.shifts)
        seen.places.update((place.shift_id, place.member_id) for place in page.assignments)

    def _drop_unseen(self, seen: _Round) -> None:
        places = [place for place in self._roster.places() if place not in seen.places]
        self._remove(
            self.members.keys() - seen.members,
            self.cards.keys() - seen.cards,
            self.shifts.keys() - seen.shifts,
            places,
        )

    # ── what happened here ────────────────────────────────────────────────────────────────────────────────────────

    def note(self, fact: Fact) -> None:
        """A fact was recorded here: until it is delivered, no page of the server can take it back."""
        if fact.about is not None and fact.kind in UNDOING and self._local.pop(fact.about, None) is not None:
            # What is taken back before it has left never reaches the server, and so has nothing to be laid over.
            pass
        elif fact.kind in DELIVERED:
            self._local[fact.id] = fact
        self.comings.note(fact)
        self._overlay(fact)

    def recall(self, event: FactsRecalled) -> None:
        """What happened here before this start; of bookings the server may have spoken since."""
        for fact in event.facts:
            self.note(fact)
        for fact in event.bookings:
            self._note_make_up(fact)

    def delivered(self, ids: Iterable[FactId]) -> None:
        """The server has these facts: its next page speaks for them, and for what was said of a card before."""
        for fact_id in ids:
            if (fact := self._local.get(fact_id)) is None:
                continue
            if fact.kind in _CARD_KINDS:
                # A link that is still held back must not be laid over the block that came after it and has left.
                for earlier in [*takewhile(lambda other: other is not fact, self._local.values())]:
                    if earlier.kind in _CARD_KINDS and earlier.details.get("card") == fact.details.get("card"):
                        del self._local[earlier.id]
            del self._local[fact_id]

    def prefer(self, wish: Prefer) -> None:
        """Remember what a person needs; the store keeps it."""
        member = self.members.get(wish.member_id)
        if member is None:
            return
        self.members[member.id] = replace(
            member,
            language=member.language if wish.language is None else wish.language,
            large_text=member.large_text if wish.large_text is None else wish.large_text,
            long_pulse=member.long_pulse if wish.long_pulse is None else wish.long_pulse,
        )

    def _overlay(self, fact: Fact) -> None:
        match fact.kind:
            case FactKind.TARE:
                self._note_jar(fact)
            case FactKind.JAR_TAGGED:
                self._note_sticker(fact)
            case kind if kind in _CARD_KINDS:
                self._note_card(fact)
            case FactKind.ROLE_GRANTED:
                self._note_role(fact)
            case _:
                self._note_place(fact)

    def _note_card(self, fact: Fact) -> None:
        hash_ = fact.details.get("card")
        if not isinstance(hash_, str):
            return
        if fact.kind is FactKind.CARD_UNLINKED:
            self.cards.pop(CardHash(hash_), None)
        elif fact.member_id is not None:
            blocked = fact.kind is FactKind.CARD_BLOCKED
            self.cards[CardHash(hash_)] = Card(hash=CardHash(hash_), member_id=fact.member_id, blocked=blocked)

    def _note_role(self, fact: Fact) -> None:
        member = None if fact.member_id is None else self.members.get(fact.member_id)
        if member is not None and not self.capabilities.roles:
            self.members[member.id] = replace(member, role=Role(str(fact.details["role"])))

    def _note_place(self, fact: Fact) -> None:
        if fact.member_id is None or fact.shift_id is None:
            return
        self._roster.note(fact, fact.shift_id, fact.member_id)
        self._note_make_up(fact)

    def _note_make_up(self, fact: Fact) -> None:
        if fact.member_id is None or fact.shift_id is None:
            return
        made = self._made_up.get(fact.member_id)
        if fact.kind is FactKind.BOOKING:
            self._made_up[fact.member_id] = _MakeUp(fact.id, fact.shift_id)
        elif fact.kind is FactKind.BOOKING_UNDONE and made is not None and made.fact == fact.about:
            del self._made_up[fact.member_id]

    def _note_jar(self, fact: Fact) -> None:
        jar = maybe_jar(fact)
        if jar is not None:
            known = self.jars.get(jar.code)
            self._put_jar(jar if known is None else replace(jar, sticker=known.sticker))

    def _note_sticker(self, fact: Fact) -> None:
        code, sticker = fact.details.get("jar"), fact.details.get("sticker")
        jar = self.jars.get(JarCode(code)) if isinstance(code, str) else None
        if jar is None or not isinstance(sticker, str):
            return
        self._put_jar(replace(jar, sticker=CardHash(sticker)))

    def _put_jar(self, jar: Jar) -> None:
        before = self.jars.get(jar.code)
        if before is not None and before.sticker is not None:
            self._tagged.pop(before.sticker, None)
        self.jars[jar.code] = jar
        if jar.sticker is not None:
            # A sticker that is put on another jar is that one's.
            bare = self._tagged.get(jar.sticker)
            if bare is not None:
                self.jars[bare] = replace(self.jars[bare], sticker=None)
            self._tagged[jar.sticker] = jar.code

    def _first_name(self, member_id: MemberId) -> str:
        member = self.members.get(member_id)
        return member.first_name if member else ""
