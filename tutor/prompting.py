"""A request -> messages for a model, within its context.

The system prompt comes first and never changes, then the turns from oldest to newest, then the passages and the question: two prompts of
one conversation share as long a beginning as they can, which servers keep. For the same reason old turns are dropped four at a time.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpus.sentences import sentence_spans
from corpus.types import Document, QAItem, Source
from tutor.engine import Request
from tutor.faults import ModelError
from tutor.prompts import render
from tutor.text import clean
from tutor.types import Depth, Message

ANSWER_TOKENS: dict[Depth, int] = {"simple": 400, "interview": 900, "deep": 1600}
_PASSAGES = 6
_MARGIN = 1.05  # the estimate of tokens is not exact
_MESSAGE_TOKENS = 6  # what a chat template puts around a message
_DROP = 4  # exchanges that leave at once
_TURN_TOKENS = 3000  # of old turns, however much more the model takes: each of them is paid for at every question
_SUMMARIES = 12
_SUMMARY = 160  # characters of an old question that are kept
_FLOOR = 200  # tokens that even a small model keeps for its answer
_CITED = re.compile(r"\s?\[(?:\d{1,3}(?:\s?[,;]\s?\d{1,3})*|\?)\]")
_DELIMITER = re.compile(r"[<＜‹﹤〈]\s*(?=[/／⁄]?\s*(?:passages?|question|earlier|source|point|claim|answer)\b)", re.IGNORECASE)
_SPECIAL = re.compile(
    r"<(?=\|)|(?<=\|)>|<(?=<\s*/?SYS)|\[(?=/?INST\])|<(?=/?s>|(?:start|end)_of_turn>|/?(?:system|assistant|user)>)", re.IGNORECASE
)
_PIECE = re.compile(r"[A-Za-z]+|\d|[!-/:-@\[-`{-~]|\n+", re.ASCII)
_BEYOND = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message as a chat model takes it."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """Messages, the sources that they hold (the first one is passage 1), and how long the answer may get."""

    messages: tuple[ChatMessage, ...]
    sources: tuple[Source, ...]
    answer_tokens: int


def compose(request: Request, sources: Sequence[Source], context_tokens: int, canary: str) -> Prompt:
    """The prompt for a request, no longer than the context allows: fewer turns first, then fewer and shorter passages.

    Raises ModelError where not even the question fits.
    """
    answer = max(_FLOOR, min(ANSWER_TOKENS[request.depth], context_tokens // 3))
    room = int((context_tokens - answer) / _MARGIN)
    system = ChatMessage("system", render("system", canary=canary))
    shown = tuple(sources)
    exchanges = _exchanges(request.history)
    for dropped in _drops(len(exchanges)):
        turns = _turns(exchanges[dropped:])
        prompt = Prompt((system, *turns, _last(request, shown, exchanges[:dropped])), shown, answer)
        if _length(prompt.messages) <= room and _length(turns) <= _TURN_TOKENS:
            return prompt
    while _length(prompt.messages) > room and shown:
        shown = _fewer(shown, _length(prompt.messages) - room)
        prompt = Prompt((system, _last(request, shown, exchanges[-1:])), tuple(sources[: len(shown)]), answer)
    if _length(prompt.messages) > room or (sources and not shown):
        raise ModelError(f"The question does not fit into the {context_tokens:,} tokens that the model takes. Ask a shorter one.")
    return prompt


def sources_of(request: Request, documents: Mapping[str, Document]) -> tuple[Source, ...]:
    """What a model may answer from, best first: what was found, what the conversation is about, and what is true of its misconceptions."""
    passages = request.retrieval.passages
    found = [passage.source for passage in passages[:1]]
    if request.focus and request.focus.answered:
        found.append(request.focus.sources[0])
    if request.other:
        found.append(request.other.source)
    found += [source for passage in passages[:1] for source in passage.item.sources[:2] if source.answer]
    found += [passage.source for passage in passages[1:_PASSAGES]]
    best = request.focus or (passages[0].item if passages else None)
    unique = list({(source.file, source.start, source.answer): source for source in found}.values())[:_PASSAGES]
    return (*unique, *(_truths(best, documents) if best else ()))


def estimate_tokens(text: str) -> int:
    """About how many tokens a text has, rather too many than too few: 7 letters, a digit, a sign, half a character beyond ASCII."""
    ascii_tokens = sum(1 + (len(piece) - 1) // 7 if piece[0].isalpha() else 1 for piece in _PIECE.findall(text))
    return ascii_tokens + sum(2 if ord(character) > 0x7FF else 1 for character in _BEYOND.findall(text))


def as_data(text: str) -> str:
    """A text of other people, in which nothing can pass for one of our delimiters or a chat template's marks."""
    return _SPECIAL.sub(lambda match: "(" if match.group() != ">" else ")", _DELIMITER.sub("(", clean(text)))


