"""The session's table, and what every screen promises in every state that people reach."""

from dataclasses import fields, is_dataclass, replace

import pytest

from kiosk.actions import Action
from kiosk.events import Timer, TimerFired, Touched
from kiosk.rules import states
from kiosk.rules.session import IGNORED, SEEN
from kiosk.rules.showing import PAINTERS
from kiosk.rules.states import STATES
from kiosk.rules.turn import TRANSITIONS, targets
from kiosk.types import Status
from kiosk.view_parts import Button
from tests.rules.stories import stories
from tests.rules.terminal import COOP, Terminal, snapshot, tap


def test_every_pair_of_state_and_event_is_handled_or_ignored_on_purpose():
    handled = {(state, event) for state, event, _ in TRANSITIONS}
    pairs = {(state, event) for state in STATES for event in SEEN}
    assert handled | IGNORED == pairs
    assert not handled & IGNORED


def test_every_screen_that_ends_by_itself_knows_what_comes_then():
    timed = [state for state in STATES if state not in {states.Idle, states.OutOfOrder}]
    assert [state for state in timed if (state, TimerFired, Timer.HOME) not in TRANSITIONS] == []


def test_every_state_has_its_screen():
    assert set(PAINTERS) == set(STATES)


def test_every_handler_names_where_it_may_lead():
    assert all(targets(handler) <= set(STATES) for handler in TRANSITIONS.values())


# ── what the screens promise ──────────────────────────────────────────────────────────────────────────────────────────

SHAMING = ("hours", "frozen", "left", "fee", "inactive", "arrears", "balance", "grace", "blocked", "540", "180")


def said(view: object) -> list[str]:
    """Every key of every sentence in a view, and its values."""
    if isinstance(view, tuple | list):
        return [text for item in view for text in said(item)]
    if is_dataclass(view):
        return [text for item in fields(view) for text in said(getattr(view, item.name))]
    return [str(view)] if isinstance(view, str | int) and not isinstance(view, bool) else []


@pytest.mark.parametrize("who", ["warn", "grace", "blocked", "frozen", "left", "fee", "inactive", "lodger", "ahead"])
def test_nothing_shaming_is_shown_without_a_touch(who):
    terminal = Terminal()
    terminal.feed(tap(who))
    sentences = [text for text in said(terminal.view()) if text != "left" and text.lower() != who]
    assert not [text for text in sentences for word in SHAMING if word in text]


def buttons_of(view: object) -> list[Button]:
    if isinstance(view, Button):
        return [view]
    if isinstance(view, tuple | list):
        return [button for item in view for button in buttons_of(item)]
    if is_dataclass(view):
        return [button for item in fields(view) for button in buttons_of(getattr(view, item.name))]
    return []


def test_the_stories_reach_every_state():
    assert {type(terminal.state) for terminal in stories()} == set(STATES)


@pytest.mark.parametrize("terminal", stories(), ids=lambda terminal: type(terminal.state).__name__)
def test_every_button_has_an_answer(terminal):
    view = terminal.view()
    buttons = buttons_of(view)
    if hasattr(view, "under"):
        buttons = [button for button in buttons if button not in buttons_of(view.under)]
    assert [b.action for b in buttons if (type(terminal.state), Touched, b.action) not in TRANSITIONS] == []


@pytest.mark.parametrize("terminal", stories(), ids=lambda terminal: type(terminal.state).__name__)
def test_every_screen_leads_home_without_a_touch(terminal):
    for _ in range(6):
        terminal.wait(60)
        terminal.time_out()
    assert isinstance(terminal.state, states.Idle | states.OutOfOrder)


def test_what_a_backend_does_not_carry_is_hidden():
    terminal = Terminal()
    terminal.knowledge.apply(snapshot(capabilities=replace_capabilities()))
    assert terminal.view().board == ()
    terminal.feed(tap("blocked"))
    assert Action.SIGN_UP not in {button.action for button in terminal.view().buttons}


def test_each_line_of_the_coop_s_notice_has_its_turn():
    terminal = Terminal()
    terminal.knowledge.apply(snapshot(coop=replace(COOP, notice="Arrivage de noix\nAssemblée jeudi")))
    said = set()
    for _ in range(8):
        said.update(text for _, text in terminal.view().sub.values)
        terminal.wait(8)
    assert {"Arrivage de noix", "Assemblée jeudi"} <= said


def replace_capabilities():
    from kiosk.types import Capabilities

    return Capabilities()


def test_status_words_cover_the_demo():
    assert {person.status for person in snapshot().members} == set(Status)
