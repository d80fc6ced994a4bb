"""A cold start from the office's exports and a list of cards."""

from pathlib import Path

import pytest

from kiosk.backends.gestion_compte.imports import Importer, Row, read_list
from kiosk.backends.gestion_compte.memory import Memory
from kiosk.backends.gestion_compte.settings import Settings
from kiosk.types import Status
from tests.backends.gestion_compte.shops import (
    ALIX,
    CAMILLE,
    HASHER,
    TILL,
    alix,
    at,
    badge,
    card,
    opened,
    person_id,
)

MEMBERS = """Numéro de membre,Prénom,Nom,Email,Téléphone,Compteur de temps,Formations
1,Alix,Morvan,alix@example.org,0601020304,3,"Caisse, Vrac"
4,Camille,Dupont,camille@example.org,,-2,
129,Soline,Aubry,soline@example.org,,0,
129,Rachid,Aubry,rachid@example.org,,0,
5,Odile,Grandin,odile@example.org,,0,
x,Personne,,,,,
"""
CARDS = """carte;numéro;prénom
{alix};1;
042000000004;4;
4:9C41D70B;129;Rachid
7:04A3C6CAE26180;129;
0420000000001;4;
{alix};4;
0420000001188;77;
"""


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "memory.db", HASHER)


def run(memory: Memory, tmp_path: Path, *, keep: bool = True):
    (tmp_path / "membres.csv").write_text(MEMBERS, encoding="utf-8-sig")
    (tmp_path / "fermes.csv").write_text("Numéro de membre,Prénom\n5,Odile\n", encoding="utf-8")
    (tmp_path / "cartes.csv").write_text(CARDS.format(alix=badge(1).removeprefix("ean:")), encoding="utf-8")
    importer = Importer(memory, HASHER, Settings(), at(9))
    return importer.run(
        read_list(tmp_path / "membres.csv"),
        {Status.LEFT: read_list(tmp_path / "fermes.csv")},
        read_list(tmp_path / "cartes.csv"),
        keep=keep,
    )


def test_people_are_known_with_standing_counter_and_trainings(memory: Memory, tmp_path: Path) -> None:
    report = run(memory, tmp_path)
    assert report.people == 5
    alix_known = memory.person(alix())
    assert (alix_known.name, alix_known.balance_minutes, alix_known.trained) == (
        "Alix Morvan",
        180,
        {"Caisse", "Vrac"},
    )
    assert memory.person(person_id("4", "Camille")).status is Status.WARN
    assert memory.person(person_id("5", "Odile")).status is Status.LEFT
    assert memory.person(person_id("129", "Rachid")).shared
    assert not alix_known.shared


def test_cards_are_known_in_every_form_they_are_listed_in(memory: Memory, tmp_path: Path) -> None:
    report = run(memory, tmp_path)
    assert report.cards == 3
    assert memory.card(card(1)).person == alix()
    assert memory.card(HASHER.hash_canonical("ean:0420000000044")).person == person_id("4", "Camille")
    rachid = memory.card(HASHER.hash_canonical("4:9C41D70B"))
    assert rachid.person == person_id("129", "Rachid")
    assert rachid.code.startswith("04")


def test_every_doubtful_line_is_told_by_its_place_and_no_name(memory: Memory, tmp_path: Path) -> None:
    problems = run(memory, tmp_path).problems
    assert [problem.partition(":")[0] for problem in problems] == [
        "membres.csv, line 7",
        "cartes.csv, line 5",
        "cartes.csv, line 6",
        "cartes.csv, line 7",
        "cartes.csv, line 8",
    ]
    assert not any(name in "".join(problems) for name in ("Alix", "Aubry", badge(1).removeprefix("ean:")))


