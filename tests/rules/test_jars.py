"""The bulk station: labels, the jars of a customer with a queue behind, what is said when there is no label."""

from dataclasses import replace
from datetime import UTC, date, timedelta

import pytest

from kiosk.effects import OpenDoor, PrintLabel, StartTimer
from kiosk.events import (
    Action,
    DeviceLost,
    JarScanned,
    LabelPrinted,
    PrintFailed,
    PrintTrouble,
    StopRequested,
    TareScanned,
    Timer,
    TimerFired,
    Touched,
)
from kiosk.rules import printing, states
from kiosk.rules.policy import Station
from kiosk.rules.session import stay_seconds, step
from kiosk.rules.states import LabelState
from kiosk.types import Card, CardKind, FactKind, Grams, Jar, JarCode, MemberId, Part
from kiosk.views import QuestionView, ResultView
from tests.rules.terminal import Terminal, at, card_of, snapshot, tap

CODE = JarCode("123454")
JAR = Jar(code=CODE, grams=Grams(352), weighed_on=date(2026, 11, 20))
OTHER = Jar(code=JarCode("200006"), grams=Grams(98), weighed_on=date(2026, 11, 20))


def scale(**more) -> Terminal:
    """At the scale, its pan empty, with a printer."""
    terminal = Terminal(**({"printer": True} | more))
    terminal.weigh(0)
    terminal.touch(Action.WEIGH)
    return terminal


def printing_jar(grams: int = 352, **more) -> Terminal:
    """A jar weighed, its label asked for."""
    terminal = scale(**more)
    terminal.weigh(grams)
    terminal.touch(Action.KEEP_TARE)
    return terminal


def orders(terminal: Terminal) -> list[PrintLabel]:
    return [order for order in terminal.effects if isinstance(order, PrintLabel)]


def print_it(terminal: Terminal, *, sure: bool = True) -> None:
    """The printer answers the newest order."""
    terminal.feed(LabelPrinted(id=orders(terminal)[-1].id, sure=sure))


def fail(terminal: Terminal, trouble: PrintTrouble) -> None:
    terminal.feed(PrintFailed(id=orders(terminal)[-1].id, trouble=trouble))


def actions(terminal: Terminal) -> list[Action]:
    return [button.action for button in terminal.view().buttons]


# ── one label ─────────────────────────────────────────────────────────────────────────────────────────────────────


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
    terminal.wait(printing.ANSWER_SECONDS + 1)
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


# ── five jars and a queue behind ──────────────────────────────────────────────────────────────────────────────────


def alone() -> Terminal:
    """The first label is there, and the next ones are to print alone."""
    terminal = printing_jar()
    print_it(terminal)
    terminal.touch(Action.PRINT_ALONE)
    assert terminal.view().buttons[0].on is True
    return terminal


def test_the_next_jars_print_alone():
    terminal = alone()
    for number, grams in enumerate((410, 98), 2):
        terminal.weigh(0)
        assert isinstance(terminal.state, states.Taring)
        terminal.weigh(grams)
        assert isinstance(terminal.state, states.TareKept)
        assert dict(terminal.view().panel.left.values) == {"n": number}
        print_it(terminal)
    assert [order.jar.grams for order in orders(terminal)] == [352, 410, 98]


def test_one_placement_is_one_label_even_alone():
    terminal = alone()
    terminal.weigh(0)
    terminal.weigh(410)
    print_it(terminal)
    terminal.weigh(410, readings=20)
    assert len(orders(terminal)) == 2


def test_a_jar_lifted_before_its_label_is_there_does_not_lose_it():
    terminal = alone()
    terminal.weigh(0)
    terminal.weigh(410)
    terminal.weigh(0)
    assert terminal.view().title.key == "tare.printing"
    print_it(terminal)
    assert isinstance(terminal.state, states.Taring)
    assert terminal.state.alone


def test_a_moving_jar_is_not_printed_alone():
    terminal = alone()
    terminal.weigh(0)
    terminal.weigh(410, stable=False, readings=20)
    assert len(orders(terminal)) == 1


def test_without_paper_nothing_prints_alone_any_more():
    terminal = alone()
    terminal.weigh(0)
    terminal.weigh(410)
    fail(terminal, PrintTrouble.PAPER)
    terminal.touch(Action.ANOTHER_JAR)
    terminal.weigh(0)
    terminal.weigh(98)
    assert len(orders(terminal)) == 2
    assert actions(terminal)[0] is Action.KEEP_TARE


