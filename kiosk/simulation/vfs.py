"""A layer between SQLite and the operating system, in this process, that asks a :class:`~kiosk.simulation.disk.Disk`.

It is SQLite's own unix VFS with writes, cuts, syncs, removals and openings replaced; everything else stays as it is and
costs nothing. Registered as the default one, so that the real store runs on it without knowing
(https://www.sqlite.org/vfs.html; the structures are those of ``sqlite3.h``).
"""

import ctypes
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Final

from kiosk.simulation.disk import Disk, DiskState

OK: Final = 0
FULL: Final = 13
IOERR_WRITE: Final = 10 | 3 << 8
IOERR_FSYNC: Final = 10 | 4 << 8
IOERR_TRUNCATE: Final = 10 | 6 << 8
CODES: Final = {DiskState.FULL: FULL, DiskState.FAILS: IOERR_WRITE, DiskState.FAILS_TO_SYNC: IOERR_FSYNC}

_POINTER = ctypes.c_void_p
_OPEN = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, _POINTER, _POINTER, ctypes.c_int, ctypes.POINTER(ctypes.c_int))
"""Names go as the addresses they came as: SQLite keeps them for as long as the file is open."""
_DELETE = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, _POINTER, ctypes.c_int)
_RANDOMNESS = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, ctypes.c_int, _POINTER)
_CLOSE = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER)
_WRITE = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, _POINTER, ctypes.c_int, ctypes.c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, ctypes.c_int64)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, ctypes.c_int)


class _Vfs(ctypes.Structure):
    _fields_: ClassVar = [
        ("version", ctypes.c_int),
        ("os_file_size", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", _POINTER),
        ("name", ctypes.c_char_p),
        ("app_data", _POINTER),
        ("open", _OPEN),
        ("delete", _DELETE),
        ("between", _POINTER * 6),
        ("randomness", _RANDOMNESS),
        ("others", _POINTER * 7),
    ]


class _Methods(ctypes.Structure):
    _fields_: ClassVar = [
        ("version", ctypes.c_int),
        ("close", _CLOSE),
        ("read", _POINTER),
        ("write", _WRITE),
        ("truncate", _TRUNCATE),
        ("sync", _SYNC),
        ("others", _POINTER * 13),
    ]


class _File(ctypes.Structure):
    _fields_: ClassVar = [("methods", ctypes.POINTER(_Methods))]


class NoSharedSqlite(OSError):
    """Error raised where this Python has SQLite built in, so that no layer can be put under it."""


class SimulatedDisks:
    """The layer. One a process; directories without a disk of their own are left to the real one.

    Args:
        chance: what SQLite draws its random numbers from.

    Raises:
        NoSharedSqlite: it cannot be had here.
    """

    def __init__(self, chance: Random) -> None:
        self._sqlite = _library()
        self._chance = chance
        self._disks: dict[str, Disk] = {}
        self._files: dict[int, tuple[Disk, str]] = {}
        self._tables: dict[int, _Methods] = {}
        self._real: Any = self._sqlite.sqlite3_vfs_find(None).contents
        self._mine = _Vfs.from_buffer_copy(self._real)
        self._mine.next = None
        self._mine.name = b"simulated"
        self._kept_alive = (
            _OPEN(self._open), _DELETE(self._delete), _CLOSE(self._close),
            _WRITE(self._write), _TRUNCATE(self._truncate), _SYNC(self._sync), _RANDOMNESS(self._randomness),
        )  # fmt: skip
        self._mine.open, self._mine.delete = self._kept_alive[:2]
        self._mine.randomness = self._kept_alive[6]

    def put(self, disk: Disk) -> None:
        """From now on this disk is under its directory."""
        self._disks[str(disk.directory)] = disk

    @contextmanager
    def in_place(self) -> Iterator["SimulatedDisks"]:
        """SQLite uses the layer."""
        if self._sqlite.sqlite3_vfs_register(ctypes.byref(self._mine), 1) != OK:
            raise NoSharedSqlite("SQLite takes no file system of ours")
        # What it has drawn so far is forgotten: it seeds itself anew, from the layer and then from the machine again.
        self._sqlite.sqlite3_randomness(0, None)
        try:
            yield self
        finally:
            self._sqlite.sqlite3_vfs_unregister(ctypes.byref(self._mine))
            self._sqlite.sqlite3_randomness(0, None)

    # ── called by SQLite; nothing may be raised into it ───────────────────────────────────────────────────────────

    def _open(self, vfs: int, name: int | None, file: int, flags: int, out: Any) -> int:
        code: int = self._real.open(vfs, name, file, flags, out)
        if code == OK and name:
            path = _path_at(name)
            disk = self._disks.get(str(path.parent))
            if disk is not None:
                self._files[file] = disk, path.name
                disk.opened(path.name)
                self._replace_methods(file)
        return code

    def _replace_methods(self, file: int) -> None:
        held = _File.from_address(file)
        real = ctypes.addressof(held.methods.contents)
        if real not in self._tables:
            table = _Methods.from_buffer_copy(held.methods.contents)
            self._tables[real] = _Methods.from_buffer_copy(held.methods.contents)
            _, _, table.close, table.write, table.truncate, table.sync, _ = self._kept_alive
            self._tables[ctypes.addressof(table)] = self._tables[real]
            self._tables[-real] = table
        held.methods = ctypes.pointer(self._tables[-real])

    def _real_methods(self, file: int) -> _Methods:
        return self._tables[ctypes.addressof(_File.from_address(file).methods.contents)]

    def _delete(self, vfs: int, name: int, sync: int) -> int:
        path = _path_at(name)
        disk = self._disks.get(str(path.parent))
        if disk is not None:
            if disk.is_detached:
                return IOERR_WRITE
            disk.removed(path.name)
        code: int = self._real.delete(vfs, name, sync)
        return code

    def _randomness(self, _vfs: int, size: int, out: int) -> int:
        ctypes.memmove(out, self._chance.randbytes(size), size)
        return size

    def _close(self, file: int) -> int:
        self._files.pop(file, None)
        code: int = self._real_methods(file).close(file)
        return code

    def _write(self, file: int, data: int, size: int, offset: int) -> int:
        disk, name = self._files[file]
        state = disk.write(name, offset, ctypes.string_at(data, size))
        if state is not DiskState.WORKS:
            return CODES[state]
        code: int = self._real_methods(file).write(file, data, size, offset)
        return code

    def _truncate(self, file: int, length: int) -> int:
        disk, name = self._files[file]
        if disk.cut(name, length) is not DiskState.WORKS:
            return IOERR_TRUNCATE
        code: int = self._real_methods(file).truncate(file, length)
        return code

    def _sync(self, file: int, _flags: int) -> int:
        disk, name = self._files[file]
        state = disk.sync(name)
        return OK if state is DiskState.WORKS else CODES[state]


def _path_at(address: int) -> Path:
    return Path(ctypes.string_at(address).decode())


def _library() -> Any:
    """The SQLite that Python's own module is linked to, once that is loaded."""
    assert sqlite3.sqlite_version
    maps = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    loaded = next((line.split()[-1] for line in maps if "libsqlite3" in line), None)
    if loaded is None:
        raise NoSharedSqlite("this Python has SQLite built in: the simulation needs one that shares libsqlite3")
    sqlite = ctypes.CDLL(loaded)
    sqlite.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    sqlite.sqlite3_vfs_find.argtypes = [ctypes.c_char_p]
    sqlite.sqlite3_randomness.argtypes = [ctypes.c_int, _POINTER]
    return sqlite
