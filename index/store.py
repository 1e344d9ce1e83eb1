"""Saves an index and loads it again, sure that it is whole and that it is the one asked for.

A generation of files is written beside the one in use, flushed to disk, and becomes the index when the manifest is renamed over
the old one: a crash leaves the old index or the new one, never a mixture. FAISS does not notice damaged files, so the manifest
holds the SHA-256 of each and what they were made from. Arrays and JSON only; nothing is unpickled.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import BaseModel, TypeAdapter, ValidationError

from corpus.errors import UserError
from corpus.merge import merge
from corpus.parse import parse
from corpus.types import Document, QAItem
from index.abbreviations import Explained
from index.assembly import Base, assemble
from index.chunks import CHUNKING, make_chunks
from index.collection import Collection
from index.dense import DenseIndex
from index.encoders import Encoder, Vectors, check_weights
from index.lexical import LexicalIndex
from index.parts import Part, item_field, texts_of
from index.retriever import Retriever
from index.shipped import shipped_documents, shipped_vectors
from index.types import Chunk

_VERSION = 4
_ITEMS: TypeAdapter[list[QAItem]] = TypeAdapter(list[QAItem])
_CHUNKS: TypeAdapter[list[Chunk]] = TypeAdapter(list[Chunk])
_DOCUMENTS: TypeAdapter[list[Document]] = TypeAdapter(list[Document])


class StaleIndex(UserError):
    """The index was built from something else, or is damaged, or is not there."""


class Manifest(BaseModel):
    """What an index was built from, and the files it consists of."""

    version: int
    generation: str
    encoder: str
    dimension: int
    chunking: str
    documents: dict[str, str]
    files: dict[str, str]
    items: int
    chunks: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build did."""

    documents: int
    items: int
    chunks: int
    encoded: int
    """Chunks that had to be encoded; the others were in the index before."""
    unanswered: int


def build(documents: Sequence[Document], encoder: Encoder, folder: Path, progress: Callable[[int, int], None] | None = None) -> Summary:
    """Builds the index of these documents in `folder`. Vectors of texts that it held before are kept. `progress` is told (done, all)."""
    with ThreadPoolExecutor(1) as pool:
        checked = pool.submit(check_weights, encoder.name)
        items = merge([item for document in documents for item in parse(document)])
        answered = [item for item in items if item.answered]
        chunks = make_chunks(answered)
        checked.result()
    texts = list(dict.fromkeys(chunk.text for chunk in chunks))
    known = shipped_vectors(encoder.name).find(texts) | _known_vectors(folder, encoder.name)
    new = [text for text in texts if text not in known]
    vectors = encoder.encode(new, progress=progress) if new else np.empty((0, 0), np.float32)
    known |= dict(zip(new, vectors, strict=True))
    matrix = np.stack([known[chunk.text] for chunk in chunks]) if chunks else np.empty((0, 1), np.float32)
    _write(folder, documents, answered, chunks, matrix.astype(np.float32), encoder.name)
    return Summary(len(documents), len(answered), len(chunks), len(new), len(items) - len(answered))


def load(folder: Path, encoder: Encoder) -> Retriever:
    """The index in `folder`, ready for queries. Raises StaleIndex where it is missing, damaged or made with another encoder."""
    part, base = load_part(folder, encoder)
    return assemble([part], encoder, base)


def load_part(folder: Path, encoder: Encoder) -> tuple[Part, Base | None]:
    """The index in `folder` as a part that others can be put beside, and the knowledge base where it is needed. Raises as `load`."""
    manifest = read_manifest(folder)
    check_encoder(manifest, encoder.name, folder)
    home = folder / manifest.generation
    if not is_whole(folder, manifest):
        raise StaleIndex(f"The index in {folder} is damaged. Build it anew with --rebuild.")
    items, chunks = _ITEMS.validate_json((home / "items.json").read_bytes()), _CHUNKS.validate_json((home / "chunks.json").read_bytes())
    part = Part.of(items, chunks, np.load(home / "vectors.npy", allow_pickle=False))
    return part, base_of(manifest.documents.values(), encoder) if part.chunks else None


def load_documents(folder: Path) -> dict[str, Document]:
    """The documents that the index was built from, by name: what every `start` and `end` counts in."""
    home = folder / read_manifest(folder).generation
    return {document.file: document for document in _DOCUMENTS.validate_json((home / "documents.json").read_bytes())}


