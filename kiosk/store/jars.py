"""Containers weighed here: code, grams, day, and the contactless sticker on them. Precious, and nobody's."""

import logging
from datetime import date

from sqlite_utils import Database

from kiosk.types import Fact, Grams, Jar, JarCode

log = logging.getLogger(__name__)


class Jars:
    """The table of jars in an open ``journal.db``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def weigh(self, fact: Fact) -> None:
        """Keep what a TARE fact says: details ``jar`` (the code) and ``grams`` (an int)."""
        code, grams = fact.details.get("jar"), fact.details.get("grams")
        if not isinstance(code, str) or not isinstance(grams, int):
            log.warning("a tare without a jar code or without grams is kept in the journal only")
            return
        self.keep(Jar(code=JarCode(code), grams=Grams(grams), weighed_on=fact.happened.wall.date()))

    def keep(self, jar: Jar) -> None:
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
        self._db.execute("INSERT OR IGNORE INTO jar (code, grams, weighed_on) VALUES (?, ?, ?)", (code, grams, day))
        self._db.execute("DELETE FROM jar_sticker WHERE code = ?", (code,))
        self._db.execute("INSERT OR REPLACE INTO jar_sticker (sticker, code) VALUES (?, ?)", (sticker, code))

    def all(self) -> tuple[Jar, ...]:
        rows = self._db.execute(
            "SELECT j.code, j.grams, j.weighed_on, s.sticker FROM jar AS j "
            "LEFT JOIN jar_sticker AS s ON s.code = j.code ORDER BY j.code"
        ).fetchall()
        return tuple(
            Jar(code=JarCode(code), grams=Grams(grams), weighed_on=date.fromisoformat(day), sticker=sticker)
            for code, grams, day, sticker in rows
        )
