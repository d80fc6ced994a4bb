"""« Demander un délai »: asked for by a touch, answered by the server, and then the rules decide anew."""

from dataclasses import replace

import pytest

from kiosk.actions import Action
from kiosk.effects import AskGrace, OpenDoor
from kiosk.events import GraceAnswered
from kiosk.rules import states
from kiosk.rules.turn import Link
from kiosk.types import CardKind, FactKind, MemberId, Status
from tests.rules.terminal import ALL, Terminal, at, card_of, snapshot, tap


def buttons(terminal: Terminal) -> list[Action]:
    return [button.action for button in terminal.view().buttons]


def said(terminal: Terminal) -> list[str]:
    return [line.key for line in terminal.view().body]


def asking(who: str = "blocked", **tapped) -> Terminal:
    """Someone has asked why, and for time."""
    terminal = Terminal()
    terminal.feed(tap(who, **tapped))
    terminal.touch(Action.WHY)
    terminal.touch(Action.ASK_GRACE)
    return terminal


def answer(terminal: Terminal, who: str | None = None, *, available: bool = True, card: str = "blocked") -> None:
    """The server answers; ``who`` has a grace period from now on."""
    member = None
    if who is not None:
        member = replace(terminal.knowledge.members[MemberId(who)], status=Status.GRACE)
        terminal.knowledge.learn(GraceAnswered(card=card_of(card), available=True, member=member))
    terminal.feed(GraceAnswered(card=card_of(card), available=available, member=member))


def test_laying_a_card_asks_for_nothing():
    terminal = Terminal()
    terminal.feed(tap("blocked"))
    terminal.touch(Action.WHY)
    assert not [order for order in terminal.effects if isinstance(order, AskGrace)]
    assert Action.ASK_GRACE in buttons(terminal)


def test_grace_opens_the_door_and_says_until_when_only_on_a_touch():
    terminal = asking()
    assert isinstance(terminal.state, states.AskingGrace)
    assert terminal.effects[-2] == AskGrace(card=card_of("blocked"), member_id=MemberId("blocked"), timeout_seconds=5)
    answer(terminal, "blocked")
    assert [order for order in terminal.effects if isinstance(order, OpenDoor)]
    assert [fact.kind for fact in terminal.facts(FactKind.PASSAGE, FactKind.REFUSAL)] == [
        FactKind.REFUSAL,
        FactKind.PASSAGE,
    ]
    assert isinstance(terminal.state, states.Noticing)
    terminal.touch(Action.READ)
    assert terminal.view().remark.text.key.startswith("alert.grace")


@pytest.mark.parametrize(("available", "key"), [(True, "grace.refused"), (False, "grace.unanswered")])
def test_grace_that_is_not_given_leaves_the_door_closed_and_says_so(available, key):
    terminal = asking()
    answer(terminal, available=available)
    assert not [order for order in terminal.effects if isinstance(order, OpenDoor)]
    assert key in said(terminal)
    assert Action.ASK_GRACE not in buttons(terminal)
    assert Action.CALL_DESK in buttons(terminal)


def test_answer_that_does_not_come_leaves_the_door_closed():
    terminal = asking()
    terminal.time_out()
    assert "grace.unanswered" in said(terminal)
    answer(terminal, "blocked")
    assert not [order for order in terminal.effects if isinstance(order, OpenDoor)]
    # What was granted all the same is known: the next card opens.
    terminal.wait(60)
    terminal.feed(tap("blocked"))
    assert [order for order in terminal.effects if isinstance(order, OpenDoor)]


def test_grace_that_changes_nothing_opens_nothing():
    terminal = asking()
    member = terminal.knowledge.members[MemberId("blocked")]
    terminal.feed(GraceAnswered(card=card_of("blocked"), available=True, member=member))
    assert not [order for order in terminal.effects if isinstance(order, OpenDoor)]
    assert isinstance(terminal.state, states.Refusing)


def test_answer_about_somebody_else_is_not_this_person_s():
    terminal = asking()
    terminal.feed(tap("frozen"))
    answer(terminal, "blocked")
    assert isinstance(terminal.state, states.Refusing)
    assert terminal.state.visit.member.id == "frozen"
    assert not [order for order in terminal.effects if isinstance(order, OpenDoor)]


def test_badge_stays_a_badge():
    terminal = asking(kind=CardKind.BADGE)
    answer(terminal, "blocked")
    assert terminal.facts(FactKind.PASSAGE, FactKind.REFUSAL)[-1].details["kind"] == CardKind.BADGE.value


@pytest.mark.parametrize(
    ("who", "capabilities", "link"),
    [
        ("frozen", ALL, Link(online=True)),
        ("fee", ALL, Link(online=True)),
        ("blocked", replace(ALL, grace=False), Link(online=True)),
        ("blocked", ALL, Link(online=False, since=at(14))),
    ],
    ids=["frozen", "fee", "not carried", "offline"],
)
def test_grace_is_offered_where_hours_alone_keep_out_and_the_server_answers(who, capabilities, link):
    terminal = Terminal(link=link)
    terminal.knowledge.apply(snapshot(terminal.now, generation=2, capabilities=capabilities))
    terminal.policy = replace(terminal.policy, booking_opens_door=True)
    terminal.feed(tap(who))
    terminal.touch(Action.WHY)
    assert not hasattr(terminal.view(), "buttons") or Action.ASK_GRACE not in buttons(terminal)


def test_server_that_is_lost_between_the_screen_and_the_touch_is_not_asked():
    terminal = Terminal()
    terminal.feed(tap("blocked"))
    terminal.touch(Action.WHY)
    terminal.link = Link(online=False, since=at(14))
    terminal.touch(Action.ASK_GRACE)
    assert not [order for order in terminal.effects if isinstance(order, AskGrace)]
    assert isinstance(terminal.state, states.Refusing)


def test_laying_the_card_again_does_not_cost_the_answer():
    terminal = asking()
    terminal.wait(12)
    terminal.feed(tap("blocked"))
    assert isinstance(terminal.state, states.AskingGrace)
