"""Who comes in, and what of the screen they may touch: each request gets its learner here, before anything else sees it.

Gradio checks a log-in at some of its routes, and whose session, event or file is asked for at none. So every route is behind this gate,
those that the screen does not need are closed to everybody, and what a request names has to be the learner's own.
"""

import json
from collections.abc import Iterator
from time import monotonic
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.errors import UserError
from tutor.learners import LearnerError, clean_name
from tutor.ui.access import Access
from tutor.ui.owners import Owners

SESSION_COOKIE, LEARNER_COOKIE = "viva_session", "viva_learner"
OPEN = frozenset({"/login", "/healthz", "/readyz"})
"""What anybody may ask for."""
_API = "/gradio_api/"
_CALLS = ("app_id", "call", "cancel", "component_server", "heartbeat", "info", "login_check", "queue", "reset", "run", "startup-events")
_USED = frozenset({*_CALLS, "stream", "theme.css", "upload", "upload_progress", "user"})
_OURS = frozenset({"login", "logout"})  # Gradio has others of the same names
_CLOSED = frozenset({"monitoring", "pwa_icon"})
_LIBRARY = ("/assets/", "/static/", "/svelte/", "/favicon.ico")  # Gradio's own files, the same for everybody
_FILE = f"{_API}file="
_UPLOADS = f"{_API}upload"
_CHECK_S = 1.0  # between two looks at whether the session of an answer that is being sent is still good
_NOT_YOURS = "That belongs to another learner. Reload the page."
LOG_IN = "Nobody is logged in here. Open /login in a browser first."


class Gate:
    """Wraps the application. Stands behind the guard, which limits how much is read."""

    def __init__(self, app: ASGIApp, access: Access, folder: str) -> None:
        self.app, self.access = app, access
        self.owners = Owners(folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close"})  # there is none
        elif not self._is_served(scope["path"]):
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
        elif self.access.accounts is None:
            scope.setdefault("state", {})["learner"] = _named(Request(scope))
            await self.app(scope, receive, send)
        else:
            await self._admit(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        visit = _Visit(self.access, request.cookies.get(SESSION_COOKIE, ""), receive, send)
        try:
            learner = visit.learner()
        except UserError as error:
            await PlainTextResponse(str(error), 503)(scope, receive, send)
            return
        scope.setdefault("state", {})["learner"] = learner or ""
        if scope["path"] in OPEN:
            await self.app(scope, receive, send)
        elif learner is None:
            await _refusal(request)(scope, receive, send)
        elif scope["path"].startswith(_API):
            await self._ask(scope, visit, learner)
        else:
            public = scope["path"].startswith(_LIBRARY)
            await self.app(scope, receive, send if public else visit.send_private)

    async def _ask(self, scope: Scope, visit: "_Visit", learner: str) -> None:
        """A call of Gradio's: what it names has to be the learner's, and what the answer names will be."""
        body: object = None
        if scope["method"] == "POST" and scope["path"].rstrip("/") != _UPLOADS:
            try:
                body = await visit.read()
            except (ValueError, RecursionError):
                await PlainTextResponse("That is not JSON.", 400)(scope, visit.receive, visit.send)
                return
        if not self._is_own(scope, body, learner):
            await PlainTextResponse(_NOT_YOURS, 403)(scope, visit.receive, visit.send)
            return

        async def send(message: Message) -> None:
            if message["type"] == "http.response.body" and not scope["path"].startswith(_FILE):
                self.owners.learn(message.get("body", b""), learner)
            await visit.send_private(message)

        await self.app(scope, visit.receive, send)

    def _is_own(self, scope: Scope, body: object, learner: str) -> bool:
        path = scope["path"]
        if path.startswith(_FILE):
            return self.owners.has(path.removeprefix(_FILE), learner)
        return all(self.owners.claim(name, learner) for name in _names(scope, body)) and self.owners.may_name(body, learner)

    def _is_served(self, path: str) -> bool:
        if path.startswith(_FILE):
            return path.startswith(_FILE + self.owners.folder)  # no other place, and nothing fetched from elsewhere
        first, *rest = path.lstrip("/").split("/")
        if first == "gradio_api":
            return bool(rest) and rest[0] in _USED
        if first in _OURS:
            return path == f"/{first}" and self.access.accounts is not None
        return first not in _CLOSED and not first.startswith("vibe")


class _Visit:
    """One request of somebody who shows a token, and the answer to it, which ends when the session does."""

    def __init__(self, access: Access, token: str, receive: Receive, send: Send) -> None:
        self._access, self._token, self._receive, self.send = access, token, receive, send
        self._read: list[Message] = []
        self._checked_at = monotonic()
        self._over = False

    def learner(self) -> str | None:
        """The learner, if the token is good. Raises AccountError."""
        accounts = self._access.accounts
        account = accounts.who(self._token, self._access.clock()) if accounts and self._token else None
        return account.name if account else None

    async def read(self) -> object:
        """The body, which is there to be received all the same. Raises ValueError or RecursionError where it is not JSON."""
        more = True
        while more:
            message = await self._receive()
            self._read.append(message)
            more = message["type"] == "http.request" and message.get("more_body", False)
        whole = b"".join(message.get("body", b"") for message in self._read)
        return json.loads(whole) if whole.strip() else None

    async def receive(self) -> Message:
        """What was read, then what comes; the end, once the session is over."""
        if self._over:
            return {"type": "http.disconnect"}
        return self._read.pop(0) if self._read else await self._receive()

    async def send_private(self, message: Message) -> None:
        """Passes on what is for this learner only, and nothing any more once the session is over."""
        if self._over:
            return
        if message["type"] == "http.response.start":
            _keep_private(message)
        elif message.get("more_body") and monotonic() - self._checked_at > _CHECK_S:
            self._checked_at = monotonic()
            self._over = self._is_over()
        await self.send({"type": "http.response.body", "body": b""} if self._over else message)

    def _is_over(self) -> bool:
        try:
            return self.learner() is None
        except UserError:
            return True


def _names(scope: Scope, body: object) -> Iterator[str]:
    """The sessions and events that a call names: in its path, its query and its body."""
    part, *rest = scope["path"].removeprefix(_API).rstrip("/").split("/")
    if part in {"heartbeat", "stream"} and rest:
        yield rest[0]
    if part == "call" and scope["method"] != "POST" and rest:
        yield rest[-1]
    query = Request(scope).query_params
    yield from (*query.getlist("session_hash"), *query.getlist("upload_id"))
    if isinstance(body, dict):
        yield from (value for key in ("session_hash", "event_id") if isinstance(value := body.get(key), str) and value)


def _named(request: Request) -> str:
    """The learner whose name the browser keeps, where there are no accounts."""
    try:
        return clean_name(unquote(request.cookies.get(LEARNER_COOKIE, "")))
    except LearnerError:
        return ""


def _refusal(request: Request) -> Response:
    """The way to the log-in for people, a sentence for programs."""
    if request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("accept", ""):
        place = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        there = "/login" if place == "/" else f"/login?next={quote(place, safe='')}"
        return RedirectResponse(there, 303, headers={"Cache-Control": "no-store"})
    return PlainTextResponse(LOG_IN, 401)


def _keep_private(message: Message) -> None:
    """No cache keeps what only one learner may see, not even the browser's for the way back."""
    names = {name.lower() for name, _ in message["headers"]}
    if b"cache-control" not in names:
        message["headers"] = [*message["headers"], (b"cache-control", b"no-store")]
