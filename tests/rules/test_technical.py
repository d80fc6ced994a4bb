"""The technician's PIN: chosen before anything else, guessed slowly, never in a fact. And the menu behind it."""

import pytest

from kiosk.actions import Action
from kiosk.effects import AskPin, CheckPin, ChoosePin, Restart
from kiosk.events import DeviceLost, LogListed, PinChecked, PinKnown, Touched
from kiosk.rules import staff_states, states
from kiosk.rules.staff_states import PinFlaw
from kiosk.rules.turn import Link
from kiosk.types import ClockTrust, FactKind, Part
from kiosk.views import KeypadView, Light, NoticeView
from tests.rules.staff import LOG, badge, staffed, technician, typed
from tests.rules.terminal import Terminal, at, tap

ENTER = Touched(Action.ENTER)


def fresh() -> Terminal:
    """A terminal out of its box: no PIN, no technician."""
    terminal = Terminal()
    terminal.feed(PinKnown(chosen=False))
    return terminal


def asked() -> Terminal:
    terminal = staffed()
    terminal.touch(Action.UNLOCK)
    return terminal


# ── the first PIN ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_on_a_new_terminal_the_first_thing_is_a_pin_typed_twice():
    terminal = fresh()
    terminal.touch(Action.UNLOCK)
    assert isinstance(terminal.state, staff_states.SettingPin)
    terminal.feed(*typed("2719"), ENTER, *typed("2719"))
    assert terminal.feed(ENTER)[0] == ChoosePin("2719")
    assert isinstance(terminal.state, staff_states.Maintaining)
    assert terminal.session.pin.chosen


@pytest.mark.parametrize(
    ("digits", "flaw"),
    [("271", PinFlaw.SHORT), ("0000", PinFlaw.EASY), ("1234", PinFlaw.EASY), ("654321", PinFlaw.EASY)],
)
def test_a_pin_that_is_no_pin_is_not_taken(digits, flaw):
    terminal = fresh()
    terminal.feed(Touched(Action.UNLOCK), *typed(digits), ENTER)
    assert terminal.state.flaw is flaw
    assert terminal.state.first == ""


def test_two_different_entries_start_again():
    terminal = fresh()
    terminal.feed(Touched(Action.UNLOCK), *typed("2719"), ENTER, *typed("2718"), ENTER)
    assert terminal.state.flaw is PinFlaw.DIFFERENT
    assert not [order for order in terminal.effects if isinstance(order, ChoosePin)]


def test_without_any_pin_the_menu_stays_shut():
    terminal = fresh()
    terminal.feed(Touched(Action.UNLOCK), Touched(Action.CANCEL))
    assert isinstance(terminal.state, states.Idle)


def test_where_a_technician_has_a_card_nobody_else_chooses_the_first_pin():
    terminal = staffed()
    terminal.feed(PinKnown(chosen=False), Touched(Action.UNLOCK))
    assert isinstance(terminal.view(), NoticeView)
    terminal.feed(tap("tech"))
    assert isinstance(terminal.state, staff_states.SettingPin)


@pytest.mark.parametrize(("hour", "opens"), [(14, True), (23, False)], ids=["while the coop is staffed", "at night"])
def test_a_badge_that_anybody_can_have_copied_opens_no_menu_at_night(hour, opens):
    terminal = staffed(now=at(hour))
    terminal.feed(Touched(Action.UNLOCK), badge("tech"))
    assert isinstance(terminal.state, staff_states.Maintaining) is opens


def test_a_technicians_card_is_asked_for_a_pin_before_the_menu_while_there_is_none():
    terminal = staffed()
    terminal.feed(PinKnown(chosen=False), tap("tech"), Touched(Action.TECHNICAL))
    assert isinstance(terminal.state, staff_states.SettingPin)


