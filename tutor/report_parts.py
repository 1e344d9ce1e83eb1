"""Parts of a report as HTML, for the screen and for paper alike; report.css says how they look. Whatever anybody wrote is escaped."""

from collections.abc import Iterator, Sequence
from html import escape

from tutor.figures import Figure
from tutor.gaps import Gap
from tutor.interview import Turn
from tutor.markdown import markdown_to_html, text_to_html
from tutor.report import Mark, Report
from tutor.report_words import ASKED, LACKS, NO_GAPS, UNANSWERED, WHY, coverage_rows, facts_of, hints_in_words, over

Actions = Sequence[str]
"""Links and buttons as HTML."""


def summary_to_html(report: Report) -> str:
    """The mark of the whole interview on its scale, what it is over, and what became of the other questions."""
    coverage = report.coverage
    mark = f'<p class="viva-score">{mark_to_html(report.mark)}</p>{scale_to_html(report.mark)}' if report.mark else ""
    rows = "".join(f"<div><dt>{text_to_html(name)}</dt><dd>{count}</dd></div>" for name, count in coverage_rows(coverage))
    said = " ".join(filter(None, (UNANSWERED, hints_in_words(coverage.hints, coverage.cost))))
    return (
        f'<section class="viva-summary"><div class="viva-whole">{mark}<p>{text_to_html(over(report))}</p></div>'
        f'<div class="viva-covered"><dl>{rows}</dl><p class="viva-aside">{text_to_html(said)}</p></div></section>'
    )


def facts_to_html(report: Report) -> str:
    """What kind of interview it was, on one line."""
    return f'<p class="viva-facts">{" · ".join(map(text_to_html, facts_of(report)))}</p>'


def mark_to_html(mark: Mark) -> str:
    """A mark with its band, on one line."""
    low, high = (round(end) for end in mark.band)
    between = f" <span>between {low} and {high}</span>" if low < high else ""
    return f"<strong>{mark.score:.0f}</strong> of 10{between}"


def scale_to_html(mark: Mark) -> str:
    """The whole numbers from 0 to 10, those of a mark's band and the nearest to it set off. It repeats what stands beside it in words."""
    score, (low, high) = round(mark.score), (round(end) for end in mark.band)
    kinds = [" ".join(["viva-cell", *(["is-band"] * (low <= n <= high)), *(["is-score"] * (n == score))]) for n in range(11)]
    cells = "".join(f'<span class="{kind}">{n}</span>' for n, kind in enumerate(kinds))
    return f'<div class="viva-scale" aria-hidden="true">{cells}</div>'


def gaps_to_html(gaps: Sequence[Gap], actions: Sequence[Actions]) -> str:
    """The gaps in their order, each with its passage and with its actions, of which there are as many as gaps."""
    if not gaps:
        return f'<p class="viva-aside">{NO_GAPS}</p>'
    return f'<ol class="viva-gaps">{"".join(_gap(gap, buttons) for gap, buttons in zip(gaps, actions, strict=True))}</ol>'


def figure_to_html(figure: Figure, *, folded: bool) -> str:
    """A figure's charts and its numbers, which are folded away where they would only be in the way of the charts."""
    charts = "".join(f'<div class="viva-panel">{chart}</div>' for chart in figure.charts)
    head = "".join(f'<th scope="col">{text_to_html(column)}</th>' for column in figure.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{text_to_html(cell)}</td>' for cell in row)}</tr>" for row in figure.rows)
    label = escape(f"{figure.title}, in numbers")
    table = (
        f'<div class="viva-table" tabindex="0" role="region" aria-label="{label}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
    if folded:
        table = f'<details class="viva-numbers"><summary>In numbers</summary>{table}</details>'
    return (
        f'<section class="viva-figure is-{figure.name}"><h2>{figure.title}</h2><p class="viva-aside">{text_to_html(figure.note)}</p>'
        f'<div class="viva-panels">{charts}</div>{table}</section>'
    )


def said_to_html(turn: Turn) -> str:
    """What was said to a question, in its order: what the interviewer asked beyond the question itself, and each answer."""
    return f'<div class="viva-said-turns">{"".join(_said(turn))}</div>'


def hints_to_html(turn: Turn) -> str:
    """The hints that were given and what they cost."""
    if not turn.hints:
        return ""
    rows = "".join(f"<li>{text_to_html(hint)}</li>" for hint in turn.hints)
    return f'<div class="viva-hints"><p>{hints_in_words(len(turn.hints), turn.cost)}</p><ul>{rows}</ul></div>'


def about_to_html(turn: Turn) -> str:
    """The topic of a question, its level and why it was asked, on one line."""
    parts = [turn.topic, *([turn.level] if turn.level else []), *([turn.reason] if turn.reason else [])]
    return f'<p class="viva-facts">{" · ".join(map(text_to_html, parts))}</p>'


def _gap(gap: Gap, actions: Actions) -> str:
    said = f" You said: “{text_to_html(gap.said)}”" if gap.said else ""
    truth = f'<div class="viva-truth"><p>In truth:</p>{markdown_to_html(gap.truth)}</div>' if gap.truth else ""
    buttons = f'<div class="viva-gap-do">{"".join(actions)}</div>' if actions else ""
    return (
        f'<li class="viva-gap is-{gap.lack}"><span class="viva-lack">{LACKS[gap.lack]}</span>'
        f'<div class="viva-gap-point">{markdown_to_html(gap.point)}</div>'
        f"<p>{WHY[gap.lack]}{said}</p>{truth}"
        f"<figure><blockquote>{markdown_to_html(gap.citation.quote)}</blockquote><figcaption>{text_to_html(gap.citation.file)}, "
        f"{text_to_html(gap.question)}</figcaption></figure>{buttons}</li>"
    )


def _said(turn: Turn) -> Iterator[str]:
    for prompt in turn.prompts:
        if prompt.kind != "question":
            yield f'<p class="viva-asked-on"><span>{ASKED[prompt.kind]}</span>{text_to_html(prompt.text)}</p>'
        if prompt.answer:
            how = "You said" if prompt.answer.spoken else "You wrote"
            yield f'<div class="viva-yours"><span>{how}</span><p>{text_to_html(prompt.answer.text)}</p></div>'
