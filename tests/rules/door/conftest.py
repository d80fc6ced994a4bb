"""A shut door."""

import pytest

from tests.rules.door.bench import Bench, found


@pytest.fixture
def door() -> Bench:
    return Bench(found(is_open=False, now_seconds=1000.0))
