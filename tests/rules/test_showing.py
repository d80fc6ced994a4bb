"""What the screens say of the network, of the age of what is known, and of the hours."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kiosk.actions import Action
from kiosk.events import DeviceLost, Touched
from kiosk.rules.policy import Policy, RetentionDays, Station
from kiosk.rules.show_desk import LINE_SECONDS
from kiosk.rules.showing import QUIET_HEADERS
from kiosk.rules.turn import Link
from kiosk.rules.view import view_of
from kiosk.text import words
from kiosk.types import (
    Assignment,
    Capabilities,
    Card,
    ClockTrust,
    Fact,
    FactId,
    FactKind,
    MemberId,
    Part,
    Presence,
    ShiftId,
    Status,
)
from kiosk.view_parts import Hour, Say, say
from tests.rules.staff import coordinator
from tests.rules.stories import stories
from tests.rules.terminal import ALL, COOP, PARIS, PEOPLE, ROSTER, TUESDAY, Terminal, at, card_of, member, snapshot, tap

CUT = Link(online=False, since=at(14, 5))


def test_without_the_network_the_header_of_every_screen_says_so():
    for story in stories():
        story.link = CUT
        header = story.view().frame.header
        if isinstance(story.state, QUIET_HEADERS):
            assert header.text is None or not header.text.key.startswith("offline"), type(story.state)
        else:
            assert header.text is not None, type(story.state)
            assert (header.text.key, header.icon) == ("offline.header", "cloud-off-outline"), type(story.state)


def reviewing(hours_ago: float, link: Link) -> Terminal:
    """Someone who reads their counter, as it was so long ago."""
    someone = PEOPLE[13]
    assert someone.balance_minutes
    terminal = Terminal(link=link)
    terminal.knowledge.apply(snapshot(TUESDAY - timedelta(hours=hours_ago)))
    terminal.feed(tap(someone.id))
    terminal.touch(Action.MY_SHIFTS)
    return terminal


@pytest.mark.parametrize(
    ("hours_ago", "key"),
    [(2, "offline.asof"), (20, "offline.asof.yesterday"), (70, "offline.asof.day")],
)
@pytest.mark.parametrize("link", [CUT, Link(online=True)], ids=["offline", "online"])
def test_counters_older_than_usual_say_how_old(hours_ago, key, link):
    header = reviewing(hours_ago, link).view().frame.header
    assert header.text is not None
    assert header.text.key == key
    assert dict(header.text.values)["time"] == Hour(at(14, 32) - timedelta(hours=hours_ago))


def test_counters_of_now_say_nothing_of_their_age():
    assert reviewing(0.5, Link(online=True)).view().frame.header.text is None
    assert reviewing(0.5, CUT).view().frame.header.text.key == "offline.header"


def thanked(link: Link, presence: Presence) -> list[str]:
    """The keys of what someone reads who has said that they start."""
    terminal = Terminal(link=link)
    terminal.knowledge.apply(snapshot(capabilities=Capabilities(roster=True, presence=presence)))
    terminal.feed(tap("alix"))
    terminal.touch(Action.START_SHIFT)
    terminal.commit()
    return [line.key for line in terminal.view().body]


def test_a_presence_noted_without_the_network_is_said_to_be_sent_later():
    assert thanked(CUT, Presence.EXPLICIT) == ["shift.queued"]
    assert thanked(CUT, Presence.BY_IDENTIFYING) == ["shift.noted.here"]
    assert thanked(Link(online=True), Presence.EXPLICIT) == ["shift.noted"]


def lines_at(hour: int, minute: int, **more) -> set[str]:
    """The keys of the line under the idle screen's title, as a minute goes by."""
    terminal = Terminal(now=TUESDAY.replace(hour=hour, minute=minute), **more)
    said = set()
    for _ in range(8):
        terminal.monotonic += LINE_SECONDS
        said.add(terminal.view().sub.key)
    return said


def test_before_it_opens_the_coop_says_when_and_promises_no_door_to_who_comes_to_shop():
    terminal = Terminal(now=TUESDAY.replace(hour=8, minute=40))
    view = terminal.view()
    assert not view.frame.night
    assert view.frame.header.text.key == "idle.header.closed_until"
    assert dict(view.frame.header.text.values)["opens"] == Hour(TUESDAY.replace(hour=9, minute=0))
    assert "idle.sub" not in lines_at(8, 40)
    assert "idle.closed.sub" in lines_at(8, 40)


def test_the_door_opens_by_itself_in_opening_hours_and_where_it_heeds_none():
    assert "idle.sub" in lines_at(14, 32)
    assert "idle.sub" in lines_at(8, 40, policy=Policy(needs_opening_hours=False))
    assert "idle.sub" in lines_at(8, 40, trust=ClockTrust.NEVER)


