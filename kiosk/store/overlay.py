"""What is known here and not (yet) at the server, laid over the server's pages before they reach the reactor."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from kiosk.events import KnowledgePage
from kiosk.store.cards import Link, Preference
from kiosk.store.tombstones import Forgotten
from kiosk.types import Card, CardHash, Jar, JarCode, Member, MemberId, Role

_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """Frozen, so that the sync thread may use it while the store thread makes the next one.

    Attributes:
        links: cards linked or blocked here of which the server has not been told, or cannot be.
        preferences: by member.
        jars: weighed here.
        roles: granted here, where the server knows none.
        server_jars: the server keeps jars itself, so its word counts but for those in ``jars_waiting``.
        jars_waiting: weighed here, and the server does not know it yet.
        forgotten: who is kept out of every page.
    """

    links: Mapping[CardHash, Card] = field(default_factory=dict)
    preferences: Mapping[MemberId, Preference] = field(default_factory=dict)
    jars: Mapping[JarCode, Jar] = field(default_factory=dict)
    roles: Mapping[MemberId, Role] = field(default_factory=dict)
    server_jars: bool = False
    jars_waiting: frozenset[JarCode] = frozenset()
    forgotten: Forgotten = field(default_factory=Forgotten)

    @property
    def waits_for_delivery(self) -> bool:
        """Some of it goes when the server has been told."""
        return bool(self.links or self.jars_waiting)

    def over(self, page: KnowledgePage, *, first: bool) -> KnowledgePage:
        """The page as the reactor should see it.

        Args:
            page: as the server gave it.
            first: the first page of a full round: it also brings what only this terminal knows. Later pages of the
                round lie over it, so a card that the server blocks stays blocked.
        """
        page = self.forgotten.kept_out_of(page)
        cards, jars = page.cards, page.jars
        if first:
            cards = (*_missing(self.links, (card.hash for card in cards)), *cards)
            jars = (*_missing(self.jars, (jar.code for jar in jars)), *jars)
        return replace(
            page,
            members=tuple(self._member(member) for member in page.members),
            cards=tuple(self._card(card) for card in cards),
            jars=self._jars(jars),
            removed_cards=tuple(hash_ for hash_ in page.removed_cards if hash_ not in self.links),
        )

    def since(self, before: "Overlay", at: datetime) -> KnowledgePage:
        """The cards and jars added since ``before``, as a page of changes."""
        return KnowledgePage(
            generation=0,
            full=False,
            last=False,
            cursor="",
            fetched_at=at,
            cards=tuple(card for hash_, card in self.links.items() if before.links.get(hash_) != card),
            jars=tuple(self._jars_since(before)),
        )

    def _jars_since(self, before: "Overlay") -> Iterator[Jar]:
        """Most of thousands are the same objects, which says it without comparing them."""
        pairs = zip(self.jars.values(), map(before.jars.get, self.jars), strict=True)
        return (jar for jar, was in pairs if was is not jar and was != jar)

    def changed_since(self, before: "Overlay") -> tuple[MemberId, ...]:
        """Members whose preferences or roles have changed since ``before``, also to the role that the server says."""
        preferring = {id_ for id_, kept in self.preferences.items() if before.preferences.get(id_) != kept}
        granted = self.roles.keys() | before.roles.keys()
        return tuple(preferring | {id_ for id_ in granted if self.roles.get(id_) is not before.roles.get(id_)})

    def names(self, member_id: MemberId) -> bool:
        """Something was set here for this person."""
        return (
            member_id in self.preferences
            or member_id in self.roles
            or any(card.member_id == member_id for card in self.links.values())
        )

    def _member(self, member: Member) -> Member:
        preference, role = self.preferences.get(member.id), self.roles.get(member.id)
        member = member if role is None else replace(member, role=role)
        return member if preference is None else preference.on(member)

    def _card(self, card: Card) -> Card:
        link = self.links.get(card.hash)
        return card if link is None else replace(link, blocked=link.blocked or card.blocked)

    def moved(self, page: KnowledgePage) -> tuple[CardHash, ...]:
        """Stickers of jars here that the server has on other ones: it has heard of more than this terminal."""
        codes = {jar.sticker: jar.code for jar in page.jars if jar.sticker is not None}
        return tuple(
            jar.sticker
            for jar in self.jars.values()
            if jar.sticker is not None
            and codes.get(jar.sticker, jar.code) != jar.code
            and jar.code not in self.jars_waiting
        )

    def _jars(self, jars: Iterable[Jar]) -> tuple[Jar, ...]:
        jars = tuple(jars)
        placed = frozenset(jar.sticker for jar in jars)
        return tuple(self._jar(jar, placed) for jar in jars)

    def _jar(self, jar: Jar, placed: frozenset[CardHash | None]) -> Jar:
        """The jar as it is known best.

        A server that carries jars need not carry their stickers: one that it leaves bare keeps what was put on it here,
        unless that is ``placed`` on another one.
        """
        here = self.jars.get(jar.code)
        if here is None:
            return jar
        if self.server_jars and jar.code not in self.jars_waiting:
            return jar if jar.sticker is not None or here.sticker in placed else replace(jar, sticker=here.sticker)
        return replace(here if here.weighed_on >= jar.weighed_on else jar, sticker=here.sticker or jar.sticker)


def _missing(here: Mapping[_K, _V], there: Iterable[_K]) -> list[_V]:
    named = frozenset(there)
    return [value for key, value in here.items() if key not in named]


def overlay_of(
    links: Iterable[Link],
    preferences: Iterable[Preference],
    jars: Mapping[JarCode, Jar],
    roles: Mapping[MemberId, Role],
    forgotten: Forgotten,
    *,
    jars_waiting: frozenset[JarCode],
    server_links: bool,
    server_jars: bool,
) -> Overlay:
    """The overlay made of what ``journal.db`` holds, over a server that keeps card links or jars itself, or not."""
    return Overlay(
        links={link.card.hash: link.card for link in links if not (link.told and server_links)},
        preferences={preference.member_id: preference for preference in preferences},
        jars=jars,
        roles=roles,
        server_jars=server_jars,
        jars_waiting=jars_waiting,
        forgotten=forgotten,
    )
