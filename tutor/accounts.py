"""Who may log in and who is logged in: one small file beside the journal, so that no copy of the journal holds a password.

The file is asked each time and nothing is remembered, so what the command changes (a password, a disabled user) holds for a running
server at its next request. Passwords are kept as argon2 hashes and tokens as SHA-256: who reads the file can log in with neither.
"""

import hashlib
import os
import secrets
import sqlite3
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from corpus.errors import UserError
from tutor.conversations import folded, storable
from tutor.learners import clean_name

SESSION = timedelta(days=7)
FIRST = "admin"
MIN_PASSWORD, MAX_PASSWORD = 10, 256  # characters
_BUSY_S = 5.0
_VERSION = 1
_TABLES = (
    """CREATE TABLE users (
        folded TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        hash TEXT NOT NULL,
        admin INTEGER NOT NULL,
        disabled INTEGER NOT NULL DEFAULT 0,
        created_at REAL NOT NULL
    )""",
    """CREATE TABLE sessions (
        token TEXT NOT NULL PRIMARY KEY,
        folded TEXT NOT NULL REFERENCES users (folded) ON DELETE CASCADE,
        ends_at REAL NOT NULL
    )""",
)
_COLUMNS = "name, admin, disabled, created_at"


class AccountError(UserError):
    """An account that cannot be made, found or changed."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in. An administrator may also change the settings."""

    name: str
    admin: bool
    disabled: bool
    created_at: datetime


class Accounts:
    """The accounts of a Viva, and their sessions. Every method raises AccountError; the clock is an argument."""

    def __init__(self, path: Path, hasher: PasswordHasher | None = None) -> None:
        """`path` is the file, made at the first use. `hasher` says how much work a password is."""
        self._path = path
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex())  # so that an unknown name takes as long as a wrong password
        self._hashing = threading.Lock()  # a hash takes 64 MB: one at a time

    def begin(self, now: datetime) -> str | None:
        """Makes the first administrator where there is nobody; returns the password, which can be read nowhere else."""
        with self._transaction() as db:
            if db.execute("SELECT 1 FROM users").fetchone():
                return None
            password = secrets.token_urlsafe(12)
            _insert(db, FIRST, self._hash(password), now, admin=True)
            return password

    def add(self, name: str, password: str, now: datetime, *, admin: bool = False) -> Account:
        """A new account. Names that differ in case only are the same."""
        name, hashed = clean_name(name), self._hash(_checked(password, name))
        with self._transaction() as db:
            if db.execute("SELECT 1 FROM users WHERE folded = ?", (folded(name),)).fetchone():
                raise AccountError(f"There is a {name!r} already. Choose another name.")
            _insert(db, name, hashed, now, admin=admin)
        return self.find(name)

    def all(self) -> tuple[Account, ...]:
        """Every account, by name."""
        with self._transaction() as db:
            return tuple(_account(row) for row in db.execute(f"SELECT {_COLUMNS} FROM users ORDER BY folded"))

    def find(self, name: str) -> Account:
        """The account of that name."""
        with self._transaction() as db:
            return _found(db, name)

    def set_password(self, name: str, password: str) -> None:
        """Changes a password, which ends all sessions."""
        hashed = self._hash(_checked(password, name))
        with self._transaction() as db:
            key = folded(_found(db, name).name)
            db.execute("UPDATE users SET hash = ? WHERE folded = ?", (hashed, key))
            db.execute("DELETE FROM sessions WHERE folded = ?", (key,))

    def disable(self, name: str, *, disabled: bool = True) -> None:
        """Locks somebody out at once, or lets them in again. The last administrator stays."""
        with self._transaction() as db:
            account = _found(db, name)
            if disabled:
                _keep_an_admin(db, account)
            db.execute("UPDATE users SET disabled = ? WHERE folded = ?", (disabled, folded(account.name)))
            db.execute("DELETE FROM sessions WHERE folded = ?", (folded(account.name),))

    def remove(self, name: str) -> None:
        """Removes an account and ends its sessions. The last administrator stays."""
        with self._transaction() as db:
            account = _found(db, name)
            _keep_an_admin(db, account)
            db.execute("DELETE FROM users WHERE folded = ?", (folded(account.name),))

    def log_in(self, name: str, password: str, now: datetime) -> str | None:
        """The token of a new session; None where name and password do not go together, whatever the reason is, after the same work."""
        key = folded(storable(name))
        with self._transaction() as db:
            row = db.execute("SELECT hash FROM users WHERE folded = ? AND NOT disabled", (key,)).fetchone()
        kept = row[0] if row else self._nobody
        if not self._is_right(kept, password) or row is None:
            return None
        token, renewed = secrets.token_urlsafe(32), self._renewed(kept, password)
        session = (_hashed(token), (now + SESSION).timestamp(), key, kept)
        with self._transaction() as db:
            db.execute("DELETE FROM sessions WHERE ends_at <= ?", (now.timestamp(),))
            # The password may have been changed, or the user disabled, while the hash was computed
            made = db.execute("INSERT INTO sessions SELECT ?, folded, ? FROM users WHERE folded = ? AND hash = ? AND NOT disabled", session)
            db.execute("UPDATE users SET hash = ? WHERE folded = ? AND hash = ?", (renewed, key, kept))
            return token if made.rowcount else None

    def who(self, token: str, now: datetime) -> Account | None:
        """Who a token belongs to; None where it was never given out, or is over."""
        with self._transaction(writes=False) as db:
            query = f"SELECT {_COLUMNS} FROM users JOIN sessions USING (folded) WHERE token = ? AND ends_at > ? AND NOT disabled"
            row = db.execute(query, (_hashed(token), now.timestamp())).fetchone()
            return _account(row) if row else None

    def log_out(self, token: str) -> None:
        """Ends a session."""
        with self._transaction() as db:
            db.execute("DELETE FROM sessions WHERE token = ?", (_hashed(token),))

    def _hash(self, password: str) -> str:
        with self._hashing:
            return self._hasher.hash(_plain(password))

    def _is_right(self, kept: str, password: str) -> bool:
        with self._hashing:
            try:
                return self._hasher.verify(kept, _plain(password[: MAX_PASSWORD + 1]))
            except VerificationError:
                return False

    def _renewed(self, kept: str, password: str) -> str:
        return self._hash(password) if self._hasher.check_needs_rehash(kept) else kept

    @contextmanager
    def _transaction(self, *, writes: bool = True) -> Iterator[sqlite3.Connection]:
        try:
            with closing(self._connect()) as db:
                db.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
                yield db
                db.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise AccountError(
                f"The accounts in {self._path} cannot be used: {error}. Put back a copy of that file, or free it."
            ) from error

    def _connect(self) -> sqlite3.Connection:
        if not self._path.exists():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT, 0o600))
        db = sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None)
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            db.close()
            raise AccountError(f"{self._path} was written by a newer Viva. Start that one.")
        if version < _VERSION:
            _make_tables(db)
        return db


