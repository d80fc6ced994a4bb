"""The checks that only read. What they send is refused by any server that keeps the contract, and records nothing."""

import difflib
import re
import secrets
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Final

from kiosk.backends import rest_json as words
from kiosk.backends.conformance_probe import WRONG_TOKEN, Broken, Probe, Skipped, body_of, must_refuse
from kiosk.types import Assignment, Card, Jar, Member, Presence, Shift

ROWS: Final = {
    "members": (words.member_from, Member),
    "cards": (words.card_from, Card),
    "shifts": (words.shift_from, Shift),
    "assignments": (words.assignment_from, Assignment),
    "jars": (words.jar_from, Jar),
}
PATHS: Final = (
    ("GET", "/v1/capabilities"),
    ("GET", "/v1/snapshot"),
    ("POST", "/v1/events"),
    ("POST", "/v1/identify"),
    ("POST", "/v1/bookings"),
)
CLOCK_SECONDS: Final = 120
MOST_ROWS: Final = 2000
TRIES: Final = 3
_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e]*"')


def capabilities(probe: Probe) -> None:
    """The server says what it carries."""
    carried = probe.capabilities
    body = body_of(probe.ask("GET", "/v1/capabilities"), 200)
    known = [field.name for field in fields(carried) if field.name not in words.NOT_IN_THE_CONTRACT]
    for name in body.keys() - {*known, "version", "terminal"}:
        meant = difflib.get_close_matches(name, known, 1)
        raise Broken(
            f"'{name}' is no capability.",
            f"Did you mean '{meant[0]}'?" if meant else "Leave it out: the terminal would take it for not carried.",
        )


def token_needed(probe: Probe) -> None:
    """Whoever has no token, or a wrong one, is told nothing."""
    for token, whose in ((None, "no token"), (WRONG_TOKEN, "a wrong token")):
        for method, path in PATHS:
            # What has no member in it can be recorded by nobody.
            answer = probe.ask_as(token, method, path, **({"json": {}} if method == "POST" else {}))
            if answer.status not in {401, 403}:
                raise Broken(
                    f"{method} {path} with {whose} is answered with {answer.status}.",
                    "Look at the bearer token before anything else, and answer 401 with the code not_authorised.",
                )
            must_refuse(answer, f"{method} {path} with {whose}")


def clock(probe: Probe) -> None:
    """Every answer tells the server's time, and it is right."""
    told = probe.ask("GET", "/v1/capabilities").headers.get("Date", "")
    try:
        ahead = (parsedate_to_datetime(told).astimezone(UTC) - probe.clock.now()).total_seconds()
    except (ValueError, OverflowError):
        raise Broken("The answer has no Date header.", "Send Date (RFC 9110, 6.6.1) with every answer.") from None
    if abs(ahead) > CLOCK_SECONDS:
        raise Broken(
            f"The server's clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} this machine's.",
            "Let both get their time from the network.",
        )


def errors_in_form(probe: Probe) -> None:
    """What is not understood is refused with a code."""
    must_refuse(probe.send_json({}, Idempotency_Key='"none"'), "An event without id, kind and time")


def pages(probe: Probe) -> None:
    """The snapshot comes in pages that lead to a last one."""
    told = probe.told
    for number, page in enumerate(told, 1):
        where = f"Page {number} of {len(told)}"
        for name in ("full", "last"):
            if not isinstance(page.get(name), bool):
                raise Broken(f"{where} does not say '{name}'.", f"Say {name}: true or false on every page.")
        if not page["full"]:
            raise Broken(f"{where} is not full, though no cursor was sent.", "Begin everything anew without a cursor.")
        if not isinstance(page.get("cursor"), str) or len(page["cursor"]) > 2000:
            raise Broken(f"{where} has no cursor that can be sent back.", "Give a text of at most 2000 characters.")
        rows = sum(len(page.get(kind, ())) for kind in ROWS)
        if rows > MOST_ROWS:
            raise Broken(f"{where} has {rows} rows.", "Cut the snapshot into pages of a few hundred rows.")


def coop_told(probe: Probe) -> None:
    """The snapshot tells of the coop itself."""
    found = [page["coop"] for page in probe.told if page.get("coop") is not None]
    if not found:
        raise Broken(
            "No page has 'coop'.",
            "Tell the coop on the first page: without its hours the door is open to members day and night.",
        )
    try:
        words.coop_from(words.read_object(found[0]))
    except ValueError as fault:
        raise Broken(f"The coop cannot be read: {fault}.", "See Coop in the contract.") from fault


def rows_readable(probe: Probe) -> None:
    """Every row can be read."""
    for where, kind, row in _rows(probe):
        reader: Any = ROWS[kind][0]
        try:
            reader(words.read_object(row))
        except ValueError as fault:
            raise Broken(f"{where} cannot be read: {fault}.", "A terminal leaves such a row out.") from fault


def no_more_than_needed(probe: Probe) -> None:
    """Nothing is told that the contract does not name: no addresses, no photos, no birth days."""
    for where, kind, row in _rows(probe):
        named = {field.name for field in fields(ROWS[kind][1])} | {"key_id"}
        for name in row.keys() - named if isinstance(row, dict) else ():
            raise Broken(f"{where} tells '{name}'.", "Leave it out: what is not needed is not sent.")


