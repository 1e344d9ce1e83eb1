"""Documents on disk -> everything a tutor needs to answer. Slow: it reads files, loads a model and may build an index."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.readers import read_paths
from corpus.types import Document
from index.assembly import Base, assemble
from index.encoders import Encoder, SentenceTransformerEncoder
from index.parts import Part
from index.retriever import Retriever
from index.store import StaleIndex, build, check_encoder, is_current, is_whole, load_documents, load_part, read_manifest
from index.types import Retrieval
from tutor.appeals import appeal
from tutor.engine import Engine, Request
from tutor.grading import OfflineJudge, task_of
from tutor.ladder import Ladder, heard_in
from tutor.offline import OfflineEngine
from tutor.quiz import Judge, quiz, verdict_on
from tutor.settings import Settings
from tutor.types import Reply

Report = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""

_EXAMPLES = 4


@dataclass(frozen=True, slots=True)
class Stock:
    """The shared documents as an index takes them in, the encoder, and the knowledge base where it is needed."""

    part: Part
    encoder: Encoder
    base: Base | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """An index that is loaded, and the engine that answers from it. `problems` are the documents that could not be read.

    `appeals` is the file that appeals are kept in; without one they are not. `stock` is what a learner's own documents are put beside.
    """

    engine: OfflineEngine
    retrieve: Callable[[str, Sequence[str]], Retrieval]
    judge: Judge
    problems: tuple[str, ...] = ()
    appeals: Path | None = None
    retriever: Retriever | None = None
    stock: Stock | None = None

    def explain(self, request: Request, engine: Engine, judge: Judge) -> Iterator[Reply]:
        """The reply as it grows. Quizzes are ours to ask, the judge's to mark; all else is the engine's. Raises EngineError."""
        if request.focus and request.move == "reply":
            yield verdict_on(request.focus, request.question, judge, self.engine.documents, engine.name)
        elif request.focus and request.move == "appeal":
            yield appeal(request, request.focus, judge, self.engine.documents, engine.name, self.appeals)
        elif request.focus and request.move == "quiz":
            yield quiz(Ladder(self.engine.items, request, request.focus, heard_in(request.history)), engine.name)
        elif request.move == "compare" and not request.other:
            yield from self.engine.explain(request)  # with what, is asked back; no model needs to be paid for that
        else:
            yield from engine.explain(request)

    def warm_up(self) -> None:
        """Judges an answer for practice, which loads what judging needs: then a learner's first answer is judged as fast as the next."""
        item = next((item for item in self.engine.items.values() if item.misconceptions), None)
        if item:
            self.judge(item, item.question)

    def summary(self) -> str:
        """What there is to ask about, and how many documents could not be read."""
        unread = f"; {len(self.problems)} could not be read" if self.problems else ""
        return f"Ready: {len(self.engine.items):,} questions from {len(self.engine.documents)} documents{unread}"

    def examples(self) -> tuple[str, ...]:
        """Short plain questions to begin with, each from another topic where there are several."""
        chosen: dict[str, str] = {}
        for item in self.engine.items.values():
            if item.parent is None and item.level in {None, "basic"} and len(item.question) < 60:
                chosen.setdefault(item.topic or item.sources[0].file, item.question)
        step = max(len(chosen) // _EXAMPLES, 1)
        return tuple(chosen.values())[::step][:_EXAMPLES]


def prepare(settings: Settings, report: Report) -> Prepared:
    """Reads the documents, builds their index if it is missing or they have changed, and loads it. Raises UserError."""
    report("Reading the documents", 0, 1)
    reading = read_paths(settings.documents)
    folder = index_folder(settings)
    fresh = not settings.rebuild and _is_usable(folder, settings, reading.documents)
    report("Loading the embedding model", 0, 1)
    encoder = SentenceTransformerEncoder(settings.encoder)
    if not fresh:
        build(reading.documents, encoder, folder, lambda done, total: report("Building the index", done, total))
    report("Loading the index", 0, 1)
    return replace(_open(folder, encoder, reading.problems), appeals=settings.data / "appeals.jsonl")


def open_index(folder: Path, encoder: str) -> Prepared:
    """An index that was built before, whatever became of its documents. Raises UserError."""
    return _open(folder, SentenceTransformerEncoder(encoder), ())


def _open(folder: Path, encoder: SentenceTransformerEncoder, problems: tuple[str, ...]) -> Prepared:
    part, base = load_part(folder, encoder)
    retriever, documents = assemble([part], encoder, base), load_documents(folder)
    retriever.retrieve("warm up")  # the first encoding takes ten times as long as the others
    engine = OfflineEngine({item.id: item for item in retriever.items}, documents)
    judge, stock = OfflineJudge(encoder), Stock(part, encoder, base)
    return Prepared(engine, retriever.retrieve, lambda item, answer: judge.judge(task_of(item), answer), problems, None, retriever, stock)


def index_folder(settings: Settings) -> Path:
    """Where the index of these documents lies: each choice of folders has its own, so that changing between them rebuilds nothing."""
    roots = "\n".join(str(path.resolve()) for path in settings.documents)
    return settings.data / "index" / hashlib.sha256(roots.encode()).hexdigest()[:16]


def _is_usable(folder: Path, settings: Settings, documents: Sequence[Document]) -> bool:
    """Whether the index can be loaded as it is. Raises StaleIndex where another model made it: that one is rebuilt on request only."""
    try:
        manifest = read_manifest(folder)
    except StaleIndex:
        return False
    check_encoder(manifest, settings.encoder, folder)
    return is_current(manifest, documents) and is_whole(folder, manifest)