def test_a_pin_that_could_not_be_read_is_not_a_pin_that_was_never_chosen():
    terminal = Terminal()
    assert AskPin() in terminal.touch(Action.UNLOCK)
    assert isinstance(terminal.view(), NoticeView)
    terminal.feed(PinKnown(chosen=True))
    assert isinstance(terminal.view(), KeypadView)


# ── asking for it ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_right_pin_opens_the_menu_and_the_journal_says_by_pin():
    terminal = asked()
    terminal.feed(*typed("2719"))
    assert terminal.feed(ENTER)[0] == CheckPin("2719")
    terminal.feed(PinChecked(right=True))
    assert isinstance(terminal.state, staff_states.Maintaining)
    assert terminal.facts(FactKind.MENU_OPENED)[0].details == {"role": "technician", "by": "pin"}


def test_a_wrong_pin_opens_nothing():
    terminal = asked()
    terminal.feed(*typed("1111"), ENTER, PinKnown(chosen=True, tries=1), PinChecked(right=False))
    assert terminal.state == staff_states.Unlocking(wrong=True)
    assert terminal.view().remark.key == "pin.wrong"


def test_an_answer_that_nobody_waits_for_opens_nothing():
    terminal = asked()
    terminal.feed(PinChecked(right=True))
    assert isinstance(terminal.state, staff_states.Unlocking)


@pytest.mark.parametrize(("tries", "pause"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 300), (9, 300)])
def test_after_a_wrong_try_nothing_is_looked_at_for_a_while(tries, pause):
    terminal = asked()
    terminal.feed(PinKnown(chosen=True, tries=tries))
    terminal.wait(pause - 0.5)
    terminal.feed(*typed("2719"), ENTER)
    assert not [order for order in terminal.effects if isinstance(order, CheckPin)]
    terminal.wait(0.5)
    terminal.feed(*typed("2719"), ENTER)
    assert [order for order in terminal.effects if isinstance(order, CheckPin)] == [CheckPin("2719")]


def test_pulling_the_plug_does_not_shorten_the_pause():
    terminal = Terminal()
    terminal.feed(PinKnown(chosen=True, tries=5), Touched(Action.UNLOCK), *typed("2719"), ENTER)
    assert not [order for order in terminal.effects if isinstance(order, CheckPin)]
    assert terminal.view().remark.key == "pin.pause"


def test_the_right_pin_ends_the_counting():
    terminal = asked()
    terminal.feed(PinKnown(chosen=True, tries=4), PinKnown(chosen=True))
    assert terminal.session.pin_pause_until == 0


def test_a_pin_is_shown_as_dots_and_is_in_no_fact_and_no_repr():
    terminal = asked()
    terminal.feed(*typed("271905"))
    assert terminal.view().typed == "••••••"
    assert "271905" not in repr(terminal.state)
    terminal.feed(ENTER)
    assert "271905" not in repr(terminal.effects)
    assert "271905" not in repr([fact.details for fact in terminal.facts()])


def test_a_pin_has_six_digits_at_most_and_a_digit_can_be_taken_back():
    terminal = asked()
    terminal.feed(*typed("27190512"), Touched(Action.ERASE))
    assert terminal.state.digits == "27190"


def test_a_technicians_card_opens_the_menu_instead_even_when_the_shop_is_closed():
    terminal = staffed(now=at(22))
    terminal.feed(Touched(Action.UNLOCK), tap("tech"))
    assert isinstance(terminal.state, staff_states.Maintaining)
    assert terminal.openings() == 0


@pytest.mark.parametrize("who", ["camille", "coord"])
def test_any_other_card_ends_the_asking(who):
    terminal = asked()
    terminal.feed(*typed("27"), tap(who))
    assert isinstance(terminal.state, states.Welcoming)


def test_the_menu_is_reached_although_the_reader_is_dead():
    terminal = staffed()
    terminal.feed(DeviceLost(part=Part.READER, fault=""))
    assert terminal.view().frame.header.held is Action.UNLOCK
    terminal.touch(Action.UNLOCK)
    assert isinstance(terminal.state, staff_states.Unlocking)


