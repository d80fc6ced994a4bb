"""Whose card is it, may it be someone's, and who is meant by a few letters. Pure functions over the knowledge."""

import re
from collections.abc import Callable
from functools import lru_cache
from heapq import nsmallest

from kiosk.events import CardTapped
from kiosk.rules.folding import fold
from kiosk.rules.knowledge import Knowledge
from kiosk.rules.staff_states import LinkTrouble
from kiosk.types import Card, CardKind, Member, MemberId, Status

MOST_FOUND = 30
_WORD = re.compile(r"[^\W_]+")


def bearer_of(knowledge: Knowledge, tap: CardTapped) -> Member | LinkTrouble:
    """The owner of what was laid or scanned, of a blocked card too; or why it says nobody."""
    if (kind := _is_no_card(tap)) is not None:
        return kind
    card = knowledge.card(tap.hash)
    member = None if card is None else knowledge.members.get(card.member_id)
    return LinkTrouble.UNKNOWN if member is None else member


def judge(knowledge: Knowledge, tap: CardTapped, who: MemberId) -> LinkTrouble | Card | None:
    """May this become a card of ``who``?

    Returns:
        None: yes. A trouble: no. A card: it is someone else's, or blocked, and has to be asked about.
    """
    if (kind := _is_no_card(tap)) is not None:
        return kind
    if not tap.enrolable:
        return LinkTrouble.BLANK if _is_blank(tap.code) else LinkTrouble.RANDOM
    card = knowledge.card(tap.hash)
    if card is None or (card.member_id not in knowledge.members and not card.blocked):
        return None
    return LinkTrouble.SAME if card.member_id == who and not card.blocked else card


def _is_no_card(tap: CardTapped) -> LinkTrouble | None:
    return {CardKind.BANK: LinkTrouble.BANK, CardKind.PHONE: LinkTrouble.PHONE}.get(tap.kind)


def _is_blank(code: str) -> bool:
    """All zeros or all ones, which cards carry that were never given a number."""
    return set(code.partition(":")[2]) in ({"0"}, {"F"})


@lru_cache(maxsize=1 << 17)
def _beginnings(name: str) -> str:
    """A name without accents, case and spaces, from each of its words to its end, each behind a mark."""
    words = _words(name)
    return "".join(f"\n{''.join(words[start:])}" for start in range(len(words)))


@lru_cache(maxsize=1 << 17)
def _typeable(number: str) -> str:
    """A member's number as it can be typed where there are letters and digits only: ``2024-017`` as ``2024017``."""
    return "".join(_words(number))


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def full_name(member: Member) -> str:
    """For staff views only."""
    return member.name or member.first_name


def search(knowledge: Knowledge, typed: str) -> tuple[MemberId, ...]:
    """Who is meant by a number, or by the first letters of any part of a name; accents, spaces, hyphens do not count.

    A whole number comes first, whoever has left last. At most :data:`MOST_FOUND`.
    """
    wanted = "".join(_words(typed))
    if not wanted:
        return ()
    # A number as it is written comes before one of which the hyphen is left out: 312 is not 31-2.
    return _fitting(knowledge, wanted, str.casefold) or _fitting(knowledge, wanted, _typeable)


def _fitting(knowledge: Knowledge, wanted: str, read: Callable[[str], str]) -> tuple[MemberId, ...]:
    fits = (_maybe_fit(member, read(member.id), wanted) for member in knowledge.members.values())
    return tuple(member_id for *_, member_id in nsmallest(MOST_FOUND, (fit for fit in fits if fit is not None)))


def _maybe_fit(member: Member, number: str, wanted: str) -> tuple[bool, bool, bool, str, MemberId] | None:
    """How well a person fits, the best sorting first; None: not at all."""
    name = _beginnings(full_name(member))
    is_named = f"\n{wanted}" in name
    if not is_named and not number.startswith(wanted):
        return None
    return member.status is Status.LEFT, number != wanted, not is_named, name, member.id
