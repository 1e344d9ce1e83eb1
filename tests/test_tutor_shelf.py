"""A learner's own documents join the shared ones in the index, and leave it, without anybody waiting for that."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from corpus.library import LibraryError
from corpus.readers import read_paths
from index.assembly import assemble
from index.encoders import Encoder, HashingEncoder, Progress, Vectors
from index.store import build, load_documents, load_part
from tests.kitchen import judge
from tutor.libraries import Libraries, search
from tutor.offline import OfflineEngine
from tutor.prepare import Prepared, Stock
from tutor.shelf import Shelf

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BOAT = """# Boats

## What is a keel?

The keel is the backbone of a boat. It has lead in it.

## Why does a sail need a boom?

It holds the foot.
"""
NEW_BOAT = "# Boats\n\n## What is a keel?\n\nThe keel is a fin below the hull that keeps a dinghy upright.\n"
PAN = "## What is a pan?\n\nA flat vessel with a handle. It sits on the fire at 300 degrees.\n"


class SlowEncoder(HashingEncoder):
    """Waits with passages until it may go on."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.may.set()

    def encode(self, texts: Sequence[str], *, query: bool = False, progress: Progress | None = None) -> Vectors:
        if not query:
            assert self.may.wait(30)
        return super().encode(texts, query=query, progress=progress)


def shared(folder: Path, kitchen: Path, encoder: Encoder | None = None) -> Prepared:
    encoder = encoder or HashingEncoder()
    build(read_paths([kitchen]).documents, encoder, folder / "index")
    part, base = load_part(folder / "index", encoder)
    retriever, documents = assemble([part], encoder, base), load_documents(folder / "index")
    engine = OfflineEngine({item.id: item for item in retriever.items}, documents)
    return Prepared(engine, retriever.retrieve, judge, retriever=retriever, stock=Stock(part, encoder, base))


def shelf_of(tmp_path: Path, kitchen: Path, encoder: Encoder | None = None) -> Shelf:
    return Shelf(tmp_path / "mine", shared(tmp_path, kitchen, encoder), lambda: NOW)


@pytest.fixture
def shelf(tmp_path: Path, kitchen: Path) -> Shelf:
    return shelf_of(tmp_path, kitchen)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def add(shelf: Shelf, folder: Path, name: str, text: str, replacing: str = "") -> str:
    """Adds a document and says its id."""
    entry = shelf.inspect(written(folder, name, text), name, replacing).entry
    assert entry
    shelf.accept([entry.id])
    shelf.wait()
    assert shelf.work.problem is None
    return entry.id


def found(shelf: Shelf, query: str) -> list[str]:
    return [passage.source.file for passage in shelf.prepared.retrieve(query, ()).passages]


def texts(shelf: Shelf) -> str:
    assert shelf.prepared.retriever
    return " ".join(chunk.text for chunk in shelf.prepared.retriever.documents.chunks)


def test_nothing_is_in_the_index_before_the_learner_says_so(shelf: Shelf, tmp_path: Path) -> None:
    seen = shelf.inspect(written(tmp_path, "boats.md", BOAT), "boats.md")
    assert seen.entry
    assert seen.health
    assert seen.health.found == 2
    assert "keel" not in texts(shelf)
    assert not shelf.documents()
    shelf.accept([seen.entry.id])
    shelf.wait()
    assert found(shelf, "What is a keel?")[0] == "My documents/boats.md"
    assert [one.entry.name for one in shelf.documents()] == ["boats.md"]


def test_a_library_is_there_again_after_a_restart(shelf: Shelf, tmp_path: Path, kitchen: Path) -> None:
    add(shelf, tmp_path, "boats.md", BOAT)
    again = shelf_of(tmp_path, kitchen)
    assert again.prepared.engine.items == shelf.prepared.engine.items
    assert found(again, "keel of a boat") == found(shelf, "keel of a boat")
    assert again.prepared.retrieve("keel", ()) == shelf.prepared.retrieve("keel", ())


