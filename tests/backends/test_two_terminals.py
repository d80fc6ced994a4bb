"""Two whole terminals on one server: what one is told the other knows, through a cut network as well."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.actions import Action
from kiosk.app import Terminal
from kiosk.card_service import card_command
from kiosk.clock import moment
from kiosk.demo.cast import Kind, character
from kiosk.demo.room import Room, Wish, demo_clock
from kiosk.devices.simulated.network import Cable
from kiosk.events import Touched
from kiosk.ids import uuid7
from kiosk.tares import is_jar_code
from kiosk.types import CardHash, Fact, FactKind, MemberId
from kiosk.views import QuestionView, ResultView, WeightView
from tests.demo.onlooker import Onlooker, wait_until

NEW_CARD = "7:04C0FFEE123480"
SYNC_SECONDS = 6.0
A_STEP = 0.2
"""Seconds at once: ten times real time, which a busy machine keeps up with."""


class NextRoom(Room):
    """Another room of the same shop: its own hardware, the first one's server, clock and bus.

    The modules through which drivers reach a reader are the process's, so both readers hang on one board.
    """

    def __init__(self, wish: Wish, directory: Path, first: Room) -> None:
        super().__init__(wish, directory, first.clock)
        self._first = first
        first.board.wire(self.chip, bus=0, device=1, reset_pin=25)

    @contextmanager
    def running(self) -> Iterator[Room]:
        assert self._first.server is not None
        with ExitStack() as stack:
            self.directory.mkdir()
            for device in (self.scale, self.printer):
                device.plug()
                stack.callback(device.unplug)
            self.server = self._first.server
            self.server.admit("next", self._token)
            self.cable = Cable(self.server.port)
            stack.callback(self.cable.close)
            yield self

    def _toml(self) -> str:
        there, here = 'bus = "simulated"\nreset_pin = 24\n', 'bus = "spi:0.1"\nreset_pin = 25\n'
        text = super()._toml()
        assert there in text
        return text.replace(there, here).replace("[scale]\n", "[scale]\njar_digits = [7]\n")


@dataclass(frozen=True)
class Station:
    room: Room
    terminal: Terminal
    screen: Onlooker

    def tap(self, card: str) -> None:
        self.room.lay_card(card)

    def touch(self, action: Action) -> None:
        self.terminal.reactor.post(Touched(action))

    def command(self, name: str, **given: object) -> list[dict]:
        return card_command(self.room.config(), name, given)

    def known(self) -> dict[str, object]:
        """All that it knows of the coop, and how far it has to go to say so."""
        knowledge = self.terminal.reactor.knowledge
        shifts = dict(knowledge.shifts)
        return {
            "members": dict(knowledge.members),
            "cards": dict(knowledge.cards),
            "jars": dict(knowledge.jars),
            "shifts": shifts,
            "rosters": {shift: set(knowledge.roster(shift)) for shift in shifts},
        }

    def waiting(self) -> int:
        return self.terminal.reactor.waiting


@contextmanager
def station_in(room: Room, stack: ExitStack) -> Iterator[Station]:
    stack.enter_context(room.running())
    terminal = Terminal(room.config(), room.clock, room)
    screen = Onlooker()
    with terminal.running(screen):
        wait_until(lambda: len(terminal.reactor.knowledge.members) > 50)
        yield Station(room, terminal, screen)


@contextmanager
def two_stations(folder: Path, second: str) -> Iterator[tuple[Station, Station]]:
    clock = demo_clock()
    first_room = Room(Wish(members=60), folder / "a", clock)
    next_room = NextRoom(Wish(members=60, station=second), folder / "b", first_room)
    with ExitStack() as stack:
        first = stack.enter_context(station_in(first_room, stack))
        second_station = stack.enter_context(station_in(next_room, stack))
        yield first, second_station


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[tuple[Station, Station]]:
    with two_stations(tmp_path, "both") as stations:
        yield stations


def settle(*stations: Station) -> None:
    """Let time pass until everything is delivered and all know the same."""
    clock = stations[0].room.clock

    def agree() -> bool:
        known = [station.known() for station in stations]
        return all(each == known[0] for each in known) and not any(station.waiting() for station in stations)

    wait_until(agree, lambda: clock.advance(A_STEP), seconds=40.0)


def hash_of(station: Station, card: str) -> CardHash:
    return station.room.hasher.hash_canonical(card)


# ── cards ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_card_blocked_at_one_door_opens_neither(doors: tuple[Station, Station]) -> None:
    lost = character(Kind.OK).card
    doors[0].command("cards block", card=hash_of(doors[0], lost))
    wait_until(
        lambda: all(door.terminal.reactor.knowledge.card(hash_of(door, lost)).blocked for door in doors),
        lambda: doors[0].room.clock.advance(A_STEP),
    )
    for door in doors:
        door.tap(lost)
        door.screen.wait_for_title("unknown.title")
        assert not any(door.room.door.relay_levels)
    settle(*doors)


def test_a_card_blocked_by_a_door_without_network_is_blocked_at_both_when_it_is_back(
    doors: tuple[Station, Station],
) -> None:
    here, there = doors
    lost = character(Kind.OK).card
    here.room.cut_network()
    here.command("cards block", card=hash_of(here, lost))
    there.tap(lost)
    there.screen.wait_for_title("open.title")
    here.room.mend_network()
    settle(here, there)
    assert there.terminal.reactor.knowledge.card(hash_of(there, lost)).blocked


def test_a_card_linked_at_one_door_opens_both(doors: tuple[Station, Station]) -> None:
    here, there = doors
    row = {"card": hash_of(here, NEW_CARD), "member": character(Kind.OK).id}
    assert here.command("cards link", rows=[row])[0]["outcome"] == "linked"
    wait_until(
        lambda: there.terminal.reactor.knowledge.card(row["card"]) is not None,
        lambda: here.room.clock.advance(A_STEP),
    )
    there.tap(NEW_CARD)
    there.screen.wait_for_title("open.title")
    wait_until(lambda: there.room.door.is_unlocked)


# ── one of them offline ───────────────────────────────────────────────────────────────────────────────────────────


def test_two_doors_converge_after_one_was_offline(doors: tuple[Station, Station]) -> None:
    here, there = doors
    there.room.cut_network()
    here.room.clock.advance(SYNC_SECONDS)
    there.screen.wait_for(lambda view: view.frame.header.second is not None)

    # Someone comes to work at the door without network, and a card is linked there.
    alix = character(Kind.SHIFT_NOW)
    there.tap(alix.card)
    there.screen.wait_for(lambda view: isinstance(view, QuestionView))
    there.touch(Action.START_SHIFT)
    there.screen.wait_for(lambda view: isinstance(view, ResultView) and "shift.queued" in {s.key for s in view.body})
    there.command("cards link", rows=[{"card": hash_of(there, NEW_CARD), "member": alix.id}])
    # Meanwhile a card is lost at the other one.
    here.command("cards block", card=hash_of(here, character(Kind.OK).card))
    assert there.waiting() > 0

    there.room.mend_network()
    settle(here, there)
    knowledge = here.terminal.reactor.knowledge
    assert knowledge.card(hash_of(here, NEW_CARD)).member_id == alix.id
    assert any(knowledge.assignment(shift.id, alix.id).present for shift in knowledge.shifts_of(alix.id))
    ids = [event["id"] for event in here.room.server.events()]
    assert len(ids) == len(set(ids))
    check_ins = [event for event in here.room.server.events() if event["kind"] == "check_in"]
    assert [(event["terminal"], event["offline"]) for event in check_ins] == [("next", True)]


def test_a_revoked_door_says_so_and_the_other_goes_on(doors: tuple[Station, Station]) -> None:
    here, there = doors
    here.room.server.revoke("next")
    wait_until(lambda: there.terminal.reactor.link.online is False, lambda: here.room.clock.advance(A_STEP))
    assert here.terminal.reactor.link.online
    # It knows what it knew.
    there.tap(character(Kind.OK).card)
    there.screen.wait_for_title("open.title")


# ── forgetting ────────────────────────────────────────────────────────────────────────────────────────────────────


def traces_of(station: Station, member: MemberId, *more: str) -> list[str]:
    """Where in the terminal's own files a person is still to be found."""
    folder = station.room.config().terminal.data_dir
    text = b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())
    return [trace for trace in (f'"{member}"', *more) if trace.encode() in text]


