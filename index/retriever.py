"""query -> passages, best first, and whether they answer it.

An item's score is the cosine of its best view with the query as it was typed or as it may have been meant (index/spelling.py), lifted
by BM25 and by the share of the query's words that it holds, more so for short queries, in which each word counts. What the shipped
knowledge base would have answered is a second way in (index/thesaurus.py). A cosine threshold cannot refuse what the documents do not
answer; cosine, share of words and length together can. eval/LOG.md has what each part gave.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from corpus.types import QAItem
from index.dense import DenseIndex
from index.encoders import Encoder, Vectors
from index.lexical import LexicalIndex, stems
from index.query import Reading, leans, topic_of, with_topic
from index.spelling import Vocabulary
from index.types import Chunk, Passage, Retrieval

Scores = NDArray[np.float32]

_JOINT = 0.96  # a view of question and answer together lies nearer to everything than a question alone
_REPAIRED = 0.03  # what a query that had to be repaired gives away in cosine
_BM25 = (0.30, 0.12)  # weight of BM25 for a query of one content word, and for one of eight or more
_COVERED = (0.30, 0.20)  # the same for the share of its words that an item holds
_IN_ANSWER = 0.5  # what a word counts that stands in an item's answer and not in its question or wordings
_THESAURUS, _SYNONYMS = 0.45, 3  # weight of the way through the knowledge base, and how many of its items are tried
_STRANGE = 1.5  # what each word that nobody here knows takes from the confidence in a follow-up
_WHOLE = 1.0 + _BM25[1] + _COVERED[1]  # a score near the highest that a full sentence can reach


@dataclass(frozen=True)
class Retriever:
    """An index that is loaded, the encoder that it was built with, and the knowledge base where these documents are others."""

    items: tuple[QAItem, ...]
    chunks: tuple[Chunk, ...]
    dense: DenseIndex
    lexical: LexicalIndex
    encoder: Encoder
    vocabulary: Vocabulary
    thesaurus: "Retriever | None" = None

    def retrieve(self, question: str, asked: Sequence[str] = (), k: int = 10) -> Retrieval:
        """The k items that fit best. `asked` are the earlier questions of the conversation, oldest first."""
        if not self.chunks or not question.strip():
            return Retrieval(question, (), answerable=False, confidence=0.0)
        reading = self.read(question, asked)
        vectors = self.encoder.encode(reading.queries, query=True)
        cosines = self._cosines(vectors)
        score, effective = self.scores(reading.queries, cosines), cosines
        if self.thesaurus:
            score, effective = self._through(self.thesaurus, reading.queries, vectors, score, cosines)
        top = [int(row) for row in np.argsort(-score, kind="stable")[:k]]
        views = self.dense.cosines(vectors[:1])[0]
        passages = tuple(
            Passage(self.items[row], self.items[row].sources[self._nearest_source(row, views)], _share(score[row] / _WHOLE)) for row in top
        )
        confidence = self._confidence(reading, float(effective[top[0]]))
        return Retrieval(reading.queries[0], passages, confidence >= 0.5, confidence)

    def read(self, question: str, asked: Sequence[str]) -> Reading:
        """The question as it is to be looked up: with its topic where it leans on one, and as it may have been meant."""
        repaired, repairs = self.vocabulary.repair(question)
        meant = repaired if repairs else question
        topic = topic_of(asked, self._leans) if asked and self._leans(meant) else None
        if topic:
            return Reading((with_topic(topic, meant),), leaning=True)
        return Reading((question, repaired) if repairs else (question,))

    def scores(self, queries: Sequence[str], cosines: Scores) -> Scores:
        """The score of every item for the first query, or for its repaired form where that is better. `cosines` has one row an item."""
        length = min(max(len(set(stems(queries[-1]))), 1), 8)
        words = np.max([self.lexical.scores(query) for query in queries], axis=0)
        covered = np.max([self.lexical.covered(query, _IN_ANSWER) for query in queries], axis=0)
        total: Scores = cosines + _weight(_BM25, length) * words / max(float(words.max()), 1e-6) + _weight(_COVERED, length) * covered
        return total

    def _cosines(self, vectors: Vectors) -> Scores:
        """For each item the cosine of its nearest view with the nearest query; a repaired query comes second."""
        handicap = np.array([0.0] + [_REPAIRED] * (len(vectors) - 1), np.float32)
        views = self.dense.cosines(vectors) - handicap[:, None]
        nearest: Scores = np.maximum.reduceat(views.max(axis=0) * self._view_weights, self._starts)
        return nearest

    def _through(
        self, base: "Retriever", queries: Sequence[str], vectors: Vectors, score: Scores, cosines: Scores
    ) -> tuple[Scores, Scores]:
        """The scores and cosines with the way through the knowledge base taken in.

        What the base finds for the query leads to items near the base's own question; how near the base is to the query, times how
        near the item is to the base, stands beside the item's own cosine.
        """
        found = base._cosines(vectors)
        likely = base.scores(queries, found)
        rows = np.argsort(-likely)[:_SYNONYMS]
        links = [self._cosines(base.question_vectors[row : row + 1]) for row in rows]
        via = np.max([likely[row] * link for row, link in zip(rows, links, strict=True)], axis=0)
        effective = np.maximum(cosines, float(found[rows[0]]) * links[0])
        mixed: Scores = (1 - _THESAURUS) * score + _THESAURUS * via
        return mixed, effective

    def _confidence(self, reading: Reading, cosine: float) -> float:
        """How likely the best item answers: a logistic regression on own cases over the shipped documents and over strangers' ones."""
        covered = max(float(self.lexical.covered(query, _IN_ANSWER).max()) for query in reading.queries)
        content = set(stems(reading.queries[-1]))
        z = 10.0 * cosine + 3.3 * covered + 0.7 * min(len(content), 10) + 5.0 * reading.leaning - 9.0
        z -= _STRANGE * len(self._unknown(list(content))) if reading.leaning else 0.0
        return 1 / (1 + math.exp(-z))

    def _leans(self, question: str) -> bool:
        nearest = float(self._cosines(self.encoder.encode([question], query=True)).max())
        content = list(dict.fromkeys(stems(question)))
        return leans(question, [stem for stem in content if stem in self.lexical.df], self._unknown(content), nearest)

    def _unknown(self, content: Sequence[str]) -> list[str]:
        """The stems that neither these documents nor the knowledge base hold."""
        base = self.thesaurus.lexical.df if self.thesaurus else {}
        return [stem for stem in content if stem not in self.lexical.df and stem not in base]

    def _nearest_source(self, row: int, cosines: Scores) -> int:
        """The source of an item whose answer is nearest to the query. `cosines` has one row a chunk."""
        first = int(self._starts[row])
        last = int(self._starts[row + 1]) if row + 1 < len(self._starts) else len(self.chunks)
        answers = [i for i in range(first, last) if self.chunks[i].view == "joint"]
        return self.chunks[max(answers, key=lambda i: cosines[i])].source if answers else 0

    @cached_property
    def question_vectors(self) -> Vectors:
        """The vector of each item's own question, shape (items, dimension)."""
        return self.dense.vectors[self._starts]

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        """The first view of each item; it is the item's question."""
        items = np.array([chunk.item for chunk in self.chunks])
        return np.flatnonzero(np.r_[True, items[1:] != items[:-1]])

    @cached_property
    def _view_weights(self) -> Scores:
        return np.array([_JOINT if chunk.view == "joint" else 1.0 for chunk in self.chunks], np.float32)


def _weight(bounds: tuple[float, float], length: int) -> float:
    """The weight of words for a query of so many content words, between that of one and that of eight."""
    return bounds[1] + (bounds[0] - bounds[1]) * (8 - length) / 7


def _share(score: float) -> float:
    return float(min(max(score, 0.0), 1.0))
