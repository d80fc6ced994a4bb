"""What a terminal could know, and whom it may let in by that: worked out a second time, without the rules.

Nothing here calls :mod:`kiosk.rules`. Two programs that were written apart seldom make the same mistake.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo

from kiosk.events import Identified, KnowledgePage
from kiosk.rules.policy import Policy, Unstaffed, Visitors
from kiosk.types import (
    Assignment,
    Card,
    CardHash,
    CardKind,
    ClockTrust,
    Coop,
    Fact,
    FactId,
    FactKind,
    Member,
    MemberId,
    OpeningHours,
    Reason,
    Role,
    Shift,
    ShiftId,
    Status,
)

Place = tuple[ShiftId, MemberId]
NEVER_ENTER = frozenset({Status.FROZEN, Status.LEFT, Status.FEE, Status.INACTIVE})


class Believed:
    """The rows that reached a terminal, with what happened there laid over them.

    Args:
        zone: local time.
        seconds: simulated ones.
    """

    def __init__(self, zone: tzinfo, seconds: Callable[[], float]) -> None:
        self.zone = zone
        self.coop = Coop()
        self.as_of: datetime | None = None
        self._seconds = seconds
        self._learnt_at = 0.0
        self.members: dict[MemberId, Member] = {}
        self.cards: dict[CardHash, Card] = {}
        self.shifts: dict[ShiftId, Shift] = {}
        self.places: dict[Place, Assignment] = {}
        self.made_up: dict[MemberId, tuple[FactId, ShiftId]] = {}
        self.opened_by_hand: datetime | None = None
        self._undelivered: dict[FactId, Fact] = {}
        self._generation = -1
        self._named: tuple[set[MemberId], set[CardHash], set[ShiftId], set[Place]] = (set(), set(), set(), set())

    # ── what reaches it ───────────────────────────────────────────────────────────────────────────────────────────

    def read(self, page: KnowledgePage) -> None:
        """A page of the server, or of the terminal's own disk."""
        for member in page.members:
            before = self.members.get(member.id)
            if before is not None and before.status != member.status:
                self.made_up.pop(member.id, None)
            self.members[member.id] = member
        self.coop = page.coop or self.coop
        self.cards |= {card.hash: card for card in page.cards}
        self.shifts |= {shift.id: shift for shift in page.shifts}
        self.places |= {(place.shift_id, place.member_id): place for place in page.assignments}
        self._take_away(page.removed_members, page.removed_cards, page.removed_shifts, page.removed_assignments)
        if page.forgotten_members:
            self._forget(frozenset(page.forgotten_members))
        if page.full:
            self._keep_named(page)
        if page.last:
            self.confirm(page.fetched_at)
        for fact in tuple(self._undelivered.values()):
            self._lay_over(fact)

    def confirm(self, at: datetime) -> None:
        """The server has said that this is the state of things."""
        self.as_of, self._learnt_at = at, self._seconds()

    def _keep_named(self, page: KnowledgePage) -> None:
        """A full round is the whole truth: what it has not named by its last page is no more."""
        if page.generation != self._generation:
            self._generation, self._named = page.generation, (set(), set(), set(), set())
        members, cards, shifts, places = self._named
        members |= {member.id for member in page.members}
        cards |= {card.hash for card in page.cards}
        shifts |= {shift.id for shift in page.shifts}
        places |= {(place.shift_id, place.member_id) for place in page.assignments}
        if page.last:
            self._take_away(
                self.members.keys() - members,
                self.cards.keys() - cards,
                self.shifts.keys() - shifts,
                self.places.keys() - places,
            )
            self._generation = -1

    def _take_away(
        self,
        members: Iterable[MemberId],
        cards: Iterable[CardHash],
        shifts: Iterable[ShiftId],
        places: Iterable[Place],
    ) -> None:
        gone, past = set(members), set(shifts)
        for place in [*places, *(key for key in self.places if key[0] in past)] if past else list(places):
            self.places.pop(place, None)
        for card in (
            [*cards, *(hash_ for hash_, card in self.cards.items() if card.member_id in gone)] if gone else [*cards]
        ):
            self.cards.pop(card, None)
        for member in gone:
            self.members.pop(member, None)
        for shift in past:
            self.shifts.pop(shift, None)

    def _forget(self, gone: frozenset[MemberId]) -> None:
        """Nobody speaks of them any more."""
        self._take_away(gone, (), (), [key for key in self.places if key[1] in gone])
        self._undelivered = {id_: fact for id_, fact in self._undelivered.items() if fact.member_id not in gone}
        self.made_up = {member: made for member, made in self.made_up.items() if member not in gone}

    def hear(self, answer: Identified) -> None:
        """The server has said whose card one is."""
        if answer.available and answer.member is not None:
            for member in filter(None, (answer.account, answer.member)):
                self.members[member.id] = member
            self.cards[answer.hash] = Card(hash=answer.hash, member_id=answer.member.id, blocked=answer.blocked)

    def happened(self, fact: Fact, *, is_delivered_kind: bool) -> None:
        """Something was recorded at the terminal."""
        if fact.about is not None and fact.about in self._undelivered and fact.kind.value.endswith("_undone"):
            del self._undelivered[fact.about]
        elif is_delivered_kind:
            self._undelivered[fact.id] = fact
        if fact.kind is FactKind.DOOR_OPENED and fact.details.get("reason") == Reason.BY_HAND.value:
            self.opened_by_hand = fact.happened.wall
        self._lay_over(fact)

    def delivered(self, ids: Iterable[FactId]) -> None:
        """The server speaks for these from now on."""
        for id_ in ids:
            self._undelivered.pop(id_, None)

    def _lay_over(self, fact: Fact) -> None:
        if fact.kind in {FactKind.CARD_LINKED, FactKind.CARD_BLOCKED} and fact.member_id is not None:
            hash_ = CardHash(str(fact.details["card"]))
            blocked = fact.kind is FactKind.CARD_BLOCKED
            self.cards[hash_] = Card(hash=hash_, member_id=fact.member_id, blocked=blocked)
        if fact.member_id is None or fact.shift_id is None:
            return
        key = fact.shift_id, fact.member_id
        match fact.kind:
            case FactKind.CHECK_IN:
                self._sit(key, present=True)
            case FactKind.CHECK_IN_UNDONE if key in self.places:
                self._sit(key, present=False)
            case FactKind.BOOKING:
                self._sit(key, present=key in self.places and self.places[key].present)
                self.booked(fact)
            case FactKind.BOOKING_UNDONE:
                self.places.pop(key, None)
                self.booked(fact)

    def booked(self, fact: Fact) -> None:
        """Somebody has put things right by a shift to come, or has given it back."""
        if fact.member_id is None or fact.shift_id is None:
            return
        if fact.kind is FactKind.BOOKING:
            self.made_up[fact.member_id] = fact.id, fact.shift_id
        elif self.made_up.get(fact.member_id, ("", ""))[0] == fact.about:
            del self.made_up[fact.member_id]

    def _puts_right(self, member: MemberId, now: datetime) -> bool:
        """The shift that was booked is ahead, or was worked."""
        _, shift = self.made_up.get(member, (None, ShiftId("")))
        place = self.places.get((shift, member))
        return place is not None and shift in self.shifts and (place.present or now < self.shifts[shift].ends_at)

    def _sit(self, key: Place, *, present: bool) -> None:
        name = self.members[key[1]].first_name if key[1] in self.members else ""
        self.places[key] = Assignment(shift_id=key[0], member_id=key[1], first_name=name, present=present)

    # ── whom it may let in ────────────────────────────────────────────────────────────────────────────────────────

    def may_enter(  # noqa: PLR0911  one answer a sentence
        self, member: Member, kind: CardKind, policy: Policy, now: datetime, trust: ClockTrust, *, online: bool
    ) -> bool:
        """Whether this person may come in now, by the coop's decisions in plain words."""
        account = self._account(member)
        shut_out = account is not None and (
            account.status in NEVER_ENTER or (account.status is Status.LEAVE and policy.leave_blocks)
        )
        shop = not policy.needs_opening_hours or trust is ClockTrust.NEVER or self._is_open(now)
        if kind is CardKind.BADGE and not ((trust is ClockTrust.NEVER or self._is_open(now)) and self._is_staffed(now)):
            return False
        if member.role is not Role.MEMBER and not shut_out and (shop or policy.unstaffed is Unstaffed.COORDINATORS):
            return True
        if account is None or shut_out or self._is_too_old(policy, now, trust):
            return False
        if member.status is Status.VISITOR:
            if policy.visitors is Visitors.DESK or trust is ClockTrust.NEVER:
                return False
            if member.until is not None and now.astimezone(self.zone).date() > member.until:
                return False
            if not self._is_staffed(now):
                return False
        if self._comes_for_a_shift(member, policy, now):
            return True
        return self._may_shop(member, account, policy, now, trust, online=online, shop=shop)

    def _may_shop(
        self,
        member: Member,
        account: Member,
        policy: Policy,
        now: datetime,
        trust: ClockTrust,
        *,
        online: bool,
        shop: bool,
    ) -> bool:
        if member.windows:
            local = now.astimezone(self.zone)
            inside = _holds(member.windows, local) and local.date() not in self.coop.closures
            if trust is not ClockTrust.NEVER and not inside:
                return False
        elif not shop:
            return False
        if policy.unstaffed is not Unstaffed.MEMBERS and not self._is_staffed(now):
            return False
        if account.status is Status.BLOCKED and policy.hours_late_block:
            return policy.booking_opens_door and (self._puts_right(account.id, now) or not online)
        return True

    def against_holding(self, hours: Iterable[OpeningHours], now: datetime, trust: ClockTrust, early: timedelta) -> str:
        """Why a schedule of these hours may not hold the door open now; empty: it may."""
        local = now.astimezone(self.zone)
        if trust is not ClockTrust.SYNCED:
            return "the clock is not sure"
        if local.date() in self.coop.closures:
            return "the coop is closed today"
        stretch = next((each for each in hours if _holds((each,), local)), None)
        if stretch is None:
            return f"it is {local:%A %H:%M}"
        since = datetime.combine(local.date(), stretch.opens, self.zone) - early
        crew = {shift.id for shift in self.shifts.values() if shift.ends_at > since and shift.starts_at < now}
        is_there = any(place.present and place.shift_id in crew for place in self.places.values())
        return "" if is_there else "nobody of the shift is there"

    def _account(self, member: Member) -> Member | None:
        if member.attached_to is None:
            return member
        account = self.members.get(member.attached_to)
        return account if account is not None and account.attached_to is None else None

    def _is_open(self, now: datetime) -> bool:
        local = now.astimezone(self.zone)
        return not self.coop.hours or (local.date() not in self.coop.closures and _holds(self.coop.hours, local))

    def _is_too_old(self, policy: Policy, now: datetime, trust: ClockTrust) -> bool:
        if self.as_of is None:
            return True
        # Learnt by a clock that was never set: how long ago that was is known all the same.
        is_dated = self.as_of.year > now.year - 3
        age = now - self.as_of if is_dated else timedelta(seconds=self._seconds() - self._learnt_at)
        return trust is ClockTrust.SYNCED and age >= timedelta(days=policy.expired_days)

    def _comes_for_a_shift(self, member: Member, policy: Policy, now: datetime) -> bool:
        early = timedelta(minutes=policy.enter_before_shift_minutes)
        mine = (member.id,) if member.attached_to is None else (member.id, member.attached_to)
        return any(
            shift.starts_at - early <= now < shift.ends_at
            for shift in self.shifts.values()
            for owner in mine
            if (shift.id, owner) in self.places
        )

    def _is_staffed(self, now: datetime) -> bool:
        """Somebody who has a shift now is here, or a coordinator has opened for one; or there is none."""
        running = [shift for shift in self.shifts.values() if shift.starts_at <= now < shift.ends_at]
        if not running:
            return True
        crew = {shift.id for shift in running}
        if any(place.present and place.shift_id in crew for place in self.places.values()):
            return True
        opened = self.opened_by_hand
        first = min(shift.starts_at for shift in running)
        return opened is not None and first - timedelta(minutes=30) <= opened.astimezone(UTC) <= now


def _holds(hours: Iterable[OpeningHours], local: datetime) -> bool:
    at = local.time()
    return any(stretch.weekday == local.weekday() and stretch.opens <= at < stretch.closes for stretch in hours)
