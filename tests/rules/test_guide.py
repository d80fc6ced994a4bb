"""The guide of the first run: its table, and what must hold on every way through it."""

import itertools
import random
from dataclasses import fields, replace
from typing import get_args

import pytest

from kiosk.devices.labels.registry import LANGUAGES as TONGUES_KNOWN
from kiosk.devices.scales.registry import SCALES
from kiosk.events import (
    Action,
    CardTapped,
    DeviceFound,
    DeviceLost,
    LabelPrinted,
    PrintFailed,
    PrintTrouble,
    Touched,
    WeightRead,
)
from kiosk.messages import MESSAGES
from kiosk.rules import guide as guides
from kiosk.rules import guide_bulk, guide_parts
from kiosk.rules.guide_events import (
    CheckMade,
    CheckSheet,
    CodeRead,
    EndTrial,
    Finish,
    Finished,
    KeepPin,
    KeepProgress,
    KeyFailed,
    KeyKept,
    MakeKey,
    MomentPassed,
    NetworkSeen,
    OpenSheet,
    PinKept,
    PrinterFound,
    PrintTest,
    PulseRelay,
    ScaleFound,
    ScaleNotFound,
    ScaleRecorded,
    ServerTried,
    SetupFailed,
    SetupRead,
    SheetChecked,
    SheetMade,
    StartTerminal,
    TrialFailed,
    TryPart,
    WaitMoment,
)
from kiosk.rules.guide_showing import PAINTERS
from kiosk.rules.guide_states import (
    STEPS,
    Checking,
    ChoosingPin,
    Explaining,
    Fetching,
    Finishing,
    Greeting,
    Guide,
    GuideState,
    Key,
    Keying,
    Locking,
    Marking,
    Networking,
    Opening,
    PickingLine,
    Placing,
    Printing,
    Progress,
    Reading,
    Relaying,
    Scanning,
    Serving,
    Sheeting,
    Step,
    Weighing,
)
from kiosk.rules.guide_turn import FIRST, TABLE
from kiosk.rules.show_guide import view_of
from kiosk.rules.staff_states import CORNERS, PinFlaw
from kiosk.types import CardHash, CardKind, ClockTrust, FactId, Part
from kiosk.views import Button, CodeView, KeypadView, Say
from tests.rules.guide_samples import NOON, PORTS, ROWS, SCREENS, SHEET
from tests.rules.guide_samples import guides as samples

STATES = get_args(GuideState)
LABEL = FactId("label")
CODE = CodeRead(readings=("0420000001234",), device="05f9:2204")
PAPER = CodeRead(readings=("COOPKEY1;1;ABCD", "COOPKEY1:1:QBCD"), device="/dev/input/by-id/gun-event-kbd")
TAP = CardTapped(hash=CardHash("h"), tail="80")
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


def at(step: Step, state: GuideState, **progress) -> Guide:
    return Guide(progress=Progress(step=step, **progress), state=state)


def after(guide: Guide, *events) -> tuple[Guide, list]:
    """The guide after these events, and all that was ordered."""
    orders = []
    for event in events:
        guide, ordered = guides.step(guide, event)
        orders += ordered
    return guide, orders


def touch(action: Action, target: str = "") -> Touched:
    return Touched(action, target)


def setting(guide: Guide, section: str, key: str):
    return guide.progress.settings.get((section, key))


# ── the table ─────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── resuming, language, help, back ────────────────────────────────────────────────────────────────────────────────


def test_it_goes_on_with_the_step_where_it_was_and_takes_its_part_in_hand_again():
    settings = {("door", "enabled"): True, ("door", "relay_pin"): 17}
    guide, orders = guides.begin(Progress(language="en", step=Step.DOOR, settings=settings))
    assert guide.state == Relaying()
    assert TryPart(Part.DOOR) in orders
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


def test_help_lies_over_a_step_and_loses_nothing_of_it():
    state = ChoosingPin(first="4821")
    guide, _ = after(at(Step.PIN, state), touch(Action.HELP))
    assert guide.state == Explaining(state)
    assert after(guide, touch(Action.BACK))[0].state == state


def test_back_keeps_what_was_entered_and_gives_the_part_back():
    settings = {("door", "enabled"): True, ("reader", "enabled"): True, ("door", "relay_pin"): 22}
    guide, orders = after(at(Step.DOOR, Relaying(found=True), settings=settings), touch(Action.BACK))
    assert (guide.progress.step, setting(guide, "door", "relay_pin")) == (Step.SCANNER, 22)
    assert EndTrial() in orders
    assert after(at(Step.NETWORK, Networking()), touch(Action.BACK))[0].state == Greeting()


# ── set-up, key, server ───────────────────────────────────────────────────────────────────────────────────────────


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


