"""What was read, laid over what is known. Pure."""

from collections import Counter
from dataclasses import replace

from kiosk.backends.folder_tables import Tables
from kiosk.backends.odoo.family import People, Window, Work
from kiosk.types import Member, MemberId


def with_people(tables: Tables, people: People) -> Tables:
    """Members as they are now. Whoever was read has the cards that were read and no others."""
    read = {member.id for member in people.members} | people.gone
    members = {id_: member for id_, member in tables.members.items() if id_ not in read}
    members.update((member.id, member) for member in people.members)
    kept = [card for card in tables.cards.values() if card.member_id not in read]
    holders = Counter(hash_ for hash_, _ in {(card.hash, card.member_id) for card in (*kept, *people.cards)})
    # Two people with one bar code: neither, until the office has told them apart.
    cards = {card.hash: card for card in (*kept, *people.cards) if holders[card.hash] == 1}
    return replace(tables, members=_households(members), cards=cards)


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


def told(tables: Tables) -> Tables:
    """The roster with first names; places of people who are no members are left out."""
    return replace(
        tables,
        places={
            key: replace(place, first_name=tables.members[key[1]].first_name)
            for key, place in tables.places.items()
            if key[1] in tables.members
        },
    )
