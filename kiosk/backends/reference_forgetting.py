"""What the server keeps of someone who asked to be forgotten: counts, and the number that keeps them out. Pure."""

from collections.abc import Collection
from typing import Any, Final

from kiosk.backends.rest_json import Json
from kiosk.types import CARD_KINDS, CardHash

NOBODYS: Final = frozenset({"jar"})
"""Details that may read like a member's number and never are one."""


def nobodys(event: Json, gone: Collection[str], others_cards: Collection[CardHash]) -> dict[str, Any] | None:
    """An event as it is kept once these members are forgotten; None: nothing of it is.

    What happened at the door and on shifts stays, for the counts, and says no longer whose it was.

    Args:
        event: as a terminal told it.
        gone: numbers of the forgotten.
        others_cards: cards of which something else is known too. What was said of them stays and makes them nobody's:
            without it a card that was handed on would be its former owner's again, and open the door.
    """
    kept = {name: value for name, value in event.items() if name != "member_id" or value not in gone}
    if "member_id" in event and "member_id" not in kept and event.get("kind") in CARD_KINDS:
        card = event.get("details", {}).get("card")
        if card not in others_cards:
            return None
    if "details" in kept:
        kept["details"] = _without(kept["details"], gone)
    return kept


def _without(details: Any, gone: Collection[str]) -> Any:
    match details:
        case dict():
            return {
                name: _without(value, gone)
                for name, value in details.items()
                if name in NOBODYS or not isinstance(value, str) or value not in gone
            }
        case list():
            return [_without(value, gone) for value in details if not isinstance(value, str) or value not in gone]
        case _:
            return details
