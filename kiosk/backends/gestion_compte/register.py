"""Who is who: the roster has numbers and first names, a scan tells a first name, a card list ties a card to a number.

* A person whose number is known (from a card list, or because the server validated the one place that could be theirs)
  is the holder of the places under that number and first name.
* A card whose number is not known *may be* the card of any holder of the same first name who has no card here yet. If
  there is one such card and one such holder, they are taken for the same: at worst somebody is asked once about a
  namesake's shift, and the server's answer to the scan tells them apart for good.
* With several of either nobody is guessed: such a card is treated as one that was never seen.

Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kiosk.backends.gestion_compte.french import plain
from kiosk.backends.gestion_compte.people import KnownCard, Person
from kiosk.backends.gestion_compte.reader_pages import ShownPlace
from kiosk.backends.gestion_compte.shop import DayShift
from kiosk.backends.gestion_compte.slots import CLOCK_MARGIN, person_id
from kiosk.types import MemberId, ShiftId


@dataclass(frozen=True, slots=True)
class RosterPlace:
    """A taken place of a shift that a scan of its holder's card would validate now."""

    shift: ShiftId
    job: str
    holder: MemberId
    place: ShownPlace


class Register:
    """The people and cards that are known, against the roster of the day.

    Args:
        people: everyone known.
        cards: their cards.
        shifts: of the day.
        by_looking: places that were validated by nothing but a look at the card, and are to be taken back.
    """

    def __init__(
        self,
        people: Iterable[Person],
        cards: Iterable[KnownCard],
        shifts: Iterable[DayShift],
        by_looking: frozenset[tuple[ShiftId, MemberId]] = frozenset(),
    ) -> None:
        self.people = {person.id: person for person in people}
        self.with_card = {card.person for card in cards if not card.off}
        self._shifts = tuple(shifts)
        self._by_looking = by_looking
        self._guesses = self._guessed()

    # ── holders ───────────────────────────────────────────────────────────────────────────────────────────────────

    def holder(self, place: ShownPlace) -> MemberId:
        """Whose place it is, by the best that is known."""
        exact = person_id(place.number, place.first_name)
        return self._guesses.get(exact, exact)

    def has_card(self, place: ShownPlace) -> bool:
        """The holder's own card is known for certain."""
        return person_id(place.number, place.first_name) in self.with_card

    def is_ambiguous(self, person: Person) -> bool:
        """The person may hold one of several places, or several people this one."""
        return not person.number and person.id not in self._guesses.values() and bool(self._may_hold(person))

    def _may_hold(self, person: Person) -> set[MemberId]:
        """Who of today's roster this person can be, as ids by number."""
        return {
            person_id(place.number, place.first_name)
            for place in self._taken()
            if plain(place.first_name) == plain(person.first_name)
            and place.number not in person.not_numbers
            and not self.has_card(place)
        }

    def _taken(self) -> Iterable[ShownPlace]:
        return (place for shift in self._shifts for place in shift.places if not place.is_free)

    def _guessed(self) -> Mapping[MemberId, MemberId]:
        """From the id by number to the person without a number who is taken for its holder."""
        claims: dict[MemberId, list[MemberId]] = defaultdict(list)
        for person in self.people.values():
            if not person.number and person.id in self.with_card:
                for holder in self._may_hold(person):
                    claims[holder].append(person.id)
        claimed = [person for persons in claims.values() for person in persons]
        return {
            holder: persons[0]
            for holder, persons in claims.items()
            if len(persons) == 1 and claimed.count(persons[0]) == 1
        }

    # ── what a scan would do ──────────────────────────────────────────────────────────────────────────────────────

    def is_present(self, shift: DayShift, place: ShownPlace) -> bool:
        """The server has this person as present, and not only because it was asked who they are."""
        return bool(place.present) and (shift.id, self.holder(place)) not in self._by_looking

    def places_in_window(self, now: datetime) -> tuple[RosterPlace, ...]:
        """Every taken place that a scan can be about now, validated or not."""
        return tuple(
            RosterPlace(shift.id, shift.slot.job, self.holder(place), place)
            for shift in self._shifts
            if shift.slot.is_open(now, CLOCK_MARGIN)
            for place in shift.places
            if not place.is_free
        )

    def open_places(self, now: datetime) -> tuple[RosterPlace, ...]:
        """Those that a scan would mark as present."""
        return tuple(found for found in self.places_in_window(now) if not found.place.present)

    def open_places_of(self, person: Person, now: datetime) -> tuple[RosterPlace, ...]:
        """Those that may be this person's."""
        if person.number:
            return tuple(place for place in self.open_places(now) if place.holder == person.id)
        mine = self._may_hold(person)
        return tuple(
            found
            for found in self.open_places(now)
            if found.holder == person.id or person_id(found.place.number, found.place.first_name) in mine
        )

    def open_places_of_strangers(self, now: datetime) -> tuple[RosterPlace, ...]:
        """Those whose holder's card is not known here: an unknown card may be theirs."""
        return tuple(found for found in self.open_places(now) if not self.has_card(found.place))