@pytest.mark.parametrize(
    ("counter", "minutes"), [("-2", -120), ("", None), ("--5", None), ("9" * 5000, None), ("²", None)]
)
def test_counter_that_is_no_number_of_hours_is_left_out(memory: Memory, tmp_path: Path, counter, minutes) -> None:
    rows = (Row("membres.csv", 2, {"numero": "4", "prenom": "Camille", "compteur": counter}),)
    Importer(memory, HASHER, Settings(), at(9)).run(rows, {}, ())
    assert memory.person(person_id("4", "Camille")).balance_minutes == minutes


def test_two_of_one_number_and_first_name_are_told(memory: Memory) -> None:
    rows = [
        Row("membres.csv", line, {"numero": "4", "prenom": "Camille", "nom": name})
        for line, name in ((2, "A"), (3, "B"))
    ]
    report = Importer(memory, HASHER, Settings(), at(9)).run(rows, {}, ())
    assert report.problems == [
        "membres.csv, line 3: has the number and the first name of a line above: only that one counts"
    ]
    assert memory.person(person_id("4", "Camille")).name == "Camille A"


def test_mail_and_telephone_are_not_kept(memory: Memory, tmp_path: Path) -> None:
    run(memory, tmp_path)
    memory.close()
    content = (tmp_path / "memory.db").read_bytes()
    assert b"example.org" not in content
    assert b"0601020304" not in content


def test_trial_run_keeps_nothing(memory: Memory, tmp_path: Path) -> None:
    assert run(memory, tmp_path, keep=False).people == 5
    assert memory.people() == ()


def test_scan_that_is_newer_than_the_list_stays(memory: Memory, tmp_path: Path) -> None:
    with opened(tmp_path / "terminal", at(12)) as shop:
        shop.pull()
        shop.ask(CAMILLE)
        run(shop.backend._memory, tmp_path)
        camille = shop.backend._memory.person(person_id("4", "Camille"))
        assert camille.name == "Camille Dupont"
        shop.pull()
        assert shop.knowledge.card(card(CAMILLE)) is not None


def test_worker_of_the_list_is_asked_at_the_first_sight_of_the_card(memory: Memory, tmp_path: Path) -> None:
    with opened(tmp_path / "terminal") as shop:
        run(shop.backend._memory, tmp_path)
        shop.pull()
        assert shop.knowledge.card(card(ALIX)).member_id == alix()
        assert shop.present(TILL, alix()) is False
        assert not shop.is_carried_out(1)


def test_list_that_a_spreadsheet_on_windows_has_saved_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes("carte;numéro;prénom\r\n0420000000044;129;Zoé\r\n".encode("cp1252"))
    [row] = read_list(tmp_path / "x.csv")
    assert row.cells == {"carte": "0420000000044", "numero": "129", "prenom": "Zoé"}


def codes_of(memory: Memory, *cells: str) -> list[str]:
    people = [Row("m", line, {"numero": str(line), "prenom": "A"}) for line in range(len(cells))]
    cards = [Row("c", line, {"carte": cell, "numero": str(line)}) for line, cell in enumerate(cells)]
    Importer(memory, HASHER, Settings(), at(9)).run(people, {}, cards)
    return sorted(card.code for card in memory.cards())


def test_zero_that_a_spreadsheet_has_lost_is_put_back(memory: Memory) -> None:
    whole = [badge(number).removeprefix("ean:") for number in (1, 4, 129)]
    assert codes_of(memory, *(code.removeprefix("0") for code in whole)) == sorted(whole)


def test_number_that_was_mistyped_does_not_change_how_the_others_are_read(memory: Memory) -> None:
    whole = [badge(number).removeprefix("ean:") for number in (1, 4, 129)]
    assert codes_of(memory, *(code.removeprefix("0") for code in whole), "420000000043") == sorted(whole)


def test_twelve_digits_that_the_server_keeps_get_their_check_digit(memory: Memory) -> None:
    whole = ["2100000000050", "2100000000067", "2100000000074"]
    assert codes_of(memory, *(code[:12] for code in whole)) == whole


def test_list_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError):
        list(read_list(tmp_path / "x.csv"))
