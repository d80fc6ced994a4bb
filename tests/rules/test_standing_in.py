"""« Je viens pour un créneau »: on a free place, or in the place of someone expected. The terminal debits nobody."""

from dataclasses import replace

from kiosk.actions import Action
from kiosk.effects import Withdraw
from kiosk.events import Touched
from kiosk.rules import states
from kiosk.rules.policy import Policy, RosterNames
from kiosk.types import Assignment, FactKind, MemberId, Role, ShiftId
from tests.rules.terminal import ALL, ROSTER, Terminal, at, snapshot, tap

WORK = Touched(Action.WORK_NOW)


def actions(terminal: Terminal) -> list[Action]:
    view = terminal.view()
    return [button.action for button in getattr(view, "choices", getattr(view, "buttons", ()))]


def come(*events, who: str = "exempt", **fields) -> Terminal:
    """Someone in good standing without a shift has come in, and done this since."""
    terminal = Terminal(**fields)
    terminal.feed(tap(who), *events)
    return terminal


def full_house() -> Terminal:
    """Nobody is missing, one is late."""
    terminal = Terminal()
    late = Assignment(shift_id=ShiftId("now-till"), member_id=MemberId("late"), first_name="Noé")
    both = tuple(
        Assignment(shift_id=ShiftId("now-shelf"), member_id=MemberId(name), first_name=name.title(), present=True)
        for name in ("lou", "max")
    )
    here = [replace(place, present=True) for place in ROSTER if place.shift_id in {"now-till", "soon"}]
    terminal.knowledge.apply(snapshot(terminal.now, generation=2, assignments=(*here, late, *both)))
    terminal.feed(tap("exempt"))
    return terminal


def test_the_free_places_of_now_come_first_then_in_whose_place():
    terminal = come(WORK)
    view = terminal.view()
    assert [(b.label.values[0][1], b.target) for b in view.choices if b.action is Action.PICK] == [
        ("Caisse", "now-till"),
        ("Mise en rayon", "now-shelf"),
    ]
    assert actions(terminal)[-2:] == [Action.REPLACE, Action.BACK]


def test_so_they_do_for_whom_there_is_a_word_first():
    """Who owes hours has good reason to come and work."""
    terminal = come(who="warn")
    assert isinstance(terminal.state, states.Noticing)
    assert actions(terminal) == [Action.READ, Action.WORK_NOW, Action.LATER]
    terminal.feed(WORK, Touched(Action.BACK))
    assert isinstance(terminal.state, states.Noticing), "the word is still to be read"
    terminal.feed(WORK, Touched(Action.PICK, "now-shelf"))
    assert isinstance(terminal.state, states.Thanking)


def test_a_touch_that_comes_after_the_last_place_is_gone_leaves_the_screen_as_it_was():
    terminal = come(who="warn")
    terminal.knowledge.apply(snapshot(terminal.now, generation=2, shifts=(), assignments=()))
    before = terminal.state
    terminal.feed(WORK)
    assert terminal.state == before


def test_a_free_place_is_taken_noted_and_can_be_taken_back():
    terminal = come(WORK, Touched(Action.PICK, "now-shelf"))
    assert isinstance(terminal.state, states.Thanking)
    [fact] = terminal.facts(FactKind.CHECK_IN)
    assert (fact.member_id, fact.shift_id) == ("exempt", "now-shelf")
    assert "instead_of" not in fact.details
    terminal.feed(tap("exempt"), Touched(Action.UNDO))
    [withdrawn] = [order for order in terminal.effects if isinstance(order, Withdraw)]
    assert withdrawn.id == withdrawn.undo.about == fact.id


def test_who_has_taken_it_back_has_no_place_and_is_not_asked_for_it():
    terminal = come(WORK, Touched(Action.PICK, "now-shelf"), tap("exempt"), Touched(Action.UNDO))
    assert terminal.knowledge.assignment(ShiftId("now-shelf"), MemberId("exempt")) is None
    terminal.wait(60)
    terminal.feed(tap("exempt"))
    assert isinstance(terminal.state, states.Welcoming)