def test_after_the_last_hour_of_a_day_no_hour_of_another_day_is_told():
    assert Terminal(now=TUESDAY.replace(hour=20, minute=5)).view().frame.header.text.key == "idle.header.closed"


def test_my_data_says_how_long_the_terminal_keeps_what_it_noted():
    terminal = Terminal()
    terminal.feed(Touched(Action.HELP), Touched(Action.MY_DATA))
    around = replace(terminal.around, retention=RetentionDays(passages_days=30, presences_days=8))
    told = dict(view_of(terminal.session, around).paragraphs[1].values)
    assert told == {"n": 30, "sent": 8}


def test_the_ring_of_the_question_runs_down_in_its_last_ten_seconds():
    terminal = Terminal()
    terminal.feed(tap("alix"))
    ring = terminal.view().main.countdown
    assert (ring.ends_at - terminal.monotonic, ring.seconds) == (15, 10)


@pytest.mark.parametrize(
    ("days", "key"),
    [(0, "idle.closed.tomorrow"), (1, "idle.closed.day"), (8, "idle.closed.date")],
)
def test_a_coop_that_stays_closed_for_long_names_the_date_and_not_a_weekday_alone(days, key):
    evening = TUESDAY.replace(hour=22)
    closed = frozenset((evening + timedelta(days=1 + more)).date() for more in range(days))
    terminal = Terminal(now=evening)
    terminal.knowledge.apply(snapshot(evening, coop=replace(COOP, closures=closed)))
    title = terminal.view().title
    assert title.key == key
    if days > 1:
        assert dict(title.values)["day"].on.date() == date(2026, 12, 3)
        assert words(title, "fr", PARIS) == "La coop ouvre le jeu.\u00a03\u00a0déc. à 9\u00a0h"


def test_nobody_is_told_to_book_before_a_day_that_has_passed():
    someone = member("late", Status.WARN, due_minutes=180, due_by=date(2026, 11, 23), balance_minutes=-180)
    terminal = Terminal()
    terminal.knowledge.apply(snapshot(members=(someone,), cards=(Card(hash=card_of("late"), member_id=someone.id),)))
    terminal.feed(tap("late"), Touched(Action.READ))
    view = terminal.view()
    assert view.remark.text.key == "alert.hours.soon"
    assert [tile.rest.key if tile.rest else None for tile in view.tiles] == ["my.behind", None]


def test_the_last_crew_of_a_day_is_followed_by_tomorrows():
    terminal = Terminal(now=TUESDAY.replace(hour=18))
    terminal.touch(Action.ROLL_CALL)
    assert words(terminal.view().jobs[-1].job, "fr", PARIS) == "Demain, 10\u00a0h"
    terminal = Terminal()
    terminal.touch(Action.ROLL_CALL)
    assert words(terminal.view().jobs[-1].job, "fr", PARIS).startswith("Ensuite, ")


def team_told(count: int, **more) -> Say | None:
    """What someone who starts reads of the team: so many others on the shift."""
    others = tuple(
        Assignment(shift_id=ShiftId("soon"), member_id=MemberId(f"m{number}"), first_name=f"Sam{number}", **more)
        for number in range(count)
    )
    terminal = Terminal()
    terminal.knowledge.apply(snapshot(assignments=(*ROSTER, *others)))
    terminal.feed(tap("alix"))
    terminal.touch(Action.START_SHIFT)
    panel = terminal.view().panel
    return None if panel is None else panel.text


def test_of_a_large_team_nobody_is_left_out_without_a_word():
    assert words(team_told(4, present=True), "fr", PARIS) == "Équipe\u00a0: Sam0, Sam1, Sam2, Sam3 et toi."
    assert words(team_told(9, present=True), "fr", PARIS) == "Équipe\u00a0: Sam0, Sam1, Sam2, et 6 autres avec toi."
    told = team_told(3, present=True, first_shift=True)
    assert words(told, "fr", PARIS) == "3 personnes font leur premier créneau."


def test_a_team_arrives_only_where_somebody_is_awaited():
    assert team_told(1).key == "shift.alone"
    assert team_told(0) is None


