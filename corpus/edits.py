"""Key points as a learner has put them, kept apart from the documents.

An edit knows the item by its id and by what it was derived from, a digest of the question and its answers. It is laid over the item
after the documents are parsed, so that indexing anew loses none; where the item is gone or says something else now, the edit stays and
is reported.
"""

import hashlib
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from corpus.atomic import write_whole
from corpus.library import LibraryError
from corpus.types import KeyPoint, QAItem

State = Literal["used", "changed", "gone"]
"""Whether the item of an edit is as it was, says something else by now, or is in no document any more."""

MAX_POINTS = 20
MAX_POINT = 400  # characters


@dataclass(frozen=True, slots=True)
class PointEdit:
    """The key points that a learner gave an item."""

    item: str
    question: str
    derived_from: str
    points: tuple[str, ...]
    at: datetime


_EDITS: TypeAdapter[tuple[PointEdit, ...]] = TypeAdapter(tuple[PointEdit, ...])


class PointEdits:
    """The edits in a file."""

    def __init__(self, file: Path) -> None:
        """Raises LibraryError where the file is damaged."""
        self._file = file
        self._changing = threading.Lock()
        try:
            self._edits = _EDITS.validate_json(file.read_bytes())
        except FileNotFoundError:
            self._edits = ()
        except (OSError, ValidationError) as error:
            raise LibraryError(f"The file of your key points ({file}) is damaged. Put it back from a copy, or move it away.") from error
        self._index()

    def __len__(self) -> int:
        return len(self._edits)

    def put(self, item: QAItem, points: Sequence[str], at: datetime) -> None:
        """Keeps these points for an item; its documents' own again where there are none. Raises LibraryError."""
        cleaned = tuple(dict.fromkeys(text for point in points if (text := " ".join(point.split()))))
        if len(cleaned) > MAX_POINTS or any(len(point) > MAX_POINT for point in cleaned):
            raise LibraryError(f"An item has at most {MAX_POINTS} key points of {MAX_POINT} characters each. Shorten them and save again.")
        with self._changing:
            others = [edit for edit in self._edits if edit != self._edit_of(item)]
            new = [PointEdit(item.id, item.question, derived_from(item), cleaned, at)] if cleaned else []
            self._write((*others, *new))

    def apply(self, item: QAItem) -> QAItem:
        """The item with the learner's points; the very same object where there are none."""
        edit = self._edit_of(item) if self._edits else None
        if edit is None:
            return item
        known = {point.text: point for point in item.key_points}
        return replace(item, key_points=tuple(known.get(text) or KeyPoint(text) for text in edit.points))

    def has(self, item: QAItem) -> bool:
        """Whether the points of an item are the learner's."""
        return self._edit_of(item) is not None

    def states(self, items: Iterable[QAItem]) -> tuple[tuple[PointEdit, State], ...]:
        """What became of each edit in view of the items that there are."""
        ids, digests = set(), set()
        for item in items if self._edits else ():
            ids.add(item.id)
            digests.add(derived_from(item))
        return tuple((edit, "used" if edit.derived_from in digests else "changed" if edit.item in ids else "gone") for edit in self._edits)

    def _edit_of(self, item: QAItem) -> PointEdit | None:
        return self._by_digest.get(derived_from(item)) or self._by_id.get(item.id)

    def _index(self) -> None:
        self._by_digest = {edit.derived_from: edit for edit in self._edits}
        self._by_id = {edit.item: edit for edit in self._edits}

    def _write(self, edits: tuple[PointEdit, ...]) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(self._file, _EDITS.dump_json(edits, indent=1))
        except OSError as error:
            raise LibraryError(f"Your key points could not be saved ({(error.strerror or 'the system refused').lower()}).") from error
        self._edits = edits
        self._index()


def derived_from(item: QAItem) -> str:
    """A digest of what an item's key points say again: its question and its answers."""
    text = "\x1f".join((item.question, *(source.answer for source in item.sources)))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
