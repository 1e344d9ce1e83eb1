"""A report to keep: Markdown to read anywhere, JSON to go on with. How it looks on paper is printed_report.py's.

The JSON is one object: {"format": "viva report", "version": 1, "report": ...}. The report has the fields of Report (tutor/report.py)
under their own names, and in it those of Question, Gap, Topic, Coverage and Mark, of Turn and Setup (tutor/interview.py), of Delivery, and
of Verdict and Citation (tutor/types.py). Times are ISO 8601 in UTC, what is not known is null. `version` counts up when a field changes
its meaning or goes; new fields may come without that.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from corpus.errors import UserError
from tutor.conversations import storable
from tutor.escaping import contained, escaped
from tutor.feedback import MARKS, gist
from tutor.figures import Figure, figures
from tutor.gaps import Gap
from tutor.report import Question, Report
from tutor.report_words import (
    ASKED,
    LACKS,
    MISSING,
    NO_GAPS,
    STATES,
    UNANSWERED,
    WHY,
    coverage_rows,
    facts_of,
    headline,
    hints_in_words,
    mark_in_words,
    sources_of,
    title_of,
)
from tutor.types import Verdict

VERSION = 1


class ReportError(UserError):
    """A report in JSON that cannot be read."""


class _File(BaseModel):
    """What is written to a JSON file."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["viva report"] = "viva report"
    version: int = VERSION
    report: Report


def to_json(report: Report) -> str:
    """A report as the JSON that the head of this file describes."""
    written = json.dumps(_File(report=report).model_dump(mode="json"), ensure_ascii=False, indent=1)
    return storable(written) + "\n"


def from_json(text: str) -> Report:
    """The report in a JSON text. Raises ReportError where it is none, or of a newer version."""
    try:
        found = json.loads(text)
        version = found.get("version") if isinstance(found, dict) else None
        if isinstance(version, int) and version > VERSION:
            raise ReportError(f"This report is of version {version}, and this Viva reads up to {VERSION}. Open it with a newer Viva.")
        return _File.model_validate(found).report
    except ReportError:
        raise
    except (ValueError, RecursionError) as error:
        raise ReportError("This is not a report of an interview, or it is damaged. Export it once more.") from error


def to_markdown(report: Report, address: str = "") -> str:
    """A report as Markdown. `address` is where the tutor is reached, for links to it; without one there are no links.

    Nothing that anybody wrote reaches beyond its own place.
    """
    coverage = report.coverage
    parts = [f"# {title_of(report)}", " · ".join(facts_of(report)), f"**{headline(report)}**"]
    parts.append(_table(("Questions", "Number"), [(name, str(count)) for name, count in coverage_rows(coverage)]))
    parts.append(" ".join(filter(None, (UNANSWERED, hints_in_words(coverage.hints, coverage.cost)))))
    parts.append("## What to learn next")
    parts += [part for n, gap in enumerate(report.gaps, 1) for part in _gap(n, gap, address)] or [NO_GAPS]
    parts += [part for figure in figures(report) for part in _figure(figure)]
    parts.append("## The questions")
    parts += [part for question in report.questions for part in _question(question, report.notice)]
    parts += [f"Judged by: {'; '.join(map(escaped, report.engines))}. {escaped(report.notice)}".strip()] if report.engines else []
    return storable("\n\n".join(parts)) + "\n"


def _gap(n: int, gap: Gap, address: str) -> Iterator[str]:
    yield f"### {n}. {LACKS[gap.lack]}: {escaped(gap.point)}"
    said = f" You said: “{escaped(gap.said)}”" if gap.said else ""
    truth = f" In truth: {escaped(gap.truth)}" if gap.truth else ""
    yield f"{WHY[gap.lack]}{said}{truth}"
    yield f"Question {gap.n}: {escaped(gap.question)}"
    yield f"> {escaped(gap.citation.quote)}\n>\n> {escaped(gap.citation.file)}"
    if address:
        yield f"[Open it in the tutor](<{address.rstrip('/')}{gap.address}>)"


def _figure(figure: Figure) -> Iterator[str]:
    yield f"## {figure.title}"
    yield figure.note
    yield _table(figure.columns, figure.rows)


def _question(question: Question, notice: str) -> Iterator[str]:
    turn = question.turn
    yield f"### {question.n}. {escaped(turn.question)}"
    about = [escaped(turn.topic), *([turn.level] if turn.level else []), *([escaped(turn.reason)] if turn.reason else [])]
    mark = mark_in_words(question.mark) if question.mark else STATES[question.state]
    yield f"**{mark}** · {' · '.join(about)}"
    for prompt in turn.prompts:
        if prompt.kind != "question":
            yield f"{ASKED[prompt.kind]}: {escaped(prompt.text)}"
        if prompt.answer:
            yield _quoted(prompt.answer.text)
    if turn.hints:
        yield hints_in_words(len(turn.hints), turn.cost)
        yield "\n".join(f"- {escaped(hint)}" for hint in turn.hints)
    if question.state == "ungraded":
        yield f"Not judged: {escaped(turn.problem or (turn.verdict.feedback if turn.verdict else ''))}"
    elif turn.verdict and question.mark:
        yield from _verdict(turn.verdict, notice)
    yield "#### The model answer"
    yield contained(question.model_answer) or MISSING
    if question.citations:
        yield "\n".join(f"- {escaped(source)}" for source in sources_of(question.citations))


def _verdict(verdict: Verdict, known: str) -> Iterator[str]:
    if said := gist(verdict):
        yield escaped(said)
    if verdict.points:
        words = [(point, f"“{escaped(point.evidence.quote)}”" if point.evidence else "") for point in verdict.points]
        yield "\n".join(f"- **{MARKS[point.status]}**: {escaped(point.text)} {said}".rstrip() for point, said in words)
    for met in verdict.misconceptions:
        yield f"A common mistake: “{escaped(met.evidence.quote.strip())}” In truth: {escaped(met.truth)}"
    if verdict.notice != known:
        yield f"*{escaped(verdict.notice)}*"


def _quoted(text: str) -> str:
    """What was said, each of its lines a paragraph of a block quote."""
    lines = [escaped(line) for line in text.splitlines()]
    return "\n>\n".join(f"> {line}" for line in lines if line) or "> (nothing)"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    body = [f"| {' | '.join(map(escaped, row))} |" for row in rows]
    return "\n".join([f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}", *body])
