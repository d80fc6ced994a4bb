"""Whose card is it? The cases in which a scan may mark somebody, and those in which it marks nobody."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.backends.base import Accepted
from kiosk.backends.gestion_compte.imports import Importer, Row
from kiosk.backends.gestion_compte.slots import person_id
from kiosk.errors import BackendUnavailable, BackendUnreadable
from kiosk.types import FactKind, Status
from tests.backends.gestion_compte.shops import (
    ALIX,
    ASK,
    AT_BOOKING,
    CAMILLE,
    HASHER,
    JEANNE,
    MANAGER,
    NOE,
    ODILE,
    SAM,
    TILL,
    YANIS,
    account,
    add_person,
    add_places,
    alix,
    at,
    badge,
    card,
    opened,
    shift_id,
)


def scans(shop) -> int:
    return shop.paths().count("/card_reader/check")


def known_here(shop, number: int) -> bool:
    """The card is decided on without asking."""
    return shop.knowledge.card(card(number)) is not None


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


# ── namesakes ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_card_known_by_first_name_is_taken_for_the_only_worker_of_that_name(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        shop.pull()
        shop.ask(ALIX)
        shop.pull()
        holder = shop.knowledge.card(card(ALIX)).member_id
        assert shop.present(TILL, holder) is False


def test_namesake_is_told_apart_by_the_server_s_answer(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        add_person(shop.coop, 50, "Alix", "Berger")
        shop.pull()
        shop.ask(50)
        shop.pull()
        stranger = shop.knowledge.card(card(50)).member_id
        assert shop.present(TILL, stranger) is False
        shop.pass_time(4 * 3600)
        shop.pull()
        shop.backend.deliver(shop.fact(FactKind.CHECK_IN, stranger, TILL))
        shop.pull()
        assert shop.present(TILL, stranger) is None
        assert shop.present(TILL, alix()) is False
        assert not shop.is_carried_out(1)


def test_of_several_namesakes_nobody_is_guessed_and_nobody_marked(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        add_person(shop.coop, 50, "Alix", "Berger")
        shop.pull()
        shop.ask(50)
        shop.ask(ALIX)
        shop.pass_time(4 * 3600)
        shop.pull()
        assert not known_here(shop, ALIX)
        assert not known_here(shop, 50)
        assert not shop.ask(50).available
        assert not shop.is_carried_out(1)


def test_validated_place_tells_the_number_for_good(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        shop.pull()
        shop.ask(ALIX)
        shop.pass_time(4 * 3600)
        shop.pull()
        guessed = shop.knowledge.card(card(ALIX)).member_id
        assert guessed != alix()
        assert shop.backend.deliver(shop.fact(FactKind.CHECK_IN, guessed, TILL)) == Accepted()
        shop.pull()
        assert shop.knowledge.card(card(ALIX)).member_id == alix()
        assert shop.present(TILL, alix()) is True


# ── one request at a time, spaced ─────────────────────────────────────────────────────────────────────────────────


def test_cards_of_a_couple_that_a_list_has_mixed_up_are_told_apart(tmp_path: Path) -> None:
    with opened(tmp_path, at(15), **MANAGER) as shop:
        theirs = account(shop.coop, CAMILLE)
        sacha = add_person(shop.coop, 8, "Sacha", "Dupont")
        sacha.membership = theirs
        couple = [Row("l.csv", 2, {"numero": "4", "prenom": name}) for name in ("Camille", "Sacha")]
        cards = [
            Row("l.csv", 2, {"carte": badge(number), "numero": "4", "prenom": name})
            for number, name in ((CAMILLE, "Sacha"), (8, "Camille"))
        ]
        Importer(shop.backend._memory, HASHER, shop.settings, shop.clock.now()).run(couple, {}, cards)
        for _ in range(2):
            for number, name in ((CAMILLE, "Camille"), (8, "Sacha")):
                shop.pass_time(60)
                shop.pull()
                assert shop.ask(number).member.first_name == name
        shop.pull()
        for number, name in ((CAMILLE, "Camille"), (8, "Sacha")):
            assert shop.knowledge.card(card(number)).member_id == person_id("4", name)
            assert shop.backend._memory.current(person_id("4", name)) == person_id("4", name)


def test_same_card_twice_within_two_seconds_is_scanned_once(tmp_path: Path) -> None:
    with opened(tmp_path, at(15)) as shop:
        shop.pull()
        first, second = shop.ask(CAMILLE), shop.ask(CAMILLE)
        assert first.member == second.member
        assert shop.coop.scans == 1


def test_two_cards_within_a_second_are_two_scans(tmp_path: Path) -> None:
    with opened(tmp_path, at(15)) as shop:
        shop.pull()
        assert shop.ask(CAMILLE).member
        assert shop.ask(YANIS).member
        assert shop.coop.scans == 2


def test_answer_that_was_lost_is_asked_for_again_later(tmp_path: Path) -> None:
    with opened(tmp_path, at(15)) as shop:
        shop.pull()
        shop.server.faults.lose_next_answer()
        with pytest.raises(BackendUnavailable):
            shop.ask(CAMILLE)
        assert not shop.ask(CAMILLE).available
        shop.pass_time(3)
        assert shop.ask(CAMILLE).member is not None


def test_question_waits_its_turn_and_no_longer_than_it_has_time(tmp_path: Path) -> None:
    with opened(tmp_path, at(15)) as shop:
        shop.pull()
        shop.server.faults.delay(0.6)
        busy = threading.Thread(target=shop.pull)
        busy.start()
        while not shop.backend._session._turn.locked():
            pass
        with pytest.raises(BackendUnavailable, match="busy"):
            shop.backend.identify(card(CAMILLE), 0.2, badge(CAMILLE))
        shop.server.faults.delay(0)
        busy.join()


# ── passages ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_passage_brings_the_counter_of_the_server_up_to_date(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        shop.pull()
        shop.ask(CAMILLE)
        account(shop.coop, CAMILLE).counter = 400
        shop.pass_time(3600)
        member = shop.knowledge.card(card(CAMILLE)).member_id
        shop.backend.deliver(shop.fact(FactKind.PASSAGE, member))
        shop.pull()
        assert shop.knowledge.members[member].balance_minutes == 400
        assert shop.coop.scans == 2


def test_passage_of_who_was_just_asked_about_is_no_second_scan(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        shop.pull()
        shop.backend.deliver(shop.fact(FactKind.PASSAGE, shop.ask(CAMILLE).member.id))
        assert shop.coop.scans == 1


def test_passage_of_a_worker_who_may_only_be_shopping_marks_nobody(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        shop.pull()
        shop.ask(ALIX)
        shop.pass_time(4 * 3600)
        shop.pull()
        shop.backend.deliver(shop.fact(FactKind.PASSAGE, shop.knowledge.card(card(ALIX)).member_id))
        assert not shop.is_carried_out(1)
        assert shop.coop.scans == 1


def test_old_passage_is_no_reason_to_scan(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        shop.pull()
        passage = shop.fact(FactKind.PASSAGE, shop.ask(CAMILLE).member.id)
        shop.pass_time(3600)
        assert shop.backend.deliver(passage) == Accepted()
        assert shop.coop.scans == 1


def test_back_to_back_shifts_are_each_their_own_window(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        add_places(shop.coop, "Ménage", at(19), ALIX)
        shop.pull()
        shop.ask(ALIX)
        shop.ask(NOE)
        shop.ask(SAM)
        shop.pass_time(6 * 3600 + 1800)
        shop.pull()
        shop.pass_time(1500)
        # Five minutes before the second begins both are open, and neither is marked by the passage.
        member = shop.knowledge.card(card(ALIX)).member_id
        shop.backend.deliver(shop.fact(FactKind.PASSAGE, member))
        assert not shop.is_carried_out(1)
        assert not shop.is_carried_out(8)
