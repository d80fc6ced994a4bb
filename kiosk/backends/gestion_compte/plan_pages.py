"""The public pages: the days to come, opening hours, closures, events, the week's letter. From HTML to values; pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kiosk.backends.gestion_compte import selectors as at
from kiosk.backends.gestion_compte.french import WEEKDAYS, days_in, monday_of, one_line, plain, times_in
from kiosk.backends.gestion_compte.reading import PageUnreadable, classes_of, text_of, tree_of
from kiosk.types import OpeningHours

WEEK_LETTERS = "ABCD"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBucket:
    """A shift of a day to come: how many places are taken, not by whom.

    Attributes:
        bucket: the id under which the office's pages show it; 0 where the page tells none.
        free: places that anybody may take.
        free_trained: places that ask for a training.
        locked: nobody can book it any more.
    """

    day: date
    job: str
    starts: time
    ends: time
    bucket: int
    taken: int
    free: int
    free_trained: int
    locked: bool


def read_day(html: str, day: date) -> tuple[ShownBucket, ...]:
    """The shifts of one day, from master's fragment; none where the day has none.

    Raises:
        PageUnreadable: a shift on it cannot be read.
    """
    return tuple(_buckets_in(tree_of(html).root, day))


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """The public home page.

    Attributes:
        days: days with shifts; from master, which shows them one by one elsewhere.
        buckets: the shifts themselves; from 1.x.
        week_a: a Monday on which a week A begins; None where the coop counts no weeks.
    """

    days: tuple[date, ...]
    buckets: tuple[ShownBucket, ...]
    week_a: date | None


def read_home(html: str, today: date) -> HomePage:
    """Read the home page of whoever is not signed in.

    Raises:
        PageUnreadable: a shift on it cannot be read.
    """
    tree = tree_of(html)
    days: list[date] = []
    buckets: list[ShownBucket] = []
    for row in tree.css(at.DAYS):
        header = row.css_first(at.DAY_HEADER)
        named = row.attributes.get(at.DAY_DATE)
        found = days_in(text_of(header), today)
        if named:
            days.append(_day_of(named))
        elif found:
            buckets.extend(_buckets_in(row, found[0]))
    return HomePage(days=tuple(days), buckets=tuple(buckets), week_a=_week_a(tree, today))


def _day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PageUnreadable("a day of the home page has no date") from None


def _week_a(tree: LexborHTMLParser, today: date) -> date | None:
    """From the first heading, which is that of the current week or of the next one with shifts."""
    for heading in tree.css(at.WEEKS):
        text = plain(text_of(heading))
        letter = re.search(at.WEEK, text)
        number = re.search(r"#(\d+)", text)
        if letter is None:
            continue
        monday = monday_of(today)
        if number is not None and today.isocalendar().week != int(number[1]):
            monday += timedelta(days=7)
        return monday - timedelta(days=7 * WEEK_LETTERS.index((letter[1] or letter[2]).upper()))
    return None


def _buckets_in(node: LexborNode | None, day: date) -> Iterator[ShownBucket]:
    for block in () if node is None else node.css(at.BUCKETS):
        link = block.css_first(at.BUCKET_LINK)
        hours = next((times for span in block.css(at.BUCKET_HOURS) if len(times := times_in(text_of(span))) == 2), None)
        if link is None or hours is None:
            raise PageUnreadable("a shift of the days to come has no job or no hours")
        places = [_place_of(icon) for icon in block.css(at.BUCKET_PLACES)]
        named = re.search(at.BUCKET_ID, f"{link.attributes.get('data-source')} {link.attributes.get('href')}")
        yield ShownBucket(
            day=day,
            job=one_line(link.attributes.get(at.BUCKET_JOB) or ""),
            starts=hours[0],
            ends=hours[1],
            bucket=0 if named is None else int(named[1] or named[2]),
            taken=places.count(_TAKEN),
            free=places.count(_FREE),
            free_trained=places.count(_FREE_TRAINED),
            locked=at.BUCKET_LOCKED in plain(text_of(block)),
        )


_TAKEN, _FREE, _FREE_TRAINED = range(3)


def _place_of(icon: LexborNode) -> int:
    around = icon.parent
    if around is not None and at.PLACE_TAKEN in classes_of(around):
        return _TAKEN
    return _FREE_TRAINED if text_of(icon) == at.ICON_TRAINED else _FREE


# ── widgets ───────────────────────────────────────────────────────────────────────────────────────────────────────


def read_opening_hours(html: str) -> tuple[OpeningHours, ...]:
    """The hours of the widget, of all kinds that the coop has switched on.

    Raises:
        PageUnreadable: a row names no day or no hours.
    """
    found = []
    for row in tree_of(html).css(at.OPENING_ROWS):
        text = plain(text_of(row))
        weekday = next((number for number, name in enumerate(WEEKDAYS) if text.startswith(name)), None)
        times = times_in(text)
        if weekday is not None and not times and at.SHUT in text:
            continue
        if weekday is None or not times or len(times) % 2:
            raise PageUnreadable("a row of the opening hours names no day or no hours")
        found += [
            OpeningHours(weekday=weekday, opens=opens, closes=closes)
            for opens, closes in zip(times[::2], times[1::2], strict=True)
        ]
    return tuple(sorted(set(found), key=lambda hours: (hours.weekday, hours.opens, hours.closes)))


def read_closures(html: str, today: date) -> frozenset[date]:
    """The exceptional closures to come, whole days."""
    rows = tree_of(html).css(at.WIDGET_ROWS)
    return frozenset(day for row in rows for day in days_in(text_of(row.css_first(at.WIDGET_DAY)), today))


def read_next_event(html: str) -> str:
    """The next event as one line, « Assemblée générale, jeudi 3 décembre 2026 à 19h00 »; nothing without one."""
    row = tree_of(html).css_first(at.WIDGET_ROWS)
    if row is None:
        return ""
    title = text_of(row.css_first(at.WIDGET_DAY))
    when = re.search(r"\w+\s+\d{1,2}\s+\w+\s+\d{4}(?:\s+à\s+\d{1,2}h\d{2})?", text_of(row).replace(title, "", 1))
    return title if when is None else f"{title}, {when[0]}"
