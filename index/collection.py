"""Items with the views they are found by, and how well each fits a query.

An item's cosine is that of its best view: several views, taking the best, beat any one. What the words of the query tell is added:
BM25, and the share of them that the item holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from corpus.types import QAItem
from index.dense import DenseIndex
from index.encoders import Vectors, unit
from index.lexical import LexicalIndex, stems
from index.types import Chunk

Scores = NDArray[np.float32]

_JOINT = 0.96  # a view of question and answer together lies nearer to everything than a question alone
_GUESSED = 0.03  # what a query that was put right or spelt out gives away in cosine
_BM25 = (0.30, 0.12)  # weight of BM25 for a query of one content word, and for one of eight or more
_COVERED = (0.30, 0.35)  # the same for the share of its words that an item holds
_IN_ANSWER = 0.5  # what a word counts that stands in an item's answer and not in its question or wordings
WHOLE = 1.0 + _BM25[1] + _COVERED[1]
"""A score near the highest that a full sentence can reach."""


@dataclass(frozen=True)
class Collection:
    """Items, the chunks that are their views, and the two indexes over them. Chunks stand in the order of their items."""

    items: tuple[QAItem, ...]
    chunks: tuple[Chunk, ...]
    dense: DenseIndex
    lexical: LexicalIndex

    def nearest(self, vectors: Vectors) -> Scores:
        """The cosine of each item's nearest view with each vector, shape (vectors, items)."""
        cosines: Scores = np.maximum.reduceat(self.dense.cosines(vectors) * self._view_weights, self._starts, axis=1)
        return cosines

    def cosines(self, vectors: Vectors) -> Scores:
        """The cosine of each item with the nearest reading of a query, shape (items,); the first is the query as it was typed."""
        near = self.nearest(vectors)
        near[1:] -= _GUESSED
        best: Scores = near.max(axis=0)
        return best

    def words(self, queries: Sequence[str]) -> Scores:
        """What the words of a query add to the score of each item, in the reading that adds most, shape (items,)."""
        most: Scores = np.max([self._words(query) for query in queries], axis=0)
        return most

    def covered(self, queries: Sequence[str]) -> float:
        """The largest share of a query's words that any item holds."""
        return max(float(self.lexical.covered(query, _IN_ANSWER).max()) for query in queries)

    def nearest_source(self, row: int, query: Vectors) -> int:
        """The source of an item whose answer is nearest to a query, shape (1, dimension)."""
        first = int(self._starts[row])
        last = int(self._starts[row + 1]) if row + 1 < len(self._starts) else len(self.chunks)
        answers = [i for i in range(first, last) if self.chunks[i].view == "joint"]
        if not answers:
            return 0
        cosines = self.dense.take(np.array(answers)) @ query[0]
        return self.chunks[answers[int(cosines.argmax())]].source

    def question_vectors_at(self, rows: NDArray[np.int64]) -> Vectors:
        """The vector of the own question of each of these items, shape (len(rows), dimension)."""
        return self.dense.take(self._starts[rows])

    @cached_property
    def question_vectors(self) -> Vectors:
        """The vector of each item's own question, shape (items, dimension)."""
        return self.dense.take(self._starts)

    @cached_property
    def answer_vectors(self) -> Vectors:
        """The middle of the vectors of each item's answers, shape (items, dimension)."""
        return unit(np.add.reduceat(self.dense.vectors * self._joint[:, None], self._starts, axis=0))

    def answer_cosines(self, vectors: Vectors) -> Scores:
        """The cosine of each vector with the middle of each item's answers, shape (vectors, items); makes no array of the middles."""
        summed = np.add.reduceat(self.dense.cosines(vectors) * self._joint, self._starts, axis=1)
        cosines: Scores = (summed / self._answer_lengths).astype(np.float32, copy=False)
        return cosines

    @cached_property
    def _joint(self) -> NDArray[np.bool_]:
        return np.array([chunk.view == "joint" for chunk in self.chunks])

    @cached_property
    def _answer_lengths(self) -> Scores:
        """The length of the sum of the vectors of each item's answers, shape (items,); 1 where there is one answer, or none."""
        lengths = np.ones(len(self._starts), np.float32)
        for row in np.flatnonzero(np.add.reduceat(self._joint.astype(np.int32), self._starts) > 1):
            first = int(self._starts[row])
            last = int(self._starts[row + 1]) if row + 1 < len(self._starts) else len(self.chunks)
            views = np.arange(first, last)
            lengths[row] = max(float(np.linalg.norm(self.dense.take(views[self._joint[first:last]]).sum(axis=0))), 1e-6)
        return lengths

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        """The first view of each item; it is the item's question."""
        items = np.array([chunk.item for chunk in self.chunks])
        return np.flatnonzero(np.r_[True, items[1:] != items[:-1]])

    @cached_property
    def _view_weights(self) -> Scores:
        return np.array([_JOINT if chunk.view == "joint" else 1.0 for chunk in self.chunks], np.float32)

    def _words(self, query: str) -> Scores:
        length = min(max(len(set(stems(query))), 1), 8)
        bm25 = self.lexical.scores(query)
        covered = self.lexical.covered(query, _IN_ANSWER)
        added: Scores = _weight(_BM25, length) * bm25 / max(float(bm25.max()), 1e-6) + _weight(_COVERED, length) * covered
        return added


def _weight(bounds: tuple[float, float], length: int) -> float:
    """The weight of words for a query of so many content words, between that of one and that of eight."""
    return bounds[1] + (bounds[0] - bounds[1]) * (8 - length) / 7
