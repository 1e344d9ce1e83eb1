"""QAItem -> Chunks: one passage, several views of it.

A question in any of its wordings, and the question together with its answer: what people type is near the one or the other. Long
answers are split, and each piece keeps the question, so that it can still be told what the piece is about.
"""

import re
from collections.abc import Sequence

from langchain_text_splitters import RecursiveCharacterTextSplitter

from corpus.types import QAItem
from index.types import Chunk

CHUNKING = "question+wordings, question+answer at 900 characters, version 1"
"""Says how chunks are made. A part of an index's fingerprint: change it with the code below."""

_PIECE = 900  # characters; with its question, near the 256 tokens that the usual small encoder reads
_MARKS = re.compile(r"^#{1,6}\s+|^\s*[-*+]\s+|\*\*|__|`+", re.MULTILINE)


def make_chunks(items: Sequence[QAItem]) -> list[Chunk]:
    """The views of every item that has an answer, in the order of the items."""
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=_PIECE, chunk_overlap=0, separators=["\n\n", "\n", ". ", " ", ""], keep_separator="end"
    )
    chunks: list[Chunk] = []
    for row, item in enumerate(items):
        if not item.answered:
            continue
        asked = dict.fromkeys((item.question, *item.wordings, *(source.question for source in item.sources)))
        chunks += [Chunk(row, "question", text) for text in asked]
        for number, source in enumerate(item.sources):
            answer = plain(source.answer)
            if answer and answer not in {plain(other.answer) for other in item.sources[:number]}:
                pieces = splitter.split_text(answer) if len(answer) > _PIECE else [answer]
                chunks += [Chunk(row, "joint", f"{source.question}\n{piece}", number) for piece in pieces]
    return chunks


def plain(text: str) -> str:
    """A Markdown text without its marks, for encoders and word counts."""
    return _MARKS.sub("", text).strip()
