"""The session: what happens for whom. Three lines a story, no screen."""

from dataclasses import fields, is_dataclass, replace

import pytest

from kiosk.effects import Book, Identify, OpenDoor, RingBell, StopBell, Withdraw
from kiosk.events import (
    Action,
    BookingAnswered,
    BookingOutcome,
    DeviceFound,
    DeviceLost,
    Identified,
    JarScanned,
    StopRequested,
    Timer,
    TimerFired,
    Touched,
    TwoCardsSeen,
)
from kiosk.rules import states
from kiosk.rules.policy import Policy, Station
from kiosk.rules.session import IGNORED, SEEN, stay_seconds
from kiosk.rules.showing import PAINTERS
from kiosk.rules.states import STATES
from kiosk.rules.turn import TRANSITIONS, Link, targets
from kiosk.types import CardKind, FactKind, Grams, Part, Reason, Remark, Status
from kiosk.views import Button
from tests.rules.staff import staff_stories
from tests.rules.terminal import COOP, Terminal, at, card_of, snapshot, tap


def test_every_pair_of_state_and_event_is_handled_or_ignored_on_purpose():
    handled = {(state, event) for state, event, _ in TRANSITIONS}
    pairs = {(state, event) for state in STATES for event in SEEN}
    assert handled | IGNORED == pairs
    assert not handled & IGNORED


def test_every_screen_that_ends_by_itself_knows_what_comes_then():
    timed = [state for state in STATES if state not in {states.Idle, states.OutOfOrder}]
    assert [state for state in timed if (state, TimerFired, Timer.HOME) not in TRANSITIONS] == []


def test_every_state_has_its_screen():
    assert set(PAINTERS) == set(STATES)


def test_every_handler_names_where_it_may_lead():
    assert all(targets(handler) <= set(STATES) for handler in TRANSITIONS.values())


# ── entering ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_member_in_good_standing_walks_in_without_a_touch():
    terminal = Terminal()
    terminal.feed(tap("camille"))
    assert isinstance(terminal.state, states.Welcoming)
    assert terminal.openings() == 1
    assert [fact.kind for fact in terminal.facts()] == [FactKind.PASSAGE, FactKind.DOOR_OPENED]


def test_the_door_order_comes_with_the_decision():
    terminal = Terminal()
    assert OpenDoor(seconds=8) in terminal.feed(tap("camille"))


def test_who_needs_it_gets_a_longer_pulse_and_large_text():
    terminal = Terminal()
    assert OpenDoor(seconds=20) in terminal.feed(tap("slow"))
    assert terminal.session.large_text
    assert stay_seconds(terminal.session, terminal.around) == 12


@pytest.mark.parametrize(("who", "remark"), [("warn", Remark.HOURS_TO_BOOK), ("grace", Remark.GRACE)])
def test_something_to_say_stays_behind_a_touch(who, remark):
    terminal = Terminal()
    terminal.feed(tap(who))
    assert isinstance(terminal.state, states.Noticing)
    assert terminal.state.visit.verdict.remark is remark
    assert terminal.openings() == 1


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ("frozen", Reason.FROZEN),
        ("left", Reason.LEFT),
        ("fee", Reason.FEE),
        ("inactive", Reason.INACTIVE),
        ("blocked", Reason.HOURS),
        ("visitor", Reason.VISITOR),
        ("lodger", Reason.HOUSEHOLD),
    ],
)
def test_a_closed_account_keeps_the_door_closed_with_its_reason_in_the_journal(who, reason):
    terminal = Terminal()
    terminal.feed(tap(who))
    assert isinstance(terminal.state, states.Refusing)
    assert terminal.openings() == 0
    assert [fact.details["reason"] for fact in terminal.facts(FactKind.REFUSAL)] == [reason.value]


def test_the_same_card_within_five_seconds_is_one_visit_and_two_pulses():
    terminal = Terminal()
    terminal.feed(tap("camille"))
    terminal.wait(4)
    terminal.feed(tap("camille"))
    assert terminal.openings() == 2
    assert len(terminal.facts(FactKind.PASSAGE)) == 1
    assert len(terminal.facts(FactKind.DOOR_OPENED)) == 2


