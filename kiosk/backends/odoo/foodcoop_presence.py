"""Who has come, who takes a place, who gives it back: ``shift.registration`` of La Louve's modules.

Nothing of this is guarded by Odoo itself: a plain write marks presence on a shift of next month too, and going back
from ``done`` leaves the point in the ledger. So the guards are here. Nobody is ever marked absent: that can end a
member's fixed place.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kiosk.backends.base import Accepted, Outcome, Refused
from kiosk.backends.odoo.client import Odoo
from kiosk.backends.odoo.family import maybe_number
from kiosk.backends.odoo.foodcoop_people import FoodcoopPeople
from kiosk.backends.odoo.habits import Tools
from kiosk.backends.odoo.survey import Survey
from kiosk.backends.odoo.values import Row, utc_text
from kiosk.events import BookingOutcome
from kiosk.types import Fact, MemberId, ShiftId

EXPECTED: Final = frozenset({"draft", "open", "replacing"})
"""Registrations of people who are to come."""
CLOSED_SHIFT: Final = frozenset({"done", "cancel"})
SLACK: Final = timedelta(minutes=1)
_REGISTRATION: Final = (
    "partner_id", "shift_id", "state", "shift_type", "template_created", "create_uid",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Case:
    """A person and a shift, as Odoo has them now.

    Attributes:
        worker: who is registered: the person, or the member an associated person belongs to.
        registration: of the person, else of the worker.
    """

    shift: Row
    begins_at: datetime
    ends_at: datetime
    worker: Row
    registration: Row | None

    @property
    def state(self) -> str:
        return "" if self.registration is None else self.registration.text("state")


class FoodcoopPresence:
    """Writes ``shift.registration``."""

    def __init__(self, survey: Survey, tools: Tools, people: FoodcoopPeople) -> None:
        self._survey = survey
        self._tools = tools
        self._people = people

    # ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def check_in(self, odoo: Odoo, fact: Fact) -> Outcome:
        """Mark who has come as present, at the time they came."""
        case = self._case(odoo, fact.member_id, fact.shift_id)
        if isinstance(case, Refused):
            return case
        if case.state == "done":
            return Accepted()
        came_at = self._tools.time.when(fact.happened) or self._tools.time.now()
        problem = self._closed(case) or self._early(case, came_at) or self._not_expected(case)
        if problem is not None:
            return problem
        registration = case.registration.id if case.registration is not None else self._walk_in(odoo, case)
        if isinstance(registration, Refused):
            return registration
        values = {"state": "done"}
        if self._survey.has("shift.registration", "date_closed"):
            values["date_closed"] = utc_text(came_at)
        odoo.write("shift.registration", registration, values)
        return Accepted()

    def take_back(self, odoo: Odoo, fact: Fact) -> Outcome:
        """Undo a presence where that gives no point back: on a standard member's own fixed place."""
        case = self._case(odoo, fact.member_id, fact.shift_id)
        if isinstance(case, Refused):
            return case
        if case.registration is None or case.state != "done":
            return Accepted()
        problem = self._closed(case)
        if problem is not None:
            return problem
        if case.registration.text("shift_type") != "standard" or not case.registration.flag("template_created"):
            return Refused("Odoo would keep the point of this presence: take it back there by hand")
        odoo.write("shift.registration", case.registration.id, {"state": "open"})
        return Accepted()

    def give_back(self, odoo: Odoo, member: MemberId | None, shift: ShiftId | None) -> Outcome:
        """Cancel a place that was booked here."""
        case = self._case(odoo, member, shift)
        if isinstance(case, Refused):
            return case
        if case.registration is None or case.state == "cancel":
            return Accepted()
        if not self._is_ours(case.registration) or case.state not in EXPECTED:
            return Refused(f"the place is « {self._label(case.state)} » in Odoo, and was not only booked here")
        problem = self._closed(case)
        if problem is not None:
            return problem
        odoo.write("shift.registration", case.registration.id, {"state": "cancel"})
        return Accepted()

    # ── a place to come ───────────────────────────────────────────────────────────────────────────────────────────

    def book(self, odoo: Odoo, member: MemberId, shift: ShiftId) -> BookingOutcome:
        """Register on a shift that has not ended."""
        case = self._case(odoo, member, shift)
        if isinstance(case, Refused):
            return BookingOutcome.REFUSED
        settled = self._settled(case) or self._no_room(odoo, case)
        if settled is not None:
            return settled
        if case.registration is not None:
            odoo.write("shift.registration", case.registration.id, {"state": "open"})
            return BookingOutcome.BOOKED
        ticket = self._ticket(odoo, case)
        if ticket is None:
            return BookingOutcome.REFUSED
        # Only for flying members do these modules count the seats of a ticket themselves.
        is_limited = ticket.text("shift_type") == "ftop" and ticket.number("seats_max") > 0
        if is_limited and ticket.number("seats_available") <= 0:
            return BookingOutcome.TAKEN
        self._register(odoo, case, ticket)
        return BookingOutcome.BOOKED

    def _settled(self, case: _Case) -> BookingOutcome | None:
        """What the shift and an earlier registration say; None where a place may be looked for."""
        if self._closed(case) or case.ends_at <= self._tools.time.now():
            return BookingOutcome.REFUSED
        if case.registration is None:
            return None
        ours = self._is_ours(case.registration)
        if case.state in EXPECTED or case.state == "done":
            # An answer may have been lost: what the terminal itself registered is what was asked for.
            return BookingOutcome.BOOKED if ours else BookingOutcome.OVERLAP
        return None if case.state == "cancel" and ours else BookingOutcome.REFUSED

    def _no_room(self, odoo: Odoo, case: _Case) -> BookingOutcome | None:
        if self._is_busy(odoo, case):
            return BookingOutcome.OVERLAP
        return BookingOutcome.TAKEN if self._is_full(odoo, case) else None

    def _is_busy(self, odoo: Odoo, case: _Case) -> bool:
        others = odoo.rows(
            "shift.registration",
            [
                ("partner_id", "=", case.worker.id),
                ("state", "in", sorted(EXPECTED)),
                ("shift_id", "!=", case.shift.id),
                # Nobody comes for the technical shifts of flying members.
                ("shift_id.shift_type_id.is_ftop", "=", False),
                ("shift_id.date_begin", "<", utc_text(case.ends_at)),
                ("shift_id.date_end", ">", utc_text(case.begins_at)),
            ],
            ["shift_id"],
            limit=1,
        )
        return bool(others)

    def _is_full(self, odoo: Odoo, case: _Case) -> bool:
        places = case.shift.number("seats_max")
        if not places:
            return False
        states = sorted(EXPECTED | {"done"})
        taken = odoo.rows("shift.registration", [("shift_id", "=", case.shift.id), ("state", "in", states)], ["state"])
        return len(taken) >= places

    # ── registering ───────────────────────────────────────────────────────────────────────────────────────────────

    def _walk_in(self, odoo: Odoo, case: _Case) -> int | Refused:
        """Register somebody who came without a place; returns the registration's id."""
        ticket = self._ticket(odoo, case)
        if ticket is None:
            return Refused("this shift has no ticket for this member in Odoo")
        return self._register(odoo, case, ticket)

    def _register(self, odoo: Odoo, case: _Case, ticket: Row) -> int:
        return odoo.create(
            "shift.registration",
            {
                "partner_id": case.worker.id,
                "shift_id": case.shift.id,
                "shift_ticket_id": ticket.id,
                "state": "open",
            },
        )

    def _ticket(self, odoo: Odoo, case: _Case) -> Row | None:
        """The kind of place: a standard member who owes makes up; everybody else works for the other counter."""
        owes = case.worker.text("shift_type") != "ftop" and case.worker.points("final_standard_point") < 0
        kind = "standard" if owes else "ftop"
        tickets = odoo.rows(
            "shift.ticket",
            [("shift_id", "=", case.shift.id), ("shift_type", "=", kind)],
            self._survey.fields["shift.ticket"],
            limit=1,
        )
        return tickets[0] if tickets else None

    # ── as it stands ──────────────────────────────────────────────────────────────────────────────────────────────

    def _case(self, odoo: Odoo, member: MemberId | None, shift: ShiftId | None) -> _Case | Refused:
        shift_number = maybe_number(shift)
        if shift_number is None:
            return Refused("Odoo does not know this shift")
        shifts = odoo.rows("shift.shift", [("id", "=", shift_number)], self._survey.fields["shift.shift"])
        person = self._people.maybe_row(odoo, member)
        if not shifts or person is None:
            return Refused("Odoo does not know this member or this shift, or has two members of this number")
        parent = None if person.flag("is_member") else person.maybe_link("parent_id")
        worker = person if parent is None else self._worker(odoo, parent.id)
        if worker is None:
            return Refused("the member this person belongs to is no longer there in Odoo")
        return _Case(
            shift=shifts[0],
            begins_at=shifts[0].moment("date_begin", self._tools.zone),
            ends_at=shifts[0].moment("date_end", self._tools.zone),
            worker=worker,
            registration=self._registration(odoo, shift_number, (person.id, worker.id)),
        )

    def _worker(self, odoo: Odoo, record: int) -> Row | None:
        rows = odoo.rows("res.partner", [("id", "=", record)], self._survey.fields["res.partner"])
        return rows[0] if rows else None

    @staticmethod
    def _registration(odoo: Odoo, shift: int, people: tuple[int, int]) -> Row | None:
        found = odoo.rows(
            "shift.registration", [("shift_id", "=", shift), ("partner_id", "in", sorted({*people}))], _REGISTRATION
        )
        by_person = {link.id: row for row in found if (link := row.maybe_link("partner_id")) is not None}
        return next((by_person[id_] for id_ in people if id_ in by_person), None)

    def _is_ours(self, registration: Row) -> bool:
        """Made by this terminal's technical user, not from the fixed places."""
        maker = registration.maybe_link("create_uid")
        is_technical = maker is not None and maker.id == self._survey.user_id
        return is_technical and not registration.flag("template_created")

    # ── what speaks against it ────────────────────────────────────────────────────────────────────────────────────

    def _closed(self, case: _Case) -> Refused | None:
        state = case.shift.text("state")
        if state not in CLOSED_SHIFT:
            return None
        return Refused(f"the shift is « {self._survey.label('shift.shift', 'state', state)} » in Odoo")

    def _early(self, case: _Case, at: datetime) -> Refused | None:
        window = timedelta(minutes=self._tools.habits.check_in_opens_minutes) + SLACK
        return Refused("the shift was still to come at that time") if at < case.begins_at - window else None

    def _not_expected(self, case: _Case) -> Refused | None:
        if case.registration is None or case.state in EXPECTED:
            return None
        return Refused(f"the registration is « {self._label(case.state)} » in Odoo")

    def _label(self, state: str) -> str:
        return self._survey.label("shift.registration", "state", state)
