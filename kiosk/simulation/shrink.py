"""Cuts a story that ends badly down to the few entries that make it end so (Zeller's delta debugging)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kiosk.simulation.story import Entry
from kiosk.simulation.wish import Outcome, Wish
from kiosk.simulation.world import simulate

MOST_RUNS: Final = 120
ALWAYS: Final = frozenset({"plan", "purge"})
"""What the night does is no part of the story."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A short story.

    Attributes:
        wish: plays it.
        outcome: how it ends.
        runs: how many were played to find it.
    """

    wish: Wish
    outcome: Outcome
    runs: int

    @property
    def story(self) -> list[Entry]:
        """Its entries, without those of every night."""
        return [entry for entry in self.outcome.story if entry.kind not in ALWAYS]


def shrink(
    wish: Wish, outcome: Outcome, *, most_runs: int = MOST_RUNS, play: Callable[[Wish], Outcome] = simulate
) -> Shrunk:
    """Leave out what does not matter.

    Args:
        wish: the one that ended badly.
        outcome: how; its promise has to be broken by the short story as well.
        most_runs: how many may be played.
        play: plays a wish.
    """
    assert outcome.broken is not None
    search = _Search(wish, outcome, most_runs, play)
    keys = [entry.key for entry in outcome.story if entry.kind not in ALWAYS]
    parts = 2
    while len(keys) > 1 and parts <= len(keys) and search.runs < most_runs:
        pieces = _pieces(keys, parts)
        found = search.first_that_breaks([*pieces, *_complements(pieces)])
        if found is None:
            parts *= 2
            if parts > len(keys) and len(pieces) < len(keys):
                parts = len(keys)
        else:
            parts = 2 if found in pieces else max(2, parts - 1)
            keys = found
    return Shrunk(search.wish, search.outcome, search.runs)


class _Search:
    """The shortest story found so far."""

    def __init__(self, wish: Wish, outcome: Outcome, most_runs: int, play: Callable[[Wish], Outcome]) -> None:
        self.wish = wish
        self.outcome = outcome
        self.runs = 0
        self._most_runs = most_runs
        self._play = play

    def first_that_breaks(self, stories: Sequence[list[str]]) -> list[str] | None:
        """The first of these that breaks the same promise."""
        assert self.outcome.broken is not None
        for keys in stories:
            if self.runs >= self._most_runs:
                return None
            wish = replace(self.wish, keep=tuple(keys))
            outcome = self._play(wish)
            self.runs += 1
            if outcome.broken is not None and outcome.broken.promise == self.outcome.broken.promise:
                self.wish, self.outcome = wish, outcome
                return keys
        return None


def _pieces(keys: list[str], parts: int) -> list[list[str]]:
    size = -(-len(keys) // parts)
    return [keys[begin : begin + size] for begin in range(0, len(keys), size)]


def _complements(pieces: list[list[str]]) -> list[list[str]]:
    if len(pieces) <= 2:
        return []
    return [[key for piece in pieces if piece is not left for key in piece] for left in pieces]
