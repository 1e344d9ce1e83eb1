"""The charts of a report, each with its numbers: what is drawn can also be read, copied and read aloud."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.charts import Bar, Dot, bars, dots
from tutor.delivery import Delivery
from tutor.report import Question, Report, Topic
from tutor.report_words import APART, MEASURES, NOT_ASSESSED, STATES, Measure, length, mark_in_figures

SCALE = ((0.0, "0"), (2.5, ""), (5.0, "5"), (7.5, ""), (10.0, "10"))
"""Marks of 0 to 10 on an axis."""
_STEPS_S = (30, 60, 90, 120, 180, 240, 300, 480, 600, 900, 1200, 1800, 3600)


@dataclass(frozen=True, slots=True)
class Figure:
    """One or more charts as SVG under a title, a sentence on how to read them, and their numbers as a table."""

    name: str
    title: str
    note: str
    charts: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def topics_figure(report: Report) -> Figure | None:
    """The mark of each topic; None where there are no topics."""
    if not report.topics:
        return None
    rows = [
        Bar(topic.topic, topic.mark.score if topic.mark else None, _marked(topic), topic.mark.band if topic.mark else None)
        for topic in report.topics
    ]
    note = "The mean of the judged questions of each topic, with the band in which most people would put it."
    chart = bars("topics", "Marks by topic", _told(rows), rows, SCALE)
    table = tuple((topic.topic, _marked(topic), str(topic.judged), str(topic.asked)) for topic in report.topics)
    return Figure("topics", "Topics", note, (chart,), ("Topic", "Mark of 10 (band)", "Judged", "Asked"), table)


def times_figure(report: Report) -> Figure | None:
    """The time that each question took; None where nothing was answered."""
    taken = [question.taken_s for question in report.questions if question.taken_s is not None]
    if not taken:
        return None
    rows = [Bar(_named(question), question.taken_s, _time(question)) for question in report.questions]
    top = next((step for step in _STEPS_S if step >= max(taken)), max(taken))
    chart = bars("times", "Time a question", _told(rows), rows, ((0.0, "0"), (top / 2, length(top / 2)), (top, length(top))))
    note = "From each question, follow-up or redirect to its answer."
    table = tuple((_named(question), STATES[question.state], _time(question)) for question in report.questions)
    return Figure("times", "Time a question", note, (chart,), ("Question", "What became of it", "Time"), table)


def delivery_figure(report: Report) -> Figure | None:
    """How the answers were spoken, question after question; None where none was spoken."""
    if report.delivery is None:
        return None
    spoken = [question for question in report.questions if question.delivery]
    charts = tuple(_trend(measure, spoken) for measure in MEASURES if measure.of(report.delivery) is not None)
    table = [(str(question.n), *_measured(question.delivery)) for question in spoken]
    if len(spoken) > 1:
        table.append(("All", *_measured(report.delivery)))
    columns = ("Question", *(measure.name for measure in MEASURES))
    return Figure("delivery", "Delivery", APART, charts, columns, tuple(table))


def figures(report: Report) -> tuple[Figure, ...]:
    """All that there are."""
    return tuple(filter(None, (topics_figure(report), times_figure(report), delivery_figure(report))))


def _trend(measure: Measure, spoken: Sequence[Question]) -> str:
    values = [Dot(str(question.n), *_measure(measure, question.delivery)) for question in spoken]
    told = "; ".join(f"question {dot.label}: {dot.text}" for dot in values)
    return dots(f"delivery-{MEASURES.index(measure)}", measure.name, told, values)


def _measure(measure: Measure, delivery: Delivery | None) -> tuple[float | None, str]:
    value = measure.of(delivery) if delivery else None
    return value, NOT_ASSESSED if value is None else measure.text(value)


def _measured(delivery: Delivery | None) -> Iterator[str]:
    return (_measure(measure, delivery)[1] for measure in MEASURES)


def _marked(topic: Topic) -> str:
    return mark_in_figures(topic.mark) if topic.asked else "not asked"


def _named(question: Question) -> str:
    return f"{question.n}. {question.turn.question}"


def _time(question: Question) -> str:
    return "no answer" if question.taken_s is None else length(question.taken_s)


def _told(rows: Sequence[Bar]) -> str:
    return "; ".join(f"{row.label}: {row.text}" for row in rows)
