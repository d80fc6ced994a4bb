"""An Odoo without modules of food coops: whoever has a bar code is a member until archived. Any version from 14."""

from collections.abc import Iterable
from typing import Final

from kiosk.backends.base import Accepted, Outcome
from kiosk.backends.odoo.client import Odoo
from kiosk.backends.odoo.family import People, Window, Work
from kiosk.backends.odoo.habits import Tools, first_name_of
from kiosk.backends.odoo.survey import Survey
from kiosk.backends.odoo.values import Domain, Row
from kiosk.backends.odoo.wants import CONTACTS
from kiosk.events import BookingOutcome
from kiosk.types import Capabilities, Card, Fact, Member, MemberId, ShiftId, Status

WITH_BARCODE: Final[Domain] = [("barcode", "!=", False)]


class Plain:
    """A :class:`~kiosk.backends.odoo.family.Family`."""

    capabilities = Capabilities(identify=True, notice=True)
    grace_group = CONTACTS

    def __init__(self, survey: Survey, tools: Tools) -> None:
        self._tools = tools
        self._fields = survey.fields["res.partner"]

    def everyone(self, odoo: Odoo) -> People:
        return self._people(odoo.every("res.partner", WITH_BARCODE, self._fields, archived_too=True))

    def changed(self, odoo: Odoo, since: str) -> People:
        return self._people(odoo.every("res.partner", [("write_date", ">=", since)], self._fields, archived_too=True))

    def owners(self, odoo: Odoo, spellings: Iterable[str]) -> frozenset[int]:
        rows = odoo.rows("res.partner", [("barcode", "in", list(spellings))], ["active"], archived_too=True)
        # The badge of someone who has left may have gone to another.
        return frozenset(row.id for row in rows if row.flag("active")) or frozenset(row.id for row in rows)

    def people_of(self, odoo: Odoo, ids: Iterable[int]) -> People:
        return self._people(odoo.rows("res.partner", [("id", "in", sorted(ids))], self._fields, archived_too=True))

    def work(self, _odoo: Odoo, _window: Window, _since: str | None) -> Work:
        return Work()

    def deliver(self, _odoo: Odoo, _fact: Fact) -> Outcome:
        """Nothing has a home there; what happens is kept in the journal."""
        return Accepted()

    def book(self, _odoo: Odoo, _member: MemberId, _shift: ShiftId) -> BookingOutcome:
        return BookingOutcome.REFUSED

    def grace(self, _odoo: Odoo, _member: MemberId) -> Member | None:
        return None

    def give_back(self, _odoo: Odoo, _member: MemberId | None, _shift: ShiftId | None) -> Outcome:
        """Nothing was taken."""
        return Accepted()

    def _people(self, rows: Iterable[Row]) -> People:
        members: list[Member] = []
        cards: list[Card] = []
        gone: list[MemberId] = []
        for row in rows:
            id_ = MemberId(str(row.id))
            barcode, name = row.text("barcode"), row.text("name")
            if not barcode:
                gone.append(id_)
                continue
            first_name = row.text("firstname") or first_name_of(name, self._tools.habits.name_order)
            status = Status.OK if row.flag("active") else Status.LEFT
            members.append(Member(id=id_, first_name=first_name, name=name, status=status))
            hash_ = self._tools.maybe_card(barcode)
            if hash_ is not None:
                cards.append(Card(hash=hash_, member_id=id_))
        return People(members=tuple(members), cards=tuple(cards), gone=frozenset(gone))
