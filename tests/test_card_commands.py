"""Commands about cards on what a terminal knows, running or not."""

import pytest

from kiosk.card_commands import CardCommandError, Desk, carry_out, desk_of
from kiosk.effects import Prefer
from kiosk.types import Capabilities, FactKind, Role
from tests.rules.staff import NEW
from tests.rules.terminal import Terminal, card_of, snapshot
from tests.test_reactor import Recorder, reactor_with


class Written:
    """A desk that writes down what it was told, and knows it at once as a terminal does."""

    def __init__(self, **changes) -> None:
        self.terminal = Terminal()
        self.terminal.knowledge.apply(snapshot(generation=2, **changes))
        self.facts: list[tuple] = []
        self.wishes: list[Prefer] = []
        self.desk = Desk(knowledge=self.terminal.knowledge, note=self._note, prefer=self.wishes.append)

    def _note(self, kind, member, details) -> None:
        self.facts.append((kind, member, dict(details)))

    def ask(self, name: str, **given):
        return carry_out(name, self.desk, given)


def link(written: Written, card: str = NEW, member: str = "sam", *, transfer: bool = False, dry: bool = False, **row):
    [outcome] = written.ask("cards link", rows=[{"card": card, "member": member, **row}], transfer=transfer, dry=dry)
    return outcome["outcome"]


def test_a_card_is_linked_by_a_fact():
    written = Written()
    assert link(written) == "linked"
    assert written.facts == [(FactKind.CARD_LINKED, "sam", {"card": NEW, "by": None})]


def test_a_dry_run_changes_nothing():
    written = Written()
    assert link(written, dry=True, large_text=True) == "linked"
    assert (written.facts, written.wishes) == ([], [])


@pytest.mark.parametrize(
    ("card", "member", "outcome"),
    [
        (card_of("alix"), "sam", "taken"),
        (card_of("sam"), "sam", "same"),
        (NEW, "nobody", "unknown_member"),
    ],
)
def test_what_is_not_linked_says_why(card, member, outcome):
    written = Written()
    assert link(written, card, member) == outcome
    assert written.facts == []


def test_the_owner_of_a_taken_card_is_named():
    [outcome] = Written().ask("cards link", rows=[{"card": card_of("alix"), "member": "sam"}])
    assert outcome["owner"] == "alix"


def test_a_transfer_takes_it():
    written = Written()
    assert link(written, card_of("alix"), transfer=True) == "linked"


def test_a_card_written_backwards_is_not_linked_a_second_time():
    written = Written()
    assert link(written, backwards=card_of("sam"), transfer=True) == "backwards"
    assert written.facts == []


def test_wishes_are_kept_with_the_link_and_for_a_card_that_was_linked_before():
    written = Written()
    link(written, long_pulse=True)
    link(written, card_of("alix"), "alix", language="en")
    assert written.wishes == [Prefer(member_id="sam", long_pulse=True), Prefer(member_id="alix", language="en")]


@pytest.mark.parametrize(
    ("given", "cards"),
    [({"member": "sam"}, 1), ({"card": card_of("sam")}, 1), ({"card": "0" * 59 + "alix"}, 0), ({"card": "0000sam"}, 0)],
)
def test_a_card_is_blocked_by_its_owner_or_by_its_name(given, cards):
    written = Written()
    if cards:
        [row] = written.ask("cards block", **given)
        assert (row["member"], row["was_blocked"]) == ("sam", False)
    else:
        with pytest.raises(CardCommandError):
            written.ask("cards block", **given)
    assert len(written.facts) == cards


def test_too_few_digits_and_ambiguous_ones_block_nobody():
    written = Written()
    for name in ("00", "0" * 20):
        with pytest.raises(CardCommandError):
            written.ask("cards block", card=name)


def test_a_listing_has_no_whole_hash():
    rows = Written().ask("cards list", member="sam")
    assert rows == [{"card": card_of("sam")[:12], "member": "sam", "name": "Sam Nom", "blocked": False}]
    assert len(Written().ask("cards list")) == len(snapshot().cards)


def test_setting_says_how_it_is_now():
    [row] = Written().ask("cards set", member="sam", large_text=True)
    assert (row["large_text"], row["language"], row["long_pulse"]) == (True, None, False)


def test_a_role_is_granted_only_where_the_server_knows_none():
    with pytest.raises(CardCommandError, match="given there"):
        Written().ask("cards set", member="sam", role="coordinator")
    written = Written(capabilities=Capabilities())
    written.ask("cards set", member="sam", role="technician")
    assert written.facts == [(FactKind.ROLE_GRANTED, "sam", {"role": "technician", "by": None})]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("cards set", {"member": "nobody"}),
        ("cards set", {"member": "sam", "language": "xx"}),
        ("cards set", {}),
        ("cards link", {}),
        ("cards link", {"rows": [{}]}),
        ("cards block", {"member": "nobody"}),
        ("cards block", {}),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(name, given):
    with pytest.raises(CardCommandError):
        Written().ask(name, **given)


def test_a_running_terminal_knows_the_link_at_once():
    recorder = Recorder()
    reactor = reactor_with(recorder)
    carry_out("cards link", desk_of(reactor), {"rows": [{"card": NEW, "member": "sam"}]})
    assert reactor.knowledge.card(NEW).member_id == "sam"
    assert ("record", FactKind.CARD_LINKED, 0.0) in recorder.log


def test_a_running_terminal_knows_a_wish_at_once():
    reactor = reactor_with(Recorder())
    carry_out("cards set", desk_of(reactor), {"member": "sam", "long_pulse": True})
    assert reactor.knowledge.members["sam"].long_pulse
    assert reactor.knowledge.members["sam"].role is Role.MEMBER