@pytest.mark.parametrize("offline", [False, True])
def test_who_is_forgotten_at_one_door_is_forgotten_at_both(doors: tuple[Station, Station], *, offline: bool) -> None:
    here, there = doors
    alix = character(Kind.SHIFT_NOW)
    row = {"card": hash_of(there, NEW_CARD), "member": alix.id}
    there.command("cards link", rows=[row])
    settle(here, there)
    names = (alix.first_name, hash_of(there, alix.card), hash_of(there, NEW_CARD))
    assert all(traces_of(door, alix.id, *names) for door in doors)
    if offline:
        # What this door still has to say of them comes after the server has forgotten them.
        there.room.cut_network()
        here.room.clock.advance(SYNC_SECONDS)
        there.tap(alix.card)
        there.screen.wait_for(lambda view: isinstance(view, QuestionView))
        there.touch(Action.START_SHIFT)
        wait_until(lambda: there.waiting() > 0)
        there.room.lift_cards()
        there.room.wait_until_unseen()
    outcome = here.terminal.store.forget(alix.id, anyway=True).result(20)
    assert (outcome.account, outcome.is_clean) == (True, True)
    if offline:
        wait_until(lambda: here.waiting() == 0, lambda: here.room.clock.advance(A_STEP))
        there.room.mend_network()
    settle(here, there)
    for door in doors:
        assert alix.id not in door.terminal.reactor.knowledge.members
        wait_until(lambda door=door: traces_of(door, alix.id, *names) == [])
        # An opening of before may only be ending now.
        openings = door.room.door.relay_levels.count(True)
        door.tap(NEW_CARD)
        door.screen.wait_for_title("unknown.title")
        assert door.room.door.relay_levels.count(True) == openings
    told = here.room.server.events()
    assert alix.id not in {event.get("member_id") for event in told}
    assert [event["terminal"] for event in told if event["kind"] == "member_forgotten"] == ["terminal"]
    assert [door.terminal.reactor.refused for door in doors] == [0, 0]


