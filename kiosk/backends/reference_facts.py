"""What facts say of cards and jars, in whatever order they arrive: the one that happened last counts.

Pure. A terminal that was offline for a day delivers late, and may not undo what another one has said since.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from operator import attrgetter

from kiosk.backends.rest_json import hash_from, jar_code_from, maybe_day, maybe_number, read_text
from kiosk.tares import DAY
from kiosk.types import (
    CARD_KINDS,
    JAR_KINDS,
    Card,
    CardHash,
    ClockTrust,
    Fact,
    FactId,
    FactKind,
    Grams,
    Jar,
    JarCode,
    MemberId,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as it came."""

    fact: Fact
    received_at: datetime

    @property
    def at(self) -> datetime:
        """When it happened, as far as that can be known: not by a clock that was never set, and not in the future."""
        happened = self.fact.happened
        return self.received_at if happened.trust is ClockTrust.NEVER else min(happened.wall, self.received_at)


@dataclass(frozen=True, slots=True)
class KeyedCard:
    """A card, and the name of the key that its hash was made with."""

    card: Card
    key_id: str


@dataclass(frozen=True, slots=True)
class Touched:
    """Cards and jars of which something was said."""

    cards: frozenset[CardHash] = frozenset()
    jars: frozenset[JarCode] = frozenset()


class Register:
    """Cards and jars as terminals have told of them. A row is worked out anew from all that was said of it."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._of_card: dict[CardHash, list[Told]] = defaultdict(list)
        self._of_jar: dict[JarCode, list[Told]] = defaultdict(list)
        self._of_sticker: dict[CardHash, list[Told]] = defaultdict(list)
        self._undone: set[FactId | None] = set()
        self.key_ids: set[str] = set()
        """The keys that cards were told under."""

    @property
    def cards(self) -> Iterable[CardHash]:
        return self._of_card.keys()

    @property
    def jars(self) -> Iterable[JarCode]:
        return self._of_jar.keys()

    def take(self, told: Told) -> Touched:
        """Keep what a fact says; what it touches may look different now."""
        fact = told.fact
        if fact.kind in CARD_KINDS:
            hash_ = _card_in(fact)
            self.key_ids.add(_key_in(fact))
            if fact.kind is FactKind.CARD_UNLINKED:
                self._undone.add(fact.about)
            else:
                self._of_card[hash_].append(told)
            return Touched(cards=frozenset({hash_}))
        if fact.kind not in JAR_KINDS:
            return Touched()
        code = _jar_in(fact)
        self._of_jar[code].append(told)
        jars = {code}
        if fact.kind is FactKind.JAR_TAGGED:
            sticker = _sticker_in(fact)
            jars.update(_jar_in(other.fact) for other in self._of_sticker[sticker])
            self._of_sticker[sticker].append(told)
        return Touched(jars=frozenset(jars))

    def card(self, hash_: CardHash) -> KeyedCard | None:
        """Whose card that is; None where nothing was said of it, or all of it taken back."""
        said = [told for told in self._of_card.get(hash_, ()) if told.fact.id not in self._undone]
        if not said:
            return None
        fact = _last(said).fact
        card = Card(hash=hash_, member_id=fact.member_id or MemberId(""), blocked=fact.kind is FactKind.CARD_BLOCKED)
        return KeyedCard(card, _key_in(fact))

    def jar(self, code: JarCode) -> Jar:
        """A jar that was weighed or tagged."""
        said = self._of_jar[code]
        weighed = [told for told in said if told.fact.kind is FactKind.TARE]
        tagged = [told for told in said if told.fact.kind is FactKind.JAR_TAGGED]
        # A jar may have been weighed long before there was a server, and tagged since.
        known = _last(weighed or tagged)
        sticker = None
        if tagged:
            tag = _last(tagged)
            sticker = _sticker_in(tag.fact)
            # The sticker may have gone to another jar since.
            sticker = sticker if _last(self._of_sticker[sticker]) is tag else None
        return Jar(
            code=code,
            grams=_grams_in(known.fact),
            weighed_on=self._day_of(known),
            sticker=sticker,
        )

    def _day_of(self, known: Told) -> date:
        """The day in the shop, as the terminal says, if it knew what day it was."""
        day = known.at.astimezone(self._zone).date()
        told = maybe_day(known.fact.details, DAY)
        if told is None or known.fact.happened.trust is ClockTrust.NEVER:
            return day
        # A day that has not come yet is no day of a weighing.
        return min(told, known.received_at.astimezone(self._zone).date())

    def is_of_another(self, hash_: CardHash, member: MemberId) -> bool:
        """Something was said of this card that is not about this member."""
        return any(told.fact.member_id != member for told in self._of_card.get(hash_, ()))


def _last(said: Iterable[Told]) -> Told:
    return max(said, key=attrgetter("at"))


# ── what stands in the details of a fact ──────────────────────────────────────────────────────────────────────────


def check(fact: Fact) -> None:
    """Whether a fact about a card, a jar or a forgetting says what it must.

    Raises:
        ValueError: it does not.
    """
    if fact.kind in CARD_KINDS:
        _card_in(fact)
        _key_in(fact)
        if fact.member_id is None:
            raise ValueError("member_id is missing")
    if fact.kind is FactKind.MEMBER_FORGOTTEN and fact.member_id is None:
        raise ValueError("member_id is missing")
    if fact.kind in JAR_KINDS:
        _jar_in(fact)
        _grams_in(fact)
        maybe_day(fact.details, DAY)
    if fact.kind is FactKind.JAR_TAGGED:
        _sticker_in(fact)


def _card_in(fact: Fact) -> CardHash:
    return hash_from(fact.details.get("card"))


def _sticker_in(fact: Fact) -> CardHash:
    return hash_from(fact.details.get("sticker"))


def _key_in(fact: Fact) -> str:
    return read_text(fact.details, "key_id", default="")


def _jar_in(fact: Fact) -> JarCode:
    return jar_code_from(fact.details.get("jar"))


def _grams_in(fact: Fact) -> Grams:
    grams = maybe_number(fact.details, "grams", 1, 99_999)
    if grams is None:
        raise ValueError("grams is missing")
    return Grams(grams)
