"""A configuration with its secrets as one QR code, which a bar-code scanner types where a keyboard would be.

The code is digits only, ``8`` and more of them: what a scanner and a keyboard layout disagree about are letters, and of
digits even the French row without Shift can be told. The digits are a number, its bytes are the two of :data:`MAGIC`
and a zlib stream (which carries a checksum) of ``{"toml": "…", "secrets": {"backend-token": "…"}}``.

Whoever can read the code has the secrets: it is printed for the installation and destroyed afterwards.
"""

import json
import zlib
from typing import Final

from kiosk.errors import KioskError

MAGIC: Final = b"CK"
MOST_DIGITS: Final = 4000
MOST_BYTES: Final = 1660
"""As many as fit into these digits: a line of a terminal takes 4095 characters, a QR code 7089 digits."""
LARGEST_BYTES: Final = 65_536
_FRENCH_ROW: Final = str.maketrans("à&é\"'(-è_ç", "0123456789")
"""What the digits become where scanner and system believe in different keyboards."""


class SetupCodeError(KioskError, ValueError):
    """Error raised when a text is no set-up code, or a configuration too large for one."""


def encode(toml: str, secrets: dict[str, str]) -> str:
    """The digits of a configuration.

    Raises:
        SetupCodeError: it is too large.
    """
    # Comments are for people, and there is little room.
    short = "\n".join(line for line in toml.split("\n") if line.strip() and not line.lstrip().startswith("#"))
    plain = json.dumps({"toml": short, "secrets": secrets}, separators=(",", ":")).encode()
    data = MAGIC + zlib.compress(plain, 9)
    if len(data) > MOST_BYTES:
        raise SetupCodeError(
            f"the configuration is too large for one QR code ({len(data)} of {MOST_BYTES} bytes): "
            "keep only the keys that differ from the defaults, or use a USB key"
        )
    return str(int.from_bytes(data))


def svg(digits: str) -> str:
    """The code to print."""
    # Not there yet where the installation itself runs, which only reads codes.
    import segno  # noqa: PLC0415

    return segno.make(digits, mode="numeric", error="l", micro=False).svg_inline(scale=3, border=4)


def decode(text: str) -> tuple[str, dict[str, str]]:
    """The configuration and the secrets of a scanned code.

    Raises:
        SetupCodeError: it is none, or some of it is missing.
    """
    digits = "".join(text.split()).translate(_FRENCH_ROW)
    if not digits.isascii() or not digits.isdigit() or len(digits) > MOST_DIGITS:
        raise SetupCodeError("this is no set-up code: it is made of digits only")
    number = int(digits)
    data = number.to_bytes((number.bit_length() + 7) // 8)
    if not data.startswith(MAGIC):
        raise SetupCodeError("this is no set-up code, or its first digits are missing")
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(data[len(MAGIC) :], LARGEST_BYTES)
        values = json.loads(plain) if stream.eof else {}
        toml, secrets = values["toml"], values["secrets"]
    except (zlib.error, ValueError, KeyError, TypeError) as fault:
        raise SetupCodeError("some of the set-up code is missing or wrong; scan it again") from fault
    if not isinstance(toml, str) or not isinstance(secrets, dict):
        raise SetupCodeError("this set-up code is of another version")
    return toml, {str(name): str(secret) for name, secret in secrets.items()}
