"""A person's data from the command line: told in French, and forgotten for good."""

import shutil
import sqlite3
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from kiosk import clock as clocks
from kiosk import sealing
from kiosk.backends.gestion_compte.backend import MEMORY_FILE
from kiosk.backends.gestion_compte.memory import _ROWS_OF, _SCHEMA, Memory
from kiosk.backends.gestion_compte.people import Booking, Late, Person
from kiosk.clock import SystemClock, moment
from kiosk.commands import answer
from kiosk.control import ControlServer
from kiosk.devices.cards import CardHasher
from kiosk.events import CommandReceived, KnowledgePage
from kiosk.ids import FactIds
from kiosk.member_words import KINDS, REASONS, STATUSES
from kiosk.rules.knowledge import Knowledge
from kiosk.store.cards import Preference
from kiosk.store.outbox import Arrived
from kiosk.store.thread import Store
from kiosk.types import (
    Assignment,
    Card,
    CardHash,
    DeskReason,
    Fact,
    FactId,
    FactKind,
    Member,
    MemberId,
    Reason,
    Shift,
    ShiftId,
    Status,
)
from tests.test_cli import kiosk

WHO = MemberId("number-312")
PATIENCE = 10
KEY = "5e" * 32
NOW = datetime.now(UTC)
HASH = CardHash("ab" * 32)


@pytest.fixture
def config(tmp_path, monkeypatch):
    """A terminal over an empty folder of members, on a machine whose clock the network has set."""
    monkeypatch.setattr(clocks, "SYNCHRONISED", tmp_path)
    (tmp_path / "card.key").write_text(KEY, encoding="ascii")
    (tmp_path / "members").mkdir()
    (tmp_path / "members" / "members.csv").write_text("id,first_name,status\n", encoding="utf-8")
    (tmp_path / "members" / "cards.csv").write_text("card,member\n", encoding="utf-8")
    file = tmp_path / "kiosk.toml"
    file.write_text(
        '[terminal]\nname = "accueil"\ndata_dir = "data"\nruntime_dir = "run"\n'
        '[cards]\nkey_file = "card.key"\nkey_id = "7"\n'
        '[backend]\nkind = "folder"\nfolder = "members"\n',
        encoding="utf-8",
    )
    return file


@contextmanager
def store_of(config, post=lambda _event: None):
    store = Store(config.parent / "data", post, SystemClock())
    store.start()
    try:
        yield store
    finally:
        store.request_stop()
        assert store.join()


def fact(kind, **columns):
    clock = SystemClock()
    return Fact(id=FactIds()(clock.now()), kind=kind, happened=moment(clock), member_id=WHO, **columns)


def snapshot(generation=1, **more):
    shift = Shift(id=ShiftId("s1"), job="Caisse", starts_at=NOW, ends_at=NOW + timedelta(hours=3), places=2)
    return KnowledgePage(
        generation=generation,
        full=True,
        last=True,
        cursor="c",
        fetched_at=NOW,
        members=(
            Member(id=WHO, first_name="Melusine", name="Melusine Raymondin", status=Status.WARN, balance_minutes=-180),
        ),
        cards=(Card(hash=HASH, member_id=WHO, blocked=True),),
        shifts=(shift,),
        assignments=(Assignment(shift_id=shift.id, member_id=WHO, first_name="Melusine", present=True),),
        **more,
    )


def live(store):
    store.apply(snapshot()).result(PATIENCE)
    store.prefer(Preference(member_id=WHO, language="en", large_text=True)).result(PATIENCE)
    for kind, more in (
        (FactKind.PASSAGE, {}),
        (FactKind.CHECK_IN, {"shift_id": ShiftId("s1")}),
        (FactKind.REFUSAL, {"details": {"reason": "fee", "rule": "closed_account"}}),
    ):
        store.record(fact(kind, **more))
    store.journal_list().result(PATIENCE)


def files(config):
    return b"".join(file.read_bytes() for file in (config.parent / "data").iterdir() if file.is_file())


def run(monkeypatch, capsys, config, *arguments):
    return kiosk(monkeypatch, capsys, "member", *arguments, "--config", str(config))


