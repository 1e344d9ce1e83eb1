"""What an interview showed to be missing, heaviest first: the few points that are worth learning next, each with the passage that says it.

A gap is a point of one question and not a topic, because a point can be read up in a minute and be asked again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote as quoted

from corpus.sentences import sentence_spans
from corpus.types import Document, QAItem
from index.lexical import stems
from tutor.draft import quote
from tutor.interview import Turn
from tutor.types import Citation, Evidence, PointMark, PointStatus

Lack = Literal["wrong", "missed", "partial", "passed"]
"""How a point is lacking; "passed" is that the learner said "I don't know" to the whole question."""

GAPS = 3
_WEIGHTS: Mapping[PointStatus, float] = {"wrong": 1.5, "missed": 1.0, "partial": 0.5, "covered": 0.0}
_LAST = 0.5  # what the last point of an item weighs, where its first weighs 1: writers put first what matters most


@dataclass(frozen=True, slots=True)
class Gap:
    """A point that an answer lacks. `n` is the number of the question in its interview, `item` the id of what was asked.

    `said` are the learner's own words on it, empty where there are none, and `truth` corrects them where the documents have that, as
    Markdown. `citation` is the sentence that says the point. `address` opens the tutor on it.
    """

    n: int
    item: str
    question: str
    lack: Lack
    point: str
    said: str
    truth: str
    citation: Citation
    address: str


def gaps_of(turns: Sequence[Turn], items: Mapping[str, QAItem], documents: Mapping[str, Document]) -> tuple[Gap, ...]:
    """The gaps that matter most: at most GAPS, one for an item, heaviest first; of two alike, the one that came first.

    A question weighs what its answer lacks of all its points. A wrong point weighs more than a missed one and that more than one half
    said; a point weighs the more the earlier it stands. "I don't know" lacks everything. What was skipped, was never reached or could
    not be judged shows no gap: nothing is known of it. Nor does an item that is not among the documents any more.
    """
    weighed: dict[str, tuple[float, Gap]] = {}
    for n, turn in enumerate(turns, 1):
        item = items.get(turn.item)
        points = _points(turn, item) if item else ()
        if item and (lost := _lost(points)) and turn.item not in weighed:
            weighed[turn.item] = lost, _gap(n, turn, item, points, documents)
    heaviest = sorted(weighed.values(), key=lambda pair: -pair[0])
    return tuple(gap for _, gap in heaviest[:GAPS])


def address_of(question: str) -> str:
    """The address of the chat page that brings a question with it."""
    return f"/?ask={quoted(question, safe='')}"


def _points(turn: Turn, item: QAItem) -> tuple[PointMark, ...]:
    """The points of a question as its answer left them, and wrong claims that belong to no point, which come first."""
    if turn.verdict and turn.verdict.points and turn.verdict.score is not None:
        wrong = [point.evidence for point in turn.verdict.points if point.status == "wrong"]
        apart = [met for met in turn.verdict.misconceptions if not any(_overlap(met.evidence, one) for one in wrong)]
        return (*(PointMark(met.truth, "wrong", met.evidence) for met in apart), *turn.verdict.points)
    if turn.outcome == "passed" and not turn.answers:
        written = [point.text for point in item.key_points] or [item.answer[slice(*span)] for span in sentence_spans(item.answer)[:1]]
        return tuple(PointMark(text, "missed") for text in written)
    return ()


def _lost(points: Sequence[PointMark]) -> float:
    """The share of all points that is lacking; above 1 where much is wrong."""
    weights = list(_by_place(points))
    return sum(weight * _WEIGHTS[point.status] for weight, point in zip(weights, points, strict=True)) / (sum(weights) or 1.0)


def _by_place(points: Sequence[PointMark]) -> Iterator[float]:
    for place in range(len(points)):
        yield 1.0 - (1.0 - _LAST) * place / max(len(points) - 1, 1)


def _gap(n: int, turn: Turn, item: QAItem, points: Sequence[PointMark], documents: Mapping[str, Document]) -> Gap:
    """The heaviest of an item's points."""
    _, point = max(zip(_by_place(points), points, strict=True), key=lambda pair: pair[0] * _WEIGHTS[pair[1].status])
    passed = turn.outcome == "passed" and not turn.answers
    lack: Lack = "passed" if passed or point.status == "covered" else point.status
    met = turn.verdict.misconceptions if turn.verdict and point.status == "wrong" else ()
    truth = next((one.truth for one in met if one.truth != point.text and _overlap(one.evidence, point.evidence)), "")
    said = point.evidence.quote.strip() if point.evidence else ""
    return Gap(n, item.id, item.question, lack, point.text, said, truth, passage_of(point, item, documents), address_of(item.question))


def passage_of(point: PointMark, item: QAItem, documents: Mapping[str, Document]) -> Citation:
    """The sentence of a source that says a point; where the verdict has none, the one that shares most words with it."""
    for source in item.sources:
        start = source.answer.find(point.source) if point.source else -1
        if point.source and start >= 0:
            return quote(documents[source.file], source, start, start + len(point.source), 1)
    best, wanted = item.sources[0], set(stems(point.text))
    spans = sentence_spans(best.answer) or [(0, len(best.answer))]
    start, end = max(spans, key=lambda span: len(wanted & set(stems(best.answer[slice(*span)]))))
    return quote(documents[best.file], best, start, end, 1)


def _overlap(one: Evidence | None, other: Evidence | None) -> bool:
    return one is not None and other is not None and one.start < other.end and other.start < one.end
