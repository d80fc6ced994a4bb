"""The scan itself: one card, one answer, never twice within two seconds.

The server marks as present, then answers. Twice within a second it answers the second time with an error; the scan has
been done all the same. So a scan whose answer was lost can be repeated, two seconds later.
"""

import threading
from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from kiosk.backends.gestion_compte.entrance import Entrance
from kiosk.backends.gestion_compte.reader_pages import ScanPage, read_reader, read_scan
from kiosk.backends.gestion_compte.session import Budget
from kiosk.backends.gestion_compte.shop import Shop
from kiosk.clock import Clock
from kiosk.errors import BackendUnavailable, NotAuthorised
from kiosk.types import CardHash

FIELD: Final = "swipe_code"
SPACING_SECONDS: Final = 2.0
REMEMBERED: Final = 1000


class TooSoon(BackendUnavailable):
    """Error raised when the same card was scanned a moment ago.

    Attributes:
        seconds: until it can be scanned again.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__("the card was scanned a moment ago")
        self.seconds = seconds


class Scans:
    """Scans cards, from any thread.

    Args:
        entrance: the server.
        shop: what the reader's page wants sent along.
        clock: spaces the scans of a card.
        zone: the coop's time zone.
    """

    def __init__(self, entrance: Entrance, shop: Shop, clock: Clock, zone: tzinfo) -> None:
        self._entrance = entrance
        self._shop = shop
        self._clock = clock
        self._zone = zone
        self._guard = threading.Lock()
        self._scanned: dict[CardHash, float] = {}

    def scan(self, card: CardHash, code: str, budget: Budget) -> ScanPage | None:
        """What the server says of a card; None when it does not know it, or has it disabled.

        Raises:
            TooSoon: wait.
            NotAuthorised: the server takes no scans from this place.
            PageUnreadable: the answer has changed.
            BackendUnavailable: no usable answer; the scan may have been done.
        """
        self._space(card)
        hidden = self._shop.hidden_fields
        fresh = self._try(code, hidden, budget)
        if isinstance(fresh, Mapping) and fresh != hidden:
            # The protection that was sent along had run out: what stands on the page now is good for one more try.
            fresh = self._try(code, fresh, budget)
        if isinstance(fresh, Mapping):
            raise NotAuthorised("the server takes no scan from this terminal any more: it may ask for more than it did")
        return fresh

    def _space(self, card: CardHash) -> None:
        now = self._clock.monotonic()
        with self._guard:
            left = self._scanned.get(card, now - SPACING_SECONDS) + SPACING_SECONDS - now
            if left > 0:
                raise TooSoon(left)
            if len(self._scanned) > REMEMBERED:
                self._scanned.clear()
            self._scanned[card] = now

    def _try(self, code: str, hidden: Mapping[str, str], budget: Budget) -> ScanPage | Mapping[str, str] | None:
        """The answer, or the fields to be sent along where the scan was not taken."""
        form = {FIELD: code, **hidden}
        answer, after = self._entrance.scan(form, budget)
        if answer.status == 200:
            return read_scan(answer.html, self._shop.now().astimezone(self._zone).date())
        if answer.status == 400:
            return self._shop.read_today(budget).hidden
        if after is None:
            raise BackendUnavailable("the server answers a scan with something else")
        shown = read_reader(after.page.html)
        # Where the server could not say why on the next page, it is the card, as far as is known.
        return None if shown.card_unknown or not after.told else shown.hidden
