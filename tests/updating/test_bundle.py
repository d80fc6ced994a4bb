"""What a bundle is called, who signed it, and what may come out of it."""

import io
import itertools
import tarfile

import pytest

from kiosk.updating.bundle import (
    BundleError,
    Name,
    is_version,
    name_here,
    read_name,
    room_for,
    take_in,
    unpack,
)
from kiosk.updating.releases import MADE_FROM, order_of
from kiosk.updating.signatures import SignatureError, read_key
from tests.updating.bundles import contents, make_bundle, manifest, pack
from tests.updating.signing import Signer

SIGNER = Signer()
KEYS = [read_key(SIGNER.public)]


def test_a_name_says_version_machine_and_python():
    name = read_name("coop-kiosk-1.2.0-aarch64-py311.tar")
    assert name == Name("1.2.0", "aarch64", "311")
    assert str(name) == "coop-kiosk-1.2.0-aarch64-py311.tar"


@pytest.mark.parametrize("name", ["kiosk.tar", "coop-kiosk-1.0-aarch64.tar", "coop-kiosk-..-x-py311.tar", ""])
def test_another_name_is_refused(name):
    with pytest.raises(BundleError, match=r"not called like a bundle"):
        read_name(name)


def test_a_version_is_told_from_a_file():
    versions = ["0.2.0", "10.0", "1.0rc1"]
    assert [text for text in (*versions, "a.tar", "/tmp/x", "0.2.0/../../x", "") if is_version(text)] == versions


def test_versions_are_in_order():
    versions = ["0.1.0", "0.2.0rc1", "0.2.0rc2", "0.2.0", "0.10.0", "1.0.0"]
    assert all(order_of(less) < order_of(more) for less, more in itertools.pairwise(versions))


def take(path, folder, keys=KEYS):
    folder.mkdir()
    return take_in(path, folder, keys)


def test_what_was_signed_is_taken_in_and_comes_out_whole(tmp_path):
    bundle = make_bundle(tmp_path, "0.2.0")
    SIGNER.sign(bundle, "coop-kiosk 0.2.0")
    copy, comment = take(bundle, tmp_path / "ours")
    assert comment == "coop-kiosk 0.2.0"
    unpack(copy, tmp_path / "out")
    assert {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()} == {
        "MANIFEST",
        MADE_FROM,
        *contents("0.2.0"),
    }


def test_what_is_proved_is_the_copy(tmp_path):
    bundle = make_bundle(tmp_path, "0.2.0")
    SIGNER.sign(bundle)
    copy, _ = take(bundle, tmp_path / "ours")
    bundle.write_bytes(b"changed since")
    unpack(copy, tmp_path / "out")


def test_a_changed_bundle_is_refused_and_named(tmp_path):
    bundle = make_bundle(tmp_path, "0.2.0")
    SIGNER.sign(bundle)
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    with pytest.raises(SignatureError, match=rf"{bundle.name}: the file or its signature was damaged"):
        take(bundle, tmp_path / "ours")


def test_without_a_signature_nothing_is_looked_at(tmp_path):
    bundle = make_bundle(tmp_path, "0.2.0")
    with pytest.raises(BundleError, match=r"\.minisig: is missing"):
        take(bundle, tmp_path / "ours")


def test_without_a_key_nothing_is_trusted(tmp_path):
    bundle = make_bundle(tmp_path, "0.2.0")
    SIGNER.sign(bundle)
    with pytest.raises(SignatureError, match=r"\[update\] public_keys"):
        take(bundle, tmp_path / "ours", [])


@pytest.mark.parametrize("name", ["coop-kiosk-0.2.0-riscv64-py311.tar", "coop-kiosk-0.2.0-x86_64-py299.tar"])
def test_another_machine_or_python_is_refused(tmp_path, name):
    bundle = pack(tmp_path, "0.2.0", {}, name=name)
    with pytest.raises(BundleError, match=f"this one needs {name_here('0.2.0')}"):
        take(bundle, tmp_path / "ours")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda files: files.pop("run.lock"), "differ: run.lock"),
        (lambda files: files.update({"scripts/more": b""}), "differ: scripts/more"),
        (lambda files: files.update({"run.lock": b"other"}), "run.lock is damaged"),
    ],
)
def test_what_the_manifest_does_not_say_is_found(tmp_path, change, words):
    files = contents("0.2.0")
    listed = manifest(files)
    change(files)
    bundle = pack(tmp_path, "0.2.0", {"MANIFEST": listed} | files)
    with pytest.raises(BundleError, match=words):
        unpack(bundle, tmp_path / "out")


def test_an_older_version_does_not_come_in_under_a_newer_name(tmp_path):
    """The signature is of what it holds, whatever it is called."""
    older = make_bundle(tmp_path, "0.1.0")
    bundle = older.rename(tmp_path / str(name_here("9.0.0")))
    SIGNER.sign(bundle)
    copy, _ = take(bundle, tmp_path / "ours")
    with pytest.raises(BundleError, match="holds another version than its name says"):
        unpack(copy, tmp_path / "out")


def test_a_bundle_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(BundleError, match=r"has no MANIFEST"):
        unpack(pack(tmp_path, "0.2.0", {"run.lock": b""}), tmp_path / "out")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_nothing_but_files_comes_out(tmp_path, kind):
    path = tmp_path / str(name_here("0.2.0"))
    with tarfile.open(path, "w") as archive:
        entry = tarfile.TarInfo("venv")
        entry.type, entry.linkname = kind, "/etc"
        archive.addfile(entry)
    with pytest.raises(BundleError, match=r"neither a file nor a folder"):
        unpack(path, tmp_path / "out")


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside"])
def test_nothing_comes_out_elsewhere(tmp_path, name):
    path = tmp_path / str(name_here("0.2.0"))
    with tarfile.open(path, "w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        archive.addfile(entry, io.BytesIO(b"x"))
    with pytest.raises(BundleError):
        unpack(path, tmp_path / "out")
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("data", [b"", b"no tar at all" * 100])
def test_what_is_no_tar_is_refused(tmp_path, data):
    path = tmp_path / str(name_here("0.2.0"))
    path.write_bytes(data)
    with pytest.raises(BundleError, match=r"cannot be taken apart|has no MANIFEST"):
        unpack(path, tmp_path / "out")


def test_a_full_disk_is_told_before_it_is_full(tmp_path):
    bundle = tmp_path / "b.tar"
    with bundle.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(BundleError, match=r"MB are free, and b.tar needs 7000000 MB"):
        room_for(bundle, tmp_path)
