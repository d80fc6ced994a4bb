"""The entrance log of La Louve's badge reader, ``res.partner.move``.

A row is created, with the state the terminal showed: the badge reader's own ``log_move`` would write the state of the
moment the row arrives, and send mail about people who left hours ago. Odoo has no column for the time somebody came;
after an outage its rows carry the time they arrived. The true time stays in the terminal's journal.
"""

from collections import OrderedDict
from datetime import timedelta
from typing import Final

from kiosk.backends.base import Accepted, Outcome, Refused
from kiosk.backends.odoo.client import Odoo
from kiosk.backends.odoo.foodcoop_people import COLOURS, DANGER, FoodcoopPeople
from kiosk.backends.odoo.habits import Tools
from kiosk.backends.odoo.survey import Survey
from kiosk.backends.odoo.values import Domain, Row, utc_text
from kiosk.clock import moment
from kiosk.types import Fact, FactId

REMEMBERED: Final = 1000
LOOK_BACK: Final = timedelta(days=1)
"""How far back an earlier try is looked for where nobody knows when somebody came."""


class FoodcoopLog:
    """Writes who came in. Owned by the sync thread."""

    def __init__(self, survey: Survey, tools: Tools, people: FoodcoopPeople) -> None:
        self._survey = survey
        self._tools = tools
        self._people = people
        self._began = moment(tools.clock)
        self._written: OrderedDict[FactId, int] = OrderedDict()
        self._unsure: set[FactId] = set()

    def enter(self, odoo: Odoo, fact: Fact) -> Outcome:
        """Write one entry, once."""
        if fact.id in self._written:
            return Accepted()
        row = self._people.maybe_row(odoo, fact.member_id)
        if row is None:
            return Refused("Odoo does not know this member, or has two of this number")
        found = self._maybe_earlier_try(odoo, row.id, fact) if self._may_be_there(fact) else None
        self._unsure.add(fact.id)
        self._note(fact.id, self._create(odoo, row) if found is None else found)
        return Accepted()

    def _create(self, odoo: Odoo, row: Row) -> int:
        # Before anything was read, as after a power cut in an outage, the state of now is the best there is.
        state = self._people.states.get(row.id) or row.text("cooperative_state")
        values = {
            "partner_id": row.id,
            "action": "in",
            "cooperative_state": state or False,
            "bootstrap_cooperative_state": COLOURS.get(state, DANGER),
        }
        return odoo.create("res.partner.move", values)

    def _maybe_earlier_try(self, odoo: Odoo, person: int, fact: Fact) -> int | None:
        """The row of a try whose answer was lost: made by us since it happened, and of no other fact."""
        since = self._tools.time.stamp_of(fact.happened) or self._tools.time.now() - LOOK_BACK
        domain: Domain = [
            ("partner_id", "=", person),
            ("action", "=", "in"),
            ("create_uid", "=", self._survey.user_id),
            ("create_date", ">=", utc_text(since)),
            ("id", "not in", list(self._written.values())),
        ]
        rows = odoo.rows("res.partner.move", domain, ["action"], order="id", limit=1)
        return rows[0].id if rows else None

    def _may_be_there(self, fact: Fact) -> bool:
        """There may have been a try whose answer was lost: by this program, or by the one before it."""
        happened, began = fact.happened, self._began
        is_older = happened.boot_id != began.boot_id or happened.monotonic < began.monotonic
        return is_older or fact.id in self._unsure

    def _note(self, fact: FactId, move: int) -> None:
        self._unsure.discard(fact)
        self._written[fact] = move
        if len(self._written) > REMEMBERED:
            self._written.popitem(last=False)
