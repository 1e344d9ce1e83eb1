"""A learner's own documents: files under names of our own, and a catalogue that says what they are called.

The catalogue is the only truth. A file is written first and is not in the library until the catalogue names it; a document that is
removed leaves the catalogue first and the disk after. So a crash leaves a library as it was or as it was to be, and at most a file
that nobody names, which the next start sweeps away. The content is known by its SHA-256: the same file twice is one document.
"""

import hashlib
import re
import threading
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from pydantic import TypeAdapter, ValidationError

from corpus.atomic import write_whole
from corpus.errors import UserError
from corpus.readers import MAX_BYTES, MAX_FILES, clean_name, read
from corpus.types import Document

FOLDER = "My documents"
"""What the names of a learner's documents begin with wherever sources are named, so that none is taken for a shared one."""
_MAX_NAME = 120  # characters


class LibraryError(UserError):
    """A document that cannot be added, found or removed, or a catalogue that cannot be read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of a library. `name` is the one it is shown by; `id` and `suffix` name its file."""

    id: str
    name: str
    suffix: str
    sha256: str
    size: int
    added_at: datetime

    @property
    def file(self) -> str:
        """The name of the document where its passages are cited."""
        return f"{FOLDER}/{self.name}"


_ENTRIES: TypeAdapter[tuple[Entry, ...]] = TypeAdapter(tuple[Entry, ...])


class Library:
    """The documents in a folder. Every method raises LibraryError."""

    def __init__(self, folder: Path) -> None:
        """Reads the catalogue, if there is one, and sweeps away what a crash has left."""
        self.folder = folder
        self._catalogue = folder / "catalogue.json"
        self._changing = threading.Lock()
        self._entries = self._read_catalogue()
        self._sweep()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The documents, in the order in which they were added."""
        return self._entries

    def entry(self, document: str) -> Entry:
        """The document with this id."""
        found = next((entry for entry in self._entries if entry.id == document), None)
        if found is None:
            raise LibraryError("That document is not in your library any more. Reload the page.")
        return found

    def keep(self, source: Path, name: str, at: datetime, besides: Sequence[Entry] = (), replacing: str = "") -> Entry:
        """Copies a file in, under an id of ours. It is no document of the library yet: see `admit`.

        `besides` are others that are kept and not admitted; `replacing` is the id of the document that this one is to replace.
        """
        shown = shown_name(name)
        try:
            size = source.stat().st_size if source.is_file() else 0
            if size > MAX_BYTES:
                raise LibraryError(f"{shown} is larger than {MAX_BYTES // 1_000_000} MB. Split it into smaller files.")
            if size == 0:
                raise LibraryError(f"{shown} is empty. Add some text to it, or leave it out.")
            with source.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            others = (*self._entries, *besides)
            if same := next((entry for entry in others if entry.sha256 == digest), None):
                raise LibraryError(f"{shown} is in your library already, as {same.name}. It was not added again.")
            if len(others) + 1 - bool(replacing) > MAX_FILES:
                raise LibraryError(f"{shown} was not added: a library holds {MAX_FILES:,} documents. Remove some first.")
            taken = {entry.name.casefold() for entry in others if entry.id != replacing}
            entry = Entry(uuid.uuid4().hex, _apart(shown, taken), _suffix(shown), digest, size, at)
            target = self.path_of(entry)
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, source.read_bytes())
        except OSError as error:
            raise LibraryError(f"{shown} could not be stored ({(error.strerror or 'the system refused').lower()}). Try again.") from error
        return entry

    def read(self, entry: Entry) -> Document:
        """The text of a document. Raises UnreadableDocument too."""
        return replace(read(self.path_of(entry), entry.name), file=entry.file)

    def admit(self, added: Sequence[Entry], replacing: Mapping[str, str] | None = None) -> None:
        """Makes these files documents of the library, in one step; `replacing` has, by id, the documents whose places some of them take."""
        places = {old: entry for entry in added if (old := (replacing or {}).get(entry.id))}
        with self._changing:
            kept = [places.get(entry.id, entry) for entry in self._entries]
            self._write([*kept, *(entry for entry in added if entry not in kept)])
        self._unlink(places)

    def remove(self, documents: Collection[str]) -> None:
        """Removes documents for good."""
        with self._changing:
            self._write([entry for entry in self._entries if entry.id not in documents])
        self._unlink(documents)

    def discard(self, entries: Sequence[Entry]) -> None:
        """Forgets files that were kept and not admitted."""
        admitted = {entry.id for entry in self._entries}
        self._unlink({entry.id for entry in entries} - admitted)

    def path_of(self, entry: Entry) -> Path:
        """Where a file lies."""
        return self.folder / "files" / f"{entry.id}{entry.suffix}"

    def part_of(self, entry: Entry) -> Path:
        """Where that lies which an index keeps of a document."""
        return self.folder / "parts" / f"{entry.id}.part"

    def _unlink(self, documents: Collection[str]) -> None:
        for folder in ("files", "parts"):
            for document in documents:
                for path in (self.folder / folder).glob(f"{document}.*"):
                    path.unlink(missing_ok=True)
        for document in documents:
            (self.folder / "files" / document).unlink(missing_ok=True)

    def _sweep(self) -> None:
        named = {entry.id for entry in self._entries}
        for folder in ("files", "parts"):
            for path in (self.folder / folder).glob("*"):
                if path.name.partition(".")[0] not in named or path.suffix == ".tmp":
                    path.unlink(missing_ok=True)

    def _read_catalogue(self) -> tuple[Entry, ...]:
        try:
            return _ENTRIES.validate_json(self._catalogue.read_bytes())
        except FileNotFoundError:
            return ()
        except (OSError, ValidationError) as error:
            raise LibraryError(
                f"The catalogue of your documents ({self._catalogue}) is damaged. Put it back from a copy, or move the folder away."
            ) from error

    def _write(self, entries: Sequence[Entry]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            write_whole(self._catalogue, _ENTRIES.dump_json(tuple(entries), indent=1))
        except OSError as error:
            raise LibraryError(
                f"Your library could not be changed ({(error.strerror or 'the system refused').lower()}). It is as it was before."
            ) from error
        self._entries = tuple(entries)


def shown_name(name: str) -> str:
    """A file's name as it may be shown: its last part, without what cannot be seen, and no longer than a line."""
    base = re.sub(r"\s+", " ", PurePosixPath(clean_name(name.replace("%2f", "/").replace("%2F", "/"))).name).strip(" .-") or "unnamed"
    suffix = _suffix(base)
    return base if len(base) <= _MAX_NAME else base[: _MAX_NAME - len(suffix)].rstrip() + suffix


def _suffix(name: str) -> str:
    """The ending of a name in lower case, if it is one of those that documents have."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z]{2,8}", suffix) else ""


def _apart(name: str, taken: Collection[str]) -> str:
    """The name, with a number where another document has it."""
    stem, suffix = name.removesuffix(PurePosixPath(name).suffix), PurePosixPath(name).suffix
    number, apart = 2, name
    while apart.casefold() in taken:
        apart, number = f"{stem} ({number}){suffix}", number + 1
    return apart
