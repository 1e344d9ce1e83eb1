"""What a learner can keep, as files: reports, cards, and everything of theirs. Each has its address; another's is not there."""

from collections.abc import Callable, Mapping

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, Response
from starlette.requests import Request

from corpus.errors import UserError
from tutor.printed_report import to_html
from tutor.report import Report
from tutor.sitting import utc_now
from tutor.tutor import Tutor
from tutor.written_report import to_json, to_markdown

_FORMS: Mapping[str, tuple[str, Callable[[Report, str], str]]] = {
    "html": ("text/html", to_html),
    "md": ("text/markdown", to_markdown),
    "json": ("application/json", lambda report, _address: to_json(report)),
}


_CARDS = {"apkg": "application/zip", "csv": "text/csv; charset=utf-8"}


def add_exports(app: FastAPI, tutor: Tutor, url: str) -> None:
    """/interviews/ID.html to print, .md and .json to save; /cards.apkg and .csv; /belongings.json.

    `url` is where the tutor is reached, where the server cannot know.
    """

    @app.get("/cards.{form}")
    def cards(form: str, request: Request) -> Response:
        if form not in _CARDS:
            return PlainTextResponse("Cards are kept as .apkg or .csv.", 404)
        learner = request.state.learner
        return _kept(lambda: tutor.belongings(learner).cards(form, learner, utc_now()), _CARDS[form], f"Viva cards.{form}")

    @app.get("/belongings.json")
    def belongings(request: Request) -> Response:
        return _kept(
            lambda: tutor.belongings(request.state.learner).to_json(request.state.learner, utc_now()), "application/json", "Viva.json"
        )

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


def _kept(make: Callable[[], str | bytes], media_type: str, name: str) -> Response:
    try:
        return Response(make(), media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
    except UserError as error:
        return PlainTextResponse(str(error), 404)
