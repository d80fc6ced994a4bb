"""The whole reader under random faults: whatever it says, it never names a card that was not there."""

import random
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.devices.simulated import card_models
from kiosk.devices.simulated.card_models import Card
from kiosk.events import CardTapped, Event
from tests.devices.simulated.bench import FOUR, SEVEN, SEVEN_ALIKE, TEN, Bench, hash_of, hashes, reader_bench


def deck() -> list[Card]:
    return [
        card_models.classic(FOUR),
        card_models.classic(bytes.fromhex("DEADBEEE")),
        card_models.ultralight(SEVEN),
        card_models.ultralight(SEVEN_ALIKE),
        card_models.ten_byte_card(TEN),
        card_models.desfire(bytes.fromhex("04A3C6CAE26181")),
        card_models.desfire_random(),
        card_models.phone(),
    ]


class Trial:
    """A bench on which things go wrong, and the record of every uid that was really in the field."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.cards = deck()
        self.open = False
        self.present: set[bytes] = set()
        self.pending: dict[int, Callable[[], None]] = {}
        bench.chip.field.before_frame = self._before_frame

    def lay(self, number: int) -> None:
        self.bench.chip.field.lay(self.cards[number])

    def lift(self, number: int) -> None:
        self.bench.chip.field.lift(self.cards[number])

    def in_frames(self, frames: int, act: Callable[[], None]) -> None:
        self.pending[self.bench.chip.field.frames + frames] = act

    def noise(self, seed: int, chance: float) -> None:
        dice = random.Random(seed)
        self.bench.chip.faults.noise = lambda byte: byte ^ 1 << dice.randrange(8) if dice.random() < chance else byte

    def tamper(self, seed: int) -> None:
        dice = random.Random(seed)
        self.bench.chip.field.tamper = lambda data: dice.choice(
            (data, data[:-1], data + b"\x00", bytes(byte ^ dice.choice((0, 0, 0, 0x20)) for byte in data))
        )

    def reset_in(self, transfers: int) -> None:
        at = self.bench.chip.transfers + transfers
        self.bench.chip.faults.before_transfer = lambda number: self.bench.chip.reset() if number == at else None

    def fault(self, name: str, value: Any) -> None:
        setattr(self.bench.chip.faults, name, value)

    def look(self, times: int) -> None:
        for _ in range(times):
            self.present = set()
            for event in self._events():
                if isinstance(event, CardTapped):
                    assert event.hash in {hash_of(uid) for uid in self.present}, "a card that was not in the field"

    def mend(self) -> None:
        self.bench.chip.faults = type(self.bench.chip.faults)()
        self.bench.chip.field.tamper = None
        self.pending = {}

    def _events(self) -> list[Event]:
        """As the supervisor does: open, read, close where it fails."""
        try:
            if not self.open:
                self.bench.reader.open()
                self.open = True
            return list(self.bench.reader.read())
        except self.bench.reader.faults:
            self.bench.reader.close()
            self.open = False
            self.bench.clock.seconds += 1.0
            return []

    def _before_frame(self, number: int) -> None:
        if number in self.pending:
            self.pending.pop(number)()
        self.present.update(card.uid for card in self.bench.chip.field.cards)


cards = st.integers(0, 7)
steps = st.one_of(
    st.tuples(st.just("lay"), cards),
    st.tuples(st.just("lift"), cards),
    st.tuples(st.just("look"), st.integers(1, 8)),
    st.tuples(st.just("noise"), st.integers(0, 2**32), st.sampled_from([0.0005, 0.005, 0.05, 0.5])),
    st.tuples(st.just("tamper"), st.integers(0, 2**32)),
    st.tuples(st.just("reset_in"), st.integers(1, 120)),
    st.tuples(st.just("fault"), st.just("bus_level"), st.sampled_from([None, 0x00, 0xFF, 0x20, 0x92])),
    st.tuples(st.just("fault"), st.just("bus_error"), st.sampled_from([None, OSError(5, "Input/output error")])),
    st.tuples(st.just("fault"), st.sampled_from(["hot", "hung", "timer_stuck", "timer_dead"]), st.booleans()),
    st.tuples(st.just("fault"), st.just("wake_seconds"), st.sampled_from([0.0, 0.02, 1.0])),
    st.tuples(st.just("lay_in_frames"), st.integers(1, 8), cards),
    st.tuples(st.just("lift_in_frames"), st.integers(1, 8), cards),
    st.tuples(st.just("mend")),
)


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, max_size=25))
def test_reader_never_names_a_card_that_was_not_there_and_reads_again_once_mended(plan: list[tuple[Any, ...]]) -> None:
    with reader_bench() as bench:
        trial = Trial(bench)
        for verb, *arguments in plan:
            if verb == "lay_in_frames":
                trial.in_frames(arguments[0], lambda number=arguments[1]: trial.lay(number))
            elif verb == "lift_in_frames":
                trial.in_frames(arguments[0], lambda number=arguments[1]: trial.lift(number))
            else:
                getattr(trial, verb)(*arguments)
            if verb not in {"look", "mend"}:
                trial.look(2)
        trial.mend()
        bench.chip.field.clear()
        trial.look(60)
        assert trial.open
        assert hashes(bench.tap(card_models.ultralight(SEVEN))) == [hash_of(SEVEN)]
