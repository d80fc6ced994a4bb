"""The coop's server in the simulation: the REST contract (docs/rest.md) in its own words, without a socket.

It keeps what it accepts by id, answers a repeated request as it did the first time, tells changes by number, and can be
put back to an older backup, as happens to servers. What it was told and has lost that way it remembers apart: that loss
is not the terminal's.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from itertools import islice
from typing import Any, Final

from kiosk.backends.rest_json import fact_from, to_json
from kiosk.backends.rest_transport import HttpAnswer
from kiosk.types import (
    CARD_KINDS,
    DELIVERED,
    JAR_KINDS,
    Assignment,
    Capabilities,
    Card,
    Coop,
    Fact,
    FactId,
    FactKind,
    Member,
    MemberId,
    Shift,
    ShiftId,
)

KINDS: Final = ("coop", "members", "cards", "shifts", "assignments", "jars")
PAGE_ROWS: Final = 400
CARRIED: Final = Capabilities(
    roster=True, next_shifts=True, balance=True, fee_dates=True, identify=True, booking=True, undo=True,
    card_links=True, jars=True, notice=True, roles=True, check_in_opens_minutes=15,
)  # fmt: skip
Key = tuple[int, str]
"""The place of the kind in :data:`KINDS`, and the row's own key."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A fact as it came.

    Attributes:
        terminal: which one told it.
        said: the whole of it but its id: two facts that say the same are one happening told twice.
        at: simulated seconds.
    """

    fact: Fact
    terminal: str
    said: str
    at: float


@dataclass(frozen=True, slots=True)
class _Step:
    """One change, and how to take it back."""

    at: float
    take_back: Callable[[], None]


class CoopServer:
    """One server.

    Args:
        now: simulated seconds, for backups.
        wall: its own wall clock.

    Attributes:
        kept: what it has, by id.
        lost: what it had accepted and lost with a backup.
        doubles: happenings that came under two ids.
    """

    def __init__(self, now: Callable[[], float], wall: Callable[[], datetime]) -> None:
        self._now = now
        self._wall = wall
        self._rows: dict[Key, tuple[int, Any]] = {}
        self._log: list[tuple[int, Key]] = []
        self._change = 0
        self._epoch = 1
        self._answers: dict[str, tuple[str, int, Any]] = {}
        self._steps: list[_Step] = []
        self._said: dict[str, FactId] = {}
        self.kept: dict[FactId, Kept] = {}
        self.lost: set[FactId] = set()
        self.doubles: list[tuple[FactId, FactId]] = []
        self.members: dict[MemberId, Member] = {}
        self.forgotten: dict[MemberId, int] = {}
        """Whom every terminal has to forget, and since which change."""
        self.on_kept: Callable[[Kept], None] = lambda _kept: None

    # ── what the office does ──────────────────────────────────────────────────────────────────────────────────────

    def put(self, *rows: Member | Card | Shift | Assignment | Coop) -> None:
        """Make or change rows."""
        for row in rows:
            match row:
                case Member():
                    self._set((1, row.id), to_json(row))
                    self.members[row.id] = row
                case Card():
                    self._set((2, row.hash), to_json(row))
                case Shift():
                    self._set((3, row.id), to_json(row))
                case Assignment():
                    self._set((4, _place(row.shift_id, row.member_id)), to_json(row))
                case Coop():
                    self._set((0, ""), to_json(row))

    def drop_shifts(self, ids: Iterable[ShiftId]) -> None:
        """Past shifts leave the plan, with their rosters."""
        for shift in ids:
            for key in [(3, shift), *((4, _place(shift, member)) for member in self.members)]:
                if self._body(key) is not None:
                    self._set(key, None)

    def forget(self, member_id: MemberId) -> None:
        """Somebody is in no page any more, and every terminal is told."""
        if member_id in self.forgotten:
            return
        member = self.members.pop(member_id, None)
        for key, (_, body) in tuple(self._rows.items()):
            if body is not None and (key == (1, member_id) or (key[0] in {2, 4} and body["member_id"] == member_id)):
                self._set(key, None)
        self._change += 1
        self.forgotten[member_id] = self._change

        def take_back() -> None:
            del self.forgotten[member_id]
            if member is not None:
                self.members[member_id] = member

        self._note(take_back)

    def places(self, shift: str) -> int:
        """How many are on a shift."""
        return sum(self._body((4, _place(shift, member))) is not None for member in self.members)

    def _body(self, key: Key) -> Any:
        return self._rows.get(key, (0, None))[1]

    def _set(self, key: Key, body: Any) -> None:
        before = self._rows.get(key)
        if before is not None and before[1] == body:
            return
        self._change += 1
        self._rows[key] = self._change, body
        self._log.append((self._change, key))

        def take_back() -> None:
            if before is None:
                del self._rows[key]
            else:
                self._rows[key] = before

        self._note(take_back)

    def _note(self, take_back: Callable[[], None]) -> None:
        self._steps.append(_Step(self._now(), take_back))

    def forget_steps(self, before: float) -> None:
        """Backups older than that are gone."""
        self._steps = [step for step in self._steps if step.at >= before]
        if len(self._log) > 2 * len(self._rows):
            self._log = [(change, key) for change, key in self._log if self._rows.get(key, (0, None))[0] == change]

    def put_back(self, to: float) -> int:
        """Start again from the backup of that moment; returns how many facts are lost."""
        before = len(self.kept)
        while self._steps and self._steps[-1].at > to:
            self._steps.pop().take_back()
        self._epoch += 1
        self._log = sorted((change, key) for key, (change, _) in self._rows.items())
        return before - len(self.kept)

    # ── the contract ──────────────────────────────────────────────────────────────────────────────────────────────

    def answer(
        self, terminal: str, method: str, path: str, *, query: Mapping[str, str], body: Any, headers: Mapping[str, str]
    ) -> HttpAnswer:
        """Answer one request."""
        match method, path:
            case "GET", "/v1/capabilities":
                status, told = 200, {"version": 1, "terminal": terminal, **to_json(CARRIED)}
            case "GET", "/v1/snapshot":
                return self._snapshot(query.get("cursor", ""), headers.get("If-None-Match", ""))
            case "POST", "/v1/identify":
                status, told = 200, self._identify(body["card"])
            case "POST", "/v1/events":
                status, told = self._once(path, terminal, body, self._keep)
            case "POST", "/v1/bookings":
                wish = {**body, "kind": FactKind.BOOKING.value, "happened_at": to_json(self._wall())}
                status, told = self._once(path, terminal, wish, self._book, payload=body)
            case _:
                status, told = _problem(404, "not_found")
        return self._respond(status, told)

    def _respond(self, status: int, told: Any, **headers: str) -> HttpAnswer:
        date = format_datetime(self._wall().replace(microsecond=0), usegmt=True)
        return HttpAnswer(status, {"Date": date, **headers}, json.dumps(told).encode())

    def _snapshot(self, cursor: str, tag: str) -> HttpAnswer:
        present = f'"{self._epoch}.{self._change}"'
        if tag == present:
            return HttpAnswer(304, {"ETag": present}, b"")
        epoch, _, place = cursor.partition(".")
        if cursor and epoch != str(self._epoch):
            return self._respond(*_problem(410, "cursor_gone"))
        page, state = self._changes(int(place[1:])) if place.startswith("c") else self._full(place)
        return self._respond(200, page, ETag=f'"{self._epoch}.{state}"')

    def _full(self, place: str) -> tuple[dict[str, Any], int]:
        """Rows after a place ``f<change>.<kind>.<key>``, in the order of their keys."""
        since, after = self._change, (-1, "")
        if place:
            change, kind, key = place[1:].split(".", 2)
            since, after = int(change), (int(kind), key)
        keys = sorted(key for key, (_, body) in self._rows.items() if body is not None)
        rest = keys[bisect_right(keys, after) :]
        shown, is_last = rest[:PAGE_ROWS], len(rest) <= PAGE_ROWS
        at = f"c{since}" if is_last else f"f{since}.{shown[-1][0]}.{shown[-1][1]}"
        page = self._page(shown) | {"forgotten_members": sorted(self.forgotten)}
        return page | {"full": True, "last": is_last, "cursor": f"{self._epoch}.{at}"}, since

    def _changes(self, since: int) -> tuple[dict[str, Any], int]:
        first = bisect_right(self._log, (since, (len(KINDS), "")))
        fresh = [key for change, key in islice(self._log, first, None) if self._rows[key][0] == change]
        shown, is_last = fresh[:PAGE_ROWS], len(fresh) <= PAGE_ROWS
        reached = self._change if is_last else self._rows[shown[-1]][0]
        told = sorted(id_ for id_, change in self.forgotten.items() if since < change <= reached)
        page = {"full": False, "last": is_last, "cursor": f"{self._epoch}.c{reached}", "forgotten_members": told}
        return self._page(shown) | page, reached

    def _page(self, keys: list[Key]) -> dict[str, Any]:
        page: dict[str, Any] = {kind: [] for kind in KINDS[1:]}
        removed: dict[str, Any] = {kind: [] for kind in KINDS[1:5]}
        for kind, key in keys:
            body = self._rows[kind, key][1]
            if kind == 0:
                page["coop"] = body
            elif body is not None:
                page[KINDS[kind]].append(body)
            elif kind == 4:
                shift, member = key.split("|")
                removed["assignments"].append({"shift_id": shift, "member_id": member})
            elif kind < 5:
                removed[KINDS[kind]].append(key)
        return page | {"removed": removed}

    def _identify(self, hash_: str) -> dict[str, Any]:
        card = self._body((2, hash_))
        member = None if card is None else self.members.get(card["member_id"])
        if card is None or member is None:
            return {"member": None, "account": None, "blocked": False}
        account = self.members.get(member.attached_to) if member.attached_to else None
        return {"member": to_json(member), "account": to_json(account), "blocked": card["blocked"]}

    def _once(
        self,
        path: str,
        terminal: str,
        body: Any,
        act: Callable[[Fact, str, str], tuple[int, Any]],
        payload: Any = None,
    ) -> tuple[int, Any]:
        text = json.dumps(payload or body, sort_keys=True)
        key = f"{path} {body['id']}"
        known = self._answers.get(key)
        if known is not None:
            return (known[1], known[2]) if known[0] == text else _problem(422, "key_reused")
        try:
            fact = fact_from(body)
        except ValueError as fault:
            return _problem(400, "not_understood", str(fault))
        status, told = act(fact, terminal, json.dumps({**body, "id": ""}, sort_keys=True))
        self._answers[key] = text, status, told
        self._note(lambda: self._forget_answer(key))
        return status, told

    def _forget_answer(self, key: str) -> None:
        del self._answers[key]

    def _keep(self, fact: Fact, terminal: str, said: str) -> tuple[int, Any]:
        if fact.kind not in DELIVERED | JAR_KINDS:
            return _problem(400, "not_understood")
        known = fact.member_id is None or fact.member_id in self.members or fact.member_id in self.forgotten
        if not known and fact.kind is not FactKind.MEMBER_FORGOTTEN:
            return _problem(422, "unknown_member")
        self._enter(fact, terminal, said)
        if fact.kind is FactKind.MEMBER_FORGOTTEN and fact.member_id is not None:
            self.forget(fact.member_id)
        elif fact.member_id not in self.forgotten:
            self._carry_out(fact)
        return 200, {"id": fact.id, "outcome": "accepted"}

    def _enter(self, fact: Fact, terminal: str, said: str) -> None:
        twin = self._said.setdefault(f"{terminal} {said}", fact.id)
        if twin != fact.id and twin in self.kept:
            self.doubles.append((twin, fact.id))
        self.kept[fact.id] = kept = Kept(fact, terminal, said, self._now())
        self._note(lambda: self._lose(fact.id))
        self.on_kept(kept)

    def _lose(self, fact_id: FactId) -> None:
        if self.kept.pop(fact_id, None) is not None:
            self.lost.add(fact_id)

    def _carry_out(self, fact: Fact) -> None:
        """What a fact changes in the rows that terminals are told."""
        if fact.kind in CARD_KINDS:
            hash_ = str(fact.details.get("card"))
            if fact.kind is FactKind.CARD_UNLINKED:
                self._set((2, hash_), None)
            else:
                blocked = fact.kind is FactKind.CARD_BLOCKED
                self._set((2, hash_), {"hash": hash_, "member_id": fact.member_id, "blocked": blocked})
        elif fact.member_id is not None and fact.shift_id is not None and (3, fact.shift_id) in self._rows:
            self._move_place(fact, (4, _place(fact.shift_id, fact.member_id)))

    def _move_place(self, fact: Fact, key: Key) -> None:
        body = self._body(key)
        match fact.kind:
            case FactKind.CHECK_IN | FactKind.BOOKING:
                member = self.members[fact.member_id] if fact.member_id is not None else None
                fresh = {
                    "shift_id": fact.shift_id,
                    "member_id": fact.member_id,
                    "first_name": member and member.first_name,
                }
                self._set(key, {**(body or fresh), "present": fact.kind is FactKind.CHECK_IN})
            case FactKind.CHECK_IN_UNDONE if body is not None:
                self._set(key, {**body, "present": False})
            case FactKind.BOOKING_UNDONE:
                self._set(key, None)

    def _book(self, fact: Fact, terminal: str, said: str) -> tuple[int, Any]:
        shift = self._body((3, fact.shift_id or ""))
        if shift is None or fact.member_id not in self.members:
            return _problem(422, "not_bookable")
        if self.places(shift["id"]) >= shift["places"]:
            return _problem(409, "taken")
        self._enter(fact, terminal, said)
        self._carry_out(fact)
        return 201, {"id": fact.id, "outcome": "booked"}


def _place(shift: str, member: str) -> str:
    return f"{shift}|{member}"


def _problem(status: int, code: str, detail: str = "") -> tuple[int, Any]:
    return status, {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail or code}
