"""Whose card is it? The cases in which a scan may mark somebody, and those in which it marks nobody."""

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.backends.base import Accepted
from kiosk.backends.gestion_compte.imports import Importer, Row
from kiosk.errors import BackendUnreadable
from kiosk.types import FactKind, Status
from tests.backends.gestion_compte.shops import (
    ALIX,
    ASK,
    AT_BOOKING,
    CAMILLE,
    HASHER,
    JEANNE,
    MANAGER,
    ODILE,
    TILL,
    account,
    add_places,
    alix,
    at,
    badge,
    card,
    known_here,
    opened,
    scans,
    shift_id,
)

# ── no window is open ─────────────────────────────────────────────────────────────────────────────────────────────


def test_card_that_was_never_seen_is_asked_about_while_no_shift_is_open(tmp_path: Path) -> None:
    with opened(tmp_path, at(15)) as shop:
        shop.pull()
        member = shop.ask(CAMILLE).member
        assert member is not None
        assert (member.first_name, member.status, member.balance_minutes) == ("Camille", Status.OK, 180)


def test_what_the_server_does_not_tell_is_left_out(tmp_path: Path) -> None:
    with opened(tmp_path, at(15)) as shop:
        shop.pull()
        member = shop.ask(JEANNE).member
        assert member is not None
        assert (member.status, str(member.until), member.balance_minutes) == (Status.EXEMPT, "2026-12-13", None)
        assert (member.name, member.due_by) == ("", None)
        capabilities = shop.backend.capabilities()
        assert not any([capabilities.next_shifts, capabilities.fee_dates, capabilities.roles, capabilities.booking])
        assert capabilities.check_in_opens_minutes == 10


def test_answer_is_remembered_and_decided_on_from_then_on(tmp_path: Path) -> None:
    with opened(tmp_path, at(15)) as shop:
        shop.pull()
        shop.ask(CAMILLE)
        shop.restart()
        shop.pull()
        assert known_here(shop, CAMILLE)
        assert scans(shop) == 1


def test_refusal_is_asked_about_each_time(tmp_path: Path) -> None:
    with opened(tmp_path, at(15)) as shop:
        shop.pull()
        assert shop.ask(ODILE).member.status is Status.LEFT
        assert known_here(shop, ODILE)
        shop.pull()
        assert not known_here(shop, ODILE)
        account(shop.coop, ODILE).withdrawn = False
        shop.pass_time(60)
        assert shop.ask(ODILE).member.status is Status.OK
        shop.pull()
        assert known_here(shop, ODILE)


def test_how_old_a_may_enter_may_be_is_a_setting(tmp_path: Path) -> None:
    with opened(tmp_path, at(15), allowed_days=10) as shop:
        shop.pull()
        shop.ask(CAMILLE)
        shop.pass_time(9 * 86400)
        shop.pull()
        assert known_here(shop, CAMILLE)
        shop.pass_time(2 * 86400)
        shop.pull()
        assert not known_here(shop, CAMILLE)
        assert shop.ask(CAMILLE).member is not None


def test_badge_that_was_disabled_is_unknown_from_its_next_scan_on(tmp_path: Path) -> None:
    with opened(tmp_path, at(15)) as shop:
        shop.pull()
        shop.ask(CAMILLE)
        shop.coop.badges[badge(CAMILLE).removeprefix("ean:")[:12]] = (None, False)
        shop.pass_time(300)
        member = shop.knowledge.card(card(CAMILLE)).member_id
        assert shop.backend.deliver(shop.fact(FactKind.PASSAGE, member)) == Accepted()
        shop.pull()
        assert not known_here(shop, CAMILLE)


def test_contactless_card_is_asked_about_under_its_own_number(tmp_path: Path) -> None:
    with opened(tmp_path, at(15)) as shop:
        shop.pull()
        holder, _ = shop.coop.badges[badge(CAMILLE).removeprefix("ean:")[:12]]
        shop.coop.badges["043735928559"] = (holder, True)
        answer = shop.backend.identify(card(1000), 5.0, "4:DEADBEEF")
        assert answer.member is not None
        assert answer.member.first_name == "Camille"


