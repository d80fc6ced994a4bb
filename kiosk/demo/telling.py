"""What is told to the demo's terminal before it first runs, where its server has no place for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kiosk.clock import Clock, moment
from kiosk.demo.cast import CAST, Character
from kiosk.ids import FactIds
from kiosk.store.cards import Preference
from kiosk.store.thread import Store
from kiosk.types import Fact, FactKind, MemberId, Role

STORE_SECONDS: Final = 10.0


class Telling:
    """The terminal's store, while nobody else has it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._new_id = FactIds()

    def record(self, kind: FactKind, member: MemberId, **details: object) -> None:
        fact_id = self._new_id(self._clock.now())
        fact = Fact(id=fact_id, kind=kind, happened=moment(self._clock), member_id=member, details=details)
        self._store.record(fact)

    def introduce(self, member_of: Callable[[Character], MemberId]) -> None:
        """Note who of the cast may what, and who needs what; ``member_of``: how the terminal knows each."""
        for person in CAST:
            member = member_of(person)
            if person.role is not Role.MEMBER:
                self.record(FactKind.ROLE_GRANTED, member, role=person.role.value, by=None)
            self._note_wishes(person, member)

    def _note_wishes(self, person: Character, member: MemberId) -> None:
        """Note who wants which language, large text or a longer pulse."""
        wish = Preference(
            member_id=member,
            language=person.language or None,
            large_text=person.large_text or None,
            long_pulse=person.long_pulse or None,
        )
        self._store.prefer(wish).result(STORE_SECONDS)


@contextmanager
def telling(data: Path, clock: Clock) -> Iterator[Telling]:
    """Tell the terminal whose data are in this folder, and that does not run."""
    store = Store(data, lambda _event: None, clock)
    store.start()
    try:
        yield Telling(store, clock)
    finally:
        store.request_stop()
        store.join()
