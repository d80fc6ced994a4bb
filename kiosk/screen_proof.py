"""The test of the door of a running terminal, for whoever is at its screen.

The same steps as those of ``kiosk check --door``, on a thread of their own. What they want of the person and of the
door they say by events; what the door tells reaches them through the reactor.
"""

import threading
from collections.abc import Callable

from kiosk.clock import Clock
from kiosk.commissioning import Act, Ask, Bench, Commissioning, has_passed
from kiosk.config_sections import DoorSettings
from kiosk.events import Event
from kiosk.events_door import ProofAsked, ProofEnded, ProofOpens, ProofResets
from kiosk.own_thread import OwnThread
from kiosk.types import MemberId


class Left(Exception):
    """Nobody is at the screen any more."""


class Visitor:
    """Whoever is at the screen for one test; a :class:`~kiosk.commissioning.Person`."""

    def __init__(self, by: MemberId | None, post: Callable[[Event], None], clock: Clock) -> None:
        self.by = by
        self._post = post
        self._clock = clock
        self._changed = threading.Condition()
        self._act = ""
        self._answers: list[bool | None] = []
        self._has_left = False

    def do(self, act: Act) -> None:
        """Ask for something."""
        self._act = act.name.lower()
        self._post(ProofAsked(act=self._act))

    def answer(self, ask: Ask) -> bool | None:
        """Ask, and wait for a touch.

        Raises:
            Left: the screen was left instead.
        """
        with self._changed:
            self._answers.clear()
        self._post(ProofAsked(act=self._act, ask=ask.name.lower()))
        with self._changed:
            while not self._answers:
                if self._has_left:
                    raise Left
                self._clock.wait(self._changed, None)
            return self._answers.pop()

    def pass_time(self) -> None:
        """Called while something is waited for.

        Raises:
            Left: the screen was left.
        """
        with self._changed:
            if self._has_left:
                raise Left

    def touch(self, *, yes: bool | None) -> None:
        """From any thread: the answer to what was asked last."""
        with self._changed:
            self._answers.append(yes)
            self._changed.notify_all()

    def leave(self) -> None:
        """From any thread: ends the test at its next look."""
        with self._changed:
            self._has_left = True
            self._changed.notify_all()


class ScreenProof(OwnThread):
    """Runs one test at a time.

    Args:
        door: what is configured.
        post: takes what the test wants and tells.
        clock: the time of its waits.
    """

    def __init__(self, door: DoorSettings, post: Callable[[Event], None], clock: Clock) -> None:
        super().__init__("door-proof")
        self._settings = door
        self._post = post
        self._clock = clock
        self._visitor: Visitor | None = None
        self._waits = False
        self._bench = Bench(clock, self._open_for, self._reset)

    # ── from any thread; each returns at once ─────────────────────────────────────────────────────────────────────

    def hear(self, event: Event) -> None:
        """What the door tells; other events mean nothing here."""
        self._bench.hear(event)

    def begin(self, by: MemberId | None) -> None:
        """Begin with the first step; a test that is still running ends."""
        with self._wake:
            self._leave()
            self._visitor, self._waits = Visitor(by, self._post, self._clock), True
            self._wake.notify_all()

    def answer(self, *, yes: bool | None) -> None:
        """What the person has said; None: it cannot be tried here."""
        with self._wake:
            if self._visitor is not None:
                self._visitor.touch(yes=yes)

    def end(self) -> None:
        """The person has left the screen; what the test still wanted is not done."""
        with self._wake:
            self._leave()

    def request_stop(self) -> None:
        """Ask the thread to end; returns at once."""
        with self._wake:
            self._leave()
        super().request_stop()

    def _leave(self) -> None:
        if self._visitor is not None:
            self._visitor.leave()
        self._visitor, self._waits = None, False

    # ── on its own thread ─────────────────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._waits and not self._stopping:
                    self._clock.wait(self._wake, None)
                visitor, self._waits = self._visitor, False
                if self._stopping:
                    return
            if visitor is not None:
                self._prove(visitor)

    def _prove(self, visitor: Visitor) -> None:
        try:
            steps = list(Commissioning(self._settings, self._bench, visitor).steps())
        except Left:
            return
        told = tuple((step.step, step.outcome) for step in steps)
        self._post(ProofEnded(passed=has_passed(steps), lock=self._settings.lock, steps=told))

    def _open_for(self, seconds: float) -> None:
        self._post(ProofOpens(seconds=seconds, by=self._by))

    def _reset(self) -> None:
        self._post(ProofResets(by=self._by))

    @property
    def _by(self) -> MemberId | None:
        with self._wake:
            return None if self._visitor is None else self._visitor.by
