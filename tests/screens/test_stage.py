"""Real touches through Kivy's event loop, on a window that draws nowhere."""

import logging
from dataclasses import replace

import pytest
from kivy.base import EventLoop, ExceptionManager
from kivy.clock import Clock

from kiosk.actions import Action
from kiosk.screens.looks import Looks
from kiosk.screens.profiles import PROFILES
from kiosk.screens.stage import Finger, Stage
from kiosk.screens.surface import HOLD_SECONDS
from kiosk.screens.workbench import Tool, ToolGroup, Workbench
from kiosk.views import WeightView
from tests.screens.samples import PARIS, samples


class Watch:
    """A monotonic clock that is set by hand."""

    def __init__(self):
        self.seconds = 100.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def intents():
    return []


@pytest.fixture
def stage(window, watch, intents):
    stage = Stage(
        PROFILES["rpi7"],
        Looks(),
        PARIS,
        intend=lambda action, target: intents.append((action, target)),
        alive=lambda: intents.append("alive"),
        monotonic=watch,
    )
    window.add_widget(stage.root)
    EventLoop.window = window
    yield stage
    window.remove_widget(stage.root)
    stage.close()


def show(stage, view):
    stage.offer(view)
    stage.draw_now()


def fill_of(stage, action):
    """The colour in which a button is drawn now."""
    return stage.surface._face(stage.find(action, "")).fill


def finger_at(window, x, y):
    """A finger at a point in design pixels of an 800 × 480 window."""
    return Finger("test", 1, (x / window.width, 1 - y / window.height))


def press(finger):
    EventLoop.post_dispatch_input("begin", finger)


def lift(finger, window, x, y):
    finger.move((x / window.width, 1 - y / window.height))
    EventLoop.post_dispatch_input("end", finger)


WEIGH = (140, 400)
BETWEEN = (272, 330)
CLOCK = (160, 40)


def test_a_button_acts_when_the_finger_leaves_it(stage, window, intents):
    show(stage, samples()["idle"])
    finger = finger_at(window, *WEIGH)
    press(finger)
    assert intents == []
    lift(finger, window, *WEIGH)
    assert intents == [(Action.WEIGH, "")]


def test_a_finger_that_slides_off_asks_nothing(stage, window, intents):
    show(stage, samples()["idle"])
    finger = finger_at(window, *WEIGH)
    press(finger)
    lift(finger, window, 400, 200)
    assert intents == []


def test_a_touch_beside_the_buttons_asks_nothing(stage, window, intents):
    show(stage, samples()["idle"])
    finger = finger_at(window, *BETWEEN)
    press(finger)
    lift(finger, window, *BETWEEN)
    assert intents == []


@pytest.mark.parametrize(("seconds", "asked"), [(2.9, []), (3.0, [(Action.UNLOCK, "")])])
def test_the_clock_asks_for_the_technicians_menu_after_three_seconds(stage, window, watch, intents, seconds, asked):
    idle = samples()["idle"]
    header = replace(idle.frame.header, held=Action.UNLOCK)
    show(stage, replace(idle, frame=replace(idle.frame, header=header)))
    finger = finger_at(window, *CLOCK)
    press(finger)
    watch.seconds += seconds
    lift(finger, window, *CLOCK)
    assert intents == asked


def test_a_touch_on_dark_glass_only_brings_the_light_back(stage, window, intents, watch):
    dark = [True]
    stage._hear_touch = lambda: dark.pop() if dark else False
    show(stage, samples()["idle"])
    for asked in ([], [(Action.WEIGH, "")]):
        finger = finger_at(window, *WEIGH)
        press(finger)
        lift(finger, window, *WEIGH)
        assert intents == asked
        watch.seconds += 1


def test_a_second_touch_within_300_ms_is_ignored(stage, window, watch, intents):
    show(stage, samples()["idle"])
    for pause in (0.0, 0.2, 0.2):
        watch.seconds += pause
        finger = finger_at(window, *WEIGH)
        press(finger)
        lift(finger, window, *WEIGH)
    assert intents == [(Action.WEIGH, "")] * 2


