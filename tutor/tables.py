"""The rows that the journal keeps, as SQLAlchemy sees them. The tables themselves are made by tutor/database.py."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcTime(sa.TypeDecorator[datetime]):
    """A time with its zone. SQLite keeps none: what is written there is always UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """The time as it was before it was kept."""
        return value.replace(tzinfo=value.tzinfo or UTC) if value else None


class Row(DeclarativeBase):
    """What is kept of one thing."""

    type_annotation_map = {datetime: UtcTime}  # noqa: RUF012


class ConversationRow(Row):
    """`title` is None until the learner gives one. `version` counts the changes, so that none is made upon a row read before another."""

    __tablename__ = "conversations"
    id: Mapped[str] = mapped_column(primary_key=True)
    learner: Mapped[str] = mapped_column(index=True)
    title: Mapped[str | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ExchangeRow(Row):
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


class InterviewRow(Row):
    """An interview is its events; this says only whose they are."""

    __tablename__ = "interviews"
    id: Mapped[str] = mapped_column(primary_key=True)
    learner: Mapped[str] = mapped_column(index=True)
    started_at: Mapped[datetime]


class EventRow(Row):
    """`body` is JSON, and never changed.

    Two events of one interview cannot have one `position`, so nobody can write upon what they have not read.
    """

    __tablename__ = "events"
    id: Mapped[str] = mapped_column(primary_key=True)
    interview_id: Mapped[str] = mapped_column(sa.ForeignKey("interviews.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str]
    body: Mapped[str]


class ReviewRow(Row):
    """What happened to a learner's reviews: `body` is JSON and never changed, `position` the order, and `id` the same event's for ever."""

    __tablename__ = "reviews"
    position: Mapped[int] = mapped_column(primary_key=True)
    learner: Mapped[str] = mapped_column(index=True)
    id: Mapped[str]
    kind: Mapped[str]
    body: Mapped[str]
