"""What a model may ask of the tutor, as tools of the Model Context Protocol at /mcp: the same calls as programs have, in their words.

Each call comes with its own request, so it goes through the same gate as everything else and is made in the name of its learner.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

from anyio.to_thread import run_sync
from fastapi import FastAPI
from mcp.server.fastmcp import Context, FastMCP
from mcp.server.fastmcp.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from starlette.routing import Route

from corpus.errors import UserError
from tutor.calls import Calls
from tutor.tutor import Tutor
from tutor.ui.access import Access

_ABOUT = (
    "Viva tutors technical interviews from documents on this machine. Use `search` and `ask` for what the documents say, with sources; "
    "`quiz` for a question to put to the learner, `grade` for a fair mark with evidence on their answer, and `due` for what to review."
)
_GUARDED = TransportSecuritySettings(enable_dns_rebinding_protection=False)  # the guard of the whole application does that
_T = TypeVar("_T")
_Asked = Context[Any, Any, Any]


def add_tools(app: FastAPI, tutor: Tutor, access: Access) -> None:
    """Adds /mcp to an application that has not begun yet."""
    server = tools_of(tutor, access)
    served = server.streamable_http_app()  # which makes the session manager, too
    app.router.routes.extend(route for route in served.routes if isinstance(route, Route))
    before = app.router.lifespan_context

    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        async with before(app), server.session_manager.run():
            yield

    app.router.lifespan_context = living


def tools_of(tutor: Tutor, access: Access) -> FastMCP:
    """The tools. What one refuses is told to the model in a sentence."""
    server = FastMCP("Viva", _ABOUT, stateless_http=True, json_response=True, log_level="WARNING", transport_security=_GUARDED)

    def calls(context: _Asked) -> Calls:
        return Calls(tutor, _learner(context))

    @server.tool()
    async def search(query: str, context: _Asked, k: int = 5) -> dict[str, object]:
        """The passages of the documents for a query, best first, each with its file and the place in it."""
        return await _made(partial(calls(context).search, query, k))

    @server.tool()
    async def ask(question: str, context: _Asked, depth: str = "interview") -> dict[str, object]:
        """An answer from the documents with numbered citations, or that they do not answer it. depth: simple, interview or deep."""
        return await _made(partial(calls(context).ask, question, (), depth), partial(access.take_turn, _learner(context)))

    @server.tool()
    async def quiz(context: _Asked, subject: str = "", asked: list[str] | None = None) -> dict[str, object]:
        """An interview question to put to the learner, on a subject or on any. asked: items of earlier questions, not to be repeated."""
        return await _made(partial(calls(context).quiz, subject, asked or ()))

    @server.tool()
    async def grade(question: str, answer: str, context: _Asked) -> dict[str, object]:
        """A mark from 0 to 10 for the learner's answer to a question, with a mark and evidence for each key point."""
        return await _made(partial(calls(context).grade, question, answer), partial(access.take_turn, _learner(context)))

    @server.tool()
    async def due(context: _Asked) -> dict[str, object]:
        """How many points wait to be reviewed today and on the next days, and the question of the next one."""
        return await _made(calls(context).due)

    return server


async def _made(call: Callable[[], _T], first: Callable[[], None] = lambda: None) -> _T:
    try:
        first()
        return await run_sync(call)
    except UserError as error:
        raise ToolError(str(error)) from error


def _learner(context: _Asked) -> str:
    request = context.request_context.request
    return str(request.state.learner) if request else ""
