"""The pages of a shift manager: signing in, the list of shifts, the window of one shift. From HTML to values; pure."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time

from selectolax.lexbor import LexborNode

from kiosk.backends.gestion_compte import selectors as at
from kiosk.backends.gestion_compte.french import one_line, plain, times_in
from kiosk.backends.gestion_compte.reader_pages import holder_of
from kiosk.backends.gestion_compte.reading import PageUnreadable, classes_of, text_of, tree_of, value_of


def read_login_token(html: str) -> str:
    """The token of the login form.

    Raises:
        PageUnreadable: there is none.
    """
    token = value_of(tree_of(html).css_first(at.LOGIN_TOKEN))
    if not token:
        raise PageUnreadable("the login page has no token")
    return token


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedBucket:
    """A shift of the office's list: enough to find it by job and hours."""

    bucket: int
    job: str
    starts: time
    ends: time


def read_bucket_list(html: str) -> tuple[tuple[ListedBucket, ...], Mapping[str, str]]:
    """The shifts of the list, and the fields of the form that filters it, its token among them.

    Raises:
        PageUnreadable: it is another page.
    """
    tree = tree_of(html)
    fields = dict(map(_field_of, tree.css(at.FILTER)))
    if not fields.get(at.FILTER_TOKEN):
        raise PageUnreadable("the list of shifts has no filter")
    found = []
    for block in tree.css(at.MAIN_BUCKETS):
        link = block.css_first(at.BUCKET_LINK)
        hours = times_in(text_of(block.css_first(at.MAIN_BUCKET_HOURS)))
        if link is not None and len(hours) == 2:
            job = one_line(link.attributes.get(at.BUCKET_JOB) or "")
            found.append(ListedBucket(bucket=_number_in(block), job=job, starts=hours[0], ends=hours[1]))
    return tuple(found), fields


def _field_of(field: LexborNode) -> tuple[str, str]:
    """Name and value, as a browser sends a field that nobody has touched."""
    chosen = field.css_first(at.CHOSEN) or field.css_first(at.FIRST_CHOICE) if field.tag == "select" else field
    return field.attributes["name"] or "", value_of(chosen)


def _number_in(node: LexborNode) -> int:
    return int((node.attributes.get("id") or "").rpartition("-")[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficePlace:
    """One place in the window of a shift.

    Attributes:
        shift: the id of the place, which the server calls a shift.
        number: of the membership that holds it; empty for a free place.
        name: first name and surname of who holds it.
        open_to_all: free, and kept for nobody.
        present: None where the window does not show it.
        formation: that the place asks for; empty if none.
        tokens: of the forms that the window offers for it, by the form's name.
    """

    shift: int
    number: str = ""
    name: str = ""
    open_to_all: bool = False
    present: bool | None = None
    formation: str = ""
    tokens: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketWindow:
    """The window of one shift. ``everyone``: all names as the server wants them typed, ``#12 Prénom NOM``."""

    places: tuple[OfficePlace, ...]
    everyone: tuple[str, ...]


def read_bucket_window(html: str) -> BucketWindow:
    """Read the window of a shift.

    Raises:
        PageUnreadable: it is another page, or a place in it cannot be read.
    """
    tree = tree_of(html)
    rows = tree.css(at.MODAL_ROWS)
    if not rows:
        raise PageUnreadable("the window of a shift shows no places")
    return BucketWindow(places=tuple(_place_of(row) for row in rows), everyone=tuple(_everyone_in(html)))


def _place_of(row: LexborNode) -> OfficePlace:
    tokens = dict(_tokens_in(row))
    holder = row.css_first(at.MODAL_HOLDER)
    if holder is not None:
        dot = next((span for span in holder.css(at.DOT) if text_of(span) == at.DOT_SIGN), None)
        number, name = holder_of(one_line(holder.text(deep=False, separator=" ")))
        present = None if dot is None else at.DOT_PRESENT in classes_of(dot)
        return OfficePlace(shift=_number_in(holder), number=number, name=name, present=present, tokens=tokens)
    shift = next((int(form.rpartition("_")[2]) for form in tokens if form.startswith(at.FORM_BOOK)), 0)
    header = plain(text_of(row.css_first(at.DAY_HEADER)))
    formation = re.search(at.MODAL_FORMATION, header)
    return OfficePlace(
        shift=shift,
        open_to_all=header.startswith(at.MODAL_FREE_WORD) and shift != 0,
        formation="" if formation is None or formation[1] == at.MODAL_NO_FORMATION else formation[1],
        tokens=tokens,
    )


def _tokens_in(row: LexborNode) -> Iterator[tuple[str, str]]:
    """Name and token of each form of a place that is ever sent; those that delete are not looked at."""
    for form in row.css("form[name]"):
        name = form.attributes["name"] or ""
        if re.fullmatch(at.FORMS, name):
            yield name, value_of(row.css_first(f'input[name="{name}[_token]"]'))


def _everyone_in(html: str) -> Iterator[str]:
    found = re.search(at.EVERYONE, html)
    if found is None:
        return
    try:
        names, _ = json.JSONDecoder().raw_decode(html, found.end())
    except ValueError:
        return
    if isinstance(names, dict):
        yield from (name for name in names if isinstance(name, str))
