"""What is installed in the guest: a bundle of this checkout, and others like it that are another version."""

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from machine import TOP

NAME = "coop-kiosk-*.tar"
MADE_FROM = ("kiosk", "systemd", "requirements/run.lock", "pyproject.toml")
SCRIPTS = ("bundle", "install", "on-display", "uninstall", "update")


def make_bundle(folder: Path) -> Path:
    """A bundle of this checkout, made by scripts/bundle unless nothing has changed since the last one."""
    target, mark = folder / "bundle", _fingerprint()
    made = target / "made-from"
    if not made.exists() or made.read_text() != mark:
        shutil.rmtree(target, ignore_errors=True)
        script("bundle", target)
        made.write_text(mark)
    return next(target.glob(NAME))


def script(name: str, *arguments: str | Path) -> None:
    """Run one of the scripts of this checkout, with the Python that the guest has too."""
    environment = os.environ | {"PYTHON": os.environ.get("PYTHON", "python3.11")}
    subprocess.run([TOP / "scripts" / name, *arguments], env=environment, capture_output=True, check=True)


def version_of(bundle: Path) -> str:
    """As its name has it: ``coop-kiosk-VERSION-MACHINE-pyXY.tar``."""
    return bundle.name.split("-")[2]


def other_version(bundle: Path, folder: Path, version: str, changes: Mapping[str, tuple[str, str]]) -> Path:
    """A bundle like ``bundle`` of another version, with other words in some of the program's files.

    Args:
        bundle: it is left as it is.
        folder: where the new one goes.
        version: of the new one.
        changes: by file of the program, what stands there and what takes its place.
    """
    before = version_of(bundle)
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        with tarfile.open(bundle) as archive:
            archive.extractall(work)
            names = archive.getnames()
        (wheel,) = (work / "wheels").glob("coop_kiosk-*.whl")
        new = wheel.with_name(wheel.name.replace(before, version))
        _rewrite(wheel, new, before, version, changes)
        wheel.unlink()
        lock = [line for line in (work / "run.lock").read_text().splitlines() if not line.startswith("coop_kiosk==")]
        lock.append(f"coop_kiosk=={version} --hash=sha256:{_sha256(new)}")
        (work / "run.lock").write_text("\n".join(lock) + "\n")
        (work / "MANIFEST").unlink()
        files = sorted(path for path in work.rglob("*") if path.is_file())
        (work / "MANIFEST").write_text("".join(f"{_sha256(path)}  {path.relative_to(work)}\n" for path in files))
        target = folder / bundle.name.replace(before, version)
        with tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as archive:
            for name in sorted({name.split("/")[0] for name in names}, key=lambda name: name != "MANIFEST"):
                archive.add(work / name, name)
    return target


def _rewrite(wheel: Path, new: Path, before: str, version: str, changes: Mapping[str, tuple[str, str]]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        files = {info.filename: archive.read(info) for info in archive.infolist()}
    info, new_info = f"coop_kiosk-{before}.dist-info", f"coop_kiosk-{version}.dist-info"
    edits = {
        "kiosk/__init__.py": (f'"{before}"', f'"{version}"'),
        f"{info}/METADATA": (f"Version: {before}\n", f"Version: {version}\n"),
    } | dict(changes)
    for name, (old, text) in edits.items():
        assert files[name].count(old.encode()) == 1, f"{name}: not once there: {old}"
        files[name] = files[name].replace(old.encode(), text.encode())
    del files[f"{info}/RECORD"]
    files = {name.replace(info, new_info): data for name, data in files.items()}
    record = [f"{name},sha256={_record_hash(data)},{len(data)}" for name, data in files.items()]
    files[f"{new_info}/RECORD"] = "\n".join([*record, f"{new_info}/RECORD,,", ""]).encode()
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def _record_hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _fingerprint() -> str:
    """Of all that goes into a bundle."""
    whole = hashlib.sha256()
    for part in (*MADE_FROM, *(f"scripts/{name}" for name in SCRIPTS)):
        top = TOP / part
        for path in sorted(top.rglob("*")) if top.is_dir() else (top,):
            if path.is_file() and "__pycache__" not in path.parts:
                whole.update(f"{path.relative_to(TOP)}\n".encode() + path.read_bytes())
    return whole.hexdigest()
