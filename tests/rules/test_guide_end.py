"""The guide: the PIN, the emergency sheet, and the end."""

import itertools
from dataclasses import replace

import pytest

from kiosk.actions import Action
from kiosk.rules.guide_events import (
    CheckMade,
    CheckSheet,
    Finish,
    Finished,
    KeepPin,
    PinKept,
    SheetChecked,
    SheetMade,
    StartTerminal,
    TrialFailed,
)
from kiosk.rules.guide_states import Checking, ChoosingPin, Finishing, Key, PickingLine, Placing, Sheeting, Step
from kiosk.rules.show_guide import view_of
from kiosk.rules.staff_states import PinFlaw
from kiosk.types import Part
from kiosk.views import CodeView
from tests.rules.guide_samples import ROWS, SHEET
from tests.rules.guided import PAPER, after, at, setting, touch, typed, unplugged


def test_the_pin_is_typed_twice_and_kept_before_it_goes_on():
    guide, orders = after(at(Step.PIN, ChoosingPin()), *typed("4821"), *typed("4821"))
    assert orders == [KeepPin("4821")]
    assert after(guide, PinKept("disk full"))[0].state == ChoosingPin(lost=True)
    assert after(guide, PinKept())[0].progress.step is Step.SHEET


@pytest.mark.parametrize(
    ("digits", "flaw"),
    [
        (["48"], PinFlaw.SHORT),
        (["1234"], PinFlaw.EASY),
        (["7777"], PinFlaw.EASY),
        (["4821", "4822"], PinFlaw.DIFFERENT),
    ],
)
def test_a_pin_that_is_not_taken(digits, flaw):
    guide, orders = after(at(Step.PIN, ChoosingPin()), *itertools.chain.from_iterable(map(typed, digits)))
    assert (guide.state.flaw, orders) == (flaw, [])


def test_the_code_is_shown_only_once_the_passphrase_was_written_down():
    made = SheetMade(text="COOPKEY1:1:ABCD", rows=ROWS, passphrase="482109375512")
    guide, _ = after(at(Step.SHEET, Sheeting(), key=Key.MADE), touch(Action.MORE), made)
    assert "4821 0937 5512" in repr(view_of(guide))
    assert not isinstance(view_of(guide), CodeView)
    assert after(guide, touch(Action.YES))[0].progress.step is Step.SHEET
    guide, _ = after(guide, touch(Action.MORE))
    assert isinstance(view_of(guide), CodeView)
    assert "4821" not in repr(view_of(guide))
    assert after(guide, touch(Action.YES))[0].progress.step is Step.CHECK


def test_paper_that_is_scanned_is_checked():
    guide, orders = after(at(Step.SHEET, SHEET), PAPER, SheetChecked(False))
    assert orders == [CheckSheet(PAPER.readings, SHEET.passphrase)]
    assert view_of(guide).line.key == "guide.sheet.wrong"
    assert view_of(after(guide, SheetChecked(True))[0]).good


def test_who_was_paired_by_a_sheet_needs_no_other_one():
    guide = at(Step.SHEET, replace(SHEET, noted=False), key=Key.SHEET)
    assert after(guide, touch(Action.YES))[0].progress.step is Step.CHECK


def test_it_does_not_end_before_sheet_and_pin_whatever_was_passed():
    rows = CheckMade(())
    assert after(at(Step.CHECK, Checking()), touch(Action.DONE))[0].state == Checking(), "it still runs"
    guide, orders = after(at(Step.CHECK, Checking()), rows, touch(Action.DONE))
    assert guide.progress.step is Step.SHEET
    passed = frozenset({Step.SHEET})
    assert after(at(Step.CHECK, Checking(), passed=passed), rows, touch(Action.DONE))[0].progress.step is Step.PIN
    assert Finish() not in orders


def test_the_end_is_the_configuration_in_its_place():
    passed = frozenset({Step.SHEET, Step.PIN})
    guide, orders = after(at(Step.CHECK, Checking(rows=()), passed=passed), touch(Action.DONE))
    assert (guide.state, orders[0]) == (Finishing(), Finish())
    faulty, orders = after(guide, Finished(("[door] relay_pin …",)), touch(Action.DONE))
    assert orders == []
    assert after(faulty, touch(Action.BACK))[0].progress.step is Step.SETUP
    done, orders = after(guide, Finished(), touch(Action.DONE))
    assert (done.state, orders) == (Finishing(done=True), [StartTerminal()])


def test_where_it_stands_is_one_of_three():
    assert after(at(Step.PLACE, Placing()), touch(Action.CHOOSE, "elsewhere"))[0].state == Placing()
    assert setting(after(at(Step.PLACE, Placing()), touch(Action.CHOOSE, "bulk"))[0], "terminal", "station") == "bulk"


def test_a_line_that_cannot_be_tried_is_told():
    guide, _ = after(unplugged(), TrialFailed(Part.DOOR, "a hat has it"), touch(Action.MORE))
    assert isinstance(guide.state, PickingLine)
