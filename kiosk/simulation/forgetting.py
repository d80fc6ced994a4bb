"""Somebody asks to be forgotten, at the office or at a terminal; and a search for whatever is left of them."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from typing import Protocol

from kiosk.simulation.coop import InventedCoop
from kiosk.simulation.disk import DiskState
from kiosk.simulation.process import Process
from kiosk.simulation.server import CoopServer
from kiosk.simulation.story import Entry
from kiosk.simulation.terminal import Machine
from kiosk.store.erasure import Outcome
from kiosk.types import MemberId, Role


class World(Protocol):
    """What there is to forget somebody in."""

    coop: InventedCoop
    server: CoopServer


def forget_somebody(world: World, machine: Machine, entry: Entry) -> None:
    """At the server, which tells the terminals; or at a terminal, which tells the server."""
    chance = entry.chance()
    left = [
        id_ for id_, member in world.coop.members.items() if member.role is Role.MEMBER and id_ not in world.coop.gone
    ]
    member_id = chance.choice(left)
    process = machine.process
    if chance.random() < 0.5 or process is None or machine.disk.state is not DiskState.WORKS:
        world.coop.gone.add(member_id)
        world.server.forget(member_id)
        return
    # Somebody whose facts have not left yet is told so, and asks again, or does not mind.
    answer = process.store.forget(member_id, anyway=chance.random() < 0.7)
    world.coop.gone.add(member_id)
    answer.add_done_callback(lambda done: _remember(world.coop, machine, process, member_id, done))


def _remember(
    coop: InventedCoop, machine: Machine, process: Process, member_id: MemberId, done: "Future[Outcome]"
) -> None:
    if done.exception() is None and process is machine.process:
        outcome, forgotten = done.result(), machine.witness.forgotten
        if not (outcome.waiting or outcome.refused):
            forgotten.gone[member_id] = forgotten.now()
        if outcome.is_clean:
            hashes = [held.hash.encode() for held in coop.of[member_id]]
            files = [path for path in machine.directory.iterdir() if path.is_file()]
            held = (path.name for path in files if any(hash_ in path.read_bytes() for hash_ in hashes))
            forgotten.looked_for(member_id, (f"a card somewhere in {name}" for name in held))


def look_for_forgotten(coop: InventedCoop, machine: Machine, process: Process, members: Iterable[MemberId]) -> None:
    """Past everything: what is still known of these people?"""
    for member_id in sorted(members):
        machine.witness.forgotten.looked_for(member_id, _traces(coop, process, member_id))


def _traces(coop: InventedCoop, process: Process, member_id: MemberId) -> Iterator[str]:
    for word, statement in (
        ("a fact", "SELECT count(*) FROM journal WHERE member_id = ? AND kind <> 'member_forgotten'"),
        ("a link", "SELECT count(*) FROM card WHERE member_id = ?"),
        ("a wish", "SELECT count(*) FROM preference WHERE member_id = ?"),
        ("a role", "SELECT count(*) FROM staff_role WHERE member_id = ?"),
    ):
        yield from (word for (count,) in process.store.look(statement, member_id) if count)
    for held in coop.of[member_id]:
        found = process.store.look("SELECT count(*) FROM journal WHERE instr(details, ?)", held.hash)
        yield from ("a card in a fact" for (count,) in found if count)
    known = process.reactor.knowledge
    if member_id in known.members:
        yield "an account in memory"
    if any(card.member_id == member_id for card in known.cards.values()):
        yield "a card in memory"
    there = process.store.worker.rows_of(member_id)
    if there.member is not None or there.cards or there.places:
        yield "something of the server's"
