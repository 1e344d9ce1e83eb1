"""What a model may ask of the tutor, as tools of the Model Context Protocol at /mcp: the same calls as programs have, in their words.

Each call comes with its own request, so it goes through the same gate as everything else and is made in the name of its learner. The
package `mcp` is only imported where the tools are wanted.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from anyio.to_thread import run_sync
from fastapi import FastAPI
from starlette.routing import Route

from corpus.errors import UserError
from tutor.calls import Calls
from tutor.tutor import Tutor
from tutor.ui.access import Access

if TYPE_CHECKING:
    from mcp.server.fastmcp import FastMCP

PATH = "/mcp"
_ABOUT = (
    "Viva tutors technical interviews from documents on this machine. Use `search` and `ask` for what the documents say, with sources; "
    "`quiz` for a question to put to the learner, `grade` for a fair mark with evidence on their answer, and `due` for what to review."
)
_T = TypeVar("_T")


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


def tools_of(tutor: Tutor, access: Access) -> "FastMCP":
    """The tools. What one refuses is told to the model in a sentence."""
    from mcp.server.fastmcp import Context, FastMCP
    from mcp.server.fastmcp.exceptions import ToolError
    from mcp.server.transport_security import TransportSecuritySettings

    guarded = TransportSecuritySettings(enable_dns_rebinding_protection=False)  # the guard of the whole application does that
    server = FastMCP("Viva", _ABOUT, stateless_http=True, json_response=True, log_level="WARNING", transport_security=guarded)
    calls = Calls(tutor)

    async def made(call: Callable[[], _T], context: Context[Any, Any, Any], *, counted: bool = False) -> _T:
        try:
            if counted:
                access.take_turn(learner(context))
            return await run_sync(call)
        except UserError as error:
            raise ToolError(str(error)) from error

    def learner(context: Context[Any, Any, Any]) -> str:
        request = context.request_context.request
        return str(request.state.learner) if request else ""

    @server.tool()
    async def search(query: str, context: Context[Any, Any, Any], k: int = 5) -> dict[str, object]:
        """The passages of the documents for a query, best first, each with its file and the place in it."""
        return await made(partial(calls.search, query, k), context)

    @server.tool()
    async def ask(question: str, context: Context[Any, Any, Any], depth: str = "interview") -> dict[str, object]:
        """An answer from the documents with numbered citations, or that they do not answer it. depth: simple, interview or deep."""
        return await made(partial(calls.ask, question, (), depth), context, counted=True)

    @server.tool()
    async def quiz(context: Context[Any, Any, Any], subject: str = "", asked: list[str] | None = None) -> dict[str, object]:
        """An interview question to put to the learner, on a subject or on any. asked: items of earlier questions, not to be repeated."""
        return await made(partial(calls.quiz, subject, asked or ()), context)

    @server.tool()
    async def grade(question: str, answer: str, context: Context[Any, Any, Any]) -> dict[str, object]:
        """A mark from 0 to 10 for the learner's answer to a question, with a mark and evidence for each key point."""
        return await made(partial(calls.grade, question, answer), context, counted=True)

    @server.tool()
    async def due(context: Context[Any, Any, Any]) -> dict[str, object]:
        """How many points wait to be reviewed today and on the next days, and the question of the next one."""
        who = learner(context)
        waiting, following = await made(lambda: (tutor.due(who), tutor.reviews.next(who)), context)
        asked = {"item": following.card.item, "question": following.text, "reason": following.reason} if following else None
        return {"now": waiting.now, "done_today": waiting.done, "next": asked, "days": [[str(day), points] for day, points in waiting.days]}

    return server