def test_printing_alone_ends_with_the_person():
    terminal = alone()
    terminal.touch(Action.DONE)
    terminal.weigh(0)
    terminal.touch(Action.WEIGH)
    terminal.weigh(410)
    assert len(orders(terminal)) == 1


def test_the_switch_goes_off_again():
    terminal = alone()
    terminal.touch(Action.PRINT_ALONE)
    assert terminal.view().buttons[0].on is False


def test_a_card_beside_a_label_opens_the_door_and_ends_nothing():
    terminal = printing_jar()
    assert OpenDoor(seconds=8) in terminal.feed(tap("camille"))
    assert terminal.view().frame.header.band
    print_it(terminal)
    assert terminal.view().title.key == "tare.done"
    terminal.feed(TimerFired(Timer.BAND))
    assert not terminal.view().frame.header.band


def test_a_card_while_jars_print_alone_lets_them_go_on():
    terminal = alone()
    terminal.feed(tap("camille"))
    terminal.weigh(0)
    terminal.weigh(410)
    assert len(orders(terminal)) == 2


def test_the_next_jar_is_weighed_as_soon_as_it_is_put_down():
    terminal = printing_jar()
    print_it(terminal)
    terminal.weigh(0)
    terminal.weigh(410, stable=False)
    assert isinstance(terminal.state, states.Taring)
    assert terminal.state.count == 1


# ── a jar that is known ───────────────────────────────────────────────────────────────────────────────────────────


def known(**more) -> Terminal:
    """A jar of 352 g, weighed on the day of the tests, is known; nobody stands there."""
    terminal = Terminal(**({"printer": True} | more))
    terminal.knowledge.apply(snapshot(jars=(JAR, OTHER)))
    terminal.weigh(0)
    return terminal


def test_a_known_jar_gets_its_label_without_being_weighed():
    terminal = known()
    terminal.feed(JarScanned(code=CODE))
    assert actions(terminal) == [Action.PRINT_JAR, Action.REWEIGH, Action.DONE]
    terminal.touch(Action.PRINT_JAR)
    [order] = orders(terminal)
    assert order.jar.grams == 352
    print_it(terminal)
    assert terminal.view().title.key == "tare.done"
    assert terminal.facts(FactKind.TARE) == []
    assert terminal.facts(FactKind.LABEL)[0].about is None


def test_without_a_printer_a_known_jar_can_only_be_weighed_again():
    terminal = known(printer=False)
    terminal.feed(JarScanned(code=CODE))
    assert actions(terminal) == [Action.REWEIGH, Action.DONE]


def test_a_jar_weighed_over_a_year_ago_is_better_weighed_again():
    terminal = known()
    terminal.now += timedelta(days=400)
    terminal.feed(JarScanned(code=CODE))
    view = terminal.view()
    assert view.ask.key == "jar.old"
    assert [button.action for button in view.buttons][:2] == [Action.REWEIGH, Action.PRINT_JAR]


@pytest.mark.parametrize(
    ("grams", "ask"),
    [(352, "jar.same"), (356, "jar.same"), (348, "jar.same"), (357, "jar.diff"), (340, "jar.diff.less")],
)
def test_a_known_jar_on_the_pan_is_compared_with_what_is_known(grams, ask):
    terminal = known()
    terminal.feed(JarScanned(code=CODE))
    terminal.weigh(grams)
    assert terminal.view().ask.key == ask


def test_an_empty_jar_that_has_changed_gets_its_new_tare_under_its_old_code():
    terminal = known()
    terminal.feed(JarScanned(code=CODE))
    terminal.weigh(365)
    terminal.touch(Action.KEEP_TARE)
    [order] = orders(terminal)
    assert (order.jar.code, order.jar.grams) == (CODE, 365)
    assert terminal.knowledge.jars[CODE].grams == 365


def test_a_jar_that_is_not_empty_keeps_its_tare():
    terminal = known()
    terminal.feed(JarScanned(code=CODE))
    terminal.weigh(900)
    terminal.touch(Action.CANCEL)
    assert terminal.view().ask.key == "jar.as_before"
    terminal.touch(Action.PRINT_JAR)
    assert orders(terminal)[0].jar.grams == 352


