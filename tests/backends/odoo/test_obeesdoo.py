from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kiosk.backends.base import Accepted, Grace, Refused, Retry
from kiosk.backends.odoo.habits import Habits
from kiosk.backends.odoo.obeesdoo_work import Slot
from kiosk.demo.cast import ZONE, Kind
from kiosk.demo.fake_odoo.records import Values
from kiosk.errors import NotAuthorised
from kiosk.events import BookingOutcome
from kiosk.types import FactId, FactKind, Role, ShiftId, Status
from tests.backends.odoo.coops import OdooCoop, badge, is_present
from tests.backends.rigs import HASHER, Terminal, member_id

PARIS = ZoneInfo("Europe/Paris")


def status_of(bees: OdooCoop, kind: Kind) -> Values:
    [row] = bees.database.where("cooperative.status", cooperator_id=int(member_id(kind)))
    return row


def shift_of(bees: OdooCoop, job: str, hour: int = 16) -> ShiftId:
    """The terminal's id of a shift of today."""
    starts = datetime(2026, 11, 24, hour, tzinfo=PARIS).astimezone(ZoneInfo("UTC"))
    [type_row] = bees.database.where("shift.type", name=job)
    return Slot(starts, starts + timedelta(hours=3), type_row["id"]).id


def rows_of(bees: OdooCoop, model: str, kind: Kind) -> list[Values]:
    """Today's rows of one worker."""
    rows = bees.database.where(model, worker_id=int(member_id(kind)))
    return [row for row in rows if row.get("start_time", "2026-11-24").startswith("2026-11-24")]


# ── members ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "status"),
    [
        *(("ok", Status.OK), ("alert", Status.WARN), ("extension", Status.GRACE), ("exempted", Status.EXEMPT)),
        *(("suspended", Status.BLOCKED), ("holiday", Status.LEAVE), ("unsubscribed", Status.LEFT)),
        *(("resigning", Status.LEFT), ("a later version's", Status.INACTIVE)),
    ],
)
def test_each_status_of_a_worker_is_a_standing(bees: OdooCoop, state: str, status: Status) -> None:
    status_of(bees, Kind.OK)["status"] = state
    bees.database.restate(312)
    assert bees.terminal().knowledge.members[member_id(Kind.OK)].status is status


def test_stale_yes_of_the_partner_lets_nobody_in(bees: OdooCoop) -> None:
    bees.partner(Kind.LEFT)["can_shop"] = True
    assert bees.terminal().knowledge.members[member_id(Kind.LEFT)].status is Status.LEFT


def test_stale_no_of_the_partner_is_a_no(bees: OdooCoop) -> None:
    bees.partner(Kind.OK)["can_shop"] = False
    assert bees.terminal().knowledge.members[member_id(Kind.OK)].status is Status.FROZEN


def test_eater_stands_and_falls_with_the_worker(bees: OdooCoop) -> None:
    known = bees.terminal().knowledge
    rachid = known.members[member_id(Kind.ATTACHED)]
    assert (rachid.status, rachid.attached_to) == (Status.ATTACHED, member_id(Kind.AHEAD))
    assert known.members[member_id(Kind.AHEAD)].shared


def test_both_counters_make_the_balance(bees: OdooCoop) -> None:
    status_of(bees, Kind.OK).update(sr=1, sc=-2)
    camille = bees.terminal().knowledge.members[member_id(Kind.OK)]
    assert (camille.balance_minutes, camille.due_minutes) == (-180, 180)


def test_super_cooperators_are_coordinators(bees: OdooCoop) -> None:
    assert bees.terminal().knowledge.members[member_id(Kind.COORDINATOR)].role is Role.COORDINATOR


def test_holiday_has_a_last_day(bees: OdooCoop) -> None:
    status_of(bees, Kind.LEAVE)["holiday_end_time"] = "2026-12-24"
    until = bees.terminal().knowledge.members[member_id(Kind.LEAVE)].until
    assert until is not None
    assert until.isoformat() == "2026-12-24"


@pytest.mark.parametrize("model", ["res.partner", "cooperative.status"])
def test_change_of_a_person_or_of_a_status_is_read_alone(bees: OdooCoop, model: str) -> None:
    terminal = bees.terminal()
    bees.clock.advance(3600)
    terminal.pull()
    if model == "res.partner":
        bees.database.touch(model, 312, name="Camille Durand")
    else:
        bees.database.touch(model, status_of(bees, Kind.OK)["id"], sr=2)
    page = bees.backend.fetch(terminal.cursor, 9)
    assert [member.id for member in page.members] == [member_id(Kind.OK)]
    assert not page.full


