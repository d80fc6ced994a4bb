"""What the terminal promises, each a class of its own with the sentence that it stands for.

A promise hears of what it needs and keeps its own account; it never looks into the part whose promise it is. The first
one that is broken ends the run.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from kiosk.events import KnowledgePage
from kiosk.simulation.server import CoopServer
from kiosk.types import DELIVERED, Fact, FactId, MemberId


class Broken(BaseException):
    """A promise was broken.

    Attributes:
        promise: its class's name.
        sentence: what it says.
        what: how it was broken.
    """

    def __init__(self, promise: str, sentence: str, what: str) -> None:
        super().__init__(f"{promise}: {what}")
        self.promise = promise
        self.sentence = sentence
        self.what = what


class Promise:
    """One promise of one terminal."""

    sentence: ClassVar[str]

    def __init__(self, now: Callable[[], float], report: "Report") -> None:
        self.now = now
        self._name = type(self).__name__
        self._report = report

    def hold(self, kept: bool, what: Callable[[], str]) -> None:
        """It was looked at once more; if it is not kept, the run ends with ``what``."""
        self._report.looks[self._name] += 1
        if not kept and self._report.broken is None:
            self._report.broken = Broken(self._name, self.sentence, what())


@dataclass(slots=True)
class Report:
    """How often each promise was looked at, and the first that was broken."""

    looks: Counter[str]
    broken: Broken | None = None


# ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class NothingIsLost(Promise):
    """Facts that the terminal has announced as being on the disk."""

    sentence = (
        "No confirmed event is lost: what was on the disk is there after any power cut, and at the server in the end."
    )
    MOST_REMEMBERED = 4000

    def __init__(self, now: Callable[[], float], report: Report) -> None:
        super().__init__(now, report)
        self._facts: dict[FactId, Fact] = {}
        self._confirmed: OrderedDict[FactId, Fact] = OrderedDict()
        self._owed: dict[FactId, Fact] = {}

    def recorded(self, fact: Fact) -> None:
        """It was handed to the store."""
        self._facts[fact.id] = fact

    def confirmed(self, ids: Iterable[FactId]) -> None:
        """They are announced to be on the disk."""
        for id_ in ids:
            fact = self._facts.pop(id_, None)
            if fact is None:
                continue
            self._confirmed[id_] = fact
            if fact.kind in DELIVERED:
                self._owed[id_] = fact
        while len(self._confirmed) > self.MOST_REMEMBERED:
            self._confirmed.popitem(last=False)

    def process_ended(self) -> None:
        """What it had not confirmed may be gone with it."""
        self._facts.clear()

    def restarted(self, in_journal: Callable[[FactId], bool]) -> None:
        """What does the next process find?"""
        for id_, fact in self._confirmed.items():
            self.hold(in_journal(id_), partial(_told, fact, "was confirmed and is not on the disk"))

    def purged(self) -> None:
        """Old rows are gone on purpose: only those of the last minutes have to be there."""
        self._confirmed.clear()

    def settled(self, server: CoopServer, is_at_rest: Callable[[Fact], bool]) -> None:
        """The server has been back for long enough.

        Args:
            server: what it has.
            is_at_rest: the journal says that it was taken back before it left, waits for a person, or is past its time.
        """
        for id_, fact in tuple(self._owed.items()):
            there = id_ in server.kept or id_ in server.lost
            self.hold(there or is_at_rest(fact), partial(_told, fact, "never came to the server"))
            del self._owed[id_]

    def delivered(self, server: CoopServer, is_closed: Callable[[Fact], bool]) -> None:
        """Let go of what is there, and of what the journal says was taken back: before the purge forgets that."""
        self._owed = {id_: fact for id_, fact in self._owed.items() if id_ not in server.kept and not is_closed(fact)}


def _told(fact: Fact, what: str) -> str:
    return f"{fact.kind} {fact.id} of {fact.happened.wall:%Y-%m-%d %H:%M:%S} {what}"


class NothingIsDoubled(Promise):
    """What the server was told."""

    sentence = "No confirmed event is doubled: one happening has one id, however often it is sent."

    def told(self, server: CoopServer) -> None:
        """The server has kept something new."""
        self.hold(not server.doubles, lambda: f"{server.doubles[0][0]} and {server.doubles[0][1]} say the same")


# ── what is kept ──────────────────────────────────────────────────────────────────────────────────────────────────


class RetentionIsKept(Promise):
    """The journal after its nightly purge."""

    sentence = "Retention is kept: after the night's purge no row is older than its kind may be."

    def purged(self, overdue: int, kind: str) -> None:
        """So many rows of a kind are older than they may be."""
        self.hold(overdue == 0, lambda: f"{overdue} {kind} are older than they may be")


class ForgottenAreForgotten(Promise):
    """Who asked to be forgotten, in the files, in what is known, and on the pages of a server that was put back."""

    sentence = (
        "Whoever was forgotten is known no more: in no file, in no page that comes later, and the door knows them not."
    )

    def __init__(self, now: Callable[[], float], report: Report) -> None:
        super().__init__(now, report)
        self.gone: dict[MemberId, float] = {}
        """Who was forgotten at this terminal, by its own word, and when."""

    def told(self, page: KnowledgePage) -> None:
        """A page has reached the reactor."""
        if self.gone:
            named = {member.id for member in page.members}
            named.update(card.member_id for card in page.cards)
            named.update(place.member_id for place in page.assignments)
            back = named & self.gone.keys()
            self.hold(not back, lambda: f"a page brings {', '.join(sorted(back))} back")

    def fresh(self, seconds: float) -> list[MemberId]:
        """Who was forgotten in these last seconds."""
        return [member_id for member_id, at in self.gone.items() if self.now() - at <= seconds]

    def looked_for(self, member_id: MemberId, traces: Iterable[str]) -> None:
        """Somebody has looked everywhere."""
        found = list(traces)
        self.hold(not found, lambda: f"of {member_id} there is still {', '.join(found)}")


class EverythingIsBounded(Promise):
    """Queues, memory and files."""

    sentence = "Queues, memory and file sizes are bounded."
    MOST_WAITING = 2000
    LARGEST_LOG = 16 * 1024 * 1024

    def __init__(self, now: Callable[[], float], report: Report, members: int) -> None:
        super().__init__(now, report)
        self._largest_journal = 8 * 1024 * 1024 + members * 120_000
        """Some hundred visits a member within the days that they are kept, at four rows each."""

    def measured(self, inbox: int, pending: int, sizes: dict[str, int]) -> None:
        """What there is now."""
        self.hold(inbox <= self.MOST_WAITING, lambda: f"{inbox} events waited for the reactor")
        self.hold(pending <= self.MOST_WAITING * 5, lambda: f"{pending} facts wait for the disk")
        for name, size in sizes.items():
            most = self.LARGEST_LOG if name.endswith("-wal") else self._largest_journal
            self.hold(size <= most, partial("{} has {} bytes".format, name, size))


class EveryEventIsUnderstood(Promise):
    """The reactor's own words for what it could not handle."""

    sentence = "Every event is understood: none makes the program stumble."

    def handled(self) -> None:
        """One more."""
        self.hold(kept=True, what=str)

    def stumbled(self, where: str, error: str) -> None:
        """Something was raised where nothing may be."""
        self.hold(kept=False, what=lambda: f"{where}: {error}")
