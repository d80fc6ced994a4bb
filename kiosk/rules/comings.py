"""Who came in here a short while ago, and when a coordinator last opened by hand. In memory; the journal keeps it."""

from typing import TYPE_CHECKING

from kiosk.types import Fact, FactKind, MemberId, Moment, Reason

if TYPE_CHECKING:
    from datetime import datetime


class Comings:
    """Learns from facts as they are recorded. Belongs to the reactor's thread."""

    def __init__(self) -> None:
        self.opened_by_hand: datetime | None = None
        """Aware UTC."""
        self._entered: dict[MemberId, Moment] = {}

    def note(self, fact: Fact) -> None:
        """A fact was recorded here."""
        reason = fact.details.get("reason")
        match fact.kind:
            case FactKind.PASSAGE if fact.member_id is not None:
                self._entered[fact.member_id] = fact.happened
            case FactKind.DOOR_OPENED if reason == Reason.BY_HAND:
                self.opened_by_hand = fact.happened.wall
            case FactKind.DOOR_OPENED if reason == Reason.EXIT:
                # Whoever left may have been anyone, and nobody is refused on a guess.
                self._entered.clear()

    def seconds_since(self, member: MemberId, now: Moment) -> float | None:
        """How long ago this person came in; None if not in this boot, or if someone has left since."""
        entered = self._entered.get(member)
        if entered is None or entered.boot_id != now.boot_id:
            return None
        return now.monotonic - entered.monotonic