def test_export_names_everything_recorded(monkeypatch, capsys, config, tmp_path):
    with store_of(config) as store:
        live(store)
    target = tmp_path / "dossier.txt"
    status, _, err = run(monkeypatch, capsys, config, "export", WHO, "-o", str(target))
    text = target.read_text(encoding="utf-8")

    assert (status, err) == (0, "")
    for words in (
        "« accueil »",
        "Melusine Raymondin",
        "Situation : bientôt en retard d’heures.",
        "Compteur d’heures : −3\u00a0h.",
        "Carte 1 : bloquée.",
        "Langue de l’écran : anglais.",
        "Grands caractères : oui.",
        "Caisse, le ",
        ": présence notée.",
        "Présence à un créneau, le ",
        "Entrée, le ",
        "Entrée refusée, le ",
        ", motif : cotisation à payer.",
        ", créneau s1 (en attente d’envoi au serveur).",
        "(en attente d’envoi au serveur)",
        "Gardé 90 jours.",
        "puis 30 jours",
    ):
        assert words in text, words
    assert HASH not in text
    assert target.stat().st_mode & 0o077 == 0


def test_every_kind_of_fact_and_standing_has_its_words():
    assert set(KINDS) == set(FactKind)
    assert set(STATUSES) == set(Status)
    assert set(REASONS) == {*Reason, *DeskReason}


@pytest.mark.parametrize("command", [("export", WHO, "-o", "never-written.txt"), ("forget", WHO)])
def test_who_is_not_known_is_said(monkeypatch, capsys, config, command):
    status, _, err = run(monkeypatch, capsys, config, *command)
    assert status == 1
    assert "knows nothing" in err


def test_forget_delivers_erases_and_tells_the_server(monkeypatch, capsys, config):
    with store_of(config) as store:
        live(store)
    status, out, err = run(monkeypatch, capsys, config, "forget", WHO)

    assert (status, err) == (0, "")
    # The member of the snapshot went when the folder no longer named them; what was here is erased here.
    assert "préférences : 1" in out
    assert "sous pseudonyme : 3" in out
    assert "message d’oubli qui attend" not in out
    left = files(config)
    assert [trace for trace in (b"Melusine", b"Raymondin", WHO.encode(), HASH.encode()) if trace in left] == []
    assert "number-312" in (config.parent / "members" / "checkins.csv").read_text(encoding="utf-8")


def test_forgetting_twice_does_no_harm(monkeypatch, capsys, config):
    with store_of(config) as store:
        live(store)
    assert run(monkeypatch, capsys, config, "forget", WHO)[0] == 0
    status, out, _ = run(monkeypatch, capsys, config, "forget", WHO)
    assert status == 0
    assert "sous pseudonyme : 0" in out


def test_a_coop_that_still_names_the_person_does_not_bring_them_back(monkeypatch, capsys, config):
    (config.parent / "members" / "members.csv").write_text(
        f"id,first_name,status\n{WHO},Melusine,ok\n", encoding="utf-8"
    )
    assert kiosk(monkeypatch, capsys, "sync", "--once", "--config", str(config))[0] == 0
    assert b"Melusine" in files(config)
    status, out, _ = run(monkeypatch, capsys, config, "forget", WHO)
    assert status == 0
    assert "le compte : oui" in out
    (config.parent / "members" / "cards.csv").write_text("card,member\n7:04A3C6CAE26180,number-312\n", encoding="utf-8")
    assert kiosk(monkeypatch, capsys, "sync", "--once", "--config", str(config))[0] == 0
    assert b"Melusine" not in files(config)
    assert WHO.encode() not in files(config)


def test_what_cannot_leave_stops_it_unless_told_otherwise(monkeypatch, capsys, config):
    with store_of(config) as store:
        live(store)
    shutil.rmtree(config.parent / "members")
    unreachable = 'kind = "rest"\nurl = "http://127.0.0.1:9"'
    config.write_text(config.read_text().replace('kind = "folder"\nfolder = "members"', unreachable))
    status, _, err = run(monkeypatch, capsys, config, "forget", WHO)
    assert status == 1
    assert "Rien n’est effacé" in err
    assert "--anyway" in err
    assert b"Melusine" in files(config)
    status, out, _ = run(monkeypatch, capsys, config, "forget", WHO, "--anyway")
    assert status == 0
    assert "ne partiront plus : 2" in out
    assert "jusqu’à ce que le serveur l’ait reçu" in out
    assert b"Melusine" not in files(config)


@pytest.mark.parametrize("name", ["journal.db.damaged-20260301T090000", "journal.db.before-1.2"])
def test_a_file_set_aside_is_named(monkeypatch, capsys, config, name):
    with store_of(config) as store:
        live(store)
    aside = config.parent / "data" / name
    aside.write_bytes(b"?")
    assert str(aside) in run(monkeypatch, capsys, config, "forget", WHO)[1]


