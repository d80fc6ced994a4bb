"""One simulation from its seed: builds the coop and its machines, plays the story, and asks the promises."""

import gc
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from kiosk.devices.cards import CardHasher
from kiosk.simulation import people, trouble
from kiosk.simulation.coop import DAYS_AHEAD, InventedCoop
from kiosk.simulation.disk import DiskState
from kiosk.simulation.forgetting import forget_somebody, look_for_forgotten
from kiosk.simulation.journal import Scribe, heard
from kiosk.simulation.kernel import Kernel
from kiosk.simulation.network import Weather
from kiosk.simulation.process import KEY_ID, Process, Surroundings
from kiosk.simulation.promises import Broken, Report
from kiosk.simulation.readers import Readers
from kiosk.simulation.server import CoopServer, Kept
from kiosk.simulation.stepped import Pace
from kiosk.simulation.story import Author, Entry, faults_of
from kiosk.simulation.terminal import Machine
from kiosk.simulation.vfs import SimulatedDisks
from kiosk.simulation.wish import DAY, VISITS_A_MEMBER, ZONE, Outcome, Wish, first_day, schedule_of, settings_of
from kiosk.simulation.witness import Witness
from kiosk.store.retention import Retention
from kiosk.types import Fact, Part, Status

HEALING_SECONDS: Final = 3 * 3600.0


