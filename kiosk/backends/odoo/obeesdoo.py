"""BEES coop's family of modules, seen on Odoo 12; ``shift`` alone is there on 16, without sheets."""

from kiosk.backends.base import Accepted, Outcome
from kiosk.backends.odoo.client import Odoo
from kiosk.backends.odoo.family import ABSENCES_ARE_THE_COOP_S
from kiosk.backends.odoo.habits import Tools
from kiosk.backends.odoo.obeesdoo_people import ObeesdooPeople
from kiosk.backends.odoo.obeesdoo_presence import ObeesdooPresence
from kiosk.backends.odoo.obeesdoo_work import ObeesdooWork
from kiosk.backends.odoo.survey import Survey
from kiosk.backends.odoo.wants import SHIFTS
from kiosk.events import BookingOutcome
from kiosk.types import Capabilities, Fact, FactKind, MemberId, ShiftId


class Obeesdoo:
    """A :class:`~kiosk.backends.odoo.family.Family`.

    Places are not booked here: these modules have no lock against two takers of one empty place.
    """

    def __init__(self, survey: Survey, tools: Tools) -> None:
        people = ObeesdooPeople(survey, tools)
        self._presence = ObeesdooPresence(survey, tools, people)
        has_roster = survey.can("read", "shift.shift")
        self.capabilities = Capabilities(
            roster=has_roster,
            next_shifts=has_roster,
            balance=survey.has("cooperative.status", "sr"),
            identify=True,
            undo=True,
            notice=True,
            stand_ins=has_roster,
            grace=tools.habits.grace,
            check_in_opens_minutes=tools.habits.check_in_opens_minutes,
        )
        self.grace_group = SHIFTS
        self.everyone = people.everyone
        self.changed = people.changed
        self.owners = people.owners
        self.people_of = people.people_of
        self.grace = people.grace
        self.work = ObeesdooWork(survey, tools).work

    def deliver(self, odoo: Odoo, fact: Fact) -> Outcome:
        match fact.kind:
            case FactKind.CHECK_IN:
                return self._presence.check_in(odoo, fact)
            case FactKind.CHECK_IN_UNDONE:
                return self._presence.take_back(odoo, fact)
            case FactKind.ABSENCE_ANNOUNCED:
                return ABSENCES_ARE_THE_COOP_S
            case _:
                # Kept here: these modules have no entrance log, and cards are linked on the terminal.
                return Accepted()

    def book(self, _odoo: Odoo, _member: MemberId, _shift: ShiftId) -> BookingOutcome:
        return BookingOutcome.REFUSED

    def give_back(self, _odoo: Odoo, _member: MemberId | None, _shift: ShiftId | None) -> Outcome:
        """Nothing was taken."""
        return Accepted()
