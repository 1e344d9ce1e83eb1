"""A library keeps files under names of its own, knows each by its content, and is never found half changed."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corpus.library import Entry, Library, LibraryError, shown_name
from corpus.readers import MAX_BYTES

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TEXT = "## What is a pan?\n\nIt is flat.\n"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def kept(library: Library, tmp_path: Path, name: str = "pans.md", text: str = TEXT) -> Entry:
    source = tmp_path / "upload"
    source.write_text(text, encoding="utf-8")
    return library.keep(source, name, NOW)


def files(library: Library) -> list[str]:
    return sorted(path.name for path in library.folder.rglob("*") if path.is_file())


def test_a_document_is_there_after_it_was_admitted_and_not_before(library: Library, tmp_path: Path) -> None:
    entry = kept(library, tmp_path)
    assert library.entries == ()
    library.admit([entry])
    again = Library(library.folder)
    assert again.entries == (entry,)
    assert again.read(entry).text == TEXT
    assert again.read(entry).file == "My documents/pans.md"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\x.md", "x.md"),
        ("/abs/notes.txt", "notes.txt"),
        ("%2e%2e%2fnotes.md", "notes.md"),
        ("a\x00b\n.md", "ab.md"),
        ("\u202egnp.exe", "gnp.exe"),
        ("   ", "unnamed"),
        ("-rf.md", "rf.md"),
        (".hidden.md", "hidden.md"),
        ("n" * 400 + ".md", "n" * 117 + ".md"),
        ("🙂.md", "🙂.md"),
    ],
)
def test_a_name_is_cleaned_and_never_a_path(library: Library, tmp_path: Path, name: str, shown: str) -> None:
    entry = kept(library, tmp_path, name)
    assert entry.name == shown == shown_name(name)
    assert library.path_of(entry).parent == library.folder / "files"
    assert library.path_of(entry).name.startswith(entry.id)


def test_the_same_content_is_one_document_whatever_it_is_called(library: Library, tmp_path: Path) -> None:
    library.admit([kept(library, tmp_path)])
    with pytest.raises(LibraryError, match=r"other.md is in your library already, as pans.md"):
        kept(library, tmp_path, "other.md")


def test_two_documents_of_one_name_are_told_apart(library: Library, tmp_path: Path) -> None:
    library.admit([kept(library, tmp_path)])
    assert kept(library, tmp_path, "PANS.md", TEXT + "More.").name == "PANS (2).md"


def test_a_document_takes_the_place_of_another(library: Library, tmp_path: Path) -> None:
    old, after = kept(library, tmp_path), kept(library, tmp_path, "later.md", TEXT + "Later.")
    library.admit([old, after])
    (tmp_path / "new").write_text(TEXT + "New.", encoding="utf-8")
    new = library.keep(tmp_path / "new", "pans.md", NOW, replacing=old.id)
    library.admit([new], {new.id: old.id})
    assert library.entries == (new, after)
    assert not library.path_of(old).exists()


def test_what_is_removed_is_gone_from_the_disk(library: Library, tmp_path: Path) -> None:
    entry = kept(library, tmp_path)
    library.admit([entry])
    library.remove([entry.id])
    assert files(library) == ["catalogue.json"]
    with pytest.raises(LibraryError, match="not in your library any more"):
        library.entry(entry.id)


def test_what_a_crash_left_is_swept_away(library: Library, tmp_path: Path) -> None:
    entry = kept(library, tmp_path)
    library.admit([entry])
    left = kept(library, tmp_path, "left.md", TEXT + "Left.")
    (library.folder / "parts").mkdir()
    (library.folder / "parts" / f"{entry.id}.part.77.tmp").write_bytes(b"half")
    again = Library(library.folder)
    assert not again.path_of(left).exists()
    assert files(again) == sorted(["catalogue.json", again.path_of(entry).name])


def test_a_change_that_the_disk_refuses_leaves_the_library_as_it_was(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = kept(library, tmp_path)
    library.admit([first])
    second = kept(library, tmp_path, "more.md", TEXT + "More.")

    def refuse(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(LibraryError, match="no space left on device"):
        library.admit([second])
    monkeypatch.undo()
    assert library.entries == Library(library.folder).entries == (first,)


def test_a_damaged_catalogue_is_told_and_not_written_over(library: Library, tmp_path: Path) -> None:
    library.admit([kept(library, tmp_path)])
    (library.folder / "catalogue.json").write_text('[{"id": "x"', encoding="utf-8")
    with pytest.raises(LibraryError, match="is damaged"):
        Library(library.folder)
    assert len(files(library)) == 2


def test_too_large_empty_and_too_many_are_refused(library: Library, tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(LibraryError, match=r"large.md is larger than 50 MB"):
        library.keep(large, "large.md", NOW)
    with pytest.raises(LibraryError, match=r"pans.md is empty"):
        kept(library, tmp_path, text="")
    many = [Entry(f"{n:032x}", f"{n}.md", ".md", str(n), 1, NOW) for n in range(1_000)]
    library.admit(many)
    with pytest.raises(LibraryError, match="holds 1,000 documents"):
        kept(library, tmp_path)
    assert len(json.loads((library.folder / "catalogue.json").read_bytes())) == 1_000
