"""What the corpus hands on: documents, and questions with their answers and the places they come from."""

from dataclasses import dataclass
from typing import Literal, get_args

Level = Literal["basic", "intermediate", "advanced"]
LEVELS: tuple[Level, ...] = get_args(Level)

Run = tuple[int, int, int]
"""(index, start, end): from `index` on, a cleaned text comes from `document.text[start:end]`. See corpus/traced.py."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file as text. `text` is what every `start` and `end` counts in: the file's own characters where it is a text file."""

    file: str
    text: str
    sha256: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a document: `document.text[start:end]`."""

    file: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """One place that asks a question and answers it, in its own words."""

    file: str
    question: str
    answer: str
    start: int
    end: int
    runs: tuple[Run, ...] = ()

    def span(self, start: int, end: int) -> Span:
        """Where `answer[start:end]` stands in the document. The two differ where the answer was cleaned."""
        first = last = (self.start, self.end)
        for position, (index, begin, stop) in enumerate(self.runs):
            following = self.runs[position + 1][0] if position + 1 < len(self.runs) else len(self.answer)
            copied = following - index == stop - begin
            if index <= start < following:
                first = (begin + start - index, stop) if copied else (begin, stop)
            if index < end <= following:
                last = (begin, begin + end - index) if copied else (begin, stop)
        return Span(self.file, first[0], last[1])


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """One sentence that is true or false of somebody's answer, and other ways to say it."""

    text: str
    wordings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Misconception:
    """A wrong claim that learners make, never shown or indexed without its truth."""

    claim: str
    truth: str


@dataclass(frozen=True, slots=True)
class QAItem:
    """A question with the answer of each source that has one, the best source first.

    `wordings` are other ways the question is asked; `parent` is the id of the item that this one follows up. An item with
    no source that answers it (`answered` is false) is reported and never indexed.
    """

    id: str
    question: str
    sources: tuple[Source, ...]
    level: Level | None = None
    topic: str | None = None
    wordings: tuple[str, ...] = ()
    key_points: tuple[KeyPoint, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    related: tuple[str, ...] = ()
    parent: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def answer(self) -> str:
        """The answer of the best source; empty where the answer was lost."""
        return self.sources[0].answer

    @property
    def answered(self) -> bool:
        """Whether any source answers the question."""
        return bool(self.answer)
