"""Keys and signatures that scripts/bundle makes: terminals trust them, and minisign understands them."""

import shutil
import subprocess
import sys
from base64 import b64decode, b64encode
from pathlib import Path

import pytest

from kiosk.updating.bundle import take_in
from kiosk.updating.signatures import SignatureError, read_key
from kiosk.updating.signing import main, read_secret_key, write_new_key
from tests.updating.bundles import make_bundle

BUNDLE = Path(__file__).parents[2] / "scripts/bundle"
REAL = Path(__file__).parent / "minisign"
"""``open.sec`` and ``open.pub`` were made by minisign 0.11: ``minisign -G -W``."""
SECRET = (REAL / "open.sec").read_text()


def changed(text, at, value):
    """A secret key with other bytes in one place."""
    head, line = text.splitlines()
    data = bytearray(b64decode(line))
    data[at : at + len(value)] = value
    return f"{head}\n{b64encode(bytes(data)).decode()}\n"


@pytest.fixture
def bundle(tmp_path):
    return make_bundle(tmp_path / "dist", "0.2.0")


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_a_technician_makes_a_key_and_signs_and_the_terminal_takes_it(bundle, tmp_path):
    def script(*options):
        # From another folder: what is named is named from there.
        command = [BUNDLE, *options]
        environ = {"PATH": "/usr/bin:/bin", "PYTHON": sys.executable}
        return subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=True)

    made = script("--new-key", "coop.key")
    key = made.stdout.removeprefix('public_keys = ["').removesuffix('"]\n')
    assert script("--sign", "coop.key", f"dist/{bundle.name}").stdout == f"{bundle}.minisig\n"
    (tmp_path / "ours").mkdir()
    copy, comment = take_in(bundle, tmp_path / "ours", [read_key(key)])
    assert copy.read_bytes() == bundle.read_bytes()
    assert comment == bundle.name.removesuffix(".tar")
    assert read_key((tmp_path / "coop.key.pub").read_text()) == read_key(key)


def test_a_bundle_changed_after_it_was_signed_is_refused(bundle, tmp_path):
    key = write_new_key(tmp_path / "key")
    key.sign(bundle, "coop-kiosk 0.2.0")
    data = bytearray(bundle.read_bytes())
    data[600] ^= 1
    bundle.write_bytes(data)
    (tmp_path / "ours").mkdir()
    with pytest.raises(SignatureError, match="damaged or changed"):
        take_in(bundle, tmp_path / "ours", [key.public])


def test_the_secret_key_is_for_its_owner_alone_and_is_never_written_over(tmp_path, capsys):
    file = tmp_path / "key"
    assert main(["new", str(file)]) == 0
    before = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert main(["new", str(file)]) == 1
    assert "exists" in capsys.readouterr().err
    assert file.read_text() == before
    assert read_secret_key(before).public == read_key((tmp_path / "key.pub").read_text())


def test_a_key_that_minisign_made_signs_too(bundle, tmp_path):
    key = read_secret_key(SECRET)
    assert key.public == read_key((REAL / "open.pub").read_text())
    key.sign(bundle, "coop-kiosk 0.2.0")
    (tmp_path / "ours").mkdir()
    assert take_in(bundle, tmp_path / "ours", [key.public])[1] == "coop-kiosk 0.2.0"


@pytest.mark.skipif(shutil.which("minisign") is None, reason="there is no minisign")
def test_minisign_itself_signs_with_our_key_and_proves_what_we_have_signed(tmp_path):
    write_new_key(tmp_path / "key")
    file = tmp_path / "bundle.tar"
    file.write_bytes(bytes(range(256)) * 9000)
    assert main(["sign", str(tmp_path / "key"), str(file)]) == 0
    prove = ["minisign", "-V", "-p", "key.pub", "-m", "bundle.tar"]
    subprocess.run(prove, cwd=tmp_path, check=True, capture_output=True)
    subprocess.run(["minisign", "-S", "-s", "key", "-m", "bundle.tar"], cwd=tmp_path, check=True, capture_output=True)
    subprocess.run(prove, cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (changed(SECRET, 2, b"Sc"), "under a passphrase: sign with minisign itself"),
        (changed(SECRET, 0, b"XX"), "no secret key"),
        (changed(SECRET, 70, b"XX"), "damaged"),
        ((REAL / "open.pub").read_text(), "no secret key"),
        ("", "no secret key"),
        ("untrusted comment: x\nnot base64!\n", "not a secret key"),
    ],
)
def test_what_cannot_sign_is_said(text, why):
    with pytest.raises(SignatureError, match=why):
        read_secret_key(text)


def test_a_file_that_is_not_there_is_said(tmp_path, capsys):
    write_new_key(tmp_path / "key")
    assert main(["sign", str(tmp_path / "key"), str(tmp_path / "none.tar")]) == 1
    assert "none.tar" in capsys.readouterr().err


def test_the_key_is_never_printed(tmp_path):
    key = write_new_key(tmp_path / "key")
    assert repr(key.seed) not in repr(key)
