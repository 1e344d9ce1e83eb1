"""The way to a server: the client that asks it, how much it may send, and what goes wrong in a sentence. With llm.py all of openai.

Chat, transcription and speech go to the same kind of server and meet the same faults; only what they ask differs.
"""

import asyncio
import contextlib
import logging
import math
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from functools import partial
from time import time
from typing import Any, TypeVar

import httpx2
import openai

from tutor.background import in_background
from tutor.endpoint import Endpoint
from tutor.faults import SETTINGS, ModelError, Refusal, fault_of, is_quota, overflow_of, shortened, waited
from tutor.written import Limits

log = logging.getLogger("viva")
T = TypeVar("T")
Hooks = Mapping[str, list[Callable[..., Any]]]
FAULTS = (openai.OpenAIError, httpx2.HTTPError, ValueError, TimeoutError, ModelError)
"""What the client, the wire, the clock and Viva itself raise while a server is asked."""


@contextlib.asynccontextmanager
async def client_of(endpoint: Endpoint, limits: Limits, tell: Callable[[str], None]) -> AsyncIterator[openai.AsyncOpenAI]:
    """A client of an endpoint's server, closed at the end. `tell` is told why it waits."""
    wire = _Wire(
        endpoint.host,
        httpx2.Timeout(limits.first_token_s, connect=limits.connect_s),
        {"response": [partial(_received, endpoint, limits, tell)]},
        trust_env=not endpoint.is_local,  # a proxy of the environment is for other machines
    )
    key = endpoint.key.get_secret_value() or "none"  # local servers want none, the client wants one
    headers = {"Accept-Encoding": "identity"}
    async with openai.AsyncOpenAI(
        base_url=endpoint.base_url, api_key=key, http_client=wire, max_retries=2, default_headers=headers
    ) as client:
        yield client


def asked(endpoint: Endpoint, limits: Limits, ask: Callable[[openai.AsyncOpenAI], Awaitable[T]]) -> T:
    """What one call of a client brings, in `limits.answer_s` at most. Blocks. Raises ModelError."""

    async def work(put: Callable[[T], None]) -> None:
        try:
            async with client_of(endpoint, limits, lambda _notice: None) as client, asyncio.timeout(limits.answer_s):
                put(await ask(client))
        except FAULTS as error:
            told = error if isinstance(error, ModelError) else fault(error, endpoint, begun=False)
            log.warning("%s: %s, status %s", endpoint.host, type(error).__name__, told.status)
            raise told from (None if told is error else error)

    brought = [found for found in in_background(work) if found is not None]
    return brought[-1]


async def _received(endpoint: Endpoint, limits: Limits, tell: Callable[[str], None], response: httpx2.Response) -> None:
    """Looks at every response before the client does: how long it may be, and whether to try again."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ModelError(f"{endpoint.host} sent a packed answer that was not asked for, so it was not opened.")
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Capped(response.stream, limits.bytes, endpoint.host)
    if response.status_code == 429:
        wait_s = _retry_after(response.headers)
        await response.aread()
        if is_quota(response.text) or wait_s > limits.wait_s:
            response.headers["x-should-retry"] = "false"
        else:
            tell(f"{endpoint.host} is busy; trying again{f' in {waited(wait_s)}' if wait_s else ''}.")


def fault(error: Exception, endpoint: Endpoint, *, begun: bool) -> ModelError:
    """What the client, the wire or the clock raised, in a sentence."""
    host = endpoint.host
    if isinstance(error, openai.APIStatusError):
        return fault_of(refusal_of(error), endpoint)
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


def refusal_of(error: openai.APIStatusError) -> Refusal:
    """What a server answered with instead of 200."""
    return Refusal(error.status_code, f"{error.message} {error.code or ''}", _retry_after(error.response.headers) or None)


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
