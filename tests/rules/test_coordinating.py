"""What a coordinator's card adds: the door by hand, the roster, what the server has turned away."""

from dataclasses import replace

import pytest

from kiosk.actions import Action
from kiosk.effects import ListUnsettled, OpenDoor, PrintList, RetryDelivery, SettleByHand, Withdraw
from kiosk.events import LabelPrinted, PrintFailed, PrintTrouble, Touched, Unsettled, UnsettledListed
from kiosk.messages import MESSAGES
from kiosk.rules import staff_states, states
from kiosk.rules.session import stay_seconds
from kiosk.rules.shifts import running_crew
from kiosk.types import DELIVERED, JAR_KINDS, Assignment, Capabilities, DeskReason, FactId, FactKind, Role, Status
from kiosk.view_parts import literal
from tests.rules.staff import JOBS, coordinator, new_card, of_many_jobs, staffed
from tests.rules.terminal import Terminal, at, shift, snapshot, tap


def actions(terminal: Terminal) -> set[Action]:
    view = terminal.view()
    return {button.action for button in (*getattr(view, "choices", ()), *getattr(view, "buttons", ()))}


@pytest.mark.parametrize(
    ("who", "there"), [("coord", {Action.COORDINATION}), ("tech", {Action.TECHNICAL}), ("camille", set())]
)
def test_only_staff_see_the_way_to_their_menu(who, there):
    terminal = staffed()
    terminal.feed(tap(who))
    assert actions(terminal) & {Action.COORDINATION, Action.TECHNICAL} == there


def test_a_members_card_opens_no_menu_whatever_is_touched():
    terminal = staffed()
    terminal.feed(tap("camille"), Touched(Action.COORDINATION), Touched(Action.TECHNICAL))
    assert isinstance(terminal.state, states.Welcoming)


def test_a_coordinator_whose_account_is_closed_reaches_no_menu():
    terminal = staffed()
    page = snapshot(terminal.now)
    gone = tuple(
        replace(person, status=Status.LEFT) if person.role is Role.COORDINATOR else person for person in page.members
    )
    terminal.knowledge.apply(snapshot(terminal.now, generation=3, members=gone))
    terminal.feed(tap("coord"), Touched(Action.COORDINATION))
    assert isinstance(terminal.state, states.Refusing)


def test_who_opened_the_menu_is_in_the_journal():
    [fact] = coordinator().facts(FactKind.MENU_OPENED)
    assert (fact.member_id, fact.details) == ("coord", {"role": "coordinator", "by": "card"})
    assert fact.kind not in DELIVERED


def test_the_menu_locks_after_a_minute():
    terminal = coordinator()
    assert stay_seconds(terminal.session, terminal.around) == 60
    terminal.time_out()
    assert isinstance(terminal.state, states.Idle)


@pytest.mark.parametrize("who", ["coord", "camille"])
def test_any_card_locks_the_menu_and_opens_the_door_for_its_owner(who):
    terminal = coordinator(Touched(Action.OPEN_DOOR))
    assert OpenDoor(seconds=8) in terminal.feed(tap(who))
    assert isinstance(terminal.state, states.Welcoming)


# ── the door by hand ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reason", DeskReason)
def test_the_door_is_opened_by_hand_with_a_reason(reason):
    terminal = coordinator(Touched(Action.OPEN_DOOR))
    before = terminal.openings()
    assert OpenDoor(seconds=20) in terminal.touch(Action.CHOOSE, reason.value)
    fact = terminal.facts(FactKind.DOOR_OPENED)[-1]
    assert fact.member_id == "coord"
    assert fact.details == {"seconds": 20, "reason": "by_hand", "for": reason.value}
    assert terminal.openings() == before + 1


def test_the_door_can_be_opened_again_for_the_same_reason():
    terminal = coordinator(Touched(Action.OPEN_DOOR), Touched(Action.CHOOSE, "delivery"), Touched(Action.REOPEN))
    assert [fact.details.get("for") for fact in terminal.facts(FactKind.DOOR_OPENED)] == [None, "delivery", "delivery"]


# ── what has not left ─────────────────────────────────────────────────────────────────────────────────────────────


