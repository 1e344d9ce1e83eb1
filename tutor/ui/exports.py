"""Reports to keep, as files: each form of a learner's own report has its address. Another's is not there."""

from collections.abc import Callable, Mapping

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, Response
from starlette.requests import Request

from corpus.errors import UserError
from tutor.printed_report import to_html
from tutor.report import Report
from tutor.tutor import Tutor
from tutor.written_report import to_json, to_markdown

_FORMS: Mapping[str, tuple[str, Callable[[Report, str], str]]] = {
    "html": ("text/html", to_html),
    "md": ("text/markdown", to_markdown),
    "json": ("application/json", lambda report, _address: to_json(report)),
}


def add_exports(app: FastAPI, tutor: Tutor, url: str) -> None:
    """/interviews/ID.html to print, .md and .json to save. `url` is where the tutor is reached, where the server cannot know."""

    @app.get("/interviews/{interview}.{form}")
    def exported(interview: str, form: str, request: Request) -> Response:
        if form not in _FORMS:
            return PlainTextResponse("A report is kept as .html, .md or .json.", 404)
        media_type, write = _FORMS[form]
        try:
            report = tutor.report(interview, request.state.learner)
        except UserError as error:
            return PlainTextResponse(str(error), 404)
        name = f"Interview {report.started_at:%Y-%m-%d %H%M}.{form}"
        kept = "inline" if form == "html" else "attachment"  # a page is printed from the browser
        return Response(
            write(report, url or str(request.base_url)),
            media_type=f"{media_type}; charset=utf-8",
            headers={"Content-Disposition": f'{kept}; filename="{name}"'},
        )
