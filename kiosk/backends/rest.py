"""A server of the REST contract (docs/rest.md) as a backend. Trusts no answer further than its form."""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

from kiosk.backends import rest_json as words
from kiosk.backends.base import Accepted, Outcome, Refused, Retry, Unchanged
from kiosk.backends.rest_transport import Exchanger, HttpAnswer, Transport
from kiosk.backends.shown import shown_line
from kiosk.clock import Clock
from kiosk.errors import BackendUnavailable, ConfigError, NotAuthorised
from kiosk.events import BookingOutcome, Identified, KnowledgePage
from kiosk.types import CARD_KINDS, Capabilities, CardHash, Fact, FactId, MemberId, ShiftId

log = logging.getLogger(__name__)

LONGEST_CURSOR: Final = 2000
LONGEST_REASON: Final = 200
LONGEST_PAUSE: Final = 3600.0
LONGEST_PAGE_SECONDS: Final = 120.0
"""No exchange takes longer than the watchdog waits for a sign of life."""
IN_FLIGHT_PAUSE: Final = 2.0
NOT_NOW: Final = frozenset({408, 425, 429})
BOOKING_CODES: Final = {
    "taken": BookingOutcome.TAKEN,
    "overlap": BookingOutcome.OVERLAP,
    "training": BookingOutcome.TRAINING,
}
_TAG: Final = re.compile(r'(W/)?"[\x21\x23-\x7e]{0,500}"')
"""An entity tag (RFC 9110, 8.8.3)."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class _Bookmark:
    """What :attr:`KnowledgePage.cursor` carries: the server's cursor, and its ETag where a round is complete."""

    cursor: str = ""
    tag: str = ""
    is_complete: bool = True

    def __str__(self) -> str:
        return json.dumps([self.cursor, self.tag, self.is_complete])

    @classmethod
    def parse(cls, text: str) -> "_Bookmark":
        """Read back; what another backend has left is no bookmark, and starts from nothing."""
        try:
            cursor, tag, is_complete = json.loads(text)
        except (ValueError, TypeError):
            return cls()
        return cls(str(cursor), str(tag), bool(is_complete))


