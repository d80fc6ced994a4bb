"""The panel's light through the night."""

import logging
from dataclasses import replace

import pytest

from kiosk.devices.backlight import Backlight
from kiosk.view_parts import Frame, say
from kiosk.views import Edge, IdleView, NoticeView

DAY = IdleView(frame=Frame(), picture="card", title=say("idle.title"), sub=say("idle.sub"))
NIGHT = replace(DAY, frame=Frame(night=True))
CLOSED = NoticeView(frame=Frame(night=True), edge=Edge.BRICK, icon="door", title=say("closed.title"))


class Watch:
    seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def panel(tmp_path):
    folder = tmp_path / "10-0045"
    folder.mkdir()
    (folder / "max_brightness").write_text("31\n")
    (folder / "brightness").write_text("31\n")
    return folder


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def light(panel, watch):
    return Backlight(watch, panel.parent)


def brightness(panel):
    return int((panel / "brightness").read_text())


def left_for_the_night(light, watch):
    light.show(NIGHT)
    watch.seconds += 4000
    light.show(NIGHT)


def test_it_is_dim_after_closing_and_dark_an_hour_later(light, panel, watch):
    light.show(DAY)
    assert brightness(panel) == 31
    light.show(NIGHT)
    assert brightness(panel) == 3
    watch.seconds += 3599
    light.show(NIGHT)
    assert brightness(panel) == 3
    watch.seconds += 1
    light.show(NIGHT)
    assert brightness(panel) == 0
    light.show(DAY)
    assert brightness(panel) == 31


def test_a_card_by_night_brings_the_light_back(light, panel, watch):
    left_for_the_night(light, watch)
    light.show(CLOSED)
    assert brightness(panel) == 31
    light.show(NIGHT)
    assert brightness(panel) == 3


def test_a_touch_by_night_brings_it_back_for_a_while(light, panel, watch):
    left_for_the_night(light, watch)
    light.wake()
    assert brightness(panel) == 31
    watch.seconds += 29
    light.show(NIGHT)
    assert brightness(panel) == 31
    watch.seconds += 1
    light.show(NIGHT)
    assert brightness(panel) == 3


def test_only_a_touch_on_dark_glass_does_nothing_but_wake(light, watch):
    light.show(NIGHT)
    assert not light.wake()
    watch.seconds += 4000
    light.show(NIGHT)
    assert light.wake()
    assert not light.wake()


def test_what_an_earlier_run_left_dark_is_lit_by_day(light, panel):
    (panel / "brightness").write_text("0\n")
    light.show(DAY)
    assert brightness(panel) == 31


def test_the_light_is_left_on(light, panel, watch):
    left_for_the_night(light, watch)
    light.close()
    light.close()
    assert brightness(panel) == 31


def test_without_a_panel_nothing_happens(tmp_path, watch):
    light = Backlight(watch, tmp_path / "nothing")
    left_for_the_night(light, watch)
    assert not light.wake()


def test_a_panel_that_cannot_be_written_is_told_once(light, panel, watch, caplog):
    (panel / "brightness").unlink()
    (panel / "brightness").mkdir()
    with caplog.at_level(logging.WARNING):
        light.show(NIGHT)
        light.wake()
    assert len(caplog.records) == 1


def test_light_that_could_not_be_given_back_is_tried_again_at_the_next_view(light, panel, watch, caplog):
    left_for_the_night(light, watch)
    (panel / "brightness").rename(panel / "away")
    (panel / "brightness").mkdir()
    with caplog.at_level(logging.INFO):
        light.show(DAY)
        (panel / "brightness").rmdir()
        (panel / "away").rename(panel / "brightness")
        light.show(DAY)
    assert brightness(panel) == 31
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    left_for_the_night(light, watch)
    assert light.wake()
