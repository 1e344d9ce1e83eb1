"""The report of an interview that has ended, on the interview's page: what the report itself does not know about the page around it."""

import zlib
from html import escape
from urllib.parse import quote

from tutor.report import Report
from tutor.ui.report_html import report_to_html

_FORMS = {"Print or save as PDF": "html", "Markdown": "md", "JSON": "json"}
_BACK = (
    '<nav class="viva-back" aria-label="Interviews"><a class="viva-quiet" href="/interview">All interviews</a></nav>'
    '<p class="viva-sr viva-page-title">Interview report</p>'
)


def outcome_to_html(report: Report) -> str:
    """The report. While answers are being judged it says so, and interview.js looks again.

    All of it is from the report alone: beside an older look at the interview it would say that it waits for a verdict that it shows.
    """
    name, turns = quote(report.id, safe=""), [question.turn for question in report.questions]
    exports = {title: f"/interviews/{name}.{form}" for title, form in _FORMS.items()}
    body = _BACK + report_to_html(report, exports, {turn.item for turn in turns if turn.wanted})
    waiting = sum(turn.waiting for turn in turns)
    digest = zlib.crc32(f"{waiting} {body}".encode())
    return (
        f'<section class="viva-outcome" data-view="report" data-id="{escape(report.id)}" data-waiting="{waiting}" '
        f'data-digest="{digest:x}">{body}</section>'
    )
