"""May this person enter? One pure function on local knowledge, online or not.

The rules stand in one list, in the order in which they speak; the first that has an opinion decides, and its name goes
into the journal with the verdict. Nothing here knows a screen, a door or a clock of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from kiosk.rules import shifts
from kiosk.rules.knowledge import Knowledge
from kiosk.rules.policy import Policy, Unstaffed
from kiosk.types import ClockTrust, Freshness, Member, Reason, Remark, Role, Status, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything one decision may look at.

    Attributes:
        account: whose standing counts; the member, or the holder of the account the member is attached to.
        online: the server answers, so that a make-up can be booked.
        trust: how far ``now`` can be believed.
    """

    member: Member
    account: Member | None
    knowledge: Knowledge
    policy: Policy
    now: datetime
    zone: tzinfo
    online: bool
    trust: ClockTrust


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


def _coordinators_always_enter(question: Question, _age: Freshness) -> _Opinion | None:
    """Someone has to be able to open the shop, and to put right what this terminal believes wrongly."""
    if question.member.role is Role.MEMBER or _closed_state(question) is not None:
        return None
    if question.policy.unstaffed is Unstaffed.COORDINATORS or _is_shop_time(question):
        return True, Reason.COORDINATOR
    return None


def _expired_knowledge_asks_for_staff(question: Question, age: Freshness) -> _Opinion | None:
    # Without a trusted clock an age is a guess, and nothing is refused for a clock's sake while the shop is staffed.
    if age is Freshness.EXPIRED and (question.trust is ClockTrust.SYNCED or question.knowledge.as_of is None):
        return False, Reason.EXPIRED
    return None


def _account_must_exist(question: Question, _age: Freshness) -> _Opinion | None:
    return (False, Reason.HOUSEHOLD) if question.account is None else None


def _closed_account(question: Question, _age: Freshness) -> _Opinion | None:
    reason = _closed_state(question)
    if reason is None:
        return None
    # The reasons of an account are its holder's: whoever is attached to it hears only that it needs an update.
    return False, Reason.HOUSEHOLD if question.member is not question.account else reason


def _visitors_are_met_at_the_door(question: Question, _age: Freshness) -> _Opinion | None:
    return (False, Reason.VISITOR) if question.member.status is Status.VISITOR else None


def _workers_enter_for_their_shift(question: Question, _age: Freshness) -> _Opinion | None:
    if shifts.is_expected(question.knowledge, question.member, question.now, question.policy):
        return True, Reason.BOOKED
    return None


def _opening_hours(question: Question, _age: Freshness) -> _Opinion | None:
    return None if _is_shop_time(question) else (False, Reason.CLOSED)


def _somebody_must_be_there(question: Question, _age: Freshness) -> _Opinion | None:
    if question.policy.unstaffed is Unstaffed.MEMBERS or shifts.is_staffed(question.knowledge, question.now):
        return None
    return False, Reason.UNSTAFFED


def _hours_owed(question: Question, _age: Freshness) -> _Opinion | None:
    account = question.account
    if account is None or account.status is not Status.BLOCKED or not question.policy.hours_late_block:
        return None
    if question.member is not account:
        return False, Reason.HOUSEHOLD
    if question.policy.booking_opens_door:
        if question.knowledge.has_made_up(account.id):
            return True, Reason.MADE_UP
        if not question.online:
            return True, Reason.OFFLINE_HOURS
    return False, Reason.HOURS


RULES: tuple[Callable[[Question, Freshness], _Opinion | None], ...] = (
    _coordinators_always_enter,
    _expired_knowledge_asks_for_staff,
    _account_must_exist,
    _closed_account,
    _visitors_are_met_at_the_door,
    _workers_enter_for_their_shift,
    _opening_hours,
    _somebody_must_be_there,
    _hours_owed,
)

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


def _is_shop_time(question: Question) -> bool:
    if not question.policy.needs_opening_hours or question.trust is ClockTrust.NEVER:
        return True
    return shifts.is_open(question.knowledge.coop, question.now, question.zone)


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
