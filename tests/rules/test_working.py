"""Who comes to work: the question, its answers, and what is noted."""

from dataclasses import replace

from kiosk.actions import Action
from kiosk.effects import StartTimer, Withdraw
from kiosk.events import DeviceLost, StopRequested, Timer, Touched
from kiosk.rules import states
from kiosk.types import Assignment, FactKind, MemberId, Part, ShiftId
from kiosk.view_parts import literal, say
from tests.rules.terminal import ROSTER, SHIFTS, Terminal, at, snapshot, tap


def two_at_a_time() -> Terminal:
    """Alix and Camille are booked for the same shift, which starts soon."""
    also = Assignment(shift_id=ShiftId("soon"), member_id=MemberId("camille"), first_name="Camille")
    terminal = Terminal()
    terminal.knowledge.apply(snapshot(terminal.now, generation=2, assignments=(*ROSTER, also)))
    return terminal


def undone_by(terminal: Terminal, who: str) -> str:
    """Whose presence is taken back when this card is laid and the way back is touched."""
    terminal.feed(tap(who))
    assert terminal.state.undoable
    [withdrawal] = [order for order in terminal.touch(Action.UNDO) if isinstance(order, Withdraw)]
    return withdrawal.undo.member_id


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


def test_the_help_sheet_gives_a_question_no_more_time():
    terminal = Terminal()
    terminal.feed(tap("alix"))
    terminal.wait(5)
    orders = terminal.touch(Action.HELP)
    [timer] = [order for order in orders if isinstance(order, StartTimer) and order.timer is Timer.HOME]
    assert timer.seconds == terminal.state.under.ends_at - terminal.monotonic


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


def test_the_team_is_told_who_works_without_their_partner():
    terminal = early_for_tonight(Action.PARTNER_ABSENT)
    terminal.touch(Action.ROLL_CALL)
    assert [row.chip for row in terminal.view().people if row.name == literal("Camille")] == [say("team.alone")]


# ── one after another ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_next_to_check_in_does_not_cost_the_one_before_the_way_back():
    terminal = two_at_a_time()
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT))
    terminal.wait(4)
    terminal.feed(tap("camille"), Touched(Action.START_SHIFT))
    terminal.wait(4)
    assert undone_by(terminal, "alix") == "alix"
    assert undone_by(terminal, "camille") == "camille"


def test_who_did_not_answer_before_the_next_one_came_can_take_it_back_too():
    terminal = two_at_a_time()
    terminal.feed(tap("alix"))
    terminal.wait(3)
    terminal.feed(tap("camille"), Touched(Action.START_SHIFT))
    assert undone_by(terminal, "alix") == "alix"


def test_who_comes_right_behind_the_first_worker_is_let_in():
    """The worker has not answered, and is there all the same."""
    terminal = Terminal()
    nobody = tuple(replace(place, present=False) for place in ROSTER)
    terminal.knowledge.apply(snapshot(terminal.now, generation=2, assignments=nobody))
    terminal.feed(tap("grace"))
    assert isinstance(terminal.state, states.Refusing), "while nobody works nobody shops"
    terminal.wait(60)
    terminal.feed(tap("sam"))
    assert isinstance(terminal.state, states.Asking)
    before = len(terminal.facts(FactKind.DOOR_OPENED))
    terminal.feed(tap("exempt"))
    assert len(terminal.facts(FactKind.DOOR_OPENED)) == before + 1
    assert terminal.facts(FactKind.REFUSAL)[-1].member_id == "grace"


def test_what_was_taken_back_is_not_offered_again():
    terminal = two_at_a_time()
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT))
    undone_by(terminal, "alix")
    terminal.wait(6)
    terminal.feed(tap("alix"))
    assert isinstance(terminal.state, states.Asking)


def test_nothing_is_kept_of_what_can_no_longer_be_taken_back():
    terminal = two_at_a_time()
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT))
    terminal.wait(30)
    terminal.feed(tap("camille"), Touched(Action.START_SHIFT))
    assert list(terminal.session.deeds) == [tap("camille").hash]
    terminal.feed(tap("alix"))
    assert isinstance(terminal.state, states.Welcoming)


def test_a_door_out_of_order_does_not_cost_the_way_back():
    terminal = Terminal()
    terminal.feed(DeviceLost(part=Part.DOOR, fault=""), tap("alix"), Touched(Action.START_SHIFT))
    terminal.wait(10)
    assert undone_by(terminal, "alix") == "alix"


# ── who else is on shift ──────────────────────────────────────────────────────────────────────────────────────────


def early_for_tonight(answer: Action = Action.START_SHIFT) -> Terminal:
    """Ten minutes before Camille's shift, while another crew is at work."""
    terminal = Terminal(now=at(15, 50))
    known = tuple(shift for shift in SHIFTS if shift.id != "soon")
    places = tuple(place for place in ROSTER if place.shift_id != "soon")
    terminal.knowledge.apply(snapshot(terminal.now, generation=2, shifts=known, assignments=places))
    terminal.feed(tap("camille"), Touched(answer))
    return terminal


def names(terminal: Terminal) -> list[str]:
    return [value for row in terminal.view().people for _, value in row.name.values]


def test_who_comes_early_sees_the_crew_they_work_with():
    terminal = early_for_tonight()
    terminal.touch(Action.ROLL_CALL)
    assert "Camille" in names(terminal)
    assert terminal.view().panel is None


def test_so_does_a_coordinator_who_is_already_noted():
    terminal = early_for_tonight()
    place = Assignment(shift_id=ShiftId("tonight"), member_id=MemberId("coord"), first_name="Coord")
    terminal.knowledge.apply(snapshot(terminal.now, full=False, generation=3, assignments=(place,)))
    terminal.feed(tap("coord"), Touched(Action.START_SHIFT))
    terminal.wait(60)
    terminal.feed(tap("coord"))
    assert terminal.state.at_work == "tonight"
    terminal.touch(Action.ROLL_CALL)
    assert "Coord" in names(terminal)


def test_nobody_is_asked_for_the_card_they_have_laid():
    terminal = early_for_tonight()
    terminal.touch(Action.ROLL_CALL)
    for _ in range(3):
        terminal.touch(Action.NEXT_SHIFT)
        assert terminal.view().panel is None
