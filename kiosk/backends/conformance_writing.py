"""The checks that write, about a test member, on a test shift and a test jar alone.

Each leaves the member as it found them, as far as the server can undo. A card that was made up here stays as a blocked
one: nobody has it.
"""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from kiosk.backends import rest_json as words
from kiosk.backends.conformance_probe import Broken, Probe, Skipped, Watched, must_accept, must_refuse
from kiosk.backends.rest_transport import HttpAnswer
from kiosk.types import CardHash, ClockTrust, Fact, FactId, FactKind, MemberId, ShiftId

AT_ONCE: Final = 4
ONCE: Final = "Keep the id of every fact with its answer, and give the same answer to the same id."


# ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def fact_taken(probe: Probe) -> None:
    """A fact is taken, and named in the answer."""
    probe.tell(probe.fact(FactKind.PASSAGE, member_id=probe.member))


def late_fact_taken(probe: Probe) -> None:
    """A fact is taken long after it happened, and from a terminal whose clock was never set."""
    late = probe.fact(FactKind.PASSAGE, 26 * 60, member_id=probe.member, offline=True)
    unset = replace(late.happened, wall=datetime(1970, 1, 1, 0, 5, tzinfo=UTC), trust=ClockTrust.NEVER)
    for fact in (late, replace(late, id=probe.new_id(), happened=unset)):
        must_accept(probe.send(fact), fact.id, "a fact that comes late")


def same_fact_once(probe: Probe) -> None:
    """The same fact a second time gets the first answer."""
    fact = probe.fact(FactKind.PASSAGE, member_id=probe.member)
    probe.tell(fact)
    again = probe.send(fact)
    if again.status not in {200, 201}:
        raise Broken(f"The same fact again is answered with {again.status}.", ONCE)
    must_accept(again, fact.id, "the same fact again")


def same_fact_at_once(probe: Probe) -> None:
    """The same fact several times at the same moment is taken once, or told to be in flight."""
    fact = probe.fact(FactKind.PASSAGE, member_id=probe.member)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(probe.send, [fact] * AT_ONCE))
    for answer in answers:
        if answer.status == 409:
            must_refuse(answer, "a fact that is being worked on", "in_flight")
        else:
            must_accept(answer, fact.id, "one of several at the same moment")
    must_accept(probe.send(fact), fact.id, "the same fact after that")


def key_not_reused(probe: Probe) -> None:
    """The same id with another fact is refused."""
    fact = probe.fact(FactKind.PASSAGE, member_id=probe.member)
    probe.tell(fact)
    must_refuse(probe.send(replace(fact, offline=True)), "Another fact under the same id", "key_reused")


def key_needed(probe: Probe) -> None:
    """A fact without its Idempotency-Key is refused."""
    body = words.fact_to_json(probe.fact(FactKind.PASSAGE, member_id=probe.member))
    must_refuse(probe.send_json(body, Accept="application/json"), "A fact without Idempotency-Key")


def unknown_kind(probe: Probe) -> None:
    """A fact of a kind that the contract does not have is refused with a code."""
    body = words.fact_to_json(probe.fact(FactKind.PASSAGE, member_id=probe.member)) | {"kind": "no_such_kind"}
    must_refuse(probe.send_json(body), "A fact of an unknown kind")


def unknown_member(probe: Probe) -> None:
    """A fact about a member who is not known is taken, or refused with a code: never is it asked for again."""
    answer = probe.send(probe.fact(FactKind.PASSAGE, member_id=MemberId(f"{probe.member}-but-nobody-s")))
    if answer.status not in {200, 201}:
        must_refuse(answer, "A fact about an unknown member")


# ── check-ins ─────────────────────────────────────────────────────────────────────────────────────────────────────


def check_in_shows(probe: Probe) -> None:
    """Who came is present in the next snapshot; taken back, they are not."""
    probe.needs("roster")
    arrived = _arrival(probe)
    try:
        probe.tell(arrived)
        if not _is_present(probe, probe.watch()):
            raise Broken(
                "The member is not present in the next snapshot.", "Let a check_in change the place on the shift."
            )
    finally:
        if probe.capabilities.undo:
            probe.tell(_undo(probe, FactKind.CHECK_IN_UNDONE, arrived.id))
    if probe.capabilities.undo and _is_present(probe, probe.watch()):
        raise Broken("The member is still present.", "Let check_in_undone take back the check_in it is about.")


