"""The report of an interview that has ended, on the interview's page: what the report itself does not know about the page around it."""

import zlib
from html import escape
from urllib.parse import quote

from tutor.interview import Interview
from tutor.report import Report
from tutor.ui.report_html import report_to_html

_FORMS = {"Print or save as PDF": "html", "Markdown": "md", "JSON": "json"}
_BACK = (
    '<nav class="viva-back" aria-label="Interviews"><a class="viva-quiet" href="/interview">All interviews</a></nav>'
    '<p class="viva-sr viva-page-title">Interview report</p>'
)


def outcome_to_html(report: Report, interview: Interview) -> str:
    """The report. While answers are being judged it says so, and interview.js looks again."""
    name = quote(interview.id, safe="")
    exports = {title: f"/interviews/{name}.{form}" for title, form in _FORMS.items()}
    body = _BACK + report_to_html(report, exports, {turn.item for turn in interview.turns if turn.wanted})
    waiting = sum(turn.waiting for turn in interview.turns)
    return (
        f'<section class="viva-outcome" data-view="report" data-id="{escape(interview.id)}" data-waiting="{waiting}" '
        f'data-digest="{zlib.crc32(body.encode()):x}">{body}</section>'
    )
