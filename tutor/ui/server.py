"""Serves the screen from an application of our own, which owns what Gradio leaves open: headers, limits, hosts, health."""

import atexit
import contextlib
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.routing import Mount

from corpus.errors import UserError
from tutor.text import clean
from tutor.tutor import Tutor
from tutor.ui.access import Access
from tutor.ui.entrance import add_log_in, add_log_out, add_names
from tutor.ui.exports import add_exports
from tutor.ui.gate import Gate
from tutor.ui.guard import Guard
from tutor.ui.screen import build
from tutor.ui.speech_routes import add_speech
from tutor.ui.theme import head, theme
from tutor.ui.toolkit import gr
from tutor.ui.uploads import add_uploads

_THREADS = 100
_SESSIONS = 2_000
_QUEUE = 500
_GRACE_S = 30


def application(tutor: Tutor, hosts: Iterable[str] = (), access: Access | None = None, url: str = "", *, tools: bool = False) -> FastAPI:
    """The screen for `tutor` at /, with /healthz and /readyz. `hosts` are names under which it may be reached besides localhost.

    `access` says who may do what; `url` is the address that people use, where that is not the one that the server sees; `tools` are
    those for models, at /mcp.
    """
    access, folder = access or Access(), _private_folder()
    app = FastAPI(title="Viva", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz(request: Request) -> JSONResponse:
        status = tutor.status()
        if status.ready:
            return JSONResponse({"status": "ready"})
        stranger = access.accounts is not None and not request.state.learner
        return JSONResponse({"status": "not ready" if stranger else status.problem or status.text}, 503)

    @app.get("/conversations/{conversation}.md")
    def exported(conversation: str, request: Request) -> Response:
        try:
            text = tutor.journal.export(conversation, request.state.learner)
        except UserError as error:
            return PlainTextResponse(str(error), 404)
        return Response(text, media_type="text/markdown; charset=utf-8", headers={"Content-Disposition": attachment(text)})

    add_exports(app, tutor, url)
    add_speech(app, tutor, access)
    add_uploads(app, tutor, folder)
    if access.accounts:
        add_log_in(app, access.accounts, access)
        add_log_out(app, access.accounts)
    else:
        add_names(app, tutor, access)
    if tools:
        from tutor.ui.tools import add_tools

        add_tools(app, tutor, access)
    _mount(app, build(tutor, access), url)
    app.add_middleware(Gate, access=access, folder=folder)
    app.add_middleware(CORSMiddleware, allow_origins=())  # its presence keeps Gradio from allowing any origin
    app.add_middleware(Guard, hosts=(*hosts, *filter(None, [urlsplit(url).hostname])))
    return app


def _mount(app: FastAPI, demo: gr.Blocks, url: str) -> None:
    demo.queue(default_concurrency_limit=None, max_size=_QUEUE)
    demo.max_threads = _THREADS
    demo.state_session_capacity = _SESSIONS
    with warnings.catch_warnings():  # of several pages that the server would draw, if we let it
        warnings.filterwarnings("ignore", "SSR mode is not supported")
        gr.mount_gradio_app(
            app,
            demo,
            path="/",
            root_path=url.rstrip("/") or None,
            auth_dependency=lambda request: str(request.state.learner),
            app_kwargs={"openapi_url": None},
            footer_links=[],
            run_history=False,
            show_error=False,
            enable_monitoring=False,
            max_file_size="50mb",
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            theme=theme(),
            head=head(),
        )
    app.state.stopping = next(route.app.stop_event for route in app.routes if isinstance(route, Mount) and hasattr(route.app, "stop_event"))


def attachment(markdown: str) -> str:
    """The header that makes a browser save a conversation under its title, which is the first line of it."""
    title = " ".join(re.sub(r'[\\/:*?"<>|\x00-\x1f#`]', " ", clean(markdown.partition("\n")[0])).split()).strip(". ")[:80] or "Conversation"
    plain = title.encode("ascii", "ignore").decode().strip() or "Conversation"
    return f"attachment; filename=\"{plain}.md\"; filename*=UTF-8''{quote(title, safe='')}.md"


def serve(app: FastAPI, host: str = "127.0.0.1", port: int = 7860) -> None:
    """Serves until the process is told to stop; answers that are being given may then end first."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # an ordinary end, so that what was opened is closed
    with contextlib.suppress(KeyboardInterrupt):
        server(app, host, port).run()


def server(app: FastAPI, host: str, port: int) -> uvicorn.Server:
    """What `serve` runs."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        proxy_headers=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=_GRACE_S,
    )
    return _Server(config)


class _Server(uvicorn.Server):
    """Hangs up first on the connection that each open page holds, which otherwise counts as one that is still being answered."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As in uvicorn."""
        self.config.app.state.stopping.set()  # type: ignore[union-attr]  # `application` put it there
        await super().shutdown(sockets)


@cache
def _private_folder() -> str:
    """Gradio's uploads go to a folder that only this user can enter and that goes with the process."""
    folder = str(Path(tempfile.mkdtemp(prefix="viva-")).resolve())  # made with mode 0700
    os.environ["GRADIO_TEMP_DIR"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
