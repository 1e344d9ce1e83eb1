"""What stands between the network and the screen: who may speak to it, how much they may send, and what every answer carries.

Plain ASGI, because a middleware that reads the whole body first is what a body limit is there to prevent.
"""

import contextlib
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.formparsers import MultiPartException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MB = 1_000_000  # below the 1,048,576 of the framework, so that ours is the limit that is met first
BODY_LIMIT = 2 * MB
UPLOAD_LIMIT = 50 * MB
_UPLOADS = frozenset({"/gradio_api/upload", "/library/files", "/speech"})
_FRAME = 64 * 1024  # what a form adds to the file in it
_DRAIN = 64 * MB  # read and thrown away, so that the sender sees the refusal and not a broken connection
_LOCAL = ("127.0.0.1", "localhost", "::1")
_ALL = ("0.0.0.0", "::")  # who listens there is reached by any address; a bare address is nobody else's name

# Gradio's scripts need both 'unsafe-inline' and 'unsafe-eval': without them the page stays on "Loading" for ever.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; frame-src 'none'; form-action 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # no other site is told; with no-referrer, browsers hide from us that a form is ours
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class _TooLarge(MultiPartException):
    """More was sent than is taken. It is Starlette's own error, since at that Gradio removes what it has written of an upload."""


class Guard:
    """Wraps the whole application. `hosts` are the names, besides this machine's own, under which it may be spoken to."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        self.app = app
        self.hosts = frozenset((*_LOCAL, *(host.lower() for host in hosts)))
        self.any_address = not self.hosts.isdisjoint(_ALL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # What a proxy says about itself is believed by Gradio and echoed; anybody can say it, so nobody may.
        scope["headers"] = [(name, value) for name, value in scope["headers"] if not name.startswith((b"x-forwarded-", b"x-gradio-server"))]
        body = _Body(receive, _with_headers(send), _limit(scope["path"]))
        headers = Headers(scope=scope)
        if refusal := self._refusal(headers):
            await refusal(scope, receive, _with_headers(send))
        elif _length(headers) > body.limit:
            await body.refuse(scope)
        else:
            with contextlib.suppress(_TooLarge):
                await self.app(scope, body.receive, body.send)
            if body.over:
                await body.refuse(scope)

    def _refusal(self, headers: Headers) -> PlainTextResponse | None:
        host, origin = headers.get("host", ""), headers.get("origin")
        name = _name(host)
        if name not in self.hosts and not (self.any_address and _is_address(name)):
            return PlainTextResponse("Viva does not answer under this host name. Open it by its address.", 400)
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return PlainTextResponse("Viva does not answer other sites.", 403)
        return None


class _Body:
    """A request's body, counted while it is read, and the answer to it, which is ours to give once it is too large."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive, self._send, self.limit = receive, send, limit
        self.over = self._started = False
        self._read = 0
        self._more = True

    async def receive(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        self._more = message["type"] == "http.request" and message.get("more_body", False)
        if self._read > self.limit:
            self.over = True
            raise _TooLarge("too large")
        return message

    async def send(self, message: Message) -> None:
        """Passes an answer on, unless it is the application's opinion of a body that was cut off."""
        if self._started or not self.over:
            self._started = True
            await self._send(message)

    async def refuse(self, scope: Scope) -> None:
        if self._started:
            return
        while self._more and self._read < _DRAIN:
            message = await self._receive()
            self._read += len(message.get("body", b""))
            self._more = message["type"] == "http.request" and message.get("more_body", False)
        text = f"That is too large: Viva takes at most {self.limit // MB} MB here."
        await PlainTextResponse(text, 413)(scope, self._receive, self._send)


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return sent


def _limit(path: str) -> int:
    return UPLOAD_LIMIT + _FRAME if path.rstrip("/") in _UPLOADS else BODY_LIMIT


def _length(headers: Headers) -> int:
    declared = headers.get("content-length", "")
    return int(declared) if declared.isdecimal() else 0


def _name(host: str) -> str | None:
    """A Host header's name, without the port."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _is_address(name: str | None) -> bool:
    try:
        ip_address(name or "")
    except ValueError:
        return False
    return True
