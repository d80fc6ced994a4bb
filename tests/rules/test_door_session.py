"""What the session does about the door: locked down, released, out of order, alarmed; and what the screen says."""

from dataclasses import dataclass, field, replace

import pytest

from kiosk.actions import Action
from kiosk.effects import OpenDoor, RingBell
from kiosk.events import DeviceFound, DeviceLost
from kiosk.events_door import DoorAlarmKind, DoorMode
from kiosk.rules import states
from kiosk.rules.doorkeeping import Doorkeeping
from kiosk.rules.policy import AntiPassback, Policy, Station
from kiosk.rules.turn import Surroundings
from kiosk.types import CardKind, FactKind, Part
from tests.rules.terminal import Terminal, tap


@dataclass
class Entrance(Terminal):
    """A terminal at a door that has told how it is."""

    keeping: Doorkeeping = field(default_factory=lambda: Doorkeeping(mode=DoorMode.LOCKED))

    @property
    def around(self) -> Surroundings:
        return replace(super().around, keeping=self.keeping)

    @property
    def said(self) -> str | None:
        """What the header says."""
        text = self.view().frame.header.text
        return None if text is None else text.key


LOST = DeviceLost(part=Part.DOOR, fault="gone")


# ── locked down ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["camille", "coord", "alix"])
def test_in_a_lock_down_a_card_is_refused_for_no_fault_of_its_bearer(who):
    entrance = Entrance(keeping=Doorkeeping(mode=DoorMode.LOCKED_DOWN))
    entrance.feed(tap(who))
    assert entrance.openings() == 0
    assert [fact.kind for fact in entrance.facts()] == [FactKind.REFUSAL]
    assert [line.key for line in entrance.view().body] == ["door.locked_down", "broken.ring"]


def test_a_lock_down_that_comes_while_someone_is_welcome_opens_to_no_touch():
    entrance = Entrance()
    entrance.feed(tap("camille"))
    entrance.keeping = Doorkeeping(mode=DoorMode.LOCKED_DOWN)
    entrance.touch(Action.REOPEN)
    assert entrance.openings() == 1
    assert len(entrance.facts(FactKind.DOOR_OPENED)) == 1


# ── out of order ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_door_that_does_not_obey_is_told_before_anyone_lays_a_card():
    entrance = Entrance()
    entrance.feed(LOST)
    assert entrance.view().title.key == "broken.door"
    entrance.feed(DeviceFound(part=Part.DOOR))
    assert isinstance(entrance.state, states.Idle)


def test_a_bulk_station_minds_no_door():
    entrance = Entrance(station=Station.BULK)
    entrance.feed(LOST)
    assert isinstance(entrance.state, states.Idle)


def test_nobody_is_told_that_a_door_is_open_that_does_not_obey():
    entrance = Entrance()
    entrance.feed(LOST, tap("camille"))
    assert entrance.view().title.key == "broken.door"
    assert entrance.openings() == 0
    assert entrance.facts(FactKind.DOOR_OPENED) == []


def test_whoever_comes_to_work_is_noted_though_the_door_does_not_obey():
    entrance = Entrance()
    entrance.feed(LOST, tap("alix"))
    assert isinstance(entrance.state, states.Asking)
    entrance.touch(Action.START_SHIFT)
    assert len(entrance.facts(FactKind.CHECK_IN)) == 1
    assert entrance.openings() == 0


def test_a_weighing_goes_on_beside_a_door_that_does_not_obey():
    entrance = Entrance()
    entrance.touch(Action.WEIGH)
    entrance.feed(LOST, tap("camille"))
    assert isinstance(entrance.state, states.Taring)
    assert entrance.state.band is None
    assert entrance.openings() == 0


