"""May this person enter? One pure function on local knowledge, online or not.

The rules stand in one list, in the order in which they speak; the first that has an opinion decides, and its name goes
into the journal with the verdict. Nothing here knows a screen, a door or a clock of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from types import MappingProxyType

from kiosk.rules import shifts
from kiosk.rules.knowledge import Knowledge
from kiosk.rules.policy import AntiPassback, Policy, Unstaffed, Visitors
from kiosk.rules.weekly import stretch_at
from kiosk.types import CardKind, ClockTrust, Freshness, Member, Reason, Remark, Role, ShiftId, Status, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything one decision may look at.

    Attributes:
        account: whose standing counts; the member, or the holder of the account the member is attached to.
        online: the server answers, so that a make-up can be booked.
        trust: how far ``now`` can be believed.
        kind: what was laid on the reader.
        locked_down: the door is; no card opens it.
        arrived: shifts for which someone has checked in at this very moment.
        entered_seconds_ago: when this person came in last, if nobody has left since; None: not that is known.
    """

    member: Member
    account: Member | None
    knowledge: Knowledge
    policy: Policy
    now: datetime
    zone: tzinfo
    online: bool
    trust: ClockTrust
    kind: CardKind = CardKind.CARD
    locked_down: bool = False
    arrived: frozenset[ShiftId] = frozenset()
    entered_seconds_ago: float | None = None


_Opinion = tuple[bool, Reason]


def freshness(knowledge: Knowledge, now: datetime, policy: Policy) -> Freshness:
    """How old the knowledge is. A clock that went backwards makes nothing expire."""
    if knowledge.as_of is None:
        return Freshness.EXPIRED
    age = now - knowledge.as_of
    if age >= timedelta(days=policy.expired_days):
        return Freshness.EXPIRED
    return Freshness.FRESH if age < timedelta(seconds=policy.fresh_seconds) else Freshness.STALE


def decide(question: Question) -> Verdict:
    """The verdict, its reason and the rule that made it."""
    age = freshness(question.knowledge, question.now, question.policy)
    for rule in RULES:
        opinion = rule(question, age)
        if opinion is not None:
            allowed, reason = opinion
            remark = _remark(question, reason) if allowed else Remark.NOTHING
            return Verdict(allowed=allowed, reason=reason, rule=rule.__name__.lstrip("_"), freshness=age, remark=remark)
    return Verdict(
        allowed=True,
        reason=Reason.WELCOME,
        rule="member_in_good_standing",
        freshness=age,
        remark=_remark(question, Reason.WELCOME),
    )


def _lock_down(question: Question, _age: Freshness) -> _Opinion | None:
    """While the door is locked down no card opens it."""
    return (False, Reason.LOCKED_DOWN) if question.locked_down else None


def _badges_open_while_the_coop_is_staffed(question: Question, _age: Freshness) -> _Opinion | None:
    """A bar code can be copied with a telephone: it opens nothing that nobody sees."""
    if question.kind is not CardKind.BADGE:
        return None
    return None if _counts_as_open(question) and _is_staffed(question) else (False, Reason.BADGE)


def _coordinators_always_enter(question: Question, _age: Freshness) -> _Opinion | None:
    """Someone has to be able to open the shop, and to put right what this terminal believes wrongly."""
    if question.member.role is Role.MEMBER or _closed_state(question) is not None:
        return None
    if question.policy.unstaffed is Unstaffed.COORDINATORS or _is_shop_time(question):
        return True, Reason.COORDINATOR
    return None


def _expired_knowledge_asks_for_staff(question: Question, age: Freshness) -> _Opinion | None:
    """On knowledge that is too old nobody is let in but by the desk."""
    # Without a trusted clock an age is a guess, and nothing is refused for a clock's sake while the shop is staffed.
    if age is Freshness.EXPIRED and (question.trust is ClockTrust.SYNCED or question.knowledge.as_of is None):
        return False, Reason.EXPIRED
    return None


def _account_must_exist(question: Question, _age: Freshness) -> _Opinion | None:
    """Whoever is attached to an account enters only as long as that is there."""
    return (False, Reason.HOUSEHOLD) if question.account is None else None


def _closed_account(question: Question, _age: Freshness) -> _Opinion | None:
    """Some states of an account close the door."""
    reason = _closed_state(question)
    if reason is None:
        return None
    # The reasons of an account are its holder's: whoever is attached to it hears only that it needs an update.
    return False, Reason.HOUSEHOLD if question.member is not question.account else reason


def _visitors(question: Question, _age: Freshness) -> _Opinion | None:
    """They are met at the door, or come in like members while someone is there, until the last day of the visit."""
    member = question.member
    if member.status is not Status.VISITOR:
        return None
    if question.policy.visitors is Visitors.DESK or question.trust is ClockTrust.NEVER:
        return False, Reason.VISITOR
    if member.until is not None and question.now.astimezone(question.zone).date() > member.until:
        return False, Reason.VISITOR
    return None if _is_staffed(question) else (False, Reason.UNSTAFFED)


