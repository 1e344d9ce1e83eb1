"""The review page as HTML: one point at a time, asked in other words; then what came of it, where it stands, and when it comes again."""

from collections.abc import Mapping
from datetime import datetime
from html import escape

from tutor.due import Due
from tutor.gaps import address_of
from tutor.markdown import markdown_to_html, text_to_html
from tutor.progress_figures import when
from tutor.report_words import counted
from tutor.reviews import Outcome, Question
from tutor.schedule import RATINGS, Rating
from tutor.types import Evidence, PointStatus
from tutor.ui.practice_parts import card_buttons, link
from tutor.ui.progress_html import first_steps

_STATUS: Mapping[PointStatus, str] = {
    "covered": "You know it",
    "partial": "Half said",
    "missed": "Not said",
    "wrong": "Not right",
}
_RATINGS: Mapping[Rating, str] = {"again": "Not at all", "hard": "With effort", "good": "Well", "easy": "At once"}
_TITLE = '<h2 class="viva-title viva-page-title">Review</h2>'


def question_to_html(question: Question) -> str:
    """The point that is asked, and the box to answer in."""
    left = "the last one for today" if question.left == 1 else f"{question.left} left today"
    return (
        f'<section class="viva-reviewing" data-view="question" data-review="{escape(question.id)}">'
        f'<header class="viva-review-head">{_TITLE}<p class="viva-facts">{left}</p></header>'
        f'<article class="viva-asking"><p class="viva-about">{text_to_html(question.topic)}</p>'
        f'<p class="viva-asks" id="viva-asked">{text_to_html(question.text)}</p>'
        f'<p class="viva-why">{text_to_html(question.reason)}</p></article>'
        '<form class="viva-replying" data-do="answer"><textarea name="text" rows="5" maxlength="20000" dir="auto" aria-label="Your answer" '
        f'placeholder="Answer as you would aloud">{escape(question.draft)}</textarea>'
        '<div class="viva-gap-do"><button class="viva-do is-first" type="submit">Answer</button>'
        '<button class="viva-do" type="button" data-do="pass">I don’t know</button>'
        f'<span class="viva-aside">Ctrl+Enter sends</span>{card_buttons(question.card)}</div></form></section>'
    )


def outcome_to_html(outcome: Outcome, now: datetime) -> str:
    """What came of a review. `now` is in the learner's zone."""
    review = outcome.review
    mark = review.mark
    return (
        f'<section class="viva-reviewing" data-view="outcome" data-review="{escape(review.id)}">'
        f'<header class="viva-review-head">{_TITLE}</header>'
        f'<article class="viva-asking"><p class="viva-asks is-on">{text_to_html(review.question)}</p>'
        f'<p class="viva-mine" dir="auto">{_answer(review.answer, mark.evidence)}</p></article>'
        f'<div class="viva-gap is-{mark.status}"><p class="viva-lack" id="viva-came">{_STATUS[mark.status]}</p>'
        f'<div class="viva-gap-point">{markdown_to_html(mark.text)}</div>{_passage(outcome)}'
        f'<p class="viva-aside">{text_to_html(review.engine)}</p></div>{_rating(outcome, now)}'
        f'<p class="viva-gap-do"><button class="viva-do is-first" type="button" data-do="next">Next</button>{_ask(outcome)}'
        f"{card_buttons(outcome.card) if outcome.card else ''}</p></section>"
    )


def nothing_to_html(due: Due, *, new: bool) -> str:
    """Where nothing is to be asked: what comes next, or what to do first."""
    if new:
        told = "Nothing to review yet. What you miss in an interview or a quiz comes back here, point by point, in other words."
        rest = first_steps()
    else:
        later = next(((n, count) for n, (_, count) in enumerate(due.days) if n and count), None)
        day = "" if later is None else "tomorrow" if later[0] == 1 else f"in {later[0]} days"
        coming = f" {counted(later[1], 'point')} come{'s' if later[1] == 1 else ''} back {day}." if later else ""
        over = f" {due.over} more are due, above what a day brings; you can change that under Progress." if due.over else ""
        told = f"{'Done for now' if due.done else 'Nothing is due now'}.{coming}{over}"
        rest = f'<p class="viva-gap-do">{link("/interview", "Sit an interview", first=True)}{link("/progress", "See your progress")}</p>'
    return (
        f'<section class="viva-reviewing" data-view="nothing"><header class="viva-review-head">{_TITLE}</header>'
        f'<p class="viva-none-due">{text_to_html(told)}</p>{rest}</section>'
    )


def _answer(answer: str, evidence: Evidence | None) -> str:
    """What was answered, with the words that show the mark marked."""
    if evidence is None or answer[evidence.start : evidence.end] != evidence.quote:
        return text_to_html(answer)
    before, after = answer[: evidence.start], answer[evidence.end :]
    return f"{_spaced(before)}<mark>{text_to_html(evidence.quote)}</mark>{_spaced(after)}"


def _spaced(text: str) -> str:
    """A part of a text, with the space that parts it from the others."""
    start, end = (" " if text[place : place + 1].isspace() else "" for place in (0, max(len(text) - 1, 0)))
    return f"{start}{text_to_html(text)}{end}"


def _passage(outcome: Outcome) -> str:
    citation = outcome.citation
    if citation is None:
        return ""
    return (
        f"<figure><blockquote>{markdown_to_html(citation.quote)}</blockquote>"
        f"<figcaption>{text_to_html(citation.file)}, {text_to_html(citation.question)}</figcaption></figure>"
    )


def _rating(outcome: Outcome, now: datetime) -> str:
    """How well the learner knew it, which they may say better than the mark, and when it comes again."""
    if outcome.card is None:
        return '<p class="viva-again-on">It is forgotten: it does not come back until you miss it again.</p>'
    again = "It rests." if outcome.card.suspended else f"It comes back {when(outcome.card.due, now)}."
    buttons = "".join(
        f'<button class="viva-do" type="button" data-do="overrule" data-rating="{rating}" '
        f'aria-pressed="{str(rating == outcome.review.rating).lower()}">{_RATINGS[rating]}</button>'
        for rating in RATINGS
    )
    return (
        f'<div class="viva-rate"><p class="viva-again-on">{again}</p><div role="group" aria-label="How well did you know it?">'
        f"<span>How well did you know it?</span>{buttons}</div></div>"
    )


def _ask(outcome: Outcome) -> str:
    return link(address_of(outcome.item.question), "Ask the tutor") if outcome.item else ""
