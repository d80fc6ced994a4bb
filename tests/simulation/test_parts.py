"""The parts of the simulation: time, the disk, the story, the server, the coop, and cutting a story short."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from kiosk.cli_simulate import simulate as command
from kiosk.devices.cards import CardHasher
from kiosk.simulation.coop import InventedCoop, holidays
from kiosk.simulation.disk import Disk, DiskState
from kiosk.simulation.kernel import Actor, Kernel, Life
from kiosk.simulation.mutations import MUTATIONS
from kiosk.simulation.promises import Broken
from kiosk.simulation.reading import text_of
from kiosk.simulation.server import CoopServer
from kiosk.simulation.shrink import shrink
from kiosk.simulation.story import Author, faults_of
from kiosk.simulation.wish import Outcome, Wish
from kiosk.types import Member, MemberId
from kiosk.view_parts import Day, Duration, Frame, Names, Say, say

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 3, 1, 23, tzinfo=UTC)


def coop(members=60):
    return InventedCoop(Random(1), members, PARIS, CardHasher(b"a key for the tests", "test"))


def author(**changes):
    wish = {"visits": 20, "faults": faults_of("all"), "rate": 1.0, "terminals": 2} | changes
    return Author(7, START, coop(), **wish)


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_waits_lets_others_act_meanwhile():
    kernel, life, said = Kernel(Random(1)), Life("p"), []

    def slow():
        said.append(("begins", kernel.now))
        kernel.block(10.0)
        said.append(("ends", kernel.now))

    kernel.wake(Actor("slow", life, slow), 1.0)
    kernel.call_at(5.0, lambda: said.append(("meanwhile", kernel.now)))
    kernel.run_until(60.0)

    assert said == [("begins", 1.0), ("meanwhile", 5.0), ("ends", 11.0)]
    assert kernel.now == 60.0


def test_what_a_killed_process_was_doing_goes_no_further():
    kernel, life, said = Kernel(Random(1)), Life("p"), []

    def slow():
        if not kernel.block(10.0):
            said.append("killed")
            return
        said.append("ended")

    kernel.wake(Actor("slow", life, slow), 1.0)
    kernel.call_at(5.0, lambda: setattr(life, "is_over", True))
    kernel.run_until(60.0)

    assert said == ["killed"]


def test_an_actor_that_may_not_wait_is_told_on():
    kernel, told = Kernel(Random(1)), []
    kernel.on_blocked = lambda name, seconds: told.append((name, seconds))
    kernel.wake(Actor("reactor", Life("p"), lambda: kernel.block(3.0) and None, may_block=False), 1.0)
    kernel.run_until(9.0)

    assert told == [("reactor", 3.0)]


# ── the disk ──────────────────────────────────────────────────────────────────────────────────────────────────────


def left_after_cut(directory, luck, *, synced):
    disk = Disk(directory, Random(luck))
    disk.opened("a")
    disk.write("a", 0, b"one")
    disk.sync("a")
    disk.write("a", 3, b"two")
    if synced:
        disk.sync("a")
    disk.lose_power()
    return (directory / "a").read_bytes()


def test_a_power_cut_takes_only_what_was_not_synced(tmp_path):
    assert {left_after_cut(tmp_path, luck, synced=False) for luck in range(30)} == {b"one", b"onetwo"}
    assert {left_after_cut(tmp_path, luck, synced=True) for luck in range(30)} == {b"onetwo"}


def test_what_a_failed_sync_should_have_kept_is_gone(tmp_path):
    disk = Disk(tmp_path, Random(1))
    disk.opened("a")
    disk.write("a", 0, b"one")
    disk.state = DiskState.FAILS_TO_SYNC
    assert disk.sync("a") is DiskState.FAILS_TO_SYNC
    disk.state = DiskState.WORKS
    assert disk.sync("a") is DiskState.WORKS
    disk.lose_power()

    assert (tmp_path / "a").read_bytes() == b""


# ── the story ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_day_is_the_same_whenever_it_is_asked_for():
    assert author().day(3) == author().day(3) != author().day(4)


def test_trouble_that_is_not_wanted_takes_nothing_else_away():
    def people(story):
        return [(entry.at, entry.kind, entry.who) for entry in story if entry.kind in {"visit", "worker", "jar"}]

    assert people(author().day(2)) == people(author(faults=frozenset()).day(2)) != []


@pytest.mark.parametrize("wish", ["network,bananas", "all,none"])
def test_a_fault_that_is_none_is_refused_with_those_there_are(wish):
    with pytest.raises(ValueError, match=r"there is no fault .*; there are network, server, power"):
        faults_of(wish)


def test_a_group_and_a_kind_are_both_names():
    assert faults_of("power, disk_full") == {"power_cut", "disk_full"}


# ── the coop and its server ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("year", "monday"), [(2026, date(2026, 4, 6)), (2027, date(2027, 3, 29)), (2028, date(2028, 4, 17))]
)
def test_easter_moves(year, monday):
    assert {monday, monday + timedelta(days=38), monday + timedelta(days=49)} < holidays(year)


def test_shifts_keep_their_hours_when_the_clocks_change():
    hours = {
        shift.starts_at.astimezone(PARIS).hour
        for day in (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25))
        for shift in coop().shifts_on(day)
    }
    assert hours == {7, 9, 12, 15, 18}


def test_a_server_that_is_put_back_knows_what_it_has_lost():
    at = [0.0]
    server = CoopServer(lambda: at[0], lambda: START)
    server.put(Member(id=MemberId("1"), first_name="Camille"))
    told = []
    for number in (1, 2):
        at[0] = number * 100.0
        fact = {"id": f"f{number}", "kind": "passage", "happened_at": f"2026-03-02T09:0{number}:00Z", "member_id": "1"}
        told.append(server.answer("t0", "POST", "/v1/events", query={}, body=fact, headers={}).status)
    lost = server.put_back(150.0)

    assert (told, lost, set(server.kept), server.lost) == ([200, 200], 1, {"f1"}, {"f2"})
    # The same happening under another id is one too many.
    again = {"id": "f3", "kind": "passage", "happened_at": "2026-03-02T09:01:00Z", "member_id": "1"}
    server.answer("t0", "POST", "/v1/events", query={}, body=again, headers={})
    assert server.doubles == [("f1", "f3")]


# ── cutting a story short ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_story_is_cut_down_to_what_makes_it_end_badly():
    story = [entry for entry in author().day(2) if entry.kind not in {"plan", "purge"}]
    guilty = {story[5].key, story[17].key}

    def play(wish):
        kept = story if wish.keep is None else [entry for entry in story if entry.key in wish.keep]
        broken = Broken("P", "p", "so") if guilty <= {entry.key for entry in kept} else None
        return Outcome(broken=broken, story=kept)

    wish = Wish(seed=1)
    found = shrink(wish, play(wish), play=play)

    assert {entry.key for entry in found.story} == guilty
    assert found.wish == replace(wish, keep=tuple(entry.key for entry in found.story))


# ── the command ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_says_what_it_checked():
    done = CliRunner().invoke(command, ["--members", "40", "--visits", "2", "--faults", "none", "--seed", "6"])
    assert done.exit_code == 0, done.output
    assert "1 days of 40 members, seed 6" in done.output
    assert "No confirmed event is lost" in done.output


def test_the_command_tells_how_to_play_a_broken_promise_again():
    words = ["--members", "40", "--visits", "9", "--faults", "none", "--seed", "6", "--mutate", "wait-for-disk"]
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 1
    assert "NobodyWaits: the reactor waited" in done.output
    assert (
        "kiosk simulate --days 1 --seed 6 --members 40 --faults none --visits 9 --mutate wait-for-disk" in done.output
    )
    keys = done.output.rsplit("--keep ", 1)[1].strip()
    assert CliRunner().invoke(command, [*words, "--keep", keys, "--no-shrink"]).exit_code == 1


@pytest.mark.parametrize("words", [["--faults", "bananas"], ["--mutate", "bananas"], ["--days", "0"]])
def test_the_command_used_wrongly_says_so(words):
    assert CliRunner().invoke(command, words).exit_code == 2


def test_the_command_names_the_mutations():
    told = CliRunner().invoke(command, ["--mutate", "list"]).output
    assert all(name in told for name in MUTATIONS)


# ── what a view says ──────────────────────────────────────────────────────────────────────────────────────────────


def test_every_word_day_and_minute_of_a_view_is_heard():
    said = say("closed.hours", who=Names(("Sam", "Noé")), late=Duration(190), on=Day(date(1970, 1, 1)), n=4)

    text = text_of((Frame(language="en"), (said, frozenset({Say("my.done")}))))

    for word in ("'en'", "'closed.hours'", "'Sam'", "'Noé'", "minutes=190", "datetime.date(1970, 1, 1)", "'my.done'"):
        assert word in text


def test_a_view_of_which_nobody_knows_what_it_says_is_a_fault():
    with pytest.raises(TypeError, match="bytes"):
        text_of((b"?",))
