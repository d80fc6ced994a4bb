"""Where a version is looked for: USB sticks, the folder of the configuration, its address."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

import requests

from kiosk.updating.bundle import SIGNED_BY, BundleError, Name, largest_for, name_here, read_name
from kiosk.updating.releases import order_of
from kiosk.updating.signatures import LONGEST_TEXT

MEDIA: Final = ("media/*", "media/*/*", "run/media/*/*", "mnt", "mnt/*")
"""Where a desktop or a person mounts sticks, below ``/``."""
TIMEOUT_SECONDS: Final = 30.0


def folders(source: str | None, sticks: Iterable[Path] = (), system: Path = Path("/")) -> Iterator[Path]:
    """The folders in which a bundle may lie, a stick before the folder of the configuration.

    Args:
        source: the folder or address of the configuration.
        sticks: where those can be read that are plugged in.
        system: where sticks are looked for that were mounted before.
    """
    yield from sticks
    for pattern in MEDIA:
        yield from (path for path in sorted(system.glob(pattern)) if path.is_dir())
    if source is not None and not is_address(source):
        yield Path(source)


def is_address(source: str) -> bool:
    """Whether it is fetched from elsewhere, and not a folder."""
    return source.startswith(("http://", "https://"))


def offered(where: Iterator[Path]) -> list[tuple[str, Path]]:
    """The versions for this machine that lie in folders, with their files, the oldest first."""
    found: dict[str, Path] = {}
    for folder in where:
        for file in folder.glob("coop-kiosk-*.tar"):
            name = _maybe_name(file.name)
            if name is not None and name == name_here(name.version):
                found.setdefault(name.version, file)
    return sorted(found.items(), key=lambda pair: order_of(pair[0]))


def _maybe_name(text: str) -> Name | None:
    try:
        return read_name(text)
    except BundleError:
        return None


def find(
    version: str, source: str | None, incoming: Path, say: Callable[[str], None], sticks: Iterable[Path] = ()
) -> Path:
    """The bundle of a version; from an address it is fetched into ``incoming``, with its signature.

    Raises:
        BundleError: it is nowhere.
        OSError: the disk does not take it.
    """
    name = str(name_here(version))
    looked = []
    for folder in dict.fromkeys(folders(source, sticks)):
        if (folder / name).is_file():
            return folder / name
        looked.append(str(folder))
    if source is not None and is_address(source):
        address = f"{source.rstrip('/')}/{name}"
        say(f"fetching {address}")
        _fetch(f"{address}{SIGNED_BY}", incoming / f"{name}{SIGNED_BY}", LONGEST_TEXT)
        # The disk is the terminal's too: whoever answers there must not fill it.
        _fetch(address, incoming / name, largest_for(incoming))
        return incoming / name
    where = ", ".join(looked) or "no stick is plugged in, and [update] source is not set"
    raise BundleError(f"{name} is not there; looked in: {where}")


def _fetch(address: str, target: Path, most: int) -> None:
    plain = {"Accept-Encoding": "identity"}
    try:
        with (
            requests.get(address, stream=True, timeout=TIMEOUT_SECONDS, headers=plain) as answer,
            target.open("wb") as file,
        ):
            if answer.status_code != requests.codes.ok:
                raise BundleError(f"{address}: the server answers {answer.status_code}")
            _save(answer, file, address, most)
    except requests.RequestException as fault:
        raise BundleError(f"{address}: cannot be fetched ({type(fault).__name__})") from None


def _save(answer: requests.Response, file: BinaryIO, address: str, most: int) -> None:
    size = 0
    for piece in answer.iter_content(1 << 18):
        size += len(piece)
        if size > most:
            raise BundleError(f"{address}: is larger than it can be, or than there is room for")
        file.write(piece)
