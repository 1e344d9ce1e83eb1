"""What is wrong with documents that are written in Viva's form (corpus/WRITING.md): for their authors, before anybody learns from them.

Whether a text says what another says is measured by the cosine of their vectors. This file is handed the function that makes
them, and knows nothing of models. The thresholds were set by looking at the pairs on either side; eval/LOG.md has the figures.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.sentences import sentence_spans
from corpus.types import QAItem

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts -> vectors of length 1, shape (len(texts), dimension)."""

ANSWER_WORDS = (100, 220)
POINTS = (3, 6)
WORDINGS, RELATED, FOLLOW_UPS = 4, 2, (2, 4)
FOLLOW_UP_SENTENCES = (2, 6)
SUPPORT = 0.40  # cosine of a key point with the nearest one or two sentences of its answer
NEAR_ITEMS = 0.87  # cosine of two items, question and answer together, from which they say the same
CLAIM = 0.92  # cosine of a wrong claim with a sentence of the answer from which the answer itself makes the claim
TERMS = Path(__file__).parent / "terms.txt"
_WORD = re.compile(r"(?<![\w.@/#-])[A-Za-z]{3,}(?:'[a-z]+)?(?![\w@/]|\.\w|-\d)")
_NOT_PROSE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend: in which file, in which item, and what."""

    file: str
    question: str
    text: str


def find_faults(items: Sequence[QAItem], encode: Encode, known_words: frozenset[str] | None = None) -> list[Fault]:
    """Everything wrong with the items, follow-ups included. `known_words` are terms of the field that a dictionary lacks."""
    children: dict[str, list[QAItem]] = {}
    for item in items:
        if item.parent:
            children.setdefault(item.parent, []).append(item)
    mains = [item for item in items if item.parent is None]
    names = {item.id for item in mains}
    faults = [fault for item in mains for fault in _missing(item, children.get(item.id, []), names)]
    faults += _unlike(items, mains, _Likeness(encode))
    faults += _misspelt(items, read_terms() if known_words is None else known_words)
    return faults


def read_terms() -> frozenset[str]:
    """The words of the field that a dictionary lacks, from terms.txt."""
    return frozenset(TERMS.read_text(encoding="utf-8").split())


def _missing(item: QAItem, follow_ups: Sequence[QAItem], names: set[str]) -> Iterator[Fault]:
    """The parts that an item lacks, or has too much of."""
    words = len(_NOT_PROSE.sub("", item.answer).split())
    for wrong, text in (
        (item.level is None, "has no level"),
        (len(item.wordings) < WORDINGS, f"has {len(item.wordings)} other ways to ask; {WORDINGS} are the least"),
        (not _within(words, ANSWER_WORDS), f"has an answer of {words} words; {ANSWER_WORDS[0]} to {ANSWER_WORDS[1]} are right"),
        (not _within(len(item.key_points), POINTS), f"has {len(item.key_points)} key points; {POINTS[0]} to {POINTS[1]} are right"),
        (any(not point.wordings for point in item.key_points), "has a key point without another wording"),
        (not _within(len(item.misconceptions), (1, 3)), f"has {len(item.misconceptions)} misconceptions; one to three are right"),
        (not _within(len(follow_ups), FOLLOW_UPS), f"has {len(follow_ups)} follow-ups; two to four are right"),
        (len(item.related) < RELATED, "names fewer than two related items"),
    ):
        if wrong:
            yield Fault(item.sources[0].file, item.question, text)
    for other in item.related:
        if other not in names or other == item.id:
            yield Fault(item.sources[0].file, item.question, f"is related to {other}, which is not there")
    for child in follow_ups:
        sentences = len(sentence_spans(child.answer))
        if not _within(sentences, FOLLOW_UP_SENTENCES) or not child.key_points:
            yield Fault(
                child.sources[0].file, child.question, f"is a follow-up of {sentences} sentences, {len(child.key_points)} key points"
            )


def _within(count: int, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= count <= bounds[1]


def _unlike(items: Sequence[QAItem], mains: Sequence[QAItem], likeness: "_Likeness") -> Iterator[Fault]:
    """Key points that nothing supports, items that say the same, wrong claims that the answer itself makes."""
    likeness.learn([text for item in items for text in (*_texts(item)[2:], *windows(item.answer, 1))])
    for item in items:
        file, sentences = item.sources[0].file, windows(item.answer, 1)
        for point in item.key_points:
            said = (point.text,)
            if sentences and likeness.best(said, sentences) < SUPPORT and likeness.best(said, windows(item.answer, 2)) < SUPPORT:
                yield Fault(file, item.question, f"has a key point that its answer does not support: {point.text}")
        for wrong in item.misconceptions:
            made = likeness.best((wrong.claim,), sentences) if sentences else 0.0
            if made >= CLAIM and made > likeness.best((wrong.claim,), (item.question, wrong.truth)):
                yield Fault(file, item.question, f"has a wrong claim that its own answer seems to make: {wrong.claim}")
    for first, second, cosine in likeness.pairs([f"{item.question}\n{item.answer}" for item in mains], NEAR_ITEMS):
        one, other = mains[first], mains[second]
        yield Fault(one.sources[0].file, one.question, f"says nearly the same as “{other.question}” ({cosine:.2f})")


def windows(text: str, size: int) -> list[str]:
    """The sentences of a text, or each with the one after it: a point may be made in two breaths."""
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    return [" ".join(pair) for pair in pairwise(sentences)] if size == 2 and len(sentences) > 1 else sentences


def _texts(item: QAItem) -> tuple[str, ...]:
    points = [text for point in item.key_points for text in (point.text, *point.wordings)]
    return item.question, item.answer, *points, *(text for wrong in item.misconceptions for text in (wrong.claim, wrong.truth))


class _Likeness:
    """Cosines of texts, each of which is encoded once."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def learn(self, texts: Sequence[str]) -> None:
        """Encodes many texts at once, which is faster than one by one."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors |= dict(zip(new, self._encode(new), strict=True))

    def best(self, some: Sequence[str], others: Sequence[str]) -> float:
        """The cosine of the nearest pair."""
        self.learn([*some, *others])
        return float(max(self._vectors[one] @ self._vectors[other] for one in some for other in others))

    def pairs(self, texts: Sequence[str], least: float) -> Iterator[tuple[int, int, float]]:
        """The pairs of texts that are at least so near."""
        self.learn(texts)
        matrix = np.stack([self._vectors[text] for text in texts]) if texts else np.zeros((0, 1), np.float32)
        cosines = np.triu(matrix @ matrix.T, 1)
        for row, column in np.argwhere(cosines >= least):
            yield int(row), int(column), float(cosines[row, column])


def _misspelt(items: Sequence[QAItem], known: frozenset[str]) -> Iterator[Fault]:
    """Words that neither the dictionary nor the list of terms knows. Names in capitals and what stands in code are left alone."""
    from spellchecker import SpellChecker

    checker = SpellChecker(language="en", distance=1)
    for item in items:
        prose = _NOT_PROSE.sub(" ", "\n".join(_texts(item)))
        words = {word.lower().removesuffix("'s") for word in _WORD.findall(prose) if word.islower() or word.istitle()}
        for word in sorted(checker.unknown(words) - known):
            yield Fault(item.sources[0].file, item.question, f"may misspell “{word}” (or add it to corpus/terms.txt)")
