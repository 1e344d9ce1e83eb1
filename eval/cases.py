"""Cases come in from files, one JSON object a line, so they are checked as they are read."""

from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from corpus.errors import UserError


class BadCases(UserError):
    """A file of cases that is missing or not what it should be."""


class Turn(BaseModel):
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    content: str


class RetrievalCase(BaseModel):
    """A query, and the ids of the items that would be a right first answer; none where the documents do not answer it."""

    qid: str
    kind: str
    query: str = Field(min_length=1)
    history: list[Turn] = []
    relevant: list[str] = []

    @property
    def asked(self) -> list[str]:
        """What the learner asked before, oldest first."""
        return [turn.content for turn in self.history if turn.role == "user"]


class GradingCase(BaseModel):
    """An answer to a shipped item, the mark that each key point deserves (c, p, m or x), and the score that is fair, 0 to 10.

    `misconception` is the row of the wrong claim that the answer makes.
    """

    id: str
    item: str
    kind: str
    answer: str
    points: str = Field(pattern=r"^[cpmx]*$")
    band: tuple[float, float]
    misconception: int | None = None


class HumanMark(BaseModel):
    """A public answer with the mark that people gave it, 0 to 1."""

    qid: str
    question: str
    reference: list[str]
    answer: str
    score: float = Field(ge=0, le=1)


class SpokenCase(BaseModel):
    """A sentence to be spoken, and the terms in it that should be heard."""

    text: str = Field(min_length=1)
    terms: list[str]


class MishearingCase(BaseModel):
    """What a recogniser wrote and what was meant, the same where it was right. `held` cases were written after the rules were tuned."""

    heard: str = Field(min_length=1)
    meant: str = Field(min_length=1)
    held: bool = False


AnyCase = TypeVar("AnyCase", bound=BaseModel)


def read_cases(path: Path, kind: type[AnyCase], name: str) -> list[AnyCase]:
    """The cases of a file; `name` is what a line is called in the message. Raises BadCases, which names the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadCases(f"The cases in {path} could not be read. Check the path.") from error
    cases: list[AnyCase] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                cases.append(kind.model_validate_json(line))
            except ValidationError as error:
                raise BadCases(f"Line {number} of {path} is not {name}: {error.errors()[0]['msg']}.") from error
    return cases


def read_retrieval_cases(path: Path) -> list[RetrievalCase]:
    """The retrieval cases of a file. Raises BadCases, which names the line."""
    return read_cases(path, RetrievalCase, "a retrieval case")
