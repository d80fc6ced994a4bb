"""The invented coop of the demo (docs/folder.md) as a gestion-compte server has it: other words for the same people."""

from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final

from kiosk.backends.folder_reader import FolderReader
from kiosk.backends.folder_tables import Tables
from kiosk.backends.gestion_compte.codes import swipe_code
from kiosk.backends.gestion_compte.fake.coop import DUE_MINUTES, Beneficiary, FakeCoop, Membership, Place
from kiosk.types import CardHash, Member, MemberId, ShiftId, Status

COLOURS: Final = ("green", "red", "yellow", "blue", "orange")
FAR_TOO_LATE: Final = -3 * DUE_MINUTES - 60


class FolderSource:
    """A coop's folder; what changes in it changes the coop, and what happened there stays.

    Args:
        folder: of CSV files.
        number_key: makes the badges of contactless cards, as the terminal does.
        nfc_prefix: as the terminal is set up with.
        zone: the coop's time zone.
    """

    def __init__(self, folder: Path, number_key: bytes, nfc_prefix: str, zone: tzinfo) -> None:
        self._zone = zone
        self._reader = FolderReader(folder, lambda card_id: CardHash(swipe_code(card_id, number_key, nfc_prefix)), zone)
        self._tables = Tables()
        self._ids: dict[tuple[ShiftId, int], int] = {}

    def refresh(self, coop: FakeCoop, now: datetime) -> None:
        """Lay the folder over the coop, if it has changed."""
        tables = self._reader.read()
        if tables is self._tables:
            return
        self._tables = tables
        people = _people(tables, now.astimezone(self._zone).date())
        known = coop.beneficiaries
        for id_, person in people.items():
            if id_ in known:
                # What scans have counted meanwhile stays.
                person.membership.counter = known[id_].membership.counter
        coop.name = tables.coop.name
        coop.notice = tables.coop.notice
        coop.week_a = tables.coop.cycle_start
        coop.hours = tuple((h.weekday, f"{h.opens:%-Hh%M}", f"{h.closes:%-Hh%M}") for h in tables.coop.hours)
        coop.closures = tuple((day, "") for day in sorted(tables.coop.closures))
        coop.beneficiaries = people
        coop.badges = {
            str(code)[:12]: (people[card.member_id], not card.blocked)
            for code, card in tables.cards.items()
            if card.member_id in people
        }
        coop.places = {place.id: place for place in self._places(tables, people, coop.places)}

    def _places(self, tables: Tables, people: dict[str, Beneficiary], before: dict[int, Place]) -> list[Place]:
        rosters: dict[ShiftId, list[tuple[MemberId, bool, bool]]] = {}
        for (shift_id, member_id), held in tables.places.items():
            if member_id in people:
                rosters.setdefault(shift_id, []).append((member_id, held.first_shift, held.present))
        jobs = sorted({shift.job for shift in tables.shifts.values()})
        found = []
        for shift in sorted(tables.shifts.values(), key=lambda shift: (shift.starts_at, shift.id)):
            taken = rosters.get(shift.id, [])
            for number in range(max(shift.places, len(taken))):
                id_ = self._ids.setdefault((shift.id, number), len(self._ids) + 1)
                place = Place(
                    id=id_,
                    key=shift.id,
                    job=shift.job,
                    colour=COLOURS[jobs.index(shift.job) % len(COLOURS)],
                    starts_at=shift.starts_at,
                    ends_at=shift.ends_at,
                    formation=shift.job if shift.needs_training else "",
                )
                if number < len(taken):
                    member_id, place.first_shift, place.carried_out = taken[number]
                    place.shifter = people[member_id]
                self._carry_over(place, before.get(id_), people)
                found.append(place)
        return found

    @staticmethod
    def _carry_over(place: Place, before: Place | None, people: dict[str, Beneficiary]) -> None:
        """Who was booked or marked on the server is so still; who is gone holds nothing."""
        if before is None:
            return
        if before.shifter is None:
            place.shifter, place.carried_out = None, False
        elif before.shifter.id in people:
            place.shifter, place.carried_out = people[before.shifter.id], before.carried_out
        else:
            place.shifter, place.carried_out = None, False


def _people(tables: Tables, today: date) -> dict[str, Beneficiary]:
    accounts: dict[MemberId, Membership] = {}
    people: dict[str, Beneficiary] = {}
    holders = [member for member in tables.members.values() if member.attached_to is None]
    attached = [member for member in tables.members.values() if member.attached_to is not None]
    for member in (*holders, *attached):
        if member.status is Status.VISITOR:
            continue
        account = accounts.get(member.attached_to) if member.attached_to is not None else None
        if account is None:
            account = accounts[member.id] = _account(member, today)
        people[member.id] = Beneficiary(
            id=member.id,
            membership=account,
            first_name=member.first_name,
            surname=member.name.removeprefix(member.first_name).strip() or "Nom",
            enabled=member.status is not Status.INACTIVE,
            formations=member.trained_for,
        )
    return people


def _account(member: Member, today: date) -> Membership:
    until = member.until or today + timedelta(days=200)
    account = Membership(number=str(member.id), counter=member.balance_minutes or 0)
    match member.status:
        case Status.BLOCKED:
            account.counter = min(account.counter, FAR_TOO_LATE)
        case Status.FROZEN:
            account.frozen, account.frozen_until = True, member.until
        case Status.LEFT:
            account.withdrawn = True
        case Status.FEE:
            account.paid_until = today - timedelta(days=1)
        case Status.EXEMPT | Status.LEAVE:
            account.exempted = ("Congé", today - timedelta(days=7), until)
    return account
