"""Bundles as scripts/bundle makes them, with a wheel of a few lines in place of the kiosk's own."""

import hashlib
import io
import json
import tarfile
import zipfile
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

from kiosk.updating.bundle import name_here
from tests.updating.rig import SERVICE, WELL


def wheel(version: str) -> bytes:
    """A wheel of coop-kiosk whose command ``kiosk`` is the service of the tests."""
    info = f"coop_kiosk-{version}.dist-info"
    files = {
        "kiosk_of_tests.py": SERVICE.read_bytes(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: coop-kiosk\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": b"[console_scripts]\nkiosk = kiosk_of_tests:main\n",
    }
    record = [
        f"{name},sha256={urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}"
        for name, data in files.items()
    ]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def contents(version: str, **behaviour: Any) -> dict[str, bytes]:
    """The files of a bundle, without its MANIFEST."""
    name, data = f"coop_kiosk-{version}-py3-none-any.whl", wheel(version)
    status = WELL | behaviour.pop("status", {})
    return {
        f"wheels/{name}": data,
        "run.lock": f"coop_kiosk=={version} --hash=sha256:{hashlib.sha256(data).hexdigest()}\n".encode(),
        "systemd/kiosk.service": f"# of {version}\n".encode(),
        "behaviour.json": json.dumps({"version": version, "status": status} | behaviour).encode(),
    }


def manifest(files: dict[str, bytes]) -> bytes:
    """As sha256sum prints it."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items()).encode()


def pack(folder: Path, version: str, files: dict[str, bytes], *, name: str = "") -> Path:
    """Write the tar."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or str(name_here(version)))
    with tarfile.open(path, "w") as archive:
        for file, data in files.items():
            entry = tarfile.TarInfo(file)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return path


def make_bundle(folder: Path, version: str, **behaviour: Any) -> Path:
    """A whole bundle, not signed yet."""
    files = contents(version, **behaviour)
    return pack(folder, version, {"MANIFEST": manifest(files)} | files)