def test_person_neither_working_nor_eating_is_no_member(bees: OdooCoop) -> None:
    terminal = bees.terminal()
    bees.database.touch("res.partner", 130, eater=False)
    bees.database.touch("res.partner", 312, active=False)
    terminal.pull()
    assert {member_id(Kind.ATTACHED), member_id(Kind.OK)}.isdisjoint(terminal.knowledge.members)


# ── cards ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_card_register_counts_where_the_coop_wants_it(bees: OdooCoop) -> None:
    for barcode, valid in ((badge("049000000001"), True), ("04A3C6CAE26180", True), (badge("049000000002"), False)):
        bees.database.insert("member.card", {"partner_id": 312, "barcode": barcode, "valid": valid})
    without = bees.terminal().knowledge
    assert without.card(HASHER.hash_badge(badge("049000000001"))) is None
    bees.backend = bees.new_backend(habits=Habits(member_cards=True))
    known = bees.terminal().knowledge
    found = {
        name: known.card(HASHER.hash_canonical(name))
        for name in (f"ean:{badge('049000000001')}", "7:04A3C6CAE26180", f"ean:{badge('049000000002')}")
    }
    assert {name: card is not None and card.blocked for name, card in found.items()} == {
        f"ean:{badge('049000000001')}": False,
        "7:04A3C6CAE26180": False,
        f"ean:{badge('049000000002')}": True,
    }


def test_card_declared_lost_meanwhile_is_blocked(bees: OdooCoop) -> None:
    id_ = bees.database.insert("member.card", {"partner_id": 312, "barcode": badge("049000000001"), "valid": True})
    bees.backend = bees.new_backend(habits=Habits(member_cards=True))
    terminal = bees.terminal()
    bees.clock.advance(3600)
    terminal.pull()
    bees.database.touch("member.card", id_, valid=False)
    terminal.pull()
    card = terminal.knowledge.card(HASHER.hash_badge(badge("049000000001")))
    assert card is not None
    assert card.blocked


@pytest.mark.parametrize("changed", [312, 118])
def test_card_handed_out_anew_is_the_new_holder_s_whoever_is_read_again(bees: OdooCoop, changed: int) -> None:
    code = badge("049000000001")
    for partner, valid in ((312, False), (118, True)):
        bees.database.insert("member.card", {"partner_id": partner, "barcode": code, "valid": valid})
    bees.backend = bees.new_backend(habits=Habits(member_cards=True))
    terminal = bees.terminal()
    bees.clock.advance(3600)
    terminal.pull()
    bees.database.touch("res.partner", changed)
    terminal.pull()
    card = terminal.knowledge.card(HASHER.hash_badge(code))
    assert card is not None
    assert (card.member_id, card.blocked) == (member_id(Kind.BADGE), False)
    asked = bees.backend.identify(HASHER.hash_badge(code), 5.0, f"ean:{code}")
    assert asked.member is not None
    assert (asked.member.id, asked.blocked) == (member_id(Kind.BADGE), False)


# ── the roster ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_places_of_one_job_at_the_same_hours_are_one_shift(bees: OdooCoop) -> None:
    terminal = bees.terminal()
    shift = terminal.knowledge.shifts[shift_of(bees, "Livraison")]
    assert (shift.job, shift.places, shift.starts_at.astimezone(ZONE).hour) == ("Livraison", 2, 16)
    assert terminal.present(shift.id, member_id(Kind.SHIFT_NOW)) is False
    assert terminal.present(shift.id, member_id(Kind.FIRST_TIMER)) is True


@pytest.mark.parametrize(("name", "job"), [(False, "Créneau"), ("Tri\u00a0: frais", "Tri : frais")])
def test_job_is_what_odoo_calls_it_as_far_as_that_can_be_shown(bees: OdooCoop, name: object, job: str) -> None:
    types = bees.database.tables["shift.type"]
    label, types.label = types.label, lambda _: name
    try:
        jobs = {shift.job for shift in bees.terminal().knowledge.shifts.values()}
    finally:
        types.label = label
    assert jobs == {job}


