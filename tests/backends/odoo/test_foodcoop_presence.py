from datetime import timedelta

import pytest

from kiosk.backends.base import Accepted, Refused
from kiosk.clock import moment
from kiosk.demo.cast import Kind
from kiosk.errors import BackendUnavailable
from kiosk.events import BookingOutcome
from kiosk.types import Fact, FactId, FactKind, ShiftId
from tests.backends.odoo.coops import DELIVERY, SHELVES_LATER, OdooCoop, is_present
from tests.backends.rigs import CLEANING_AT_19, member_id

NEXT_WEEK = ShiftId("20261201-16-livraison")


def points(louve: OdooCoop, kind: Kind) -> tuple[float, float]:
    """Standard and flying counter."""
    id_ = int(member_id(kind))
    return louve.database.points(id_, "standard"), louve.database.points(id_, "ftop")


def registration(louve: OdooCoop, kind: Kind, shift: ShiftId = DELIVERY):
    [row] = louve.registrations(kind, shift)
    return row


# ── coming ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_arrival_is_noted_at_the_time_it_happened(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    arrived = louve.fact(FactKind.CHECK_IN, Kind.SHIFT_NOW, louve.shift(DELIVERY))
    louve.clock.advance(3600)
    assert louve.backend.deliver(arrived) == Accepted()
    row = registration(louve, Kind.SHIFT_NOW)
    assert (row["state"], row["date_closed"][:16]) == ("done", "2026-11-24 15:04")
    assert is_present(terminal, Kind.SHIFT_NOW, louve.shift(DELIVERY))
    assert points(louve, Kind.SHIFT_NOW) == (0, 0)


def test_arrival_told_again_gives_nothing_more(louve: OdooCoop) -> None:
    louve.terminal()
    arrived = louve.fact(FactKind.CHECK_IN, Kind.BLOCKED, louve.shift(DELIVERY))
    assert [louve.backend.deliver(arrived) for _ in range(3)] == [Accepted()] * 3
    assert louve.new_backend().deliver(arrived) == Accepted()
    assert points(louve, Kind.BLOCKED)[0] == -2


def test_answer_that_was_lost_is_found_again(louve: OdooCoop) -> None:
    louve.terminal()
    arrived = louve.fact(FactKind.CHECK_IN, Kind.BLOCKED, louve.shift(DELIVERY))
    # Shift, person, registration, ticket, create; then, the registration being there, write: each is lost once.
    for answered in (0, 1, 2, 3, 4, 3):
        louve.server.faults.lose_next_answer(after=answered)
        with pytest.raises(BackendUnavailable):
            louve.backend.deliver(arrived)
    assert louve.backend.deliver(arrived) == Accepted()
    assert registration(louve, Kind.BLOCKED)["state"] == "done"
    assert points(louve, Kind.BLOCKED)[0] == -2


@pytest.mark.parametrize("state", ["absent", "excused", "waiting", "replaced", "cancel"])
def test_registration_that_is_something_else_is_left_to_a_person(louve: OdooCoop, state: str) -> None:
    registration(louve, Kind.SHIFT_NOW)["state"] = state
    outcome = louve.deliver(FactKind.CHECK_IN, Kind.SHIFT_NOW, louve.shift(DELIVERY))
    assert isinstance(outcome, Refused)
    assert registration(louve, Kind.SHIFT_NOW)["state"] == state


def test_refusal_speaks_the_office_s_words(louve: OdooCoop) -> None:
    registration(louve, Kind.SHIFT_NOW)["state"] = "waiting"
    outcome = louve.deliver(FactKind.CHECK_IN, Kind.SHIFT_NOW, louve.shift(DELIVERY))
    assert "En attente" in outcome.reason


@pytest.mark.parametrize("state", ["done", "cancel"])
def test_closed_shift_takes_nobody(louve: OdooCoop, state: str) -> None:
    louve.database.tables["shift.shift"].rows[louve.numbers[DELIVERY]]["state"] = state
    assert isinstance(louve.deliver(FactKind.CHECK_IN, Kind.SHIFT_NOW, louve.shift(DELIVERY)), Refused)
    assert registration(louve, Kind.SHIFT_NOW)["state"] == "open"


