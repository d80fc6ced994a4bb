"""The guide of the first run: its table, and what must hold on every way through it."""

import random
from dataclasses import fields
from typing import get_args

import pytest

from kiosk.actions import Action
from kiosk.events import DeviceFound, DeviceLost, LabelPrinted, PrintFailed, PrintTrouble, Touched, WeightRead
from kiosk.messages import MESSAGES
from kiosk.rules import guide as guides
from kiosk.rules.guide_events import (
    CheckMade,
    EndTrial,
    Finish,
    Finished,
    KeepProgress,
    KeyFailed,
    KeyKept,
    MomentPassed,
    NetworkSeen,
    PinKept,
    PrinterFound,
    ScaleFound,
    ScaleNotFound,
    ScaleRecorded,
    ServerTried,
    SetupFailed,
    SetupRead,
    SheetChecked,
    SheetMade,
    TrialFailed,
    TryRelay,
)
from kiosk.rules.guide_showing import PAINTERS
from kiosk.rules.guide_states import (
    STEPS,
    ChoosingPin,
    Explaining,
    Greeting,
    GuideState,
    Key,
    Locking,
    Networking,
    Progress,
    Reading,
    Relaying,
    Step,
)
from kiosk.rules.guide_turn import FIRST, TABLE
from kiosk.rules.show_guide import view_of
from kiosk.rules.staff_states import CORNERS
from kiosk.types import ClockTrust, Part
from kiosk.view_parts import Button, Say
from kiosk.views import KeypadView
from tests.rules.guide_samples import NOON, PORTS, ROWS, SCREENS
from tests.rules.guide_samples import guides as samples
from tests.rules.guided import CODE, LABEL, PAPER, TAP, after, at, setting, touch

STATES = get_args(GuideState)
EVENTS = (
    NetworkSeen(address="", trust=ClockTrust.NEVER, at=NOON), CODE, PAPER, SetupFailed("code"), KeyKept("1"),
    SetupRead(settings={("terminal", "station"): "both"}, has_key=True), KeyFailed("passphrase"), KeyFailed("disk"),
    ServerTried(members=3), ServerTried(refused=True), TrialFailed(Part.DOOR, "why"), MomentPassed(),
    ScaleFound(settings={"port": "/dev/x", "protocol": "nci"}, protocol="nci", grams=3), ScaleNotFound(PORTS),
    ScaleNotFound(()), ScaleRecorded(12), PrinterFound(""), PrinterFound("/dev/usb/lp0"), PinKept(), PinKept("full"),
    SheetMade(text="COOPKEY1:1:ABCD", rows=ROWS, passphrase="482109375512"), SheetChecked(True), CheckMade(()),
    Finished(), Finished(("fault",)), TAP, LabelPrinted(id=LABEL, sure=True),
    PrintFailed(id=LABEL, trouble=PrintTrouble.PAPER), WeightRead(grams=None, stable=False),
    *(kind(part=part) for kind in (DeviceFound,) for part in (Part.READER, Part.DOOR, Part.SCALE)),
    *(DeviceLost(part=part, fault="gone") for part in (Part.READER, Part.DOOR, Part.SCALE)),
)  # fmt: skip
SAMPLES = [pytest.param(guide, id=f"{guide.progress.step.value} {type(guide.state).__name__}") for guide in samples()]
TARGETS = ("", "en", "fr", "both", *CORNERS, "fail_safe", "nci", "4", "7")


# ── the table ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_state_is_sampled_and_has_its_view():
    assert {type(state) for states in SCREENS.values() for state in states} == set(STATES) == set(PAINTERS)
    assert set(FIRST) == set(STEPS)


@pytest.mark.parametrize("guide", SAMPLES)
def test_whatever_happens_wherever_leads_to_something_that_can_be_shown(guide):
    events = (*EVENTS, *(Touched(action, target) for action in Action for target in TARGETS))
    for event in events:
        then, _ = guides.step(guide, event)
        view_of(then)


