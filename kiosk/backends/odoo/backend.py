"""Odoo as a backend: what is read each minute, what is kept of it, and how facts become Odoo's rows."""

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from kiosk.backends.base import Grace, Outcome, Refused, Retry, Unchanged
from kiosk.backends.folder_reader import CoopSheets, log_problems
from kiosk.backends.folder_tables import ROSTER_DAYS, Tables, changes, page_of, rows_in, windowed
from kiosk.backends.odoo.client import Odoo, SecondsLeft, all_within, each_within
from kiosk.backends.odoo.family import Family, Window
from kiosk.backends.odoo.faults import Busy, Declined, Forbidden, Gone, Misfit, OdooFault
from kiosk.backends.odoo.foodcoop import Foodcoop
from kiosk.backends.odoo.habits import Habits, HashCard, Tools, spellings_of
from kiosk.backends.odoo.merging import told, with_cards, with_people, with_work
from kiosk.backends.odoo.obeesdoo import Obeesdoo
from kiosk.backends.odoo.plain import Plain
from kiosk.backends.odoo.rpc import Greeting, Rpc
from kiosk.backends.odoo.survey import Survey, look_at
from kiosk.backends.odoo.values import WrongAnswer, utc_text
from kiosk.backends.odoo.wants import FamilyName
from kiosk.backends.server_time import ServerTime
from kiosk.clock import Clock
from kiosk.errors import BackendUnavailable, NotAuthorised
from kiosk.events import BookingOutcome, Identified, KnowledgePage
from kiosk.types import Capabilities, Card, CardHash, Coop, Fact, FactId, FactKind, MemberId, ShiftId

log = logging.getLogger(__name__)

PAGE_ROWS: Final = 400
KEPT_VERSIONS: Final = 3
OVERLAP: Final = timedelta(minutes=15)
"""A row carries the time its transaction began and is seen when it ends: changes are read again for so long."""
FAR_DAYS: Final = 57
"""Two cycles of four weeks: so far ahead members' next shifts are looked for."""
NIGHT: Final = timedelta(hours=12)
"""A shift of yesterday may still run."""
BUSY_SECONDS: Final = 5.0
REMEMBERED: Final = 1000
LANGUAGES: Final = {"fr": "fr_FR", "en": "en_US"}

FAMILIES: Final[dict[FamilyName, type[Foodcoop] | type[Obeesdoo] | type[Plain]]] = {
    FamilyName.FOODCOOP: Foodcoop,
    FamilyName.OBEESDOO: Obeesdoo,
    FamilyName.PLAIN: Plain,
}

Known: TypeAlias = tuple[Survey, Family]


