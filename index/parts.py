"""A document as an index takes it in: its items with all that can be counted of them before it is known what stands beside them.

Reading, parsing, encoding and counting words are what takes long, and none of it depends on the other documents. So each document is kept
as a part of its own, in a file of its own, and an index is put together of parts (index/assembly.py): a document that comes or goes
costs what that document costs. A file holds the SHA-256 of the rest of it; one that is damaged, or made otherwise, is made again.
"""

import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, TypeAdapter, ValidationError

from corpus.merge import Key, merge_key
from corpus.parse import parse
from corpus.types import Document, QAItem
from index.abbreviations import Explained
from index.chunks import CHUNKING, make_chunks
from index.encoders import Encoder, Vectors
from index.lexical import Field, Words
from index.shipped import shipped_vectors
from index.spelling import Said
from index.types import Chunk

_VERSION = 1
_DIGEST_BYTES = 32
_ITEMS: TypeAdapter[tuple[QAItem, ...]] = TypeAdapter(tuple[QAItem, ...])
_CHUNKS: TypeAdapter[tuple[Chunk, ...]] = TypeAdapter(tuple[Chunk, ...])


@dataclass(frozen=True)
class Part:
    """Some items, in their order. `chunks` name rows of `items`; those of item i are `chunks[starts[i]:starts[i + 1]]`."""

    items: tuple[QAItem, ...]
    keys: tuple[Key, ...]
    chunks: tuple[Chunk, ...]
    starts: NDArray[np.int64]
    vectors: Vectors
    words: Words
    said: Said
    explained: Explained

    @classmethod
    def of(cls, items: Sequence[QAItem], chunks: Sequence[Chunk], vectors: Vectors) -> "Part":
        """What there is to count of these items. `vectors` has the shape (chunks, dimension)."""
        fields = [item_field(item) for item in items]
        texts, terms = texts_of(items)
        rows = np.array([chunk.item for chunk in chunks], np.int64)
        starts = np.searchsorted(rows, np.arange(len(items) + 1))
        keys = tuple(merge_key(item) for item in items)
        return cls(tuple(items), keys, tuple(chunks), starts, vectors, Words.of(fields), Said.of(texts, terms), Explained.of(texts, terms))


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """One document, and its part."""

    document: Document
    part: Part


class _Head(BaseModel):
    """What a file was made from."""

    version: int
    encoder: str
    chunking: str
    document: Document


def item_field(item: QAItem) -> Field:
    """All that an item is asked by, and all that it answers: its key points, too, and the wrong claims that it puts right."""
    points = [text for point in item.key_points for text in (point.text, *point.wordings)]
    claims = [misconception.claim for misconception in item.misconceptions]
    return " ".join((item.question, *item.wordings)), " ".join((*(source.answer for source in item.sources), *points, *claims))


def texts_of(items: Sequence[QAItem]) -> tuple[list[str], list[str]]:
    """All that the answered items say, and all that they are asked by."""
    answered = [item for item in items if item.answered]
    return [" ".join(item_field(item)) for item in answered], [text for item in answered for text in (item.question, *item.wordings)]


def make_part(document: Document, encoder: Encoder, progress: Callable[[int, int], None] | None = None) -> DocumentPart:
    """Parses and encodes a document. `progress` is told (done, all)."""
    items = parse(document)
    chunks = make_chunks(items)
    texts = list(dict.fromkeys(chunk.text for chunk in chunks))
    known = shipped_vectors(encoder.name).find(texts)
    new = [text for text in texts if text not in known]
    known |= dict(zip(new, encoder.encode(new, progress=progress), strict=True)) if new else {}
    vectors = np.stack([known[chunk.text] for chunk in chunks]) if chunks else np.empty((0, 1), np.float32)
    return DocumentPart(document, Part.of(items, chunks, vectors.astype(np.float32)))


def save_part(kept: DocumentPart, encoder: str, path: Path) -> None:
    """Writes a part: the whole file is there, on the disk and under its name, or nothing is."""
    head = _Head(version=_VERSION, encoder=encoder, chunking=CHUNKING, document=kept.document)
    body = io.BytesIO()
    texts = {
        "head": head.model_dump_json().encode(),
        "items": _ITEMS.dump_json(kept.part.items),
        "chunks": _CHUNKS.dump_json(kept.part.chunks),
    }
    arrays = {name: np.frombuffer(text, np.uint8) for name, text in texts.items()}
    np.savez(body, allow_pickle=False, vectors=kept.part.vectors, **arrays)
    partial = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with partial.open("wb") as file:
        file.write(hashlib.sha256(body.getbuffer()).digest())
        file.write(body.getbuffer())
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def load_part(path: Path, encoder: str) -> DocumentPart | None:
    """The part in a file; None where there is none, or it is damaged or was made otherwise, so that it has to be made."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(raw[_DIGEST_BYTES:]).digest() != raw[:_DIGEST_BYTES]:
        return None
    try:
        with np.load(io.BytesIO(raw[_DIGEST_BYTES:]), allow_pickle=False) as stored:
            head = _Head.model_validate_json(stored["head"].tobytes())
            if (head.version, head.encoder, head.chunking) != (_VERSION, encoder, CHUNKING):
                return None
            items, chunks = _ITEMS.validate_json(stored["items"].tobytes()), _CHUNKS.validate_json(stored["chunks"].tobytes())
            return DocumentPart(head.document, Part.of(items, chunks, stored["vectors"]))
    except (ValueError, KeyError, zipfile.BadZipFile, ValidationError):
        return None
