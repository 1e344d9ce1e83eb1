"""The progress page as HTML: numbers first, then charts with their tables, what was missed most, and what is one's own to take or delete.

Who has done nothing yet is told what to do first. Buttons only carry what they are about, as data; practice.js sends it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from tutor.due import is_due
from tutor.markdown import markdown_to_html, text_to_html
from tutor.progress import Missed, Progress
from tutor.progress_figures import progress_figures, when
from tutor.report_parts import figure_to_html
from tutor.report_words import counted
from tutor.ui.practice_parts import card_buttons, link

CONFIRM = "DELETE"
"""What has to be typed before everything is deleted."""
_TITLE = '<h2 class="viva-title viva-page-title">Progress</h2>'
_STEPS = (
    ("/interview", "Sit a short interview", "Six questions, typed or spoken. Its report shows what you know and what is missing."),
    ("/", "Ask, and be quizzed", "Ask about anything in your documents, then choose “Quiz me on this”."),
    ("/review", "Come back tomorrow", "What you missed waits for you there, in other words, until you know it."),
)
_EXPORTS = (("/cards.apkg", "Anki deck"), ("/cards.csv", "Table (CSV)"), ("/belongings.json", "Everything (JSON)"))


def progress_to_html(progress: Progress, now: datetime) -> str:
    """The whole page. `now` is in the learner's zone."""
    if progress.is_new:
        return f'<div id="viva-report" class="viva-progress" data-view="progress">{_first()}{_own(progress)}</div>'
    figures = "".join(figure_to_html(figure, folded=True) for figure in progress_figures(progress))
    parts = (_summary(progress), figures, _missed(progress.missed, now), _resting(progress.resting, now), _own(progress))
    return f'<div id="viva-report" class="viva-progress" data-view="progress">{"".join(parts)}</div>'


def first_steps() -> str:
    """What a new learner does first."""
    rows = "".join(f'<li><h3><a href="{address}">{title}</a></h3><p>{text}</p></li>' for address, title, text in _STEPS)
    return f'<ol class="viva-steps-first">{rows}</ol>'


def _first() -> str:
    return (
        f"<header>{_TITLE}<p class=viva-facts>There is nothing to show yet: it grows from what you answer. Begin here.</p></header>"
        f"<section>{first_steps()}</section>"
    )


def _summary(progress: Progress) -> str:
    streak, due = progress.streak, progress.due
    questions, reviews = sum(day.questions for day in progress.days), sum(day.reviews for day in progress.days)
    told = f"{counted(questions, 'question')} answered and {counted(reviews, 'point')} reviewed on {counted(len(progress.days), 'day')}."
    keep = "" if streak.today or not streak.days else " Answer something today to keep it."
    cells = (
        ("Due today", str(due.now), _more_due(progress)),
        ("Days in a row", str(streak.days), f"The most so far: {streak.best}.{keep}"),
        ("Reviewed today", str(due.done), f"At most {progress.limits.total} a day, {progress.limits.new} of them new."),
    )
    shown = "".join(
        f"<div><dt>{name}</dt><dd>{value}</dd><dd class=viva-aside>{text_to_html(text)}</dd></div>" for name, value, text in cells
    )
    review = link("/review", "Review now", first=True) if due.now else link("/interview", "Sit an interview", first=True)
    return (
        f"<header>{_TITLE}<p class=viva-facts>{told}</p></header>"
        f'<section class="viva-now"><h2 class="viva-sr">Now</h2><dl>{shown}</dl><p class="viva-gap-do">{review}</p></section>'
    )


def _more_due(progress: Progress) -> str:
    if progress.due.over:
        return f"{progress.due.over} more are due, above what a day brings."
    return "All that is due." if progress.due.now else "Nothing is due now."


def _missed(missed: Sequence[Missed], now: datetime) -> str:
    if not missed:
        return ""
    rows = "".join(_point(one, now) for one in missed)
    return f'<section class="viva-points"><h2>Missed most</h2><ol class="viva-gaps">{rows}</ol></section>'


def _resting(resting: Sequence[Missed], now: datetime) -> str:
    if not resting:
        return ""
    rows = "".join(_point(one, now) for one in resting)
    return (
        f'<details class="viva-fold viva-points"><summary>{counted(len(resting), "point")} at rest</summary>'
        f'<div><ol class="viva-gaps">{rows}</ol></div></details>'
    )


def _point(one: Missed, now: datetime) -> str:
    card = one.card
    state = (
        "not in the documents now" if one.gone
        else "rests" if card.suspended
        else "due now" if is_due(card, now, now.tzinfo or UTC)
        else f"comes back {when(card.due, now)}"
    )  # fmt: skip
    times = f"Missed {'once' if card.missed == 1 else f'{card.missed} times'}" if card.missed else "Not missed"
    ask = link(one.address, "Ask the tutor", first=True)
    again = (
        f'<button class="viva-do" type="button" data-do="want" data-card="{escape(card.id)}" aria-pressed="{str(card.wanted).lower()}">'
        "Ask me again</button>"
    )
    buttons = ask if one.gone else f"{ask}{again}"
    return (
        f'<li class="viva-gap"><span class="viva-lack">{times}, {state}</span>'
        f'<div class="viva-gap-point">{markdown_to_html(card.point)}</div>'
        f'<p class="viva-aside">{text_to_html(" · ".join(filter(None, (one.topic, one.question))))}</p>'
        f'<div class="viva-gap-do">{buttons}{card_buttons(card)}</div></li>'
    )


def _own(progress: Progress) -> str:
    """Limits of a day, exports and deletion."""
    limits = progress.limits
    exports = "".join(link(address, name) for address, name in (_EXPORTS if progress.cards else _EXPORTS[2:]))
    return (
        '<section class="viva-own"><h2>A day’s reviews</h2><form class="viva-limits" data-do="limit">'
        f'<label>New points<input type="number" name="new" min="0" max="500" value="{limits.new}" required></label>'
        f'<label>All points<input type="number" name="total" min="1" max="500" value="{limits.total}" required></label>'
        '<button class="viva-do" type="submit">Save</button></form></section>'
        f'<section class="viva-own"><h2>Yours to take</h2><p class="viva-aside">Cards for Anki or a spreadsheet, and everything that is '
        f'kept of you here: conversations, interviews, reviews and recordings.</p><p class="viva-gap-do">{exports}</p></section>'
        '<section class="viva-own"><details class="viva-fold"><summary class="is-bad">Delete everything</summary><div>'
        "<p>All your conversations, interviews, reviews, appeals and recordings are deleted for good. Nobody can bring them back.</p>"
        f'<form class="viva-erase" data-do="erase"><label>Type {CONFIRM} to go on'
        '<input type="text" name="text" autocomplete="off" spellcheck="false" required></label>'
        '<button class="viva-do is-bad" type="submit">Delete everything</button></form></div></details></section>'
    )
