"""What a running terminal answers on its control socket, and the same without one, on files under their lock.

Plain JSON values. Nothing here waits: what the store has to look up is answered by the store's own thread.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final, Protocol

from kiosk import __version__, explaining
from kiosk.card_commands import CARD_COMMANDS, CardCommandError, carry_out, desk_of
from kiosk.door_commands import door_status, order_of
from kiosk.events import CommandReceived
from kiosk.reactor import Reactor
from kiosk.rules.shifts import is_open, opens_at
from kiosk.store.retention import Retention
from kiosk.store.thread import Store
from kiosk.types import Jar, MemberId, Part

Rows = list[dict[str, Any]]
COPY: Final = "journal.copy"
"""In the terminal's runtime directory: what a backup takes, and takes away."""
MEANS_NOTHING: Final = (TypeError, ValueError, OverflowError)
"""What comes of arguments of another kind. They are refused: who is not answered keeps a place at the socket."""


class Replies(Protocol):
    """The control socket, as far as it takes answers."""

    def answer(self, reply: int, result: Mapping[str, object]) -> None: ...
    def refuse(self, reply: int, why: str) -> None: ...


class Wakes(Protocol):
    """The sync thread, as far as it can be hurried."""

    def wake(self, *, fetch: bool = False) -> None: ...


class Seen(Protocol):
    """The latest look at the machine."""

    @property
    def queue_oldest_at(self) -> datetime | None: ...
    @property
    def queue_known(self) -> bool: ...
    def machine(self) -> dict[str, Any]: ...


def status(reactor: Reactor, store: Store, seen: Seen | None = None, silent: Collection[str] = ()) -> dict[str, object]:
    """Counts, ages and faults; never a name, a card or a token.

    Args:
        reactor: the terminal's.
        store: the terminal's.
        seen: the latest look at the machine.
        silent: parts of the program that give no sign of life.
    """
    knowledge, link, around = reactor.knowledge, reactor.link, reactor.surroundings()
    now = around.moment.wall
    oldest = None if seen is None else seen.queue_oldest_at
    return {
        "version": __version__,
        "at": _iso(now),
        "clock": around.moment.trust.value,
        "screen": type(reactor.session.state).__name__,
        "online": link.online,
        "offline_since": _iso(link.since),
        "not_authorised": link.not_authorised,
        "server_fault": link.fault,
        "members": len(knowledge.members),
        "knowledge_as_of": _iso(knowledge.as_of),
        "waiting": reactor.waiting,
        "refused": reactor.refused,
        "unjournalled": store.unjournalled(),
        "store_fault": None if store.fault is None else store.fault.value,
        "lost": sorted(part.value for part in reactor.session.lost),
        "silent": sorted(silent),
        "parts": _parts(reactor),
        "door": door_status(reactor) if Part.DOOR in reactor.settings.parts else None,
        "opening": _opening(reactor, now),
        "knowledge_age_seconds": _age(knowledge.as_of, now),
        "queue_oldest_at": _iso(oldest),
        "queue_age_seconds": _age(oldest, now) if oldest is not None else 0 if seen and seen.queue_known else None,
        "machine": None if seen is None else seen.machine(),
    }


def _parts(reactor: Reactor) -> dict[str, str]:
    """``ok``, ``lost``, or ``off`` for what is not configured."""
    lost = reactor.session.lost - {Part.SERVER} | (frozenset() if reactor.link.online else {Part.SERVER})
    there = reactor.settings.parts | lost
    return {part.value: "lost" if part in lost else "ok" if part in there else "off" for part in Part}


def _opening(reactor: Reactor, now: datetime) -> dict[str, object]:
    coop, zone = reactor.knowledge.coop, reactor.settings.zone
    return {
        "known": bool(coop.hours),
        "open": bool(coop.hours) and is_open(coop, now, zone),
        "opens_at": _iso(opens_at(coop, now, zone)),
    }


def _age(since: datetime | None, now: datetime) -> int | None:
    """Whole seconds, and never less than none: the clock may have been set back."""
    return None if since is None else max(0, round((now - since).total_seconds()))


