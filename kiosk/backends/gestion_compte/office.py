"""What a shift manager does by hand, done for one: a presence, a place, its release. Needs a service account.

Every form of the server's carries a token that stands in the window of its shift, so each deed is two requests: look
into the window, then send. What the window already shows as done is not done again, so repeating does no harm.
"""

import json
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from enum import Enum
from typing import Final

from kiosk.backends.base import Accepted, Outcome, Refused, Retry
from kiosk.backends.gestion_compte import selectors as at
from kiosk.backends.gestion_compte import words
from kiosk.backends.gestion_compte.french import plain, slug
from kiosk.backends.gestion_compte.office_pages import (
    BucketWindow,
    OfficePlace,
    read_bucket_list,
    read_bucket_window,
)
from kiosk.backends.gestion_compte.people import Person
from kiosk.backends.gestion_compte.session import Budget, Page, Session
from kiosk.backends.gestion_compte.shop import Shop
from kiosk.backends.gestion_compte.slots import Slot, slot_of
from kiosk.errors import BackendUnavailable
from kiosk.events import BookingOutcome
from kiosk.types import ShiftId

LIST: Final = "/booking/admin"
WINDOWS: Final = ("/booking/admin/bucket/{}/show", "/booking/bucket/{}/show")
"""On master, and on 1.x. In this order: under the second master shows everybody the shift without names and forms."""
ALREADY: Final = "deja ete"
TAKEN: Final = "deja reserve"
UNTRAINED: Final = "qualification"
EXPIRED: Final = "csrf"
"""Words of the server's messages, as plain text."""


class _Sent(Enum):
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class _Answer:
    sent: _Sent
    message: str


