"""Containers weighed here: code, grams, day. Precious, and nobody's."""

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

    def all(self) -> tuple[Jar, ...]:
        rows = self._db.execute("SELECT code, grams, weighed_on FROM jar ORDER BY code").fetchall()
        return tuple(
            Jar(code=JarCode(code), grams=Grams(grams), weighed_on=date.fromisoformat(day)) for code, grams, day in rows
        )
