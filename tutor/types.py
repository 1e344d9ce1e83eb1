"""What the tutor and the screen say to each other."""

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["user", "assistant"]
Depth = Literal["simple", "interview", "deep"]
DEPTHS: tuple[Depth, ...] = get_args(Depth)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Citation:
    """The place behind a number in a reply.

    `quote` is the source's own text, `document.text[start:end]` to the character. `passage` is the whole answer that it stands
    in, made readable, as Markdown; `passage[passage_start:passage_end]` is the cited sentence in it.
    """

    n: int
    file: str
    question: str
    quote: str
    start: int
    end: int
    passage: str
    passage_start: int
    passage_end: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, whole or so far. `answer` is Markdown in which [1], [2] ... are the numbers of its citations.

    `answerable` is false where the documents do not answer; `follow_ups` are then the nearest questions that they do answer.
    """

    answer: str
    answerable: bool
    engine: str
    citations: tuple[Citation, ...] = ()
    follow_ups: tuple[str, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Status:
    """How far the tutor has come in getting ready. `share` is 0..1; `problem` says what went wrong and what to do, if anything did."""

    ready: bool
    text: str
    share: float = 0.0
    problem: str | None = None
