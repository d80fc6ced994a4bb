import pytest

from kiosk import config
from kiosk.app_odoo import habits_of, rpc_of
from kiosk.app_parts import make_backend
from kiosk.backends.odoo.backend import OdooBackend
from kiosk.backends.odoo.habits import Habits
from kiosk.backends.odoo.rpc import Json2, JsonRpc
from kiosk.clock import AdjustableClock
from kiosk.devices.cards import CardHasher
from tests.configuring import KEY, faults_of

BACKEND = '[backend]\nkind = "odoo"\nurl = "https://coop.example"\ntoken = "an API key"\n'
ODOO = '[odoo]\ndatabase = "coop"\nlogin = "borne"\n'
POLICY = "[policy]\nhours_late_block = true\nleave_blocks = true\n"


def parsed(*parts: str):
    return config.parse("\n".join(parts), environ={})


def test_terminal_speaks_to_the_odoo_that_is_configured() -> None:
    whole = parsed(BACKEND, ODOO, POLICY, f'[cards]\nkey = "{KEY}"')
    backend = make_backend(whole, CardHasher(bytes.fromhex(KEY), "1"), AdjustableClock())
    assert isinstance(backend, OdooBackend)
    assert isinstance(rpc_of(whole), JsonRpc)
    backend.close()


def test_json2_needs_no_login() -> None:
    assert isinstance(rpc_of(parsed(BACKEND, '[odoo]\nprotocol = "json2"', POLICY)), Json2)


def test_defaults_of_the_habits_are_those_of_the_file() -> None:
    assert habits_of(config.load(None, environ={})) == Habits()


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        (('[backend]\nkind = "odoo"\ntoken = "k"', ODOO, POLICY), '[backend] kind is "odoo": then url has to say'),
        (('[backend]\nkind = "odoo"\nurl = "https://c.example"', ODOO, POLICY), "token_file has to hold"),
        ((BACKEND, '[odoo]\nlogin = "borne"', POLICY), "[odoo] database has to be written"),
        ((BACKEND, '[odoo]\ndatabase = "coop"', POLICY), "[odoo] login has to be written"),
        ((BACKEND, ODOO, "[policy]\nleave_blocks = true"), "[policy] hours_late_block must be true with an Odoo"),
        ((BACKEND, ODOO, "[policy]\nhours_late_block = true"), "[policy] leave_blocks must be true with an Odoo"),
        ((BACKEND, ODOO, POLICY + 'blocking = ["left"]'), "[policy] blocking must name all four"),
    ],
)  # fmt: skip
def test_what_an_odoo_needs_is_asked_for(parts: tuple[str, ...], fault: str) -> None:
    assert fault in "\n".join(faults_of("\n".join(parts)))
