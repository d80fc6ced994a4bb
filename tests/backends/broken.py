"""Servers that break the contract, each in one way: a layer around the reference server."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from werkzeug.wrappers import Request, Response

from kiosk.backends.reference_server import ReferenceServer
from kiosk.demo.cast import Kind
from tests.backends.rigs import TOKEN, card, demo_clock

Answer = Callable[[], Response]


@dataclass
class Asked:
    """One request on its way to the server, and what a layer may do to it."""

    server: ReferenceServer
    environ: dict[str, Any]
    seen: set[str]
    """The ids of earlier facts."""
    request: Request = field(init=False)
    body: Any = field(init=False)

    def __post_init__(self) -> None:
        self.request = Request(self.environ)
        data = self.request.get_data()
        self.environ["wsgi.input"] = BytesIO(data)
        try:
            self.body = json.loads(data)
        except ValueError:
            self.body = None

    @property
    def path(self) -> str:
        return self.request.path

    @property
    def is_first_time(self) -> bool:
        return isinstance(self.body, dict) and self.body.get("id") not in self.seen

    @property
    def forgotten(self) -> list[str]:
        # Another request has the same connection, and a query is a savepoint on it.
        with self.server._lock:
            return self.server._store.forgotten()

    def is_fact(self, *kinds: str) -> bool:
        return self.path == "/v1/events" and isinstance(self.body, dict) and self.body.get("kind") in kinds

    def rewrite(self, **changes: Any) -> None:
        """Let the server see another body."""
        data = json.dumps(self.body | changes).encode()
        self.environ["wsgi.input"] = BytesIO(data)
        self.environ["CONTENT_LENGTH"] = str(len(data))

    def accept(self) -> Response:
        """Say yes, and do nothing."""
        return said(200, {"id": self.body["id"], "outcome": "accepted"})


def said(status: int, body: object, **headers: str) -> Response:
    kind = "application/json" if status < 400 else "application/problem+json"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(json.dumps(body), status, named, content_type=kind)


Layer = Callable[[Asked, Answer], Response]


def break_with(server: ReferenceServer, layer: Layer) -> None:
    """Put a layer around a server that runs or will run."""
    inner = server._faults._application
    seen: set[str] = set()

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked = Asked(server, environ, seen)
        response = layer(asked, lambda: Response.from_app(inner, environ, buffered=True))
        if asked.path in {"/v1/events", "/v1/bookings"} and isinstance(asked.body, dict):
            seen.add(str(asked.body.get("id")))
        return response(environ, start_response)

    server._faults._application = application


# ── the ways of breaking it ───────────────────────────────────────────────────────────────────────────────────────

FACTS = {"fact-taken", "late-fact-taken", "same-fact-once", "same-fact-at-once", "key-not-reused"}
CHANGES = {
    "check-in-shows",
    "undo-before-its-fact",
    "nothing-between-pages",
    "booking-once",
    "booking-undone-first",
    "card-linked-and-blocked",
    "block-holds",
    "link-taken-back",
    "last-weighing-counts",
    "forgetting-told",
    "forgotten-for-good",
}

BROKEN: dict[str, tuple[Layer, set[str]]] = {}
"""By name: the layer, and the checks that must catch it."""


def caught_by(*checks: str) -> Callable[[Layer], Layer]:
    def note(layer: Layer) -> Layer:
        BROKEN[layer.__name__] = (layer, set(checks))
        return layer

    return note


@caught_by("capabilities")
def is_elsewhere(_: Asked, __: Answer) -> Response:
    return said(307, {}, Location="https://elsewhere.example/")


@caught_by("capabilities")
def fails(_: Asked, __: Answer) -> Response:
    return said(500, {})


@caught_by("capabilities")
def speaks_another_version(asked: Asked, answer: Answer) -> Response:
    return said(200, {"version": 2}) if asked.path == "/v1/capabilities" else answer()


@caught_by("capabilities")
def misspells_a_capability(asked: Asked, answer: Answer) -> Response:
    return said(200, {"version": 1, "card_link": True}) if asked.path == "/v1/capabilities" else answer()


@caught_by("token-needed")
def tells_everyone(asked: Asked, answer: Answer) -> Response:
    asked.environ["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    return answer()


@caught_by("token-needed")
def forgets_to_look_at_the_token_of_posts(asked: Asked, answer: Answer) -> Response:
    if asked.request.method == "POST":
        asked.environ["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    return answer()


@caught_by("clock")
def lives_an_hour_ahead(asked: Asked, answer: Answer) -> Response:
    ahead = demo_clock()
    ahead.advance(3600)
    asked.server._serving._handler.server_clock = ahead
    return answer()


@caught_by("clock")
def does_not_tell_the_time(asked: Asked, answer: Answer) -> Response:
    asked.server._serving._handler.date_time_string = lambda *_: ""
    return answer()


@caught_by(
    "token-needed",
    "errors-in-form",
    "key-not-reused",
    "key-needed",
    "unknown-kind",
    "unknown-member",
    "booking-refused-in-words",
)
def refuses_without_a_word(_: Asked, answer: Answer) -> Response:
    response = answer()
    return response if response.status_code < 400 or response.status_code == 410 else Response("No.", response.status)


def with_page(answer: Answer, change: Callable[[dict[str, Any]], object]) -> Response:
    """The server's page after ``change``."""
    response = answer()
    if response.status_code == 200:
        page = json.loads(response.get_data())
        change(page)
        response.set_data(json.dumps(page))
    return response


