"""The tables of the doorway's four machines."""

from itertools import product
from typing import get_args

import pytest

from kiosk.rules.door import TABLES
from kiosk.rules.door_states import DoorEvent
from kiosk.rules.door_tables import leads_to
from tests.rules.door.bench import MACHINES


@pytest.mark.parametrize(("name", "states", "ignores"), MACHINES, ids=[name for name, *_ in MACHINES])
def test_every_state_decides_on_every_event(name: str, states: object, ignores: frozenset) -> None:
    pairs = set(product(get_args(states), get_args(DoorEvent)))
    assert set(TABLES[name]) | ignores == pairs
    assert not set(TABLES[name]) & ignores


@pytest.mark.parametrize(("name", "states", "ignores"), MACHINES, ids=[name for name, *_ in MACHINES])
def test_every_entry_names_the_states_it_may_lead_to(name: str, states: object, ignores: frozenset) -> None:
    del ignores
    assert all(leads_to(act) <= set(get_args(states)) for act in TABLES[name].values())
