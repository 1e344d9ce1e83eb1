"""What the index stores and what it hands on."""

from dataclasses import dataclass
from typing import Literal

from corpus.types import QAItem, Source

View = Literal["question", "joint"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """One view of an item, as it is encoded. `item` is the item's row; `source` the row of the source that an answer is from."""

    item: int
    view: View
    text: str
    source: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """An item that was retrieved, with the source that fits the query best. `score` is 0..1, higher is better."""

    item: QAItem
    source: Source
    score: float


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a query found, best first. `standalone` is the query as it was understood; `confidence` is 0..1 that the passages answer it."""

    standalone: str
    passages: tuple[Passage, ...]
    answerable: bool
    confidence: float


def retrieval_as_json(qid: str | int, retrieval: Retrieval) -> dict[str, object]:
    """A retrieval as the shell contract has it."""
    return {
        "qid": qid,
        "standalone": retrieval.standalone,
        "answerable": retrieval.answerable,
        "confidence": round(retrieval.confidence, 4),
        "results": [
            {
                "text": passage.source.answer,
                "question": passage.item.question,
                "score": round(passage.score, 4),
                "file": passage.source.file,
                "start": passage.source.start,
                "end": passage.source.end,
            }
            for passage in retrieval.passages
        ],
    }
