"""Workers and eaters of BEES coop's modules, with their standing, their counters and their cards.

``cooperative.status`` is the truth; ``res.partner`` mirrors it, and on some servers falls behind. Where the two
disagree the answer is no.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from kiosk.backends.odoo.client import Odoo
from kiosk.backends.odoo.family import OPEN_STANDINGS, People, maybe_number, standing
from kiosk.backends.odoo.habits import Tools, first_name_of
from kiosk.backends.odoo.survey import Survey
from kiosk.backends.odoo.values import Domain, Row
from kiosk.types import Card, CardHash, Member, MemberId, Role, Status

STATES: Final = {
    "ok": Status.OK,
    "alert": Status.WARN,
    "extension": Status.GRACE,
    "suspended": Status.BLOCKED,
    "exempted": Status.EXEMPT,
    "holiday": Status.LEAVE,
    "unsubscribed": Status.LEFT,
    "resigning": Status.LEFT,
}
"""``cooperative.status.status``."""
MEMBERSHIP: Final[Domain] = ["|", ("cooperative_status_ids", "!=", False), ("eater", "=", "eater")]


@dataclass(frozen=True, slots=True)
class _Register:
    """What stands beside ``res.partner``: statuses by worker, card rows by holder."""

    statuses: Mapping[int, Row]
    cards: Mapping[int, list[Row]] = field(default_factory=dict)


class ObeesdooPeople:
    """Reads ``res.partner``, ``cooperative.status`` and, where the coop wants it, ``member.card``."""

    def __init__(self, survey: Survey, tools: Tools) -> None:
        self._survey = survey
        self._tools = tools
        self._fields = survey.fields["res.partner"]
        self._status_fields = survey.fields["cooperative.status"]
        self._reads_cards = tools.habits.member_cards and survey.has("member.card")

    def everyone(self, odoo: Odoo) -> People:
        rows = list(odoo.every("res.partner", MEMBERSHIP, self._fields))
        register = _Register(
            _by(odoo.every("cooperative.status", [], self._status_fields), "cooperator_id"),
            _grouped(odoo.every("member.card", [], _CARD_FIELDS), "partner_id") if self._reads_cards else {},
        )
        return self._people(rows, register)

    def changed(self, odoo: Odoo, since: str) -> People:
        touched = set(_owners(odoo.every("cooperative.status", [("write_date", ">=", since)], ["cooperator_id"])))
        if self._reads_cards:
            touched.update(_owners(odoo.every("member.card", [("write_date", ">=", since)], ["partner_id"])))
        domain: Domain = ["|", ("write_date", ">=", since), ("id", "in", sorted(touched))]
        rows = list(odoo.every("res.partner", domain, self._fields, archived_too=True))
        return self._people(rows, self._register(odoo, rows))

    def people_of(self, odoo: Odoo, ids: Iterable[int]) -> People:
        rows = self._rows(odoo, ids)
        parents = {parent.id for row in rows if (parent := row.maybe_link("parent_eater_id")) is not None}
        rows += self._rows(odoo, parents - {row.id for row in rows})
        return self._people(rows, self._register(odoo, rows))

    def grace(self, odoo: Odoo, member: MemberId) -> Member | None:
        """The wizard with which these modules give an extension."""
        found = self.worker_of(odoo, member)
        if found is None:
            return None
        wizard = odoo.create("shift.extension", {"cooperator_id": found[0], "auto": True})
        odoo.call("shift.extension", "auto_ext", [wizard])
        members = self.people_of(odoo, [found[0]]).members
        return members[0] if members and members[0].status in OPEN_STANDINGS else None

    def _rows(self, odoo: Odoo, ids: Iterable[int]) -> list[Row]:
        wanted = sorted(ids)
        return [] if not wanted else odoo.rows("res.partner", [("id", "in", wanted), *MEMBERSHIP], self._fields)

    def owners(self, odoo: Odoo, spellings: Iterable[str]) -> frozenset[int]:
        wanted = list(spellings)
        found: set[int] = set()
        if self._survey.has("res.partner", "barcode"):
            rows = odoo.rows("res.partner", [("barcode", "in", wanted), *MEMBERSHIP], ["barcode"])
            found.update(row.id for row in rows)
        if self._reads_cards:
            cards = odoo.rows("member.card", [("barcode", "in", wanted)], _CARD_FIELDS)
            found.update(_owners(card for card in cards if card.flag("valid")))
            # A card given back and handed out anew has two rows; the valid one counts.
            found.update(_owners(cards) if not found else ())
        return frozenset(found)

    def worker_of(self, odoo: Odoo, person: MemberId | None) -> tuple[int, str] | None:
        """Who works for this person, and in which mode: an eater's shifts are its worker's; None: nobody there."""
        number = maybe_number(person)
        rows = [] if number is None else odoo.rows("res.partner", [("id", "=", number)], ["eater", "parent_eater_id"])
        if not rows:
            return None
        parent = rows[0].maybe_link("parent_eater_id") if rows[0].text("eater") == "eater" else None
        worker = rows[0].id if parent is None else parent.id
        statuses = odoo.rows("cooperative.status", [("cooperator_id", "=", worker)], self._status_fields, limit=1)
        return worker, statuses[0].text("working_mode") if statuses else ""

    def _register(self, odoo: Odoo, rows: Iterable[Row]) -> _Register:
        ids = [row.id for row in rows]
        cards = odoo.of("member.card", "partner_id", ids, _CARD_FIELDS) if self._reads_cards else ()
        statuses = odoo.of("cooperative.status", "cooperator_id", ids, self._status_fields)
        return _Register(_by(statuses, "cooperator_id"), _grouped(cards, "partner_id"))

    def _people(self, rows: Iterable[Row], register: _Register) -> People:
        members: list[Member] = []
        cards: dict[tuple[CardHash, MemberId], Card] = {}
        gone: list[MemberId] = []
        for row in rows:
            member = self._maybe_member(row, register.statuses.get(row.id))
            if member is None:
                gone.append(MemberId(str(row.id)))
                continue
            members.append(member)
            for card in self._cards(row, member.id, register.cards.get(row.id, ())):
                # A card given back and handed out to the same person again has two rows; the valid one counts.
                if (card.hash, member.id) not in cards or not card.blocked:
                    cards[card.hash, member.id] = card
        return People(members=tuple(members), cards=tuple(cards.values()), gone=frozenset(gone))

    def _cards(self, row: Row, member: MemberId, register: Iterable[Row]) -> Iterable[Card]:
        for text, blocked in (
            *((card.text("barcode"), not card.flag("valid")) for card in register),
            (row.text("barcode"), False),
        ):
            hash_ = self._tools.maybe_card(text)
            if hash_ is not None:
                yield Card(hash=hash_, member_id=member, blocked=blocked)

    def _maybe_member(self, row: Row, status: Row | None) -> Member | None:
        if not row.flag("active"):
            return None
        name = row.text("name")
        first_name = row.text("firstname") or first_name_of(name, self._tools.habits.name_order)
        id_ = MemberId(str(row.id))
        if status is None:
            parent = row.maybe_link("parent_eater_id") if row.text("eater") == "eater" else None
            if parent is None:
                return None
            account = MemberId(str(parent.id))
            return Member(id=id_, first_name=first_name, name=name, status=Status.ATTACHED, attached_to=account)
        may_shop = status.flag("can_shop") and (not self._survey.has("res.partner", "can_shop") or row.flag("can_shop"))
        told = standing(STATES, status.text("status"), may_shop=may_shop)
        minutes = self._minutes(status)
        is_leader = row.flag("super") and self._tools.habits.leaders_are_coordinators
        return Member(
            id=id_,
            first_name=first_name,
            name=name,
            status=told,
            until=_until(status, told),
            balance_minutes=minutes,
            due_minutes=-minutes if minutes is not None and minutes < 0 else None,
            role=Role.COORDINATOR if is_leader else Role.MEMBER,
        )

    def _minutes(self, status: Row) -> int | None:
        """Both counters: shifts of one's own, and those to make up for."""
        if not self._survey.has("cooperative.status", "sr"):
            return None
        return round((status.points("sr") + status.points("sc")) * self._tools.habits.point_minutes)


_CARD_FIELDS: Final = ("partner_id", "barcode", "valid")


def _until(status: Row, told: Status) -> date | None:
    match told:
        case Status.LEAVE:
            return status.maybe_day("holiday_end_time")
        case Status.EXEMPT:
            return status.maybe_day("temporary_exempt_end_date")
        case _:
            return None


def _by(rows: Iterable[Row], field_name: str) -> dict[int, Row]:
    return {link.id: row for row in rows if (link := row.maybe_link(field_name)) is not None}


def _grouped(rows: Iterable[Row], field_name: str) -> dict[int, list[Row]]:
    groups: dict[int, list[Row]] = {}
    for row in rows:
        link = row.maybe_link(field_name)
        if link is not None:
            groups.setdefault(link.id, []).append(row)
    return groups


def _owners(rows: Iterable[Row]) -> Iterable[int]:
    """Whom rows of a register belong to: the one link in them."""
    for row in rows:
        link = row.maybe_link("cooperator_id") or row.maybe_link("partner_id")
        if link is not None:
            yield link.id