class World:
    """The coop, its server, its machines, and time."""

    def __init__(self, wish: Wish, directory: Path, disks: SimulatedDisks, write: Callable[[str], None]) -> None:
        chance = Random(f"world {wish.seed}")
        self.wish = wish
        long = wish.pace == "coarse" if wish.pace is not None else wish.days > 14
        self.touching, self.pressing = (0.1, 0.1) if long else (0.25, 0.3)
        self.sampling = 0.005 if long else 0.02
        self.scale_answers_a_second = 1 if long else 3
        self.report = Report(Counter())
        self.outcome = Outcome(looks=self.report.looks)
        self._write = write
        self._chance = chance
        first = first_day(chance, wish.days)
        self.start = datetime.combine(first, time(), ZONE).astimezone(UTC)
        self.kernel = Kernel(Random(chance.random()))
        self.kernel.after_step = self._after_step
        self.kernel.on_blocked = self._on_blocked
        hasher = CardHasher(b"the simulation's own key", KEY_ID)
        self.coop = InventedCoop(Random(chance.random()), wish.members, ZONE, hasher)
        self.readers = Readers(hasher)
        self.server = CoopServer(lambda: self.kernel.now, self.wall)
        self.server.on_kept = self._on_kept
        around = Surroundings(
            kernel=self.kernel,
            server=self.server,
            start=self.start,
            settings=settings_of(chance, schedule_of(Random(f"schedule {wish.seed}"), often=not long)),
            pace=Pace(idle_seconds=1800.0, busy_seconds=60.0, gathering_seconds=3600.0, is_fine=False)
            if long
            else Pace(idle_seconds=chance.choice((120.0, 600.0))),
            sync_seconds=3600.0 if long else chance.choice((300.0, 900.0)),
            full_seconds=14 * DAY if long else DAY,
            mend=wish.mend,
        )
        self.machines = [
            self._machine(number, around, directory, disks)
            for number in range(wish.terminals or chance.choice((1, 1, 1, 2)))
        ]
        faults = faults_of(wish.faults)
        self.author = Author(
            wish.seed,
            self.start,
            self.coop,
            visits=max(1, int(wish.members * VISITS_A_MEMBER)) if wish.visits is None else wish.visits,
            faults=faults,
            rate=0.15 if long else 1.0,
            terminals=len(self.machines),
        )
        self._plays = {**people.PLAYS, **trouble.PLAYS, "forgetting": forget_somebody}

    def _machine(self, number: int, around: Surroundings, directory: Path, disks: SimulatedDisks) -> Machine:
        name = f"t{number}"

        def write(line: str) -> None:
            self._write(f"{self.kernel.now:.3f} {name} {line}")

        witness = Witness(lambda: self.kernel.now, around.settings, self.report, self.wish.members, write)
        # Every write of a year is too much to remember; what a power cut leaves is for shorter stories.
        put = disks.put if around.pace.is_fine else None
        chance = Random(self._chance.random())
        return Machine(name, around, directory / name, chance=chance, witness=witness, keep_disk=put)

    def wall(self) -> datetime:
        """The true time, aware UTC."""
        return self.start + timedelta(seconds=self.kernel.now)

    def close(self) -> None:
        """Let go of everything that is open."""
        for machine in self.machines:
            machine.witness.part()
            if machine.process is not None:
                machine.process.life.is_over = True
                machine.disk.is_detached = True
                machine.process.store.worker.abandon()
                machine.process.door.close()
                machine.process = None
        self.readers.close()

    # ── the whole of it ───────────────────────────────────────────────────────────────────────────────────────────

    def run(self, progress: Callable[[int], None]) -> Outcome:
        """Play all days, let everything come right again, and settle the accounts."""
        outcome = self.outcome
        self._open_coop()
        try:
            for machine in self.machines:
                machine.start()
            for number in range(self.wish.days):
                self._play(self.author.day(number))
                self.kernel.run_until((number + 1) * DAY)
                self._account(number)
                progress(number + 1)
            self._heal()
            self.kernel.run_until(self.kernel.now + HEALING_SECONDS)
            self._settle()
            self._after_step()
        except Broken as broken:
            outcome.broken = broken
        outcome.steps = self.kernel.steps
        for machine in self.machines:
            outcome.counts.update(machine.witness.counts)
        outcome.counts["sampled"] = self.readers.sampled
        outcome.counts["at_server"] = len(self.server.kept)
        return outcome

    def _open_coop(self) -> None:
        year = self.start.year
        self.server.put(self.coop.coop((year, year + 1)))
        self.server.put(*self.coop.members.values())
        self.server.put(*(card for held in self.coop.cards if (card := self.coop.card_of(held)) is not None))
        today = self._today()
        for ahead in range(-1, DAYS_AHEAD):
            self._publish(today + timedelta(days=ahead))

    def _today(self) -> date:
        return self.wall().astimezone(ZONE).date()

    def _publish(self, day: date) -> None:
        if not self.coop.is_open(day):
            return
        for shift in self.coop.shifts_on(day):
            self.server.put(shift, *self.coop.roster_of(shift))

    def _play(self, story: list[Entry]) -> None:
        keep = self.wish.keep
        for entry in story:
            if keep is None or entry.key in keep or entry.kind in {"plan", "purge"}:
                self.kernel.call_at(entry.at, lambda entry=entry: self._act(entry))  # type: ignore[misc]

    def _act(self, entry: Entry) -> None:
        machine = self.machines[entry.terminal]
        self.outcome.story.append(entry)
        self.outcome.counts[entry.kind] += 1
        self._write(f"{self.kernel.now:.3f} story {entry.key} {entry.kind}")
        if entry.kind == "plan":
            self._plan()
        elif entry.kind == "office":
            self._work_in_office(entry.chance())
        elif entry.kind == "purge":
            for each in self.machines:
                self._purge(each)
        else:
            self._plays[entry.kind](self, machine, entry)

    # ── what the office and the night do ──────────────────────────────────────────────────────────────────────────

    def _plan(self) -> None:
        today = self._today()
        self._publish(today + timedelta(days=DAYS_AHEAD - 1))
        past = today - timedelta(days=3)
        self.server.drop_shifts(shift.id for shift in self.coop.shifts_on(past))
        self.server.forget_steps(self.kernel.now - DAY)

    def _work_in_office(self, chance: Random) -> None:
        """Standings change, a card is blocked, somebody gets a new one."""
        for _ in range(chance.randint(0, 3)):
            member = self.server.members[chance.choice(list(self.server.members))]
            if member.attached_to is None:
                status = chance.choice(
                    (Status.OK, Status.WARN, Status.BLOCKED, Status.LEAVE, Status.FROZEN, Status.FEE)
                )
                self.server.put(replace(member, status=status))
        if chance.random() < 0.1:
            card = self.coop.card_of(chance.choice(self.coop.cards))
            if card is not None:
                self.server.put(replace(card, blocked=chance.random() < 0.5))

    def _purge(self, machine: Machine) -> None:
        process = machine.process
        if process is None or machine.disk.state is not DiskState.WORKS:
            return
        answer = process.store.purge()
        machine.witness.lost.purged()

        def look(_done: object) -> None:
            if answer.exception() is None and process is machine.process:
                self._look_at_rows(machine, process)

        answer.add_done_callback(look)

    def _look_at_rows(self, machine: Machine, process: Process) -> None:
        """Past everything: what stands in the file."""
        kept, now = Retention(), machine.clock.now()
        for kind, days, where in (
            ("passages", kept.passage_days, "kind IN ('passage', 'door_opened', 'tare', 'bell')"),
            ("refusals of unknown cards", kept.unknown_card_days, "kind = 'refusal' AND member_id IS NULL"),
        ):
            # A day of grace: the purge begins at one moment and ends at another.
            before = (now - timedelta(days=days + 1)).astimezone(UTC).isoformat()
            question = f"SELECT count(*) FROM journal WHERE {where} AND wall < ? AND trust = 'synced'"  # noqa: S608  ours
            for (count,) in process.store.look(question, before):
                machine.witness.retention.purged(count, kind)

    def _account(self, number: int) -> None:
        """At midnight: how large everything is, and what has arrived."""
        for machine in self.machines:
            machine.witness.forget()
            process = machine.process
            if process is None:
                continue
            machine.witness.lost.delivered(self.server, partial(_is_closed, process))
            look_for_forgotten(self.coop, machine, process, machine.witness.forgotten.fresh(2 * DAY))
            sizes = {path.name: path.stat().st_size for path in machine.directory.iterdir() if path.is_file()}
            pending = process.store.unjournalled()
            machine.witness.bounds.measured(process.reactor.longest_inbox, pending, sizes)
        self._write(f"day {number} ends, {len(self.server.kept)} at the server")

    # ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _heal(self) -> None:
        """Everything is mended, and everybody goes home."""
        for machine in self.machines:
            machine.way.weather = Weather.CLEAR
            machine.way.troubles.clear()
            machine.way.answers_to_lose = 0
            machine.disk.state = DiskState.WORKS
            machine.disk.cut_at_write = None
            machine.lost.clear()
            machine.door.end_fire()
            machine.witness.fire.ended()
            machine.clock.set()
            if machine.process is None:
                machine.power_up()
            process = machine.process
            assert process is not None
            process.door.is_out = False
            for part in (Part.READER, Part.SCALE):
                machine.lost.discard(part)
            process.store.outbox_retry()
            process.sync.wake(fetch=True)

    def _settle(self) -> None:
        for machine in self.machines:
            process = machine.process
            assert process is not None
            self._settle_with(machine, process)

    def _settle_with(self, machine: Machine, process: Process) -> None:
        horizon = machine.clock.now() - timedelta(days=Retention().passage_days)

        def is_at_rest(fact: Fact) -> bool:
            rows = process.store.look(
                "SELECT (SELECT state FROM outbox WHERE outbox.id = journal.id) FROM journal WHERE id = ?", fact.id
            )
            if not rows:
                return fact.happened.wall < horizon
            return rows[0][0] == "refused" or _is_closed(process, fact)

        machine.witness.lost.settled(self.server, is_at_rest)
        gone = machine.witness.forgotten.gone.keys() | self.server.forgotten.keys()
        look_for_forgotten(self.coop, machine, process, gone)

    # ── at every step ─────────────────────────────────────────────────────────────────────────────────────────────

    def _after_step(self) -> None:
        for machine in self.machines:
            if machine.witness.look_at <= self.kernel.now:
                machine.witness.look()
        if self.report.broken is not None:
            raise self.report.broken

    def _on_blocked(self, name: str, seconds: float) -> None:
        self.machines[0].witness.waited(name, seconds)

    def _on_kept(self, kept: Kept) -> None:
        self._write(f"{self.kernel.now:.3f} server {kept.terminal} {kept.fact.id} {kept.fact.kind}")
        for machine in self.machines:
            if machine.name == kept.terminal:
                machine.witness.told(self.server)