def test_the_roll_call_counts_nobody_who_has_said_that_they_will_not_come():
    terminal = coordinator(Touched(Action.ROLL_CALL), Touched(Action.NEXT_SHIFT))
    while terminal.state.ahead and "Alix" not in names_of(terminal):
        terminal.touch(Action.NEXT_SHIFT)
    assert "Alix" in names_of(terminal)
    terminal.knowledge.note(
        Fact(
            id=FactId("absence"),
            kind=FactKind.ABSENCE_ANNOUNCED,
            happened=terminal.around.moment,
            member_id=MemberId("alix"),
            shift_id=ShiftId("soon"),
        )
    )
    view = terminal.view()
    assert "Alix" not in names_of(terminal)
    assert dict(view.title.values)["n"] == 0
    assert [row.job for row in view.people] == [say("team.free", n=1)]


def names_of(terminal: Terminal) -> list[str]:
    """The first names of the crew on the screen."""
    return [words(row.name, "fr", PARIS) for row in terminal.view().people]


def test_without_the_network_my_shifts_say_why_nothing_can_be_booked():
    assert reviewing(0.5, CUT).view().remark.text.key == "offline.nobook"
    assert reviewing(0.5, Link(online=True)).view().remark is None


# ── early, and on a visit ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("minute", "line"), [(29, "open.next"), (30, "open.early"), (44, "open.early")])
def test_who_comes_before_check_in_opens_is_told_from_when(minute, line):
    """Nobody is noted in silence then: they were not asked yet."""
    terminal = Terminal(now=at(15, minute))
    terminal.feed(tap("camille"))
    panel = terminal.view().panel
    assert panel.text.key == line
    if line == "open.early":
        assert dict(panel.text.values)["time"] == Hour(at(15, 45))


def test_where_presence_counts_at_booking_nobody_has_to_come_back():
    terminal = Terminal(now=at(15, 40))
    carried = replace(ALL, presence=Presence.AT_BOOKING)
    terminal.knowledge.apply(snapshot(terminal.now, full=False, capabilities=carried))
    terminal.feed(tap("camille"))
    assert terminal.view().panel is None or terminal.view().panel.text.key != "open.early"


@pytest.mark.parametrize(("days", "sentence"), [(None, "closed.visit"), (0, "closed.visit"), (-1, "closed.visitor")])
def test_a_visit_that_has_not_ended_is_not_called_over(days, sentence):
    """By default visitors are met at the desk."""
    terminal = Terminal()
    until = None if days is None else (TUESDAY + timedelta(days=days)).date()
    visitor = member("visitor", Status.VISITOR, until=until)
    terminal.knowledge.apply(snapshot(terminal.now, full=False, members=(visitor,)))
    terminal.feed(tap("visitor"))
    assert [line.key for line in terminal.view().body] == [sentence]


# ── whose screen it is ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_screen_says_whose_it_is_as_long_as_it_is_theirs():
    """So that no finger on its way to one person's button acts for the next."""
    terminal = Terminal()
    terminal.feed(tap("camille"))
    first = terminal.view().frame.visit
    assert first == terminal.facts(FactKind.PASSAGE)[0].id
    terminal.touch(Action.HELP)
    assert terminal.view().frame.visit == first
    terminal.touch(Action.BACK)
    assert terminal.view().frame.visit == first
    terminal.wait(2)
    terminal.feed(tap("sam"))
    assert terminal.view().frame.visit not in {"", first}
    terminal.time_out()
    assert terminal.view().frame.visit == ""


# ── counters and buttons ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("minutes", "rest", "tone"),
    [(60, "my.ahead", "leaf_soft"), (0, "my.even", "leaf_soft"), (-60, "my.behind", "sun_soft")],
)
def test_a_counter_says_on_which_side_of_nought_it_is(minutes, rest, tone):
    terminal = Terminal()
    camille = member("camille", balance_minutes=minutes)
    terminal.knowledge.apply(snapshot(terminal.now, full=False, members=(camille,)))
    terminal.feed(tap("camille"), Touched(Action.MY_SHIFTS))
    tile = terminal.view().tiles[0]
    assert (tile.rest.key, tile.tone.value, dict(tile.figure.values)["duration"].minutes) == (
        rest,
        tone,
        60 * bool(minutes),
    )


def test_a_bulk_station_offers_a_known_jar_and_the_desk():
    terminal = Terminal(station=Station.BULK)
    assert [button.action for button in terminal.view().buttons] == [Action.JAR_KNOWN, Action.CALL_DESK]


@pytest.mark.parametrize(("lost", "sentence"), [((), "shift.noting"), ((Part.STORE,), "broken.store.do")])
def test_who_came_is_told_that_nothing_is_noted_while_the_disk_fails(lost, sentence):
    terminal = Terminal()
    terminal.feed(*(DeviceLost(part=part, fault="full") for part in lost), tap("alix"), Touched(Action.START_SHIFT))
    assert [line.key for line in terminal.view().body] == [sentence]