def undo_before_its_fact(probe: Probe) -> None:
    """What is taken back before it arrives leaves no trace."""
    probe.needs("roster", "undo")
    arrived = _arrival(probe)
    probe.tell(_undo(probe, FactKind.CHECK_IN_UNDONE, arrived.id), arrived)
    if _is_present(probe, probe.watch()):
        probe.tell(_undo(probe, FactKind.CHECK_IN_UNDONE, arrived.id))
        raise Broken(
            "A check_in that came after its check_in_undone counts.",
            "Remember what an undoing is about, though it is not there yet.",
        )


def nothing_between_pages(probe: Probe) -> None:
    """What changes while the snapshot is read in pages comes with the next round."""
    probe.needs("roster", "undo")
    arrived = _arrival(probe)
    undone = _undo(probe, FactKind.CHECK_IN_UNDONE, arrived.id)
    fresh = probe.watch_anew()
    was_seen = False

    def take_back() -> None:
        nonlocal was_seen
        if not was_seen and _is_present(probe, fresh):
            was_seen = True
            probe.tell(undone)

    try:
        probe.tell(arrived)
        fresh.pull(take_back)
    finally:
        if not was_seen:
            probe.tell(undone)
    if not was_seen:
        raise Skipped("the shift is on the last page of the snapshot")
    fresh.pull()
    if _is_present(probe, fresh):
        raise Broken(
            "What changed on a page that had been read already was never told.",
            "Let the last cursor and the ETag of a round stand for the state at its first page.",
        )


def _arrival(probe: Probe) -> Fact:
    if _is_present(probe, probe.watch()):
        raise Skipped("the member is present on this shift already")
    return probe.fact(FactKind.CHECK_IN, member_id=probe.member, shift_id=probe.shift)


def _undo(probe: Probe, kind: FactKind, about: FactId) -> Fact:
    return probe.fact(kind, member_id=probe.member, shift_id=probe.shift, about=about)


def _is_present(probe: Probe, watched: Watched) -> bool:
    place = watched.knowledge.assignment(probe.shift, probe.member)
    return place is not None and place.present


# ── bookings ──────────────────────────────────────────────────────────────────────────────────────────────────────


def booking_once(probe: Probe) -> None:
    """A place is booked once, shows in the next snapshot, and goes when it is taken back."""
    wish = _book(probe)
    try:
        again = _ask_for_place(probe, wish, probe.shift)
        if again.status not in {200, 201}:
            raise Broken(f"The same booking again is answered with {again.status}.", ONCE)
        must_accept(again, wish, "the same booking again", "booked")
        if probe.capabilities.roster and not _has_place(probe):
            raise Broken("The place is not in the next snapshot.", "Put a booked place on the roster.")
    finally:
        if probe.capabilities.undo:
            probe.tell(_undo(probe, FactKind.BOOKING_UNDONE, wish))
    if probe.capabilities.roster and probe.capabilities.undo and _has_place(probe):
        raise Broken("The place is still there.", "Let booking_undone take back the booking it is about.")


def booking_undone_first(probe: Probe) -> None:
    """A booking that was taken back before it arrived takes no place."""
    probe.needs("booking", "undo", "roster")
    if _has_place(probe):
        raise Skipped("the member has a place on this shift")
    wish = probe.new_id()
    probe.tell(_undo(probe, FactKind.BOOKING_UNDONE, wish))
    _ask_for_place(probe, wish, probe.shift)
    if _has_place(probe):
        probe.tell(_undo(probe, FactKind.BOOKING_UNDONE, wish))
        raise Broken(
            "A booking that came after its booking_undone counts.",
            "Its answer was lost, and the terminal took it back: remember that, though it is not there yet.",
        )


def booking_refused_in_words(probe: Probe) -> None:
    """A place on a shift that is not there is refused with a code."""
    probe.needs("booking")
    answer = _ask_for_place(probe, probe.new_id(), ShiftId("no-shift-has-this-id"))
    must_refuse(answer, "A place on a shift that is not there")


def _book(probe: Probe) -> FactId:
    """A place, or the reason why this cannot be tried."""
    probe.needs("booking")
    wish = probe.new_id()
    answer = _ask_for_place(probe, wish, probe.shift)
    if answer.status in {409, 422}:
        must_refuse(answer, "A booking")
        raise Skipped("the member cannot have a place on this shift: name another with --shift")
    must_accept(answer, wish, "a booking", "booked")
    return wish


