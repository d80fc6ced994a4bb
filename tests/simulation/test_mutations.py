"""What is broken on purpose is noticed, by the promise named for it."""

import pytest

from kiosk.simulation.mutations import MUTATIONS
from kiosk.simulation.wish import Wish
from kiosk.simulation.witness import every_promise
from kiosk.simulation.world import simulate

SEEDS = range(1, 7)
"""What has to happen for a mistake to show does not happen on every day."""


def test_every_promise_has_a_mutation_that_it_must_notice():
    assert {mutation.promise for mutation in MUTATIONS.values()} == {promise.__name__ for promise in every_promise()}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_is_noticed_by_its_promise(name):
    mutation = MUTATIONS[name]
    for seed in SEEDS:
        wish = Wish(
            seed=seed,
            days=mutation.days,
            members=60,
            visits=mutation.visits,
            faults=mutation.faults,
            terminals=1,
            mend=mutation.breaks,
        )
        broken = simulate(wish).broken
        if broken is not None:
            assert broken.promise == mutation.promise, str(broken)
            return
    raise AssertionError("nobody has noticed")
