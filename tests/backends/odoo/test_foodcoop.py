import shutil
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from kiosk.backends.base import Grace
from kiosk.backends.odoo.family import standing
from kiosk.backends.odoo.foodcoop_people import STATES
from kiosk.backends.odoo.habits import Habits
from kiosk.clock import AdjustableClock
from kiosk.demo.cast import ZONE, Kind
from kiosk.demo.fake_odoo import foodcoop as modules
from kiosk.demo.fake_odoo.faults import OdooException, user_error
from kiosk.demo.fake_odoo.records import User
from kiosk.errors import BackendUnavailable, NotAuthorised
from kiosk.rules.ownership import search
from kiosk.types import ClockTrust, FactKind, MemberId, Role, Status
from tests.backends.odoo import coops
from tests.backends.odoo.coops import DELIVERY, SHELVES_LATER, OdooCoop, badge
from tests.backends.rigs import HASHER, MEMBERS, Terminal, fact, member_id

# ── members ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Kind.OK, Status.OK),
        (Kind.WARN, Status.WARN),
        (Kind.GRACE, Status.GRACE),
        (Kind.BLOCKED, Status.BLOCKED),
        (Kind.EXEMPT, Status.EXEMPT),
        (Kind.LEAVE, Status.LEAVE),
        (Kind.FROZEN, Status.FROZEN),
        (Kind.LEFT, Status.LEFT),
        (Kind.FEE, Status.FEE),
        (Kind.INACTIVE, Status.INACTIVE),
        (Kind.ATTACHED, Status.ATTACHED),
    ],
)
def test_each_state_of_odoo_is_a_standing(louve: OdooCoop, kind: Kind, status: Status) -> None:
    assert louve.terminal().knowledge.members[louve.member(kind)].status is status


@pytest.mark.parametrize("state", [*STATES, "", "a state of a later version"])
@pytest.mark.parametrize("may_shop", [True, False])
def test_customer_alone_says_who_may_shop(state: str, may_shop: bool) -> None:
    status = standing(STATES, state, may_shop=may_shop)
    lets_in = status in {Status.OK, Status.EXEMPT, Status.WARN, Status.GRACE}
    assert lets_in is may_shop


def test_forced_customer_enters_with_a_word_about_hours(louve: OdooCoop) -> None:
    hugo = louve.partner(Kind.BLOCKED)
    hugo["force_customer"] = True
    louve.database.restate(hugo["id"])
    assert hugo["cooperative_state"] == "suspended"
    assert louve.terminal().knowledge.members[member_id(Kind.BLOCKED)].status is Status.WARN


def test_state_without_the_verdict_is_on_hold(louve: OdooCoop) -> None:
    louve.partner(Kind.OK)["customer"] = False
    assert louve.terminal().knowledge.members[member_id(Kind.OK)].status is Status.FROZEN


def test_counter_that_is_owed_comes_before_the_other(louve: OdooCoop) -> None:
    louve.database.insert("shift.counter.event", {"partner_id": 188, "type": "ftop", "point_qty": 2.0})
    members = louve.terminal().knowledge.members
    yanis, soline = members[member_id(Kind.WARN)], members[member_id(Kind.AHEAD)]
    assert (yanis.balance_minutes, yanis.due_minutes, yanis.due_by) == (-180, 180, date(2026, 12, 12))
    assert (soline.balance_minutes, soline.due_minutes) == (270, None)


def test_flying_member_counts_on_the_flying_counter(louve: OdooCoop) -> None:
    louve.partner(Kind.OK)["shift_type"] = "ftop"
    louve.database.insert("shift.counter.event", {"partner_id": 312, "type": "ftop", "point_qty": -1.0})
    assert louve.terminal().knowledge.members[member_id(Kind.OK)].balance_minutes == -180


def test_extension_has_a_last_day(louve: OdooCoop) -> None:
    fatou = louve.terminal().knowledge.members[member_id(Kind.GRACE)]
    assert fatou.until == fatou.due_by == date(2026, 12, 6)


def test_associated_person_stands_and_falls_with_the_member(louve: OdooCoop) -> None:
    known = louve.terminal().knowledge
    rachid = known.members[louve.member(Kind.ATTACHED)]
    assert rachid.attached_to == member_id(Kind.AHEAD)
    assert known.account_of(rachid) == known.members[member_id(Kind.AHEAD)]
    assert known.members[member_id(Kind.AHEAD)].shared


