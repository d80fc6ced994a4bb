"""Odoo before the contract suite: the demo's files retyped into the fake, and the suite's names for Odoo's.

The coop of this rig keeps the numbers of contactless cards in the field for bar codes, so that they are Odoo's to know.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kiosk.backends.odoo.backend import OdooBackend
from kiosk.backends.odoo.rpc import JsonRpc
from kiosk.backends.odoo.values import TIME_FORMAT
from kiosk.demo.cast import CAST, ZONE
from kiosk.demo.fake_odoo.foodcoop import FoodcoopDatabase
from kiosk.demo.fake_odoo.seed import LOGIN, USER_ID, foodcoop_of, read_coop
from kiosk.demo.fake_odoo.server import FakeOdoo
from kiosk.types import MemberId, ShiftId
from tests.backends.renaming import Names, Renamed, ServedRig, card_rows
from tests.backends.rigs import HASHER

NOT_PROMISED: Final[Mapping[str, str]] = {
    "test_members_carry_what_a_decision_and_a_greeting_need": "large text and long pulse are kept at the terminal",
    "test_blocked_card_stays_known_as_blocked": "these modules have no list of lost badges",
    "test_blocked_card_is_identified_as_blocked": "these modules have no list of lost badges",
    "test_household_card_is_present_on_the_account_s_place": "a shift of next week takes no presence",
    "test_every_kind_of_fact_finds_its_home": "a check-in without a shift is left to a person",
    "test_booking_that_cannot_be_says_why[odoo-untrained]": "these modules ask for no training",
}
"""What of the contract Odoo does not promise, one by one, and why."""

NAME: Final = "coop"
SECRET: Final = "a key"
KEPT: Final = ("id", "create_date", "write_date", "create_uid", "write_uid")


class OdooRig(ServedRig):
    """La Louve's modules on the fake, with the real backend before them."""

    not_promised = NOT_PROMISED

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._stamp = self._stamps()
        self._database, numbers = self._typed()
        people = {person.id: MemberId(f"{person.attached_to}-{person.number}") for person in CAST if person.attached_to}
        self.names = Names(people, {name: ShiftId(str(number)) for name, number in numbers.items()})
        self._asked: dict[tuple[str, str], str] = {}
        self.server = FakeOdoo(self._database, NAME, self.server_clock)
        self.serve(self.server)

    def new_backend(self) -> Renamed:
        rpc = JsonRpc(self.cable.url, NAME, LOGIN, SECRET)
        backend = OdooBackend(
            rpc, HASHER.hash_canonical, ZONE, self.clock, coop_folder=self.folder, timeout_seconds=5.0
        )
        return Renamed(self, backend)

    def kept_ids(self) -> list[str]:
        """Odoo keeps no ids of facts: those of the first wish for each registration that the terminal has made its."""
        rows = self._database.tables["shift.registration"].rows.values()
        ours = [row for row in rows if USER_ID in {row["create_uid"], row["write_uid"]}]
        return [self._asked[str(row["partner_id"]), str(row["shift_id"])] for row in ours]

    def came_at(self, member: MemberId, shift: ShiftId) -> datetime | None:
        rows = self._database.tables["shift.registration"].rows.values()
        there = int(self.names.there(member) or 0), int(self.names.there(shift) or 0)
        [row] = [row for row in rows if (row["partner_id"], row["shift_id"]) == there]
        return datetime.strptime(row["date_closed"], TIME_FORMAT).replace(tzinfo=UTC)

    def note(self, member: str | None, shift: str | None, fact_id: str) -> None:
        self._asked.setdefault((str(member), str(shift)), fact_id)

    # ── what is in the files, in Odoo ─────────────────────────────────────────────────────────────────────────────

    def _stamps(self) -> list[int]:
        return [path.stat().st_mtime_ns for path in sorted(self.folder.glob("*.csv"))]

    def _typed(self) -> tuple[FoodcoopDatabase, Mapping[ShiftId, int]]:
        database, numbers = foodcoop_of(read_coop(self.folder, self.server_clock), self.server_clock, SECRET)
        for row in card_rows(self.folder):
            kind, _, code = row["card"].partition(":")
            partner = database.tables["res.partner"].rows.get(int(row["member"]))
            if partner is not None and kind != "ean":
                partner["barcode"] = code
        return database, numbers

    def retype(self) -> None:
        """The office types into Odoo what somebody has changed in the files."""
        if self._stamp == self._stamps():
            return
        self._stamp = self._stamps()
        fresh = self._typed()[0].tables["res.partner"].rows
        for id_, row in self._database.tables["res.partner"].rows.items():
            wanted = fresh.get(id_, {**row, "active": False})
            changed = {name: value for name, value in wanted.items() if name not in KEPT and row[name] != value}
            if changed:
                self._database.touch("res.partner", id_, **changed)
