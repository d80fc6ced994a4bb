"""An Odoo with the foodcoop modules: members, changes, rights and grace."""

from dataclasses import replace
from datetime import date

import pytest

from kiosk.backends.base import Grace
from kiosk.backends.odoo.family import standing
from kiosk.backends.odoo.foodcoop_people import STATES
from kiosk.backends.odoo.habits import Habits
from kiosk.demo.cast import Kind
from kiosk.demo.fake_odoo import foodcoop as modules
from kiosk.demo.fake_odoo.faults import OdooException, user_error
from kiosk.demo.fake_odoo.records import User
from kiosk.errors import BackendUnavailable, NotAuthorised
from kiosk.rules.ownership import search
from kiosk.types import FactKind, MemberId, Role, Status
from tests.backends.odoo import coops
from tests.backends.odoo.coops import DELIVERY, OdooCoop, badge
from tests.backends.rigs import HASHER, MEMBERS, Terminal, member_id

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
