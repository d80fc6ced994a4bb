"""What a terminal keeps of a person beside its store: gestion-compte tells nothing unasked, so answers are kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kiosk.app_parts import make_hasher
from kiosk.backends.gestion_compte.backend import MEMORY_FILE
from kiosk.backends.gestion_compte.memory import Memory
from kiosk.config import Config
from kiosk.errors import BackendUnavailable
from kiosk.types import MemberId

Learned = dict[str, list[dict[str, Any]]]


@contextmanager
def _memory(config: Config) -> Iterator[Memory | None]:
    """The file, which a running terminal may have open too; None where there is none."""
    path = config.terminal.data_dir / MEMORY_FILE
    if config.backend.kind != "gestion-compte" or not path.exists():
        yield None
        return
    memory = Memory(path, make_hasher(config))
    try:
        yield memory
    finally:
        memory.close()


def numbers_of(config: Config, member_id: str) -> tuple[str, ...]:
    """The number under which the person is known now, and those of before: a card came first, or a surname was learnt.

    Raises:
        KioskError: the file cannot be read.
    """
    with _memory(config) as memory:
        if memory is None:
            return (member_id,)
        current = memory.current(MemberId(member_id))
        return (current, *memory.former(current))


def learned_of(config: Config, member_id: str) -> Learned:
    """Every row that names this person, by table; nothing where there is none.

    Raises:
        KioskError: the file cannot be read.
    """
    with _memory(config) as memory:
        return {} if memory is None else memory.rows_of(MemberId(member_id))


def unlearn(config: Config, member_id: str) -> bool:
    """Leave nothing of this person; False when the disk, or the running terminal, did not let that be done."""
    try:
        with _memory(config) as memory:
            if memory is not None:
                memory.forget(MemberId(member_id))
    except BackendUnavailable:
        return False
    return True
