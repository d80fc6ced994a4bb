"""Whose card is it, where two have one name, where two come at once, and where somebody has passed already?"""

import threading
from pathlib import Path

import pytest

from kiosk.backends.base import Accepted
from kiosk.backends.gestion_compte.imports import Importer, Row
from kiosk.backends.gestion_compte.slots import person_id
from kiosk.errors import BackendUnavailable
from kiosk.types import FactKind
from tests.backends.gestion_compte.shops import (
    ALIX,
    CAMILLE,
    HASHER,
    MANAGER,
    NOE,
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
    known_here,
    opened,
)

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


# ── one request at a time, spaced ─────────────────────────────────────────────────────────────────────────────────


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
