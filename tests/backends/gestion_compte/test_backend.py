"""What is told of the coop, and what its key and a person's wish to be forgotten do to what was learnt."""

from pathlib import Path

from kiosk.backends.base import Accepted
from kiosk.backends.gestion_compte.backend import MEMORY_FILE
from kiosk.devices.cards import CardHasher
from kiosk.types import FactKind
from tests.backends.gestion_compte.shops import ALIX, HASHER, TILL, at, badge, card, opened


def test_who_wants_to_be_forgotten_is_forgotten_here(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        shop.pull()
        member = shop.ask(ALIX).member.id
        shop.pull()
        assert shop.backend.deliver(shop.fact(FactKind.MEMBER_FORGOTTEN, member)) == Accepted()
        shop.pull()
        assert member not in shop.knowledge.members
        assert shop.knowledge.card(card(ALIX)) is None
    assert member.encode() not in (tmp_path / MEMORY_FILE).read_bytes()


def test_card_of_the_key_before_is_known_and_goes_over_to_the_new_key(tmp_path: Path) -> None:
    new_key = CardHasher(b"the key after a rotation of keys", "k2")
    with opened(tmp_path, at(12)) as shop:
        shop.pull()
        member = shop.ask(ALIX).member.id
        shop.backend.close()
        shop.backend, shop.cursor = shop.new_backend(hasher=new_key, older=HASHER), ""
        shop.pull()
        assert shop.knowledge.card(card(ALIX)) is not None
        new = new_key.hash_canonical(badge(ALIX))
        details = {"card": new, "replaces": card(ALIX)}
        assert shop.backend.deliver(shop.fact(FactKind.CARD_LINKED, member, details=details)) == Accepted()
        shop.pull()
        assert shop.knowledge.card(new).member_id == member
        assert shop.knowledge.card(card(ALIX)) is None
        shop.pass_time(4 * 3600 + 240)
        shop.pull()
        assert shop.backend.deliver(shop.fact(FactKind.CHECK_IN, member, TILL)) == Accepted()
        assert shop.is_carried_out(1)


def test_notice_and_next_event_are_a_line_each(tmp_path: Path) -> None:
    with opened(tmp_path, at(12)) as shop:
        shop.coop.events = (("Assemblée générale", at(19, days=9)), ("Bal", at(20, days=30)))
        shop.pull()
        assert shop.knowledge.coop.notice.splitlines() == [
            "Arrivage de noix jeudi",
            "Assemblée générale, jeudi 3 décembre 2026 à 19h00",
        ]
        shop.coop.notice = ""
        shop.pull()
        assert shop.knowledge.coop.notice == "Assemblée générale, jeudi 3 décembre 2026 à 19h00"