def test_a_jar_lifted_before_the_answer_keeps_its_tare():
    terminal = known()
    terminal.feed(JarScanned(code=CODE))
    terminal.weigh(365)
    terminal.weigh(0)
    terminal.touch(Action.KEEP_TARE)
    assert isinstance(terminal.state, states.Recalling)
    assert terminal.facts(FactKind.TARE) == []


def test_the_tills_code_asks_for_the_other_one():
    terminal = known()
    terminal.feed(TareScanned(Grams(352)))
    assert isinstance(terminal.state, states.Typing)
    assert terminal.view().remark.key == "jar.other_code"
    for digit in CODE:
        terminal.touch(Action.KEY, digit)
    terminal.touch(Action.ENTER)
    assert isinstance(terminal.state, states.Recalling)


# ── stickers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def tagged() -> Terminal:
    """The jar has a sticker, and nobody stands there."""
    terminal = known()
    terminal.feed(JarScanned(code=CODE), tap("sticker"), Touched(Action.TAG_JAR), Touched(Action.DONE))
    return terminal


def test_a_sticker_is_linked_by_a_touch_and_to_nobody():
    terminal = known()
    terminal.feed(JarScanned(code=CODE), tap("sticker"))
    assert isinstance(terminal.view(), QuestionView)
    terminal.touch(Action.TAG_JAR)
    [fact] = terminal.facts(FactKind.JAR_TAGGED)
    assert fact.member_id is None
    assert fact.details == {
        "jar": CODE,
        "sticker": card_of("sticker"),
        "grams": 352,
        "weighed_on": "2026-11-20",
    }
    assert terminal.view().ask.key == "jar.tagged"


def test_a_sticker_leads_to_its_jar_from_the_idle_screen():
    terminal = tagged()
    terminal.feed(tap("sticker"))
    assert isinstance(terminal.state, states.Recalling)
    assert terminal.state.jar.code == CODE
    assert terminal.openings() == 0


def test_a_sticker_leads_to_its_jar_at_the_bulk_station_too():
    terminal = tagged()
    terminal.station = Station.BULK
    terminal.feed(tap("sticker"))
    assert isinstance(terminal.state, states.Recalling)


def test_a_sticker_is_remembered_when_its_jar_is_weighed_again():
    terminal = tagged()
    terminal.feed(tap("sticker"))
    terminal.weigh(365)
    terminal.touch(Action.KEEP_TARE)
    terminal.touch(Action.DONE)
    terminal.feed(tap("sticker"))
    assert terminal.state.jar.grams == 365


def test_a_sticker_is_of_one_jar_only():
    terminal = tagged()
    sticker = card_of("sticker")
    [fact] = terminal.facts(FactKind.JAR_TAGGED)
    terminal.knowledge.note(replace(fact, id="later", details={"jar": OTHER.code, "sticker": sticker}))
    assert terminal.knowledge.jar_tagged(sticker).code == OTHER.code
    assert terminal.knowledge.jars[CODE].sticker is None


def test_a_sticker_known_by_another_terminal_leads_to_its_jar():
    terminal = Terminal()
    terminal.knowledge.apply(snapshot(jars=(replace(OTHER, sticker=card_of("sticker")),)))
    terminal.feed(tap("sticker"))
    assert terminal.state.jar.code == OTHER.code


def test_without_a_yes_a_sticker_is_nobodys():
    terminal = known()
    terminal.feed(JarScanned(code=CODE), tap("sticker"), Touched(Action.CANCEL))
    assert isinstance(terminal.state, states.Recalling)
    terminal.feed(tap("sticker"))
    terminal.time_out()
    assert isinstance(terminal.state, states.Recalling)
    assert terminal.facts(FactKind.JAR_TAGGED) == []


def test_a_members_card_is_never_taken_for_a_sticker():
    terminal = known()
    assert OpenDoor(seconds=8) in terminal.feed(JarScanned(code=CODE), tap("camille"))
    assert isinstance(terminal.state, states.Recalling)


@pytest.mark.parametrize("more", [{"kind": CardKind.BANK}, {"kind": CardKind.PHONE}, {"enrolable": False}])
def test_bank_cards_phones_and_random_numbers_become_no_stickers(more):
    terminal = known()
    terminal.feed(JarScanned(code=CODE), tap("sticker", **more))
    assert isinstance(terminal.state, states.Recalling)


