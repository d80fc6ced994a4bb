"""What the terminal asks of each family of modules: fields, rights, and the groups that give them.

An unknown field name makes a whole call fail, and modules differ from coop to coop: the optional ones are asked for
only where the server has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class FamilyName(StrEnum):
    """Whose modules a server runs."""

    FOODCOOP = "foodcoop"
    """La Louve's: ``coop_membership``, ``coop_shift``, ``coop_badge_reader``."""
    OBEESDOO = "obeesdoo"
    """BEES coop's: ``shift``, ``shift_worker_status``, ``shift_attendance``."""
    PLAIN = "plain"
    """None of the two: a bar code and the active flag of each person."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one model. ``required`` ones are there in every version; ``needed``: so is the model itself."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Right:
    """One right of the technical user.

    Attributes:
        operation: ``read``, ``create`` or ``write``.
        purpose: what it is for, after "needed".
        group: what to add, as the settings call it and by its technical name.
        essential: nothing works without it.
    """

    model: str
    operation: str
    purpose: str
    group: str
    essential: bool = False


TIME_CLOCK: Final = "« Time Clock » (coop_badge_reader.group_time_clock)"
MEMBERS_READ: Final = "« Lecture BDM » (coop_membership.group_membership_bdm_lecture)"
SHIFT_USER: Final = "« Shift User » (coop_shift.group_shift_user)"
SHEETS: Final = "« Attendance Sheet » (shift_attendance.group_shift_attendance_sheet)"
SHIFTS: Final = "« Shift Attendance » (shift.group_shift_attendance)"
SHEET_MODELS: Final = ("shift.sheet", "shift.sheet.expected", "shift.sheet.added")
CONTACTS: Final = "one that may read contacts (base.group_partner_manager)"

FIELDS: Final[Mapping[FamilyName, Mapping[str, Fields]]] = {
    FamilyName.FOODCOOP: {
        "res.partner": Fields(
            (
                *("name", "barcode", "active", "customer", "cooperative_state", "is_member", "is_associated_people"),
                *("parent_id", "shift_type", "write_date"),
            ),
            (
                *("firstname", "is_deceased", "barcode_base", "final_standard_point", "final_ftop_point"),
                *("date_alert_stop", "date_delay_stop"),
            ),
            needed=True,
        ),
        "shift.shift": Fields(
            ("name", "date_begin", "date_end", "state", "shift_type_id", "seats_max"),
            ("date_begin_tz", "date_end_tz", "week_name"),
        ),
        "shift.registration": Fields(
            (
                *("partner_id", "shift_id", "state", "shift_type", "template_created", "shift_ticket_id"),
                *("date_begin", "write_date", "create_uid"),
            ),
            ("date_closed",),
        ),
        "shift.ticket": Fields(("shift_id", "shift_type", "seats_max", "seats_available")),
        "shift.template": Fields(("user_ids",)),
        "res.partner.move": Fields(
            ("partner_id", "action", "cooperative_state", "bootstrap_cooperative_state", "create_uid", "create_date")
        ),
    },
    FamilyName.OBEESDOO: {
        "res.partner": Fields(
            ("name", "active", "cooperative_status_ids", "eater", "parent_eater_id", "write_date"),
            ("firstname", "barcode", "can_shop", "super"),
            needed=True,
        ),
        "cooperative.status": Fields(
            ("cooperator_id", "status", "can_shop", "write_date"),
            ("sr", "sc", "working_mode", "holiday_end_time", "temporary_exempt_end_date"),
            needed=True,
        ),
        "shift.shift": Fields(
            ("start_time", "end_time", "task_type_id", "worker_id", "state", "is_regular", "is_compensation"),
            ("replaced_id",),
        ),
        "shift.sheet": Fields(("start_time", "end_time", "state")),
        "shift.sheet.expected": Fields(("attendance_sheet_id", "worker_id", "state", "replaced_id")),
        "shift.sheet.added": Fields(("attendance_sheet_id", "worker_id", "task_type_id", "state", "create_uid")),
        "member.card": Fields(("partner_id", "barcode", "valid", "write_date")),
    },
    FamilyName.PLAIN: {
        "res.partner": Fields(("name", "barcode", "active", "write_date"), ("firstname",), needed=True),
    },
}

RIGHTS: Final[Mapping[FamilyName, tuple[Right, ...]]] = {
    FamilyName.FOODCOOP: (
        Right("res.partner", "read", "to know who may enter", TIME_CLOCK, essential=True),
        Right("shift.shift", "read", "to know who works when", MEMBERS_READ),
        Right("shift.registration", "read", "to know who works when", MEMBERS_READ),
        Right("shift.registration", "write", "to note who has come", SHIFT_USER),
        Right("shift.registration", "create", "to note who came without a place, and to book", SHIFT_USER),
        Right("shift.ticket", "read", "to note who came without a place, and to book", SHIFT_USER),
        Right("shift.template", "read", "to know who leads shifts", MEMBERS_READ),
        Right("res.partner.move", "create", "for the entrance log", TIME_CLOCK),
    ),
    FamilyName.OBEESDOO: (
        Right("res.partner", "read", "to know who may enter", SHEETS, essential=True),
        Right("cooperative.status", "read", "to know who may enter", SHEETS, essential=True),
        Right("shift.shift", "read", "to know who works when", SHEETS),
        Right("shift.shift", "write", "to note who has come", SHEETS),
        *(Right(model, "read", "to know who has come", SHEETS) for model in SHEET_MODELS),
        Right("shift.sheet", "write", "to note who has come", SHEETS),
        Right("shift.sheet.expected", "write", "to note who has come", SHEETS),
    ),
    FamilyName.PLAIN: (Right("res.partner", "read", "to know who may enter", CONTACTS, essential=True),),
}
