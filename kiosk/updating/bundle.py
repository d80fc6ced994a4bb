"""The file that a new version comes in: one tar with all its wheels, and a signature beside it.

``coop-kiosk-<version>-<machine>-py<XY>.tar`` holds ``MANIFEST`` (a line ``<sha256>  <path>`` for each other file),
``run.lock``, ``wheels/``, ``scripts/`` and ``systemd/``; ``….tar.minisig`` says who made it. Nothing of the tar is
looked at before its signature is proved, on a copy that nobody else can change meanwhile.
"""

import hashlib
import os
import platform
import re
import shutil
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from kiosk.errors import KioskError
from kiosk.updating.releases import MADE_FROM
from kiosk.updating.signatures import LONGEST_TEXT, PublicKey, SignatureError, read_signature, verify

SIGNED_BY: Final = ".minisig"
MANIFEST: Final = "MANIFEST"
LOCK: Final = "run.lock"
LARGEST_BYTES: Final = 1_000_000_000
"""Of a bundle, and of what comes out of it."""
ROOM: Final = 7
"""Times its size: the copy, the wheels, and what the wheels unfold into, some four times as much."""
_VERSION: Final = r"[0-9]+(?:\.[0-9]+)*[A-Za-z0-9.+]*"
_NAME: Final = re.compile(rf"coop-kiosk-(?P<version>{_VERSION})-(?P<machine>\w+)-py(?P<python>\d{{2,3}})\.tar")


class BundleError(KioskError, ValueError):
    """Error raised when a bundle cannot be used here."""


@dataclass(frozen=True, slots=True)
class Name:
    """What the name of a bundle says: version, machine (``aarch64``) and Python (``311``)."""

    version: str
    machine: str
    python: str

    def __str__(self) -> str:
        return f"coop-kiosk-{self.version}-{self.machine}-py{self.python}.tar"


def is_version(text: str) -> bool:
    """Whether it looks like ``0.2.0``, and not like a file."""
    return re.fullmatch(_VERSION, text) is not None


def name_here(version: str) -> Name:
    """How the bundle of a version for this machine and its Python is called."""
    return Name(version, platform.machine(), f"{sys.version_info.major}{sys.version_info.minor}")


def read_name(name: str) -> Name:
    """What a file name says.

    Raises:
        BundleError: it is no bundle's.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise BundleError(f"{name}: is not called like a bundle, {name_here('VERSION')}")
    return Name(found["version"], found["machine"], found["python"])


def must_fit(name: Name) -> None:
    """Raise where the bundle was made for another machine or another Python.

    Raises:
        BundleError: it was.
    """
    if name != name_here(name.version):
        raise BundleError(f"{name}: is for another machine or Python; this one needs {name_here(name.version)}")


def take_in(bundle: Path, folder: Path, keys: Sequence[PublicKey]) -> tuple[Path, str]:
    """Copy a bundle into ``folder``, which is ours alone, and prove there who signed it.

    Returns:
        The copy, and the comment that was signed with it.

    Raises:
        BundleError: it is too large, or its signature is not there.
        SignatureError: none of ``keys`` signed it.
        OSError: it cannot be read or copied.
    """
    name = read_name(bundle.name)
    must_fit(name)
    if not keys:
        raise SignatureError("no key is trusted here: write the one that signs into [update] public_keys")
    beside = bundle.with_name(bundle.name + SIGNED_BY)
    if not beside.is_file():
        raise BundleError(f"{beside}: is missing; without the signature nobody knows who made the bundle")
    if bundle.stat().st_size > LARGEST_BYTES:
        raise BundleError(f"{bundle}: is larger than a bundle can be ({LARGEST_BYTES // 1_000_000} MB)")
    copy = folder / bundle.name
    with beside.open(encoding="utf-8", errors="replace") as opened:
        signature = read_signature(opened.read(LONGEST_TEXT + 1))
    shutil.copyfile(bundle, copy)
    with copy.open("rb") as opened_copy:
        try:
            comment = verify(opened_copy, signature, keys)
        except SignatureError as wrong:
            raise SignatureError(f"{bundle}: {wrong}") from None
    return copy, comment


def unpack(bundle: Path, folder: Path) -> None:
    """Take a proved bundle apart into ``folder``, and see that all of it is there.

    Raises:
        BundleError: something is missing, damaged, or has no business in a bundle.
        OSError: it cannot be written.
    """
    try:
        with tarfile.open(bundle, "r:") as archive:
            members = archive.getmembers()
            if any(not (member.isfile() or member.isdir()) for member in members):
                raise BundleError(f"{bundle.name}: holds something that is neither a file nor a folder")
            if sum(member.size for member in members) > LARGEST_BYTES:
                raise BundleError(f"{bundle.name}: holds more than a bundle can")
            for member in members:
                _take_out(archive, member, folder)
    except (tarfile.TarError, EOFError) as fault:
        raise BundleError(f"{bundle.name}: cannot be taken apart ({fault})") from fault
    _check_manifest(folder, bundle.name)
    _must_be_called_right(folder, read_name(bundle.name))
    (folder / MADE_FROM).write_text(f"{_sha256(folder / MANIFEST)}\n", encoding="utf-8")


def _take_out(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """One file or folder, and nothing outside. The filters of tarfile are not in the Python of Debian 12 (3.11.2)."""
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts:
        raise BundleError(f"{member.name}: leads outside of the bundle")
    target = folder / path
    content = archive.extractfile(member)
    if content is None:
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file)
    target.chmod(0o755 if member.mode & 0o100 else 0o644)


def _check_manifest(folder: Path, name: str) -> None:
    try:
        lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BundleError(f"{name}: has no {MANIFEST}") from None
    told = {str(PurePosixPath(path.strip())): digest for digest, _, path in (line.partition("  ") for line in lines)}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    if told.keys() != there:
        odd = sorted(told.keys() ^ there)
        raise BundleError(f"{name}: what it holds and its {MANIFEST} differ: {', '.join(odd[:5])}")
    for path, digest in told.items():
        if _sha256(folder / path) != digest:
            raise BundleError(f"{name}: {path} is damaged")


def _must_be_called_right(folder: Path, name: Name) -> None:
    """The name is not signed, and an older version must not come in under a newer one's."""
    try:
        lines = (folder / LOCK).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    if not any(line.startswith(f"coop_kiosk=={name.version} ") for line in lines):
        raise BundleError(f"{name}: holds another version than its name says")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def room_for(bundle: Path, folder: Path) -> None:
    """See that a bundle, what comes out of it and what is installed from it have room on the disk of ``folder``.

    Raises:
        BundleError: they have not.
    """
    needed = ROOM * bundle.stat().st_size
    free = _free(folder)
    if free < needed:
        raise BundleError(
            f"{folder}: {free // 1_000_000} MB are free, and {bundle.name} needs {needed // 1_000_000} MB"
        )


def largest_for(folder: Path) -> int:
    """How large a bundle may be that is fetched into ``folder``: what comes of it needs room beside it there."""
    return min(LARGEST_BYTES, _free(folder) // (1 + ROOM))


def _free(folder: Path) -> int:
    stat = os.statvfs(folder)
    return stat.f_bavail * stat.f_frsize
