"""A day without the network, and a server that loses its answers: nothing is lost, nothing is doubled."""

from kiosk.actions import Action
from kiosk.demo.cast import Kind, character
from kiosk.events import Touched
from kiosk.types import FactKind, Freshness
from kiosk.views import QuestionView, ResultView
from tests.demo.test_terminal import terminal_in, wait_until


def shows(view, kind, key: str) -> bool:
    return isinstance(view, kind) and key in {line.key for line in view.body}


def test_a_day_without_network_keeps_the_door_and_delivers_once_on_return(tmp_path):
    with terminal_in(tmp_path) as (room, terminal, screen):
        room.cut_network()
        room.clock.advance(6)
        screen.wait_for(lambda view: view.frame.header.second is not None)
        room.lay_card(character(Kind.SHIFT_NOW).card)
        screen.wait_for(lambda view: isinstance(view, QuestionView))
        terminal.reactor.post(Touched(Action.START_SHIFT))
        screen.wait_for(lambda view: shows(view, ResultView, "shift.queued"))
        room.lift_cards()
        room.clock.advance(24 * 3600)
        screen.wait_for_title("idle.title")
        # Nobody has checked in today, so a coordinator opens, by knowledge that is marked as a day old.
        room.lay_card(character(Kind.COORDINATOR).card)
        view = screen.wait_for_title("open.title")
        assert view.frame.stale
        assert terminal.reactor.session.last_visit.verdict.freshness is Freshness.STALE
        room.lift_cards()
        waiting = len(terminal.store.outbox_list().result(5))
        assert waiting == 3
        # The server takes the first fact, and its answer is lost on the way.
        room.server.lose_next_answer()
        room.mend_network()
        wait_until(lambda: not terminal.store.outbox_list().result(5), seconds=30, each=lambda: room.clock.advance(5))
        delivered = [event["id"] for event in room.server.events()]
        assert len(delivered) == len(set(delivered)) == waiting
        kept = [row.fact for row in terminal.store.journal_list().result(5)]
        assert [fact.kind for fact in kept].count(FactKind.CHECK_IN) == 1
        assert {fact.id for fact in kept if fact.kind is FactKind.CHECK_IN} <= set(delivered)


def test_knowledge_a_week_old_asks_for_the_desk(tmp_path):
    with terminal_in(tmp_path) as (room, _, screen):
        room.cut_network()
        room.clock.advance(7 * 86_400 + 3600)
        screen.wait_for(lambda view: view.frame.header.second is not None)
        room.lay_card(character(Kind.OK).card)
        view = screen.wait_for_title("closed.title")
        assert [line.key for line in view.body] == ["closed.expired"]
        assert not room.door.is_unlocked
