"""The one object that the screen, the shell and eval talk to."""

from collections.abc import Iterator, Sequence

from tutor.types import Message, Reply, Status


class Tutor:
    """A tutor over one index. Made at once; gets ready in the background."""

    def status(self) -> Status:
        """How far getting ready has come."""
        raise AssertionError

    def wait(self, timeout_s: float | None = None) -> bool:
        """Blocks until the tutor is ready, or has failed to get ready, and says whether it is ready."""
        raise AssertionError

    def ask(self, question: str, history: Sequence[Message] = (), depth: str = "interview") -> Iterator[Reply]:
        """The reply as it grows; the last one is complete. Waits until the tutor is ready. Raises UserError."""
        raise AssertionError

    def examples(self) -> tuple[str, ...]:
        """Questions that the documents answer, to begin with. Empty until ready."""
        raise AssertionError

    @property
    def engine(self) -> str:
        """A line for the screen that says which engine answers."""
        raise AssertionError
