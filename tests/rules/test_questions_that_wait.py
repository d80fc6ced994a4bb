"""A worker's question that waits at the scale: whatever comes instead of the answer, the presence is not lost."""

from dataclasses import replace
from functools import cache

import pytest

from kiosk.actions import Action
from kiosk.events import DeviceLost, Event, JarScanned, TareScanned, Touched
from kiosk.rules import states
from kiosk.rules.states import Asking, State
from kiosk.types import FactKind, Grams, Part
from tests.rules.bulk import OTHER, scale
from tests.rules.terminal import Terminal, card_of, snapshot, tap
from tests.rules.ways import Way, stack, walk

ANSWERS = {repr(Touched(action)) for action in (Action.START_SHIFT, Action.JUST_SHOPPING, Action.PARTNER_ABSENT)}
SCALE_LOST = DeviceLost(part=Part.SCALE, fault="")


def asked_at_the_scale() -> Terminal:
    """Alix has a shift soon, and weighs a jar; another jar is known by its code and its sticker."""
    terminal = scale()
    terminal.knowledge.apply(snapshot(jars=(replace(OTHER, sticker=card_of("sticker")),)))
    terminal.weigh(352)
    terminal.feed(tap("alix"))
    return terminal


def question_in(state: State) -> Asking | None:
    """What is asked, or waits to be."""
    for one in stack(state):
        question = one.waiting if isinstance(one, states.Taring | states.TareKept) else one
        if isinstance(question, Asking):
            return question
    return None


def is_asked(state: State, member: str) -> bool:
    question = question_in(state)
    return question is not None and question.visit.member.id == member


def present(way: Way) -> list[str]:
    return [fact.member_id for fact in way.noted if fact.kind is FactKind.CHECK_IN]


@cache
def ways() -> list[Way]:
    """All that may happen while a question waits, or is asked."""
    return list(walk(asked_at_the_scale, through=lambda state: question_in(state) is not None))


def test_a_question_is_kept_shown_answered_or_taken_for_a_yes_whatever_happens():
    lost = []
    for way in ways():
        member = question_in(way.before).visit.member.id
        if not is_asked(way.terminal.state, member) and member not in present(way) and way.names[-1] not in ANSWERS:
            lost.append(way.names)
    assert lost == []


def test_nobody_is_noted_and_asked_all_the_same():
    asked = [way.names for way in ways() for member in present(way) if is_asked(way.terminal.state, member)]
    assert asked == []


def test_questions_wait_below_all_that_opens_over_the_scale():
    met = {tuple(type(one) for one in stack(way.before)) for way in ways()}
    over_the_scale = {states.Helping, states.Wondering, states.Vouching, states.TypingWeight}
    assert over_the_scale == {top for top, *below in met if below and below[-1] is states.Taring}
    assert (states.Helping, states.Tagging, states.TareKept) in met
    assert (states.Wondering, states.Vouching, states.Taring) in met


@pytest.mark.parametrize(
    "events",
    [
        (Touched(Action.JAR_KNOWN),),
        (JarScanned(code=OTHER.code),),
        (TareScanned(Grams(98)),),
        (Touched(Action.KEEP_TARE), JarScanned(code=OTHER.code)),
        (SCALE_LOST, Touched(Action.CALL_DESK)),
        (Touched(Action.HELP), Touched(Action.CALL_DESK)),
        (SCALE_LOST, Touched(Action.TYPE_WEIGHT), JarScanned(code=OTHER.code)),
        (SCALE_LOST, Touched(Action.TYPE_WEIGHT), tap("sticker")),
    ],
    ids=lambda events: " ".join(getattr(event, "action", type(event).__name__) for event in events),
)
def test_who_leaves_the_scale_without_an_answer_is_present_once(events: tuple[Event, ...]):
    terminal = asked_at_the_scale()
    terminal.feed(*events)
    for _ in range(4):
        terminal.wait(120)
        terminal.time_out()
    assert [fact.member_id for fact in terminal.facts(FactKind.CHECK_IN)] == ["alix"]
