import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.backends.base import Accepted, Refused, Retry, Unchanged
from kiosk.backends.odoo.backend import LANGUAGES
from kiosk.backends.odoo.wants import FamilyName
from kiosk.backends.rest_transport import Transport
from kiosk.demo.cast import Kind
from kiosk.demo.fake_odoo.faults import OdooException
from kiosk.demo.fake_odoo.records import Field
from kiosk.devices.simulated.network import Cable
from kiosk.errors import BackendUnavailable, NotAuthorised
from kiosk.events import Event, KnowledgePage, Ticked
from kiosk.store.thread import Store
from kiosk.sync import Sync
from kiosk.types import FactId, FactKind, Part, Status
from kiosk.watchdog import Watchdog
from tests.backends.odoo.coops import DELIVERY, OdooCoop, badge
from tests.backends.rigs import CLEANING_AT_19, HASHER, MEMBERS, Terminal, member_id
from tests.fakes import Inbox

BADGE = "ean:0420000001188"


def identify(coop: OdooCoop, code: str, seconds: float = 5.0):
    return coop.backend.identify(HASHER.hash_canonical(code), seconds, code)


# ── finding out ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("coop", "family"), [("louve", "foodcoop"), ("bees", "obeesdoo"), ("alone", "plain")])
def test_family_of_modules_is_found_out(request: pytest.FixtureRequest, coop: str, family: str, caplog) -> None:
    server: OdooCoop = request.getfixturevalue(coop)
    with caplog.at_level(logging.INFO):
        server.new_backend().capabilities()
    assert f"family {family}" in caplog.text


def test_family_that_is_not_there_is_said_so(louve: OdooCoop) -> None:
    with pytest.raises(BackendUnavailable, match="not of the family obeesdoo"):
        louve.new_backend(family=FamilyName.OBEESDOO).capabilities()


