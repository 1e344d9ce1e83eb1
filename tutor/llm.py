"""Any OpenAI-compatible server, by chat completions: the only common denominator. The only file that imports openai.

The client calls broken answers a success: a stream that ends without a finish reason, HTML with status 200, no chunks at all. `stream`
decides what counts as an answer. It runs on an event loop of its own (tutor/background.py), because only there can a call be cancelled
wherever it stands: while it connects, waits for a first token, or sleeps before another try.
"""

import asyncio
import contextlib
import logging
import math
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import lru_cache, partial
from time import time
from typing import Any, cast

import httpx2
import openai
from openai.types.chat import ChatCompletionMessageParam
from openai.types.chat.completion_create_params import ResponseFormat

from tutor.background import in_background
from tutor.endpoint import Endpoint
from tutor.faults import SETTINGS, ModelError, Refusal, fault_of, is_quota, overflow_of, shortened, waited
from tutor.prompting import ChatMessage
from tutor.written import Limits, Progress, Written

log = logging.getLogger("viva")
_AFTER_END_S = 2.0  # for the usage that follows the finish reason
Hooks = Mapping[str, list[Callable[..., Any]]]
_OPTIONAL = ("stream_options", "max_tokens", "temperature")


@dataclass(slots=True)
class Model:
    """A model on a server, and what was learnt about it.

    `refused` are the parameters that it does not take, `found` is its name where none was given, `fits` how many tokens it takes where
    that turned out to be fewer than was said, `thinks` whether it needs tokens for thinking before it answers, `form` how far down the
    ladder of JSON forms its server stands (tutor/structured.py). At `temperature` 0 it answers as alike each time as it can.
    """

    endpoint: Endpoint
    limits: Limits = field(default_factory=Limits)
    refused: set[str] = field(default_factory=set)
    found: str = ""
    fits: int | None = None
    thinks: bool = False
    form: int = 0
    temperature: float = 0.2

    def stream(
        self, messages: Sequence[ChatMessage], max_tokens: int, form: Mapping[str, object] | None = None
    ) -> Generator[Progress, None, None]:
        """What the model writes, as it grows and at least every 0.2 s; the last one has a finish reason. Raises ModelError.

        Closing the generator closes the connection.
        """
        latest = Progress()
        for progress in in_background(partial(self._answer, messages, max_tokens, form)):
            latest = progress or latest
            yield latest

    def models(self) -> tuple[str, ...]:
        """The names of the models that the server has. Raises ModelError."""
        names: tuple[str, ...] = ()
        for found in in_background(self._list):
            names = found or names
        return names

    async def _list(self, put: Callable[[tuple[str, ...]], None]) -> None:
        with self._translated(Written()):
            async with self._client(lambda _notice: None) as client, asyncio.timeout(self.limits.first_token_s):
                put(await _names(client))

    async def _answer(
        self, messages: Sequence[ChatMessage], max_tokens: int, form: Mapping[str, object] | None, put: Callable[[Progress], None]
    ) -> None:
        written = Written()
        with self._translated(written):
            async with (
                self._client(lambda notice: put(Progress(notice=notice))) as client,
                asyncio.timeout(self.limits.answer_s),
                asyncio.timeout(self.limits.first_token_s) as clock,
            ):
                stream = await self._open(client, messages, max_tokens, form)
                async for chunk in stream:
                    if written.take(chunk):
                        put(written.progress(self.endpoint))
                    if written.length > self.limits.characters:
                        raise ModelError(f"{self.endpoint.host} did not stop writing, so it was stopped.")
                    clock.reschedule(asyncio.get_running_loop().time() + (_AFTER_END_S if written.finish else self.limits.stall_s))
                written.check(stream.response.headers.get("content-type", ""), self.endpoint.host)
        put(written.progress(self.endpoint, ended=True))

    async def _open(
        self, client: openai.AsyncOpenAI, messages: Sequence[ChatMessage], max_tokens: int, form: Mapping[str, object] | None
    ) -> openai.AsyncStream[openai.types.chat.ChatCompletionChunk]:
        """Sends the request, without the parameters that this server has refused before or refuses now."""
        model = self.endpoint.model or self.found or await self._only_model(client)
        no = set(self.refused)
        while True:
            try:
                stream = await client.chat.completions.create(
                    model=model,
                    messages=[_as_param(message) for message in messages],
                    stream=True,
                    temperature=openai.omit if "temperature" in no else self.temperature,
                    max_tokens=openai.omit if "max_tokens" in no else max_tokens,
                    max_completion_tokens=max_tokens if "max_tokens" in no else openai.omit,
                    stream_options=openai.omit if "stream_options" in no else {"include_usage": True},
                    response_format=cast(ResponseFormat, dict(form)) if form else openai.omit,
                )
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                name = _refused_parameter(_refusal(error), no)
                if name is None:
                    raise
                no.add(name)
            else:
                self.refused = no
                return stream

    async def _only_model(self, client: openai.AsyncOpenAI) -> str:
        names = await _names(client)
        if len(names) != 1:
            there = f"It has {', '.join(names[:5])}." if names else "It names none."
            raise ModelError(f"No model is chosen for {self.endpoint.host}. {there} {SETTINGS}")
        self.found = names[0]
        return self.found

    @contextlib.asynccontextmanager
    async def _client(self, tell: Callable[[str], None]) -> AsyncIterator[openai.AsyncOpenAI]:
        limits = self.limits
        wire = _Wire(
            self.endpoint.host,
            httpx2.Timeout(limits.first_token_s, connect=limits.connect_s),
            {"response": [lambda response: self._received(response, tell)]},
            trust_env=not self.endpoint.is_local,  # a proxy of the environment is for other machines
        )
        key = self.endpoint.key.get_secret_value() or "none"  # local servers want none, the client wants one
        headers = {"Accept-Encoding": "identity"}
        async with openai.AsyncOpenAI(
            base_url=self.endpoint.base_url, api_key=key, http_client=wire, max_retries=2, default_headers=headers
        ) as client:
            yield client

    async def _received(self, response: httpx2.Response, tell: Callable[[str], None]) -> None:
        """Looks at every response before the client does: how long it may be, and whether to try again."""
        if response.headers.get("content-encoding", "identity") != "identity":
            raise ModelError(f"{self.endpoint.host} sent a packed answer that was not asked for, so it was not opened.")
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Capped(response.stream, self.limits.bytes, self.endpoint.host)
        if response.status_code == 429:
            wait_s = _retry_after(response.headers)
            await response.aread()
            if is_quota(response.text) or wait_s > self.limits.wait_s:
                response.headers["x-should-retry"] = "false"
            else:
                tell(f"{self.endpoint.host} is busy; trying again{f' in {waited(wait_s)}' if wait_s else ''}.")

    @contextlib.contextmanager
    def _translated(self, written: "Written") -> Iterator[None]:
        """Turns what the client, the wire and the clock raise into ModelError, unless the answer had already ended."""
        try:
            yield
        except (openai.OpenAIError, httpx2.HTTPError, ValueError, TimeoutError, ModelError) as error:
            if written.finish and not isinstance(error, ModelError):
                return
            fault = error if isinstance(error, ModelError) else _fault(error, self.endpoint, begun=bool(written.parts))
            fault.partial = "".join(written.parts)
            log.warning("The model at %s: %s, status %s", self.endpoint.host, type(error).__name__, fault.status)
            raise fault from (None if fault is error else error)