def test_the_same_card_later_is_another_visit_and_opens_again():
    terminal = Terminal()
    terminal.feed(tap("camille"))
    terminal.wait(60)
    terminal.feed(tap("camille"))
    assert terminal.openings() == 2
    assert len(terminal.facts(FactKind.PASSAGE)) == 2


def test_a_card_opens_from_whatever_screen_its_owner_has_reached():
    terminal = Terminal()
    terminal.feed(tap("camille"), Touched(Action.MY_SHIFTS))
    terminal.wait(20)
    assert OpenDoor(seconds=8) in terminal.feed(tap("camille"))


def test_another_card_replaces_the_person_before():
    terminal = Terminal()
    terminal.feed(tap("camille"), Touched(Action.MY_SHIFTS), tap("english"))
    assert isinstance(terminal.state, states.Welcoming)
    assert terminal.state.visit.member.id == "english"
    assert terminal.session.language == "en"


def test_the_language_of_one_person_is_not_the_next_ones():
    terminal = Terminal()
    terminal.feed(tap("english"), tap("camille"))
    assert terminal.session.language == "fr"


def test_after_a_touch_the_welcome_can_open_again():
    terminal = Terminal()
    terminal.feed(tap("camille"), Touched(Action.LANGUAGE))
    assert terminal.session.language == "en"
    assert stay_seconds(terminal.session, terminal.around) == 20
    assert OpenDoor(seconds=8) in terminal.touch(Action.REOPEN)


def test_a_refused_card_is_not_looked_at_again_at_once():
    terminal = Terminal()
    terminal.feed(tap("frozen"), tap("frozen"))
    assert len(terminal.facts(FactKind.REFUSAL)) == 1
    terminal.wait(6)
    terminal.feed(tap("frozen"))
    assert terminal.session.refusals.count == 2
    assert terminal.session.refusals.ends_at == terminal.monotonic + 2


def test_an_unknown_card_is_asked_of_the_server_and_admitted():
    terminal = Terminal()
    stranger = tap("stranger")
    assert Identify(hash=stranger.hash, timeout_seconds=2) in terminal.feed(stranger)
    newcomer = terminal.knowledge.members["camille"]
    terminal.feed(Identified(hash=stranger.hash, available=True, member=newcomer))
    assert isinstance(terminal.state, states.Welcoming)
    assert terminal.openings() == 1


def test_nobodys_card_stays_outside():
    terminal = Terminal()
    terminal.feed(tap("stranger"), Identified(hash=tap("stranger").hash, available=True))
    assert terminal.state == states.Unrecognised(tail="NGER", kind=CardKind.CARD)
    assert terminal.openings() == 0


@pytest.mark.parametrize("answer", [Identified(hash=card_of("stranger"), available=False), TimerFired(Timer.HOME)])
def test_a_server_that_does_not_answer_is_no_verdict_on_the_person(answer):
    terminal = Terminal()
    terminal.feed(tap("stranger"), answer)
    assert terminal.state.fresh_offline


def test_an_unknown_card_offline_may_only_be_too_new():
    terminal = Terminal(link=Link(online=False, since=at(14)))
    terminal.feed(tap("stranger"))
    assert terminal.state == states.Unrecognised(tail="NGER", kind=CardKind.CARD, fresh_offline=True)


def test_an_answer_about_another_card_changes_nothing():
    terminal = Terminal()
    terminal.feed(tap("stranger"))
    before = terminal.state
    terminal.feed(Identified(hash=card_of("other"), available=True, member=terminal.knowledge.members["camille"]))
    assert terminal.state == before


@pytest.mark.parametrize("kind", [CardKind.BANK, CardKind.PHONE])
def test_bank_cards_and_phones_are_told_as_such_and_never_looked_up(kind):
    terminal = Terminal()
    terminal.feed(tap("camille", kind=kind))
    assert terminal.state == states.Unrecognised(tail="ILLE", kind=kind)


