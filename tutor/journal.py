"""What was asked and answered, on disk before it is on the screen. The only file that imports SQLAlchemy.

A question is kept before anything slow happens, and whatever comes of it is kept as it comes, so a reload, a restart or a power cut
loses nothing that a learner saw. Every transaction that writes begins as one: SQLite cannot make a writer of a reader that others
have overtaken. Nothing outlives a call but the engine, so any number of threads may use one journal.
"""

import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import QueuePool

from corpus.errors import UserError
from tutor import database
from tutor.conversations import (
    MAX_TITLE,
    exchange_from,
    folded,
    reply_to_json,
    searched,
    snippet,
    storable,
    title_of,
    to_markdown,
    words_of,
)
from tutor.escaping import one_line
from tutor.types import Conversation, Exchange, Reply


class JournalError(UserError):
    """What was said could not be kept or found."""


class _UtcTime(sa.TypeDecorator[datetime]):
    """A time with its zone. SQLite keeps none: what is written there is always UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        return value.replace(tzinfo=value.tzinfo or UTC) if value else None


class _Base(DeclarativeBase):
    type_annotation_map = {datetime: _UtcTime}  # noqa: RUF012


class _Conversation(_Base):
    """`title` is None until the learner gives one. `version` counts the changes, so that none is made upon a row read before another."""

    __tablename__ = "conversations"
    id: Mapped[str] = mapped_column(primary_key=True)
    learner: Mapped[str] = mapped_column(index=True)
    title: Mapped[str | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class _Exchange(_Base):
    """`reply` is JSON; `folded` is what is searched; `position` is the order, whatever the clock does."""

    __tablename__ = "exchanges"
    id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(sa.ForeignKey("conversations.id", ondelete="CASCADE"))
    position: Mapped[int]
    question: Mapped[str]
    reply: Mapped[str | None]
    notice: Mapped[str | None]
    folded: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Journal:
    """The conversations of all learners; "" is the one learner of a Viva without accounts. Every method raises JournalError."""

    def __init__(self, path: Path | None) -> None:
        """`path` is the file, made at the first use; None keeps everything in memory."""
        self._path = path
        self._engine: sa.Engine | None = None
        self._opened: database.Opened | None = None
        self._opening = threading.Lock()
        self._writing = threading.Lock()  # writers of one process queue up here, which is fairer than SQLite's polling

    @property
    def notice(self) -> str | None:
        """What a person should know about the file, if anything: it was moved aside, it cannot be written, it cannot be opened."""
        try:
            self._open()
        except JournalError as error:
            return str(error)
        return self._opened.notice if self._opened else None

    def begin(self, learner: str = "") -> str:
        """The id of a new conversation, which is listed once it has an exchange."""
        row = _Conversation(id=uuid.uuid4().hex, learner=learner, title=None, created_at=datetime.now(UTC))
        with self._session(writes=True) as session:
            session.add(row)
            return row.id

    def ask(self, conversation: str, exchange: str, question: str, learner: str = "") -> None:
        """Keeps a question before anything slow is done with it. `exchange` is the client's own id: asking twice changes nothing."""
        question, now = storable(question), datetime.now(UTC)
        with self._session(writes=True) as session:
            _owned(session, conversation, learner)
            known = session.get(_Exchange, exchange)
            if known and known.conversation_id != conversation:
                raise JournalError("That question belongs to another conversation. Reload the page and ask again.")
            if not known:
                last = session.scalar(sa.select(sa.func.max(_Exchange.position)).where(_Exchange.conversation_id == conversation))
                row = _Exchange(id=exchange, conversation_id=conversation, position=(last or 0) + 1, question=question)
                row.folded, row.created_at, row.updated_at = folded(searched(Exchange(question))), now, now
                session.add(row)

    def settle(self, exchange: str, reply: Reply | None, notice: str | None, learner: str = "") -> None:
        """Keeps what came of a question, whole or so far; the last call wins. What was discarded meanwhile stays away."""
        with self._session(writes=True) as session:
            row = _asked(session, exchange, learner)
            if row:
                row.reply = reply_to_json(reply) if reply else None
                row.notice = storable(notice) if notice is not None else None
                row.folded = folded(searched(Exchange(row.question, reply)))
                row.updated_at = datetime.now(UTC)

    def discard(self, exchange: str, learner: str = "") -> None:
        """Forgets a question and what came of it, for it is asked again. One that is not there is forgotten already."""
        with self._session(writes=True) as session:
            row = _asked(session, exchange, learner)
            if row:
                session.delete(row)

    def conversations(self, learner: str = "", search: str = "") -> tuple[Conversation, ...]:
        """The learner's conversations, newest first; of a search those whose title, or one of whose exchanges, has all its words."""
        words = words_of(search)
        with self._session() as session:
            listed, found = _listed(session, learner), _found(session, learner, words) if words else {}
        named = {row.id for row in listed if all(word in folded(row.title) for word in words)}
        return tuple(replace(row, snippet=found.get(row.id, "")) for row in listed if row.id in named or row.id in found)

    def exchanges(self, conversation: str, learner: str = "") -> tuple[tuple[str, Exchange], ...]:
        """(id, exchange), oldest first. One that was never settled has the notice INTERRUPTED."""
        with self._session() as session:
            _owned(session, conversation, learner)
            return tuple(_exchanges(session, conversation))

    def rename(self, conversation: str, title: str, learner: str = "") -> None:
        """Gives a conversation a title of 1 to 120 characters."""
        line = one_line(title)
        if not 1 <= len(line) <= MAX_TITLE:
            raise JournalError(f"A title has 1 to {MAX_TITLE} characters, and this one has {len(line)}. Type another one.")
        with self._session(writes=True) as session:
            _owned(session, conversation, learner).title = line

    def delete(self, conversation: str, learner: str = "") -> None:
        """Deletes a conversation, from the file itself too. A full disk does not prevent it."""
        try:
            self._delete(conversation, learner)
        except JournalError as error:
            if not (self._path and database.make_room(self._path, error.__cause__)):
                raise
            self._delete(conversation, learner)
        with self._explained(), self._writing:
            if self._path and not database.empty_log(self._path):
                raise JournalError(f"It is deleted, but another program is reading {self._path}: traces stay beside it until Viva ends.")

    def export(self, conversation: str, learner: str = "") -> str:
        """A conversation in Markdown: its questions, answers, sources and notices."""
        with self._session() as session:
            row = _owned(session, conversation, learner)
            exchanges = [exchange for _, exchange in _exchanges(session, conversation)]
            title = row.title or title_of(exchanges[0].question if exchanges else "")
            return to_markdown(Conversation(row.id, title, row.created_at, row.created_at, len(exchanges)), exchanges)

    def backup(self, to: Path) -> None:
        """Writes a copy of the whole file, while others go on using it."""
        self._open()
        if self._path is None or self._opened is None:
            raise JournalError("There is no file to copy: these conversations are kept in memory only.")
        with self._explained(to):
            database.back_up(self._path, to, writable=self._opened.writable)

    def close(self) -> None:
        """Lets go of the file. The next call opens it again."""
        with self._opening:
            if self._engine:
                self._engine.dispose()
            self._engine = self._opened = None

    def _delete(self, conversation: str, learner: str) -> None:
        with self._session(writes=True) as session:
            session.delete(_owned(session, conversation, learner))

    @contextmanager
    def _session(self, *, writes: bool = False) -> Iterator[Session]:
        with self._explained(), self._writing if writes else nullcontext():
            engine = self._open(writes=writes).execution_options(writes=writes)
            with Session(engine, expire_on_commit=False) as session, session.begin():
                yield session
                if writes:
                    self._check_place()

    @contextmanager
    def _explained(self, path: Path | None = None) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, OSError, sqlite3.Error, PoolTimeoutError, ValueError, database.NewerDatabase) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            raise JournalError(database.explain(cause, path or self._path)) from error

    def _open(self, *, writes: bool = False) -> sa.Engine:
        if writes and self._opened and not self._opened.writable:
            self.close()  # the disk may have room again
        with self._opening, self._explained():
            if self._engine is None:
                self._opened = database.open_file(self._path) if self._path else None
                self._engine = _engine(self._path, writable=not self._opened or self._opened.writable)
            if writes and self._opened and not self._opened.writable:
                raise JournalError(self._opened.notice)
            return self._engine

    def _check_place(self) -> None:
        """A file that was deleted or replaced takes everything and keeps nothing."""
        if self._path and self._opened and database.inode(self._path) != self._opened.inode:
            self.close()
            raise JournalError(f"{self._path} was deleted or replaced while Viva was running, so this was not kept. Reload the page.")


