"""Signatures of the real minisign are understood, and ours by it; whatever is changed is found."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.updating.signatures import SignatureError, read_key, read_signature, verify
from tests.updating.signing import Signer

REAL = Path(__file__).parent / "minisign"
"""Made by minisign 0.11 of Debian 12: ``minisign -G -W``, ``minisign -S -t …`` and, of the older form, ``-S -l``."""
APPLES = (REAL / "apples.txt").read_bytes()
KEY = read_key((REAL / "key.pub").read_text())
TEXT = (REAL / "apples.txt.minisig").read_text()


def test_what_minisign_signed_is_proved():
    assert verify(io.BytesIO(APPLES), read_signature(TEXT), [KEY]) == "coop-kiosk 0.2.0"


def test_the_key_that_signed_is_found_among_several():
    others = [read_key(Signer(2).public), KEY, read_key(Signer(3).public)]
    assert verify(io.BytesIO(APPLES), read_signature(TEXT), others) == "coop-kiosk 0.2.0"


@pytest.mark.skipif(shutil.which("minisign") is None, reason="there is no minisign")
def test_minisign_itself_takes_what_the_tests_sign_and_what_it_signs_now_is_proved(tmp_path):
    file = tmp_path / "bundle.tar"
    file.write_bytes(bytes(range(256)) * 9000)
    ours = Signer()
    ours.sign(file)
    subprocess.run(["minisign", "-V", "-P", ours.public, "-m", file], check=True, capture_output=True)
    subprocess.run(
        ["minisign", "-G", "-W", "-p", "k.pub", "-s", "k.sec"], cwd=tmp_path, check=True, capture_output=True
    )
    subprocess.run(["minisign", "-S", "-s", "k.sec", "-m", file], cwd=tmp_path, check=True, capture_output=True)
    signature = read_signature((tmp_path / "bundle.tar.minisig").read_text())
    with file.open("rb") as opened:
        assert "bundle.tar" in verify(opened, signature, [read_key((tmp_path / "k.pub").read_text())])


@pytest.mark.parametrize("at", [0, len(APPLES) // 2, len(APPLES) - 1])
def test_a_changed_byte_is_found(at):
    changed = bytearray(APPLES)
    changed[at] ^= 1
    with pytest.raises(SignatureError, match=r"damaged or changed"):
        verify(io.BytesIO(bytes(changed)), read_signature(TEXT), [KEY])


def test_a_changed_comment_is_found():
    with pytest.raises(SignatureError, match=r"damaged or changed"):
        verify(io.BytesIO(APPLES), read_signature(TEXT.replace("0.2.0", "0.3.0")), [KEY])


@pytest.mark.parametrize("line", [1, 3])
def test_every_bit_of_the_signature_counts(line):
    lines = TEXT.splitlines()
    letter = lines[line][40]
    lines[line] = lines[line][:40] + ("A" if letter != "A" else "B") + lines[line][41:]
    with pytest.raises(SignatureError, match=r"damaged or changed"):
        verify(io.BytesIO(APPLES), read_signature("\n".join(lines)), [KEY])


def test_another_key_is_named_as_minisign_names_it():
    printed = (REAL / "key.pub").read_text().splitlines()[0].split()[-1]
    with pytest.raises(SignatureError, match=rf"signed by the key {printed}, which is not trusted"):
        verify(io.BytesIO(APPLES), read_signature(TEXT), [read_key(Signer(2).public)])


def test_a_key_with_the_same_id_and_other_bytes_proves_nothing():
    stranger = read_key(Signer(2).public)
    forged = type(stranger)(id=KEY.id, raw=stranger.raw)
    with pytest.raises(SignatureError, match=r"damaged or changed"):
        verify(io.BytesIO(APPLES), read_signature(TEXT), [forged])
    assert verify(io.BytesIO(APPLES), read_signature(TEXT), [forged, KEY])


def test_the_older_form_is_refused_with_what_to_do():
    with pytest.raises(SignatureError, match=r"sign again with minisign"):
        read_signature((REAL / "apples.txt.older").read_text())


@pytest.mark.parametrize(
    "text",
    [
        *("", "RW", "\n\n\n\n", "é" * 9000),
        *(
            TEXT.replace("trusted comment: coop", "comment: coop"),
            TEXT[:60],
            TEXT.replace(TEXT.splitlines()[1][40:], ""),
        ),
    ],
)
def test_what_is_no_signature_is_said_to_be_none(text):
    with pytest.raises(SignatureError, match=r"no signature|not a signature"):
        read_signature(text)


@pytest.mark.parametrize("text", ["", "RWQf", "not base64!", TEXT.splitlines()[1]])
def test_what_is_no_key_is_said_to_be_none(text):
    with pytest.raises(SignatureError, match=r"public key"):
        read_key(text)