@pytest.mark.parametrize("imported", [True, False])
def test_card_that_was_paired_anew_under_another_number_is_known_by_that(tmp_path: Path, imported: bool) -> None:
    """The coop has changed nfc_prefix, and the office has paired its contactless cards once more."""
    with opened(tmp_path, at(15)) as shop:
        hash_ = HASHER.hash_canonical("4:DEADBEEF")
        holder, _ = shop.coop.badges[badge(CAMILLE).removeprefix("ean:")[:12]]
        shop.coop.badges["043735928559"] = (holder, True)
        shop.pull()
        assert shop.backend.identify(hash_, 5.0, "4:DEADBEEF").member is not None
        shop.coop.badges["293735928559"] = shop.coop.badges.pop("043735928559")
        shop.backend.close()
        settings = replace(shop.settings, nfc_prefix="29")
        shop.backend = shop.new_backend(settings)
        shop.pull()
        shop.pass_time(3)
        if imported:
            people = [Row("people", 2, {"numero": "4", "prenom": "Camille"})]
            cards = [Row("cards", 2, {"numero": "4", "carte": "4:DEADBEEF"})]
            Importer(shop.backend._memory, HASHER, settings, shop.clock.now()).run(people, {}, cards)
        else:
            assert shop.backend.identify(hash_, 5.0, "4:DEADBEEF").member is None
            shop.pass_time(3)
        assert shop.backend.identify(hash_, 5.0, "4:DEADBEEF").member is not None


@pytest.mark.parametrize("card_id", ["", "phone", "ean:123"])
def test_what_is_no_card_is_nobody_s_and_asks_nothing(tmp_path: Path, card_id: str) -> None:
    with opened(tmp_path, at(15)) as shop:
        shop.pull()
        answer = shop.backend.identify(card(1000), 5.0, card_id)
        assert answer.available
        assert answer.member is None
        assert scans(shop) == 0


# ── a window is open ──────────────────────────────────────────────────────────────────────────────────────────────


def test_known_worker_is_answered_for_without_a_scan(tmp_path: Path) -> None:
    with opened(tmp_path, at(12), allowed_days=1) as shop:
        shop.pull()
        shop.ask(ALIX)
        shop.pass_time(4 * 3600)
        shop.clock.advance(0)
        shop.pull()
        assert shop.ask(ALIX).member.first_name == "Alix"
        assert scans(shop) == 1
        assert not shop.is_carried_out(1)


