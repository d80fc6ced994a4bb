"""A coordinator's lists and the numbers of cards, from the command line."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.backends.gestion_compte.backend import MEMORY_FILE
from kiosk.backends.gestion_compte.memory import Memory
from kiosk.backends.gestion_compte.people import Late
from kiosk.backends.gestion_compte.slots import person_id
from kiosk.devices.cards import CardHasher
from kiosk.types import ShiftId, Status
from tests.configuring import KEY
from tests.test_cli import kiosk

HASHER = CardHasher(bytes.fromhex(KEY), "1")


@pytest.fixture
def config(tmp_path):
    (tmp_path / "card.key").write_text(KEY, encoding="ascii")
    file = tmp_path / "kiosk.toml"
    file.write_text(
        '[terminal]\ndata_dir = "data"\n[cards]\nkey_file = "card.key"\n'
        '[backend]\nkind = "gestion-compte"\nurl = "https://coop.example"\n',
        encoding="utf-8",
    )
    for name, text in (
        ("membres.csv", "Numéro de membre,Prénom,Nom\n4,Camille,Dupont\n5,Odile,Grandin\n"),
        ("geles.csv", "Numéro de membre,Prénom\n5,Odile\n"),
        ("cartes.csv", "carte;numéro\n042000000004;4\n"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return file


def imported(monkeypatch, capsys, config, *more):
    lists = [f"--{name}={config.with_name(file)}" for name, file in more if file]
    flags = [name for name, file in more if not file]
    return kiosk(monkeypatch, capsys, "gestion-compte", "import", *lists, *flags, "--config", str(config))


def people(config):
    memory = Memory(config.with_name("data") / MEMORY_FILE, HASHER)
    try:
        return {person.name: person.status for person in memory.people()}, len(memory.cards())
    finally:
        memory.close()


def test_lists_are_read_in_at_once(monkeypatch, capsys, config):
    lists = (("members", "membres.csv"), ("frozen", "geles.csv"), ("cards", "cartes.csv"))
    assert imported(monkeypatch, capsys, config, *lists) == (0, "2 people, 1 cards: kept.\n", "")
    assert people(config) == ({"Camille Dupont": Status.OK, "Odile Grandin": Status.FROZEN}, 1)


def test_cards_can_be_read_in_later(monkeypatch, capsys, config):
    assert imported(monkeypatch, capsys, config, ("members", "membres.csv"))[0] == 0
    assert imported(monkeypatch, capsys, config, ("cards", "cartes.csv"))[0] == 0
    assert people(config)[1] == 1


def test_a_dry_run_keeps_nothing(monkeypatch, capsys, config):
    status, out, _ = imported(monkeypatch, capsys, config, ("members", "membres.csv"), ("--dry-run", None))
    assert (status, out) == (0, "2 people, 0 cards: nothing was kept.\n")
    assert people(config) == ({}, 0)


def test_a_line_that_fits_nothing_is_named_by_its_place(monkeypatch, capsys, config):
    status, out, err = imported(monkeypatch, capsys, config, ("cards", "cartes.csv"))
    assert (status, out) == (1, "0 people, 0 cards: kept.\n")
    assert err == "cartes.csv, line 2: is of no known member\n"


def test_without_a_list_there_is_nothing_to_do(monkeypatch, capsys, config):
    status, _, err = imported(monkeypatch, capsys, config)
    assert status == 2
    assert "name at least one list" in err


def test_what_is_no_list_is_said_so(monkeypatch, capsys, config):
    config.with_name("membres.csv").write_bytes(b"\xff\xfe\x00")
    status, _, err = imported(monkeypatch, capsys, config, ("members", "membres.csv"))
    assert status == 1
    assert "cannot be read as a list" in err


@pytest.mark.parametrize("uid", ["DEADBEEF", "de:ad:be:ef", "4:DEADBEEF"])
def test_the_number_of_a_short_uid_is_that_of_any_reader(monkeypatch, capsys, config, uid):
    assert kiosk(monkeypatch, capsys, "gestion-compte", "code", uid, "--config", str(config)) == (
        0,
        "0437359285596\n",
        "",
    )


def test_uids_are_taken_from_a_reader_that_types(monkeypatch, capsys, config):
    typed = b"DEADBEEF\n\n04A3C6CAE26180\n"
    status, out, _ = kiosk(monkeypatch, capsys, "gestion-compte", "code", "--config", str(config), stdin=typed)
    first, second = out.split()
    assert (status, first) == (0, "0437359285596")
    assert second.startswith("04")
    assert len(second) == 13


@pytest.mark.parametrize("text", ["DEADBE", "nothing", "5:DEADBEEF"])
def test_what_is_no_uid_has_no_number(monkeypatch, capsys, config, text):
    status, out, err = kiosk(monkeypatch, capsys, "gestion-compte", "code", text, "--config", str(config))
    assert (status, out) == (1, "")
    assert "is no uid" in err


def test_late_presences_are_listed_with_their_true_time(monkeypatch, capsys, config):
    imported(monkeypatch, capsys, config, ("members", "membres.csv"))
    memory = Memory(config.with_name("data") / MEMORY_FILE, HASHER)
    shift, came = ShiftId("20261124-1600-1900-mise-en-rayon"), datetime(2026, 11, 24, 15, 4, tzinfo=UTC)
    memory.note_late(Late(shift, person_id("4", "Camille"), came, came + timedelta(hours=17)))
    memory.note_late(Late(shift, person_id("9", "Inconnue"), came, came + timedelta(hours=17)))
    memory.close()
    status, out, _ = kiosk(monkeypatch, capsys, "gestion-compte", "late", "--config", str(config))
    assert status == 0
    assert sorted(out.splitlines()) == [
        "2026-11-24 16:00-19:00  mise en rayon      2026-11-24 16:04  2026-11-25 09:04",
        "2026-11-24 16:00-19:00  mise en rayon  4  Camille Dupont  2026-11-24 16:04  2026-11-25 09:04",
    ]
    _, out, _ = kiosk(monkeypatch, capsys, "gestion-compte", "late", "--json", "--config", str(config))
    assert {row["came_at"] for row in map(json.loads, out.splitlines())} == {"2026-11-24 16:04"}
