"""Who may do what here beyond entering: roles granted at this terminal, and the technician's PIN. Precious.

A PIN is kept as its scrypt hash, which costs whoever stole the file 16 MB and a moment for every guess. Four to six
digits are guessed all the same in the end: the PIN guards menus, not the file.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sqlite_utils import Database

from kiosk.types import Fact, MemberId, Role

COST, BLOCK, LANES = 1 << 14, 8, 1
"""The parameters of scrypt (RFC 7914, section 2): 16 MB, some 0.2 s on a Raspberry Pi 3."""
SALT_BYTES: Final = 16
_TECHNICIAN: Final = "technician"


@dataclass(frozen=True, slots=True)
class Pin:
    """A PIN as it is kept: ``scrypt$cost$block$lanes$salt$hash``, and the wrong tries since the last right one."""

    record: str = field(repr=False)
    tries: int = 0

    def matches(self, pin: str) -> bool:
        """Whether this is the PIN. Takes a moment, and always the same."""
        _, cost, block, lanes, salt, expected = self.record.split("$")
        found = _scrypt(pin, bytes.fromhex(salt), int(cost), int(block), int(lanes))
        return hmac.compare_digest(found, bytes.fromhex(expected))

    def tried(self, tries: int) -> "Pin":
        return replace(self, tries=tries)


def make_pin(pin: str) -> Pin:
    """A new PIN under a salt of its own."""
    salt = secrets.token_bytes(SALT_BYTES)
    found = _scrypt(pin, salt, COST, BLOCK, LANES)
    return Pin(f"scrypt${COST}${BLOCK}${LANES}${salt.hex()}${found.hex()}")


def _scrypt(pin: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=cost, r=block, p=lanes, maxmem=256 * cost * block, dklen=32)


class Staff:
    """The tables of roles and PINs in an open ``journal.db``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def grant(self, fact: Fact) -> None:
        """Keep what a ROLE_GRANTED fact says in its detail ``role``."""
        self._db.execute(
            "INSERT INTO staff_role (member_id, role) VALUES (?, ?) "
            "ON CONFLICT (member_id) DO UPDATE SET role = excluded.role",
            (fact.member_id, fact.details["role"]),
        )

    def roles(self) -> Mapping[MemberId, Role]:
        """Who has which; a role that a later version of this program gave is left for that version."""
        rows = self._db.execute("SELECT member_id, role FROM staff_role").fetchall()
        return {MemberId(member_id): Role(role) for member_id, role in rows if role in set(Role)}

    def pin(self) -> Pin | None:
        row = self._db.execute("SELECT record, tries FROM pin WHERE name = ?", (_TECHNICIAN,)).fetchone()
        return None if row is None else Pin(*row)

    def keep_pin(self, pin: Pin) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO pin (name, record, tries) VALUES (?, ?, ?)", (_TECHNICIAN, pin.record, pin.tries)
        )
