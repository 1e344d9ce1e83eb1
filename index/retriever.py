"""query -> passages, best first, and whether they answer it.

A query is looked up in several readings: as it was typed, as it may have been meant (index/spelling.py), with short forms spelt out and
long ones made short (index/abbreviations.py), and behind the topic it leans on (index/query.py). Each item scores by its best view
(index/collection.py) and by what the knowledge base would have answered (index/thesaurus.py). A cosine threshold cannot refuse what the
documents do not answer; cosine, share of words and length together can. eval/LOG.md has what each part gave.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.types import QAItem
from index.abbreviations import Abbreviations
from index.collection import WHOLE, Collection
from index.encoders import Encoder, Vectors
from index.lexical import stems
from index.query import Reading, leans, topic_of, with_topic, without_turn
from index.spelling import Vocabulary
from index.thesaurus import Mixture, Thesaurus
from index.types import Passage, Retrieval

_RIVAL = 5  # the rank, from 0, of the item that the best one is held against: nearer ones may well say the same
_REMEMBERED = 8  # earlier questions among which the topic is looked for

Known = dict[str, Vectors]
"""Vectors, of shape (dimension,), by their texts."""


@dataclass(frozen=True)
class Retriever:
    """An index that is loaded, the encoder that it was built with, and the knowledge base where these documents are others."""

    documents: Collection
    encoder: Encoder
    vocabulary: Vocabulary
    abbreviations: Abbreviations
    thesaurus: Thesaurus | None = None

    @property
    def items(self) -> tuple[QAItem, ...]:
        """The items that can be found."""
        return self.documents.items

    def retrieve(self, question: str, asked: Sequence[str] = (), k: int = 10) -> Retrieval:
        """The k items that fit best. `asked` are the earlier questions of the conversation, oldest first."""
        if not self.documents.chunks or not question.strip():
            return Retrieval(question, (), answerable=False, confidence=0.0)
        reading, vectors = self._read(question, asked)
        cosines = self.documents.cosines(vectors)
        found = Mixture(cosines + self.documents.words(reading.queries), cosines)
        if self.thesaurus:
            found = self.thesaurus.mix(reading.queries, vectors, found.scores, cosines)
        ranked = [int(row) for row in np.argsort(-found.scores, kind="stable")]
        passages = tuple(self._passage(row, vectors[:1], float(found.scores[row])) for row in ranked[:k])
        confidence = self._confidence(reading, found, ranked)
        return Retrieval(reading.queries[0], passages, confidence >= 0.5, confidence)

    def _passage(self, row: int, query: Vectors, score: float) -> Passage:
        item = self.items[row]
        return Passage(item, item.sources[self.documents.nearest_source(row, query)], min(max(score / WHOLE, 0.0), 1.0))

    def read(self, question: str, asked: Sequence[str]) -> Reading:
        """The question as it is to be looked up: with its topic where it leans on one, and as it may have been meant."""
        return self._read(question, asked)[0]

    def _read(self, question: str, asked: Sequence[str]) -> tuple[Reading, Vectors]:
        """The reading of a question and the vectors of its queries.

        What is likely to be needed is encoded at once: a model takes little longer for three short texts than for one.
        """
        meant = self.vocabulary.repair(question)[0]
        alone = self._reading(question, meant)
        if not asked or not self._leans(meant, nearest=0.0, familiar=0.0):
            return alone, self.encoder.encode(alone.queries, query=True)
        asked = asked[-_REMEMBERED:]
        likely = self._reading(with_topic(asked[-1], meant), leaning=True)
        rest = without_turn(meant)
        known = self._encode([*alone.queries, rest, asked[-1], *likely.queries], {})
        if not self._leans_near(meant, [*alone.queries, rest], known):
            return alone, _stack(alone, known)
        if self._leans_near(asked[-1], asked[-1:], known):
            known |= self._encode(asked, known)
            topic = topic_of(asked, lambda earlier: self._leans_near(earlier, [earlier], known))
            likely = self._reading(with_topic(topic or asked[0], meant), leaning=True)
            known |= self._encode(likely.queries, known)
        return likely, _stack(likely, known)

    def _reading(self, *questions: str, leaning: bool = False) -> Reading:
        return Reading(tuple(dict.fromkeys((*questions, *self.abbreviations.views(questions[-1])))), leaning)

    def _encode(self, texts: Sequence[str], known: Known) -> Known:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        return dict(zip(new, self.encoder.encode(new, query=True), strict=True)) if new else {}

    def _leans_near(self, question: str, readings: Sequence[str], known: Known) -> bool:
        vectors = np.stack([known[text] for text in readings])
        nearest = float(self.documents.cosines(vectors).max())
        familiar = max(nearest, float(self.thesaurus.base.cosines(vectors).max())) if self.thesaurus else nearest
        return self._leans(question, nearest, familiar)

    def _leans(self, question: str, nearest: float, familiar: float) -> bool:
        content = set(stems(question))
        return leans(question, len(content), self._unknown(content), nearest, familiar)

    def _unknown(self, content: set[str]) -> int:
        """How many stems neither these documents nor the knowledge base hold."""
        base = self.thesaurus.base.lexical.df if self.thesaurus else {}
        return sum(stem not in self.documents.lexical.df and stem not in base for stem in content)

    def _confidence(self, reading: Reading, found: Mixture, ranked: Sequence[int]) -> float:
        """How likely the best item answers: a logistic regression on own cases over the shipped documents and over strangers' ones."""
        content = set(stems(reading.queries[0]))
        rival = ranked[min(_RIVAL, len(ranked) - 1)]
        z = 7.4 * float(found.cosines[ranked[0]]) + 3.4 * self.documents.covered(reading.queries) + 0.85 * min(len(content), 10)
        z += 3.7 * float(found.scores[ranked[0]] - found.scores[rival]) + 3.0 * reading.leaning
        z -= 0.8 * self._unknown(content) + 4.2 * found.lacking + 9.1
        return 1 / (1 + math.exp(-z))


def _stack(reading: Reading, known: Known) -> Vectors:
    return np.stack([known[query] for query in reading.queries])
