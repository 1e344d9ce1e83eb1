"""Any OpenAI-compatible server, by chat completions: the only common denominator.

The client calls broken answers a success: a stream that ends without a finish reason, HTML with status 200, no chunks at all. `stream`
decides what counts as an answer. It runs on an event loop of its own (tutor/background.py), because only there can a call be cancelled
wherever it stands: while it connects, waits for a first token, or sleeps before another try.
"""

import asyncio
import contextlib
import logging
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import cast

import openai
from openai.types.chat import ChatCompletionMessageParam
from openai.types.chat.completion_create_params import ResponseFormat

from tutor.background import in_background
from tutor.endpoint import Endpoint
from tutor.faults import SETTINGS, ModelError, Refusal, overflow_of
from tutor.prompting import ChatMessage
from tutor.wire import FAULTS, client_of, fault, refusal_of
from tutor.written import Limits, Progress, Written

log = logging.getLogger("viva")
_AFTER_END_S = 2.0  # for the usage that follows the finish reason
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
            async with client_of(self.endpoint, self.limits, lambda _notice: None) as client, asyncio.timeout(self.limits.first_token_s):
                put(await _names(client))

    async def _answer(
        self, messages: Sequence[ChatMessage], max_tokens: int, form: Mapping[str, object] | None, put: Callable[[Progress], None]
    ) -> None:
        written = Written()
        with self._translated(written):
            async with (
                client_of(self.endpoint, self.limits, lambda notice: put(Progress(notice=notice))) as client,
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
                name = _refused_parameter(refusal_of(error), no)
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

    @contextlib.contextmanager
    def _translated(self, written: "Written") -> Iterator[None]:
        """Turns what the client, the wire and the clock raise into ModelError, unless the answer had already ended."""
        try:
            yield
        except FAULTS as error:
            if written.finish and not isinstance(error, ModelError):
                return
            told = error if isinstance(error, ModelError) else fault(error, self.endpoint, begun=bool(written.parts))
            told.partial = "".join(written.parts)
            log.warning("The model at %s: %s, status %s", self.endpoint.host, type(error).__name__, told.status)
            raise told from (None if told is error else error)


@lru_cache(maxsize=16)
def model_of(endpoint: Endpoint) -> Model:
    """The one Model of an endpoint that answers alike each time, so that what was learnt about a server is kept."""
    return Model(endpoint, temperature=0.0)


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


def _refused_parameter(refusal: Refusal, left_out: set[str]) -> str | None:
    """The parameter to do without next, None where the refusal is about something else."""
    if overflow_of(refusal) is not None:
        return None
    left = [name for name in _OPTIONAL if name not in left_out]
    named = [name for name in left if re.search(rf"\b{name}\b", refusal.detail)]
    guessed = [name for name in left if name == "stream_options"]  # the one that old servers refuse without a word
    return next(iter(named or guessed), None)
