"""Cases come in from files, one JSON object a line, so they are checked as they are read."""

from pathlib import Path
from typing import Literal

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


def read_retrieval_cases(path: Path) -> list[RetrievalCase]:
    """The cases of a file. Raises BadCases, which names the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadCases(f"The cases in {path} could not be read. Check the path.") from error
    cases: list[RetrievalCase] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                cases.append(RetrievalCase.model_validate_json(line))
            except ValidationError as error:
                raise BadCases(f"Line {number} of {path} is not a retrieval case: {error.errors()[0]['msg']}.") from error
    return cases
