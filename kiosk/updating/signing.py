"""Signs bundles as minisign does; :mod:`kiosk.updating.signatures` says how a signature looks, and proves it.

A secret key is a file of minisign's too, without a passphrase (``minisign -G -W``)::

    untrusted comment: …
    base64("Ed" + two zero bytes + "B2" + 48 zero bytes + eight bytes of key id + 64 of the Ed25519 key + 32 zero bytes)

``python -m kiosk.updating.signing new KEY`` and ``… sign KEY FILE…`` are for scripts/bundle.
"""

import argparse
import hashlib
import os
import secrets
import sys
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.errors import KioskError
from kiosk.updating.bundle import SIGNED_BY
from kiosk.updating.signatures import (
    HASHED,
    KEY_ALGORITHM,
    KEY_BYTES,
    KEY_ID_BYTES,
    PublicKey,
    SignatureError,
    decoded,
    name_of,
    read_signature,
    verify,
)

PUBLIC: Final = ".pub"
_OPEN: Final = KEY_ALGORITHM + bytes(2) + b"B2" + bytes(48)
"""What a secret key without a passphrase begins with."""
_SECRET_BYTES: Final = len(_OPEN) + KEY_ID_BYTES + 2 * KEY_BYTES + 32


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A key that signs.

    Attributes:
        id: eight bytes that its signatures name.
        seed: the 32 bytes of the Ed25519 key.
    """

    id: bytes
    seed: bytes = field(repr=False)

    @property
    def public(self) -> PublicKey:
        """What a terminal trusts."""
        return PublicKey(id=self.id, raw=self._private.public_key().public_bytes_raw())

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def sign(self, file: Path, comment: str) -> Path:
        """Write the signature beside ``file``, and prove it; its path.

        Args:
            file: of any size.
            comment: one line, signed with it; whoever updates a terminal reads it.

        Raises:
            OSError: the file cannot be read, or the signature not be written.
        """
        with file.open("rb") as opened:
            of_file = self._private.sign(hashlib.file_digest(opened, hashlib.blake2b).digest())
        of_comment = self._private.sign(of_file + comment.encode())
        text = _lines(
            f"untrusted comment: signature of the key {name_of(self.id)}",
            b64encode(HASHED + self.id + of_file).decode(),
            f"trusted comment: {comment}",
            b64encode(of_comment).decode(),
        )
        target = file.with_name(f"{file.name}{SIGNED_BY}")
        target.write_text(text, encoding="utf-8")
        with file.open("rb") as opened:
            verify(opened, read_signature(text), [self.public])
        return target


def read_secret_key(text: str) -> SecretKey:
    """A secret key, as the two lines of its file.

    Raises:
        SignatureError: it is none, or under a passphrase.
    """
    lines = text.strip().splitlines()
    data = decoded(lines[-1] if lines else "", "a secret key of minisign")
    if len(data) != _SECRET_BYTES or not data.startswith(KEY_ALGORITHM):
        raise SignatureError("this is no secret key of minisign")
    if not data.startswith(_OPEN):
        raise SignatureError("this key is under a passphrase: sign with minisign itself (minisign -S -s KEY -m FILE)")
    rest = data[len(_OPEN) :]
    key = SecretKey(id=rest[:KEY_ID_BYTES], seed=rest[KEY_ID_BYTES : KEY_ID_BYTES + KEY_BYTES])
    if key.public.raw != rest[KEY_ID_BYTES + KEY_BYTES :][:KEY_BYTES]:
        raise SignatureError("this secret key is damaged")
    return key


def write_new_key(file: Path) -> SecretKey:
    """Make a pair of keys: the secret one for its owner alone, the public one beside it.

    Raises:
        OSError: one of the two is there already, or cannot be written.
    """
    key = SecretKey(id=secrets.token_bytes(KEY_ID_BYTES), seed=secrets.token_bytes(KEY_BYTES))
    data = _OPEN + key.id + key.seed + key.public.raw + bytes(32)
    _create(file, 0o600, "untrusted comment: secret key of coop-kiosk, without a passphrase", b64encode(data).decode())
    comment = f"untrusted comment: minisign public key {name_of(key.id)}"
    _create(file.with_name(f"{file.name}{PUBLIC}"), 0o644, comment, key.public.text)
    return key


def _create(file: Path, mode: int, *lines: str) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(_lines(*lines))


def _lines(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """One command; 1 and a sentence on standard error where it cannot be done."""
    parser = argparse.ArgumentParser(prog="scripts/bundle")
    commands = parser.add_subparsers(required=True, dest="command")
    commands.add_parser("new").add_argument("key", type=Path)
    sign = commands.add_parser("sign")
    sign.add_argument("key", type=Path)
    sign.add_argument("files", type=Path, nargs="+")
    given = parser.parse_args(arguments)
    try:
        if given.command == "new":
            _say(f'public_keys = ["{write_new_key(given.key).public.text}"]')
        else:
            key = read_secret_key(given.key.read_text(encoding="utf-8"))
            for file in given.files:
                _say(str(key.sign(file, file.name.removesuffix(".tar"))))
    except (KioskError, OSError, UnicodeDecodeError) as wrong:
        print(wrong, file=sys.stderr)  # noqa: T201  this is a command
        return 1
    return 0


def _say(words: str) -> None:
    print(words)  # noqa: T201  this is a command


if __name__ == "__main__":
    sys.exit(main())
