"""Updates that are cut off before every single change they make to the disk, each followed by a boot.

Prints a JSON line for each cut: what it left, and what the boot made of it. Run as ``python -m tests.updating.child
FOLDER BEHAVIOUR WHAT``: ``switch`` cuts an update, ``resume`` what brings a trial to its end after a first cut.
"""

import ctypes
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from kiosk.updating.releases import CURRENT, PREVIOUS, Trial
from tests.updating.rig import NEW, OLD, Rig

CHANGES = {"os.rename", "os.symlink", "os.remove", "os.mkdir", "os.rmdir", "os.chown", "os.chmod", "os.link"}
STARTS = {"subprocess.Popen", "sqlite3.connect"}
PR_SET_CHILD_SUBREAPER = 36
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


def cut_before(number: int) -> None:
    """End this process, as a power cut does, just before its change of that number."""
    seen = 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES
        if event in CHANGES or event in STARTS or writes:
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def forked(work: Callable[[], object]) -> int | None:
    """Do it in a process group of its own, with whose end all that it started ends; None where it was cut off."""
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    # A service that had just been started, and not yet been noted, would go on through the power cut.
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-child, 0)
    return None if os.WIFSIGNALED(ended) else os.WEXITSTATUS(ended)


def cut_off(root: Path, number: int, what: str) -> int | None:
    """One update that is cut before its change of that number; the power is off afterwards."""

    def work() -> None:
        rig = Rig(root)
        cut_before(number)
        rig.switch() if what == "switch" else rig.update.resume()

    status = forked(work)
    Rig(root).machine.stop()
    return status


def boot(root: Path) -> dict[str, Any]:
    """Start whatever ``current`` leads to, resume, and tell how it is then."""
    rig = Rig(root)
    started = rig.releases.named(CURRENT)
    whole = started is not None and rig.releases.is_whole(started)
    rig.machine.start()
    with rig.releases.locked(wait=True):
        rig.update.resume()
    status = rig.machine.look().status
    told = {
        "started": started if whole else None,
        "runs": None if status is None else status["version"],
        "current": rig.releases.named(CURRENT),
        "previous": rig.releases.named(PREVIOUS),
        "lost_rows": sorted(rig.lost_rows()),
        "leftovers": rig.leftovers(),
    }
    rig.machine.stop()
    return told


def begin(root: Path, behaviour: dict[str, Any], what: str) -> None:
    """A terminal that runs; for ``resume`` one whose power was cut in the middle of a trial."""
    shutil.rmtree(root, ignore_errors=True)
    rig = Rig(root).build(**behaviour)
    rig.machine.start()
    if what == "resume":
        kept = root / f"data/journal.db.before-{NEW}"
        shutil.copyfile(root / "data/journal.db", kept)
        rig.releases.point(PREVIOUS, OLD)
        rig.releases.write_trial(
            Trial(old=OLD, new=NEW, online=True, kept=kept, data_dir=root / "data", runtime_dir=root / "run")
        )
        rig.releases.point(CURRENT, NEW)
        rig.machine.start_anew(rig.releases.folder(NEW))


def main() -> None:
    """Cut after cut, until one comes too late."""
    # What a process that was cut off has started becomes a child of this one, which waits for its end.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    folder, behaviour, what = Path(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3]
    root = folder / "kiosk"
    number, status = 0, None
    while status is None:
        number += 1
        begin(root, behaviour, what)
        status = cut_off(root, number, what)
        print(json.dumps({"cut": number, "ended": status} | boot(root)), flush=True)  # noqa: T201 - this is a command


if __name__ == "__main__":
    main()