def test_the_word_that_waits_behind_a_month_of_facts_is_told(monkeypatch, capsys, config):
    with store_of(config) as store:
        live(store)
        for number in range(1001):
            store.record(replace(fact(FactKind.PASSAGE), member_id=MemberId(f"someone-{number}")))
        store.journal_list().result(PATIENCE)
    shutil.rmtree(config.parent / "members")
    unreachable = 'kind = "rest"\nurl = "http://127.0.0.1:9"'
    config.write_text(config.read_text().replace('kind = "folder"\nfolder = "members"', unreachable))
    status, out, _ = run(monkeypatch, capsys, config, "forget", WHO, "--anyway")
    assert status == 0
    assert "jusqu’à ce que le serveur l’ait reçu" in out


def test_a_backup_from_before_forgets_again_when_the_server_says_so(monkeypatch, capsys, config, tmp_path):
    monkeypatch.setattr(sealing, "COST_LOG2", 4)
    monkeypatch.setenv("KIOSK_PASSPHRASE", "quatre-cents coops")
    with store_of(config) as store:
        live(store)
    backup = str(tmp_path / "coop.backup")
    assert kiosk(monkeypatch, capsys, "backup", "create", backup, "--config", str(config))[0] == 0
    assert run(monkeypatch, capsys, config, "forget", WHO)[0] == 0
    (config.parent / "data" / "journal.db").unlink()
    (tmp_path / "card.key").unlink()
    arguments = ("backup", "restore", backup, "--config", str(config), "--key-file", str(tmp_path / "new.key"))
    config.write_text(config.read_text().replace('key_file = "card.key"\n', f'key = "{KEY}"\n'))
    status, _, err = kiosk(monkeypatch, capsys, *arguments)
    assert (status, err) == (0, "")
    assert WHO.encode() in files(config)
    with store_of(config) as store:
        # The next round is a full one, and a full round names everyone who was forgotten.
        assert store.cursor().result(PATIENCE).cursor == ""
        store.apply(snapshot(2, forgotten_members=(WHO,))).result(PATIENCE)
        store.apply(snapshot(3)).result(PATIENCE)
        assert store.dossier(WHO).result(PATIENCE).is_forgotten
    assert [trace for trace in (b"Melusine", WHO.encode(), HASH.encode()) if trace in files(config)] == []


class Delivering:
    """A sync thread whose server takes everything."""

    def __init__(self, store):
        self._store = store

    def wake(self, *, fetch=False):
        del fetch
        rows = self._store.due(100)
        rows.add_done_callback(lambda done: self._store.settle({row.fact.id: Arrived() for row in done.result().rows}))


def test_a_running_terminal_forgets_by_its_control_socket(monkeypatch, capsys, config):
    posted = []
    knowledge = Knowledge()
    reactor = SimpleNamespace(
        knowledge=knowledge,
        link=SimpleNamespace(online=True, since=None),
        session=SimpleNamespace(state=None, lost=()),
        waiting=0,
        refused=0,
    )
    with store_of(config, posted.append) as store:
        live(store)
        sync = Delivering(store)

        def post(command: CommandReceived) -> None:
            answer(command, reactor, store, control, sync, runtime_dir=config.parent / "run")

        (config.parent / "run").mkdir()
        control = ControlServer(config.parent / "run" / "control.sock", post, SystemClock())
        control.start()
        try:
            status, out, err = run(monkeypatch, capsys, config, "forget", WHO)
        finally:
            control.request_stop()
            control.join()
        store.journal_list().result(PATIENCE)
        left = files(config)

    assert (status, err) == (0, "")
    assert "le compte : oui ; cartes : 1" in out
    assert any(isinstance(event, KnowledgePage) and event.forgotten_members == (WHO,) for event in posted)
    assert [trace for trace in (b"Melusine", WHO.encode(), HASH.encode()) if trace in left] == []


# ── what was learnt of a server that tells nothing unasked ────────────────────────────────────────────────────────

CLUB = MemberId("312-melusine")
BEFORE = MemberId("carte-abababababab")