def test_two_cards_are_told_as_such():
    terminal = Terminal()
    terminal.feed(TwoCardsSeen())
    assert isinstance(terminal.state, states.Crowded)


# ── working ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_is_booked_soon_is_asked_once_the_door_is_open():
    terminal = Terminal()
    terminal.feed(tap("alix"))
    assert isinstance(terminal.state, states.Asking)
    assert terminal.openings() == 1


def test_no_answer_means_present():
    terminal = Terminal()
    terminal.feed(tap("alix"))
    terminal.wait(15)
    terminal.time_out()
    assert isinstance(terminal.state, states.Thanking)
    [presence] = terminal.facts(FactKind.CHECK_IN)
    assert (presence.member_id, presence.shift_id) == ("alix", "soon")
    assert presence.details == {"answered": False, "late": False}


def test_noted_is_said_only_once_it_is_on_the_disk():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT))
    assert not terminal.state.committed
    terminal.commit()
    assert terminal.state.committed


def test_a_check_in_leaves_for_the_server_after_the_time_to_undo():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT))
    [record] = [
        order for order in terminal.effects if getattr(order, "fact", None) in terminal.facts(FactKind.CHECK_IN)
    ]
    assert record.hold_seconds == 30


def test_just_shopping_notes_nothing():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.JUST_SHOPPING))
    assert isinstance(terminal.state, states.Welcoming)
    assert terminal.facts(FactKind.CHECK_IN) == []


def test_the_card_laid_again_offers_to_undo_and_never_undoes_by_itself():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT))
    terminal.wait(20)
    terminal.feed(tap("alix"))
    assert terminal.state.undoable
    [withdrawal] = [order for order in terminal.touch(Action.UNDO) if isinstance(order, Withdraw)]
    assert withdrawal.id == terminal.facts(FactKind.CHECK_IN)[0].id
    assert isinstance(terminal.state, states.Undone)


def test_after_thirty_seconds_a_check_in_stands():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT))
    terminal.wait(31)
    terminal.feed(tap("alix"))
    assert isinstance(terminal.state, states.Welcoming)
    assert terminal.state.at_work == "soon"


def test_someone_elses_card_cannot_undo():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT), tap("camille"))
    assert isinstance(terminal.state, states.Welcoming)


def test_the_next_person_does_not_cost_the_one_before_their_presence():
    terminal = Terminal()
    terminal.feed(tap("alix"), tap("camille"))
    assert [fact.member_id for fact in terminal.facts(FactKind.CHECK_IN)] == ["alix"]
    assert terminal.state.visit.member.id == "camille"


def test_an_open_question_is_settled_before_the_terminal_stops():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.HELP), StopRequested())
    assert [fact.member_id for fact in terminal.facts(FactKind.CHECK_IN)] == ["alix"]


def test_an_attached_person_may_do_the_shift_of_the_account():
    terminal = Terminal()
    terminal.feed(tap("attached"), Touched(Action.START_SHIFT))
    [presence] = terminal.facts(FactKind.CHECK_IN)
    assert presence.member_id == "alix"
    assert presence.details["by"] == "attached"


def test_a_late_arrival_is_marked_for_the_server_alone():
    terminal = Terminal(now=at(15, 5))
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT))
    assert terminal.facts(FactKind.CHECK_IN)[0].details["late"] is True


def test_an_absent_partner_is_reported_and_debited_by_nobody():
    terminal = Terminal()
    terminal.feed(tap("alix"), Touched(Action.PARTNER_ABSENT))
    kinds = [fact.kind for fact in terminal.facts()]
    assert FactKind.PARTNER_ABSENT in kinds
    assert FactKind.CHECK_IN in kinds
    assert terminal.state.partner_absent


# ── booking ───────────────────────────────────────────────────────────────────────────────────────────────────────


