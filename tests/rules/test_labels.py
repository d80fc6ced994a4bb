"""The bulk station: a label, and what is said when there is none."""

from dataclasses import replace
from datetime import date

import pytest

from kiosk.actions import Action
from kiosk.effects import StartTimer
from kiosk.events import LabelPrinted, PrintTrouble, Timer, TimerFired, Touched
from kiosk.rules import printing, states
from kiosk.rules.session import stay_seconds, step
from kiosk.rules.states import LabelState
from kiosk.types import FactKind, Grams, Jar
from kiosk.views import ResultView
from tests.rules.bulk import CODE, JAR, OTHER, actions, fail, orders, print_it, printing_jar, scale
from tests.rules.terminal import snapshot


def test_with_a_printer_the_steady_screen_prints():
    terminal = scale()
    terminal.weigh(352)
    keep = terminal.view().buttons[0]
    assert (keep.action, keep.label.key) == (Action.KEEP_TARE, "tare.print")


def test_the_label_is_ordered_with_the_tare_and_told_to_be_on_its_way():
    terminal = printing_jar()
    [order] = orders(terminal)
    assert order.jar == Jar(code=CODE, grams=Grams(352), weighed_on=date(2026, 11, 24))
    assert terminal.view().title.key == "tare.printing"


def test_the_screen_says_ready_once_the_label_is_there():
    terminal = printing_jar()
    print_it(terminal)
    view = terminal.view()
    assert isinstance(view, ResultView)
    assert view.title.key == "tare.done"
    assert dict(view.panel.text.values) == {"grams": 352}
    assert actions(terminal) == [Action.PRINT_ALONE, Action.PRINT_AGAIN, Action.DONE]


def test_of_a_printer_that_tells_nothing_no_more_is_said_than_is_known():
    terminal = printing_jar()
    print_it(terminal, sure=False)
    view = terminal.view()
    assert view.title.key == "tare.sent"
    assert [(line.key, dict(line.values)) for line in view.body] == [("tare.sent.note", {"grams": 352})]


@pytest.mark.parametrize(("sure", "result"), [(True, "printed"), (False, "sent")])
def test_the_journal_keeps_what_became_of_the_label(sure, result):
    terminal = printing_jar()
    print_it(terminal, sure=sure)
    [tare], [label] = terminal.facts(FactKind.TARE), terminal.facts(FactKind.LABEL)
    assert label.about == tare.id
    assert label.details == {"jar": CODE, "grams": 352, "result": result}


@pytest.mark.parametrize("trouble", PrintTrouble)
def test_without_a_label_the_screen_says_what_to_write(trouble):
    terminal = printing_jar()
    fail(terminal, trouble)
    view = terminal.view()
    assert isinstance(view, ResultView)
    assert [(line.key, dict(line.values)) for line in view.body] == [("tare.noprint.write", {"grams": 352})]
    assert view.panel.code == CODE
    assert Action.PRINT_AGAIN in actions(terminal)
    assert terminal.facts(FactKind.LABEL)[0].details["result"] == trouble.value


def test_each_trouble_is_told_in_its_own_words():
    titles = set()
    for trouble in PrintTrouble:
        terminal = printing_jar()
        fail(terminal, trouble)
        titles.add(terminal.view().title.key)
    assert len(titles) == len(PrintTrouble)


def test_a_label_is_printed_again_at_a_touch_and_journalled_again():
    terminal = printing_jar()
    fail(terminal, PrintTrouble.PAPER)
    terminal.touch(Action.PRINT_AGAIN)
    assert terminal.view().title.key == "tare.printing"
    print_it(terminal)
    assert terminal.view().title.key == "tare.done"
    assert [fact.details["result"] for fact in terminal.facts(FactKind.LABEL)] == ["paper", "printed"]
    assert len(terminal.facts(FactKind.TARE)) == 1


def test_a_printer_that_never_answers_has_not_printed():
    terminal = printing_jar()
    terminal.wait(printing.ANSWER_SECONDS - 1)
    terminal.feed(TimerFired(Timer.TICK))
    assert terminal.view().title.key == "tare.printing"
    terminal.wait(2)
    terminal.feed(TimerFired(Timer.TICK))
    assert terminal.view().title.key == "broken.printer.fault"
    print_it(terminal)
    assert terminal.view().title.key == "broken.printer.fault"
    assert len(terminal.facts(FactKind.LABEL)) == 1


def test_the_result_is_journalled_though_everybody_has_gone():
    terminal = printing_jar()
    terminal.touch(Action.DONE)
    assert isinstance(terminal.state, states.Idle)
    print_it(terminal)
    assert isinstance(terminal.state, states.Idle)
    assert [fact.details["result"] for fact in terminal.facts(FactKind.LABEL)] == ["printed"]


def test_the_result_is_there_under_the_help_sheet():
    terminal = printing_jar()
    terminal.touch(Action.HELP)
    print_it(terminal)
    terminal.touch(Action.CANCEL)
    assert terminal.view().title.key == "tare.done"


def test_a_label_nobody_asked_for_changes_nothing():
    terminal = scale()
    terminal.feed(LabelPrinted(id="another", sure=True))
    assert terminal.facts(FactKind.LABEL) == []


def test_what_is_to_be_written_stays_longer_than_what_is_printed():
    terminal = printing_jar()
    fail(terminal, PrintTrouble.PAPER)
    failed = stay_seconds(terminal.session, terminal.around)
    terminal.weigh(0)
    assert stay_seconds(terminal.session, terminal.around) == failed
    printed = printing_jar()
    print_it(printed)
    assert stay_seconds(printed.session, printed.around) < failed
    printed.weigh(0)
    assert StartTimer(timer=Timer.HOME, seconds=3) in printed.effects


def test_without_a_printer_nothing_is_asked_of_one():
    terminal = printing_jar(printer=False)
    assert orders(terminal) == []
    assert terminal.state.label is LabelState.NONE
    assert terminal.view().title.key == "tare.keeping"
    terminal.commit()
    assert terminal.view().title.key == "tare.kept"


def test_a_new_code_is_one_that_no_jar_bears():
    codes = iter([CODE, OTHER.code])
    terminal = scale()
    terminal.knowledge.apply(snapshot(jars=(JAR,)))
    terminal.weigh(352)
    around = replace(terminal.around, new_jar_code=lambda: next(codes))
    session, _ = step(terminal.session, Touched(Action.KEEP_TARE), around)
    assert session.state.jar.code == OTHER.code
