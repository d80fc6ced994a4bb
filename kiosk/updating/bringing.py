"""What was asked for, found, proved and laid beside the other versions."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.errors import KioskError
from kiosk.updating.bundle import is_version, read_name, room_for, take_in, unpack
from kiosk.updating.machine import lay
from kiosk.updating.releases import CURRENT, Releases, order_of
from kiosk.updating.signatures import read_key
from kiosk.updating.sources import find
from kiosk.updating.steps import Update

INCOMING: Final = "incoming"
Sticks = Callable[[], AbstractContextManager[Sequence[tuple[str, Path]]]]
"""Makes what is plugged in readable for a while: each device with its folder."""

FORGETFUL: Final = frozenset({"boot=overlay", "overlayroot=tmpfs"})
"""Words on the kernel's command line with which whatever is written to the root is gone at the next start."""


def no_sticks() -> AbstractContextManager[Sequence[tuple[str, Path]]]:
    """Nothing is plugged in."""
    return nullcontext(())


class NotWanted(KioskError):
    """Error raised when an update would do what was not asked for, or what would not last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person asked for.

    Attributes:
        what: the path of a bundle, or a version.
        older: they know that it may be older than what runs.
        keys: the public keys that are trusted, as text.
        source: the folder or address of the configuration.
    """

    what: str
    older: bool = False
    keys: Sequence[str] = ()
    source: str | None = None


def bring(
    releases: Releases,
    update: Update,
    wanted: Wanted,
    say: Callable[[str], None],
    *,
    sticks: Sticks = no_sticks,
    install: Callable[[Path], None] = lay,
    system: Path = Path("/"),
) -> str:
    """Have the wanted version lie whole beside the others; its name.

    Args:
        releases: all that there are.
        update: lays it.
        wanted: what a person asked for.
        say: told each step in words, before it is done.
        sticks: where a version is looked for first.
        install: makes the programs of an unpacked bundle ready to run.
        system: where ``/proc`` is.

    Raises:
        KioskError: it is not there, not signed, not for this machine, or not what is wanted.
        OSError: the disk does not take it.
    """
    must_last(releases.root, system)
    by_version = is_version(wanted.what)
    version = wanted.what if by_version else read_name(Path(wanted.what).name).version
    current = releases.named(CURRENT)
    if version == current:
        raise NotWanted(f"{version} runs already")
    if current is not None and not wanted.older and order_of(version) < order_of(current):
        raise NotWanted(f"{version} is older than {current}, which runs; if that is meant, say --older")
    if by_version and releases.is_whole(version):
        say(f"{version} is here already")
        return version
    keys = [read_key(text) for text in wanted.keys]
    with (
        releases.passing_folder(INCOMING) as incoming,
        releases.passing_folder(f"{INCOMING}.proved") as proved,
        (sticks if by_version else no_sticks)() as plugged_in,
    ):
        where = [folder for _, folder in plugged_in]
        bundle = find(version, wanted.source, incoming, say, where) if by_version else Path(wanted.what)
        if not bundle.is_file():
            raise NotWanted(f"{bundle}: there is no such file")
        room_for(bundle, releases.root)
        say(f"proving who signed {bundle.name}")
        copy, comment = take_in(bundle, proved, keys)
        say(f"the signature is right: {comment}")
        update.lay(version, lambda folder: unpack(copy, folder), install)
    return version


def must_last(root: Path, system: Path = Path("/")) -> None:
    """See that what is written to ``root`` is there after the next start.

    Raises:
        NotWanted: the root is read-only under an overlay, and ``root`` is part of it.
    """
    try:
        words = set((system / "proc/cmdline").read_text(encoding="ascii", errors="replace").split())
    except OSError:
        return
    if words & FORGETFUL and root.stat().st_dev == system.stat().st_dev:
        raise NotWanted(
            f"{root} is under the read-only overlay: what is written now is gone after the next start."
            " Switch the overlay off (raspi-config), restart, update, switch it on again"
        )
