"""When a terminal may be disturbed: never while the coop is open, or about to open. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

AHEAD: Final = timedelta(minutes=30)
"""An update, and going back from it, take less on the slowest machine."""
HOW: Final = "wait until it is closed, or say --now"


def maybe_objection(status: Mapping[str, Any] | None, now: datetime) -> str | None:
    """Why the terminal should not be disturbed now; None where nothing speaks against it.

    Args:
        status: of the running terminal; None where none runs, so that nobody could be disturbed.
        now: aware UTC.
    """
    if status is None:
        return None
    if status.get("clock") == "never":
        return f"the clock is not set, so nobody knows whether the coop is open: {HOW}"
    opening = status.get("opening")
    if not isinstance(opening, Mapping) or not opening.get("known"):
        return f"the coop's opening hours are not known to the terminal: {HOW}"
    if opening.get("open"):
        return f"the coop is open: {HOW}"
    opens_at = opening.get("opens_at")
    if isinstance(opens_at, str) and datetime.fromisoformat(opens_at) - now < AHEAD:
        return f"the coop opens in less than {AHEAD.seconds // 60} minutes: {HOW}"
    return None
