"""An update, step by step. A power cut between any two of them leaves a terminal that starts.

Until ``current`` is changed the old version is what systemd starts. From just before that until the verdict
``trial.json`` says that the new one is on trial: whoever finds it (the update itself, or ``kiosk update --resume`` of
the version before, which systemd starts as soon as nobody else is at it) watches the new version and goes back to the
old one where it is not well. The journal is never exchanged: what was written meanwhile stays.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kiosk.clock import Clock
from kiosk.errors import KioskError
from kiosk.store.backup import JOURNAL, BackupError
from kiosk.updating import journal, rehearsal
from kiosk.updating.health import Verdict, Watched, judge
from kiosk.updating.machine import Machine
from kiosk.updating.rehearsal import Stage
from kiosk.updating.releases import CURRENT, PREVIOUS, ReleaseError, Releases, Trial
from kiosk.updating.timing import maybe_objection

LOOK_SECONDS: Final = 1.0


class NotNow(KioskError):
    """Error raised when the terminal should not be disturbed; its words say why, and until when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """The terminal that is updated.

    Attributes:
        config_file: None where it runs on the defaults.
    """

    data_dir: Path
    runtime_dir: Path
    config_file: Path | None = None


class Update:
    """Takes a terminal from one version to another, and back.

    Args:
        releases: the versions on the disk; the caller holds their lock.
        machine: the edges.
        clock: the time.
        say: told each step in words, before it is done.
    """

    def __init__(self, releases: Releases, machine: Machine, clock: Clock, say: Callable[[str], None]) -> None:
        self._releases = releases
        self._machine = machine
        self._clock = clock
        self._say = say

    def must_not_disturb(self) -> None:
        """Go on only where nobody needs the terminal now.

        Raises:
            NotNow: somebody may.
        """
        objection = maybe_objection(self._machine.look().status, self._clock.now())
        if objection is not None:
            raise NotNow(objection)

    def lay(self, version: str, unpack: Callable[[Path], None], install: Callable[[Path], None]) -> None:
        """Put a version beside the others, without touching what runs.

        Args:
            version: its name.
            unpack: fills its folder from the bundle.
            install: makes the programs in it ready to run.

        Raises:
            KioskError: it is in use, damaged, or cannot be installed; then nothing of it is left.
            OSError: the disk does not take it.
        """
        folder = self._releases.begin(version)
        try:
            self._say(f"unpacking {version}")
            unpack(folder)
            self._say(f"installing {version} beside the others, from its own wheels")
            install(folder)
        except BaseException:
            self._releases.remove(version)
            raise
        self._releases.finish(version)
        self._say(f"{version} is laid beside the others")

    def switch(self, version: str, terminal: Terminal, *, now: bool) -> bool:
        """Rehearse, switch to a version that is there, and watch it; False if it was gone back from.

        Args:
            version: to this one.
            terminal: of this terminal.
            now: also while the coop is open.

        Raises:
            NotNow: the coop has opened meanwhile; nothing was changed.
            KioskError: the version is not fit to take over; nothing was changed.
            OSError: the disk does not take it; nothing was changed.
        """
        old = self._releases.named(CURRENT)
        if old is None or not self._releases.is_whole(old):
            raise ReleaseError(f"{self._releases.root / CURRENT}: leads to no version; install one first")
        stage = Stage(
            old=self._releases.folder(old),
            new=self._releases.folder(version),
            data_dir=terminal.data_dir,
            config_file=terminal.config_file,
        )
        trial = Trial(
            old=old,
            new=version,
            kept=terminal.data_dir / f"{JOURNAL}.before-{version}",
            data_dir=terminal.data_dir,
            runtime_dir=terminal.runtime_dir,
        )
        # Written before the first copy of people's data is made, so that none outlives a power cut.
        self._releases.point(PREVIOUS, old)
        self._releases.write_trial(trial)
        try:
            rehearsal.rehearse(stage, self._machine, self._say)
            if not now:
                self.must_not_disturb()
            trial = self._as_it_was(trial)
            self._say(f"copying the journal, then switching from {old} to {version}")
            journal.copy_for(terminal.data_dir, trial.kept)
            self._releases.point(CURRENT, version)
        except BaseException:
            self._not_begun(trial)
            raise
        return self._try_out(trial, start=True)

    def resume(self) -> bool | None:
        """Bring a trial that was cut short to its end.

        Returns:
            None where there was none; else whether the new version was kept.

        Raises:
            KioskError: the version before is gone, or the service cannot be started.
        """
        trial = self._releases.trial()
        if trial is None:
            return None
        if trial.back:
            return self._go_back(trial, "it was being gone back from")
        if self._releases.named(CURRENT) != trial.new:
            self._say(f"the update to {trial.new} was cut short before it began; {trial.old} goes on")
            self._not_begun(trial)
            return False
        self._say(f"the trial of {trial.new} was cut short; it begins anew")
        return self._try_out(trial, start=self._must_start(trial.new))

    def _must_start(self, version: str) -> bool:
        """After a power cut systemd has started it; an updater that was killed may have left the old one running."""
        seen = self._machine.look()
        return not seen.runs or (seen.status is not None and seen.status.get("version") != version)

    def _as_it_was(self, trial: Trial) -> Trial:
        """Remember what answers now: that is what the new version is measured by."""
        before = self._machine.look().status or {}
        lost = tuple(sorted(map(str, before.get("lost", ()))))
        trial = replace(trial, lost=lost, online=bool(before.get("online")))
        self._releases.write_trial(trial)
        return trial

    def _not_begun(self, trial: Trial) -> None:
        """Leave everything as it was; the old version has run all the while."""
        if self._releases.named(CURRENT) == trial.new:
            # The disk took the change, and then failed to say so.
            self._releases.point(CURRENT, trial.old)
        rehearsal.clear(trial.data_dir)
        journal.remove(trial.kept)
        self._releases.end_trial()

    # ── the trial ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _try_out(self, trial: Trial, *, start: bool) -> bool:
        try:
            if start:
                self._machine.start_anew(self._releases.folder(trial.new))
            why_not = self._watch(trial.new, frozenset(trial.lost), online=trial.online)
            if why_not is None:
                why_not = self._rows_missing(trial)
        except (KioskError, OSError, KeyboardInterrupt) as fault:
            why_not = str(fault) or "was interrupted"
        if why_not is not None:
            return self._go_back(trial, why_not)
        journal.remove(trial.kept)
        self._releases.end_trial()
        self._say(f"{trial.new} is well and stays; {trial.old} is kept for going back")
        self._releases.prune((trial.new, trial.old))
        return True

    def _watch(self, version: str, lost: frozenset[str], *, online: bool) -> str | None:
        """Look until there is a verdict; what is wrong, None for well."""
        self._say(f"watching {version}")
        watched = Watched(version=version, began=self._clock.monotonic(), lost=lost, online=online)
        pause = threading.Condition()
        while True:
            told = watched.why_not
            watched, verdict = judge(watched, self._machine.look())
            if verdict is Verdict.WELL:
                return None
            if verdict is Verdict.SICK:
                return watched.why_not
            if watched.why_not != told:
                self._say(f"{version} {watched.why_not}")
            with pause:
                self._clock.wait(pause, LOOK_SECONDS)

    def _rows_missing(self, trial: Trial) -> str | None:
        try:
            missing = journal.missing_since(trial.kept, trial.data_dir, self._clock.now())
        except BackupError as fault:
            return f"leaves a journal that cannot be read, and {trial.kept} is what it was: {fault}"
        return f"has lost {missing} facts of the journal, which are in {trial.kept}" if missing else None

    def _go_back(self, trial: Trial, why: str) -> bool:
        self._say(f"{trial.new} {why}: going back to {trial.old}")
        # From here on nothing tries it again, whatever happens.
        self._releases.write_trial(replace(trial, back=True))
        self._releases.point(CURRENT, trial.old)
        self._machine.start_anew(self._releases.folder(trial.old))
        still_sick = self._watch(trial.old, frozenset(trial.lost), online=False)
        missing = self._rows_missing(trial)
        if missing is None:
            journal.remove(trial.kept)
        else:
            self._say(f"{trial.new} {missing}")
        self._releases.end_trial()
        if still_sick is None:
            self._say(f"{trial.old} is well again; nothing that was written meanwhile is lost")
        else:
            self._say(f"{trial.old} {still_sick}: look at it (kiosk check, journalctl -u kiosk)")
        return False
