"""Who comes to work: the question, its answers, and what is noted."""

from kiosk.effects import Withdraw
from kiosk.events import Action, StopRequested, Touched
from kiosk.rules import states
from kiosk.types import FactKind
from tests.rules.terminal import Terminal, at, tap


def test_who_is_booked_soon_is_asked_once_the_door_is_open():
    terminal = Terminal()
    terminal.feed(tap("alix"))
    assert isinstance(terminal.state, states.Asking)
    assert terminal.openings() == 1


def test_no_answer_means_present():
    terminal = Terminal()
    terminal.feed(tap("alix"))
    terminal.wait(15)
    terminal.time_out()
    assert isinstance(terminal.state, states.Thanking)
    [presence] = terminal.facts(FactKind.CHECK_IN)
    assert (presence.member_id, presence.shift_id) == ("alix", "soon")
    assert presence.details == {"answered": False, "late": False}


def test_noted_is_said_only_once_it_is_on_the_disk():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT))
    assert not terminal.state.committed
    terminal.commit()
    assert terminal.state.committed


def test_a_check_in_leaves_for_the_server_after_the_time_to_undo():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT))
    [record] = [
        order for order in terminal.effects if getattr(order, "fact", None) in terminal.facts(FactKind.CHECK_IN)
    ]
    assert record.hold_seconds == 30


def test_just_shopping_notes_nothing():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.JUST_SHOPPING))
    assert isinstance(terminal.state, states.Welcoming)
    assert terminal.facts(FactKind.CHECK_IN) == []


def test_the_card_laid_again_offers_to_undo_and_never_undoes_by_itself():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT))
    terminal.wait(20)
    terminal.feed(tap("alix"))
    assert terminal.state.undoable
    [withdrawal] = [order for order in terminal.touch(Action.UNDO) if isinstance(order, Withdraw)]
    assert withdrawal.id == terminal.facts(FactKind.CHECK_IN)[0].id
    assert isinstance(terminal.state, states.Undone)


def test_after_thirty_seconds_a_check_in_stands():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT))
    terminal.wait(31)
    terminal.feed(tap("alix"))
    assert isinstance(terminal.state, states.Welcoming)
    assert terminal.state.at_work == "soon"


def test_someone_elses_card_cannot_undo():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT), tap("camille"))
    assert isinstance(terminal.state, states.Welcoming)


def test_the_next_person_does_not_cost_the_one_before_their_presence():
    terminal = Terminal()
    terminal.feed(tap("alix"), tap("camille"))
    assert [fact.member_id for fact in terminal.facts(FactKind.CHECK_IN)] == ["alix"]
    assert terminal.state.visit.member.id == "camille"


def test_an_open_question_is_settled_before_the_terminal_stops():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.HELP), StopRequested())
    assert [fact.member_id for fact in terminal.facts(FactKind.CHECK_IN)] == ["alix"]


def test_an_attached_person_may_do_the_shift_of_the_account():
    terminal = Terminal()
    terminal.feed(tap("attached"), Touched(Action.START_SHIFT))
    [presence] = terminal.facts(FactKind.CHECK_IN)
    assert presence.member_id == "alix"
    assert presence.details["by"] == "attached"


def test_a_late_arrival_is_marked_for_the_server_alone():
    terminal = Terminal(now=at(15, 5))
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT))
    assert terminal.facts(FactKind.CHECK_IN)[0].details["late"] is True


def test_an_absent_partner_is_reported_and_debited_by_nobody():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.PARTNER_ABSENT))
    kinds = [fact.kind for fact in terminal.facts()]
    assert FactKind.PARTNER_ABSENT in kinds
    assert FactKind.CHECK_IN in kinds
    assert terminal.state.partner_absent
