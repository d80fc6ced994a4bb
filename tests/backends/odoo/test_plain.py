from kiosk.backends.base import Accepted, Grace
from kiosk.demo.cast import Kind
from kiosk.types import FactKind, Status
from tests.backends.odoo.coops import OdooCoop
from tests.backends.rigs import HASHER, MEMBERS, member_id


def test_whoever_has_a_bar_code_is_a_member_until_archived(alone: OdooCoop) -> None:
    known = alone.terminal().knowledge
    assert len(known.members) == MEMBERS
    assert known.members[member_id(Kind.OK)].status is Status.OK
    assert known.members[member_id(Kind.LEFT)].status is Status.LEFT
    card = known.card(HASHER.hash_badge("0420000001188"))
    assert card is not None
    assert card.member_id == member_id(Kind.BADGE)


def test_nothing_else_is_promised(alone: OdooCoop) -> None:
    capabilities = alone.backend.capabilities()
    carried = {name for name in ("roster", "booking", "balance", "roles", "undo") if getattr(capabilities, name)}
    assert not carried
    assert capabilities.identify


def test_archived_and_nameless_badges_are_noticed(alone: OdooCoop) -> None:
    terminal = alone.terminal()
    alone.database.touch("res.partner", 118, active=False)
    alone.database.touch("res.partner", 312, barcode=False)
    terminal.pull()
    assert terminal.knowledge.members[member_id(Kind.BADGE)].status is Status.LEFT
    assert member_id(Kind.OK) not in terminal.knowledge.members


def test_badge_of_someone_archived_is_that_of_whoever_has_it_now(alone: OdooCoop) -> None:
    code = HASHER.hash_badge("0420000001188")
    alone.database.touch("res.partner", 118, active=False)
    alone.database.touch("res.partner", 312, barcode="0420000001188")
    card = alone.terminal().knowledge.card(code)
    assert card is not None
    assert card.member_id == member_id(Kind.OK)
    asked = alone.backend.identify(code, 5.0, "ean:0420000001188").member
    assert asked is not None
    assert asked.id == member_id(Kind.OK)


def test_facts_stay_in_the_journal(alone: OdooCoop) -> None:
    assert alone.deliver(FactKind.PASSAGE, Kind.OK) == Accepted()


def test_there_is_no_grace_without_rules(alone: OdooCoop) -> None:
    assert alone.backend.grace(member_id(Kind.OK), 5.0) == Grace(None)