@lru_cache(maxsize=16)
def model_of(endpoint: Endpoint) -> Model:
    """The one Model of an endpoint that answers alike each time, so that what was learnt about a server is kept."""
    return Model(endpoint, temperature=0.0)


class _Wire(httpx2.AsyncClient):
    """Does not try again where a server does not even take the connection: that took long enough."""

    def __init__(self, host: str, timeout: httpx2.Timeout, event_hooks: Hooks, *, trust_env: bool) -> None:
        super().__init__(timeout=timeout, event_hooks=event_hooks, trust_env=trust_env, follow_redirects=False)
        self._host = host

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:  # noqa: ANN401 - as the client calls it
        try:
            return await super().send(request, **options)
        except httpx2.ConnectTimeout as error:
            sentence = f"{self._host} did not take the connection in time. Is its address right, https:// or http:// too? {SETTINGS}"
            raise ModelError(sentence) from error


class _Capped(httpx2.AsyncByteStream):
    """A body that may not grow beyond a limit, counted as it comes off the wire."""

    def __init__(self, stream: httpx2.AsyncByteStream, limit: int, host: str) -> None:
        self._stream, self._left, self._host = stream, limit, host

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            self._left -= len(part)
            if self._left < 0:
                raise ModelError(f"{self._host} sent far more than an answer, so the connection was closed.")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _names(client: openai.AsyncOpenAI) -> tuple[str, ...]:
    page: object = await client.models.list()
    listed = getattr(page, "data", None)
    if not isinstance(listed, list):
        raise ValueError("no list of models")
    return tuple(name for name in (getattr(model, "id", None) for model in listed) if isinstance(name, str))


