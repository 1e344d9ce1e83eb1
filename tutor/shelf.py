"""One learner's library at work: their documents beside the shared ones in an index of their own, which changes behind their back.

Whoever asks gets the index as it is and keeps it until the answer is there; a change makes a new one in a thread and puts it in the place
of the old one in one step. Nothing of a document is in an index before its learner says so.
"""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.edits import PointEdit, PointEdits, State
from corpus.errors import UserError
from corpus.health import FileHealth, file_health
from corpus.library import Entry, Library, LibraryError, shown_name
from corpus.parse import parse
from corpus.types import Document, QAItem
from index.assembly import assemble, with_item
from index.parts import DocumentPart, load_part, make_part, save_part
from tutor.bank import topic_of
from tutor.offline import OfflineEngine
from tutor.preview import Preview, preview
from tutor.shared import SharedDocument, shared_documents

if TYPE_CHECKING:
    from tutor.prepare import Prepared

MAX_ITEMS = 100_000


@dataclass(frozen=True, slots=True)
class Work:
    """What is being done to an index, and how much of it is done, 0..1; what went wrong with the last change, if it did."""

    text: str = ""
    share: float = 1.0
    problem: str | None = None

    @property
    def busy(self) -> bool:
        """Whether the index is changing."""
        return bool(self.text)


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document of a library, and what is in it."""

    entry: Entry
    health: FileHealth
    warnings: tuple[str, ...]
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """An item, and whether its key points are the learner's."""

    item: QAItem
    edited: bool


@dataclass(frozen=True, slots=True)
class _Draft:
    entry: Entry
    document: Document
    items: int
    replacing: str
    preview: Preview