def _ask_for_place(probe: Probe, wish: FactId, shift: ShiftId) -> HttpAnswer:
    body = {"id": wish, "member_id": probe.member, "shift_id": shift}
    return probe.ask("POST", "/v1/bookings", json=body, headers={"Idempotency-Key": f'"{wish}"'})


def _has_place(probe: Probe) -> bool:
    return probe.watch().knowledge.assignment(probe.shift, probe.member) is not None


# ── cards and jars ────────────────────────────────────────────────────────────────────────────────────────────────


def card_linked_and_blocked(probe: Probe) -> None:
    """A card that was linked is the member's in the next snapshot, and blocked once it is reported lost."""
    probe.needs("card_links")
    hash_ = CardHash(secrets.token_hex(32))
    probe.tell(_about_card(probe, FactKind.CARD_LINKED, hash_, 10))
    card = probe.watch().knowledge.card(hash_)
    if card is None or card.member_id != probe.member or card.blocked:
        raise Broken("The linked card is not the member's.", "Let card_linked give the card in its details.")
    probe.tell(_about_card(probe, FactKind.CARD_BLOCKED, hash_, 5))
    if not _is_blocked(probe, hash_):
        raise Broken(
            "A card that was blocked is not told as blocked.", "Let card_blocked block it, and tell it as blocked."
        )


def block_holds(probe: Probe) -> None:
    """A link that happened before the block and arrives after it does not unblock the card."""
    probe.needs("card_links")
    hash_ = CardHash(secrets.token_hex(32))
    probe.tell(
        _about_card(probe, FactKind.CARD_BLOCKED, hash_, 5),
        _about_card(probe, FactKind.CARD_LINKED, hash_, 10),
    )
    if not _is_blocked(probe, hash_):
        raise Broken(
            "A link from before has unblocked the card.",
            "Let the fact that happened last count (happened_at), not the one that arrived last.",
        )


def link_taken_back(probe: Probe) -> None:
    """A link that was taken back leaves the card nobody's."""
    probe.needs("card_links")
    hash_ = CardHash(secrets.token_hex(32))
    linked = _about_card(probe, FactKind.CARD_LINKED, hash_, 10)
    probe.tell(linked, _about_card(probe, FactKind.CARD_UNLINKED, hash_, 5, about=linked.id))
    if probe.watch().knowledge.card(hash_) is not None:
        raise Broken("The card is still someone's.", "Let card_unlinked take back the link it is about.")


def _about_card(probe: Probe, kind: FactKind, hash_: CardHash, minutes_ago: float, **more: Any) -> Fact:
    details = {"card": hash_, "key_id": probe.key_id}
    return probe.fact(kind, minutes_ago, member_id=probe.member, details=details, **more)


def _is_blocked(probe: Probe, hash_: CardHash) -> bool:
    card = probe.watch().knowledge.card(hash_)
    return card is not None and card.blocked


def last_weighing_counts(probe: Probe) -> None:
    """A jar weighs in the next snapshot what it weighed last, whichever weighing arrived last."""
    probe.needs("jars")
    grams = 100 + secrets.randbelow(800)
    probe.tell(_weighed(probe, grams, 0), _weighed(probe, grams + 1, 5))
    jar = probe.watch().knowledge.jars.get(probe.jar)
    if jar is None:
        raise Broken("The jar is not in the next snapshot.", "Let a tare make the jar in its details.")
    if jar.grams != grams:
        raise Broken(
            "The jar has the weight of an earlier weighing.",
            "Let the weighing that happened last count (happened_at), not the one that arrived last.",
        )


def _weighed(probe: Probe, grams: int, minutes_ago: float) -> Fact:
    return probe.fact(FactKind.TARE, minutes_ago, details={"jar": probe.jar, "grams": grams})


WRITING: Final[tuple[Callable[[Probe], None], ...]] = (
    fact_taken,
    late_fact_taken,
    same_fact_once,
    same_fact_at_once,
    key_not_reused,
    key_needed,
    unknown_kind,
    unknown_member,
    check_in_shows,
    undo_before_its_fact,
    nothing_between_pages,
    booking_once,
    booking_undone_first,
    booking_refused_in_words,
    card_linked_and_blocked,
    block_holds,
    link_taken_back,
    last_weighing_counts,
)
