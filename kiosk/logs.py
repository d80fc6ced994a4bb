"""Logs for the journal: one line a record on stderr, ``key=value``, and nothing in it that points at a person.

``<4>warning part=kiosk.devices.supervisor said="reader: lost (No such device)"``

Under systemd the line begins with its priority (sd-daemon(3)), so that ``journalctl -p warning`` works, and leaves the
time to the journal; elsewhere it begins with the time. No code hands a name, a card id or a token to a logger; should
one slip into a library's message all the same, what looks like it is masked here.
"""

import json
import logging
import os
import re
import sys
import threading
import traceback
import unicodedata
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, TextIO

from kiosk.events import LogLine

MASK: Final = "…"
MOST_KEPT: Final = 60
"""Warnings and errors that a technician can read on the screen; the journal has them all."""
LONGEST_LINE: Final = 300

_KEPT_OR_MASKED: Final = re.compile(
    r"""
    (?P<kept> \b [0-9a-fA-F]{8} - (?:[0-9a-fA-F]{4}-){3} [0-9a-fA-F]{12} \b )    # the id of a fact
    | (?<=://) [^\s/@]+ (?=@)                                                    # user:password in an address
    | (?<=[Bb]earer\ ) [^\s"']+
    | (?<![^\W_]) (?P<name> (?:token|key|password|passphrase|secret) ["']? \s? [=:] \s? ["']? ) [^\s"'&,)}]+
    | (?<![\w.]) [0-9a-fA-F]{2} (?: [:\s-] [0-9a-fA-F]{2} ){3,9} (?!\w)          # a card's bytes, apart
    | (?<![\w.-]) [0-9a-fA-F]{8,} (?!\w)                                         # a card, a badge or a hash
    | (?<![\w/.+-]) (?=[\w+-]*\d) (?=[\w+-]*[A-Za-z]) [\w+-]{32,} =*            # a token
    """,
    re.VERBOSE,
)

_PRIORITIES: Final = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6, logging.DEBUG: 7}
_CHATTY: Final = ("kivy", "urllib3", "PIL", "werkzeug")
"""Libraries that are heard from warnings on, whatever our own level is."""
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def mask(text: str) -> str:
    """``text`` with whatever looks like a card, a badge, a hash, a token or a password replaced by ``…``."""
    return _KEPT_OR_MASKED.sub(lambda found: found["kept"] or (found["name"] or "") + MASK, text)


class LineFormatter(logging.Formatter):
    """One masked line a record: level, logger, message, any ``extra`` fields, and where an exception came from."""

    def __init__(self, *, journal: bool) -> None:
        super().__init__()
        self._journal = journal

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {"part": record.name, "said": record.getMessage()}
        fields |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info and record.exc_info[1] is not None:
            fields |= {"error": _chain(record.exc_info[1]), "at": _places(record.exc_info[2])}
        line = " ".join(_pair(key, value) for key, value in fields.items())
        level = record.levelname.lower()
        if self._journal:
            return f"<{_PRIORITIES.get(record.levelno, 6)}>{level} {line}"
        return f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%f}Z {level} {line}"


def configure(level: str, stream: TextIO | None = None, environ: Mapping[str, str] = os.environ) -> None:
    """Send all logs of the process to ``stream`` (stderr), and what ends a thread as well.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.
        stream: where to.
        environ: ``JOURNAL_STREAM`` in it says that stderr is the journal (systemd.exec(5)).
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(LineFormatter(journal="JOURNAL_STREAM" in environ))
    handler.addFilter(_is_worth_a_line)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
    logging.captureWarnings(capture=True)
    threading.excepthook = _log_end_of_thread


class TroubleLog(logging.Handler):
    """Keeps the last warnings and errors of the process, masked, for the technician's screen.

    In memory alone: it begins with the process. Any thread may log and ask.

    Attributes:
        count: how many there were since the start, also those that are no longer kept.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._kept: deque[LogLine] = deque(maxlen=MOST_KEPT)
        self.count = 0
        self.addFilter(_is_worth_a_line)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record; called with the handler's lock held."""
        error = record.exc_info[1] if record.exc_info else None
        cause = "" if error is None else f"{_chain(error)} ({_places(error.__traceback__)})"
        self._kept.append(
            LogLine(
                at=datetime.fromtimestamp(record.created, UTC),
                severe=record.levelno >= logging.ERROR,
                part=record.name.removeprefix("kiosk."),
                said=_on_one_line(record.getMessage()),
                cause=_on_one_line(cause),
            )
        )
        self.count += 1

    def lines(self) -> tuple[LogLine, ...]:
        """What is kept, the newest first."""
        with self._held():
            return tuple(reversed(self._kept))

    @contextmanager
    def listening(self) -> Iterator["TroubleLog"]:
        """Hear everything that is logged until the context ends."""
        logging.getLogger().addHandler(self)
        try:
            yield self
        finally:
            logging.getLogger().removeHandler(self)

    @contextmanager
    def _held(self) -> Iterator[None]:
        self.acquire()
        try:
            yield
        finally:
            self.release()


def _on_one_line(text: str) -> str:
    """Masked, without control characters, and no longer than a screen can show."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in mask(text)).split())
    return plain if len(plain) <= LONGEST_LINE else f"{plain[: LONGEST_LINE - 1]}{MASK}"


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Kivy sets its own level when it is imported, tells its whole start, and misses a library that is not wanted."""
    if record.name != "kivy":
        return True
    return record.levelno >= logging.WARNING and "MTDev" not in record.getMessage()


def _log_end_of_thread(end: threading.ExceptHookArgs) -> None:
    if end.exc_value is not None:
        name = end.thread.name if end.thread else "?"
        logging.getLogger(__name__).critical("thread %s ended", name, exc_info=end.exc_value)


def _pair(key: str, value: object) -> str:
    # Masked before it is quoted, so that an escaped newline does not grow together with what follows it.
    return f"{key}={_quoted(mask(f'{key}={value}').removeprefix(f'{key}='))}"


def _quoted(value: str) -> str:
    plain = value.isprintable() and value and not any(character in value for character in ' "=')
    return value if plain else "".join(map(_visible, json.dumps(value, ensure_ascii=False)))


def _visible(sign: str) -> str:
    """What would steer the terminal of whoever reads, or have journalctl hide the line, is written out."""
    steers = unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return sign.encode("unicode_escape").decode("ascii") if steers else sign


def _chain(error: BaseException) -> str:
    """The exception and what caused it: ``BackendUnavailable: no answer < TimeoutError: timed out``."""
    links: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(links) < 5:
        links.append(f"{type(cause).__name__}: {cause}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return " < ".join(links)


def _places(trace: TracebackType | None) -> str:
    """The way to where it was raised, outermost first: ``supervisor.py:61 _run > rc522.py:120 read``."""
    frames = traceback.extract_tb(trace)[-12:]
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