# ── the entrance and the bulk station ─────────────────────────────────────────────────────────────────────────────


def weigh(station: Station, grams: int) -> str:
    """Weigh a jar, and keep it; returns its code."""
    before = set(station.terminal.reactor.knowledge.jars)
    station.room.scale.place(grams, settle_seconds=0.2)
    station.screen.wait_for(lambda view: isinstance(view, WeightView) and view.steady)
    station.touch(Action.KEEP_TARE)
    wait_until(lambda: len(set(station.terminal.reactor.knowledge.jars) - before) == 1)
    (code,) = set(station.terminal.reactor.knowledge.jars) - before
    return code


def weigh_again(station: Station, code: str, grams: int) -> None:
    now = moment(station.room.clock)
    fact = Fact(id=uuid7(now.wall, os.urandom), kind=FactKind.TARE, happened=now, details={"jar": code, "grams": grams})
    station.terminal.store.record(fact)
    wait_until(lambda: station.terminal.reactor.knowledge.jars[code].grams == grams)


def test_a_jar_weighed_at_the_bulk_station_is_known_at_the_entrance(tmp_path: Path) -> None:
    with two_stations(tmp_path, "bulk") as (entrance, bulk):
        code = weigh(bulk, 352)
        settle(entrance, bulk)
        assert entrance.terminal.reactor.knowledge.jars[code].grams == 352
        entrance.room.scan(code)
        entrance.screen.wait_for(lambda view: "352" in repr(view))


def test_a_station_without_network_gives_jars_the_codes_that_are_its_own(tmp_path: Path) -> None:
    with two_stations(tmp_path, "bulk") as (_entrance, bulk):
        bulk.room.cut_network()
        codes = []
        for grams in (352, 176, 210):
            codes.append(weigh(bulk, grams))
            bulk.touch(Action.ANOTHER_JAR)
            bulk.room.scale.remove(settle_seconds=0.2)
            bulk.screen.wait_for_title("tare.wait")
        assert {code[0] for code in codes} == {"7"}
        assert all(is_jar_code(code) for code in codes)


def test_the_last_weighing_of_a_jar_holds_at_both_stations(tmp_path: Path) -> None:
    with two_stations(tmp_path, "bulk") as (entrance, bulk):
        code = weigh(bulk, 352)
        settle(entrance, bulk)
        bulk.room.cut_network()
        weigh_again(bulk, code, 350)
        bulk.room.clock.advance(60)
        weigh_again(entrance, code, 348)
        bulk.room.mend_network()
        settle(entrance, bulk)
        assert bulk.terminal.reactor.knowledge.jars[code].grams == 348
