"""Parts -> Retriever: an index put together of documents that were parsed, encoded and counted before.

It is the same whether its documents came one by one or all at once, since it is put together anew each time; what that takes for a
hundred thousand items is in eval/LOG.md. Vectors are shared with the index before it, and not copied.

A learner's own documents stand behind the shared ones in the same index, and not in a second one that is asked as well: how rare a
word is, which questions are one and what is nearest are then told over both, as if they had always been one folder, and nobody
else's index holds a word of them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from corpus.merge import merge_by_key
from corpus.types import QAItem
from index.abbreviations import Abbreviations, Explained
from index.chunks import make_chunks
from index.collection import Collection
from index.dense import DenseIndex
from index.encoders import Encoder
from index.lexical import LexicalIndex, Words
from index.parts import Part, item_field
from index.retriever import Retriever
from index.spelling import Vocabulary
from index.thesaurus import Thesaurus, same_field
from index.types import Chunk

Edit = Callable[[QAItem], QAItem]
"""What a learner made of an item; the very same object where they made nothing of it."""


@dataclass(frozen=True, slots=True)
class Base:
    """The knowledge base, where the documents are others, and the short forms that it explains."""

    collection: Collection
    explained: Explained


def assemble(parts: Sequence[Part], encoder: Encoder, base: Base | None = None, edit: Edit | None = None) -> Retriever:
    """The index of all these parts. A question that several ask becomes one item, led by the first of them."""
    table = _Table(tuple(parts))
    merged = merge_by_key(table.items, [key for part in parts for key in part.keys])
    found = [(edit(item) if edit else item, members) for item, members in merged if item.answered]
    items = tuple(item for item, _ in found)
    chunks: list[Chunk] = []
    views: list[int] = []
    for row, (item, members) in enumerate(found):
        for view, chunk in table.views(item, members):
            chunks.append(Chunk(row, chunk.view, chunk.text, chunk.source))
            views.append(view)
    arrays = [part.vectors for part in parts if len(part.vectors)]
    dense = DenseIndex(*arrays, rows=np.array(views, np.int64)) if arrays else DenseIndex(np.empty((0, 1), np.float32))
    documents = Collection(items, tuple(chunks), dense, table.lexical(found))
    near = base if base and chunks and same_field(base.collection, documents) else None
    vocabulary = Vocabulary(*(part.said for part in parts))
    abbreviations = Abbreviations(*(part.explained for part in parts), base=near.explained if near else None)
    return Retriever(documents, encoder, vocabulary, abbreviations, Thesaurus(near.collection, documents) if near else None)


def with_item(retriever: Retriever, item: QAItem) -> Retriever:
    """The index with this in place of the item of the same id, which says the same: only what is known of it changed."""
    items = tuple(item if known.id == item.id else known for known in retriever.items)
    documents = replace(retriever.documents, items=items)
    thesaurus = replace(retriever.thesaurus, documents=documents) if retriever.thesaurus else None
    return replace(retriever, documents=documents, thesaurus=thesaurus)


Found = tuple[QAItem, list[int]]
"""An item, and the rows of the parts that it was made of."""


class _Table:
    """The items of all parts, one after the other, and their chunks."""

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self.parts = parts
        self.items = [item for part in parts for item in part.items]
        self._chunks = [chunk for part in parts for chunk in part.chunks]
        before = np.cumsum([0, *(len(part.chunks) for part in parts)])
        self._starts = [int(start) for part, offset in zip(parts, before, strict=False) for start in part.starts[:-1] + offset]
        self._starts.append(len(self._chunks))

    def views(self, item: QAItem, members: Sequence[int]) -> Iterator[tuple[int, Chunk]]:
        """The chunks of an item, each with the row that its vector has."""
        own = [view for row in members for view in range(self._starts[row], self._starts[row + 1])]
        if len(members) == 1:
            return ((view, self._chunks[view]) for view in own)
        known = {self._chunks[view].text: view for view in own}
        return ((known[chunk.text], chunk) for chunk in make_chunks([item]))

    def lexical(self, found: Sequence[Found]) -> LexicalIndex:
        """The words of the items: as they were counted, where an item is as its document has it."""
        places: NDArray[np.int32] = np.full(len(self.items), -1, np.int32)
        changed: list[int] = []
        for row, (item, members) in enumerate(found):
            if item is self.items[members[0]]:
                places[members[0]] = row
            else:
                changed.append(row)
        ends = np.cumsum([len(part.items) for part in self.parts])
        counted = [(part.words, places[end - len(part.items) : end]) for part, end in zip(self.parts, ends, strict=True)]
        counted.append((Words.of([item_field(found[row][0]) for row in changed]), np.array(changed, np.int32)))
        return LexicalIndex(counted, len(found))
