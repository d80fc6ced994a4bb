from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.stop()
