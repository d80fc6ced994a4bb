"""What the server and whoever stands before it can answer, and what each answer is called."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.backends.base import Accepted, Refused
from kiosk.backends.gestion_compte.fake.routes import Setup
from kiosk.errors import BackendUnavailable, BackendUnreadable, NotAuthorised
from kiosk.types import FactKind, Presence
from tests.backends.gestion_compte.shops import ALIX, CAMILLE, MANAGER, TILL, YANIS, Shop, alix, at, badge, card, opened


def refused(what: Callable[[], object]) -> str:
    with pytest.raises(NotAuthorised) as caught:
        what()
    return str(caught.value)


def unavailable(what: Callable[[], object]) -> str:
    with pytest.raises(BackendUnavailable) as caught:
        what()
    return str(caught.value)


# ── whoever stands in the shop ────────────────────────────────────────────────────────────────────────────────────


def test_place_that_the_server_does_not_know_is_not_authorised(tmp_path: Path) -> None:
    with opened(tmp_path, setup=Setup(place_known=False)) as shop:
        assert "PLACE_LOCAL_IP_ADDRESS" in refused(shop.pull)


def test_place_unknown_to_a_server_with_single_sign_on_is_told_so(tmp_path: Path) -> None:
    with opened(tmp_path, setup=Setup(place_known=False, single_sign_on=True)) as shop:
        assert "OIDC" in refused(shop.pull)


def test_single_sign_on_is_no_trouble_for_a_place_that_is_known(tmp_path: Path) -> None:
    with opened(tmp_path, at(12), Setup(single_sign_on=True)) as shop:
        assert shop.pull()
        assert shop.ask(CAMILLE).member is not None


def test_scan_that_upstream_has_come_to_guard_is_not_authorised_and_no_unknown_card(tmp_path: Path) -> None:
    with opened(tmp_path, at(12), Setup(guards_scans=True)) as shop:
        assert shop.pull()
        assert shop.ask(CAMILLE).member is not None
        shop.setup.place_known = False
        assert "PLACE_LOCAL_IP_ADDRESS" in refused(lambda: shop.ask(ALIX))


def test_token_that_upstream_has_come_to_ask_for_is_sent_along(tmp_path: Path) -> None:
    with opened(tmp_path, at(12), Setup(tokens_for_scans=True)) as shop:
        assert shop.pull()
        assert shop.ask(CAMILLE).member is not None


def test_token_that_has_run_out_is_fetched_anew_and_the_scan_done_once(tmp_path: Path) -> None:
    with opened(tmp_path, at(12), Setup(tokens_for_scans=True)) as shop:
        shop.pull()
        shop.server.sessions.expire()
        assert shop.ask(CAMILLE).member is not None
        assert shop.coop.scans == 1


def test_scan_that_is_not_taken_for_another_reason_is_no_unknown_card(tmp_path: Path) -> None:
    with opened(tmp_path, at(12), Setup(refuses_scans=True)) as shop:
        shop.pull()
        assert "takes no scan" in refused(lambda: shop.ask(CAMILLE))


def test_unknown_and_disabled_badges_are_unknown(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        shop.pull()
        holder, _ = shop.coop.badges[badge(CAMILLE).removeprefix("ean:")[:12]]
        shop.coop.badges[badge(CAMILLE).removeprefix("ean:")[:12]] = (holder, False)
        for number in (CAMILLE, 99):
            answer = shop.ask(number)
            assert answer.available
            assert answer.member is None


def test_unknown_badge_is_unknown_where_the_cookie_is_not_ours(tmp_path: Path) -> None:
    with opened(tmp_path, at(12), Setup(cookie_domain="coop.example")) as shop:
        shop.pull()
        assert shop.ask(99).available


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (500, {}),
        (502, {}),
        (302, {"Location": "https://portal.example/welcome"}),
        (302, {"Location": "/maintenance"}),
        (301, {"Location": "https://127.0.0.1/card_reader/"}),
        (404, {}),
        (200, {}),
    ],
)
def test_what_is_no_answer_of_the_server_opens_nothing_and_is_no_unknown_card(tmp_path, status, headers) -> None:
    with opened(tmp_path, at(12)) as shop:
        shop.pull()
        shop.server.answer_next("<html><body>Bienvenue sur le wifi</body></html>", status, **headers)
        try:
            answer = shop.ask(CAMILLE)
        except BackendUnavailable:
            return
        assert not answer.available
        assert answer.member is None


def test_page_that_has_changed_is_told_as_such_and_is_the_desk_s(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        shop.pull()
        shop.server.answer_next("<h3 class='header'>Salut Camille !</h3>")
        with pytest.raises(BackendUnreadable, match="no longer shows whether the card may enter"):
            shop.ask(CAMILLE)
        shop.pass_time(3)
        assert shop.ask(CAMILLE).member is not None


def test_reader_s_page_that_has_changed_is_no_roster(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.server.answer_next("<html><body><h5>Aujourd'hui</h5></body></html>")
        assert "no longer shows" in unavailable(shop.pull)


def test_slow_page_that_fails_keeps_what_it_said_and_is_logged_once(tmp_path: Path, caplog) -> None:
    with opened(tmp_path) as shop, caplog.at_level(logging.INFO):
        shop.pull()
        hours = shop.knowledge.coop.hours
        for _ in range(2):
            shop.pass_time(1000)
            shop.coop.hours = ((0, "bientôt", "?"),)
            shop.pull()
        assert shop.knowledge.coop.hours == hours
        shop.coop.hours = ((0, "8h", "20h"),)
        shop.pass_time(1000)
        shop.pull()
        assert len(shop.knowledge.coop.hours) == 1
        told = [record.message for record in caplog.records if "opening hours" in record.message]
        assert len(told) == 2


@pytest.mark.parametrize("page", ["/openinghours/widget", "/closingexceptions/widget"])
def test_hours_that_cannot_be_read_after_a_start_stay_as_they_were(tmp_path: Path, page: str) -> None:
    with opened(tmp_path) as shop:
        shop.pull()
        known = shop.knowledge.coop
        assert known.hours
        assert known.closures
        shop.coop.hours = ((0, "8h", "20h"),)
        shop.restart()
        shop.server.faults.lose_next_answer(after=shop.paths().index(page))
        for notice in ("AG jeudi", "AG samedi"):
            shop.coop.notice = notice
            shop.pull()
            assert shop.knowledge.coop == known
        shop.pass_time(1000)
        shop.pull()
        assert (len(shop.knowledge.coop.hours), shop.knowledge.coop.closures) == (1, known.closures)


def test_server_without_hours_is_waited_for_at_one_look(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.coop.hours = ((0, "sur rendez-vous", ""),)
        shop.pull()
        assert not shop.knowledge.coop.notice
        shop.pass_time(1000)
        shop.pull()
        assert shop.knowledge.coop.notice
        assert not shop.knowledge.coop.hours


def test_server_s_clock_judges_the_window(tmp_path: Path) -> None:
    with opened(tmp_path, at(15, 51)) as shop:
        shop.server_clock.advance(-600)
        shop.pull()
        assert abs(shop.backend._shop.now() - shop.server_clock.now()) < timedelta(seconds=3)
        # Nine minutes before the shift here, nineteen there: a scan marks nobody yet.
        assert shop.ask(ALIX).member is not None
        assert not shop.is_carried_out(1)


def test_cut_network_is_no_answer_and_no_delivery(tmp_path: Path) -> None:
    with opened(tmp_path, at(15)) as shop:
        shop.pull()
        shop.cable.cut()
        unavailable(shop.pull)
        unavailable(lambda: shop.ask(CAMILLE))
        for kind in (FactKind.PASSAGE, FactKind.PARTNER_ABSENT, FactKind.CHECK_IN):
            unavailable(lambda kind=kind: shop.backend.deliver(shop.fact(kind, alix(), TILL)))
        shop.cable.mend()
        shop.pull()
        assert shop.backend.deliver(shop.fact(FactKind.PARTNER_ABSENT, alix(), TILL)) == Accepted()


# ── the shift manager ─────────────────────────────────────────────────────────────────────────────────────────────


def undo(shop: Shop) -> object:
    """Something that only the account can do: take back a presence that the server has."""
    shop.backend._memory.note_came(TILL, alix())
    known = shop.backend._memory.person(alix())
    assert known is not None
    return shop.backend.deliver(shop.fact(FactKind.CHECK_IN_UNDONE, alix(), TILL))


@pytest.fixture
def office(tmp_path: Path):
    with opened(tmp_path, at(12), Setup(), **MANAGER) as shop:
        shop.pull()
        shop.ask(ALIX)
        shop.pass_time(4 * 3600)
        shop.pull()
        shop.backend.deliver(shop.fact(FactKind.CHECK_IN, shop.knowledge.card(card(ALIX)).member_id, TILL))
        assert shop.is_carried_out(1)
        yield shop


def test_account_signs_in_by_itself_and_once(office: Shop) -> None:
    assert undo(office) == Accepted()
    assert not office.is_carried_out(1)
    assert office.paths().count("/login_check") == 1
    office.coop.places[1].carried_out = True
    assert undo(office) == Accepted()
    assert office.paths().count("/login_check") == 1


def test_session_that_is_over_is_opened_again(office: Shop) -> None:
    undo(office)
    office.coop.places[1].carried_out = True
    office.server.sessions.expire()
    assert undo(office) == Accepted()
    assert office.paths().count("/login_check") == 2


@pytest.mark.parametrize(
    ("trouble", "named", "for_people"),
    [
        ({"password": "another"}, "name and password", "mot de passe"),
        ({"is_manager": False}, "does not let the account", "rôle"),
        ({"first_password": True}, "first password", "premier mot de passe"),
        ({"single_sign_on": True}, "OIDC", "OIDC"),
        ({"cookie_domain": "coop.example"}, "ROUTER_REQUEST_CONTEXT_HOST", "url"),
    ],
)
def test_account_that_is_not_taken_is_named_and_waits_for_a_person(office: Shop, trouble, named, for_people) -> None:
    for name, value in trouble.items():
        setattr(office.setup, name, value)
    outcome = undo(office)
    assert isinstance(outcome, Refused)
    assert for_people in outcome.reason
    (problem,) = office.backend.examine()
    assert named in problem
    # Everybody else is served as before.
    office.pull()
    office.pass_time(3)
    assert office.ask(CAMILLE).member is not None


def test_account_that_is_taken_is_no_problem(office: Shop) -> None:
    assert office.backend.examine() == ()


@pytest.mark.parametrize(
    ("presence", "other"),
    [(Presence.AT_BOOKING, Presence.BY_IDENTIFYING), (Presence.BY_IDENTIFYING, Presence.AT_BOOKING)],
)
def test_presence_that_is_not_the_server_s_is_told(tmp_path: Path, presence: Presence, other: Presence) -> None:
    """The wrong one sends strangers to the desk, or notes people as present whom nobody has asked."""
    with opened(tmp_path, presence=presence) as shop:
        shop.pull()
        assert shop.backend.examine() == ()
        shop.coop.by_reader = not shop.coop.by_reader
        shop.pass_time(60)
        shop.pull()
        (problem,) = shop.backend.examine()
        assert problem.endswith(f"presence must be {other}")


def test_presence_is_no_matter_while_nobody_has_a_place(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.coop.by_reader = False
        for place in shop.coop.places.values():
            place.shifter = None
        shop.pull()
        assert shop.backend.examine() == ()


def test_reader_s_tier_has_no_account_to_be_a_problem(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        assert shop.backend.examine() == ()
        assert "/login" not in shop.paths()


def test_what_cannot_be_taken_back_leaves_the_roster_alone(office: Shop, caplog: pytest.LogCaptureFixture) -> None:
    office.backend._memory.owe(TILL, alix(), office.clock.now())
    office.setup.password = "another"
    with caplog.at_level(logging.WARNING, logger="kiosk"):
        for _ in range(3):
            office.pass_time(100)
            office.pull()
    assert [record.message for record in caplog.records if "what the account is to do waits" in record.message] == [
        "gestion-compte: what the account is to do waits (the server does not take the account's name and password)"
    ]
    office.setup.password = "un mot de passe"
    office.pass_time(100)
    office.pull()
    assert not office.is_carried_out(1)


# ── the account for a place that the server does not know ─────────────────────────────────────────────────────────


def test_account_sees_the_reader_s_page_from_anywhere(tmp_path: Path) -> None:
    with opened(tmp_path, at(12), Setup(place_known=False), **MANAGER) as shop:
        assert shop.pull()
        assert shop.knowledge.roster(TILL)
        assert shop.ask(CAMILLE).member is not None
        stranger = shop.ask(99)
        assert (stranger.available, stranger.member) == (True, None)
        assert shop.paths().count("/login_check") == 1


def test_account_scans_where_upstream_has_come_to_guard_it(tmp_path: Path) -> None:
    setup = Setup(place_known=False, guards_scans=True, tokens_for_scans=True)
    with opened(tmp_path, at(12), setup, **MANAGER) as shop:
        shop.pull()
        assert shop.ask(CAMILLE).member is not None
        shop.server.sessions.expire()
        assert "it is open again" in unavailable(lambda: shop.ask(YANIS))
        shop.pass_time(3)
        assert shop.ask(YANIS).member is not None
        assert shop.coop.scans == 2


def test_place_that_the_server_comes_to_know_needs_no_account(tmp_path: Path) -> None:
    with opened(tmp_path, at(12), Setup(place_known=False), **MANAGER) as shop:
        shop.pull()
        shop.setup.place_known = True
        shop.setup.password = "another"
        shop.server.sessions.expire()
        shop.pull()
        assert shop.ask(CAMILLE).member is not None


def test_neither_place_nor_account_is_told_of_both(tmp_path: Path) -> None:
    with opened(tmp_path, setup=Setup(place_known=False, password="another"), **MANAGER) as shop:
        told = refused(shop.pull)
        assert "PLACE_LOCAL_IP_ADDRESS" in told
        assert "name and password" in told


def test_no_secret_and_no_name_is_in_any_message(office: Shop, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="kiosk"):
        undo(office)
        office.setup.password = "another"
        office.server.sessions.expire()
        message = str(undo(office)) + " ".join(office.backend.examine())
        office.cable.cut()
        message += unavailable(office.pull)
        message += unavailable(lambda: office.ask(CAMILLE))
    for secret in ("un mot de passe", "Alix", badge(ALIX).removeprefix("ean:"), "127.0.0.1"):
        assert secret not in caplog.text + message
