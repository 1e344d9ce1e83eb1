"""How able a learner is in each topic, from past answers: the Rasch model (1960), kept up to date as Glicko does (Glickman, 1999).

One number a topic, in logits: at 0 half the marks of a question of middle difficulty are expected. Each answer moves it by how far its
marks were from what was expected, the less the surer it already is. Time makes it unsure again, so that older answers count less. What
was shown in other topics is where a new topic starts.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from corpus.types import Level
from tutor.interview import Past

DIFFICULTY: dict[Level, float] = {"basic": -1.0, "intermediate": 0.0, "advanced": 1.0}
"""The ability in logits at which half the marks of a question are expected."""
_START = 4.0  # variance before anything is known: one good answer is enough to be asked harder things
_APART = 1.0  # variance between the topics of one learner
_DRIFT = 0.02  # variance that a day adds: what was known half a year ago is a guess
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Ability:
    """Ability in a topic, in logits, its standard deviation, and the number of answers in that topic that it rests on."""

    value: float = 0.0
    deviation: float = math.sqrt(_START)
    answers: int = 0

    @property
    def level(self) -> Level:
        """The level whose questions tell most: the one where about half the marks are expected."""
        return min(DIFFICULTY, key=lambda level: abs(DIFFICULTY[level] - self.value))

    def expected(self, level: Level | None) -> float:
        """The score, 0..10, that is expected for a question of this level."""
        return 10 * _share(self.value - difficulty(level))


def difficulty(level: Level | None) -> float:
    """The difficulty of a level in logits; that of the middle where none is known."""
    return DIFFICULTY[level] if level else 0.0


def ability_in(topic: str, past: Sequence[Past], now: datetime) -> Ability:
    """The ability in one topic, from all that was answered up to now. Answers that were not judged tell nothing."""
    others = _measured((one for one in past if one.topic != topic), Ability(), now)
    start = Ability(others.value, math.sqrt(min(others.deviation**2 + _APART, _START)))
    return _measured((one for one in past if one.topic == topic), start, now)


def _measured(past: Iterable[Past], ability: Ability, now: datetime) -> Ability:
    """Where the answers lead from a first estimate."""
    value, variance, answers = ability.value, ability.deviation**2, 0
    last: datetime | None = None
    for one in sorted(past, key=lambda one: one.at):
        if one.score is None or one.at > now:
            continue
        variance = _later(variance, last, one.at)
        expected = _share(value - difficulty(one.level))
        variance = 1 / (1 / variance + one.share * expected * (1 - expected))
        value += variance * one.share * (one.score / 10 - expected)
        last, answers = one.at, answers + 1
    return Ability(value, math.sqrt(_later(variance, last, now)), answers)


def _later(variance: float, last: datetime | None, now: datetime) -> float:
    days = (now - last).total_seconds() / _DAY_S if last else 0.0
    return min(variance + _DRIFT * days, _START)


def _share(logits: float) -> float:
    """The share of marks, 0..1, that is expected this far above a question's difficulty."""
    return 1 / (1 + math.exp(-logits))
