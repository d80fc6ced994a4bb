"""The questions a person waits for, on a thread of their own: whose card is it, is the place free, is there grace?

A download that takes minutes never delays them. Whatever goes wrong, and whatever comes too late, becomes "no answer".
"""

import logging
from collections import deque
from collections.abc import Callable
from typing import TypeAlias

from kiosk.backends.base import Backend, GivesGrace
from kiosk.clock import Clock
from kiosk.effects import AskGrace, Book, Identify
from kiosk.errors import BackendUnavailable, BackendUnreadable, NotAuthorised
from kiosk.events import BookingAnswered, BookingOutcome, Event, GraceAnswered, Identified, ServerUnreadable
from kiosk.own_thread import OwnThread

log = logging.getLogger(__name__)

Question: TypeAlias = Identify | Book | AskGrace


class Questions(OwnThread):
    """Asks the server, one question at a time, each within the time its asker gave.

    Args:
        backend: asked from this thread only (``identify``, ``book`` and ``grace``).
        post: the way into the reactor.
        clock: the source of time.
        without_forgotten: an answer as a server gives it that knows nobody who has been forgotten here.
    """

    def __init__(
        self,
        backend: Backend,
        post: Callable[[Event], None],
        clock: Clock,
        without_forgotten: Callable[[Event], Event],
    ) -> None:
        super().__init__("questions")
        self._backend = backend
        self._post = post
        self._clock = clock
        self._without_forgotten = without_forgotten
        self._asked: deque[tuple[Question, float]] = deque()
        self._shown: set[type[BaseException]] = set()

    def ask(self, question: Question) -> None:
        """Ask; the event that the effect names answers.

        No answer about a place does not say that it was not taken: the answer may have been lost.
        """
        with self._wake:
            self._asked.append((question, self._clock.monotonic() + question.timeout_seconds))
            self._wake.notify_all()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._asked and not self._stopping:
                    self._wake.wait()
                if self._stopping:
                    return
            self.turn()

    def turn(self) -> None:
        """Ask the question that has waited longest, and post its answer."""
        with self._wake:
            question, deadline = self._asked.popleft()
        self._post(self._without_forgotten(self._answered(question, deadline)))

    def _answered(self, question: Question, deadline: float) -> Event:
        left = deadline - self._clock.monotonic()
        answer = self._asked_of_server(question, left) if left > 0 else None
        if answer is not None and self._clock.monotonic() > deadline:
            log.info("an answer of the server came too late")
            answer = None
        return _no_answer(question) if answer is None else answer

    def _asked_of_server(self, question: Question, left: float) -> Event | None:
        try:
            if isinstance(question, Identify):
                answer = self._backend.identify(question.hash, left, question.code)
                # An answer about another card would let in whoever laid this one.
                return answer if isinstance(answer, Identified) and answer.hash == question.hash else None
            if isinstance(question, AskGrace):
                return self._answer_about_grace(question, left)
            outcome = self._backend.book(question.id, question.member_id, question.shift_id, left)
            return BookingAnswered(id=question.id, outcome=BookingOutcome(outcome))
        except (BackendUnavailable, NotAuthorised) as error:
            log.info("no answer from the server (%s)", error)
            if isinstance(error, BackendUnreadable):
                self._post(ServerUnreadable(str(error)))
        except Exception as error:
            if type(error) not in self._shown:
                self._shown.add(type(error))
                log.exception("unexpected failure while asking the server")
        return None

    def _answer_about_grace(self, question: AskGrace, left: float) -> GraceAnswered | None:
        if not isinstance(self._backend, GivesGrace):
            return None
        grace = self._backend.grace(question.member_id, left)
        if grace.member is None:
            log.info("the server grants no grace period")
        return GraceAnswered(card=question.card, available=True, member=grace.member)


def _no_answer(question: Question) -> Event:
    if isinstance(question, Identify):
        return Identified(hash=question.hash, available=False)
    if isinstance(question, AskGrace):
        return GraceAnswered(card=question.card, available=False)
    return BookingAnswered(id=question.id, outcome=BookingOutcome.UNAVAILABLE)
