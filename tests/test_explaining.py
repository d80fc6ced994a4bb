"""One decision explained: by what a running terminal knows, else by what its backend says."""

import json
from pathlib import Path

import pytest

from kiosk.app import Terminal
from kiosk.app_parts import control_path
from kiosk.control import ask
from kiosk.demo.cast import Kind, character
from kiosk.demo.room import Room, Wish, demo_clock
from kiosk.errors import KioskError
from kiosk.explaining import explain
from kiosk.looking import explain as look
from kiosk.rules.access import RULES, Question
from kiosk.rules.knowledge import Knowledge
from kiosk.rules.policy import Policy
from kiosk.types import ClockTrust, MemberId, Status
from tests.demo.onlooker import Onlooker, wait_until
from tests.rules.terminal import PARIS, TUESDAY, snapshot


def question(who: str, **policy) -> Question:
    knowledge = Knowledge()
    knowledge.apply(snapshot())
    person = knowledge.members[MemberId(who)]
    return Question(
        member=person,
        account=knowledge.account_of(person),
        knowledge=knowledge,
        policy=Policy(**policy),
        now=TUESDAY,
        zone=PARIS,
        online=True,
        trust=ClockTrust.SYNCED,
    )


def test_the_deciding_rule_is_named_with_its_settings_and_those_that_were_silent():
    answer = explain(question("frozen", blocking=frozenset({Status.FROZEN, Status.FEE})))
    assert answer["rule"] == "closed_account"
    assert answer["why"] == "Some states of an account close the door."
    assert answer["settings"] == {"policy.blocking": ["fee", "frozen"], "policy.leave_blocks": False}
    assert answer["silent"][-1] == "account_must_exist"
    assert json.loads(json.dumps(answer)) == answer


def test_where_no_rule_speaks_all_were_silent():
    answer = explain(question("camille"))
    assert (answer["allowed"], answer["rule"], answer["settings"]) == (True, "member_in_good_standing", {})
    assert len(answer["silent"]) == len(RULES)


def test_a_running_terminal_is_asked_what_it_would_decide(tmp_path: Path):
    room = Room(Wish(backend="folder", members=40), tmp_path, demo_clock())
    with room.running():
        config = room.config()
        terminal, screen = Terminal(config, room.clock, room), Onlooker()
        with terminal.running(screen):
            wait_until(
                lambda: terminal.reactor.knowledge.as_of is not None and terminal.reactor.keeping.mode is not None
            )
            member = character(Kind.OK)
            assert look(config, member.number, None)["reason"] == "welcome"
            assert look(config, member.card, None)["member"] == look(config, member.number, None)["member"]
            assert look(config, member.number, None)["clock"] == terminal.reactor.surroundings().trust.value
            with pytest.raises(KioskError, match="nobody has"):
                look(config, "no such number", None)
            with pytest.raises(KioskError, match="is no card"):
                look(config, "7:zz", None)
            ask(control_path(config), "door order", {"word": "lock-down"})
            wait_until(lambda: look(config, member.number, None)["rule"] == "lock_down")


def test_a_card_that_was_linked_or_blocked_at_this_terminal_is_known_to_it(tmp_path: Path):
    room = Room(Wish(backend="folder", members=40), tmp_path, demo_clock())
    with room.running():
        config = room.config()
        terminal, screen = Terminal(config, room.clock, room), Onlooker()
        new = "7:04112233445566"
        with terminal.running(screen):
            wait_until(lambda: terminal.reactor.knowledge.as_of is not None)
            with pytest.raises(KioskError, match="nobody has"):
                look(config, new, None)
            member = look(config, character(Kind.OK).number, None)["member"]
            card = terminal.hasher.hash_canonical(new)
            ask(control_path(config), "cards link", {"rows": [{"card": card, "member": member}]})
            assert look(config, new, None)["reason"] == "welcome"
            ask(control_path(config), "cards block", {"card": card})
            assert look(config, new, None)["reason"] == "card_blocked"
