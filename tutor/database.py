"""The one file that everything is kept in, made, checked and brought up to date by SQLite alone, before the journal opens it.

A start never trusts the file: it may be half a file, another program's, or a newer Viva's. What is damaged is moved aside and kept.
All this happens under a lock of its own, so that two processes that start at once do not move each other's file.
"""

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tutor.migrations import MIGRATIONS

BUSY_S = 5.0  # how long a writer waits for another one
_START_S = 30.0  # how long a start waits for another one, which may be changing the tables of a large file
_RESERVE = 4_000_000  # bytes kept back for the day when the disk is full: deleting takes room too
_NO_ROOM = 100_000  # bytes
_APPLICATION = 0x56495641  # "VIVA", in the header of the file
_LOG = ("-wal", "-journal", "-shm")  # SQLite's own files beside the file
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_CLOSED = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}


class NewerDatabase(Exception):
    """The file was written by a newer Viva."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that can be used. `inode` tells it from one put in its place; `notice` is a sentence for the person, if there is one."""

    writable: bool
    inode: tuple[int, int] | None
    notice: str | None


def open_file(path: Path) -> Opened:
    """Makes, checks and updates the file; what is damaged is moved aside. Where nothing can be written, what is there can be read.

    Raises OSError, sqlite3.Error or NewerDatabase where it can be neither written nor read.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path):
            notice = _make_sound(path)
        return Opened(True, inode(path), notice)
    except (OSError, sqlite3.Error) as error:
        if not _readable(path):
            raise
        return Opened(False, inode(path), explain(error, path))


def connect(path: Path | None, *, writable: bool = True) -> sqlite3.Connection:
    """A connection without transactions of its own making. It never makes a file. No path: a new database in memory, with the tables."""
    target = f"{path.absolute().as_uri()}?{'mode=rw' if writable else 'immutable=1'}" if path else ":memory:"
    connection = sqlite3.connect(target, uri=path is not None, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")  # a damaged letter does not hide the rest
    for setting in ("foreign_keys = ON", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {setting}")
    if path is None:
        migrate(connection)
    return connection


def migrate(connection: sqlite3.Connection) -> None:
    """Brings the tables up to date, all of it or nothing."""
    version = _number(connection, "user_version")
    if version > len(MIGRATIONS):
        raise NewerDatabase
    if version < len(MIGRATIONS):
        connection.execute("BEGIN IMMEDIATE")
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")


def back_up(path: Path, to: Path, *, writable: bool) -> None:
    """A whole copy, put in place when it is complete."""
    draft = _draft(to)
    with closing(connect(path, writable=writable)) as connection, closing(sqlite3.connect(draft)) as copy:
        connection.backup(copy)
    _put(draft, to)


def empty_log(path: Path) -> bool:
    """Empties SQLite's log, which still has what was deleted. False where a reader holds it for too long."""
    with closing(connect(path)) as connection:
        busy: int = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return not busy


def make_room(path: Path, error: BaseException | None) -> bool:
    """Whether `error` says that the disk is full and a reserve could be given up for it: deleting takes room too."""
    reserve = path.with_suffix(".reserve")
    if not _is_full(getattr(error, "orig", error), path) or not reserve.exists():
        return False
    reserve.unlink()
    return True


def inode(path: Path) -> tuple[int, int] | None:
    """What tells this file from any other of the same name; None where there is no file. Raises OSError."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def explain(error: BaseException | None, path: Path | None) -> str:
    """What went wrong with the file and what to do next, for a person."""
    code = _code(error)
    number = getattr(error, "errno", None)
    if isinstance(error, NewerDatabase):
        return f"{path} was written by a newer version of Viva. Start that version, or set VIVA_DATA to another folder."
    if _is_full(error, path):
        return f"The disk is full, so {path} cannot be changed. What is in it can still be read. Free some space and try again."
    if code in _CLOSED or number in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"{path} cannot be written, so nothing new is kept. Make its folder writable, or set VIVA_DATA to another folder."
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return f"Another program is using {path}. Try again in a moment."
    if code in _DAMAGED:
        return f"{path} is damaged. Start Viva again: it keeps the damaged file under another name and begins a new one."
    return f"{path} could not be used ({error}). Look after the folder, or set VIVA_DATA to another one, and try again."


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time. The lock is SQLite's, which works on every system and ends with the process."""
    with closing(sqlite3.connect(path.with_suffix(".lock"), timeout=_START_S, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield


def _make_sound(path: Path) -> str | None:
    damage = _damage(path)
    notice = None
    if damage:
        kept = _move_aside(path)
        notice = f"{path} {damage}. It is kept as {kept.name}, and a new file was begun: earlier conversations are not listed."
    if not path.exists():
        _create(path)
    with closing(connect(path)) as connection:
        migrate(connection)
        connection.execute("PRAGMA journal_mode = WAL")
    _keep_reserve(path.with_suffix(".reserve"))
    return notice


def _keep_reserve(reserve: Path) -> None:
    if not reserve.exists():
        try:
            reserve.write_bytes(bytes(_RESERVE))
        except OSError:  # no room for it, which the first thing that needs the room will say
            reserve.unlink(missing_ok=True)


def _damage(path: Path) -> str | None:
    """What is wrong with the file, if it is anything but a sound one of ours."""
    if not path.exists():
        # SQLite would write what an old log says into a new file of the same name
        return "is missing, though a part of it is there" if _size(_beside(path, "-wal")) else None
    if not path.stat().st_size:
        return "is empty"
    try:
        with closing(connect(path)) as connection:
            sound = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
            ours = _number(connection, "application_id") == _APPLICATION and _number(connection, "user_version") > 0
    except sqlite3.DatabaseError as error:
        if _code(error) not in _DAMAGED:
            raise
        return "is damaged"
    return None if sound and ours else "was not written by Viva" if sound else "is damaged"


def _move_aside(path: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    kept = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    if path.exists():
        path.rename(kept)
    for ending in _LOG:
        if _size(_beside(path, ending)) and ending != "-shm":
            _beside(path, ending).rename(_beside(kept, ending))
        _beside(path, ending).unlink(missing_ok=True)  # what is left holds nothing
    return kept


def _create(path: Path) -> None:
    """A new file, whole from the first moment that it has its name: an empty file of that name is always damage."""
    draft = _draft(path)
    with closing(connect(draft)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        migrate(connection)
    _put(draft, path)


def _draft(path: Path) -> Path:
    """An empty file of nobody else's, to become `path`."""
    draft = _beside(path, ".new")
    for ending in ("", *_LOG):
        _beside(draft, ending).unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    return draft


def _put(draft: Path, path: Path) -> None:
    draft.replace(path)
    if os.name == "posix":  # a new name lasts through a power cut once its folder is written
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _readable(path: Path) -> bool:
    """Whether the file is whole without its log and has our tables, so that it can be read where nothing can be written."""
    try:
        if not path.is_file() or _size(_beside(path, "-wal")):
            return False
        with closing(connect(path, writable=False)) as connection:
            sound = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
            return sound and _number(connection, "user_version") == len(MIGRATIONS)
    except (OSError, sqlite3.Error):
        return False


def _code(error: BaseException | None) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _is_full(error: BaseException | None, path: Path | None) -> bool:
    if _code(error) == sqlite3.SQLITE_IOERR and path and path.parent.exists():
        return shutil.disk_usage(path.parent).free < _NO_ROOM  # SQLite's memory between processes could not be made
    return _code(error) == sqlite3.SQLITE_FULL or getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _number(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