def test_the_pin_can_be_changed_from_the_menu():
    terminal = technician(Touched(Action.CHANGE_PIN), *typed("2719"), ENTER, *typed("2719"))
    assert terminal.feed(ENTER)[0] == ChoosePin("2719")
    terminal.feed(Touched(Action.CHANGE_PIN), Touched(Action.CANCEL))
    assert isinstance(terminal.state, staff_states.Maintaining)


# ── the menu ──────────────────────────────────────────────────────────────────────────────────────────────────────

PARTS = frozenset({Part.READER, Part.SCALE, Part.DOOR})


def lights(terminal: Terminal) -> dict[str, Light]:
    return {tile.button.label.key: tile.light for tile in terminal.view().tiles}


def test_every_tile_says_how_it_is():
    terminal = technician(DeviceLost(part=Part.SCALE, fault=""), parts=PARTS, refused=2)
    terminal.link = Link(online=False, since=at(14))
    assert lights(terminal) == {
        "tech.test": Light.LOOK,
        "tech.cards": Light.GOOD,
        "part.door": Light.GOOD,
        "part.scale": Light.BAD,
        "part.printer": Light.OFF,
        "tech.network": Light.LOOK,
        "tech.log": Light.LOOK,
        "part.bell": Light.OFF,
    }


def test_with_all_well_nothing_is_to_be_looked_at():
    terminal = technician(parts=PARTS)
    assert set(lights(terminal).values()) == {Light.GOOD, Light.OFF}


def test_the_parts_are_listed_with_what_to_do():
    terminal = technician(DeviceLost(part=Part.SCALE, fault=""), Touched(Action.SELF_TEST), parts=PARTS)
    assert [(row.name.key, row.text.key) for row in terminal.view().rows] == [
        ("part.reader", "part.fine"),
        ("part.door", "part.fine"),
        ("part.scale", "part.scale.do"),
        ("part.store", "part.fine"),
        ("part.screen", "part.screen.do"),
        ("part.clock", "part.clock.synced"),
        ("part.server", "part.server.fine"),
    ]


@pytest.mark.parametrize(
    ("link", "key"),
    [
        (Link(online=False), "part.server.never"),
        (Link(online=False, since=at(9)), "part.server.since"),
        (Link(online=False, since=at(9, days=-2)), "part.server.since.day"),
        (Link(online=False, since=at(9), not_authorised=True), "part.server.token"),
    ],
)
def test_a_server_out_of_reach_says_since_when_and_why(link, key):
    terminal = technician(Touched(Action.SELF_TEST))
    terminal.link = link
    assert terminal.view().rows[-1].text.key == key


def test_every_part_has_its_words():
    from kiosk.messages import MESSAGES
    from kiosk.rules.show_technical import PARTS as SHOWN

    assert [part for part in SHOWN if not {f"part.{part.value}", f"part.{part.value}.do"} <= set(MESSAGES)] == []


# ── the log ───────────────────────────────────────────────────────────────────────────────────────────────────────


def reading(**fields) -> Terminal:
    return technician(Touched(Action.LOG), LogListed(LOG), **fields)


def test_the_log_shows_the_newest_lines_first_and_older_ones_behind_a_touch():
    terminal = reading()
    assert [row.text.values[0][1] for row in terminal.view().rows] == [line.said for line in LOG[:3]]
    terminal.touch(Action.MORE)
    assert [row.text.values[0][1] for row in terminal.view().rows] == [LOG[3].said]
    terminal.touch(Action.MORE)
    assert terminal.state.page == 0


def test_a_line_can_be_read_whole_with_its_cause():
    terminal = reading()
    terminal.touch(Action.CHOOSE, "0")
    assert [said.values[0][1] for said in terminal.view().whole] == [
        LOG[0].said,
        f"{LOG[0].part} · {LOG[0].cause}",
    ]
    terminal.touch(Action.BACK)
    assert isinstance(terminal.state, staff_states.ReadingLog)
    terminal.touch(Action.BACK)
    assert isinstance(terminal.state, staff_states.Maintaining)