def to_settle(count: int) -> Terminal:
    terminal = coordinator(Touched(Action.TO_SETTLE))
    fact = terminal.facts(FactKind.PASSAGE)[0]
    facts = [replace(fact, id=FactId(f"{fact.id}-{n}")) for n in range(count)]
    rows = (Unsettled(fact=each, refused=n == 0, reason="Non." * (n == 0)) for n, each in enumerate(facts))
    terminal.feed(UnsettledListed(tuple(rows)))
    return terminal


def test_to_settle_asks_the_store_and_says_meanwhile_that_it_looks():
    terminal = coordinator()
    assert ListUnsettled() in terminal.touch(Action.TO_SETTLE)
    assert terminal.view().empty.key == "settle.wait"


def test_a_refused_row_can_be_sent_again_or_settled_and_a_waiting_one_only_sent():
    rows = to_settle(2).view().rows
    assert [[button.action for button in row.buttons] for row in rows] == [
        [Action.RETRY, Action.SETTLE],
        [Action.RETRY],
    ]


@pytest.mark.parametrize(("action", "order"), [(Action.RETRY, RetryDelivery), (Action.SETTLE, SettleByHand)])
def test_what_was_done_about_a_row_shows_in_the_list(action, order):
    terminal = to_settle(1)
    fact = terminal.state.rows[0].fact
    assert terminal.touch(action, fact.id)[:2] == [order(fact.id), ListUnsettled()]
    terminal.feed(UnsettledListed(()))
    assert terminal.view().empty.key == "settle.empty"


def test_rows_come_three_a_page_and_a_shorter_list_has_no_page_behind_its_end():
    terminal = to_settle(4)
    assert len(terminal.view().rows) == 3
    terminal.touch(Action.MORE)
    assert len(terminal.view().rows) == 1
    terminal.feed(UnsettledListed((terminal.state.rows[0],)))
    assert len(terminal.view().rows) == 1


def test_every_page_of_what_is_to_be_settled_comes_in_turn():
    terminal = to_settle(7)
    pages = []
    for _ in range(4):
        pages.append([row.buttons[0].target for row in terminal.view().rows])
        terminal.touch(Action.MORE)
    known = [row.fact.id for row in terminal.state.rows]
    assert pages == [known[:3], known[3:6], known[6:], known[:3]]


def test_a_disk_that_does_not_answer_is_not_an_empty_list():
    terminal = coordinator(Touched(Action.TO_SETTLE), UnsettledListed(None))
    assert terminal.view().empty.key == "settle.broken"


@pytest.mark.parametrize("kind", sorted(DELIVERED | JAR_KINDS))
def test_every_fact_that_can_be_refused_has_its_words(kind):
    assert f"settle.{kind.value}" in MESSAGES


@pytest.mark.parametrize(("refused", "key"), [(0, "coord.settle"), (3, "coord.settle.n")])
def test_the_menu_says_how_much_is_to_settle(refused, key):
    terminal = coordinator(refused=refused)
    [button] = [button for button in terminal.view().choices if button.action is Action.TO_SETTLE]
    assert button.label.key == key


# ── the roster ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_someone_is_added_to_a_running_shift_and_is_present():
    terminal = coordinator(Touched(Action.ADD_SOMEONE), Touched(Action.CHOOSE, "now-shelf"), tap("camille"))
    [fact] = terminal.facts(FactKind.CHECK_IN)
    assert (fact.member_id, fact.shift_id, fact.details["added_by"]) == ("camille", "now-shelf", "coord")
    assert terminal.knowledge.assignment("now-shelf", "camille").present
    assert terminal.openings() == 1, "the coordinator alone has come in"


def test_adding_someone_says_that_it_is_noted_once_it_is_on_the_disk_and_can_be_undone():
    terminal = coordinator(Touched(Action.ADD_SOMEONE), Touched(Action.CHOOSE, "now-shelf"), tap("camille"))
    assert terminal.view().title.key == "note.keeping"
    terminal.commit()
    view = terminal.view()
    assert view.title.key == "note.done"
    assert [line.key for line in view.body] == ["staff.person", "staff.shift"]
    [undo] = [order for order in terminal.touch(Action.UNDO) if isinstance(order, Withdraw)]
    assert undo.undo.kind is FactKind.CHECK_IN_UNDONE
    assert isinstance(terminal.state, staff_states.Coordinating)