class Shelf:
    """The library in one folder. `shared` are the documents that everybody has, when they are ready."""

    def __init__(self, folder: Path, shared: "Prepared", clock: Callable[[], datetime]) -> None:
        """Reads the library and puts its index together; documents without a part are read and encoded anew. Raises LibraryError."""
        if shared.stock is None:
            raise LibraryError("These documents were opened without a library. Start Viva with app.py to have one.")
        self._shared, self._stock, self._clock = shared, shared.stock, clock
        self._library, self._edits = Library(folder), PointEdits(folder / "points.json")
        self._changing = threading.Lock()
        self._drafting = threading.Lock()
        self._drafts: dict[str, _Draft] = {}
        self._parts: dict[str, DocumentPart] = {}
        self._work = Work()
        problems: list[str] = []
        for entry in self._library.entries:
            try:
                self._parts[entry.id] = load_part(self._library.part_of(entry), self._stock.encoder.name) or self._made(entry)
            except UserError as error:
                problems.append(str(error))
        self._problems = tuple(problems)
        self._prepared = self._assembled() if self._parts or len(self._edits) else shared

    @property
    def prepared(self) -> "Prepared":
        """The index as it is."""
        return self._prepared

    @property
    def work(self) -> Work:
        """How far the change of the index has come."""
        return self._work

    @property
    def busy(self) -> bool:
        """Whether something is under way that would be lost with this object: a change, or files that wait to be added."""
        return self._work.busy or bool(self._drafts)

    def documents(self) -> tuple[Shelved, ...]:
        """The learner's documents, in the order in which they were added."""
        shelved = []
        for entry in self._library.entries:
            if found := self._parts.get(entry.id):
                shelved.append(Shelved(entry, file_health(entry.name, found.part.items), found.document.warnings, _topics(found)))
            else:
                shelved.append(Shelved(entry, FileHealth(entry.name, 0, (), (), ()), ("this document could not be read; replace it",)))
        return tuple(shelved)

    def shared(self, unfolded: Collection[str] = ()) -> tuple[SharedDocument, ...]:
        """The documents that everybody has; what is known of those in `unfolded` in full."""
        return shared_documents(self._shared.engine.documents, self._prepared.engine.items, unfolded)

    @property
    def unread(self) -> tuple[str, ...]:
        """One sentence for each shared document that could not be read."""
        return self._shared.problems

    def inspect(self, path: Path, name: str, replacing: str = "") -> Preview:
        """What a file holds, before it is added; it waits for `accept`. A file that cannot be added has a problem in place of all else."""
        try:
            if replacing:
                self._library.entry(replacing)
            with self._drafting:
                entry = self._library.keep(path, name, self._clock(), [draft.entry for draft in self._drafts.values()], replacing)
            return self._inspected(entry, replacing)
        except UserError as error:
            return Preview(shown_name(name), problem=str(error))

    def waiting(self) -> tuple[Preview, ...]:
        """What was found in the files that wait to be added."""
        return tuple(draft.preview for draft in tuple(self._drafts.values()))

    def open(self, item: str) -> Opened:
        """An item of the index. Raises LibraryError."""
        found = self._prepared.engine.items.get(item)
        if found is None:
            raise LibraryError("That question is in no document any more. Search for it again.")
        return Opened(found, self._edits.has(found))

    def accept(self, drafts: Sequence[str]) -> None:
        """Adds inspected files: the index takes them in in the background. Raises LibraryError."""
        with self._drafting:
            chosen = [self._drafts[draft] for draft in drafts if draft in self._drafts]
        if not chosen:
            raise LibraryError("These files are not waiting any more. Choose them again.")
        self._start(lambda: self._add(chosen), f"Adding {_documents(len(chosen))}")
        with self._drafting:
            for draft in chosen:
                self._drafts.pop(draft.entry.id, None)

    def discard(self, drafts: Sequence[str]) -> None:
        """Forgets inspected files."""
        with self._drafting:
            self._library.discard([self._drafts.pop(draft).entry for draft in drafts if draft in self._drafts])

    def remove(self, document: str) -> None:
        """Removes a document: from the disk at once, from the index as soon as the new one is there. Raises LibraryError."""
        name = self._library.entry(document).name
        self._start(lambda: self._take_out(document), f"Removing {name}")

    def edit(self, item: str, points: Sequence[str]) -> None:
        """Gives an item these key points; those of its documents again where there are none. Raises LibraryError."""
        with self._changing:
            found = self._prepared.engine.items.get(item)
            if found is None:
                raise LibraryError("That question is in no document any more. Search for it again.")
            self._edits.put(found, points, self._clock())
            if not any(point.strip() for point in points):
                self._swap()
                return
            self._prepared = with_points(self._prepared, self._edits, item)

    def edits(self) -> tuple[tuple[PointEdit, State], ...]:
        """The learner's key points, and what became of the items that they are for."""
        return self._edits.states(self._prepared.engine.items.values())

    def wait(self, timeout_s: float = 60.0) -> None:
        """Blocks until no change is going on."""
        if self._changing.acquire(timeout=timeout_s):
            self._changing.release()

    def _inspected(self, entry: Entry, replacing: str) -> Preview:
        try:
            document = self._library.read(entry)
            items = parse(document)
            self._check_room(len(items), replacing)
        except UserError:
            self._library.discard([entry])
            raise
        others = [self._stock.part, *(found.part for key, found in self._parts.items() if key != replacing)]
        known = {key: item for part in reversed(others) for key, item in zip(part.keys, part.items, strict=True) if item.answered}
        seen = preview(entry, document, items, known)
        with self._drafting:
            self._drafts[entry.id] = _Draft(entry, document, len(items), replacing, seen)
        return seen

    def _check_room(self, items: int, replacing: str) -> None:
        held = sum(len(found.part.items) for key, found in self._parts.items() if key != replacing)
        held += sum(draft.items for draft in self._drafts.values())
        if held + items > MAX_ITEMS:
            raise LibraryError(f"It was not added: with its {items:,} questions the library would hold more than {MAX_ITEMS:,}.")

    def _add(self, drafts: Sequence[_Draft]) -> None:
        try:
            for number, draft in enumerate(drafts):
                made = make_part(draft.document, self._stock.encoder, self._telling(number, len(drafts), draft.entry.name))
                self._save(draft.entry, made)
            self._library.admit([draft.entry for draft in drafts], {draft.entry.id: draft.replacing for draft in drafts if draft.replacing})
        except UserError:
            for draft in drafts:
                self._parts.pop(draft.entry.id, None)
            self._library.discard([draft.entry for draft in drafts])
            raise
        self._swap()

    def _take_out(self, document: str) -> None:
        self._library.remove([document])
        self._swap()

    def _made(self, entry: Entry) -> DocumentPart:
        made = make_part(self._library.read(entry), self._stock.encoder)
        self._save(entry, made)
        return made

    def _save(self, entry: Entry, made: DocumentPart) -> None:
        path = self._library.part_of(entry)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            save_part(made, self._stock.encoder.name, path)
        except OSError as error:
            raise LibraryError(f"{entry.name} could not be stored ({(error.strerror or 'the system refused').lower()}).") from error
        self._parts[entry.id] = made

    def _swap(self) -> None:
        """Makes the index of what there is now, and puts it in the place of the one in use."""
        self._parts = {entry.id: self._parts[entry.id] for entry in self._library.entries if entry.id in self._parts}
        self._work = replace(self._work, text="Putting the index together", share=0.95) if self._work.busy else self._work
        self._prepared = self._assembled()

    def _assembled(self) -> "Prepared":
        own = self._parts.values()
        retriever = assemble([self._stock.part, *(found.part for found in own)], self._stock.encoder, self._stock.base, self._edits.apply)
        documents = {**self._shared.engine.documents, **{found.document.file: found.document for found in own}}
        engine = OfflineEngine({item.id: item for item in retriever.items}, documents)
        problems = (*self._shared.problems, *self._problems)
        return replace(self._shared, engine=engine, retrieve=retriever.retrieve, retriever=retriever, problems=problems)

    def _telling(self, number: int, count: int, name: str) -> Callable[[int, int], None]:
        def tell(done: int, total: int) -> None:
            self._work = Work(f"Reading {name} ({done:,} of {total:,} passages)", 0.9 * (number + done / max(total, 1)) / count)

        return tell

    def _start(self, change: Callable[[], None], text: str) -> None:
        if not self._changing.acquire(blocking=False):
            raise LibraryError("Your library is being changed already. Wait until that is done and try again.")
        self._work = Work(text, 0.0)
        threading.Thread(target=self._run, args=(change,), name="library", daemon=True).start()

    def _run(self, change: Callable[[], None]) -> None:
        problem: str | None = "Your library could not be changed. The terminal that Viva runs in says why."
        try:
            change()
            problem = None
        except UserError as error:
            problem = str(error)
        finally:
            self._work = Work(problem=problem)
            self._changing.release()


def with_points(prepared: "Prepared", edits: PointEdits, item: str) -> "Prepared":
    """The index with the learner's key points at one item; that their words are found waits until the index is made anew."""
    changed = edits.apply(prepared.engine.items[item])
    items: Mapping[str, QAItem] = {**prepared.engine.items, item: changed}
    retriever = with_item(prepared.retriever, changed) if prepared.retriever else None
    engine = replace(prepared.engine, items=items)
    return replace(prepared, engine=engine, retriever=retriever, retrieve=retriever.retrieve if retriever else prepared.retrieve)


def _topics(found: DocumentPart) -> tuple[str, ...]:
    return tuple(dict.fromkeys(topic_of(item) for item in found.part.items if item.answered))


def _documents(count: int) -> str:
    return "1 document" if count == 1 else f"{count:,} documents"
