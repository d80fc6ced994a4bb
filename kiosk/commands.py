"""What a running terminal answers on its control socket, and the same without one, on files under their lock.

Plain JSON values. Nothing here waits: what the store has to look up is answered by the store's own thread.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, Protocol

from kiosk import __version__
from kiosk.events import CommandReceived
from kiosk.reactor import Reactor
from kiosk.store.thread import Store

Rows = list[dict[str, Any]]


class Replies(Protocol):
    """The control socket, as far as it takes answers."""

    def answer(self, reply: int, result: Mapping[str, object]) -> None: ...
    def refuse(self, reply: int, why: str) -> None: ...


def status(reactor: Reactor, store: Store) -> dict[str, object]:
    """Counts, ages and faults; never a name, a card or a token."""
    knowledge, link = reactor.knowledge, reactor.link
    return {
        "version": __version__,
        "screen": type(reactor.session.state).__name__,
        "online": link.online,
        "offline_since": _iso(link.since),
        "members": len(knowledge.members),
        "knowledge_as_of": _iso(knowledge.as_of),
        "waiting": reactor.waiting,
        "refused": reactor.refused,
        "unjournalled": store.unjournalled(),
        "store_fault": None if store.fault is None else store.fault.value,
        "lost": sorted(part.value for part in reactor.session.lost),
    }


STORE_COMMANDS: dict[str, Callable[[Store, Mapping[str, Any]], Future[Any]]] = {
    "outbox list": lambda store, _: store.outbox_list(),
    "outbox retry": lambda store, given: store.outbox_retry(given.get("id")),
    "journal list": lambda store, given: store.journal_list(int(given.get("after", 0))),
}
"""Commands that the store's thread answers, whether a terminal runs or not."""


def answer(command: CommandReceived, reactor: Reactor, store: Store, replies: Replies) -> None:
    """Answer a command; an unknown one is refused in words."""
    if command.name == "status":
        replies.answer(command.reply, status(reactor, store))
    elif command.name in STORE_COMMANDS:
        future = STORE_COMMANDS[command.name](store, command.arguments)
        future.add_done_callback(lambda done: _pass_on(done, command.reply, replies))
    else:
        replies.refuse(command.reply, f"this terminal knows no command {command.name!r}")


def _pass_on(done: Future[Any], reply: int, replies: Replies) -> None:
    fault = done.exception()
    if fault is None:
        replies.answer(reply, {"value": plain(done.result())})
    else:
        replies.refuse(reply, str(fault))


def plain(value: Any) -> Any:
    """A value of the vocabulary as JSON knows it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
