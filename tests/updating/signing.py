"""Signs as minisign does, for the bundles of the tests."""

import hashlib
from base64 import b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Signer:
    """A pair of keys.

    Args:
        seed: another number, another pair.
    """

    def __init__(self, seed: int = 1) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self._id = bytes([seed]) * 8

    @property
    def public(self) -> str:
        return b64encode(b"Ed" + self._id + self._private.public_key().public_bytes_raw()).decode()

    def sign(self, file: Path, comment: str = "coop-kiosk") -> Path:
        """Write the signature beside ``file``; its path."""
        of_file = self._private.sign(hashlib.blake2b(file.read_bytes()).digest())
        of_comment = self._private.sign(of_file + comment.encode())
        lines = (
            "untrusted comment: for tests",
            b64encode(b"ED" + self._id + of_file).decode(),
            f"trusted comment: {comment}",
            b64encode(of_comment).decode(),
        )
        target = file.with_name(f"{file.name}.minisig")
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return target