def test_first_names_are_shown_only_after_a_touch():
    terminal = come(WORK)
    assert "Alix" not in repr(terminal.view())
    terminal.touch(Action.REPLACE)
    assert "Alix" in repr(terminal.view())


def test_in_someones_place_the_fact_says_whose_and_debits_nobody():
    terminal = come(WORK, Touched(Action.REPLACE), Touched(Action.CHOOSE, "soon alix"))
    assert isinstance(terminal.state, states.Thanking)
    [fact] = terminal.facts(FactKind.CHECK_IN)
    assert fact.details["instead_of"] == "alix"
    assert not terminal.facts(FactKind.ABSENCE_ANNOUNCED, FactKind.PARTNER_ABSENT)


def test_where_no_place_is_free_the_question_is_at_once_whose_it_is():
    terminal = full_house()
    terminal.feed(WORK)
    assert terminal.view().title.key == "shift.which"
    assert [b.target for b in terminal.view().choices if b.action is Action.CHOOSE] == ["now-till late"]
    terminal.touch(Action.BACK)
    assert isinstance(terminal.state, states.Welcoming)


def test_a_place_that_was_taken_while_someone_read_is_not_taken_twice():
    terminal = come(WORK, Touched(Action.PICK, "gone"))
    assert isinstance(terminal.state, states.StandingIn)
    terminal.feed(Touched(Action.REPLACE), Touched(Action.CHOOSE, "soon nobody"))
    assert isinstance(terminal.state, states.StandingIn)
    assert not terminal.facts(FactKind.CHECK_IN)


def test_it_is_offered_only_where_the_server_takes_it_and_there_is_work_now():
    assert Action.WORK_NOW in actions(come())
    terminal = Terminal()
    terminal.knowledge.apply(snapshot(terminal.now, full=False, capabilities=replace(ALL, stand_ins=False)))
    terminal.feed(tap("exempt"))
    assert Action.WORK_NOW not in actions(terminal)
    terminal.feed(WORK)
    assert isinstance(terminal.state, states.Welcoming)
    assert Action.WORK_NOW not in actions(come(now=at(9, 10)))


def test_who_has_a_shift_of_their_own_visits_or_opens_menus_is_not_asked_to_stand_in():
    assert Action.WORK_NOW not in actions(come(Touched(Action.JUST_SHOPPING), who="alix"))
    assert Action.WORK_NOW not in actions(come(who="visitor"))
    coordinator = come(who="coord")
    assert coordinator.state.visit.member.role is Role.COORDINATOR
    assert Action.WORK_NOW not in actions(coordinator)


def test_a_coop_that_shows_no_names_offers_the_free_places_alone():
    terminal = come(WORK, policy=Policy(hours_late_block=True, roster_names=RosterNames.NEVER))
    assert Action.REPLACE not in actions(terminal)
    assert Action.PICK in actions(terminal)


def test_who_is_replaced_is_awaited_no_more_by_anybody():
    terminal = full_house()
    terminal.policy = Policy(roster_names=RosterNames.ALWAYS)
    terminal.feed(WORK, Touched(Action.CHOOSE, "now-till late"))
    assert isinstance(terminal.state, states.Thanking)
    terminal.time_out()
    terminal.touch(Action.ROLL_CALL)
    rows = {str(row.name.values): row.chip for row in terminal.view().people}
    assert [chip for chip in rows.values() if chip is not None and chip.key == "team.expected"] == []
    assert not [name for name in rows if "Noé" in name]
    # There is nobody left whose place someone else could take.
    terminal.feed(tap("ahead"))
    assert Action.WORK_NOW not in actions(terminal)


def test_who_comes_beside_the_account_takes_a_place_and_gives_it_back_without_the_account_s():
    terminal = Terminal()
    here = Assignment(shift_id=ShiftId("now-till"), member_id=MemberId("alix"), first_name="Alix", present=True)
    terminal.knowledge.apply(snapshot(terminal.now, generation=2, assignments=(here,)))
    terminal.feed(tap("attached"), WORK, Touched(Action.PICK, "now-till"))
    [fact] = terminal.facts(FactKind.CHECK_IN)
    assert fact.member_id == "attached"
    terminal.touch(Action.UNDO)
    assert terminal.knowledge.assignment("now-till", "alix").present
