"""A presence reaches the server while it can still say the truth; else a person's hand does it, or waits for one."""

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.backends.base import Accepted, Refused, Retry
from kiosk.backends.gestion_compte.fake.coop import Version
from kiosk.backends.gestion_compte.fake.routes import Setup
from kiosk.backends.gestion_compte.imports import Importer, Row
from kiosk.errors import BackendUnavailable
from kiosk.types import ClockTrust, FactKind, MemberId
from tests.backends.gestion_compte.shops import (
    ALIX,
    AT_BOOKING,
    BOTH_VERSIONS,
    CAMILLE,
    HASHER,
    MANAGER,
    SHELVES,
    TILL,
    Shop,
    account,
    add_places,
    alix,
    at,
    badge,
    card,
    opened,
    shift_id,
)

CHECK_IN, UNDONE = FactKind.CHECK_IN, FactKind.CHECK_IN_UNDONE


@pytest.fixture(params=BOTH_VERSIONS, ids=["master", "1.47.2"])
def version(request: pytest.FixtureRequest) -> Version:
    return request.param


def come(shop: Shop, number: int = ALIX, hours: float = 4.0) -> MemberId:
    """The card was seen at noon; it is four o'clock, and the person is on the roster."""
    shop.pull()
    shop.ask(number)
    shop.pass_time(hours * 3600)
    shop.pull()
    return shop.knowledge.card(card(number)).member_id


def scans(shop: Shop) -> int:
    return shop.paths().count("/card_reader/check")


# ── while the window is open ──────────────────────────────────────────────────────────────────────────────────────


def test_presence_is_a_scan_and_shows_in_the_next_round(tmp_path: Path, version: Version) -> None:
    with opened(tmp_path, at(12), Setup(version=version)) as shop:
        member = come(shop)
        assert shop.backend.deliver(shop.fact(CHECK_IN, member, TILL)) == Accepted()
        assert shop.is_carried_out(1)
        shop.pull()
        assert shop.present(TILL, shop.knowledge.card(card(ALIX)).member_id) is True