@caught_by("pages", *CHANGES)
def does_not_say_whether_a_page_is_full(asked: Asked, answer: Answer) -> Response:
    is_whole = asked.path == "/v1/snapshot" and not asked.request.args
    return with_page(answer, lambda page: page.pop("full")) if is_whole else answer()


@caught_by("pages")
def gives_everything_in_one_page(asked: Asked, answer: Answer) -> Response:
    asked.server._endpoints._page_rows = 10**6
    many = [{"hash": f"{number:064x}", "member_id": "1"} for number in range(2000)]
    is_whole = asked.path == "/v1/snapshot" and not asked.request.args
    return with_page(answer, lambda page: page["cards"].extend(many)) if is_whole else answer()


@caught_by("coop-told")
def keeps_the_coop_to_itself(asked: Asked, answer: Answer) -> Response:
    return with_page(answer, lambda page: page.pop("coop", None)) if asked.path == "/v1/snapshot" else answer()


def first_member(page: dict[str, Any], **changes: Any) -> None:
    for member in page["members"][:1]:
        member.update(changes)


@caught_by("rows-readable")
def has_a_status_of_its_own(asked: Asked, answer: Answer) -> Response:
    return (
        with_page(answer, lambda page: first_member(page, status="president"))
        if asked.path == "/v1/snapshot"
        else answer()
    )


@caught_by("no-more-than-needed")
def tells_addresses(asked: Asked, answer: Answer) -> Response:
    return (
        with_page(answer, lambda page: first_member(page, email="a@b.example"))
        if asked.path == "/v1/snapshot"
        else answer()
    )


@caught_by("references")
def leaves_members_out_but_not_their_cards(asked: Asked, answer: Answer) -> Response:
    return with_page(answer, lambda page: page["members"].clear()) if asked.path == "/v1/snapshot" else answer()


@caught_by("unchanged")
def tells_everything_each_time(asked: Asked, answer: Answer) -> Response:
    # A server that gives no cursors but whole rounds, and forgets the ETag.
    asked.server._endpoints._page_rows = 10**6
    asked.environ.pop("HTTP_IF_NONE_MATCH", None)
    asked.environ["QUERY_STRING"] = ""
    return answer()


@caught_by("unchanged")
def has_tags_without_quotes(asked: Asked, answer: Answer) -> Response:
    response = answer()
    if "ETag" in response.headers:
        response.headers["ETag"] = response.headers["ETag"].strip('"')
    return response


@caught_by("changes")
def forgets_changes_at_once(asked: Asked, answer: Answer) -> Response:
    is_change = ".changes." in asked.request.args.get("cursor", "") and "If-None-Match" not in asked.request.headers
    return said(410, {"code": "cursor_gone"}) if is_change else answer()


@caught_by("cursor-gone")
def takes_any_cursor_for_the_present(asked: Asked, answer: Answer) -> Response:
    response = answer()
    return said(200, {"full": False, "last": True, "cursor": "c"}) if response.status_code == 410 else response


