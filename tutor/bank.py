"""What an interviewer could ask at all: which items belong to a setup, make sense alone, and are not the same question in other words.

Likeness is told by words alone: it is needed for every question of every interview, at once and without a model.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import PurePosixPath

from corpus.types import Document, QAItem, Source
from index.lexical import stems
from index.shipped import shipped_documents
from tutor.interview import Setup

_POINTS = re.compile(
    r"\b(?:it(?! \w+ (?:to|for|that|how|whether)\b)|its|they|them|their|this|these|those|he|she|the (?:above|former|latter|previous))\b",
    re.IGNORECASE,
)
_LEANS = re.compile(r"\W*(?:and|but|so|then|also|or|here|there|again)\b", re.IGNORECASE)
_TYPED = re.compile(
    r"(?:implement|code|program)\b|write (?:an? |the |some )?(?:\w+ ){0,4}(?:code|function|class|script|program|query)\b", re.I
)
_NAMED = 2  # content words that name a subject
_TWINS = 0.75  # share of two questions' words that they have in common, from which they are one question
_CLOSE = (0.55, 0.08)  # the same, where their key points have words in common as well
_SAME_POINTS = 0.3  # share of the words of two items' key points, from which the one answers the other


def topic_of(item: QAItem) -> str:
    """The topic of an item; the name of its file where the document names none."""
    if item.topic:
        return item.topic
    name = re.sub(r"[_\W]+", " ", PurePosixPath(item.sources[0].file).stem).strip() if item.sources else ""
    return name[:1].upper() + name[1:] or "Other"


def family_of(item: QAItem) -> str:
    """The id of the main item that an item belongs to: its own, or that of the one it follows up."""
    return item.parent or item.id


def askable(items: Iterable[QAItem], setup: Setup) -> Iterator[QAItem]:
    """The items that a setup allows to be asked, in their order."""
    for item in items:
        if not (item.key_points or item.answered) or not _is_from(item, setup):
            continue
        if setup.level and item.level not in {setup.level, None}:
            continue
        if setup.topics and topic_of(item) not in setup.topics:
            continue
        if not (setup.spoken and needs_typing(item)) and (item.parent is None or stands_alone(item.question)):
            yield item


def stands_alone(question: str) -> bool:
    """Whether a follow-up can be asked without what it follows: it names its subject, and what it points at stands in it."""
    pointer = _POINTS.search(question)
    named = content(question[: pointer.start()] if pointer else question)
    return not _LEANS.match(question) and len(named) >= _NAMED


def needs_typing(item: QAItem) -> bool:
    """Whether the answer is code, which nobody can say aloud."""
    return bool(_TYPED.match(item.question)) or "```" in item.answer


def alike(one: QAItem, other: QAItem) -> bool:
    """Whether to ask one after the other would be to ask the same again."""
    asked = _common(content(one.question), content(other.question))
    said = _common(_points(one), _points(other))
    return asked >= _TWINS or (asked >= _CLOSE[0] and said >= _CLOSE[1]) or said >= _SAME_POINTS


@cache
def content(text: str) -> frozenset[str]:
    """The stems of the words of a text that mean something by themselves."""
    return frozenset(stems(text))


def is_shipped(source: Source) -> bool:
    """Whether a source is the shipped knowledge base's own."""
    document = _shipped().get(source.file)
    return document is not None and source.answer[:40] in document.text[source.start : source.end]


@cache
def _shipped() -> dict[str, Document]:
    return {document.file: document for document in shipped_documents()}


def _is_from(item: QAItem, setup: Setup) -> bool:
    return setup.origin == "both" or any(is_shipped(source) == (setup.origin == "shipped") for source in item.sources)


def _points(item: QAItem) -> frozenset[str]:
    return content(" ".join(point.text for point in item.key_points))


def _common(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the words of both that they have in common (Jaccard), 0..1."""
    return len(one & other) / len(one | other) if one and other else 0.0