def test_a_button_looks_pressed_in_the_same_frame(stage, window):
    show(stage, samples()["idle"])
    before = fill_of(stage, Action.WEIGH)
    finger = finger_at(window, *WEIGH)
    press(finger)
    assert fill_of(stage, Action.WEIGH) != before
    lift(finger, window, *WEIGH)
    assert fill_of(stage, Action.WEIGH) == before


def test_a_weight_that_changes_under_a_finger_does_not_lose_the_touch(stage, window, intents):
    moving = samples()["tare-steady"]
    assert isinstance(moving, WeightView)
    show(stage, moving)
    finger = finger_at(window, *WEIGH)
    press(finger)
    show(stage, replace(moving, grams=351))
    lift(finger, window, *WEIGH)
    assert intents == [(Action.KEEP_TARE, "")]


def test_a_button_that_went_with_its_screen_asks_nothing(stage, window, intents):
    show(stage, samples()["idle"])
    finger = finger_at(window, *WEIGH)
    press(finger)
    show(stage, samples()["question"])
    lift(finger, window, *WEIGH)
    assert intents == []


def of_visit(name, visit):
    view = samples()[name]
    return replace(view, frame=replace(view.frame, visit=visit))


def test_a_finger_on_a_button_of_whoever_stood_here_before_asks_nothing_of_the_next(stage, window, watch, intents):
    """The same button stands at the same place, and is another person's."""
    show(stage, of_visit("welcome", "camille's"))
    watch.seconds += 1
    finger = finger_at(window, *WEIGH)
    press(finger)
    show(stage, of_visit("welcome", "alix's"))
    lift(finger, window, *WEIGH)
    assert intents == []
    for pause, asked in ((0.2, []), (0.2, [(Action.MY_SHIFTS, "")])):
        watch.seconds += pause
        finger = finger_at(window, *WEIGH)
        press(finger)
        lift(finger, window, *WEIGH)
        assert intents == asked


def test_the_next_screen_of_the_same_person_takes_a_touch_at_once(stage, window, watch, intents):
    show(stage, of_visit("question", "camille's"))
    watch.seconds += 1
    show(stage, of_visit("welcome", "camille's"))
    finger = finger_at(window, *WEIGH)
    press(finger)
    lift(finger, window, *WEIGH)
    assert intents == [(Action.MY_SHIFTS, "")]


def test_a_finger_that_slides_from_a_button_onto_the_clock_has_not_held_it(stage, window, watch, intents):
    idle = samples()["idle"]
    header = replace(idle.frame.header, held=Action.UNLOCK)
    show(stage, replace(idle, frame=replace(idle.frame, header=header)))
    finger = finger_at(window, *WEIGH)
    press(finger)
    show(stage, of_visit("welcome", "alix's"))
    show(stage, replace(idle, frame=replace(idle.frame, header=header)))
    watch.seconds += 5
    lift(finger, window, *CLOCK)
    assert intents == []


def test_what_is_equal_is_not_drawn_again(stage):
    weight = samples()["tare-moving"]
    assert isinstance(weight, WeightView)
    show(stage, weight)
    painted = []
    painters = stage.surface._brush._painters
    for kind, paint in painters.items():
        painters[kind] = lambda group, item, paint=paint: (
            painted.append(item),
            paint(group, item),
        )
    show(stage, replace(weight))
    assert painted == []
    show(stage, replace(weight, grams=347))
    assert [item.text for item in painted] == ["347 g"]


def test_a_touch_under_the_sheet_reaches_no_button(stage, window, intents):
    show(stage, samples()["help"])
    finger = finger_at(window, 640, 40)
    press(finger)
    lift(finger, window, 640, 40)
    assert intents == []


def test_a_touch_beside_still_there_says_still_here(stage, window, intents):
    show(stage, samples()["still-there"])
    finger = finger_at(window, 100, 40)
    press(finger)
    lift(finger, window, 100, 40)
    assert intents == [(Action.STILL_HERE, "")]


def test_touch_by_name_finds_the_button(stage, intents):
    show(stage, samples()["sign-up"])
    over = []
    stage.touch(Action.PICK, "shift-2", over.append)
    assert over == []
    Clock.tick()
    assert over == [None]
    assert intents == [(Action.PICK, "shift-2")]


