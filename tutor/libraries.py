"""Whose library is whose: one for all without accounts, with accounts one for each learner that nobody else's requests ever reach.

A library that holds nothing costs nothing: its learner is given the shared index itself. Others are put together when they are first
asked for, and the ones that were used last stay in memory.
"""

import hashlib
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.library import LibraryError
from corpus.types import QAItem
from tutor.bank import topic_of
from tutor.conversations import folded
from tutor.shelf import Shelf

if TYPE_CHECKING:
    from tutor.prepare import Prepared

_IN_MEMORY = 16  # libraries that hold something
FOUND = 30


@dataclass(frozen=True, slots=True)
class Found:
    """What a search of the library found: the first items, and how many there are in all."""

    items: tuple[QAItem, ...]
    count: int


class Libraries:
    """The libraries below a folder."""

    def __init__(self, folder: Path, *, of_their_own: bool = False, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`of_their_own` says that each learner has one, as they do with accounts."""
        self._folder, self._of_their_own, self._clock = folder, of_their_own, clock
        self._opening = threading.Lock()
        self._shelves: OrderedDict[str, Shelf] = OrderedDict()

    def of(self, learner: str, shared: "Prepared") -> Shelf:
        """The learner's library. Raises LibraryError."""
        owner = learner if self._of_their_own else ""
        with self._opening:
            shelf = self._shelves.get(owner)
            if shelf is None:
                shelf = self._shelves[owner] = Shelf(self._place(owner), shared, self._clock)
            self._shelves.move_to_end(owner)
            idle = [other for other, one in self._shelves.items() if other != owner and not one.busy]
            for other in idle[: max(len(self._shelves) - _IN_MEMORY, 0)]:
                self._shelves.pop(other)
        return shelf

    def prepared(self, learner: str, shared: "Prepared") -> "Prepared":
        """The shared index with the learner's own documents beside it. Raises LibraryError."""
        return self.of(learner, shared).prepared if shared.stock else shared

    def forget(self, learner: str) -> None:
        """Deletes a learner's library, where each has one of their own. Raises LibraryError."""
        if not self._of_their_own:
            return
        with self._opening:
            if shelf := self._shelves.pop(learner, None):
                shelf.wait()
            try:
                shutil.rmtree(self._place(learner))
            except FileNotFoundError:
                pass
            except OSError as error:
                raise LibraryError(
                    f"The documents in {self._place(learner)} could not be deleted ({error.strerror}). Delete that folder yourself."
                ) from error

    def common(self, shared: "Prepared") -> "Prepared":
        """What everybody has: the shared index, with the one library beside it where there are no accounts. Raises LibraryError."""
        return shared if self._of_their_own else self.prepared("", shared)

    def _place(self, owner: str) -> Path:
        name = hashlib.sha256(folded(owner).encode()).hexdigest()[:32] if owner else "all"
        return self._folder / name


def search(prepared: "Prepared", text: str, limit: int = FOUND) -> Found:
    """The items whose question, topic or document has all the words, whatever their case and accents; questions that begin so first."""
    wanted = folded(text).split()
    if not wanted:
        return Found((), 0)
    hits: list[tuple[int, QAItem]] = []
    for item in prepared.engine.items.values():
        question = folded(item.question)
        place = f"{question} {folded(topic_of(item))} {folded(item.sources[0].file)}"
        if all(word in place for word in wanted):
            hits.append((0 if wanted[0] in question else 1, item))
    hits.sort(key=lambda hit: hit[0])
    return Found(tuple(item for _, item in hits[:limit]), len(hits))


def item_as_json(item: QAItem) -> dict[str, object]:
    """A question of the library for programs."""
    return {
        "id": item.id,
        "question": item.question,
        "answer": item.answer,
        "file": item.sources[0].file,
        "key_points": [point.text for point in item.key_points],
    }
