"""Alarms told to an address by POST, from a thread of their own, in their order, until they are taken.

A body is one JSON object::

    {"event": "alarm", "id": "…", "terminal": "accueil", "version": "0.2.0", "alarm": "reader_lost",
     "state": "raised", "at": "2026-03-02T12:00:00+00:00", "text": "Le lecteur de cartes ne répond plus."}

``state`` is ``raised`` or ``cleared``. ``{"event": "start", …}`` comes first after every start: what was raised before
it is raised again if it still is. The same ``id`` twice is the same message: its first answer was lost. Where messages
had to be let go because nobody took them, the next one says how many (``dropped``).
"""

import logging
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from kiosk.afar.alarms import Alarm, Change, Limits, Watch, hear, see
from kiosk.clock import Clock
from kiosk.events_door import DoorAlarm, DoorAlarmCleared
from kiosk.own_thread import OwnThread

log = logging.getLogger(__name__)

MOST_WAITING: Final = 100
FIRST_PAUSE_SECONDS: Final = 5.0
LONGEST_PAUSE_SECONDS: Final = 900.0
TIMEOUT_SECONDS: Final = 5.0


class NotTaken(ConnectionError):
    """Error raised when the address did not take a message; its text never holds the address, which is a secret."""


class Sender(Protocol):
    """Brings one body away."""

    def __call__(self, body: Mapping[str, Any]) -> None:
        """Send it, and return once it is taken.

        Raises:
            NotTaken: it was not.
        """


class Post:
    """Posts JSON to an address; any 2xx is a yes, and nothing is followed elsewhere."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self, body: Mapping[str, Any]) -> None:
        import requests  # noqa: PLC0415 - loaded only where there is an address

        try:
            # stream: what it has to say beyond yes or no is left unread, however long it is.
            with requests.post(
                self._url, json=body, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True
            ) as answer:
                status = answer.status_code
        except requests.RequestException as fault:
            raise NotTaken(type(fault).__name__) from None
        if not 200 <= status < 300:
            raise NotTaken(f"it answered {status}")


class Webhook(OwnThread):
    """Knows what is an alarm, and tells it.

    Args:
        send: brings a body away.
        clock: for limits and pauses.
        limits: when a figure becomes an alarm.
        common: what every body says: terminal and version.
        words: the sentence for an alarm (None: the terminal has started), raised or over.
    """

    def __init__(
        self,
        send: Sender,
        clock: Clock,
        limits: Limits,
        common: Mapping[str, str],
        words: Callable[[Change | None], str],
    ) -> None:
        super().__init__("webhook")
        self._send = send
        self._clock = clock
        self._limits = limits
        self._common = dict(common)
        self._words = words
        self._watch = Watch()
        self._waiting: deque[dict[str, Any]] = deque()
        self._dropped = 0
        self._failing = False
        self._pause = FIRST_PAUSE_SECONDS
        self._not_before = 0.0

    # ── from any thread; each returns at once ─────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        with self._wake:
            self._put({"event": "start", "text": self._words(None)})
        super().start()

    def see(self, status: Mapping[str, Any]) -> None:
        """A new status of the terminal."""
        at = self._clock.monotonic()
        with self._wake:
            self._watch, changes = see(self._watch, status, at, self._limits)
            self._tell(changes)

    def hear(self, event: object) -> None:
        """Anything that happened; the door's alarms are listened to."""
        if isinstance(event, DoorAlarm | DoorAlarmCleared):
            with self._wake:
                self._watch, changes = hear(self._watch, event)
                self._tell(changes)

    def _tell(self, changes: tuple[Change, ...]) -> None:
        for change in changes:
            state = "raised" if change.raised else "cleared"
            self._put({"event": "alarm", "alarm": change.alarm.value, "state": state, "text": self._words(change)})

    def _put(self, body: dict[str, Any]) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft()
            self._dropped += 1
        whole = {"id": str(uuid.uuid4()), "at": self._clock.now().isoformat(timespec="seconds")}
        self._waiting.append(self._common | whole | body)
        self._wake.notify_all()

    # ── its own thread ────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        while (body := self._next()) is not None:
            try:
                self._send(body)
            except NotTaken as fault:
                self._is_not_taken(fault)
            except Exception:
                # One message that cannot be sent at all must not keep the next ones back.
                log.exception("an alarm could not be told")
                self._is_taken(body)
            else:
                self._is_taken(body)

    def _next(self) -> dict[str, Any] | None:
        """The oldest message, once its pause is over; None at the end."""
        with self._wake:
            while not self._stopping:
                left = self._not_before - self._clock.monotonic()
                if self._waiting and left <= 0:
                    body = self._waiting[0]
                    return body | {"dropped": self._dropped} if self._dropped else body
                self._clock.wait(self._wake, left if self._waiting else None)
            return None

    def _is_taken(self, body: Mapping[str, Any]) -> None:
        with self._wake:
            # It may have been let go meanwhile, for want of room.
            if self._waiting and self._waiting[0]["id"] == body["id"]:
                self._waiting.popleft()
            self._dropped -= body.get("dropped", 0)
            self._pause, self._not_before = FIRST_PAUSE_SECONDS, 0.0
        if self._failing:
            self._failing = False
            log.info("alarms are told again")

    def _is_not_taken(self, fault: NotTaken) -> None:
        with self._wake:
            self._not_before = self._clock.monotonic() + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        if not self._failing:
            self._failing = True
            log.warning("alarms cannot be told (%s); they wait", fault)


def sentence_key(change: Change | None) -> str:
    """The key of the sentence in the catalogue."""
    if change is None:
        return "alarm.start"
    return f"alarm.{change.alarm.value}" if change.raised else f"alarm.{change.alarm.value}.over"


KEYS: Final = (
    sentence_key(None),
    *(sentence_key(Change(alarm, raised=raised)) for alarm in Alarm for raised in (True, False)),
)
"""All of them."""
