"""Places from the door: given by the shift manager's account, once, and only to whom the server would give them."""

from pathlib import Path

import pytest

from kiosk.backends.base import Accepted, Refused
from kiosk.backends.gestion_compte.fake.coop import Version
from kiosk.backends.gestion_compte.fake.routes import Setup
from kiosk.backends.gestion_compte.imports import Importer, Row
from kiosk.backends.gestion_compte.people import Booking
from kiosk.backends.gestion_compte.settings import Settings
from kiosk.errors import BackendUnavailable
from kiosk.events import BookingOutcome
from kiosk.rules.shifts import offers
from kiosk.types import FactId, FactKind, Status
from tests.backends.gestion_compte.shops import (
    ALIX,
    BOTH_VERSIONS,
    HASHER,
    MANAGER,
    NOE,
    SAM,
    SHELVES,
    TILL,
    TOMORROW,
    TUESDAY,
    Shop,
    add_places,
    at,
    badge,
    opened,
    person_id,
    shift_id,
)

CAMILLE, NOE_ID, ODILE = person_id("4", "Camille"), person_id("3", "Noé"), person_id("5", "Odile")
B1, B2 = FactId("b-1"), FactId("b-2")


def row(**cells: str) -> Row:
    return Row("list.csv", 2, cells)


def know_everyone(shop: Shop) -> None:
    """The office's list and the list of cards."""
    people = [
        row(**{"numero de membre": p.membership.number, "prenom": p.first_name, "nom": p.surname, "formations": "Vrac"})
        for p in shop.coop.beneficiaries.values()
    ]
    left = [row(**{"numero de membre": "5", "prenom": "Odile"})]
    cards = [row(carte=badge(int(number)), numero=number) for number in shop.coop.beneficiaries]
    importer = Importer(shop.backend._memory, HASHER, Settings(), shop.clock.now())
    report = importer.run(people, {Status.LEFT: left}, cards)
    assert report.problems == []
    shop.pull()


@pytest.fixture(params=BOTH_VERSIONS, ids=["master", "1.47.2"])
def shop(request: pytest.FixtureRequest, tmp_path: Path):
    with opened(tmp_path, setup=Setup(version=request.param), **MANAGER) as shop:
        know_everyone(shop)
        yield shop


def book(shop: Shop, fact_id: FactId, member: str, shift: str) -> BookingOutcome:
    return shop.backend.book(fact_id, member, shift, 5.0)


def test_free_place_is_given_once_however_often_it_is_asked_for(shop: Shop) -> None:
    assert book(shop, B1, CAMILLE, SHELVES) is BookingOutcome.BOOKED
    assert book(shop, B1, CAMILLE, SHELVES) is BookingOutcome.BOOKED
    holders = [place.shifter.id for place in shop.coop.places.values() if place.shifter is not None]
    assert holders == [str(ALIX), str(SAM), str(NOE), "4"]
    shop.pull()
    assert shop.present(SHELVES, CAMILLE) is False


def test_place_of_a_day_to_come_is_given_and_shown_by_name(shop: Shop) -> None:
    assert book(shop, B1, CAMILLE, TOMORROW) is BookingOutcome.BOOKED
    shop.pass_time(1000)
    shop.pull()
    assert shop.present(TOMORROW, CAMILLE) is False
    assert len(shop.knowledge.roster(TOMORROW)) == 1


def test_lost_answer_is_a_place_all_the_same(shop: Shop) -> None:
    """It was noted here before it was asked for, and the server has done it."""
    shop.backend._memory.keep_booking(B1, Booking(SHELVES, CAMILLE))
    shop.coop.places[5].shifter = shop.coop.beneficiaries["4"]
    assert book(shop, B1, CAMILLE, SHELVES) is BookingOutcome.BOOKED
    undone = shop.fact(FactKind.BOOKING_UNDONE, CAMILLE, SHELVES, about=B1)
    assert shop.backend.deliver(undone) == Accepted()
    assert shop.coop.places[5].shifter is None