@pytest.mark.parametrize("guide", SAMPLES)
def test_every_button_has_an_answer_and_every_sentence_is_written(guide):
    view = view_of(guide)
    buttons = [Button(action=action, label=Say("literal")) for action in (Action.LANGUAGE, Action.HELP)]
    if isinstance(view, KeypadView):
        buttons += [Button(action=action, label=Say("literal")) for action in (Action.KEY, Action.ERASE, Action.ENTER)]
    for field in fields(view):
        value = getattr(view, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            buttons += [item] if isinstance(item, Button) else []
            assert not isinstance(item, Say) or item.key in MESSAGES or item.key == "literal", item
    for button in buttons:
        assert button.label.key in MESSAGES or button.label.key == "literal"
        assert (type(guide.state), Touched, button.action) in TABLE, button


def test_what_no_state_answers_to_changes_nothing():
    guide = at(Step.READER, Reading())
    assert guides.step(guide, SheetChecked(True)) == (guide, ())


@pytest.mark.parametrize("seed", range(40))
def test_no_way_ends_without_key_pin_and_sheet(seed):
    """Whatever a person touches and the hands find, in whatever order."""
    dice = random.Random(seed)
    guide, _ = guides.begin(Progress())
    touches = [Touched(action, target) for _, _, action in TABLE if action is not None for target in TARGETS]
    for _ in range(1500):
        before = guide
        guide, orders = guides.step(guide, dice.choice(touches if dice.random() < 0.7 else EVENTS))
        progress = guide.progress
        if any(isinstance(order, Finish) for order in orders):
            assert progress.key is not Key.NONE
            assert {Step.SHEET, Step.PIN, Step.KEY} <= progress.passed
        if guide.progress != before.progress:
            assert any(isinstance(order, KeepProgress) for order in orders), "a pulled plug would lose it"
        view_of(guide)


# ── resuming, language, help, back ────────────────────────────────────────────────────────────────────────────────────


def test_it_goes_on_with_the_step_where_it_was_and_takes_its_part_in_hand_again():
    settings = {("door", "enabled"): True, ("door", "relay_pin"): 17}
    guide, orders = guides.begin(Progress(language="en", step=Step.DOOR, settings=settings))
    assert guide.state == Relaying()
    assert TryRelay() in orders
    assert view_of(guide).frame.language == "en"


@pytest.mark.parametrize("step", STEPS)
def test_every_step_can_be_begun_with(step):
    guide, _ = guides.begin(Progress(step=step))
    assert type(guide.state) is type(FIRST[step])


def test_the_language_of_the_guide_is_that_of_the_terminal_and_can_be_changed_anywhere():
    guide, _ = after(at(Step.LANGUAGE, Greeting()), touch(Action.CHOOSE, "en"))
    assert (guide.progress.language, setting(guide, "terminal", "language")) == ("en", "en")
    assert isinstance(guide.state, Networking)
    guide, _ = after(guide, touch(Action.LANGUAGE))
    assert (guide.progress.language, setting(guide, "terminal", "language")) == ("fr", "fr")


def test_a_terminal_of_one_language_keeps_it_whatever_the_guide_is_read_in():
    """A configuration whose language is not among its languages is refused at the very end."""
    settings = {("terminal", "language"): "fr", ("terminal", "languages"): ("fr",)}
    guide, _ = after(at(Step.PIN, ChoosingPin(), settings=settings), touch(Action.LANGUAGE))
    assert (guide.progress.language, setting(guide, "terminal", "language")) == ("en", "fr")


def test_help_lies_over_a_step_and_loses_nothing_of_it():
    state = ChoosingPin(first="4821")
    guide, _ = after(at(Step.PIN, state), touch(Action.HELP))
    assert guide.state == Explaining(state)
    assert after(guide, touch(Action.BACK))[0].state == state


def test_back_keeps_what_was_entered_and_gives_the_part_back():
    settings = {("door", "enabled"): True, ("reader", "enabled"): True, ("door", "relay_pin"): 22}
    guide, orders = after(at(Step.DOOR, Relaying(found=True), settings=settings), touch(Action.BACK))
    assert (guide.state, setting(guide, "door", "relay_pin")) == (Locking(), 22)
    assert EndTrial() in orders
    guide, _ = after(guide, touch(Action.BACK))
    assert (guide.progress.step, setting(guide, "door", "relay_pin")) == (Step.SCANNER, 22)
    assert after(at(Step.NETWORK, Networking()), touch(Action.BACK))[0].state == Greeting()