def _workers_enter_for_their_shift(question: Question, _age: Freshness) -> _Opinion | None:
    """Who is booked for a shift enters from a while before it, opening hours or not."""
    if shifts.is_expected(question.knowledge, question.member, question.now, question.policy):
        return True, Reason.BOOKED
    return None


def _own_hours(question: Question, _age: Freshness) -> _Opinion | None:
    """Who has hours of their own enters in these and in no others, whatever those of the shop are."""
    if not question.member.windows or question.trust is ClockTrust.NEVER:
        return None
    local = question.now.astimezone(question.zone)
    if local.date() in question.knowledge.coop.closures:
        return False, Reason.CLOSED
    return None if stretch_at(question.member.windows, local) is not None else (False, Reason.OWN_HOURS)


def _opening_hours(question: Question, _age: Freshness) -> _Opinion | None:
    """Who comes to shop enters in opening hours."""
    return None if question.member.windows or _is_shop_time(question) else (False, Reason.CLOSED)


def _somebody_must_be_there(question: Question, _age: Freshness) -> _Opinion | None:
    """While nobody works nobody shops."""
    if question.policy.unstaffed is Unstaffed.MEMBERS or _is_staffed(question):
        return None
    return False, Reason.UNSTAFFED


def _hours_owed(question: Question, _age: Freshness) -> _Opinion | None:
    """Hours owed close the door where the coop says so, until a make-up is booked, or while none can be."""
    account = question.account
    if account is None or account.status is not Status.BLOCKED or not question.policy.hours_late_block:
        return None
    if question.policy.booking_opens_door:
        if question.knowledge.has_made_up(account.id, question.now):
            return True, Reason.MADE_UP
        if not question.online:
            return True, Reason.OFFLINE_HOURS
    return False, Reason.HOURS if question.member is account else Reason.HOUSEHOLD


ANTI_PASSBACK_GRACE_SECONDS = 30.0
"""Laying the card again opens again: whoever has bags, or did not get through in time, has not come in twice."""


def _anti_passback(question: Question, _age: Freshness) -> _Opinion | None:
    """A card that has let someone in does not let in a second one."""
    ago, policy = question.entered_seconds_ago, question.policy
    if policy.anti_passback is AntiPassback.OFF or ago is None:
        return None
    if not ANTI_PASSBACK_GRACE_SECONDS <= ago < policy.anti_passback_minutes * 60:
        return None
    return policy.anti_passback is AntiPassback.SOFT, Reason.PASSED_BACK


RULES: tuple[Callable[[Question, Freshness], _Opinion | None], ...] = (
    _lock_down,
    _badges_open_while_the_coop_is_staffed,
    _coordinators_always_enter,
    _expired_knowledge_asks_for_staff,
    _account_must_exist,
    _closed_account,
    _visitors,
    _workers_enter_for_their_shift,
    _own_hours,
    _opening_hours,
    _somebody_must_be_there,
    _hours_owed,
    _anti_passback,
)

READS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "lock_down": (),
        "badges_open_while_the_coop_is_staffed": (),
        "coordinators_always_enter": ("blocking", "leave_blocks", "unstaffed", "needs_opening_hours"),
        "expired_knowledge_asks_for_staff": ("expired_days",),
        "account_must_exist": (),
        "closed_account": ("blocking", "leave_blocks"),
        "visitors": ("visitors",),
        "workers_enter_for_their_shift": ("enter_before_shift_minutes",),
        "own_hours": (),
        "opening_hours": ("needs_opening_hours",),
        "somebody_must_be_there": ("unstaffed",),
        "hours_owed": ("hours_late_block", "booking_opens_door"),
        "anti_passback": ("anti_passback", "anti_passback_minutes"),
    }
)
"""The settings of the policy that each rule goes by."""

_CLOSED_STATES = {
    Status.FROZEN: Reason.FROZEN,
    Status.LEFT: Reason.LEFT,
    Status.FEE: Reason.FEE,
    Status.INACTIVE: Reason.INACTIVE,
}


def _closed_state(question: Question) -> Reason | None:
    account = question.account
    if account is None:
        return None
    if account.status is Status.LEAVE and question.policy.leave_blocks:
        return Reason.LEAVE
    return _CLOSED_STATES.get(account.status) if account.status in question.policy.blocking else None


def _is_staffed(question: Question) -> bool:
    return shifts.is_staffed(question.knowledge, question.now, question.arrived)


def _is_shop_time(question: Question) -> bool:
    return not question.policy.needs_opening_hours or _counts_as_open(question)


def _counts_as_open(question: Question) -> bool:
    return shifts.counts_as_open(question.knowledge.coop, question.now, question.zone, question.trust)


def _remark(question: Question, reason: Reason) -> Remark:
    account = question.account
    if account is None or reason is Reason.BOOKED or question.member is not account:
        return Remark.NOTHING
    if reason is Reason.OFFLINE_HOURS:
        return Remark.OFFLINE_HOURS
    match account.status:
        case Status.WARN | Status.BLOCKED:
            return Remark.HOURS_TO_BOOK
        case Status.GRACE:
            return Remark.GRACE
        case Status.FEE:
            return Remark.FEE_SOON
        case _:
            return Remark.NOTHING
