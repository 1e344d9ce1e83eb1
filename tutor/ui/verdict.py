"""A verdict -> the card that shows it: the score with its band, and behind each key point the words on both sides that it rests on.

Every mark is an icon and a word and the scale has its numbers, so nothing is said by colour alone. Rows open as any <details> does.
"""

from collections.abc import Iterator, Mapping, Sequence

from tutor.feedback import MARKS, credited, gist, outcome
from tutor.markdown import markdown_to_html, text_to_html
from tutor.report import Mark
from tutor.report_parts import mark_to_html, scale_to_html
from tutor.types import Evidence, Graded, MetMisconception, PointMark, Verdict

_UNGRADED = "Your answer is kept, and nothing was made up in place of a score. “Try again” below grades it once more."
_NO_WORDS = '<p class="viva-none">Nothing in your answer says this.</p>'
_NO_SOURCE = '<p class="viva-none">No sentence of the source was found for it.</p>'


def verdict_to_html(graded: Graded, links: Mapping[int, str]) -> str:
    """The card. `links` has the HTML for each citation number of the model answer, as for `markdown_to_html`."""
    return f'<section class="viva-verdict">{"".join(_parts(graded, links))}</section>'


def _parts(graded: Graded, links: Mapping[int, str]) -> Iterator[str]:
    verdict, appeal = graded.verdict, graded.appeal
    yield from _score(verdict)
    if appeal:
        yield f'<p class="viva-outcome"><strong>Second look.</strong> {text_to_html(outcome(appeal, verdict))}</p>'
    if said := gist(verdict):
        yield f'<p class="viva-gist">{text_to_html(said)}</p>'
    yield from _rows(verdict.points, graded.answer, credited(appeal, verdict) if appeal else ())
    yield from map(_mistake, verdict.misconceptions)
    if verdict.next_time:
        yield _list("Say next time", [markdown_to_html(text) for text in verdict.next_time])
    if verdict.beyond:
        quotes = [f"<p>“{text_to_html(evidence.quote)}”</p>" for evidence in verdict.beyond]
        yield _list("Beyond the source: I cannot check it, and it is not held against you", quotes)
    if verdict.notice:
        yield f'<p class="viva-limits">{text_to_html(verdict.notice)}</p>'
    if graded.shown:
        yield _fold("The model answer", markdown_to_html(graded.shown, links, top=4))
    if appeal:
        first = "".join([*_score(appeal.before), *_rows(appeal.before.points, graded.answer)])
        yield _fold("The first verdict", first)


def _score(verdict: Verdict) -> Iterator[str]:
    if verdict.score is None:
        yield f'<h3 class="viva-score is-none">Not graded yet</h3><p>{_UNGRADED}</p>'
        return
    mark = Mark(verdict.score, verdict.band or (verdict.score, verdict.score))
    yield f'<h3 class="viva-score">{mark_to_html(mark)}</h3>{scale_to_html(mark)}'


def _rows(points: Sequence[PointMark], answer: str, new: Sequence[PointMark] = ()) -> Iterator[str]:
    if points:
        yield f'<div class="viva-points">{"".join(_row(point, answer, new=point in new) for point in points)}</div>'


def _row(point: PointMark, answer: str, *, new: bool) -> str:
    """A key point and its mark; opened, the learner's words where they stand in their answer, and the source's sentence."""
    own = f'<p class="viva-own">{_marked(answer, point.evidence)}</p>' if point.evidence else _NO_WORDS
    source = f"<blockquote>{markdown_to_html(point.source)}</blockquote>" if point.source else _NO_SOURCE
    tag = '<span class="viva-new">credited now</span>' if new else ""
    return (
        f'<details class="viva-point is-{point.status}"><summary><span class="viva-grade"><span class="viva-icon"></span>'
        f'{MARKS[point.status]}</span><span class="viva-text">{markdown_to_html(point.text)}{tag}</span></summary>'
        f'<div class="viva-proof"><h4>Your words</h4>{own}<h4>The source</h4>{source}</div></details>'
    )


def _marked(answer: str, evidence: Evidence) -> str:
    """The whole answer, with the evidence marked in its place."""
    parts = (answer[: evidence.start], answer[evidence.start : evidence.end], answer[evidence.end :])
    before, said, after = (_kept(part) for part in parts)
    return f"{before}<mark>{said}</mark>{after}"


def _kept(part: str) -> str:
    """A part of a text, with the space at its ends that keeps it apart from its neighbours."""
    start, end = (" " if edge.isspace() else "" for edge in (part[:1], part[-1:]))
    return f"{start}{text_to_html(part)}{end}"


def _mistake(met: MetMisconception) -> str:
    return (
        f'<div class="viva-mistake"><h4>A common mistake</h4><p>You said “{text_to_html(met.evidence.quote)}”.</p>'
        f"<p>In truth:</p>{markdown_to_html(met.truth)}</div>"
    )


def _list(heading: str, rows: Sequence[str]) -> str:
    return f'<div class="viva-part"><h4>{heading}</h4><ul>{"".join(f"<li>{row}</li>" for row in rows)}</ul></div>'


def _fold(name: str, html: str) -> str:
    return f'<details class="viva-fold"><summary>{name}</summary><div>{html}</div></details>'