# ── what the screen says ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("keeping", "key"),
    [
        (Doorkeeping(mode=DoorMode.LOCKED), "idle.header"),
        (Doorkeeping(mode=DoorMode.RELEASED), "door.fire.is"),
        (Doorkeeping(mode=DoorMode.LOCKED_DOWN), "door.locked_down.short"),
        (Doorkeeping(mode=DoorMode.HELD_OPEN), "idle.header"),
        (Doorkeeping(mode=DoorMode.LOCKED, alarms=frozenset({DoorAlarmKind.HELD_WARNING})), "door.close"),
        (Doorkeeping(mode=DoorMode.LOCKED, alarms=frozenset({DoorAlarmKind.HELD})), "door.close"),
        (Doorkeeping(mode=DoorMode.LOCKED, alarms=frozenset({DoorAlarmKind.FORCED})), "door.close"),
        (Doorkeeping(mode=DoorMode.LOCKED, alarms=frozenset({DoorAlarmKind.TAMPER})), "door.tamper"),
        (Doorkeeping(mode=DoorMode.LOCKED, alarms=frozenset({DoorAlarmKind.STUCK})), "door.stuck"),
    ],
)
def test_the_header_says_what_is_with_the_door(keeping, key):
    entrance = Entrance(keeping=keeping)
    assert entrance.said == key
    assert (entrance.view().frame.header.second is None) is (key == "idle.header")


@pytest.mark.parametrize(
    ("mode", "key"),
    [
        (DoorMode.HELD_OPEN, "open.door"),
        (DoorMode.RELEASED, "door.fire"),
        (DoorMode.LOCKED_DOWN, "door.locked_down"),
    ],
)
def test_the_idle_screen_promises_only_what_the_door_does(mode, key):
    assert Entrance(keeping=Doorkeeping(mode=mode)).view().sub.key == key


def test_that_the_door_is_released_is_said_on_every_screen():
    entrance = Entrance(keeping=Doorkeeping(mode=DoorMode.RELEASED))
    for touch in (Action.NO_CARD, Action.DELIVERY, Action.DONE, Action.WEIGH):
        entrance.touch(touch)
        assert entrance.said == "door.fire.is"


# ── rules that look at the card and at the past ───────────────────────────────────────────────────────────────────


def test_a_badge_is_refused_outside_staffed_hours():
    entrance = Entrance()
    entrance.wait(7 * 3600)
    entrance.feed(tap("camille", kind=CardKind.BADGE))
    assert entrance.facts()[-1].details["reason"] == "badge"
    assert entrance.openings() == 0


def test_anti_passback_never_keeps_out_whoever_lays_the_card_again_at_once():
    entrance = Entrance(policy=Policy(anti_passback=AntiPassback.HARD))
    for _ in range(3):
        entrance.feed(tap("camille"))
        entrance.wait(4)
    assert entrance.openings() == 3
    entrance.wait(60)
    entrance.feed(tap("camille"))
    assert entrance.facts()[-1].details["reason"] == "passed_back"
    assert entrance.openings() == 3


# ── a bell that is out of reach ───────────────────────────────────────────────────────────────────────────────────


def test_a_bell_lost_while_it_rings_says_at_once_what_helps():
    entrance = Entrance()
    orders = [*entrance.touch(Action.NO_CARD), *entrance.touch(Action.DELIVERY)]
    assert RingBell() in orders
    entrance.feed(DeviceLost(part=Part.BELL, fault="no answer"))
    assert entrance.view().title.key == "bell.silent.title"
    assert [line.key for line in entrance.view().body] == ["bell.knock"]


def test_an_opening_is_ordered_once_a_pulse():
    entrance = Entrance()
    assert [order for order in entrance.feed(tap("camille")) if isinstance(order, OpenDoor)] == [OpenDoor(seconds=8)]


# ── while somebody stands there ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("again", [lambda door: door.touch(Action.REOPEN), lambda door: door.feed(tap("camille"))])
def test_a_door_that_was_lost_meanwhile_is_not_said_to_be_open(again):
    door = Entrance()
    door.feed(tap("camille"), LOST)
    door.wait(2)
    orders = again(door)
    assert not [order for order in orders if isinstance(order, OpenDoor)]
    assert door.view().title.key == "broken.door"


def test_a_door_that_was_locked_down_meanwhile_is_not_said_to_be_open():
    door = Entrance()
    door.feed(tap("camille"))
    door.keeping = Doorkeeping(mode=DoorMode.LOCKED_DOWN)
    orders = door.touch(Action.REOPEN)
    assert not [order for order in orders if isinstance(order, OpenDoor)]
    assert isinstance(door.state, states.Refusing)


def test_whoever_was_noted_at_a_door_that_is_lost_now_is_not_noted_twice():
    door = Entrance()
    door.feed(tap("alix"))
    door.touch(Action.START_SHIFT)
    door.feed(LOST)
    door.wait(2)
    door.feed(tap("alix"))
    assert len(door.facts(FactKind.CHECK_IN)) == 1