def test_counter_after_the_scan_is_the_server_s(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        shop.backend.deliver(shop.fact(CHECK_IN, come(shop), TILL))
        shop.pull()
        assert shop.knowledge.members[alix()].balance_minutes == 360


@pytest.mark.parametrize(("minutes", "opens"), [(-9, True), (-11, False)])
def test_window_opens_ten_minutes_before(tmp_path: Path, minutes: int, opens: bool) -> None:
    with opened(tmp_path, at(12)) as shop:
        member = come(shop, hours=4 + minutes / 60)
        outcome = shop.backend.deliver(shop.fact(CHECK_IN, member, TILL))
        if opens:
            assert outcome == Accepted()
        else:
            assert isinstance(outcome, Retry)
            assert 60 < outcome.after_seconds < 80
            shop.pass_time(outcome.after_seconds)
            assert shop.backend.deliver(shop.fact(CHECK_IN, member, TILL)) == Accepted()
        assert shop.is_carried_out(1)


def test_presence_that_the_server_has_already_is_no_scan(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        member = come(shop)
        shop.coop.places[1].carried_out = True
        shop.pull()
        before = scans(shop)
        assert shop.backend.deliver(shop.fact(CHECK_IN, member, TILL)) == Accepted()
        assert scans(shop) == before


def test_lost_answer_and_the_second_try_are_one_presence(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        fact = shop.fact(CHECK_IN, come(shop), TILL)
        shop.server.faults.lose_next_answer()
        with pytest.raises(BackendUnavailable):
            shop.backend.deliver(fact)
        shop.pull()
        assert shop.backend.deliver(fact) == Accepted()
        assert len(shop.coop.validations) == 1


def test_second_try_within_a_second_waits_and_does_not_stumble(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        fact = shop.fact(CHECK_IN, come(shop), TILL)
        shop.server.faults.lose_next_answer()
        with pytest.raises(BackendUnavailable):
            shop.backend.deliver(fact)
        shop.backend._session.is_reached = True
        outcome = shop.backend.deliver(fact)
        assert isinstance(outcome, Retry)
        assert outcome.after_seconds <= 2
        shop.pass_time(2)
        assert shop.backend.deliver(fact) == Accepted()


def test_server_stumbles_over_the_same_card_within_a_second(tmp_path: Path) -> None:
    """The fault that the spacing is there for is really there."""
    with opened(tmp_path) as shop:
        shop.pull()
        code = badge(ALIX).removeprefix("ean:")
        transport = shop.backend._session._transport
        statuses = [
            transport.exchange("POST", "/card_reader/check", 2.0, form={"swipe_code": code}).status for _ in range(2)
        ]
        assert statuses == [200, 500]


def test_two_shifts_at_once_are_both_there(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        add_places(shop.coop, "Vrac", at(16), ALIX)
        member = come(shop)
        for job in ("Caisse", "Vrac"):
            assert shop.backend.deliver(shop.fact(CHECK_IN, member, shift_id(job, at(16)))) == Accepted()
        assert shop.is_carried_out(1)
        assert shop.is_carried_out(8)
        # The first scan marked both; the second presence was found on the page.
        assert scans(shop) == 2


def test_scan_that_validated_nothing_waits_for_a_coordinator(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        member = come(shop)
        shop.coop.places[1].shifter = None
        outcome = shop.backend.deliver(shop.fact(CHECK_IN, member, TILL))
        assert isinstance(outcome, Refused)
        assert "aucun créneau" in outcome.reason


def test_scan_that_validated_another_shift_waits_for_a_coordinator(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        member = come(shop)
        shop.coop.places[1].shifter = None
        add_places(shop.coop, "Vrac", at(16), ALIX)
        outcome = shop.backend.deliver(shop.fact(CHECK_IN, member, TILL))
        assert isinstance(outcome, Refused)
        assert "autre créneau" in outcome.reason


def test_who_is_not_on_the_shift_is_not_scanned_for_it(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        member = come(shop, CAMILLE)
        outcome = shop.backend.deliver(shop.fact(CHECK_IN, member, TILL))
        assert isinstance(outcome, Refused)
        assert scans(shop) == 1


def test_badge_that_was_disabled_meanwhile_waits_for_a_coordinator(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        member = come(shop)
        code = badge(ALIX).removeprefix("ean:")[:12]
        shop.coop.badges[code] = (shop.coop.badges[code][0], False)
        outcome = shop.backend.deliver(shop.fact(CHECK_IN, member, TILL))
        assert isinstance(outcome, Refused)
        assert "badge" in outcome.reason


@pytest.mark.parametrize("shift", ["", "20261124-16-caisse", "no-such-shift"])
def test_shift_of_another_server_is_refused_in_words(tmp_path: Path, shift: str) -> None:
    with opened(tmp_path, at(12)) as shop:
        assert isinstance(shop.backend.deliver(shop.fact(CHECK_IN, come(shop), shift)), Refused)


# ── after the window ──────────────────────────────────────────────────────────────────────────────────────────────


def test_late_presence_is_never_scanned_and_says_what_a_hand_needs(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        add_places(shop.coop, "Ménage", at(19), ALIX)
        member = come(shop)
        fact = shop.fact(CHECK_IN, member, TILL)
        shop.pass_time(3 * 3600)
        shop.pull()
        outcome = shop.backend.deliver(fact)
        assert isinstance(outcome, Refused)
        assert "caisse" in outcome.reason
        assert "24/11" in outcome.reason
        assert "16h00-19h00" in outcome.reason
        assert "arrivée à 16h00" in outcome.reason
        assert shop.backend._memory.late() == ()
        assert scans(shop) == 1
        assert not any(place.carried_out for place in shop.coop.places.values() if place.id != 2)


def test_late_presence_of_a_start_without_a_clock_names_no_hour(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        fact = shop.fact(CHECK_IN, come(shop), TILL)
        unset = replace(fact.happened, boot_id="an earlier start", wall=at(12, days=-20_000), trust=ClockTrust.NEVER)
        shop.pass_time(3 * 3600)
        shop.pull()
        outcome = shop.backend.deliver(replace(fact, happened=unset))
        assert isinstance(outcome, Refused)
        assert "heure d’arrivée inconnue" in outcome.reason


def test_late_presence_is_validated_by_the_shift_manager_s_hand(tmp_path: Path, version: Version) -> None:
    with opened(tmp_path, at(12), Setup(version=version), **MANAGER) as shop:
        fact = shop.fact(CHECK_IN, come(shop), TILL)
        shop.pass_time(5 * 3600)
        shop.pull()
        assert shop.backend.deliver(fact) == Accepted()
        assert shop.is_carried_out(1)
        assert shop.backend.deliver(fact) == Accepted()
        assert len(shop.coop.validations) == 1
        assert scans(shop) == 1
        # The server dates it now; the list has the true time.
        (late,) = shop.backend._memory.late()
        assert (late.shift, late.came_at) == (TILL, fact.happened.wall.replace(microsecond=0))
        assert late.noted_at >= at(21)
        assert shop.backend.deliver(shop.fact(UNDONE, fact.member_id, TILL)) == Accepted()
        assert shop.backend._memory.late() == ()


def test_presence_of_last_week_is_found_in_the_office_s_list(tmp_path: Path, version: Version) -> None:
    with opened(tmp_path, at(12), Setup(version=version), **MANAGER) as shop:
        fact = shop.fact(CHECK_IN, come(shop), TILL)
        shop.pass_time(9 * 86400)
        shop.restart()
        shop.pull()
        assert shop.backend.deliver(fact) == Accepted()
        assert shop.is_carried_out(1)


def test_late_presence_on_a_shift_that_is_gone_waits_for_a_coordinator(tmp_path: Path) -> None:
    with opened(tmp_path, at(12), **MANAGER) as shop:
        fact = shop.fact(CHECK_IN, come(shop), TILL)
        for place_id in (1, 2, 3):
            del shop.coop.places[place_id]
        shop.pass_time(5 * 3600)
        shop.pull()
        assert isinstance(shop.backend.deliver(fact), Refused)


def test_server_that_does_not_validate_by_reader_has_no_hand_for_it(tmp_path: Path) -> None:
    with opened(tmp_path, at(12), **MANAGER) as shop:
        fact = shop.fact(CHECK_IN, come(shop), TILL)
        shop.coop.by_reader = False
        shop.pass_time(5 * 3600)
        shop.pull()
        outcome = shop.backend.deliver(fact)
        assert isinstance(outcome, Refused)
        assert "lecteur" in outcome.reason


# ── taking back ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_presence_is_taken_back_by_the_shift_manager_s_hand(tmp_path: Path, version: Version) -> None:
    with opened(tmp_path, at(12), Setup(version=version), **MANAGER) as shop:
        member = come(shop)
        assert shop.backend.deliver(shop.fact(CHECK_IN, member, TILL)) == Accepted()
        assert shop.backend.deliver(shop.fact(UNDONE, member, TILL)) == Accepted()
        assert not shop.is_carried_out(1)
        assert account(shop.coop, ALIX).counter == 180
        shop.pull()
        assert shop.present(TILL, alix()) is False


def test_presence_that_cannot_be_taken_back_waits_for_a_coordinator(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        member = come(shop)
        shop.backend.deliver(shop.fact(CHECK_IN, member, TILL))
        assert isinstance(shop.backend.deliver(shop.fact(UNDONE, member, TILL)), Refused)
        assert shop.is_carried_out(1)


def test_presence_that_never_left_is_nothing_to_take_back(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        assert shop.backend.deliver(shop.fact(UNDONE, come(shop), TILL)) == Accepted()


# ── where presence counts at booking ──────────────────────────────────────────────────────────────────────────────


def test_presence_at_booking_is_scanned_for_the_record_and_shown(tmp_path: Path) -> None:
    with opened(tmp_path, at(12), **AT_BOOKING) as shop:
        member = come(shop)
        assert shop.present(TILL, member) is False
        assert shop.backend.deliver(shop.fact(CHECK_IN, member, TILL)) == Accepted()
        assert shop.is_carried_out(1)
        assert account(shop.coop, ALIX).counter == 180
        shop.pull()
        assert shop.present(TILL, alix()) is True
        shop.restart()
        shop.pull()
        assert shop.present(TILL, alix()) is True


def test_presence_at_booking_owes_nothing_once_the_shift_is_over(tmp_path: Path) -> None:
    with opened(tmp_path, at(12), **AT_BOOKING) as shop:
        fact = shop.fact(CHECK_IN, come(shop), TILL)
        shop.pass_time(5 * 3600)
        shop.pull()
        assert shop.backend.deliver(fact) == Accepted()
        assert scans(shop) == 1


@pytest.mark.parametrize("tier", [{}, MANAGER], ids=["reader", "manager"])
@pytest.mark.parametrize("has_card", [False, True], ids=["no card", "a disabled one"])
def test_presence_at_booking_of_who_cannot_be_scanned_is_nothing_to_settle(tmp_path: Path, tier, has_card) -> None:
    """A coordinator has added somebody who forgot the card."""
    with opened(tmp_path, at(12), **AT_BOOKING, **tier) as shop:
        people = [Row("people", 2, {"numero": "1", "prenom": "Alix"})]
        cards = [Row("cards", 2, {"numero": "1", "carte": badge(ALIX).removeprefix("ean:")})]
        Importer(shop.backend._memory, HASHER, shop.settings, shop.clock.now()).run(people, {}, cards)
        fact = shop.fact(CHECK_IN, come(shop), TILL)
        if has_card:
            shop.coop.badges = {code: (who, False) for code, (who, _) in shop.coop.badges.items()}
        else:
            shop.backend._memory.turn_off(card(ALIX))
        assert shop.backend.deliver(fact) == Accepted()
        shop.pull()
        assert shop.present(TILL, alix()) is True


def test_capabilities_say_how_presence_counts(tmp_path: Path) -> None:
    with opened(tmp_path, **AT_BOOKING) as shop:
        assert shop.backend.capabilities().presence is AT_BOOKING["presence"]
        shop.pull()
        assert shop.knowledge.capabilities == shop.backend.capabilities()


def test_next_crew_s_shift_is_not_marked_early(tmp_path: Path) -> None:
    with opened(tmp_path, at(18, 30)) as shop:
        shop.coop.places[1].carried_out = True
        shop.pull()
        assert shop.present(SHELVES, shop.knowledge.roster(SHELVES)[0].member_id) is False
