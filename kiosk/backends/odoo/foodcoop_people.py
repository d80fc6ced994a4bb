"""Members and associated people of La Louve's modules, with their standing, their counters and their badges."""

import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from kiosk.backends.odoo.client import Odoo
from kiosk.backends.odoo.family import OPEN_STANDINGS, People, maybe_number, standing
from kiosk.backends.odoo.habits import Tools, first_name_of
from kiosk.backends.odoo.survey import Survey
from kiosk.backends.odoo.values import Domain, Row
from kiosk.types import Card, Member, MemberId, Role, Status

STATES: Final = {
    "up_to_date": Status.OK,
    "exempted": Status.EXEMPT,
    "alert": Status.WARN,
    "delay": Status.GRACE,
    "suspended": Status.BLOCKED,
    "vacation": Status.LEAVE,
    "unsubscribed": Status.LEFT,
    "blocked": Status.FROZEN,
    "unpayed": Status.FEE,
    "not_concerned": Status.INACTIVE,
}
"""``cooperative_state`` of ``coop_membership``, its spelling kept."""
COLOURS: Final = {"up_to_date": "success", "exempted": "success", "alert": "warning", "delay": "warning"}
"""``bootstrap_cooperative_state`` of ``coop_badge_reader``; everything else is ``danger``."""
DANGER: Final = "danger"
IS_MEMBER: Final = ("is_member", "=", True)