def test_a_sticker_whose_card_became_a_members_is_that_member():
    terminal = tagged()
    terminal.knowledge.cards[card_of("sticker")] = Card(hash=card_of("sticker"), member_id=MemberId("camille"))
    terminal.feed(tap("sticker"))
    assert isinstance(terminal.state, states.Welcoming)


# ── a weight typed by someone at work ─────────────────────────────────────────────────────────────────────────────


def without_a_scale() -> Terminal:
    terminal = scale()
    terminal.feed(DeviceLost(part=Part.SCALE, fault=""))
    terminal.touch(Action.TYPE_WEIGHT)
    return terminal


def type_weight(terminal: Terminal, digits: str) -> None:
    for digit in digits:
        terminal.touch(Action.KEY, digit)
    terminal.touch(Action.ENTER)


@pytest.mark.parametrize("who", ["coord", "sam"])
def test_someone_at_work_types_the_weight_and_it_is_flagged(who):
    terminal = without_a_scale()
    terminal.feed(tap(who))
    type_weight(terminal, "352")
    [fact] = terminal.facts(FactKind.TARE)
    assert fact.member_id == who
    assert fact.details["stability"] == "manual"
    assert fact.details["raw"] == ""
    [order] = orders(terminal)
    assert order.typed
    assert order.jar.grams == 352


@pytest.mark.parametrize("who", ["camille", "stranger", "frozen"])
def test_nobody_else_types_a_weight(who):
    terminal = without_a_scale()
    terminal.feed(tap(who))
    assert isinstance(terminal.state, states.Vouching)
    assert terminal.view().sub[0].key == "tare.vouch.refused"


def test_the_card_that_vouches_opens_the_door_as_any_other():
    terminal = without_a_scale()
    assert OpenDoor(seconds=8) in terminal.feed(tap("coord"))


@pytest.mark.parametrize("digits", ["", "0", "6001"])
def test_a_weight_out_of_range_is_refused(digits):
    terminal = without_a_scale()
    terminal.feed(tap("coord"))
    type_weight(terminal, digits)
    assert isinstance(terminal.state, states.TypingWeight)
    assert terminal.view().remark.key == "tare.typed.range"
    type_weight(terminal, "98")
    assert terminal.facts(FactKind.TARE)[0].details["grams"] == 98


def test_typing_is_mended_and_left():
    terminal = without_a_scale()
    terminal.feed(tap("coord"), Touched(Action.KEY, "9"), Touched(Action.ERASE))
    assert terminal.view().typed == ""
    terminal.touch(Action.CANCEL)
    assert isinstance(terminal.state, states.Taring)


def test_a_question_that_waited_is_settled_though_a_weight_was_being_typed():
    terminal = scale()
    terminal.feed(tap("alix"), DeviceLost(part=Part.SCALE, fault=""), Touched(Action.TYPE_WEIGHT), StopRequested())
    assert len(terminal.facts(FactKind.CHECK_IN)) == 1


def test_the_day_on_the_label_is_the_coops_own():
    terminal = printing_jar(now=Terminal().now.replace(hour=0, minute=30))
    assert orders(terminal)[0].jar.weighed_on == terminal.now.date()
    assert terminal.now.astimezone(UTC).date() != terminal.now.date()


def test_a_scale_that_stutters_does_not_keep_the_screen_for_ever():
    terminal = scale()
    terminal.wait(10)
    assert not any(
        order.timer is Timer.HOME for order in terminal.feed(TimerFired(Timer.TICK)) if isinstance(order, StartTimer)
    )
    terminal.effects.clear()
    terminal.weigh(0)
    assert terminal.effects == []


@pytest.mark.parametrize(("minute", "day"), [(59, date(2026, 11, 24)), (60, date(2026, 11, 25))])
def test_a_tare_says_on_which_day_of_the_shop_it_was(minute, day):
    terminal = scale(now=at(23) + timedelta(minutes=minute))
    terminal.weigh(352)
    terminal.touch(Action.KEEP_TARE)
    (tare,) = terminal.facts(FactKind.TARE)
    assert tare.details["weighed_on"] == day.isoformat()
    assert terminal.state.jar.weighed_on == day
    assert terminal.knowledge.jars[terminal.state.jar.code].weighed_on == day
