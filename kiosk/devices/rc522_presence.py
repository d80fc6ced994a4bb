"""From looks at the field to taps: a card held is one tap, a card changed without a gap is two."""

from typing import Final

from kiosk.devices.rc522_dialogue import SelectedCard, Sight

LOOKS_UNTIL_GONE: Final = 4
"""A card at the edge of the field is missed now and then; lifting and laying one again takes longer."""
LOOKS_UNTIL_SEVERAL: Final = 2
"""One collision may be a single card that comes nearer."""


class Presence:
    """Remembers what lay in the field. One look after the other goes in; what is new comes out."""

    def __init__(self) -> None:
        self._card: SelectedCard | None = None
        self._empty_looks = 0
        self._collisions = 0
        self._looks_without_collision = 0

    @property
    def is_empty(self) -> bool:
        return self._card is None and self._collisions == 0

    def see(self, seen: SelectedCard | Sight) -> SelectedCard | Sight | None:
        """The card that was tapped, :attr:`Sight.SEVERAL` once for cards that lie together, or None: nothing new."""
        self._empty_looks = self._empty_looks + 1 if seen is Sight.EMPTY else 0
        if self._empty_looks >= LOOKS_UNTIL_GONE:
            self._card = None
        if seen is Sight.SEVERAL:
            return self._see_several()
        self._looks_without_collision += 1
        if self._looks_without_collision >= LOOKS_UNTIL_GONE:
            self._collisions = 0
        if isinstance(seen, Sight) or (self._card is not None and seen.uid == self._card.uid):
            return None
        self._card = seen
        return seen

    def _see_several(self) -> Sight | None:
        self._looks_without_collision = 0
        self._collisions += 1
        return Sight.SEVERAL if self._collisions == LOOKS_UNTIL_SEVERAL else None
