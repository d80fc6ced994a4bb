"""The simulation's own journal, and an ear for what the program stumbles over."""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class Scribe:
    """The simulation's journal: every line goes into the digest, and into a file where one is wanted."""

    LINES_AT_ONCE = 1000

    def __init__(self, path: Path | None) -> None:
        self._digest = hashlib.sha256()
        self._file = None if path is None else path.open("w", encoding="utf-8")
        self._lines: list[str] = []

    def __call__(self, line: str) -> None:
        """Write one line."""
        self._lines.append(line)
        if len(self._lines) >= self.LINES_AT_ONCE:
            self._write()

    def _write(self) -> None:
        self._digest.update("".join(self._lines).encode())
        if self._file is not None:
            self._file.writelines(f"{line}\n" for line in self._lines)
        self._lines.clear()

    def end(self) -> str:
        """The digest of all lines."""
        self._write()
        if self._file is not None:
            self._file.close()
        return self._digest.hexdigest()


class _Ear(logging.Handler):
    """Hears of everything that the program itself did not expect: only that comes with a traceback."""

    def __init__(self, stumbled: Callable[[str, str], None]) -> None:
        super().__init__(logging.ERROR)
        self._stumbled = stumbled

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self._stumbled(record.name, f"{record.getMessage()}: {record.exc_info[1]!r}")


@contextmanager
def heard(stumbled: Callable[[str, str], None]) -> Iterator[None]:
    """The terminal's own log, but for what it stumbles over, tells the same story in other words: it is not shown."""
    root, ear = logging.getLogger("kiosk"), _Ear(stumbled)
    before = root.level, root.propagate
    root.setLevel(logging.ERROR)
    root.propagate = False
    root.addHandler(ear)
    try:
        yield
    finally:
        root.removeHandler(ear)
        root.setLevel(before[0])
        root.propagate = before[1]
