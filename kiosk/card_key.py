"""The coop's card key on paper: a QR code under a passphrase, so that the cards outlive the SD card.

The sheet holds ``COOPKEY1:KEY_ID:TEXT``, where TEXT is the sealed key in base 32 without padding: capitals and digits,
which a QR code packs tightly and a person can copy. A KEY_ID that capitals, or a scanner which believes to be another
keyboard, would change is sealed behind the key as well: by its name a server tells one key's cards from another's.
"""

import base64
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import segno

from kiosk.durable import put_whole
from kiosk.errors import KioskError
from kiosk.sealing import SealError, seal_bytes, unseal_bytes

WORD: Final = "COOPKEY1"
KEY_BYTES: Final = 32
PLAIN_ID: Final = re.compile(r"[a-z0-9]+")
"""A name that comes back from the sheet as it was."""
GROUP: Final = 5
CREDENTIAL: Final = "card-key"
PREVIOUS_CREDENTIAL: Final = "previous-card-key"


class CardKeyError(KioskError, ValueError):
    """Error raised when a text or a file holds no card key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardKey:
    """The key and the name it goes by beside each hash."""

    key: bytes = field(repr=False)
    key_id: str


def new_key(key_id: str) -> CardKey:
    """A key from the system's randomness."""
    return CardKey(key=secrets.token_bytes(KEY_BYTES), key_id=key_id)


def sheet_text(card_key: CardKey, passphrase: str) -> str:
    """What the QR code of the sheet says.

    Raises:
        SealError: the passphrase is too short.
    """
    name = "" if PLAIN_ID.fullmatch(card_key.key_id) else card_key.key_id
    sealed = base64.b32encode(seal_bytes(card_key.key + name.encode(), passphrase)).decode("ascii").rstrip("=")
    return f"{WORD}:{card_key.key_id.upper()}:{sealed}"


def read_sheet(text: str, passphrase: str) -> CardKey:
    """The key of a sheet; spaces and line breaks of whoever typed it do not matter.

    Raises:
        CardKeyError: the text is not that of a sheet.
        SealError: the passphrase is another one, or a character is wrong.
    """
    compact = re.sub(r"\s", "", text).upper()
    word, _, rest = compact.partition(":")
    key_id, _, sealed = rest.partition(":")
    if word != WORD or not key_id or not sealed:
        raise CardKeyError(f"this is not the text of a key sheet: it begins with {WORD}:")
    try:
        data = base64.b32decode(sealed + "=" * (-len(sealed) % 8))
    except ValueError:
        raise CardKeyError("some characters of the sheet are missing or wrong") from None
    opened = unseal_bytes(data, passphrase)
    key, name = opened[:KEY_BYTES], opened[KEY_BYTES:]
    if len(key) != KEY_BYTES:
        raise SealError("what was sealed is no card key")
    return CardKey(key=key, key_id=name.decode() or key_id.lower())


def sheet_svg(card_key: CardKey, passphrase: str, coop: str) -> str:
    """The sheet to print: the coop's name, the QR code, the same in groups of five to type, and what it is for."""
    text = sheet_text(card_key, passphrase)
    code = segno.make(text, error="m", micro=False)
    picture = code.svg_inline(scale=1, border=4)
    side = code.symbol_size(border=4)[0]
    lines = _lines(text)
    typed = "".join(f'<text x="20" y="{222 + 6 * n}" class="code">{line}</text>' for n, line in enumerate(lines))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="210mm" height="297mm" viewBox="0 0 210 297">
<style>text {{ font-family: sans-serif; font-size: 5px }} .head {{ font-size: 9px; font-weight: bold }}
.code {{ font-family: monospace; font-size: 4px }}</style>
<rect width="210" height="297" fill="white"/>
<text x="20" y="28" class="head">Feuille de secours : clé des cartes</text>
<text x="20" y="38">{_escape(coop or "La coop")} · clé « {_escape(card_key.key_id)} »</text>
<text x="20" y="46">À garder sous clé, loin de la borne. Sans la phrase de passe, cette feuille n’ouvre rien.</text>
<text x="20" y="53">Emergency sheet: keep it locked away. It opens nothing without the passphrase.</text>
<svg x="30" y="60" width="150" height="150" viewBox="0 0 {side} {side}">{picture}</svg>
{typed}
<text x="20" y="282">Remettre la clé / restore: kiosk key import</text>
</svg>
"""


def _lines(text: str) -> list[str]:
    """The text as it can be copied by hand: seven groups of five a line."""
    groups = [text[at : at + GROUP] for at in range(0, len(text), GROUP)]
    return [" ".join(groups[at : at + 7]) for at in range(0, len(groups), 7)]


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def rotate_key_file(path: Path, key_id: str, new_id: str) -> Path:
    """Put a new key in the place of the old one, which is kept beside it.

    Returns:
        Where the old key is now.

    Raises:
        CardKeyError: the names are the same, or an older key is still kept: two keys back nobody is known.
        OSError: a file cannot be read or written.
    """
    if new_id == key_id:
        raise CardKeyError(f"the new key needs another name than {key_id!r}")
    previous = previous_of(path)
    if previous.exists():
        raise CardKeyError(f"{previous}: an older key is still kept; when every card was laid once, delete it first")
    _write_private(previous, path.read_text(encoding="ascii"))
    _write_private(path, f"{new_key(new_id).key.hex()}\n")
    return previous


def previous_of(path: Path) -> Path:
    """Where the key before is kept; systemd takes the credentials by these names (systemd/kiosk.service)."""
    return path.with_name(PREVIOUS_CREDENTIAL if path.name == CREDENTIAL else f"{path.name}.previous")


def write_key_file(path: Path, card_key: CardKey) -> None:
    """Put the key where the configuration's ``key_file`` is, for its owner alone, whole or not at all.

    Raises:
        CardKeyError: another key is there already: cards would no longer be known.
        OSError: it cannot be written.
    """
    text = f"{card_key.key.hex()}\n"
    if path.exists():
        if path.read_text(encoding="ascii", errors="replace").strip() == card_key.key.hex():
            return
        raise CardKeyError(
            f"{path}: another key is there already, by which the cards of today are known; move it to "
            f"{previous_of(path)} first"
        )
    _write_private(path, text)


def _write_private(path: Path, text: str) -> None:
    """For the owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    put_whole(path, text.encode("ascii"), 0o600)
