"""query -> passages, best first, and whether they answer it.

An item's score is the cosine of its best view, lifted a little by BM25 and more so for short queries, in which each word counts.
Plain reciprocal rank fusion was tried by others and made real questions worse. A cosine threshold alone cannot refuse what the
documents do not answer; the share of the query's words that they know, weighed by rarity, and that the best passage holds, can.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.types import QAItem
from index.dense import DenseIndex
from index.encoders import Encoder
from index.lexical import LexicalIndex, stems
from index.query import standalone
from index.types import Chunk, Passage, Retrieval

_LEXICAL_SHORT, _LEXICAL_LONG = 0.30, 0.12  # weight of BM25 for a query of one word, and for one of eight or more
_JOINT = 0.96  # a view of question and answer together lies nearer to everything than a question alone
_ANSWERABLE = 0.5


@dataclass(frozen=True, slots=True)
class Retriever:
    """An index that is loaded, and the encoder that it was built with."""

    items: tuple[QAItem, ...]
    chunks: tuple[Chunk, ...]
    dense: DenseIndex
    lexical: LexicalIndex
    encoder: Encoder

    def retrieve(self, question: str, asked: Sequence[str] = (), k: int = 10) -> Retrieval:
        """The k items that fit best. `asked` are the earlier questions of the conversation, oldest first."""
        query = standalone(question, asked, self._known)
        if not self.chunks or not question.strip():
            return Retrieval(query, (), answerable=False, confidence=0.0)
        cosines = self.dense.cosines(self.encoder.encode([query], query=True)[0])
        best, source = self._best_views(cosines)
        words = self.lexical.scores(query)
        score = best + self._lexical_weight(query) * words / max(float(words.max()), 1e-6)
        top = [int(row) for row in np.argsort(-score, kind="stable")[: max(k, 2)] if best[row] > -1]
        passages = tuple(
            Passage(self.items[row], self.items[row].sources[source[row]], _bounded(float(score[row]) / 1.15)) for row in top[:k]
        )
        confidence = self._confidence(query, top, best)
        return Retrieval(query, passages, confidence >= _ANSWERABLE, confidence)

    def _best_views(self, cosines: NDArray[np.float32]) -> tuple[NDArray[np.float32], list[int]]:
        """For each item the cosine of its nearest view (-2 where it has none) and the source of its nearest answer."""
        best = np.full(len(self.items), -2, np.float32)
        nearest = np.full(len(self.items), -2, np.float32)
        source = [0] * len(self.items)
        for chunk, cosine in zip(self.chunks, cosines, strict=True):
            weighed = cosine * (_JOINT if chunk.view == "joint" else 1)
            best[chunk.item] = max(best[chunk.item], weighed)
            if chunk.view == "joint" and cosine > nearest[chunk.item]:
                nearest[chunk.item], source[chunk.item] = cosine, chunk.source
        return best, source

    def _lexical_weight(self, query: str) -> float:
        length = min(max(len(stems(query)), 1), 8)
        return _LEXICAL_LONG + (_LEXICAL_SHORT - _LEXICAL_LONG) * (8 - length) / 7

    def _confidence(self, query: str, top: Sequence[int], best: NDArray[np.float32]) -> float:
        """A logistic score of: the best cosine, the share of the query's rarity that the documents know, and that the best item holds."""
        content = set(stems(query))
        if not top:
            return 0.0
        weight = {stem: self.lexical.idf(stem) for stem in content}
        total = sum(weight.values()) or 1.0
        item = self.items[top[0]]
        held = set(stems(" ".join((item.question, *item.wordings, item.answer))))
        known = sum(weight[stem] for stem in content if stem in self.lexical.df) / total if content else 0.0
        covered = sum(weight[stem] for stem in content & held) / total if content else 0.0
        z = 9.0 * (float(best[top[0]]) - 0.52) + 2.5 * (covered - 0.5) + 2.0 * (known - 0.8)
        return 1 / (1 + math.exp(-z))

    def _known(self, text: str) -> list[str]:
        return [stem for stem in stems(text) if stem in self.lexical.df]


def _bounded(score: float) -> float:
    return min(max(score, 0.0), 1.0)
