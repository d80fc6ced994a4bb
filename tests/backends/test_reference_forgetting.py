"""Whoever asked to be forgotten: named for good, in no byte of the server, and not to be brought back."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from kiosk.backends.base import Accepted, Refused
from kiosk.backends.reference_forgetting import nobodys
from kiosk.backends.reference_server import ReferenceServer
from kiosk.backends.rest import RestBackend
from kiosk.backends.rest_json import fact_to_json
from kiosk.demo.cast import ZONE, Kind, character
from kiosk.events import BookingOutcome, KnowledgePage
from kiosk.rules.knowledge import Knowledge
from kiosk.types import CardHash, FactId, FactKind, MemberId
from tests.backends.rigs import (
    CLEANING_AT_19,
    DELIVERY_NOW,
    HASHER,
    NEW_CARD,
    TOKEN,
    card,
    demo_clock,
    edit,
    fact,
    member_id,
    write_coop,
)

WHO = member_id(Kind.SHIFT_NOW)
NAME = character(Kind.SHIFT_NOW).first_name
OTHER = member_id(Kind.OK)
CLOCK = demo_clock()
numbers = count(1)


@pytest.fixture(scope="module")
def coop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_coop(tmp_path_factory.mktemp("coop"))


@pytest.fixture
def folder(coop: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(coop, tmp_path / "coop"))


class Served:
    """The server over a database file, and a terminal that asks it."""

    def __init__(self, folder: Path, database: Path) -> None:
        self.folder, self.database = folder, database
        self.cursor, self.generation = "", 0
        self.knowledge = Knowledge()
        self.start()

    def start(self) -> None:
        self.server = ReferenceServer(
            self.folder, HASHER.hash_canonical, ZONE, TOKEN, CLOCK, key_id="k1", database=self.database, page_rows=100
        )
        self.server.start()
        self.terminal = RestBackend(self.server.url, TOKEN, CLOCK, key_id="k1")

    def close(self) -> None:
        self.terminal.close()
        self.server.close()

    def restart(self) -> None:
        self.close()
        self.start()

    def pull(self, *, full: bool = False) -> list[KnowledgePage]:
        """One round; its pages."""
        self.generation += 1
        cursor, pages = "" if full else self.cursor, []
        while not pages or not pages[-1].last:
            page = self.terminal.fetch(cursor, self.generation)
            assert isinstance(page, KnowledgePage)
            self.knowledge.apply(page)
            pages.append(page)
            cursor = page.cursor
        self.cursor = cursor
        return pages

    def tell(self, kind: FactKind, member: MemberId | None = WHO, **more: object):
        told = fact(kind, CLOCK, member_id=member, **more)
        return told, self.terminal.deliver(told)

    def link(self, member: MemberId, hash_: CardHash = NEW_CARD) -> None:
        assert self.tell(FactKind.CARD_LINKED, member, details={"card": hash_, "by": OTHER})[1] == Accepted()
        CLOCK.advance(1)


@pytest.fixture
def served(folder: Path, tmp_path: Path) -> Iterator[Served]:
    served = Served(folder, tmp_path / "server.db")
    yield served
    served.close()


def live(served: Served) -> None:
    """A day of someone who works, links a second card, and signs for others as a coordinator."""
    served.tell(FactKind.PASSAGE)
    served.tell(FactKind.CHECK_IN, shift_id=DELIVERY_NOW)
    served.link(WHO)
    wish = FactId(f"wish-{next(numbers)}")
    assert served.terminal.book(wish, WHO, CLEANING_AT_19, 5) is BookingOutcome.BOOKED
    served.tell(FactKind.ABSENCE_ANNOUNCED, OTHER, shift_id=DELIVERY_NOW, details={"by": WHO})
    served.pull(full=True)


def test_they_are_named_in_the_next_round_and_gone_from_it(served):
    live(served)
    assert WHO in served.knowledge.members
    assert served.tell(FactKind.MEMBER_FORGOTTEN)[1] == Accepted()
    (page,) = served.pull()
    assert (page.full, page.forgotten_members) == (False, (WHO,))
    assert WHO not in served.knowledge.members
    assert served.knowledge.card(card(Kind.SHIFT_NOW)) is None
    assert not any(place.member_id == WHO for place in served.knowledge.roster(DELIVERY_NOW))


def test_every_full_round_names_everyone_there_ever_was(served):
    for member in (WHO, OTHER, MemberId("9999")):
        served.tell(FactKind.MEMBER_FORGOTTEN, member)
    served.server.forget_changes()
    served.restart()
    pages = served.pull(full=True)
    assert len(pages) > 1
    named = [id_ for page in pages for id_ in page.forgotten_members]
    assert sorted(named) == sorted([WHO, OTHER, "9999"])
    told = {row.id for page in pages for row in page.members} | {row.member_id for page in pages for row in page.cards}
    assert told.isdisjoint({WHO, OTHER})


def test_who_is_new_since_the_cursor_is_named_once(served):
    served.pull(full=True)
    served.tell(FactKind.MEMBER_FORGOTTEN)
    served.pull()
    served.tell(FactKind.MEMBER_FORGOTTEN, OTHER)
    assert [page.forgotten_members for page in served.pull()] == [(OTHER,)]


def test_their_cards_are_nobodys(served):
    live(served)
    served.tell(FactKind.MEMBER_FORGOTTEN)
    for hash_ in (card(Kind.SHIFT_NOW), NEW_CARD):
        answer = served.terminal.identify(hash_, 5)
        assert (answer.available, answer.member) == (True, None)


def test_no_byte_of_the_database_tells_of_them_but_the_number_in_the_list(served):
    live(served)
    traces = [NAME.encode(), NEW_CARD.encode(), card(Kind.SHIFT_NOW).encode()]
    before = served.database.read_bytes()
    assert [trace for trace in traces if trace not in before] == []
    served.tell(FactKind.MEMBER_FORGOTTEN)
    after = served.database.read_bytes()
    assert [trace for trace in traces if trace in after] == []
    store = served.server._store._database
    naming = [
        (table, row)
        for table in ("state", "rows", "answers", "events")
        for row in store.query(f"select * from {table}")
        if f'"{WHO}"' in str(row).replace("'", '"')
    ]
    assert [(table, row["kind"]) for table, row in naming] == [("rows", 6)]


def test_counts_of_what_happened_stay(served):
    live(served)
    before = [event["kind"] for event in served.server.events() if event["kind"] != "card_linked"]
    served.tell(FactKind.MEMBER_FORGOTTEN)
    events = served.server.events()
    assert [event["kind"] for event in events] == [*before, "member_forgotten"]
    assert {event.get("member_id") for event in events} == {OTHER, None}
    check_in = next(event for event in events if event["kind"] == "check_in")
    assert check_in["shift_id"] == DELIVERY_NOW
    absence = next(event for event in events if event["kind"] == "absence_announced")
    assert (absence["member_id"], absence["details"]) == (OTHER, {})


@pytest.mark.parametrize("restarted", [False, True])
def test_what_comes_late_is_taken_and_is_nobodys(served, restarted):
    live(served)
    served.tell(FactKind.MEMBER_FORGOTTEN)
    if restarted:
        served.restart()
    known = len(served.server.events())
    late, outcome = served.tell(FactKind.PASSAGE, offline=True)
    assert outcome == Accepted()
    assert served.terminal.deliver(late) == Accepted()
    assert served.tell(FactKind.CHECK_IN, shift_id=DELIVERY_NOW)[1] == Accepted()
    assert served.tell(FactKind.CARD_LINKED, details={"card": card(Kind.WARN)[::-1]})[1] == Accepted()
    assert [event.get("member_id") for event in served.server.events()[known:]] == [None, None]
    assert served.terminal.book(FactId("wish-late"), WHO, CLEANING_AT_19, 5) is BookingOutcome.REFUSED
    served.pull(full=True)
    assert WHO not in served.knowledge.members
    assert served.terminal.identify(card(Kind.WARN)[::-1], 5).member is None


def test_a_fact_told_before_and_again_after_gets_its_first_answer(served):
    told, _ = served.tell(FactKind.PASSAGE)
    served.tell(FactKind.MEMBER_FORGOTTEN)
    assert served.terminal.deliver(told) == Accepted()
    assert len(served.server.events()) == 2


def test_twice_is_once(served):
    word, _ = served.tell(FactKind.MEMBER_FORGOTTEN)
    assert served.terminal.deliver(word) == Accepted()
    assert served.tell(FactKind.MEMBER_FORGOTTEN)[1] == Accepted()
    assert served.server._store.forgotten() == [WHO]


def test_a_file_that_still_names_them_does_not_bring_them_back(served):
    served.tell(FactKind.MEMBER_FORGOTTEN)
    edit(served.folder, "members.csv", lambda rows: [row | {"name": row["name"] + " "} for row in rows])
    served.pull(full=True)
    assert WHO not in served.knowledge.members
    served.restart()
    served.pull(full=True)
    assert WHO not in served.knowledge.members


def test_a_card_handed_on_does_not_go_back_to_its_former_owner(served):
    served.link(OTHER)
    served.link(WHO)
    served.tell(FactKind.MEMBER_FORGOTTEN)
    assert served.terminal.identify(NEW_CARD, 5).member is None
    served.restart()
    assert served.terminal.identify(NEW_CARD, 5).member is None
    served.pull(full=True)
    assert served.knowledge.card(NEW_CARD) is None


def test_a_card_of_the_files_handed_on_does_not_go_back_either(served):
    served.link(WHO, card(Kind.OK))
    served.tell(FactKind.MEMBER_FORGOTTEN)
    assert served.terminal.identify(card(Kind.OK), 5).member is None


def test_a_card_that_went_on_to_someone_else_stays_theirs(served):
    served.link(WHO)
    served.link(OTHER)
    served.tell(FactKind.MEMBER_FORGOTTEN)
    assert served.terminal.identify(NEW_CARD, 5).member.id == OTHER


def test_a_household_card_goes_with_its_account(served):
    served.pull(full=True)
    account, attached = member_id(Kind.AHEAD), member_id(Kind.ATTACHED)
    assert {account, attached} <= served.knowledge.members.keys()
    served.tell(FactKind.MEMBER_FORGOTTEN, account)
    (page,) = served.pull()
    assert (page.forgotten_members, page.removed_members) == ((account,), (attached,))
    assert served.terminal.identify(card(Kind.ATTACHED), 5).member is None


def test_a_forgetting_of_nobody_is_refused(served):
    outcome = served.tell(FactKind.MEMBER_FORGOTTEN, None)[1]
    assert isinstance(outcome, Refused)


# ── what is kept of an event ──────────────────────────────────────────────────────────────────────────────────────


def event(kind: FactKind, member: str | None, **details: object) -> dict:
    return fact_to_json(fact(kind, CLOCK, member_id=member, details=details))


def test_another_ones_event_stays_but_for_the_name_in_it():
    told = event(FactKind.CHECK_IN, "8", by="7", asked=["7", "9"], more={"who": "7", "why": "x"}, late=True)
    kept = nobodys(told, {"7"}, frozenset())
    assert kept == told | {"details": {"asked": ["9"], "more": {"why": "x"}, "late": True}}


def test_a_jar_whose_code_reads_like_a_number_is_nobodys():
    told = event(FactKind.TARE, None, jar="000312", grams=176)
    assert nobodys(told, {"000312"}, frozenset()) == told


def test_a_card_event_stays_only_where_the_card_is_anothers_too():
    told = event(FactKind.CARD_LINKED, "7", card=NEW_CARD)
    assert nobodys(told, {"7"}, frozenset()) is None
    kept = nobodys(told, {"7"}, {NEW_CARD})
    assert kept is not None
    assert "member_id" not in kept
    assert kept["details"] == {"card": NEW_CARD}
