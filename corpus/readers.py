"""Files -> Documents: Markdown, plain text, HTML, PDF and Word, by their content and not by what they are called.

Every file that cannot be read costs one sentence that names it and the remedy; the others are read all the same.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import charset_normalizer

from corpus.errors import BadDocuments, UnreadableDocument
from corpus.formats import html_text, pdf_text, word_text
from corpus.types import Document

MAX_BYTES = 50_000_000
MAX_FILES = 1_000
_MAX_LINE = 2_000_000  # characters; a longer line is data, not prose
_SUFFIXES = (".md", ".markdown", ".txt", ".text", ".html", ".htm", ".xhtml", ".pdf", ".docx")
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an old Word document (.doc); save it as .docx"),
    (b"{\\rtf", "a rich text file; save it as .docx or .txt"),
    (b"\x1f\x8b", "a compressed file; unpack it first"),
    (b"Rar!", "a compressed file; unpack it first"),
    (b"7z\xbc\xaf", "a compressed file; unpack it first"),
)
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_HTML_START = re.compile(rb"^\s*(?:<!doctype html|<html|<\?xml[^>]*>\s*(?:<!doctype html|<html))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from some paths, and one sentence for each file that was not."""

    documents: tuple[Document, ...]
    problems: tuple[str, ...] = ()


def read_paths(paths: Sequence[Path], progress: Callable[[int, int], None] | None = None) -> Reading:
    """Every document in these files and folders, folders with all their folders, in the order of their names.

    A document is named by its path below the folder that was given. `progress` is told (done, all). Raises BadDocuments where a
    path does not exist or nothing in it could be read.
    """
    found: list[tuple[str, Path]] = []
    problems: list[str] = []
    for path in paths:
        if not path.exists():
            raise BadDocuments(f"There is no file or folder {path}. Check the spelling, or give the full path.")
        if path.is_dir():
            found += _files_below(path, problems)
        else:
            found.append((path.name, path))
    if len(found) > MAX_FILES:
        raise BadDocuments(f"These folders hold {len(found)} documents and Viva reads at most {MAX_FILES} at once. Give a smaller folder.")
    documents: list[Document] = []
    names = _unique(found)
    for done, (name, (_, path)) in enumerate(zip(names, found, strict=True), 1):
        try:
            documents.append(read(path, name))
        except UnreadableDocument as error:
            problems.append(str(error))
        if progress:
            progress(done, len(found))
    if not documents:
        given = ", ".join(str(path) for path in paths)
        why = " ".join(problems) or f"Viva reads files ending in {', '.join(_SUFFIXES)}."
        raise BadDocuments(f"There is nothing to read in {given}. {why}")
    return Reading(tuple(documents), tuple(problems))


def read(path: Path, name: str | None = None) -> Document:
    """One file as a Document called `name`, or by its own name. Raises UnreadableDocument."""
    shown = clean_name(name or path.name)
    raw = _bytes(path, shown)
    text, warnings = decode(raw, shown, path.suffix.lower())
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise UnreadableDocument(f"{shown} is empty. Add some text to it, or leave it out.")
    if max(map(len, text.split("\n"))) > _MAX_LINE:
        raise UnreadableDocument(f"{shown} has a line of more than {_MAX_LINE:,} characters, which is no prose. Break it into lines.")
    return Document(shown, text, hashlib.sha256(raw).hexdigest(), warnings)


def decode(raw: bytes, name: str, suffix: str = "") -> tuple[str, tuple[str, ...]]:
    """The text of a file's bytes, whatever its name says, and warnings. Raises UnreadableDocument."""
    if raw.startswith(b"%PDF-") or (suffix == ".pdf" and b"%PDF-" in raw[:1024]):
        return pdf_text(raw, name), ()
    if raw.startswith(b"PK\x03\x04"):
        return word_text(raw, name), ()
    for magic, what in _FOREIGN:
        if raw.startswith(magic):
            raise UnreadableDocument(f"{name} is {what}; Viva reads text, Markdown, HTML, PDF and Word documents.")
    if suffix in {".pdf", ".docx"} and not _HTML_START.match(raw[:1024]):
        raise UnreadableDocument(
            f"{name} is damaged: it does not begin as a {suffix[1:].upper()} file does. Save it again from the program that made it."
        )
    text, warnings = _plain(raw, name)
    if suffix in {".html", ".htm", ".xhtml"} or _HTML_START.match(raw[:1024].lstrip(b"\xef\xbb\xbf")):
        return html_text(text), warnings
    return text, warnings


