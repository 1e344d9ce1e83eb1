"""What happened to the points that a learner reviews, and the cards that all of it makes, by replay.

An event is never changed. A verdict that an appeal corrected and a rating that the learner overruled are said by later events, and the
cards are then as if they had been right from the beginning.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from corpus.errors import UserError
from tutor.conversations import storable
from tutor.schedule import Card, Grade, Rating, first, graded, rating_of, regraded
from tutor.types import PointMark, PointStatus

Key = tuple[str, str]
"""(item, point): the id of an item and the point's own words."""


class ReviewError(UserError):
    """A review that cannot be read or gone on with."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many points are asked for the first time in a day, and how many in all. What the learner wants now comes on top."""

    new: int = 10
    total: int = 40


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that happened once, at a time in UTC. Events of one learner that have the same id are the same event."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Marked(Noted):
    """A verdict on an answer to a whole item. `score` is after the cost of hints; `easy` says that the answer was excellent."""

    item: str
    score: float
    marks: tuple[tuple[str, PointStatus], ...]
    origin: Literal["interview", "quiz"]
    easy: bool = False
    kind: Literal["marked"] = "marked"


@dataclass(frozen=True, slots=True)
class Corrected(Noted):
    """An appeal, or a second judgement, changed the verdict of the event `of`. It changes grades and gives none."""

    of: str
    score: float
    marks: tuple[tuple[str, PointStatus], ...]
    easy: bool = False
    kind: Literal["corrected"] = "corrected"


@dataclass(frozen=True, slots=True)
class Replied(Noted):
    """What the learner answered to a question on a point, before it is judged."""

    review: str
    item: str
    point: str
    question: str
    answer: str
    kind: Literal["replied"] = "replied"


@dataclass(frozen=True, slots=True)
class Reviewed(Noted):
    """A question on a point was answered and judged. `mark` counts in `answer`; its text is the point."""

    item: str
    question: str
    answer: str
    mark: PointMark
    rating: Rating
    feedback: str = ""
    engine: str = ""
    kind: Literal["reviewed"] = "reviewed"


@dataclass(frozen=True, slots=True)
class Overruled(Noted):
    """The learner knows better how well they knew it in the review `of`."""

    of: str
    rating: Rating
    kind: Literal["overruled"] = "overruled"


@dataclass(frozen=True, slots=True)
class Suspended(Noted):
    """The point rests."""

    item: str
    point: str
    kind: Literal["suspended"] = "suspended"


@dataclass(frozen=True, slots=True)
class Resumed(Noted):
    """The point is asked again when it is due."""

    item: str
    point: str
    kind: Literal["resumed"] = "resumed"


@dataclass(frozen=True, slots=True)
class Forgotten(Noted):
    """The card is thrown away. The point gets a new one when it is missed again."""

    item: str
    point: str
    kind: Literal["forgotten"] = "forgotten"


@dataclass(frozen=True, slots=True)
class WantedNow(Noted):
    """The learner wants to be asked these points now."""

    item: str
    points: tuple[str, ...]
    kind: Literal["wanted"] = "wanted"


@dataclass(frozen=True, slots=True)
class Limited(Noted):
    """The learner chose how much a day brings."""

    limits: Limits
    kind: Literal["limited"] = "limited"


Note = Marked | Corrected | Replied | Reviewed | Overruled | Suspended | Resumed | Forgotten | WantedNow | Limited
_NOTE: TypeAdapter[Note] = TypeAdapter(Annotated[Note, Field(discriminator="kind")])


@dataclass(frozen=True, slots=True)
class Deck:
    """All cards of a learner, and what was answered: verdicts on whole items and reviews of points, each by its event, oldest first.

    What was corrected or overruled is here as it was then. `replies` are answers that have not been judged, by their review.
    """

    cards: Mapping[Key, Card] = field(default_factory=dict)
    marked: Mapping[str, Marked] = field(default_factory=dict)
    reviewed: Mapping[str, Reviewed] = field(default_factory=dict)
    replies: Mapping[str, Replied] = field(default_factory=dict)
    limits: Limits = Limits()
    known: frozenset[str] = frozenset()

    def card(self, name: str) -> Card:
        """The card of an id. Raises ReviewError."""
        found = next((card for card in self.cards.values() if card.id == name), None)
        if found is None:
            raise ReviewError("That point is not among your reviews any more. Reload the page.")
        return found