def test_whoever_is_there_already_is_not_added_twice():
    terminal = coordinator(Touched(Action.ADD_SOMEONE), Touched(Action.CHOOSE, "now-till"), tap("sam"))
    assert terminal.state.trouble is staff_states.LinkTrouble.HERE
    assert terminal.facts(FactKind.CHECK_IN) == []


def test_an_attached_person_is_added_on_the_place_of_the_account_and_named():
    terminal = coordinator(Touched(Action.ADD_SOMEONE), Touched(Action.CHOOSE, "soon"), tap("attached"))
    [fact] = terminal.facts(FactKind.CHECK_IN)
    assert (fact.member_id, fact.details["by"], fact.details["added_by"]) == ("alix", "attached", "coord")
    assert ("number", "attached") in terminal.view().body[0].values
    terminal.touch(Action.UNDO)
    assert not terminal.knowledge.assignment("soon", "alix").present


def test_whoever_came_on_the_place_of_the_account_is_not_added_beside_it():
    terminal = staffed()
    terminal.feed(tap("attached"), Touched(Action.START_SHIFT), tap("coord"), Touched(Action.COORDINATION))
    terminal.feed(Touched(Action.ADD_SOMEONE), Touched(Action.CHOOSE, "soon"), tap("attached"))
    assert terminal.state.trouble is staff_states.LinkTrouble.HERE
    assert [fact.member_id for fact in terminal.facts(FactKind.CHECK_IN)] == ["alix"]


def test_whoever_comes_beside_the_account_is_added_for_themselves():
    terminal = staffed()
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT), tap("coord"), Touched(Action.COORDINATION))
    terminal.feed(Touched(Action.ADD_SOMEONE), Touched(Action.CHOOSE, "soon"), tap("attached"), Touched(Action.UNDO))
    assert [fact.member_id for fact in terminal.facts(FactKind.CHECK_IN)] == ["alix", "attached"]
    assert terminal.knowledge.assignment("soon", "alix").present


def test_at_the_change_of_two_crews_every_job_can_be_chosen():
    terminal = coordinator()
    now = [shift(f"now-{job}", at(13), job=job) for job in ("Accueil", "Caisse", "Rayon")]
    later = [shift(f"later-{job}", at(16), job=job) for job in ("Accueil", "Caisse", "Rayon")]
    terminal.knowledge.apply(snapshot(terminal.now, generation=3, shifts=(*now, *later), assignments=()))
    terminal.touch(Action.ADD_SOMEONE)
    assert [choice.target for choice in terminal.view().choices[:-1]] == [one.id for one in (*now, *later)]


def test_of_more_jobs_than_a_screen_has_room_for_each_is_on_a_page():
    terminal = of_many_jobs()
    seen = []
    for _ in range(2):
        *page, more, _back = terminal.view().choices
        seen += [choice.label for choice in page]
        assert more.action is Action.MORE
        terminal.touch(Action.MORE)
    assert seen == [literal(job) for job in JOBS]
    assert terminal.view().choices[0].label == seen[0], "and round again"
    terminal.touch(Action.MORE)
    terminal.touch(Action.CHOOSE, "now-Vrac")
    assert terminal.state.shift_id == "now-Vrac"


def test_with_one_shift_running_nothing_is_asked():
    terminal = coordinator()
    only = (shift("only", at(13)),)
    terminal.knowledge.apply(snapshot(terminal.now, generation=3, shifts=only, assignments=()))
    terminal.touch(Action.ADD_SOMEONE)
    assert terminal.state.shift_id == "only"


def test_an_absence_that_was_announced_leaves_a_gap_on_the_board():
    terminal = coordinator(Touched(Action.ABSENCE))
    names = [button.label.values for button in terminal.view().choices[:2]]
    assert names == [(("name", "Alix"), ("number", "alix")), (("name", "Camille"), ("number", "camille"))]
    before = running_crew(terminal.knowledge, at(15)).missing
    terminal.touch(Action.CHOOSE, "0")
    [fact] = terminal.facts(FactKind.ABSENCE_ANNOUNCED)
    assert (fact.member_id, fact.shift_id, fact.details) == ("alix", "soon", {"by": "coord"})
    assert running_crew(terminal.knowledge, at(15)).missing == before + 1
    terminal.touch(Action.UNDO)
    assert running_crew(terminal.knowledge, at(15)).missing == before


