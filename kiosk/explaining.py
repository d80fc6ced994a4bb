"""One access decision and what it goes by, for ``kiosk decide``. Plain JSON values."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final

from kiosk.events_door import DoorMode
from kiosk.reactor import Reactor
from kiosk.rules import access
from kiosk.rules.access import Question
from kiosk.rules.knowledge import Knowledge
from kiosk.types import Card, CardHash, CardKind, Member, MemberId, Reason

GOOD_STANDING: Final = "No rule speaks against it."
BLOCKED: Final = "The card is blocked, whoever it is of."


class NobodyError(Exception):
    """Nobody has that card or that number; its words say so."""


def explain(question: Question) -> dict[str, object]:
    """The verdict, its reason, the rule that made it, the settings which that rule goes by, and who spoke before it.

    Returns:
        ``silent`` has the names of the rules that had no opinion, in the order in which they were asked.
    """
    verdict = access.decide(question)
    names = [rule.__name__.lstrip("_") for rule in access.RULES]
    decisive = names.index(verdict.rule) if verdict.rule in names else len(names)
    said = access.RULES[decisive].__doc__ if decisive < len(names) else GOOD_STANDING
    known = question.knowledge.as_of
    return {
        "member": question.member.id,
        "status": None if question.account is None else question.account.status.value,
        "allowed": verdict.allowed,
        "reason": verdict.reason.value,
        "rule": verdict.rule,
        "why": (said or "").partition("\n")[0],
        "settings": {
            f"policy.{name}": _plain(getattr(question.policy, name)) for name in access.READS.get(verdict.rule, ())
        },
        "silent": names[:decisive],
        "remark": verdict.remark.value,
        "freshness": verdict.freshness.value,
        "knowledge_as_of": None if known is None else known.isoformat(),
        "clock": question.trust.value,
        "online": question.online,
    }


def explain_blocked(card: Card) -> dict[str, object]:
    """Of a card that is blocked there is nothing to decide."""
    return {
        "member": card.member_id,
        "allowed": False,
        "reason": Reason.CARD_BLOCKED.value,
        "rule": "card_must_be_known",
        "why": BLOCKED,
        "settings": {},
        "silent": [],
    }


def find(knowledge: Knowledge, who: str, hash_: CardHash | None) -> Member | Card:
    """Whose number that is, or whose card; the card itself if it is blocked.

    Args:
        knowledge: what is looked into.
        who: a member's number, or what a card is called.
        hash_: of the card, where ``who`` is one.

    Raises:
        NobodyError: nobody's.
    """
    member = knowledge.members.get(MemberId(who))
    if member is None and hash_ is not None:
        card = knowledge.card(hash_)
        if card is not None and card.blocked:
            return card
        member = None if card is None else knowledge.members.get(card.member_id)
    if member is None:
        # Where two people share a membership, an id is its number and something more.
        sharing = [known for known in knowledge.members.values() if known.id.partition("-")[0] == who]
        member = sharing[0] if len(sharing) == 1 else None
    if member is None:
        raise NobodyError(f"nobody has the card or the number {who!r}")
    return member


def kind_of(who: str) -> CardKind:
    """A bar code, or a card."""
    return CardKind.BADGE if who.startswith("ean:") else CardKind.CARD


def decide(reactor: Reactor, given: Mapping[str, Any]) -> dict[str, object]:
    """What a running terminal would decide: with its own links and bookings, online or not, and who has come in.

    Args:
        reactor: the terminal's.
        given: ``who``; ``hash`` where that is a card; ``at`` (ISO 8601 with its offset) for another moment than now.

    Raises:
        NobodyError: nobody has that card or that number.
        ValueError: ``at`` is no moment.
    """
    who, hash_ = str(given.get("who", "")), given.get("hash")
    found = find(reactor.knowledge, who, None if hash_ is None else CardHash(str(hash_)))
    if isinstance(found, Card):
        return explain_blocked(found)
    around = reactor.surroundings()
    at = given.get("at")
    return explain(
        Question(
            member=found,
            account=around.knowledge.account_of(found),
            knowledge=around.knowledge,
            policy=around.policy,
            now=around.now if at is None else datetime.fromisoformat(str(at)),
            zone=around.zone,
            online=around.link.online,
            trust=around.trust,
            kind=kind_of(who),
            locked_down=around.keeping.mode is DoorMode.LOCKED_DOWN,
            entered_seconds_ago=None if at else around.knowledge.comings.seconds_since(found.id, around.moment),
        )
    )


def hash_of(who: str, hash_card: Callable[[str], CardHash]) -> CardHash | None:
    """Of a card by its canonical form; None for what is no card.

    Raises:
        NobodyError: it looks like one, and is none.
    """
    if ":" not in who:
        return None
    try:
        return hash_card(who)
    except ValueError as wrong:
        raise NobodyError(f"{who!r} is no card: {wrong}") from None


def _plain(value: Any) -> object:
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    return value.value if isinstance(value, Enum) else value
