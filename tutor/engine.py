"""What an engine is: something that explains from passages. OfflineEngine does so without a language model."""

from collections.abc import Iterator
from typing import Protocol

from corpus.errors import UserError
from index.types import Retrieval
from tutor.types import Depth, Reply


class EngineError(UserError):
    """An answer could not be made."""


class Engine(Protocol):
    """Turns a question and what was retrieved for it into a reply."""

    @property
    def name(self) -> str:
        """One line for the screen that says who answers."""
        ...

    def explain(self, retrieval: Retrieval, depth: Depth) -> Iterator[Reply]:
        """The reply as it grows; the last one is complete. Raises EngineError."""
        ...
