"""Every backend over the same small coop, for the contract that all of them keep."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backends.gestion_compte.contract_rig import GestionCompteRig
from tests.backends.odoo.contract_rig import OdooRig
from tests.backends.rigs import FolderRig, RestRig, Rig, Terminal, opened, write_coop


@pytest.fixture(scope="module")
def coop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_coop(tmp_path_factory.mktemp("coop"))


RIGS = {"folder": FolderRig, "rest": RestRig, "odoo": OdooRig, "gestion-compte": GestionCompteRig}
SERVED = {name: rig for name, rig in RIGS.items() if name != "folder"}


@pytest.fixture(params=RIGS.values(), ids=RIGS)
def rig(request: pytest.FixtureRequest, coop: Path, tmp_path: Path) -> Iterator[Rig]:
    for name in (request.node.originalname, request.node.name):
        if name in request.param.not_promised:
            pytest.skip(request.param.not_promised[name])
    folder = Path(shutil.copytree(coop, tmp_path / "coop"))
    with opened(request.param(folder)) as rig:
        yield rig


@pytest.fixture
def terminal(rig: Rig) -> Terminal:
    terminal = Terminal(rig.backend)
    assert terminal.pull()
    return terminal


@pytest.fixture(params=SERVED.values(), ids=SERVED)
def served(request: pytest.FixtureRequest, coop: Path, tmp_path: Path) -> Iterator[Rig]:
    """The backends that have a server."""
    with opened(request.param(Path(shutil.copytree(coop, tmp_path / "coop")))) as rig:
        yield rig
