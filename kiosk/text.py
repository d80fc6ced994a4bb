"""From :class:`~kiosk.view_parts.Say` to words: the language, the date and time forms, the lists and the plurals.

French comes from :mod:`kiosk.messages`; another language is ``locale/<language>.po`` (context: the key, id: the French
sentence), read when it is first wanted, so that a third language is one more file and nothing is compiled. How a date
or an hour is written is part of the catalogue too (keys ``format.*``).
"""

import gettext
import io
import logging
import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from kiosk.messages import MESSAGES
from kiosk.view_parts import Day, Duration, Hour, Hours, Names, Say, Slot, Value

log = logging.getLogger(__name__)

SOURCE_LANGUAGE: Final = "fr"
FORMAL: Final = "fr-vous"
"""The catalogue of the French sentences that differ where people are called *vous*."""
INCLUSIVE_SIGN: Final = "·"
LOCALE_FOLDER: Final = Path(__file__).parent / "locale"
_DAY_OF_MONTH: Final = re.compile(r"\bd\b")
_TWO_STOPS: Final = re.compile(r"(?<!\.)\.\.(?!\.)")
"""A sentence that ends in a shortened month: « avant le 2 nov.. »."""
_STARTS_WITH_VALUE: Final = re.compile(r"^\{(\w+)[:}]")
_INCLUSIVE: Final = re.compile(rf"(?<=\w){INCLUSIVE_SIGN}(?=\w)")


@dataclass(frozen=True, slots=True)
class Manners:
    """How people are spoken to in French: *tu* or *vous*, and what stands in « arrivé·es »."""

    tutoiement: bool = True
    inclusive_sign: str = INCLUSIVE_SIGN


