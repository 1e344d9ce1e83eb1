"""An index put together of parts is the one that its documents would have given at once, and costs no encoding."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.types import Document
from index.assembly import assemble
from index.encoders import HashingEncoder, Progress, Vectors
from index.parts import DocumentPart, Part, load_part, make_part, save_part

SUBJECTS = "pan kettle knife spade rake lid boat keel boom shed".split()  # noqa: SIM905


class CountingEncoder(HashingEncoder):
    """Counts the passages that it encodes."""

    passages = 0

    def encode(self, texts: Sequence[str], *, query: bool = False, progress: Progress | None = None) -> Vectors:
        self.passages += 0 if query else len(texts)
        return super().encode(texts, query=query, progress=progress)


def made(encoder: HashingEncoder, file: str, *questions: str) -> DocumentPart:
    text = "\n".join(f"## {question}\n\n{question} has {file} in it, and iron.\n" for question in questions)
    return make_part(Document(file, text, file), encoder)


def test_five_thousand_items_take_in_a_document_without_encoding_the_others() -> None:
    encoder = CountingEncoder()
    few = [
        made(encoder, f"{one}.md", *(f"What is a {one} of size {size} number {n}?" for size in "abcdefghij" for n in range(10, 15))).part
        for one in SUBJECTS
    ]
    many = [_named(part, copy) for copy in range(10) for part in few]
    assert len(assemble(many, encoder).items) == 5_000
    encoder.passages = 0
    new = made(encoder, "new.md", "What is a zither?").part
    encoded = encoder.passages
    retriever = assemble([*many, new], encoder)
    assert encoder.passages == encoded
    assert len(retriever.items) == 5_001
    assert retriever.retrieve("What is a zither?").passages[0].source.file == "new.md"
    assert retriever.retrieve("a keel of size d number 13").passages[0].item.question == "What is a keel of size d number 13?"


def _named(part: Part, copy: int) -> Part:
    """The same items as another document's, which are no longer the same questions."""
    items = tuple(replace(item, id=f"{item.id}-{copy}") for item in part.items)
    return replace(part, items=items, keys=tuple((*key, str(copy)) for key in part.keys))


def test_a_question_of_two_parts_has_the_vectors_of_both() -> None:
    encoder = CountingEncoder()
    parts = [made(encoder, file, "What is a pan?", f"What is a {file[0]} thing?").part for file in ("a.md", "b.md")]
    encoder.passages = 0
    retriever = assemble(parts, encoder)
    [pan] = [item for item in retriever.items if item.question == "What is a pan?"]
    assert [source.file for source in pan.sources] == ["a.md", "b.md"]
    row = retriever.items.index(pan)
    views = [n for n, chunk in enumerate(retriever.documents.chunks) if chunk.item == row]
    again = encoder.encode([retriever.documents.chunks[view].text for view in views])
    assert np.allclose(retriever.documents.dense.take(np.array(views)), again)


def test_an_index_of_nothing_answers_nothing() -> None:
    retriever = assemble([Part.of((), (), np.empty((0, 1), np.float32))], HashingEncoder())
    assert retriever.retrieve("What is a pan?").passages == ()


@pytest.mark.parametrize("at", [0, 40, -40])
def test_a_damaged_file_is_no_part(tmp_path: Path, at: int) -> None:
    kept, path = made(HashingEncoder(), "a.md", "What is a pan?"), tmp_path / "a.part"
    save_part(kept, "hashing", path)
    loaded = load_part(path, "hashing")
    assert loaded
    assert loaded.part.items == kept.part.items
    assert load_part(path, "another") is None
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)
    assert load_part(path, "hashing") is None
    assert load_part(tmp_path / "none", "hashing") is None
