"""Which language model answers, if any. It can change between two questions; without one, the offline engine answers as ever.

The client library takes half a second to import, so it is only imported when a model is asked.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from corpus.types import Document
from tutor.endpoint import Endpoint, EndpointError, load_endpoint, save_endpoint
from tutor.engine import Engine, EngineError, Request
from tutor.faults import ModelError
from tutor.prompting import ChatMessage
from tutor.types import Reply

if TYPE_CHECKING:
    from tutor.online import LLMEngine
    from tutor.quiz import Judge

GENERAL_FOLLOW_UP = "Answer from general knowledge"
_PORTS = (11434, 1234, 8080, 8000)  # Ollama, LM Studio, llama.cpp, vLLM
_PROBE_S = 0.4
_PROBES_S = 0.5
_LARGEST_LIST = 1_000_000
_WORD_TOKENS = 64  # some models think before they say one word


class Quoting(Engine, Protocol):
    """An engine that needs no model, and the documents that it quotes."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """By file."""
        ...

    def follow_ups(self, request: Request, answer: str) -> tuple[str, ...]:
        """What can be asked next, where somebody else has answered."""
        ...


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a model answers, a sentence for the person who asked, and the models that its server has."""

    ok: bool
    text: str
    models: tuple[str, ...] = ()


class Connection:
    """The endpoint in use: what was saved on the settings page, else what the environment names, else none."""

    def __init__(self, folder: Path | None, environment: Endpoint | None = None, port: int | None = None) -> None:
        """`folder` keeps what is saved, None keeps it for this run only. `port` is Viva's own."""
        self._folder = folder
        self._environment = environment
        self._port = port
        self._lock = threading.Lock()
        self._engine: LLMEngine | None = None
        self._saved: Endpoint | None = None
        self.problem: str | None = None
        """A sentence where what was saved could not be read."""
        try:
            self._saved = load_endpoint(folder) if folder else None
        except EndpointError as error:
            self.problem = str(error)

    @property
    def endpoint(self) -> Endpoint | None:
        """Where questions go, None where no model is asked."""
        return self._saved or self._environment

    @property
    def from_environment(self) -> bool:
        """Whether the endpoint in use is the one that the environment names."""
        return self._saved is None and self._environment is not None

    def use(self, endpoint: Endpoint | None) -> None:
        """Asks this one from the next question on and after a restart; None forgets it. Raises EndpointError where it cannot be saved."""
        with self._lock:
            if self._folder:
                save_endpoint(self._folder, endpoint)
            self._saved, self.problem = endpoint, None

    def engine(self, offline: Quoting) -> Engine:
        """The engine for one question: the offline one, or one that asks the model and falls back on it."""
        endpoint = self.endpoint
        return Assisted(self, endpoint, offline) if endpoint else offline

    def judge(self, offline: "Judge") -> "Judge":
        """Who grades an answer to an item: the offline judge, or the model in view of what that one says."""
        endpoint = self.endpoint
        if endpoint is None:
            return offline
        from tutor.grading import task_of
        from tutor.judging import judge_with_model

        return lambda item, answer: judge_with_model(endpoint, task_of(item), answer, offline(item, answer))

    def model_engine(self, endpoint: Endpoint, documents: Mapping[str, Document]) -> "LLMEngine":
        """The engine behind an endpoint, made once, so that what it learnt about its server is kept."""
        from tutor.llm import Model
        from tutor.online import LLMEngine

        with self._lock:
            engine = self._engine
            if engine is None or engine.model.endpoint != endpoint:
                engine = self._engine = LLMEngine(Model(endpoint), documents)
            return engine if engine.documents is documents else LLMEngine(engine.model, documents)

    def check(self, endpoint: Endpoint) -> Check:
        """Asks for the list of models and for one word. Takes as long as the model does."""
        from tutor.llm import Model

        model = Model(endpoint)
        try:
            names = model.models()
        except ModelError as error:
            if error.status in {None, 401, 403}:
                return Check(False, str(error))
            names = ()  # some servers have no list
        begun = monotonic()
        try:
            for _progress in model.stream([ChatMessage("user", "Answer with the one word: ready")], _WORD_TOKENS):
                pass
        except ModelError as error:
            unknown = error.status in {400, 404} and names and endpoint.model not in names
            there = f"{endpoint.host} has no model {endpoint.model!r}. It has: {', '.join(names)}."
            return Check(False, there if unknown else str(error), names)
        name = endpoint.model or model.found
        return Check(True, f"{name} at {endpoint.host} answered in {monotonic() - begun:.1f} s.", names)

    def local_servers(self) -> tuple[Endpoint, ...]:
        """Model servers that run on this machine at their usual ports, with their first model. Takes at most half a second."""
        ports = [port for port in _PORTS if port != self._port]
        found: SimpleQueue[Endpoint | None] = SimpleQueue()
        for port in ports:
            threading.Thread(target=lambda port=port: found.put(_probe(port)), name="probe", daemon=True).start()
        end = monotonic() + _PROBES_S
        servers: list[Endpoint] = []
        for _port in ports:
            try:
                server = found.get(timeout=max(end - monotonic(), 0.001))
            except Empty:
                break
            servers += [server] if server else []
        return tuple(sorted(servers, key=lambda server: server.base_url))


@dataclass(frozen=True, slots=True)
class Assisted:
    """Asks the model; where it fails, says why and answers offline."""

    connection: Connection
    endpoint: Endpoint
    offline: Quoting

    @property
    def name(self) -> str:
        """One line for the screen that says who answers."""
        return self.endpoint.name

    @property
    def documents(self) -> Mapping[str, Document]:
        """As Quoting."""
        return self.offline.documents

    def explain(self, request: Request) -> Iterator[Reply]:
        """As Engine.explain.

        A question that the documents do not answer is refused without asking the model, unless it is to answer from general knowledge.
        """
        if request.move != "general" and not (request.retrieval.answerable and request.retrieval.passages):
            yield from self._refusal(request)
            return
        try:
            engine = self.connection.model_engine(self.endpoint, self.offline.documents)
            with closing(engine.explain(request)) as replies:
                for reply in replies:
                    yield replace(reply, follow_ups=self.offline.follow_ups(request, reply.answer)) if reply.complete else reply
        except EngineError as error:
            notice = f"The model did not answer: {error} This is the offline answer."
            interrupted = error.partial if isinstance(error, ModelError) else ""
            for reply in self.offline.explain(request):
                yield replace(reply, notice=notice, interrupted=interrupted)

    def _refusal(self, request: Request) -> Iterator[Reply]:
        for reply in self.offline.explain(request):
            yield replace(reply, follow_ups=(*reply.follow_ups, GENERAL_FOLLOW_UP)) if reply.complete else reply


def _probe(port: int) -> Endpoint | None:
    """What answers at a port of this machine as a model server does."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_PROBE_S)
    try:
        connection.request("GET", "/v1/models", headers={"Accept": "application/json"})
        response = connection.getresponse()
        listed = json.loads(response.read(_LARGEST_LIST)) if response.status == 200 else None
        models = listed.get("data") if isinstance(listed, dict) else None
        if not isinstance(models, list):
            return None
        names = [model["id"] for model in models if isinstance(model, dict) and isinstance(model.get("id"), str)]
        return Endpoint(base_url=f"http://127.0.0.1:{port}/v1", model=names[0] if names else "")
    except (OSError, HTTPException, ValueError):
        return None
    finally:
        connection.close()
