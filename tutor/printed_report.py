"""A report as one HTML page that needs nothing else: to read without Viva, to hand on, and to print or save as PDF.

It is flat, since nothing can be opened on paper, and it holds no script and asks for nothing: its policy forbids both.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path

from tutor.feedback import MARKS, gist
from tutor.figures import figures
from tutor.gaps import Gap
from tutor.markdown import markdown_to_html, text_to_html
from tutor.report import Question, Report
from tutor.report_parts import (
    about_to_html,
    facts_to_html,
    figure_to_html,
    gaps_to_html,
    hints_to_html,
    mark_to_html,
    said_to_html,
    summary_to_html,
)
from tutor.report_words import MISSING, STATES, sources_of, title_of
from tutor.types import PointMark, Verdict

_FOLDER = Path(__file__).parent
_STYLES = ("report.css", "printed_report.css")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def to_html(report: Report, address: str = "") -> str:
    """The page. `address` is where the tutor is reached, for links to it; without one there are no links."""
    title = escape(title_of(report))
    style = "".join((_FOLDER / name).read_text("utf-8") for name in _STYLES)
    parts = [f"<header><h1>{title}</h1>{facts_to_html(report)}</header>", summary_to_html(report)]
    gaps = gaps_to_html(report.gaps, [_links(gap, address) for gap in report.gaps])
    parts.append(f'<section class="viva-next"><h2>What to learn next</h2>{gaps}</section>')
    parts += [figure_to_html(figure, folded=False) for figure in figures(report)]
    questions = "".join(_question(question, report.notice) for question in report.questions)
    parts.append(f'<section class="viva-questions"><h2>The questions</h2>{questions}</section>')
    if report.engines:
        engines = "; ".join(map(text_to_html, report.engines))
        parts.append(f'<footer class="viva-aside">Judged by: {engines}. {text_to_html(report.notice)}</footer>')
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><title>{title}</title><style>{style}</style></head>'
        f'<body><main id="viva-report">{"".join(parts)}</main></body></html>\n'
    )


def _links(gap: Gap, address: str) -> tuple[str, ...]:
    return (f'<a href="{escape(address.rstrip("/") + gap.address)}">Open it in the tutor</a>',) if address else ()


def _question(question: Question, notice: str) -> str:
    return f'<article class="viva-question">{"".join(_parts(question, notice))}</article>'


def _parts(question: Question, notice: str) -> Iterator[str]:
    turn = question.turn
    yield f"<div><h3>{question.n}. {text_to_html(turn.question)}</h3>{about_to_html(turn)}</div>"
    mark = mark_to_html(question.mark) if question.mark else STATES[question.state]
    yield f'<p class="viva-score">{mark}</p>'
    yield said_to_html(turn)
    yield hints_to_html(turn)
    if question.state == "ungraded":
        yield f'<p class="viva-notice">{text_to_html(turn.problem or (turn.verdict.feedback if turn.verdict else ""))}</p>'
    elif turn.verdict and question.mark:
        yield from _verdict(turn.verdict, notice)
    links = {citation.n: f'<span class="viva-cite">[{citation.n}]</span>' for citation in question.citations}
    shown = markdown_to_html(question.model_answer, links, top=5) if question.model_answer else f"<p>{MISSING}</p>"
    yield f'<div class="viva-model"><h4>The model answer</h4>{shown}</div>'
    sources = "".join(f"<li>{text_to_html(source)}</li>" for source in sources_of(question.citations))
    yield f'<ul class="viva-sources">{sources}</ul>' if sources else ""


def _verdict(verdict: Verdict, known: str) -> Iterator[str]:
    if said := gist(verdict):
        yield f"<p>{text_to_html(said)}</p>"
    if verdict.points:
        yield f'<ul class="viva-points">{"".join(map(_point, verdict.points))}</ul>'
    for met in verdict.misconceptions:
        yield (
            f'<div class="viva-mistake"><p>A common mistake: “{text_to_html(met.evidence.quote.strip())}” In truth:</p>'
            f"{markdown_to_html(met.truth)}</div>"
        )
    if verdict.notice != known:
        yield f'<p class="viva-aside">{text_to_html(verdict.notice)}</p>'


def _point(point: PointMark) -> str:
    words = f"<q>{text_to_html(point.evidence.quote)}</q>" if point.evidence else ""
    return (
        f'<li class="is-{point.status}"><span class="viva-grade">{MARKS[point.status]}</span>'
        f"<div>{markdown_to_html(point.text)}{words}</div></li>"
    )