def _engine(path: Path | None, *, writable: bool) -> sa.Engine:
    # A database in memory belongs to its connection, so there is one, and whoever wants it waits
    size = {"pool_size": 16} if path else {"pool_size": 1, "max_overflow": 0}
    engine = sa.create_engine("sqlite://", creator=lambda: database.connect(path, writable=writable), poolclass=QueuePool, **size)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

    return engine


def _owned(session: Session, conversation: str, learner: str) -> _Conversation:
    row = session.get(_Conversation, conversation)
    if row is None or row.learner != learner:
        raise JournalError("That conversation is not there any more. Choose another one or begin a new one.")
    return row


def _asked(session: Session, exchange: str, learner: str) -> _Exchange | None:
    row = session.get(_Exchange, exchange)
    if row:
        _owned(session, row.conversation_id, learner)
    return row


def _exchanges(session: Session, conversation: str) -> list[tuple[str, Exchange]]:
    query = sa.select(_Exchange).where(_Exchange.conversation_id == conversation).order_by(_Exchange.position)
    return [(row.id, exchange_from(row.question, row.reply, row.notice)) for row in session.scalars(query)]


def _listed(session: Session, learner: str) -> list[Conversation]:
    first = sa.select(_Exchange.question).where(_Exchange.conversation_id == _Conversation.id).order_by(_Exchange.position).limit(1)
    updated = sa.func.max(_Exchange.updated_at)
    query = (
        sa.select(_Conversation, first.correlate(_Conversation).scalar_subquery(), updated, sa.func.count())
        .join(_Exchange, _Exchange.conversation_id == _Conversation.id)
        .where(_Conversation.learner == learner)
        .group_by(_Conversation.id)
        .order_by(updated.desc())
    )
    return [
        Conversation(row.id, row.title or title_of(question), row.created_at, latest, count)
        for row, question, latest, count in session.execute(query)
    ]


def _found(session: Session, learner: str, words: Sequence[str]) -> dict[str, str]:
    """The snippet of the first exchange with all the words, for each conversation that has one."""
    first = (
        sa.select(_Exchange.conversation_id, sa.func.min(_Exchange.position))
        .join(_Conversation, _Exchange.conversation_id == _Conversation.id)
        .where(_Conversation.learner == learner, *(_Exchange.folded.contains(word, autoescape=True) for word in words))
        .group_by(_Exchange.conversation_id)
    )
    rows = session.scalars(sa.select(_Exchange).where(sa.tuple_(_Exchange.conversation_id, _Exchange.position).in_(first)))
    kept = ((row.conversation_id, exchange_from(row.question, row.reply, row.notice)) for row in rows)
    return {conversation: snippet(searched(exchange), words) for conversation, exchange in kept}
