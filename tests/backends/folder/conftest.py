"""A folder of the small coop that a test may spoil, and a terminal that has read it."""

import shutil
from pathlib import Path

import pytest

from tests.backends.rigs import FolderRig, Terminal


@pytest.fixture
def rig(coop: Path, tmp_path: Path) -> FolderRig:
    return FolderRig(Path(shutil.copytree(coop, tmp_path / "coop")))


@pytest.fixture
def terminal(rig: FolderRig) -> Terminal:
    terminal = Terminal(rig.backend)
    terminal.pull()
    return terminal
