"""A language model's server that plays a script over real HTTP, and one that plays it over bare sockets, for what HTTP does not allow."""

import json
import re
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

Body = dict[str, object]
Step = Callable[[Request, Body], Response]
USAGE = {"prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500, "prompt_tokens_details": {"cached_tokens": 1000}}


class ModelServer:
    """Plays one step for each request for an answer, the last one for all that follow, and keeps what it was asked."""

    def __init__(self) -> None:
        self.http = HTTPServer(host="127.0.0.1", threaded=True)
        self.asked: list[Body] = []
        self.times: list[float] = []
        self.models: list[str] = []
        self.left, self.closing = threading.Event(), threading.Event()
        self._steps: list[Step] = []
        self.reset()
        self.http.expect_request("/v1/models").respond_with_handler(lambda _request: _json({"object": "list", "data": self._listed()}))
        self.http.expect_request(re.compile("/elsewhere/.*")).respond_with_data("not here", status=404)
        self.http.expect_request("/v1/chat/completions", method="POST").respond_with_handler(self._answer)

    @property
    def url(self) -> str:
        return self.http.url_for("/v1")

    def reset(self) -> None:
        """As new: stopping and starting again would take half a second."""
        self.closing.set()  # whoever still hangs
        self.asked, self.times, self.models = [], [], ["tiny"]
        self.left, self.closing = threading.Event(), threading.Event()
        self._steps = [says("Hello.")]

    def plays(self, *steps: Step) -> None:
        self._steps = list(steps)

    def last(self) -> str:
        """The last message of the last request."""
        return content(self.asked[-1], -1)

    def _listed(self) -> list[Body]:
        return [{"id": name, "object": "model", "created": 0, "owned_by": "nobody"} for name in self.models]

    def _answer(self, request: Request) -> Response:
        body: Body = json.loads(request.get_data())
        self.asked.append(body)
        self.times.append(time.monotonic())
        step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
        request.environ["model_server"] = self
        return step(request, body)


def messages(body: Body) -> list[dict[str, str]]:
    found = body["messages"]
    assert isinstance(found, list)
    return found


def content(body: Body, place: int) -> str:
    return messages(body)[place]["content"]


def chunk(text: str | None = None, finish: str | None = None, **more: object) -> Body:
    delta: Body = {} if text is None else {"content": text}
    return {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "tiny",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    } | more


def event(data: object) -> bytes:
    return f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode()


def says(text: str, *, finish: str | None = "stop", usage: object = None, done: bool = True, every_s: float = 0.0) -> Step:
    """An answer, a word a chunk."""

    def play(_request: Request, body: Body) -> Response:
        words = re.findall(r"\s*\S+\s*|\s+", text)

        def parts() -> Iterator[bytes]:
            for word in words:
                yield event(chunk(word))
                time.sleep(every_s)
            if finish:
                yield event(chunk(finish=finish))
            if usage and isinstance(body.get("stream_options"), dict):
                yield event(chunk() | {"choices": [], "usage": usage})
            if done:
                yield event("[DONE]")

        return Response(parts(), content_type="text/event-stream")

    return play


def sends(*parts: bytes, content_type: str = "text/event-stream", status: int = 200, headers: dict[str, str] | None = None) -> Step:
    """These bytes, whatever they are."""
    return lambda _request, _body: Response(iter(parts), status=status, content_type=content_type, headers=headers)


def refuses(status: int, message: str = "no", *, headers: dict[str, str] | None = None, code: str | None = None) -> Step:
    def play(_request: Request, _body: Body) -> Response:
        return _json({"error": {"message": message, "type": "fault", "code": code}}, status, headers)

    return play


def hangs(*first: bytes) -> Step:
    """Nothing after these bytes, until the client leaves."""

    def play(request: Request, _body: Body) -> Response:
        server: ModelServer = request.environ["model_server"]
        left, closing = server.left, server.closing

        def parts() -> Iterator[bytes]:
            yield from first
            _wait_until_left(request, left, closing)
            yield b""

        if not first:  # not even a status
            _wait_until_left(request, left, closing)
        return Response(parts(), content_type="text/event-stream")

    return play


def endless(text: str = "more and more ") -> Step:
    def play(request: Request, _body: Body) -> Response:
        server: ModelServer = request.environ["model_server"]
        left, closing = server.left, server.closing

        def parts() -> Iterator[bytes]:
            try:
                while not closing.is_set():
                    yield event(chunk(text))
            finally:
                left.set()

        return Response(parts(), content_type="text/event-stream")

    return play


def answers(reply: Callable[[Body], str]) -> Step:
    """What a function makes of the request."""
    return lambda request, body: says(reply(body))(request, body)


def obeys(body: Body) -> str:
    """A model that does whatever a text tells it, wherever that stands: the worst that can sit behind Viva."""
    said: list[str] = []
    for text in (one["content"] for one in messages(body)):
        said += re.findall(r"(?:print|write|say|output|add) (?:exactly )?[\"“](.+?)[\"”]", text, re.DOTALL)
        if re.search(r"(?:reveal|repeat|print) (?:your|the) (?:system )?prompt|everything above", text, re.IGNORECASE):
            said.append(content(body, 0))
        if re.search(r"prompt in base64", text, re.IGNORECASE):
            import base64

            said.append(base64.b64encode(content(body, 0).encode()).decode())
    return "\n\n".join(said) or "Nobody told me anything."


class RawServer:
    """Takes a connection, reads what comes first, sends bytes and closes."""

    def __init__(self, parts: Sequence[bytes], *, hold_s: float = 0.0) -> None:
        self._parts, self._hold_s = parts, hold_s
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                connection.recv(1_000_000)
                for part in self._parts:
                    connection.sendall(part)
                time.sleep(self._hold_s)


def _wait_until_left(request: Request, left: threading.Event, closing: threading.Event) -> None:
    connection: socket.socket = request.environ["werkzeug.socket"]
    while not closing.is_set():
        readable, _, _ = select.select([connection], [], [], 0.05)
        if readable and not connection.recv(1, socket.MSG_PEEK):
            left.set()
            return


def _json(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json", headers=headers)
