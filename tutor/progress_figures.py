"""The charts of the progress page, each with its numbers, and what it says in words."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from tutor.charts import Bar, Dot, bars, dots
from tutor.due import day_of
from tutor.figures import SCALE, Figure
from tutor.progress import Day, Mastery, Progress, Spoken
from tutor.report_words import APART, MEASURES, NOT_ASSESSED, Measure, counted

_SHOWN = 8  # dots that fit on a phone
_ROWS = 60  # days in a table
_TITLES = {"mastery": "What you master", "scores": "Scores over time", "due": "What comes back", "spoken": "How you speak"}


def progress_figures(progress: Progress) -> tuple[Figure, ...]:
    """All that there is something to show of."""
    made = (_mastery(progress.topics), _scores(progress.days), _due(progress), _spoken(progress.spoken))
    return tuple(figure for figure in made if figure)


def said_day(day: date) -> str:
    """A day as it stands on an axis."""
    return f"{day.day} {day:%b}"


def when(due: datetime, now: datetime) -> str:
    """When something comes back, as people say it. `now` is in the learner's zone."""
    zone = now.tzinfo or UTC
    days = (day_of(due, zone) - day_of(now, zone)).days
    if days <= 1:
        return "tomorrow" if days == 1 else "today"
    return f"in {days} days" if days < 60 else f"in {days // 30} months"


def _mastery(topics: Sequence[Mastery]) -> Figure | None:
    if not topics:
        return None
    rows = [Bar(one.topic, one.score, _band(one), one.band) for one in topics]
    note = (
        "What a question of middle difficulty would get, weakest first. The line is where it lies nine times in ten: "
        "the fewer answers, the longer."
    )
    chart = bars("mastery", _TITLES["mastery"], "; ".join(f"{row.label}: {row.text}" for row in rows), rows, SCALE)
    table = tuple((one.topic, f"{one.score:.1f}", f"{one.band[0]:.1f} to {one.band[1]:.1f}", str(one.answers)) for one in topics)
    return Figure("mastery", _TITLES["mastery"], note, (chart,), ("Topic", "Expected of 10", "Nine times in ten", "Answers"), table)


def _band(one: Mastery) -> str:
    return f"{one.score:.0f} of 10 ({one.band[0]:.0f} to {one.band[1]:.0f})"


def _scores(days: Sequence[Day]) -> Figure | None:
    scored = [(day.day, day.score, day.questions) for day in days if day.score is not None]
    if not scored:
        return None
    weekly = len(scored) > _SHOWN
    points = _weeks(scored)[-_SHOWN:] if weekly else scored
    values = [Dot(said_day(day), score, f"{score:.1f}") for day, score, _ in points]
    told = "; ".join(f"{dot.label}: {dot.text}" for dot in values)
    note = f"The mean score of whole questions, in interviews and quizzes, for each {'week that begins then' if weekly else 'day'}."
    chart = dots("scores", "Mean score of 10", told, values)
    table = tuple(
        (f"{day.day:%Y-%m-%d}", "none" if day.score is None else f"{day.score:.1f}", str(day.questions), str(day.reviews))
        for day in days[::-1][:_ROWS]
    )
    return Figure("scores", _TITLES["scores"], note, (chart,), ("Day", "Mean score", "Questions", "Points reviewed"), table)


def _weeks(scored: Sequence[tuple[date, float, int]]) -> list[tuple[date, float, int]]:
    weeks: dict[date, list[tuple[float, int]]] = {}
    for day, score, questions in scored:
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append((score, questions))
    sums = ((monday, sum(score * number for score, number in those), sum(number for _, number in those)) for monday, those in weeks.items())
    return [(monday, total / number, number) for monday, total, number in sums]


def _due(progress: Progress) -> Figure | None:
    days = progress.due.days
    if not progress.cards or not any(count for _, count in days):
        return None
    names = ["Today", "Tomorrow", *(f"{day:%A}" for day, _ in days[2:])]
    rows = [Bar(name, count or None, counted(count, "point")) for name, (_, count) in zip(names, days, strict=True)]
    most = max(count for _, count in days)
    told = "; ".join(f"{row.label}: {row.text}" for row in rows)
    chart = bars("due", "Points due in the next seven days", told, rows, ((0.0, "0"), (float(most), str(most))))
    note = "Each point that you missed comes back when you are about to forget it, and later every time that you know it."
    table = tuple((name, f"{day:%Y-%m-%d}", str(count)) for name, (day, count) in zip(names, days, strict=True))
    return Figure("due", _TITLES["due"], note, (chart,), ("Day", "Date", "Points"), table)


def _spoken(spoken: Sequence[Spoken]) -> Figure | None:
    if not spoken:
        return None
    shown = spoken[-_SHOWN:]
    charts = tuple(_trend(measure, shown) for measure in MEASURES if any(measure.of(one.delivery) is not None for one in shown))
    table = tuple((f"{one.day:%Y-%m-%d}", *(_measured(measure, one)[1] for measure in MEASURES)) for one in spoken[::-1][:_ROWS])
    return Figure("delivery", _TITLES["spoken"], APART, charts, ("Interview of", *(measure.name for measure in MEASURES)), table)


def _trend(measure: Measure, spoken: Sequence[Spoken]) -> str:
    values = [Dot(said_day(one.day), *_measured(measure, one)) for one in spoken]
    told = "; ".join(f"{dot.label}: {dot.text}" for dot in values)
    return dots(f"spoken-{MEASURES.index(measure)}", measure.name, told, values)


def _measured(measure: Measure, one: Spoken) -> tuple[float | None, str]:
    value = measure.of(one.delivery)
    return value, NOT_ASSESSED if value is None else measure.text(value)
