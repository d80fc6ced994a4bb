"""What was read, laid over what is known. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kiosk.backends.folder_tables import Tables
from kiosk.backends.odoo.family import People, Window, Work
from kiosk.types import Card, CardHash, Member, MemberId, Status


def with_people(tables: Tables, people: People) -> Tables:
    """Members as they are now; their cards are kept apart, see :func:`with_cards`."""
    read = _read(people)
    members = {id_: member for id_, member in tables.members.items() if id_ not in read}
    members.update((member.id, member) for member in people.members)
    return replace(tables, members=_households(members))


def with_cards(cards: Iterable[Card], people: People) -> tuple[Card, ...]:
    """Every card with everybody who has it. Whoever was read has the cards that were read and no others."""
    read = _read(people)
    return (*(card for card in cards if card.member_id not in read), *people.cards)


def _read(people: People) -> frozenset[MemberId]:
    return people.gone.union(member.id for member in people.members)


def _households(members: dict[MemberId, Member]) -> dict[MemberId, Member]:
    """``shared`` is told of those to whom somebody is attached."""
    holders = {member.attached_to for member in members.values()}
    return {
        id_: member if member.shared is (id_ in holders) else replace(member, shared=id_ in holders)
        for id_, member in members.items()
    }


def with_work(tables: Tables, window: Window, work: Work) -> Tables:
    """The roster as it is now: whole in ``window``, or with what has changed there."""
    shifts = dict(tables.shifts)
    if work.complete:
        shifts = {id_: shift for id_, shift in shifts.items() if not window.since <= shift.starts_at < window.until}
    places = {key: place for key, place in tables.places.items() if key[0] in shifts and key not in work.dropped_places}
    shifts.update((shift.id, shift) for shift in work.shifts if shift.id not in work.dropped_shifts)
    for id_ in work.dropped_shifts:
        shifts.pop(id_, None)
    places.update(((place.shift_id, place.member_id), place) for place in work.places)
    return replace(tables, shifts=shifts, places={key: place for key, place in places.items() if key[0] in shifts})


def told(tables: Tables, cards: Iterable[Card]) -> Tables:
    """What the terminal is told: cards that are somebody's, and the roster with first names.

    Places of people who are no members are left out.
    """
    return replace(
        tables,
        cards=_owned(cards, tables.members),
        places={
            key: replace(place, first_name=tables.members[key[1]].first_name)
            for key, place in tables.places.items()
            if key[1] in tables.members
        },
    )


def _owned(cards: Iterable[Card], members: Mapping[MemberId, Member]) -> dict[CardHash, Card]:
    """Two people with one bar code: neither, until the office has told them apart.

    But for a card that was given back and handed out anew: whoever gave it back, or has left, has it no more.
    """
    held: dict[CardHash, dict[MemberId, Card]] = {}
    for card in cards:
        held.setdefault(card.hash, {})[card.member_id] = card
    owned: dict[CardHash, Card] = {}
    for hash_, by_holder in held.items():
        found = list(by_holder.values())
        in_use = [card for card in found if not card.blocked and members[card.member_id].status is not Status.LEFT]
        match in_use or found:
            case [card]:
                owned[hash_] = card
    return owned
