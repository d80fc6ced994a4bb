"""Files and keys under a passphrase: scrypt makes the key, ChaCha20-Poly1305 seals chunk by chunk.

The chunks follow the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): the nonce of each holds its number
and whether it is the last, so that a file cut short, or with its parts changed round, does not open. A file of any size
is sealed in bounded memory.
"""

import os
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from kiosk.errors import KioskError

MAGIC: Final = b"COOPKIOSK1"
SALT_BYTES: Final = 16
PREFIX_BYTES: Final = 7
TAG_BYTES: Final = 16
CHUNK_BYTES: Final = 65_536
COST_LOG2: Final = 15
"""32 MiB and about a tenth of a second on a PC, half a second on a Raspberry Pi 3."""
HIGHEST_COST_LOG2: Final = 20
"""A file from elsewhere must not make us take more memory than this (1 GiB)."""
SHORTEST_PASSPHRASE: Final = 8


class SealError(KioskError, ValueError):
    """Error raised when something sealed does not open: another passphrase, damage, or not sealed by a kiosk at all."""


def seal(source: BinaryIO, target: BinaryIO, passphrase: str) -> None:
    """Write ``source`` to ``target``, readable only with ``passphrase``.

    Raises:
        SealError: the passphrase is too short to protect anything.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise SealError(f"the passphrase needs at least {SHORTEST_PASSPHRASE} characters")
    header = MAGIC + bytes([COST_LOG2]) + os.urandom(SALT_BYTES) + os.urandom(PREFIX_BYTES)
    target.write(header)
    cipher = _cipher(header, passphrase)
    target.writelines(
        cipher.encrypt(_nonce(header, number, last=last), chunk, header)
        for number, (chunk, last) in enumerate(_chunks(source, CHUNK_BYTES))
    )


def unseal(source: BinaryIO, target: BinaryIO, passphrase: str) -> None:
    """Write to ``target`` what was sealed; each chunk is proved before it is written.

    Raises:
        SealError: it does not open. What was written of ``target`` until then is to be thrown away.
    """
    header = source.read(len(MAGIC) + 1 + SALT_BYTES + PREFIX_BYTES)
    if not header.startswith(MAGIC) or len(header) < len(MAGIC) + 1 + SALT_BYTES + PREFIX_BYTES:
        raise SealError("this was not sealed by a kiosk")
    if not 0 < header[len(MAGIC)] <= HIGHEST_COST_LOG2:
        raise SealError("this asks for more memory than a sealed file of a kiosk does, or for none; it is damaged")
    cipher = _cipher(header, passphrase)
    for number, (chunk, last) in enumerate(_chunks(source, CHUNK_BYTES + TAG_BYTES)):
        try:
            target.write(cipher.decrypt(_nonce(header, number, last=last), chunk, header))
        except InvalidTag:
            what = "the passphrase is another one, or the file is damaged" if number == 0 else "the file is damaged"
            raise SealError(what) from None


def seal_bytes(data: bytes, passphrase: str) -> bytes:
    """:func:`seal` for what fits into a QR code."""
    target = BytesIO()
    seal(BytesIO(data), target, passphrase)
    return target.getvalue()


def unseal_bytes(data: bytes, passphrase: str) -> bytes:
    """:func:`unseal` for what came out of a QR code.

    Raises:
        SealError: it does not open.
    """
    target = BytesIO()
    unseal(BytesIO(data), target, passphrase)
    return target.getvalue()


def _cipher(header: bytes, passphrase: str) -> ChaCha20Poly1305:
    cost, salt = header[len(MAGIC)], header[len(MAGIC) + 1 :][:SALT_BYTES]
    return ChaCha20Poly1305(Scrypt(salt=salt, length=32, n=2**cost, r=8, p=1).derive(passphrase.encode()))


def _nonce(header: bytes, number: int, *, last: bool) -> bytes:
    return header[-PREFIX_BYTES:] + number.to_bytes(4, "big") + bytes([last])


def _chunks(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Pieces of ``size`` bytes, each with whether it is the last; one empty piece for an empty source."""
    piece = source.read(size)
    while True:
        following = source.read(size)
        yield piece, not following
        if not following:
            return
        piece = following
