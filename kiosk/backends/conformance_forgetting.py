"""The checks of forgetting: of a member who is made up here, and of one who may be gone after it."""

import secrets
from collections.abc import Callable
from typing import Final

from kiosk.backends.conformance_probe import KINDS, Broken, Probe, Skipped, Watched, body_of
from kiosk.types import CardHash, FactKind, MemberId, Presence

KEPT: Final = (
    "Keep the number of everyone who was forgotten, and name it in forgotten_members: "
    "in the changes after it, and in every full round."
)


def forgetting_told(probe: Probe) -> None:
    """Who was forgotten is named to every terminal, in changes and in full rounds, known to the server or not."""
    # Without a test member nothing is written.
    _ = probe.member
    probe.watch()
    who = MemberId(f"nobody-{secrets.token_hex(8)}")
    probe.tell(probe.fact(FactKind.MEMBER_FORGOTTEN, member_id=who))
    _must_be_named(who, probe.watch(), "the changes after it")
    _must_be_named(who, _newcomer(probe), "a full round")


def forgotten_for_good(probe: Probe) -> None:
    """A member who was forgotten is told no more, has no card any more, and does not come back with a late fact."""
    who = probe.disposable
    known = probe.watch().knowledge
    if who not in known.members:
        raise Skipped("the disposable member is not in the snapshot: name another with --disposable")
    cards = [card.hash for card in known.cards_of(who)]
    probe.tell(probe.fact(FactKind.MEMBER_FORGOTTEN, member_id=who))
    _must_be_named(who, probe.watch(), "the changes after it")
    late = probe.fact(FactKind.PASSAGE, 60, member_id=who, offline=True)
    probe.tell(late)
    _must_be_named(who, _newcomer(probe), "a full round")
    for page in probe.full_round()[0]:
        for kind in KINDS:
            for row in page.get(kind, ()):
                if isinstance(row, dict) and who in {row.get("id"), row.get("member_id"), row.get("attached_to")}:
                    raise Broken(
                        f"A row of '{kind}' still tells of the forgotten member.",
                        "Take them out of the snapshot, with their cards, their places and who hangs on their account.",
                    )
    if probe.capabilities.identify and probe.capabilities.presence is not Presence.BY_IDENTIFYING:
        for card in cards:
            _must_be_nobodys(probe, card)


def _newcomer(probe: Probe) -> Watched:
    watched = probe.watch_anew()
    watched.pull()
    return watched


def _must_be_named(who: MemberId, watched: Watched, where: str) -> None:
    if who not in watched.forgotten:
        raise Broken(f"A member who was forgotten is not named in {where}.", KEPT)


def _must_be_nobodys(probe: Probe, card: CardHash) -> None:
    answer = body_of(probe.ask("POST", "/v1/identify", json={"card": card, "key_id": probe.key_id}), 200)
    if answer.get("member") is not None:
        raise Broken("A card of the forgotten member is still someone's.", "Answer their cards as those of a stranger.")


FORGETTING: Final[tuple[Callable[[Probe], None], ...]] = (forgetting_told, forgotten_for_good)