def references(probe: Probe) -> None:
    """Cards, places and household cards belong to members and shifts that are told."""
    rows = [found for found in _rows(probe) if isinstance(found[2], dict)]
    known = {(kind, str(row.get("id"))) for _, kind, row in rows}
    for where, _, row in rows:
        for name, kind in (("member_id", "members"), ("shift_id", "shifts"), ("attached_to", "members")):
            if row.get(name) is not None and (kind, str(row[name])) not in known:
                raise Broken(f"{where} names in '{name}' what no page tells.", "Tell both, or neither.")


def unchanged(probe: Probe) -> None:
    """Asked again, the server says that nothing has changed, and not everything anew."""
    for _ in range(TRIES):
        _, last = probe.full_round()
        cursor, tag = str(body_of(last, 200).get("cursor", "")), last.headers.get("ETag", "")
        if tag and not _TAG.fullmatch(tag):
            raise Broken(f"The ETag {tag!r} is not in form.", 'Put it in quotes: "…" (RFC 9110, 8.8.3).')
        answer = probe.snapshot(cursor, tag)
        if answer.status == 304:
            return
        # A living coop may have changed in this very moment.
        if not body_of(answer, 200).get("full"):
            return
    raise Broken(
        "The whole snapshot comes again each time it is asked for.",
        "Send an ETag with the last page, and 304 to whoever sends it back in If-None-Match.",
    )


def changes(probe: Probe) -> None:
    """The last cursor of a round leads on."""
    _, last = probe.full_round()
    cursor = str(body_of(last, 200).get("cursor", ""))
    if not cursor:
        raise Skipped("the server knows no changes: its last page has no cursor")
    answer = probe.snapshot(cursor)
    if answer.status == 410:
        raise Broken("A cursor of this moment is gone.", "Remember changes for some days at least.")
    if not isinstance(body_of(answer, 200).get("full"), bool):
        raise Broken("The page after the last cursor does not say 'full'.", "Say full: false where it is only changes.")


def cursor_gone(probe: Probe) -> None:
    """An unknown cursor is gone, so that the terminal begins anew."""
    answer = probe.snapshot("a-cursor-that-nobody-gave")
    if answer.status == 200:
        if body_of(answer, 200).get("full") is not True:
            raise Broken(
                "An unknown cursor is answered with changes.",
                "Answer 410 with the code cursor_gone: the terminal lacks what it never was told.",
            )
        return
    if answer.status != 410:
        raise Broken(f"An unknown cursor is answered with {answer.status}.", "Answer 410 with the code cursor_gone.")
    must_refuse(answer, "An unknown cursor", "cursor_gone")


def stranger(probe: Probe) -> None:
    """A card that nobody has is answered as unknown."""
    probe.needs("identify")
    answer = body_of(_identify(probe, secrets.token_hex(32)), 200)
    if "member" not in answer:
        raise Broken("The answer does not speak of a member.", 'Answer {"member": null}: an unknown card is normal.')
    if answer["member"] is not None:
        raise Broken("A card that was made up just now belongs to someone.", "Compare the whole hash.")


def known_card(probe: Probe) -> None:
    """A card of the snapshot is answered with its member."""
    probe.needs("identify")
    if probe.capabilities.presence is Presence.BY_IDENTIFYING:
        raise Skipped("asking would note someone as present")
    rows = [row for _, kind, row in _rows(probe) if kind == "cards" and isinstance(row, dict)]
    own = [row for row in rows if row.get("key_id", probe.key_id) == probe.key_id]
    cards, _ = words.rows_from(own, words.card_from)
    if not cards:
        raise Skipped("there is no card in the snapshot")
    answer = body_of(_identify(probe, cards[0].hash), 200)
    try:
        member = words.member_from(words.read_object(answer.get("member")))
        blocked = words.read_flag(answer, "blocked")
    except ValueError as fault:
        raise Broken(f"The answer cannot be read: {fault}.", "See Identified in the contract.") from fault
    if (member.id, blocked) != (cards[0].member_id, cards[0].blocked):
        raise Broken("The answer is not what the snapshot says.", "Ask the same table in both.")


def _identify(probe: Probe, card: str) -> Any:
    return probe.ask("POST", "/v1/identify", json={"card": card, "key_id": probe.key_id})


def _rows(probe: Probe) -> Iterator[tuple[str, str, Any]]:
    """Where it stands, its kind, and the row. Places are told by number: a row may hold a name."""
    for number, page in enumerate(probe.told, 1):
        for kind in ROWS:
            for at, row in enumerate(page.get(kind, ())):
                yield f"{kind}[{at}] of page {number}", kind, row


READING: Final = (
    capabilities,
    token_needed,
    clock,
    errors_in_form,
    pages,
    coop_told,
    rows_readable,
    no_more_than_needed,
    references,
    unchanged,
    changes,
    cursor_gone,
    stranger,
    known_card,
)
