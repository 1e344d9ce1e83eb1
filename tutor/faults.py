"""What can go wrong with a language model -> one sentence that says what happened and what to do. No client library in here.

The sentences name the server and never hold a key or what was asked.
"""

import re
from dataclasses import dataclass

from tutor.endpoint import Endpoint
from tutor.engine import EngineError

_OVERFLOW = re.compile(
    r"context[ _-]?(?:length|window|size)|maximum context|n_ctx|context_length_exceeded|exceeds? the (?:available |model'?s? )?context"
    r"|(?:prompt|input|request)[^.]{0,40} too (?:long|large)|too many tokens|reduce the length|maximum (?:input|sequence) length",
    re.IGNORECASE,
)
_LIMIT = re.compile(r"(?:context (?:length|size|window)|n_ctx|maximum input length)\D{0,30}?(\d{3,8})", re.IGNORECASE)
_QUOTA = re.compile(
    r"insufficient_quota|exceeded your (?:current )?quota|billing|out of credits|insufficient (?:balance|credit)", re.IGNORECASE
)
_LONGEST_DETAIL = 200
SETTINGS = "Change it on the settings page or in the environment."


class ModelError(EngineError):
    """A language model that could not be reached or gave no answer. `partial` is what it had written when it broke off."""

    def __init__(self, sentence: str, partial: str = "", status: int | None = None, overflow: int | None = None) -> None:
        """`status` is what the server answered with. `overflow`: the prompt was too long; how many tokens fit, 0 where it does not say."""
        super().__init__(sentence)
        self.partial = partial
        self.status = status
        self.overflow = overflow


@dataclass(frozen=True, slots=True)
class Refusal:
    """A server's answer that is not 200. `wait_s` is its Retry-After, `detail` its own words."""

    status: int
    detail: str = ""
    wait_s: float | None = None


def fault_of(refusal: Refusal, endpoint: Endpoint) -> ModelError:
    """The error behind an HTTP status."""
    limit = overflow_of(refusal)
    if limit is not None:
        sentence = (
            f"The question and its passages are too long for {endpoint.model or 'the model'} at {endpoint.host}. Ask a shorter question."
        )
    else:
        sentence = _sentence(refusal, endpoint)
    return ModelError(sentence, status=refusal.status, overflow=limit)


def overflow_of(refusal: Refusal) -> int | None:
    """How many tokens fit, where a refusal says that the prompt was too long; 0 where it does not say how many.

    None where it is about something else.
    """
    if refusal.status not in {400, 413, 422, 500} or not _OVERFLOW.search(refusal.detail):
        return None
    named = _LIMIT.search(refusal.detail.replace(",", ""))
    return int(named.group(1)) if named else 0


def is_quota(detail: str) -> bool:
    """Whether a 429 is about money rather than haste: waiting does not help then."""
    return bool(_QUOTA.search(detail))


def waited(seconds: float) -> str:
    """A length of time in words."""
    size, unit = next((pair for pair in ((86_400, "day"), (3_600, "hour"), (60, "minute")) if seconds >= pair[0]), (1, "second"))
    count = max(1, round(seconds / size))
    return f"{count} {unit}{'s' if count > 1 else ''}"


def shortened(detail: str, endpoint: Endpoint) -> str:
    """What a server said, on one line and without the key, which some repeat."""
    key = endpoint.key.get_secret_value()
    return " ".join((detail.replace(key, "...") if key else detail).split())[:_LONGEST_DETAIL].rstrip(".")


def _sentence(refusal: Refusal, endpoint: Endpoint) -> str:
    host, status = endpoint.host, refusal.status
    if status in {401, 403}:
        return f"{host} refused the key ({status}). {SETTINGS}"
    if status == 404:
        return f"{host} has no model {endpoint.model!r}, or its address is not complete (404). {SETTINGS}"
    if status in {402, 429} and (status == 402 or is_quota(refusal.detail)):
        return f"The quota at {host} is used up ({status}). Look at the account there."
    if status == 429:
        when = f" and asks to wait {waited(refusal.wait_s)}" if refusal.wait_s else ""
        return f"{host} is busy{when} (429). Try again later."
    if status >= 500:
        return f"{host} has a fault of its own ({status}). Try again, or look at that server."
    if 300 <= status < 400:
        return f"{host} sends requests on to another address ({status}), which Viva does not follow. {SETTINGS}"
    detail = shortened(refusal.detail, endpoint)
    return f"{host} refused the request ({status}){': ' + detail if detail else ''}."
