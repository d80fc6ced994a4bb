"""La Louve's family of modules, seen on Odoo 12 and said to be the same on 18."""

from kiosk.backends.base import Accepted, Outcome
from kiosk.backends.odoo.client import Odoo
from kiosk.backends.odoo.family import ABSENCES_ARE_THE_COOP_S
from kiosk.backends.odoo.foodcoop_log import FoodcoopLog
from kiosk.backends.odoo.foodcoop_people import FoodcoopPeople
from kiosk.backends.odoo.foodcoop_presence import FoodcoopPresence
from kiosk.backends.odoo.foodcoop_work import FoodcoopWork
from kiosk.backends.odoo.habits import Tools
from kiosk.backends.odoo.survey import Survey
from kiosk.backends.odoo.wants import MEMBERS_READ, SHIFT_USER
from kiosk.types import Capabilities, Fact, FactKind


class Foodcoop:
    """A :class:`~kiosk.backends.odoo.family.Family`."""

    def __init__(self, survey: Survey, tools: Tools) -> None:
        people = FoodcoopPeople(survey, tools)
        self._presence = FoodcoopPresence(survey, tools, people)
        self._log = FoodcoopLog(survey, tools, people)
        self._keeps_log = tools.habits.entrance_log and survey.can("create", "res.partner.move")
        has_roster = survey.can("read", "shift.shift", "shift.registration")
        may_register = survey.can("create", "shift.registration") and survey.can("write", "shift.registration")
        self.capabilities = Capabilities(
            roster=has_roster,
            next_shifts=has_roster,
            balance=survey.has("res.partner", "final_standard_point"),
            identify=True,
            booking=has_roster and may_register and survey.can("read", "shift.ticket"),
            undo=True,
            notice=True,
            stand_ins=has_roster,
            grace=tools.habits.grace,
            check_in_opens_minutes=tools.habits.check_in_opens_minutes,
        )
        self.grace_group = f"{MEMBERS_READ} and {SHIFT_USER}"
        self.everyone = people.everyone
        self.changed = people.changed
        self.owners = people.owners
        self.people_of = people.people_of
        self.work = FoodcoopWork(survey, tools, people).work
        self.book = self._presence.book
        self.give_back = self._presence.give_back
        self.grace = people.grace

    def deliver(self, odoo: Odoo, fact: Fact) -> Outcome:
        match fact.kind:
            case FactKind.CHECK_IN:
                return self._presence.check_in(odoo, fact)
            case FactKind.CHECK_IN_UNDONE:
                return self._presence.take_back(odoo, fact)
            case FactKind.PASSAGE if self._keeps_log:
                return self._log.enter(odoo, fact)
            case FactKind.ABSENCE_ANNOUNCED:
                return ABSENCES_ARE_THE_COOP_S
            case _:
                # Kept here: cards are linked on the terminal, and a booking is there already.
                return Accepted()