# ── touch ─────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── reader and scanner ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_reader_is_tried_as_if_it_were_there_and_taken_out_where_it_is_not():
    guide, orders = after(at(Step.TOUCH, Marking(touched=CORNERS, waiting=True)), MomentPassed())
    assert (setting(guide, "reader", "enabled"), orders[-1]) == (True, TryPart(Part.READER))
    assert after(guide, touch(Action.DONE))[0].progress.step is Step.READER, "nothing was read yet"
    guide, _ = after(guide, touch(Action.SKIP))
    assert (setting(guide, "reader", "enabled"), guide.progress.off) == (None, {Step.READER})


def test_it_is_told_what_was_read_and_never_a_number():
    found = (DeviceFound(part=Part.READER), TAP)
    guide, _ = after(at(Step.READER, Reading()), *found)
    assert guide.state == Reading(found=True, card=CardKind.CARD)
    assert "80" not in repr(view_of(guide))
    assert TAP.hash not in repr(view_of(guide)).split("'")
    assert after(guide, DeviceLost(part=Part.READER, fault="no answer"))[0].state == Reading(fault="no answer")
    phone = replace(TAP, enrolable=False)
    assert after(guide, phone)[0].state.strange


def test_a_scanner_is_called_by_what_lasts():
    guide, _ = after(at(Step.SCANNER, Scanning()), PAPER, touch(Action.DONE))
    assert (setting(guide, "scanner", "device"), setting(guide, "scanner", "usb_id")) == (PAPER.device, None)
    guide, _ = after(at(Step.SCANNER, Scanning()), CODE, touch(Action.DONE))
    assert (setting(guide, "scanner", "device"), setting(guide, "scanner", "usb_id")) == (None, CODE.device)
    guide, _ = after(
        replace(guide, state=Scanning(), progress=replace(guide.progress, step=Step.SCANNER)), touch(Action.SKIP)
    )
    assert setting(guide, "scanner", "enabled") is None


# ── door ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def unplugged(**more) -> Guide:
    settings = {("door", "enabled"): True, ("door", "relay_pin"): 17}
    return at(Step.DOOR, Relaying(found=True, unplugged=True, **more), settings=settings)


def test_the_relay_does_not_move_before_the_lock_is_unplugged():
    guide, _ = after(at(Step.DOOR, Locking()), touch(Action.CHOOSE, "fail_safe"), DeviceFound(part=Part.DOOR))
    assert (setting(guide, "door", "lock"), setting(guide, "door", "relay_pin")) == ("fail_safe", 17)
    for action in (Action.OPEN_DOOR, Action.YES, Action.NO):
        guide, orders = after(guide, touch(action))
        assert not any(isinstance(order, PulseRelay) for order in orders)
    guide, orders = after(guide, touch(Action.DONE), touch(Action.OPEN_DOOR))
    assert orders == [PulseRelay(guide_parts.PULSE_SECONDS)]


def test_a_light_that_did_not_go_on_turns_the_relay_round_once_then_asks_for_the_wires():
    guide, orders = after(unplugged(fired=True), touch(Action.NO))
    assert (setting(guide, "door", "relay_active_high"), guide.state.turned) == (False, True)
    assert TryPart(Part.DOOR) in orders
    guide, _ = after(guide, DeviceFound(part=Part.DOOR), touch(Action.OPEN_DOOR), touch(Action.NO))
    assert (setting(guide, "door", "relay_active_high"), guide.state.dead) == (True, True)


def test_then_the_lock_is_plugged_in_and_the_door_itself_is_seen():
    guide, _ = after(unplugged(fired=True), touch(Action.YES))
    assert (guide.progress.step, guide.state.lit) == (Step.DOOR, True)
    guide, orders = after(guide, touch(Action.OPEN_DOOR), touch(Action.YES))
    assert guide.progress.step is Step.SCALE
    assert PulseRelay(guide_parts.PULSE_SECONDS) in orders


def test_without_a_door_no_line_is_driven():
    guide, orders = after(unplugged(), touch(Action.SKIP))
    assert not {("door", "relay_pin"), ("door", "enabled")} & guide.progress.settings.keys()
    assert EndTrial() in orders


@pytest.mark.parametrize(("typed", "line"), [("4", 4), ("27", 27), ("1", None), ("28", None), ("", None)])
def test_another_line_of_the_header(typed, line):
    keys = [touch(Action.KEY, digit) for digit in typed]
    guide, orders = after(unplugged(), touch(Action.MORE), *keys, touch(Action.ENTER))
    if line is None:
        assert guide.state.trouble == "range"
    else:
        assert (setting(guide, "door", "relay_pin"), guide.state) == (line, Relaying())
        assert TryPart(Part.DOOR) in orders
    back, _ = after(unplugged(), touch(Action.MORE), touch(Action.KEY, "9"), touch(Action.ERASE), touch(Action.CANCEL))
    assert setting(back, "door", "relay_pin") == 17