def _is_closed(process: Process, fact: Fact) -> bool:
    """The journal says that it was taken back before it left, or dealt with by hand."""
    rows = process.store.look("SELECT closed_as FROM journal WHERE id = ?", fact.id)
    return rows in ([("withdrawn",)], [("settled",)])


def _never(_day: int) -> None:
    """Nobody wants to know how far it is."""


def simulate(wish: Wish, *, journal: Path | None = None, progress: Callable[[int], None] = _never) -> Outcome:
    """Play a wish from its beginning to its end.

    Args:
        wish: what is asked for.
        journal: where the simulation's journal goes; None: only its digest is kept.
        progress: told after each day.

    Raises:
        NoSharedSqlite: this Python has SQLite built in.
    """
    scribe = Scribe(journal)
    memory = Path("/dev/shm")  # noqa: S108  files that live as long as the simulation need not wear out a disk
    with ExitStack() as held:
        # Millions of small things are made and dropped at once, and hardly any of them holds another in a circle.
        held.callback(gc.set_threshold, *gc.get_threshold())
        gc.set_threshold(50_000, 20, 20)
        directory = Path(
            held.enter_context(tempfile.TemporaryDirectory(prefix="kiosk-", dir=memory if memory.is_dir() else None))
        )
        disks = held.enter_context(SimulatedDisks(Random(f"sqlite {wish.seed}")).in_place())
        world = World(wish, directory, disks, scribe)
        held.callback(world.close)
        held.enter_context(heard(world.machines[0].witness.understood.stumbled))
        outcome = world.run(progress)
    outcome.digest = scribe.end()
    return outcome
