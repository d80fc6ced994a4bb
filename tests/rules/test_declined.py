"""Who has said that they do not come, and lays their card again: the door opens, and silence is no yes any more."""

from collections.abc import Callable

import pytest

from kiosk.actions import Action
from kiosk.events import DeviceLost, StopRequested, Touched
from kiosk.rules import states
from kiosk.types import Assignment, Card, FactKind, MemberId, Part, ShiftId
from tests.rules.terminal import SHIFTS, Terminal, card_of, snapshot, tap


def just_shopping(terminal: Terminal) -> None:
    terminal.feed(tap("alix"), Touched(Action.JUST_SHOPPING))


def taken_back(terminal: Terminal) -> None:
    terminal.feed(tap("alix"), Touched(Action.START_SHIFT), tap("alix"), Touched(Action.UNDO))


def announced_absent(terminal: Terminal) -> None:
    terminal.feed(tap("coord"), Touched(Action.COORDINATION), Touched(Action.ABSENCE))
    terminal.touch(Action.CHOOSE, str(terminal.state.people.index(("soon", "alix"))))


def replaced(terminal: Terminal) -> None:
    terminal.feed(tap("exempt"), Touched(Action.WORK_NOW), Touched(Action.REPLACE))
    terminal.touch(Action.CHOOSE, "soon alix")


WAYS_TO_SAY_NO = pytest.mark.parametrize("say_no", [just_shopping, taken_back, announced_absent, replaced])


def come_again(say_no: Callable[[Terminal], None]) -> tuple[Terminal, int]:
    """Alix has said no, and lays the card again a minute later.

    Returns:
        The terminal, and how many presences it had noted before.
    """
    terminal = Terminal()
    say_no(terminal)
    terminal.wait(60)
    terminal.time_out()
    noted, openings = presences(terminal), terminal.openings()
    terminal.feed(tap("alix"))
    assert terminal.openings() == openings + 1
    assert isinstance(terminal.state, states.Asking)
    return terminal, noted


def presences(terminal: Terminal) -> int:
    return len(terminal.facts(FactKind.CHECK_IN))


def keep_silent(terminal: Terminal) -> None:
    terminal.wait(15)
    terminal.time_out()


@WAYS_TO_SAY_NO
def test_a_no_is_still_a_no_when_the_question_is_not_answered(say_no):
    terminal, noted = come_again(say_no)
    keep_silent(terminal)
    assert isinstance(terminal.state, states.Welcoming)
    assert presences(terminal) == noted


@WAYS_TO_SAY_NO
@pytest.mark.parametrize("goes", [tap("ahead"), StopRequested()], ids=["next card", "stop"])
def test_a_no_is_still_a_no_when_the_question_is_cut_short(say_no, goes):
    terminal, noted = come_again(say_no)
    terminal.feed(goes)
    assert presences(terminal) == noted


@WAYS_TO_SAY_NO
def test_a_yes_after_a_no_is_a_yes(say_no):
    terminal, noted = come_again(say_no)
    terminal.touch(Action.START_SHIFT)
    assert presences(terminal) == noted + 1


@WAYS_TO_SAY_NO
def test_the_question_does_not_say_then_that_silence_is_a_yes(say_no):
    terminal, _ = come_again(say_no)
    assert (terminal.view().main.sub, terminal.view().main.countdown) == (None, None)


@WAYS_TO_SAY_NO
def test_who_comes_to_shop_is_wished_that(say_no):
    terminal, _ = come_again(say_no)
    keep_silent(terminal)
    assert terminal.view().body[0].key == "open.sub"


def test_who_says_no_is_wished_good_shopping_at_once():
    terminal = Terminal()
    just_shopping(terminal)
    assert terminal.view().body[0].key == "open.sub"


def test_the_question_says_so_where_it_is_one():
    terminal = Terminal()
    terminal.feed(tap("alix"))
    assert terminal.view().main.sub.key == "shift.yes.sub"
    assert terminal.view().main.countdown is not None


@pytest.mark.parametrize("screen", [Action.WEIGH, Action.JAR_KNOWN])
def test_a_no_is_still_a_no_beside_the_scale(screen):
    terminal = Terminal()
    just_shopping(terminal)
    terminal.wait(60)
    terminal.time_out()
    terminal.feed(Touched(screen), tap("alix"), tap("camille"), StopRequested())
    assert presences(terminal) == 0


def test_a_no_to_one_shift_is_none_to_the_next_and_forgotten_by_then():
    terminal = Terminal()
    just_shopping(terminal)
    terminal.wait(4 * 3600)
    place = Assignment(shift_id=ShiftId("tonight"), member_id=MemberId("alix"), first_name="Alix")
    tonight = tuple(shift for shift in SHIFTS if shift.id == "tonight")
    terminal.knowledge.apply(snapshot(terminal.now, generation=2, shifts=tonight, assignments=(place,)))
    terminal.feed(tap("alix"))
    keep_silent(terminal)
    assert isinstance(terminal.state, states.Thanking)
    terminal.feed(tap("alix"), Touched(Action.UNDO))
    assert terminal.session.declined == {("alix", "tonight")}


def test_nobody_is_told_that_a_door_out_of_order_is_open():
    terminal = Terminal()
    terminal.feed(DeviceLost(part=Part.DOOR, fault=""))
    just_shopping(terminal)
    assert terminal.state == states.OutOfOrder(Part.DOOR)
    terminal.feed(tap("alix"))
    keep_silent(terminal)
    assert terminal.state == states.OutOfOrder(Part.DOOR)
    assert presences(terminal) == 0


def test_a_no_holds_for_every_card_of_the_person():
    terminal = Terminal()
    other = Card(hash=card_of("badge of alix"), member_id=MemberId("alix"))
    terminal.knowledge.apply(snapshot(full=False, cards=(other,)))
    just_shopping(terminal)
    terminal.wait(60)
    terminal.time_out()
    terminal.feed(tap("badge of alix"))
    keep_silent(terminal)
    assert presences(terminal) == 0


@pytest.mark.parametrize(
    "gone", [{"removed_shifts": ("soon",)}, {"removed_assignments": (("soon", "alix"),)}], ids=["shift", "place"]
)
def test_silence_is_no_yes_to_what_is_gone_by_then(gone):
    terminal = Terminal()
    terminal.feed(tap("alix"))
    terminal.knowledge.apply(snapshot(full=False, shifts=(), assignments=(), **gone))
    keep_silent(terminal)
    assert isinstance(terminal.state, states.Welcoming)
    assert presences(terminal) == 0
