"""Fixtures: each coop is made once, and each test begins with it as it was made."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backends.odoo import coops
from tests.backends.odoo.coops import OdooCoop, Seeded
from tests.backends.rigs import write_coop


@pytest.fixture(scope="session")
def coop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_coop(tmp_path_factory.mktemp("odoo-coop"))


@pytest.fixture(scope="session")
def seeded_louve(coop_folder: Path) -> Seeded:
    return coops.foodcoop(coop_folder)


@pytest.fixture
def louve(seeded_louve: Seeded, coop_folder: Path) -> Iterator[OdooCoop]:
    with seeded_louve.coop(coop_folder=coop_folder) as coop:
        yield coop


@pytest.fixture(scope="session")
def seeded_bees(coop_folder: Path) -> Seeded:
    return coops.obeesdoo(coop_folder)


@pytest.fixture
def bees(seeded_bees: Seeded) -> Iterator[OdooCoop]:
    with seeded_bees.coop() as coop:
        yield coop


@pytest.fixture(scope="session")
def seeded_bees_without_sheets(coop_folder: Path) -> Seeded:
    return coops.obeesdoo(coop_folder, with_sheets=False)


@pytest.fixture
def bees_without_sheets(seeded_bees_without_sheets: Seeded) -> Iterator[OdooCoop]:
    with seeded_bees_without_sheets.coop() as coop:
        yield coop


@pytest.fixture(scope="session")
def seeded_alone(coop_folder: Path) -> Seeded:
    return coops.plain(coop_folder)


@pytest.fixture
def alone(seeded_alone: Seeded) -> Iterator[OdooCoop]:
    with seeded_alone.coop() as coop:
        yield coop
