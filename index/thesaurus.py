"""The shipped knowledge base as a second way into documents that are not its own.

Its many wordings lead from a paraphrase or a situation to the field's terms, and those find the passage: how well an item of the base
fits the query, times how near the documents' item is to that item, stands beside the documents' own score. In documents of another
field the base is not asked at all, so that it changes nothing there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.collection import Collection, Scores
from index.encoders import Vectors

_WEIGHT = 0.45  # of the way through the base
_SYNONYMS = 3  # items of the base that are tried
_WORDS = 1.5  # words count for more in the base than in the documents: it has each thing in many wordings
_NEAR = 0.6  # cosine of two questions that speak of the same thing
_SHARED = 0.1  # the share of the documents' questions that must have such a neighbor in the base
_SAMPLE = 1000  # questions that are looked at


def same_field(base: Collection, documents: Collection) -> bool:
    """Whether the base speaks of what the documents speak of."""
    step = len(documents.items) // _SAMPLE + 1
    looked_at = np.arange(0, len(documents.items), step)
    nearest = (documents.question_vectors_at(looked_at) @ base.question_vectors.T).max(axis=1)
    return bool((nearest >= _NEAR).mean() >= _SHARED)


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """The knowledge base, and the documents that it leads to."""

    base: Collection
    documents: Collection

    def mix(self, queries: Sequence[str], vectors: Vectors, score: Scores, cosines: Scores) -> "Mixture":
        """The scores and the cosines of the documents' items, with the way through the base taken in."""
        found = self.base.cosines(vectors)
        likely = found + _WORDS * self.base.words(queries)
        rows = np.argsort(-likely)[:_SYNONYMS]
        same = self.documents.nearest(self.base.question_vectors[rows])
        alike = (same + self.documents.answer_cosines(self.base.answer_vectors[rows])) / 2
        mixed: Scores = (1 - _WEIGHT) * score + _WEIGHT * (likely[rows, None] * alike).max(axis=0)
        known = float(found[rows[0]])
        lacking = max(known - float(cosines.max()), 0.0) * (1 - float(same[0, mixed.argmax()]))
        return Mixture(mixed, np.maximum(cosines, known * same[0]), lacking)


@dataclass(frozen=True, slots=True)
class Mixture:
    """What the documents and the base together find. `lacking` is 0..1: how far the base knows a subject that the documents lack."""

    scores: Scores
    cosines: Scores
    lacking: float = 0.0
