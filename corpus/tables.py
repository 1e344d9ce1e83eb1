"""Questions written as a Markdown table with a column of questions and one of answers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.lines import Line

_CELL = re.compile(r"(?<=\|)((?:\\\||[^|])*)(?=\|)")
_DIVIDER = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")


@dataclass(frozen=True, slots=True)
class Row:
    """Where a row's question and answer stand in the document, as (start, end)."""

    question: tuple[int, int]
    answer: tuple[int, int]


def find_rows(lines: Sequence[Line]) -> Iterator[Row]:
    """The rows of every table whose header names questions and answers, in order."""
    columns: tuple[int, int] | None = None
    for index, line in enumerate(lines):
        if "|" not in line.text or line.code:
            columns = None
            continue
        if index + 1 < len(lines) and _DIVIDER.match(lines[index + 1].text):
            columns = _columns(line)
        elif columns and not _DIVIDER.match(line.text):
            cells = _cells(line)
            if max(columns) < len(cells):
                yield Row(cells[columns[0]], cells[columns[1]])


def _columns(header: Line) -> tuple[int, int] | None:
    names = [header.text[start - header.start : end - header.start].strip(" *_").lower() for start, end in _cells(header)]
    question = next((i for i, name in enumerate(names) if name.startswith(("question", "q"))), None)
    answer = next((i for i, name in enumerate(names) if name.startswith(("answer", "ans", "response", "a")) and i != question), None)
    return (question, answer) if question is not None and answer is not None else None


def _cells(line: Line) -> list[tuple[int, int]]:
    text = line.text if line.text.lstrip().startswith("|") else "|" + line.text
    text = text if text.rstrip().endswith("|") else text + "|"
    shift = line.start - 1 if not line.text.lstrip().startswith("|") else line.start
    return [(cell.start(1) + shift, min(cell.end(1) + shift, line.end)) for cell in _CELL.finditer(text)]