@caught_by("cursor-gone")
def knows_no_word_for_a_lost_cursor(asked: Asked, answer: Answer) -> Response:
    response = answer()
    return said(400, {"code": "bad_request"}) if response.status_code == 410 else response


@caught_by(*CHANGES - {"undo-before-its-fact", "booking-undone-first", "link-taken-back"})
def says_that_nothing_ever_changes(asked: Asked, answer: Answer) -> Response:
    return Response(status=304) if "If-None-Match" in asked.request.headers else answer()


@caught_by("stranger", "forgotten-for-good")
def takes_every_card_for_the_same(asked: Asked, answer: Answer) -> Response:
    member = {"id": "1", "first_name": "Gilles", "status": "ok"}
    response = answer()
    if (
        asked.path == "/v1/identify"
        and response.status_code == 200
        and json.loads(response.get_data())["member"] is None
    ):
        return said(200, {"member": member, "blocked": False})
    return response


@caught_by("stranger")
def says_nothing_of_a_stranger(asked: Asked, answer: Answer) -> Response:
    response = answer()
    if (
        asked.path == "/v1/identify"
        and response.status_code == 200
        and json.loads(response.get_data())["member"] is None
    ):
        return said(200, {})
    return response


@caught_by("known-card")
def knows_no_card_by_asking(asked: Asked, answer: Answer) -> Response:
    response = answer()
    if asked.path == "/v1/identify" and response.status_code == 200:
        return said(200, {"member": None})
    return response


# ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@caught_by(
    *FACTS,
    *CHANGES,
    "errors-in-form",
    "key-needed",
    "unknown-kind",
    "unknown-member",
)
def fails_on_facts(asked: Asked, answer: Answer) -> Response:
    response = answer()
    return said(500, {}) if asked.path == "/v1/events" and response.status_code != 401 else response


@caught_by(*FACTS, *CHANGES)
def does_not_name_what_it_took(asked: Asked, answer: Answer) -> Response:
    response = answer()
    return said(200, {"status": "ok"}) if asked.path == "/v1/events" and response.status_code == 200 else response


def parse_moment(asked: Asked) -> str:
    return str(asked.body.get("happened_at")) if isinstance(asked.body, dict) else ""


@caught_by("late-fact-taken")
def judges_what_is_late(asked: Asked, answer: Answer) -> Response:
    is_late = asked.path == "/v1/events" and "2026-11-20" <= parse_moment(asked) < "2026-11-24T00"
    return said(422, {"code": "too_late"}) if is_late else answer()


@caught_by("late-fact-taken")
def believes_no_clock_from_1970(asked: Asked, answer: Answer) -> Response:
    return said(422, {"code": "too_old"}) if parse_moment(asked).startswith("1970") else answer()


@caught_by("same-fact-once", "same-fact-at-once", "key-not-reused", "booking-once")
def refuses_what_it_knows(asked: Asked, answer: Answer) -> Response:
    is_known = asked.request.method == "POST" and asked.path != "/v1/identify" and not asked.is_first_time
    return said(409, {"code": "duplicate"}) if is_known and asked.body else answer()


@caught_by("key-not-reused")
def takes_anything_under_a_key_it_knows(asked: Asked, answer: Answer) -> Response:
    response = answer()
    is_reused = asked.path == "/v1/events" and response.status_code == 422 and not asked.is_first_time
    return asked.accept() if is_reused else response


@caught_by("key-needed")
def needs_no_key(asked: Asked, answer: Answer) -> Response:
    if isinstance(asked.body, dict) and "id" in asked.body:
        asked.environ["HTTP_IDEMPOTENCY_KEY"] = asked.body["id"]
    return answer()


@caught_by("unknown-kind")
def takes_any_kind(asked: Asked, answer: Answer) -> Response:
    return asked.accept() if asked.is_fact("no_such_kind") else answer()


@caught_by("unknown-member")
def trips_over_strangers(asked: Asked, answer: Answer) -> Response:
    response = answer()
    return said(500, {}) if response.status_code == 422 and b"unknown_member" in response.get_data() else response


def swallowing(*kinds: str) -> Layer:
    return lambda asked, answer: asked.accept() if asked.is_fact(*kinds) else answer()


def note(name: str, layer: Layer, *checks: str) -> None:
    BROKEN[name] = (layer, set(checks))


