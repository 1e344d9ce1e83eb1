"""The documents that everybody has, as a learner's library lists them beside their own: to be read and practised, not to be changed.

What a list needs is counted from the index, so that a page with all of them costs nothing. Which questions have lost their answer is in no
index: a document is parsed for that when it is opened, and not before.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from corpus.health import FileHealth, file_health
from corpus.parse import parse
from corpus.types import Document, QAItem
from tutor.bank import topic_of


@dataclass(frozen=True, slots=True)
class SharedDocument:
    """A shared document. `items` are those of the index that it answers; `health` is known of an opened one only."""

    file: str
    items: tuple[QAItem, ...]
    warnings: tuple[str, ...]
    health: FileHealth | None = None

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics of its questions, in their order."""
        return tuple(dict.fromkeys(topic_of(item) for item in self.items))


def shared_documents(
    documents: Mapping[str, Document], items: Mapping[str, QAItem], unfolded: Collection[str] = ()
) -> tuple[SharedDocument, ...]:
    """The documents in their order, with their questions among `items`. `unfolded` are the files whose health is wanted, too."""
    asked: dict[str, list[QAItem]] = {file: [] for file in documents}
    for item in items.values():
        for file in {source.file for source in item.sources if source.answer} & asked.keys():
            asked[file].append(item)
    return tuple(
        SharedDocument(
            file,
            tuple(asked[file]),
            (*document.warnings, *(f"{item.question}: {text}" for item in asked[file] for text in item.warnings)),
            _health(document) if file in unfolded else None,
        )
        for file, document in documents.items()
    )


@lru_cache(maxsize=64)
def _health(document: Document) -> FileHealth:
    return file_health(document.file, parse(document))