def test_presence_noted_before_the_shift_was_closed_stays_accepted(louve: OdooCoop) -> None:
    arrived = louve.fact(FactKind.CHECK_IN, Kind.SHIFT_NOW, louve.shift(DELIVERY))
    louve.backend.deliver(arrived)
    louve.database.tables["shift.shift"].rows[louve.numbers[DELIVERY]]["state"] = "done"
    assert louve.backend.deliver(arrived) == Accepted()


def test_shift_to_come_is_nobody_s_presence(louve: OdooCoop) -> None:
    outcome = louve.deliver(FactKind.CHECK_IN, Kind.SHIFT_NEXT, louve.shift(SHELVES_LATER))
    assert isinstance(outcome, Refused)
    assert registration(louve, Kind.SHIFT_NEXT, SHELVES_LATER)["state"] == "open"


def test_quarter_of_an_hour_before_is_early_enough(louve: OdooCoop) -> None:
    louve.clock.advance(timedelta(hours=2, minutes=42).total_seconds())
    assert louve.deliver(FactKind.CHECK_IN, Kind.SHIFT_NEXT, louve.shift(SHELVES_LATER)) == Accepted()


def test_vanished_shift_is_refused_in_words(louve: OdooCoop) -> None:
    assert isinstance(louve.deliver(FactKind.CHECK_IN, Kind.SHIFT_NOW, ShiftId("99999")), Refused)


# ── without a place ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "ticket", "gain"),
    [
        pytest.param(Kind.OK, "ftop", (0, 1), id="up to date: for the other counter"),
        pytest.param(Kind.BLOCKED, "standard", (1, 0), id="owes: a make-up"),
    ],
)
def test_helper_gets_the_ticket_of_their_counter(
    louve: OdooCoop, kind: Kind, ticket: str, gain: tuple[float, float]
) -> None:
    before = points(louve, kind)
    assert louve.deliver(FactKind.CHECK_IN, kind, louve.shift(DELIVERY)) == Accepted()
    row = registration(louve, kind)
    assert (row["state"], louve.database.value("shift.registration", row, "shift_type")) == ("done", ticket)
    assert points(louve, kind) == (before[0] + gain[0], before[1] + gain[1])


def test_flying_member_gets_the_flying_ticket_even_in_debt(louve: OdooCoop) -> None:
    louve.partner(Kind.WARN)["shift_type"] = "ftop"
    assert louve.deliver(FactKind.CHECK_IN, Kind.WARN, louve.shift(DELIVERY)) == Accepted()
    assert points(louve, Kind.WARN) == (-1, 1)


def test_associated_person_works_for_the_member(louve: OdooCoop) -> None:
    assert louve.deliver(FactKind.CHECK_IN, Kind.ATTACHED, louve.shift(DELIVERY)) == Accepted()
    assert louve.registrations(Kind.ATTACHED, DELIVERY) == []
    assert registration(louve, Kind.AHEAD)["state"] == "done"


def test_rules_of_the_coop_are_told_in_odoo_s_words(louve: OdooCoop) -> None:
    on_leave = louve.deliver(FactKind.CHECK_IN, Kind.LEAVE, louve.shift(DELIVERY))
    gone = louve.deliver(FactKind.CHECK_IN, Kind.LEFT, louve.shift(DELIVERY))
    assert "period of the leave" in on_leave.reason
    assert "isn't registered on a template" in gone.reason


def test_shift_without_seats_left_refuses_a_helper(louve: OdooCoop) -> None:
    for ticket in louve.database.where("shift.ticket", shift_id=louve.numbers[DELIVERY], shift_type="ftop"):
        ticket["seats_max"] = 1
    assert louve.deliver(FactKind.CHECK_IN, Kind.OK, louve.shift(DELIVERY)) == Accepted()
    assert "seats" in louve.deliver(FactKind.CHECK_IN, Kind.FEE_SOON, louve.shift(DELIVERY)).reason


def test_helper_registered_in_a_try_before_is_only_marked(louve: OdooCoop) -> None:
    ticket = louve.database.where("shift.ticket", shift_id=louve.numbers[DELIVERY], shift_type="ftop")[0]
    values = {"partner_id": 312, "shift_id": louve.numbers[DELIVERY], "shift_ticket_id": ticket["id"]}
    louve.database.insert("shift.registration", {**values, "state": "open", "create_uid": 8})
    assert louve.deliver(FactKind.CHECK_IN, Kind.OK, louve.shift(DELIVERY)) == Accepted()
    assert registration(louve, Kind.OK)["state"] == "done"