def test_server_is_looked_at_once(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    before = len(louve.server.calls)
    terminal.pull()
    methods = [method for _, method in louve.server.calls[before:]]
    assert "fields_get" not in methods
    assert "check_access_rights" not in methods


def test_upgraded_server_is_looked_at_again(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    louve.database.serie = "18.0"
    try:
        before = len(louve.server.calls)
        terminal.pull()
        assert "fields_get" in [method for _, method in louve.server.calls[before:]]
    finally:
        louve.database.serie = "12.0"


@pytest.mark.parametrize(
    "missing",
    [
        *("is_deceased", "barcode_base", "final_standard_point", "final_ftop_point", "date_alert_stop"),
        "date_delay_stop",
    ],
)
def test_optional_field_may_be_missing(louve: OdooCoop, missing: str) -> None:
    about = louve.database.tables["res.partner"].fields
    kept = about.pop(missing)
    try:
        known = louve.terminal().knowledge
    finally:
        about[missing] = kept
    assert len(known.members) == MEMBERS
    assert known.capabilities.balance is (missing != "final_standard_point")


def test_server_without_the_verdict_is_no_server(louve: OdooCoop) -> None:
    about = louve.database.tables["res.partner"].fields
    kept = about.pop("customer")
    try:
        with pytest.raises(BackendUnavailable, match="customer"):
            louve.new_backend().capabilities()
    finally:
        about["customer"] = kept


def test_first_name_field_counts_where_it_is(louve: OdooCoop) -> None:
    louve.database.tables["res.partner"].fields["firstname"] = Field()
    try:
        louve.partner(Kind.OK)["firstname"] = "Cam"
        assert louve.terminal().knowledge.members[member_id(Kind.OK)].first_name == "Cam"
    finally:
        del louve.database.tables["res.partner"].fields["firstname"]


def test_language_that_is_not_installed_is_left_out(louve: OdooCoop) -> None:
    assert LANGUAGES["fr"] == "fr_FR"
    del louve.database.tables["res.lang"].rows[2]
    seen = []
    execute = louve.database.execute

    def watch(user, model, method, args, named):
        seen.append(named.get("context", {}).get("lang"))
        return execute(user, model, method, args, named)

    louve.database.execute = watch
    try:
        louve.new_backend().capabilities()
    finally:
        del louve.database.execute
    assert set(seen) == {None}


def test_server_that_lost_its_modules_is_not_one_where_every_bar_code_may_enter(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    known = dict(terminal.knowledge.members)
    about = louve.database.tables["res.partner"].fields
    kept = {name: about.pop(name) for name in ("cooperative_state", "customer", "is_member")}
    try:
        for _ in range(3):
            with pytest.raises(BackendUnavailable):
                terminal.pull()
            assert terminal.knowledge.members == known
        with pytest.raises(BackendUnavailable, match="not of the family foodcoop"):
            louve.backend.capabilities()
    finally:
        about.update(kept)
    terminal.pull()
    assert terminal.knowledge.members == known


def test_essential_right_that_is_missing_is_named(louve: OdooCoop) -> None:
    user = louve.database.users[8]
    louve.database.users[8] = type(user)(id=8, login=user.login, secret=user.secret, groups=frozenset())
    with pytest.raises(NotAuthorised, match="group_time_clock"):
        louve.new_backend().fetch("", 1)


# ── rounds ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_quiet_minute_is_unchanged_and_cheap(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    louve.clock.advance(3600)
    terminal.pull()
    before = len(louve.server.calls)
    assert isinstance(louve.backend.fetch(terminal.cursor, 9), Unchanged)
    assert len(louve.server.calls) - before <= 5


def test_large_round_comes_in_pages_of_one_state(louve: OdooCoop) -> None:
    first = louve.backend.fetch("", 1)
    assert not first.last
    louve.database.touch("res.partner", 312, name="Nobody")
    pages = [first]
    while not pages[-1].last:
        pages.append(louve.backend.fetch(pages[-1].cursor, 1))
    assert len(pages) > 1
    assert all(page.full for page in pages)
    assert "Nobody" not in {member.first_name for page in pages for member in page.members}


def test_page_of_a_round_that_is_forgotten_is_no_answer(louve: OdooCoop) -> None:
    first = louve.backend.fetch("", 1)
    with pytest.raises(BackendUnavailable):
        louve.new_backend().fetch(first.cursor, 1)


def test_restarted_terminal_gets_everything_again(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    assert louve.new_backend().fetch(terminal.cursor, 2).full


def test_thousands_of_members_are_read_in_bearable_answers(louve: OdooCoop) -> None:
    for number in range(10_001, 11_300):
        louve.database.insert(
            "res.partner",
            {"id": number, "name": f"Member {number}", "active": True, "is_member": True, "customer": True},
        )
    try:
        assert len(louve.terminal().knowledge.members) == MEMBERS + 1299
    finally:
        louve.database.tables["res.partner"].rows.clear()


# ── failures ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def failing(coop: OdooCoop, model: str, method: str, name: str, text: str = "in words") -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise OdooException(name, text)

    coop.database.methods[model, method] = fail
    return fail


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("odoo.exceptions.UserError", Refused),
        ("odoo.exceptions.ValidationError", Refused),
        ("odoo.exceptions.AccessError", Refused),
        ("odoo.exceptions.MissingError", Refused),
        ("psycopg2.errors.SerializationFailure", Retry),
    ],
)
def test_each_failure_of_a_delivery_is_an_outcome(louve: OdooCoop, name: str, kind: type) -> None:
    failing(louve, "shift.registration", "write", name)
    assert isinstance(louve.deliver(FactKind.CHECK_IN, Kind.SHIFT_NOW, louve.shift(DELIVERY)), kind)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("odoo.exceptions.AccessDenied", NotAuthorised),
        ("builtins.ValueError", BackendUnavailable),
        ("psycopg2.OperationalError", BackendUnavailable),
        ("odoo.exceptions.CacheMiss", BackendUnavailable),
    ],
)
def test_other_failures_of_a_delivery_are_worth_another_try(louve: OdooCoop, name: str, kind: type[Exception]) -> None:
    failing(louve, "shift.registration", "write", name)
    with pytest.raises(kind):
        louve.deliver(FactKind.CHECK_IN, Kind.SHIFT_NOW, louve.shift(DELIVERY))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("odoo.exceptions.AccessError", NotAuthorised),
        ("odoo.exceptions.AccessDenied", NotAuthorised),
        ("odoo.exceptions.UserError", BackendUnavailable),
        ("builtins.ValueError", BackendUnavailable),
        ("psycopg2.OperationalError", BackendUnavailable),
    ],
)
def test_each_failure_of_a_reading_is_told_apart(louve: OdooCoop, name: str, kind: type[Exception]) -> None:
    terminal = louve.terminal()
    failing(louve, "res.partner", "search_read", name)
    with pytest.raises(kind):
        louve.backend.fetch(terminal.cursor, 2)
    del louve.database.methods["res.partner", "search_read"]
    terminal.pull()


def test_field_lost_meanwhile_is_looked_for_again(louve: OdooCoop) -> None:
    terminal = louve.terminal()
    about = louve.database.tables["res.partner"].fields
    kept = about.pop("date_alert_stop")
    try:
        with pytest.raises(BackendUnavailable):
            terminal.pull()
        terminal.pull()
    finally:
        about["date_alert_stop"] = kept


@pytest.mark.parametrize("answer", [b'{"jsonrpc": "2.0", "id": 1, "result": [{"id": "x"}]}', b"<html>", b"[]"])
def test_nonsense_is_no_answer(louve: OdooCoop, answer: bytes) -> None:
    terminal = louve.terminal()
    louve.server.faults.answer_next(answer)
    with pytest.raises(BackendUnavailable):
        louve.backend.fetch(terminal.cursor, 2)


def test_wrong_key_is_for_a_person_to_see_to(louve: OdooCoop) -> None:
    with pytest.raises(NotAuthorised):
        louve.new_backend(secret="old").fetch("", 1)