def test_staff_find_members_and_associates_by_number_and_by_name(louve: OdooCoop) -> None:
    known = louve.terminal().knowledge
    assert search(known, "312") == (MemberId("312"),)
    assert search(known, "129") == (MemberId("129"), MemberId("129-130"))
    assert set(search(known, "aubry")) == {MemberId("129"), MemberId("129-130")}


def test_two_members_of_one_number_are_told_apart_and_left_to_a_person(louve: OdooCoop) -> None:
    louve.partner(Kind.WARN)["barcode_base"] = 312
    members = louve.terminal().knowledge.members
    assert members[MemberId("312")].first_name == "Yanis"
    assert members[MemberId("312-312")].first_name == "Camille"
    outcome = louve.deliver(FactKind.CHECK_IN, Kind.OK, louve.shift(DELIVERY))
    assert "two members" in outcome.reason


def test_new_number_is_a_new_member_and_the_old_one_goes(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    louve.database.touch("res.partner", 118, barcode_base=4711)
    terminal.pull()
    assert MemberId("118") not in terminal.knowledge.members
    card = terminal.knowledge.card(HASHER.hash_badge("0420000001188"))
    assert card is not None
    assert card.member_id == MemberId("4711")


def test_badges_of_members_and_associates_are_known(louve: OdooCoop) -> None:
    louve.partner(Kind.OK)["barcode"] = badge("042000031200").removeprefix("0")
    known = louve.terminal().knowledge
    for code, person in (
        ("0420000001188", Kind.BADGE),
        (badge("042100012900"), Kind.ATTACHED),
        (badge("042000031200"), Kind.OK),
    ):
        card = known.card(HASHER.hash_badge(code))
        assert card is not None, code
        assert card.member_id == louve.member(person)


def test_two_people_with_one_bar_code_are_nobody(louve: OdooCoop) -> None:
    louve.partner(Kind.OK)["barcode"] = louve.partner(Kind.WARN)["barcode"] = badge("042000031200")
    assert louve.terminal().knowledge.card(HASHER.hash_badge(badge("042000031200"))) is None


def test_leaders_of_shifts_are_coordinators_unless_the_coop_says_otherwise(louve: OdooCoop) -> None:
    assert louve.terminal().knowledge.members[member_id(Kind.COORDINATOR)].role is Role.COORDINATOR
    louve.backend = louve.new_backend(habits=Habits(leaders_are_coordinators=False))
    known = louve.terminal().knowledge
    assert known.members[member_id(Kind.COORDINATOR)].role is Role.MEMBER


def test_technicians_are_named_at_the_terminal(louve: OdooCoop) -> None:
    assert not louve.terminal().knowledge.capabilities.roles


# ── deltas ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_written_member_is_read_again_alone(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    louve.clock.advance(3600)
    terminal.pull()
    louve.database.touch("res.partner", 312, customer=False, cooperative_state="blocked")
    page = louve.backend.fetch(terminal.cursor, 9)
    assert [(member.id, member.status) for member in page.members] == [(member_id(Kind.OK), Status.FROZEN)]
    assert not page.full


def test_change_committed_late_is_not_missed(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    louve.clock.advance(3600)
    terminal.pull()
    began = louve.database.stamp()
    louve.clock.advance(300)
    terminal.pull()
    # A timer of the server took five minutes: its rows carry the time it began.
    louve.partner(Kind.OK).update(customer=False, cooperative_state="blocked", write_date=began)
    terminal.pull()
    assert terminal.knowledge.members[member_id(Kind.OK)].status is Status.FROZEN


@pytest.mark.parametrize("change", [{"active": False}, {"is_deceased": True}, {"is_member": False}])
def test_member_no_longer_is_forgotten(louve: OdooCoop, change: dict[str, bool]) -> None:
    terminal = louve.terminal()
    louve.database.touch("res.partner", 118, **change)
    terminal.pull()
    assert member_id(Kind.BADGE) not in terminal.knowledge.members
    assert terminal.knowledge.card(HASHER.hash_badge("0420000001188")) is None


def break_off(louve: OdooCoop, terminal: Terminal) -> None:
    """A round that reads the people and then breaks off."""

    def fail(*_: object, **__: object) -> None:
        raise OdooException("psycopg2.OperationalError", "the database is being restarted")

    louve.database.methods["shift.shift", "search_read"] = fail
    with pytest.raises(BackendUnavailable):
        terminal.pull()
    del louve.database.methods["shift.shift", "search_read"]


@pytest.mark.parametrize("change", [{"active": False}, {"is_member": False}])
def test_member_no_longer_is_forgotten_also_after_a_round_that_broke_off(louve: OdooCoop, change) -> None:
    terminal = louve.terminal()
    louve.database.touch("res.partner", 118, **change)
    break_off(louve, terminal)
    terminal.pull()
    assert member_id(Kind.BADGE) not in terminal.knowledge.members


def test_new_number_read_in_a_round_that_broke_off_costs_nobody_the_badge(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    louve.database.touch("res.partner", 118, barcode_base=4711)
    break_off(louve, terminal)
    terminal.pull()
    assert MemberId("118") not in terminal.knowledge.members
    assert terminal.knowledge.card(HASHER.hash_badge("0420000001188")).member_id == MemberId("4711")


def test_number_that_was_given_up_can_be_given_anew(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    louve.database.touch("res.partner", 118, barcode_base=4711)
    terminal.pull()
    louve.database.touch("res.partner", 312, barcode_base=118)
    terminal.pull()
    assert terminal.knowledge.members[MemberId("118")].first_name == "Camille"
    louve.database.touch("res.partner", 312, barcode_base=312)
    terminal.pull()
    assert MemberId("118") not in terminal.knowledge.members
    assert terminal.knowledge.members[MemberId("312")].first_name == "Camille"


def test_deleted_member_goes_with_the_daily_comparison(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    del louve.database.tables["res.partner"].rows[118]
    terminal.pull()
    assert member_id(Kind.BADGE) in terminal.knowledge.members
    terminal.cursor = ""
    terminal.pull()
    assert member_id(Kind.BADGE) not in terminal.knowledge.members


# ── shifts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_shift_has_the_hours_people_were_told_and_the_job_of_its_name(louve: OdooCoop) -> None:
    shift = louve.terminal().knowledge.shifts[louve.shift(DELIVERY)]
    local = shift.starts_at.astimezone(ZONE)
    assert (shift.job, shift.places, shift.week, local.hour, local.minute) == ("Livraison", 2, "B", 16, 0)
    assert shift.ends_at - shift.starts_at == timedelta(hours=3)


@pytest.mark.parametrize(
    ("name", "job"),
    [
        ("BMo - 23:00", "Créneau"),
        ("BMar. - 16:00", "Créneau"),
        ("Equipe volante - CMo - 23:00", "Equipe volante"),
        ("Bureau des membres - ASam. - 9:30", "Bureau des membres"),
        ("Réunion d'accueil", "Réunion d'accueil"),
    ],
)
def test_job_is_what_the_name_says_beside_day_and_hour(louve: OdooCoop, name: str, job: str) -> None:
    louve.database.tables["shift.shift"].rows[louve.numbers[DELIVERY]]["name"] = name
    assert louve.terminal().knowledge.shifts[louve.shift(DELIVERY)].job == job


def test_technical_shifts_are_nobody_s_work(louve: OdooCoop) -> None:
    louve.database.tables["shift.type"].rows[2] = {"id": 2, "name": "FTOP Shift", "is_ftop": True}
    louve.database.tables["shift.shift"].rows[louve.numbers[DELIVERY]]["shift_type_id"] = 2
    assert louve.shift(DELIVERY) not in louve.terminal().knowledge.shifts


@pytest.mark.parametrize(
    ("state", "present"),
    [
        *(("open", False), ("draft", False), ("replacing", False), ("done", True), ("absent", False)),
        *(("cancel", None), ("waiting", None), ("replaced", None), ("excused", None)),
    ],
)
def test_who_is_on_the_list_and_who_is_there(louve: OdooCoop, state: str, present: bool | None) -> None:
    [alix] = louve.registrations(Kind.SHIFT_NOW, DELIVERY)
    alix["state"] = state
    assert louve.terminal().present(louve.shift(DELIVERY), member_id(Kind.SHIFT_NOW)) is present


def test_next_shift_far_ahead_is_known_and_changes_with_odoo(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    far = next(shift for shift in terminal.knowledge.shifts_of(member_id(Kind.OK)) if shift.starts_at.month == 12)
    assert far.job == "Mise en rayon"
    [row] = louve.database.where("shift.registration", partner_id=312, shift_id=int(far.id))
    louve.database.touch("shift.registration", row["id"], state="cancel")
    terminal.pull()
    assert far not in set(terminal.knowledge.shifts_of(member_id(Kind.OK)))


def test_cancelled_shift_is_gone(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    louve.database.touch("shift.shift", louve.numbers[SHELVES_LATER], state="cancel")
    terminal.pull()
    assert louve.shift(SHELVES_LATER) not in terminal.knowledge.shifts


def test_week_letters_are_reckoned_from_odoo_s(louve: OdooCoop) -> None:
    assert louve.terminal().knowledge.coop.cycle_start == date(2026, 11, 16)


def test_hours_and_notice_of_the_coop_come_from_its_sheets(louve: OdooCoop) -> None:
    coop = louve.terminal().knowledge.coop
    assert coop.notice
    assert len(coop.hours) == 7


@pytest.fixture
def sheets(louve: OdooCoop, coop_folder: Path, tmp_path: Path) -> Path:
    """The coop's sheets, in a folder that the terminal has read, before its next start."""
    folder = tmp_path / "sheets"
    folder.mkdir()
    for name in ("coop.csv", "hours.csv", "closures.csv"):
        shutil.copy(coop_folder / name, folder)
    louve.backend = louve.new_backend(coop_folder=folder)
    louve.terminal()
    louve.backend.close()
    return folder


BREAKS = {
    "it is gone": lambda sheets: (sheets / "hours.csv").unlink(),
    "it is empty": lambda sheets: (sheets / "hours.csv").write_bytes(b""),
    "lacks the column weekday": lambda sheets: (sheets / "hours.csv").write_bytes(b"day,opens,closes"),
    "the folder cannot be read": shutil.rmtree,
    "none of its rows can be read": lambda sheets: (sheets / "hours.csv").write_text(
        "weekday,opens,closes\n" + "lun,9.00,20.30\n" * 7
    ),
}


@pytest.mark.parametrize("told", BREAKS)
def test_hours_that_cannot_be_read_at_the_start_open_no_door_at_night(
    louve: OdooCoop, sheets: Path, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    terminal = louve.terminal()
    hours = terminal.knowledge.coop.hours
    assert len(hours) == 7
    BREAKS[told](sheets)
    terminal.backend = louve.backend = louve.new_backend(coop_folder=sheets)
    terminal.cursor = ""
    for _ in range(3):
        terminal.pull()
        assert terminal.knowledge.coop.hours == hours
    assert sum("not all can be read" in message for message in caplog.messages) == 1
    assert any(told in problem for problem in louve.backend.examine())


def test_hours_that_can_be_read_again_are_told(louve: OdooCoop, sheets: Path) -> None:
    terminal = louve.terminal()
    whole = (sheets / "hours.csv").read_bytes()
    (sheets / "hours.csv").write_bytes(b"")
    terminal.backend = louve.backend = louve.new_backend(coop_folder=sheets)
    terminal.cursor = ""
    terminal.pull()
    (sheets / "hours.csv").write_bytes(whole.replace(b"20:30", b"21:45"))
    terminal.pull()
    assert {hours.closes for hours in terminal.knowledge.coop.hours} >= {time(21, 45)}
    assert terminal.knowledge.coop.cycle_start == date(2026, 11, 16)
    assert louve.backend.examine() == ()


def test_row_of_the_sheets_that_cannot_be_read_is_told(louve: OdooCoop, sheets: Path) -> None:
    with (sheets / "hours.csv").open("a") as file:
        file.write("lundi,21h,vingt-deux heures\n")
    louve.backend = louve.new_backend(coop_folder=sheets)
    [problem] = louve.backend.examine()
    assert problem.startswith("hours.csv, line ")


# ── the entrance log ──────────────────────────────────────────────────────────────────────────────────────────────────


def moves(louve: OdooCoop) -> list[tuple[int, str, str, str]]:
    rows = louve.database.tables["res.partner.move"].rows.values()
    names = ("partner_id", "action", "cooperative_state", "bootstrap_cooperative_state")
    return [tuple(row[name] for name in names) for row in rows]


def test_entry_is_logged_with_the_state_that_was_shown(louve: OdooCoop) -> None:
    louve.terminal()
    fatou = louve.partner(Kind.GRACE)
    louve.database.touch("res.partner", fatou["id"], cooperative_state="suspended", customer=False)
    louve.deliver(FactKind.PASSAGE, Kind.GRACE)
    assert moves(louve) == [(fatou["id"], "in", "delay", "warning")]


def test_entry_before_anything_was_read_is_logged_with_the_state_of_now(louve: OdooCoop) -> None:
    louve.deliver(FactKind.PASSAGE, Kind.LEAVE)
    assert moves(louve) == [(366, "in", "vacation", "danger")]


def test_entry_whose_answer_was_lost_is_logged_once(louve: OdooCoop) -> None:
    louve.terminal()
    passage = louve.fact(FactKind.PASSAGE, Kind.OK)
    louve.server.faults.lose_next_answer()
    with pytest.raises(Exception, match="server"):
        louve.backend.deliver(passage)
    assert [louve.backend.deliver(passage) for _ in range(2)] == [coops.ACCEPTED] * 2
    assert len(moves(louve)) == 1


def test_entry_whose_answer_was_lost_before_a_power_cut_is_logged_once(louve: OdooCoop) -> None:
    passage = louve.fact(FactKind.PASSAGE, Kind.OK)
    louve.backend.deliver(passage)
    louve.clock.advance(60)
    louve.new_backend().deliver(passage)
    assert len(moves(louve)) == 1


@pytest.mark.parametrize("trust", [ClockTrust.SYNCED, ClockTrust.SINCE, ClockTrust.NEVER])
@pytest.mark.parametrize("hours", [-3, 3])
def test_entry_is_found_again_by_a_terminal_whose_clock_is_not_the_server_s(
    louve: OdooCoop, trust: ClockTrust, hours: int
) -> None:
    clock = AdjustableClock(louve.clock.now() + timedelta(hours=hours), trust)
    passages = [fact(FactKind.PASSAGE, clock, member_id=louve.member(Kind.OK))]
    louve.new_backend(clock=clock).deliver(passages[0])
    for each in (louve.clock, clock):
        each.advance(60)
    later = louve.new_backend(clock=clock)
    passages.append(fact(FactKind.PASSAGE, clock, member_id=louve.member(Kind.OK)))
    for passage in passages:
        later.deliver(passage)
    assert len(moves(louve)) == 2


def test_two_entries_of_one_person_after_an_outage_are_two_rows(louve: OdooCoop) -> None:
    louve.terminal()
    morning, evening = louve.fact(FactKind.PASSAGE, Kind.OK), louve.fact(FactKind.PASSAGE, Kind.OK)
    louve.clock.advance(3600)
    later = louve.new_backend()
    for passage in (morning, evening, morning, evening):
        later.deliver(passage)
    assert len(moves(louve)) == 2


def test_without_the_coop_s_wish_nobody_is_logged(louve: OdooCoop) -> None:
    louve.new_backend(habits=Habits()).deliver(louve.fact(FactKind.PASSAGE, Kind.OK))
    assert moves(louve) == []


# ── rights ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_missing_rights_are_named_with_the_group_and_what_they_carry_is_hidden(louve: OdooCoop) -> None:
    user = louve.database.users[8]
    louve.database.users[8] = modules_user(user, modules.TIME_CLOCK)
    backend = louve.new_backend()
    capabilities = backend.capabilities()
    assert (capabilities.roster, capabilities.booking) == (False, False)
    assert any("read shift.registration" in text and "Lecture BDM" in text for text in backend.survey().problems)
    assert any("write shift.registration" in text and "Shift User" in text for text in backend.survey().problems)
    page = backend.fetch("", 1)
    assert page.members
    assert not page.shifts


def modules_user(user, *groups: str):
    return type(user)(id=user.id, login=user.login, secret=user.secret, groups=frozenset(groups))


@pytest.mark.parametrize(
    ("model", "group", "carried"),
    [("shift.shift", "Lecture BDM", "roster"), ("shift.ticket", "Shift User", "booking")],
)
def test_one_model_that_may_not_be_read_costs_what_it_is_for_and_no_more(
    louve: OdooCoop, model: str, group: str, carried: str
) -> None:
    rights = louve.database.rights
    louve.database.rights = {**rights, (model, "read"): frozenset({"nobody"})}
    try:
        terminal = Terminal(louve.new_backend())
        terminal.pull()
        assert len(terminal.knowledge.members) == MEMBERS
        assert not getattr(terminal.knowledge.capabilities, carried)
        assert any(f"read {model}" in text and group in text for text in terminal.backend.examine())
    finally:
        louve.database.rights = rights


def test_user_without_address_or_time_zone_is_pointed_out(louve: OdooCoop) -> None:
    louve.database.tables["res.users"].rows[8].update(email=False, tz=False)
    backend = louve.new_backend()
    backend.capabilities()
    assert ["e-mail" in text or "time zone" in text for text in backend.survey().problems] == [True, True]


def test_refusal_for_want_of_a_right_names_the_group(louve: OdooCoop) -> None:
    louve.terminal()
    louve.database.users[8] = modules_user(louve.database.users[8], modules.TIME_CLOCK, modules.MEMBERS_READ)
    outcome = louve.deliver(FactKind.CHECK_IN, Kind.SHIFT_NOW, louve.shift(DELIVERY))
    assert "coop_shift.group_shift_user" in outcome.reason


def test_id_of_another_backend_is_refused_in_words(louve: OdooCoop) -> None:
    fact = coops.fact(FactKind.CHECK_IN, louve.clock, member_id=MemberId("M-1"), shift_id=louve.shift(DELIVERY))
    assert "does not know" in louve.backend.deliver(fact).reason


# ── grace ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_grace_is_granted_when_asked_for_and_asking_again_adds_nothing(louve: OdooCoop) -> None:
    for _ in range(2):
        hugo = louve.backend.grace(member_id(Kind.BLOCKED), 5.0).member
        assert hugo is not None
        assert (hugo.status, hugo.until) == (Status.GRACE, date(2026, 12, 8))


def test_grace_is_for_those_whom_the_rules_give_it(louve: OdooCoop) -> None:
    assert louve.backend.grace(member_id(Kind.OK), 5.0) == Grace(None)
    assert louve.backend.grace(MemberId("99999"), 5.0) == Grace(None)


def test_grace_that_leaves_the_member_suspended_is_none(louve: OdooCoop) -> None:
    """Between 23 and 24 o'clock UTC these modules begin it on the user's day and look for it on that of UTC."""
    louve.database.methods["res.partner", "action_grace_partner"] = lambda _user, _ids: "2026-12-08"
    assert louve.backend.grace(member_id(Kind.BLOCKED), 5.0) == Grace(None)


def test_grace_that_odoo_declines_is_told_in_its_words(louve: OdooCoop) -> None:
    def decline(_user: User, _ids: list[int]) -> str:
        raise user_error("Un délai par absence, pas plus.")

    louve.database.methods["res.partner", "action_grace_partner"] = decline
    assert louve.backend.grace(member_id(Kind.BLOCKED), 5.0) == Grace(None, "Un délai par absence, pas plus.")


def test_grace_for_want_of_a_right_names_the_groups(louve: OdooCoop) -> None:
    user = louve.database.users[8]
    louve.database.users[8] = replace(user, groups=frozenset({modules.TIME_CLOCK}))
    with pytest.raises(NotAuthorised, match=r"group_membership_bdm_lecture.*group_shift_user"):
        louve.backend.grace(member_id(Kind.BLOCKED), 5.0)


def test_grace_is_carried_where_the_coop_wants_it(louve: OdooCoop) -> None:
    assert not louve.backend.capabilities().grace
    assert louve.new_backend(habits=Habits(grace=True)).capabilities().grace


def test_looking_grants_nothing(louve: OdooCoop) -> None:
    louve.terminal().pull()
    louve.backend.identify(HASHER.hash_badge("0420000001188"), 5.0, "ean:0420000001188")
    assert "action_grace_partner" not in [method for _, method in louve.server.calls]
