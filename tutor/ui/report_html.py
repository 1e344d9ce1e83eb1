"""A report on the screen: its parts are those of report_parts.py, and each question opens to the verdict card of the chat.

Buttons only carry what they are about, as data; the page that shows the report says what they do.
"""

from collections.abc import Collection, Iterator, Mapping
from html import escape

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
from tutor.report_words import MISSING, STATES, title_of
from tutor.types import Graded
from tutor.ui.rehearsal_html import rehearse_to_html
from tutor.ui.sources import anchors, chip_to_html, sources_to_html
from tutor.ui.verdict import verdict_to_html

_WAITING = "Your answer is being judged. Its mark will be here in a moment."
_COST = "The verdict below is on the answer itself, before that."


def report_to_html(report: Report, exports: Mapping[str, str], wanted: Collection[str] = ()) -> str:
    """The whole report. `exports` has the address of each form in which it can be kept, by its name.

    `wanted` are the ids of the items that are to be asked again: their buttons are pressed.
    """
    links = "".join(f'<a class="viva-do" href="{escape(address)}">{text_to_html(name)}</a>' for name, address in exports.items())
    keep = f'<nav class="viva-exports" aria-label="Keep this report">{links}</nav>' if links else ""
    parts = [f'<header><h2 class="viva-title">{text_to_html(title_of(report))}</h2>{facts_to_html(report)}{keep}</header>']
    parts.append(summary_to_html(report))
    gaps = gaps_to_html(report.gaps, [_actions(gap, pressed=gap.item in wanted) for gap in report.gaps])
    parts.append(f'<section class="viva-next"><h2>What to learn next</h2>{gaps}</section>')
    parts += [figure_to_html(figure, folded=True) for figure in figures(report)]
    questions = "".join(map(question_to_html, report.questions))
    parts.append(f'<section class="viva-questions"><h2>The questions</h2>{questions}</section>')
    return f'<div id="viva-report">{"".join(parts)}</div>'


def question_to_html(question: Question) -> str:
    """A question, folded to its mark; opened, what was said, the verdict on it and the model answer with its sources."""
    said = f"{mark_to_html(question.mark)}" if question.mark else STATES[question.state]
    kind = "is-judged" if question.mark else f"is-{question.state}"
    return (
        f'<details class="viva-turn viva-q"><summary><span class="viva-q-n">{question.n}</span>'
        f'<span class="viva-q-asked">{text_to_html(question.turn.question)}</span><span class="viva-q-mark {kind}">{said}</span></summary>'
        f'<div class="viva-q-body">{"".join(_parts(question))}</div></details>'
    )


def _actions(gap: Gap, *, pressed: bool) -> tuple[str, ...]:
    state = "true" if pressed else "false"
    review = ('<a class="viva-do" href="/review">Review it now</a>',) if pressed else ()
    return (
        f'<a class="viva-do is-first" href="{escape(gap.address)}">Open it in the tutor</a>',
        f'<button class="viva-do viva-later" type="button" data-item="{escape(gap.item)}" aria-pressed="{state}">Ask me again</button>',
        *review,
    )


def _parts(question: Question) -> Iterator[str]:
    turn = question.turn
    yield about_to_html(turn)
    yield said_to_html(turn)
    yield hints_to_html(turn)
    yield from _standing(question)
    named = anchors(question.citations, question.n)
    links = {citation.n: chip_to_html(citation, named[citation.n]) for citation in question.citations}
    if question.mark and turn.verdict:
        yield verdict_to_html(Graded(turn.question, turn.said, turn.verdict, question.model_answer), links)
    elif question.model_answer:
        shown = markdown_to_html(question.model_answer, links, top=4)
        yield f'<details class="viva-fold"><summary>The model answer</summary><div>{shown}</div></details>'
    if not question.model_answer:
        yield f'<p class="viva-aside">{MISSING}</p>'
    yield sources_to_html(question.citations, question.n)
    yield rehearse_to_html(turn) if question.model_answer else ""


def _standing(question: Question) -> Iterator[str]:
    """Why a question has no mark yet, or what hints took off it."""
    turn = question.turn
    if question.state == "waiting":
        yield f'<p class="viva-notice" role="status">{_WAITING}</p>'
    elif question.state == "ungraded":
        why = turn.problem or (turn.verdict.feedback if turn.verdict else "")
        button = f'<button class="viva-do viva-rejudge" type="button" data-turn="{escape(turn.id)}">Try again</button>'
        yield f'<div class="viva-notice"><p>{text_to_html(why)}</p>{button}</div>'
    elif question.mark and turn.cost:
        yield f'<p class="viva-aside">{_COST}</p>'