def test_server_that_does_not_answer_leaves_the_booking_open(shop: Shop) -> None:
    shop.server.answer_next("", 503)
    with pytest.raises(BackendUnavailable):
        book(shop, B1, CAMILLE, SHELVES)
    assert book(shop, B1, CAMILLE, SHELVES) is BookingOutcome.BOOKED


@pytest.mark.parametrize(
    ("member", "shift", "outcome"),
    [
        pytest.param(NOE_ID, SHELVES, BookingOutcome.OVERLAP, id="has it already"),
        pytest.param(NOE_ID, shift_id("Ménage", at(20)), BookingOutcome.OVERLAP, id="busy"),
        pytest.param(ODILE, SHELVES, BookingOutcome.REFUSED, id="has left"),
        pytest.param("nobody", SHELVES, BookingOutcome.REFUSED, id="unknown"),
        pytest.param(CAMILLE, shift_id("Vrac", at(10)), BookingOutcome.REFUSED, id="over"),
        pytest.param(CAMILLE, shift_id("Vrac", at(7, days=1)), BookingOutcome.REFUSED, id="no such shift"),
        pytest.param(CAMILLE, "no-such-shift", BookingOutcome.REFUSED, id="of another server"),
        pytest.param(CAMILLE, shift_id("Caisse", at(10, days=2)), BookingOutcome.TRAINING, id="untrained"),
        pytest.param(CAMILLE, shift_id("Accueil", at(10, days=2)), BookingOutcome.TAKEN, id="full"),
    ],
)
def test_booking_that_cannot_be_says_why_and_changes_nothing(shop, member, shift, outcome) -> None:
    add_places(shop.coop, "Ménage", at(20), None)
    add_places(shop.coop, "Caisse", at(10, days=2), None, formation="Caisse")
    add_places(shop.coop, "Accueil", at(10, days=2), NOE)
    shop.pass_time(1000)
    shop.pull()
    before = {place.id: place.shifter for place in shop.coop.places.values()}
    assert book(shop, B1, member, shift) is outcome
    assert {place.id: place.shifter for place in shop.coop.places.values()} == before


def test_place_that_is_kept_for_somebody_is_not_given(shop: Shop) -> None:
    shop.coop.places[5].kept_for = shop.coop.beneficiaries[str(NOE)]
    assert book(shop, B1, CAMILLE, SHELVES) is BookingOutcome.TAKEN


def test_trained_people_take_the_places_that_ask_for_it(shop: Shop) -> None:
    shop.coop.beneficiaries["4"].formations = frozenset({"Vrac"})
    shop.coop.places[7].formation = "Vrac"
    assert book(shop, B1, CAMILLE, TOMORROW) is BookingOutcome.BOOKED
    assert shop.coop.places[7].shifter.id == "4"


def test_server_that_says_no_is_heard(shop: Shop) -> None:
    account = shop.coop.beneficiaries["4"].membership
    account.exempted = ("Santé", at(0).date(), at(0, days=9).date())
    assert book(shop, B1, CAMILLE, SHELVES) is BookingOutcome.REFUSED


def test_undone_booking_frees_the_place(shop: Shop) -> None:
    book(shop, B1, CAMILLE, SHELVES)
    undone = shop.fact(FactKind.BOOKING_UNDONE, CAMILLE, SHELVES, about=B1)
    assert shop.backend.deliver(undone) == Accepted()
    assert shop.backend.deliver(undone) == Accepted()
    assert shop.coop.places[5].shifter is None
    assert book(shop, B2, CAMILLE, SHELVES) is BookingOutcome.BOOKED


@pytest.mark.parametrize(("day", "shift"), [(0, SHELVES), (1, TOMORROW)], ids=["today", "tomorrow"])
def test_place_given_back_on_the_server_is_in_nobody_s_way(shop: Shop, day: int, shift: str) -> None:
    """The member changes their plans at home, and takes another shift at the door."""
    hour = 20 if day == 0 else 11
    add_places(shop.coop, "Ménage", at(hour, days=day), None)
    shop.pass_time(1000)
    shop.pull()
    assert book(shop, B1, CAMILLE, shift) is BookingOutcome.BOOKED
    other = shift_id("Ménage", at(hour, days=day))
    assert book(shop, B2, CAMILLE, other) is BookingOutcome.OVERLAP
    for place in shop.coop.places.values():
        if place.shifter is not None and place.shifter.id == "4":
            place.shifter = None
    shop.pull()
    assert book(shop, B2, CAMILLE, other) is BookingOutcome.BOOKED