@pytest.fixture
def learned(config):
    """A terminal at a server of gestion-compte that is away, and a person it has learnt of in every way there is."""
    config.write_text(
        config.read_text().replace(
            'kind = "folder"\nfolder = "members"', 'kind = "gestion-compte"\nurl = "https://coop.invalid"'
        )
    )
    memory = Memory(config.parent / "data" / MEMORY_FILE, CardHasher(bytes.fromhex(KEY), "7"))
    for id_, name in ((CLUB, "Melusine"), (MemberId("313-camille"), "Camille")):
        memory.keep_person(
            Person(
                id=id_,
                number=id_[:3],
                first_name=name,
                name=f"{name} Raymondin",
                status=Status.WARN,
                until=date(2027, 3, 1),
                balance_minutes=-180,
                due_minutes=180,
                shared=True,
                trained=frozenset({"caisse"}),
                not_numbers=frozenset({"900"}),
                learned_at=NOW,
            )
        )
    memory.keep_card(HASH, CLUB, "0420000001188", NOW)
    memory.note_came(ShiftId("20261124-16-caisse"), CLUB)
    memory.owe(ShiftId("20261124-19-menage"), CLUB, NOW)
    memory.note_late(Late(ShiftId("20261123-19-menage"), CLUB, NOW, NOW))
    memory.keep_booking(FactId("wish"), Booking(ShiftId("20261125-16-caisse"), CLUB))
    memory.rename(BEFORE, CLUB)
    memory.close()
    with store_of(config) as store:
        store.record(replace(fact(FactKind.PASSAGE), member_id=BEFORE))
        store.record(replace(fact(FactKind.REFUSAL), member_id=CLUB))
        store.prefer(Preference(member_id=BEFORE, large_text=True)).result(PATIENCE)
        store.record(replace(fact(FactKind.ROLE_GRANTED, details={"role": "coordinator"}), member_id=BEFORE))
        store.journal_list().result(PATIENCE)
    return config


def test_export_tells_what_was_learnt_too(monkeypatch, capsys, learned, tmp_path):
    target = tmp_path / "dossier.txt"
    status, _, err = run(monkeypatch, capsys, learned, "export", CLUB, "-o", str(target))
    text = target.read_text(encoding="utf-8")
    assert (status, err) == (0, "")
    for words in (
        "Melusine Raymondin",
        "Numéro d’adhésion : 312.",
        "Situation : bientôt en retard d’heures, apprise le ",
        "Jusqu’au 1er mars 2027.",
        "Reste à réserver : 3\u00a0h.",
        "Formations : caisse.",
        "ne sont pas la sienne : 900.",
        "Carte valable, vue le ",
        "Présence au créneau 20261124-16-caisse.",
        "Présence à retirer au créneau 20261124-19-menage, depuis le ",
        "Arrivée au créneau 20261123-19-menage le ",
        "Place demandée au créneau 20261125-16-caisse.",
        # Under a number of before.
        "Entrée, le ",
        "Grands caractères : oui.",
        "Rôle : coordination.",
        "Entrée refusée, le ",
    ):
        assert words in text, words
    assert HASH not in text
    assert "0420000001188" not in text
    assert "Camille" not in text


@pytest.mark.parametrize("number", [CLUB, BEFORE])
def test_forgetting_leaves_nothing_of_what_was_learnt_under_any_number(monkeypatch, capsys, learned, number):
    status, out, err = run(monkeypatch, capsys, learned, "forget", number, "--anyway")
    assert (status, err) == (0, "")
    assert "sous pseudonyme : 3" in out
    assert "avait appris du serveur en posant des questions : effacé" in out
    assert "Relance la commande sur chacun d’eux" in out
    left = files(learned)
    # The word to the server has not left, and says who.
    assert [trace for trace in (b"Melusine", HASH.encode(), b"20261123-19-menage") if trace in left] == []
    assert b"Camille" in left
    memory = sqlite3.connect(learned.parent / "data" / MEMORY_FILE)
    tables = [name for (name,) in memory.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert [table for table in tables if "312-" in str(memory.execute(f"SELECT * FROM {table}").fetchall())] == []
    memory.close()
    assert run(monkeypatch, capsys, learned, "forget", CLUB)[0] == 0


def test_every_table_that_names_a_person_is_told():
    db = sqlite3.connect(":memory:")
    db.executescript(_SCHEMA)
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    naming = {
        table for table in tables if "person" in {column for _, column, *_ in db.execute(f"PRAGMA table_info({table})")}
    }
    assert naming | {"people"} == set(_ROWS_OF)
    db.close()


def test_what_cannot_be_unlearnt_is_said(monkeypatch, capsys, learned):
    other = sqlite3.connect(learned.parent / "data" / MEMORY_FILE, isolation_level=None)
    monkeypatch.setattr("kiosk.backends.gestion_compte.memory.BUSY_SECONDS", 0.05)
    other.execute("BEGIN IMMEDIATE")
    status, _, err = run(monkeypatch, capsys, learned, "forget", CLUB, "--anyway")
    other.close()
    assert status == 1
    assert "relance la commande" in err
    status, out, _ = run(monkeypatch, capsys, learned, "forget", CLUB, "--anyway")
    assert status == 0
    assert "effacé" in out