# ── going back ────────────────────────────────────────────────────────────────────────────────────────────────────────


def undo(louve: OdooCoop, kind: Kind):
    arrived = louve.fact(FactKind.CHECK_IN, kind, louve.shift(DELIVERY))
    louve.backend.deliver(arrived)
    return louve.deliver(FactKind.CHECK_IN_UNDONE, kind, louve.shift(DELIVERY), about=arrived.id)


def test_own_place_is_open_again_at_no_cost(louve: OdooCoop) -> None:
    assert undo(louve, Kind.SHIFT_NOW) == Accepted()
    assert registration(louve, Kind.SHIFT_NOW)["state"] == "open"
    assert points(louve, Kind.SHIFT_NOW) == (0, 0)


@pytest.mark.parametrize("kind", [Kind.OK, Kind.BLOCKED])
def test_point_that_would_stay_is_left_to_a_person(louve: OdooCoop, kind: Kind) -> None:
    assert isinstance(undo(louve, kind), Refused)
    assert registration(louve, kind)["state"] == "done"


def test_nothing_to_take_back_is_well(louve: OdooCoop) -> None:
    assert louve.deliver(FactKind.CHECK_IN_UNDONE, Kind.SHIFT_NOW, louve.shift(DELIVERY)) == Accepted()
    assert louve.deliver(FactKind.CHECK_IN_UNDONE, Kind.OK, louve.shift(DELIVERY)) == Accepted()


def test_presence_on_a_closed_shift_is_left_to_a_person(louve: OdooCoop) -> None:
    louve.deliver(FactKind.CHECK_IN, Kind.SHIFT_NOW, louve.shift(DELIVERY))
    louve.database.tables["shift.shift"].rows[louve.numbers[DELIVERY]]["state"] = "done"
    assert isinstance(louve.deliver(FactKind.CHECK_IN_UNDONE, Kind.SHIFT_NOW, louve.shift(DELIVERY)), Refused)


def test_nobody_is_ever_marked_absent(louve: OdooCoop) -> None:
    for kind in FactKind:
        louve.deliver(kind, Kind.SHIFT_NOW, louve.shift(DELIVERY))
    assert registration(louve, Kind.SHIFT_NOW)["state"] in {"open", "done"}
    announced = louve.deliver(FactKind.ABSENCE_ANNOUNCED, Kind.SHIFT_NOW, louve.shift(DELIVERY))
    assert isinstance(announced, Refused)


# ── booking ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def book(louve: OdooCoop, kind: Kind, shift: ShiftId, fact_id: str = "b-1") -> BookingOutcome:
    return louve.backend.book(FactId(fact_id), louve.member(kind), louve.shift(shift), 5.0)


