"""The parts of an item that is written for Viva: id, level, other wordings, key points, misconceptions, follow-ups.

Each part is optional, and each is a bold label. The format is described in corpus/WRITING.md. A stranger's "**Key points:**" stays
in the answer unless something shows that the item was written in this form.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.lines import Line
from corpus.types import LEVELS, KeyPoint, Level, Misconception

_HEAD = re.compile(r"\*\*(Id|Level|Topic|Related):\*\*[ \t]*([^·*\n]+)")
_LABEL = re.compile(r"^\*\*(Also asked as|Answer|Key points|Misconceptions|Follow-ups):\*\*\s*$")
_OURS = ("Also asked as", "Misconceptions", "Follow-ups")
_CLAIM = re.compile(r"\*\*Claim:\*\*\s*(.+?)\s*\*\*Truth:\*\*\s*(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parts of one item stand. Ranges are line numbers; `follow_ups` are (heading line, end) pairs."""

    id: str | None = None
    level: Level | None = None
    topic: str | None = None
    related: tuple[str, ...] = ()
    wordings: tuple[str, ...] = ()
    answer: tuple[int, int] = (0, 0)
    key_points: tuple[KeyPoint, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    follow_ups: tuple[tuple[int, int], ...] = ()


def read_parts(lines: Sequence[Line], low: int, high: int) -> Parts | None:
    """The parts found in `lines[low:high]`; None where the item is not written in Viva's form."""
    head: dict[str, str] = {}
    labels: list[tuple[int, str]] = []
    begin = low
    for i in range(low, high):
        if lines[i].code:
            continue
        if label := _LABEL.match(lines[i].text.strip()):
            labels.append((i, label.group(1)))
        elif not labels and (pairs := _HEAD.findall(lines[i].text)):
            head |= {name: value.strip() for name, value in pairs}
            begin = i + 1
    if not head and not any(name in _OURS for _, name in labels):
        return None
    ranges = {name: (i + 1, labels[k + 1][0] if k + 1 < len(labels) else high) for k, (i, name) in _outer(labels)}
    level = head.get("Level", "").strip().lower()
    return Parts(
        id=head.get("Id") or None,
        level=next((known for known in LEVELS if known == level), None),
        topic=head.get("Topic") or None,
        related=tuple(part.strip() for part in head.get("Related", "").split(",") if part.strip()),
        wordings=tuple(point.text for point in read_points(lines, *ranges.get("Also asked as", (0, 0)))),
        answer=ranges.get("Answer") or (begin, labels[0][0] if labels else high),
        key_points=read_points(lines, *ranges.get("Key points", (0, 0))),
        misconceptions=_misconceptions(lines, *ranges.get("Misconceptions", (0, 0))),
        follow_ups=_follow_ups(lines, *_to_end(labels, high)),
    )


def read_follow_up(lines: Sequence[Line], low: int, high: int) -> tuple[tuple[int, int], tuple[KeyPoint, ...]]:
    """The lines of a follow-up's answer, and its key points."""
    for i in range(low, high):
        if (label := _LABEL.match(lines[i].text.strip())) and label.group(1) == "Key points":
            return (low, i), read_points(lines, i + 1, high)
    return (low, high), ()


def read_points(lines: Sequence[Line], low: int, high: int) -> tuple[KeyPoint, ...]:
    """A list of sentences, each with its other wordings one step further in. A line that is no bullet continues the one above."""
    points: list[list[str]] = []
    for line in lines[low:high]:
        if line.blank or line.depth:
            continue
        text = re.sub(r"^\s*[-*+]\s+", "", line.text).strip()
        if line.bullet and line.indent < 2:
            points.append([text])
        elif points and line.bullet:
            points[-1].append(text)
        elif points:
            points[-1][-1] += " " + text
    return tuple(KeyPoint(texts[0], tuple(texts[1:])) for texts in points)


def _outer(labels: Sequence[tuple[int, str]]) -> list[tuple[int, tuple[int, str]]]:
    """The labels of the item itself: those before its follow-ups, each the first of its name."""
    outer: list[tuple[int, tuple[int, str]]] = []
    for k, (i, name) in enumerate(labels):
        if name == "Follow-ups":
            break
        if name not in [known for _, (_, known) in outer]:
            outer.append((k, (i, name)))
    return outer


def _to_end(labels: Sequence[tuple[int, str]], high: int) -> tuple[int, int]:
    return next(((i + 1, high) for i, name in labels if name == "Follow-ups"), (0, 0))


def _misconceptions(lines: Sequence[Line], low: int, high: int) -> tuple[Misconception, ...]:
    pairs = (_CLAIM.search(point.text) for point in read_points(lines, low, high))
    return tuple(Misconception(pair.group(1), pair.group(2)) for pair in pairs if pair)


def _follow_ups(lines: Sequence[Line], low: int, high: int) -> tuple[tuple[int, int], ...]:
    heads = [i for i in range(low, high) if lines[i].depth and not lines[i].code]
    return tuple((i, heads[k + 1] if k + 1 < len(heads) else high) for k, i in enumerate(heads))
