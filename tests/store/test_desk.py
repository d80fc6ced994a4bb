"""What staff ask of the store: answered by events, and a PIN compared off everyone's thread."""

import pytest

from kiosk.effects import (
    AskPin,
    CheckPin,
    ChoosePin,
    CountLinked,
    ListUnsettled,
    Prefer,
    RetryDelivery,
    SettleByHand,
)
from kiosk.events import LinkedCounted, PinChecked, PinKnown, UnsettledListed
from kiosk.store.desk import StaffDesk
from kiosk.store.outbox import Parked
from kiosk.types import CardHash, FactKind, MemberId
from tests.fakes import Inbox

PATIENCE = 10


class Sync:
    """Counts how often it was woken."""

    def __init__(self) -> None:
        self.woken = Inbox()

    def wake(self) -> None:
        self.woken("woken")


@pytest.fixture
def desk_of(start, inbox):
    """A desk on a store that was just started (again)."""

    def make() -> tuple[StaffDesk, Sync]:
        sync = Sync()
        return StaffDesk(start(), inbox, sync.wake), sync

    return make


def ask(desk, inbox, order, kind):
    inbox.clear()
    desk.carry_out(order)
    return inbox.wait_for(kind)


def test_a_new_terminal_has_no_pin(desk_of, inbox):
    desk, _ = desk_of()
    assert ask(desk, inbox, AskPin(), PinKnown) == PinKnown(chosen=False)


def test_a_pin_that_was_chosen_opens_after_a_restart_too(desk_of, inbox):
    desk, _ = desk_of()
    assert ask(desk, inbox, ChoosePin("2719"), PinKnown) == PinKnown(chosen=True)
    assert ask(desk, inbox, CheckPin("2719"), PinChecked).right
    desk, _ = desk_of()
    assert ask(desk, inbox, AskPin(), PinKnown) == PinKnown(chosen=True)
    assert ask(desk, inbox, CheckPin("2719"), PinChecked).right


def test_wrong_tries_are_counted_over_restarts_until_the_right_one(desk_of, inbox):
    desk, _ = desk_of()
    ask(desk, inbox, ChoosePin("2719"), PinKnown)
    assert ask(desk, inbox, CheckPin("1111"), PinKnown) == PinKnown(chosen=True, tries=1)
    assert not inbox.wait_for(PinChecked).right
    desk, _ = desk_of()
    assert ask(desk, inbox, AskPin(), PinKnown).tries == 1
    assert ask(desk, inbox, CheckPin("2222"), PinKnown).tries == 2
    inbox.wait_for(PinChecked)
    assert ask(desk, inbox, CheckPin("2719"), PinKnown).tries == 0


def test_without_a_pin_none_is_right(desk_of, inbox):
    desk, _ = desk_of()
    ask(desk, inbox, AskPin(), PinKnown)
    inbox.clear()
    desk.carry_out(CheckPin(""))
    desk.carry_out(CountLinked())
    inbox.wait_for(LinkedCounted)
    assert inbox.all(PinChecked) == []


def test_no_pin_reaches_the_log(desk_of, inbox, caplog):
    desk, _ = desk_of()
    with caplog.at_level("DEBUG"):
        ask(desk, inbox, ChoosePin("271905"), PinKnown)
        ask(desk, inbox, CheckPin("271905"), PinChecked)
    assert "271905" not in caplog.text


def test_refused_rows_are_listed_first_with_their_reason(desk_of, inbox, facts):
    desk, _ = desk_of()
    store = desk._store
    waiting, refused = facts.make(FactKind.CHECK_IN), facts.make(FactKind.CHECK_IN)
    for fact in (waiting, refused):
        store.record(fact)
    store.due(10).result(PATIENCE)
    store.settle({refused.id: Parked("Inconnu.")}).result(PATIENCE)
    rows = ask(desk, inbox, ListUnsettled(), UnsettledListed).rows
    assert [(row.fact.id, row.refused, row.reason) for row in rows] == [
        (refused.id, True, "Inconnu."),
        (waiting.id, False, ""),
    ]


def test_trying_again_wakes_the_sync(desk_of, inbox, facts):
    desk, sync = desk_of()
    fact = facts.make(FactKind.CHECK_IN)
    desk._store.record(fact)
    desk.carry_out(RetryDelivery(fact.id))
    assert sync.woken.wait_for(str) == "woken"


def test_what_was_settled_by_hand_is_listed_no_more(desk_of, inbox, facts):
    desk, _ = desk_of()
    fact = facts.make(FactKind.CHECK_IN)
    desk._store.record(fact)
    desk.carry_out(SettleByHand(fact.id))
    assert ask(desk, inbox, ListUnsettled(), UnsettledListed).rows == ()


def test_who_was_given_a_card_here_is_counted(desk_of, inbox, facts):
    desk, _ = desk_of()
    card = {"card": CardHash("a" * 64)}
    desk._store.record(facts.make(FactKind.CARD_LINKED, member_id=MemberId("sam"), details=card))
    assert ask(desk, inbox, CountLinked(), LinkedCounted).members == {"sam"}


def test_a_wish_is_kept_and_an_earlier_one_stays(desk_of, inbox):
    desk, _ = desk_of()
    desk.carry_out(Prefer(member_id=MemberId("sam"), large_text=True))
    desk.carry_out(Prefer(member_id=MemberId("sam"), language="en"))
    for _ in range(2):
        ask(desk, inbox, CountLinked(), LinkedCounted)
    wish = desk._store._worker.overlay.preferences[MemberId("sam")]
    assert (wish.large_text, wish.language, wish.long_pulse) == (True, "en", None)
