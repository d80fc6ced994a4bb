"""What the commands look up: at the running terminal through its socket, else in the files under their lock."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import Any

from kiosk import explaining
from kiosk.app_door import make_door_memory
from kiosk.app_parts import control_path, make_backend, make_hasher
from kiosk.clock import Clock, SystemClock
from kiosk.commands import STORE_COMMANDS, jar_rows, plain
from kiosk.config import Config
from kiosk.control import NotRunning, ask
from kiosk.devices.cards import CardHasher
from kiosk.errors import KioskError
from kiosk.events import Event, KnowledgeConfirmed, KnowledgePage, ServerLost
from kiosk.explaining import NobodyError
from kiosk.rules.access import Question
from kiosk.rules.knowledge import Knowledge
from kiosk.store.thread import Store
from kiosk.sync import Sync
from kiosk.types import Card, CardHash, Jar

ANSWER_SECONDS = 10.0


def store_command(config: Config, name: str, arguments: Mapping[str, object], seconds: float = ANSWER_SECONDS) -> Any:
    """The answer to one of :data:`~kiosk.commands.STORE_COMMANDS`, which takes at most ``seconds`` on the files.

    Raises:
        KioskError: nobody can answer, in words.
    """
    try:
        return ask(control_path(config), name, arguments)["value"]
    except NotRunning:
        with opened(config, SystemClock()) as (store, _):
            return plain(STORE_COMMANDS[name](store, arguments).result(seconds))


def known_jars(config: Config) -> list[dict[str, Any]]:
    """Every jar that the terminal knows, as rows.

    Raises:
        KioskError: nobody can answer, in words.
    """
    try:
        rows: list[dict[str, Any]] = ask(control_path(config), "jars list", {})["value"]
    except NotRunning:
        with opened(config, SystemClock()) as (store, events):
            # What the disk holds is posted first.
            store.cursor().result(ANSWER_SECONDS)
            knowledge = Knowledge()
            while not events.empty():
                event = events.get()
                if isinstance(event, KnowledgePage):
                    knowledge.apply(event)
            knowledge.apply(_page_of(store.jars().result(ANSWER_SECONDS)))
            return jar_rows(knowledge.jars.values())
    return rows


def _page_of(jars: tuple[Jar, ...]) -> KnowledgePage:
    return KnowledgePage(generation=0, full=False, last=False, cursor="", fetched_at=datetime.now(UTC), jars=jars)


def sync_once(config: Config) -> tuple[str, bool]:
    """Deliver and fetch: what to say of it, and whether it went well.

    Raises:
        KioskError: nobody can do it, in words.
    """
    try:
        waiting = ask(control_path(config), "sync", {})["waiting"]
    except NotRunning:
        return _sync_here(config)
    return f"the terminal is at it; {waiting} rows waited", True


def _sync_here(config: Config) -> tuple[str, bool]:
    clock = SystemClock()
    with opened(config, clock) as (store, events):
        # What the disk holds is posted first; only what comes after it is an answer of the server.
        store.cursor().result(ANSWER_SECONDS)
        while not events.empty():
            events.get()
        backend = make_backend(config, make_hasher(config), clock)
        sync = Sync(backend, store, events.put, clock)
        sync.start()
        try:
            return _outcome(store, events, config.backend.timeout_seconds + ANSWER_SECONDS)
        finally:
            sync.request_stop()
            sync.join()
            backend.close()


def _outcome(store: Store, events: SimpleQueue[Event], seconds: float) -> tuple[str, bool]:
    """What became of one round: it ends with the last page, with no change, or with the server lost."""
    members = 0
    while True:
        try:
            event = events.get(timeout=seconds)
        except Empty:
            return "the server did not answer in time", False
        if isinstance(event, ServerLost):
            return f"the server does not answer ({event.fault}); what waits goes on waiting", False
        if isinstance(event, KnowledgePage):
            members += len(event.members)
        if isinstance(event, KnowledgeConfirmed) or (isinstance(event, KnowledgePage) and event.last):
            waiting = len(store.outbox_list().result(ANSWER_SECONDS))
            return f"{members} members fetched, {waiting} rows still waiting", True


@contextmanager
def opened(config: Config, clock: Clock) -> Iterator[tuple[Store, SimpleQueue[Event]]]:
    """The store of a terminal that does not run."""
    events: SimpleQueue[Event] = SimpleQueue()
    store = Store(config.terminal.data_dir, events.put, clock, config.terminal.timezone)
    store.start()
    try:
        yield store, events
    finally:
        store.request_stop()
        store.join()


def explain(config: Config, who: str, at: datetime | None) -> dict[str, Any]:
    """One access decision: verdict, reason, the rule that made it, the settings it goes by, the age of what it knew.

    A running terminal is asked what it would decide. Without one the members are asked of the backend itself: the
    answer is that of a terminal that has just heard from it, and knows nothing of its own.

    Args:
        config: the terminal's.
        who: a card in canonical form, or a member's number.
        at: local time; now without it.

    Raises:
        KioskError: nobody has that card or number, or the backend does not answer.
    """
    hasher = make_hasher(config)
    try:
        hash_ = explaining.hash_of(who, hasher.hash_canonical)
        moment = None if at is None else at.replace(tzinfo=config.terminal.timezone)
        asked = {"who": who, "hash": hash_, "at": None if moment is None else moment.isoformat()}
        try:
            return ask(control_path(config), "decide", asked)
        except NotRunning:
            return _explain_here(config, hasher, who, hash_, moment)
    except NobodyError as nobody:
        raise KioskError(str(nobody)) from None


def _explain_here(
    config: Config, hasher: CardHasher, who: str, hash_: CardHash | None, at: datetime | None
) -> dict[str, Any]:
    clock = SystemClock()
    knowledge = Knowledge()
    backend = make_backend(config, hasher, clock)
    try:
        cursor = ""
        while isinstance(page := backend.fetch(cursor, 1), KnowledgePage):
            knowledge.apply(page)
            cursor = page.cursor
            if page.last:
                break
    finally:
        backend.close()
    found = explaining.find(knowledge, who, hash_)
    if isinstance(found, Card):
        return explaining.explain_blocked(found)
    memory = make_door_memory(config, clock)
    return explaining.explain(
        Question(
            member=found,
            account=knowledge.account_of(found),
            knowledge=knowledge,
            policy=config.policy,
            now=at or clock.now(),
            zone=config.terminal.timezone,
            online=True,
            trust=clock.trust(),
            kind=explaining.kind_of(who),
            locked_down=memory is not None and memory.kept.locked_down,
        )
    )
