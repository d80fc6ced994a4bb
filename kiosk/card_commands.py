"""What ``kiosk cards …`` does, at a running terminal or on its files. Plain JSON values; cards by their hash alone.

Rows are judged one by one: a row that cannot be done keeps no other from being done.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kiosk.clock import Clock, moment
from kiosk.effects import Prefer
from kiosk.reactor import Reactor
from kiosk.rules.knowledge import Knowledge
from kiosk.rules.ownership import full_name
from kiosk.types import Card, CardHash, Fact, FactId, FactKind, MemberId, Role
from kiosk.views import LANGUAGES

Rows = list[dict[str, Any]]

SHORTEST_NAME: Final = 8
"""So many digits of a hash are enough to name a card on the command line."""


class CardCommandError(ValueError):
    """Error raised when a command about cards cannot be carried out; its text says why, to a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a command works on.

    Attributes:
        note: journals a fact of this kind about a member, with these details.
        prefer: keeps what a person needs.
    """

    knowledge: Knowledge
    note: Callable[[FactKind, MemberId, Mapping[str, object]], None]
    prefer: Callable[[Prefer], None]


def desk_of(reactor: Reactor) -> Desk:
    """The desk of a running terminal, for one command."""
    around = reactor.surroundings()

    def note(kind: FactKind, member: MemberId, details: Mapping[str, object]) -> None:
        reactor.record(
            Fact(
                id=around.new_id(),
                kind=kind,
                happened=around.moment,
                member_id=member,
                offline=not around.link.online,
                details=details,
            )
        )

    return Desk(knowledge=reactor.knowledge, note=note, prefer=reactor.order_staff)


def desk_on(
    knowledge: Knowledge,
    record: Callable[[Fact], None],
    prefer: Callable[[Prefer], None],
    new_id: Callable[[], FactId],
    clock: Clock,
) -> Desk:
    """The desk on the files of a terminal that does not run."""

    def note(kind: FactKind, member: MemberId, details: Mapping[str, object]) -> None:
        fact = Fact(id=new_id(), kind=kind, happened=moment(clock), member_id=member, offline=True, details=details)
        record(fact)
        knowledge.note(fact)

    return Desk(knowledge=knowledge, note=note, prefer=prefer)


# ── the commands ──────────────────────────────────────────────────────────────────────────────────────────────────


def list_cards(desk: Desk, given: Mapping[str, Any]) -> Rows:
    """All cards, or those of one member: the first digits of the hash, whose, and whether it is blocked."""
    who = given.get("member")
    cards = (card for card in desk.knowledge.cards.values() if who is None or card.member_id == who)
    return [
        {
            "card": card.hash[:12],
            "member": card.member_id,
            "name": _name(desk.knowledge, card.member_id),
            "blocked": card.blocked,
        }
        for card in sorted(cards, key=lambda card: (card.member_id, card.hash))
    ]


def link_cards(desk: Desk, given: Mapping[str, Any]) -> Rows:
    """Link each of ``rows`` (``card``, ``member``, what the person needs); one outcome a row.

    The outcomes: ``linked``, ``same`` (it was this member's already), and why not: ``unknown_member``, ``taken``,
    ``blocked``, ``backwards`` (the member's card, its bytes the other way round, is known).

    ``transfer`` takes a card from whoever has it; ``dry`` changes nothing and says what would be.
    """
    dry, transfer = bool(given.get("dry")), bool(given.get("transfer"))
    return [
        {"outcome": _link(desk, row, transfer=transfer, dry=dry), "owner": _owner(desk.knowledge, row)}
        for row in given["rows"]
    ]


def _owner(knowledge: Knowledge, row: Mapping[str, Any]) -> str | None:
    card = knowledge.card(CardHash(row["card"]))
    return None if card is None else card.member_id


def _link(desk: Desk, row: Mapping[str, Any], *, transfer: bool, dry: bool) -> str:
    card, member = CardHash(row["card"]), MemberId(row["member"])
    if member not in desk.knowledge.members:
        return "unknown_member"
    turned = None if row.get("backwards") is None else desk.knowledge.card(CardHash(row["backwards"]))
    if turned is not None and turned.member_id == member:
        return "backwards"
    wish = _wish(member, row)
    known = desk.knowledge.card(card)
    outcome = "linked"
    if known is not None and known.member_id == member and not known.blocked:
        outcome = "same"
    elif known is not None and not transfer:
        return "blocked" if known.blocked else "taken"
    if dry:
        return outcome
    if outcome == "linked":
        desk.note(FactKind.CARD_LINKED, member, {"card": card, "by": None})
    if wish is not None:
        desk.prefer(wish)
    return outcome


def block_cards(desk: Desk, given: Mapping[str, Any]) -> Rows:
    """Block a card (``card``: its hash or the first digits of it) or all cards of a ``member``."""
    cards = tuple(_meant(desk.knowledge, given))
    for card in cards:
        if not card.blocked:
            desk.note(FactKind.CARD_BLOCKED, card.member_id, {"card": card.hash, "by": None})
    return [{"card": card.hash[:12], "member": card.member_id, "was_blocked": card.blocked} for card in cards]


def _meant(knowledge: Knowledge, given: Mapping[str, Any]) -> Iterator[Card]:
    member, name = given.get("member"), given.get("card")
    if isinstance(member, str):
        found = knowledge.cards_of(MemberId(member))
        if not found:
            raise CardCommandError(f"member {member} has no card")
        yield from found
        return
    if not isinstance(name, str) or len(name) < SHORTEST_NAME:
        raise CardCommandError(f"a card is named by {SHORTEST_NAME} digits of its hash at least")
    named = [card for hash_, card in knowledge.cards.items() if hash_.startswith(name)]
    if len(named) != 1:
        raise CardCommandError("nobody has that card" if not named else "more than one card begins like that")
    yield named[0]


def set_member(desk: Desk, given: Mapping[str, Any]) -> Rows:
    """Keep what a person needs, and the role where the server knows none."""
    member = MemberId(str(given["member"]))
    known = desk.knowledge.members.get(member)
    if known is None:
        raise CardCommandError(f"nobody has the number {member}")
    role = given.get("role")
    if role is not None:
        if desk.knowledge.capabilities.roles:
            raise CardCommandError("this coop's server knows the roles: they are given there")
        desk.note(FactKind.ROLE_GRANTED, member, {"role": Role(role).value, "by": None})
    wish = _wish(member, given)
    if wish is not None:
        desk.prefer(wish)
        desk.knowledge.prefer(wish)
    now = desk.knowledge.members[member]
    return [
        {
            "member": member,
            "role": now.role.value,
            "language": now.language,
            "large_text": now.large_text,
            "long_pulse": now.long_pulse,
        }
    ]


def _wish(member: MemberId, given: Mapping[str, Any]) -> Prefer | None:
    language, large_text, long_pulse = given.get("language"), given.get("large_text"), given.get("long_pulse")
    if language is not None and language not in LANGUAGES:
        raise CardCommandError(f"{language!r} is none of the languages {', '.join(LANGUAGES)}")
    if language is None and large_text is None and long_pulse is None:
        return None
    return Prefer(member_id=member, language=language, large_text=large_text, long_pulse=long_pulse)


def _name(knowledge: Knowledge, member: MemberId) -> str | None:
    known = knowledge.members.get(member)
    return None if known is None else full_name(known)


CARD_COMMANDS: Final[Mapping[str, Callable[[Desk, Mapping[str, Any]], Rows]]] = {
    "cards list": list_cards,
    "cards link": link_cards,
    "cards block": block_cards,
    "cards set": set_member,
}


def carry_out(name: str, desk: Desk, given: Mapping[str, Any]) -> Rows:
    """Carry out one of :data:`CARD_COMMANDS`.

    Raises:
        CardCommandError: it cannot be done, in words.
    """
    if desk.knowledge.as_of is None:
        raise CardCommandError("this terminal knows nobody yet: have it fetch the members first (kiosk sync --once)")
    try:
        return CARD_COMMANDS[name](desk, given)
    except (KeyError, TypeError) as wrong:
        raise CardCommandError(f"the command lacks {wrong}") from None
    except ValueError as wrong:
        raise CardCommandError(str(wrong)) from None
