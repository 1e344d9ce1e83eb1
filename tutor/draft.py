"""A reply while it is written: fixed text, and sentences of sources with their numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from corpus.types import Document, Source
from tutor.ladder import Part
from tutor.types import Citation


@dataclass(slots=True)
class Draft:
    """`documents` are the texts that citations count in, by file."""

    documents: Mapping[str, Document]
    text: str = ""
    citations: list[Citation] = field(default_factory=list)

    def add(self, part: Part) -> None:
        """Adds fixed text, or a sentence of a source and its number."""
        if isinstance(part, str):
            self.text += part
            return
        source, start, end = part
        self.citations.append(quote(self.documents[source.file], source, start, end, len(self.citations) + 1))
        self.text += f"{source.answer[start:end]} [{len(self.citations)}]"

    def add_all(self, parts: Iterable[Part]) -> None:
        """Adds each of the parts."""
        for part in parts:
            self.add(part)


def quote(document: Document, source: Source, start: int, end: int, n: int) -> Citation:
    """The citation of `source.answer[start:end]`: its quote is the document's own text."""
    place = source.span(start, end)
    text = document.text[place.start : place.end]
    return Citation(n, source.file, source.question, text, place.start, place.end, source.answer, start, end)
