"""What was asked and answered, on disk before it is on the screen.

A question is kept before anything slow happens, and whatever comes of it is kept as it comes, so a reload, a restart or a power cut
loses nothing that a learner saw. Every transaction that writes begins as one: SQLite cannot make a writer of a reader that others
have overtaken. Nothing outlives a call but the engine, so any number of threads may use one journal.
"""

import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session
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
from tutor.tables import ConversationRow, ExchangeRow, InterviewRow, ReviewRow
from tutor.types import Conversation, Exchange, Reply


class JournalError(UserError):
    """What was said could not be kept or found."""


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
        row = ConversationRow(id=uuid.uuid4().hex, learner=learner, title=None, created_at=datetime.now(UTC))
        with self.session(writes=True) as session:
            session.add(row)
            return row.id

    def ask(self, conversation: str, exchange: str, question: str, learner: str = "") -> None:
        """Keeps a question before anything slow is done with it. `exchange` is the client's own id: asking twice changes nothing."""
        question, now = storable(question), datetime.now(UTC)
        with self.session(writes=True) as session:
            _owned(session, conversation, learner)
            known = session.get(ExchangeRow, exchange)
            if known and known.conversation_id != conversation:
                raise JournalError("That question belongs to another conversation. Reload the page and ask again.")
            if not known:
                last = session.scalar(sa.select(sa.func.max(ExchangeRow.position)).where(ExchangeRow.conversation_id == conversation))
                row = ExchangeRow(id=exchange, conversation_id=conversation, position=(last or 0) + 1, question=question)
                row.folded, row.created_at, row.updated_at = folded(searched(Exchange(question))), now, now
                session.add(row)

    def settle(self, exchange: str, reply: Reply | None, notice: str | None, learner: str = "") -> None:
        """Keeps what came of a question, whole or so far; the last call wins. What was discarded meanwhile stays away."""
        with self.session(writes=True) as session:
            row = _asked(session, exchange, learner)
            if row:
                row.reply = reply_to_json(reply) if reply else None
                row.notice = storable(notice) if notice is not None else None
                row.folded = folded(searched(Exchange(row.question, reply)))
                row.updated_at = datetime.now(UTC)

    def discard(self, exchange: str, learner: str = "") -> None:
        """Forgets a question and what came of it, for it is asked again. One that is not there is forgotten already."""
        with self.session(writes=True) as session:
            row = _asked(session, exchange, learner)
            if row:
                session.delete(row)

    def conversations(self, learner: str = "", search: str = "") -> tuple[Conversation, ...]:
        """The learner's conversations, newest first; of a search those whose title, or one of whose exchanges, has all its words."""
        words = words_of(search)
        with self.session() as session:
            listed, found = _listed(session, learner), _found(session, learner, words) if words else {}
        named = {row.id for row in listed if all(word in folded(row.title) for word in words)}
        return tuple(replace(row, snippet=found.get(row.id, "")) for row in listed if row.id in named or row.id in found)

    def learners(self) -> tuple[str, ...]:
        """Everybody who has kept something, by name."""
        with self.session() as session:
            everybody = sa.select(ConversationRow.learner).union(sa.select(InterviewRow.learner), sa.select(ReviewRow.learner))
            return tuple(session.scalars(everybody.order_by("learner")))

    def exchanges(self, conversation: str, learner: str = "") -> tuple[tuple[str, Exchange], ...]:
        """(id, exchange), oldest first. One that was never settled has the notice INTERRUPTED."""
        with self.session() as session:
            _owned(session, conversation, learner)
            return tuple(_exchanges(session, conversation))

    def rename(self, conversation: str, title: str, learner: str = "") -> None:
        """Gives a conversation a title of 1 to 120 characters."""
        line = one_line(title)
        if not 1 <= len(line) <= MAX_TITLE:
            raise JournalError(f"A title has 1 to {MAX_TITLE} characters, and this one has {len(line)}. Type another one.")
        with self.session(writes=True) as session:
            _owned(session, conversation, learner).title = line

    def delete(self, conversation: str, learner: str = "") -> None:
        """Deletes a conversation, from the file itself too. A full disk does not prevent it."""
        self.erase(lambda session: session.delete(_owned(session, conversation, learner)))

    def delete_all(self, learner: str) -> None:
        """Deletes all conversations, interviews and reviews of a learner, from the file itself too. A full disk does not prevent it."""

        def delete(session: Session) -> None:
            for row in (ConversationRow, InterviewRow, ReviewRow):
                session.execute(sa.delete(row).where(row.learner == learner))

        self.erase(delete)

    def erase(self, remove: Callable[[Session], None]) -> None:
        """Does what deletes, and wipes what was deleted from the file. Where the disk is full, room is made for it."""
        try:
            self._write(remove)
        except JournalError as error:
            if not (self._path and database.make_room(self._path, error.__cause__)):
                raise
            self._write(remove)
        with self._explained(), self._writing:
            if self._path and not database.empty_log(self._path):
                raise JournalError(f"It is deleted, but another program is reading {self._path}: traces stay beside it until Viva ends.")

    def export(self, conversation: str, learner: str = "") -> str:
        """A conversation in Markdown: its questions, answers, sources and notices."""
        with self.session() as session:
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

    @contextmanager
    def session(self, *, writes: bool = False) -> Iterator[Session]:
        """One transaction, kept when the block ends and undone when it raises. One that `writes` is alone from its beginning."""
        with self._explained(), self._writing if writes else nullcontext():
            engine = self._open(writes=writes).execution_options(writes=writes)
            with Session(engine, expire_on_commit=False) as session, session.begin():
                yield session
                if writes:
                    self._check_place()

    def _write(self, change: Callable[[Session], None]) -> None:
        with self.session(writes=True) as session:
            change(session)

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