def book_a_make_up(terminal: Terminal, outcome: BookingOutcome = BookingOutcome.BOOKED) -> None:
    terminal.feed(tap("blocked"), Touched(Action.SIGN_UP), Touched(Action.PICK, "tomorrow"))
    [order] = [order for order in terminal.effects if isinstance(order, Book)]
    terminal.feed(BookingAnswered(id=order.id, outcome=outcome))


def test_a_blocked_member_books_a_make_up_and_walks_in():
    terminal = Terminal()
    book_a_make_up(terminal)
    assert isinstance(terminal.state, states.Booked)
    assert terminal.state.opened
    assert terminal.openings() == 1
    terminal.wait(60)
    terminal.feed(tap("blocked"))
    assert terminal.openings() == 2


def test_a_make_up_opens_nothing_where_the_coop_has_not_decided_so():
    terminal = Terminal(policy=Policy(hours_late_block=True, booking_opens_door=False))
    book_a_make_up(terminal)
    assert isinstance(terminal.state, states.Booked)
    assert terminal.openings() == 0


@pytest.mark.parametrize("outcome", [o for o in BookingOutcome if o is not BookingOutcome.BOOKED])
def test_a_place_that_was_not_given_opens_nothing(outcome):
    terminal = Terminal()
    book_a_make_up(terminal, outcome)
    assert isinstance(terminal.state, states.Choosing)
    assert terminal.state.trouble == outcome.value
    assert terminal.openings() == 0
    assert terminal.facts(FactKind.BOOKING) == []


def test_a_lost_answer_gives_the_place_back():
    terminal = Terminal()
    book_a_make_up(terminal, BookingOutcome.UNAVAILABLE)
    [undone] = terminal.facts(FactKind.BOOKING_UNDONE)
    [order] = [order for order in terminal.effects if isinstance(order, Book)]
    assert undone.about == order.id


def test_an_answer_after_the_person_has_gone_is_kept_and_changes_no_screen():
    terminal = Terminal()
    terminal.feed(tap("blocked"), Touched(Action.SIGN_UP), Touched(Action.PICK, "tomorrow"), tap("camille"))
    [order] = [order for order in terminal.effects if isinstance(order, Book)]
    terminal.feed(BookingAnswered(id=order.id, outcome=BookingOutcome.BOOKED))
    assert isinstance(terminal.state, states.Welcoming)
    assert [fact.member_id for fact in terminal.facts(FactKind.BOOKING)] == ["blocked"]


def test_who_was_let_in_by_a_make_up_may_only_change_its_date():
    terminal = Terminal()
    book_a_make_up(terminal)
    terminal.wait(10)
    terminal.feed(tap("blocked"), Touched(Action.UNDO))
    assert isinstance(terminal.state, states.Choosing)
    assert terminal.facts(FactKind.BOOKING_UNDONE) == []
    first = terminal.state.replacing
    terminal.touch(Action.PICK, "friday")
    order = [order for order in terminal.effects if isinstance(order, Book)][-1]
    terminal.feed(BookingAnswered(id=order.id, outcome=BookingOutcome.BOOKED))
    assert [fact.about for fact in terminal.facts(FactKind.BOOKING_UNDONE)] == [first]


def test_the_emptiest_shifts_come_first_and_those_out_of_reach_not_at_all():
    terminal = Terminal()
    terminal.feed(tap("camille"), Touched(Action.SIGN_UP))
    assert [row.button.target for row in terminal.view().offers] == ["tomorrow", "saturday"]


def test_offline_nothing_can_be_booked_and_the_door_opens_instead():
    terminal = Terminal(link=Link(online=False, since=at(14)))
    terminal.feed(tap("blocked"))
    assert isinstance(terminal.state, states.Noticing)
    assert terminal.facts(FactKind.PASSAGE)[0].details["reason"] == Reason.OFFLINE_HOURS.value


# ── the scale ─────────────────────────────────────────────────────────────────────────────────────────────────────


def at_the_scale() -> Terminal:
    terminal = Terminal()
    terminal.weigh(0)
    terminal.touch(Action.WEIGH)
    terminal.weigh(352)
    return terminal