class FoodcoopPeople:
    """Reads ``res.partner``.

    A member is known here by the coop's own number, an associated person by the member's number and their record's:
    both share ``barcode_base``. ``312``, ``312-7641``.

    Attributes:
        states: the ``cooperative_state`` of each record as the terminal was last told it. The sync thread's.
    """

    def __init__(self, survey: Survey, tools: Tools) -> None:
        self._survey = survey
        self._tools = tools
        self._fields = survey.fields["res.partner"]
        self._leaders: frozenset[int] = frozenset()
        self._guard = threading.Lock()
        self._ids: dict[int, MemberId] = {}
        self._holders: dict[MemberId, int] = {}
        self._former: set[MemberId] = set()
        self.states: dict[int, str] = {}

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    def everyone(self, odoo: Odoo) -> People:
        self._leaders = self._read_leaders(odoo)
        rows = list(odoo.every("res.partner", self._membership(), self._fields))
        with self._guard:
            self._ids, self._holders, self._former = {}, {}, set()
        return self._noted(rows)

    def changed(self, odoo: Odoo, since: str) -> People:
        rows = odoo.every("res.partner", [("write_date", ">=", since)], self._fields, archived_too=True)
        return self._noted(list(rows))

    def people_of(self, odoo: Odoo, ids: Iterable[int]) -> People:
        rows = self._rows(odoo, ids)
        parents = {parent.id for row in rows if (parent := row.maybe_link("parent_id")) is not None}
        return self._people([*rows, *self._rows(odoo, parents - {row.id for row in rows})])

    def owners(self, odoo: Odoo, spellings: Iterable[str]) -> frozenset[int]:
        domain: Domain = [("barcode", "in", list(spellings)), *self._membership()]
        return frozenset(row.id for row in odoo.rows("res.partner", domain, ["barcode"]))

    def maybe_row(self, odoo: Odoo, id_: MemberId | None) -> Row | None:
        """The record behind an id of ours, as it is now; None where it is not there, or two share the number."""
        first, _, last = (id_ or "").partition("-")
        number, record = maybe_number(first), maybe_number(last)
        if number is None or (last and record is None):
            return None
        domain: Domain = [("barcode_base", "=", number), IS_MEMBER] if record is None else [("id", "=", record)]
        rows = odoo.rows("res.partner", domain, self._fields)
        return rows[0] if len(rows) == 1 else None

    def grace(self, odoo: Odoo, member: MemberId) -> Member | None:
        """What the badge reader of these modules does on every scan, and this terminal only when asked to."""
        row = self.maybe_row(odoo, member)
        if row is None or not odoo.call("res.partner", "action_grace_partner", [row.id]):
            return None
        found = self.people_of(odoo, [row.id]).members
        return found[0] if found and found[0].status in OPEN_STANDINGS else None

    def _rows(self, odoo: Odoo, ids: Iterable[int]) -> list[Row]:
        wanted = sorted(ids)
        return [] if not wanted else odoo.rows("res.partner", [("id", "in", wanted), *self._membership()], self._fields)

    def _membership(self) -> Domain:
        """Living members and the people associated with them: what the badge reader of these modules looks at."""
        domain: Domain = ["|", ("is_associated_people", "=", True), IS_MEMBER]
        if self._survey.has("res.partner", "is_deceased"):
            domain = [("is_deceased", "=", False), *domain]
        return domain

    def _read_leaders(self, odoo: Odoo) -> frozenset[int]:
        if not self._tools.habits.leaders_are_coordinators or not self._survey.can("read", "shift.template"):
            return frozenset()
        templates = odoo.every("shift.template", [("user_ids", "!=", False)], ["user_ids"])
        return frozenset(leader for template in templates for leader in template.ids("user_ids"))

    # ── ids ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def id_of(self, record: int, otherwise: MemberId | None = None) -> MemberId:
        """How a record is known here; ``otherwise`` where it was not read before."""
        with self._guard:
            known = self._ids.get(record)
        return known or otherwise or MemberId(f"0-{record}")

    def _noted(self, rows: list[Row]) -> People:
        """The people of a round, and the ids under which nobody is known any more.

        All of these since the last full reading: what this round tells is lost if it breaks off before its end.
        """
        with self._guard:
            for row in rows:
                self.states[row.id] = row.text("cooperative_state")
                before = self._ids.pop(row.id, None)
                if before is not None:
                    del self._holders[before]
                    self._former.add(before)
                if _is_member(row):
                    id_ = _wanted_id(row)
                    # A number belongs to whoever was read first, until the office has told the two apart.
                    if id_ in self._holders:
                        id_ = MemberId(f"{id_}-{row.id}")
                    self._ids[row.id], self._holders[id_] = id_, row.id
            gone = frozenset(self._former - self._holders.keys())
        return replace(self._people(rows), gone=gone)

    def _people(self, rows: Iterable[Row]) -> People:
        members: list[Member] = []
        cards: list[Card] = []
        for row in rows:
            if not _is_member(row):
                continue
            member = self._member(row)
            members.append(member)
            hash_ = self._tools.maybe_card(row.text("barcode"))
            if hash_ is not None:
                cards.append(Card(hash=hash_, member_id=member.id))
        return People(members=tuple(members), cards=tuple(cards))

    # ── a member ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _member(self, row: Row) -> Member:
        name = row.text("name")
        first_name = row.text("firstname") or first_name_of(name, self._tools.habits.name_order)
        id_ = self.id_of(row.id, _wanted_id(row))
        parent = None if row.flag("is_member") else row.maybe_link("parent_id")
        if parent is not None:
            number = row.number("barcode_base")
            account = self.id_of(parent.id, MemberId(str(number)) if number else None)
            return Member(id=id_, first_name=first_name, name=name, status=Status.ATTACHED, attached_to=account)
        status = standing(STATES, row.text("cooperative_state"), may_shop=row.flag("customer"))
        minutes = self._minutes(row)
        return Member(
            id=id_,
            first_name=first_name,
            name=name,
            status=status,
            until=row.maybe_day("date_delay_stop") if status is Status.GRACE else None,
            balance_minutes=minutes,
            due_minutes=-minutes if minutes is not None and minutes < 0 else None,
            due_by=_due_by(row, status),
            role=Role.COORDINATOR if row.id in self._leaders else Role.MEMBER,
        )

    def _minutes(self, row: Row) -> int | None:
        """The counter that matters to this person.

        A standard member owes on the standard counter, which never rises above 0; what they worked beyond it stands on
        the other one, as all work of a flying member does.
        """
        if not self._survey.has("res.partner", "final_standard_point"):
            return None
        standard, flying = row.points("final_standard_point"), row.points("final_ftop_point")
        points = standard if row.text("shift_type") != "ftop" and standard < 0 else flying
        return round(points * self._tools.habits.point_minutes)


def _is_member(row: Row) -> bool:
    is_one = row.flag("is_member") or (row.flag("is_associated_people") and row.maybe_link("parent_id") is not None)
    return is_one and row.flag("active") and not row.flag("is_deceased")


def _wanted_id(row: Row) -> MemberId:
    number = row.number("barcode_base")
    return MemberId(str(number) if number and row.flag("is_member") else f"{number}-{row.id}")


def _due_by(row: Row, status: Status) -> date | None:
    match status:
        case Status.WARN:
            return row.maybe_day("date_alert_stop")
        case Status.GRACE:
            return row.maybe_day("date_delay_stop")
        case _:
            return None
