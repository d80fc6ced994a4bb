"""What the checks of the conformance suite ask with: requests whose answers are judged as a terminal would."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

from kiosk.backends import rest_json as words
from kiosk.backends.base import Unchanged
from kiosk.backends.rest import RestBackend
from kiosk.backends.rest_transport import HttpAnswer, Transport
from kiosk.clock import Clock, moment
from kiosk.errors import BackendUnavailable, KioskError
from kiosk.ids import FactIds
from kiosk.rules.knowledge import Knowledge
from kiosk.types import Capabilities, ClockTrust, Fact, FactId, FactKind, JarCode, MemberId, ShiftId

SECONDS: Final = 30.0
MOST_PAGES: Final = 20_000
KINDS: Final = ("members", "cards", "shifts", "assignments", "jars")
WRONG_TOKEN: Final = "not-the-token-of-any-terminal"  # noqa: S105  it is no secret: nobody has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The server under test, and what of it may be used.

    Attributes:
        url: the contract's root, without ``/v1``.
        token: of a terminal of its own.
        member: a test member; without one nothing is written.
        shift: a coming shift with a free place, on which the member is not.
        jar: the code of a test jar.
        disposable: a member who may be forgotten for good.
        key_id: names the key of the cards; else that of the cards in the snapshot.
        ca_file: certificates to trust instead of the machine's.
    """

    url: str
    token: str = field(repr=False)
    member: MemberId | None = None
    shift: ShiftId | None = None
    jar: JarCode | None = None
    disposable: MemberId | None = None
    key_id: str | None = None
    ca_file: str | None = None


class Broken(Exception):
    """A promise that was not kept: what is wrong, and what to do."""

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo


class Skipped(Exception):
    """A check that does not apply, or may not be made."""


class Probe:
    """One visit at the server. Not safe for threads, but for :meth:`ask`."""

    def __init__(self, target: Target, clock: Clock) -> None:
        self.target = target
        self.clock = clock
        self._new_id = FactIds()
        self._transport = Transport(target.url, target.token, target.ca_file)
        self._backend: RestBackend | None = None
        self._watched: Watched | None = None

    def close(self) -> None:
        self._transport.close()
        if self._backend is not None:
            self._backend.close()

    # ── raw ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def ask(self, method: str, path: str, **request: Any) -> HttpAnswer:
        """One exchange under the terminal's token, from any thread."""
        return _exchange(self._transport, method, path, request)

    def ask_as(self, token: str | None, method: str, path: str, **request: Any) -> HttpAnswer:
        """One exchange under another token, or none."""
        transport = Transport(self.target.url, token, self.target.ca_file)
        try:
            return _exchange(transport, method, path, request)
        finally:
            transport.close()

    def snapshot(self, cursor: str = "", tag: str = "") -> HttpAnswer:
        query = {"cursor": cursor} if cursor else {}
        return self.ask("GET", "/v1/snapshot", query=query, headers={"If-None-Match": tag} if tag else {})

    def full_round(self) -> tuple[list[words.Json], HttpAnswer]:
        """Every page of a full round as it came, and the last answer."""
        pages: list[words.Json] = []
        cursor = ""
        while len(pages) < MOST_PAGES:
            answer = self.snapshot(cursor)
            page = body_of(answer, 200)
            for kind in KINDS:
                if not isinstance(page.get(kind, []), list):
                    raise Broken(f"'{kind}' of a page is no list.", "See Snapshot in the contract.")
            pages.append(page)
            if page.get("last") is not False:
                return pages, answer
            if page.get("cursor") in (None, "", cursor):
                raise Broken("A page that is not the last leads nowhere.", "Give each page a cursor of its own.")
            cursor = str(page["cursor"])
        raise Broken(f"After {MOST_PAGES} pages there is still no last one.", "Say last: true on the last page.")

    @cached_property
    def told(self) -> list[words.Json]:
        """The pages of the first full round of this visit."""
        return self.full_round()[0]

    @cached_property
    def capabilities(self) -> Capabilities:
        try:
            return words.capabilities_from(body_of(self.ask("GET", "/v1/capabilities"), 200))
        except ValueError as fault:
            raise Broken(f"The capabilities cannot be read: {fault}.", "See Capabilities in the contract.") from fault

    def needs(self, *carried: str) -> None:
        """Skip what the server does not say it carries."""
        for name in carried:
            if not getattr(self.capabilities, name):
                raise Skipped(f"the server does not carry {name}")

    # ── as a terminal ─────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def key_id(self) -> str:
        """The key of the cards: as told, else as the first card says."""
        if self.target.key_id is not None:
            return self.target.key_id
        cards = (card for page in self.told for card in page.get("cards", ()) if isinstance(card, dict))
        return str(next(cards, {}).get("key_id", ""))

    def watch(self) -> "Watched":
        """What a terminal knows, brought up to date."""
        if self._watched is None:
            self._backend = self._new_backend()
            self._watched = Watched(self._backend)
        self._watched.pull()
        return self._watched

    def watch_anew(self) -> "Watched":
        """A terminal that knows nothing yet, and is not brought up to date."""
        self._backend = self._backend or self._new_backend()
        return Watched(self._backend)

    def _new_backend(self) -> RestBackend:
        target = self.target
        return RestBackend(target.url, target.token, self.clock, key_id=self.key_id, ca_file=target.ca_file)

    # ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def member(self) -> MemberId:
        """The test member; skips the check where there is none."""
        if self.target.member is None:
            raise Skipped("needs --member")
        return self.target.member

    @property
    def shift(self) -> ShiftId:
        """The test shift; skips the check where there is none."""
        if self.target.shift is None:
            raise Skipped("needs --shift")
        return self.target.shift

    @property
    def jar(self) -> JarCode:
        """The test jar; skips the check where there is none."""
        if self.target.jar is None:
            raise Skipped("needs --jar")
        return self.target.jar

    @property
    def disposable(self) -> MemberId:
        """The member who may be forgotten; skips the check where there is none."""
        if self.target.disposable is None:
            raise Skipped("needs --disposable")
        return self.target.disposable

    def new_id(self) -> FactId:
        return self._new_id(self.clock.now())

    def fact(self, kind: FactKind, minutes_ago: float = 0.0, **more: Any) -> Fact:
        """A fact that happened so long ago, by a clock that can be believed."""
        now = moment(self.clock)
        happened = replace(now, wall=now.wall - timedelta(minutes=minutes_ago), trust=ClockTrust.SYNCED)
        return Fact(id=self.new_id(), kind=kind, happened=happened, **more)

    def send(self, fact: Fact, **headers: str) -> HttpAnswer:
        """Hand a fact over as a terminal does, and look at nothing."""
        return self.send_json(words.fact_to_json(fact), **headers)

    def send_json(self, body: Mapping[str, Any], **headers: str) -> HttpAnswer:
        """Hand over what is or is not a fact. Header names take _ for -; without one the key is the id."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", "/v1/events", json=body, headers=given or {"Idempotency-Key": f'"{body.get("id")}"'})

    def tell(self, *facts: Fact) -> None:
        """Hand facts over, which the server must take."""
        for fact in facts:
            must_accept(self.send(fact), fact.id, f"a {fact.kind.value}")


class Watched:
    """What one terminal knows of the server, by the terminal's own code."""

    def __init__(self, backend: RestBackend) -> None:
        self._backend = backend
        self._cursor = ""
        self._generation = 0
        self.knowledge = Knowledge()
        self.forgotten: set[MemberId] = set()
        """Everyone who was named as forgotten so far."""

    def pull(self, between_pages: Callable[[], None] = lambda: None) -> None:
        """One round."""
        self._generation += 1
        cursor = self._cursor
        for _ in range(MOST_PAGES):
            try:
                answer = self._backend.fetch(cursor, self._generation)
            except KioskError as fault:
                raise Broken(
                    f"A terminal cannot read the snapshot: {fault}.", "See Snapshot in the contract."
                ) from fault
            if isinstance(answer, Unchanged):
                return
            self.knowledge.apply(answer)
            self.forgotten.update(answer.forgotten_members)
            cursor = answer.cursor
            if answer.last:
                self._cursor = cursor
                return
            between_pages()
        raise Broken("The pages of the snapshot do not end.", "Say last: true on the last page.")