def test_a_steady_jar_is_kept_under_a_code():
    terminal = at_the_scale()
    terminal.touch(Action.KEEP_TARE)
    assert isinstance(terminal.state, states.TareKept)
    [kept] = terminal.facts(FactKind.TARE)
    assert kept.details == {
        "jar": "123454",
        "grams": 352,
        "raw_grams": 352,
        "raw": "532053",
        "stability": "flag",
        "weighed_on": "2026-11-24",
    }
    assert kept.member_id is None


def test_a_moving_jar_is_not_kept():
    terminal = Terminal()
    terminal.weigh(0)
    terminal.touch(Action.WEIGH)
    terminal.weigh(352, stable=False)
    terminal.touch(Action.KEEP_TARE)
    assert isinstance(terminal.state, states.Taring)
    assert terminal.facts(FactKind.TARE) == []


def test_one_placement_gives_one_tare():
    terminal = at_the_scale()
    terminal.feed(Touched(Action.KEEP_TARE), Touched(Action.ANOTHER_JAR))
    terminal.weigh(352)
    terminal.touch(Action.KEEP_TARE)
    assert len(terminal.facts(FactKind.TARE)) == 1


def test_a_card_never_ends_a_weighing():
    terminal = at_the_scale()
    terminal.feed(tap("camille"))
    assert isinstance(terminal.state, states.Taring)
    assert terminal.state.band.member.id == "camille"
    assert terminal.openings() == 1
    assert terminal.view().frame.header.band
    assert terminal.view().grams == 352


def test_a_question_waits_until_the_weighing_ends():
    terminal = at_the_scale()
    terminal.feed(tap("alix"), TimerFired(Timer.BAND))
    assert Action.READ in {button.action for button in terminal.view().buttons}
    terminal.touch(Action.DONE)
    assert isinstance(terminal.state, states.Asking)


def test_a_question_that_waits_at_the_scale_is_settled_by_leaving():
    terminal = at_the_scale()
    terminal.feed(tap("alix"))
    terminal.time_out()
    terminal.time_out()
    assert [fact.member_id for fact in terminal.facts(FactKind.CHECK_IN)] == ["alix"]


def test_a_known_jar_is_recognised_by_its_code():
    terminal = at_the_scale()
    terminal.feed(Touched(Action.KEEP_TARE), Touched(Action.DONE), Touched(Action.JAR_KNOWN))
    for digit in "123454":
        terminal.touch(Action.KEY, digit)
    terminal.touch(Action.ENTER)
    assert terminal.state.jar.grams == Grams(352)


def test_an_unknown_jar_code_is_said_and_typing_starts_anew():
    terminal = Terminal()
    terminal.feed(JarScanned(code="999999"))
    assert terminal.state.unknown
    terminal.touch(Action.KEY, "1")
    assert terminal.state == states.Typing(digits="1")


def test_the_bulk_station_wakes_up_when_a_jar_is_put_down():
    terminal = Terminal(station=Station.BULK)
    terminal.weigh(0)
    terminal.weigh(352)
    assert isinstance(terminal.state, states.Taring)


def test_the_bulk_station_greets_nobody():
    terminal = Terminal(station=Station.BULK)
    terminal.feed(tap("camille"))
    assert isinstance(terminal.state, states.Idle)
    assert terminal.openings() == 0


# ── without a card, without an answer ─────────────────────────────────────────────────────────────────────────────


def test_the_bell_rings_and_can_be_stopped():
    terminal = Terminal()
    terminal.touch(Action.NO_CARD)
    assert RingBell() in terminal.touch(Action.FORGOT_CARD)
    assert StopBell() in terminal.touch(Action.STOP_BELL)
    assert isinstance(terminal.state, states.Idle)


def test_nobody_came():
    terminal = Terminal()
    terminal.feed(Touched(Action.NO_CARD), Touched(Action.DELIVERY), TimerFired(Timer.ANSWER))
    assert terminal.state.unanswered


