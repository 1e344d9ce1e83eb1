"""What a person should know about their documents before they trust them: found, empty, repeated, disagreeing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.repair import same
from corpus.sentences import sentence_spans
from corpus.types import QAItem, Source

_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?:\s?%)?(?![\w])")
_NEGATION = re.compile(r"\b(?:not|never|no|cannot|without|neither|nor)\b|n['’]t\b", re.IGNORECASE)
_ALIKE = 0.7  # share of content words from which two sentences are taken to speak of the same thing


@dataclass(frozen=True, slots=True)
class FileHealth:
    """One file: how many items it has, and the questions that were lost, repeated or need a look."""

    file: str
    found: int
    empty: tuple[str, ...]
    repeated: tuple[str, ...]
    warnings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two sources of one item whose sentences speak of the same thing and differ in a number or a negation."""

    question: str
    first: tuple[str, str]
    second: tuple[str, str]


def file_health(file: str, items: Sequence[QAItem]) -> FileHealth:
    """The health of one file, from its items as they were parsed, before merging."""
    asked: dict[str, int] = {}
    for item in items:
        asked[same(item.question)] = asked.get(same(item.question), 0) + 1
    repeated = tuple(dict.fromkeys(item.question for item in items if asked[same(item.question)] > 1))
    empty = tuple(item.question for item in items if not item.answered)
    notes = tuple((item.question, warning) for item in items if item.answered for warning in item.warnings)
    return FileHealth(file, len(items), empty, repeated, notes)


def disagreements(items: Sequence[QAItem]) -> list[Disagreement]:
    """Where the sources of merged items say different things, as far as words can tell."""
    found: list[Disagreement] = []
    for item in items:
        for k, first in enumerate(item.sources):
            for second in item.sources[k + 1 :]:
                found += [Disagreement(item.question, (first.file, a), (second.file, b)) for a, b in _differing(first, second)]
    return found


def _differing(first: Source, second: Source) -> list[tuple[str, str]]:
    pairs = []
    for a in _sentences(first.answer):
        for b in _sentences(second.answer):
            words_a, words_b = _content(a), _content(b)
            if not words_a or len(words_a & words_b) < _ALIKE * len(words_a | words_b):
                continue
            numbers = set(_NUMBER.findall(a)), set(_NUMBER.findall(b))
            if (numbers[0] and numbers[1] and numbers[0] != numbers[1]) or bool(_NEGATION.search(a)) != bool(_NEGATION.search(b)):
                pairs.append((a, b))
    return pairs


def _sentences(text: str) -> list[str]:
    spoken = (re.sub(r"[*_`]", "", text[start:end]) for start, end in sentence_spans(text))
    return [sentence for sentence in spoken if len(sentence.split()) > 3]


def _content(sentence: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[a-z]{4,}", _NEGATION.sub(" ", sentence.lower()))} - {"does", "will", "have", "been"}
