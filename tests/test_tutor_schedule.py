"""Points come back later the better they are known, the same on every machine, whatever the clock does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tutor.due import is_due
from tutor.schedule import Card, Grade, Rating, first, graded, rating_of, regraded
from tutor.types import PointStatus

NOW = datetime(2026, 3, 4, 20, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD: tuple[Rating, ...] = ("good",)
EASY: tuple[Rating, ...] = ("easy",)


def after(*ratings: Rating, every: timedelta = 2 * DAY) -> Card:
    card = first("pan", "It is flat.", Grade("0", NOW, ratings[0]))
    assert card
    for n, rating in enumerate(ratings[1:], 1):
        card = graded(card, Grade(str(n), NOW + n * every, rating))
    return card


def days(card: Card) -> float:
    assert card.last
    return (card.due - card.last) / DAY


@pytest.mark.parametrize(("status", "rating"), [("covered", "good"), ("partial", "hard"), ("missed", "again"), ("wrong", "again")])
def test_a_mark_sets_the_rating(status: PointStatus, rating: Rating) -> None:
    assert rating_of(status) == rating
    assert rating_of(status, easy=True) == ("easy" if status == "covered" else rating)


def test_what_was_never_missed_gets_no_card() -> None:
    assert first("pan", "It is flat.", Grade("0", NOW, "good")) is None
    assert first("pan", "It is flat.", Grade("0", NOW, "easy")) is None
    assert after("hard").missed == 0
    assert after("again").missed == 1


@pytest.mark.parametrize("hour", [0, 3, 4, 9, 15, 23])
def test_a_missed_point_comes_back_the_next_day_at_any_hour_of_it(hour: int) -> None:
    zone = timezone(timedelta(hours=9))
    missed = datetime(2026, 3, 4, hour, 30, tzinfo=zone)
    card = first("pan", "It is flat.", Grade("0", missed, "again"))
    assert card
    morning = datetime(2026, 3, 4 if hour < 4 else 5, 4, tzinfo=zone)
    assert not is_due(card, morning - timedelta(minutes=1), zone)
    assert is_due(card, morning, zone)


def test_better_ratings_come_back_later_and_each_time_later_still() -> None:
    lengths = [days(after("again", rating)) for rating in ("again", "hard", "good", "easy")]
    assert lengths == sorted(lengths)
    assert lengths[0] < lengths[2] < lengths[3]
    good = [days(after("again", *GOOD * n, every=20 * DAY)) for n in range(1, 6)]
    assert good == sorted(good)
    assert good[-1] > 30
    assert days(after("again", *EASY * 30, every=300 * DAY)) <= 365


def test_what_was_known_for_long_and_is_missed_comes_back_the_next_day_and_is_learnt_faster_than_before() -> None:
    lapsed = after("again", *GOOD * 4, "again", every=60 * DAY)
    assert days(lapsed) == 1
    again = graded(lapsed, Grade("n", lapsed.due, "good"))
    assert days(again) > days(after("again", "good"))


def test_the_same_grades_give_the_same_dates() -> None:
    ratings: tuple[Rating, ...] = ("again", "good", "hard", "good", "again", "easy")
    assert after(*ratings) == after(*ratings)


def test_a_clock_that_went_back_counts_as_one_that_stood_still() -> None:
    card = after("again", "good")
    back = graded(card, Grade("late", NOW - 30 * DAY, "good"))
    assert back.last == card.last
    assert back.due > card.due - DAY
    assert [grade.at for grade in back.grades] == sorted(grade.at for grade in back.grades)


def test_times_of_other_zones_leap_days_and_the_year_2038_do_no_harm() -> None:
    west = timezone(timedelta(hours=-8))
    card = first("pan", "p", Grade("0", datetime(2028, 2, 28, 23, tzinfo=west), "again"))
    assert card
    assert card.due.tzinfo is UTC
    assert card.due == datetime(2028, 3, 1, 7, tzinfo=UTC)
    late = graded(card, Grade("1", datetime(2038, 1, 20, tzinfo=UTC), "good"))
    assert late.due > datetime(2038, 1, 20, tzinfo=UTC)


def test_what_is_wanted_is_due_at_once_until_it_was_asked_and_what_is_suspended_never() -> None:
    card = replace(after("again", "good"), wanted=True)
    assert is_due(card, NOW, UTC)
    assert not is_due(replace(card, suspended=True), NOW + 900 * DAY, UTC)
    assert not graded(card, Grade("n", NOW + 3 * DAY, "good")).wanted


def test_other_grades_make_the_card_that_they_would_have_made() -> None:
    card = after("again", "good", "again")
    better = regraded(card, [*card.grades[:2], Grade("2", card.grades[2].at, "good")])
    assert better == after("again", "good", "good")
    assert regraded(card, [Grade("0", NOW, "good")]) is None


def test_a_card_is_known_by_its_point() -> None:
    assert after("again").id == after("hard", "good").id
    assert Card("pan", "a", NOW).id != Card("pan", "b", NOW).id
