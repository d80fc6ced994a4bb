"""``kiosk backend test``: whether a server keeps the REST contract (docs/rest.md), promise by promise.

Harmless to a server in use. Without a test member it only reads; with one it writes about that member, that shift and
that jar alone, but for one whom it makes up to have them forgotten, and one who was named as disposable.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from kiosk.backends.conformance_forgetting import FORGETTING
from kiosk.backends.conformance_probe import Broken, Probe, Skipped, Target
from kiosk.backends.conformance_reading import READING
from kiosk.backends.conformance_writing import WRITING
from kiosk.backends.rest import LOOPBACK
from kiosk.clock import Clock

Check = Callable[[Probe], None]

CHECKS: Final[tuple[Check, ...]] = (*READING, *WRITING, *FORGETTING)


class Result(StrEnum):
    KEPT = "kept"
    BROKEN = "broken"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What became of one check.

    Attributes:
        check: its name.
        promise: what a server has to keep, in one sentence.
        what: what is wrong, or why the check was skipped.
        todo: what to do about it.
    """

    check: str
    promise: str
    result: Result
    what: str = ""
    todo: str = ""


def findings(target: Target, clock: Clock) -> Iterator[Finding]:
    """Visit the server, check after check. A server that does not answer at all is asked no further."""
    parts = urlsplit(target.url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        yield Finding(
            check="encrypted",
            promise="The server is reached over HTTPS.",
            result=Result.BROKEN,
            what="The address does not begin with https://.",
            todo="Serve it over HTTPS, or the token and the members' names travel in the open.",
        )
        return
    probe = Probe(target, clock)
    try:
        for check in CHECKS:
            finding = _made(check, probe)
            yield finding
            if check is CHECKS[0] and finding.result is Result.BROKEN:
                return
    finally:
        probe.close()


def _made(check: Check, probe: Probe) -> Finding:
    result, what, todo = Result.KEPT, "", ""
    try:
        check(probe)
    except Broken as broken:
        result, what, todo = Result.BROKEN, broken.what, broken.todo
    except Skipped as why:
        result, what = Result.SKIPPED, str(why)
    return Finding(check=name_of(check), promise=(check.__doc__ or "").strip(), result=result, what=what, todo=todo)


def name_of(check: Check) -> str:
    """The name under which a check is reported."""
    return check.__name__.replace("_", "-")
