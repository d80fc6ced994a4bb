"""A jar that is known, by its label or by its sticker."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.actions import Action
from kiosk.effects import OpenDoor
from kiosk.events import JarScanned, TareScanned, Touched
from kiosk.rules import states
from kiosk.rules.policy import Station
from kiosk.rules.tare import TareLimits
from kiosk.rules.turn import Surroundings
from kiosk.types import Card, CardKind, FactKind, Grams, MemberId
from kiosk.views import QuestionView
from tests.rules.bulk import CODE, JAR, OTHER, actions, known, orders, print_it, tagged
from tests.rules.terminal import Terminal, card_of, snapshot, tap

# ── a jar that is known ───────────────────────────────────────────────────────────────────────────────────────────────


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


class TensOfGrams(Terminal):
    """At a till that takes tens of grams."""

    @property
    def around(self) -> Surroundings:
        return replace(super().around, limits=TareLimits(division=1, till_division=10))


@pytest.mark.parametrize(
    ("grams", "ask"), [(345, "jar.same"), (357, "jar.same"), (358, "jar.diff"), (342, "jar.diff.less")]
)
def test_what_rounding_to_the_till_took_or_gave_is_no_change_of_the_jar(grams: int, ask: str):
    """Its tare of 350 g was one of 345 to 354 g."""
    terminal = TensOfGrams(printer=True)
    terminal.knowledge.apply(snapshot(jars=(replace(JAR, grams=Grams(350)),)))
    terminal.weigh(0)
    terminal.feed(JarScanned(code=CODE))
    terminal.weigh(grams)
    assert terminal.view().ask.key == ask


def test_a_jar_weighed_before_the_till_took_tens_of_grams_gets_a_label_that_the_till_can_read():
    terminal = TensOfGrams(printer=True)
    terminal.knowledge.apply(snapshot(jars=(JAR,)))
    terminal.feed(JarScanned(code=CODE))
    terminal.touch(Action.PRINT_JAR)
    [order] = orders(terminal)
    assert (order.jar.code, order.jar.grams) == (CODE, 350)
    assert terminal.knowledge.jars[CODE].grams == 352


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


# ── stickers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


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
