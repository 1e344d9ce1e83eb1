"""What a library of the largest size costs: what one more document takes, what a question takes, and how much memory.

The documents are synthetic: sentences of words whose frequencies fall as those of real text do; one question in twenty is asked in two
documents. Vectors are random and not a model's, which takes as long to search and nothing to make.
"""

import random
import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from threading import Thread
from time import perf_counter, sleep

import numpy as np

from corpus.types import QAItem
from eval.scorecard import Scorecard
from index.assembly import assemble
from index.encoders import Progress, Vectors, unit
from index.parts import Part
from tutor.offline import OfflineEngine
from tutor.prepare import Prepared, Stock
from tutor.shelf import Shelf
from tutor.types import Verdict

DOCUMENTS, ITEMS = 999, 100  # a document; one more is added
_DIMENSION = 384
_VOCABULARY = 30_000
_WORDS = 60  # an answer
_QUERIES = 20


class RandomEncoder:
    """Vectors at random, the same for the same text only by chance."""

    name = "random"

    def __init__(self) -> None:
        self._random = np.random.default_rng(7)

    def encode(self, texts: Sequence[str], *, query: bool = False, progress: Progress | None = None) -> Vectors:  # noqa: ARG002
        """As Encoder.encode."""
        return unit(self._random.standard_normal((len(texts), _DIMENSION), np.float32))


def evaluate_library(documents: int = DOCUMENTS, items: int = ITEMS) -> Scorecard:
    """What a library of so many documents, of so many items each, costs: seconds, milliseconds and megabytes, as their names say."""
    return Scorecard("library", {name: {"figure": value} for name, value in measure(documents, items).items()}, {})


def measure(documents: int = DOCUMENTS, items: int = ITEMS) -> dict[str, float]:
    """The figures by their names."""
    figures: dict[str, float] = {}
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(3, 11))) for _ in range(_VOCABULARY)]
    weights = [1 / (rank + 10) for rank in range(_VOCABULARY)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shelf = Shelf(folder / "library", _nothing_shared(), lambda: datetime.now(UTC))
        entries = []
        for number in range(documents + 2):
            path = folder / f"{number}.md"
            path.write_text(_document(chance, words, weights, number, items), encoding="utf-8")
        with _timed(figures, "inspect_all_s"):
            for number in range(documents):
                entries.append(shelf.inspect(folder / f"{number}.md", f"{number}.md").entry)
                _say(f"inspected {number + 1:,} of {documents:,}")
        with _timed(figures, "add_all_s"):
            shelf.accept([entry.id for entry in entries if entry])
            shelf.wait(3600)
        figures["items"] = len(shelf.prepared.engine.items)
        figures["memory_mb"] = _memory_mb()
        queries = [" ".join(chance.choices(words, weights, k=8)) for _ in range(_QUERIES)]
        figures["query_ms"] = median(_asked(shelf, query) for query in queries)
        _change(shelf, folder, documents, figures, queries)
        with _timed(figures, "restart_s"):
            Shelf(folder / "library", _nothing_shared(), lambda: datetime.now(UTC))
        figures["peak_memory_mb"] = _peak_mb()
    return figures


def _change(shelf: Shelf, folder: Path, documents: int, figures: dict[str, float], queries: Sequence[str]) -> None:
    """One document more, another in its place, a point changed, and the document gone again."""
    with _timed(figures, "inspect_one_s"):
        one = shelf.inspect(folder / f"{documents}.md", "one.md").entry
    slowest: list[float] = []
    with _timed(figures, "add_one_s"):
        shelf.accept([one.id] if one else [])
        asking = Thread(target=lambda: slowest.extend(_asked(shelf, query) for query in queries if shelf.work.busy))
        asking.start()
        while shelf.work.busy:
            sleep(0.01)
    asking.join()
    figures["query_while_adding_ms"] = median(slowest) if slowest else 0.0
    other = shelf.inspect(folder / f"{documents + 1}.md", "one.md", one.id if one else "").entry
    with _timed(figures, "replace_one_s"):
        shelf.accept([other.id] if other else [])
        shelf.wait(600)
    item = next(iter(shelf.prepared.engine.items))
    with _timed(figures, "edit_points_s"):
        shelf.edit(item, ["It is short."])
    with _timed(figures, "remove_one_s"):
        shelf.remove(other.id if other else "")
        shelf.wait(600)


def _document(chance: random.Random, words: Sequence[str], weights: Sequence[float], number: int, items: int) -> str:
    parts = []
    for k in range(items):
        subject = number if k % 20 else number // 2 * 2
        asked = " ".join(random.Random(subject * 1000 + k).choices(words, k=3))
        drawn = chance.choices(words, weights, k=_WORDS)
        answer = ". ".join(" ".join(drawn[at : at + 12]).capitalize() for at in range(0, _WORDS, 12))
        parts.append(f"## What is {asked}?\n\n{answer}.\n")
    return "\n".join(parts)


def _nothing_shared() -> Prepared:
    encoder = RandomEncoder()
    part = Part.of((), (), np.empty((0, 1), np.float32))
    retriever = assemble([part], encoder)
    return Prepared(OfflineEngine({}, {}), retriever.retrieve, _unjudged, retriever=retriever, stock=Stock(part, encoder, None))


def _unjudged(_item: QAItem, _answer: str) -> Verdict:
    raise NotImplementedError("nothing is judged here")


def _asked(shelf: Shelf, query: str) -> float:
    begun = perf_counter()
    shelf.prepared.retrieve(query, ())
    return 1000 * (perf_counter() - begun)


@contextmanager
def _timed(figures: dict[str, float], name: str) -> Iterator[None]:
    begun = perf_counter()
    yield
    figures[name] = perf_counter() - begun
    _say(f"{name}: {figures[name]:.2f}\n")


def _memory_mb() -> float:
    status = Path("/proc/self/status")
    if not status.is_file():
        return _peak_mb()
    line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _say(text: str) -> None:
    sys.stderr.write(f"\r{text}")
