"""What the shell commands read: one JSON object a line."""

from collections.abc import Iterator
from typing import Literal, TextIO, TypeVar

from pydantic import BaseModel, ValidationError

from corpus.errors import UserError


class Turn(BaseModel):
    """One message of the history of a query."""

    role: Literal["user", "assistant", "system"]
    content: str


class Query(BaseModel):
    """One line of input."""

    qid: str | int
    query: str
    history: list[Turn] = []

    @property
    def asked(self) -> list[str]:
        """What the learner asked before, oldest first."""
        return [turn.content for turn in self.history if turn.role == "user"]


class BadLine(UserError):
    """A line of input that is not what the contract says."""


AnyQuery = TypeVar("AnyQuery", bound=Query)


def read_queries(stream: TextIO, kind: type[AnyQuery], *, jsonl: bool = True) -> Iterator[AnyQuery]:
    """The queries of an input stream; without `jsonl`, each line is a question as it stands. Raises BadLine, which names the line."""
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            yield kind.model_validate_json(line) if jsonl else kind(qid=number, query=line.strip())
        except ValidationError as error:
            raise BadLine(f'Line {number} is not a query. A query is {{"qid": ..., "query": "...", "history": [...]}}.') from error