def note_to_json(note: Note) -> str:
    """An event as it is kept."""
    return storable(json.dumps(_NOTE.dump_python(note, mode="json"), ensure_ascii=False))


def note_from(text: str) -> Note:
    """An event as it was kept. Raises ReviewError where a newer version kept it, or where it is damaged."""
    try:
        return _NOTE.validate_json(text)
    except ValidationError as error:
        raise ReviewError("A part of your reviews is damaged, or a newer Viva wrote it. Start that version to go on.") from error


def replay(deck: Deck, notes: Iterable[Note]) -> Deck:
    """The deck after some events. One that it knows changes nothing, and none fails."""
    after = _Replay(deck)
    for note in notes:
        after.add(note)
    return after.deck()


class _Replay:
    """A deck while events are added to it: copied once, however many they are."""

    def __init__(self, deck: Deck) -> None:
        self._cards, self._marked, self._reviewed = dict(deck.cards), dict(deck.marked), dict(deck.reviewed)
        self._replies, self._limits, self._known = dict(deck.replies), deck.limits, set(deck.known)

    def deck(self) -> Deck:
        return Deck(self._cards, self._marked, self._reviewed, self._replies, self._limits, frozenset(self._known))

    def add(self, note: Note) -> None:
        if note.id in self._known:
            return
        self._known.add(note.id)
        match note:
            case Marked() | Corrected():
                self._judge(note)
            case Replied():
                self._replies[note.review] = note
            case Reviewed() | Overruled():
                self._review(note)
            case WantedNow():
                self._want(note)
            case Limited():
                self._limits = note.limits
            case Suspended() | Resumed() | Forgotten():
                self._put_aside(note)

    def _judge(self, note: Marked | Corrected) -> None:
        if isinstance(note, Marked):
            self._marked[note.id] = note
            for point, status in note.marks:
                self._grade((note.item, point), Grade(note.id, note.at, rating_of(status, easy=note.easy)))
        elif old := self._marked.get(note.of):
            self._marked[old.id] = replace(old, score=note.score, marks=note.marks, easy=note.easy)
            for point, status in note.marks:
                self._regrade((old.item, point), old.id, rating_of(status, easy=note.easy))

    def _review(self, note: Reviewed | Overruled) -> None:
        if isinstance(note, Reviewed):
            self._reviewed[note.id] = note
            self._replies.pop(note.id, None)
            self._grade((note.item, note.mark.text), Grade(note.id, note.at, note.rating))
        elif old := self._reviewed.get(note.of):
            self._reviewed[old.id] = replace(old, rating=note.rating)
            self._regrade((old.item, old.mark.text), old.id, note.rating)

    def _grade(self, key: Key, grade: Grade) -> None:
        card = self._cards.get(key)
        after = graded(card, grade) if card else first(*key, grade)
        if after:
            self._cards[key] = after

    def _regrade(self, key: Key, source: str, rating: Rating) -> None:
        card = self._cards.get(key)
        if card is None or not any(grade.source == source and grade.rating != rating for grade in card.grades):
            return
        after = regraded(card, [replace(grade, rating=rating) if grade.source == source else grade for grade in card.grades])
        if after:
            self._cards[key] = after
        else:
            del self._cards[key]

    def _want(self, note: WantedNow) -> None:
        for point in note.points:
            card = self._cards.get((note.item, point)) or Card(note.item, point, note.at)
            self._cards[note.item, point] = replace(card, wanted=True, suspended=False)

    def _put_aside(self, note: Suspended | Resumed | Forgotten) -> None:
        card = self._cards.get((note.item, note.point))
        if card and isinstance(note, Forgotten):
            del self._cards[note.item, note.point]
        elif card:
            self._cards[note.item, note.point] = replace(card, suspended=isinstance(note, Suspended))
