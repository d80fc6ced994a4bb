"""What the printer answers is told to whoever waits for it, whatever lies over their screen by then."""

from dataclasses import replace

import pytest

from kiosk.actions import Action
from kiosk.effects import PrintList
from kiosk.events import Event, LabelPrinted, PrintFailed, PrintTrouble, Touched, Unsettled, UnsettledListed
from kiosk.rules import states
from kiosk.rules.staff_states import Paper
from kiosk.rules.states import LabelState, State, TareKept
from kiosk.types import FactId
from tests.rules.bulk import fail, print_it, printing_jar
from tests.rules.staff import coordinator
from tests.rules.terminal import Terminal, tap
from tests.rules.ways import stack, walk


def awaited(state: State) -> list[TareKept]:
    """The screens of a stack that tell of a label on its way."""
    return [one for one in stack(state) if isinstance(one, TareKept) and one.label is LabelState.PRINTING]


def test_no_screen_goes_on_waiting_for_a_label_that_is_settled():
    stale = [
        way.names
        for way in walk(printing_jar, through=lambda state: bool(awaited(state)))
        for kept in awaited(way.terminal.state)
        if kept.order not in {order.id for order in way.terminal.session.orders}
    ]
    assert stale == []


def help_over_a_sticker() -> Terminal:
    terminal = printing_jar()
    terminal.feed(tap("sticker"), Touched(Action.HELP))
    assert [type(one) for one in stack(terminal.state)] == [states.Helping, states.Tagging, TareKept]
    return terminal


def test_a_label_that_failed_below_help_and_sticker_is_told_when_they_are_closed():
    terminal = help_over_a_sticker()
    fail(terminal, PrintTrouble.PAPER)
    terminal.touch(Action.CANCEL)
    terminal.touch(Action.CANCEL)
    assert terminal.view().title.key == "broken.printer"


def test_a_label_that_came_out_below_help_and_sticker_is_told_when_they_are_closed():
    terminal = help_over_a_sticker()
    print_it(terminal)
    terminal.touch(Action.CANCEL)
    terminal.touch(Action.TAG_JAR)
    assert terminal.view().title.key == "tare.done"


@pytest.mark.parametrize(
    ("answer", "paper"),
    [
        (LabelPrinted(id=FactId(""), sure=True), Paper.PRINTED),
        (PrintFailed(id=FactId(""), trouble=PrintTrouble.PAPER), Paper.FAILED),
    ],
)
def test_what_became_of_a_list_is_told_when_the_help_sheet_is_closed(answer: Event, paper: Paper):
    terminal = coordinator(Touched(Action.TO_SETTLE), printer=True)
    terminal.feed(UnsettledListed((Unsettled(fact=terminal.facts()[0], refused=False),)))
    [order] = [each for each in terminal.touch(Action.PRINT_LIST) if isinstance(each, PrintList)]
    terminal.feed(Touched(Action.HELP), replace(answer, id=order.id), Touched(Action.CANCEL))
    assert terminal.state.paper is paper
