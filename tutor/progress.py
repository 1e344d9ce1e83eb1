"""How a learner is getting on, in numbers: what they master and how sure that is, what they miss, how they practise, what is due.

Pure, from what was answered and the cards that came of it, so that the page, the shell and a test see the same.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from corpus.types import QAItem
from tutor.ability import Ability, ability_in
from tutor.attempts import placed
from tutor.bank import topic_of
from tutor.deck import Deck, Limits
from tutor.delivery import Delivery
from tutor.due import Due, due_of
from tutor.gaps import address_of
from tutor.interview import Interview, Past
from tutor.report import delivery_of
from tutor.schedule import Card

MOST = 8
"""Points that are shown among those missed most."""
_NINE_IN_TEN = 1.645  # standard deviations to either side


@dataclass(frozen=True, slots=True)
class Mastery:
    """A topic: the score, 0..10, that is expected of a question of middle difficulty, and the band in which it lies nine times in ten.

    `answers` is what it rests on: questions that were judged, and reviews of single points.
    """

    topic: str
    score: float
    band: tuple[float, float]
    answers: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which something was answered: whole questions with their mean score (None: none was judged), and points reviewed."""

    day: date
    questions: int
    score: float | None
    reviews: int


@dataclass(frozen=True, slots=True)
class Streak:
    """Days in a row with an answer, up to today or yesterday, and the most there ever were. `today` says whether today is one."""

    days: int
    best: int
    today: bool


@dataclass(frozen=True, slots=True)
class Missed:
    """A point that was missed. `address` opens the tutor on its question; `gone` says that the documents do not have the point now."""

    card: Card
    question: str
    topic: str
    address: str
    gone: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """How an interview was spoken, and when."""

    day: date
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Progress:
    """All of it. Topics come weakest first, days and interviews oldest first, points by how often they were missed."""

    topics: tuple[Mastery, ...]
    days: tuple[Day, ...]
    streak: Streak
    missed: tuple[Missed, ...]
    resting: tuple[Missed, ...]
    spoken: tuple[Spoken, ...]
    due: Due
    limits: Limits
    cards: int

    @property
    def is_new(self) -> bool:
        """Whether there is nothing to show yet."""
        return not self.days and not self.cards


def progress_of(
    past: Sequence[Past],
    deck: Deck,
    interviews: Iterable[Interview],
    items: Mapping[str, QAItem],
    now: datetime,
    zone: tzinfo,
    askable: Callable[[Card], bool],
) -> Progress:
    """The progress of a learner at a time, with days as they are in a zone. `past` is what they were asked, oldest first."""
    judged = [one for one in placed(past, items) if one.score is not None]
    days = days_of(judged, zone)
    points = sorted(deck.cards.values(), key=lambda card: (-card.missed, card.last is None, card.due, card.id))
    return Progress(
        topics=mastery(judged, now),
        days=days,
        streak=streak_of([day.day for day in days], now.astimezone(zone).date()),
        missed=tuple(_missed(card, items, askable) for card in points if card.missed and not card.suspended)[:MOST],
        resting=tuple(_missed(card, items, askable) for card in points if card.suspended),
        spoken=_spoken(interviews, zone),
        due=due_of(deck, now, zone, askable),
        limits=deck.limits,
        cards=len(deck.cards),
    )


def mastery(judged: Sequence[Past], now: datetime) -> tuple[Mastery, ...]:
    """Each topic in which something was answered, the weakest first."""
    topics = dict.fromkeys(one.topic for one in judged)
    return tuple(sorted((_mastery(topic, ability_in(topic, judged, now)) for topic in topics), key=lambda one: (one.score, one.topic)))


def days_of(judged: Iterable[Past], zone: tzinfo) -> tuple[Day, ...]:
    """The days on which something was answered, oldest first."""
    found: defaultdict[date, list[Past]] = defaultdict(list)
    for one in judged:
        found[one.at.astimezone(zone).date()].append(one)
    return tuple(_day(day, found[day]) for day in sorted(found))


def streak_of(days: Sequence[date], today: date) -> Streak:
    """The run of days that goes on now, and the longest. A day that has only begun does not break it."""
    runs: list[list[date]] = []
    for day in sorted({day for day in days if day <= today}):
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    current = runs[-1] if runs and today - runs[-1][-1] <= timedelta(days=1) else []
    return Streak(len(current), max(map(len, runs), default=0), bool(current) and current[-1] == today)


def _mastery(topic: str, ability: Ability) -> Mastery:
    def expected(deviations: float) -> float:
        return Ability(ability.value + deviations * ability.deviation).expected("intermediate")

    return Mastery(topic, expected(0.0), (expected(-_NINE_IN_TEN), expected(_NINE_IN_TEN)), ability.answers)


def _day(day: date, past: Sequence[Past]) -> Day:
    scores = [one.score for one in past if one.share == 1 and one.score is not None]
    return Day(day, len(scores), sum(scores) / len(scores) if scores else None, len(past) - len(scores))


def _missed(card: Card, items: Mapping[str, QAItem], askable: Callable[[Card], bool]) -> Missed:
    item = items.get(card.item)
    question = item.question if item else card.item
    return Missed(card, question, topic_of(item) if item else "", address_of(question), not askable(card))


def _spoken(interviews: Iterable[Interview], zone: tzinfo) -> tuple[Spoken, ...]:
    found = ((one, [answer.delivery for turn in one.turns for answer in turn.answers if answer.delivery]) for one in interviews)
    measured = ((one.started_at.astimezone(zone).date(), delivery_of(parts)) for one, parts in found)
    return tuple(Spoken(day, delivery) for day, delivery in measured if delivery)
