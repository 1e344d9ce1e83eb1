"""Where the sentences of a text are: list entries and lines count as sentences, code does not."""

import re

_ABBREVIATED = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|resp|incl|Dr|Mr|Mrs|Ms|St|No|Fig|Eq|al|Inc|Ltd|Jr|Sr|ca)|\b[A-Z])\.$")
_END = re.compile(r"[.!?…]+[\"”’')\]*_]*(?=\s+[\"“‘'(\[*_`]*[A-Z0-9])")
_MARK = re.compile(r"^[ \t]*(?:(?:[-*+]|\d{1,3}[.)])[ \t]+|#{1,6}[ \t]+|>[ \t]*)*")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of every sentence, without the mark of its list entry or heading. Code blocks and table rules are left out."""
    spans: list[tuple[int, int]] = []
    position, fenced = 0, False
    for line in text.split("\n"):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced and re.search(r"\w", line):
            mark = _MARK.match(line)
            begin = mark.end() if mark else 0
            for start, end in _in_line(line, begin):
                spans.append((position + start, position + end))
        position += len(line) + 1
    return spans


def _in_line(line: str, begin: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = begin
    for end in _END.finditer(line, begin):
        if end.group().startswith(".") and _ABBREVIATED.search(line[start : end.start() + 1]):
            continue
        spans.append((start, end.end()))
        start = end.end() + len(line[end.end() :]) - len(line[end.end() :].lstrip())
    stop = len(line.rstrip())
    if start < stop:
        spans.append((start, stop))
    return spans
