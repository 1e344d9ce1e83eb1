"""A class's worth of answers from the shell: one JSON object a line in, one verdict a line out, in the same order."""

from collections.abc import Callable, Iterable, Iterator

from pydantic import BaseModel, Field, ValidationError

from corpus.types import KeyPoint, Misconception, QAItem
from index.jsonl import BadLine
from index.lexical import words
from index.types import Retrieval
from tutor.grading import Task, task_of


class GivenPoint(BaseModel):
    """A key point with other ways to say it; a plain sentence stands for one without."""

    text: str = Field(min_length=1)
    wordings: list[str] = []


class GivenMisconception(BaseModel):
    """A wrong claim and its truth."""

    claim: str = Field(min_length=1)
    truth: str = Field(min_length=1)


class GivenAnswer(BaseModel):
    """One line of input. What is not given is looked up in the index, by the question."""

    id: str | int
    question: str
    answer: str
    reference: list[str] = []
    key_points: list[GivenPoint | str] = []
    misconceptions: list[GivenMisconception] = []

    def task(self) -> Task | None:
        """What the answer is held against, as far as the line itself says."""
        if not any(text.strip() for text in self.reference) and not self.key_points:
            return None
        points = [GivenPoint(text=point) if isinstance(point, str) else point for point in self.key_points]
        return Task(
            self.question,
            tuple(self.reference),
            tuple(KeyPoint(point.text, tuple(point.wordings)) for point in points if point.text.strip()),
            tuple(Misconception(one.claim, one.truth) for one in self.misconceptions),
        )


def read_answers(lines: Iterable[str]) -> Iterator[GivenAnswer]:
    """The answers of an input stream. Raises BadLine, which names the line."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield GivenAnswer.model_validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                place = ".".join(str(part) for part in first["loc"]) or "the line"
                raise BadLine(
                    f"Line {number} is not an answer: {place}: {first['msg']}. "
                    'An answer is {"id": ..., "question": "...", "answer": "..."}, and where you have them "reference": ["..."] '
                    'and "key_points": ["..."].'
                ) from error


class Lookup:
    """Finds the item that a question is about: by its words, in one of its wordings, or else by meaning."""

    def __init__(self, items: Iterable[QAItem], retrieve: Callable[[str], Retrieval]) -> None:
        self._retrieve = retrieve
        self._items = {_plain(text): item for item in reversed(tuple(items)) for text in (*item.wordings, item.question)}

    def item(self, question: str) -> QAItem | None:
        """None where the documents do not answer the question."""
        item = self._items.get(_plain(question))
        if item is None:
            found = self._retrieve(question)
            item = found.passages[0].item if found.answerable and found.passages else None
        return item

    def task(self, question: str) -> Task | None:
        """What an answer to the question is held against. None where the documents do not answer it."""
        item = self.item(question)
        return task_of(item) if item else None


def _plain(question: str) -> str:
    return " ".join(words(question))