def test_the_tile_counts_what_came_since_someone_last_looked():
    terminal = technician(troubles=4)
    assert lights(terminal)["tech.log"] is Light.LOOK
    terminal.feed(Touched(Action.LOG), LogListed(LOG), Touched(Action.BACK))
    assert lights(terminal)["tech.log"] is Light.GOOD
    terminal.troubles = 5
    assert lights(terminal)["tech.log"] is Light.LOOK


def test_what_waits_for_the_server_is_reached_from_the_log():
    assert Action.TO_SETTLE not in [button.action for button in reading().view().buttons]
    terminal = reading(refused=2)
    assert Action.TO_SETTLE in [button.action for button in terminal.view().buttons]
    terminal.touch(Action.TO_SETTLE)
    assert isinstance(terminal.state, staff_states.Settling)


def test_an_empty_log_says_so_and_one_that_comes_after_the_person_left_opens_nothing():
    assert technician(Touched(Action.LOG), LogListed(())).view().empty.key == "log.empty"
    terminal = technician()
    terminal.feed(LogListed(LOG))
    assert isinstance(terminal.state, staff_states.Maintaining)


# ── starting anew ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_restart_says_what_it_means_then_is_ordered_once():
    terminal = technician(Touched(Action.RESTART), restarts=True)
    assert terminal.view().title.key == "restart.title"
    assert Restart() not in terminal.effects
    terminal.feed(Touched(Action.RESTART), Touched(Action.RESTART))
    assert terminal.effects.count(Restart()) == 1
    assert terminal.view().title.key == "restart.begun"


def test_no_touch_restarts_nothing():
    terminal = technician(Touched(Action.RESTART), restarts=True)
    terminal.time_out()
    assert isinstance(terminal.state, states.Idle)
    assert Restart() not in terminal.effects


def test_where_nobody_would_start_it_again_no_restart_is_offered():
    terminal = technician()
    assert Action.RESTART not in [button.action for button in terminal.view().buttons]
    terminal.touch(Action.RESTART)
    assert isinstance(terminal.state, staff_states.Maintaining)


# ── the glass and the clock ───────────────────────────────────────────────────────────────────────────────────────


def rows(terminal: Terminal) -> dict[str, Light]:
    return {row.name.key: row.light for row in terminal.view().rows}


def test_the_glass_is_to_be_looked_at_until_someone_has_touched_its_four_corners():
    terminal = technician(Touched(Action.SELF_TEST))
    assert rows(terminal)["part.screen"] is Light.LOOK
    terminal.touch(Action.TRY_GLASS)
    for corner in staff_states.CORNERS[:3]:
        terminal.touch(Action.CHOOSE, corner)
        terminal.touch(Action.CHOOSE, corner)
    assert isinstance(terminal.state, staff_states.TryingGlass)
    assert dict(terminal.view().text.values)["n"] == 1
    terminal.touch(Action.CHOOSE, staff_states.CORNERS[3])
    assert rows(terminal)["part.screen"] is Light.GOOD


def test_three_corners_confirm_nothing():
    terminal = technician(Touched(Action.SELF_TEST), Touched(Action.TRY_GLASS))
    for corner in staff_states.CORNERS[:3]:
        terminal.touch(Action.CHOOSE, corner)
    terminal.touch(Action.BACK)
    assert rows(terminal)["part.screen"] is Light.LOOK


@pytest.mark.parametrize(
    ("trust", "light"), [(ClockTrust.SYNCED, Light.GOOD), (ClockTrust.SINCE, Light.LOOK), (ClockTrust.NEVER, Light.BAD)]
)
def test_a_clock_says_how_far_it_can_be_believed(trust, light):
    assert rows(technician(Touched(Action.SELF_TEST), trust=trust))["part.clock"] is light
