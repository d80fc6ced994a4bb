"""What can be wrong with a disk, by name."""

import errno
import sqlite3
from enum import StrEnum

from kiosk.errors import StoreError, StoreLockedError


class StoreFault(StrEnum):
    """A named state of the store. The value is what status lines and logs say."""

    FULL = "disk full"
    READ_ONLY = "disk read-only"
    IO = "disk error"
    HUNG = "disk hangs"
    BUSY = "held by another program"
    DAMAGED = "file damaged"
    CLOSED = "store not open"
    UNKNOWN = "store failure"


class StoreFaultError(StoreError):
    """Error raised to whoever asks the store while it cannot answer."""

    def __init__(self, fault: StoreFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


# The primary result codes of https://www.sqlite.org/rescode.html; the extended ones carry them in their low byte.
_BY_CODE = {
    sqlite3.SQLITE_FULL: StoreFault.FULL,
    sqlite3.SQLITE_READONLY: StoreFault.READ_ONLY,
    sqlite3.SQLITE_PERM: StoreFault.READ_ONLY,
    sqlite3.SQLITE_IOERR: StoreFault.IO,
    sqlite3.SQLITE_CANTOPEN: StoreFault.IO,
    sqlite3.SQLITE_PROTOCOL: StoreFault.IO,
    sqlite3.SQLITE_NOMEM: StoreFault.IO,
    sqlite3.SQLITE_BUSY: StoreFault.BUSY,
    sqlite3.SQLITE_LOCKED: StoreFault.BUSY,
    sqlite3.SQLITE_CORRUPT: StoreFault.DAMAGED,
    sqlite3.SQLITE_NOTADB: StoreFault.DAMAGED,
}
_BY_ERRNO = {
    errno.ENOSPC: StoreFault.FULL,
    errno.EDQUOT: StoreFault.FULL,
    errno.EROFS: StoreFault.READ_ONLY,
    errno.EACCES: StoreFault.READ_ONLY,
    errno.EPERM: StoreFault.READ_ONLY,
}


def fault_of(error: BaseException) -> StoreFault | None:
    """The fault of the disk behind ``error``; None when the disk is not to blame (a row that cannot be stored)."""
    if isinstance(error, StoreFaultError):
        return error.fault
    if isinstance(error, StoreLockedError):
        return StoreFault.BUSY
    if isinstance(error, OSError):
        return _BY_ERRNO.get(error.errno or 0, StoreFault.IO)
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        named = _BY_CODE.get(code & 0xFF) if code is not None else None
        # An operation that fails is not the row's doing, whatever its code.
        return StoreFault.UNKNOWN if named is None and isinstance(error, sqlite3.OperationalError) else named
    return None
