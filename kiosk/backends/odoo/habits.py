"""What differs from coop to coop and no server tells: set by the coop, handed to every family."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Literal, TypeAlias

from kiosk.backends.server_time import ServerTime
from kiosk.clock import Clock
from kiosk.devices.cards import CardUid, maybe_ean13
from kiosk.types import CardHash

HashCard: TypeAlias = Callable[[str], CardHash]
"""From a canonical card id to the hash under which it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How this coop uses its Odoo.

    Attributes:
        name_order: how names are written where Odoo keeps one field for both.
        shift_word: the job of shifts whose name tells none.
        point_minutes: what one point of a counter is worth, in minutes of work.
        leaders_are_coordinators: leaders of shifts may do here what coordinators may.
        entrance_log: who comes in is written into Odoo's entrance log, by name.
        member_cards: the cards of Odoo's card register count, not only the bar code of each person.
        grace: whom hours keep out may ask for the grace period of the coop's own rules.
        check_in_opens_minutes: how long before a shift somebody may be noted as present.
    """

    name_order: Literal["first-last", "last-first"] = "first-last"
    shift_word: str = "Créneau"
    point_minutes: int = 180
    leaders_are_coordinators: bool = True
    entrance_log: bool = False
    member_cards: bool = False
    grace: bool = False
    check_in_opens_minutes: int = 15


@dataclass(frozen=True, slots=True)
class Tools:
    """What every family works with: the coop's habits, its card key, its zone, this terminal's clock and Odoo's."""

    habits: Habits
    hash_card: HashCard
    zone: tzinfo
    clock: Clock
    time: ServerTime

    def maybe_card(self, text: str) -> CardHash | None:
        """The hash of what Odoo keeps in a field for bar codes; None where no reader could ever read that.

        An EAN-13, or twelve digits of one that lost its leading zero; or a contactless card's number in hexadecimal.
        """
        canonical = canonical_of(text)
        return None if canonical is None else self.hash_card(canonical)


def canonical_of(text: str) -> str | None:
    """The canonical id of a badge or card as Odoo keeps it; None where it is neither."""
    digits = maybe_ean13(text)
    if digits is not None:
        return f"ean:{digits}"
    try:
        return str(CardUid(bytes.fromhex(text.strip().replace(":", ""))))
    except ValueError:
        return None


def spellings_of(canonical: str) -> tuple[str, ...]:
    """How Odoo may keep a badge or card: as it is read, and as a spreadsheet or a hand once left it."""
    kind, _, text = canonical.partition(":")
    if kind == "ean":
        return (text, text[1:]) if text.startswith("0") else (text,)
    return (text, text.lower())


def first_name_of(name: str, order: Literal["first-last", "last-first"]) -> str:
    """The part of a name that public screens may show.

    A comma, or a family name in capitals, tells by itself; else the ``order`` of the coop does.
    """
    before, comma, after = name.partition(",")
    if comma and after.strip():
        return after.strip()
    words = before.split()
    given = [word for word in words if not (len(word) > 1 and word.isupper())]
    if given and len(given) < len(words):
        return " ".join(given)
    if len(words) < 2:
        return before.strip()
    return words[0] if order == "first-last" else " ".join(words[1:])
