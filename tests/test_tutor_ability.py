"""Ability starts in the middle, follows the answers, forgets slowly, and carries over to other topics."""

from datetime import UTC, datetime, timedelta

import pytest

from corpus.types import LEVELS, Level
from tutor.ability import Ability, ability_in
from tutor.interview import Past

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def answered(score: float | None, days_ago: float = 0, topic: str = "Pans", level: Level | None = "intermediate") -> Past:
    return Past(f"item-{score}-{days_ago}", topic, level, NOW - timedelta(days=days_ago), score)


def test_it_starts_in_the_middle_and_unsure() -> None:
    ability = ability_in("Pans", (), NOW)
    assert (ability.level, ability.answers) == ("intermediate", 0)
    assert ability.expected("intermediate") == pytest.approx(5)
    assert ability.deviation == Ability().deviation


@pytest.mark.parametrize(("scores", "level"), [((9,), "advanced"), ((1,), "basic"), ((5,), "intermediate"), ((9, 1), "intermediate")])
def test_the_next_question_is_harder_after_good_answers_and_easier_after_bad_ones(scores: tuple[float, ...], level: Level) -> None:
    past = [answered(score, days_ago=len(scores) - n) for n, score in enumerate(scores)]
    assert ability_in("Pans", past, NOW).level == level


def test_a_hard_question_answered_well_tells_more_than_an_easy_one() -> None:
    values = [ability_in("Pans", [answered(8, level=level)], NOW).value for level in LEVELS]
    assert values == sorted(values)
    assert values[0] < values[-1] - 1


def test_each_answer_makes_it_surer_and_time_makes_it_unsure_again() -> None:
    deviations = [ability_in("Pans", [answered(6, days_ago=1)] * n, NOW).deviation for n in range(6)]
    assert deviations == sorted(deviations, reverse=True)
    past = [answered(6, days_ago=1)] * 5
    assert ability_in("Pans", past, NOW + timedelta(days=60)).deviation > ability_in("Pans", past, NOW).deviation
    assert ability_in("Pans", past, NOW + timedelta(days=6_000)).deviation == Ability().deviation


def test_older_answers_count_less() -> None:
    """The same good and bad answer: what came last decides, and the more so the longer ago the other was."""
    lately = ability_in("Pans", [answered(1, days_ago=2), answered(9, days_ago=1)], NOW).value
    long_ago = ability_in("Pans", [answered(1, days_ago=300), answered(9, days_ago=1)], NOW).value
    assert long_ago > lately > ability_in("Pans", [answered(9, days_ago=2), answered(1, days_ago=1)], NOW).value


def test_another_topic_starts_from_what_was_shown_elsewhere_but_less_sure() -> None:
    past = [answered(9, days_ago=n, topic="Pots") for n in range(6)]
    pans, pots = ability_in("Pans", past, NOW), ability_in("Pots", past, NOW)
    assert pans.value > 0.5
    assert pans.deviation > pots.deviation
    assert (pans.answers, pots.answers) == (0, 6)


def test_what_was_not_judged_or_lies_ahead_tells_nothing() -> None:
    assert ability_in("Pans", [answered(None), answered(9, days_ago=-1)], NOW) == Ability()


def test_the_order_in_which_answers_are_given_in_does_not_matter() -> None:
    past = [answered(score, days_ago=score) for score in (1, 9, 4)]
    assert ability_in("Pans", past, NOW) == ability_in("Pans", past[::-1], NOW)


def test_it_finds_a_known_ability() -> None:
    """A learner who always gets what the Rasch model says is measured within a tenth of a logit."""
    truth = Ability(value=0.8)
    past = [answered(truth.expected(level), days_ago=0.01 * n, level=level) for n in range(20) for level in LEVELS]
    assert ability_in("Pans", past, NOW).value == pytest.approx(0.8, abs=0.1)