def test_what_wants_to_be_held_is_held(stage, watch, intents):
    idle = samples()["idle"]
    header = replace(idle.frame.header, held=Action.UNLOCK)
    show(stage, replace(idle, frame=replace(idle.frame, header=header)))
    over = []
    stage.touch(Action.UNLOCK, "", over.append)
    Clock.tick()
    assert over == intents == []
    watch.seconds += HOLD_SECONDS + 1
    while not over:
        Clock.tick()
    assert intents == [(Action.UNLOCK, "")]


def test_touch_by_name_says_when_there_is_no_button(stage):
    show(stage, samples()["sign-up"])
    over = []
    stage.touch(Action.PICK, "shift-9", over.append)
    assert isinstance(over[0], LookupError)


def test_a_screen_that_fails_is_logged_and_replaced_and_the_window_stays(stage, caplog):
    show(stage, samples()["idle"])
    with caplog.at_level(logging.ERROR):
        assert ExceptionManager.handle_exception(ValueError("broken layout")) == ExceptionManager.PASS
    assert "a screen failed" in caplog.text
    assert "Oups, ça a coincé de notre côté" in stage.texts()
    show(stage, samples()["idle"])
    assert "Pose ta carte sur le lecteur" in stage.texts()


def test_texts_are_in_the_language_of_the_frame(stage):
    view = samples()["idle"]
    show(stage, replace(view, frame=replace(view.frame, language="en")))
    assert "Hold your card to the reader" in stage.texts()


def test_a_tool_of_the_workbench_is_called_by_its_key_and_by_a_touch(window, watch):
    called = []
    tools = (Tool(label="Bocal", key="up", call=lambda: called.append("jar")),)
    bench = Workbench(groups=(ToolGroup(title="Balance", tools=tools),), door_open=lambda: False)
    stage = Stage(
        PROFILES["rpi7"],
        Looks(),
        PARIS,
        intend=lambda action, target: None,
        alive=lambda: None,
        monotonic=watch,
        bench=bench,
    )
    window.dispatch("on_key_down", 273, 0, None, [])
    window.dispatch("on_key_down", ord("x"), 0, "x", [])
    stage.close()
    assert called == ["jar"]


def test_a_page_of_large_text_is_turned_by_a_touch_and_the_session_hears_of_it(stage, intents):
    view = samples()["welcome"]
    show(stage, replace(view, frame=replace(view.frame, large_text=True)))
    first = stage.texts()
    stage.touch(Action.TURN_PAGE, "", lambda _error: None)
    Clock.tick()
    assert intents == [(Action.TURN_PAGE, "")]
    assert stage.texts() != first
    show(stage, samples()["idle"])
    show(stage, replace(view, frame=replace(view.frame, large_text=True)))
    assert stage.texts() == first


def test_a_result_is_there_at_once_and_another_screen_fades_in(stage):
    show(stage, samples()["idle"])
    show(stage, samples()["welcome"])
    assert stage.surface._curtain_colour.a == 0
    show(stage, samples()["shifts"])
    assert stage.surface._curtain_colour.a == 1
    stage.surface.settle()
    assert stage.surface._curtain_colour.a == 0


def test_the_idle_picture_moves_four_pixels_a_minute_and_is_at_home_for_a_person(stage):
    show(stage, samples()["idle"])
    places = []
    for _ in range(5):
        places.append(tuple(stage.surface._shift.xy))
        stage._drift_on(60)
    assert places == [(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)]
    show(stage, samples()["welcome"])
    assert tuple(stage.surface._shift.xy) == (0, 0)


def test_a_logo_that_cannot_be_read_is_left_out(stage, tmp_path, caplog):
    broken = tmp_path / "logo.png"
    broken.write_bytes(b"no picture")
    stage._looks = replace(stage._looks, logo=str(broken))
    show(stage, samples()["idle"])
    assert "the logo cannot be read" in caplog.text
    assert "Pose ta carte sur le lecteur" in stage.texts()