def _make_tables(db: sqlite3.Connection) -> None:
    db.execute("BEGIN IMMEDIATE")
    if db.execute("PRAGMA user_version").fetchone()[0] < _VERSION:  # another process may have been quicker
        for table in _TABLES:
            db.execute(table)
        db.execute(f"PRAGMA user_version = {_VERSION}")
    db.execute("COMMIT")


def _insert(db: sqlite3.Connection, name: str, hashed: str, now: datetime, *, admin: bool) -> None:
    row = (folded(name), name, hashed, admin, now.timestamp())
    db.execute("INSERT INTO users (folded, name, hash, admin, created_at) VALUES (?, ?, ?, ?, ?)", row)


def _account(row: tuple[str, int, int, float]) -> Account:
    name, admin, disabled, created_at = row
    return Account(name, bool(admin), bool(disabled), datetime.fromtimestamp(created_at, UTC))


def _found(db: sqlite3.Connection, name: str) -> Account:
    row = db.execute(f"SELECT {_COLUMNS} FROM users WHERE folded = ?", (folded(storable(name)),)).fetchone()
    if not row:
        raise AccountError(f"There is nobody called {name!r}. `python -m tutor users list` shows who there is.")
    return _account(row)


def _keep_an_admin(db: sqlite3.Connection, account: Account) -> None:
    others = "SELECT 1 FROM users WHERE admin AND NOT disabled AND folded <> ?"
    if account.admin and not db.execute(others, (folded(account.name),)).fetchone():
        raise AccountError(f"{account.name} is the last administrator. Make another one first: `python -m tutor users add NAME --admin`.")


def _checked(password: str, name: str) -> str:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise AccountError(
            f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters, and this one has {len(password)}. Choose another one."
        )
    if len(set(password)) < 5 or folded(name) == folded(password):
        raise AccountError("That password is too easy to guess. Choose another one.")
    return password


def _plain(password: str) -> str:
    """A password as it is hashed: keyboards write the same letter in more than one way."""
    return unicodedata.normalize("NFKC", storable(password))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