def test_known_shopper_is_asked_about_while_others_are_awaited(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        shop.pull()
        shop.ask(CAMILLE)
        shop.pass_time(4 * 3600)
        assert shop.ask(CAMILLE).member is not None
        assert scans(shop) == 2


def test_unknown_card_is_the_desk_s_while_a_worker_without_a_known_card_is_awaited(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.pull()
        assert not shop.ask(CAMILLE).available
        assert not shop.ask(ALIX).available
        assert scans(shop) == 0
        assert not shop.is_carried_out(1)


def test_unknown_card_is_asked_about_once_every_worker_has_come(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.coop.places[1].carried_out = True
        shop.pull()
        assert shop.ask(CAMILLE).member is not None


def test_unknown_card_is_asked_about_when_every_awaited_worker_has_another(tmp_path: Path) -> None:
    with opened(tmp_path, at(15, 55), **ASK) as shop:
        shop.pull()
        shop.ask(ALIX)
        shop.coop.places[1].carried_out = False
        shop.pass_time(100)
        strict = shop.new_backend(replace(shop.settings, unknown_cards=type(shop.settings).unknown_cards))
        strict.fetch("", 1)
        assert strict.identify(card(CAMILLE), 5.0, badge(CAMILLE)).member is not None
        assert not shop.is_carried_out(1)
        strict.close()


def test_roster_that_is_not_known_leaves_every_card_to_the_desk(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.server.answer_next("<html></html>")
        with pytest.raises(BackendUnreadable):
            shop.ask(CAMILLE)
        assert scans(shop) == 0


@pytest.mark.parametrize("settings", [{}, MANAGER, ASK], ids=["reader", "shift-manager", "ask"])
def test_shift_that_the_day_s_page_leaves_out_until_it_begins_is_marked_by_nobody(tmp_path, settings) -> None:
    with opened(tmp_path, at(12), **settings) as shop:
        shop.coop.places[1].carried_out = shop.coop.places[4].carried_out = True
        # It ends with the day: the page of the day names it from nine o'clock on.
        add_places(shop.coop, "Inventaire", at(21), ALIX)
        shop.pull()
        shop.ask(ALIX)
        member = shop.knowledge.card(card(ALIX)).member_id
        shop.pass_time(8 * 3600 + 52 * 60)
        shop.pull()
        shop.backend.deliver(shop.fact(FactKind.PASSAGE, member))
        assert not shop.ask(CAMILLE).available
        assert not shop.is_carried_out(8)
        # Once it has begun, the page names who is awaited.
        shop.pass_time(9 * 60)
        shop.pull()
        assert shop.present(shift_id("Inventaire", at(21)), member) is False
        shop.backend.deliver(shop.fact(FactKind.PASSAGE, member))
        assert not shop.is_carried_out(8)


def test_coop_that_has_decided_so_scans_unknown_cards_and_says_what_that_marked(tmp_path: Path) -> None:
    with opened(tmp_path, **ASK) as shop:
        shop.pull()
        answer = shop.ask(ALIX)
        assert answer.member.id == alix()
        assert answer.present == (TILL,)
        assert shop.present(TILL, alix()) is True
        assert shop.is_carried_out(1)
        assert shop.ask(CAMILLE).present == ()


def test_what_a_look_has_marked_is_taken_back_by_the_shift_manager(tmp_path: Path) -> None:
    with opened(tmp_path, **MANAGER) as shop:
        shop.pull()
        answer = shop.ask(ALIX)
        assert (answer.member.id, answer.present, answer.member.balance_minutes) == (alix(), (), None)
        shop.pull()
        assert shop.present(TILL, alix()) is False
        assert shop.is_carried_out(1)
        shop.pass_time(100)
        shop.pull()
        assert not shop.is_carried_out(1)
        assert shop.present(TILL, alix()) is False
        assert account(shop.coop, ALIX).counter == 180


def test_what_a_look_has_marked_stands_once_it_is_affirmed(tmp_path: Path) -> None:
    with opened(tmp_path, **MANAGER) as shop:
        shop.pull()
        shop.ask(ALIX)
        shop.pass_time(45)
        assert shop.backend.deliver(shop.fact(FactKind.CHECK_IN, alix(), TILL)) == Accepted()
        shop.pass_time(100)
        shop.pull()
        assert shop.is_carried_out(1)
        assert shop.present(TILL, alix()) is True
        assert shop.coop.validations == [("Caisse 24 16", "1")]


def test_taking_back_before_the_shift_has_begun_waits_for_its_start(tmp_path: Path) -> None:
    with opened(tmp_path, at(15, 52), **MANAGER) as shop:
        shop.pull()
        shop.ask(ALIX)
        shop.pass_time(100)
        shop.pull()
        assert shop.is_carried_out(1)
        assert shop.present(TILL, alix()) is False
        shop.restart()
        shop.pass_time(600)
        shop.pull()
        assert not shop.is_carried_out(1)


def test_worker_who_was_refused_is_not_marked_by_asking_again(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        account(shop.coop, ALIX).frozen = True
        shop.pull()
        shop.ask(ALIX)
        shop.pass_time(4 * 3600)
        answer = shop.ask(ALIX)
        assert answer.member.status is Status.FROZEN
        assert not shop.is_carried_out(1)


def test_worker_who_was_refused_is_asked_about_where_it_can_be_taken_back(tmp_path: Path) -> None:
    with opened(tmp_path, at(12), **MANAGER) as shop:
        account(shop.coop, ALIX).frozen = True
        shop.pull()
        shop.ask(ALIX)
        account(shop.coop, ALIX).frozen = False
        shop.pass_time(4 * 3600)
        assert shop.ask(ALIX).member.status is Status.OK
        shop.pass_time(100)
        shop.pull()
        assert not shop.is_carried_out(1)


def test_presence_that_counts_at_booking_is_no_reason_not_to_ask(tmp_path: Path) -> None:
    with opened(tmp_path, **AT_BOOKING) as shop:
        shop.pull()
        assert shop.ask(CAMILLE).member is not None
        answer = shop.ask(ALIX)
        assert answer.member is not None
        assert answer.present == (TILL,)


@pytest.mark.parametrize("tier", [{}, MANAGER], ids=["reader", "manager"])
def test_who_is_there_stays_there_where_presence_counts_at_booking(tmp_path: Path, tier) -> None:
    """The pages do not show it then; the crew sees who has come all the same."""
    with opened(tmp_path, **AT_BOOKING, **tier) as shop:
        shop.pull()
        shop.ask(ALIX)
        assert shop.present(TILL, alix()) is True
        shop.restart()
        shop.pull()
        assert shop.present(TILL, alix()) is True


def test_presence_that_counts_at_booking_is_nothing_to_take_back(tmp_path: Path, caplog) -> None:
    """Whoever looks at the counter during the own shift sees it, also where there is an account."""
    with opened(tmp_path, **AT_BOOKING, **MANAGER) as shop:
        shop.pull()
        answer = shop.ask(ALIX)
        assert answer.member.balance_minutes == 180
        assert answer.present == (TILL,)
        shop.pass_time(200)
        shop.pull()
        assert "/login_check" not in shop.paths()
        assert "taken back" not in caplog.text


def test_who_is_known_by_another_number_from_now_on_is_told(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        shop.pull()
        before = shop.ask(ALIX).member.id
        shop.pull()
        shop.pass_time(4 * 3600)
        shop.backend.deliver(shop.fact(FactKind.CHECK_IN, before, TILL))
        changes = shop.backend.fetch(shop.cursor, shop.generation + 1)
        assert before != alix()
        assert changes.renamed_members == ((before, alix()),)
        everything = shop.backend.fetch("", shop.generation + 2)
        assert everything.last
        assert everything.renamed_members == changes.renamed_members
