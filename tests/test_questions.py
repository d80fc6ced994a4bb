"""Whose card is this, is this place free: answered in time, or not at all."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from hashlib import sha256
from pathlib import Path

import pytest

from kiosk.backends.folder import FolderBackend
from kiosk.effects import AskGrace, Book, Identify
from kiosk.errors import BackendUnavailable, BackendUnreadable, NotAuthorised
from kiosk.events import BookingAnswered, BookingOutcome, GraceAnswered, Identified, ServerUnreadable
from kiosk.questions import Questions
from kiosk.store.tombstones import Forgotten
from kiosk.types import CardHash, FactId, Member, MemberId, ShiftId, Status
from tests.fakes import Inbox, ManualClock, ScriptedBackend

CARD, OTHER = CardHash("ab" * 32), CardHash("cd" * 32)
ASK = Identify(hash=CARD, timeout_seconds=2)
BOOK = Book(id=FactId("f1"), member_id=MemberId("m1"), shift_id=ShiftId("s1"), timeout_seconds=5)
PLEAD = AskGrace(card=CARD, member_id=MemberId("m1"), timeout_seconds=5)
CAMILLE = Member(id=MemberId("m1"), first_name="Camille")


class Asked:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.inbox = Inbox()
        self.server = ScriptedBackend()
        self.server.owners[CARD] = Identified(hash=CARD, available=True, member=CAMILLE)
        self.forgotten = Forgotten()
        self.questions = Questions(self.server, self.inbox, self.clock, self.without_forgotten)
        self.questions.start()

    def without_forgotten(self, answer):
        return self.forgotten.kept_out_of_answer(answer)


@pytest.fixture
def asked() -> Iterator[Asked]:
    asked = Asked()
    yield asked
    asked.questions.request_stop()
    assert asked.questions.join()


def test_a_card_that_the_server_knows_is_identified(asked):
    asked.questions.ask(ASK)

    assert asked.inbox.wait_for(Identified).member == CAMILLE
    assert asked.server.calls("identify") == [2]


RACHID = Member(id=MemberId("m2"), first_name="Rachid", status=Status.ATTACHED, attached_to=CAMILLE.id)
HOUSEHOLD = Identified(
    hash=CARD, available=True, member=RACHID, account=CAMILLE, blocked=True, present=(ShiftId("s1"),)
)


def tombstones_of(*members):
    return Forgotten({"salt": frozenset(sha256(f"salt{id_}".encode()).hexdigest() for id_ in members)})


@pytest.mark.parametrize("gone", [("m2",), ("m1",), ("m1", "m2")])
@pytest.mark.parametrize("answer", [HOUSEHOLD, replace(HOUSEHOLD, account=None)])
def test_a_card_of_anyone_forgotten_is_not_known(asked, gone, answer):
    asked.server.owners[CARD] = answer
    asked.forgotten = tombstones_of(*gone)
    asked.questions.ask(ASK)

    assert asked.inbox.wait_for(Identified) == Identified(hash=CARD, available=True)


def test_a_card_of_others_is_known_whoever_was_forgotten(asked):
    asked.server.owners[CARD] = HOUSEHOLD
    asked.forgotten = tombstones_of("m3", "m12")
    asked.questions.ask(ASK)

    assert asked.inbox.wait_for(Identified) == HOUSEHOLD


@pytest.mark.parametrize(("gone", "member"), [("m1", None), ("m3", CAMILLE)])
def test_a_grace_brings_back_nobody(asked, gone, member):
    asked.server.graces[MemberId("m1")] = CAMILLE
    asked.forgotten = tombstones_of(gone)
    asked.questions.ask(PLEAD)

    assert asked.inbox.wait_for(GraceAnswered) == GraceAnswered(card=CARD, available=True, member=member)


def test_a_place_is_booked(asked):
    asked.questions.ask(BOOK)

    assert asked.inbox.wait_for(BookingAnswered) == BookingAnswered(id=BOOK.id, outcome=BookingOutcome.BOOKED)


def test_a_grace_that_the_coop_s_rules_give_is_told_with_the_member(asked):
    asked.server.graces[MemberId("m1")] = CAMILLE
    asked.questions.ask(PLEAD)

    assert asked.inbox.wait_for(GraceAnswered) == GraceAnswered(card=CARD, available=True, member=CAMILLE)


def test_a_grace_that_is_not_given_is_an_answer_too(asked):
    asked.questions.ask(PLEAD)

    assert asked.inbox.wait_for(GraceAnswered) == GraceAnswered(card=CARD, available=True)


def test_a_server_without_grace_periods_gives_no_answer():
    inbox = Inbox()
    questions = Questions(
        FolderBackend(Path("nowhere"), str, UTC, ManualClock()), inbox, ManualClock(), lambda answer: answer
    )
    questions.start()
    questions.ask(PLEAD)

    assert inbox.wait_for(GraceAnswered) == GraceAnswered(card=CARD, available=False)
    questions.request_stop()
    assert questions.join()


@pytest.mark.parametrize("failure", [BackendUnavailable("down"), NotAuthorised("who?"), KeyError("x")])
def test_a_failure_is_no_answer(asked, failure):
    def fail():
        raise failure

    asked.server.before_answer = fail
    asked.questions.ask(ASK)
    asked.questions.ask(BOOK)
    asked.questions.ask(PLEAD)

    assert not asked.inbox.wait_for(Identified).available
    assert asked.inbox.wait_for(BookingAnswered).outcome is BookingOutcome.UNAVAILABLE
    assert not asked.inbox.wait_for(GraceAnswered).available


def test_an_answer_that_cannot_be_read_is_told_of(asked):
    def fail():
        raise BackendUnreadable("the page has changed")

    asked.server.before_answer = fail
    asked.questions.ask(ASK)

    assert asked.inbox.wait_for(ServerUnreadable).fault == "the page has changed"
    assert not asked.inbox.wait_for(Identified).available


def test_an_answer_that_comes_too_late_is_no_answer(asked):
    asked.server.before_answer = lambda: asked.clock.advance(5.1)
    asked.questions.ask(ASK)
    asked.questions.ask(BOOK)

    assert not asked.inbox.wait_for(Identified).available
    assert asked.inbox.wait_for(BookingAnswered).outcome is BookingOutcome.UNAVAILABLE


def test_a_question_that_waited_too_long_is_not_asked(asked):
    asked.server.before_answer = lambda: asked.clock.advance(3)
    asked.questions.ask(ASK)
    asked.questions.ask(Identify(hash=OTHER, timeout_seconds=2))

    assert not asked.inbox.wait_for(Identified, lambda event: event.hash == OTHER).available
    assert asked.server.calls("identify") == [2]


def test_an_answer_about_another_card_lets_nobody_in(asked):
    asked.server.owners[CARD] = Identified(hash=OTHER, available=True, member=CAMILLE)
    asked.questions.ask(ASK)

    assert asked.inbox.wait_for(Identified) == Identified(hash=CARD, available=False)


@pytest.mark.parametrize("nonsense", [None, "yes", 1])
def test_an_answer_that_is_none_books_nothing(asked, nonsense):
    asked.server.booking = nonsense
    asked.questions.ask(BOOK)

    assert asked.inbox.wait_for(BookingAnswered).outcome is BookingOutcome.UNAVAILABLE


def test_a_broken_backend_is_logged_once(asked, caplog):
    asked.server.booking = KeyError("x")
    asked.questions.ask(BOOK)
    asked.questions.ask(Book(id=FactId("f2"), member_id=MemberId("m1"), shift_id=ShiftId("s1"), timeout_seconds=5))
    asked.inbox.wait_for(BookingAnswered, lambda event: event.id == "f2")

    assert caplog.text.count("Traceback") == 1


def test_a_hanging_server_does_not_hold_up_the_stop(asked):
    hanging, released = threading.Event(), threading.Event()

    def hang():
        hanging.set()
        released.wait(10)

    asked.server.before_answer = hang
    asked.questions.ask(ASK)
    assert hanging.wait(10)
    asked.questions.request_stop()

    assert not asked.questions.join(0.01)
    released.set()