STORE_COMMANDS: dict[str, Callable[[Store, Mapping[str, Any]], Future[Any]]] = {
    "outbox list": lambda store, _: store.outbox_list(),
    "outbox retry": lambda store, given: store.outbox_retry(given.get("id")),
    "journal purge": lambda store, given: store.purge(Retention(**{name: int(days) for name, days in given.items()})),
    "member export": lambda store, given: store.dossier(MemberId(str(given.get("id", "")))),
    "member forget": lambda store, given: store.forget(
        MemberId(str(given.get("id", ""))), anyway=bool(given.get("anyway"))
    ),
    "journal list": lambda store, given: store.journal_list(int(given.get("after", 0))),
}
"""Commands that the store's thread answers, whether a terminal runs or not."""


def answer(
    command: CommandReceived,
    reactor: Reactor,
    store: Store,
    replies: Replies,
    sync: Wakes,
    *,
    runtime_dir: Path,
    seen: Seen | None = None,
    silent: Collection[str] = (),
) -> None:
    """Answer a command; an unknown one is refused in words."""
    if command.name == "status":
        replies.answer(command.reply, status(reactor, store, seen, silent))
    elif command.name == "sync":
        sync.wake(fetch=True)
        replies.answer(command.reply, {"waiting": reactor.waiting})
    elif command.name == "jars list":
        replies.answer(command.reply, {"value": jar_rows(reactor.knowledge.jars.values())})
    elif command.name == "decide":
        _decide(command, reactor, replies)
    elif command.name == "door status":
        replies.answer(command.reply, door_status(reactor))
    elif command.name == "door order":
        _order_door(command, reactor, replies)
    elif command.name == "backup copy":
        # Always there: whoever may give commands may not have the terminal write where they please.
        copied = store.copy_to(runtime_dir / COPY)
        copied.add_done_callback(lambda done: _pass_on(done, command.reply, replies))
    elif command.name in CARD_COMMANDS:
        _serve_cards(command, reactor, store, replies)
    elif command.name in STORE_COMMANDS:
        _ask_store(command, store, replies)
    else:
        replies.refuse(command.reply, f"this terminal knows no command {command.name!r}")


def _ask_store(command: CommandReceived, store: Store, replies: Replies) -> None:
    try:
        future = STORE_COMMANDS[command.name](store, command.arguments)
    except MEANS_NOTHING as wrong:
        replies.refuse(command.reply, f"these arguments mean nothing: {wrong}")
        return
    future.add_done_callback(lambda done: _pass_on(done, command.reply, replies))


def _decide(command: CommandReceived, reactor: Reactor, replies: Replies) -> None:
    try:
        replies.answer(command.reply, explaining.decide(reactor, command.arguments))
    except (explaining.NobodyError, *MEANS_NOTHING) as wrong:
        replies.refuse(command.reply, str(wrong))


def _order_door(command: CommandReceived, reactor: Reactor, replies: Replies) -> None:
    try:
        why_not = reactor.order_door(order_of(command.arguments))
    except ValueError as wrong:
        why_not = str(wrong)
    if why_not is None:
        replies.answer(command.reply, door_status(reactor))
    else:
        replies.refuse(command.reply, why_not)


def _serve_cards(command: CommandReceived, reactor: Reactor, store: Store, replies: Replies) -> None:
    try:
        rows = carry_out(command.name, desk_of(reactor), command.arguments)
    except CardCommandError as wrong:
        replies.refuse(command.reply, str(wrong))
        return

    def pass_on(done: Future[Any]) -> None:
        # The store answers this after it has done all it was given before.
        fault = done.exception()
        if fault is None:
            replies.answer(command.reply, {"value": rows})
        else:
            replies.refuse(command.reply, f"it counts here, and is not on the disk yet: {fault}")

    store.given_to().add_done_callback(pass_on)


def jar_rows(jars: Iterable[Jar]) -> Rows:
    """Jars as rows, by code. That there is a sticker is told, not which."""
    return [
        {
            "code": jar.code,
            "grams": jar.grams,
            "weighed_on": jar.weighed_on.isoformat(),
            "sticker": jar.sticker is not None,
        }
        for jar in sorted(jars, key=lambda jar: jar.code)
    ]


def _pass_on(done: Future[Any], reply: int, replies: Replies) -> None:
    fault = done.exception()
    if fault is None:
        replies.answer(reply, {"value": plain(done.result())})
    else:
        replies.refuse(reply, str(fault))


def plain(value: Any) -> Any:
    """A value of the vocabulary as JSON knows it."""
    if isinstance(value, date | time):
        return value.isoformat()
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | frozenset):
        return [plain(item) for item in value]
    return value


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