def test_without_a_bell_the_screen_says_at_once_what_helps():
    terminal = Terminal(bell=False)
    terminal.touch(Action.NO_CARD)
    assert RingBell() not in terminal.touch(Action.VISITOR)
    assert terminal.state.silent


def test_still_there_comes_before_home_where_someone_may_be_reading():
    terminal = Terminal()
    terminal.feed(tap("camille"), Touched(Action.MY_SHIFTS))
    terminal.time_out()
    assert isinstance(terminal.state, states.Wondering)
    terminal.touch(Action.STILL_HERE)
    assert isinstance(terminal.state, states.Reviewing)
    terminal.time_out()
    terminal.time_out()
    assert isinstance(terminal.state, states.Idle)


def test_no_name_is_left_when_everyone_has_gone():
    terminal = Terminal()
    terminal.feed(tap("camille"), Touched(Action.MY_SHIFTS))
    terminal.time_out()
    terminal.time_out()
    assert "Camille" not in repr(terminal.view())


def test_a_lost_reader_is_told_and_comes_back_by_itself():
    terminal = Terminal()
    terminal.feed(DeviceLost(part=Part.READER, fault="no answer"))
    assert terminal.state == states.OutOfOrder(Part.READER)
    terminal.feed(DeviceFound(part=Part.READER))
    assert isinstance(terminal.state, states.Idle)


def test_a_reader_lost_while_someone_reads_waits_for_the_way_home():
    terminal = Terminal()
    terminal.feed(tap("camille"), DeviceLost(part=Part.READER, fault="no answer"))
    assert isinstance(terminal.state, states.Welcoming)
    terminal.time_out()
    assert isinstance(terminal.state, states.OutOfOrder)


# ── what the screens promise ──────────────────────────────────────────────────────────────────────────────────────

SHAMING = ("hours", "frozen", "left", "fee", "inactive", "arrears", "balance", "grace", "blocked", "540", "180")


def said(view: object) -> list[str]:
    """Every key of every sentence in a view, and its values."""
    if isinstance(view, tuple | list):
        return [text for item in view for text in said(item)]
    if is_dataclass(view):
        return [text for item in fields(view) for text in said(getattr(view, item.name))]
    return [str(view)] if isinstance(view, str | int) and not isinstance(view, bool) else []


@pytest.mark.parametrize("who", ["warn", "grace", "blocked", "frozen", "left", "fee", "inactive", "lodger", "ahead"])
def test_nothing_shaming_is_shown_without_a_touch(who):
    terminal = Terminal()
    terminal.feed(tap(who))
    sentences = [text for text in said(terminal.view()) if text != "left" and text.lower() != who]
    assert not [text for text in sentences for word in SHAMING if word in text]


def buttons_of(view: object) -> list[Button]:
    if isinstance(view, Button):
        return [view]
    if isinstance(view, tuple | list):
        return [button for item in view for button in buttons_of(item)]
    if is_dataclass(view):
        return [button for item in fields(view) for button in buttons_of(getattr(view, item.name))]
    return []


