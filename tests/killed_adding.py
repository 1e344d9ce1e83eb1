"""Changes a learner's library in processes that are killed, one after another: `python -m tests.killed_adding FOLDER CHANGE`.

CHANGE is one of CHANGES. Each process has a library of its own, FOLDER/0, FOLDER/1 ..., a copy of FOLDER/before, and dies by SIGKILL just
before it touches that folder for the n-th time after its start, whatever it is about to do there. The last one lives. There is a line on
the standard output for each: what it was about to do, or "done".
"""

import os
import shutil
import signal
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from tests.test_tutor_shelf import BOAT, NEW_BOAT, PAN, add, shared, written
from tutor.prepare import Prepared
from tutor.shelf import Shelf

CHANGES = ("add", "replace", "remove")
SHED = "## What is a shed?\n\nA shed keeps the rake dry.\n"
_TOUCHES = {"open", "os.mkdir", "os.remove", "os.rename"}


def opened(folder: Path, prepared: Prepared) -> Shelf:
    """The library in a folder, as a start of Viva has it."""
    return Shelf(folder, prepared, lambda: datetime.now(UTC))


def fill(shelf: Shelf, folder: Path) -> None:
    """What is there before: two documents, and key points of the learner's own."""
    add(shelf, folder, "boats.md", BOAT)
    add(shelf, folder, "pans.md", PAN)
    shelf.edit("what-is-a-pan", ["It is flat."])


def change(shelf: Shelf, folder: Path, what: str) -> None:
    """Does what a learner does on the library's page, and waits until it is done."""
    [boats, _] = shelf.documents()
    if what == "add":
        add(shelf, folder, "sheds.md", SHED)
    elif what == "replace":
        add(shelf, folder, "boats.md", NEW_BOAT, replacing=boats.entry.id)
    else:
        shelf.remove(boats.entry.id)
        shelf.wait()
        assert shelf.work.problem is None


def die_at(touch: int, folder: Path) -> None:
    """Kills this process just before the folder is touched for the n-th time, counted from 0."""
    left, within = count(touch, -1), f"{folder}{os.sep}"

    def heard(event: str, given: tuple[object, ...]) -> None:
        if event in _TOUCHES and isinstance(given[0], str | Path) and str(given[0]).startswith(within) and not next(left):
            os.write(1, f"{event} {Path(given[0]).relative_to(folder).parts[0]}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(heard)


def main(folder: Path, what: str) -> None:
    (folder / "documents").mkdir()
    written(folder / "documents", "kitchen.md", PAN)
    prepared = shared(folder, folder / "documents")
    fill(opened(folder / "before", prepared), folder)
    for touch in count():
        place = Path(shutil.copytree(folder / "before", folder / str(touch)))
        child = os.fork()
        if not child:
            shelf = opened(place, prepared)
            die_at(touch, place)
            change(shelf, folder, what)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.stdout.write("done\n")
            sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
