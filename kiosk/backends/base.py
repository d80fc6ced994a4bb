"""The protocol between the terminal and whoever knows the members.

A backend never sleeps and never retries: :mod:`kiosk.sync` does. Each method may raise
:class:`~kiosk.errors.BackendUnavailable` (worth another try) or :class:`~kiosk.errors.NotAuthorised`; anything else
that a server may answer is an outcome. ``fetch`` and ``deliver`` are called from the sync thread, ``identify``,
``book`` and ``grace`` from the thread of the questions: an implementation shares nothing unguarded between the two.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias, runtime_checkable

from kiosk.events import BookingOutcome, Identified, KnowledgePage
from kiosk.types import Capabilities, CardHash, Fact, FactId, Member, MemberId, ShiftId

SIGN_OF_LIFE: Final[ContextVar[Callable[[], None]]] = ContextVar("sign_of_life", default=lambda: None)
"""Called before every exchange with a server, in the thread that has set it.

Each exchange is bounded in time; the dozens that some servers need for one page are not, and a thread that works its
way through them is not one that hangs.
"""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server has the fact (now, or from an earlier try)."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now: try this row again, no earlier than ``after_seconds`` where the server named a time."""

    after_seconds: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The server will never take it; ``reason`` is in words a coordinator understands."""

    reason: str


Outcome: TypeAlias = Accepted | Retry | Refused


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing has changed since ``cursor``."""


class Backend(Protocol):
    """A source of members and a home for facts."""

    def capabilities(self) -> Capabilities:
        """What this server carries. Cheap; may ask the server once."""

    def fetch(self, cursor: str, generation: int) -> KnowledgePage | Unchanged:
        """The next page from ``cursor`` (empty: a full snapshot from its start).

        Args:
            cursor: of the page before, or of the last page of the last round.
            generation: to be put on the page; the caller raises it for each full round.
        """

    def deliver(self, fact: Fact) -> Outcome:
        """Hand one fact over. Safe to repeat: ``fact.id`` is the idempotency key."""

    def identify(self, card: CardHash, timeout_seconds: float, code: str = "", /) -> Identified:
        """Whose card is this? ``available=True, member=None`` when the server does not know it.

        Args:
            card: its hash.
            timeout_seconds: bounds the whole question.
            code: its canonical id, for servers that know cards by nothing else; not to be kept in clear.
        """

    def book(self, fact_id: FactId, member: MemberId, shift: ShiftId, timeout_seconds: float) -> BookingOutcome:
        """Ask for a place. Safe to repeat with the same ``fact_id``."""

    def close(self) -> None:
        """Let go of sockets and files. Twice does no harm."""


@dataclass(frozen=True, slots=True)
class Grace:
    """What became of asking for a grace period.

    Attributes:
        member: as they stand with it; None where none was granted.
        why: in the server's words why not; staff's business, it may name somebody.
    """

    member: Member | None
    why: str = ""


@runtime_checkable
class GivesGrace(Protocol):
    """A backend whose server knows grace periods."""

    def grace(self, member: MemberId, timeout_seconds: float, /) -> Grace:
        """Ask for the grace period of the coop's own rules. Asked twice, it is granted once."""


@runtime_checkable
class Examinable(Protocol):
    """A backend whose server may answer, and yet not let the terminal do all of its work."""

    def examine(self) -> tuple[str, ...]:
        """What a person should put right at the server, one sentence each; asked of the server now."""
