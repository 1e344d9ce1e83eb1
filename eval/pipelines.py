"""What the speed of Viva is held against, and Viva, each behind the same two methods, so that one clock measures both.

The other one is what tutorials teach: LangChain's recursive splitter at 1000 characters with an overlap of 200, the same model through
sentence-transformers, and LangChain's FAISS store. `python -m eval.pipelines NAME DIR` measures one of them in a process of its own:
what is imported, cached and allocated would otherwise count for whichever comes second.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from index.encoders import DEFAULT_ENCODER, Encoder, model_path

PIPELINES = ("viva", "langchain")
_CHUNK, _OVERLAP = 1_000, 200  # characters, as in LangChain's tutorial
_FOUND = 4  # what LangChain's store returns unless told otherwise


@dataclass(frozen=True, slots=True)
class Measurement:
    """Seconds by the clock and of the processor, milliseconds a query, the most memory held. `finished` is Unix time."""

    chunks: int
    build_s: float
    build_cpu_s: float
    open_s: float
    query_ms: tuple[float, ...]
    peak_mb: float
    finished: float


class Pipeline(Protocol):
    """Anything that answers queries from a folder of documents."""

    def build(self, documents: Path) -> int:
        """Reads the folder and makes an index of it; the number of pieces that were encoded."""
        ...

    def open(self) -> None:
        """Makes what was built ready for queries."""
        ...

    def query(self, text: str) -> str:
        """The best passage."""
        ...


class Viva:
    """Read, parse, merge, encode, save to disk; load again."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._folder = TemporaryDirectory()

    def build(self, documents: Path) -> int:
        """As Pipeline.build."""
        from corpus.readers import read_paths
        from index.store import build

        return build(read_paths([documents]).documents, self._encoder, Path(self._folder.name)).encoded

    def open(self) -> None:
        """As Pipeline.open: reads it from the disk, and the knowledge base beside it."""
        from index.store import load

        self._retriever = load(Path(self._folder.name), self._encoder)

    def query(self, text: str) -> str:
        """As Pipeline.query."""
        return self._retriever.retrieve(text, k=_FOUND).passages[0].source.answer


class LangChain:
    """Read, split, encode, keep in memory."""

    def __init__(self, encode: Callable[[list[str]], list[list[float]]]) -> None:
        from langchain_core.embeddings import Embeddings

        class Encoding(Embeddings):
            """What langchain-huggingface does, which does not install beside transformers 5."""

            def embed_documents(self, texts: list[str]) -> list[list[float]]:
                return encode(texts)

            def embed_query(self, text: str) -> list[float]:
                return encode([text])[0]

        self._embeddings = Encoding()

    def build(self, documents: Path) -> int:
        """As Pipeline.build."""
        from langchain_community.vectorstores import FAISS
        from langchain_core.documents import Document
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        pages = [Document(path.read_text(encoding="utf-8")) for path in sorted(documents.iterdir()) if path.is_file()]
        chunks = RecursiveCharacterTextSplitter(chunk_size=_CHUNK, chunk_overlap=_OVERLAP).split_documents(pages)
        self._store = FAISS.from_documents(chunks, self._embeddings)
        return len(chunks)

    def open(self) -> None:
        """As Pipeline.open: it is in memory."""

    def query(self, text: str) -> str:
        """As Pipeline.query."""
        return str(self._store.similarity_search(text, k=_FOUND)[0].page_content)


def measure(pipeline: Pipeline, documents: Path, queries: Sequence[str]) -> Measurement:
    """Builds once, opens and asks each query once. The model is loaded and warm; a first query, not counted, warms the rest."""
    started, cpu = time.perf_counter(), time.process_time()
    chunks = pipeline.build(documents)
    build_s, build_cpu_s = time.perf_counter() - started, time.process_time() - cpu
    opened = time.perf_counter()
    pipeline.open()
    open_s = time.perf_counter() - opened
    pipeline.query("warm up")
    query_ms = []
    for query in queries:
        started = time.perf_counter()
        pipeline.query(query)
        query_ms.append(1000 * (time.perf_counter() - started))
    return Measurement(chunks, build_s, build_cpu_s, open_s, tuple(query_ms), peak_mb(), time.time())


def open_pipeline(name: str) -> Pipeline:
    """The pipeline of this name with its model loaded and warm. Slow: it imports all that the pipeline uses."""
    if name == "viva":
        from index.encoders import SentenceTransformerEncoder

        encoder = SentenceTransformerEncoder()
        encoder.encode(["warm up"])
        return Viva(encoder)
    import langchain_community.vectorstores.faiss  # noqa: F401 - the build is measured without the import
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(model_path(DEFAULT_ENCODER)), device="cpu", local_files_only=True)
    model.encode(["warm up"])
    return LangChain(lambda texts: model.encode(texts, show_progress_bar=False).tolist())


def peak_mb() -> float:
    """The most memory that this process has held, in megabytes; not a number on a system that does not say."""
    try:
        from resource import RUSAGE_SELF, getrusage
    except ImportError:
        return float("nan")
    return getrusage(RUSAGE_SELF).ru_maxrss / (1_000_000 if sys.platform == "darwin" else 1_000)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(measure(open_pipeline(sys.argv[1]), Path(sys.argv[2]), json.load(sys.stdin)))))
