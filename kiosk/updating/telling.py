"""What an update says: to whoever watches, to the journal of the machine, and to a short log that outlives both.

The journal may be kept in memory only, and the person may have lost the connection.
"""

import logging
import logging.handlers
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

from kiosk.logs import mask

SYSLOG: Final = Path("/dev/log")
MOST_BYTES: Final = 200_000
"""Of the log; what was before goes into one older file."""


class Diary:
    """Takes sentences.

    Args:
        log_file: the log that is kept.
        stream: for whoever watches.
        environ: ``JOURNAL_STREAM`` in it says that ``stream`` is the journal already (systemd.exec(5)).
        syslog: the socket of the machine's journal.
    """

    def __init__(
        self,
        log_file: Path,
        stream: TextIO | None = None,
        environ: Mapping[str, str] = os.environ,
        syslog: Path = SYSLOG,
    ) -> None:
        self._log_file = log_file
        self._stream = stream or sys.stdout
        self._journal: logging.handlers.SysLogHandler | None = None
        if "JOURNAL_STREAM" not in environ and syslog.exists():
            with suppress(OSError):
                self._journal = logging.handlers.SysLogHandler(str(syslog))
                self._journal.ident = "coop-kiosk-update: "

    def __call__(self, sentence: str) -> None:
        """Say it everywhere it can be said; nothing of that holds an update up."""
        with suppress(OSError, ValueError):
            print(mask(sentence), file=self._stream, flush=True)
        self.keep(sentence)

    def keep(self, sentence: str) -> None:
        """Say it to the journal and the log alone."""
        line = mask(sentence)
        if self._journal is not None:
            record = logging.LogRecord("coop-kiosk-update", logging.INFO, "", 0, line, None, None)
            self._journal.handle(record)
        with suppress(OSError):
            if self._log_file.exists() and self._log_file.stat().st_size > MOST_BYTES:
                self._log_file.replace(self._log_file.with_suffix(".log.1"))
            with self._log_file.open("a", encoding="utf-8") as file:
                file.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {line}\n")
                # After a power cut it is all that is left: the machine's journal may be in memory.
                file.flush()
                os.fsync(file.fileno())

    def close(self) -> None:
        """Let the journal's socket go."""
        if self._journal is not None:
            self._journal.close()
