"""The card reader's two routes, as whoever stands in the shop; as the account where the server does not know the place.

A coop behind a box whose address changes has no address to write into PLACE_LOCAL_IP_ADDRESS. Whoever is signed in may
see the reader's page from anywhere, unless people sign in elsewhere (OIDC): then only a known place may.
"""

import logging
from collections.abc import Mapping
from typing import Final

from kiosk.backends.gestion_compte.session import READER, Budget, Look, Page, Session
from kiosk.errors import NotAuthorised

log = logging.getLogger(__name__)

CHECK: Final = "/card_reader/check"


class Entrance:
    """The reader's page, and the scan, from any thread.

    Args:
        place: whoever stands in the shop.
        account: the shift manager; None in the reader's tier.
    """

    def __init__(self, place: Session, account: Session | None) -> None:
        self.place = place
        self._account = account
        self._who = place

    def page(self, budget: Budget) -> Page:
        """The reader's page.

        Raises:
            NotAuthorised: the server knows neither the place nor the account.
            BackendUnavailable: no usable answer in time.
        """
        try:
            page = self.place.get(READER, budget)
        except NotAuthorised as stranger:
            page = self._as_account(stranger, budget)
        else:
            self._who = self.place
        return page

    def _as_account(self, stranger: NotAuthorised, budget: Budget) -> Page:
        if self._account is None:
            raise stranger
        try:
            page = self._account.get(READER, budget)
        except NotAuthorised as fault:
            raise NotAuthorised(f"{stranger}; {fault}") from fault
        if self._who is self.place:
            log.info("gestion-compte: %s: the account reads for it", stranger)
        self._who = self._account
        return page

    def scan(self, form: Mapping[str, str], budget: Budget) -> tuple[Page, Look | None]:
        """The answer to a scan, and the reader's page after it where it leads there; raises as :meth:`page`."""
        return self._who.post_and_look(CHECK, form, READER, budget)
