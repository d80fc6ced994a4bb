"""Who made a bundle: signatures of minisign, checked with Ed25519 and BLAKE2b.

A signature is four lines (https://jedisct1.github.io/minisign/, "Signature format")::

    untrusted comment: …
    base64("ED" + eight bytes of key id + Ed25519 signature of the BLAKE2b-512 hash of the file)
    trusted comment: …
    base64(Ed25519 signature of the 64 bytes of the signature above and the trusted comment)

A public key is base64("Ed" + key id + 32 bytes). The older form "Ed", which signs the file itself, would need all of a
bundle in memory and is refused.
"""

import binascii
import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.errors import KioskError

KEY_ALGORITHM: Final = b"Ed"
HASHED: Final = b"ED"
KEY_ID_BYTES: Final = 8
KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
LONGEST_TEXT: Final = 8192
"""Characters of a signature file; minisign's own comments are at most 8192."""
_TRUSTED: Final = "trusted comment: "


class SignatureError(KioskError, ValueError):
    """Error raised when a file is not signed by one of the keys that are trusted, or not as it should be."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signs.

    Attributes:
        id: eight bytes that its signatures name.
        raw: the 32 bytes of the Ed25519 key.
    """

    id: bytes
    raw: bytes

    @property
    def text(self) -> str:
        """As [update] public_keys has it."""
        return b64encode(KEY_ALGORITHM + self.id + self.raw).decode()


def name_of(key_id: bytes) -> str:
    """Printed as minisign does, the last byte first."""
    return key_id[::-1].hex().upper()


@dataclass(frozen=True, slots=True)
class Signature:
    """What a ``.minisig`` file holds; nothing of it is proved yet."""

    key_id: bytes
    of_file: bytes
    comment: str
    of_comment: bytes


def read_key(text: str) -> PublicKey:
    """A public key, as one line or as the two lines of a ``.pub`` file.

    Raises:
        SignatureError: it is none.
    """
    lines = [line.strip() for line in text.strip().splitlines()]
    data = decoded(lines[-1] if lines else "", "a public key of minisign")
    if not data.startswith(KEY_ALGORITHM) or len(data) != len(KEY_ALGORITHM) + KEY_ID_BYTES + KEY_BYTES:
        raise SignatureError("this is no public key of minisign: it begins with RW and has 56 characters")
    return PublicKey(id=data[2 : 2 + KEY_ID_BYTES], raw=data[2 + KEY_ID_BYTES :])


def read_signature(text: str) -> Signature:
    """What a ``.minisig`` file holds.

    Raises:
        SignatureError: it is none, or of the older form.
    """
    lines = text.splitlines()
    if len(text) > LONGEST_TEXT or len(lines) < 4 or not lines[2].startswith(_TRUSTED):
        raise SignatureError("this is no signature of minisign")
    data = decoded(lines[1], "a signature of minisign")
    if data.startswith(KEY_ALGORITHM):
        raise SignatureError("this signature is of an older form: sign again with minisign 0.10 or later")
    if not data.startswith(HASHED) or len(data) != len(HASHED) + KEY_ID_BYTES + SIGNATURE_BYTES:
        raise SignatureError("this is no signature of minisign")
    of_comment = decoded(lines[3], "a signature of minisign")
    return Signature(
        key_id=data[2 : 2 + KEY_ID_BYTES],
        of_file=data[2 + KEY_ID_BYTES :],
        comment=lines[2].removeprefix(_TRUSTED),
        of_comment=of_comment,
    )


def verify(file: BinaryIO, signature: Signature, keys: Iterable[PublicKey]) -> str:
    """Prove that one of ``keys`` signed ``file``, read from where it stands to its end.

    Returns:
        The trusted comment: whoever signed wrote it.

    Raises:
        SignatureError: none of them did, or file or comment was changed since.
    """
    named = [key for key in keys if key.id == signature.key_id]
    if not named:
        raise SignatureError(f"it is signed by the key {name_of(signature.key_id)}, which is not trusted here")
    hashed = hashlib.blake2b()
    while piece := file.read(1 << 20):
        hashed.update(piece)
    digest = hashed.digest()
    for key in named:
        public = Ed25519PublicKey.from_public_bytes(key.raw)
        try:
            public.verify(signature.of_file, digest)
            public.verify(signature.of_comment, signature.of_file + signature.comment.encode())
        except InvalidSignature:
            continue
        return signature.comment
    raise SignatureError("the file or its signature was damaged or changed after it was signed")


def decoded(text: str, what: str) -> bytes:
    """The bytes of a line in Base64; ``what`` is what it should be.

    Raises:
        SignatureError: it is none.
    """
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SignatureError(f"this is not {what}") from None
