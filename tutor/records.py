"""The events of every interview, in the journal's file. Nothing is ever changed there: events are added, or the whole interview is deleted.

Whoever adds an event says upon which one. If another tab was faster, nothing is added, and the event is thought over again in view of what
happened there. Interviews of others are not there, as conversations of others are not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tutor.course import begun, event_from, event_to_json, replay
from tutor.events import Event, InterviewError, Started
from tutor.interview import Interview, Past, Summary, past_of, summary_of
from tutor.journal import Journal, JournalError
from tutor.tables import EventRow, InterviewRow

Kept = Literal["kept", "known", "overtaken"]
"""What became of an event: it was added, it was there already, or another one came between and nothing was added."""


class Records:
    """The interviews of all learners; "" is the one learner of a Viva without accounts. Every method raises JournalError."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

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
            query = sa.select(EventRow.position, EventRow.body).where(EventRow.interview_id == interview).order_by(EventRow.position)
            rows = session.execute(query).all()
        return replay(event_from(body) for _, body in rows), rows[-1].position if rows else 0

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
        return tuple(_summary(stored) for stored in self._all(learner))[::-1]

    def unfinished(self, learner: str = "") -> Interview | None:
        """The newest interview that has not ended, if there is one."""
        running = [summary.id for summary in self.interviews(learner) if summary.phase != "ended"]
        return self.read(running[0], learner)[0] if running else None

    def past(self, learner: str = "", besides: str = "") -> tuple[Past, ...]:
        """What the learner was asked, oldest first, in all interviews that can be read but one."""
        found = [stored.found for stored in self._all(learner) if stored.id != besides]
        return tuple(one for interview in found if isinstance(interview, Interview) for one in past_of(interview))

    def waiting(self) -> tuple[tuple[str, str], ...]:
        """(interview, learner) for all that have closed questions without a verdict, of all learners, oldest first."""
        return tuple((one.id, one.learner) for one in self._all(None) if _summary(one).waiting)

    def delete(self, interview: str, learner: str = "") -> None:
        """Deletes an interview, from the file itself too. A full disk does not prevent it."""
        self._journal.erase(lambda session: session.delete(_owned(session, interview, learner)))

    def _all(self, learner: str | None) -> Iterator["_Stored"]:
        """Interviews as far as they are needed to look back on them, without what was typed and not sent, oldest first."""
        query = (
            sa.select(InterviewRow.id, InterviewRow.learner, InterviewRow.started_at, EventRow.body)
            .join(EventRow, EventRow.interview_id == InterviewRow.id)
            .where(EventRow.kind != "drafted", sa.true() if learner is None else InterviewRow.learner == learner)
            .order_by(InterviewRow.started_at, InterviewRow.id, EventRow.position)
        )
        with self._journal.session() as session:
            rows = session.execute(query).all()
        for (name, owner, started_at), group in groupby(rows, key=lambda row: (row.id, row.learner, row.started_at)):
            yield _Stored(name, owner, started_at, _replayed([row.body for row in group]))


@dataclass(frozen=True, slots=True)
class _Stored:
    """An interview as it was found, or why it cannot be read."""

    id: str
    learner: str
    started_at: datetime
    found: Interview | InterviewError


def _row(interview: str, event: Event, position: int) -> EventRow:
    return EventRow(id=event.id, interview_id=interview, position=position, kind=event.kind, body=event_to_json(event))


def _owned(session: Session, interview: str, learner: str) -> InterviewRow:
    row = session.get(InterviewRow, interview)
    if row is None or row.learner != learner:
        raise JournalError("That interview is not there any more. Choose another one or begin a new one.")
    return row


def _replayed(bodies: list[str]) -> Interview | InterviewError:
    try:
        return replay(map(event_from, bodies))
    except InterviewError as error:
        return error


def _summary(stored: _Stored) -> Summary:
    found = stored.found
    return summary_of(found) if isinstance(found, Interview) else Summary(stored.id, stored.started_at, problem=str(found))
