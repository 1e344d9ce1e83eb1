"""A process that is really killed wherever it touches a library on the disk leaves it as it was or as it was to be, and nothing between."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.killed_adding import CHANGES, opened
from tests.test_tutor_shelf import shared
from tutor.shelf import Shelf

ROOT = Path(__file__).parent.parent


def on_disk(folder: Path) -> set[str]:
    """The ids of all documents of which anything lies in a library's folder."""
    return {path.name.partition(".")[0] for name in ("files", "parts") for path in (folder / name).glob("*")}


def known(shelf: Shelf) -> object:
    """All that a learner can ask about, and what they have put themselves."""
    return shelf.prepared.engine.items, [(edit.question, edit.points, state) for edit, state in shelf.edits()]


@pytest.mark.parametrize("change", CHANGES)
def test_a_kill_leaves_every_document_whole_or_absent(tmp_path: Path, change: str) -> None:
    command = [sys.executable, "-m", "tests.killed_adding", str(tmp_path), change]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert (killed.returncode, killed.stderr) == (0, "")
    touches = killed.stdout.splitlines()
    assert touches[-1] == "done"
    prepared = shared(tmp_path, tmp_path / "documents")
    was, is_to_be = (known(opened(tmp_path / name, prepared)) for name in ("before", str(len(touches) - 1)))
    assert was != is_to_be
    changed = []
    for touch in range(len(touches)):
        shelf = opened(tmp_path / str(touch), prepared)
        now = known(shelf)
        assert now in (was, is_to_be), touches[touch]
        assert on_disk(tmp_path / str(touch)) == {one.entry.id for one in shelf.documents()}, touches[touch]
        changed.append(now == is_to_be)
    named = max(n for n, touch in enumerate(touches) if touch.startswith("os.rename catalogue.json"))
    assert changed == [touch > named for touch in range(len(touches))], "it is changed from when the catalogue says so"
