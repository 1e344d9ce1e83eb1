"""The events of every interview, in the journal's file. Nothing is ever changed there: events are added, or the whole interview is deleted.

Whoever adds an event says upon which one. If another tab was faster, nothing is added, and the event is thought over again in view of what
happened there. Interviews of others are not there, as conversations of others are not.

Since what is kept never changes, what was made of it is remembered, and only what came after it is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tutor.course import advance, begun, event_from, event_to_json, replay
from tutor.events import Event, InterviewError, Started
from tutor.interview import Interview, Past, Summary, past_of, summary_of
from tutor.journal import Journal, JournalError
from tutor.tables import EventRow, InterviewRow

Kept = Literal["kept", "known", "overtaken"]
"""What became of an event: it was added, it was there already, or another one came between and nothing was added."""

_REMEMBERED = 256  # interviews


class Records:
    """The interviews of all learners; "" is the one learner of a Viva without accounts. Every method raises JournalError."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._known: dict[str, _Known] = {}

    def begin(self, started: Started, learner: str = "") -> Interview:
        """Keeps a new interview, whose id is the event's. Beginning it twice changes nothing."""
        with self._journal.session(writes=True) as session:
            known = session.get(InterviewRow, started.id)
            if known is None:
                session.add(InterviewRow(id=started.id, learner=learner, started_at=started.at))
                session.flush()
                session.add(_row(started.id, started, 1))
                return begun(started)
        return self.read(started.id, learner)[0]

    def read(self, interview: str, learner: str = "") -> tuple[Interview, int]:
        """An interview and the position of its last event. Raises InterviewError too, where its events cannot be understood."""
        with self._journal.session() as session:
            _owned(session, interview, learner)
            known = self._read(session, interview)
        return known.interview, known.position

    def add(self, interview: str, event: Event, after: int, learner: str = "") -> Kept:
        """Keeps an event, if the last one of the interview still is at the position `after`. On the disk when it returns "kept"."""
        with self._journal.session(writes=True) as session:
            _owned(session, interview, learner)
            known = session.get(EventRow, event.id)
            if known:
                if known.interview_id != interview:
                    raise JournalError("That belongs to another interview. Reload the page and try again.")
                return "known"
            if session.scalar(sa.select(sa.func.max(EventRow.position)).where(EventRow.interview_id == interview)) != after:
                return "overtaken"
            session.add(_row(interview, event, after + 1))
        return "kept"

    def interviews(self, learner: str = "") -> tuple[Summary, ...]:
        """The learner's interviews, newest first. One that cannot be read is listed with its problem."""
        return tuple(_summary(found) for found in self._all(learner))[::-1]

    def unfinished(self, learner: str = "") -> Interview | None:
        """The newest interview that has not ended, if there is one."""
        running = [summary.id for summary in self.interviews(learner) if summary.phase != "ended"]
        return self.read(running[0], learner)[0] if running else None

    def readable(self, learner: str = "") -> tuple[Interview, ...]:
        """The learner's interviews that can be read, oldest first."""
        return tuple(found.interview for found in self._all(learner) if isinstance(found.interview, Interview))

    def past(self, learner: str = "", besides: str = "") -> tuple[Past, ...]:
        """What the learner was asked, oldest first, in all interviews that can be read but one."""
        return tuple(one for interview in self.readable(learner) if interview.id != besides for one in past_of(interview))

    def written(self, interview: str, learner: str = "") -> tuple[str, ...]:
        """All that happened in an interview, oldest first, as it is kept."""
        with self._journal.session() as session:
            _owned(session, interview, learner)
            query = sa.select(EventRow.body).where(EventRow.interview_id == interview)
            return tuple(session.scalars(query.order_by(EventRow.position)))

    def waiting(self) -> tuple[tuple[str, str], ...]:
        """(interview, learner) for all that have closed questions without a verdict, of all learners, oldest first."""
        return tuple((one.id, one.learner) for one in self._all(None) if _summary(one).waiting)

    def delete(self, interview: str, learner: str = "") -> None:
        """Deletes an interview, from the file itself too. A full disk does not prevent it."""
        self._journal.erase(lambda session: session.delete(_owned(session, interview, learner)))

    def _all(self, learner: str | None) -> Iterator["_Found"]:
        """The interviews of a learner, or of everybody, oldest first."""
        last = sa.select(EventRow.interview_id, sa.func.max(EventRow.position).label("position")).group_by(EventRow.interview_id).subquery()
        query = (
            sa.select(InterviewRow.id, InterviewRow.learner, InterviewRow.started_at, EventRow.id.label("event"))
            .join(last, last.c.interview_id == InterviewRow.id)
            .join(EventRow, sa.and_(EventRow.interview_id == InterviewRow.id, EventRow.position == last.c.position))
            .where(sa.true() if learner is None else InterviewRow.learner == learner)
            .order_by(InterviewRow.started_at, InterviewRow.id)
        )
        with self._journal.session() as session:
            for row in session.execute(query).all():
                known = self._known.get(row.id)
                current = known.interview if known and known.event == row.event else self._attempt(session, row.id)
                yield _Found(row.id, row.learner, row.started_at, current)

    def _attempt(self, session: Session, interview: str) -> Interview | InterviewError:
        try:
            return self._read(session, interview).interview
        except InterviewError as error:
            return error

    def _read(self, session: Session, interview: str) -> "_Known":
        """What is known of an interview, with what came since. Raises InterviewError."""
        known = self._known.get(interview)
        columns = sa.select(EventRow.id, EventRow.position, EventRow.body).where(EventRow.interview_id == interview)
        since = columns.where(EventRow.position >= known.position) if known else columns
        rows = session.execute(since.order_by(EventRow.position)).all()
        if known and (not rows or rows[0].id != known.event):  # another file has taken the place of the one that it was read from
            self._known.pop(interview, None)
            return self._read(session, interview)
        events = [event_from(row.body) for row in rows]
        current = reduce(advance, events[1:], known.interview) if known else replay(events)
        while len(self._known) >= _REMEMBERED:
            self._known.pop(next(iter(self._known)), None)
        known = self._known[interview] = _Known(current, rows[-1].id, rows[-1].position)
        return known


@dataclass(frozen=True, slots=True)
class _Known:
    """An interview as it was after this event."""

    interview: Interview
    event: str
    position: int


@dataclass(frozen=True, slots=True)
class _Found:
    """Whose an interview is and what it is, or why it cannot be read."""

    id: str
    learner: str
    started_at: datetime
    interview: Interview | InterviewError


def _row(interview: str, event: Event, position: int) -> EventRow:
    return EventRow(id=event.id, interview_id=interview, position=position, kind=event.kind, body=event_to_json(event))


def _owned(session: Session, interview: str, learner: str) -> InterviewRow:
    row = session.get(InterviewRow, interview)
    if row is None or row.learner != learner:
        raise JournalError("That interview is not there any more. Choose another one or begin a new one.")
    return row


def _summary(found: _Found) -> Summary:
    interview = found.interview
    return summary_of(interview) if isinstance(interview, Interview) else Summary(found.id, found.started_at, problem=str(interview))
