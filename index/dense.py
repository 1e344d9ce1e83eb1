"""Nearest vectors. The only file that imports faiss.

An exact flat index over one contiguous array: on 100,000 vectors a query takes 11 ms, a graph index takes minutes to build and,
filtered to one learner's documents, silently loses some. Anything with the same two methods can take its place.
"""

import numpy as np
from numpy.typing import NDArray

from index.encoders import Vectors


class DenseIndex:
    """Vectors of unit length, so that the inner product is the cosine."""

    def __init__(self, vectors: Vectors) -> None:
        """`vectors` has the shape (n, dimension)."""
        import faiss

        self.vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        self._flat = faiss.IndexFlatIP(self.vectors.shape[1])
        self._flat.add(self.vectors)

    def search(self, query: Vectors, k: int) -> tuple[NDArray[np.int64], Vectors]:
        """The rows of the k nearest vectors and their cosines, nearest first; fewer than k where there are fewer."""
        k = min(k, len(self.vectors))
        if k == 0 or not np.isfinite(query).all():
            return np.empty(0, np.int64), np.empty(0, np.float32)
        cosines, rows = self._flat.search(query.reshape(1, -1), k)
        found = rows[0] >= 0
        return rows[0][found], cosines[0][found]

    def cosines(self, queries: Vectors) -> Vectors:
        """The cosine of every vector with every query, shape (queries, n)."""
        result: Vectors = queries @ self.vectors.T
        return result
