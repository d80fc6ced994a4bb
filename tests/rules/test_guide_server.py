"""The guide: the set-up code, the card key, the server, and the corners of the screen."""

import pytest

from kiosk.actions import Action
from kiosk.events import Touched
from kiosk.rules import guide as guides
from kiosk.rules.guide_events import (
    KeyFailed,
    KeyKept,
    MakeKey,
    MomentPassed,
    OpenSheet,
    ServerTried,
    SetupFailed,
    SetupRead,
    WaitMoment,
)
from kiosk.rules.guide_states import Fetching, Key, Keying, Marking, Opening, Serving, Step
from kiosk.rules.staff_states import CORNERS
from tests.rules.guided import CODE, PAPER, after, at, setting, touch

# ── set-up, key, server ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_set_up_code_fills_everything_and_says_whose_key_it_is():
    brought = SetupRead(settings={("terminal", "station"): "bulk", ("scale", "enabled"): True}, has_key=True)
    guide, _ = after(at(Step.SETUP, Fetching(), settings={("terminal", "language"): "en"}), CODE, brought)
    assert (guide.progress.step, guide.progress.key, guide.state) == (Step.KEY, Key.BROUGHT, Keying())
    assert setting(guide, "terminal", "language") == "en"
    assert guide.scanner == CODE.device
    without = SetupRead(settings={("backend", "kind"): "rest"}, has_key=False)
    guide, _ = after(at(Step.SETUP, Fetching(reading=True)), without)
    assert (guide.progress.step, guide.progress.key) == (Step.PLACE, Key.NONE)


def test_a_code_that_is_none_can_be_scanned_again():
    guide, _ = after(at(Step.SETUP, Fetching()), CODE, SetupFailed("code"))
    assert guide.state == Fetching(trouble="code")
    assert after(guide, CODE)[0].state == Fetching(reading=True)


def test_a_key_is_made_once():
    guide, orders = after(at(Step.KEY, Keying()), touch(Action.YES), touch(Action.YES))
    assert orders == [MakeKey()]
    guide, _ = after(guide, KeyKept("1"))
    assert (guide.progress.key, guide.progress.step) == (Key.MADE, Step.SERVER)
    assert setting(guide, "cards", "key_id") == "1"
    again, orders = after(at(Step.KEY, Keying(), key=Key.MADE), touch(Action.YES))
    assert (again.state, orders) == (Keying(), [])
    assert after(again, touch(Action.DONE))[0].progress.step is Step.SERVER


def test_there_is_no_way_past_the_key():
    assert after(at(Step.KEY, Keying()), touch(Action.DONE), touch(Action.SKIP))[0].progress.step is Step.KEY


def test_the_sheet_of_another_terminal_brings_its_key_and_makes_an_older_sheet_worthless():
    start = at(Step.KEY, Keying(), key=Key.MADE, passed=frozenset({Step.SHEET}))
    guide, _ = after(start, CODE)
    assert guide.state == Keying(trouble="sheet")
    guide, orders = after(guide, PAPER, *(touch(Action.KEY, digit) for digit in "482109375512"), touch(Action.ENTER))
    assert orders == [OpenSheet(PAPER.readings, "482109375512")]
    guide, _ = after(guide, KeyFailed("passphrase"))
    assert guide.state == Opening(sheet=PAPER.readings, wrong=True)
    guide, _ = after(guide, KeyKept("coop"))
    assert (guide.progress.key, setting(guide, "cards", "key_id")) == (Key.SHEET, "coop")
    assert Step.SHEET not in guide.progress.passed


def test_a_short_passphrase_is_not_tried_and_a_broken_disk_is_told():
    guide, orders = after(at(Step.KEY, Opening(sheet=PAPER.readings, digits="48")), touch(Action.ENTER))
    assert (guide.state.wrong, orders) == (True, [])
    assert after(guide, touch(Action.ERASE))[0].state.digits == "4"
    assert after(guide, KeyFailed("disk"))[0].state == Keying(trouble="disk")
    assert after(guide, touch(Action.CANCEL))[0].state == Keying()


def test_a_server_that_does_not_answer_is_no_reason_to_stop():
    guide, _ = after(at(Step.SERVER, Serving()), ServerTried(fault="no route"), touch(Action.DONE))
    assert (guide.progress.step, guide.progress.off) == (Step.TOUCH, {Step.SERVER})
    guide, _ = after(
        at(Step.SERVER, Serving(), off=frozenset({Step.SERVER})), ServerTried(members=3), touch(Action.DONE)
    )
    assert guide.progress.off == set()


# ── touch ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def corners(*extra: str) -> list[Touched]:
    return [touch(Action.CHOOSE, corner) for corner in (*CORNERS, *extra)]


def test_each_corner_counts_once():
    guide, orders = after(at(Step.TOUCH, Marking()), *corners())
    assert guide.state.waiting
    assert orders == [WaitMoment(guides.TWICE_SECONDS)]
    assert after(guide, MomentPassed())[0].progress.step is Step.READER


@pytest.mark.parametrize("twice", CORNERS)
def test_a_touch_that_counts_twice_is_found_out(twice):
    doubled = [event for event in corners() for _ in range(1 + (event.target == twice))]
    guide, _ = after(at(Step.TOUCH, Marking()), *doubled, MomentPassed())
    assert guide.state == Marking(twice=True)
    guide, _ = after(at(Step.TOUCH, Marking()), *corners(twice), MomentPassed())
    assert guide.state == Marking(twice=True)
    assert after(guide, touch(Action.RETRY))[0].state == Marking()
    assert after(guide, touch(Action.SKIP))[0].progress.off == {Step.TOUCH}