def test_a_damaged_part_is_made_again(shelf: Shelf, tmp_path: Path, kitchen: Path) -> None:
    add(shelf, tmp_path, "boats.md", BOAT)
    [part] = (tmp_path / "mine" / "parts").iterdir()
    raw = bytearray(part.read_bytes())
    raw[len(raw) // 2] ^= 1
    part.write_bytes(raw)
    assert found(shelf_of(tmp_path, kitchen), "What is a keel?")[0] == "My documents/boats.md"
    assert part.read_bytes() != raw


def test_what_is_removed_leaves_no_chunk_and_no_file(shelf: Shelf, tmp_path: Path) -> None:
    before = texts(shelf)
    document = add(shelf, tmp_path, "boats.md", BOAT)
    shelf.remove(document)
    shelf.wait()
    assert texts(shelf) == before
    assert not [path for name in ("files", "parts") for path in (tmp_path / "mine" / name).iterdir()]


def test_a_new_version_takes_the_place_of_the_old_one(shelf: Shelf, tmp_path: Path) -> None:
    old = add(shelf, tmp_path, "boats.md", BOAT)
    new = add(shelf, tmp_path, "boats.md", NEW_BOAT, replacing=old)
    assert [one.entry.id for one in shelf.documents()] == [new]
    assert [one.entry.name for one in shelf.documents()] == ["boats.md"]
    assert "backbone" not in texts(shelf)
    assert "dinghy" in texts(shelf)


def test_the_same_file_twice_is_one(shelf: Shelf, tmp_path: Path) -> None:
    add(shelf, tmp_path, "boats.md", BOAT)
    again = shelf.inspect(written(tmp_path, "ships.md", BOAT), "ships.md")
    assert again.problem == "ships.md is in your library already, as boats.md. It was not added again."


def test_a_question_that_is_there_is_shown_with_both_answers(shelf: Shelf, tmp_path: Path) -> None:
    seen = shelf.inspect(written(tmp_path, "pans.md", PAN.replace("300", "250")), "pans.md")
    [twin] = seen.twins
    assert not twin.repeats
    assert twin.there.answer.startswith(("A pan is made of iron", "A flat vessel"))
    assert "250 degrees" in twin.new.answer


def test_two_sentences_that_differ_in_a_number_are_shown(shelf: Shelf, tmp_path: Path) -> None:
    add(shelf, tmp_path, "boats.md", BOAT + "\n## How hot is a forge?\n\nA forge burns at 1200 degrees when iron is drawn.\n")
    text = "## How hot is a forge?\n\nA forge burns at 900 degrees when iron is drawn.\n"
    [differing] = shelf.inspect(written(tmp_path, "forge.md", text), "forge.md").disagreements
    assert (differing.first[0], differing.second[0]) == ("My documents/boats.md", "My documents/forge.md")
    assert "900" in differing.second[1]


def test_a_question_of_two_documents_keeps_both_sources(shelf: Shelf, tmp_path: Path) -> None:
    add(shelf, tmp_path, "pans.md", PAN)
    item = shelf.prepared.engine.items["what-is-a-pan"]
    assert [source.file for source in item.sources][-1] == "My documents/pans.md"
    assert "300 degrees" in texts(shelf)


def test_a_file_that_cannot_be_read_says_why_and_leaves_nothing(shelf: Shelf, tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.4 nothing")
    assert "bad.pdf" in str(shelf.inspect(bad, "bad.pdf").problem)
    good = shelf.inspect(written(tmp_path, "boats.md", BOAT), "boats.md")
    assert good.problem is None
    assert len(list((tmp_path / "mine" / "files").iterdir())) == 1


def test_the_chat_goes_on_with_the_old_index_while_the_new_one_is_made(tmp_path: Path, kitchen: Path) -> None:
    encoder = SlowEncoder()
    shelf = shelf_of(tmp_path, kitchen, encoder)
    first = add(shelf, tmp_path, "pans.md", PAN)
    entry = shelf.inspect(written(tmp_path, "boats.md", BOAT), "boats.md").entry
    assert entry
    encoder.may.clear()
    shelf.accept([entry.id])
    old = shelf.prepared
    assert shelf.work.busy
    assert found(shelf, "What does a spade do?")[0] == "garden.txt"
    with pytest.raises(LibraryError, match="being changed already"):
        shelf.remove(first)
    encoder.may.set()
    shelf.wait()
    assert shelf.prepared is not old
    assert "keel" not in " ".join(item.question for item in old.engine.items.values())
    assert found(shelf, "What is a keel?")[0] == "My documents/boats.md"


def test_documents_that_came_one_by_one_are_found_as_if_they_had_come_at_once(tmp_path: Path, kitchen: Path) -> None:
    stepwise = shelf_of(tmp_path, kitchen)
    first = add(stepwise, tmp_path, "sheds.md", "## What is a shed?\n\nA shed keeps the rake dry.\n")
    add(stepwise, tmp_path, "boats.md", BOAT)
    add(stepwise, tmp_path, "pans.md", PAN)
    stepwise.remove(first)
    stepwise.wait()
    at_once = Shelf(tmp_path / "other", shared(tmp_path, kitchen), lambda: NOW)
    entries = [at_once.inspect(tmp_path / name, name).entry for name in ("boats.md", "pans.md")]
    at_once.accept([entry.id for entry in entries if entry])
    at_once.wait()
    assert at_once.prepared.engine.items == stepwise.prepared.engine.items
    for query in ("pan on the fire", "keel", "iron"):
        assert at_once.prepared.retrieve(query, ()) == stepwise.prepared.retrieve(query, ())


def test_key_points_of_ones_own_outlive_the_documents_being_read_again(shelf: Shelf, tmp_path: Path, kitchen: Path) -> None:
    document = add(shelf, tmp_path, "boats.md", BOAT)
    shelf.edit("what-is-a-keel", ["It is the backbone.", "It has lead.", ""])
    assert [point.text for point in shelf.prepared.engine.items["what-is-a-keel"].key_points] == ["It is the backbone.", "It has lead."]
    again = shelf_of(tmp_path, kitchen)
    assert [point.text for point in again.prepared.engine.items["what-is-a-keel"].key_points] == ["It is the backbone.", "It has lead."]
    assert [state for _, state in again.edits()] == ["used"]
    new = add(again, tmp_path, "boats.md", NEW_BOAT, replacing=document)
    assert [state for _, state in again.edits()] == ["changed"]
    again.remove(new)
    again.wait()
    assert [(edit.question, state) for edit, state in again.edits()] == [("What is a keel?", "gone")]


def test_points_that_are_emptied_are_those_of_the_documents_again(shelf: Shelf) -> None:
    before = shelf.prepared.engine.items["what-is-a-pan"].key_points
    shelf.edit("what-is-a-pan", ["It is flat."])
    assert shelf.prepared.retrieve("What is a pan?", ()).passages[0].item.key_points[0].text == "It is flat."
    shelf.edit("what-is-a-pan", [])
    assert shelf.prepared.engine.items["what-is-a-pan"].key_points == before
    assert not shelf.edits()


def test_nobody_finds_what_is_in_the_library_of_another(tmp_path: Path, kitchen: Path) -> None:
    libraries, everybodys = Libraries(tmp_path / "library", of_their_own=True), shared(tmp_path, kitchen)
    add(libraries.of("anna", everybodys), tmp_path, "boats.md", BOAT)
    assert search(libraries.prepared("anna", everybodys), "KEEL").count == 1
    assert search(libraries.prepared("ben", everybodys), "keel").count == 0
    assert libraries.prepared("ben", everybodys) is everybodys
    one = Libraries(tmp_path / "one")
    assert one.of("anna", everybodys) is one.of("ben", everybodys)


def test_an_index_shares_the_vectors_of_the_one_before(shelf: Shelf, tmp_path: Path) -> None:
    add(shelf, tmp_path, "boats.md", BOAT)
    kept = shelf._parts
    add(shelf, tmp_path, "pans.md", PAN)
    assert all(np.shares_memory(one.part.vectors, shelf._parts[key].part.vectors) for key, one in kept.items())
