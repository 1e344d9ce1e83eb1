"""What a model has written, as it arrives, and whether it counts as an answer. Nothing here is taken to be of the type that it claims.

Servers send `choices: null`, empty chunks, texts that are numbers and streams that just end; the client hands all of it on.
"""

from dataclasses import dataclass, field

from tutor.endpoint import Endpoint
from tutor.faults import SETTINGS, ModelError
from tutor.types import Cost


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much a model may take. `wait_s` is the longest Retry-After that is waited for."""

    connect_s: float = 5.0
    first_token_s: float = 120.0
    stall_s: float = 45.0
    answer_s: float = 300.0
    wait_s: float = 10.0
    characters: int = 60_000
    bytes: int = 8_000_000


@dataclass(frozen=True, slots=True)
class Progress:
    """What a model has written so far. `finish` is its finish reason once it has ended; `notice` says what it waits for."""

    text: str = ""
    finish: str = ""
    cost: Cost | None = None
    notice: str | None = None


@dataclass(slots=True)
class Written:
    """An answer while it arrives. `finish` is empty until the model gives a reason for having ended."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    finish: str = ""
    is_chat: bool = False
    usage: object = None

    @property
    def text(self) -> str:
        """All of it so far."""
        return "".join(self.parts)

    def take(self, chunk: object) -> bool:
        """Adds a chunk and says whether there is something new to show."""
        self.usage = getattr(chunk, "usage", None) or self.usage
        choices = getattr(chunk, "choices", None)
        if not isinstance(choices, list):
            return False
        self.is_chat = True
        choice = choices[0] if choices else None
        text, finish = getattr(getattr(choice, "delta", None), "content", None), getattr(choice, "finish_reason", None)
        if isinstance(finish, str):
            self.finish = finish
        if not isinstance(text, str) or not text:
            return False
        self.parts.append(text)
        self.length += len(text)
        return True

    def check(self, content_type: str, host: str) -> None:
        """Raises ModelError where the stream has ended and this is no answer."""
        if not self.is_chat:
            kind = content_type.split(";")[0]
            what = f"a body of type {kind}" if kind and kind != "text/event-stream" else "nothing"
            raise ModelError(f"{host} sent {what}, which is not an OpenAI-compatible answer. {SETTINGS}")
        if not self.finish:
            raise ModelError(f"The answer from {host} broke off." if self.parts else f"{host} sent an empty answer.")
        if self.finish == "content_filter":
            raise ModelError(f"{host} withheld the answer (content filter).")

    def progress(self, endpoint: Endpoint, *, ended: bool = False) -> Progress:
        """What there is so far."""
        return Progress(self.text, self.finish if ended else "", cost_of(self.usage, endpoint))


def cost_of(usage: object, endpoint: Endpoint) -> Cost | None:
    """Tokens as the server counted them, None where it did not.

    Cached tokens are priced like the others, since no server says what they cost: the money is an upper bound.
    """
    details = getattr(usage, "prompt_tokens_details", None)
    counts = (getattr(usage, "prompt_tokens", None), getattr(details, "cached_tokens", None), getattr(usage, "completion_tokens", None))
    prompt, cached, completion = (count if isinstance(count, int) and count >= 0 else None for count in counts)
    if prompt is None and completion is None:
        return None
    money = None
    if prompt is not None and completion is not None and endpoint.price_in is not None and endpoint.price_out is not None:
        money = (prompt * endpoint.price_in + completion * endpoint.price_out) / 1_000_000
    return Cost(prompt, cached, completion, money)