def read_manifest(folder: Path) -> Manifest:
    """Raises StaleIndex where there is no index or its manifest cannot be read."""
    try:
        manifest = Manifest.model_validate_json((folder / "manifest.json").read_bytes())
    except FileNotFoundError as error:
        raise StaleIndex(
            f"There is no index in {folder}. Build one with `python -m index build --documents DIR --index {folder}`."
        ) from error
    except (OSError, ValidationError) as error:
        raise StaleIndex(f"The index in {folder} is damaged. Build it anew with --rebuild.") from error
    if manifest.version != _VERSION:
        raise StaleIndex(f"The index in {folder} was written by another version of Viva. Build it anew with --rebuild.")
    return manifest


def check_encoder(manifest: Manifest, encoder: str, folder: Path) -> None:
    """Raises StaleIndex where the index was built with another embedding model."""
    if manifest.encoder != encoder:
        raise StaleIndex(
            f"The index in {folder} was built with the embedding model {manifest.encoder}, and the setting asks for {encoder}. "
            f"Build it anew with --rebuild, or set VIVA_ENCODER={manifest.encoder}."
        )


def is_current(manifest: Manifest, documents: Sequence[Document]) -> bool:
    """Whether the index was built from just these documents, by the chunking in use."""
    return manifest.chunking == CHUNKING and manifest.documents == {document.file: document.sha256 for document in documents}


def is_whole(folder: Path, manifest: Manifest) -> bool:
    """Whether every file of the index is what was written."""
    return all(
        (path := folder / manifest.generation / name).is_file() and _digest(path) == digest for name, digest in manifest.files.items()
    )


def base_of(documents: Iterable[str], encoder: Encoder) -> Base | None:
    """The shipped knowledge base, where it is not among the documents itself, told by their SHA-256, and its vectors are at hand."""
    if {document.sha256 for document in shipped_documents()} <= set(documents):
        return None
    stored = shipped_vectors(encoder.name)
    if not stored:
        return None
    items, chunks, lexical, explained = _knowledge_base()
    known = stored.find([chunk.text for chunk in chunks])
    if not all(chunk.text in known for chunk in chunks):
        return None
    vectors = np.stack([known[chunk.text] for chunk in chunks])
    return Base(Collection(items, chunks, DenseIndex(vectors), lexical), explained)


@cache
def _knowledge_base() -> tuple[tuple[QAItem, ...], tuple[Chunk, ...], LexicalIndex, Explained]:
    """The shipped items, their chunks, words and short forms: two seconds of work, the same for every index."""
    items = tuple(item for document in shipped_documents() for item in parse(document))
    lexical = LexicalIndex.build([item_field(item) for item in items])
    return items, tuple(make_chunks(items)), lexical, Explained.of(*texts_of(items))


def _known_vectors(folder: Path, encoder: str) -> dict[str, Vectors]:
    """The vectors of the index in `folder` by their texts; none where it cannot be used."""
    try:
        manifest = read_manifest(folder)
    except StaleIndex:
        return {}
    if manifest.encoder != encoder or not is_whole(folder, manifest):
        return {}
    home = folder / manifest.generation
    chunks = _CHUNKS.validate_json((home / "chunks.json").read_bytes())
    vectors = np.load(home / "vectors.npy", allow_pickle=False)
    return {chunk.text: vector for chunk, vector in zip(chunks, vectors, strict=True)}


def _write(folder: Path, documents: Sequence[Document], items: list[QAItem], chunks: list[Chunk], vectors: Vectors, encoder: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    generation = f"generation-{os.getpid()}-{hashlib.sha256(vectors.tobytes()).hexdigest()[:12]}"
    home = folder / generation
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    (home / "items.json").write_bytes(_ITEMS.dump_json(items))
    (home / "chunks.json").write_bytes(_CHUNKS.dump_json(chunks))
    (home / "documents.json").write_bytes(_DOCUMENTS.dump_json(list(documents)))
    np.save(home / "vectors.npy", vectors, allow_pickle=False)
    files = {path.relative_to(home).as_posix(): path for path in sorted(home.rglob("*")) if path.is_file()}
    manifest = Manifest(
        version=_VERSION,
        generation=generation,
        encoder=encoder,
        dimension=vectors.shape[1],
        chunking=CHUNKING,
        documents={document.file: document.sha256 for document in documents},
        files={name: _digest(path) for name, path in files.items()},
        items=len(items),
        chunks=len(chunks),
    )
    for path in files.values():
        _flush(path)
    partial = folder / f"manifest-{os.getpid()}.tmp"
    partial.write_text(json.dumps(manifest.model_dump(), indent=1), encoding="utf-8")
    _flush(partial)
    partial.replace(folder / "manifest.json")
    _flush(folder)
    for old in folder.glob("generation-*"):
        if old.name != generation:
            shutil.rmtree(old, ignore_errors=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    """Makes sure that a file, or the names in a folder, are on the disk. Windows cannot do so for folders."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
