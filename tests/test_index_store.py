"""An index is saved whole or not at all, and loaded only where it is whole and the one asked for."""

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from corpus.readers import read_paths
from index.encoders import HashingEncoder, Progress, Vectors
from index.store import StaleIndex, build, is_current, load, load_documents, read_manifest
from tests.conftest import index_of


class OtherEncoder(HashingEncoder):
    """Hashes under another name."""

    name = "another model"


class CountingEncoder(HashingEncoder):
    """Remembers what it was asked to encode."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], *, query: bool = False, progress: Progress | None = None) -> Vectors:
        self.encoded += texts
        return super().encode(texts, query=query, progress=progress)


def test_what_was_saved_is_loaded(kitchen: Path, tmp_path: Path) -> None:
    saved = index_of([kitchen], tmp_path / "index")
    again = load(tmp_path / "index", HashingEncoder())
    assert again.items == saved.items
    assert again.documents.chunks == saved.documents.chunks
    assert np.array_equal(again.documents.dense.vectors, saved.documents.dense.vectors)
    assert np.allclose(again.documents.lexical.scores("iron pan"), saved.documents.lexical.scores("iron pan"))
    assert load_documents(tmp_path / "index")["kitchen.md"].text.startswith("# Kitchen")


def test_no_index_and_another_encoder_are_refused_in_words(kitchen: Path, tmp_path: Path) -> None:
    with pytest.raises(StaleIndex, match="There is no index in"):
        load(tmp_path / "index", HashingEncoder())
    index_of([kitchen], tmp_path / "index")
    with pytest.raises(StaleIndex, match=r"built with the embedding model hashing, and the setting asks for another model.*--rebuild"):
        load(tmp_path / "index", OtherEncoder())


@pytest.mark.parametrize("name", ["items.json", "chunks.json", "documents.json", "vectors.npy"])
def test_one_flipped_bit_is_noticed(kitchen: Path, tmp_path: Path, name: str) -> None:
    index_of([kitchen], tmp_path / "index")
    path = tmp_path / "index" / read_manifest(tmp_path / "index").generation / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(StaleIndex, match="damaged"):
        load(tmp_path / "index", HashingEncoder())


def test_a_damaged_manifest_is_refused(kitchen: Path, tmp_path: Path) -> None:
    index_of([kitchen], tmp_path / "index")
    (tmp_path / "index" / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(StaleIndex, match="damaged"):
        load(tmp_path / "index", HashingEncoder())


def test_a_manifest_of_another_version_is_refused(kitchen: Path, tmp_path: Path) -> None:
    index_of([kitchen], tmp_path / "index")
    path = tmp_path / "index" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"version": 99}), encoding="utf-8")
    with pytest.raises(StaleIndex, match="another version"):
        read_manifest(tmp_path / "index")


def test_changed_documents_make_the_index_old(kitchen: Path, tmp_path: Path) -> None:
    index_of([kitchen], tmp_path / "index")
    manifest = read_manifest(tmp_path / "index")
    assert is_current(manifest, read_paths([kitchen]).documents)
    (kitchen / "garden.txt").write_text("1. What is a rake?\nA comb.\n\n2. What is a hoe?\nA blade.\n", encoding="utf-8")
    assert not is_current(manifest, read_paths([kitchen]).documents)


def test_only_new_texts_are_encoded_again(kitchen: Path, tmp_path: Path) -> None:
    index_of([kitchen], tmp_path / "index")
    (kitchen / "garden.txt").write_text(
        "**Q: What is a rake?**\n**A:** A comb.\n\n**Q: What is a hoe?**\n**A:** A blade.\n", encoding="utf-8"
    )
    counting = CountingEncoder()
    summary = build(read_paths([kitchen]).documents, counting, tmp_path / "index")
    assert set(counting.encoded) == {"What is a rake?", "What is a rake?\nA comb.", "What is a hoe?", "What is a hoe?\nA blade."}
    assert summary.encoded == 4
    assert len(list((tmp_path / "index").glob("generation-*"))) == 1


@pytest.mark.parametrize("step", ["save", "_flush", "replace"])
def test_a_process_killed_while_it_writes_leaves_the_old_index(kitchen: Path, tmp_path: Path, step: str) -> None:
    index_of([kitchen], tmp_path / "index")
    (kitchen / "more.md").write_text("## What is a lid?\n\nA cover.\n\n## What is a hob?\n\nA fire.\n", encoding="utf-8")
    program = textwrap.dedent(f"""
        import os, pathlib, signal, sys
        import numpy, index.store
        def die(*_given, **_named): os.kill(os.getpid(), signal.SIGKILL)
        if {step!r} == "save": numpy.save = die
        elif {step!r} == "replace": pathlib.Path.replace = die
        else: index.store._flush = die
        from corpus.readers import read_paths
        from index.encoders import HashingEncoder
        index.store.build(read_paths([pathlib.Path(sys.argv[1])]).documents, HashingEncoder(), pathlib.Path(sys.argv[2]))
    """)
    root = Path(__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", program, str(kitchen), str(tmp_path / "index")],
        check=False,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert done.returncode != 0
    assert {item.question for item in load(tmp_path / "index", HashingEncoder()).items} == {
        "What is a pan?", "What does a spade do?", "Why does a kettle whistle?", "How do you sharpen a knife?",
    }  # fmt: skip
    assert build(read_paths([kitchen]).documents, HashingEncoder(), tmp_path / "index").items == 6