class RestBackend:
    """A coop's server, over HTTPS.

    Args:
        url: the contract's root, without ``/v1``; plain HTTP on the loopback only.
        token: this terminal's bearer token.
        clock: stamps the pages.
        key_id: names the key under which cards are hashed here; cards of another key are left out.
        changing: the coop changes its key: cards of the one before are kept, until each was laid once.
        timeout_seconds: bounds every exchange as a whole; a page of the snapshot has three times as long, and at most
            two minutes.
        ca_file: certificates to trust instead of the machine's.
        transport: carries the requests instead of sockets, where the server is simulated.

    Raises:
        ConfigError: the address cannot be used.
    """

    def __init__(
        self,
        url: str,
        token: str,
        clock: Clock,
        *,
        key_id: str = "",
        changing: bool = False,
        timeout_seconds: float = 10.0,
        ca_file: str | None = None,
        transport: Exchanger | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ConfigError(["backend.url: it must begin with https://, or members' names travel in the open"])
        self._clock = clock
        self._key_id = key_id
        self._changing = changing
        self._timeout_seconds = timeout_seconds
        self._transport = transport or Transport(url, token, ca_file)
        self._capabilities: Capabilities | None = None
        self.skipped_rows = 0
        """Rows of the last page that could not be read."""
        self.server_ahead: timedelta | None = None
        """How far the server's clock is ahead of this one, to the second; None until it has answered."""

    def capabilities(self) -> Capabilities:
        if self._capabilities is None:
            self._capabilities = self._ask_capabilities()
        return self._capabilities

    def fetch(self, cursor: str, generation: int) -> KnowledgePage | Unchanged:
        place = _Bookmark.parse(cursor)
        query = {"cursor": place.cursor} if place.cursor else {}
        headers = {"If-None-Match": place.tag} if place.tag else {}
        seconds = min(3 * self._timeout_seconds, LONGEST_PAGE_SECONDS)
        answer = self._exchange("GET", "/v1/snapshot", seconds, query=query, headers=headers)
        if answer.status == 410 and place.cursor:
            if not place.is_complete:
                # In the middle of a round: pages of two states must not be mixed in one.
                raise BackendUnavailable("the server began anew while its list was read")
            return self.fetch("", generation)
        if answer.status == 304 and place.tag:
            return Unchanged()
        body = _json_of(answer, 200)
        try:
            page = self._page_of(body, answer.headers, generation)
        except ValueError as fault:
            raise BackendUnavailable(f"the answer is not a snapshot: {fault}") from fault
        if page.full and not place.cursor:
            self._capabilities = self._ask_capabilities()
            return replace(page, capabilities=self._capabilities)
        return page

    def deliver(self, fact: Fact) -> Outcome:
        answer = self._post("/v1/events", self._timeout_seconds, self._told(fact), fact.id)
        return _outcome_about(answer, fact.id)

    def identify(self, card: CardHash, timeout_seconds: float, _code: str = "") -> Identified:
        try:
            answer = self._post("/v1/identify", timeout_seconds, {"card": card, "key_id": self._key_id})
            body = _json_of(answer, 200)
            # A null member is a stranger; an answer that does not speak of a member is no answer.
            member, account = words.require(body, "member"), body.get("account")
            return Identified(
                hash=card,
                available=True,
                member=None if member is None else words.member_from(words.read_object(member)),
                account=None if account is None else words.member_from(words.read_object(account)),
                blocked=words.read_flag(body, "blocked"),
                present=words.texts_from(body.get("present"), ShiftId),
            )
        except (BackendUnavailable, ValueError):
            return Identified(hash=card, available=False)

    def book(self, fact_id: FactId, member: MemberId, shift: ShiftId, timeout_seconds: float) -> BookingOutcome:
        # No time in it: a repeated request is the same to the byte.
        wish = {"id": fact_id, "member_id": member, "shift_id": shift}
        answer = self._post("/v1/bookings", timeout_seconds, wish, fact_id)
        code = _problem_of(answer).get("code")
        if answer.status == 409 and code in BOOKING_CODES:
            return BOOKING_CODES[code]
        match _outcome_about(answer, fact_id):
            case Accepted():
                return BookingOutcome.BOOKED
            case Refused():
                return BookingOutcome.REFUSED
            case Retry():
                return BookingOutcome.UNAVAILABLE

    def close(self) -> None:
        self._transport.close()

    def _told(self, fact: Fact) -> words.Json:
        """What the server is told of a fact; a card goes with the name of the key it is hashed under."""
        told = words.fact_to_json(fact)
        if fact.kind in CARD_KINDS:
            told["details"] = {"key_id": self._key_id, **told["details"]}
        return told

    # ── one exchange ──────────────────────────────────────────────────────────────────────────────────────────────

    def _post(self, path: str, seconds: float, body: object, key: str | None = None) -> HttpAnswer:
        headers = {} if key is None else {"Idempotency-Key": f'"{key}"'}
        return self._exchange("POST", path, seconds, json=body, headers=headers)

    def _exchange(self, method: str, path: str, seconds: float, **request: Any) -> HttpAnswer:
        answer = self._transport.exchange(method, path, seconds, **request)
        if answer.status in {401, 403}:
            raise NotAuthorised("the server does not accept this terminal")
        self._note_time(answer)
        return answer

    def _note_time(self, answer: HttpAnswer) -> None:
        try:
            told = parsedate_to_datetime(answer.headers.get("Date", ""))
            self.server_ahead = told.astimezone(UTC) - self._clock.now()
        except (ValueError, OverflowError):
            self.server_ahead = None

    def _ask_capabilities(self) -> Capabilities:
        body = _json_of(self._exchange("GET", "/v1/capabilities", self._timeout_seconds), 200)
        try:
            return words.capabilities_from(body)
        except ValueError as fault:
            raise BackendUnavailable(f"the answer names no capabilities: {fault}") from fault

    # ── reading a page ────────────────────────────────────────────────────────────────────────────────────────────

    def _page_of(self, body: words.Json, headers: Mapping[str, str], generation: int) -> KnowledgePage:
        for name in ("full", "last"):
            words.require(body, name)
        is_last = words.read_flag(body, "last")
        cursor = words.read_text(body, "cursor", LONGEST_CURSOR, default="")
        if not is_last and not cursor:
            raise ValueError("a page that is not the last has no cursor")
        tag = headers.get("ETag", "") if is_last else ""
        bookmark = _Bookmark(cursor, tag if _TAG.fullmatch(tag) else "", is_last)
        removed = words.read_object(body.get("removed") or {})
        coop = body.get("coop")
        members, bad_members = words.rows_from(body.get("members"), words.member_from)
        cards, bad_cards = words.rows_from(self._own_cards(body.get("cards")), words.card_from)
        shifts, bad_shifts = words.rows_from(body.get("shifts"), words.shift_from)
        assignments, bad_assignments = words.rows_from(body.get("assignments"), words.assignment_from)
        jars, bad_jars = words.rows_from(body.get("jars"), words.jar_from)
        places, bad_places = words.rows_from(removed.get("assignments"), words.place_from)
        self._note_skipped(bad_members + bad_cards + bad_shifts + bad_assignments + bad_jars + bad_places)
        return KnowledgePage(
            generation=generation,
            full=words.read_flag(body, "full"),
            last=is_last,
            cursor=str(bookmark),
            fetched_at=self._clock.now(),
            coop=None if coop is None else words.coop_from(words.read_object(coop)),
            members=members,
            cards=cards,
            shifts=shifts,
            assignments=assignments,
            jars=jars,
            removed_members=words.texts_from(removed.get("members"), MemberId),
            removed_cards=words.texts_from(removed.get("cards"), CardHash),
            removed_shifts=words.texts_from(removed.get("shifts"), ShiftId),
            removed_assignments=places,
            forgotten_members=words.texts_from(body.get("forgotten_members"), MemberId),
        )

    def _own_cards(self, cards: object) -> list[Any]:
        """The cards hashed under this terminal's key; while it changes, those under the one before as well."""
        rows = words.read_list(cards)
        if self._changing:
            return rows
        return [
            card
            for card in rows
            if not isinstance(card, dict) or not self._key_id or card.get("key_id", self._key_id) == self._key_id
        ]

    def _note_skipped(self, count: int) -> None:
        if count and count != self.skipped_rows:
            log.warning("rest: %d rows of a page could not be read and were left out", count)
        self.skipped_rows = count


# ── from HTTP to outcomes ─────────────────────────────────────────────────────────────────────────────────────────


def outcome_of(answer: HttpAnswer) -> Outcome:
    """What an answer to a POST means.

    Only an answer in the contract's own form counts: what a proxy or a portal says is no answer of the server.

    Raises:
        BackendUnavailable: it is none of the contract's, or the server is in trouble and names no time.
    """
    if answer.status in {200, 201}:
        _json_of(answer, answer.status)
        return Accepted()
    told = _problem_of(answer)
    code = told.get("code")
    pause = _maybe_pause(answer)
    if answer.status == 409 and code == "in_flight":
        return Retry(after_seconds=pause or IN_FLIGHT_PAUSE, why="the server is still busy with it")
    if pause is not None and (answer.status in NOT_NOW or answer.status >= 500):
        return Retry(after_seconds=pause, why=f"the server answers {answer.status}")
    if 400 <= answer.status < 500 and answer.status not in NOT_NOW and isinstance(code, str):
        detail = told.get("detail")
        reason = detail if isinstance(detail, str) and detail else code
        return Refused(shown_line(reason)[:LONGEST_REASON])
    raise BackendUnavailable(f"the server answers {answer.status}")


def _outcome_about(answer: HttpAnswer, fact_id: FactId) -> Outcome:
    """What the answer means, if it is the one to this fact or wish."""
    outcome = outcome_of(answer)
    if isinstance(outcome, Accepted) and _json_of(answer, answer.status).get("id") != fact_id:
        raise BackendUnavailable("the answer is about something else")
    return outcome


def _maybe_pause(answer: HttpAnswer) -> float | None:
    """Retry-After in seconds (RFC 9110, 10.2.3), within an hour; None where the server names no time."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isdecimal() and len(text) < 10:
        return min(float(text), LONGEST_PAUSE)
    try:
        at, told = parsedate_to_datetime(text), parsedate_to_datetime(answer.headers.get("Date", ""))
        return min(max((at - told).total_seconds(), 0.0), LONGEST_PAUSE)
    except (ValueError, TypeError, OverflowError):
        return None


def _json_of(answer: HttpAnswer, status: int) -> words.Json:
    if answer.status != status:
        raise BackendUnavailable(f"the server answers {answer.status}")
    try:
        return words.read_object(json.loads(answer.body))
    except (ValueError, RecursionError) as fault:
        raise BackendUnavailable("the answer is not the contract's JSON") from fault


def _problem_of(answer: HttpAnswer) -> words.Json:
    """The body of a refusal (RFC 9457), or nothing."""
    try:
        return words.read_object(json.loads(answer.body))
    except (ValueError, RecursionError):
        return {}