def stories() -> list[Terminal]:
    """A terminal in every state, reached as people reach it."""
    found = []
    for who in [person.id for person in snapshot().members]:
        terminal = Terminal()
        terminal.feed(tap(who))
        found.append(terminal)
    paths = [
        [tap("camille"), Touched(Action.MY_SHIFTS)],
        [tap("camille"), Touched(Action.MY_SHIFTS), Touched(Action.SIGN_UP)],
        [tap("camille"), Touched(Action.LANGUAGE)],
        [tap("warn"), Touched(Action.READ)],
        [tap("alix"), Touched(Action.START_SHIFT)],
        [tap("exempt"), Touched(Action.WORK_NOW)],
        [tap("exempt"), Touched(Action.WORK_NOW), Touched(Action.REPLACE)],
        [tap("alix"), Touched(Action.START_SHIFT), tap("alix")],
        [tap("alix"), Touched(Action.START_SHIFT), tap("alix"), Touched(Action.UNDO)],
        [tap("alix"), Touched(Action.START_SHIFT), Touched(Action.ROLL_CALL)],
        [tap("blocked"), Touched(Action.WHY)],
        [tap("blocked"), Touched(Action.WHY), Touched(Action.ASK_GRACE)],
        [tap("blocked"), Touched(Action.WHY), Touched(Action.ASK_GRACE), TimerFired(Timer.HOME)],
        [tap("blocked"), Touched(Action.SIGN_UP), Touched(Action.PICK, "tomorrow")],
        [tap("stranger")],
        [tap("stranger"), TimerFired(Timer.HOME)],
        [TwoCardsSeen()],
        [Touched(Action.ROLL_CALL)],
        [Touched(Action.NO_CARD)],
        [Touched(Action.NO_CARD), Touched(Action.LOST_CARD)],
        [Touched(Action.HELP)],
        [Touched(Action.HELP), Touched(Action.MY_DATA)],
        [Touched(Action.NO_CARD), TimerFired(Timer.HOME)],
        [Touched(Action.WEIGH)],
        [JarScanned(code="999999")],
        [DeviceLost(part=Part.READER, fault="")],
        [Touched(Action.WEIGH), DeviceLost(part=Part.SCALE, fault="")],
        [Touched(Action.WEIGH), DeviceLost(part=Part.SCALE, fault=""), Touched(Action.TYPE_WEIGHT)],
        [Touched(Action.WEIGH), DeviceLost(part=Part.SCALE, fault=""), Touched(Action.TYPE_WEIGHT), tap("coord")],
        [],
    ]
    for path in paths:
        terminal = Terminal()
        terminal.feed(*path)
        found.append(terminal)
    scale = at_the_scale()
    found.append(scale)
    kept = at_the_scale()
    kept.touch(Action.KEEP_TARE)
    found.append(kept)
    jar = at_the_scale()
    jar.feed(Touched(Action.KEEP_TARE), JarScanned(code="123454"))
    found.append(jar)
    sticker = at_the_scale()
    sticker.feed(Touched(Action.KEEP_TARE), tap("stranger"))
    found.append(sticker)
    booked = Terminal()
    book_a_make_up(booked)
    found.append(booked)
    return found + staff_stories()


def test_the_stories_reach_every_state():
    assert {type(terminal.state) for terminal in stories()} == set(STATES)


@pytest.mark.parametrize("terminal", stories(), ids=lambda terminal: type(terminal.state).__name__)
def test_every_button_has_an_answer(terminal):
    view = terminal.view()
    buttons = buttons_of(view)
    if hasattr(view, "under"):
        buttons = [button for button in buttons if button not in buttons_of(view.under)]
    assert [b.action for b in buttons if (type(terminal.state), Touched, b.action) not in TRANSITIONS] == []


@pytest.mark.parametrize("terminal", stories(), ids=lambda terminal: type(terminal.state).__name__)
def test_every_screen_leads_home_without_a_touch(terminal):
    for _ in range(6):
        terminal.wait(60)
        terminal.time_out()
    assert isinstance(terminal.state, states.Idle | states.OutOfOrder)


def test_what_a_backend_does_not_carry_is_hidden():
    terminal = Terminal()
    terminal.knowledge.apply(snapshot(capabilities=replace_capabilities()))
    assert terminal.view().board == ()
    terminal.feed(tap("blocked"))
    assert Action.SIGN_UP not in {button.action for button in terminal.view().buttons}


def test_each_line_of_the_coop_s_notice_has_its_turn():
    terminal = Terminal()
    terminal.knowledge.apply(snapshot(coop=replace(COOP, notice="Arrivage de noix\nAssemblée jeudi")))
    said = set()
    for _ in range(8):
        said.update(text for _, text in terminal.view().sub.values)
        terminal.wait(8)
    assert {"Arrivage de noix", "Assemblée jeudi"} <= said


def replace_capabilities():
    from kiosk.types import Capabilities

    return Capabilities()


def test_status_words_cover_the_demo():
    assert {person.status for person in snapshot().members} == set(Status)
