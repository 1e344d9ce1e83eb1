"""The shipped knowledge base, ready to be searched: its vectors come with the code, so that nobody waits for them to be made.

It serves other people's documents as a thesaurus: its many wordings lead from a paraphrase or a situation to the field's terms, and
those find the passage. In documents of another field nothing is near both to the query and to them, and nothing changes.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from corpus.readers import read_paths
from corpus.shipped import SHIPPED_DOCUMENTS
from corpus.types import Document
from index.encoders import DEFAULT_ENCODER, Encoder, Vectors, unit

VECTORS = Path(__file__).parent / "shipped.npz"
_KEY_BYTES = 8


@cache
def shipped_documents() -> tuple[Document, ...]:
    """The documents of the knowledge base."""
    return read_paths([SHIPPED_DOCUMENTS]).documents


@cache
def shipped_vectors(encoder: str) -> "VectorStore":
    """The vectors of the knowledge base's texts; none for another model than the default one."""
    if encoder != DEFAULT_ENCODER or not VECTORS.is_file():
        return VectorStore({})
    with np.load(VECTORS, allow_pickle=False) as stored:
        vectors = unit(stored["vectors"].astype(np.float32))
        return VectorStore(dict(zip(stored["keys"].tolist(), vectors, strict=True)))


def pack(texts: Sequence[str], encoder: Encoder) -> None:
    """Writes the vectors of these texts, a byte a number (cosine to the full ones 0.9999), beside the code."""
    unique = list(dict.fromkeys(texts))
    vectors = encoder.encode(unique)
    scaled = np.rint(vectors / np.abs(vectors).max(axis=1, keepdims=True) * 127).astype(np.int8)
    np.savez(VECTORS, keys=np.array([_key(text) for text in unique], np.uint64), vectors=scaled)


class VectorStore:
    """Vectors found by their text."""

    def __init__(self, vectors: dict[int, Vectors]) -> None:
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._vectors)

    def find(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those texts that are known."""
        keys = {text: _key(text) for text in texts} if self._vectors else {}
        return {text: self._vectors[key] for text, key in keys.items() if key in self._vectors}


def _key(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:_KEY_BYTES], "little")
