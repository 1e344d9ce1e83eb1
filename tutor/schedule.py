"""When to ask again: FSRS, once for each key point that was missed, since a question as a whole is rarely either known or not.

Pure: the same grades at the same times give the same dates, so a schedule can be rebuilt by replay. There are no steps of minutes, as
flashcards have them: who has just read an answer recalls it from the screen and not from memory. All times are UTC.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal, get_args

import fsrs

from tutor.types import PointStatus

Rating = Literal["again", "hard", "good", "easy"]
RATINGS: tuple[Rating, ...] = get_args(Rating)
EASY = 9.0
"""The score of a whole answer from which what it covers counts as easy, where it needed no hint."""

_RATINGS: dict[PointStatus, Rating] = {"covered": "good", "partial": "hard", "missed": "again", "wrong": "again"}
_FSRS = {
    "again": fsrs.Rating.Again,
    "hard": fsrs.Rating.Hard,
    "good": fsrs.Rating.Good,
    "easy": fsrs.Rating.Easy,
}
_LONGEST = 365  # days: an interview is nearer than that
_RELEARNT = timedelta(days=1)  # what was missed is asked the next day, however long it was known before
_SCHEDULER = fsrs.Scheduler(learning_steps=(), relearning_steps=(), maximum_interval=_LONGEST, enable_fuzzing=False)


@dataclass(frozen=True, slots=True)
class Grade:
    """How well a point was recalled once. `source` is the id of the event that says so."""

    source: str
    at: datetime
    rating: Rating


@dataclass(frozen=True, slots=True)
class Card:
    """One key point of one item, by the point's own words, and when it is due: on which day, tutor/due.py says.

    `stability` are the days after which it is recalled nine times in ten, `difficulty` is 1..10; both None before its first grade.
    `wanted` says that the learner wants it now, `suspended` that it rests until they say otherwise.
    """

    item: str
    point: str
    due: datetime
    stability: float | None = None
    difficulty: float | None = None
    grades: tuple[Grade, ...] = ()
    wanted: bool = False
    suspended: bool = False

    @property
    def id(self) -> str:
        """The same for the same point of the same item, everywhere."""
        return sha256(f"{self.item}\n{self.point}".encode()).hexdigest()[:16]

    @property
    def last(self) -> datetime | None:
        """When it was graded last."""
        return self.grades[-1].at if self.grades else None

    @property
    def missed(self) -> int:
        """How often it was missed or said wrongly."""
        return sum(grade.rating == "again" for grade in self.grades)


def rating_of(status: PointStatus, *, easy: bool = False) -> Rating:
    """What a mark is to the schedule. `easy` says that the whole answer was excellent."""
    rating = _RATINGS[status]
    return "easy" if easy and rating == "good" else rating


def graded(card: Card, grade: Grade) -> Card:
    """The card after one more grade. A clock that went back counts as one that stood still."""
    at = max(grade.at.astimezone(UTC), card.last or grade.at.astimezone(UTC))
    memory = fsrs.Card(
        card_id=0,
        state=fsrs.State.Review if card.grades else fsrs.State.Learning,
        stability=card.stability,
        difficulty=card.difficulty,
        due=at,
        last_review=card.last,
    )
    after, _ = _SCHEDULER.review_card(memory, _FSRS[grade.rating], at)
    due = min(after.due, at + _RELEARNT) if grade.rating == "again" else after.due
    return replace(
        card,
        due=due,
        stability=after.stability,
        difficulty=after.difficulty,
        grades=(*card.grades, replace(grade, at=at)),
        wanted=False,
    )


def first(item: str, point: str, grade: Grade) -> Card | None:
    """The card that a first grade makes; None where the point was known, since nothing is to be learnt then."""
    return graded(Card(item, point, grade.at.astimezone(UTC)), grade) if grade.rating in ("again", "hard") else None


def regraded(card: Card, grades: Iterable[Grade]) -> Card | None:
    """The card as other grades would have made it; None where the point was never missed and nobody asked for it."""
    after: Card | None = None
    for grade in grades:
        after = graded(after, grade) if after else first(card.item, card.point, grade)
    if after is None:
        return replace(card, stability=None, difficulty=None, grades=()) if card.wanted else None
    return replace(after, wanted=card.wanted, suspended=card.suspended)