def read_catalogue(language: str, folder: Path = LOCALE_FOLDER) -> gettext.NullTranslations:
    """The translations of ``language``; those of French, which need no file, return the sentence itself.

    Raises:
        OSError: there is no such language.
    """
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with (folder / f"{language}.po").open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Texts:
    """The words of one language at one place."""

    def __init__(
        self, language: str, timezone: tzinfo, folder: Path = LOCALE_FOLDER, *, manners: Manners = Manners()
    ) -> None:
        self._sign = manners.inclusive_sign
        try:
            self._catalogue = read_catalogue(language, folder)
        except OSError:
            log.warning("no catalogue for the language %r; French is spoken", language)
            language = SOURCE_LANGUAGE
            self._catalogue = read_catalogue(language)
        if language == SOURCE_LANGUAGE and not manners.tutoiement:
            self._catalogue = read_catalogue(FORMAL)
        self.language = language
        self._timezone = timezone
        self._source_locale = Locale(SOURCE_LANGUAGE)
        self._locale = Locale.parse(self.sentence("format.locale"))
        self._formatter = _Formatter(self)
        self._spellers: dict[type, Callable[[Any, str], str]] = {
            str: lambda value, _: value,
            int: self._number,
            Hour: lambda value, _: self._hour(value.at),
            Day: lambda value, form: self._day(value.on, form),
            Hours: lambda value, _: self._hours(value.starts_at, value.ends_at),
            Slot: self._slot,
            Duration: lambda value, _: self._duration(value.minutes),
            Names: self._names,
        }

    def words(self, say: Say) -> str:
        """What ``say`` reads as. A key that is not there is shown as it is and logged: words never stop a screen."""
        values = dict(say.values)
        if say.key == "literal":
            return str(values.get("text", ""))
        template = self.sentence(say.key, values.get("n"))
        try:
            text = _TWO_STOPS.sub(".", self._formatter.vformat(template, (), values))
        except (KeyError, IndexError, ValueError) as error:
            log.warning("the sentence %r lacks a value: %r", say.key, error)
            return template
        opening = _STARTS_WITH_VALUE.match(template)
        if opening and isinstance(values[opening[1]], Day | Slot):
            return text[:1].upper() + text[1:]
        return text

    def sentence(self, key: str, n: object = None) -> str:
        """The sentence of ``key`` before its values are set; of a pair the one that ``n`` asks for."""
        message = MESSAGES.get(key)
        if message is None:
            log.warning("no sentence for the key %r", key)
            return key
        if isinstance(message, str):
            sentence = self._catalogue.pgettext(key, message)
        else:
            count = n if isinstance(n, int) else 2
            if self.language == SOURCE_LANGUAGE:
                # Without an entry gettext counts as English does, where 0 is a plural.
                count = 1 if self._source_locale.plural_form(count) == "one" else 2
            sentence = self._catalogue.npgettext(key, *message, count)
        return sentence if self._sign == INCLUSIVE_SIGN else _INCLUSIVE.sub(self._sign, sentence)

    def spell(self, value: Value, form: str = "") -> str:
        """One value in words; ``form`` is what stands after the colon in the braces."""
        return self._spellers[type(value)](value, form)

    def _names(self, value: Names, form: str) -> str:
        return ", ".join(value.names) if form == "," else format_list(value.names, locale=self._locale)

    def _slot(self, value: Slot, form: str) -> str:
        hours = self._hours(value.starts_at, value.ends_at)
        return self.sentence("format.slot").format(day=self._day(value.starts_at, form), hours=hours)

    def _number(self, value: int, form: str) -> str:
        if form == "kg":
            return f"{self._number_text(Decimal(value) / 1000)}\u00a0kg"
        return self._number_text(Decimal(value))

    def _number_text(self, value: Decimal) -> str:
        # The fonts have no narrow no-break space, which CLDR puts between the thousands of French.
        return format_decimal(value, locale=self._locale).replace("\u202f", "\u00a0")

    def _hour(self, at: datetime) -> str:
        local = at.astimezone(self._timezone)
        pattern = self.sentence("format.hour" if local.minute else "format.hour.sharp")
        return format_datetime(local, pattern, locale=self._locale)

    def _hours(self, starts_at: datetime, ends_at: datetime) -> str:
        start, end = self._hour(starts_at), self._hour(ends_at)
        half = end.rpartition("\u00a0")[2]
        if half.isalpha() and start.endswith(f"\u00a0{half}") and "a" in self.sentence("format.hour.sharp"):
            return self.sentence("format.hours.half").format(start=start.removesuffix(f"\u00a0{half}"), end=end)
        return self.sentence("format.hours").format(start=start, end=end)

    def _day(self, on: date, form: str) -> str:
        day = on.astimezone(self._timezone).date() if isinstance(on, datetime) else on
        pattern = form or self.sentence("format.day")
        if day.day == 1:
            pattern = _DAY_OF_MONTH.sub(f"'{self.sentence('format.first')}'", pattern)
        return format_date(day, pattern, locale=self._locale)

    def _duration(self, minutes: int) -> str:
        sign = "−" if minutes < 0 else ""
        hours, rest = divmod(abs(minutes), 60)
        if not rest:
            return sign + self.sentence("format.duration.hours").format(hours=hours)
        if not hours:
            return sign + self.sentence("format.duration.minutes").format(minutes=rest)
        return sign + self.sentence("format.duration").format(hours=hours, minutes=f"{rest:02}")


class _Formatter(string.Formatter):
    """Lets the braces of a sentence speak the language of its :class:`Texts`."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def get_value(self, key: int | str, _args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs[str(key)]

    def format_field(self, value: Any, format_spec: str) -> str:
        return self._texts.spell(value, format_spec)


@cache
def texts(language: str, timezone: tzinfo, manners: Manners = Manners()) -> Texts:
    """The one :class:`Texts` of a language and a place, read once."""
    return Texts(language, timezone, manners=manners)


def words(say: Say, language: str, timezone: tzinfo) -> str:
    """What ``say`` reads as in ``language``; times are local to ``timezone``."""
    return texts(language, timezone).words(say)