def test_stand_in_has_the_place(bees: OdooCoop) -> None:
    [row] = rows_of(bees, "shift.shift", Kind.SHIFT_NOW)
    row["replaced_id"] = 312
    terminal = bees.terminal()
    assert terminal.present(shift_of(bees, "Livraison"), member_id(Kind.OK)) is False
    assert terminal.present(shift_of(bees, "Livraison"), member_id(Kind.SHIFT_NOW)) is None


def test_slot_is_read_back_from_its_id() -> None:
    starts = datetime(2026, 11, 24, 15, tzinfo=ZoneInfo("UTC"))
    slot = Slot(starts, starts + timedelta(hours=3), 7)
    assert Slot.maybe_of(slot.id) == slot
    assert [Slot.maybe_of(ShiftId(text)) for text in ("", "312", "a-b-c", "20261124-16-livraison")] == [None] * 4


# ── presence on a sheet ───────────────────────────────────────────────────────────────────────────────────────────────


def check_in(bees: OdooCoop, kind: Kind, job: str = "Livraison", hour: int = 16):
    return bees.deliver(FactKind.CHECK_IN, kind, shift_of(bees, job, hour))


def test_expected_worker_is_ticked_on_the_sheet_and_no_counter_moves(bees: OdooCoop) -> None:
    terminal = bees.terminal()
    assert [check_in(bees, Kind.SHIFT_NOW) for _ in range(2)] == [Accepted()] * 2
    [row] = rows_of(bees, "shift.sheet.expected", Kind.SHIFT_NOW)
    [shift] = rows_of(bees, "shift.shift", Kind.SHIFT_NOW)
    assert (row["state"], shift["state"]) == ("done", "open")
    assert is_present(terminal, Kind.SHIFT_NOW, shift_of(bees, "Livraison"))


def test_worker_who_is_not_expected_is_added_once(bees: OdooCoop) -> None:
    terminal = bees.terminal()
    assert [check_in(bees, Kind.BLOCKED) for _ in range(2)] == [Accepted()] * 2
    [row] = rows_of(bees, "shift.sheet.added", Kind.BLOCKED)
    assert (row["state"], row["is_compensation"]) == ("done", True)
    assert is_present(terminal, Kind.BLOCKED, shift_of(bees, "Livraison"))


def test_flying_worker_is_added_without_compensation(bees: OdooCoop) -> None:
    status_of(bees, Kind.OK)["working_mode"] = "irregular"
    check_in(bees, Kind.OK)
    [row] = rows_of(bees, "shift.sheet.added", Kind.OK)
    assert row["is_compensation"] is False


def test_eater_comes_for_the_worker(bees: OdooCoop) -> None:
    assert check_in(bees, Kind.ATTACHED) == Accepted()
    assert rows_of(bees, "shift.sheet.added", Kind.AHEAD)
    assert not rows_of(bees, "shift.sheet.added", Kind.ATTACHED)


def test_stand_in_is_ticked_on_the_row_of_the_other(bees: OdooCoop) -> None:
    rows_of(bees, "shift.shift", Kind.SHIFT_NOW)[0]["replaced_id"] = 312
    assert check_in(bees, Kind.OK) == Accepted()
    [row] = rows_of(bees, "shift.sheet.expected", Kind.SHIFT_NOW)
    assert row["state"] == "done"
    assert rows_of(bees, "shift.sheet.added", Kind.OK) == []


def test_who_is_replaced_is_left_to_a_person(bees: OdooCoop) -> None:
    rows_of(bees, "shift.shift", Kind.SHIFT_NOW)[0]["replaced_id"] = 312
    assert isinstance(check_in(bees, Kind.SHIFT_NOW), Refused)


def test_validated_sheet_is_left_to_a_person(bees: OdooCoop) -> None:
    bees.terminal()
    sheet = bees.database.where("shift.sheet", start_time="2026-11-24 15:00:00")[0]
    bees.database.validate(sheet["id"])
    assert isinstance(check_in(bees, Kind.SHIFT_NOW), Refused)
    assert isinstance(check_in(bees, Kind.BLOCKED), Refused)
    # Who was on it before is noted already.
    assert check_in(bees, Kind.FIRST_TIMER) == Accepted()


