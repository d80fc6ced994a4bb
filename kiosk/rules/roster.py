"""Who has which place: the server's roster, and what has happened here since. Belongs to the reactor's thread."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from kiosk.types import Assignment, Fact, FactKind, MemberId, ShiftId

Place = tuple[ShiftId, MemberId]

BY = "by"
"""In the details of a check-in: who came, where it is not the one whose place it is."""
INSTEAD_OF = "instead_of"
"""In the details of a check-in: whose place it is, where someone stands in."""


class Roster:
    """The places of all shifts that are known.

    Args:
        first_name: of a member, for a place that no page has told.
    """

    def __init__(self, first_name: Callable[[MemberId], str]) -> None:
        self._first_name = first_name
        self._places: dict[ShiftId, dict[MemberId, Assignment]] = {}
        self._shifts_of: dict[MemberId, set[ShiftId]] = {}
        self._absent: set[Place] = set()
        self._alone: set[Place] = set()
        """Who has said here that the other half of their team does not come."""
        self._walked_in: set[Place] = set()
        """Places that somebody has only by having come: whoever takes that back has none."""
        self._came: dict[Place, MemberId] = {}
        """Who came for a place that is somebody else's: a person attached to the account."""
        self._replaced: dict[Place, Place] = {}
        """Whose place it is, by the place of whoever stands in."""

    def of(self, shift: ShiftId) -> tuple[Assignment, ...]:
        """Everyone who works there, or is awaited: nobody any more in whose place someone else has come."""
        places = self._places.get(shift, {})
        if not self._replaced:
            return tuple(places.values())
        replaced = {whose for by, whose in self._replaced.items() if (there := self.place(*by)) and there.present}
        return tuple(place for member, place in places.items() if place.present or (shift, member) not in replaced)

    def place(self, shift: ShiftId, member: MemberId) -> Assignment | None:
        """Somebody's own place, replaced or not."""
        return self._places.get(shift, {}).get(member)

    def places(self) -> Iterator[Place]:
        """All places, replaced or not."""
        return ((shift, member) for shift, places in self._places.items() for member in places)

    def shifts_of(self, member: MemberId) -> frozenset[ShiftId]:
        return frozenset(self._shifts_of.get(member, ()))

    def is_absent(self, place: Assignment) -> bool:
        return (place.shift_id, place.member_id) in self._absent

    def is_alone(self, place: Assignment) -> bool:
        """Who came for this place has said that the other half of the team does not."""
        return not self._alone.isdisjoint({(place.shift_id, place.member_id), (place.shift_id, self.worker(place))})

    def worker(self, place: Assignment) -> MemberId:
        """Who works on this place, or is awaited, as far as is known here."""
        return self._came.get((place.shift_id, place.member_id), place.member_id)

    def assign(self, place: Assignment) -> None:
        self._places.setdefault(place.shift_id, {})[place.member_id] = place
        self._shifts_of.setdefault(place.member_id, set()).add(place.shift_id)

    def unassign(self, shift: ShiftId, member: MemberId) -> None:
        self._absent.discard((shift, member))
        self._walked_in.discard((shift, member))
        self._forget_coming(shift, member)
        self._replaced = {by: whose for by, whose in self._replaced.items() if (shift, member) not in {by, whose}}
        self._places.get(shift, {}).pop(member, None)
        shifts = self._shifts_of.get(member, set())
        shifts.discard(shift)
        if not shifts:
            self._shifts_of.pop(member, None)

    def remove_shift(self, shift: ShiftId) -> None:
        for member in tuple(self._places.get(shift, ())):
            self.unassign(shift, member)
        self._places.pop(shift, None)

    def mark_present(self, shift: ShiftId, member: MemberId) -> None:
        """Someone is there, on a place that the server has or is yet to tell."""
        self.assign(replace(self.place(shift, member) or self._new(shift, member), present=True))

    def note(self, fact: Fact, shift: ShiftId, member: MemberId) -> None:
        """Lay a fact over what the server says."""
        match fact.kind:
            case FactKind.CHECK_IN:
                self._come(shift, member, fact.details)
            case FactKind.CHECK_IN_UNDONE:
                self._go(shift, member)
            case FactKind.ABSENCE_ANNOUNCED:
                self._absent.add((shift, member))
            case FactKind.ABSENCE_UNDONE:
                self._absent.discard((shift, member))
            case FactKind.PARTNER_ABSENT:
                self._alone.add((shift, member))
            case FactKind.BOOKING:
                self.assign(self.place(shift, member) or self._new(shift, member))
            case FactKind.BOOKING_UNDONE:
                self.unassign(shift, member)
            case _:
                pass

    def _come(self, shift: ShiftId, member: MemberId, details: Mapping[str, object]) -> None:
        """With a place of their own, or without."""
        if self.place(shift, member) is None:
            self._walked_in.add((shift, member))
        self._absent.discard((shift, member))
        self.mark_present(shift, member)
        by, instead_of = details.get(BY), details.get(INSTEAD_OF)
        if isinstance(by, str):
            self._came[shift, member] = MemberId(by)
        if isinstance(instead_of, str):
            self._replaced[shift, member] = (shift, MemberId(instead_of))

    def _go(self, shift: ShiftId, member: MemberId) -> None:
        """Whoever has come takes it back."""
        self._replaced.pop((shift, member), None)
        self._forget_coming(shift, member)
        place = self.place(shift, member)
        if (shift, member) in self._walked_in:
            self.unassign(shift, member)
        elif place is not None:
            self.assign(replace(place, present=False))

    def _forget_coming(self, shift: ShiftId, member: MemberId) -> None:
        """Who came for a place, and whether without the other half of their team."""
        self._alone -= {(shift, member), (shift, self._came.pop((shift, member), member))}

    def _new(self, shift: ShiftId, member: MemberId) -> Assignment:
        return Assignment(shift_id=shift, member_id=member, first_name=self._first_name(member))