def _as_param(message: ChatMessage) -> ChatCompletionMessageParam:
    if message.role == "system":
        return {"role": "system", "content": message.content}
    if message.role == "assistant":
        return {"role": "assistant", "content": message.content}
    return {"role": "user", "content": message.content}


def _fault(error: Exception, endpoint: Endpoint, *, begun: bool) -> ModelError:
    """What the client, the wire or the clock raised, in a sentence."""
    host = endpoint.host
    if isinstance(error, openai.APIStatusError):
        return fault_of(_refusal(error), endpoint)
    chain = list(_causes(error))
    if any(isinstance(cause, TimeoutError | openai.APITimeoutError) for cause in chain):
        return ModelError(f"{host} stopped in the middle of its answer." if begun else f"{host} did not begin to answer in time.")
    if any(isinstance(cause, socket.gaierror) for cause in chain):
        return ModelError(f"The name {host} was not found. Is it spelled right, and is there a network? {SETTINGS}")
    if any(isinstance(cause, ssl.SSLError) for cause in chain):
        return ModelError(f"{host} could not be trusted or does not speak https: {_reason(chain)}. {SETTINGS}")
    if isinstance(error, openai.APIConnectionError):
        return ModelError(
            f"The connection to {host} broke off." if begun else f"Viva cannot reach {host}. Is the server running? {SETTINGS}"
        )
    if isinstance(error, openai.APIError):
        refusal = Refusal(400, error.message)
        if overflow_of(refusal) is not None:
            return fault_of(refusal, endpoint)
        return ModelError(f"{host} reported a fault in the middle of its answer: {shortened(error.message, endpoint)}.")
    return ModelError(f"{host} sent something that is not an OpenAI-compatible answer. {SETTINGS}")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it came from, through groups too: a name that was not found lies deep."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for inner in error.exceptions:
                yield from _causes(inner)
        error = error.__cause__ or error.__context__


def _reason(chain: Sequence[BaseException]) -> str:
    return next((cause.reason for cause in chain if isinstance(cause, ssl.SSLError) and cause.reason), "TLS").replace("_", " ").lower()


def _refusal(error: openai.APIStatusError) -> Refusal:
    return Refusal(error.status_code, f"{error.message} {error.code or ''}", _retry_after(error.response.headers) or None)


def _refused_parameter(refusal: Refusal, left_out: set[str]) -> str | None:
    """The parameter to do without next, None where the refusal is about something else."""
    if overflow_of(refusal) is not None:
        return None
    left = [name for name in _OPTIONAL if name not in left_out]
    named = [name for name in left if re.search(rf"\b{name}\b", refusal.detail)]
    guessed = [name for name in left if name == "stream_options"]  # the one that old servers refuse without a word
    return next(iter(named or guessed), None)


def _retry_after(headers: httpx2.Headers) -> float:
    """Seconds to wait, 0 where the server does not say."""
    value = headers.get("retry-after", "")
    try:
        seconds = float(headers.get("retry-after-ms", "")) / 1000 if "retry-after-ms" in headers else float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time()
        except ValueError:
            return 0.0
    return max(seconds, 0.0) if math.isfinite(seconds) else 86_400.0
