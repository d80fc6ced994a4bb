"""Cards that nobody knows, one after the other: numbers that are tried out, and not a queue of people."""

from typing import Final

from kiosk.rules.turn import Turn

MOST: Final = 8
WITHIN_SECONDS: Final = 30.0
"""So many within so long are no people, who need some four seconds each."""
PAUSE_SECONDS: Final = 3.0
"""At this pace it takes months to find a four-byte number that opens, and the journal is not flooded."""


def count(turn: Turn) -> None:
    """One more that nobody knew here."""
    turn.change(strangers=(*turn.session.strangers, turn.around.monotonic)[-MOST:])


def are_tried(strangers: tuple[float, ...], now: float) -> bool:
    """They have come faster than people do: now each costs a pause, in which no card is looked at.

    Args:
        strangers: when the last ones came, in the seconds of ``now``.
        now: in seconds; runs evenly.
    """
    many = len(strangers) == MOST and now - strangers[0] < WITHIN_SECONDS
    return many and now - strangers[-1] < PAUSE_SECONDS
