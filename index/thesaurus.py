"""The shipped knowledge base as a second way into documents that are not its own.

Its many wordings lead from a paraphrase or a situation to the field's terms, and those find the passage: how well an item of the base
fits the query, times how near the documents' item is to that item, stands beside the documents' own score. In documents of another
field nothing is near both to the query and to them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.collection import Collection, Scores
from index.encoders import Vectors

_WEIGHT = 0.45  # of the way through the base
_SYNONYMS = 3  # items of the base that are tried
_WORDS = 1.5  # words count for more in the base than in the documents: it has each thing in many wordings


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """The knowledge base, and the documents that it leads to."""

    base: Collection
    documents: Collection

    def mix(self, queries: Sequence[str], vectors: Vectors, score: Scores, cosines: Scores) -> tuple[Scores, Scores]:
        """The scores and the cosines of the documents' items, with the way through the base taken in."""
        found = self.base.cosines(vectors)
        likely = found + _WORDS * self.base.words(queries)
        rows = np.argsort(-likely)[:_SYNONYMS]
        same = self.documents.nearest(self.base.question_vectors[rows])
        alike = (same + self.base.answer_vectors[rows] @ self.documents.answer_vectors.T) / 2
        through = (likely[rows, None] * alike).max(axis=0)
        mixed: Scores = (1 - _WEIGHT) * score + _WEIGHT * through
        return mixed, np.maximum(cosines, found[rows[0]] * same[0])
