"""Real touches through Kivy's event loop, on a window that draws nowhere."""

import logging
from dataclasses import replace

import pytest
from kivy.base import EventLoop, ExceptionManager
from kivy.clock import Clock

from kiosk.events import Action
from kiosk.screens.profiles import PROFILES
from kiosk.screens.stage import Finger, Stage
from kiosk.screens.theme import DAY
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
        DAY,
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


def test_what_is_equal_is_not_drawn_again(stage):
    weight = samples()["tare-moving"]
    assert isinstance(weight, WeightView)
    show(stage, weight)
    painted = []
    for kind, paint in stage.surface._painters.items():
        stage.surface._painters[kind] = lambda group, item, paint=paint: (painted.append(item), paint(group, item))
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
        DAY,
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