def test_sheet_that_is_not_made_yet_is_waited_for(bees: OdooCoop) -> None:
    bees.clock.advance(timedelta(hours=2, minutes=45).total_seconds())
    make_sheets, bees.database._make_sheets = bees.database._make_sheets, lambda: None
    try:
        assert isinstance(check_in(bees, Kind.SHIFT_NEXT, "Mise en rayon", 19), Retry)
    finally:
        bees.database._make_sheets = make_sheets
    assert check_in(bees, Kind.SHIFT_NEXT, "Mise en rayon", 19) == Accepted()


def test_shift_to_come_is_nobody_s_presence(bees: OdooCoop) -> None:
    assert isinstance(check_in(bees, Kind.SHIFT_NEXT, "Mise en rayon", 19), Refused)


def test_tick_is_taken_back_as_the_row_began(bees: OdooCoop) -> None:
    check_in(bees, Kind.SHIFT_NOW)
    undone = bees.deliver(FactKind.CHECK_IN_UNDONE, Kind.SHIFT_NOW, shift_of(bees, "Livraison"), about=FactId("c"))
    assert undone == Accepted()
    [row] = rows_of(bees, "shift.sheet.expected", Kind.SHIFT_NOW)
    assert row["state"] == "absent_2"


def test_added_row_is_taken_out_again(bees: OdooCoop) -> None:
    check_in(bees, Kind.BLOCKED)
    shift = shift_of(bees, "Livraison")
    assert bees.deliver(FactKind.CHECK_IN_UNDONE, Kind.BLOCKED, shift, about=FactId("c")) == Accepted()
    assert rows_of(bees, "shift.sheet.added", Kind.BLOCKED) == []


def test_row_added_by_a_person_is_left_to_a_person(bees: OdooCoop) -> None:
    check_in(bees, Kind.BLOCKED)
    rows_of(bees, "shift.sheet.added", Kind.BLOCKED)[0]["create_uid"] = 2
    shift = shift_of(bees, "Livraison")
    assert isinstance(bees.deliver(FactKind.CHECK_IN_UNDONE, Kind.BLOCKED, shift, about=FactId("c")), Refused)


# ── presence without sheets ───────────────────────────────────────────────────────────────────────────────────────────


def test_without_sheets_the_shift_itself_is_marked(bees_without_sheets: OdooCoop) -> None:
    bees = bees_without_sheets
    terminal = bees.terminal()
    assert [check_in(bees, Kind.SHIFT_NOW) for _ in range(2)] == [Accepted()] * 2
    assert [row["state"] for row in rows_of(bees, "shift.shift", Kind.SHIFT_NOW)] == ["done"]
    assert is_present(terminal, Kind.SHIFT_NOW, shift_of(bees, "Livraison"))


def test_before_it_begins_a_shift_takes_no_presence_yet(bees_without_sheets: OdooCoop) -> None:
    bees = bees_without_sheets
    bees.clock.advance(timedelta(hours=2, minutes=50).total_seconds())
    outcome = check_in(bees, Kind.SHIFT_NEXT, "Mise en rayon", 19)
    assert isinstance(outcome, Retry)
    assert outcome.after_seconds is not None
    assert 0 < outcome.after_seconds < 6 * 60
    bees.clock.advance(outcome.after_seconds + 2)
    assert check_in(bees, Kind.SHIFT_NEXT, "Mise en rayon", 19) == Accepted()


def test_helper_takes_an_empty_place_as_a_compensation(bees_without_sheets: OdooCoop) -> None:
    bees = bees_without_sheets
    bees.clock.advance(timedelta(hours=3).total_seconds())
    before = status_of(bees, Kind.BLOCKED)["sc"]
    assert check_in(bees, Kind.BLOCKED, "Ménage", 19) == Accepted()
    [row] = rows_of(bees, "shift.shift", Kind.BLOCKED)
    assert (row["state"], row["is_compensation"], row["is_regular"]) == ("done", True, False)
    assert status_of(bees, Kind.BLOCKED)["sc"] == before + 1


def test_full_shift_has_no_place_for_a_helper(bees_without_sheets: OdooCoop) -> None:
    assert isinstance(check_in(bees_without_sheets, Kind.BLOCKED), Refused)


@pytest.mark.parametrize("state", ["absent_2", "absent_1", "absent_0"])
def test_judged_absence_is_left_to_a_person(bees_without_sheets: OdooCoop, state: str) -> None:
    rows_of(bees_without_sheets, "shift.shift", Kind.SHIFT_NOW)[0]["state"] = state
    outcome = check_in(bees_without_sheets, Kind.SHIFT_NOW)
    assert isinstance(outcome, Refused)
    assert "Absent" in outcome.reason