def test_who_comes_after_all_is_present():
    terminal = coordinator(Touched(Action.ABSENCE), Touched(Action.CHOOSE, "0"))
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT))
    place = terminal.knowledge.assignment("soon", "alix")
    assert place.present
    assert not terminal.knowledge.is_absent(place)


def test_more_people_than_fit_are_on_the_next_page():
    terminal = coordinator()
    places = tuple(Assignment(shift_id="soon", member_id=f"m{n}", first_name=f"m{n}") for n in range(6))
    terminal.knowledge.apply(snapshot(terminal.now, generation=3, assignments=places))
    terminal.touch(Action.ABSENCE)
    first = [button.target for button in terminal.view().choices if button.action is Action.CHOOSE]
    terminal.touch(Action.MORE)
    second = [button.target for button in terminal.view().choices if button.action is Action.CHOOSE]
    assert (first, second) == (["0", "1", "2", "3"], ["4", "5"])


def test_a_coordinator_sees_the_whole_team_by_name():
    terminal = coordinator(Touched(Action.ROLL_CALL))
    assert [row.name.values for row in terminal.view().people]


def test_without_a_roster_the_menu_has_nothing_about_shifts():
    terminal = coordinator()
    terminal.knowledge.apply(snapshot(terminal.now, generation=3, capabilities=Capabilities()))
    assert not actions(terminal) & {Action.ADD_SOMEONE, Action.ABSENCE, Action.ROLL_CALL}


def test_an_unknown_card_on_the_menu_is_nobodys_and_locks_it():
    terminal = coordinator()
    terminal.feed(new_card())
    assert isinstance(terminal.state, states.Identifying)


# ── on paper ──────────────────────────────────────────────────────────────────────────────────────────────────────


def settling(*, printer: bool) -> Terminal:
    terminal = coordinator(Touched(Action.TO_SETTLE), printer=printer)
    fact = replace(terminal.facts()[0], kind=FactKind.CHECK_IN, member_id="sam")
    refused = Unsettled(fact=fact, refused=True, reason="Inconnu.")
    terminal.feed(UnsettledListed((refused, Unsettled(fact=replace(fact, member_id=None), refused=False))))
    return terminal


def label_of(terminal: Terminal) -> str:
    return next(button for button in terminal.view().buttons if button.action is Action.PRINT_LIST).label.key


def test_the_list_is_printed_with_numbers_and_the_button_says_what_became_of_it():
    terminal = settling(printer=True)
    assert label_of(terminal) == "settle.print"
    [order] = terminal.touch(Action.PRINT_LIST)[:1]
    assert isinstance(order, PrintList)
    assert [(about.key, dict(word.values).get("number")) for about, word in order.rows] == [
        ("settle.check_in", "sam"),
        ("settle.check_in", None),
    ]
    assert label_of(terminal) == "settle.printing"
    terminal.touch(Action.PRINT_LIST)
    assert sum(isinstance(each, PrintList) for each in terminal.effects) == 1
    terminal.feed(LabelPrinted(id=order.id, sure=True))
    assert label_of(terminal) == "settle.printed"
    assert not terminal.facts(FactKind.LABEL)


def test_a_list_that_did_not_come_out_can_be_asked_for_again():
    terminal = settling(printer=True)
    order = terminal.touch(Action.PRINT_LIST)[0]
    terminal.feed(PrintFailed(id=order.id, trouble=PrintTrouble.PAPER))
    assert label_of(terminal) == "settle.unprinted"
    assert isinstance(terminal.touch(Action.PRINT_LIST)[0], PrintList)


def test_without_a_printer_nothing_is_offered():
    terminal = settling(printer=False)
    assert Action.PRINT_LIST not in actions(terminal)
    assert not [order for order in terminal.touch(Action.PRINT_LIST) if isinstance(order, PrintList)]
