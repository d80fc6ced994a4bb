"""gestion-compte before the contract suite: the demo's coop on the fake, its lists imported, and the suite's names."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from kiosk.backends.folder_reader import FolderReader
from kiosk.backends.folder_tables import Tables
from kiosk.backends.gestion_compte.backend import GestionCompteBackend
from kiosk.backends.gestion_compte.fake.coop import FakeCoop
from kiosk.backends.gestion_compte.fake.from_folder import FolderSource
from kiosk.backends.gestion_compte.fake.server import FakeServer
from kiosk.backends.gestion_compte.session import Account
from kiosk.backends.gestion_compte.settings import Settings, Tier
from kiosk.backends.gestion_compte.slots import person_id, shift_id_of
from kiosk.demo.cast import ZONE
from kiosk.demo.gestion_compte_room import import_lists_of
from kiosk.types import MemberId, ShiftId
from tests.backends.renaming import Names, Renamed, ServedRig
from tests.backends.rigs import HASHER

NOT_PROMISED: Final[Mapping[str, str]] = {
    "test_full_round_tells_the_whole_coop": "visitors have no account, and cards of the refused are asked about",
    "test_each_member_is_told_the_next_two_shifts": "no page tells a member's next shifts",
    "test_members_carry_what_a_decision_and_a_greeting_need": "an import tells the counter in whole hours, no wishes",
    "test_blocked_card_stays_known_as_blocked": "a badge that is disabled and one that is unknown are the same",
    "test_small_change_is_a_small_page": "how a member stands is told by a scan alone",
    "test_removed_member_is_forgotten_with_cards_and_places": "who has gone is told by a scan alone",
    "test_change_between_two_pages_is_not_lost": "who has gone is told by a scan alone",
    "test_unknown_cursor_starts_a_full_round": "the pot of hours is not told, so what the test changes is no change",
    "test_household_card_is_present_on_the_account_s_place": "a place is one person's, and takes presences on its day",
    "test_helper_without_a_place_gets_one_by_arriving": "a scan marks places that are booked",
    "test_household_card_is_identified_with_its_account": "who shares a membership is a member like the other",
    "test_booking_that_cannot_be_says_why[gestion-compte-untrained]": "a shift that is full is full, whatever it asks",
    "test_blocked_card_is_identified_as_blocked": "a badge that is disabled and one that is unknown are the same",
}
"""What of the contract gestion-compte does not promise, one by one, and why."""


class GestionCompteRig(ServedRig):
    """A shift manager's terminal, whose coordinator has imported everyone and every card."""

    not_promised = NOT_PROMISED

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        tables = FolderReader(folder, HASHER.hash_canonical, ZONE).read()
        self.names = _names_of(tables)
        self.coop = FakeCoop(name="", zone=ZONE, by_reader=True)
        source = FolderSource(folder, HASHER.key, Settings().nfc_prefix, ZONE)
        self.server = FakeServer(self.coop, self.server_clock, refresh=source.refresh)
        self.server.refresh()
        self._taken_before = self._taken()
        self._asked: dict[tuple[str, str], str] = {}
        import_lists_of(folder, self.coop, folder, HASHER, self.clock)
        self.serve(self.server)

    def new_backend(self) -> Renamed:
        backend = GestionCompteBackend(
            self.cable.url,
            Settings(tier=Tier.SHIFT_MANAGER),
            hasher=HASHER,
            zone=ZONE,
            data_dir=self.folder,
            clock=self.clock,
            account=Account(self.server.setup.user, self.server.setup.password),
            timeout_seconds=5.0,
        )
        # Before a terminal delivers anything, it has heard from the server.
        backend.fetch("", 0)
        return Renamed(self, backend)

    def retype(self) -> None:
        """The fake looks into the files by itself."""

    def note(self, member: str | None, shift: str | None, fact_id: str) -> None:
        self._asked.setdefault((str(member), str(shift)), fact_id)

    def kept_ids(self) -> list[str]:
        """The server keeps no ids of facts: those of the first wish for each place that came to be taken or marked."""
        there = self.names.there
        booked = self._taken() - self._taken_before
        return [self._asked[str(there(member)), str(there(key))] for key, member in (*self.coop.validations, *booked)]

    def came_at(self, member: MemberId, shift: ShiftId) -> datetime | None:
        """None: the server marks a place, and dates nothing."""

    def _taken(self) -> set[tuple[str, str]]:
        return {(place.key, place.shifter.id) for place in self.coop.places.values() if place.shifter is not None}


def _names_of(tables: Tables) -> Names:
    people = {id_: person_id(member.attached_to or id_, member.first_name) for id_, member in tables.members.items()}
    shifts = {id_: shift_id_of(shift.job, shift.starts_at, shift.ends_at, ZONE) for id_, shift in tables.shifts.items()}
    return Names(people, shifts)