def test_undone_presence_gives_the_counters_back(bees_without_sheets: OdooCoop) -> None:
    bees = bees_without_sheets
    status_of(bees, Kind.SHIFT_NOW)["working_mode"] = "irregular"
    bees.database.restate(271)
    check_in(bees, Kind.SHIFT_NOW)
    assert status_of(bees, Kind.SHIFT_NOW)["sr"] == 1
    shift = shift_of(bees, "Livraison")
    assert bees.deliver(FactKind.CHECK_IN_UNDONE, Kind.SHIFT_NOW, shift, about=FactId("c")) == Accepted()
    assert status_of(bees, Kind.SHIFT_NOW)["sr"] == 0


def test_place_taken_on_the_spot_is_left_to_a_person(bees_without_sheets: OdooCoop) -> None:
    bees = bees_without_sheets
    bees.clock.advance(timedelta(hours=3).total_seconds())
    check_in(bees, Kind.BLOCKED, "Ménage", 19)
    shift = shift_of(bees, "Ménage", 19)
    assert isinstance(bees.deliver(FactKind.CHECK_IN_UNDONE, Kind.BLOCKED, shift, about=FactId("c")), Refused)


def test_worker_without_a_mode_is_refused_in_odoo_s_words(bees_without_sheets: OdooCoop) -> None:
    bees = bees_without_sheets
    bees.partner(Kind.SHIFT_NOW)["working_mode"] = False
    assert "Working mode" in check_in(bees, Kind.SHIFT_NOW).reason


def test_nobody_is_ever_marked_absent(bees_without_sheets: OdooCoop) -> None:
    bees = bees_without_sheets
    for kind in FactKind:
        bees.deliver(kind, Kind.SHIFT_NOW, shift_of(bees, "Livraison"))
    assert rows_of(bees, "shift.shift", Kind.SHIFT_NOW)[0]["state"] in {"open", "done"}


def test_places_are_not_booked_here(bees: OdooCoop) -> None:
    assert not bees.backend.capabilities().booking
    outcome = bees.backend.book(FactId("b"), member_id(Kind.BLOCKED), shift_of(bees, "Ménage", 19), 5.0)
    assert outcome is BookingOutcome.REFUSED


def test_sheets_that_may_not_be_written_are_told(bees: OdooCoop) -> None:
    bees.database.rights = {**bees.database.rights, ("shift.sheet.expected", "write"): frozenset({"nobody"})}
    try:
        backend = bees.new_backend()
        Terminal(backend).pull()
        assert any("shift.sheet.expected" in text and "Attendance Sheet" in text for text in backend.survey().problems)
    finally:
        bees.database.rights[("shift.sheet.expected", "write")] = bees.database.rights["shift.sheet", "write"]


@pytest.mark.parametrize("model", ["shift.sheet", "shift.sheet.expected", "shift.sheet.added"])
def test_sheets_that_may_not_be_read_are_told_and_the_roster_is_that_of_the_shifts(bees: OdooCoop, model: str) -> None:
    rights = bees.database.rights
    bees.database.rights = {**rights, (model, "read"): frozenset({"nobody"})}
    try:
        terminal = Terminal(bees.new_backend())
        terminal.pull()
        assert terminal.knowledge.shifts
        assert any(f"read {model}," in text and "Attendance Sheet" in text for text in terminal.backend.examine())
    finally:
        bees.database.rights = rights


def test_extension_is_given_when_asked_for(bees: OdooCoop) -> None:
    hugo = bees.backend.grace(member_id(Kind.BLOCKED), 5.0).member
    assert hugo is not None
    assert hugo.status is Status.GRACE
    assert bees.backend.grace(member_id(Kind.LEFT), 5.0) == Grace(None)


def test_extension_for_want_of_a_right_names_the_group(bees: OdooCoop) -> None:
    bees.database.rights = {**bees.database.rights, ("shift.extension", "create"): frozenset({"nobody"})}
    try:
        with pytest.raises(NotAuthorised, match=r"shift\.group_shift_attendance"):
            bees.backend.grace(member_id(Kind.BLOCKED), 5.0)
    finally:
        del bees.database.rights["shift.extension", "create"]
