"""The events of everybody's reviews, in the journal's file. Nothing is ever changed there: events are added, or all of a learner deleted.

An event has an id, and the same id twice is the same event, so whoever reads old verdicts again, or presses twice, adds nothing. What was
made of the events is remembered, and only what came after is read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from tutor.conversations import exchange_from
from tutor.deck import Deck, Note, note_from, note_to_json, replay
from tutor.journal import Journal
from tutor.tables import ConversationRow, ExchangeRow, ReviewRow
from tutor.types import Graded

_REMEMBERED = 64  # learners
_JUDGED = '"graded": {'  # in the JSON of a reply that judges an answer; within a text the quotes would be escaped


@dataclass(frozen=True, slots=True)
class Quizzed:
    """A verdict in a conversation, and when the answer was given."""

    conversation: str
    at: datetime
    graded: Graded


class ReviewRecords:
    """The reviews of all learners; "" is the one learner of a Viva without accounts. Every method raises JournalError."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._known: dict[str, tuple[Deck, int]] = {}
        self._seen: dict[str, dict[str, str]] = {}

    def deck(self, learner: str = "") -> Deck:
        """What all events make. Raises ReviewError too, where one cannot be understood."""
        deck, position = self._known.get(learner, (Deck(), 0))
        rows = self._since(learner, position)
        if position and (not rows or rows[0][0] != position):  # deleted, or another file has taken the place of the one that was read
            deck, rows = Deck(), self._since(learner, 0)
        notes = [note_from(body) for at, body in rows if at != position or not deck.known]
        if notes:
            deck = replay(deck, notes)
        if rows:
            while len(self._known) >= _REMEMBERED:
                self._known.pop(next(iter(self._known)), None)
            self._known[learner] = deck, rows[-1][0]
        else:
            self._known.pop(learner, None)
        return deck

    def written(self, learner: str = "") -> tuple[str, ...]:
        """All events, oldest first, as they are kept."""
        return tuple(body for _, body in self._since(learner, 0))

    def add(self, notes: Iterable[Note], learner: str = "") -> Deck:
        """Keeps events, those that are not kept yet, all of them or none. On the disk when it returns the deck after them."""
        rows = [{"learner": learner, "id": note.id, "kind": note.kind, "body": note_to_json(note)} for note in notes]
        if rows:
            with self._journal.session(writes=True) as session:
                session.execute(insert(ReviewRow).on_conflict_do_nothing(), rows)
        return self.deck(learner)

    def quizzed(self, learner: str = "") -> tuple[Quizzed, ...]:
        """The verdicts in a learner's conversations that were not there at the last call, oldest first; at the first call, all."""
        mine = sa.and_(ConversationRow.id == ExchangeRow.conversation_id, ConversationRow.learner == learner)
        times = sa.select(ExchangeRow.id, sa.type_coerce(ExchangeRow.updated_at, sa.String).label("at")).join(ConversationRow, mine)
        seen = self._seen.setdefault(learner, {})
        with self._journal.session() as session:
            now = {row.id: row.at for row in session.execute(times)}
            new = [name for name, at in now.items() if seen.get(name) != at]
            rows = [row for start in range(0, len(new), 500) for row in _judged(session, new[start : start + 500])]
        self._seen[learner] = now
        found = ((row, exchange_from(row.question, row.reply, row.notice).reply) for row in sorted(rows, key=lambda row: row.created_at))
        return tuple(Quizzed(row.conversation_id, row.created_at, reply.graded) for row, reply in found if reply and reply.graded)

    def read_again(self, learner: str = "") -> None:
        """Has `quizzed` begin anew, since what it found could not be kept."""
        self._seen.pop(learner, None)

    def _since(self, learner: str, position: int) -> list[tuple[int, str]]:
        query = sa.select(ReviewRow.position, ReviewRow.body).where(ReviewRow.learner == learner, ReviewRow.position >= position)
        with self._journal.session() as session:
            return [(row.position, row.body) for row in session.execute(query.order_by(ReviewRow.position))]


def _judged(session: sa.orm.Session, names: list[str]) -> list[ExchangeRow]:
    query = sa.select(ExchangeRow).where(ExchangeRow.id.in_(names), ExchangeRow.reply.contains(_JUDGED, autoescape=True))
    return list(session.scalars(query))
