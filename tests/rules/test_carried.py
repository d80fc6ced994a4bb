"""What the screens make of a server that carries less, or comes to know of presences in its own way."""

from dataclasses import replace

from kiosk.actions import Action
from kiosk.events import Delivered
from kiosk.rules import states
from kiosk.types import Capabilities, FactKind, Presence
from tests.rules.terminal import ALL, Terminal, at, snapshot, tap


def terminal_with(now=None, **capabilities) -> Terminal:
    """A terminal whose server carries all but what is said."""
    terminal = Terminal() if now is None else Terminal(now=now)
    carried = replace(ALL, **capabilities)
    terminal.knowledge.apply(snapshot(terminal.now, full=False, capabilities=carried))
    return terminal


def keys(*lines) -> list[str]:
    return [line.key for line in lines]


# ── presence by identifying ───────────────────────────────────────────────────────────────────────────────────────


def test_a_presence_is_noted_here_until_the_server_has_noted_it():
    terminal = terminal_with(presence=Presence.BY_IDENTIFYING)
    terminal.feed(tap("alix"))
    assert isinstance(terminal.state, states.Asking)
    terminal.touch(Action.START_SHIFT)
    terminal.commit()
    assert keys(*terminal.view().body) == ["shift.noted.here"]
    delivered = Delivered((terminal.state.fact,))
    terminal.knowledge.delivered(delivered.ids)
    terminal.feed(delivered)
    assert keys(*terminal.view().body) == ["shift.noted"]


def test_just_shopping_sends_nothing_that_could_mark_anyone():
    terminal = terminal_with(presence=Presence.BY_IDENTIFYING)
    terminal.feed(tap("alix"))
    terminal.touch(Action.JUST_SHOPPING)
    assert not terminal.facts(FactKind.CHECK_IN)
    assert terminal.facts(FactKind.PASSAGE)


# ── presence at booking ───────────────────────────────────────────────────────────────────────────────────────────


def test_where_presence_counts_at_booking_nobody_is_asked():
    terminal = terminal_with(presence=Presence.AT_BOOKING)
    terminal.feed(tap("alix"))
    assert isinstance(terminal.state, states.Welcoming)
    view = terminal.view()
    assert keys(view.title, *view.body) == ["shift.good", "shift.good.sub"]
    assert view.panel is None
    assert terminal.openings() == 1


def test_who_is_booked_is_on_the_team_without_a_question():
    terminal = terminal_with(presence=Presence.AT_BOOKING)
    effects = terminal.feed(tap("alix"))
    [fact] = terminal.facts(FactKind.CHECK_IN)
    assert (fact.member_id, fact.shift_id, fact.details["answered"]) == ("alix", "soon", False)
    assert [order.hold_seconds for order in effects if getattr(order, "fact", None) == fact] == [0]
    assert terminal.knowledge.assignment("soon", "alix").present


def test_who_came_already_is_noted_once():
    terminal = terminal_with(presence=Presence.AT_BOOKING)
    terminal.feed(tap("alix"))
    terminal.wait(60)
    terminal.time_out()
    terminal.feed(tap("alix"))
    assert len(terminal.facts(FactKind.CHECK_IN)) == 1
    assert terminal.view().title.key == "shift.good"


def test_laying_the_card_again_offers_nothing_to_undo_where_presence_counts_at_booking():
    terminal = terminal_with(presence=Presence.AT_BOOKING)
    terminal.feed(tap("alix"))
    terminal.wait(8)
    terminal.feed(tap("alix"))
    assert isinstance(terminal.state, states.Welcoming)


def test_who_only_shops_is_greeted_as_ever_where_presence_counts_at_booking():
    terminal = terminal_with(presence=Presence.AT_BOOKING)
    terminal.feed(tap("exempt"))
    assert terminal.view().title.key == "open.title"
    assert not terminal.facts(FactKind.CHECK_IN)


def test_a_refused_card_is_on_no_team():
    terminal = terminal_with(now=at(16, 5), presence=Presence.AT_BOOKING)
    terminal.feed(tap("frozen"))
    assert isinstance(terminal.state, states.Refusing)
    assert not terminal.facts(FactKind.CHECK_IN)


# ── what a server does not tell ───────────────────────────────────────────────────────────────────────────────────


def test_next_shifts_that_are_not_told_are_not_denied():
    terminal = terminal_with(next_shifts=False)
    terminal.feed(tap("camille"))
    welcome = terminal.view()
    assert welcome.panel is None or welcome.panel.text.key != "open.next"
    assert next(button.label.key for button in welcome.buttons if button.action is Action.MY_SHIFTS) == "my.balance"
    terminal.touch(Action.MY_SHIFTS)
    view = terminal.view()
    assert (view.title.key, view.rows, view.empty) == ("my.balance", (), None)


def test_gaps_are_shown_with_where_to_book_where_the_server_takes_no_booking():
    terminal = terminal_with(booking=False)
    terminal.feed(tap("exempt"))
    terminal.touch(Action.MY_SHIFTS)
    assert "my.gaps" in keys(*(button.label for button in terminal.view().buttons))
    terminal.touch(Action.SIGN_UP)
    view = terminal.view()
    assert view.offers
    assert {offer.button for offer in view.offers} == {None}
    assert view.remark.key == "need.elsewhere"


def test_a_server_without_a_roster_has_no_gaps_to_show():
    terminal = Terminal()
    carried = Capabilities(balance=True, identify=True)
    terminal.knowledge.apply(snapshot(terminal.now, full=False, capabilities=carried))
    terminal.feed(tap("exempt"))
    terminal.touch(Action.MY_SHIFTS)
    assert keys(*(button.label for button in terminal.view().buttons)) == ["my.done"]