note("ignores_check_ins", swallowing("check_in"), "check-in-shows")
note("undoes_no_check_in", swallowing("check_in_undone"), "check-in-shows")
note("undoes_no_booking", swallowing("booking_undone"), "booking-once")
note("links_no_cards", swallowing("card_linked"), "card-linked-and-blocked")
note("blocks_no_cards", swallowing("card_blocked"), "card-linked-and-blocked", "block-holds")
note("takes_no_link_back", swallowing("card_unlinked"), "link-taken-back")
note("forgets_nobody", swallowing("member_forgotten"), "forgetting-told", "forgotten-for-good")
note("weighs_no_jars", swallowing("tare"), "last-weighing-counts")


@caught_by("undo-before-its-fact", "booking-undone-first")
def undoes_only_what_is_there(asked: Asked, answer: Answer) -> Response:
    is_early = asked.is_fact("check_in_undone", "booking_undone") and asked.body["about"] not in asked.seen
    return asked.accept() if is_early else answer()


@caught_by("nothing-between-pages")
def forgets_what_changes_between_two_pages(asked: Asked, answer: Answer) -> Response:
    def lead_to_the_present(page: dict[str, Any]) -> None:
        if page["full"] and page["last"]:
            page["cursor"] = f"{page['cursor'].rpartition('.')[0]}.{asked.server._store._change}"

    response = answer()
    if asked.path != "/v1/snapshot":
        return response
    response.headers.pop("ETag", None)
    return with_page(lambda: response, lead_to_the_present)


@caught_by("booking-once")
def hands_out_places_that_nobody_sees(asked: Asked, answer: Answer) -> Response:
    is_booking = asked.path == "/v1/bookings" and asked.body and asked.body.get("shift_id") != "no-shift-has-this-id"
    return said(201, {"id": asked.body["id"], "outcome": "booked"}) if is_booking else answer()


@caught_by("booking-refused-in-words")
def books_on_any_shift(asked: Asked, answer: Answer) -> Response:
    response = answer()
    is_nowhere = asked.path == "/v1/bookings" and response.status_code == 422
    return said(201, {"id": asked.body["id"], "outcome": "booked"}) if is_nowhere else response


@caught_by("block-holds", "last-weighing-counts")
def believes_whoever_spoke_last(asked: Asked, answer: Answer) -> Response:
    if asked.is_fact("card_linked", "card_blocked", "tare"):
        asked.rewrite(clock="never")
    return answer()


# ── forgetting ────────────────────────────────────────────────────────────────────────────────────────────────────


@caught_by("forgetting-told", "forgotten-for-good")
def names_the_forgotten_once_only(asked: Asked, answer: Answer) -> Response:
    def leave_out(page: dict[str, Any]) -> None:
        if page["full"]:
            page.pop("forgotten_members", None)

    return with_page(answer, leave_out) if asked.path == "/v1/snapshot" else answer()


@caught_by("forgetting-told")
def forgets_only_whom_it_knows(asked: Asked, answer: Answer) -> Response:
    is_nobody = asked.is_fact("member_forgotten") and asked.body["member_id"].startswith("nobody-")
    return said(422, {"code": "unknown_member"}) if is_nobody else answer()


@caught_by("forgotten-for-good")
def goes_on_telling_of_the_forgotten(asked: Asked, answer: Answer) -> Response:
    def add(page: dict[str, Any]) -> None:
        page["members"] += [{"id": id_, "first_name": "Io", "status": "ok"} for id_ in asked.forgotten]

    return with_page(answer, add) if asked.path == "/v1/snapshot" else answer()


@caught_by("forgotten-for-good")
def knows_the_cards_of_the_forgotten(asked: Asked, answer: Answer) -> Response:
    if asked.path == "/v1/identify" and asked.body and asked.body.get("card") == card(Kind.AHEAD):
        return said(200, {"member": {"id": "129", "first_name": "Io", "status": "ok"}})
    return answer()


@caught_by("forgotten-for-good")
def takes_no_late_word_of_the_forgotten(asked: Asked, answer: Answer) -> Response:
    is_late = asked.is_fact("passage") and asked.body.get("member_id") in asked.forgotten
    return said(422, {"code": "unknown_member"}) if is_late else answer()
