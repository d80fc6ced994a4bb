"""Containers weighed here: code, grams, day, and the contactless sticker on them. Precious, and nobody's."""

import json
import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import date, tzinfo

from sqlite_utils import Database

from kiosk.tares import maybe_jar
from kiosk.types import CardHash, Fact, Grams, Jar, JarCode, Moment

log = logging.getLogger(__name__)


class Jars:
    """The table of jars in an open ``journal.db``."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._read: dict[JarCode, Jar] = {}
        self._changed: set[str] | None = None
        """Codes of which what was read no longer holds; None: nothing was read yet."""

    def weigh(self, fact: Fact, happened: Moment, zone: tzinfo) -> None:
        """Keep what a TARE fact says; ``happened`` is its time, set right where that was needed."""
        jar = maybe_jar(fact, happened=happened, zone=zone)
        if jar is None:
            log.warning("a tare without a jar code or without grams is kept in the journal only")
            return
        self.keep(jar)

    def set_right(self, fact: Fact, happened: Moment, zone: tzinfo) -> None:
        """The clock was wrong at a TARE fact: if it was the last one of its jar, the jar has its true day."""
        stamped, jar = maybe_jar(fact, zone=zone), maybe_jar(fact, happened=happened, zone=zone)
        if stamped is not None and jar is not None:
            self._mark(jar.code)
            self._db.execute(
                "UPDATE jar SET weighed_on = ? WHERE code = ? AND weighed_on = ?",
                (jar.weighed_on.isoformat(), jar.code, stamped.weighed_on.isoformat()),
            )

    def keep(self, jar: Jar) -> None:
        self._mark(jar.code)
        self._db.execute(
            "INSERT INTO jar (code, grams, weighed_on) VALUES (?, ?, ?) "
            "ON CONFLICT (code) DO UPDATE SET grams = excluded.grams, weighed_on = excluded.weighed_on",
            (jar.code, jar.grams, jar.weighed_on.isoformat()),
        )

    def tag(self, fact: Fact) -> None:
        """Keep what a JAR_TAGGED fact says: a sticker is of one jar, a jar has one sticker.

        Its details are ``jar`` and ``sticker``, and ``grams`` and ``weighed_on`` of a jar that may be new here.
        """
        code, sticker = fact.details.get("jar"), fact.details.get("sticker")
        grams, day = fact.details.get("grams"), fact.details.get("weighed_on")
        if not all(isinstance(text, str) for text in (code, sticker, day)) or not isinstance(grams, int):
            log.warning("a sticker without its jar is kept in the journal only")
            return
        self._mark(str(code), *self._under((sticker,)))
        self._db.execute("INSERT OR IGNORE INTO jar (code, grams, weighed_on) VALUES (?, ?, ?)", (code, grams, day))
        self._db.execute("INSERT OR REPLACE INTO jar_sticker (sticker, code) VALUES (?, ?)", (sticker, code))

    def bare(self, stickers: Collection[CardHash]) -> None:
        """These stickers are on none of the jars here any more."""
        self._mark(*self._under(stickers))
        self._db.conn.executemany("DELETE FROM jar_sticker WHERE sticker = ?", [(sticker,) for sticker in stickers])

    def _under(self, stickers: Iterable[object]) -> list[str]:
        """The codes of the jars that these stickers are on."""
        rows = self._db.execute(
            "SELECT code FROM jar_sticker WHERE sticker IN (SELECT value FROM json_each(?))",
            (json.dumps(list(stickers)),),
        ).fetchall()
        return [code for (code,) in rows]

    def _mark(self, *codes: str) -> None:
        if self._changed is not None:
            self._changed.update(codes)

    def all(self) -> tuple[Jar, ...]:
        """In the order of their codes."""
        return tuple(jar for _, jar in sorted(self.by_code().items()))

    def by_code(self) -> Mapping[JarCode, Jar]:
        """All of them.

        A shop has thousands and weighs one at a time: what has not changed since the last call is not read again, and
        is the same object.
        """
        changed = self._changed
        if changed is None:
            self._read = self._rows("")
        elif changed:
            read = dict(self._read)
            for code in changed:
                read.pop(JarCode(code), None)
            read |= self._rows("WHERE j.code IN (SELECT value FROM json_each(?))", json.dumps(sorted(changed)))
            self._read = read
        self._changed = set()
        return self._read

    def _rows(self, where: str, *values: object) -> dict[JarCode, Jar]:
        select = "SELECT j.code, j.grams, j.weighed_on, s.sticker FROM jar AS j"
        rows = self._db.execute(
            f"{select} LEFT JOIN jar_sticker AS s ON s.code = j.code {where}",
            values,
        ).fetchall()
        return {
            JarCode(code): Jar(
                code=JarCode(code), grams=Grams(grams), weighed_on=date.fromisoformat(day), sticker=sticker
            )
            for code, grams, day, sticker in rows
        }