def _exchange(transport: Transport, method: str, path: str, request: Mapping[str, Any]) -> HttpAnswer:
    try:
        answer = transport.exchange(method, path, SECONDS, **request)
    except BackendUnavailable as fault:
        raise Broken(f"{method} {path} got no answer: {fault}.", "Answer every request, whole and in time.") from fault
    if 300 <= answer.status < 400 and answer.status != 304:
        raise Broken(
            f"{method} {path} is redirected ({answer.status}).",
            "Answer at the address itself: a terminal follows nobody, so that its token goes nowhere else.",
        )
    if answer.status >= 500:
        raise Broken(
            f"{method} {path} ends in {answer.status}.",
            "Find the error in the server's log. A terminal takes 5xx for trouble that passes, and asks again.",
        )
    return answer


# ── judging an answer ─────────────────────────────────────────────────────────────────────────────────────────────


def body_of(answer: HttpAnswer, *statuses: int) -> words.Json:
    """The JSON object of an answer with one of these statuses."""
    wanted = " or ".join(map(str, statuses))
    if answer.status not in statuses:
        raise Broken(f"The answer has the status {answer.status}, not {wanted}.", f"Answer this with {wanted}.")
    try:
        return words.read_object(json.loads(answer.body))
    except (ValueError, RecursionError):
        raise Broken("The answer is no JSON object.", "Answer with the object that the contract names.") from None


def must_refuse(answer: HttpAnswer, why: str, *codes: str) -> None:
    """The answer is a refusal in the form of RFC 9457, with one of ``codes`` where some are named."""
    if not 400 <= answer.status < 500:
        raise Broken(f"{why} is answered with {answer.status}.", "Refuse it with a status 4xx and a code.")
    try:
        code = words.read_text(words.read_object(json.loads(answer.body)), "code")
    except (ValueError, RecursionError):
        raise Broken(
            f"{why} is refused with {answer.status}, but without a code.",
            "Answer errors as application/problem+json (RFC 9457) with a code: a terminal takes anything else for the "
            "word of a proxy, and asks again for ever.",
        ) from None
    if codes and code not in codes:
        raise Broken(f"{why} is refused as '{code}'.", f"The code here is {' or '.join(codes)}.")


def must_accept(answer: HttpAnswer, fact_id: FactId, what: str, outcome: str = "accepted") -> None:
    """The answer says that the server has it."""
    if answer.status not in {200, 201}:
        raise Broken(
            f"{what} is answered with {answer.status}{_detail_of(answer)}.",
            "It has happened: record it, and answer 200 with its id.",
        )
    body = body_of(answer, 200, 201)
    if (body.get("id"), body.get("outcome")) != (fact_id, outcome):
        raise Broken(f"The answer to {what} does not name it.", f'Answer {{"id": …, "outcome": "{outcome}"}}.')


def _detail_of(answer: HttpAnswer) -> str:
    try:
        body = words.read_object(json.loads(answer.body))
        return f" ({words.read_text(body, 'code')}: {words.read_text(body, 'detail', default='')})"
    except (ValueError, RecursionError):
        return ""