def clean_name(name: str) -> str:
    """A file's name as it may be shown: no control or direction characters, no way out of the folder, at most 200 characters."""
    parts = [
        re.sub("[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]", "", part).strip()
        for part in name.replace("\\", "/").split("/")
    ]
    kept = [part for part in parts if part not in {"", ".", ".."}]
    return "/".join(kept)[-200:].encode("utf-8", "replace").decode("utf-8") or "unnamed"


def _bytes(path: Path, name: str) -> bytes:
    try:
        if not path.is_file():
            raise UnreadableDocument(f"{name} is not a regular file. Give a document, or a folder of documents.")
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableDocument(f"{name} is larger than {MAX_BYTES // 1_000_000} MB. Split it into smaller files.")
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "the system refused"
        raise UnreadableDocument(
            f"{name} could not be opened ({reason.lower()}). Check that the file exists and that you may read it."
        ) from error
    if not raw.strip():
        raise UnreadableDocument(f"{name} is empty. Add some text to it, or leave it out.")
    return raw


def _plain(raw: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Bytes as text: by their byte order mark, as UTF-8, or by a detector that is sure of itself."""
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            try:
                return raw[len(mark) :].decode(encoding).replace("\x00", ""), ()
            except UnicodeDecodeError as error:
                raise UnreadableDocument(f"{name} starts as {encoding.upper()} text but is damaged. Save it again as UTF-8.") from error
    zeros = raw.count(b"\x00")
    if zeros > len(raw) / 100:
        raise UnreadableDocument(f"{name} is not text (it holds binary data). Export it as PDF, Word, HTML, Markdown or plain text.")
    raw = raw.replace(b"\x00", b"")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _detected(raw, name)
    controls = sum(text.count(chr(code)) for code in (*range(1, 9), *range(14, 32)))
    if controls > len(text) / 100:
        raise UnreadableDocument(f"{name} is not text (it holds binary data). Export it as PDF, Word, HTML, Markdown or plain text.")
    return text, ()


def _detected(raw: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    sample = raw[:200_000]
    controls = sum(byte < 9 or 13 < byte < 32 for byte in sample)
    guess = charset_normalizer.from_bytes(sample).best() if controls <= len(sample) / 100 else None
    if guess is None or guess.chaos > 0.2:
        raise UnreadableDocument(f"{name} is not text in an encoding that Viva can tell. Save it again as UTF-8.")
    try:
        text = raw.decode(guess.encoding)
    except UnicodeDecodeError as error:
        raise UnreadableDocument(f"{name} mixes encodings. Save it again as UTF-8.") from error
    return text, (f"read as {guess.encoding.replace('_', '-')}, since it is not UTF-8; save it as UTF-8 if letters look wrong",)


def _files_below(folder: Path, problems: list[str]) -> Iterator[tuple[str, Path]]:
    """The documents below a folder. A link that leads out of it is refused; one that stays inside is skipped, since its target is read."""
    root = folder.resolve()
    for top, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in {"__pycache__", "node_modules"})
        for entry in [*folders, *sorted(files)]:
            path = Path(top, entry)
            shown = path.relative_to(root).as_posix()
            if path.is_symlink():
                if not path.resolve().is_relative_to(root):
                    problems.append(
                        f"{clean_name(shown)} is a link to a place outside the folder and was not followed. Copy the file into the folder."
                    )
            elif path.suffix.lower() in _SUFFIXES and not entry.startswith(".") and path.is_file():
                yield shown, path


def _unique(found: Sequence[tuple[str, Path]]) -> list[str]:
    """Names that tell the files apart: where two folders hold one of the same name, the folder's name goes before it."""
    names = [name for name, _ in found]
    clash = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
    unique: list[str] = []
    for name, path in found:
        depth = len(PurePosixPath(name).parts)
        longer = name
        while longer in clash or longer in unique:
            depth += 1
            if depth > len(path.resolve().parts):
                longer = f"{name} ({sum(known.startswith(name) for known in unique) + 1})"
                break
            longer = "/".join(path.resolve().parts[-depth:]).lstrip("/")
        unique.append(longer)
    return unique