def test_place_given_back_on_the_server_is_shown_free_again(shop: Shop) -> None:
    assert book(shop, B1, CAMILLE, TOMORROW) is BookingOutcome.BOOKED
    for _ in range(2):
        shop.pass_time(1000)
        shop.pull()
        assert shop.present(TOMORROW, CAMILLE) is False
    shop.coop.places[6].shifter = shop.coop.places[7].shifter = None
    for _ in range(2):
        shop.pass_time(1000)
        shop.pull()
    assert shop.knowledge.roster(TOMORROW) == ()
    camille = shop.knowledge.members[CAMILLE]
    assert TOMORROW in {gap.shift.id for gap in offers(shop.knowledge, camille, shop.clock.now())}


def test_booking_taken_back_before_it_arrives_takes_no_place(shop: Shop) -> None:
    assert shop.backend.deliver(shop.fact(FactKind.BOOKING_UNDONE, CAMILLE, SHELVES, about=B1)) == Accepted()
    assert book(shop, B1, CAMILLE, SHELVES) is BookingOutcome.REFUSED
    assert shop.coop.places[5].shifter is None
    assert book(shop, B2, CAMILLE, SHELVES) is BookingOutcome.BOOKED


def test_booking_that_is_taken_back_while_it_is_under_way_takes_no_place(shop: Shop) -> None:
    # At the first request for it, the other thread has the word that undoes it, and waits for its turn.
    shop.server._refresh = lambda _coop, _now: shop.backend._memory.take_back(B1, TUESDAY)
    assert book(shop, B1, CAMILLE, SHELVES) is BookingOutcome.REFUSED
    assert shop.coop.places[5].shifter is None


def test_booking_of_someone_else_s_making_is_not_freed(shop: Shop) -> None:
    undone = shop.fact(FactKind.BOOKING_UNDONE, NOE_ID, SHELVES, about=B1)
    assert shop.backend.deliver(undone) == Accepted()
    assert shop.coop.places[4].shifter is not None


def test_late_fact_of_a_booking_is_made_good_or_refused_in_words(shop: Shop) -> None:
    assert shop.backend.deliver(shop.fact(FactKind.BOOKING, CAMILLE, SHELVES)) == Accepted()
    assert isinstance(shop.backend.deliver(shop.fact(FactKind.BOOKING, NOE_ID, SHELVES)), Refused)


def test_server_that_is_upgraded_meanwhile_has_the_office_s_window_elsewhere(tmp_path: Path) -> None:
    with opened(tmp_path, setup=Setup(version=Version.RELEASED), **MANAGER) as shop:
        know_everyone(shop)
        assert book(shop, B1, CAMILLE, SHELVES) is BookingOutcome.BOOKED
        shop.setup.version = Version.MASTER
        assert book(shop, B2, CAMILLE, TOMORROW) is BookingOutcome.BOOKED
        undone = shop.fact(FactKind.BOOKING_UNDONE, CAMILLE, SHELVES, about=B1)
        assert shop.backend.deliver(undone) == Accepted()
        assert shop.coop.places[5].shifter is None


def test_reader_s_tier_books_nothing_and_shows_the_gaps(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        know_everyone(shop)
        assert book(shop, B1, CAMILLE, SHELVES) is BookingOutcome.REFUSED
        assert not shop.backend.capabilities().booking
        camille = shop.knowledge.members[CAMILLE]
        gaps = offers(shop.knowledge, camille, shop.clock.now())
        assert [(gap.shift.id, gap.free) for gap in gaps] == [(TOMORROW, 2), (SHELVES, 1)]
        assert TILL not in {gap.shift.id for gap in gaps}
