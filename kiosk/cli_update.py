"""``kiosk update``: a new version, and the one before it again. ``scripts/update`` calls it as root."""

import json
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kiosk.cli_options import AS_JSON, CONFIG, load_config
from kiosk.errors import KioskError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.config import Config
    from kiosk.updating.releases import Releases
    from kiosk.updating.steps import Update

ROOT = click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path("/opt/coop-kiosk"),
    show_default=True,
    help="Where the versions are.",
)


@dataclass(frozen=True, slots=True)
class _Wish:
    what: str
    config_file: Path | None
    now: bool
    older: bool


@click.command()
@click.argument("what", metavar="[FILE|VERSION]", required=False)
@click.option("--now", is_flag=True, help="Also while the coop is open.")
@click.option("--older", is_flag=True, help="Also to a version older than the one that runs.")
@click.option("--resume", is_flag=True, hidden=True, help="Bring a trial that was cut short to its end.")
@ROOT
@CONFIG
@AS_JSON
def update(what: str | None, root: Path, config_file: Path | None, *, as_json: bool, resume: bool, **how: bool) -> None:
    """Take the terminal to another version, and back by itself if that one is not well within two minutes.

    FILE is a bundle with its signature beside it. A VERSION is taken from those that are here already, from a USB
    stick, or from [update] source. Without either it is told which versions there are.
    """
    from kiosk.updating.releases import Releases
    from kiosk.updating.telling import Diary

    releases = Releases(root)
    if not resume and what is None:
        for row in _versions(releases, load_config(config_file)[0]):
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else _in_words(row))
        return
    if as_json:
        raise click.UsageError("--json is for the list of versions")
    # Whoever started this may lose the connection; what is begun is brought to its end all the same.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    say = Diary(root / "update.log")
    try:
        with releases.locked(wait=resume):
            if resume:
                _resume(releases, say)
            elif what is not None and not _update(releases, _Wish(what, config_file, **how), say):
                sys.exit(1)
    except (KioskError, OSError) as fault:
        # Whoever called gets it as the end of the program.
        say.keep(f"the update ends here: {fault}")
        raise
    finally:
        say.close()


def _versions(releases: "Releases", config: "Config") -> Iterator[dict[str, Any]]:
    """Those that are laid here, then those that could be: what each is here, else the file or the stick it is in."""
    from kiosk.install.sticks import mounted
    from kiosk.updating.releases import CURRENT, PREVIOUS
    from kiosk.updating.sources import folders, offered

    current, previous = releases.named(CURRENT), releases.named(PREVIOUS)
    for version in releases.whole():
        note = {current: "runs", previous: "ran before it"}.get(version, "")
        yield {"version": version, "here": note, "device": None, "file": None}
    with mounted() as sticks:
        for version, file in offered(folders(config.update.source, (folder for _, folder in sticks))):
            device = next((device for device, folder in sticks if file.is_relative_to(folder)), None)
            # A stick is mounted for this moment only: the path there leads nowhere afterwards.
            yield {"version": version, "here": None, "device": device, "file": None if device else str(file)}


def _in_words(row: dict[str, Any]) -> str:
    where = f"on {row['device']}" if row["device"] else f"in {row['file']}"
    note = where if row["here"] is None else row["here"]
    return f"{row['version']:12}  {note}".rstrip()


def _resume(releases: "Releases", say: "Callable[[str], None]") -> None:
    """What comes of the trial does not make this a failure: only that it could not be brought to its end."""
    trial = releases.trial()
    if trial is not None:
        _updating(releases, trial.runtime_dir, say).resume()


def _updating(releases: "Releases", runtime_dir: Path, say: "Callable[[str], None]") -> "Update":
    from kiosk.clock import SystemClock
    from kiosk.control import SOCKET
    from kiosk.updating.machine import Systemd
    from kiosk.updating.steps import Update

    clock = SystemClock()
    return Update(releases, Systemd(runtime_dir / SOCKET, clock), clock, say)


def _update(releases: "Releases", wish: _Wish, say: "Callable[[str], None]") -> bool:
    from kiosk.install.sticks import mounted
    from kiosk.updating.bringing import Wanted, bring
    from kiosk.updating.steps import Terminal

    config, config_file = load_config(wish.config_file)
    # Absolute: other programs, in other folders, and after a restart, are told of them.
    terminal = Terminal(
        data_dir=config.terminal.data_dir.absolute(),
        runtime_dir=config.terminal.runtime_dir.absolute(),
        config_file=None if config_file is None else config_file.absolute(),
    )
    updating = _updating(releases, terminal.runtime_dir, say)
    updating.resume()
    if not wish.now:
        updating.must_not_disturb()
    wanted = Wanted(what=wish.what, older=wish.older, keys=config.update.public_keys, source=config.update.source)
    version = bring(releases, updating, wanted, say, sticks=mounted)
    return updating.switch(version, terminal, now=wish.now)