# ── scale ─────────────────────────────────────────────────────────────────────────────────────────────────────────

FOUND = ScaleFound(settings={"port": "/dev/x", "protocol": "nci", "line": "8N1"}, protocol="nci", grams=None)


def test_a_scale_that_was_understood_is_tried_until_it_shows_a_weight():
    guide, orders = after(at(Step.SCALE, Weighing()), touch(Action.SEARCH), FOUND)
    assert [setting(guide, "scale", key) for key in ("enabled", "protocol", "line", "baud")] == [
        True,
        "nci",
        "8N1",
        None,
    ]
    assert orders[-1] == TryPart(Part.SCALE)
    assert after(guide, touch(Action.DONE))[0].progress.step is Step.SCALE
    weight = WeightRead(grams=352, stable=True)
    assert after(guide, weight, touch(Action.DONE))[0].progress.step is Step.PRINTER
    lost, _ = after(guide, weight, DeviceLost(part=Part.SCALE, fault="silent"))
    assert (lost.state.grams, lost.state.fault) == (None, "silent")


def test_an_unknown_scale_is_chosen_from_the_list_or_recorded_or_its_weights_are_typed():
    unknown, _ = after(at(Step.SCALE, Weighing(looking=True)), ScaleNotFound(PORTS))
    listed, _ = after(unknown, touch(Action.MORE))
    assert listed.state.choosing
    assert after(listed, touch(Action.BACK))[0].state == Weighing(ports=PORTS)
    chosen, _ = after(listed, touch(Action.MORE), touch(Action.CHOOSE, "kern_w"))
    assert (setting(chosen, "scale", "port"), setting(chosen, "scale", "protocol")) == (PORTS[0], "kern_w")
    back, orders = after(chosen, touch(Action.BACK))
    assert (back.state, back.progress.step, orders) == (Weighing(ports=PORTS), Step.SCALE, [EndTrial()])
    recorded, _ = after(unknown, touch(Action.RETRY), ScaleRecorded(77))
    assert recorded.state == Weighing(ports=PORTS, recorded=77)
    by_hand, _ = after(chosen, touch(Action.SKIP))
    assert (setting(by_hand, "scale", "enabled"), by_hand.progress.off) == (None, {Step.SCALE})


def test_the_list_has_every_dialogue_that_needs_no_more_than_its_name():
    assert {*guide_bulk.PROTOCOLS} == {*SCALES} - {"regex"}
    assert {*guide_bulk.TONGUES} == {*TONGUES_KNOWN} - {"png"}


# ── printer ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_printer_is_spoken_to_in_one_tongue_after_the_other_until_a_person_can_read_it():
    guide, orders = after(at(Step.PRINTER, Printing()), PrinterFound("/dev/usb/lp0"))
    assert [setting(guide, "printer", key) for key in ("kind", "path", "language")] == ["usb", "/dev/usb/lp0", "tspl"]
    assert TryPart(Part.PRINTER) in orders
    printed = LabelPrinted(id=LABEL, sure=True)
    for tongue in (*guide_bulk.TONGUES[1:], guide_bulk.TONGUES[0]):
        guide, orders = after(guide, printed, touch(Action.NO))
        assert setting(guide, "printer", "language") == tongue
        assert orders[-2:] == [TryPart(Part.PRINTER), PrintTest()]
    assert after(guide, touch(Action.YES))[0].progress.step is Step.PRINTER, "nothing came out yet"
    assert after(guide, printed, touch(Action.YES))[0].progress.step is Step.PIN


def test_a_printer_that_was_brought_is_tried_as_it_was_brought():
    settings = {("printer", "kind"): "cups", ("printer", "queue"): "tare", ("printer", "language"): "zpl"}
    guide, _ = after(at(Step.PRINTER, Printing(), settings=settings), PrinterFound("/dev/usb/lp0"))
    assert (guide.state.port, guide.state.language) == ("tare", "zpl")
    assert guide.progress.settings == settings


def test_no_printer_and_a_printer_in_trouble():
    guide, _ = after(at(Step.PRINTER, Printing()), PrinterFound(""))
    assert guide.state == Printing(looked=True)
    assert after(guide, touch(Action.SKIP))[0].progress.off == {Step.PRINTER}
    failed = PrintFailed(id=LABEL, trouble=PrintTrouble.COVER)
    guide, _ = after(
        at(Step.PRINTER, Printing(port="x", language="tspl", looked=True)), touch(Action.PRINT_AGAIN), failed
    )
    assert (guide.state.waiting, guide.state.trouble) == (False, "cover")


# ── PIN, sheet, end ───────────────────────────────────────────────────────────────────────────────────────────────


def typed(digits: str) -> list[Touched]:
    return [*(touch(Action.KEY, digit) for digit in digits), touch(Action.ENTER)]


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