class Office:
    """Deeds of the shift manager's, from any thread.

    Args:
        session: signed in as the service account.
        shop: knows under which id a shift is shown.
        zone: the coop's time zone.
    """

    def __init__(self, session: Session, shop: Shop, zone: tzinfo) -> None:
        self._session = session
        self._shop = shop
        self._zone = zone

    def set_present(self, shift_id: ShiftId, person: Person, budget: Budget, *, present: bool) -> Outcome:
        """Validate a presence, or take it back. The server dates it now, whenever it was."""
        slot = slot_of(shift_id, self._zone)
        window = self._window(shift_id, slot, budget)
        place = None if window is None else _held_by(person, window)
        if place is None:
            return Refused(words.NO_LONGER_THERE if window is None else words.NOT_BOOKED)
        if place.present is present:
            return Accepted()
        form = f"{at.FORM_VALIDATE}{place.shift}"
        if form not in place.tokens:
            # Only shown once the shift has begun, and only where the reader validates at all.
            starts_in = (slot.starts_at - self._shop.now()).total_seconds()
            return Retry(starts_in + 1) if starts_in > 0 else Refused(words.NOT_BY_READER)
        fields = {f"{form}[validate]": str(int(present)), f"{form}[_token]": place.tokens[form]}
        answer = self._send(f"/shift/{place.shift}/validate_admin", fields, budget)
        done = answer.sent is _Sent.DONE or ALREADY in plain(answer.message)
        return Accepted() if done else Refused(answer.message)

    def book(self, shift_id: ShiftId, person: Person, budget: Budget) -> BookingOutcome:
        """Give a free place that is kept for nobody. Who has a place already overlaps with themselves."""
        window = self._window(shift_id, slot_of(shift_id, self._zone), budget)
        if window is None:
            return BookingOutcome.REFUSED
        if _held_by(person, window) is not None:
            return BookingOutcome.OVERLAP
        free = [place for place in window.places if place.open_to_all]
        fit = [place for place in free if not place.formation or place.formation in map(plain, person.trained)]
        if not fit:
            return BookingOutcome.TRAINING if free else BookingOutcome.TAKEN
        shifter = next((name for name in window.everyone if _is(person, *_split(name))), None)
        if shifter is None:
            return BookingOutcome.REFUSED
        # A place without a training is left to those who have none.
        place = max(fit, key=lambda place: bool(place.formation))
        form = f"{at.FORM_BOOK}{place.shift}"
        fields = {f"{form}[shifter]": shifter, f"{form}[fixe]": "0", f"{form}[_token]": place.tokens[form]}
        answer = self._send(f"/shift/{place.shift}/book_admin", fields, budget)
        return BookingOutcome.BOOKED if answer.sent is _Sent.DONE else _why_not(answer.message)

    def has_place(self, shift_id: ShiftId, person: Person, budget: Budget) -> bool:
        """The person holds a place on the shift."""
        window = self._window(shift_id, slot_of(shift_id, self._zone), budget)
        return window is not None and _held_by(person, window) is not None

    def free(self, shift_id: ShiftId, person: Person, budget: Budget) -> Outcome:
        """Give a place back. One that is not held any more is given back."""
        window = self._window(shift_id, slot_of(shift_id, self._zone), budget)
        place = None if window is None else _held_by(person, window)
        if place is None:
            return Accepted()
        form = f"{at.FORM_FREE}{place.shift}"
        if form not in place.tokens:
            return Refused(words.NOT_FREED)
        fields = {f"{form}[reason]": "", f"{form}[_token]": place.tokens[form]}
        answer = self._send(f"/shift/{place.shift}/free_admin", fields, budget)
        return Accepted() if answer.sent is _Sent.DONE else Refused(answer.message)

    def knock(self, budget: Budget) -> None:
        """See whether the account is let in, and do nothing. Raises what a request does."""
        read_bucket_list(self._session.get(LIST, budget).html)

    def close(self) -> None:
        """Twice does no harm."""
        self._session.close()

    # ── the window of a shift ─────────────────────────────────────────────────────────────────────────────────────

    def _window(self, shift_id: ShiftId, slot: Slot, budget: Budget) -> BucketWindow | None:
        bucket = next((coming.shown.bucket for coming in self._shop.coming if coming.id == shift_id), 0)
        page = self._show(bucket, budget) if bucket else None
        if page is None:
            bucket = self._listed(slot, budget)
            page = self._show(bucket, budget) if bucket else None
        return None if page is None else read_bucket_window(page.html)

    def _show(self, bucket: int, budget: Budget) -> Page | None:
        for path in WINDOWS:
            page = self._session.get(path.format(bucket), budget)
            if page.status == 200:
                return page
        return None

    def _listed(self, slot: Slot, budget: Budget) -> int:
        """The id of a shift by its hours, from the office's list of that day; 0 if it is not there."""
        starts, ends = slot.starts_at.astimezone(self._zone), slot.ends_at.astimezone(self._zone)
        _, untouched = read_bucket_list(self._session.get(LIST, budget).html)
        fields = {
            **untouched,
            "form[type]": "date",
            "form[from]": f"{starts:%Y-%m-%d}",
            "form[to]": f"{ends.date() + timedelta(days=1):%Y-%m-%d}",
        }
        page = self._session.post(LIST, fields, budget, as_script=False)
        listed, _ = read_bucket_list(page.html)
        # In the order of their days: of a shift that passes midnight the next day's twin comes after it.
        hours = (starts.time(), ends.time())
        return next((b.bucket for b in listed if slug(b.job) == slot.job and (b.starts, b.ends) == hours), 0)

    def _send(self, path: str, fields: dict[str, str], budget: Budget) -> _Answer:
        page = self._session.post(path, fields, budget)
        try:
            told = json.loads(page.html)
            message = told["message"]
        except (ValueError, TypeError, KeyError):
            raise BackendUnavailable("the server answers a form with something else") from None
        if EXPIRED in plain(str(message)):
            raise BackendUnavailable("the form's token was of a session that is over")
        return _Answer(_Sent.DONE if page.status == 200 else _Sent.REFUSED, str(message)[:200])


def _split(name: str) -> tuple[str, str]:
    """Number and name of ``#12 Prénom NOM``."""
    number, _, rest = name.removeprefix("#").partition(" ")
    return number, rest


def _is(person: Person, number: str, name: str) -> bool:
    """Whether ``name``, with its surname, is this person's. A membership of two shares its number."""
    return number == person.number and f"{plain(name)} ".startswith(f"{plain(person.first_name)} ")


def _held_by(person: Person, window: BucketWindow) -> OfficePlace | None:
    """The person's place; of someone without a number the only one under that first name."""
    found = [
        place for place in window.places if place.number and _is(person, person.number and place.number, place.name)
    ]
    return found[0] if len(found) == 1 else None


def _why_not(message: str) -> BookingOutcome:
    said = plain(message)
    if TAKEN in said:
        return BookingOutcome.TAKEN
    return BookingOutcome.TRAINING if UNTRAINED in said else BookingOutcome.REFUSED