def test_day_without_network_loses_nothing_and_doubles_nothing(louve: OdooCoop) -> None:
    cable = Cable(louve.server.port)
    try:
        backend = louve.new_backend(url=cable.url)
        Terminal(backend).pull()
        arrived = louve.fact(FactKind.CHECK_IN, Kind.BLOCKED, louve.shift(DELIVERY))
        cable.cut()
        for _ in range(3):
            with pytest.raises(BackendUnavailable):
                backend.deliver(arrived)
        cable.mend()
        assert [backend.deliver(arrived) for _ in range(2)] == [Accepted()] * 2
        assert len(louve.registrations(Kind.BLOCKED, DELIVERY)) == 1
    finally:
        cable.close()


def test_no_name_no_card_and_no_key_is_in_any_log(louve: OdooCoop, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        terminal = louve.terminal()
        for kind in FactKind:
            louve.deliver(kind, Kind.LEFT, louve.shift(DELIVERY))
        louve.backend.book(FactId("b"), member_id(Kind.LEFT), louve.shift(CLEANING_AT_19), 5.0)
        identify(louve, BADGE)
        terminal.pull()
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("kiosk"))
    for secret in ("Odile", "Grandin", "0420000001188", "an API key"):
        assert secret not in ours


# ── whose card ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_badge_made_a_moment_ago_is_identified(louve: OdooCoop) -> None:
    louve.partner(Kind.OK)["barcode"] = badge("049900000001")
    answer = identify(louve, f"ean:{badge('049900000001')}")
    assert answer.available
    assert answer.member is not None
    assert answer.member.first_name == "Camille"


def test_badge_that_lost_its_zero_in_odoo_is_identified(louve: OdooCoop) -> None:
    louve.partner(Kind.BADGE)["barcode"] = "420000001188"
    assert identify(louve, BADGE).member is not None


def test_associated_person_is_identified_with_the_member(louve: OdooCoop) -> None:
    louve.partner(Kind.ATTACHED_TO_FROZEN)["barcode"] = badge("042100000001")
    answer = identify(louve, f"ean:{badge('042100000001')}")
    assert answer.account is not None
    assert answer.account.status is Status.FROZEN


def test_stranger_is_answered_as_unknown(louve: OdooCoop) -> None:
    for code in ("ean:2990001000018", "7:04F00D5A7B2280"):
        answer = identify(louve, code)
        assert answer.available
        assert answer.member is None


def test_without_the_code_itself_nobody_can_be_asked(louve: OdooCoop) -> None:
    assert not louve.backend.identify(HASHER.hash_canonical(BADGE), 5.0).available


def test_slow_server_is_no_answer_in_time(louve: OdooCoop) -> None:
    louve.backend.capabilities()
    louve.server.faults.delay(0.3)
    assert not identify(louve, BADGE, 0.1).available


def test_closing_twice_does_no_harm(louve: OdooCoop) -> None:
    louve.backend.close()
    louve.backend.close()


def test_right_given_meanwhile_is_noticed_with_the_next_full_round(louve: OdooCoop) -> None:
    whole = louve.database.users[8]
    louve.database.users[8] = type(whole)(
        id=8, login=whole.login, secret=whole.secret, groups=frozenset({"Badge Reader/Time Clock"})
    )
    terminal = louve.terminal()
    assert not terminal.knowledge.capabilities.roster
    louve.database.users[8] = whole
    terminal.cursor = ""
    terminal.pull()
    assert terminal.knowledge.capabilities.roster
    assert louve.backend.survey().problems == ()


def test_badge_that_two_people_have_is_nobody_s_whoever_is_read_again(louve: OdooCoop) -> None:
    louve.database.touch("res.partner", 312, barcode=BADGE.removeprefix("ean:"))
    terminal = louve.terminal()
    assert terminal.knowledge.card(HASHER.hash_canonical(BADGE)) is None
    louve.clock.advance(3600)
    terminal.pull()
    louve.database.touch("res.partner", 312)
    terminal.pull()
    assert terminal.knowledge.card(HASHER.hash_canonical(BADGE)) is None
    louve.database.touch("res.partner", 312, barcode=False)
    terminal.pull()
    card = terminal.knowledge.card(HASHER.hash_canonical(BADGE))
    assert card is not None
    assert card.member_id == member_id(Kind.BADGE)


def test_server_that_takes_its_time_is_not_a_terminal_that_hangs(bees: OdooCoop, tmp_path: Path, monkeypatch) -> None:
    """The first page is made of two dozen answers; each of them comes in time."""
    answered, watchdog, inbox, late = Transport.exchange, Watchdog(bees.clock, lambda *_: None), Inbox(), set()

    def slowly(*args, **named):
        bees.clock.advance(9.0)
        return answered(*args, **named)

    def post(event: Event) -> None:
        if event == Ticked(Part.SERVER):
            late.update(watchdog.late())
            watchdog.tick(Part.SERVER)
        inbox(event)

    monkeypatch.setattr(Transport, "exchange", slowly)
    store = Store(tmp_path, inbox, bees.clock)
    sync = Sync(bees.backend, store, post, bees.clock)
    watchdog.watch(Part.SERVER, 180.0)
    store.start()
    sync.start()
    inbox.wait_for(KnowledgePage, lambda page: page.last)
    for part in (sync, store):
        part.request_stop()
        assert part.join(5.0)
    assert not late