def test_make_up_is_booked_once_however_often_it_is_asked(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    assert [book(louve, Kind.BLOCKED, CLEANING_AT_19) for _ in range(3)] == [BookingOutcome.BOOKED] * 3
    row = registration(louve, Kind.BLOCKED, CLEANING_AT_19)
    assert (row["state"], louve.database.value("shift.registration", row, "shift_type")) == ("open", "standard")
    assert is_present(terminal, Kind.BLOCKED, louve.shift(CLEANING_AT_19)) is False


def test_place_held_before_is_no_booking(louve: OdooCoop) -> None:
    assert book(louve, Kind.SHIFT_NEXT, SHELVES_LATER) is BookingOutcome.OVERLAP


def test_place_at_the_same_hours_is_in_the_way(louve: OdooCoop) -> None:
    assert book(louve, Kind.SHIFT_NEXT, CLEANING_AT_19) is BookingOutcome.OVERLAP


def test_technical_shift_at_the_same_hours_is_in_nobody_s_way(louve: OdooCoop) -> None:
    technical = louve.database.insert("shift.type", {"name": "FTOP Shift", "is_ftop": True})
    hours = louve.database.tables["shift.shift"].rows[louve.numbers[CLEANING_AT_19]]
    shift = louve.database.insert("shift.shift", {**hours, "id": False, "shift_type_id": technical})
    flying = louve.database.insert("shift.ticket", {"shift_id": shift, "shift_type": "ftop", "seats_max": 0})
    place = {"partner_id": 312, "shift_id": shift, "shift_ticket_id": flying, "state": "open", "template_created": True}
    louve.database.insert("shift.registration", place)
    assert book(louve, Kind.OK, CLEANING_AT_19) is BookingOutcome.BOOKED


def test_full_shift_is_taken(louve: OdooCoop) -> None:
    assert book(louve, Kind.BLOCKED, DELIVERY) is BookingOutcome.TAKEN


def test_flying_seats_run_out_before_the_shift_does(louve: OdooCoop) -> None:
    for ticket in louve.database.where("shift.ticket", shift_id=louve.numbers[CLEANING_AT_19], shift_type="ftop"):
        ticket["seats_max"] = 1
    assert book(louve, Kind.OK, CLEANING_AT_19) is BookingOutcome.BOOKED
    assert book(louve, Kind.FEE_SOON, CLEANING_AT_19) is BookingOutcome.TAKEN


@pytest.mark.parametrize("kind", [Kind.LEFT, Kind.LEAVE])
def test_rule_of_the_coop_refuses_a_booking(louve: OdooCoop, kind: Kind) -> None:
    assert book(louve, kind, CLEANING_AT_19) is BookingOutcome.REFUSED


def test_over_is_over(louve: OdooCoop) -> None:
    assert book(louve, Kind.BLOCKED, ShiftId("20261124-13-vrac")) is BookingOutcome.REFUSED
    assert louve.backend.book(FactId("b"), member_id(Kind.BLOCKED), ShiftId("99999"), 5.0) is BookingOutcome.REFUSED


def test_booking_taken_back_frees_the_place_and_can_be_made_again(louve: OdooCoop) -> None:
    book(louve, Kind.BLOCKED, CLEANING_AT_19)
    undone = louve.fact(FactKind.BOOKING_UNDONE, Kind.BLOCKED, louve.shift(CLEANING_AT_19), about=FactId("b-1"))
    assert [louve.backend.deliver(undone) for _ in range(2)] == [Accepted()] * 2
    assert registration(louve, Kind.BLOCKED, CLEANING_AT_19)["state"] == "cancel"
    assert book(louve, Kind.BLOCKED, CLEANING_AT_19, "b-2") is BookingOutcome.BOOKED
    assert registration(louve, Kind.BLOCKED, CLEANING_AT_19)["state"] == "open"


def test_wish_taken_back_while_odoo_was_busy_with_it_leaves_no_place(louve: OdooCoop) -> None:
    def stop_waiting(*_: object) -> None:
        louve.backend._taken_back[FactId("b-1")] = None

    louve.database.after_create = stop_waiting
    try:
        book(louve, Kind.BLOCKED, CLEANING_AT_19)
    finally:
        del louve.database.after_create
    assert registration(louve, Kind.BLOCKED, CLEANING_AT_19)["state"] == "cancel"


def test_fixed_place_is_never_given_back_from_here(louve: OdooCoop) -> None:
    outcome = louve.deliver(FactKind.BOOKING_UNDONE, Kind.SHIFT_NEXT, louve.shift(SHELVES_LATER), about=FactId("b"))
    assert isinstance(outcome, Refused)
    assert registration(louve, Kind.SHIFT_NEXT, SHELVES_LATER)["state"] == "open"


def test_booking_ends_in_time(louve: OdooCoop) -> None:
    louve.backend.capabilities()
    louve.server.faults.delay(0.2)
    with pytest.raises(BackendUnavailable):
        louve.backend.book(FactId("b-1"), member_id(Kind.BLOCKED), louve.shift(CLEANING_AT_19), 0.3)


def test_booking_recorded_here_is_there_already(louve: OdooCoop) -> None:
    fact = Fact(
        id=FactId("b-1"),
        kind=FactKind.BOOKING,
        happened=moment(louve.clock),
        member_id=member_id(Kind.BLOCKED),
        shift_id=louve.shift(NEXT_WEEK),
    )
    assert louve.backend.deliver(fact) == Accepted()
