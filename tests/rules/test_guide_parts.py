"""The guide: reader and scanner, door, scale and printer, each tried."""

from dataclasses import replace

import pytest

from kiosk.actions import Action
from kiosk.devices.labels.registry import LANGUAGES as TONGUES_KNOWN
from kiosk.devices.scales.registry import SCALES
from kiosk.events import DeviceFound, DeviceLost, LabelPrinted, PrintFailed, PrintTrouble, WeightRead
from kiosk.rules import guide_bulk, guide_parts
from kiosk.rules.guide_events import (
    EndTrial,
    MomentPassed,
    PrinterFound,
    PrintTest,
    PulseRelay,
    ScaleNotFound,
    ScaleRecorded,
    TryPart,
    TryRelay,
)
from kiosk.rules.guide_states import Locking, Marking, Printing, Reading, Relaying, Scanning, Step, Weighing
from kiosk.rules.show_guide import view_of
from kiosk.rules.staff_states import CORNERS
from kiosk.types import CardKind, Part
from tests.rules.guide_samples import PORTS
from tests.rules.guided import CODE, FOUND, LABEL, PAPER, TAP, after, at, setting, touch, unplugged

# ── reader and scanner ────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── door ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_relay_does_not_move_before_the_lock_is_unplugged():
    guide, _ = after(at(Step.DOOR, Locking()), touch(Action.CHOOSE, "fail_safe"), DeviceFound(part=Part.DOOR))
    assert (setting(guide, "door", "lock"), setting(guide, "door", "relay_pin")) == ("fail_safe", 17)
    for action in (Action.OPEN_DOOR, Action.YES, Action.NO):
        guide, orders = after(guide, touch(action))
        assert not any(isinstance(order, PulseRelay) for order in orders)
    guide, orders = after(guide, touch(Action.DONE), touch(Action.OPEN_DOOR))
    assert orders == [PulseRelay(guide_parts.PULSE_SECONDS)]


def test_the_other_lock_can_be_chosen_after_all():
    """The relay of a strike that is taken for a magnet would be driven all day, and unlock when the program dies."""
    guide, _ = after(at(Step.DOOR, Locking()), touch(Action.CHOOSE, "fail_safe"), DeviceFound(part=Part.DOOR))
    guide, _ = after(guide, touch(Action.DONE), touch(Action.BACK), touch(Action.BACK))
    assert guide.state == Locking()
    guide, orders = after(guide, touch(Action.CHOOSE, "fail_secure"))
    assert (setting(guide, "door", "lock"), guide.state, orders[-1]) == ("fail_secure", Relaying(), TryRelay())


def test_a_light_that_did_not_go_on_turns_the_relay_round_once_then_asks_for_the_wires():
    guide, orders = after(unplugged(fired=True), touch(Action.NO))
    assert (setting(guide, "door", "relay_active_high"), guide.state.turned) == (False, True)
    assert TryRelay() in orders
    guide, _ = after(guide, DeviceFound(part=Part.DOOR), touch(Action.OPEN_DOOR), touch(Action.NO))
    assert (setting(guide, "door", "relay_active_high"), guide.state.dead) == (True, True)


def test_then_the_lock_is_plugged_in_and_the_door_itself_is_seen():
    guide, orders = after(unplugged(fired=True), touch(Action.YES))
    assert (guide.progress.step, guide.state.lit, orders) == (Step.DOOR, True, [TryPart(Part.DOOR)])
    guide, orders = after(guide, touch(Action.OPEN_DOOR), touch(Action.YES))
    assert guide.progress.step is Step.SCALE
    assert PulseRelay(guide_parts.PULSE_SECONDS) in orders


def test_a_door_that_is_lost_with_its_lock_plugged_in_is_tried_from_the_relay_alone_again():
    guide, orders = after(unplugged(fired=True, lit=True), DeviceLost(part=Part.DOOR, fault="GPIO busy"))
    assert (guide.state, orders) == (Relaying(fault="GPIO busy"), [TryRelay()])


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
        assert TryRelay() in orders
    back, _ = after(unplugged(), touch(Action.MORE), touch(Action.KEY, "9"), touch(Action.ERASE), touch(Action.CANCEL))
    assert setting(back, "door", "relay_pin") == 17


# ── scale ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── printer ───────────────────────────────────────────────────────────────────────────────────────────────────────────


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
