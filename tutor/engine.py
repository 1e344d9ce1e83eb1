"""What an engine is: something that explains from passages. OfflineEngine does so without a language model."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from corpus.errors import UserError
from corpus.types import QAItem
from index.types import Passage, Retrieval
from tutor.types import Depth, Message, Move, Reply


class EngineError(UserError):
    """An answer could not be made."""


@dataclass(frozen=True, slots=True)
class Request:
    """What an engine is asked.

    `question` is what the learner wrote, `retrieval` what was found for it. `focus` is the item that the conversation is about, None
    where there is none; `other` is what it is to be compared with. `history` is the conversation before, oldest first.
    """

    question: str
    retrieval: Retrieval
    move: Move = "ask"
    depth: Depth = "interview"
    history: tuple[Message, ...] = ()
    focus: QAItem | None = None
    other: Passage | None = None


class Engine(Protocol):
    """Turns a question and what was retrieved for it into a reply."""

    @property
    def name(self) -> str:
        """One line for the screen that says who answers."""
        ...

    def explain(self, request: Request) -> Iterator[Reply]:
        """The reply as it grows; the last one is complete. Raises EngineError."""
        ...