def _last(request: Request, sources: Sequence[Source], dropped: Sequence[tuple[str, str]]) -> ChatMessage:
    """The message that asks: passages, what is left of old turns, what to do, and the question at the end."""
    asked = request.retrieval.standalone if request.move == "general" else request.question
    question, earlier = as_data(asked), _earlier(dropped)
    depth = render(f"depth/{request.depth}")
    if request.move == "general":
        return ChatMessage("user", render("general", earlier=earlier, depth=depth, question=question))
    passages = "\n\n".join(
        f'<passage n="{n}">\n{as_data(source.question)}\n\n{as_data(source.answer)}\n</passage>' for n, source in enumerate(sources, 1)
    )
    move = render(f"move/{request.move if request.move not in {'quiz', 'reply', 'appeal'} else 'ask'}")
    return ChatMessage("user", render("turn", passages=passages, earlier=earlier, move=move, depth=depth, question=question))


def _earlier(dropped: Sequence[tuple[str, str]]) -> str:
    lines = [f"- {as_data(' '.join(question.split())[:_SUMMARY])}" for question, _answer in dropped[-_SUMMARIES:]]
    return "\n<earlier>\nThe learner asked before:\n" + "\n".join(lines) + "\n</earlier>\n" if lines else ""


def _exchanges(history: Sequence[Message]) -> list[tuple[str, str]]:
    """Questions with what was answered. Several messages of one side in a row become one: some chat templates refuse them."""
    pairs: list[tuple[str, str]] = []
    for message in history:
        content = clean(message.content)
        if message.role == "user":
            if pairs and not pairs[-1][1]:
                pairs[-1] = (f"{pairs[-1][0]}\n{content}", "")
            else:
                pairs.append((content, ""))
        elif pairs:
            question, answer = pairs[-1]
            pairs[-1] = (question, f"{answer}\n\n{content}".strip())
    return pairs


def _turns(exchanges: Sequence[tuple[str, str]]) -> list[ChatMessage]:
    """Turns without the numbers of their citations, which stood for other passages."""
    turns: list[ChatMessage] = []
    for question, answer in exchanges:
        turns.append(ChatMessage("user", as_data(question)))
        turns.append(ChatMessage("assistant", as_data(_CITED.sub("", answer)) or "(no answer)"))
    return turns


def _drops(count: int) -> list[int]:
    """How many of the oldest exchanges to drop: none, then four more at a time, at last all of them."""
    return [*range(0, count, _DROP), count] if count else [0]


def _fewer(sources: tuple[Source, ...], over: int) -> tuple[Source, ...]:
    """Without the last source, or with a shorter one where it alone is left."""
    if len(sources) > 1:
        return sources[:-1]
    source = sources[0]
    spans = sentence_spans(source.answer)
    kept = estimate_tokens(source.answer) - over
    for _start, end in reversed(spans[:-1]):
        if estimate_tokens(source.answer[:end]) <= kept or end == spans[0][1]:
            return (replace(source, answer=source.answer[:end], runs=()),)
    return ()


def _truths(item: QAItem, documents: Mapping[str, Document]) -> list[Source]:
    """The true sentences about an item's misconceptions, where they stand in its document."""
    file = item.sources[0].file
    text = documents[file].text if file in documents else ""
    places = [(wrong.truth, text.find(wrong.truth)) for wrong in item.misconceptions]
    return [Source(file, item.question, truth, at, at + len(truth), ((0, at, at + len(truth)),)) for truth, at in places if at >= 0]


def _length(messages: Sequence[ChatMessage]) -> int:
    return sum(estimate_tokens(message.content) + _MESSAGE_TOKENS for message in messages)
