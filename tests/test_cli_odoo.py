from pathlib import Path

import pytest

from kiosk.demo.fake_odoo.foodcoop import TIME_CLOCK
from tests.backends.odoo import coops
from tests.backends.odoo.coops import NAME, SECRET, OdooCoop, Seeded
from tests.backends.rigs import write_coop
from tests.configuring import KEY
from tests.test_cli import kiosk


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return coops.foodcoop(write_coop(tmp_path_factory.mktemp("coop")))


@pytest.fixture
def louve(seeded: Seeded):
    with seeded.coop() as coop:
        yield coop


@pytest.fixture
def config(tmp_path: Path, louve: OdooCoop) -> str:
    file = tmp_path / "kiosk.toml"
    file.write_text(
        f'[cards]\nkey = "{KEY}"\n[backend]\nkind = "odoo"\nurl = "{louve.server.url}"\ntoken = "{SECRET}"\n'
        f'[odoo]\ndatabase = "{NAME}"\nlogin = "borne"\ngrace = true\n'
        "[policy]\nhours_late_block = true\nleave_blocks = true\n",
        encoding="utf-8",
    )
    return str(file)


def test_check_tells_what_stands_there_and_whose_card_it_is(monkeypatch, capsys, config) -> None:
    status, out, _ = kiosk(monkeypatch, capsys, "odoo", "check", "ean:0420000001188", "--config", config)
    assert status == 0
    assert "12.0" in out
    assert "foodcoop" in out
    assert "Thomas Ballet: ok" in out


def test_check_names_what_is_missing(monkeypatch, capsys, config, louve: OdooCoop) -> None:
    user = louve.database.users[8]
    louve.database.users[8] = type(user)(id=8, login=user.login, secret=user.secret, groups=frozenset({TIME_CLOCK}))
    status, out, err = kiosk(monkeypatch, capsys, "odoo", "check", "--config", config)
    assert status == 1
    assert "roster" not in out
    assert "coop_shift.group_shift_user" in err


def test_check_of_a_wrong_key_says_so(monkeypatch, capsys, config, louve: OdooCoop) -> None:
    louve.database.users.clear()
    status, _, err = kiosk(monkeypatch, capsys, "odoo", "check", "--config", config)
    assert (status, "login or the password" in err) == (1, True)


def test_grace_is_granted_by_hand(monkeypatch, capsys, config) -> None:
    status, out, _ = kiosk(monkeypatch, capsys, "odoo", "grace", "96", "--config", config)
    assert (status, out) == (0, "granted, until 2026-12-08\n")
    status, _, err = kiosk(monkeypatch, capsys, "odoo", "grace", "312", "--config", config)
    assert (status, "no grace period" in err) == (1, True)


def test_grace_is_off_unless_the_coop_wants_it(monkeypatch, capsys, config, louve: OdooCoop) -> None:
    file = Path(config)
    file.write_text(file.read_text(encoding="utf-8").replace("grace = true\n", ""), encoding="utf-8")
    status, _, err = kiosk(monkeypatch, capsys, "odoo", "grace", "96", "--config", config)
    assert (status, "[odoo] grace is false" in err) == (1, True)
    assert louve.server.calls == []


def test_another_backend_is_none_of_its_business(monkeypatch, capsys, tmp_path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(f'[cards]\nkey = "{KEY}"\n', encoding="utf-8")
    status, _, err = kiosk(monkeypatch, capsys, "odoo", "check", "--config", str(file))
    assert (status, "folder" in err) == (1, True)