class OdooBackend:
    """A coop's Odoo.

    Args:
        rpc: the way in.
        hash_card: from a canonical card id to its hash under the coop's key.
        zone: the coop's time zone.
        clock: this terminal's; what is past, Odoo's own time says.
        habits: how this coop uses its Odoo.
        family: whose modules it runs; None finds out, once.
        coop_folder: where the sheets are that tell what Odoo does not: opening hours, closures, a notice.
        language: of the words that coordinators read, ``fr`` or ``en``.
        timeout_seconds: bounds each exchange.
        roster_days: so many days after today the shifts of all are told.
    """

    def __init__(
        self,
        rpc: Rpc,
        hash_card: HashCard,
        zone: ZoneInfo,
        clock: Clock,
        *,
        habits: Habits | None = None,
        family: FamilyName | None = None,
        coop_folder: Path | None = None,
        language: str = "fr",
        timeout_seconds: float = 10.0,
        roster_days: int = ROSTER_DAYS,
    ) -> None:
        self._rpc = rpc
        self._time = ServerTime(clock)
        self._tools = Tools(habits or Habits(), hash_card, zone, clock, self._time)
        self._zone = zone
        self._clock = clock
        self._wanted_family = family
        self._coop_folder = coop_folder
        self._sheets = None if coop_folder is None else CoopSheets(coop_folder)
        self._sheet_problems: tuple[str, ...] = ()
        self._knows_coop = False
        self._language = LANGUAGES.get(language, language)
        self._timeout_seconds = timeout_seconds
        self._roster_days = roster_days
        self._guard = threading.Lock()
        self._looking = threading.Lock()
        self._known: Known | None = None
        self._told_problems: tuple[str, ...] = ()
        self._taken_back: OrderedDict[FactId, None] = OrderedDict()
        self._all = Tables()
        self._cards: tuple[Card, ...] = ()
        self._since: datetime | None = None
        self._reader: Family | None = None
        self._versions: OrderedDict[str, Tables] = OrderedDict()

    def survey(self) -> Survey:
        """The server as it was found, with what a person should put right."""
        return self._look(each_within(self._timeout_seconds))[0]

    def examine(self) -> tuple[str, ...]:
        """What a person should put right: on the server, as :meth:`survey` found it, and in the coop's sheets."""
        problems = self.survey().problems
        if self._coop_folder is None:
            return problems
        sheets = CoopSheets(self._coop_folder)
        sheets.maybe_coop()
        return (*problems, *sheets.problems)

    def capabilities(self) -> Capabilities:
        _, family = self._look(each_within(self._timeout_seconds))
        return family.capabilities

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    def fetch(self, cursor: str, generation: int) -> KnowledgePage | Unchanged:
        name, _, start = cursor.partition("+")
        if start:
            if name not in self._versions or not start.isdecimal():
                # In the middle of a round: pages of two states must not be mixed in one.
                raise BackendUnavailable("what Odoo knows was read anew meanwhile")
            return self._full_page(name, int(start), generation)
        before = self._versions.get(name)
        with self._answering():
            self._read(afresh=before is None)
        tables = windowed(told(self._all, self._cards), self._time.now(), self._zone, self._roster_days)
        if tables == before:
            return Unchanged()
        name = self._keep(tables)
        if before is not None:
            blank = KnowledgePage(
                generation=generation, full=False, last=True, cursor=name, fetched_at=self._clock.now()
            )
            delta = changes(before, tables, blank)
            if rows_in(delta) <= PAGE_ROWS:
                return delta
        return self._full_page(name, 0, generation)

    def _keep(self, tables: Tables) -> str:
        name = secrets.token_hex(8)
        self._versions[name] = tables
        while len(self._versions) > KEPT_VERSIONS:
            self._versions.popitem(last=False)
        return name

    def _full_page(self, name: str, start: int, generation: int) -> KnowledgePage:
        tables = self._versions[name]
        rows, is_last = tables.slice(start, PAGE_ROWS)
        blank = KnowledgePage(
            generation=generation,
            full=True,
            last=is_last,
            cursor=name if is_last else f"{name}+{start + PAGE_ROWS}",
            fetched_at=self._clock.now(),
            # While the coop's hours cannot be read, those that the terminal knows stay: without any it opens at all.
            coop=tables.coop if start == 0 and self._knows_coop else None,
            capabilities=self.capabilities() if start == 0 else None,
        )
        return page_of(rows, blank)

    def _read(self, *, afresh: bool) -> None:
        """Bring what is kept up to date: all of it, or what was written since the last time."""
        left = each_within(self._timeout_seconds)
        greeting = self._greet(left)
        known_before = self._known_as(None)
        if afresh and known_before is not None and known_before[0].problems:
            # Somebody may have put them right since.
            self._forget()
        known, family = self._look(left, greeting)
        odoo = Odoo(self._rpc, left, known.context)
        midnight = self._time.now().astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        near = Window(
            midnight.astimezone(UTC) - NIGHT, midnight.astimezone(UTC) + timedelta(days=self._roster_days + 1)
        )
        far = Window(near.until, midnight.astimezone(UTC) + timedelta(days=FAR_DAYS))
        if afresh or self._since is None or self._reader is not family:
            people = family.everyone(odoo)
            tables, cards = with_people(Tables(), people), with_cards((), people)
            tables = with_work(tables, far, family.work(odoo, far, None))
        else:
            since = utc_text(self._since)
            people = family.changed(odoo, since)
            tables, cards = with_people(self._all, people), with_cards(self._cards, people)
            tables = with_work(tables, far, family.work(odoo, far, since))
        work = family.work(odoo, near, None)
        coop = self._maybe_coop()
        self._knows_coop = coop is not None
        if coop is not None and work.cycle_start is not None:
            coop = replace(coop, cycle_start=work.cycle_start)
        coop = coop or Coop()
        self._all, self._cards = replace(with_work(tables, near, work), coop=coop), cards
        self._reader = family
        # The server's own time, never this machine's: a clock ahead would skip what is written meanwhile.
        self._since = None if greeting.at is None else greeting.at - OVERLAP

    def _maybe_coop(self) -> Coop | None:
        """What the coop's sheets say; None where that is not known now, and was not since the start."""
        if self._sheets is None:
            return self._all.coop
        coop = self._sheets.maybe_coop()
        if self._sheets.problems != self._sheet_problems:
            self._sheet_problems = self._sheets.problems
            log_problems(self._sheet_problems)
        return coop

    def _look(self, left: SecondsLeft, greeting: Greeting | None = None) -> Known:
        """The server as it is known, or found out anew where it was upgraded. One thread looks, others wait for it."""
        known = self._known_as(greeting)
        if known is not None:
            return known
        if not self._looking.acquire(timeout=left()):
            raise BackendUnavailable("Odoo is still being looked at")
        try:
            known = self._known_as(greeting)
            if known is not None:
                return known
            greeting = greeting or self._greet(left)
            found = look_at(
                self._rpc,
                greeting,
                left,
                family=self._wanted_family,
                language=self._language,
                zone_name=self._zone.key,
            )
            self._tell(found)
            # Modules that are gone after an upgrade make no server on which every bar code may enter.
            self._wanted_family = found.family
            known = (found, FAMILIES[found.family](found, self._tools))
            with self._guard:
                self._known = known
            return known
        finally:
            self._looking.release()

    def _greet(self, left: SecondsLeft) -> Greeting:
        greeting = self._rpc.greet(left())
        self._time.hear(greeting.at)
        return greeting

    def _known_as(self, greeting: Greeting | None) -> Known | None:
        with self._guard:
            known = self._known
        return known if known is not None and (greeting is None or known[0].serie == greeting.serie) else None

    def _tell(self, found: Survey) -> None:
        if found.problems != self._told_problems:
            self._told_problems = found.problems
            for problem in found.problems:
                log.warning("odoo: %s", problem)
        log.info("odoo: version %s, modules of the family %s", found.serie, found.family)

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Odoo's exceptions, where nothing but an answer will do."""
        try:
            yield
        except Forbidden as fault:
            known = self._known_as(None)
            remedy = "" if known is None else known[0].remedy(fault.model)
            raise NotAuthorised(f"the technical user may not use {fault.model}{remedy}") from fault
        except (Misfit, WrongAnswer) as fault:
            self._forget()
            raise BackendUnavailable(f"Odoo's answer cannot be used ({fault})") from fault
        except OdooFault as fault:
            # Words for people may name one, and this stands in the log.
            raise BackendUnavailable(f"Odoo does not answer about {fault.model} ({type(fault).__name__})") from fault

    def _forget(self) -> None:
        """Something is not as it was found: look again the next time."""
        with self._guard:
            self._known = None

    # ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def deliver(self, fact: Fact) -> Outcome:
        left = each_within(self._timeout_seconds)
        with self._answering():
            known, family = self._look(left)
        odoo = Odoo(self._rpc, left, known.context)
        try:
            if fact.kind is FactKind.BOOKING_UNDONE:
                return self._give_back(odoo, family, fact)
            return family.deliver(odoo, fact)
        except Declined as fault:
            return Refused(str(fault))
        except Forbidden as fault:
            return Refused(f"the technical user may not do this with {fault.model}{known.remedy(fault.model)}")
        except Gone:
            return Refused("what this is about is no longer there in Odoo")
        except Busy:
            return Retry(BUSY_SECONDS, "Odoo was busy with the same row")
        except (Misfit, WrongAnswer) as fault:
            self._forget()
            raise BackendUnavailable(f"Odoo takes this in no form known here ({fault})") from fault

    def _give_back(self, odoo: Odoo, family: Family, fact: Fact) -> Outcome:
        if fact.about is not None:
            with self._guard:
                self._taken_back[fact.about] = None
                while len(self._taken_back) > REMEMBERED:
                    self._taken_back.popitem(last=False)
        return family.give_back(odoo, fact.member_id, fact.shift_id)

    # ── questions ─────────────────────────────────────────────────────────────────────────────────────────────────

    def identify(self, card: CardHash, timeout_seconds: float, code: str = "", /) -> Identified:
        if not code:
            # Nothing but the card itself tells Odoo whose it is.
            return Identified(hash=card, available=False)
        left = all_within(timeout_seconds)
        try:
            known, family = self._look(left)
            odoo = Odoo(self._rpc, left, known.context)
            return _identified(odoo, family, card, spellings_of(code))
        except (BackendUnavailable, OdooFault, WrongAnswer):
            return Identified(hash=card, available=False)

    def book(self, fact_id: FactId, member: MemberId, shift: ShiftId, timeout_seconds: float) -> BookingOutcome:
        left = all_within(timeout_seconds)
        with self._answering():
            known, family = self._look(left)
            odoo = Odoo(self._rpc, left, known.context)
            try:
                outcome = BookingOutcome.REFUSED if self._is_taken_back(fact_id) else family.book(odoo, member, shift)
                if self._is_taken_back(fact_id):
                    # Somebody stopped waiting meanwhile, and sync found nothing to give back yet.
                    family.give_back(odoo, member, shift)
                return outcome
            except (Declined, Forbidden, Gone) as fault:
                log.info("odoo: a booking was refused (%s)", type(fault).__name__)
                return BookingOutcome.REFUSED

    def grace(self, member: MemberId, timeout_seconds: float) -> Grace:
        """Ask for the grace period of the coop's own rules. Never part of looking, and never from what is known here.

        Raises:
            BackendUnavailable: no usable answer; it may have been granted.
            NotAuthorised: wrong credentials, or a right that is missing.
        """
        left = all_within(timeout_seconds)
        with self._answering():
            known, family = self._look(left)
            try:
                return Grace(family.grace(Odoo(self._rpc, left, known.context), member))
            except Declined as fault:
                return Grace(None, str(fault))
            except Forbidden as fault:
                message = f"the technical user may not grant a grace period: add the group {family.grace_group}"
                raise NotAuthorised(message) from fault

    def _is_taken_back(self, fact_id: FactId) -> bool:
        """Odoo has no field for the id of a wish; whether it was taken back is remembered here."""
        with self._guard:
            return fact_id in self._taken_back

    def close(self) -> None:
        self._rpc.close()


def _identified(odoo: Odoo, family: Family, card: CardHash, spellings: tuple[str, ...]) -> Identified:
    """The one person who has this card; two with the same are nobody."""
    owners = family.owners(odoo, spellings)
    people = family.people_of(odoo, owners) if len(owners) == 1 else None
    if people is None or not people.members:
        return Identified(hash=card, available=True)
    member = people.members[0]
    account = next((other for other in people.members if other.id == member.attached_to), None)
    blocked = any((found.hash, found.member_id) == (card, member.id) and found.blocked for found in people.cards)
    return Identified(hash=card, available=True, member=member, account=account, blocked=blocked)
