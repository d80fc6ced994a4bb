"""Copies of people's data that lie beside the files in use, and are kept only for whoever finds out what went wrong."""

import logging
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

COPIES: Final = ("*.db.damaged-*", "*.db.broken", "journal.db.before-*")
"""Damaged files with their logs, what was learnt of the server in a damaged one, the journal before an update."""


def set_aside_in(directory: Path) -> list[Path]:
    """The copies in this directory, by name."""
    return sorted(path for pattern in COPIES for path in directory.glob(pattern))


def let_go_of(copies: Iterable[Path], before: datetime) -> None:
    """Take away those that were last written before that time: nothing in them is younger.

    One that cannot be taken away is named in the log.
    """
    for copy in copies:
        try:
            if copy.stat().st_mtime < before.timestamp():
                copy.unlink()
                log.info("purge: %s has been kept long enough", copy.name)
        except OSError as fault:
            log.warning("purge: %s cannot be taken away (%s)", copy.name, fault)
