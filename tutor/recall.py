"""How much of one text another one says, in whatever words: soft recall over the vectors of words where they stand.

The cosine of two whole texts tells that they speak of the same thing, which every answer does. What parts a full answer from a thin
one is whether each word of the reference meets its like in the answer: so words are compared, not texts.
"""

import re
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.sentences import sentence_spans
from index.encoders import Span, Vectors, WordEncoder, unit
from index.lexical import STOPWORDS, stems

_WORD = re.compile(r"[^\W_]+(?:\+\+|#)?")
_PIECE = 90  # words that are encoded together: the model reads 256 tokens, and a word may take several
_CLAUSE = 24  # words from which a sentence is cut into clauses
_BREAK = re.compile(
    r"(?<=[,;:])\s+|\s+[-–]\s+|\s+(?=(?:and|but|so|because|which|while|whereas|then|since|although|however)\b)", re.IGNORECASE
)
_AGAIN = 0.93  # what a word counts each further time that it answers for another one
_KEPT = 2_000  # texts whose vectors are kept: about as many as the points of a long interview and all their wordings


@dataclass(frozen=True, slots=True)
class Words:
    """The content words of a text: where they stand, their stems, and their vectors of shape (n, dimension) and length 1."""

    spans: tuple[Span, ...]
    stems: tuple[str, ...]
    vectors: Vectors

    def __len__(self) -> int:
        return len(self.spans)

    def within(self, start: int, end: int) -> "Words":
        """Those that stand between two places of the text."""
        return self._only([i for i, (first, last) in enumerate(self.spans) if first >= start and last <= end])

    def outside(self, spans: Sequence[Span]) -> "Words":
        """Those that stand in none of some places of the text."""
        return self._only([i for i, (first, last) in enumerate(self.spans) if not any(a <= first and last <= b for a, b in spans)])

    def without(self, known: Collection[str]) -> "Words":
        """Those whose stems are not among the given; all of them, where none would be left."""
        rows = [i for i, stem in enumerate(self.stems) if stem not in known]
        return self._only(rows) if rows else self

    def _only(self, rows: Sequence[int]) -> "Words":
        return Words(tuple(self.spans[i] for i in rows), tuple(self.stems[i] for i in rows), self.vectors[list(rows)])


class WordReader:
    """Texts -> Words, with what was read last kept: the words of an item are the same for every answer to it."""

    def __init__(self, encoder: WordEncoder) -> None:
        self._encoder = encoder
        self._kept: OrderedDict[str, Words] = OrderedDict()

    def read(self, *texts: str) -> list[Words]:
        """The words of each text, all new ones encoded at once."""
        found = {text: self._kept[text] for text in texts if text in self._kept}
        found |= self._encode([text for text in dict.fromkeys(texts) if text not in found])
        for text, words in found.items():
            self._kept[text] = words
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return [found[text] for text in texts]

    def _encode(self, texts: Sequence[str]) -> dict[str, Words]:
        pieces = [(row, start, end) for row, text in enumerate(texts) for start, end in _pieces(text)]
        parts = [texts[row][start:end] for row, start, end in pieces]
        spans = [content_spans(part) for part in parts]
        vectors = self._encoder.encode_words(parts, spans) if parts else []
        found: dict[str, Words] = {}
        for row, text in enumerate(texts):
            mine = [n for n, piece in enumerate(pieces) if piece[0] == row]
            places = tuple((pieces[n][1] + start, pieces[n][1] + end) for n in mine for start, end in spans[n])
            rows = [vectors[n] for n in mine if spans[n]]
            found[text] = Words(
                places, tuple(stem_of(text[start:end]) for start, end in places), np.vstack(rows) if rows else np.zeros((0, 1), np.float32)
            )
        return found


def content_spans(text: str) -> list[Span]:
    """Where the words of a text stand that mean something by themselves."""
    return [word.span() for word in _WORD.finditer(text) if word.group().lower() not in STOPWORDS]


def stem_of(word: str) -> str:
    """The stem of one content word."""
    return (stems(word) or [word.lower()])[0]


def soft_recall(wanted: Words, given: Words) -> float:
    """How much of what is wanted is given, 0..1: the mean, over the wanted words, of the cosine with the nearest given word.

    A given word that answers for several wanted ones counts a little less each time, so that one good word does not stand for a text.
    """
    if not len(wanted) or not len(given):
        return 0.0
    likeness = wanted.vectors @ given.vectors.T
    nearest, best = likeness.argmax(axis=1), likeness.max(axis=1)
    order = np.argsort(-best, kind="stable")
    used: dict[int, int] = {}
    total = 0.0
    for row in order:
        times = used.get(int(nearest[row]), 0)
        total += float(best[row]) * _AGAIN**times
        used[int(nearest[row])] = times + 1
    return max(total / len(wanted), 0.0)


def likeness(one: Words, other: Words) -> float:
    """How much two texts say the same, 0..1: soft recall both ways, their harmonic mean."""
    there, back = soft_recall(one, other), soft_recall(other, one)
    return 2 * there * back / (there + back) if there + back else 0.0


def meaning(words: Words) -> Vectors:
    """The vector of a text as a whole, shape (dimension,): the mean of its words, at length 1."""
    middle: Vectors = unit(words.vectors.mean(axis=0, keepdims=True))[0]
    return middle


def clause_spans(text: str) -> list[Span]:
    """(start, end) of the sentences of a text; long ones, as in speech without stops, are cut where a new thought may begin."""
    spans: list[Span] = []
    for start, end in sentence_spans(text) or _lines(text):
        spans.extend(_clauses(text, start, end) if len(_WORD.findall(text[start:end])) > _CLAUSE else [(start, end)])
    return spans


def _clauses(text: str, start: int, end: int) -> list[Span]:
    """Parts of about equal length, each as long as a clause can be without being hard to read."""
    cuts = [start, *(match.end() for match in _BREAK.finditer(text, start, end)), end]
    parts: list[Span] = []
    first = start
    for cut, following in zip(cuts[1:], [*cuts[2:], end], strict=True):
        full = len(_WORD.findall(text[first:following])) > _CLAUSE
        if (full and len(_WORD.findall(text[first:cut])) >= _CLAUSE // 4) or cut == end:
            parts.append((first, first + len(text[first:cut].rstrip(" ,;:-–"))))
            first = cut
    return [(first, last) for first, last in parts if first < last]


def _lines(text: str) -> list[Span]:
    """The lines of a text that has no sentences, such as code."""
    return [(line.start(), line.end()) for line in re.finditer(r"[^\n]*\w[^\n]*", text)]


def _pieces(text: str) -> list[Span]:
    """The text in parts that a model can read whole, cut between sentences where it can be."""
    cuts = {start for start, _ in sentence_spans(text)}
    words = list(_WORD.finditer(text))
    if not words:
        return []
    pieces: list[Span] = []
    first, last_cut = 0, 0
    for n, word in enumerate(words):
        if word.start() in cuts:
            last_cut = n
        if n - first >= _PIECE:
            stop = last_cut if last_cut > first else n
            pieces.append((words[first].start(), words[stop - 1].end()))
            first = stop
    pieces.append((words[first].start(), len(text)))
    return pieces
