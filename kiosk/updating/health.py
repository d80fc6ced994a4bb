"""Is the version on trial well? Pure: looks in, a verdict out.

Well is: it runs, it answers as itself, each of its parts lives (the screen draws), its memory works, and whatever
answered before answers now. It has to stay so for a while. What is not well after two minutes, or has died three times,
is gone back from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

LIMIT_SECONDS: Final = 120.0
STEADY_SECONDS: Final = 20.0
MOST_DEATHS: Final = 3


class Verdict(Enum):
    WAITING = "waiting"
    WELL = "well"
    SICK = "sick"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen of the service at one moment.

    Attributes:
        at: monotonic seconds.
        runs: systemd calls it active.
        process: its number; None while there is none.
        status: what it answered on its control socket; None where it gave no answer.
    """

    at: float
    runs: bool
    process: int | None = None
    status: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A version while it is watched.

    Attributes:
        lost: the parts that did not answer before; nobody holds that against it.
        online: the server answered before.
        steady_since: since when all was well without a break.
        why_not: what was wrong at the last look.
        deaths: how often its process gave way to another one.
    """

    version: str
    began: float
    lost: frozenset[str] = frozenset()
    online: bool = False
    process: int | None = None
    steady_since: float | None = None
    why_not: str = "it has not been seen yet"
    deaths: int = 0


def fault_of(watched: Watched, look: Look) -> str | None:
    """What is wrong, in words that go on after the name of the version; None if all is well."""
    if not look.runs:
        return "does not run"
    if look.status is None:
        return "does not answer on its control socket"
    return _fault_told(watched, look.status)


def _fault_told(watched: Watched, status: Mapping[str, Any]) -> str | None:
    gone = sorted(set(map(str, status.get("lost", ()))) - watched.lost)
    if status.get("version") != watched.version:
        return f"answers as version {status.get('version')}"
    if status.get("silent"):
        return f"shows no life in {', '.join(sorted(map(str, status['silent'])))}"
    if status.get("store_fault"):
        return f"cannot write what happens ({status['store_fault']})"
    if gone:
        return f"has lost what answered before: {', '.join(gone)}"
    if watched.online and not status.get("online"):
        return "does not reach the server, which answered before"
    return None


def judge(watched: Watched, look: Look) -> tuple[Watched, Verdict]:
    """What one more look makes of it."""
    died = look.process is not None and watched.process is not None and look.process != watched.process
    why_not = fault_of(watched, look)
    since = watched.steady_since
    if why_not is not None:
        since = None
    elif died or since is None:
        since = look.at
    well = "was started anew by itself" if died else "is well, and not for long enough"
    after = replace(
        watched,
        process=watched.process if look.process is None else look.process,
        steady_since=since,
        why_not=why_not or well,
        deaths=watched.deaths + died,
    )
    if since is not None and look.at - since >= STEADY_SECONDS:
        return after, Verdict.WELL
    # Who became well in time may show that it lasts.
    limit = LIMIT_SECONDS if since is None else LIMIT_SECONDS + STEADY_SECONDS
    if after.deaths >= MOST_DEATHS or look.at - watched.began >= limit:
        return after, Verdict.SICK
    return after, Verdict.WAITING