def _owned(session: Session, conversation: str, learner: str) -> ConversationRow:
    row = session.get(ConversationRow, conversation)
    if row is None or row.learner != learner:
        raise JournalError("That conversation is not there any more. Choose another one or begin a new one.")
    return row


def _asked(session: Session, exchange: str, learner: str) -> ExchangeRow | None:
    row = session.get(ExchangeRow, exchange)
    if row:
        _owned(session, row.conversation_id, learner)
    return row


def _exchanges(session: Session, conversation: str) -> list[tuple[str, Exchange]]:
    query = sa.select(ExchangeRow).where(ExchangeRow.conversation_id == conversation).order_by(ExchangeRow.position)
    return [(row.id, exchange_from(row.question, row.reply, row.notice)) for row in session.scalars(query)]


def _listed(session: Session, learner: str) -> list[Conversation]:
    first = sa.select(ExchangeRow.question).where(ExchangeRow.conversation_id == ConversationRow.id).order_by(ExchangeRow.position).limit(1)
    updated = sa.func.max(ExchangeRow.updated_at)
    query = (
        sa.select(ConversationRow, first.correlate(ConversationRow).scalar_subquery(), updated, sa.func.count())
        .join(ExchangeRow, ExchangeRow.conversation_id == ConversationRow.id)
        .where(ConversationRow.learner == learner)
        .group_by(ConversationRow.id)
        .order_by(updated.desc())
    )
    rows = session.execute(query)
    return [Conversation(row.id, row.title or title_of(asked), row.created_at, latest, count) for row, asked, latest, count in rows]


def _found(session: Session, learner: str, words: Sequence[str]) -> dict[str, str]:
    """The snippet of the first exchange with all the words, for each conversation that has one."""
    first = (
        sa.select(ExchangeRow.conversation_id, sa.func.min(ExchangeRow.position))
        .join(ConversationRow, ExchangeRow.conversation_id == ConversationRow.id)
        .where(ConversationRow.learner == learner, *(ExchangeRow.folded.contains(word, autoescape=True) for word in words))
        .group_by(ExchangeRow.conversation_id)
    )
    rows = session.scalars(sa.select(ExchangeRow).where(sa.tuple_(ExchangeRow.conversation_id, ExchangeRow.position).in_(first)))
    kept = ((row.conversation_id, exchange_from(row.question, row.reply, row.notice)) for row in rows)
    return {conversation: snippet(searched(exchange), words) for conversation, exchange in kept}
